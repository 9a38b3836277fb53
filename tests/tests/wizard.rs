//! An account by its address and password alone, with everything real around it: a name server, a site that publishes where
//! the mail is, a mail server with certificates, and a terminal at which somebody answers.
//!
//! The agent is the one that people run, which knows nothing of tests: so the names lead to this machine in a namespace of
//! the test's own, where the ports of the web and of IMAP are free.

use std::{
    env, fs,
    io::{self, BufRead as _, BufReader, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use tamis_tests::{
    letter::Letter,
    program,
    reader::{Reader, Thing},
    screen::{Running, Screen},
    session::Keyring,
    wait_until,
    world::{PASSWORD, PATIENCE, USER, World, flags},
};
use tempfile::TempDir;
use xtask::{
    agent::Agent,
    dovecot::{Dovecot, Options},
    server::Server,
    web::WebServer,
    zone::Zone,
};

/// Says that the namespace is there.
const INSIDE: &str = "TAMIS_TEST_INSIDE";

const SECRET: &str = "fine-mesh-9174";

/// Every name that leads to this machine, and that the certificate is for. The one of Google is in our table of providers.
const NAMES: [&str; 5] =
    ["autoconfig.auto.test", "imap.auto.test", "imap.serv.test", "imap.guess.test", "imap.gmail.com"];

#[test]
fn an_address_and_a_password_are_enough_where_the_domain_says_anything() -> Result<()> {
    in_a_namespace("an_address_and_a_password_are_enough_where_the_domain_says_anything", at_the_command_line)
}

#[test]
fn in_the_window_too_an_address_and_a_password_are_enough() -> Result<()> {
    in_a_namespace("in_the_window_too_an_address_and_a_password_are_enough", in_the_window)
}

/// Runs the test of that name once more, in a namespace of its own; there, does what it is about.
fn in_a_namespace(name: &str, inside: fn() -> Result<()>) -> Result<()> {
    if env::var_os(INSIDE).is_some() {
        return inside();
    }
    let namespace = |words: &str| {
        let mut unshare = Command::new("unshare");
        unshare.args(["--net", "--mount", "sh", "-c", words]);
        unshare
    };
    let tried = namespace("ip link set lo up && mount --bind /etc/hosts /etc/hosts").output();
    if !tried.is_ok_and(|tried| tried.status.success()) {
        writeln!(io::stdout(), "skipped: no network namespace can be made here")?;
        return Ok(());
    }
    let hosts = tempfile::NamedTempFile::new()?;
    fs::write(&hosts, format!("127.0.0.1 localhost {}\n", NAMES.join(" ")))?;
    let mut test = namespace("ip link set lo up && mount --bind \"$0\" /etc/hosts && exec \"$@\"");
    test.arg(hosts.path()).arg(env::current_exe()?).env(INSIDE, "yes");
    let done = test.args(["--exact", name, "--nocapture"]).output()?;
    let said = format!("{}\n{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    ensure!(done.status.success() && said.contains("1 passed"), "{said}");
    Ok(())
}

/// Domains that take in mail, each of which says in another way where it is.
struct Domains {
    site: WebServer,
    server: Server,
    zone: Zone,
}

impl Domains {
    fn start() -> Result<Self> {
        let site = WebServer::start(&NAMES)?;
        let server = server_known_as(&site)?;
        let tls_port = server.tls_port;
        forward(993, tls_port)?;
        let published = format!(
            "<clientConfig version=\"1.1\"><emailProvider id=\"auto.test\"><domain>auto.test</domain>\
             <incomingServer type=\"imap\"><hostname>imap.auto.test</hostname><port>{tls_port}</port>\
             <socketType>SSL</socketType><username>%EMAILLOCALPART%</username>\
             <authentication>password-cleartext</authentication></incomingServer></emailProvider></clientConfig>"
        );
        site.publish("mail/config-v1.1.xml", &published)?;
        let service = format!("_imaps._tcp.serv.test. 300 IN SRV 0 1 {tls_port} imap.serv.test.");
        let zone = Zone::with([], &[&service, "mx.test. 300 IN MX 1 aspmx.l.google.com."])?;
        Ok(Self { site, server, zone })
    }

    fn settings(&self) -> String {
        format!("{}\n[clamd]\nsocket = \"off\"\n", self.zone.settings())
    }

    /// A file with the authorities that a person's computer would know.
    fn trusted(&self, home: &Path) -> Result<PathBuf> {
        let files = [self.site.ca_file(), self.server.ca_file()];
        let all = files.iter().map(fs::read_to_string).collect::<io::Result<Vec<_>>>()?;
        let path = home.join("trusted.pem");
        fs::write(&path, all.concat())?;
        Ok(path)
    }

    /// Waits until junk that is delivered to that person is filed.
    fn files_junk_of(&self, user: &str) -> Result<()> {
        let spam = Letter::spam("first")?;
        self.server.deliver(user, "bounce@example.net", &spam.raw)?;
        let mut eye = self.server.imap(user, SECRET)?;
        wait_until("the first junk to be filed", PATIENCE, || {
            let junk = eye.folder("Junk").unwrap_or_default();
            Ok((!junk.is_empty()).then_some(()))
        })
    }
}

fn at_the_command_line() -> Result<()> {
    let domains = Domains::start()?;
    let mut agent = Agent::prepare_settings(program("tamis-agent")?, SECRET, &domains.settings())?;
    agent.set_variable("SSL_CERT_FILE", &domains.trusted(agent.home())?.to_string_lossy());
    let password = password_file(&agent)?;

    for (address, user, source) in [
        ("ada@auto.test", "ada", "imap.auto.test:PORT (tls): auto.test says so at https://autoconfig.auto.test/"),
        ("sam@serv.test", "sam@serv.test", "imap.serv.test:PORT (tls): the name servers of serv.test say so"),
        ("mia@mx.test", "mia@mx.test", "imap.gmail.com:993 (tls): Gmail takes in the mail of mx.test"),
        ("lea@guess.test", "lea@guess.test", "imap.guess.test:993 (tls): it answers there, and that is a usual name"),
    ] {
        domains.server.add_user(user, SECRET)?;
        let mut add = agent.command();
        let add = add.args(["account", "add", address, "--yes", "--password-file"]).arg(&password).output()?;
        let said = String::from_utf8([add.stdout, add.stderr].concat())?;
        let source = source.replace("PORT", &domains.server.tls_port.to_string());
        ensure!(add.status.success() && said.contains(&source), "{address}: {said}\nwanted: {source}");
        ensure!(said.contains(&format!("account {address} added")), "{said}");
        ensure!(said.contains("there is no terminal to ask: junk is filed and doubtful mail stays"), "{said}");
    }
    agent.start()?;
    domains.files_junk_of("ada")
}

/// What the person types is their address and their password; all else the window shows.
fn in_the_window() -> Result<()> {
    let domains = Domains::start()?;
    domains.server.add_user("eve", SECRET)?;
    let home = TempDir::new()?;
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o700))?;
    fs::write(home.path().join("tamis.toml"), domains.settings())?;
    let keyring = Keyring::unlocked(&home.path().join("keyring"))?;
    let reader = Reader::on(keyring.address())?;
    let screen = Screen::start()?;
    let mut agent = screen.command(program("tamis-agent")?);
    agent.arg("--home").arg(home.path()).arg("run").env("DBUS_SESSION_BUS_ADDRESS", keyring.address());
    let _agent = Running::start(agent.env("SSL_CERT_FILE", domains.trusted(home.path())?))?;
    let mut window = screen.command(program("tamis")?);
    window.arg("--home").arg(home.path()).env("DBUS_SESSION_BUS_ADDRESS", keyring.address());
    let _window = Running::start(&mut window)?;
    let number = screen.wait_for_window("Tamis", PATIENCE)?;
    screen.focus(&number)?;

    let click = |role: &str, name: &str| {
        let thing = reader.wait_for(name, PATIENCE, |thing| thing.role == role && thing.name == name)?;
        screen.click(&number, thing.middle())
    };
    click("button", "Add account…")?;
    let address = "eve@auto.test";
    wait_until("the address to be typed", PATIENCE, || {
        // A dialog that is just being opened may miss the first keys.
        click("field", "Address")?;
        screen.press("ctrl+a")?;
        screen.type_text(address)?;
        let typed = |thing: &Thing| thing.role == "field" && thing.name == "Address" && thing.text == address;
        Ok(reader.wait_for("the address", Duration::from_secs(3), typed).ok())
    })?;
    screen.press("Tab")?;
    screen.type_text(SECRET)?;
    reader.wait_for("the server to be shown", PATIENCE, |thing| {
        thing.name == "Server" && thing.text == "imap.auto.test"
    })?;
    click("button", "Add")?;
    reader.wait_for("the account to be connected", PATIENCE * 2, |thing| thing.name.starts_with("Step 1 of 4"))?;
    domains.files_junk_of("eve")
}

/// A Dovecot that shows the certificate of the site where it is called by one of its names.
fn server_known_as(site: &WebServer) -> Result<Server> {
    let (certificate, key) = site.certificate();
    let blocks = NAMES.map(|name| {
        let (certificate, key) = (certificate.display(), key.display());
        format!("local_name {name} {{\n  ssl_cert = <{certificate}\n  ssl_key = <{key}\n}}\n")
    });
    Dovecot::start(Options { extra: blocks.concat(), ..Options::default() })
}

fn password_file(agent: &Agent) -> Result<PathBuf> {
    let path = agent.home().join("pass");
    fs::write(&path, format!("{SECRET}\n"))?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
    Ok(path)
}

/// Leads a port of this machine to another one, for as long as the test runs.
fn forward(from: u16, to: u16) -> Result<()> {
    let listener = TcpListener::bind(("0.0.0.0", from))?;
    let copy = |mut from: TcpStream, mut to: TcpStream| {
        thread::Builder::new().name("copy".to_owned()).spawn(move || {
            io::copy(&mut from, &mut to).ok();
            to.shutdown(Shutdown::Both).ok();
        })
    };
    let accept = move || {
        for client in listener.incoming().flatten() {
            let Ok(server) = TcpStream::connect(("127.0.0.1", to)) else { continue };
            if let (Ok(there), Ok(back)) = (client.try_clone(), server.try_clone()) {
                copy(there, server).ok();
                copy(back, client).ok();
            }
        }
    };
    thread::Builder::new().name("forward".to_owned()).spawn(accept)?;
    Ok(())
}

#[test]
fn each_of_the_three_ways_does_what_its_sentence_says() -> Result<()> {
    let mut world = World::over_tls(Options::default())?;
    // What Kim writes is doubtful, and not kept waiting.
    fs::write(
        world.agent.home().join("doubt.cf"),
        "header KIM_WRITES From =~ /kim@kim\\.example/\nscore KIM_WRITES 4.0\n",
    )?;
    world.agent.set("[rules]", "paths", &json!(["doubt.cf"]))?;
    world.agent.set("[hold]", "again", &json!([]))?;
    world.agent.start()?;
    let first = Letter::spam("filed")?;
    world.deliver(&first)?;
    world.wait_for_place(&first, "Junk")?;

    setup(&world, &["--only-mark"])?;
    let marked = Letter::spam("marked")?;
    world.deliver(&marked)?;
    world.wait_judged(2)?;
    wait_until("the mark", PATIENCE, || {
        let seen = world.only_copy(&marked, "INBOX")?;
        Ok(flags(&seen).contains(&"$Junk").then_some(()))
    })?;
    ensure!(world.row(&marked)?.action == "keyword", "{:?}", world.row(&marked)?);

    setup(&world, &["--doubtful", "folder"])?;
    let doubtful = dubious("doubtful")?;
    world.deliver(&doubtful)?;
    world.wait_for_place(&doubtful, "Tamis/Quarantine")?;

    setup(&world, &["--doubtful", "inbox", "--junk-folder", "Club"])?;
    let stays = dubious("stays")?;
    world.deliver(&stays)?;
    world.wait_judged(4)?;
    world.only_copy(&stays, "INBOX")?;
    let last = Letter::spam("last")?;
    world.deliver(&last)?;
    world.wait_for_place(&last, "Club")?;
    Ok(())
}

fn setup(world: &World, words: &[&str]) -> Result<()> {
    let all = [&["account", "setup", "Demo"], words].concat();
    world.agent.say(&all)?;
    world.agent.wait_for("watch again", PATIENCE, |status| {
        let state = status.get("accounts")?.get(0)?.get("state")?;
        (state == "Watching").then_some(())
    })
}

#[test]
fn at_a_terminal_each_question_has_an_answer_that_enter_takes() -> Result<()> {
    let server = Dovecot::start(Options::default())?;
    server.add_user(USER, PASSWORD)?;
    server.imap(USER, PASSWORD)?.append(
        "INBOX",
        r"(\Seen)",
        "\"20-Nov-2025 10:00:00 +0000\"",
        &Letter::ham("old")?.raw,
    )?;
    let mut agent = Agent::prepare_settings(program("tamis-agent")?, PASSWORD, "[clamd]\nsocket = \"off\"\n")?;
    let config = agent.home().join("config");
    agent.set_variable("XDG_CONFIG_HOME", &config.to_string_lossy());
    let password = password_file(&agent)?;
    let command = |words: &str| {
        let program = agent.command().get_program().to_string_lossy().into_owned();
        format!("{program} --home {} {words}", agent.home().display())
    };
    let add = command(&format!(
        "account add robin@example.org --name Demo --user {USER} --host localhost --port {} --ca-file {} --password-file {}",
        server.tls_port,
        server.ca_file().display(),
        password.display()
    ));
    // The Junk folder as it is; only marks; no learning yet; not at login.
    let said = at_a_terminal(&agent, &add, "\n2\nn\nn\n")?;
    for words in [
        "account Demo added",
        "Folders found: Sent: Sent, Trash: Trash",
        "Which folder is for junk? [Junk]",
        "1, 2 or 3? [1]",
        "Learn from the mail that is there?",
        "Start Tamis when you log in?",
    ] {
        ensure!(said.contains(words), "{words}\n{said}");
    }
    let settings = fs::read_to_string(agent.home().join("tamis.toml"))?;
    ensure!(settings.contains("[account.policy]\nunsure = \"leave\"\nspam = \"keyword\""), "{settings}");
    ensure!(!config.join("autostart").exists() && !config.join("systemd").exists(), "nobody has wanted that");

    // Enter to everything: learning begins with the agent, Tamis starts at login, and what was chosen stays.
    let said = at_a_terminal(&agent, &command("account setup Demo"), "\n\n\n\n")?;
    ensure!(said.contains("learning from the mail that is there begins once the agent runs"), "{said}");
    ensure!(said.contains("Tamis starts when you log in"), "{said}");
    let settings = fs::read_to_string(agent.home().join("tamis.toml"))?;
    ensure!(settings.contains("[account.policy]\nunsure = \"leave\"\nspam = \"keyword\""), "{settings}");
    at_a_terminal(&agent, &command("account setup Demo --doubtful inbox --no-learn"), "\n\n")?;
    let settings = fs::read_to_string(agent.home().join("tamis.toml"))?;
    ensure!(settings.contains("[account.policy]\nunsure = \"leave\"\nspam = \"junk\""), "{settings}");
    agent.start()?;
    agent.wait_for("learn what is there", PATIENCE, |status| {
        let learning = status.get("accounts")?.get(0)?.get("learning")?;
        (learning.get("is_ended")? == true && learning.get("ham")? == &json!(1)).then_some(())
    })
}

/// What a command says at a terminal at which somebody types that.
fn at_a_terminal(agent: &Agent, command: &str, typed: &str) -> Result<String> {
    let mut script = Command::new("script");
    script.args(["-q", "-e", "-c", command, "/dev/null"]);
    let like = agent.command();
    script.envs(like.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let mut child = script.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let mut stdin = child.stdin.take().context("no input")?;
    stdin.write_all(typed.as_bytes())?;
    // The end of the input would be the end of the terminal.
    let done = thread::Builder::new().spawn(move || child.wait_with_output())?;
    wait_until("the command to end", PATIENCE, || Ok(done.is_finished().then_some(())))?;
    drop(stdin);
    let done = done.join().ok().context("the terminal failed")??;
    let said = String::from_utf8([done.stdout, done.stderr].concat())?;
    ensure!(done.status.success(), "{said}");
    Ok(said)
}

#[test]
fn where_no_systemd_watches_over_it_a_killed_agent_comes_back_by_itself() -> Result<()> {
    let mut world = World::over_tls(Options::default())?;
    let mut beside = world.agent.command().args(["run", "--restart"]).stderr(Stdio::null()).spawn()?;
    let child = || -> Result<Option<String>> {
        let path = format!("/proc/{0}/task/{0}/children", beside.id());
        Ok(fs::read_to_string(path)?.split_whitespace().next().map(str::to_owned))
    };
    let first = wait_until("the agent to be started", PATIENCE, child)?;
    let watching = |agent: &Agent| {
        agent.wait_for("watch the inbox", PATIENCE, |status| {
            (status.get("accounts")?.get(0)?.get("state")? == "Watching").then_some(())
        })
    };
    watching(&world.agent)?;
    Command::new("kill").args(["-KILL", &first]).status()?;
    let second = wait_until("the agent to be back", PATIENCE, || Ok(child()?.filter(|pid| *pid != first)))?;
    watching(&world.agent)?;
    let spam = Letter::spam("after-the-crash")?;
    world.deliver(&spam)?;
    world.wait_for_place(&spam, "Junk")?;
    // Told to end, both do.
    Command::new("kill").arg(beside.id().to_string()).status()?;
    ensure!(beside.wait()?.success(), "it did not end well");
    ensure!(!fs::exists(format!("/proc/{second}"))?, "the agent has stayed");
    Ok(())
}

#[test]
fn what_a_desktop_has_started_ends_with_the_session() -> Result<()> {
    for words in [&["run", "--until-logout"][..], &["run", "--restart", "--until-logout"]] {
        let world = World::over_tls(Options::default())?;
        let session = TempDir::new()?;
        let mut agent = world.agent.command();
        let mut agent = agent.args(words).env("XDG_RUNTIME_DIR", session.path()).stderr(Stdio::null()).spawn()?;
        world.agent.wait_for("watch the inbox", PATIENCE, |status| {
            (status.get("accounts")?.get(0)?.get("state")? == "Watching").then_some(())
        })?;
        // So the last logout takes away what the first login made.
        session.close()?;
        let ended = wait_until("the agent to end", PATIENCE, || Ok(agent.try_wait()?))?;
        ensure!(ended.success(), "{words:?}: it did not end well: {ended}");
    }
    Ok(())
}

#[test]
fn every_failure_says_what_to_do() -> Result<()> {
    let server = Dovecot::start(Options { max_connections: 1, ..Options::default() })?;
    server.add_user(USER, PASSWORD)?;
    let agent = Agent::prepare_settings(program("tamis-agent")?, PASSWORD, "")?;
    let (right, wrong) = (password_file(&agent)?, agent.home().join("wrong"));
    fs::write(&wrong, "wrong\n")?;
    fs::set_permissions(&wrong, fs::Permissions::from_mode(0o600))?;
    let ca_file = server.ca_file().display().to_string();
    let (tls, nobody) = (server.tls_port.to_string(), free_port()?.to_string());
    let mail = answering("220 mail.example.org ESMTP\r\n", "")?;
    let locked = answering("* OK IMAP4rev1\r\n", "NO [CONTACTADMIN] account suspended")?;
    let off = answering("* OK IMAP4rev1\r\n", "NO [ALERT] IMAP access is disabled for this account")?;
    let add = |file: &PathBuf, words: &[&str]| -> Result<String> {
        let mut add = agent.command();
        add.args(["account", "add", "robin@example.org", "--user", USER, "--password-file"]).arg(file);
        let done = add.args(words).output()?;
        let said = String::from_utf8([done.stdout, done.stderr].concat())?;
        ensure!(!done.status.success(), "{words:?} worked: {said}");
        Ok(said)
    };
    let with_ca = ["--host", "localhost", "--port", &tls, "--ca-file", &ca_file];
    let plain = |port: &'static str| ["--host", "127.0.0.1", "--security", "none", "--port", port];
    let leak = |port: u16| -> &'static str { Box::leak(port.to_string().into_boxed_str()) };
    for (file, words, want) in [
        (&wrong, &with_ca[..], "refused user name or password"),
        (&right, &["--host", "imap.nowhere.invalid"][..], "check the name of the server and your network connection"),
        (&right, &["--host", "localhost", "--port", &nobody][..], "refused the connection"),
        (&right, &["--host", "localhost", "--port", &tls][..], "if this is your own server, give its CA file"),
        (&right, &plain(leak(mail))[..], "is no IMAP server: check server and port"),
        (&right, &plain(leak(locked))[..], "this account is closed or locked"),
        (&right, &plain(leak(off))[..], "switch IMAP on in the settings of your web mail"),
    ] {
        let said = add(file, words)?;
        ensure!(said.contains(want), "{words:?} said: {said}\nwanted: {want}");
    }
    let _other = server.imap(USER, PASSWORD)?;
    let said = add(&right, &with_ca)?;
    ensure!(said.contains("too many connections open for you") && said.contains("close other mail programs"), "{said}");
    let settings = fs::read_to_string(agent.home().join("tamis.toml"))?;
    ensure!(!settings.contains("[[account]]\naddress"), "nothing is kept of what does not work: {settings}");
    Ok(())
}

fn dubious(name: &str) -> Result<Letter> {
    Letter::write(name, "Kim <kim@kim.example>", "Hello Robin,\r\n\r\nwould you look at this?\r\n\r\nKim\r\n")
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// A listener that greets like that, and answers every command like that.
fn answering(greeting: &'static str, answer: &'static str) -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    let serve = move || {
        for mut client in listener.incoming().flatten() {
            client.set_read_timeout(Some(Duration::from_secs(10))).ok();
            client.write_all(greeting.as_bytes()).ok();
            let Ok(lines) = client.try_clone().map(|reader| BufReader::new(reader).lines()) else { continue };
            for text in lines.map_while(Result::ok) {
                let tag = text.split(' ').next().unwrap_or_default();
                let reply = if text.contains("CAPABILITY") {
                    format!("* CAPABILITY IMAP4rev1\r\n{tag} OK done\r\n")
                } else {
                    format!("{tag} {answer}\r\n")
                };
                if client.write_all(reply.as_bytes()).is_err() {
                    break;
                }
            }
        }
    };
    thread::Builder::new().name("answering".to_owned()).spawn(serve)?;
    Ok(port)
}
