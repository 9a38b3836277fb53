//! Learning from the mail that is there: only at the person's word, each message once, whatever comes between, and all of it
//! can be taken back.

use std::{
    collections::BTreeSet,
    fs,
    path::PathBuf,
    process::Command,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tamis_tests::{
    letter::Letter,
    proxy::Moment,
    world::{PATIENCE, USER, World, account, seconds},
};
use xtask::dovecot::Options;

/// Good letters in the inbox: so many were read; so many have come within a week, and nobody has read them; so many have
/// lain there unread for longer.
const READ: u64 = 30;
const NEW: u64 = 4;
const OLD: u64 = 3;

/// And in another folder, all read.
const ARCHIVED: u64 = 8;

const HAM: u64 = READ + OLD + ARCHIVED;

/// What lies in Junk.
const SPAM: u64 = 24;

const LONG: Duration = Duration::from_secs(90);

/// Each question for the texts of messages contains this.
const TEXTS: &str = "BODY.PEEK[])";

#[test]
fn what_lies_there_is_learned_as_what_it_is_and_the_next_messages_are_judged_right() -> Result<()> {
    let (mut world, _) = world_with_mail()?;
    let before = world.agent.say(&["learn", "Demo"])?;
    ensure!(before.contains("nothing was learned"), "{before}");
    assert_eq!(learned(&world)?, (0, 0), "nothing is learned without the person's word");
    let counted = world.agent.say(&["learn", "Demo", "--dry-run"])?;
    println!("{counted}");
    ensure!(
        counted.contains(&format!("{} messages to learn from: {HAM} good and {SPAM} spam", HAM + SPAM)),
        "{counted}"
    );
    assert_eq!((learned(&world)?, world.proxy.count(TEXTS)), ((0, 0), 0), "a dry run reads and learns nothing");
    let places = everything(&mut world)?;

    world.agent.say(&["learn", "Demo", "--start"])?;
    let learning = wait_for_end(&world)?;
    let report = world.agent.say(&["learn", "Demo"])?;
    println!("{report}");

    assert_eq!((number(&learning, "ham"), number(&learning, "spam")), (HAM, SPAM));
    assert_eq!(learned(&world)?, (HAM, SPAM));
    assert_eq!(learning.get("skipped"), Some(&json!([{ "why": "new and not yet read", "messages": NEW }])));
    assert_eq!(number(&learning, "peers"), 2, "{learning}");
    ensure!(0 < number(&learning, "judged") && number(&learning, "judged") < HAM + SPAM, "{learning}");
    assert_eq!((number(&learning, "good_called_spam"), number(&learning, "spam_missed")), (0, 0), "{learning}");
    for words in ["8 messages as good in Archive", "24 messages as spam in Junk", "% right", "you write to 2 people"] {
        ensure!(report.contains(words), "no `{words}` in\n{report}");
    }
    assert_eq!(everything(&mut world)?, places, "nothing is moved or marked");

    let (good, bad) = (good("next-good")?, bad("next-bad")?);
    world.deliver(&good)?;
    world.deliver(&bad)?;
    world.wait_judged(2)?;
    let (of_good, of_bad) = (probability(&world, &good)?, probability(&world, &bad)?);
    ensure!(of_good < 0.1 && 0.9 < of_bad, "{of_good} {of_bad}");
    Ok(())
}

#[test]
fn junk_is_left_out_if_the_person_says_so() -> Result<()> {
    let (world, _) = world_with_mail()?;
    let said = world.agent.say(&["learn", "Demo", "--start", "--junk", "no"])?;
    ensure!(said.contains("nothing is moved or marked"), "{said}");
    let learning = wait_for_end(&world)?;
    assert_eq!((number(&learning, "ham"), number(&learning, "spam")), (HAM, 0));
    let report = world.agent.say(&["learn", "Demo"])?;
    ensure!(report.contains("Junk was left out"), "{report}");
    // And what is known is not learned again.
    world.agent.say(&["learn", "Demo", "--start"])?;
    let learning = wait_for_end(&world)?;
    assert_eq!((number(&learning, "ham"), number(&learning, "spam"), learned(&world)?), (0, SPAM, (HAM, SPAM)));
    Ok(())
}

#[test]
fn killed_in_the_middle_it_goes_on_and_learns_each_message_once() -> Result<()> {
    let (mut world, _) = world_with_mail()?;
    let done = half_way(&world)?;
    world.proxy.hold(TEXTS, Moment::Done);
    world.agent.say(&["learn", "Demo", "--resume"])?;
    world.proxy.wait_held(PATIENCE)?;
    world.agent.kill()?;
    world.proxy.cut();
    world.proxy.hold(TEXTS, Moment::Done);
    world.agent.start()?;
    world.proxy.wait_held(PATIENCE)?;
    assert_eq!(number(&learning(&world)?, "done"), done, "a slice that was cut off is not begun");
    world.agent.kill()?;
    world.proxy.cut();

    world.agent.start()?;
    let learning = wait_for_end(&world)?;

    assert_eq!((number(&learning, "done"), number(&learning, "total")), (HAM + SPAM, HAM + SPAM));
    each_is_learned_once(&world)
}

#[test]
fn cut_off_and_stopped_in_the_middle_nothing_is_learned_twice_or_left_out() -> Result<()> {
    let (world, _) = world_with_mail()?;
    let done = half_way(&world)?;
    world.agent.say(&["learn", "Demo", "--stop"])?;
    let stopped = learning(&world)?;
    assert_eq!((number(&stopped, "done"), stopped.get("is_ended")), (done, Some(&json!(true))));
    let (ham, spam) = learned(&world)?;
    assert_eq!(ham + spam, done, "what was learned stays learned");
    let refused = world.agent.say(&["learn", "Demo", "--resume"]);
    ensure!(refused.is_err_and(|error| error.to_string().contains("no learning from the mail of `Demo` is under way")));

    world.proxy.hold(TEXTS, Moment::Done);
    world.agent.say(&["learn", "Demo", "--start"])?;
    world.proxy.wait_held(PATIENCE)?;
    world.proxy.cut();
    let learning = wait_for_end(&world)?;
    let known = json!([
        { "why": "new and not yet read", "messages": NEW },
        { "why": "learned before", "messages": done }
    ]);
    assert_eq!(learning.get("skipped"), Some(&known));
    each_is_learned_once(&world)
}

#[test]
fn renumbered_in_the_middle_each_message_is_learned_once() -> Result<()> {
    let (world, _) = world_with_mail()?;
    half_way(&world)?;
    for (folder, validity) in [("INBOX", 424_242), ("Junk", 424_243)] {
        world.server.renumber(USER, folder, validity)?;
    }
    world.proxy.cut();
    world.agent.say(&["learn", "Demo", "--resume"])?;
    let learning = wait_for_end(&world)?;
    assert_eq!((number(&learning, "ham"), number(&learning, "spam")), (HAM, SPAM), "{learning}");
    each_is_learned_once(&world)
}

#[test]
fn taken_back_as_a_whole_what_was_learned_is_what_it_was() -> Result<()> {
    let (world, _) = world_with_mail()?;
    for n in 0..6 {
        train(&world, "--ham", &good(&format!("taught-good-{n}"))?)?;
        train(&world, "--spam", &bad(&format!("taught-bad-{n}"))?)?;
    }
    let before = exported(&world)?;
    world.agent.say(&["learn", "Demo", "--start"])?;
    let learning = wait_for_end(&world)?;
    assert_eq!(learned(&world)?, (HAM + 6, SPAM + 6));
    let history = world.agent.say(&["history"])?;
    ensure!(history.contains("learning from 65 messages that were there"), "{history}");

    let said = world.agent.say(&["undo", &number(&learning, "undo").to_string()])?;
    ensure!(said.contains("undone: learning from 65 messages"), "{said}");

    assert_eq!(learned(&world)?, (6, 6));
    assert_eq!(exported(&world)?, before);
    let shown = world.agent.say(&["learn", "Demo"])?;
    ensure!(shown.contains("taken back"), "{shown}");
    // It can be learned again.
    world.agent.say(&["learn", "Demo", "--start"])?;
    wait_for_end(&world)?;
    assert_eq!(learned(&world)?, (HAM + 6, SPAM + 6));
    Ok(())
}

#[test]
fn what_the_person_has_taught_otherwise_stays_as_taught() -> Result<()> {
    let (world, letters) = world_with_mail()?;
    let (in_junk, in_inbox) = (letters.last().context("no letter")?, letters.first().context("no letter")?);
    train(&world, "--ham", in_junk)?;
    train(&world, "--spam", in_inbox)?;
    world.agent.say(&["learn", "Demo", "--start"])?;
    let learning = wait_for_end(&world)?;
    assert_eq!((number(&learning, "ham"), number(&learning, "spam")), (HAM - 1, SPAM - 1));
    ensure!(learning.to_string().contains(r#"{"messages":2,"why":"taught otherwise by you"}"#), "{learning}");
    assert_eq!(learned(&world)?, (HAM, SPAM));
    // And what was only learned so can be taught otherwise afterwards, which an undo leaves.
    let other = letters.get(1).context("no letter")?;
    train(&world, "--spam", other)?;
    world.agent.say(&["undo", &number(&learning, "undo").to_string()])?;
    assert_eq!(learned(&world)?, (1, 2));
    Ok(())
}

#[test]
fn mail_that_comes_meanwhile_is_dealt_with_before_the_next_slice() -> Result<()> {
    let (mut world, _) = world_with_mail()?;
    world.proxy.hold(TEXTS, Moment::Done);
    world.agent.say(&["learn", "Demo", "--start"])?;
    world.proxy.wait_held(PATIENCE)?;
    let spam = Letter::spam("meanwhile")?;
    world.deliver(&spam)?;
    world.proxy.let_go();
    world.wait_for_place(&spam, "Junk")?;
    let learning = wait_for_end(&world)?;
    assert_eq!((number(&learning, "ham"), number(&learning, "spam")), (HAM, SPAM), "it was not there");
    let commands = world.proxy.commands();
    let first = |words: &str| commands.iter().position(|line| line.contains(words));
    let last = |words: &str| commands.iter().rposition(|line| line.contains(words));
    ensure!(first(" MOVE ").is_some() && first(" MOVE ") < last(TEXTS), "{commands:#?}");
    Ok(())
}

#[test]
fn two_accounts_learn_at_once_and_what_lies_in_both_counts_once() -> Result<()> {
    let (world, letters) = world_prepared()?;
    let (mut world, other) = (world, "dana");
    world.server.add_user(other, tamis_tests::world::PASSWORD)?;
    let mut eye = world.server.imap(other, tamis_tests::world::PASSWORD)?;
    let date = date(now()? - 86_400)?;
    for letter in letters.iter().take(5) {
        eye.append("INBOX", r"(\Seen)", &date, &letter.raw)?;
    }
    for n in 0..7 {
        eye.append("Junk", "()", &date, &bad(&format!("of-dana-{n}"))?.raw)?;
    }
    world.agent.add_plain_account(other, other, world.server.port)?;
    world.agent.start()?;
    for name in ["Demo", other] {
        world.agent.say(&["learn", name, "--start"])?;
    }
    let ended = |status: &Value| {
        let accounts = status.get("accounts")?.as_array()?;
        let is_ended = |one: &Value| one.pointer("/learning/is_ended") == Some(&json!(true));
        accounts.iter().all(is_ended).then_some(())
    };
    world.agent.wait_for("learn in both", LONG, ended)?;
    assert_eq!(learned(&world)?, (HAM, SPAM + 7));
    Ok(())
}

/// A world with mail in several folders, in which the agent watches and has learned nothing.
fn world_with_mail() -> Result<(World, Vec<Letter>)> {
    let (mut world, letters) = world_prepared()?;
    world.agent.start()?;
    Ok((world, letters))
}

/// The same before the agent runs. The first letter is a good one in the inbox, the last one a bad one in Junk.
fn world_prepared() -> Result<(World, Vec<Letter>)> {
    let mut world = World::new(Options::default())?;
    for name in ["Archive", "Drafts"] {
        world.eye.command(&format!("CREATE {name}"))?;
    }
    let now = now()?;
    let mut letters = Vec::new();
    let mut put = |folder: &str, flags: &str, (days, n): (u64, u64), letter: Letter| -> Result<()> {
        world.eye.append(folder, flags, &date(now - days * 86_400 - (60 - n) * 600)?, &letter.raw)?;
        letters.push(letter);
        Ok(())
    };
    for n in 0..READ {
        put("INBOX", r"(\Seen)", (2, n), good(&format!("read-{n}"))?)?;
    }
    for n in 0..NEW {
        put("INBOX", "()", (2, n), good(&format!("new-{n}"))?)?;
    }
    for n in 0..OLD {
        put("INBOX", "()", (20, n), good(&format!("old-{n}"))?)?;
    }
    for n in 0..ARCHIVED {
        put("Archive", r"(\Seen)", (2, n), good(&format!("archived-{n}"))?)?;
    }
    for (folder, flags) in [("Trash", r"(\Seen)"), ("Drafts", r"(\Seen \Draft)"), ("Drafts", r"(\Seen)")] {
        put(folder, flags, (20, 0), good(&format!("{}-{}", folder.to_lowercase(), flags.len()))?)?;
    }
    for (n, to) in ["kim@kim.example", "lee@lee.example", "kim@kim.example"].into_iter().enumerate() {
        let raw = format!(
            "From: Robin <robin@example.org>\r\nTo: {to}\r\nMessage-ID: <sent-{n}@example.org>\r\n\r\nHello\r\n"
        );
        put("Sent", r"(\Seen)", (3, 0), Letter { id: String::new(), subject: String::new(), raw: raw.into_bytes() })?;
    }
    for n in 0..SPAM {
        put("Junk", "()", (2, n), bad(&format!("junk-{n}"))?)?;
    }
    Ok((world, letters))
}

/// A letter that is wanted.
fn good(name: &str) -> Result<Letter> {
    let text = format!(
        "Hello Robin,\r\n\r\nthe minutes about {name} are in the garden folder. Tea on Thursday?\r\n\r\nDana\r\n"
    );
    Letter::write(name, "Dana Novak <dana@example.org>", &text)
}

/// One that nobody wants, but which no filter knows yet.
fn bad(name: &str) -> Result<Letter> {
    let text = format!(
        "Dear customer,\r\n\r\nparcel {name} waits; replica chronographs at wholesale rebate, order today.\r\n"
    );
    Letter::write(name, "Sales desk <desk@parcels.example>", &text)
}

/// Lets it learn one slice and pauses it then. Returns how many messages that were.
fn half_way(world: &World) -> Result<u64> {
    world.proxy.hold(TEXTS, Moment::Done);
    world.agent.say(&["learn", "Demo", "--start"])?;
    world.proxy.wait_held(PATIENCE)?;
    world.agent.say(&["learn", "Demo", "--pause"])?;
    world.proxy.let_go();
    let paused = wait_for(world, "pause", |learning| 0 < number(learning, "done"))?;
    assert_eq!(paused.get("is_paused"), Some(&json!(true)));
    let done = number(&paused, "done");
    ensure!(done < HAM + SPAM, "all was learned at once: {paused}");
    Ok(done)
}

/// Every message that is to be learned is, and in one change, with a lesson of its own.
fn each_is_learned_once(world: &World) -> Result<()> {
    assert_eq!(learned(world)?, (HAM, SPAM));
    let lessons = exported(world)?;
    assert_eq!(lessons.len() as u64, HAM + SPAM);
    assert_eq!(lessons.iter().collect::<BTreeSet<_>>().len(), lessons.len());
    Ok(())
}

/// Every message of every folder: where it is, its flags but for who looked first, and its name.
fn everything(world: &mut World) -> Result<Vec<(String, u32, String, String)>> {
    let mut all = Vec::new();
    let mut folders = world.eye.folders()?;
    folders.sort();
    for folder in folders {
        for seen in world.eye.folder(&folder)? {
            all.push((folder.clone(), seen.uid, seen.flags.replace(r"\Recent", "").trim().to_owned(), seen.message_id));
        }
    }
    Ok(all)
}

fn train(world: &World, label: &str, letter: &Letter) -> Result<()> {
    let path = world.agent.home().join("letter.eml");
    // The server has put a line end behind it.
    fs::write(&path, &letter.raw)?;
    world.agent.say(&["train", label, &path.to_string_lossy()])?;
    Ok(())
}

/// All lessons in their order, a line each.
fn exported(world: &World) -> Result<Vec<String>> {
    let path: PathBuf = world.agent.home().join("lessons.txt");
    world.agent.say(&["lessons", "export", "--force", &path.to_string_lossy()])?;
    let text = fs::read_to_string(path)?;
    Ok(text.lines().filter(|line| line.contains("\"label\"")).map(str::to_owned).collect())
}

/// How many lessons the agent's learner knows: good and spam.
fn learned(world: &World) -> Result<(u64, u64)> {
    Ok((world.status_number("trained_ham")?, world.status_number("trained_spam")?))
}

fn probability(world: &World, letter: &Letter) -> Result<f64> {
    let listed = world.agent.say(&["junk", "--all", "--json"])?;
    let rows = listed.lines().map(serde_json::from_str::<Value>).collect::<Result<Vec<_>, _>>()?;
    let row = rows.iter().find(|row| row.get("subject") == Some(&json!(letter.subject))).context("it is not judged")?;
    row.get("probability").and_then(Value::as_f64).context("the learner says nothing")
}

fn learning(world: &World) -> Result<Value> {
    let status = world.agent.status()?;
    account(&status).and_then(|account| account.get("learning")).cloned().context("nothing is learned")
}

fn wait_for_end(world: &World) -> Result<Value> {
    wait_for(world, "end", |learning| learning.get("is_ended") == Some(&json!(true)))
}

fn wait_for(world: &World, what: &str, is_so: impl Fn(&Value) -> bool) -> Result<Value> {
    world.agent.wait_for(what, LONG, |status| {
        let accounts = status.get("accounts")?.as_array()?;
        let demo = accounts.iter().find(|one| one.get("name") == Some(&json!("Demo")))?;
        demo.get("learning").filter(|learning| !learning.is_null() && is_so(learning)).cloned()
    })
}

fn number(value: &Value, name: &str) -> u64 {
    value.get(name).and_then(Value::as_u64).unwrap_or(u64::MAX)
}

fn now() -> Result<u64> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())
}

/// As IMAP writes it.
fn date(at: u64) -> Result<String> {
    let mut date = Command::new("date");
    date.args(["-u", "-d", &format!("@{at}"), "+%d-%b-%Y %H:%M:%S +0000"]).env("LC_ALL", "C");
    let said = String::from_utf8(date.output().context("cannot run date")?.stdout)?;
    ensure!(seconds(said.trim())? == at, "{said} is another time");
    Ok(format!("\"{}\"", said.trim()))
}
