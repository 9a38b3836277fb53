//! `tune`: points fitted to labelled messages.
//!
//! What is fitted is what the filter finds, without the network and without a learner. The points that hold now are taken for
//! those a person gave: fitted points are no such thing, so that scores written by an earlier run must not be loaded.

mod table;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use tamis_core::{
    Answer, Config, Evidence, Verdict,
    tune::{Plan, Row, Term, cross_validate, fit, judge_later, sum},
};

use self::table::{Judged, table};
use super::{
    Failure,
    judging::read,
    out::{Out, Skips},
};
use crate::{
    corpus::{IndexLine, read_index, read_one},
    paths::Home,
    settings::Settings,
    words::{because, one_line},
};

pub(super) const EXAMPLES: &str = "Examples:
  tamis-agent tune corpus/index
  tamis-agent tune ham/index spam/index --out 90_scores.cf
  tamis-agent tune corpus/index --bounds=-1..3 --l2 5 --folds 10

INDEX has lines `ham PATH` or `spam PATH`; a path is relative to the index. Each INDEX is a pack, of
which the figures are shown apart: how much ham is called spam and how much spam is caught, with the
points as they are, with fitted ones, and cross-validated: each message judged by points that were
fitted to the mail of other senders. \"Later half\" is the second half of each pack, judged by points
that were fitted to the first halves: an INDEX has to be in the order in which its mail arrived.
Points that hold now may be those of an earlier fit to the same mail, and what is fitted near to them
then seems better than it is: --afresh begins with the same points for every symbol.
The points of a symbol stay between nothing and so many times (--stretch) those it has now, and are
drawn back to those, the more the seldomer it was found. Symbols that decide alone, what the learner
says, and symbols of 0 points are left alone.
FILE gets the figures and lines `score NAME POINTS` for the rules, TOML lines `NAME = POINTS` for the
checks. A rule that is worth nothing gets a thousandth, as without points it would not run.";

/// Symbols whose points say something else than how much a message looks like spam.
const LEFT_ALONE: [&str; 2] = ["GTUBE", "BAYES_"];

#[derive(Debug, clap::Args)]
pub(super) struct TuneArgs {
    /// The lists of labelled messages
    #[arg(required = true, value_name = "INDEX")]
    indexes: Vec<PathBuf>,

    /// Write the points of the rules into this file, as rule files have them
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Write the points of the checks into this file, as TOML
    #[arg(long, value_name = "TOML")]
    checks: Option<PathBuf>,

    /// Begin with half a point for every symbol, for or against
    #[arg(long)]
    afresh: bool,

    /// Leave the points of the checks as they are
    #[arg(long, conflicts_with = "checks")]
    rules_only: bool,

    /// The least and the most points a symbol may get
    #[arg(long, value_name = "LO..HI", default_value = "-1.5..4", value_parser = bounds, allow_hyphen_values = true)]
    bounds: (f64, f64),

    /// The most points, as a multiple of those a symbol has now
    #[arg(long, value_name = "X", default_value_t = Plan::default().stretch, value_parser = positive)]
    stretch: f64,

    /// How strongly points are drawn back to what they are now
    #[arg(long, value_name = "X", default_value_t = Plan::default().l2, value_parser = positive)]
    l2: f64,

    /// How many missed spams a ham called spam is worth
    #[arg(long, value_name = "X", default_value_t = Plan::default().ham_weight, value_parser = positive)]
    ham_weight: f64,

    /// Into how many parts the messages are divided to cross-validate
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(2..=100))]
    folds: u16,
}

pub(super) fn tune(home: &Home, args: &TuneArgs, out: &mut Out) -> Result<(), Failure> {
    let config = Settings::load(home)?.config().clone();
    let packs: Vec<Vec<IndexLine>> = args.indexes.iter().map(|path| read_index(path)).collect::<Result<_, _>>()?;
    let mut skips = Skips::default();
    let mut sample = Sample { are_checks_fixed: args.rules_only, ..Sample::default() };
    out.start_count(packs.iter().map(Vec::len).sum());
    for (pack, line) in packs.iter().enumerate().flat_map(|(pack, lines)| lines.iter().map(move |line| (pack, line))) {
        match read_one(&line.path) {
            Ok(raw) => sample.add(&raw, line, pack, &config),
            Err(what) => skips.add(what, out),
        }
        out.advance(1, sample.rows.len());
    }
    out.end_progress();
    if args.afresh {
        sample.terms.iter_mut().for_each(|term| term.given = afresh(term.given));
    }
    let plan = Plan {
        low: args.bounds.0,
        high: args.bounds.1,
        stretch: args.stretch,
        l2: args.l2,
        ham_weight: args.ham_weight,
    };
    let names: Vec<String> = args.indexes.iter().map(|path| name_of(path)).collect();
    let Fitted { terms, scores, lines } = sample.fitted(&plan, usize::from(args.folds), &names, &config);
    for line in &lines {
        out.line(line)?;
    }
    if let Some(path) = &args.out {
        let head = lines.iter().map(|line| format!("# {line}").trim_end().to_owned());
        let rules = terms.iter().zip(&scores).filter(|(term, _)| !is_check(&term.name));
        let points = rules.map(|(term, score)| format!("score {} {}", term.name, of_rule(*score, term.given)));
        write(path, &head.chain([String::new()]).chain(points).collect::<Vec<String>>())?;
    }
    if let Some(path) = &args.checks {
        let points = terms.iter().zip(&scores).filter(|(term, _)| is_check(&term.name));
        write(path, &points.map(|(term, score)| format!("{} = {score:?}", term.name)).collect::<Vec<String>>())?;
    }
    skips.finish()
}

/// What the filter found in the messages.
#[derive(Default)]
struct Sample {
    terms: Vec<Term>,
    places: BTreeMap<String, usize>,
    rows: Vec<Row>,
    /// The pack of each row.
    packs: Vec<usize>,
    /// Whether the checks keep their points.
    are_checks_fixed: bool,
}

struct Fitted {
    terms: Vec<Term>,
    scores: Vec<f64>,
    lines: Vec<String>,
}

impl Sample {
    fn add(&mut self, raw: &[u8], line: &IndexLine, pack: usize, config: &Config) {
        let mail = read(raw, config);
        let mut evidence = Evidence::default();
        for query in tamis_core::plan(&mail, config).iter() {
            evidence.insert(query.clone(), Answer::Unknown("nothing outside is asked".to_owned()));
        }
        let verdict = tamis_core::judge(&mail, &evidence, config);
        let sender = mail.from().first().and_then(|mailbox| mailbox.address.as_ref());
        let group = sender.map_or_else(|| line.name.clone(), |address| address.to_string().to_lowercase());
        let (terms, rest) = self.terms_of(&verdict);
        self.rows.push(Row { terms, rest, label: line.label, group });
        self.packs.push(pack);
    }

    /// The symbols that are fitted, and the points of all others.
    fn terms_of(&mut self, verdict: &Verdict) -> (Vec<usize>, f64) {
        let mut terms = Vec::new();
        let mut rest = 0.0;
        for found in &verdict.findings {
            let name = found.finding.symbol.name();
            let is_fixed = self.are_checks_fixed && is_check(name);
            if is_fixed || LEFT_ALONE.iter().any(|prefix| name.starts_with(prefix)) {
                rest += found.score.points();
                continue;
            }
            let next = self.terms.len();
            let place = *self.places.entry(name.to_owned()).or_insert(next);
            if place == next {
                self.terms.push(Term { name: name.to_owned(), given: found.score.points() });
            }
            terms.push(place);
        }
        (terms, rest)
    }

    /// Whether a row is in the first half of its pack.
    fn is_earlier(&self) -> Vec<bool> {
        let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
        self.packs.iter().for_each(|pack| *sizes.entry(*pack).or_default() += 1);
        let mut passed: BTreeMap<usize, usize> = BTreeMap::new();
        let halves = self.packs.iter().map(|pack| {
            let passed = passed.entry(*pack).or_default();
            *passed += 1;
            2 * *passed <= sizes.get(pack).copied().unwrap_or_default()
        });
        halves.collect()
    }

    fn fitted(self, plan: &Plan, folds: usize, packs: &[String], config: &Config) -> Fitted {
        let given: Vec<f64> = self.terms.iter().map(|term| term.given).collect();
        let scores = fit(&self.terms, &self.rows, plan);
        let unseen = cross_validate(&self.terms, &self.rows, plan, folds);
        let later = judge_later(&self.terms, &self.rows, plan, &self.is_earlier());
        let judged: Vec<Judged> = self
            .rows
            .iter()
            .zip(&self.packs)
            .zip(unseen.into_iter().zip(later))
            .map(|((row, pack), (unseen, later))| Judged {
                pack: *pack,
                label: row.label,
                points: [Some(sum(&given, row)), Some(sum(&scores, row)), Some(unseen), later],
            })
            .collect();
        let lines = table(packs, &judged, config);
        let mut pairs: Vec<(Term, f64)> = self.terms.into_iter().zip(scores).collect();
        pairs.sort_by(|(a, _), (b, _)| a.name.cmp(&b.name));
        let (terms, scores) = pairs.into_iter().unzip();
        Fitted { terms, scores, lines }
    }
}

/// What a symbol has before anybody has said what it is worth.
fn afresh(given: f64) -> f64 {
    if given == 0.0 { 0.0 } else { given.signum() * 0.5 }
}

/// A rule of 0 points would not run, nor would what is made of it.
fn of_rule(score: f64, given: f64) -> f64 {
    if score == 0.0 { 0.001_f64.copysign(given) } else { score }
}

/// Whether a check of ours raises the symbol, and no rule.
fn is_check(name: &str) -> bool {
    tamis_core::symbols().any(|info| info.name == name)
}

fn write(path: &Path, lines: &[String]) -> Result<(), Failure> {
    let text = lines.join("\n") + "\n";
    fs::write(path, text)
        .map_err(|err| Failure::person(format!("cannot write the points to {}: {}", path.display(), because(&err))))
}

fn name_of(index: &Path) -> String {
    index.file_stem().map_or_else(String::new, |name| one_line(&name.to_string_lossy()))
}

/// `LO..HI`, with LO at most and HI at least 0.
fn bounds(text: &str) -> Result<(f64, f64), String> {
    let numbers = text.split_once("..").and_then(|(low, high)| Some((low.parse().ok()?, high.parse().ok()?)));
    match numbers {
        Some((low, high)) if (-1000.0..=0.0).contains(&low) && (0.0..=1000.0).contains(&high) => Ok((low, high)),
        Some(_) => Err("the least is from -1000 to 0, the most from 0 to 1000".to_owned()),
        None => Err("expected two numbers with \"..\" between, such as -1.5..4".to_owned()),
    }
}

/// A number above 0.
fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number > 0.0 && number <= 1e6 => Ok(number),
        Ok(_) | Err(_) => Err("expected a number above 0, at most a million".to_owned()),
    }
}

#[cfg(test)]
mod tests;
