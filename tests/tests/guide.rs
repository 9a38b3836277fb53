//! The guide tells the truth: its links lead somewhere, every chapter is in its contents, and the commands it names exist.

use std::{collections::BTreeSet, fs, path::PathBuf, process::Command};

use anyhow::{Context as _, Result, ensure};
use tamis_tests::{program, repository::root};

#[test]
fn every_chapter_is_in_the_contents_and_every_link_leads_somewhere() -> Result<()> {
    let mut faults = Vec::new();
    let chapters = chapters()?;
    let contents = fs::read_to_string(folder().join("SUMMARY.md"))?;
    for (name, text) in &chapters {
        if !contents.contains(&format!("({name})")) {
            faults.push(format!("SUMMARY.md does not name {name}"));
        }
        for target in links(text) {
            faults.extend(broken(&chapters, name, &target));
        }
    }
    for target in links(&contents) {
        faults.extend(broken(&chapters, "SUMMARY.md", &target));
    }
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    Ok(())
}

#[test]
fn the_links_of_the_read_me_and_its_companions_lead_somewhere() -> Result<()> {
    let mut faults = Vec::new();
    for name in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"] {
        let text = fs::read_to_string(root().join(name))?;
        let local = links(&text).into_iter().filter(|target| !target.contains("://") && !target.starts_with('#'));
        faults.extend(local.filter(|target| !root().join(target).exists()).map(|target| format!("{name}: {target}")));
    }
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    Ok(())
}

#[test]
fn every_command_and_setting_that_is_named_exists() -> Result<()> {
    let mut commands = BTreeSet::new();
    for (_, text) in chapters()? {
        for rest in text.split("tamis-agent ").skip(1) {
            let words = rest.split(|c: char| !c.is_ascii_lowercase() && c != ' ').next().unwrap_or_default();
            commands.extend(words.split(' ').next().filter(|word| !word.is_empty()).map(str::to_owned));
        }
    }
    ensure!(commands.len() > 15, "only {commands:?} were found");
    for command in commands {
        let said = Command::new(program("tamis-agent")?).args([&command, "--help"]).output()?;
        ensure!(said.status.success(), "the guide names `tamis-agent {command}`, which does not exist");
    }
    let said = Command::new(program("tamis-agent")?).args(["account", "add", "--help"]).output()?;
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    for option in ["--oauth", "--client-id", "--authorize", "--token", "--scope", "--device", "--auth"] {
        ensure!(said.contains(&format!("{option} ")) || said.contains(&format!("{option}\n")), "account add {option}");
    }
    let said = Command::new(program("tamis-agent")?).args(["account", "sign-in", "--help"]).output()?;
    ensure!(String::from_utf8_lossy(&said.stdout).contains("--device"), "account sign-in --device");
    let settings = fs::read_to_string(root().join("assets/config.toml"))?;
    for name in ["[account.oauth]", "issuer = ", "client_id = ", "authorize = ", "token = ", "device = ", "scopes = "] {
        ensure!(settings.contains(&format!("\n# For example: {name}")), "the guide names the setting `{name}`");
    }
    for name in ["tag", "junk", "trust_server_junk", "enabled", "socket", "remote", "relays", "paths"] {
        ensure!(settings.contains(&format!("\n#{name} = ")), "the guide names the setting `{name}`");
    }
    Ok(())
}

/// What is in bold in these chapters stands on the screen, but for sentences and words that are only stressed.
#[test]
fn every_label_that_set_up_quotes_is_on_the_screen() -> Result<()> {
    const STRESSED: [&str; 4] = [
        "app password",
        "Let it learn from the mail that is there",
        "Look at \"To review\" once a day.",
        "Do not worry about mistakes of your own.",
    ];
    let mut words = BTreeSet::new();
    for entry in fs::read_dir(root().join("assets/text/en"))? {
        let text = fs::read_to_string(entry?.path())?;
        words.extend(
            text.lines()
                .filter_map(|line| Some(line.split_once(" = ")?.1.replace("{ $issuer }", "…").replace("……", "…"))),
        );
    }
    for (name, text) in chapters()?.iter().filter(|(name, _)| ["setup.md", "first-week.md"].contains(&name.as_str())) {
        let text = text.replace("\n   ", " ").replace('\n', " ");
        for quoted in text.split("**").skip(1).step_by(2).filter(|quoted| !STRESSED.contains(quoted)) {
            ensure!(words.contains(quoted), "{name} quotes **{quoted}**, which is nowhere on the screen");
        }
    }
    Ok(())
}

fn folder() -> PathBuf {
    root().join("assets/guide/src")
}

/// The chapters by the names of their files.
fn chapters() -> Result<Vec<(String, String)>> {
    let mut chapters = Vec::new();
    for entry in fs::read_dir(folder())? {
        let path = entry?.path();
        let name = path.file_name().context("a file without a name")?.to_string_lossy().into_owned();
        if name != "SUMMARY.md" && path.extension().is_some_and(|extension| extension == "md") {
            chapters.push((name, fs::read_to_string(&path)?));
        }
    }
    Ok(chapters)
}

/// The targets of links and pictures.
fn links(text: &str) -> Vec<String> {
    text.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0.to_owned())).collect()
}

/// Why a link leads nowhere.
fn broken(chapters: &[(String, String)], from: &str, target: &str) -> Option<String> {
    if target.starts_with("https://") {
        return None;
    }
    let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
    let file = if file.is_empty() { from } else { file };
    let Some((_, text)) = chapters.iter().find(|(name, _)| name == file) else {
        let is_there = folder().join(file).exists();
        return (!is_there).then(|| format!("{from}: there is no {file}"));
    };
    let has_anchor = text.lines().filter(|line| line.starts_with('#')).any(|line| slug(line) == anchor);
    (!anchor.is_empty() && !has_anchor).then(|| format!("{from}: {file} has no heading #{anchor}"))
}

/// A heading as mdBook names it in links.
fn slug(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    text.chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}
