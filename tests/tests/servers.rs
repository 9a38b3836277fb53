//! The same promises on several kinds of IMAP server.
//!
//! A kind is a function that describes it, a promise is a function that keeps it, and each pair is a test of its own:
//! `cyrus_over_tls::ham_stays_unread_in_the_inbox`.

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use tamis_tests::{
    letter::Letter,
    wait_until,
    world::{PASSWORD, PATIENCE, USER, WITHOUT_MOVE, WITHOUT_MOVE_AND_UIDPLUS, World, account, flags, seconds},
};
use xtask::{
    cyrus::Cyrus,
    dovecot::Dovecot,
    imap::{Imap, Seen, quoted},
    server::{Options, Server},
};

/// A kind of server, and what is special about it.
struct Kind {
    start: fn(Options) -> Result<Server>,
    options: Options,
    is_over_tls: bool,
    /// A Junk folder that is there from the beginning, without a mark that says what it is for.
    ready_made: Option<&'static str>,
    /// Whether the agent has to look by itself, because the server does not announce new mail.
    polls: bool,
    /// Whether an original can only be marked as deleted when it was copied.
    leaves_originals: bool,
    /// Words of commands that must be said, for else the test would not test what its name says.
    says: &'static [&'static str],
    /// Words of commands that must not be said.
    never_says: &'static [&'static str],
}

fn dovecot() -> Kind {
    Kind {
        start: Dovecot::start,
        options: Options::default(),
        is_over_tls: false,
        ready_made: None,
        polls: false,
        leaves_originals: false,
        says: &["UID MOVE", "IDLE"],
        never_says: &["EXPUNGE", "CLOSE"],
    }
}

fn dovecot_without_move() -> Kind {
    let options = Options { capability: Some(WITHOUT_MOVE.to_owned()), ..Options::default() };
    let says = &["UID COPY", "UID EXPUNGE", "IDLE"];
    Kind { options, says, never_says: &["UID MOVE", "CLOSE"], ..dovecot() }
}

fn dovecot_without_uidplus_and_move() -> Kind {
    let options = Options { capability: Some(WITHOUT_MOVE_AND_UIDPLUS.to_owned()), ..Options::default() };
    let (says, never_says) = (&["UID COPY", "IDLE"], &["UID MOVE", "EXPUNGE", "CLOSE"]);
    Kind { options, leaves_originals: true, says, never_says, ..dovecot() }
}

fn dovecot_without_special_use() -> Kind {
    let capability = "IMAP4rev1 LITERAL+ IDLE NAMESPACE UNSELECT UIDPLUS MOVE LIST-EXTENDED".to_owned();
    let options = Options { capability: Some(capability), without_folders: true, ..Options::default() };
    Kind { options, ready_made: Some("Spam"), never_says: &["SPECIAL-USE", "USE (", "EXPUNGE"], ..dovecot() }
}

fn dovecot_without_idle() -> Kind {
    let capability = "IMAP4rev1 LITERAL+ NAMESPACE SPECIAL-USE UNSELECT UIDPLUS MOVE".to_owned();
    let options = Options { capability: Some(capability), ..Options::default() };
    Kind { options, polls: true, says: &["UID MOVE"], never_says: &["IDLE", "EXPUNGE"], ..dovecot() }
}

fn dovecot_below_the_inbox() -> Kind {
    Kind { options: below_the_inbox(), ..dovecot() }
}

fn cyrus() -> Kind {
    Kind { start: Cyrus::start, ..dovecot() }
}

fn cyrus_over_tls() -> Kind {
    Kind { is_over_tls: true, ..cyrus() }
}

fn cyrus_below_the_inbox() -> Kind {
    Kind { options: below_the_inbox(), ..cyrus() }
}

/// As Courier has it, and many a Cyrus.
fn below_the_inbox() -> Options {
    Options { separator: ".".to_owned(), prefix: "INBOX.".to_owned(), ..Options::default() }
}

macro_rules! promises {
    ($($kind:ident),+ $(,)?) => {$(
        mod $kind {
            use anyhow::Result;

            #[test]
            fn spam_is_filed_once_with_its_flags_and_its_date() -> Result<()> {
                super::spam_is_filed_once_with_its_flags_and_its_date(&super::$kind())
            }

            #[test]
            fn ham_stays_unread_in_the_inbox() -> Result<()> {
                super::ham_stays_unread_in_the_inbox(&super::$kind())
            }

            #[test]
            fn a_release_returns_it_once_and_it_is_not_judged_again() -> Result<()> {
                super::a_release_returns_it_once_and_it_is_not_judged_again(&super::$kind())
            }

            #[test]
            fn a_release_can_be_undone() -> Result<()> {
                super::a_release_can_be_undone(&super::$kind())
            }

            #[test]
            fn a_restart_changes_nothing() -> Result<()> {
                super::a_restart_changes_nothing(&super::$kind())
            }

            #[test]
            fn a_junk_folder_that_is_missing_is_made_where_folders_belong() -> Result<()> {
                super::a_junk_folder_that_is_missing_is_made_where_folders_belong(&super::$kind())
            }

            #[test]
            fn the_junk_folder_may_have_an_odd_name() -> Result<()> {
                super::the_junk_folder_may_have_an_odd_name(&super::$kind())
            }

            #[test]
            fn of_a_burst_every_message_is_somewhere_once() -> Result<()> {
                super::of_a_burst_every_message_is_somewhere_once(&super::$kind())
            }
        }
    )+};
}

promises!(
    dovecot,
    dovecot_without_move,
    dovecot_without_uidplus_and_move,
    dovecot_without_special_use,
    dovecot_without_idle,
    dovecot_below_the_inbox,
    cyrus,
    cyrus_over_tls,
    cyrus_below_the_inbox,
);

fn spam_is_filed_once_with_its_flags_and_its_date(kind: &Kind) -> Result<()> {
    let mut world = kind.world()?;
    world.agent.judge_old_mail()?;
    world.agent.start()?;
    let (plain, flagged) = (Letter::spam("plain")?, Letter::spam("flagged")?);
    world.deliver(&plain)?;
    world.eye.append("INBOX", r"(\Flagged \Answered)", "\"17-Jul-2026 02:44:25 +0200\"", &flagged.raw)?;

    let junk = world.junk.clone();
    let seen = kind.settles(&mut world, &plain, &junk)?;
    assert!(flags(&seen).is_empty(), "{seen:?}");
    let seen = kind.settles(&mut world, &flagged, &junk)?;
    assert_eq!(flags(&seen), [r"\Answered", r"\Flagged"]);
    assert_eq!(seconds(&seen.internal_date)?, seconds("17-Jul-2026 02:44:25 +0200")?);

    world.wait_judged(2)?;
    kind.settles(&mut world, &plain, &junk)?;
    kind.settles(&mut world, &flagged, &junk)?;
    assert_eq!(world.row(&plain)?.class, "spam");
    kind.has_said(&world)
}

fn ham_stays_unread_in_the_inbox(kind: &Kind) -> Result<()> {
    let mut world = kind.started()?;
    let ham = Letter::ham("minutes")?;
    world.deliver(&ham)?;
    world.wait_judged(1)?;

    let seen = world.only_copy(&ham, "INBOX")?;

    assert!(flags(&seen).is_empty(), "{seen:?}");
    let row = world.row(&ham)?;
    assert_eq!((row.class.as_str(), row.folder.as_str(), row.uid), ("ham", "Inbox", u64::from(seen.uid)));
    Ok(())
}

fn a_release_returns_it_once_and_it_is_not_judged_again(kind: &Kind) -> Result<()> {
    let mut world = kind.started()?;
    let spam = kind.filed(&mut world, "wanted-after-all")?;

    world.teach("release", &spam)?;

    kind.settles(&mut world, &spam, "INBOX")?;
    kind.filed(&mut world, "behind")?;
    kind.settles(&mut world, &spam, "INBOX")?;
    world.agent.stop()?;
    world.agent.start()?;
    kind.filed(&mut world, "after-the-restart")?;
    let seen = kind.settles(&mut world, &spam, "INBOX")?;
    assert!(flags(&seen).is_empty(), "{seen:?}");
    assert_eq!(world.row(&spam)?.folder, "Inbox");
    assert_eq!((world.status_number("judged")?, world.status_number("trained_ham")?), (3, 1));
    Ok(())
}

fn a_release_can_be_undone(kind: &Kind) -> Result<()> {
    let mut world = kind.started()?;
    let spam = kind.filed(&mut world, "back-and-forth")?;
    world.teach("release", &spam)?;
    kind.settles(&mut world, &spam, "INBOX")?;

    world.agent.say(&["undo"])?;

    let junk = world.junk.clone();
    kind.settles(&mut world, &spam, &junk)?;
    kind.filed(&mut world, "behind")?;
    kind.settles(&mut world, &spam, &junk)?;
    assert_eq!((world.status_number("judged")?, world.status_number("trained_ham")?), (2, 0));
    Ok(())
}

fn a_restart_changes_nothing(kind: &Kind) -> Result<()> {
    let mut world = kind.started()?;
    let ham = Letter::ham("stays")?;
    world.deliver(&ham)?;
    world.wait_judged(1)?;
    let spam = Letter::spam("filed")?;
    world.deliver(&spam)?;
    world.wait_judged(2)?;
    let before = looks(&mut world.eye)?;

    world.agent.stop()?;
    world.server.restart(kind.options.clone())?;
    world.eye = world.server.imap(USER, PASSWORD)?;
    world.agent.start()?;
    let behind = kind.filed(&mut world, "behind")?;

    let mut after = looks(&mut world.eye)?;
    after.retain(|look| !look.contains(&behind.id));
    assert_eq!(after, before);
    assert_eq!(world.status_number("judged")?, 3);
    world.row(&ham)?;
    world.row(&spam)?;
    Ok(())
}

fn a_junk_folder_that_is_missing_is_made_where_folders_belong(kind: &Kind) -> Result<()> {
    let options = Options { without_folders: true, ..kind.options.clone() };
    let mut world = kind.build(options)?;
    assert_eq!(world.eye.folders()?, ["INBOX"]);
    world.agent.start()?;

    kind.filed(&mut world, "homeless")?;

    let status = world.agent.status()?;
    let told = account(&status).and_then(|account| account.get("junk_folder")?.as_str());
    assert_eq!(told, Some(&*world.junk));
    let subscribed = world.eye.command("LSUB \"\" *")?.concat();
    let subscribed = String::from_utf8_lossy(&subscribed).into_owned();
    assert!(subscribed.contains(&world.junk), "other programs would not show it: {subscribed}");
    Ok(())
}

fn the_junk_folder_may_have_an_odd_name(kind: &Kind) -> Result<()> {
    let mut world = kind.world()?;
    let Options { prefix, .. } = &kind.options;
    let separator = kind.options.separator();
    for (number, (shown, wire)) in [
        ("Müll & Co".to_owned(), "M&APw-ll &- Co".to_owned()),
        (format!("Ablage{separator}Für später"), format!("Ablage{separator}F&APw-r sp&AOQ-ter")),
        ("\"Werbung\"".to_owned(), "\"Werbung\"".to_owned()),
        (format!("back\\slash{separator}&"), format!("back\\slash{separator}&-")),
    ]
    .into_iter()
    .enumerate()
    {
        world.agent.set("[[account]]", "junk_folder", &json!(format!("{prefix}{shown}")))?;
        if shown.contains(|character| world.server.refuses_in_names().contains(character)) {
            asks_for_another_folder(&mut world)?;
            continue;
        }
        world.junk = format!("{prefix}{wire}");
        world.agent.start()?;

        kind.filed(&mut world, &format!("odd-{number}"))?;

        // And it is the same folder after a restart, not another one.
        world.agent.stop()?;
        world.agent.start()?;
        kind.filed(&mut world, &format!("behind-{number}"))?;
        world.agent.stop()?;
    }
    Ok(())
}

/// A Junk folder that the server does not let be made is the person's to change, and all mail stays where it is.
fn asks_for_another_folder(world: &mut World) -> Result<()> {
    let before = looks(&mut world.eye)?;
    world.agent.spawn()?;
    let text = world.agent.wait_for("ask for the person", PATIENCE, |status| {
        let account = account(status)?;
        (account.get("state")? == "NeedsYou").then_some(account.get("text")?.as_str()?.to_owned())
    })?;
    assert!(text.contains("Junk folder"), "{text}");
    world.agent.stop()?;
    assert_eq!(looks(&mut world.eye)?, before);
    Ok(())
}

fn of_a_burst_every_message_is_somewhere_once(kind: &Kind) -> Result<()> {
    let mut world = kind.started()?;
    let mut letters = Vec::new();
    for number in 0..10 {
        letters.push(Letter::spam(&format!("burst-spam-{number}"))?);
        letters.push(Letter::ham(&format!("burst-ham-{number}"))?);
    }
    for letter in &letters {
        world.deliver(letter)?;
    }
    world.wait_judged(20)?;
    for (number, letter) in letters.iter().enumerate() {
        let folder = if number % 2 == 0 { world.junk.clone() } else { "INBOX".to_owned() };
        kind.settles(&mut world, letter, &folder)?;
    }

    let mut delivered: Vec<Vec<u8>> = letters.iter().map(|letter| body(&letter.raw)).collect();
    delivered.sort();
    let mut found = Vec::new();
    for folder in world.eye.folders()? {
        for seen in world.eye.folder(&folder)?.into_iter().filter(is_alive) {
            found.push(body(&world.eye.message(&folder, seen.uid)?));
        }
    }
    found.sort();
    assert!(found == delivered, "{} messages were delivered, {} are there", delivered.len(), found.len());
    Ok(())
}

impl Kind {
    fn build(&self, options: Options) -> Result<World> {
        let server = (self.start)(options)?;
        let world = if self.is_over_tls { World::over_tls_on(server)? } else { World::on(server)? };
        if self.polls {
            world.agent.set("[watch]", "poll", &json!("1 second"))?;
        }
        Ok(world)
    }

    /// A world whose agent was not yet started.
    fn world(&self) -> Result<World> {
        let mut world = self.build(self.options.clone())?;
        if let Some(name) = self.ready_made {
            world.junk = format!("{}{name}", self.options.prefix);
            world.eye.command(&format!("CREATE {}", quoted(&world.junk)))?;
        }
        Ok(world)
    }

    fn started(&self) -> Result<World> {
        let mut world = self.world()?;
        world.agent.start()?;
        Ok(world)
    }

    /// Waits until a letter is in `folder` and nowhere else, and returns it as it is seen there. Only of a server that
    /// cannot do better, what is marked as deleted does not count.
    fn settles(&self, world: &mut World, letter: &Letter, folder: &str) -> Result<Seen> {
        let mut last = Vec::new();
        let found = wait_until("the letter in its folder", PATIENCE, || {
            last = world.copies(letter)?;
            let mut copies = last.iter().filter(|(_, seen)| !self.leaves_originals || is_alive(seen));
            let (first, others) = (copies.next(), copies.count());
            Ok(first.filter(|(name, _)| name == folder && others == 0).map(|(_, seen)| seen.clone()))
        });
        found.with_context(|| {
            format!("`{}` is not once in {folder} but {last:#?}. The agent says\n{}", letter.subject, world.agent.log())
        })
    }

    /// Delivers a letter and waits until it is in Junk and nothing is left to do, of what came before it neither.
    fn filed(&self, world: &mut World, name: &str) -> Result<Letter> {
        let spam = Letter::spam(name)?;
        world.deliver(&spam)?;
        let junk = world.junk.clone();
        self.settles(world, &spam, &junk)?;
        world.wait_until_nothing_is_left()?;
        Ok(spam)
    }

    /// Whether the agent went the way that this server is to make it go.
    fn has_said(&self, world: &World) -> Result<()> {
        let commands = world.proxy.commands();
        for words in self.says {
            let is_said = self.is_over_tls || commands.iter().any(|line| line.contains(words));
            ensure!(is_said, "the agent never said {words}: {commands:#?}");
        }
        for words in self.never_says {
            ensure!(!commands.iter().any(|line| line.contains(words)), "the agent said {words}: {commands:#?}");
        }
        Ok(())
    }
}

fn is_alive(seen: &Seen) -> bool {
    !flags(seen).contains(&r"\Deleted")
}

/// What all folders look like: every number, date, flag and identifier.
fn looks(eye: &mut Imap) -> Result<Vec<String>> {
    let mut looks = Vec::new();
    let mut folders = eye.folders()?;
    folders.sort();
    for folder in folders {
        let seen = eye.folder(&folder)?;
        looks.extend(
            seen.iter().map(|seen| {
                format!("{folder} {} {} {:?} {}", seen.uid, seen.internal_date, flags(seen), seen.message_id)
            }),
        );
    }
    Ok(looks)
}

/// What is behind the header: servers add to that when they deliver.
fn body(raw: &[u8]) -> Vec<u8> {
    let end = raw.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(raw.len());
    raw.get(end..).unwrap_or_default().to_vec()
}
