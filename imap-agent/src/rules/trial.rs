//! Updated rules are tried before they take the place of others.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tamis_core::{
    Arrival, Mail,
    rules::{CompileSettings, Hits, Program},
};

use super::{Pack, in_use::tried};

/// Ordinary mail that nobody would want filed: a club, a parcel, a list.
const WANTED: &[&[u8]] = &[
    include_bytes!("../../../assets/demo/20-book-club-maddy.eml"),
    include_bytes!("../../../assets/demo/53-parceljet-delivery.eml"),
    include_bytes!("../../../assets/demo/23-list-patch-v2.eml"),
];

/// More points than these for wanted mail are what makes it spam by themselves.
const MOST_POINTS: f64 = 5.0;

/// A byte or piece is repeated so often in hostile mail.
const OFTEN: usize = 100_000;

/// Whether rules are fit for use: that most of them run, that they leave wanted mail alone, and that no mail holds them up.
pub fn works(pack: &Pack) -> Result<(), String> {
    let (book, _) = tried(&pack.files)?;
    let settings = CompileSettings { has_network: false, has_learner: true };
    let (program, _) = Program::compile(&book, settings);
    for raw in WANTED {
        let hits = judged(&program, raw)?;
        if hits.points() > MOST_POINTS {
            return Err(format!("they give wanted mail {:.1} points", hits.points()));
        }
        if let Some(rule) = hits.exhausted.first() {
            return Err(format!("the rule {rule} takes too long for ordinary mail"));
        }
    }
    hostile().iter().try_for_each(|raw| judged(&program, raw).map(|_| ()))
}

fn judged(program: &Program, raw: &[u8]) -> Result<Hits, String> {
    let mail = Mail::parse(raw, &Arrival::default());
    let run = AssertUnwindSafe(|| program.run(&mail, None));
    catch_unwind(run).map_err(|_words_of_mail| "they break off on a message".to_owned())
}

/// Mail that was made to hold up whoever reads it.
fn hostile() -> Vec<Vec<u8>> {
    let text =
        |piece: &[u8]| [b"From: a@b.example\nSubject: x\n\n".as_slice(), &piece.repeat(OFTEN / piece.len())].concat();
    let header = [b"Subject: ".as_slice(), &b"=?utf-8?q?=41?= ".repeat(OFTEN / 16), b"\n\nx\n"].concat();
    vec![text(b"a"), text(b"\0\xff"), text(b"<a href=http://x.example/>"), text(b"a a\n\n"), header]
}

#[cfg(test)]
mod tests {
    use tamis_core::rules::RuleFile;

    use super::*;

    fn said(rules: &str) -> Result<(), String> {
        let file = RuleFile { name: "a.cf".to_owned(), text: rules.as_bytes().to_vec(), is_only_included: false };
        works(&Pack { version: 1, key: String::new(), files: vec![file] })
    }

    #[test]
    fn only_rules_that_leave_wanted_mail_alone_are_taken() {
        assert_eq!(said("body PILLS /cheap pills/i\n"), Ok(()));
        assert_eq!(said("body ANY /./\nscore ANY 5.5\n"), Err("they give wanted mail 5.5 points".to_owned()));
        assert_eq!(said("no rules at all\n"), Err("there is no rule in them that runs".to_owned()));
    }
}
