//! A look at mail from before the first contact: nothing is filed without the person's word, and nothing is looked at twice,
//! whatever comes between.

use std::{
    collections::BTreeSet,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tamis_tests::{
    letter::Letter,
    proxy::Moment,
    world::{PATIENCE, USER, World, account},
};
use xtask::dovecot::Options;

/// One message each sixteen hours: the newest is two hours old, the oldest forty days. What is an hour old when the agent
/// meets the inbox may be taken for new, as clocks differ so much.
const MESSAGES: u64 = 60;
const HOURS_BETWEEN: u64 = 16;
const NEWEST_HOURS: u64 = 2;

/// Of these, so many arrived within thirty days: the next one is two hours too old.
const WITHIN: u64 = 45;

/// Of these, so many are spam: every third is.
const SPAM_WITHIN: u64 = 15;

/// The person has dealt with these pieces of spam, in another program.
const TOUCHED: [(usize, &str); 5] =
    [(57, r"\Seen"), (54, r"\Answered"), (51, r"\Flagged"), (48, r"\Deleted"), (45, "$NotJunk")];

/// The others wait for the person's word.
const HELD: u64 = SPAM_WITHIN - TOUCHED.len() as u64;

/// A look at this rate takes half a minute with the rests between its slices.
const SLOW: u64 = 120;

/// And has so many messages in a slice.
const SLICE: u64 = 20;

const LONG: Duration = Duration::from_secs(90);

#[test]
fn older_spam_waits_for_the_persons_word_and_is_filed_then() -> Result<()> {
    let (mut world, letters) = world_with_older_mail(0)?;

    let said = world.agent.say(&["backfill", "Demo", "--days", "30"])?;

    println!("{said}");
    let look = wait_for_end(&world)?;
    assert_eq!(
        look,
        json!({ "days": 30, "total": WITHIN, "done": WITHIN, "found": SPAM_WITHIN,
        "is_paused": false, "is_ended": true })
    );
    each_is_judged_once_and_in_place(&mut world, &letters)?;
    assert_eq!(world.status_number("filed")?, 0);
    let shown = world.agent.say(&["backfill", "Demo"])?;
    assert!(shown.contains("45 of 45 messages looked at, 15 spam found, finished"), "{shown}");

    world.agent.say(&["held", "Demo", "--file"])?;
    world.wait_until_nothing_is_left()?;
    let filed: BTreeSet<String> = world.eye.folder("Junk")?.into_iter().map(|seen| seen.message_id).collect();
    let is_touched = |n: usize| TOUCHED.iter().any(|(touched, _)| *touched == n);
    let wanted: BTreeSet<String> = letters
        .iter()
        .enumerate()
        .filter(|(n, _)| 15 <= *n && n % 3 == 0 && !is_touched(*n))
        .map(|(_, letter)| letter.id.clone())
        .collect();
    assert_eq!(filed, wanted);
    assert_eq!(u64::try_from(world.eye.folder("INBOX")?.len())?, MESSAGES - HELD);
    // What is known by now is not looked at again.
    world.agent.say(&["backfill", "Demo", "--days", "30"])?;
    let look = wait_for_end(&world)?;
    assert_eq!((number(&look, "total"), number(&look, "done")), (0, 0));
    Ok(())
}

#[test]
fn it_pauses_goes_on_and_stops_as_the_person_wants() -> Result<()> {
    let (mut world, _) = world_with_older_mail(SLOW)?;
    world.proxy.hold("BODY.PEEK[])", Moment::Done);
    world.agent.say(&["backfill", "Demo", "--days", "30"])?;
    world.proxy.wait_held(PATIENCE)?;
    let said = world.agent.say(&["backfill", "Demo", "--pause"])?;
    println!("{said}");
    world.proxy.let_go();

    // A message that arrives now is dealt with after the slice that was under way.
    world.wait_for_all("while-paused")?;
    let look = backfill(&world)?;
    assert_eq!((number(&look, "done"), look.get("is_paused")), (SLICE, Some(&json!(true))));
    let text = world.agent.status()?;
    assert_eq!(account(&text).and_then(|account| account.get("text")), Some(&json!("Watching the inbox")));

    world.agent.say(&["backfill", "Demo", "--resume"])?;
    wait_for(&world, "go on", |look| SLICE < number(look, "done"))?;
    world.agent.say(&["backfill", "Demo", "--stop"])?;
    let look = backfill(&world)?;
    assert_eq!((number(&look, "done"), look.get("is_ended")), (2 * SLICE, Some(&json!(true))));
    let refused = world.agent.say(&["backfill", "Demo", "--resume"]);
    assert!(refused.is_err_and(|error| error.to_string().contains("no look at older mail of `Demo` is under way")));

    world.agent.say(&["backfill", "Demo", "--days", "30"])?;
    let look = wait_for_end(&world)?;
    assert_eq!(number(&look, "total"), WITHIN - 2 * SLICE, "what was found is known");
    Ok(())
}

#[test]
fn killed_in_the_middle_it_goes_on_and_judges_each_message_once() -> Result<()> {
    let (mut world, letters) = world_with_older_mail(SLOW)?;
    world.agent.say(&["backfill", "Demo", "--days", "30"])?;
    wait_for(&world, "look at some", |look| number(look, "done") == SLICE)?;
    world.agent.kill()?;
    world.proxy.hold("BODY.PEEK[])", Moment::Done);
    world.agent.start()?;
    world.proxy.wait_held(PATIENCE)?;
    world.agent.kill()?;
    world.proxy.cut();

    world.agent.start()?;
    let look = wait_for_end(&world)?;

    assert_eq!((number(&look, "done"), number(&look, "found")), (WITHIN, SPAM_WITHIN));
    each_is_judged_once_and_in_place(&mut world, &letters)
}

#[test]
fn cut_off_in_the_middle_it_goes_on_and_judges_each_message_once() -> Result<()> {
    let (mut world, letters) = world_with_older_mail(0)?;
    world.proxy.hold("BODY.PEEK[])", Moment::Done);
    world.agent.say(&["backfill", "Demo", "--days", "30"])?;
    world.proxy.wait_held(PATIENCE)?;
    world.proxy.cut();

    let look = wait_for_end(&world)?;

    assert_eq!((number(&look, "done"), number(&look, "found")), (WITHIN, SPAM_WITHIN));
    each_is_judged_once_and_in_place(&mut world, &letters)
}

#[test]
fn spam_that_arrives_meanwhile_is_filed_within_seconds() -> Result<()> {
    let (mut world, _) = world_with_older_mail(SLOW)?;
    world.agent.say(&["backfill", "Demo", "--days", "30"])?;
    wait_for(&world, "look at some", |look| number(look, "done") == SLICE)?;

    let spam = Letter::spam("meanwhile")?;
    world.deliver(&spam)?;
    let took = world.wait_for_place(&spam, "Junk")?;

    println!("filed after {took:?}");
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert_eq!(backfill(&world)?.get("is_ended"), Some(&json!(false)), "the look went on longer");
    let look = wait_for_end(&world)?;
    assert_eq!((number(&look, "total"), number(&look, "found")), (WITHIN, SPAM_WITHIN), "new mail is not older mail");
    Ok(())
}

#[test]
fn renumbered_in_the_middle_it_begins_anew_and_judges_nothing_twice() -> Result<()> {
    let (mut world, letters) = world_with_older_mail(SLOW)?;
    world.agent.say(&["backfill", "Demo", "--days", "30"])?;
    wait_for(&world, "look at some", |look| number(look, "done") == SLICE)?;
    let read_before = world.proxy.count("BODY.PEEK[])");

    world.server.renumber(USER, "INBOX", 424_242)?;
    world.proxy.cut();
    let look = wait_for_end(&world)?;

    assert_eq!((number(&look, "done"), number(&look, "found")), (WITHIN, SPAM_WITHIN));
    each_is_judged_once_and_in_place(&mut world, &letters)?;
    println!("{read_before} times asked for texts before, {} in all", world.proxy.count("BODY.PEEK[])"));
    Ok(())
}

/// A world in which the agent has met an inbox full of older mail, and looks back at so many messages a minute.
fn world_with_older_mail(rate: u64) -> Result<(World, Vec<Letter>)> {
    let mut world = World::new(Options::default())?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let mut letters = Vec::new();
    for n in 0..MESSAGES {
        let name = format!("older-{n}");
        let letter = if n % 3 == 0 { Letter::spam(&name)? } else { Letter::ham(&name)? };
        let hours = (MESSAGES - 1 - n) * HOURS_BETWEEN + NEWEST_HOURS;
        world.server.place(USER, &letter.raw, now - hours * 3600)?;
        letters.push(letter);
    }
    for (n, flag) in TOUCHED {
        let id = letters.get(n).map(|letter| letter.id.clone());
        let seen = world.eye.folder("INBOX")?.into_iter().find(|seen| Some(&seen.message_id) == id.as_ref());
        let uid = seen.context("an older letter is missing")?.uid;
        world.eye.command("SELECT INBOX")?;
        world.eye.command(&format!("UID STORE {uid} +FLAGS.SILENT ({flag})"))?;
    }
    world.agent.set("[watch]", "backfill_rate", &json!(rate))?;
    world.agent.start()?;
    Ok((world, letters))
}

/// Nothing has moved, and there is one verdict on each letter of the last thirty days, and none on others.
fn each_is_judged_once_and_in_place(world: &mut World, letters: &[Letter]) -> Result<()> {
    let seen: Vec<String> = world.eye.folder("INBOX")?.into_iter().map(|seen| seen.message_id).collect();
    let all: Vec<String> = letters.iter().map(|letter| letter.id.clone()).collect();
    assert_eq!(seen.iter().collect::<BTreeSet<_>>(), all.iter().collect());
    assert_eq!(seen.len(), all.len());
    assert_eq!(world.eye.folder("Junk")?.len(), 0);
    let flags: Vec<String> = world.eye.folder("INBOX")?.into_iter().map(|seen| seen.flags).collect();
    assert_eq!(flags.iter().filter(|flags| flags.contains(r"\Seen")).count(), 1, "nothing was marked as read");

    let mut judged: Vec<String> = world.agent.rows()?.into_iter().map(|row| row.subject).collect();
    judged.sort();
    let mut wanted: Vec<String> = letters.iter().skip(15).map(|letter| letter.subject.clone()).collect();
    wanted.sort();
    assert_eq!(judged, wanted);
    let status = world.agent.status()?;
    assert_eq!(account(&status).map(|account| number(account, "held")), Some(HELD));
    ensure!(number(&status, "pending") == 0, "something is to be done: {status}");
    Ok(())
}

fn wait_for_end(world: &World) -> Result<Value> {
    wait_for(world, "end", |look| look.get("is_ended") == Some(&json!(true)))
}

fn wait_for(world: &World, what: &str, is_so: impl Fn(&Value) -> bool) -> Result<Value> {
    world.agent.wait_for(what, LONG, |status| {
        account(status)?.get("backfill").filter(|look| !look.is_null() && is_so(look)).cloned()
    })
}

fn backfill(world: &World) -> Result<Value> {
    let status = world.agent.status()?;
    account(&status).and_then(|account| account.get("backfill")).cloned().context("no look at older mail")
}

fn number(value: &Value, name: &str) -> u64 {
    value.get(name).and_then(Value::as_u64).unwrap_or(u64::MAX)
}
