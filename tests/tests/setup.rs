//! An account is set up by its address and password: the server is found by a real name server, and shown before a password
//! goes there.

use std::{fs, os::unix::fs::PermissionsExt as _, process::Command};

use anyhow::{Result, ensure};
use tamis_tests::program;
use xtask::{
    agent::Agent,
    dovecot::{Dovecot, Options},
    zone::Zone,
};

#[test]
fn the_server_that_name_servers_name_is_shown_agreed_to_and_then_used() -> Result<()> {
    let server = Dovecot::start(Options::default())?;
    server.add_user("robin", "secret")?;
    let service = format!("_imaps._tcp.found.example. 300 IN SRV 0 1 {} localhost.", server.tls_port);
    let zone = Zone::with([], &[&service])?;
    let agent = Agent::prepare_settings(program("tamis-agent")?, "secret", &zone.settings())?;
    let password = agent.home().join("pass");
    fs::write(&password, "secret\n")?;
    fs::set_permissions(&password, fs::Permissions::from_mode(0o600))?;
    let add = |address: &str, more: &[&str]| -> Result<(bool, String)> {
        let mut add: Command = agent.command();
        add.args(["account", "add", address, "--user", "robin", "--ca-file"]).arg(server.ca_file());
        let done = add.arg("--password-file").arg(&password).args(more).output()?;
        Ok((done.status.success(), String::from_utf8([done.stdout, done.stderr].concat())?))
    };

    let (is_done, said) = add("robin@found.example", &[])?;
    ensure!(!is_done && said.contains("say --yes if localhost is right"), "{said}");
    ensure!(said.contains("the name servers of found.example say so"), "{said}");
    let settings = agent.home().join("tamis.toml");
    ensure!(!fs::read_to_string(&settings)?.contains("found.example"), "nothing is kept before the person agrees");

    let (is_done, said) = add("robin@found.example", &["--yes"])?;
    ensure!(is_done && said.contains("account robin@found.example added"), "{said}");
    let text = fs::read_to_string(&settings)?;
    ensure!(text.contains("host = \"localhost\"") && text.contains(&format!("port = {}", server.tls_port)), "{text}");

    let (is_done, said) = add("robin@nowhere.example", &["--yes"])?;
    ensure!(!is_done && said.contains("no server was found for nowhere.example: name it with --host"), "{said}");
    Ok(())
}
