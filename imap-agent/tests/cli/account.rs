//! `account` without an agent, a server or a keyring.

use std::{fs, os::unix::fs::PermissionsExt as _};

use crate::home::Home;

const ADD: [&str; 6] = ["account", "add", "me@example.org", "--host", "imap.example.org", "--no-test"];

#[test]
fn an_account_is_added_listed_and_removed() {
    let home = Home::new();
    assert!(home.run(&["account", "list"]).good().starts_with("there is no account"));
    let done = home.run(&[&ADD[..], &["--password-command", "echo hunter2", "--junk-folder", "Spam"]].concat());
    assert_eq!((done.code, done.stdout.as_str()), (0, "account me@example.org added\n"), "{done:?}");

    let path = home.path().join("tamis.toml");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("# Settings of Tamis") && text.contains("junk_folder = \"Spam\""), "{text}");
    assert!(!text.contains("port = 993\n") || text.contains("#port = 993"), "{text}");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);

    let list = home.run(&["account", "list"]);
    let lines: Vec<&str> = list.good().lines().collect();
    assert_eq!(lines[0].split_whitespace().collect::<Vec<_>>(), ["Account", "Address", "Server", "Password"]);
    assert!(lines[1].contains("imap.example.org:993 (tls)") && lines[1].ends_with("command"), "{lines:?}");

    home.run(&[&ADD[..], &["--password-command", "true"]].concat()).failed(1, "cannot add the account: ");
    home.run(&["account", "remove", "you@example.org"]).failed(1, "there is me@example.org");
    home.run(&["account", "remove", "ME@example.org"]).good();
    assert!(home.run(&["account", "list"]).good().starts_with("there is no account"));
}

#[test]
fn how_to_log_in_is_kept_in_the_settings() {
    let home = Home::new();
    let (cert, key) = (home.write("me.pem", ""), home.write("me.key", ""));
    let certificate = ["--auth", "external", "--client-cert", &cert, "--client-key", &key];
    assert_eq!(home.run(&[&ADD[..], &certificate].concat()).code, 0);
    let token = ["account", "add", "you@example.org", "--host", "imap.example.org", "--no-test", "--auth", "xoauth2"];
    assert_eq!(home.run(&[&token[..], &["--password-command", "print-token"]].concat()).code, 0);

    let text = fs::read_to_string(home.path().join("tamis.toml")).unwrap();
    let want = format!("auth = \"external\"\nclient_cert = \"{cert}\"\nclient_key = \"{key}\"\n");
    assert!(text.contains(&want) && text.contains("auth = \"xoauth2\"\n"), "{text}");
    let list = home.run(&["account", "list"]);
    let ends: Vec<&str> = list.good().lines().skip(1).filter_map(|line| line.split_whitespace().next_back()).collect();
    assert_eq!(ends, ["certificate", "command"]);
}

#[test]
fn what_does_not_go_together_at_login_is_said() {
    let home = Home::new();
    let (cert, key) = (home.write("me.pem", ""), home.write("me.key", ""));
    let with = |args: &[&str]| home.run(&[&ADD[..], args].concat());
    with(&["--auth", "external"]).failed(1, "`auth = \"external\"` needs `client_cert` and `client_key`");
    let certificate = ["--auth", "external", "--client-cert", &cert, "--client-key", &key];
    with(&[&certificate[..], &["--password-command", "x"]].concat()).failed(1, "needs no password");
    assert_eq!(with(&["--auth", "cram-md5", "--password-command", "x"]).code, 2);
    assert_eq!(with(&["--client-cert", &cert, "--password-command", "x"]).code, 2);
    assert!(!home.path().join("tamis.toml").exists());
}

#[test]
fn a_server_is_never_guessed() {
    let home = Home::new();
    let command = ["--no-test", "--password-command", "true"];
    home.run(&[&["account", "add", "me@example.org"], &command[..]].concat()).failed(1, "name it with --host");
    let done = home.run(&[&["account", "add", "me@gmx.de"], &command[..]].concat());
    assert_eq!(done.code, 0, "{done:?}");
    assert!(home.run(&["account", "list"]).good().contains("imap.gmx.net:993"));
}

#[test]
fn without_a_keyring_the_other_ways_are_named() {
    let home = Home::new();
    home.run(&ADD).failed(3, "no keyring is running; use --password-file or --password-command");
    assert!(!home.path().join("tamis.toml").exists(), "a failed account must leave nothing");
}

#[test]
fn a_password_file_that_others_can_read_is_refused_before_anything_is_sent() {
    let home = Home::new();
    let file = home.write("password", "hunter2\n");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let add = ["account", "add", "me@example.org", "--host", "localhost", "--password-file", &file];
    let done = home.run(&add);
    done.failed(1, "chmod 600");
    assert!(!format!("{done:?}").contains("hunter2"));
}

#[test]
fn what_cannot_be_an_account_is_said_in_a_sentence() {
    let home = Home::new();
    let with =
        |args: &[&str]| home.run(&[&["account", "add"], args, &["--no-test", "--password-command", "x"]].concat());
    with(&["nonsense", "--host", "h"]).failed(1, "`nonsense` is not an address");
    with(&["me@example.org", "--host", "a b"]).failed(1, "`host` must be a host name");
    with(&["me@example.org", "--host", "imap.example.org", "--security", "none"]).failed(1, "only for `localhost`");
    assert_eq!(with(&["me@example.org", "--host", "h", "--port", "0"]).code, 2);
    assert_eq!(with(&["me@example.org", "--host", "h", "--security", "ssl"]).code, 2);
    home.run(&["account", "test"]).failed(1, "there is no account");
    home.run(&["account", "test", "x"]).failed(1, "there is no account `x`");
}

#[test]
fn the_secret_of_a_client_is_read_from_a_closed_file_or_from_standard_input() {
    let home = Home::new();
    // An issuer that nobody runs: whoever gets as far as asking it has read the secret.
    let oauth = "issuer = \"The house\"\nclient_id = \"tamis\"\nauthorize = \"http://127.0.0.1:9/a\"\n\
                 token = \"http://127.0.0.1:9/t\"\ndevice = \"http://127.0.0.1:9/d\"\n";
    let account = format!("[[account]]\naddress = \"me@example.org\"\nhost = \"localhost\"\n[account.oauth]\n{oauth}");
    fs::write(home.path().join("tamis.toml"), &account).unwrap();
    let sign_in = ["account", "sign-in", "me@example.org", "--device"];
    let with = |file: &str| home.run(&[&sign_in[..], &["--client-secret-file", file]].concat());

    let file = home.write("secret", "hunter2\n");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    with(&file).failed(1, "chmod 600");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    with(&file).failed(3, "The house cannot be reached to sign in");

    // Nothing comes on standard input here.
    with("-").failed(1, "there is no secret of the client on the first line; nothing is changed");
    let done = home.run_with(&[&sign_in[..], &["--client-secret-file", "-"]].concat(), "hunter2\n");
    done.failed(3, "The house cannot be reached to sign in");
    assert!(!format!("{done:?}").contains("hunter2"));

    // With whom one cannot sign in without it, is not asked without it.
    let google = account.replace("The house", "google");
    fs::write(home.path().join("tamis.toml"), google).unwrap();
    assert!(home.run(&sign_in).stderr.contains("no keyring is running"), "the keyring may have it");
}
