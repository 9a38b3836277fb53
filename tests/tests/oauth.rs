//! Signing in for access tokens, against a certified OAuth2 server, and a Dovecot that asks it about each of them.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _},
    path::Path,
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;
use tamis_tests::{
    browser::Browser,
    letter::Letter,
    program,
    proxy::Proxy,
    session::Keyring,
    wait_until,
    world::{PASSWORD, PATIENCE, USER},
};
use xtask::{
    agent::Agent,
    dovecot::{Dovecot, Options},
    imap::Imap,
    server::Server,
    tokens::TokenServer,
};

const SETTINGS: &str = "[network]\nenabled = false\n[clamd]\nsocket = \"off\"\n[fingerprints]\nlocal = false\n";

/// Whoever is refused tries no further login in this time.
const CALM: Duration = Duration::from_secs(4);

/// Everybody concerned. Fields end in this order.
struct House {
    agent: Agent,
    proxy: Proxy,
    eye: Imap,
    server: Server,
    tokens: TokenServer,
    _keyring: Keyring,
    folder: tempfile::TempDir,
}

impl House {
    /// Access tokens are good for so many seconds.
    fn new(life: u32) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let keyring = Keyring::unlocked(folder.path())?;
        let tokens = TokenServer::start(life)?;
        let server = Dovecot::start(Options { extra: tokens.dovecot_lines(), ..Options::default() })?;
        server.add_user(USER, PASSWORD)?;
        let eye = server.imap(USER, PASSWORD)?;
        let proxy = Proxy::start(server.port)?;
        let mut agent = Agent::prepare_settings(program("tamis-agent")?, PASSWORD, SETTINGS)?;
        agent.set_variable("DBUS_SESSION_BUS_ADDRESS", keyring.address());
        let both = [fs::read(server.ca_file())?, fs::read(tokens.ca_file())?].concat();
        fs::write(folder.path().join("ca.pem"), both)?;
        Ok(Self { agent, proxy, eye, server, tokens, _keyring: keyring, folder })
    }

    /// Begins to add the account: over TLS, or in plain text through the proxy.
    fn add(&self, words: &[&str], over_tls: bool) -> Result<Running> {
        let mut command = self.agent.command();
        command.args(["account", "add", &format!("{USER}@example.org"), "--name", "Home", "--user", USER]);
        let port = if over_tls { self.server.tls_port } else { self.proxy.port() };
        if over_tls {
            command.args(["--host", "localhost"]);
        } else {
            command.args(["--host", "127.0.0.1", "--security", "none"]);
        }
        command.args(["--port", &port.to_string()]).arg("--ca-file").arg(self.folder.path().join("ca.pem"));
        command.args(["--oauth", "The house", "--client-id", "tamis", "--scope", "openid", "--scope", "imap"]);
        command.args(["--authorize", &self.tokens.authorize(), "--token", &self.tokens.token()]);
        command.args(["--device-page", &self.tokens.device(), "--revoke", &self.tokens.revoke()]).args(words);
        Running::start(command)
    }

    fn sign_in_again(&self) -> Result<Running> {
        let mut command = self.agent.command();
        command.args(["account", "sign-in", "home"]);
        Running::start(command)
    }

    /// Signs in again, with the secret of the client on standard input.
    fn sign_in_with(&self, secret: &str) -> Result<Running> {
        let path = self.folder.path().join("secret");
        fs::write(&path, format!("{secret}\n"))?;
        let mut command = self.agent.command();
        command.args(["account", "sign-in", "home", "--client-secret-file", "-"]).stdin(fs::File::open(&path)?);
        Running::start(command)
    }

    /// Adds the account by the browser, and starts the agent.
    fn settled(life: u32) -> Result<Self> {
        let mut house = Self::new(life)?;
        let mut adding = house.add(&[], false)?;
        let page = adding.page()?;
        Browser::default().open(&page)?;
        adding.succeed()?;
        house.no_compression()?;
        house.agent.start()?;
        Ok(house)
    }

    /// What stands between reads lines.
    fn no_compression(&self) -> Result<()> {
        let path = self.agent.home().join("tamis.toml");
        let settings = fs::read_to_string(&path)?;
        fs::write(&path, settings.replacen("\nsecurity = \"none\"\n", "\nsecurity = \"none\"\ncompress = false\n", 1))?;
        Ok(())
    }

    fn files(&mut self, name: &str) -> Result<()> {
        let spam = Letter::spam(name)?;
        self.server.deliver(USER, "bounce@example.net", &spam.raw)?;
        wait_until("the spam is in Junk", PATIENCE, || {
            Ok(self.eye.folder("Junk")?.into_iter().find(|seen| seen.message_id == spam.id))
        })?;
        Ok(())
    }

    fn account(status: &Value) -> Option<(&str, &str)> {
        let account = status.get("accounts")?.as_array()?.first()?;
        Some((account.get("state")?.as_str()?, account.get("text")?.as_str()?))
    }

    fn wait_for_state(&self, wanted: &str, words: &str) -> Result<()> {
        self.agent.wait_for(words, PATIENCE, |status| {
            let (state, text) = Self::account(status)?;
            (state == wanted && text.contains(words)).then_some(())
        })
    }

    fn asked(&self) -> Result<usize> {
        Ok(self.tokens.tell("asked")?.trim().parse()?)
    }

    /// No token, and no code, stands in any file of the agent, nor in what it said.
    fn keeps_secrets(&self) -> Result<()> {
        let tokens = self.tokens.tell("tokens")?;
        let tokens: Vec<&str> = tokens.lines().filter(|line| 20 <= line.len()).collect();
        ensure!(tokens.len() >= 2, "there is nothing to look for: {tokens:?}");
        let log = self.agent.log();
        for token in tokens {
            ensure!(!log.contains(token), "a token is in the log");
            holds_not(self.agent.home(), token.as_bytes())?;
        }
        Ok(())
    }
}

fn holds_not(folder: &Path, token: &[u8]) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            holds_not(&path, token)?;
        } else if path.is_file() {
            let bytes = fs::read(&path)?;
            let is_there = bytes.windows(token.len()).any(|part| part == token);
            ensure!(!is_there, "a token is in {}", path.display());
        }
    }
    Ok(())
}

/// A command that waits for the person.
struct Running {
    child: Child,
    output: BufReader<std::process::ChildStdout>,
}

impl Running {
    fn start(mut command: std::process::Command) -> Result<Self> {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let output = BufReader::new(child.stdout.take().context("no output")?);
        Ok(Self { child, output })
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        if line.is_empty() {
            let mut complaint = String::new();
            self.child.stderr.take().context("no errors")?.read_to_string(&mut complaint)?;
            bail!("it said nothing but {complaint}");
        }
        Ok(line.trim().to_owned())
    }

    /// The page that it wants to have opened.
    fn page(&mut self) -> Result<String> {
        let line = self.line()?;
        ensure!(line.starts_with("http"), "{line}");
        Ok(line)
    }

    fn end(mut self) -> Result<(bool, String)> {
        let mut said = String::new();
        self.output.read_to_string(&mut said)?;
        self.child.stderr.take().context("no errors")?.read_to_string(&mut said)?;
        Ok((self.child.wait()?.success(), said))
    }

    fn succeed(self) -> Result<String> {
        let (is_well, said) = self.end()?;
        ensure!(is_well, "{said}");
        Ok(said)
    }

    fn fail(self) -> Result<String> {
        let (is_well, said) = self.end()?;
        ensure!(!is_well, "{said}");
        Ok(said)
    }
}

#[test]
fn an_account_is_added_by_the_browser_and_its_mail_is_filed() -> Result<()> {
    let mut house = House::new(600)?;
    let mut adding = house.add(&["--auth", "oauthbearer"], true)?;
    let page = adding.page()?;
    // Somebody else calls first, with another state.
    let back = page.split("redirect_uri=").nth(1).and_then(|rest| rest.split('&').next()).context("no way back")?;
    let back = back.replace("%3A", ":").replace("%2F", "/");
    let stranger = Browser::default().open(&format!("{back}?code=stolen&state=guessed"))?;
    assert_eq!(stranger.status, 400, "{stranger:?}");
    let last = Browser::default().open(&page)?;
    ensure!(last.url.starts_with(&back) && last.body.contains("You are back from signing in"), "{last:?}");
    let said = adding.succeed()?;
    ensure!(said.contains("by OAUTHBEARER") && said.contains("account Home added"), "{said}");
    let listed = house.agent.say(&["account", "list"])?;
    ensure!(listed.contains("signed in with The house"), "{listed}");

    house.agent.start()?;
    house.files("offer")?;
    // After a start the token comes by what the keyring has kept.
    house.agent.stop()?;
    house.agent.start()?;
    house.files("another-offer")?;
    house.keeps_secrets()?;

    let before = house.tokens.tell("tokens")?;
    house.agent.say(&["account", "remove", "home"])?;
    let after = house.tokens.tell("tokens")?;
    ensure!(after.lines().count() < before.lines().count(), "the token was not given back: {before} {after}");
    Ok(())
}

#[test]
fn a_running_agent_adds_an_account_by_a_code() -> Result<()> {
    let mut house = House::new(600)?;
    house.agent.spawn()?;
    house.agent.wait_for("answer", PATIENCE, |_| Some(()))?;
    let mut adding = house.add(&["--device"], true)?;
    let page = adding.page()?;
    let code = adding.line()?;
    let code = code.strip_prefix("code: ").with_context(|| format!("no code: {code}"))?;
    let last = Browser::default().fill_in(&page, ("user_code", code))?;
    ensure!(last.body.contains("Sign-in Success"), "{last:?}");
    let said = adding.succeed()?;
    ensure!(said.contains("by XOAUTH2"), "{said}");
    house.wait_for_state("Watching", "")?;
    house.files("offer")?;
    house.keeps_secrets()
}

#[test]
fn a_token_that_has_ended_is_renewed_once_and_work_goes_on() -> Result<()> {
    let mut house = House::settled(600)?;
    house.files("before")?;
    let (logins, asked) = (house.proxy.count("AUTHENTICATE XOAUTH2"), house.asked()?);
    house.tokens.tell("end-access")?;
    house.proxy.cut();
    wait_until("it logs in again", PATIENCE, || {
        Ok((logins + 2 <= house.proxy.count("AUTHENTICATE XOAUTH2")).then_some(()))
    })?;
    house.wait_for_state("Watching", "")?;
    house.files("after")?;
    assert_eq!(house.asked()?, asked + 1, "it was renewed once");
    assert_eq!(house.proxy.count("AUTHENTICATE XOAUTH2"), logins + 2, "refused once, then let in");
    house.keeps_secrets()
}

#[test]
fn what_was_revoked_is_said_once_until_the_person_signs_in_again() -> Result<()> {
    let mut house = House::settled(600)?;
    house.tokens.tell("end-access")?;
    house.tokens.tell("end-refresh")?;
    house.proxy.cut();
    house.wait_for_state("NeedsYou", "The house no longer lets Tamis in: sign in again")?;
    let (logins, asked) = (house.proxy.count("AUTHENTICATE"), house.asked()?);
    std::thread::sleep(CALM);
    assert_eq!((house.proxy.count("AUTHENTICATE"), house.asked()?), (logins, asked), "it does not try on and on");

    // Somebody who changes their mind is told so, and nothing has changed.
    house.tokens.tell("refuse")?;
    let mut signing = house.sign_in_again()?;
    let page = signing.page()?;
    let last = Browser::default().open(&page)?;
    ensure!(last.body.contains("You were not signed in"), "{last:?}");
    let said = signing.fail()?;
    ensure!(said.contains("you have not let Tamis in at The house"), "{said}");
    house.tokens.tell("allow")?;

    let mut signing = house.sign_in_again()?;
    let page = signing.page()?;
    Browser::default().open(&page)?;
    let said = signing.succeed()?;
    ensure!(said.contains("is signed in"), "{said}");
    house.wait_for_state("Watching", "")?;
    house.files("after")?;
    house.keeps_secrets()
}

#[test]
fn a_client_gets_its_secret_at_the_next_sign_in_and_uses_it_from_then_on() -> Result<()> {
    const SECRET: &str = "a well kept secret";
    let mut house = House::new(600)?;
    let mut adding = house.add(&[], false)?;
    let page = adding.page()?;
    Browser::default().open(&page)?;
    adding.succeed()?;
    house.no_compression()?;
    let path = house.agent.home().join("tamis.toml");
    let settings = fs::read_to_string(&path)?;
    let changed = settings.replacen("client_id = \"tamis\"", "client_id = \"keeper\"", 1);
    ensure!(settings != changed, "{settings}");
    fs::write(&path, changed)?;

    let mut signing = house.sign_in_again()?;
    let page = signing.page()?;
    Browser::default().open(&page)?;
    let said = signing.fail()?;
    ensure!(said.contains("does not take the client id, or its secret"), "{said}");

    house.agent.spawn()?;
    house.wait_for_state("NeedsYou", "sign in")?;
    let mut signing = house.sign_in_with(SECRET)?;
    let page = signing.page()?;
    Browser::default().open(&page)?;
    let said = signing.succeed()?;
    ensure!(said.contains("is signed in"), "{said}");
    house.wait_for_state("Watching", "")?;
    house.files("before")?;

    // What it was given is renewed with that secret, and so it is kept.
    house.tokens.tell("end-access")?;
    house.proxy.cut();
    house.files("after")?;
    // Without naming it, it is still there.
    let mut signing = house.sign_in_again()?;
    let page = signing.page()?;
    Browser::default().open(&page)?;
    signing.succeed()?;
    ensure!(!house.agent.log().contains(SECRET), "the secret is in the log");
    holds_not(house.agent.home(), SECRET.as_bytes())?;
    house.keeps_secrets()
}

#[test]
fn an_issuer_that_is_out_of_order_has_not_revoked_anything() -> Result<()> {
    let mut house = House::settled(600)?;
    house.tokens.tell("end-access")?;
    house.tokens.tell("down")?;
    house.proxy.cut();
    house.wait_for_state("Retrying", "The house cannot be reached to sign in: it answers with status 503")?;
    house.tokens.tell("up")?;
    let begun = Instant::now();
    house.agent.wait_for("watch again", Duration::from_mins(2), |status| {
        (House::account(status)?.0 == "Watching").then_some(())
    })?;
    println!("back after {:?}", begun.elapsed());
    house.files("after")
}
