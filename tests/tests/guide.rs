//! The guide tells the truth: its links lead somewhere, every chapter is in its contents, and the commands it names exist.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

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
    for path in files()?.into_iter().filter(|file| file.has_extension("png")).map(|file| file.path) {
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
fn every_command_that_is_named_exists_with_its_options() -> Result<()> {
    let program = program("tamis-agent")?;
    let mut seen = BTreeSet::new();
    for (name, text) in chapters()? {
        for line in commands(&text) {
            let (mut path, mut help) = (Vec::new(), help(&program, &[])?);
            for word in line.split_whitespace().skip(1) {
                let word = word.trim_matches(['"', '\'']);
                let names = |help: &str| help.lines().any(|line| line.trim_start().split(' ').next() == Some(word));
                if word.starts_with("--") {
                    let option = word.split('=').next().unwrap_or_default();
                    let words: Vec<&str> = help.split_whitespace().map(|word| word.trim_end_matches(',')).collect();
                    ensure!(words.contains(&option), "{name}: `{line}`: there is no {option}");
                } else if path.is_empty() || (help.contains("\nCommands:\n") && names(&help)) {
                    path.push(word.to_owned());
                    help = self::help(&program, &path).with_context(|| format!("{name}: `{line}`"))?;
                }
            }
            seen.insert(path.join(" "));
        }
    }
    ensure!(seen.len() > 25, "only {seen:?} were found");
    Ok(())
}

/// The help of a command.
fn help(program: &Path, path: &[String]) -> Result<String> {
    let said = Command::new(program).args(path).arg("--help").output()?;
    ensure!(said.status.success(), "there is no `tamis-agent {}`", path.join(" "));
    Ok(String::from_utf8_lossy(&said.stdout).into_owned())
}

/// The commands that stand between backticks or in blocks of code.
fn commands(text: &str) -> Vec<String> {
    let joined = text.replace("\\\n", " ");
    let pieces = joined.split('`').skip(1).step_by(2).chain(joined.lines());
    pieces.map(str::trim).filter(|piece| piece.starts_with("tamis-agent ")).map(str::to_owned).collect()
}

#[test]
fn every_setting_that_is_named_exists() -> Result<()> {
    let settings = fs::read_to_string(root().join("assets/config.toml"))?;
    for name in ["[account.oauth]", "issuer = ", "client_id = ", "authorize = ", "token = ", "device = ", "scopes = "] {
        ensure!(settings.contains(&format!("\n# For example: {name}")), "the guide names the setting `{name}`");
    }
    for name in ["tag", "junk", "trust_server_junk", "enabled", "socket", "remote", "relays", "paths", "train_folders"]
    {
        ensure!(settings.contains(&format!("\n#{name} = ")), "the guide names the setting `{name}`");
    }
    // Words between backticks with `=` are lines of the settings, those in brackets their sections.
    for (name, text) in chapters()? {
        for piece in text.split('`').skip(1).step_by(2).filter(|piece| !piece.contains('\n')) {
            let is_section = piece.starts_with('[') && piece.ends_with(']');
            let key = piece.split_once(" = ").map(|(key, _)| key);
            let is_key = key.is_some_and(|key| key.chars().all(|c| c.is_ascii_lowercase() || c == '_'));
            let is_there = match key {
                Some(key) => {
                    let is_check = tamis_core::CHECKS.iter().any(|check| check.name() == key);
                    is_check || settings.lines().any(|line| bare(line).starts_with(&format!("{key} = ")))
                }
                None => settings.lines().any(|line| bare(line) == piece),
            };
            ensure!(!(is_section || is_key) || is_there, "{name} names `{piece}`, which the settings do not have");
        }
    }
    Ok(())
}

/// A line of the settings without what makes it a remark.
fn bare(line: &str) -> &str {
    line.trim_start_matches('#').trim_start().trim_start_matches("For example: ")
}

/// Who can be asked, by the files that do it, is who the chapter on privacy says.
#[test]
fn whoever_is_asked_is_named_where_it_says_what_leaves_the_computer() -> Result<()> {
    let chapter = fs::read_to_string(folder().join("privacy.md"))?;
    let told = [
        ("ask/auth.rs", "The names of the keys and hosts of a sender's domain"),
        ("ask/clamd.rs", "`socket = \"off\"` below `[clamd]`"),
        ("ask/datagram.rs", "pyzor"),
        ("ask/dcc.rs", "`dcc` below `[fingerprints]`"),
        ("ask/dns.rs", "five public lists of spammers"),
        ("ask/pyzor.rs", "`pyzor` and `rspamd` below `[fingerprints]`"),
        ("ask/rest.rs", ""),
        ("ask/rspamd_fuzzy.rs", "a fuzzy storage of rspamd"),
        ("agent/report.rs", "**Report as spam…**"),
        ("agent/unsubscribe.rs", "**Unsubscribe**"),
        ("oauth.rs", "whoever you sign in with"),
        ("route.rs", "**Route**"),
        ("rules/download.rs", "`tamis-agent rules update`"),
        ("setup/ways.rs", "While you add an account"),
        ("submit.rs", "`forward_to` of an account"),
    ];
    let source = root().join("imap-agent/src");
    for (file, words) in told {
        ensure!(source.join(file).exists(), "there is no {file} any more: what leaves the computer now?");
        ensure!(chapter.contains(words), "privacy.md does not say `{words}`, which is what {file} does");
    }
    for entry in fs::read_dir(source.join("ask"))? {
        let path = entry?.path();
        let name = format!("ask/{}", path.file_name().unwrap_or_default().to_string_lossy());
        ensure!(path.is_dir() || told.iter().any(|(file, _)| *file == name), "privacy.md has to tell of {name}");
    }
    // Lists of the network that are on, as Tamis comes.
    let settings = fs::read_to_string(root().join("assets/config.toml"))?;
    let lists = settings.split("\n[dns_lists]\n").nth(1).and_then(|rest| rest.split("\n[").next()).unwrap_or_default();
    ensure!(
        lists.lines().filter(|line| line.ends_with(" = true")).count() == 5,
        "five lists are asked, says privacy.md"
    );
    Ok(())
}

/// What is in bold in these chapters stands on the screen, but for sentences and words that are only stressed.
#[test]
fn every_label_that_set_up_quotes_is_on_the_screen() -> Result<()> {
    const QUOTING: [&str; 5] = ["setup.md", "first-week.md", "teaching.md", "privacy.md", "judging.md"];
    const STRESSED: [&str; 9] = [
        "points",
        "5 points",
        "spam",
        "doubtful",
        "3 points",
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
    for (name, text) in chapters()?.iter().filter(|(name, _)| QUOTING.contains(&name.as_str())) {
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
