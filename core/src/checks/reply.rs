//! Whether the message answers another.

use crate::{check::Check, evidence::Evidence, finding::Findings, mail::Mail, symbol::SymbolInfo};

use super::text::fold;

const REAL_REPLY: SymbolInfo = SymbolInfo::new("REAL_REPLY", "It answers a message and quotes it");

/// Replies.
#[derive(Debug)]
pub(super) struct Reply;

impl Check for Reply {
    fn name(&self) -> &'static str {
        "reply"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[REAL_REPLY] }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        if answers(mail) && claimed(&fold(mail.subject())).is_some() && quotes(mail) {
            findings.raise(&REAL_REPLY, "it names the message it answers, and quotes it");
        }
    }
}

/// Whether it names the message it answers.
pub(super) fn answers(mail: &Mail<'_>) -> bool {
    let names_one = |name| mail.header(name).is_some_and(|value| value.contains('@'));
    names_one("In-Reply-To") || names_one("References") || mail.has_header("Thread-Index")
}

/// The mark of a reply at the beginning of a folded subject, in the languages of common mail programs.
pub(super) fn claimed(subject: &str) -> Option<&'static str> {
    const MARKS: [&str; 8] = ["re:", "aw:", "antw:", "sv:", "vs:", "odp:", "rif:", "res:"];
    // A list may have put its name before the mark.
    let after_name =
        subject.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(subject, |(_, rest)| rest.trim());
    MARKS.into_iter().find(|mark| subject.starts_with(mark) || after_name.starts_with(mark))
}

/// Whether its text quotes another.
pub(super) fn quotes(mail: &Mail<'_>) -> bool {
    const BEGINNINGS: [&str; 8] =
        [" wrote:", " schrieb:", " a écrit :", " a écrit:", " escribió:", " napsal", " scrisse:", "-original message-"];
    mail.texts().iter().any(|part| {
        part.text.lines().take(2000).any(|line| {
            let line = line.trim();
            line.starts_with('>')
                || line.len() < 200 && BEGINNINGS.iter().any(|begin| line.to_lowercase().contains(begin))
        })
    })
}
