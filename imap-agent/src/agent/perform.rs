//! Carries out what the journal says, and nothing else: every change on the server goes through here.
//!
//! An intent may have been carried out already, just before a crash or a lost connection. So before anything is moved
//! again we look where the message is; and a message is only taken for the one meant if its content is the same.

use std::sync::Arc;

use tamis_core::{Arrival, api::Event, learn::Features};
use tracing::{info, warn};

use super::desk::{Desk, Trouble};
use crate::{
    clock,
    mailbox::{Code, CommandError, FetchedMail, FolderName, Mode, Moved, OneMail, Role, Session, Sought},
    pipeline::{Incoming, tokens},
    store::{
        IntentId, Key, Location,
        journal::{self, Intent, Kind, Outcome},
        mail,
    },
};

/// How many of the newest messages of a folder are searched for one that is not where it was.
const SEARCHED: u32 = 2_000;

/// How many messages of one Message-ID are compared.
const SAME_ID: usize = 20;

/// How often something a server refuses is tried.
const MAX_ATTEMPTS: u32 = 5;

/// Carries out everything that is pending. Returns whether anything was.
pub(super) async fn all(desk: &Desk, session: &mut Session) -> Result<bool, Trouble> {
    let id = desk.id;
    let mut tried = std::collections::BTreeSet::new();
    loop {
        // Intents of one message wait for each other, so finishing one may show the next.
        let pending = desk.shared.store.run(move |db| journal::pending(db, id)).await?;
        let Some(next) = pending.into_iter().find(|intent| tried.insert(intent.id)) else { break };
        one(desk, session, next.id).await?;
    }
    Ok(!tried.is_empty())
}

/// Carries out one intent, unless it has been already.
pub(super) async fn one(desk: &Desk, session: &mut Session, id: IntentId) -> Result<(), Trouble> {
    let Some(intent) = desk.shared.store.run(move |db| journal::start(db, id)).await? else { return Ok(()) };
    match carry_out(desk, session, &intent).await {
        Ok((outcome, tokens)) => finish(desk, &intent, outcome, tokens).await?,
        Err(Trouble::Imap(error)) if error.leaves_session_usable() => refused(desk, &intent, &error).await?,
        Err(trouble) => {
            let text = trouble.to_string();
            desk.shared.store.run(move |db| journal::failed_attempt(db, id, &text)).await?;
            return Err(trouble);
        }
    }
    desk.shared.announce(Event::MailChanged);
    Ok(())
}

/// Selects a folder for changes, unless it is selected already. Returns whether its numbering is the expected one.
pub(super) async fn select(session: &mut Session, folder: &str, uid_validity: u32) -> Result<bool, CommandError> {
    let folder = FolderName::from_wire(folder);
    if let Some(selected) = session.selected()
        && selected.folder == folder
        && !selected.is_read_only
    {
        return Ok(selected.uid_validity == uid_validity);
    }
    Ok(session.select(&folder, Mode::ReadWrite).await?.uid_validity == uid_validity)
}

/// As [`select`], but a folder that the server does not open is not the expected one either.
async fn is_open(session: &mut Session, place: &Location) -> Result<bool, CommandError> {
    match select(session, &place.folder, place.uid_validity).await {
        Err(error) if error.leaves_session_usable() => Ok(false),
        outcome => outcome,
    }
}

/// The message with its text, wherever it is now; `None` if it is nowhere to be found.
pub(super) async fn fetch(
    desk: &Desk,
    session: &mut Session,
    wanted: &Wanted<'_>,
) -> Result<Option<FetchedMail>, Trouble> {
    let Some(place) = locate(desk, session, wanted).await? else { return Ok(None) };
    if !select(session, &place.folder, place.uid_validity).await? {
        return Ok(None);
    }
    match session.message(place.uid, desk.limit()).await? {
        OneMail::Mail(fetched) => Ok(Some(*fetched)),
        OneMail::Gone | OneMail::Unreadable => Ok(None),
    }
}

/// What is known of a message that may have wandered.
#[derive(Clone, Debug)]
pub(super) struct Wanted<'a> {
    pub(super) key: Key,
    /// Without angle brackets; empty if it has none.
    pub(super) message_id: &'a str,
    /// The whole size in bytes.
    pub(super) size: u32,
    /// Where it was last.
    pub(super) place: &'a Location,
    /// Where else it may be.
    pub(super) folders: Vec<String>,
}

type Done = (Outcome, Option<Vec<u8>>);

async fn carry_out(desk: &Desk, session: &mut Session, intent: &Intent) -> Result<Done, Trouble> {
    let wanted = wanted(desk, intent);
    let mut place = intent.place.clone();
    let may_be_done = 1 < intent.attempts || place.uid == 0 || place.is_gone();
    if may_be_done || intent.needs_tokens {
        match locate(desk, session, &wanted).await? {
            Some(found) if was_brought_back(intent, &found) => {
                // The person's hand outweighs the policy.
                let mail = intent.mail;
                desk.shared.store.run(move |db| mail::relocate(db, mail, &found)).await?;
                return Ok((Outcome::InPlace, None));
            }
            Some(found) => place = found,
            None => return Ok((Outcome::Gone, None)),
        }
    }
    let mut learned = None;
    if intent.needs_tokens {
        let is_same_numbering = select(session, &place.folder, place.uid_validity).await?;
        let fetched = if is_same_numbering { session.message(place.uid, desk.limit()).await? } else { OneMail::Gone };
        let OneMail::Mail(fetched) = fetched else { return Ok((Outcome::Gone, None)) };
        learned = Some(lesson_tokens(desk, *fetched));
    }
    if intent.target.is_empty() {
        return Ok((Outcome::InPlace, learned));
    }
    if place.folder == intent.target {
        // It was moved before a crash, or somebody else did it.
        return Ok((Outcome::Moved(place), learned));
    }
    let outcome = move_there(desk, session, intent, &place).await?;
    Ok((outcome, learned))
}

/// Whether somebody has moved a message that the policy wants to file: it is under another number of the same folder, or
/// in a folder that is neither where it was nor where it is to be. Under another numbering that cannot be known.
fn was_brought_back(intent: &Intent, found: &Location) -> bool {
    let before = &intent.place;
    let is_elsewhere = found.folder != before.folder && found.folder != intent.target;
    let is_back = found.folder == before.folder && found.uid_validity == before.uid_validity && found.uid != before.uid;
    intent.kind == Kind::File && (is_elsewhere || is_back)
}

async fn move_there(desk: &Desk, session: &mut Session, intent: &Intent, place: &Location) -> Result<Outcome, Trouble> {
    let target = FolderName::from_wire(&intent.target);
    let wanted = wanted(desk, intent);
    if 1 < intent.attempts && !session.can("MOVE") {
        // An earlier attempt may have copied it and been cut off before it could remove the original.
        if let Some(copy) = find_in(desk, session, &wanted, &intent.target).await? {
            if !select(session, &place.folder, place.uid_validity).await? {
                // Under another numbering this UID is another message's.
                return Ok(copied(desk, copy, "the server has renumbered the folder of the original"));
            }
            return Ok(match session.remove_original(place.uid).await? {
                None => Outcome::Moved(copy),
                Some(left) => copied(desk, copy, &left.why),
            });
        }
    }
    let mut place = place.clone();
    if !is_open(session, &place).await? {
        place = match locate(desk, session, &wanted).await? {
            Some(found) if found.folder == intent.target => return Ok(Outcome::Moved(found)),
            Some(found) => found,
            None => return Ok(Outcome::Gone),
        };
        if !select(session, &place.folder, place.uid_validity).await? {
            return Err(CommandError::NotSent("the server gives its folder new numbers all the time").into());
        }
    }
    let there = |uid_validity, uid| Location::new(intent.target.clone(), uid_validity, uid);
    let moved = match session.move_message(place.uid, &target).await {
        Err(CommandError::No { code: Some(Code::TryCreate | Code::NonExistent), .. }) => {
            // Somebody has deleted or renamed the folder.
            let role = (target == desk.junk).then_some(Role::Junk);
            session.create(&target, role).await?;
            session.move_message(place.uid, &target).await?
        }
        moved => moved?,
    };
    match moved {
        Moved::To { uid_validity, uid } => Ok(Outcome::Moved(there(uid_validity, uid))),
        Moved::ToUnknownUid => {
            let found = find_in(desk, session, &wanted, &intent.target).await?;
            Ok(Outcome::Moved(found.unwrap_or_else(|| there(0, 0))))
        }
        Moved::CopiedOnly { copy, why, .. } => {
            let (uid_validity, uid) = copy.unwrap_or((0, 0));
            Ok(copied(desk, there(uid_validity, uid), &why))
        }
        Moved::Gone => match locate(desk, session, &wanted).await? {
            Some(found) if found.folder == intent.target => Ok(Outcome::Moved(found)),
            // Whoever moved it elsewhere meant to: it stays there.
            Some(_) | None => Ok(Outcome::Gone),
        },
    }
}

fn copied(desk: &Desk, copy: Location, why: &str) -> Outcome {
    desk.shared.board.note(
        &desk.account.name,
        &format!("a message was copied to {}, but {why}", FolderName::from_wire(&copy.folder)),
    );
    Outcome::Copied(copy)
}

fn wanted<'a>(desk: &Desk, intent: &'a Intent) -> Wanted<'a> {
    let mut folders = vec![intent.target.clone(), intent.place.folder.clone(), intent.source.folder.clone()];
    folders.extend(["INBOX".to_owned(), desk.junk.wire().to_owned()]);
    Wanted { key: intent.key, message_id: &intent.message_id, size: intent.size, place: &intent.place, folders }
}

/// Where the message is: where we know it, else wherever its content is found among the newest of likely folders.
async fn locate(desk: &Desk, session: &mut Session, wanted: &Wanted<'_>) -> Result<Option<Location>, Trouble> {
    let place = wanted.place;
    let mut refusal = None;
    if !place.is_gone() && place.uid != 0 {
        match select(session, &place.folder, place.uid_validity).await {
            Ok(true) if session.is_here(place.uid).await? => return Ok(Some(place.clone())),
            Ok(_) => {}
            // The folder may have been renamed; or the server is out of sorts, and then the message is not gone.
            Err(error) if error.leaves_session_usable() => refusal = Some(error),
            Err(error) => return Err(error.into()),
        }
    }
    let mut searched = std::collections::BTreeSet::new();
    for folder in wanted.folders.iter().filter(|folder| !folder.is_empty()) {
        if searched.insert(folder.as_str())
            && let Some(found) = find_in(desk, session, wanted, folder).await?
        {
            return Ok(Some(found));
        }
    }
    refusal.map_or(Ok(None), |error| Err(error.into()))
}

/// The message in one folder, known by its Message-ID, or by its size if it has none, and proved by its content.
async fn find_in(
    desk: &Desk,
    session: &mut Session,
    wanted: &Wanted<'_>,
    folder: &str,
) -> Result<Option<Location>, Trouble> {
    // Servers differ about the size, so it counts only where there is nothing better.
    let size = wanted.message_id.is_empty().then_some(u64::from(wanted.size));
    let sought = Sought { message_id: wanted.message_id, size, newest: SEARCHED };
    let name = FolderName::from_wire(folder);
    let found = match session.find_all_by_message_id(&name, &sought).await {
        Ok(found) => found,
        // A folder that is not there holds nothing.
        Err(error) if error.leaves_session_usable() => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    // Spam comes with the Message-ID of other mail.
    for found in found.into_iter().take(SAME_ID) {
        if let OneMail::Mail(fetched) = session.message(found.uid, desk.limit()).await?
            && Key::of(&fetched.raw) == wanted.key
            // What a server without UIDPLUS leaves behind after a move is not where the message is.
            && !fetched.flags.iter().any(|flag| flag.eq_ignore_ascii_case("\\Deleted"))
        {
            return Ok(Some(Location::new(folder, found.uid_validity, found.uid)));
        }
    }
    Ok(None)
}

fn lesson_tokens(desk: &Desk, fetched: FetchedMail) -> Vec<u8> {
    let received_at = fetched.internal_date.unwrap_or_else(|| clock::now().0);
    let incoming = Incoming { raw: fetched.raw, received_at, full_size: fetched.full_size };
    Features::encode(&tokens(&incoming, desk.facts()))
}

async fn finish(desk: &Desk, intent: &Intent, outcome: Outcome, tokens: Option<Vec<u8>>) -> Result<(), Trouble> {
    let id = intent.id;
    info!(account = desk.id.0, intent = id.0, kind = intent.kind.word(), ?outcome, "done");
    let now = clock::now();
    let teacher = Arc::clone(&desk.shared.teacher);
    let finished = desk.shared.store.run(move |db| {
        let lesson = journal::finish(db, id, &outcome, tokens.as_deref(), now)?;
        teacher.apply(lesson.as_slice());
        Ok(lesson.is_some())
    });
    if finished.await? {
        tokio::spawn(Arc::clone(&desk.shared).follow_lessons());
    }
    Ok(())
}

/// The server said no. It may think better of it, but not for ever.
async fn refused(desk: &Desk, intent: &Intent, error: &CommandError) -> Result<(), Trouble> {
    let (id, text) = (intent.id, error.to_string());
    warn!(account = desk.id.0, intent = id.0, attempt = intent.attempts, "the server refused");
    if intent.attempts < MAX_ATTEMPTS {
        return Ok(desk.shared.store.run(move |db| journal::failed_attempt(db, id, &text)).await?);
    }
    let note = format!("a message could not be moved to {}: {text}", FolderName::from_wire(&intent.target));
    desk.shared.board.note(&desk.account.name, &note);
    if intent.kind == Kind::Undo {
        // The message stays, but what was learned from it can still be taken back.
        return finish(desk, intent, Outcome::InPlace, None).await;
    }
    Ok(desk.shared.store.run(move |db| journal::give_up(db, id, &text, clock::now())).await?)
}

/// The tokens of a message on this machine, for a lesson from a file.
pub(crate) fn file_tokens(raw: &[u8]) -> Vec<u8> {
    let mail = tamis_core::Mail::parse(raw, &Arrival::default());
    Features::encode(&Features::of(&mail).ids())
}

#[cfg(test)]
pub(super) mod tests;
