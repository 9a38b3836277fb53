//! Reads the folder of sent mail: whom the person writes to, and what they answer.
//!
//! Of each message only the lines of the header are asked for that say so, and only addresses, counts and hashes are kept.
//! What is new in it is read before the inbox is looked at, so that the next message of whoever was answered is known; what
//! is older afterwards, from the newest down, in slices with a look at the inbox between them.

use std::collections::BTreeSet;

use tamis_core::{
    Arrival, Mail, UnixTime,
    mail::{Address, DateHeader},
};
use tracing::info;

use super::desk::{Desk, Trouble};
use crate::{
    clock,
    mailbox::{FolderFigures, FolderName, Head, Mode, Selected, Session},
    network,
    store::{
        Key,
        sent::{self, Mark, SentMail},
    },
};

/// Messages of one slice: their lines are half a megabyte.
const SLICE: usize = 500;

/// After so many connections that broke while it was read, the folder is left alone until the agent starts anew.
const MOST_CUTS: u32 = 3;

/// What is remembered about the folder while the agent runs.
#[derive(Clone, Debug, Default)]
pub(super) struct SentFolder {
    /// How it was when everything new in it was known.
    known: Option<FolderFigures>,
    /// What is older and not yet read: the numbering and the UIDs, lowest first.
    older: Option<(u32, Vec<u32>)>,
    /// Whether nothing older is left.
    is_all: bool,
    cuts: u32,
}

/// Reads what is new in it, if anything is.
pub(super) async fn look(desk: &Desk, session: &mut Session, folder: &mut SentFolder) -> Result<(), Trouble> {
    let Some(name) = wanted(desk, folder) else { return Ok(()) };
    folder.cuts += 1;
    let read = new(desk, session, (name, folder)).await;
    ended(desk, session, folder, read)
}

/// Reads a slice of what is older, if anything is left.
pub(super) async fn look_back(desk: &Desk, session: &mut Session, folder: &mut SentFolder) -> Result<(), Trouble> {
    let is_dear = desk.shared.is_metered() && !network::is_this_machine(&desk.account.host);
    let Some(name) = wanted(desk, folder).filter(|_| !folder.is_all && !is_dear) else { return Ok(()) };
    folder.cuts += 1;
    let read = slice(desk, session, (name, folder)).await;
    ended(desk, session, folder, read)
}

/// Whether there is something older to be read, or nobody knows yet.
pub(super) fn has_more(desk: &Desk, folder: &SentFolder) -> bool {
    !folder.is_all && wanted(desk, folder).is_some()
}

fn wanted<'a>(desk: &'a Desk, folder: &SentFolder) -> Option<&'a FolderName> {
    desk.sent.as_ref().filter(|_| desk.config.reads_sent() && folder.cuts < MOST_CUTS)
}

/// A folder that the server does not open now may be open at the next look.
fn ended(desk: &Desk, session: &Session, folder: &mut SentFolder, read: Result<(), Trouble>) -> Result<(), Trouble> {
    if session.is_usable() {
        folder.cuts = 0;
    } else if folder.cuts == MOST_CUTS {
        let text = "the connection breaks each time the sent mail is read; whom you write to is not known";
        desk.shared.board.note(&desk.account.name, text);
    }
    match read {
        Err(Trouble::Imap(error)) if error.leaves_session_usable() => {
            info!(account = desk.id.0, "the folder of sent mail could not be read");
            folder.is_all = true;
            Ok(())
        }
        read => read,
    }
}

async fn new(
    desk: &Desk,
    session: &mut Session,
    (name, folder): (&FolderName, &mut SentFolder),
) -> Result<(), Trouble> {
    let figures = session.figures(name).await?;
    if figures.uid_next.is_some() && folder.known.as_ref() == Some(&figures) {
        return Ok(());
    }
    folder.known = None;
    let (selected, mut mark) = opened(desk, session, name).await?;
    let above: Vec<u32> = match selected.uid_next.saturating_sub(1) {
        newest if newest <= mark.high_water => Vec::new(),
        _ => session.uids_from(mark.high_water.saturating_add(1)).await?.into_iter().collect(),
    };
    for uids in above.chunks(SLICE) {
        mark.high_water = uids.last().copied().unwrap_or(mark.high_water).max(mark.high_water);
        read(desk, session, uids, &mark).await?;
    }
    folder.is_all &= mark.low_water == 0;
    folder.known = Some(figures);
    Ok(())
}

async fn slice(
    desk: &Desk,
    session: &mut Session,
    (name, folder): (&FolderName, &mut SentFolder),
) -> Result<(), Trouble> {
    let id = desk.id;
    let (selected, mut mark) = opened(desk, session, name).await?;
    let is_full = desk.shared.store.run(move |db| sent::is_full(db, id)).await?;
    if mark.low_water <= 1 || is_full {
        folder.is_all = true;
        return Ok(());
    }
    if folder.older.as_ref().is_none_or(|(numbering, _)| *numbering != selected.uid_validity) {
        let mut uids = session.uids_from(1).await?;
        uids.split_off(&mark.low_water);
        info!(account = id.0, messages = uids.len(), "older sent mail is read");
        folder.older = Some((selected.uid_validity, uids.into_iter().collect()));
    }
    let Some((_, older)) = &mut folder.older else { return Ok(()) };
    let uids = older.split_off(older.len().saturating_sub(SLICE));
    mark.low_water = if older.is_empty() { 0 } else { uids.first().copied().unwrap_or(0) };
    let written = read(desk, session, &uids, &mark).await;
    if written.is_err() {
        // What was taken off the list is read again.
        folder.older = None;
    }
    folder.is_all = mark.low_water == 0;
    written
}

/// Opens the folder. At the first contact and under a new numbering everything in it is older.
async fn opened(desk: &Desk, session: &mut Session, name: &FolderName) -> Result<(Selected, Mark), Trouble> {
    let selected = session.select(name, Mode::ReadOnly).await?;
    let (id, wire) = (desk.id, name.wire().to_owned());
    let known = desk.shared.store.run(move |db| sent::mark(db, id, &wire)).await?;
    let newest = selected.uid_next.saturating_sub(1);
    let is_valid = |mark: &Mark| mark.uid_validity == selected.uid_validity && mark.high_water <= newest;
    if let Some(mark) = known.filter(is_valid) {
        return Ok((selected, mark));
    }
    let mark = Mark {
        folder: name.wire().to_owned(),
        uid_validity: selected.uid_validity,
        high_water: newest,
        low_water: selected.uid_next,
    };
    read(desk, session, &[], &mark).await?;
    Ok((selected, mark))
}

/// Reads these, and stores what they say together with the mark.
async fn read(desk: &Desk, session: &mut Session, uids: &[u32], mark: &Mark) -> Result<(), Trouble> {
    let (id, now) = (desk.id, clock::now());
    let mut messages = Vec::new();
    if !uids.is_empty() {
        let wanted: BTreeSet<u32> = uids.iter().copied().collect();
        session.heads(&wanted, |head| messages.push(said(&head, now))).await?;
    }
    let mark = mark.clone();
    desk.shared.store.run(move |db| sent::record(db, id, &mark, &messages, now)).await?;
    Ok(())
}

/// What a sent message says. What a program has sent by itself is no dealing of the person's.
fn said(head: &Head, now: UnixTime) -> SentMail {
    let mail = Mail::parse(&head.lines, &Arrival::default());
    let is_by_itself = mail.header("Auto-Submitted").is_some_and(|word| !word.trim().eq_ignore_ascii_case("no"));
    let recipients = [mail.to(), mail.cc(), mail.bcc()].into_iter().flatten().filter_map(|to| to.address.clone());
    let to: Vec<Address> = if is_by_itself { Vec::new() } else { recipients.collect() };
    let written = match mail.date() {
        DateHeader::At(at) => Some(at.0),
        DateHeader::Missing | DateHeader::Unreadable => None,
    };
    let at = written.or(head.internal_date).unwrap_or(now.0).clamp(1, now.0.max(1));
    SentMail {
        key: mail.message_id().map_or_else(|| Key::of(&head.lines), |id| Key::of(id.as_bytes())),
        answers: answered(&mail).filter(|_| !is_by_itself),
        from: mail.author().and_then(|author| author.address.clone()),
        to,
        at: UnixTime(at),
    }
}

/// What it answers: the newest that it names.
fn answered(mail: &Mail<'_>) -> Option<String> {
    let named = |line: &str| {
        let ids = line.rsplit('<').filter_map(|rest| rest.split_once('>'));
        ids.map(|(id, _)| id.trim().to_owned()).find(|id| !id.is_empty())
    };
    ["In-Reply-To", "References"].into_iter().find_map(|name| mail.header(name).and_then(named))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixTime = UnixTime(1_790_000_000);

    fn of(lines: &str) -> SentMail {
        said(&Head { uid: 1, internal_date: Some(1_700_000_000), lines: lines.as_bytes().to_vec() }, NOW)
    }

    fn people(sent: &SentMail) -> String {
        sent.to.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn everybody_who_gets_it_is_written_to() {
        let sent = of("From: Me <me@example.org>\r\nTo: Kim <kim@kim.example>, lee@lee.example\r\nCc: nobody\r\n\
                       Bcc: pat@pat.example\r\nDate: Tue, 14 Nov 2023 22:13:19 +0000\r\nMessage-ID: <1@example.org>\r\n\
                       References: <0@kim.example> <7@kim.example>\r\nIn-Reply-To: <8@kim.example>\r\n\r\n");
        assert_eq!(people(&sent), "kim@kim.example lee@lee.example pat@pat.example");
        assert_eq!((sent.at.0, sent.answers.as_deref()), (1_699_999_999, Some("8@kim.example")));
        assert_eq!((sent.key, sent.from), (Key::of(b"1@example.org"), Address::parse("me@example.org")));
    }

    #[test]
    fn the_newest_reference_is_what_is_answered_where_nothing_else_says_so() {
        assert_eq!(
            of("References: <0@kim.example>\r\n <7@kim.example>\r\n\r\n").answers.as_deref(),
            Some("7@kim.example")
        );
        assert_eq!(of("In-Reply-To: your message\r\n\r\n").answers, None);
    }

    #[test]
    fn what_a_program_sent_by_itself_is_no_dealing() {
        let head = "To: kim@kim.example\r\nIn-Reply-To: <1@kim.example>\r\nAuto-Submitted: ";
        let sent = of(&format!("{head}auto-replied\r\n\r\n"));
        assert_eq!((people(&sent).as_str(), sent.answers), ("", None));
        assert_eq!(people(&of(&format!("{head}No\r\n\r\n"))), "kim@kim.example");
    }

    #[test]
    fn nothing_was_sent_in_the_future_and_without_a_date_the_servers_counts() {
        assert_eq!(of("To: kim@kim.example\r\n\r\n").at.0, 1_700_000_000);
        assert_eq!(of("Date: Tue, 14 Nov 2123 22:13:19 +0000\r\n\r\n").at, NOW);
        assert_ne!(of("To: a@example.org\r\n\r\n").key, of("To: b@example.org\r\n\r\n").key);
    }
}
