//! A restore that cannot be brought to its end leaves what was there in force: its files, and its passwords.

#![expect(clippy::print_stdout, reason = "whoever runs it is told what was skipped")]

use std::{
    env, fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, PoisonError},
};

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use tamis_agent::{
    backup::{Secrets, finish, make, stage},
    cli::Failure,
    keys::{Entry, keep_secrets},
    paths::Home,
    secret::Secret,
    settings::Settings,
    store::Store,
};
use tamis_tests::{program, session::Keyring};

const PASSPHRASE: &str = "a passphrase nobody guesses";
const PASSWORD: &str = "robin/imap.example.org";

/// What this program does instead of the test, in a session of its own, and in which folder.
const STEP: &str = "TAMIS_TEST_STEP";
const FOLDER: &str = "TAMIS_TEST_FOLDER";

/// Held by those that need secrets: a process has one place for them.
static PLACE: Mutex<()> = Mutex::new(());

#[test]
fn until_all_else_is_in_place_the_passwords_of_before_are_in_force() -> Result<()> {
    let _alone = PLACE.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir()?;
    let (home, file) = (home(folder.path())?, folder.path().join("b.tamis"));
    keep_secrets(&home, Settings::load(&home)?.config().secrets());
    let password = || Entry::new("tamis", PASSWORD).and_then(|entry| entry.get_password());
    Entry::new("tamis", PASSWORD)?.set_password("of the backup")?;
    let settings = Settings::load(&home)?;
    let passphrase = Secret::new(PASSPHRASE.to_owned());
    done(make(&home, settings.config(), (&file, false), Some(&passphrase)))?;
    Entry::new("tamis", PASSWORD)?.set_password("of now")?;
    Entry::new("tamis", "wren/imap.example.org")?.set_password("came later")?;

    done(stage(&home, &file, Some(&passphrase), (true, Secrets::Restore)))?;
    ensure!(password()? == "of now", "it is another before anything else is");
    // A folder that is in the way of what is put aside.
    let marker: serde_json::Value = serde_json::from_slice(&fs::read(home.data().join("restore.json"))?)?;
    let aside = home.data().join(marker.get("aside").and_then(|name| name.as_str()).context("no folder is named")?);
    ensure!(marker.get("place").and_then(|place| place.as_str()) == Some("file"), "it does not say where they are");
    fs::write(&aside, "in the way")?;
    let stuck = finish(&home).err().context("it came to its end")?;
    ensure!(stuck.text().contains("not restored to its end yet"), "{}", stuck.text());
    ensure!(password()? == "of now", "it is another although the rest is not in place");
    fs::remove_file(&aside)?;
    done(finish(&home))?.context("there was nothing to bring to its end")?;
    ensure!(password()? == "of the backup");
    ensure!(Entry::new("tamis", "wren/imap.example.org")?.get_password()? == "came later");
    let left = Entry::new("tamis", &format!("restored {PASSWORD}"))?.get_password();
    ensure!(left.is_err(), "it was left beside");
    Ok(())
}

#[test]
fn passwords_that_wait_in_a_keyring_which_does_not_run_are_waited_for() -> Result<()> {
    let _alone = PLACE.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir()?;
    let home = home(folder.path())?;
    let auto = fs::read_to_string(home.settings())?.replace("\"file\"", "\"auto\"");
    fs::write(home.settings(), &auto)?;
    let marker = home.data().join("restore.json");
    // As a restore writes it that has laid them into the keyring; releases before did not say where that is.
    for place in ["", r#","place":"keyring""#] {
        fs::create_dir_all(home.data().join("restore-new"))?;
        fs::write(home.data().join("restore-new/tamis.toml"), &auto)?;
        let text =
            r#"{"items":["tamis.toml"],"aside":"before-restore-x","secrets":[["tamis-test","robin/imap.example.org"]]"#;
        fs::write(&marker, format!("{text}{place}}}"))?;
        let stuck = finish(&home).err().context("it came to its end without the passwords")?;
        ensure!(stuck.text().contains("not restored to its end yet"), "{}", stuck.text());
        ensure!(marker.exists(), "nobody goes on with it");
        ensure!(!home.sealed().exists(), "a sealed file was begun that holds nothing");
        fs::remove_dir_all(home.data().join("before-restore-x"))?;
    }
    Ok(())
}

#[test]
fn passwords_laid_into_the_keyring_are_in_their_places_once_it_runs_again() -> Result<()> {
    if let Ok(step) = env::var(STEP) {
        return take(&step, Path::new(&env::var_os(FOLDER).context("no folder")?));
    }
    let folder = tempfile::tempdir()?;
    laid(folder.path())?;
    in_session("unix:path=/nowhere", "wait", folder.path())?;
    let keyring = Keyring::unlocked(&folder.path().join("session"))?;
    in_session(keyring.address(), "go on", folder.path())
}

#[test]
fn secrets_are_moved_only_after_a_restore_that_was_broken_off_is_in_place() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let home = laid(folder.path())?;
    let keyring = Keyring::unlocked(&folder.path().join("session"))?;
    let mut agent = Command::new(program("tamis-agent")?);
    agent.env("DBUS_SESSION_BUS_ADDRESS", keyring.address()).arg("--home").arg(folder.path().join("home"));
    let output = agent.args(["secrets", "move", "--to", "file"]).output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    ensure!(said.contains("the backup that was being restored is in place"), "{said}");
    let _alone = PLACE.lock().unwrap_or_else(PoisonError::into_inner);
    keep_secrets(&home, Settings::load(&home)?.config().secrets());
    ensure!(Entry::new("tamis", PASSWORD)?.get_password()? == "of the backup", "{said}");
    ensure!(done(finish(&home))?.is_none(), "it still waits");
    Ok(())
}

/// A home with passwords in a keyring, and a backup that is ready to take their place.
fn laid(folder: &Path) -> Result<Home> {
    let home = home(folder)?;
    let account = "[[account]]\nname = \"robin\"\naddress = \"robin@example.org\"\nhost = \"imap.example.org\"\n";
    let auto = fs::read_to_string(home.settings())?.replace("\"file\"", "\"auto\"");
    fs::write(home.settings(), format!("{auto}\n{account}"))?;
    let session = folder.join("session");
    fs::create_dir(&session)?;
    let keyring = Keyring::unlocked(&session)?;
    in_session(keyring.address(), "lay", folder)?;
    Ok(home)
}

/// Does one step as a program in the session with that bus.
fn in_session(address: &str, step: &str, folder: &Path) -> Result<()> {
    let output = Command::new(env::current_exe()?)
        .args(["--exact", "passwords_laid_into_the_keyring_are_in_their_places_once_it_runs_again", "--nocapture"])
        .env("DBUS_SESSION_BUS_ADDRESS", address)
        .env(STEP, step)
        .env(FOLDER, folder)
        .output()?;
    ensure!(output.status.success(), "{step}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

fn take(step: &str, folder: &Path) -> Result<()> {
    let (home, file) = (Home::below(&folder.join("home"))?, folder.join("b.tamis"));
    let settings = Settings::load(&home)?;
    keep_secrets(&home, settings.config().secrets());
    let put = |name: &str, text: &str| Entry::new("tamis", name).and_then(|entry| entry.set_password(text));
    let get = |name: &str| Entry::new("tamis", name).and_then(|entry| entry.get_password()).ok();
    let waiting = format!("restored {PASSWORD}");
    match step {
        "lay" => {
            put(PASSWORD, "of the backup")?;
            // Of one that was broken off, and of another home.
            put("restored robin/smtp.example.org", "left behind")?;
            put("restored wren/imap.example.org", "of another")?;
            let passphrase = Secret::new(PASSPHRASE.to_owned());
            done(make(&home, settings.config(), (&file, false), Some(&passphrase)))?;
            put(PASSWORD, "of now")?;
            done(stage(&home, &file, Some(&passphrase), (true, Secrets::Restore)))?;
            ensure!(get("restored robin/smtp.example.org").is_none(), "it was left there for good");
            ensure!(get("restored restored robin/smtp.example.org").is_none(), "it was in the backup");
            ensure!(get("restored wren/imap.example.org").is_some(), "that of another home is gone");
            ensure!(get(PASSWORD).as_deref() == Some("of now") && get(&waiting).is_some());
        }
        "wait" => {
            let stuck = finish(&home).err().context("it came to its end without the passwords")?;
            ensure!(stuck.text().contains("wait in the keyring, and no keyring is running"), "{}", stuck.text());
        }
        "go on" => {
            done(finish(&home))?.context("there was nothing to bring to its end")?;
            ensure!(get(PASSWORD).as_deref() == Some("of the backup"), "{:?}", get(PASSWORD));
            ensure!(get(&waiting).is_none(), "it was left beside");
        }
        other => bail!("there is no step `{other}`"),
    }
    ensure!(!home.sealed().exists(), "a sealed file was begun");
    Ok(())
}

#[test]
fn passwords_are_looked_for_where_they_were_laid_and_what_is_missing_is_said() -> Result<()> {
    let _alone = PLACE.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir()?;
    let home = home(folder.path())?;
    let auto = fs::read_to_string(home.settings())?.replace("\"file\"", "\"auto\"");
    keep_secrets(&home, Settings::load(&home)?.config().secrets());
    // A file that is there is where secrets are, and this restore was before it.
    Entry::new("tamis-test", "restored wren/imap.example.org")?.set_password("of wren")?;
    let marker = home.data().join("restore.json");
    let stuck = |place: &str| -> Result<String> {
        fs::create_dir_all(home.data().join("restore-new"))?;
        fs::write(home.data().join("restore-new/tamis.toml"), &auto)?;
        let secrets = r#"[["tamis-test","robin/imap.example.org"],["tamis-test","wren/imap.example.org"]]"#;
        let text =
            format!(r#"{{"items":["tamis.toml"],"aside":"aside-{place}","secrets":{secrets},"place":"{place}"}}"#);
        fs::write(&marker, text)?;
        let stuck = finish(&home).err().context("it came to its end without the passwords")?;
        Ok(stuck.text().to_owned())
    };
    let of = |name: &str| Entry::new("tamis-test", name).and_then(|entry| entry.get_password()).ok();
    let text = stuck("keyring")?;
    ensure!(text.contains("wait in the keyring") || text.contains("the keyring no longer holds"), "{text}");
    ensure!(of("wren/imap.example.org").is_none(), "the file was gone through");
    let text = stuck("file")?;
    ensure!(text.contains("no longer holds") && text.contains(&marker.display().to_string()), "{text}");
    ensure!(of("wren/imap.example.org").as_deref() == Some("of wren"), "what is there is not in its place");
    fs::remove_file(&marker)?;
    ensure!(done(finish(&home))?.is_none());
    Ok(())
}

#[test]
fn what_a_restore_that_was_broken_off_has_laid_down_is_in_no_backup_and_goes_with_the_next() -> Result<()> {
    let _alone = PLACE.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir()?;
    let (home, file) = (home(folder.path())?, folder.path().join("b.tamis"));
    let settings = Settings::load(&home)?;
    keep_secrets(&home, settings.config().secrets());
    let put = |name: &str, text: &str| Entry::new("tamis", name).and_then(|entry| entry.set_password(text));
    let get = |name: &str| Entry::new("tamis", name).and_then(|entry| entry.get_password()).ok();
    let left = format!("restored {PASSWORD}");
    put(PASSWORD, "of now")?;
    put(&left, "left behind")?;
    let passphrase = Secret::new(PASSPHRASE.to_owned());
    done(make(&home, settings.config(), (&file, false), Some(&passphrase)))?;
    Entry::new("tamis", PASSWORD)?.delete_credential()?;
    Entry::new("tamis", &left)?.delete_credential()?;
    put("restored wren/imap.example.org", "left behind")?;

    done(stage(&home, &file, Some(&passphrase), (true, Secrets::Restore)))?;
    ensure!(get("restored wren/imap.example.org").is_none(), "it was left there for good");
    done(finish(&home))?.context("there was nothing to bring to its end")?;
    ensure!(get(PASSWORD).as_deref() == Some("of now"));
    ensure!(get(&left).is_none(), "it was in the backup");
    Ok(())
}

#[test]
fn a_folder_that_is_a_disk_of_its_own_is_refused_before_anything_is_changed() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (home, file) = (home(folder.path())?, folder.path().join("b.tamis"));
    fs::create_dir_all(home.rules())?;
    fs::create_dir_all(home.archive())?;
    done(make(&home, Settings::load(&home)?.config(), (&file, false), None))?;
    fs::write(home.settings(), "[judge]\ntag = 1.0\n")?;
    for place in [home.rules(), home.archive()] {
        // The same disk once more, which has the same number, and another one.
        let empty = folder.path().join("empty").display().to_string();
        fs::create_dir_all(&empty)?;
        for how in [["--bind", &empty], ["-t", "tmpfs"]] {
            let Some(mount) = Mount::on(&place, how)? else { return Ok(()) };
            let refused = stage(&home, &file, None, (true, Secrets::Leave)).err().context("it was begun")?;
            let text = refused.text();
            ensure!(
                text.contains(&place.display().to_string()) && text.contains("another disk is mounted there"),
                "{text}"
            );
            ensure!(fs::read_to_string(home.settings())?.contains("tag = 1.0"));
            ensure!(!home.data().join("restore.json").exists() && !home.data().join("restore-new").exists());
            drop(mount);
        }
    }
    done(stage(&home, &file, None, (true, Secrets::Leave)))?;
    // Mounted since: it waits, whole, until the disk is gone.
    let Some(mount) = Mount::on(&home.rules(), ["-t", "tmpfs"])? else { return Ok(()) };
    let stuck = finish(&home).err().context("it came to its end")?;
    ensure!(stuck.text().contains("another disk is mounted there"), "{}", stuck.text());
    ensure!(fs::read_to_string(home.settings())?.contains("tag = 1.0"), "half of it is in place");
    drop(mount);
    done(finish(&home))?.context("there was nothing to bring to its end")?;
    ensure!(!fs::read_to_string(home.settings())?.contains("tag = 1.0"));
    Ok(())
}

fn home(folder: &Path) -> Result<Home> {
    let (home, key) = (Home::below(&folder.join("home"))?, folder.join("key"));
    home.create()?;
    fs::write(&key, "a key that nobody guesses")?;
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600))?;
    fs::write(home.settings(), format!("[secrets]\nstore = \"file\"\nkey_file = \"{}\"\n", key.display()))?;
    drop(Store::open(&home.database())?);
    Ok(home)
}

fn done<T>(result: Result<T, Failure>) -> Result<T> {
    result.map_err(|failure| anyhow!("{}", failure.text()))
}

/// Something mounted, gone with this value.
struct Mount(PathBuf);

impl Mount {
    /// `None` where nothing can be mounted, and then it says so.
    fn on(place: &Path, [how, what]: [&str; 2]) -> Result<Option<Self>> {
        let mut command = Command::new("mount");
        if how == "--bind" {
            command.args([how, what]);
        } else {
            command.args([how, what, "tamis-test"]);
        }
        let output = command.arg(place).output().context("cannot run mount")?;
        if !output.status.success() {
            println!("skipped: nothing can be mounted here ({})", String::from_utf8_lossy(&output.stderr).trim());
            return Ok(None);
        }
        Ok(Some(Self(place.to_path_buf())))
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        Command::new("umount").arg("--lazy").arg(&self.0).status().ok();
    }
}
