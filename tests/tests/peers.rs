//! Whoever the person writes to is never filed, and nobody gains anything by taking their name.

use std::fs;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tamis_tests::{
    letter::Letter,
    wait_until,
    world::{PATIENCE, USER, World},
};
use xtask::dovecot::Options;

const KIM: &str = "kim@kim.example";
const SIGNED: &str = "dkim=pass header.d=kim.example";
const UNSIGNED: &str = "dkim=none; spf=none";
const HOST: &str = "out1.kim.example [203.0.113.5]";

#[test]
fn the_next_message_of_whoever_was_answered_stays_and_one_in_their_name_does_not() -> Result<()> {
    let mut world = started()?;
    let first = letter("first", KIM, SIGNED, HOST)?;
    world.deliver(&first)?;
    world.wait_for_place(&first, "Junk")?;
    world.agent.say(&["release", &world.row(&first)?.id.to_string()])?;
    world.wait_for_place(&first, "INBOX")?;
    send(&mut world, "answer", KIM, Some(&first.id))?;
    wait_known(&world)?;
    let next = letter("next", KIM, SIGNED, HOST)?;
    world.deliver(&next)?;
    world.wait_judged(2)?;
    world.only_copy(&next, "INBOX")?;
    let row = world.row(&next)?;
    assert_eq!(row.class, "ham", "{row:?}");
    ensure!(detail(&world, &next)?.contains("You answered this person once, in "), "{}", detail(&world, &next)?);

    for (name, results) in
        [("forged", "dkim=fail header.d=kim.example; spf=fail smtp.mailfrom=kim@kim.example"), ("bare", UNSIGNED)]
    {
        let forged = letter(name, KIM, results, "host.bot.example [198.51.100.9]")?;
        world.deliver(&forged)?;
        world.wait_for_place(&forged, "Junk")?;
        ensure!(detail(&world, &forged)?.contains("lacks the proof"), "{}", detail(&world, &forged)?);
    }
    Ok(())
}

#[test]
fn what_was_sent_while_the_agent_was_off_or_before_it_came_counts() -> Result<()> {
    let mut world = prepared()?;
    for number in 0..3 {
        send(&mut world, &format!("old-{number}"), "Kim <KIM@kim.example>", None)?;
    }
    world.agent.start()?;
    world.agent.wait_for("read the sent mail", PATIENCE, |_| known(&world, KIM, 3))?;
    let signed = letter("signed", KIM, SIGNED, HOST)?;
    world.deliver(&signed)?;
    world.wait_judged(1)?;
    world.only_copy(&signed, "INBOX")?;

    world.agent.stop()?;
    send(&mut world, "while-off", "lee@lee.example, robin@example.org", None)?;
    let lee = letter("from-lee", "lee@lee.example", "spf=pass smtp.mailfrom=lee@lee.example", HOST)?;
    world.deliver(&lee)?;
    world.agent.start()?;
    world.wait_judged(2)?;
    world.only_copy(&lee, "INBOX")?;
    assert_eq!(known(&world, KIM, 3), Some(()), "nothing is counted twice");
    Ok(())
}

#[test]
fn the_person_is_no_peer_under_any_address() -> Result<()> {
    let mut world = started()?;
    // Under another address than that of the account, to both.
    append_sent(
        &mut world,
        "From: Robin <other@robin.example>\r\nTo: robin@example.org, other@robin.example\r\nMessage-ID: <self@robin.example>\r\n",
    )?;
    for (name, from, domain) in
        [("own", "robin@example.org", "example.org"), ("own-other", "other@robin.example", "robin.example")]
    {
        let own = letter(name, from, &format!("dkim=pass header.d={domain}"), HOST)?;
        world.deliver(&own)?;
        world.wait_for_place(&own, "Junk")?;
    }
    Ok(())
}

#[test]
fn without_any_proof_it_has_to_come_as_what_was_answered_came() -> Result<()> {
    let mut world = started()?;
    let first = letter("first", KIM, UNSIGNED, HOST)?;
    world.deliver(&first)?;
    world.wait_for_place(&first, "Junk")?;
    send(&mut world, "answer", KIM, Some(&first.id))?;
    wait_known(&world)?;
    let other_host = letter("other-host", KIM, UNSIGNED, "out2.kim.example [203.0.113.77]")?;
    world.deliver(&other_host)?;
    world.wait_judged(2)?;
    world.only_copy(&other_host, "INBOX")?;
    for (name, results, host) in [
        ("elsewhere", UNSIGNED, "out1.bot.example [198.51.100.9]"),
        ("refuted", "dkim=none; spf=fail smtp.mailfrom=kim@kim.example", HOST),
    ] {
        let forged = letter(name, KIM, results, host)?;
        world.deliver(&forged)?;
        world.wait_for_place(&forged, "Junk")?;
    }
    Ok(())
}

#[test]
fn an_answer_to_the_persons_own_message_is_known_whoever_writes_it() -> Result<()> {
    let mut world = started()?;
    send(&mut world, "question", KIM, None)?;
    wait_known(&world)?;
    let answer = letter("answer", "kim@elsewhere.example", UNSIGNED, HOST)?;
    let raw = String::from_utf8(answer.raw.clone())?
        .replace("MIME-Version", "In-Reply-To: <question@robin.example>\r\nMIME-Version");
    let answer = Letter { raw: raw.into_bytes(), ..answer };
    world.deliver(&answer)?;
    world.wait_judged(1)?;
    ensure!(detail(&world, &answer)?.contains("it names a message that you sent"), "{}", detail(&world, &answer)?);
    Ok(())
}

#[test]
fn whose_mail_the_person_calls_spam_is_no_peer() -> Result<()> {
    let mut world = started()?;
    send(&mut world, "order", KIM, None)?;
    wait_known(&world)?;
    let tiresome = letter("tiresome", KIM, SIGNED, HOST)?;
    world.deliver(&tiresome)?;
    world.wait_judged(1)?;
    world.only_copy(&tiresome, "INBOX")?;
    world.teach("spam", &tiresome)?;
    let again = letter("again", KIM, SIGNED, HOST)?;
    world.deliver(&again)?;
    world.wait_for_place(&again, "Junk")?;
    Ok(())
}

#[test]
fn who_does_not_want_it_has_nothing_read() -> Result<()> {
    let mut world = prepared()?;
    world.agent.set("[learn]", "sent", &json!(false))?;
    send(&mut world, "order", KIM, None)?;
    world.agent.start()?;
    let filed = letter("filed", KIM, SIGNED, HOST)?;
    world.deliver(&filed)?;
    world.wait_for_place(&filed, "Junk")?;
    assert_eq!(world.proxy.count("\"Sent\""), 0);
    assert_eq!(peers(&world)?.len(), 0);
    Ok(())
}

#[test]
fn an_address_book_makes_peers_and_they_can_be_forgotten() -> Result<()> {
    let mut world = started()?;
    let book = world.agent.home().join("book.vcf");
    fs::write(
        &book,
        "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Kim\r\nitem1.EMAIL;TYPE=home:Kim@Kim.exa\r\n mple\r\nEND:VCARD\r\n",
    )?;
    let said = world.agent.say(&["peers", "import", &book.to_string_lossy()])?;
    assert_eq!(said.trim(), "1 address taken into the address book");
    let kept = letter("kept", KIM, SIGNED, HOST)?;
    world.deliver(&kept)?;
    world.wait_judged(1)?;
    world.only_copy(&kept, "INBOX")?;

    let said = world.agent.say(&["peers", "remove", KIM])?;
    assert_eq!(said.trim(), "kim@kim.example is a peer no longer, until you write there again");
    let filed = letter("filed", KIM, SIGNED, HOST)?;
    world.deliver(&filed)?;
    world.wait_for_place(&filed, "Junk")?;
    Ok(())
}

#[test]
fn a_thousand_sent_messages_are_read_and_after_a_new_numbering_nothing_counts_twice() -> Result<()> {
    let mut world = prepared()?;
    for number in 0..1_050 {
        send(&mut world, &format!("n-{number}"), KIM, None)?;
    }
    world.agent.start()?;
    wait_until("all to be read", PATIENCE, || Ok(known(&world, KIM, 1_050)))?;
    world.agent.stop()?;
    world.server.renumber(USER, "Sent", 4_000_000_000)?;
    send(&mut world, "one-more", KIM, None)?;
    world.agent.start()?;
    wait_until("the new one to be read", PATIENCE, || Ok(known(&world, KIM, 1_051)))?;
    world.wait_for_all("after")?;
    assert_eq!(known(&world, KIM, 1_051), Some(()));
    Ok(())
}

fn started() -> Result<World> {
    let mut world = prepared()?;
    world.agent.set("[watch]", "poll", &json!("1 second"))?;
    world.agent.start()?;
    Ok(world)
}

/// Where every letter of this file is spam by its points: none has a date. And what is to be read in their reasons weighs
/// enough to be among the first.
fn prepared() -> Result<World> {
    let world = World::new(Options::default())?;
    for (symbol, points) in [("MISSING_DATE", 80), ("PEER_FORGED", 40), ("REPLY_TO_YOURS", -40)] {
        world.agent.set("[scores]", symbol, &json!(points))?;
    }
    Ok(world)
}

/// A letter as the provider hands it on, with what it found out.
fn letter(name: &str, from: &str, results: &str, host: &str) -> Result<Letter> {
    let plain = Letter::write(name, from, "Have a look at this.\r\n")?;
    let text = String::from_utf8(plain.raw.clone())?;
    let lines = text.split_inclusive('\n').filter(|line| !line.starts_with("Date: "));
    let without_date: String = lines.collect();
    let (name, ip) = host.split_once(' ').unwrap_or((host, ""));
    let raw = format!(
        "Authentication-Results: mx.example.org; {results}\r\nReceived: from {name} ({name} {ip})\r\n\tby mx.example.org with \
         ESMTPS; Fri, 27 Nov 2026 10:00:00 +0000\r\n{without_date}"
    );
    Ok(Letter { raw: raw.into_bytes(), ..plain })
}

/// The person sends something with another program, which puts it into Sent.
fn send(world: &mut World, name: &str, to: &str, answers: Option<&str>) -> Result<()> {
    let answers = answers.map(|id| format!("In-Reply-To: {id}\r\n")).unwrap_or_default();
    append_sent(
        world,
        &format!("From: robin@example.org\r\nTo: {to}\r\n{answers}Message-ID: <{name}@robin.example>\r\n"),
    )
}

fn append_sent(world: &mut World, head: &str) -> Result<()> {
    let output = std::process::Command::new("date").arg("+%d-%b-%Y %H:%M:%S %z").env("LC_ALL", "C").output()?;
    let date = format!("\"{}\"", String::from_utf8_lossy(&output.stdout).trim());
    world.eye.append("Sent", r"(\Seen)", &date, format!("{head}Subject: Hello\r\n\r\nHello.\r\n").as_bytes())
}

/// What the agent says about a letter, every word of it.
fn detail(world: &World, letter: &Letter) -> Result<String> {
    let text = world.agent.say(&["junk", "--all", "--json"])?;
    text.lines().find(|line| line.contains(&letter.subject)).map(str::to_owned).context("nothing is said about it")
}

fn peers(world: &World) -> Result<Vec<Value>> {
    let text = world.agent.say(&["peers", "--json"])?;
    text.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}

/// Whether the person is known to have written so often there.
/// A look that had begun before something was sent does not know of it.
fn wait_known(world: &World) -> Result<()> {
    world.agent.wait_for("read the sent mail", PATIENCE, |_| known(world, KIM, 1))
}

fn known(world: &World, address: &str, written: u64) -> Option<()> {
    let peers = peers(world).ok()?;
    let is_it = |peer: &&Value| peer.get("address").and_then(Value::as_str) == Some(address);
    let count = peers.iter().find(is_it)?.get("written")?.as_u64();
    (count == Some(written)).then_some(())
}
