//! What Tamis keeps stays: passwords on machines without a keyring, everything in a backup, and mail when Tamis goes.

use std::{
    env, fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;
use tamis_agent::{
    client::Client,
    keys::{Entry, keep_secrets},
    paths::Home,
};
use tamis_core::{
    api::{AccountForm, Password, Reply, Request},
    config::{PasswordSource, SecretStore, Secrets},
};
use tamis_tests::{
    letter::Letter,
    session::Keyring,
    wait_until,
    world::{PATIENCE, World},
};
use xtask::{agent::Agent, dovecot::Options};

const OTHER: &str = "wren";
const OTHER_PASSWORD: &str = "coarse-mesh-5521";
const KEY: &str = "a key that nobody guesses";

/// What this program does instead of the test, and in which home.
const STEP: &str = "TAMIS_TEST_STEP";
const HOME: &str = "TAMIS_TEST_HOME";

#[test]
fn without_a_keyring_the_agent_logs_in_with_a_sealed_password_also_after_a_restart() -> Result<()> {
    let mut world = World::new(Options::default())?;
    let key = key_file(&world, KEY)?;
    let command = Value::from(format!("cat {}", key.display()));
    world.agent.set("[secrets]", "key_command", &command)?;
    world.agent.start()?;
    add_other(&world)?;
    let sealed = world.agent.home().join("secrets.sealed");
    let bytes = fs::read(&sealed).context("there is no sealed file")?;
    ensure!(!has(&bytes, OTHER_PASSWORD), "the password is readable");
    ensure!(!world.agent.log().contains(OTHER_PASSWORD), "the password is in the log");
    let shown = world.agent.say(&["secrets"])?;
    ensure!(shown.contains("secrets.sealed") && shown.contains(OTHER), "{shown}");
    ensure!(!shown.contains(OTHER_PASSWORD), "{shown}");
    world.agent.stop()?;
    world.agent.start()?;

    // Another key: a sentence, and the file as it was.
    world.agent.stop()?;
    fs::write(&key, "another key that nobody guesses")?;
    world.agent.spawn()?;
    world.agent.wait_for("name the wrong key", PATIENCE, |status| {
        let text = status.get("accounts")?.to_string();
        text.contains("is sealed with another key").then_some(())
    })?;
    ensure!(fs::read(&sealed)? == bytes, "the file was written over");
    world.agent.kill()?;

    // A third one, after the first has opened it once more.
    let old = key.with_extension("old");
    private(&old, KEY)?;
    fs::write(&key, "the third key that nobody guesses")?;
    world.agent.say(&["secrets", "rekey", "--old-key-file", &old.to_string_lossy()])?;
    world.agent.start()
}

#[test]
fn secrets_go_to_the_sealed_file_and_back_and_none_is_left_behind() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut world = World::new(Options::default())?;
    let key = key_file(&world, KEY)?;
    let keyring = Keyring::unlocked(folder.path())?;
    world.agent.set_variable("DBUS_SESSION_BUS_ADDRESS", keyring.address());
    world.agent.set("[secrets]", "key_file", &Value::from(key.display().to_string()))?;
    world.agent.start()?;
    add_other(&world)?;
    let sealed = world.agent.home().join("secrets.sealed");
    ensure!(!sealed.exists(), "there is a keyring, and yet there is a sealed file");
    world.agent.stop()?;
    let shown = world.agent.say(&["secrets"])?;
    ensure!(shown.starts_with("1 secret in the keyring"), "{shown}");

    let moved = world.agent.say(&["secrets", "move", "--to", "file"])?;
    ensure!(moved.starts_with("1 secret moved"), "{moved}");
    let shown = world.agent.say(&["secrets"])?;
    ensure!(shown.starts_with("1 secret in /") && !shown.contains("other place"), "{shown}");
    world.agent.set_variable("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
    world.agent.start()?;
    world.agent.stop()?;

    world.agent.set_variable("DBUS_SESSION_BUS_ADDRESS", keyring.address());
    world.agent.say(&["secrets", "move", "--to", "keyring"])?;
    ensure!(!sealed.exists(), "an empty sealed file was left");
    world.agent.start()?;
    world.agent.stop()?;
    let gone = world.agent.say(&["uninstall", "--delete-data", "--yes"])?;
    ensure!(gone.contains("1 secret"), "{gone}");
    Ok(())
}

#[test]
fn a_kill_while_secrets_are_written_leaves_the_old_or_the_new() -> Result<()> {
    const NAME: &str = "a_kill_while_secrets_are_written_leaves_the_old_or_the_new";
    if let Ok(home) = env::var(HOME) {
        ensure!(env::var(STEP).as_deref() == Ok("write"));
        let entry = entry(Path::new(&home), "wren/host")?;
        for number in 0_u64.. {
            entry.set_password(&number.to_string())?;
        }
    }
    let folder = tempfile::tempdir()?;
    private(&folder.path().join("key"), KEY)?;
    entry(folder.path(), "robin/host")?.set_password("stays")?;
    let sealed = folder.path().join("secrets.sealed");
    let mut written = 0;
    for round in 0..15_u64 {
        let mut writer = Command::new(env::current_exe()?);
        writer.args(["--exact", NAME]).env(HOME, folder.path()).env(STEP, "write");
        let before = fs::metadata(&sealed)?.modified()?;
        let mut writer = writer.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        // However long it takes to stretch the key: it is killed while it writes, each time at another moment.
        wait_until("the first write", PATIENCE, || Ok((fs::metadata(&sealed)?.modified()? != before).then_some(())))?;
        thread::sleep(Duration::from_millis(7 * round));
        end(&mut writer)?;
        ensure!(entry(folder.path(), "robin/host")?.get_password()? == "stays");
        match entry(folder.path(), "wren/host")?.get_password() {
            Ok(text) => written += usize::from(text.parse::<u64>().is_ok()),
            Err(err) if written == 0 => drop(err),
            Err(err) => bail!("after it was written {written} times: {err}"),
        }
    }
    ensure!(0 < written, "nothing was ever written");
    Ok(())
}

#[test]
fn after_a_restore_nothing_is_lost_and_nothing_done_twice() -> Result<()> {
    let mut world = World::started(Options::default())?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("tamis.backup");
    let (spam, ham) = (Letter::spam("old-spam")?, Letter::ham("old-ham")?);
    world.deliver(&spam)?;
    world.deliver(&ham)?;
    world.wait_judged(2)?;
    let said = world.agent.say(&["backup", &file.to_string_lossy()])?;
    ensure!(said.contains("written to") && said.contains("are not in it"), "{said}");

    let (later, other) = (Letter::spam("later-spam")?, Letter::ham("later-ham")?);
    world.deliver(&later)?;
    world.deliver(&other)?;
    world.wait_judged(4)?;
    world.agent.stop()?;
    fs::remove_dir_all(world.agent.home())?;
    let unseen = Letter::spam("unseen-spam")?;
    world.deliver(&unseen)?;

    let said = world.agent.say(&["restore", &file.to_string_lossy()])?;
    ensure!(said.contains("is in place"), "{said}");
    world.agent.start()?;
    world.wait_for_all("last")?;
    for (letter, place) in [(&spam, "Junk"), (&later, "Junk"), (&unseen, "Junk"), (&ham, "INBOX"), (&other, "INBOX")] {
        world.only_copy(letter, place)?;
    }
    for letter in [&spam, &ham, &other, &unseen] {
        world.row(letter)?;
    }
    // What the backup did not know of was filed by the Tamis that is gone.
    ensure!(world.rows(&later)?.len() <= 1, "it was judged twice");
    ensure!(world.row(&spam)?.folder == "Junk");
    world.agent.say(&["undo"]).ok();
    world.teach("release", &spam)?;
    world.only_copy(&spam, "INBOX")?;
    Ok(())
}

#[test]
fn what_tamis_itself_filed_after_the_backup_is_nobodys_word_after_the_restore() -> Result<()> {
    let mut world = World::new(Options::default())?;
    world.agent.set("[learn]", "trust_server_junk", &Value::from(true))?;
    world.agent.set("[watch]", "poll", &Value::from("1 second"))?;
    world.agent.start()?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("tamis.backup");
    let (filed, brought_back, marked) = (Letter::ham("filed")?, Letter::spam("brought-back")?, Letter::ham("marked")?);
    for letter in [&filed, &brought_back, &marked] {
        world.deliver(letter)?;
    }
    world.wait_judged(3)?;
    world.wait_for_place(&brought_back, "Junk")?;
    looks(&world, 3)?;
    world.agent.say(&["backup", &file.to_string_lossy()])?;
    let later = Letter::spam("later")?;
    world.deliver(&later)?;
    world.wait_for_place(&later, "Junk")?;
    world.teach("spam", &filed)?;
    world.teach("release", &brought_back)?;
    world.only_copy(&filed, "Junk")?;
    world.only_copy(&brought_back, "INBOX")?;
    world.agent.stop()?;
    fs::remove_dir_all(world.agent.home())?;
    let uid = world.only_copy(&marked, "INBOX")?.uid;
    world.eye.command("SELECT INBOX")?;
    world.eye.command(&format!("UID STORE {uid} +FLAGS.SILENT ($Junk)"))?;

    world.agent.say(&["restore", &file.to_string_lossy()])?;
    world.agent.start()?;
    looks(&world, 4)?;
    let learned = |world: &World| -> Result<(u64, u64)> {
        Ok((world.status_number("trained_spam")?, world.status_number("trained_ham")?))
    };
    ensure!(learned(&world)? == (0, 0), "{:?}: {}", learned(&world)?, world.agent.log());
    for (letter, place) in [(&filed, "Junk"), (&brought_back, "INBOX"), (&marked, "INBOX"), (&later, "Junk")] {
        world.only_copy(letter, place)?;
    }
    ensure!(world.row(&filed)?.folder == "Junk" && world.row(&brought_back)?.folder == "Inbox");

    // From then on the person's word counts as ever.
    let uid = world.only_copy(&filed, "Junk")?.uid;
    world.eye.carry("Junk", uid, "INBOX")?;
    wait_until("the lesson", PATIENCE, || Ok((learned(&world)? == (0, 1)).then_some(())))?;
    Ok(())
}

#[test]
fn a_running_agent_restores_and_starts_anew_as_the_same_process() -> Result<()> {
    let mut world = World::started(Options::default())?;
    let folder = tempfile::tempdir()?;
    let (file, passphrase) = (folder.path().join("tamis.backup"), folder.path().join("passphrase"));
    private(&passphrase, "a passphrase nobody guesses")?;
    let phrase = ["--passphrase-file", passphrase.to_str().context("its name is no text")?];
    let path = file.to_str().context("its name is no text")?;
    let ham = Letter::ham("before")?;
    world.deliver(&ham)?;
    world.wait_judged(1)?;
    let said = world.agent.say(&[&["backup", "--with-secrets", path], &phrase[..]].concat())?;
    ensure!(said.contains("opens with the passphrase only"), "{said}");
    world.teach("spam", &ham)?;
    world.only_copy(&ham, "Junk")?;

    let pid = world.agent.pid();
    let refused = world.agent.say(&[&["restore", path], &phrase[..]].concat());
    ensure!(refused.is_err_and(|err| err.to_string().contains("already")), "it replaced what is there");
    world.agent.say(&[&["restore", "--force", path], &phrase[..]].concat())?;
    wait_until("the agent anew", PATIENCE, || {
        Ok((world.agent.log().matches("listening for the window").count() == 2).then_some(()))
    })?;
    world.agent.wait_for("watch again", PATIENCE, |status| {
        status.get("accounts")?.to_string().contains("Watching").then_some(())
    })?;
    ensure!(world.agent.pid() == pid && !world.agent.has_ended(), "it is another process");
    let aside = fs::read_dir(world.agent.home())?
        .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()))
        .find(|name| name.starts_with("before-restore-"))
        .context("nothing was put aside")?;
    ensure!(world.agent.home().join(aside).join("tamis.db").is_file());
    // The agent that began anew ends as it should.
    world.agent.stop()
}

#[test]
fn uninstalling_says_where_everything_is_and_leaves_mail_as_it_is() -> Result<()> {
    let mut world = World::started(Options::default())?;
    let spam = Letter::spam("filed")?;
    world.deliver(&spam)?;
    world.wait_for_place(&spam, "Junk")?;
    let running = world.agent.say(&["uninstall", "--delete-data", "--yes"]);
    ensure!(running.is_err_and(|err| err.to_string().contains("stop it first")), "removed under a running agent");
    world.agent.stop()?;
    let home = world.agent.home().to_path_buf();
    let said = world.agent.say(&["uninstall"])?;
    for name in ["tamis.toml", "tamis.db", "log"] {
        ensure!(said.contains(&home.join(name).display().to_string()), "{said}");
        ensure!(home.join(name).exists(), "{name} was removed without a word");
    }
    ensure!(said.contains("mail stays as it is") && said.contains("nothing was removed"), "{said}");
    let asked = world.agent.say(&["uninstall", "--delete-data"]);
    ensure!(asked.is_err() && home.join("tamis.db").exists(), "removed without being sure");
    world.agent.say(&["uninstall", "--delete-data", "--yes"])?;
    ensure!(!home.exists(), "left: {:?}", fs::read_dir(&home)?.collect::<Vec<_>>());
    world.only_copy(&spam, "Junk")?;
    Ok(())
}

#[test]
fn an_older_program_leaves_what_a_newer_one_wrote() -> Result<()> {
    let mut world = World::started(Options::default())?;
    world.agent.stop()?;
    let database = world.agent.home().join("tamis.db");
    let mut bytes = fs::read(&database)?;
    // Its version stands at byte 60 (SQLite's file format, "The Database Header").
    bytes.get_mut(60..64).context("it is no database")?.copy_from_slice(&99u32.to_be_bytes());
    fs::write(&database, &bytes)?;
    world.agent.spawn()?;
    let ended = wait_until("it ends", PATIENCE, || Ok(world.agent.has_ended().then_some(())));
    ended?;
    ensure!(world.agent.log().contains("start the newer Tamis again"), "{}", world.agent.log());
    ensure!(fs::read(&database)? == bytes, "it was touched");
    Ok(())
}

/// An account whose password is not in a file of the person's.
fn add_other(world: &World) -> Result<()> {
    world.server.add_user(OTHER, OTHER_PASSWORD)?;
    let form = AccountForm {
        name: OTHER.to_owned(),
        address: "wren@example.org".to_owned(),
        host: "127.0.0.1".to_owned(),
        port: world.proxy.port(),
        security: "none".to_owned(),
        user: OTHER.to_owned(),
        password: Some(Password(OTHER_PASSWORD.to_owned())),
        ..AccountForm::default()
    };
    let home = Home::below(world.agent.home())?;
    let reply = Client::connect(&home)?.call(Request::AddAccount(form))?;
    ensure!(matches!(reply, Reply::Account(_)), "{reply:?}");
    watching(&world.agent)
}

/// Waits until so many more looks at the inbox and at the other folders are over.
fn looks(world: &World, count: usize) -> Result<()> {
    let before = world.proxy.count("STATUS \"Junk\"");
    wait_until("some looks", PATIENCE, || Ok((before + count <= world.proxy.count("STATUS \"Junk\"")).then_some(())))
}

fn watching(agent: &Agent) -> Result<()> {
    agent.wait_for("watch both", PATIENCE, |status| {
        let is_watching = |account: &Value| account.get("state").is_some_and(|state| state == "Watching");
        let accounts = status.get("accounts")?.as_array()?;
        (accounts.len() == 2 && accounts.iter().all(is_watching)).then_some(())
    })
}

fn entry(home: &Path, user: &str) -> Result<Entry> {
    let key = Some(PasswordSource::File(home.join("key")));
    keep_secrets(&Home::below(home)?, &Secrets { store: SecretStore::File, key });
    Ok(Entry::new("tamis", user)?)
}

fn key_file(world: &World, key: &str) -> Result<PathBuf> {
    let folder = world.agent.home().parent().context("the home is nowhere")?;
    let path = folder.join("key");
    private(&path, key)?;
    Ok(path)
}

fn private(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
    Ok(())
}

fn end(child: &mut Child) -> Result<()> {
    child.kill()?;
    child.wait()?;
    Ok(())
}

fn has(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}
