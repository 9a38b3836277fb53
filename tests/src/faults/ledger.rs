//! The letters of a session, where each of them has to be in the end, and what has become of them.

use std::{collections::BTreeMap, fmt};

use anyhow::Result;
use xtask::{agent::Row, imap::Imap};

use crate::letter::Letter;

/// The settings that make the policy do something else to each sort of letter: they differ in size.
pub const POLICY: &str = "[account.policy]\nspam = \"junk\"\n\
     [[account.policy.size]]\nabove = \"1 KB\"\nspam = \"tag\"\n\
     [[account.policy.size]]\nabove = \"3 KB\"\nspam = \"strip\"\n\
     [[account.policy.size]]\nabove = \"5 KB\"\nspam = \"delete\"";

/// What is to be done to a letter, by the policy alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    /// Wanted: it stays.
    Ham,
    /// It is moved to Junk.
    Junk,
    /// It is marked.
    Tag,
    /// It loses its program.
    Strip,
    /// It is removed.
    Delete,
}

/// The form in which a message lies somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Original,
    Tagged,
    Stripped,
}

/// A letter and what it is to be.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The letter.
    pub letter: Letter,
    /// What the policy does to it.
    pub sort: Sort,
}

/// A copy of something on the server.
#[derive(Clone, Debug)]
pub struct Copy {
    /// Its folder.
    pub folder: String,
    /// Its number there.
    pub uid: u32,
    /// All of it.
    pub raw: Vec<u8>,
    flags: String,
}

/// What was found to be wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// Letters that are nowhere, or no longer what they were.
    pub lost: Vec<String>,
    /// Letters of which there is more than one copy, and copies of nothing.
    pub duplicated: Vec<String>,
    /// Letters that are not where they have to be, or not in the form in which they have to be there.
    pub misplaced: Vec<String>,
    /// Whatever else the agent should know better: its rows, its lessons, its changes.
    pub confused: Vec<String>,
}

impl Sort {
    /// What the agent calls it.
    pub fn action(self) -> &'static str {
        match self {
            Self::Ham => "leave",
            Self::Junk => "junk",
            Self::Tag => "tag",
            Self::Strip => "strip",
            Self::Delete => "delete",
        }
    }

    fn of_action(action: &str) -> Self {
        let all = [Self::Junk, Self::Tag, Self::Strip, Self::Delete];
        all.into_iter().find(|sort| sort.action() == action).unwrap_or(Self::Ham)
    }

    /// Where it is after that, and in which form; `None` if it is in the archive alone.
    fn place(self) -> Option<(&'static str, Form)> {
        match self {
            Self::Ham => Some(("INBOX", Form::Original)),
            Self::Junk => Some(("Junk", Form::Original)),
            Self::Tag => Some(("INBOX", Form::Tagged)),
            Self::Strip => Some(("INBOX", Form::Stripped)),
            Self::Delete => None,
        }
    }
}

impl Entry {
    /// Letter number `number` of that sort.
    pub fn new(sort: Sort, number: usize) -> Result<Self> {
        let name = format!("{}-{number}", sort.action());
        let letter = match sort {
            Sort::Ham => Letter::ham(&name)?,
            Sort::Junk => Letter::spam(&name)?,
            Sort::Tag => longer(Letter::spam(&name)?, 1_500),
            Sort::Strip => with_program(&longer(Letter::spam(&name)?, 3_200)),
            Sort::Delete => longer(Letter::spam(&name)?, 5_500),
        };
        Ok(Self { letter, sort })
    }
}

impl Copy {
    /// Whether it is marked as deleted.
    pub fn is_marked(&self) -> bool {
        self.flags.to_ascii_lowercase().contains("\\deleted")
    }

    fn is_of(&self, letter: &Letter) -> bool {
        contains(&self.raw, format!("\r\nMessage-ID: {}\r\n", letter.id).as_bytes())
    }

    fn has_form(&self, letter: &Letter, form: Form) -> bool {
        match form {
            Form::Original => self.raw == letter.raw,
            Form::Tagged => self.raw.ends_with(body_of(&letter.raw)) && contains(&self.raw, b"\r\nSubject: [SPAM?] "),
            Form::Stripped => {
                contains(&self.raw, b"Tamis removed a part of this message") && !contains(&self.raw, PROGRAM)
            }
        }
    }
}

/// Everything on the server.
pub fn inventory(eye: &mut Imap) -> Result<Vec<Copy>> {
    let mut all = Vec::new();
    for folder in eye.folders()? {
        let found = eye.messages(&folder)?.into_iter();
        all.extend(found.map(|(uid, flags, raw)| Copy { folder: folder.clone(), uid, flags, raw }));
    }
    Ok(all)
}

/// What the agent has about a letter: by its subject, or, if that was read wrong, by the place of its copy.
pub fn row_of<'a>(letter: &Letter, rows: &'a [Row], copies: &[Copy]) -> Option<&'a Row> {
    let at_copy = |row: &&Row| {
        let mut mine = copies.iter().filter(|copy| copy.is_of(letter));
        mine.any(|copy| shown(&copy.folder) == row.folder && u64::from(copy.uid) == row.uid)
    };
    rows.iter().find(|row| row.subject == letter.subject).or_else(|| rows.iter().find(at_copy))
}

/// Where letters have to be by the last word of the person: `INBOX` or `Junk`, as they came. Of all others the policy says.
pub type Words = BTreeMap<String, &'static str>;

/// What a session is judged by.
#[derive(Debug)]
pub struct Ledger<'a> {
    /// Everything delivered.
    pub entries: &'a [Entry],
    /// The last word of the person, by subject.
    pub words: &'a Words,
    /// Whether the agent may have read something else than was said. What it made of that is then not its fault.
    pub is_corrupt: bool,
    /// Whether one letter may lie in the inbox, as it came, without the agent's knowing.
    pub is_one_passed: bool,
}

impl Ledger<'_> {
    /// Compares what was delivered with what is there.
    pub fn check(&self, copies: &[Copy], rows: &[Row], findings: &mut Findings) {
        let mut may_be_passed = self.is_one_passed;
        for entry in self.entries {
            let row = row_of(&entry.letter, rows, copies);
            if may_be_passed && row.is_none() && is_untouched(&entry.letter, copies) {
                may_be_passed = false;
                continue;
            }
            self.check_copies(entry, copies, row, findings);
            self.check_row(entry, copies, rows, findings);
        }
        for copy in copies.iter().filter(|copy| !self.entries.iter().any(|entry| copy.is_of(&entry.letter))) {
            findings.duplicated.push(format!("a copy of nothing: {} {}", copy.folder, copy.uid));
        }
    }

    /// Where it has to be, and as what. A message that was read wrong may have been judged otherwise.
    fn place(&self, entry: &Entry, row: Option<&Row>) -> Option<(&'static str, Form)> {
        if let Some(folder) = self.words.get(&entry.letter.subject) {
            return Some((folder, Form::Original));
        }
        match row.filter(|_| self.is_corrupt) {
            Some(row) => Sort::of_action(&row.action).place(),
            None => entry.sort.place(),
        }
    }

    fn check_copies(&self, entry: &Entry, copies: &[Copy], row: Option<&Row>, findings: &mut Findings) {
        let letter = &entry.letter;
        let mine: Vec<&Copy> = copies.iter().filter(|copy| copy.is_of(letter)).collect();
        let alive: Vec<&&Copy> = mine.iter().filter(|copy| !copy.is_marked()).collect();
        let seen: Vec<String> =
            mine.iter().map(|copy| format!("{} {} ({})", copy.folder, copy.uid, copy.flags)).collect();
        let says = |what: &str| format!("{}: {what}; copies: {seen:?}", letter.subject);
        let wanted = self.place(entry, row);
        if 1 < alive.len() || alive.len() < mine.len() {
            findings.duplicated.push(says("not one copy"));
        }
        match (wanted, alive.first()) {
            (None, None) => {}
            (None, Some(_)) => findings.misplaced.push(says("it should have been removed")),
            (Some(_), None) => findings.lost.push(says("it is gone")),
            (Some((folder, form)), Some(copy)) => {
                if copy.folder != folder {
                    findings.misplaced.push(says(&format!("it should be in {folder}")));
                }
                if copy.has_form(letter, form) {
                    return;
                }
                let is_known_form =
                    [Form::Original, Form::Tagged, Form::Stripped].map(|form| copy.has_form(letter, form));
                let heap = if is_known_form.contains(&true) { &mut findings.misplaced } else { &mut findings.lost };
                heap.push(says(&format!("it should be {form:?} and is\n{}", String::from_utf8_lossy(&copy.raw))));
            }
        }
    }

    /// The agent knows exactly one message of it, and knows where that is.
    fn check_row(&self, entry: &Entry, copies: &[Copy], rows: &[Row], findings: &mut Findings) {
        let letter = &entry.letter;
        let Some(row) = row_of(letter, rows, copies) else {
            findings.confused.push(format!("{}: the agent knows nothing about it", letter.subject));
            return;
        };
        if 1 < rows.iter().filter(|row| row.subject == letter.subject).count() {
            findings.confused.push(format!("{}: the agent knows it twice", letter.subject));
        }
        if !self.is_corrupt && row.action != entry.sort.action() {
            findings.confused.push(format!("{}: the policy said {}", letter.subject, row.action));
        }
        let mut alive = copies.iter().filter(|copy| copy.is_of(letter) && !copy.is_marked());
        let is_known = match alive.next() {
            Some(copy) => (shown(&copy.folder), u64::from(copy.uid)) == (&*row.folder, row.uid),
            None => row.folder.is_empty(),
        };
        if !is_known {
            findings.confused.push(format!("{}: the agent has it in {} {}", letter.subject, row.folder, row.uid));
        }
    }
}

/// Whether there is one copy of it, as it came and where it came.
fn is_untouched(letter: &Letter, copies: &[Copy]) -> bool {
    let mut mine = copies.iter().filter(|copy| copy.is_of(letter));
    let is_where_it_came = mine
        .next()
        .is_some_and(|copy| copy.folder == "INBOX" && !copy.is_marked() && copy.has_form(letter, Form::Original));
    is_where_it_came && mine.next().is_none()
}

impl Findings {
    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, heap) in [
            ("lost", &self.lost),
            ("duplicated", &self.duplicated),
            ("in the wrong place", &self.misplaced),
            ("confused", &self.confused),
        ] {
            for what in heap {
                writeln!(f, "  {name}: {what}")?;
            }
        }
        Ok(())
    }
}

/// A folder as the agent shows it.
fn shown(folder: &str) -> &str {
    if folder == "INBOX" { "Inbox" } else { folder }
}

/// The beginning of a program, in base64.
const PROGRAM: &[u8] = b"TVqQAAMAAAAEAAAA";

/// The same letter with so many bytes of text more, at least.
fn longer(letter: Letter, bytes: usize) -> Letter {
    let line = "There is always a little more to say about this.\r\n";
    let raw = [letter.raw, line.repeat(bytes.div_ceil(line.len())).into_bytes()].concat();
    Letter { raw, ..letter }
}

/// The same letter with a program in it, which nobody should open.
fn with_program(letter: &Letter) -> Letter {
    let text = String::from_utf8_lossy(&letter.raw).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_default();
    let head = head.replace("text/plain; charset=utf-8", "multipart/mixed; boundary=\"part\"");
    let program = String::from_utf8_lossy(PROGRAM);
    let raw = format!(
        "{head}\r\n\r\n--part\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n--part\r\n\
         Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"invoice.pdf.exe\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{program}\r\n--part--\r\n"
    );
    Letter { raw: raw.into_bytes(), ..letter.clone() }
}

fn body_of(raw: &[u8]) -> &[u8] {
    let at = raw.windows(4).position(|window| window == b"\r\n\r\n").unwrap_or_default();
    raw.get(at..).unwrap_or_default()
}

fn contains(raw: &[u8], words: &[u8]) -> bool {
    raw.windows(words.len()).any(|window| window == words)
}
