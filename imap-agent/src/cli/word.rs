//! `word`: what the learner knows of a word.

use serde::Serialize;
use tamis_core::{api::WordPlace, learn::Logistic};

use super::{
    Backend, Failure,
    lessons::{NOTHING, older_line},
    out::Out,
    table::table,
};
use crate::{
    paths::Home,
    settings::Settings,
    word::{Search, is_too_long, names},
    words::{grouped, one_line},
};

pub(super) const EXAMPLES: &str = "Examples:
  tamis-agent word invoice
  tamis-agent word \"wire transfer\" shop.example news@shop.example
  tamis-agent word \"x-mailer: mass mailer\"

Each word is looked for in the text, the subject, names of senders and files, links, hidden text, the
header and the route; two words in quotation marks are a pair. Good and spam are numbers of lessons
that have it. What it says alone is the probability of spam if a message of usual length had nothing
else that speaks; 50 % says nothing.";

#[derive(Debug, clap::Args)]
pub(super) struct WordArgs {
    /// Words, pairs of words, domains or addresses
    #[arg(required = true, value_name = "WORD")]
    words: Vec<String>,

    /// One JSON object a line instead of a table
    #[arg(long)]
    json: bool,
}

/// One place in which a word is.
#[derive(Debug, Serialize)]
struct Row {
    word: String,
    /// Where it is, in words.
    said: String,
    /// Good messages that have it there.
    ham: u32,
    spam: u32,
    /// What it says alone, 0 to 1.
    probability: f64,
}

pub(super) fn word(home: &Home, args: &WordArgs, backend: &dyn Backend, out: &mut Out) -> Result<(), Failure> {
    if args.words.iter().any(|word| word.trim().is_empty()) {
        return Err(Failure::person("an empty word is in no message"));
    }
    if let Some(long) = args.words.iter().find(|word| is_too_long(word)) {
        let long = one_line(long);
        return Err(Failure::person(format!("`{long}` is more than two words; lessons know words and pairs of words")));
    }
    let mut search = Search::of(&args.words, &names(Settings::load(home)?.config()));
    let mut learner = Logistic::default();
    if let Some(glimpse) = backend.lessons(home)? {
        search.read(&glimpse, Some(&mut learner))?;
    }
    if search.lessons == 0 {
        let nothing = older_line(search.outdated).unwrap_or_else(|| NOTHING.to_owned());
        return if args.json { Ok(()) } else { out.line(nothing) };
    }
    for (n, word) in args.words.iter().enumerate() {
        let row = |place: WordPlace| {
            let WordPlace { said, ham, spam, probability } = place;
            Row { word: word.clone(), said, ham, spam, probability }
        };
        let rows: Vec<Row> = search.places_of(n, &learner).into_iter().map(row).collect();
        if args.json {
            rows.iter().try_for_each(|row| out.json(row))?;
            continue;
        }
        if 0 < n {
            out.line("")?;
        }
        if rows.is_empty() {
            out.line(format_args!("no lesson has `{}`", one_line(word)))?;
            continue;
        }
        lines(&rows).into_iter().try_for_each(|line| out.line(line))?;
    }
    Ok(())
}

fn lines(rows: &[Row]) -> Vec<String> {
    let cells = |row: &Row| vec![format!("{:.1} %", row.probability * 100.0), grouped(row.ham), grouped(row.spam)];
    let cells: Vec<Vec<String>> = rows.iter().map(cells).collect();
    let table = table(&["Says spam", "Good", "Spam"], &cells);
    let width = table.iter().map(|line| line.chars().count()).max().unwrap_or(0);
    // What is said stands last, whole.
    let said = std::iter::once("Where".to_owned()).chain(rows.iter().map(|row| one_line(&row.said)));
    table.iter().zip(said).map(|(line, said)| format!("{line:<width$}  {said}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_shows_what_is_said_whole() {
        let row = |said: &str, ham, spam, probability| Row {
            word: "x".to_owned(),
            said: said.to_owned(),
            ham,
            spam,
            probability,
        };
        let long = "x".repeat(60);
        let lines = lines(&[row("\"x\"", 3, 1204, 0.9712), row(&long, 0, 1, 0.5)]);
        assert_eq!(lines[0], "Says spam  Good  Spam   Where");
        assert_eq!(lines[1], "97.1 %     3     1,204  \"x\"");
        assert_eq!(lines[2], format!("50.0 %     0     1      {long}"));
    }
}
