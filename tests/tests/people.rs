//! The people who write, through the real agent: how they stand shows, and allowing, blocking and forgetting them works and
//! is undone. The lists go to a file and come back.

#![expect(clippy::wildcard_enum_match_arm, reason = "any other answer fails the test")]

use std::{fs, path::PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::json;
use tamis_agent::{client::Client, paths::Home};
use tamis_core::api::{BatchId, NewListEntry, PeopleOrder, PersonDetail, PersonGrade, PersonRow, Reply, Request};
use tamis_tests::{
    letter::Letter,
    wait_until,
    world::{PATIENCE, World},
};
use xtask::dovecot::Options;

const KIM: &str = "kim@kim.example";

#[test]
fn who_was_written_to_is_a_peer_until_that_is_forgotten_and_again_when_that_is_undone() -> Result<()> {
    let mut world = started()?;
    let first = letter("first", "Kim <kim@kim.example>")?;
    world.deliver(&first)?;
    world.wait_judged(1)?;
    let (rows, total) = people(&world, "", PeopleOrder::Newest)?;
    assert_eq!((rows.len(), total), (1, 1));
    let row = &rows[0];
    assert_eq!((row.address.as_str(), row.name.as_str(), row.mail, row.written), (KIM, "Kim", 1, 0));
    assert_eq!(row.weeks.last(), Some(&if row.spam == 0 { [1, 0] } else { [0, 1] }));

    let head = "From: robin@example.org\r\nTo: Kim@Kim.example\r\nMessage-ID: <a@robin.example>\r\n";
    send(&mut world, head)?;
    wait_until("the sent message to be read", PATIENCE, || Ok(wrote(&world, 1)))?;
    let kim = person(&world, KIM)?;
    assert_eq!((kim.row.grade, kim.is_peer, kim.last.len()), (PersonGrade::Peer, true, 1));
    ensure!(0.2 < kim.row.standing && kim.row.standing < 1.0, "{kim:?}");
    ensure!(kim.last[0].folder == "Inbox" || kim.last[0].folder == "Junk", "{kim:?}");

    let undo = done(&world, Request::ForgetPeer(KIM.to_owned()))?.context("nothing to undo")?;
    let stranger = person(&world, KIM)?;
    assert_eq!((stranger.row.grade, stranger.is_peer, stranger.row.written), (PersonGrade::Open, false, 0));
    done(&world, Request::Undo(Some(undo)))?;
    assert_eq!(person(&world, KIM)?, kim);
    Ok(())
}

#[test]
fn allowing_and_blocking_decides_about_the_next_message_and_is_undone() -> Result<()> {
    let mut world = started()?;
    let spammy = letter("spammy", "Kim <kim@kim.example>")?;
    world.deliver(&spammy)?;
    world.wait_for_place(&spammy, "Junk")?;
    world.wait_judged(1)?;
    let before = person(&world, KIM)?;
    assert_eq!((before.row.spam, before.row.entry), (1, 0));

    let allow = done(&world, put("accept", "address", KIM))?.context("nothing to undo")?;
    let allowed = person(&world, KIM)?;
    assert_eq!((allowed.row.grade, allowed.row.is_own_entry), (PersonGrade::Accepted, true));
    let wanted = letter("wanted", "Kim <kim@kim.example>")?;
    world.deliver(&wanted)?;
    world.wait_judged(2)?;
    world.only_copy(&wanted, "INBOX")?;

    done(&world, Request::Undo(Some(allow)))?;
    assert_eq!(person(&world, KIM)?.row.grade, PersonGrade::Open);
    let again = letter("again", "Kim <kim@kim.example>")?;
    world.deliver(&again)?;
    world.wait_for_place(&again, "Junk")?;

    let block = done(&world, put("block", "domain", "kim.example"))?.context("nothing to undo")?;
    let blocked = person(&world, KIM)?;
    assert_eq!((blocked.row.grade, blocked.row.is_own_entry), (PersonGrade::Blocked, false));
    // Taken off the list, and that taken back: the same entry stands there again.
    let removed = done(&world, Request::RemoveEntry(blocked.row.entry))?.context("nothing to undo")?;
    assert_eq!(person(&world, KIM)?.row.grade, PersonGrade::Open);
    done(&world, Request::Undo(Some(removed)))?;
    assert_eq!(person(&world, KIM)?, blocked);
    done(&world, Request::Undo(Some(block)))?;
    assert_eq!(person(&world, KIM)?.row.grade, PersonGrade::Open);
    Ok(())
}

#[test]
fn people_are_searched_sorted_and_come_page_by_page() -> Result<()> {
    let world = started()?;
    for (name, from, times) in
        [("a", "Ann <ann@a.example>", 3), ("b", "Bob <bob@b.example>", 1), ("c", "cy@c.example", 2)]
    {
        for number in 0..times {
            world.deliver(&letter(&format!("{name}{number}"), from)?)?;
        }
    }
    world.wait_judged(6)?;
    let addresses = |search: &str, order| -> Result<Vec<String>> {
        Ok(people(&world, search, order)?.0.into_iter().map(|row| row.address).collect())
    };
    assert_eq!(addresses("", PeopleOrder::Mail)?, ["ann@a.example", "cy@c.example", "bob@b.example"]);
    assert_eq!(addresses("BOB", PeopleOrder::Newest)?, ["bob@b.example"]);
    let request = Request::People { search: String::new(), order: PeopleOrder::Mail, offset: 1, limit: 1 };
    let Reply::People { rows, total } = ask(&world, request)? else { bail!("no people") };
    assert_eq!((rows.len(), rows[0].address.as_str(), total), (1, "cy@c.example", 3));
    let refused = ask(&world, Request::Person("nobody@d.example".to_owned()))?;
    ensure!(matches!(refused, Reply::Refused { .. }), "{refused:?}");
    Ok(())
}

#[test]
fn the_lists_go_to_a_file_and_come_back_as_one_change() -> Result<()> {
    let world = started()?;
    for (side, value) in [("accept", "ann@a.example"), ("block", "bob@b.example")] {
        done(&world, put(side, "address", value))?;
    }
    let file = PathBuf::from(world.agent.home()).join("lists.csv");
    let path = file.to_string_lossy().into_owned();
    let export = |is_forced| Request::ExportLists { path: path.clone(), is_forced };
    assert_eq!(done(&world, export(false))?, None);
    let refused = ask(&world, export(false))?;
    ensure!(matches!(&refused, Reply::Refused { text, .. } if text.contains("is there already")), "{refused:?}");
    done(&world, export(true))?;
    for entry in entries(&world)? {
        done(&world, Request::RemoveEntry(entry))?;
    }
    let text = fs::read_to_string(&file)?;
    fs::write(&file, format!("{text}block,ip,no network,,,on\r\n"))?;
    let Reply::Done { text, undo } = ask(&world, Request::ImportLists { path: path.clone() })? else {
        bail!("refused")
    };
    ensure!(text.starts_with("2 new, 0 changed, 0 known already; 1 not taken: line 4: "), "{text}");
    assert_eq!(entries(&world)?.len(), 2);
    done(&world, Request::Undo(undo))?;
    assert_eq!(entries(&world)?.len(), 0);
    let missing = ask(&world, Request::ImportLists { path: format!("{path}.missing") })?;
    ensure!(matches!(&missing, Reply::Refused { text, .. } if text.contains("No such file")), "{missing:?}");
    Ok(())
}

/// Where every letter of this file is spam by its points: none has a date.
fn started() -> Result<World> {
    let mut world = World::new(Options::default())?;
    world.agent.set("[scores]", "MISSING_DATE", &json!(80))?;
    world.agent.set("[watch]", "poll", &json!("1 second"))?;
    world.agent.start()?;
    Ok(world)
}

fn letter(name: &str, from: &str) -> Result<Letter> {
    let plain = Letter::write(name, from, "Have a look at this.\r\n")?;
    let text = String::from_utf8(plain.raw.clone())?;
    let without_date: String = text.split_inclusive('\n').filter(|line| !line.starts_with("Date: ")).collect();
    Ok(Letter { raw: without_date.into_bytes(), ..plain })
}

/// The person sends something with another program, which puts it into Sent.
fn send(world: &mut World, head: &str) -> Result<()> {
    let output = std::process::Command::new("date").arg("+%d-%b-%Y %H:%M:%S %z").env("LC_ALL", "C").output()?;
    let date = format!("\"{}\"", String::from_utf8_lossy(&output.stdout).trim());
    world.eye.append("Sent", r"(\Seen)", &date, format!("{head}Subject: Hello\r\n\r\nHello.\r\n").as_bytes())
}

fn put(side: &str, kind: &str, value: &str) -> Request {
    let [side, kind, value] = [side, kind, value].map(str::to_owned);
    Request::AddEntries {
        entries: vec![NewListEntry { side, kind, value, ..NewListEntry::default() }],
        is_import: false,
    }
}

fn ask(world: &World, request: Request) -> Result<Reply> {
    let home = Home::below(world.agent.home())?;
    Ok(Client::connect(&home)?.call(request)?)
}

/// Has something done. What takes it back.
fn done(world: &World, request: Request) -> Result<Option<BatchId>> {
    match ask(world, request)? {
        Reply::Done { undo, .. } => Ok(undo),
        other => bail!("{other:?}"),
    }
}

fn people(world: &World, search: &str, order: PeopleOrder) -> Result<(Vec<PersonRow>, u32)> {
    let request = Request::People { search: search.to_owned(), order, offset: 0, limit: 100 };
    match ask(world, request)? {
        Reply::People { rows, total } => Ok((rows, total)),
        other => bail!("{other:?}"),
    }
}

fn person(world: &World, address: &str) -> Result<PersonDetail> {
    match ask(world, Request::Person(address.to_owned()))? {
        Reply::Person(person) => Ok(*person),
        other => bail!("{other:?}"),
    }
}

fn wrote(world: &World, times: u32) -> Option<()> {
    (person(world, KIM).ok()?.row.written == times).then_some(())
}

fn entries(world: &World) -> Result<Vec<i64>> {
    match ask(world, Request::Entries { after: 0 })? {
        Reply::Entries(entries) => Ok(entries.into_iter().map(|entry| entry.id).collect()),
        other => bail!("{other:?}"),
    }
}
