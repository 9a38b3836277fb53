//! The agent answers each client in its own language, whatever it has stored.

#![expect(clippy::indexing_slicing, reason = "a test may end with a panic")]

use std::{
    env::temp_dir,
    fs,
    io::{Read as _, Write as _},
    os::unix::net::UnixStream,
};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tamis_core::api::{API_VERSION, ListQuery, Request, Show, socket_path};
use tamis_tests::{
    repository::root,
    world::{PATIENCE, USER, World},
};
use xtask::dovecot::Options;

/// So many of the demo letters are delivered.
const LETTERS: usize = 12;

#[test]
fn each_client_is_answered_in_its_own_language() -> Result<()> {
    let mut world = World::over_tls(Options::default())?;
    world.agent.start()?;
    let folder = root().join("assets/demo");
    for line in fs::read_to_string(folder.join("demo.index"))?.lines().take(LETTERS) {
        let (_, name) = line.split_once(' ').context("a line of demo.index")?;
        world.server.deliver(USER, "bounce@example.net", &fs::read(folder.join(name))?)?;
    }
    world.wait_judged(u64::try_from(LETTERS)?)?;
    world.wait_until_nothing_is_left()?;

    let mut english = Client::greet(&world, "")?;
    let mut german = Client::greet(&world, "de_AT")?;
    let (ours, theirs) = (english.rows()?, german.rows()?);
    assert_eq!((ours.len(), theirs.len()), (LETTERS, LETTERS));
    for (row, said) in ours.iter().zip(&theirs) {
        assert_eq!(row["id"], said["id"]);
        let (reason, other) = (text(row, "reason"), text(said, "reason"));
        assert_ne!(reason, other);
        assert!(other.ends_with('.') && !other.is_empty(), "{other}");
        for word in [" it ", "It ", " is ", " the ", " and ", " but "] {
            assert!(!other.contains(word), "{other}");
        }
    }

    let spam =
        theirs.iter().find(|row| row["class"] == "spam" && row["action"] == "junk").context("no spam was filed")?;
    let detail = german.ask(&json!({ "Mail": spam["id"] }))?;
    let reasons = detail["Mail"]["reasons"].as_array().context("no reasons")?;
    assert!(reasons.iter().all(|reason| !text(reason, "about").contains(" it ")), "{reasons:#?}");

    let done = german.ask(&json!({ "Release": [spam["id"]] }))?;
    assert_eq!(done["Done"]["text"], "1 Nachricht freigegeben und als erwünscht gelernt");
    let history = |client: &mut Client| -> Result<Value> {
        Ok(client.ask(&json!({ "History": { "limit": 1 } }))?["History"][0]["text"].clone())
    };
    assert_eq!(history(&mut german)?, "Freigabe von 1 Nachricht");
    assert_eq!(history(&mut english)?, "release of 1 message");
    let back = german.rows()?.into_iter().find(|row| row["id"] == spam["id"]).context("the row is gone")?;
    assert_eq!(back["folder"], "Posteingang");
    world
        .agent
        .wait_for("rest", PATIENCE, |status| (status["accounts"][0]["text"] == "Watching the inbox").then_some(()))?;
    let status = german.ask(&json!("Status"))?;
    assert_eq!(status["Status"]["accounts"][0]["text"], "Wacht über den Posteingang");

    // Whoever changes the language in the window greets again.
    german.hello("en")?;
    assert_eq!(history(&mut german)?, "release of 1 message");
    assert_eq!(german.rows()?[0]["reason"], english.rows()?[0]["reason"]);
    Ok(())
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// The other end of the socket.
struct Client {
    stream: UnixStream,
    calls: u64,
}

impl Client {
    fn greet(world: &World, language: &str) -> Result<Self> {
        let home = world.agent.home();
        let stream = UnixStream::connect(socket_path(Some(home), home, &temp_dir()))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let mut client = Self { stream, calls: 0 };
        client.hello(language)?;
        Ok(client)
    }

    fn hello(&mut self, language: &str) -> Result<()> {
        let hello = json!({ "Hello": { "api_version": API_VERSION, "client": "test", "language": language } });
        let reply = self.ask(&hello)?;
        ensure!(reply.get("Hello").is_some(), "{reply}");
        Ok(())
    }

    fn rows(&mut self) -> Result<Vec<Value>> {
        let query = ListQuery { show: Show::All, ..ListQuery::default() };
        let reply = self.ask(&serde_json::to_value(Request::List { query, offset: 0, limit: 100 })?)?;
        Ok(reply["List"]["rows"].as_array().context("no list")?.clone())
    }

    /// Asks, and passes events over.
    fn ask(&mut self, request: &Value) -> Result<Value> {
        self.calls += 1;
        let body = serde_json::to_vec(&json!({ "id": self.calls, "request": request }))?;
        self.stream.write_all(&u32::try_from(body.len())?.to_be_bytes())?;
        self.stream.write_all(&body)?;
        loop {
            let mut length = [0; 4];
            self.stream.read_exact(&mut length)?;
            let mut body = vec![0; usize::try_from(u32::from_be_bytes(length))?];
            self.stream.read_exact(&mut body)?;
            let message: Value = serde_json::from_slice(&body)?;
            if message["Reply"]["id"] == self.calls {
                return Ok(message["Reply"]["reply"].clone());
            }
        }
    }
}
