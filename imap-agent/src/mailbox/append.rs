//! Putting a message into a folder.
//!
//! The message goes as a synchronising literal: the server sees its size first, and may refuse before a byte of it is sent.
//! It is there only if the server said OK after it had all of it. After a lost connection it may be there all the same;
//! [`Session::find_all_by_message_id`] tells.

use std::borrow::Cow;

use super::{
    date::internal_date,
    folders::FolderName,
    response::{Code, CommandError, Untagged},
    session::Session,
};

/// What may be given to a new message; `\Recent` is the server's alone (RFC 3501 §2.3.2).
const SYSTEM_FLAGS: [&str; 5] = ["\\Seen", "\\Answered", "\\Flagged", "\\Deleted", "\\Draft"];

impl Session {
    /// Puts a message into a folder, with these flags and keywords and this date of arrival (Unix seconds; the present if
    /// none). Returns the folder's UIDVALIDITY and the new UID, if the server tells.
    ///
    /// Flags that are none are left out, and keywords where the folder does not keep them. Bare line feeds become CRLF.
    /// The server's reason for a refusal is in the code: [`Code::OverQuota`], [`Code::TooBig`], [`Code::TryCreate`].
    pub async fn append(
        &mut self,
        folder: &FolderName,
        raw: &[u8],
        flags: &[String],
        internal_date: Option<i64>,
    ) -> Result<Option<(u32, u32)>, CommandError> {
        let message = with_line_ends(raw);
        self.may_append(&message)?;
        let (system, keywords) = self.sorted(folder, flags);
        let all: Vec<&str> = [&*system, &*keywords].concat();
        match self.append_with(folder, &message, &all, internal_date).await {
            Err(error) if !keywords.is_empty() && may_be_for_keywords(&error) => {
                self.append_with(folder, &message, &system, internal_date).await
            }
            outcome => outcome,
        }
    }

    /// Whether a message may be put anywhere on this server, as far as that can be known before it is tried.
    pub fn may_append(&self, message: &[u8]) -> Result<(), CommandError> {
        if message.is_empty() {
            return Err(CommandError::NotSent("the message is empty"));
        }
        // RFC 3501 §4.3: a literal has no NUL, and servers put something else in its place.
        if message.contains(&0) {
            return Err(CommandError::NotSent("the message has a NUL in it, which IMAP does not carry"));
        }
        // RFC 7889. Without a number each folder has its own, and the server will say so.
        let limit = self.announced("APPENDLIMIT").and_then(|limit| limit.parse::<usize>().ok());
        match limit.filter(|limit| *limit < message.len()) {
            Some(limit) => {
                let text = format!("it takes no message of more than {limit} bytes");
                Err(CommandError::No { code: Some(Code::TooBig), text })
            }
            None => Ok(()),
        }
    }

    /// The system flags and the keywords among these that the folder may keep.
    fn sorted<'a>(&self, folder: &FolderName, flags: &'a [String]) -> (Vec<&'a str>, Vec<&'a str>) {
        let is_one_of_ours = |flag: &&str| SYSTEM_FLAGS.iter().any(|known| known.eq_ignore_ascii_case(flag));
        let (system, others): (Vec<&str>, Vec<&str>) = flags.iter().map(String::as_str).partition(is_one_of_ours);
        let is_selected = self.selected().is_some_and(|selected| selected.folder == *folder && !selected.is_read_only);
        let keywords = others.into_iter().filter(|flag| is_keyword(flag));
        (system, keywords.filter(|keyword| !is_selected || self.permits_keyword(keyword)).collect())
    }

    async fn append_with(
        &mut self,
        folder: &FolderName,
        message: &[u8],
        flags: &[&str],
        date: Option<i64>,
    ) -> Result<Option<(u32, u32)>, CommandError> {
        let date = date.map(|date| format!(" \"{}\"", internal_date(date))).unwrap_or_default();
        let line = format!("APPEND {} ({}){date} {{{}}}", folder.argument(), flags.join(" "), message.len());
        let mut told = None;
        let mut note = |code: &Code| {
            if let Code::AppendUid { uid_validity, uid } = code {
                told = Some((*uid_validity, *uid));
            }
        };
        let on = |untagged| {
            if let Untagged::Code(code) = untagged {
                note(&code);
            }
        };
        let completed = self.command_with(&line, Some(message), on).await?;
        if let Some(code) = &completed.code {
            note(code);
        }
        Ok(told)
    }
}

/// Whether the server may think better of it without keywords.
fn may_be_for_keywords(error: &CommandError) -> bool {
    match error {
        // Servers have a limit to the number of keywords, too.
        CommandError::No { code, .. } => matches!(code, None | Some(Code::Limit | Code::Other(_))),
        CommandError::Bad { .. } => !error.is_of_account(),
        CommandError::Bye { .. } | CommandError::Lost(_) | CommandError::Timeout | CommandError::NotSent(_) => false,
    }
}

/// Whether it is an atom (RFC 3501 §9), and so can be a keyword.
fn is_keyword(flag: &str) -> bool {
    !flag.is_empty() && flag.bytes().all(|byte| byte.is_ascii_graphic() && !b"(){%*\"\\]".contains(&byte))
}

/// Every line feed has its carriage return.
fn with_line_ends(raw: &[u8]) -> Cow<'_, [u8]> {
    let is_bare = |index: usize| raw.get(index) == Some(&b'\n') && (index == 0 || raw.get(index - 1) != Some(&b'\r'));
    if !(0..raw.len()).any(is_bare) {
        return Cow::Borrowed(raw);
    }
    let mut message = Vec::with_capacity(raw.len().saturating_add(raw.len() / 32));
    for (index, byte) in raw.iter().enumerate() {
        if is_bare(index) {
            message.push(b'\r');
        }
        message.push(*byte);
    }
    Cow::Owned(message)
}

#[cfg(test)]
mod tests;
