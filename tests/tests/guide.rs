//! The guide tells the truth: its links lead somewhere, every chapter is in its contents, and the commands it names exist.

use std::{collections::BTreeSet, fs, path::PathBuf, process::Command};

use anyhow::{Context as _, Result, ensure};
use tamis_tests::{
    documents::{Documents, GUIDE, links},
    program,
    repository::{files, root},
};

/// The guide is in every package and opens over slow lines as well: so large is one picture of it at most, and all of them.
const PICTURE_BYTES: u64 = 120_000;
const PICTURES_BYTES: u64 = 1_500_000;

#[test]
fn every_link_and_picture_of_every_document_leads_somewhere() -> Result<()> {
    let files = files()?;
    let documents = Documents::of(files.iter().map(|file| (file.path.as_str(), file.text.as_deref())));
    ensure!(documents.count() > 15, "only {} documents were found", documents.count());
    let faults = documents.faults();
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    Ok(())
}

#[test]
fn every_chapter_is_in_the_contents_and_every_picture_in_a_chapter() -> Result<()> {
    let contents = links(&fs::read_to_string(folder().join("SUMMARY.md"))?);
    let chapters = chapters()?;
    for (name, _) in &chapters {
        ensure!(contents.iter().any(|link| link.target == *name), "SUMMARY.md does not name {name}");
    }
    let shown: BTreeSet<String> = chapters.iter().flat_map(|(_, text)| links(text)).map(|link| link.target).collect();
    let mut total = 0;
    for path in files()?.into_iter().map(|file| file.path).filter(|path| path.ends_with(".png")) {
        let Some(name) = path.strip_prefix("assets/guide/src/") else { continue };
        ensure!(shown.contains(name), "no chapter shows {name}");
        let bytes = fs::metadata(root().join(&path))?.len();
        ensure!(bytes <= PICTURE_BYTES, "{name} has {bytes} bytes: a picture of the guide has at most {PICTURE_BYTES}");
        total += bytes;
    }
    ensure!(
        total <= PICTURES_BYTES,
        "the pictures of the guide have {total} bytes, at most {PICTURES_BYTES} are wanted"
    );
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
    root().join(GUIDE)
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
