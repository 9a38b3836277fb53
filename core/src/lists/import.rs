//! Entries from files of other programs.
//!
//! What kind of file it is shows in its text: one of ours, SpamAssassin's settings, or an address book as vCards, LDIF or
//! comma-separated values. Whoever is in an address book is accepted.

mod book;
mod spamassassin;
#[cfg(test)]
mod tests;

use super::{
    Draft,
    csv::{HEAD, draft, rows},
};

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// The entries, in the file's order, each once.
    pub drafts: Vec<Draft>,
    /// What could not be taken: the number of the line, and why in one sentence without full stop.
    pub skipped: Vec<(usize, String)>,
}

/// Reads a file, whichever of those it is. Nothing in it is fatal.
pub fn import(text: &str) -> Imported {
    let text = text.trim_start_matches('\u{feff}');
    let mut imported = Imported::default();
    let has_line = |begin: &str| {
        text.lines().any(|line| line.get(..begin.len()).is_some_and(|head| head.eq_ignore_ascii_case(begin)))
    };
    if has_line("BEGIN:VCARD") {
        book::vcards(text, &mut imported);
    } else if has_line("dn:") {
        book::ldif(text, &mut imported);
    } else if let Some(places) = own_head(text) {
        for (number, row) in rows(text, ',').into_iter().skip(1) {
            imported.take(number, draft(&row, &places));
        }
    } else if spamassassin::is_of_it(text) {
        spamassassin::read(text, &mut imported);
    } else {
        book::table(text, &mut imported);
    }
    imported
}

impl Imported {
    fn take(&mut self, line: usize, draft: Result<Draft, String>) {
        match draft {
            Ok(draft) => self.drafts.push(draft),
            Err(why) => self.skipped.push((line, why)),
        }
    }
}

/// Where the columns of a file of ours are, if it is one.
fn own_head(text: &str) -> Option<[Option<usize>; 6]> {
    let first = rows(text.lines().next()?, ',').into_iter().next()?.1;
    let place = |name: &str| first.iter().position(|cell| cell.trim().eq_ignore_ascii_case(name));
    let places = HEAD.map(place);
    let is_ours = places.iter().take(3).all(Option::is_some);
    is_ours.then_some(places)
}
