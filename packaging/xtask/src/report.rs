//! What the agent says against what is on the server.

use std::{collections::BTreeMap, fmt};

use anyhow::Result;
use xtask::{agent::Row, imap::Imap};

use crate::demo::Labelled;

/// One delivered message, and what became of it.
#[derive(Debug)]
struct Line {
    subject: String,
    is_spam: bool,
    /// The agent's word, if it has one for the message at that place.
    row: Option<Row>,
    /// Every folder in which the server has it.
    folders: Vec<&'static str>,
}

/// Everything that was delivered.
#[derive(Debug)]
pub(crate) struct Table {
    lines: Vec<Line>,
}

impl Table {
    /// Reads both folders back, byte for byte, and finds each delivered message in them.
    pub(crate) fn read(mail: &[Labelled], rows: &[Row], imap: &mut Imap) -> Result<Self> {
        let mut places: BTreeMap<Vec<u8>, Vec<(&'static str, u32)>> = BTreeMap::new();
        for folder in ["INBOX", "Junk"] {
            for seen in imap.folder(folder)? {
                let content = normalised(&imap.message(folder, seen.uid)?);
                places.entry(content).or_default().push((folder, seen.uid));
            }
        }
        let mut copies: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
        for one in mail {
            *copies.entry(normalised(&one.raw)).or_default() += 1;
        }
        let mut lines = Vec::new();
        for one in mail {
            let content = normalised(&one.raw);
            let wanted = copies.get(&content).copied().unwrap_or(1);
            let found = places.entry(content).or_default();
            // A corpus may hold the same bytes twice: each delivery then takes one of the copies.
            let mine: Vec<(&'static str, u32)> =
                if wanted == found.len() && wanted > 1 { found.drain(..1).collect() } else { found.clone() };
            if let Some(count) = copies.get_mut(&normalised(&one.raw)) {
                *count -= 1;
            }
            let row = mine.first().and_then(|(folder, uid)| {
                let name = if *folder == "INBOX" { "Inbox" } else { folder };
                rows.iter().find(|row| row.folder == name && row.uid == u64::from(*uid)).cloned()
            });
            let folders = mine.iter().map(|(folder, _)| *folder).collect();
            lines.push(Line { subject: subject(&one.raw), is_spam: one.is_spam, row, folders });
        }
        Ok(Self { lines })
    }

    /// Whether every message is there exactly once, judged, and where its verdict says.
    pub(crate) fn is_right(&self) -> bool {
        self.lines.iter().all(Line::is_right)
    }
}

impl Line {
    fn is_right(&self) -> bool {
        let Some(row) = &self.row else { return false };
        let wanted = if row.class == "spam" { "Junk" } else { "INBOX" };
        self.folders == [wanted]
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<44} {:<6} {:>6}  {:<6} top reasons", "subject", "class", "score", "folder")?;
        for line in &self.lines {
            let folder = if line.folders.is_empty() { "LOST".to_owned() } else { line.folders.join("+") };
            let folder = folder.replace("INBOX", "Inbox");
            let (class, score, reasons) = match &line.row {
                Some(row) => (row.class.as_str(), format!("{:.1}", row.score), row.reasons.join("; ")),
                None => ("-", "-".to_owned(), "not judged".to_owned()),
            };
            let mark = if line.is_right() { ' ' } else { '!' };
            let subject = line.row.as_ref().map_or(line.subject.as_str(), |row| row.subject.as_str());
            let subject = fitted(if subject.is_empty() { "(no subject)" } else { subject }, 44);
            writeln!(f, "{subject} {class:<6} {score:>6}  {folder:<6}{mark}{}", fitted(&reasons, 100).trim_end())?;
        }
        let count = |is_spam: bool, folder: &str| {
            self.lines.iter().filter(|line| line.is_spam == is_spam && line.folders == [folder]).count()
        };
        let total = |is_spam: bool| self.lines.iter().filter(|line| line.is_spam == is_spam).count();
        let wrong = self.lines.iter().filter(|line| !line.is_right()).count();
        writeln!(f)?;
        writeln!(f, "{} messages; {} not where their verdict says", self.lines.len(), wrong)?;
        writeln!(f, "of {} spam, {} are in Junk", total(true), count(true, "Junk"))?;
        writeln!(f, "of {} wanted, {} are in Junk", total(false), count(false, "Junk"))
    }
}

/// The same with CRLF line ends whatever they were, as a server stores it.
fn normalised(raw: &[u8]) -> Vec<u8> {
    raw.iter().copied().filter(|byte| *byte != b'\r').collect()
}

fn subject(raw: &[u8]) -> String {
    let text = String::from_utf8_lossy(raw).replace('\r', "");
    let head = text.split("\n\n").next().unwrap_or_default().replace("\n ", " ").replace("\n\t", " ");
    let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with("subject:"));
    let value = line.and_then(|line| line.split_once(':')).map_or("", |(_, value)| value.trim());
    if value.is_empty() { "(no subject)".to_owned() } else { value.to_owned() }
}

fn fitted(text: &str, width: usize) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if clean.chars().count() <= width {
        return format!("{clean:<width$}");
    }
    let cut: String = clean.chars().take(width - 1).collect();
    format!("{cut}…")
}
