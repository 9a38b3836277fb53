//! Compiles rules and runs them over messages.
//!
//! All rules that look at the same text are one [`group::Group`]: one scan for the literals they need decides which
//! are tried, and where. A rule is tried within a budget of steps, so no message can hold up the engine.

mod group;
mod line;
mod plan;
mod run;
mod scan;
mod state;
mod store;
#[cfg(test)]
mod tests;

use std::{
    borrow::Cow,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering},
    },
};

use aho_corasick::AhoCorasick;

use self::{
    group::Group,
    line::{Line, Place},
};
use super::{
    book::{Book, EvalTest, Problem},
    meta::{Guess, Metas},
    pattern::{self, Matcher},
};

pub use self::run::Scratch;
/// Which of a rule's scores counts.
pub use super::book::ScoreSet as CompileSettings;

/// A message as the rules see it. Everything is bytes.
pub trait Renderings {
    /// The text as a person reads it, a paragraph each; the subject first.
    fn body(&self) -> &[Vec<u8>];
    /// The decoded text with its markup, in pieces.
    fn rawbody(&self) -> &[Vec<u8>];
    /// The message as it came.
    fn full(&self) -> &[u8];
    /// Every address of the web that `uri` rules see.
    fn uris(&self) -> Vec<Cow<'_, [u8]>>;
    /// A header form, such as `From:addr`.
    fn header(&self, form: &str) -> Option<Cow<'_, [u8]>>;
    /// Whether there is such a header.
    fn has_header(&self, form: &str) -> bool {
        self.header(form).is_some()
    }
    /// A header form of each part that has it, the message itself first.
    fn mime_headers(&self, form: &str) -> Vec<Cow<'_, [u8]>>;
    /// How many links there are to ask [`Renderings::has_detail`] about.
    fn links(&self) -> usize;
    /// Whether one of a link's values for a key of `uri_detail` is such.
    fn has_detail(&self, link: usize, key: &str, is_such: &mut dyn FnMut(&[u8]) -> bool) -> bool;
    /// How often a function holds.
    fn eval(&self, test: &EvalTest) -> u32;
}

/// One rule that matched.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// The rule.
    pub name: Arc<str>,
    /// How often, or what the sum comes to; at least 1.
    pub count: u32,
    /// Its score, 0 for rules whose name begins with `__`.
    pub points: f64,
    /// What it means.
    pub about: Arc<str>,
    /// What matched, at most 60 bytes, if it is a piece of the message and the rule has a score.
    pub text: Option<Vec<u8>>,
}

/// What the rules say of a message.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hits {
    /// Every rule that matched, also those without a score, by name.
    pub hits: Vec<Hit>,
    /// Rules that took too long on this message; they count as not matched.
    pub exhausted: Vec<Arc<str>>,
}

impl Hits {
    /// The sum of all points.
    pub fn points(&self) -> f64 {
        self.hits.iter().map(|hit| hit.points).sum()
    }
}

/// All rules, ready to run.
#[derive(Debug)]
pub struct RuleSet {
    /// In order of names.
    rules: Vec<RuleInfo>,
    body: Group,
    rawbody: Group,
    uri: Group,
    full: Group,
    headers: Vec<HeaderGroup>,
    mime_headers: Vec<HeaderGroup>,
    exists: Vec<(u32, String)>,
    details: Vec<(u32, Vec<Condition>)>,
    evals: Vec<(u32, EvalTest)>,
    /// Rules with `%{NAME}` in them, compiled when the name is known.
    templates: Vec<Template>,
    /// Sums of other rules.
    metas: Metas,
    /// For each rule: where it is.
    homes: Vec<Home>,
    /// The groups in which there are rules that do not only serve others, by their numbers.
    told_groups: Vec<usize>,
    /// What is known of each rule before anything is looked at, if those that only serve others are left for later.
    fresh: Vec<f64>,
    /// For each rule: it is not run any more.
    off: Vec<AtomicBool>,
    /// For each rule: how often it has been found out of late, and how often it hit.
    seen: Vec<Seen>,
    /// There are such rules.
    is_any_off: AtomicBool,
    /// How far [`RuleSet::fade`] has come.
    faded: AtomicUsize,
}

/// What there is to say of a rule that matched.
#[derive(Debug)]
struct RuleInfo {
    name: Arc<str>,
    about: Arc<str>,
    points: f64,
}

/// One condition on a link.
#[derive(Debug)]
struct Condition {
    key: String,
    matcher: Matcher,
    /// The only text that matches, apart from a line end.
    exact: Option<Vec<u8>>,
    /// One of these is in every text that matches.
    needs: Option<AhoCorasick>,
    is_negated: bool,
}

/// A rule that what another rule found completes.
#[derive(Debug)]
struct Template {
    rule: u32,
    place: Place,
    text: String,
    flags: String,
    is_negated: bool,
    /// How many matches count.
    most: u32,
    /// The name whose value must stand in the text, if there is one.
    needs: Option<String>,
    /// What matches wherever it does, whatever the value is.
    loose: Option<Matcher>,
    /// One of these is in what that matches.
    required: Vec<Vec<u8>>,
}

/// Rules that look at the same header form.
#[derive(Debug)]
struct HeaderGroup {
    form: String,
    group: Group,
    /// Rules that match where the form is missing.
    if_missing: Vec<u32>,
}

/// A rule's place, if it may be left for later.
#[derive(Clone, Copy, Debug)]
enum Home {
    /// A group, and its place in it.
    Group { group: u32, member: u32 },
    /// Among [`RuleSet::evals`].
    Eval(u32),
    /// It is never left.
    Elsewhere,
}

/// A group and what it looks at.
#[derive(Clone, Copy, Debug)]
enum GroupPlace<'set> {
    Body(&'set Group),
    RawBody(&'set Group),
    Uri(&'set Group),
    Full(&'set Group),
    Header(&'set HeaderGroup),
    MimeHeader(&'set HeaderGroup),
}

impl<'set> GroupPlace<'set> {
    fn group(self) -> &'set Group {
        match self {
            Self::Body(group) | Self::RawBody(group) | Self::Uri(group) | Self::Full(group) => group,
            Self::Header(header) | Self::MimeHeader(header) => &header.group,
        }
    }

    fn if_missing(self) -> &'set [u32] {
        match self {
            Self::Header(header) => &header.if_missing,
            Self::Body(_) | Self::RawBody(_) | Self::Uri(_) | Self::Full(_) | Self::MimeHeader(_) => &[],
        }
    }
}

/// How a rule has fared.
#[derive(Debug, Default)]
struct Seen {
    tried: AtomicU32,
    hit: AtomicU32,
    /// What finding it out took on average, in steps.
    cost: AtomicU32,
    /// What it takes at least.
    least: f32,
}

impl Seen {
    /// More are not counted: then both are halved.
    const MOST: u32 = 1 << 12;
    /// What the latest message counts of the average of costs, as a part of all.
    const LATEST: u32 = 8;

    fn note(&self, is_hit: bool) {
        let (tried, hit) =
            (self.tried.load(Ordering::Relaxed) + 1, self.hit.load(Ordering::Relaxed) + u32::from(is_hit));
        let by = u32::from(tried > Self::MOST);
        self.tried.store(tried >> by, Ordering::Relaxed);
        self.hit.store(hit >> by, Ordering::Relaxed);
    }

    fn note_cost(&self, spent: u32) {
        let cost = self.cost.load(Ordering::Relaxed);
        self.cost.store(cost - cost / Self::LATEST + spent / Self::LATEST, Ordering::Relaxed);
    }

    /// What to expect of it.
    #[expect(clippy::cast_precision_loss, reason = "a guess")]
    fn guess(&self, rule: u32) -> Guess {
        let (tried, hit) = (self.tried.load(Ordering::Relaxed), self.hit.load(Ordering::Relaxed));
        let likely = (hit + 1) as f32 / (tried + 2) as f32;
        Guess { likely, cost: self.least + self.cost.load(Ordering::Relaxed) as f32, rule }
    }
}

/// Names of rules begin so that only other rules ask for (SpamAssassin's `Mail::SpamAssassin::Conf`, "meta").
const INNER: &str = "__";
/// The first groups are of texts.
const TEXTS: usize = 4;
/// What it takes at least to find a rule out, in steps: of a text, of a header, by a function, or of other rules.
const COST_OF_TEXT: f32 = 64.0;
const COST_OF_HEADER: f32 = 128.0;
const COST_OF_EVAL: f32 = 1_000.0;
const COST_OF_META: f32 = 64.0;

impl RuleSet {
    /// Compiles what the files say. What cannot be compiled is left out and told.
    pub fn compile(book: &Book, settings: CompileSettings) -> (Self, Vec<Problem>) {
        let mut problems = Vec::new();
        let lines = line::lines(book, settings, &mut problems);
        (Self::from_lines(lines), problems)
    }

    /// The names of all rules, in their order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().map(|rule| &*rule.name)
    }

    /// How many rules there are.
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Runs a rule no more. `false`: there is none of this name.
    pub fn switch_off(&self, name: &str) -> bool {
        let found = self.rules.binary_search_by(|rule| (*rule.name).cmp(name)).ok();
        let held = found.and_then(|at| self.off.get(at));
        held.inspect(|held| {
            held.store(true, Ordering::Relaxed);
            self.is_any_off.store(true, Ordering::Relaxed);
        })
        .is_some()
    }

    /// About how much memory its compiled patterns take by now, in bytes.
    pub fn memory(&self) -> usize {
        let groups = [&self.body, &self.rawbody, &self.uri, &self.full];
        let headers = self.headers.iter().chain(&self.mime_headers).map(|of| &of.group);
        groups.into_iter().chain(headers).map(Group::memory).sum()
    }

    /// Where automata take more memory than they should, lets those go that were used least of late.
    fn fade(&self) {
        if !pattern::are_too_large() {
            return;
        }
        let members = || self.groups().flat_map(|place| place.group().members());
        let (from, count) = (self.faded.load(Ordering::Relaxed), members().count());
        for (number, member) in (from..from + count).zip(members().chain(members()).skip(from)) {
            member.matcher.fade();
            self.faded.store((number + 1) % count, Ordering::Relaxed);
            if pattern::are_small_enough() {
                break;
            }
        }
    }

    fn from_lines(lines: Vec<Line>) -> Self {
        plan::plan(lines)
    }

    /// All groups, always in the same order.
    fn groups(&self) -> impl Iterator<Item = GroupPlace<'_>> {
        let texts = [
            GroupPlace::Body(&self.body),
            GroupPlace::RawBody(&self.rawbody),
            GroupPlace::Uri(&self.uri),
            GroupPlace::Full(&self.full),
        ];
        let headers = self.headers.iter().map(GroupPlace::Header);
        texts.into_iter().chain(headers).chain(self.mime_headers.iter().map(GroupPlace::MimeHeader))
    }

    /// A group by its number, in that order.
    fn group(&self, number: usize) -> Option<GroupPlace<'_>> {
        match number {
            0 => Some(GroupPlace::Body(&self.body)),
            1 => Some(GroupPlace::RawBody(&self.rawbody)),
            2 => Some(GroupPlace::Uri(&self.uri)),
            3 => Some(GroupPlace::Full(&self.full)),
            _ => {
                let number = number - TEXTS;
                let of_part = || self.mime_headers.get(number.checked_sub(self.headers.len())?);
                let of_message = self.headers.get(number).map(GroupPlace::Header);
                of_message.or_else(|| of_part().map(GroupPlace::MimeHeader))
            }
        }
    }

    /// Notes where each rule is, and what is to be looked at in any case.
    fn settle(self) -> Self {
        let mut homes = vec![Home::Elsewhere; self.rules.len()];
        let mut fresh = vec![0.0; self.rules.len()];
        let mut told_groups = Vec::new();
        let mut put = |rule: u32, home: Home, is_later: bool| {
            homes.get_mut(rule as usize).into_iter().for_each(|held| *held = home);
            fresh.get_mut(rule as usize).into_iter().filter(|_| is_later).for_each(|held| *held = f64::NAN);
        };
        for ((group, number), place) in (0..).zip(0..).zip(self.groups()) {
            let is_inner = place.group().is_inner();
            for (member, of) in (0..).zip(place.group().members()) {
                put(of.rule, Home::Group { group, member }, is_inner);
            }
            if !is_inner {
                told_groups.push(number);
            }
        }
        for (place, (rule, _)) in (0..).zip(&self.evals) {
            put(*rule, Home::Eval(place), self.is_inner(*rule));
        }
        let least = |home: &Home| match home {
            Home::Group { group, .. } if (*group as usize) < TEXTS => COST_OF_TEXT,
            Home::Group { .. } => COST_OF_HEADER,
            Home::Eval(_) => COST_OF_EVAL,
            Home::Elsewhere => COST_OF_META,
        };
        let seen = homes.iter().map(|home| Seen { least: least(home), ..Seen::default() }).collect();
        Self { homes, told_groups, fresh, seen, ..self }
    }

    fn note_cost(&self, rule: u32, spent: u32) {
        self.seen.get(rule as usize).into_iter().for_each(|seen| seen.note_cost(spent));
    }

    /// What to expect of a rule of which nothing is known.
    fn guess(&self, rule: u32) -> Guess {
        let unknown = Guess { likely: 0.5, cost: COST_OF_META, rule };
        self.seen.get(rule as usize).map_or(unknown, |seen| seen.guess(rule))
    }

    fn is_inner(&self, rule: u32) -> bool {
        self.rules.get(rule as usize).is_some_and(|rule| rule.name.starts_with(INNER))
    }

    fn is_any_off(&self) -> bool {
        self.is_any_off.load(Ordering::Relaxed)
    }

    fn is_off(&self, rule: u32) -> bool {
        let is_one = || self.off.get(rule as usize).is_some_and(|held| held.load(Ordering::Relaxed));
        self.is_any_off() && is_one()
    }
}
