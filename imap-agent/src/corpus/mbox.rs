//! The messages of an mbox, read through once, whatever its size.
//!
//! A message begins after an empty line with `From `, a sender and a date such as `Thu Aug 22 12:36:23 2002`. Without
//! the date it is somebody's sentence. What was quoted as `>From ` when the file was written is unquoted.

use std::{
    fs::File,
    io::{self, BufRead as _, BufReader, Read as _},
};

use super::{MAX_MESSAGE, Message, Skipped, too_large};
use crate::words::because;

/// More of a line is not needed to see what it is.
const MAX_LINE: u64 = 1 << 16;

/// An mbox, up to where it has been read.
#[derive(Debug)]
pub(super) struct Mbox {
    name: String,
    lines: Lines,
    /// Messages given out.
    count: usize,
    has_more: bool,
}

/// What ended a message.
enum End {
    File,
    NextMessage,
}

impl Mbox {
    /// Reads `file` from its first line, which is a separator.
    pub(super) fn new(name: String, file: BufReader<File>) -> Self {
        Self { name, lines: Lines { file, line: Vec::new(), begins: true, ended: true }, count: 0, has_more: true }
    }

    pub(super) fn next(&mut self) -> Option<Result<Message, Skipped>> {
        if !self.has_more {
            return None;
        }
        let read = self.read();
        self.count += 1;
        self.has_more = matches!(read, Ok((_, End::NextMessage)));
        let name =
            if self.count == 1 && !self.has_more { self.name.clone() } else { format!("{}#{}", self.name, self.count) };
        let message = read.and_then(|(raw, _)| raw.ok_or_else(too_large));
        Some(match message {
            Ok(raw) => Ok(Message { name, raw }),
            Err(err) => Err(Skipped { name, why: because(&err) }),
        })
    }

    /// The next message, or `None` for one that is too large.
    fn read(&mut self) -> io::Result<(Option<Vec<u8>>, End)> {
        if self.count == 0 {
            self.lines.skip()?;
        }
        let mut raw = Some(Vec::new());
        let mut is_after_blank = false;
        let end = loop {
            if !self.lines.advance()? {
                break End::File;
            }
            let line = self.lines.line.as_slice();
            if is_after_blank && self.lines.begins && is_separator(line) {
                self.lines.skip_rest()?;
                break End::NextMessage;
            }
            is_after_blank = self.lines.begins && matches!(line, b"\n" | b"\r\n");
            let line = if self.lines.begins { unquote(line) } else { line };
            raw = raw.filter(|raw| size(raw).saturating_add(size(line)) <= MAX_MESSAGE);
            if let Some(raw) = &mut raw {
                raw.extend_from_slice(line);
            }
        };
        Ok((raw.map(without_last_blank_line), end))
    }
}

/// Pieces of lines, none longer than [`MAX_LINE`].
#[derive(Debug)]
struct Lines {
    file: BufReader<File>,
    line: Vec<u8>,
    /// Whether `line` is the beginning of one.
    begins: bool,
    /// Whether `line` is the end of one.
    ended: bool,
}

impl Lines {
    /// Reads the next piece. False at the end of the file.
    fn advance(&mut self) -> io::Result<bool> {
        self.begins = self.ended;
        self.line.clear();
        self.file.by_ref().take(MAX_LINE).read_until(b'\n', &mut self.line)?;
        self.ended = self.line.ends_with(b"\n");
        Ok(!self.line.is_empty())
    }

    fn skip(&mut self) -> io::Result<()> {
        self.advance()?;
        self.skip_rest()
    }

    fn skip_rest(&mut self) -> io::Result<()> {
        while !self.ended && self.advance()? {}
        self.ended = true;
        Ok(())
    }
}

/// Whether a message begins with this line.
pub(super) fn is_separator(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"From ") else { return false };
    let Ok(text) = std::str::from_utf8(rest) else { return false };
    let words: Vec<&str> = text.split_whitespace().take(12).collect();
    words.windows(5).any(is_date)
}

/// `Thu Aug 22 12:36:23 2002`, also with a zone before or after the year.
fn is_date(words: &[&str]) -> bool {
    let [weekday, month, day, time, rest] = words else { return false };
    let is_day = day.parse::<u8>().is_ok_and(|day| (1..=31).contains(&day));
    let is_time = time.split(':').all(|part| part.parse::<u8>().is_ok_and(|part| part <= 60));
    let is_year_or_zone =
        rest.len() <= 6 && rest.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-'));
    WEEKDAYS.contains(weekday) && MONTHS.contains(month) && is_day && is_time && time.contains(':') && is_year_or_zone
}

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `>From ` becomes `From `, `>>From ` becomes `>From `.
fn unquote(line: &[u8]) -> &[u8] {
    match line.strip_prefix(b">") {
        Some(rest) if after_quotes(rest).starts_with(b"From ") => rest,
        Some(_) | None => line,
    }
}

fn after_quotes(line: &[u8]) -> &[u8] {
    let quotes = line.iter().take_while(|byte| **byte == b'>').count();
    line.get(quotes..).unwrap_or_default()
}

/// The empty line before a separator belongs to the file, not to the message.
fn without_last_blank_line(mut raw: Vec<u8>) -> Vec<u8> {
    if raw.ends_with(b"\r\n\r\n") {
        raw.truncate(raw.len() - 2);
    } else if raw.ends_with(b"\n\n") {
        raw.truncate(raw.len() - 1);
    }
    raw
}

fn size(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}
