//! The virus scanner against the real clamd: what it knows is filed and named, and mail is judged when it is gone.

use std::{fs, path::Path, process::Command};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tamis_tests::{
    letter::Letter,
    program, wait_until,
    world::{PATIENCE, World},
};
use xtask::{
    clamd::{Clamd, LONGEST, SIGNATURES},
    dovecot::Options,
    ground::temporary_folder,
};

const MARKER: &str = SIGNATURES[0].1;

/// A letter that nobody would call spam, with a file in which there is this text.
fn letter(name: &str, sign: &str) -> Result<Letter> {
    let letter = Letter::ham(name)?;
    let text = String::from_utf8(letter.raw.clone())?;
    let (head, body) = text.split_once("\r\n\r\n").context("a letter has a body")?;
    let head = head.replace("text/plain; charset=utf-8", "multipart/mixed; boundary=\"part\"");
    let raw = format!(
        "{head}\r\n\r\n--part\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n--part\r\n\
         Content-Type: text/csv; name=\"notes.csv\"\r\nContent-Disposition: attachment; filename=\"notes.csv\"\r\n\r\n\
         {sign}\r\n--part--\r\n"
    );
    Ok(Letter { raw: raw.into_bytes(), ..letter })
}

fn problems(world: &World) -> Result<String> {
    Ok(world.agent.status()?.get("problems").context("the status has problems")?.to_string())
}

/// A world whose agent asks that scanner.
fn world(scanner: &Clamd) -> Result<World> {
    let mut world = World::new(Options::default())?;
    world.agent.set("[clamd]", "socket", &json!(scanner.socket()))?;
    world.agent.start()?;
    Ok(world)
}

#[test]
fn an_infected_message_is_filed_and_the_virus_is_named_and_mail_goes_on_while_the_scanner_is_dead() -> Result<()> {
    let mut scanner = Clamd::start()?;
    let mut world = world(&scanner)?;
    let (clean, infected) = (letter("clean", "1;2;3")?, letter("infected", MARKER)?);
    world.deliver(&clean)?;
    world.deliver(&infected)?;
    world.wait_for_place(&infected, "Junk")?;
    world.wait_judged(2)?;
    world.only_copy(&clean, "INBOX")?;
    let said = world.agent.say(&["junk", "--all", "--json"])?;
    assert!(said.contains("A virus is in it: Own.Marker.UNOFFICIAL."), "{said}");
    assert!(!problems(&world)?.contains("virus scanner"), "{}", problems(&world)?);

    scanner.kill()?;
    let unseen = letter("unseen", MARKER)?;
    world.deliver(&unseen)?;
    world.wait_judged(3)?;
    world.only_copy(&unseen, "INBOX")?;
    let said = problems(&world)?;
    assert!(said.contains("cannot be reached (nobody listens there)") && said.contains("systemctl start"), "{said}");

    scanner.restart()?;
    // It is left alone for a moment longer, so a first letter may still go by.
    let mut count = 0;
    wait_until("the scanner to be asked again", PATIENCE, || {
        count += 1;
        let again = letter(&format!("again-{count}"), MARKER)?;
        world.deliver(&again)?;
        world.wait_judged(3 + count)?;
        Ok((world.places(&again)? == ["Junk"]).then_some(()))
    })?;
    assert!(!problems(&world)?.contains("virus scanner"), "{}", problems(&world)?);
    Ok(())
}

#[test]
fn whoever_is_always_accepted_is_not_with_a_virus_unless_the_settings_say_so() -> Result<()> {
    for (is_excused, want) in [(false, "Junk"), (true, "INBOX")] {
        let scanner = Clamd::start()?;
        let mut world = World::new(Options::default())?;
        world.agent.set("[clamd]", "socket", &json!(scanner.socket()))?;
        world.agent.set("[clamd]", "excuse_known", &json!(is_excused))?;
        world.agent.start()?;
        world.agent.say(&["list", "add", "accept", "address", "dana@example.org"])?;
        let infected = letter("from-dana", MARKER)?;
        world.deliver(&infected)?;
        world.wait_judged(1)?;
        world.wait_for_place(&infected, want)?;
    }
    Ok(())
}

/// What `scan` says of a message under these settings, and what it remarks.
fn scan(settings: &str, words: &[&str], raw: &[u8]) -> Result<(Value, String)> {
    let folder = temporary_folder("scan")?;
    fs::create_dir(folder.join("home"))?;
    // The scanner is on this machine, and nobody else is asked.
    fs::write(folder.join("home/tamis.toml"), format!("{settings}[network]\nenabled = false\n"))?;
    fs::write(folder.join("a.eml"), raw)?;
    let mut command = Command::new(program("tamis-agent")?);
    command.arg("--home").arg(folder.join("home")).args(["scan", "--json"]).args(words);
    let output = command.arg(folder.join("a.eml")).output()?;
    fs::remove_dir_all(&folder)?;
    let remarks = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(output.status.success(), "{remarks}");
    Ok((serde_json::from_slice(&output.stdout)?, remarks))
}

fn symbols(scanned: &Value) -> String {
    let all = scanned.get("symbols").and_then(Value::as_array).into_iter().flatten();
    let names = all.filter_map(|found| found.get("symbol")?.as_str()).filter(|name| name.starts_with("VIRUS_"));
    names.collect::<Vec<_>>().join(" ")
}

fn at(socket: &Path) -> String {
    format!("[clamd]\nsocket = \"{}\"\n", socket.display())
}

#[test]
fn what_the_scanner_says_counts_by_its_kind_over_either_way() -> Result<()> {
    let scanner = Clamd::start()?;
    let tcp = format!("[clamd]\nsocket = \"localhost:{}\"\n", scanner.port);
    let [virus, tool, spam] = SIGNATURES.map(|(_, sign)| sign);
    for settings in [at(&scanner.socket()), tcp] {
        for (sign, want, class) in [
            (virus, "VIRUS_FOUND", "spam"),
            (tool, "VIRUS_UNWANTED", "ham"),
            (spam, "VIRUS_SPAM", "unsure"),
            ("nothing", "", "ham"),
        ] {
            let (said, remarks) = scan(&settings, &[], &letter("kinds", sign)?.raw)?;
            assert_eq!(
                (symbols(&said).as_str(), said["class"].as_str()),
                (want, Some(class)),
                "{settings}{sign} {said}"
            );
            assert!(remarks.is_empty(), "{remarks}");
        }
    }
    Ok(())
}

#[test]
fn a_locked_archive_is_named_once_and_is_no_virus() -> Result<()> {
    let scanner = Clamd::start()?;
    // Made with `zip -P`: one file, encrypted.
    let locked = "UEsDBBQAAQAAACFYAAAAAAAADQAAAAEAAAAFAAAAYS50eHR4eHh4eHh4eHh4eHh4UEsBAhQAFAABAAAAIVgAAAAAAAANAAAAAQAAAAUAAAAAAAAA\
                  AAAAAAAAAAAAAGEudHh0UEsFBgAAAAABAAEAMwAAADAAAAAAAA==";
    let letter = letter("locked", locked)?;
    let text = String::from_utf8(letter.raw)?;
    let raw = text
        .replace("text/csv; name=\"notes.csv\"", "application/zip\r\nContent-Transfer-Encoding: base64")
        .replace("notes.csv", "notes.zip");
    let (said, _) = scan(&at(&scanner.socket()), &[], raw.as_bytes())?;
    assert_eq!(symbols(&said), "", "{said}");
    assert!(said.to_string().contains("FILE_ENCRYPTED_ZIP"), "{said}");
    Ok(())
}

#[test]
fn what_is_too_long_for_the_scanner_is_judged_without_it_and_said() -> Result<()> {
    let scanner = Clamd::start()?;
    let long = letter("long", MARKER)?.with_attachment(LONGEST);
    let (said, remarks) = scan(&at(&scanner.socket()), &[], &long.raw)?;
    assert_eq!(symbols(&said), "");
    assert!(remarks.contains("too long for the virus scanner") && remarks.contains("StreamMaxLength"), "{remarks}");
    Ok(())
}

#[test]
fn nothing_is_asked_where_nothing_is_to_be_asked() -> Result<()> {
    let scanner = Clamd::start()?;
    let infected = letter("quiet", MARKER)?;
    let asked = at(&scanner.socket());
    for (settings, words) in [
        (asked.clone(), &["--no-network"][..]),
        (format!("{asked}[checks]\nvirus = false\n"), &[]),
        ("[clamd]\nsocket = \"off\"\n".to_owned(), &[]),
    ] {
        let (said, remarks) = scan(&settings, words, &infected.raw)?;
        assert_eq!(symbols(&said), "", "{settings} {words:?}");
        assert!(remarks.is_empty(), "{remarks}");
    }
    Ok(())
}
