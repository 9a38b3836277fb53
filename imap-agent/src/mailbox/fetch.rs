//! Looking: select a folder, list what is in it, read one message. Leaves no trace on the server.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    folders::FolderName,
    guard::Fault,
    keywords::{has_flag, says_junk, says_not_junk},
    response::{Code, CommandError, FolderFigures, MessageData, Untagged},
    session::Session,
};

/// RFC 2683 §3.2.1.5: servers need not take longer lines.
const MAX_SET: usize = 1000;

/// Hardly any provider takes longer mail.
pub(super) const LARGEST_MAIL: usize = 64 << 20;

/// A folder may grow while it is listed and servers may say things twice, but no server says more than this.
const MOST_MESSAGES: usize = 2_000_000;

/// What is asked for to know a message without its text.
const SUMMARY: &str = "UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]";

/// Whether a folder may be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// To act in it.
    ReadWrite,
    /// Only to look.
    ReadOnly,
}

/// A selected folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selected {
    /// Its name.
    pub folder: FolderName,
    /// UIDs mean something only together with this. 0 if the server keeps none: then UIDs hold for this session only.
    pub uid_validity: u32,
    /// New messages get UIDs from here on. Some servers let it go back.
    pub uid_next: u32,
    /// How many messages there are.
    pub exists: u32,
    /// Flags that can be set for good; `\*` stands for any keyword, and then the keywords in use are here, too.
    pub permanent_flags: BTreeSet<String>,
    /// Whether nothing can be changed.
    pub is_read_only: bool,
    /// Whether messages here may have keywords that say whether they are junk.
    pub has_junk_keywords: bool,
    /// Counts up whenever a message or a flag changes, if the server says so (RFC 7162 §3.1.2.1).
    pub modseq: Option<u64>,
}

/// A message without its text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// The UID.
    pub uid: u32,
    /// The size in bytes, if the server says it.
    pub size: Option<u64>,
    /// When it arrived, Unix seconds, if the server knows.
    pub internal_date: Option<i64>,
    /// Flags and keywords, as written.
    pub flags: Vec<String>,
    /// `Message-ID`, with its angle brackets.
    pub message_id: Option<String>,
}

/// How a listing went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// How many messages were reported.
    pub messages: u32,
    /// How many responses nobody could read.
    pub dropped: u64,
}

/// One message from the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OneMail {
    /// Here it is.
    Mail(Box<FetchedMail>),
    /// There is no such message any more.
    Gone,
    /// It exists, but the server does not hand it out. May pass.
    Unreadable,
}

/// A message with its text, or the beginning of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchedMail {
    /// The UID.
    pub uid: u32,
    /// The message, at most as long as was asked for.
    pub raw: Vec<u8>,
    /// How long the whole is. The length of `raw` if that is all of it, whatever the server says: Exchange overstates sizes.
    pub full_size: u64,
    /// When it arrived, Unix seconds, if the server knows.
    pub internal_date: Option<i64>,
    /// Flags and keywords, as they were before.
    pub flags: Vec<String>,
}

/// What is known about the server's way with BODY.PEEK: some mark the message as read all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Peek {
    Untested,
    Honest,
    SetsSeen,
}

impl Session {
    /// Selects a folder. Its UIDVALIDITY must be compared with the one known before any UID is used.
    pub async fn select(&mut self, folder: &FolderName, mode: Mode) -> Result<Selected, CommandError> {
        let verb = if mode == Mode::ReadOnly { "EXAMINE" } else { "SELECT" };
        // Whatever the answer, the folder before is no longer selected.
        self.leave_folder();
        let mut found = Opening::default();
        let completed = self.command(&format!("{verb} {}", folder.argument()), |untagged| found.note(untagged)).await?;
        found.is_read_only |= mode == Mode::ReadOnly;
        if let Some(code) = completed.code {
            found.note(Untagged::Code(code));
        }
        if found.figures.uid_next.is_none() || found.figures.uid_validity.is_none() {
            self.ask_figures(folder, &mut found).await?;
        }
        let selected = Selected {
            folder: folder.clone(),
            uid_validity: found.figures.uid_validity.unwrap_or(0),
            uid_next: found.figures.uid_next.unwrap_or(1),
            exists: found.exists,
            is_read_only: found.is_read_only,
            has_junk_keywords: found.has_junk_keywords(),
            modseq: found.modseq,
            permanent_flags: found.permanent_flags(),
        };
        self.selected = Some(selected.clone());
        self.forget_news();
        Ok(selected)
    }

    /// Reports every message from `from_uid` on.
    ///
    /// A message may be reported twice, never too seldom if the answer is `Ok`. On an error, what was reported is true but
    /// not all.
    pub async fn summaries(&mut self, from_uid: u32, mut on: impl FnMut(Summary)) -> Result<Swept, CommandError> {
        if self.selected().ok_or(NOTHING_SELECTED)?.exists == 0 {
            return Ok(Swept::default());
        }
        let from_uid = from_uid.max(1);
        // With no message that high, the star means the last one, which is lower.
        let on_new = |summary: Summary| {
            if from_uid <= summary.uid {
                on(summary);
            }
        };
        self.sweep(&format!("{from_uid}:*"), on_new).await
    }

    /// Reports those messages of these that still exist. As [`Session::summaries`].
    pub async fn summaries_of(&mut self, uids: &[u32], mut on: impl FnMut(Summary)) -> Result<Swept, CommandError> {
        let wanted: BTreeSet<u32> = uids.iter().copied().collect();
        let mut swept = Swept::default();
        for set in uid_sets(&wanted) {
            let on_wanted = |summary: Summary| {
                if wanted.contains(&summary.uid) {
                    on(summary);
                }
            };
            let part = self.sweep(&set, on_wanted).await?;
            swept.messages = swept.messages.saturating_add(part.messages);
            swept.dropped = swept.dropped.saturating_add(part.dropped);
        }
        Ok(swept)
    }

    /// Reports messages that arrived at or after that time (Unix seconds) or whose arrival nobody knows.
    pub async fn summaries_since(&mut self, since: i64, mut on: impl FnMut(Summary)) -> Result<Swept, CommandError> {
        let uids: Vec<u32> = self.uids_since(since).await?.into_iter().collect();
        let on_recent = |summary: Summary| {
            if summary.internal_date.is_none_or(|date| since <= date) {
                on(summary);
            }
        };
        self.summaries_of(&uids, on_recent).await
    }

    /// Reads one message; of one longer than `limit` bytes, so much of its beginning.
    ///
    /// A refusal is about this message, and the session goes on, unless it is [about the
    /// account](CommandError::is_of_account).
    pub async fn message(&mut self, uid: u32, limit: usize) -> Result<OneMail, CommandError> {
        match self.read_message(uid, limit).await {
            Err(error @ CommandError::No { .. }) if !error.is_of_account() => Ok(OneMail::Unreadable),
            outcome => outcome,
        }
    }

    /// As [`Session::message`], but that the server [is busy](CommandError::is_for_now) says nothing about this message
    /// either, and is an error.
    pub async fn message_unless_busy(&mut self, uid: u32, limit: usize) -> Result<OneMail, CommandError> {
        match self.read_message(uid, limit).await {
            Err(error @ CommandError::No { .. }) if !error.is_of_account() && !error.is_for_now() => {
                Ok(OneMail::Unreadable)
            }
            outcome => outcome,
        }
    }

    async fn read_message(&mut self, uid: u32, limit: usize) -> Result<OneMail, CommandError> {
        let before = self.look_at(uid, "UID FLAGS RFC822.SIZE INTERNALDATE").await?;
        let Some(before) = before else { return Ok(OneMail::Gone) };
        let is_whole = before.size.is_some_and(|size| u64::try_from(limit).is_ok_and(|limit| size <= limit));
        let part = if is_whole { String::new() } else { format!("<0.{limit}>") };
        // Sizes are estimates on some servers, and some know no parts: neither may make a message break every session.
        self.connection.set_literal_limit(limit.max(LARGEST_MAIL));
        let after = self.look_at(uid, &format!("UID BODY.PEEK[]{part}")).await;
        self.connection.set_literal_limit(0);
        let after = after?;
        let Some(after) = after else { return Ok(OneMail::Gone) };

        // Where it is not known whether the person had read it, it stays as it is.
        if let Some(flags) = &before.flags {
            self.take_back_seen(uid, flags, after.flags.as_deref()).await?;
        }

        let mut raw = after.body.unwrap_or_default();
        if raw.is_empty() && before.size != Some(0) {
            return Ok(OneMail::Unreadable);
        }
        let received = u64::try_from(raw.len()).unwrap_or(u64::MAX);
        // It was announced as that long, and came; what was cut off by the way is no answer at all.
        let is_all = is_whole || raw.len() < limit;
        raw.truncate(limit);
        let stated =
            before.size.unwrap_or_else(|| u64::try_from(limit).map_or(u64::MAX, |limit| limit.saturating_add(1)));
        let full_size = if is_all { received } else { stated.max(received) };
        let flags = before.flags.unwrap_or_default();
        Ok(OneMail::Mail(Box::new(FetchedMail { uid, raw, full_size, internal_date: before.internal_date, flags })))
    }

    /// Whether the selected folder still has that message.
    pub async fn is_here(&mut self, uid: u32) -> Result<bool, CommandError> {
        Ok(self.look_at(uid, "UID FLAGS").await?.is_some())
    }

    /// Everything the server says about one message in answer to one FETCH.
    ///
    /// That it says nothing means that the message is gone. But what it said may have been unreadable, or about a number
    /// that came over the wire wrong: in doubt it is asked once more.
    pub(super) async fn look_at(&mut self, uid: u32, items: &str) -> Result<Option<MessageData>, CommandError> {
        self.selected().ok_or(NOTHING_SELECTED)?;
        let mut dropped_before = self.dropped();
        for _ in 0..2 {
            dropped_before = self.dropped();
            let mut seen: Option<MessageData> = None;
            let mut is_of_another = false;
            let note = |untagged| {
                let Untagged::Fetch(data) = untagged else { return };
                is_of_another |= data.uid != Some(uid);
                if data.uid == Some(uid) {
                    seen.get_or_insert_default().absorb(*data);
                }
            };
            self.command(&format!("UID FETCH {uid} ({items})"), note).await?;
            let is_doubtful = is_of_another || dropped_before < self.dropped();
            if seen.is_some() || !is_doubtful {
                return Ok(seen);
            }
        }
        let text = "what it says about a message cannot be read".to_owned();
        if dropped_before < self.dropped() { Err(CommandError::No { code: None, text }) } else { Ok(None) }
    }

    /// Whether reading a message of these flags leaves them as they are.
    pub(super) fn leaves_no_trace(&self, flags: &[String]) -> bool {
        let is_read_only = self.selected().is_none_or(|selected| selected.is_read_only);
        is_read_only || has_flag(flags, "\\Seen") || self.peek == Peek::Honest
    }

    /// If our reading has marked the message as read, unmarks it. If the person did in the same moment, it stays.
    async fn take_back_seen(
        &mut self,
        uid: u32,
        before: &[String],
        after: Option<&[String]>,
    ) -> Result<(), CommandError> {
        if self.leaves_no_trace(before) {
            return Ok(());
        }
        if self.peek == Peek::Untested {
            let is_seen_now = match after.filter(|flags| has_flag(flags, "\\Seen")) {
                Some(_) => true,
                None => self
                    .look_at(uid, "UID FLAGS")
                    .await?
                    .and_then(|data| data.flags)
                    .is_some_and(|flags| has_flag(&flags, "\\Seen")),
            };
            self.peek = if is_seen_now { Peek::SetsSeen } else { Peek::Honest };
        }
        if self.peek == Peek::SetsSeen {
            self.command(&format!("UID STORE {uid} -FLAGS.SILENT (\\Seen)"), |_| ()).await?;
        }
        Ok(())
    }

    async fn sweep(&mut self, set: &str, on: impl FnMut(Summary)) -> Result<Swept, CommandError> {
        self.sweep_for(SUMMARY, set, on).await
    }

    /// Asks for these items of a set of messages.
    pub(super) async fn sweep_for(
        &mut self,
        items: &str,
        set: &str,
        mut on: impl FnMut(Summary),
    ) -> Result<Swept, CommandError> {
        let most = most_messages(self.selected().ok_or(NOTHING_SELECTED)?.exists);
        let dropped_before = self.dropped();
        let mut reported = BTreeSet::new();
        let mut messages = 0_usize;
        let note = |untagged| {
            let Untagged::Fetch(data) = untagged else { return };
            let Some(summary) = data.into_summary().filter(|_| messages <= most) else { return };
            messages = messages.saturating_add(1);
            reported.insert(summary.uid);
            on(summary);
        };
        match self.command(&format!("UID FETCH {set} ({items})"), note).await {
            Ok(_) => {}
            // One bad message is enough for some to refuse all, or all behind it.
            Err(error @ CommandError::No { .. }) if !error.is_of_account() => {
                for uid in self.uids_of(set, most).await?.difference(&reported) {
                    messages = messages.saturating_add(1);
                    on(Summary { uid: *uid, ..Summary::default() });
                }
            }
            Err(error) => return Err(error),
        }
        if most < messages {
            return Err(self.connection.distrust(Fault::TooMany));
        }
        let messages = u32::try_from(messages).unwrap_or(u32::MAX);
        Ok(Swept { messages, dropped: self.dropped().saturating_sub(dropped_before) })
    }

    /// Which of these UIDs there are. As little as can be asked, in two ways.
    async fn uids_of(&mut self, set: &str, most: usize) -> Result<BTreeSet<u32>, CommandError> {
        let mut uids = BTreeSet::new();
        let mut note = |untagged| {
            if most < uids.len() {
                return;
            }
            if let Untagged::Fetch(data) = &untagged {
                uids.extend(data.uid);
            } else if let Untagged::Search(found) = untagged {
                uids.extend(found);
            }
        };
        match self.command(&format!("UID FETCH {set} (UID)"), &mut note).await {
            Err(CommandError::No { .. }) => drop(self.command(&format!("UID SEARCH UID {set}"), note).await?),
            outcome => drop(outcome?),
        }
        Ok(uids)
    }

    /// For servers that tell too little when a folder is selected.
    async fn ask_figures(&mut self, folder: &FolderName, found: &mut Opening) -> Result<(), CommandError> {
        let figures = match self.status(folder, "UIDNEXT UIDVALIDITY").await {
            Err(error) if !error.leaves_session_usable() => return Err(error),
            outcome => outcome.unwrap_or_default(),
        };
        let known = &mut found.figures;
        known.uid_validity = known.uid_validity.or(figures.uid_validity);
        known.uid_next = known.uid_next.or(figures.uid_next);
        if known.uid_next.is_some() || found.exists == 0 {
            return Ok(());
        }
        let mut highest = 0;
        let note = |untagged| {
            if let Untagged::Fetch(data) = untagged {
                highest = data.uid.unwrap_or(0).max(highest);
            }
        };
        self.command("UID FETCH * (UID)", note).await?;
        found.figures.uid_next = Some(highest.saturating_add(1));
        Ok(())
    }
}

/// A caller's mistake, told without a panic.
pub(super) const NOTHING_SELECTED: CommandError = CommandError::NotSent("no folder is selected");

/// What SELECT says, piece by piece.
#[derive(Debug, Default)]
struct Opening {
    exists: u32,
    figures: FolderFigures,
    flags: Option<Vec<String>>,
    permanent_flags: Option<Vec<String>>,
    is_read_only: bool,
    modseq: Option<u64>,
}

impl Opening {
    fn has_junk_keywords(&self) -> bool {
        self.flags.as_deref().is_some_and(|flags| says_junk(flags) || says_not_junk(flags, false))
    }

    fn permanent_flags(&mut self) -> BTreeSet<String> {
        let flags = self.flags.take().unwrap_or_default();
        let Some(permanent) = self.permanent_flags.take() else { return flags.into_iter().collect() };
        let mut permanent: BTreeSet<String> = permanent.into_iter().collect();
        if permanent.contains("\\*") {
            permanent.extend(flags.into_iter().filter(|flag| !flag.starts_with('\\')));
        }
        permanent
    }

    fn note(&mut self, untagged: Untagged) {
        match untagged {
            Untagged::Exists(count) => self.exists = count,
            Untagged::Flags(flags) => self.flags = Some(flags),
            Untagged::Code(Code::PermanentFlags(flags)) => self.permanent_flags = Some(flags),
            Untagged::Code(Code::UidNext(uid)) => self.figures.uid_next = Some(uid),
            Untagged::Code(Code::UidValidity(value)) => self.figures.uid_validity = Some(value),
            Untagged::Code(Code::ReadOnly) => self.is_read_only = true,
            Untagged::Code(Code::HighestModSeq(number)) => self.modseq = Some(number),
            Untagged::Code(_)
            | Untagged::Expunge(_)
            | Untagged::Vanished(_)
            | Untagged::Fetch(_)
            | Untagged::Search(_)
            | Untagged::List(_)
            | Untagged::Status(..)
            | Untagged::Capability(_)
            | Untagged::Other => {}
        }
    }
}

impl MessageData {
    /// Servers may spread an answer over several responses.
    fn absorb(&mut self, other: Self) {
        self.uid = other.uid.or(self.uid);
        self.flags = other.flags.or(self.flags.take());
        self.size = other.size.or(self.size);
        self.internal_date = other.internal_date.or(self.internal_date);
        self.header = other.header.or(self.header.take());
        self.body = other.body.or(self.body.take());
    }

    /// `None` for what was sent unasked: a change of flags. One of which only the UID could be read is reported.
    fn into_summary(self) -> Option<Summary> {
        let is_answer = self.size.is_some() || self.internal_date.is_some() || self.header.is_some();
        let uid = self.uid.filter(|uid| *uid != 0 && (is_answer || self.flags.is_none()))?;
        let message_id = self.header.as_deref().and_then(message_id);
        let Self { size, internal_date, flags, .. } = self;
        Some(Summary { uid, size, internal_date, flags: flags.unwrap_or_default(), message_id })
    }
}

/// The value of the first `Message-ID` field.
pub(super) fn message_id(header: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(header);
    let name = "message-id:";
    let mut lines =
        text.lines().skip_while(|line| !line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)));
    let mut value = lines.next()?.get(name.len()..)?.trim().to_owned();
    for line in lines.take_while(|line| line.starts_with([' ', '\t'])) {
        value.push_str(line.trim());
    }
    (!value.is_empty()).then_some(value)
}

pub(super) fn most_messages(exists: u32) -> usize {
    let exists = usize::try_from(exists).unwrap_or(usize::MAX);
    exists.saturating_mul(2).saturating_add(1000).min(MOST_MESSAGES)
}

/// UID sets for commands, none too long.
pub(super) fn uid_sets(uids: &BTreeSet<u32>) -> Vec<String> {
    let mut ranges: BTreeMap<u32, u32> = BTreeMap::new();
    for uid in uids {
        match ranges.last_entry() {
            Some(mut last) if last.get().checked_add(1) == Some(*uid) => *last.get_mut() = *uid,
            Some(_) | None => drop(ranges.insert(*uid, *uid)),
        }
    }
    let mut sets: Vec<String> = Vec::new();
    for (first, last) in ranges {
        let range = if first == last { first.to_string() } else { format!("{first}:{last}") };
        match sets.last_mut() {
            Some(set) if set.len().saturating_add(range.len()) < MAX_SET => {
                set.push(',');
                set.push_str(&range);
            }
            Some(_) | None => sets.push(range),
        }
    }
    sets
}

#[cfg(test)]
mod tests;
