//! Entries as a file of comma-separated values (RFC 4180), and such files read.

use super::{Draft, Kind, Side, What};

/// The first line of a file of ours.
pub(super) const HEAD: [&str; 6] = ["list", "kind", "value", "account", "note", "state"];

/// The longest note, in characters.
const MOST_NOTE: usize = 500;

/// Entries as a file that [`import`](super::import()) reads back to the same.
pub fn export(entries: &[Draft]) -> String {
    let mut text = line(&HEAD.map(str::to_owned));
    for entry in entries {
        text.push_str(&line(&[
            entry.side.word().to_owned(),
            entry.what.kind().word().to_owned(),
            entry.what.value(),
            entry.account.clone(),
            entry.note.clone(),
            if entry.is_on { "on" } else { "off" }.to_owned(),
        ]));
    }
    text
}

fn line(cells: &[String]) -> String {
    let cell = |cell: &String| {
        let is_plain = !cell.contains([',', '"', '\n', '\r']) && cell.trim() == cell;
        if is_plain { cell.clone() } else { format!("\"{}\"", cell.replace('"', "\"\"")) }
    };
    let mut line = cells.iter().map(cell).collect::<Vec<_>>().join(",");
    line.push_str("\r\n");
    line
}

/// Rows of cells, each row with the number of the line it begins on.
pub(super) fn rows(text: &str, separator: char) -> Vec<(usize, Vec<String>)> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut number, mut began, mut is_quoted) = (1, 1, false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if is_quoted && chars.peek() == Some(&'"') => cell.extend(chars.next()),
            '"' if is_quoted => is_quoted = false,
            '"' if cell.is_empty() => is_quoted = true,
            '\r' if !is_quoted && chars.peek() == Some(&'\n') => {}
            '\n' if !is_quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push((began, std::mem::take(&mut row)));
                began = number + 1;
            }
            c if c == separator && !is_quoted => row.push(std::mem::take(&mut cell)),
            c => cell.push(c),
        }
        number += usize::from(c == '\n');
    }
    if !cell.is_empty() || !row.is_empty() {
        row.push(cell);
        rows.push((began, row));
    }
    rows.retain(|(_, row)| row.iter().any(|cell| !cell.trim().is_empty()));
    rows
}

/// An entry of a row; `places` says where the columns of [`HEAD`] are. An error is one sentence.
pub(super) fn draft(row: &[String], places: &[Option<usize>; 6]) -> Result<Draft, String> {
    let cell = |column: usize| {
        let place = places.get(column).copied().flatten();
        place.and_then(|place| row.get(place)).map(|cell| cell.trim()).unwrap_or_default()
    };
    let side = Side::from_word(&cell(0).to_lowercase());
    let side = side.ok_or_else(|| format!("\"{}\" is neither accept nor block", cell(0)))?;
    let kind = Kind::from_word(&cell(1).to_lowercase()).ok_or_else(|| format!("there is no kind \"{}\"", cell(1)))?;
    let what = What::parse(kind, cell(2))?;
    what.check(side)?;
    let is_on = match cell(5).to_lowercase().as_str() {
        "" | "on" => true,
        "off" => false,
        other => return Err(format!("the state is \"on\" or \"off\", not \"{other}\"")),
    };
    Ok(Draft { account: cell(3).to_owned(), note: tidy_note(cell(4)), is_on, ..Draft::new(side, what) })
}

/// A note of one line, not endless.
pub fn tidy_note(written: &str) -> String {
    written.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(MOST_NOTE).collect()
}
