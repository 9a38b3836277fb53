//! The reason of a verdict in one sentence, for a person who knows no word of the trade.
//!
//! The findings are sorted by what they are about: who it claims to be from, what it says, what is attached, where its
//! links lead, how it looks, how it came. The strongest one speaks, and the strongest that is about something else.

mod book;
mod fact;
#[cfg(test)]
mod german;
mod joints;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, sync::LazyLock};

use book::{BOOK, Clause, Part, about_in};
use joints::Joints;

use crate::{
    Tongue,
    checks::{LISTED_ACCEPT, LISTED_BLOCK, virus::VIRUS_FOUND},
    finding::Finding,
    judge::{Class, DecidedBy, ScoredFinding, Verdict},
    phrase::PhraseBook,
    rules::is_own_rule,
    score::Score,
};

/// Below this many thousandths of a point together, nothing is worth a word.
const LEAST: i32 = 300;
/// From this many thousandths on, something against wanted mail is worth a word, and something for it says enough.
const CLEAR: i32 = 1_000;
/// From this many thousandths on, two findings of a family are the family, and not something by chance.
const FAMILY: i32 = 1_500;

/// Findings that are the same thing to say.
struct Point<'a> {
    part: Part,
    /// The line of the table, if there is one.
    place: Option<usize>,
    thousandths: i32,
    /// Heaviest first.
    findings: Vec<&'a ScoredFinding>,
}

/// Why `verdict` is as it is, in one sentence with its full stop.
///
/// What is quoted of the message is short, on one line, and without control or invisible characters.
pub fn reason(verdict: &Verdict) -> String {
    reason_in(Tongue::English, verdict)
}

/// The same in a language. It is made of the findings, so that it can be had of a verdict that was stored.
pub fn reason_in(tongue: Tongue, verdict: &Verdict) -> String {
    if verdict.decided_by == DecidedBy::TestMessage {
        return sentence(Joints::of(tongue).test_message);
    }
    if verdict.decided_by == DecidedBy::FilePolicy
        && let Some(denied) = verdict.findings.iter().find(|finding| finding.finding.symbol.name() == "FILE_DENIED")
    {
        return sentence(&in_words_in(tongue, &denied.finding).text);
    }
    if verdict.decided_by == DecidedBy::Virus
        && let Some(virus) = verdict.findings.iter().find(|finding| finding.finding.symbol == VIRUS_FOUND.symbol())
    {
        return sentence(&in_words_in(tongue, &virus.finding).text);
    }
    if let Some(listing) = listing(verdict) {
        return sentence(&fact::line(&fact_in(tongue, &listing.why)));
    }

    if verdict.decided_by == DecidedBy::Peer
        && let Some(peer) = verdict.findings.iter().find(|finding| finding.finding.symbol.name() == "PEER")
    {
        // Nothing of the message is in it.
        return sentence(&fact_in(tongue, &peer.finding.why));
    }
    let against = points(verdict, |score| Score::ZERO < score);
    sentence(&match verdict.class {
        Class::Ham => wanted(tongue, verdict, &against),
        Class::Unsure | Class::Spam => {
            pair(tongue, &against).unwrap_or_else(|| Joints::of(tongue).many_signs.to_owned())
        }
    })
}

/// What the entry says that settled it, if one did.
fn listing(verdict: &Verdict) -> Option<&Finding> {
    let symbol = match verdict.decided_by {
        DecidedBy::Accepted(_) => LISTED_ACCEPT.symbol(),
        DecidedBy::Blocked(_) => LISTED_BLOCK.symbol(),
        DecidedBy::Score | DecidedBy::TestMessage | DecidedBy::FilePolicy | DecidedBy::Peer | DecidedBy::Virus => {
            return None;
        }
    };
    verdict.findings.iter().map(|found| &found.finding).find(|finding| finding.symbol == symbol)
}

/// A finding in plain words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlainWords {
    /// One sentence without full stop: `It claims to be DHL, but comes from example.net`.
    pub text: String,
    /// Whether the facts of the message are in it, so that nothing needs to be quoted beside it.
    pub has_facts: bool,
}

/// What `finding` is in plain words.
pub fn in_words(finding: &Finding) -> PlainWords {
    in_words_in(Tongue::English, finding)
}

/// A finding's facts in a language; in English if it cannot be said in that.
pub fn fact_in(tongue: Tongue, why: &str) -> String {
    static GERMAN: LazyLock<PhraseBook> = LazyLock::new(|| PhraseBook::read(include_str!("../facts.de.txt")));
    match tongue {
        Tongue::English => why.to_owned(),
        Tongue::German => GERMAN.say(why).unwrap_or_else(|| why.to_owned()),
    }
}

/// What `finding` is in plain words of a language.
pub fn in_words_in(tongue: Tongue, finding: &Finding) -> PlainWords {
    let entry = BOOK.place(finding.symbol.name()).filter(|(_, is_exact)| *is_exact);
    let entry = entry.and_then(|(place, _)| BOOK.entry(place));
    let said = entry.and_then(|entry| Some((entry.clause(&finding.why, tongue)?.full, entry.has_facts(tongue))));
    let (clause, has_facts) = said.unwrap_or_else(|| (about(tongue, finding), false));
    PlainWords { text: capital(&clause), has_facts }
}

fn wanted(tongue: Tongue, verdict: &Verdict, against: &[Point<'_>]) -> String {
    let joints = Joints::of(tongue);
    let good = points(verdict, |score| score < Score::ZERO);
    let odd = against.first().filter(|point| CLEAR <= point.thousandths).map(|point| point.clause(tongue).full);
    match (good.first().filter(|point| CLEAR <= point.thousandths), odd) {
        (Some(good), None) => good.clause(tongue).full,
        (Some(good), Some(odd)) => format!("{}{}{odd}", good.clause(tongue).full, joints.although),
        (None, Some(odd)) => format!("{}{odd}", joints.only_that),
        (None, None) if CLEAR <= verdict.score.thousandths() => joints.little.to_owned(),
        (None, None) => joints.nothing.to_owned(),
    }
}

/// The strongest clause, and the strongest about something else if it weighs enough beside the first. A claim comes before
/// what belies it.
fn pair(tongue: Tongue, points: &[Point<'_>]) -> Option<String> {
    let joints = Joints::of(tongue);
    let first = points.first()?;
    let weighs = |point: &&Point<'_>| {
        point.part != first.part && LEAST <= point.thousandths && first.weight() <= point.weight().saturating_mul(4)
    };
    let Some(second) = points.iter().find(weighs) else { return Some(first.clause(tongue).full) };
    let mut parts = [(first.part, first.clause(tongue)), (second.part, second.clause(tongue))];
    parts.sort_by_key(|(_, clause)| !clause.is_claim);
    let [(_, head), (part, tail)] = parts;
    Some(if head.is_claim && matches!(part, Part::Link | Part::File) {
        format!("{}{}{}", head.short, joints.but, tail.full)
    } else {
        format!("{}{}{}", head.full, joints.and, tail.full)
    })
}

/// What there is to say about the findings whose points `counts`, weightiest first.
fn points<'a>(verdict: &'a Verdict, counts: impl Fn(Score) -> bool) -> Vec<Point<'a>> {
    let mut points: Vec<Point<'a>> = Vec::new();
    let mut of_line: BTreeMap<usize, usize> = BTreeMap::new();
    for found in verdict.reasons().into_iter().filter(|found| counts(found.score)) {
        let name = found.finding.symbol.name();
        let thousandths = found.score.thousandths().saturating_abs();
        let place = BOOK.place(name).map(|(place, _)| place);
        let known = place.and_then(|place| of_line.get(&place)).and_then(|at| points.get_mut(*at));
        if let Some(point) = known {
            point.thousandths = point.thousandths.saturating_add(thousandths);
            point.findings.push(found);
            continue;
        }
        if let Some(place) = place {
            of_line.insert(place, points.len());
        }
        let part = place.and_then(|place| BOOK.entry(place)).map_or_else(|| Part::of_name(name), |entry| entry.part);
        points.push(Point { part, place, thousandths, findings: vec![found] });
    }
    // A stable sort: equal ones stay by name.
    points.sort_by_key(|point| std::cmp::Reverse(point.weight()));
    points
}

impl Point<'_> {
    /// Its points times how much it tells a person, who can look at a link but not at how a message was delivered.
    fn weight(&self) -> i32 {
        let tenths = match self.part {
            Part::File => 16,
            Part::Who => 13,
            Part::Link | Part::Learned => 12,
            Part::Said | Part::Good => 10,
            Part::Look => 7,
            Part::Way => 4,
        };
        let knows = if self.findings.iter().all(|found| is_ours(&found.finding)) { tenths } else { 4 };
        self.thousandths.saturating_mul(knows)
    }

    fn clause(&self, tongue: Tongue) -> Clause {
        self.of_table(tongue).unwrap_or_else(|| {
            let full = self.findings.first().map(|found| about(tongue, &found.finding)).unwrap_or_default();
            Clause { short: full.clone(), full, is_claim: false }
        })
    }

    /// What the table says: for a symbol it names, or for several of a family.
    fn of_table(&self, tongue: Tongue) -> Option<Clause> {
        let entry = BOOK.entry(self.place?)?;
        let is_named =
            |found: &&&ScoredFinding| BOOK.place(found.finding.symbol.name()).is_some_and(|(_, exact)| exact);
        match self.findings.iter().find(is_named) {
            Some(found) => entry.clause(&found.finding.why, tongue),
            None if 1 < self.findings.len() && FAMILY <= self.thousandths => entry.clause("", tongue),
            None => None,
        }
    }
}

/// Whether the words of a finding are of Tamis itself, and so written to be read.
fn is_ours(finding: &Finding) -> bool {
    is_own_rule(finding.symbol.name()) || crate::symbols().any(|info| info.name == finding.symbol.name())
}

/// What a finding without a line says of itself. Rules of others may say anything, or nothing.
fn about(tongue: Tongue, finding: &Finding) -> String {
    if let Some(about) = about_in(tongue, finding.symbol.name()) {
        return about.to_owned();
    }
    let rule = Joints::of(tongue).rule;
    let about = fact::line(&finding.about);
    if about.is_empty() {
        return format!("{rule}{}", fact::line(finding.symbol.name()));
    }
    if !is_ours(finding) {
        let beginnings = ["BODY: ", "RAW: ", "URI: ", "META: ", "HEADER: "];
        let bare = beginnings.iter().find_map(|begin| about.strip_prefix(begin)).unwrap_or(&about);
        return format!("{rule}{}", tongue.quoted(bare.trim_end_matches('.')));
    }
    let mut chars = about.chars();
    match (chars.next(), chars.next()) {
        // `PDF` stays as it is.
        (Some(_), Some(second)) if second.is_uppercase() => about,
        (Some(first), _) => first.to_lowercase().chain(about.chars().skip(1)).collect(),
        (None, _) => about,
    }
}

fn sentence(clause: &str) -> String {
    format!("{}.", capital(clause))
}

fn capital(clause: &str) -> String {
    let mut chars = clause.chars();
    chars.next().map(char::to_uppercase).into_iter().flatten().chain(chars).collect()
}
