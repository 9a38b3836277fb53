//! Passwords come from where the settings say, and from nowhere else.

use std::{fs, os::unix::fs::PermissionsExt as _};

use tamis_core::config::Config;
use tempfile::TempDir;

use super::*;

#[test]
fn the_first_line_of_a_private_file_is_the_password() {
    let (_dir, path) = file("hunter2\r\nnotes\n", 0o600);
    assert_eq!(from_file(&path).unwrap(), "hunter2");
}

#[test]
fn a_file_others_can_read_is_refused_with_what_to_do() {
    for mode in [0o640, 0o604, 0o620] {
        let (_dir, path) = file("hunter2\n", mode);
        let err = from_file(&path).unwrap_err();
        assert!(err.to_string().ends_with(&format!("chmod 600 {}", path.display())), "{mode:o}: {err}");
        assert!(!err.to_string().contains("hunter2"));
    }
}

#[test]
fn a_missing_file_and_a_folder_are_told_apart_from_a_password() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(from_file(&dir.path().join("none")), Err(KeyError::File { .. })));
    assert!(matches!(from_file(dir.path()), Err(KeyError::File { .. })));
}

#[test]
fn the_first_line_of_a_command_is_the_password() {
    assert_eq!(from_command("me", "printf 'hunter2\\nmore\\n'", COMMAND_TIME).unwrap(), "hunter2");
    // More than a pipe holds: the command must not wait for a reader.
    assert_eq!(from_command("me", "echo hunter2; seq 1 100000", COMMAND_TIME).unwrap(), "hunter2");
}

#[test]
fn a_failed_command_shows_its_status_and_not_its_output() {
    let err = from_command("me", "echo hunter2; echo hunter2 >&2; exit 7", COMMAND_TIME).unwrap_err();
    let text = format!("{err} {err:?}");
    assert!(text.contains("exit status: 7") && !text.contains("hunter2"), "{text}");
}

#[test]
fn a_command_that_does_not_end_is_ended_with_all_it_started() {
    let begun = Instant::now();
    for command in ["sleep 60", "sleep 60 & wait", "exec >&-; sleep 60"] {
        let err = from_command("me", command, Duration::from_millis(50)).unwrap_err();
        assert!(matches!(err, KeyError::Slow { .. }), "{command}: {err}");
    }
    assert!(begun.elapsed() < Duration::from_secs(30));
}

#[test]
fn an_empty_password_is_no_password() {
    let (_dir, path) = file("\nhunter2\n", 0o600);
    let err = password(&account(&format!("password_file = {path:?}"))).unwrap_err();
    assert!(matches!(err, KeyError::Empty { .. }), "{err}");
    let err = password(&account("password_command = \"true\"")).unwrap_err();
    assert!(matches!(err, KeyError::Empty { .. }), "{err}");
}

#[test]
fn no_error_of_the_keyring_holds_what_was_in_it() {
    let account = account("");
    let errors = [
        Error::BadEncoding(b"hunter2".to_vec()),
        Error::BadDataFormat(b"hunter2".to_vec(), "hunter2".into()),
        Error::NoEntry,
        Error::NoStorageAccess("hunter2".into()),
        Error::NoDefaultStore,
    ];
    for err in errors {
        let shown = keyring_error(&account, &err);
        assert!(!format!("{shown} {shown:?}").contains("hunter2"), "{shown:?}");
    }
}

fn file(text: &str, mode: u32) -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("password");
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    (dir, path)
}

fn account(password: &str) -> Account {
    let text = format!("[[account]]\naddress = \"me@example.org\"\nhost = \"imap.example.org\"\n{password}\n");
    Config::parse(&text).unwrap().accounts().first().unwrap().clone()
}
