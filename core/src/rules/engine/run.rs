//! Runs all rules over one message.

mod rest;

use std::{borrow::Cow, collections::BTreeSet};

use crate::rules::{meta::Tried, pattern::Explanation};

use super::{
    GroupPlace, Hit, Hits, Home, INNER, Renderings, RuleSet,
    group::{self, Later, Outcome},
};

/// What a call of a function counts for, and looking for a rule, where what it takes is added up in steps.
const SPENT_ON_EVAL: u32 = 1_000;
const SPENT_ON_LOOK: u32 = 64;
/// Bytes of what matched that are kept to explain it.
const MOST_TEXT: usize = 60;
/// Bytes of what a named group took that other rules may look for.
const MOST_TAG: usize = 1_000;

/// Memory that is kept from message to message.
#[derive(Debug, Default)]
pub struct Scratch {
    group: group::Scratch,
    counts: Vec<f64>,
    waiting: Vec<(u32, u32)>,
}

/// What is found out about one message.
struct Run<'run> {
    set: &'run RuleSet,
    source: &'run dyn Renderings,
    scratch: &'run mut group::Scratch,
    /// By rule; NaN: not known yet.
    counts: &'run mut [f64],
    /// What each group looks at, once it has been run.
    looked: Vec<Option<Looked<'run>>>,
    /// Rules that only other rules ask for are left until they do.
    is_lazy: bool,
    texts: Vec<(u32, Vec<u8>)>,
    exhausted: Vec<u32>,
    /// What named groups took.
    tags: Vec<(String, Vec<u8>)>,
    /// Kept from group to group.
    outcomes: Vec<Outcome<'run>>,
    /// What finding things out has taken, in steps.
    spent: u32,
}

/// The texts of a group, and where rules are to be looked for later.
struct Looked<'run> {
    texts: Vec<Cow<'run, [u8]>>,
    later: Later,
}

impl RuleSet {
    /// What all rules say of a message.
    pub fn run(&self, source: &dyn Renderings, scratch: &mut Scratch) -> Hits {
        self.run_with(source, scratch, false)
    }

    /// What rules say of a message whose names do not begin with `__`. The others are asked only where something
    /// depends on them: that is quicker, and nothing else changes.
    pub fn run_told(&self, source: &dyn Renderings, scratch: &mut Scratch) -> Hits {
        self.run_with(source, scratch, true)
    }

    fn run_with(&self, source: &dyn Renderings, scratch: &mut Scratch, is_lazy: bool) -> Hits {
        let Scratch { group: scratch, counts, waiting } = scratch;
        self.begin(counts, is_lazy);
        let (texts, exhausted, tags, outcomes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let looked = self.groups().map(|_| None).collect();
        let mut run =
            Run { set: self, source, scratch, counts, looked, is_lazy, texts, exhausted, tags, outcomes, spent: 0 };
        run.groups();
        run.exists();
        run.links();
        run.evals();
        run.templates();
        if is_lazy {
            run.metas(waiting);
        } else {
            self.metas.run(run.counts);
        }
        let hits = run.hits();
        self.fade();
        hits
    }

    /// What is known before anything is looked at.
    fn begin(&self, counts: &mut Vec<f64>, is_lazy: bool) {
        counts.clear();
        if !is_lazy {
            counts.resize(self.rules.len(), 0.0);
            return;
        }
        counts.extend_from_slice(&self.fresh);
        if self.is_any_off() {
            let of = |(rule, count): (u32, &mut f64)| *count = if self.is_off(rule) { 0.0 } else { *count };
            (0..).zip(counts).for_each(of);
        }
    }
}

impl<'run> Run<'run> {
    fn note(&mut self, rule: u32, count: f64) {
        let is_off = self.set.is_off(rule);
        if let Some(held) = self.counts.get_mut(rule as usize)
            && !is_off
        {
            *held = count;
        }
    }

    fn has_points(&self, rule: u32) -> bool {
        self.set.rules.get(rule as usize).is_some_and(|rule| rule.points != 0.0)
    }

    fn groups(&mut self) {
        let set = self.set;
        if self.is_lazy {
            set.told_groups.iter().for_each(|number| self.group(*number));
        } else {
            (0..self.looked.len()).for_each(|number| self.group(number));
        }
    }

    /// What a group looks at; `None`: there is no such header.
    fn texts_of(&self, place: &GroupPlace<'run>) -> Option<Vec<Cow<'run, [u8]>>> {
        Some(match place {
            GroupPlace::Body(_) => self.source.body().iter().map(Cow::from).collect(),
            GroupPlace::RawBody(_) => self.source.rawbody().iter().map(Cow::from).collect(),
            GroupPlace::Uri(_) => self.source.uris(),
            GroupPlace::Full(group) if group.members().is_empty() => Vec::new(),
            GroupPlace::Full(_) => vec![Cow::from(self.source.full())],
            GroupPlace::Header(header) => vec![self.source.header(&header.form)?],
            GroupPlace::MimeHeader(header) => self.source.mime_headers(&header.form),
        })
    }

    /// Runs one group.
    fn group(&mut self, number: usize) {
        let set = self.set;
        let Some(place) = set.group(number) else { return };
        let group = place.group();
        let Some(texts) = self.texts_of(&place) else {
            if self.is_lazy && group.is_inner() {
                group.members().iter().for_each(|member| self.note(member.rule, 0.0));
            }
            place.if_missing().iter().for_each(|rule| self.note(*rule, 1.0));
            return;
        };
        // Everything else begins with 0.
        if self.is_lazy && group.is_inner() {
            group.members().iter().for_each(|member| self.note(member.rule, 0.0));
        }
        group.negated().iter().for_each(|rule| self.note(*rule, 1.0));
        let mut looked = Looked { texts, later: Later::default() };
        let mut outcomes = std::mem::take(&mut self.outcomes);
        let later = self.is_lazy.then_some(&mut looked.later);
        let is_off = (set.is_any_off(), |rule: u32| set.is_off(rule));
        group.run(&looked.texts, (self.scratch, later), is_off, |outcome| outcomes.push(outcome));
        for outcome in outcomes.drain(..) {
            if outcome.is_open {
                self.note(outcome.member.rule, f64::NAN);
            } else {
                self.take(outcome, &looked.texts);
            }
        }
        self.outcomes = outcomes;
        if let Some(held) = self.looked.get_mut(number) {
            *held = Some(looked);
        }
    }

    fn take(&mut self, outcome: Outcome<'_>, texts: &[Cow<'_, [u8]>]) {
        let rule = outcome.member.rule;
        if outcome.is_exhausted {
            self.exhausted.push(rule);
            self.note(rule, 0.0);
        } else if outcome.member.is_negated {
            self.note(rule, if outcome.count > 0 { 0.0 } else { 1.0 });
        } else {
            self.note(rule, f64::from(outcome.count));
            self.explain(outcome, texts);
        }
    }

    /// Finds out what was left for later.
    fn find_out(&mut self, rule: u32) {
        let (set, source) = (self.set, self.source);
        match set.homes.get(rule as usize) {
            Some(Home::Group { group, member, .. }) => {
                let (group, member) = (*group as usize, *member);
                if self.looked.get(group).is_some_and(Option::is_none) {
                    self.group(group);
                }
                // Only what is open needs the texts; for the others they stay where they are.
                let is_open = self.is_open(rule);
                let held = self.looked.get_mut(group).filter(|_| is_open).and_then(Option::take);
                if let (Some(looked), Some(place)) = (held, set.group(group)) {
                    if let Some(outcome) = place.group().look_later(member, &looked.texts, &looked.later) {
                        self.note_cost(rule, outcome.spent);
                        self.take(outcome, &looked.texts);
                    }
                    if let Some(held) = self.looked.get_mut(group) {
                        *held = Some(looked);
                    }
                }
            }
            Some(Home::Eval(place)) => {
                if let Some((_, test)) = set.evals.get(*place as usize) {
                    self.note(rule, f64::from(source.eval(test)));
                    self.spent = self.spent.wrapping_add(SPENT_ON_EVAL);
                }
            }
            Some(Home::Elsewhere) | None => {}
        }
        // Whatever happens, it is known from now on.
        if self.is_open(rule) {
            self.set_count(rule, 0.0);
        }
        self.remember(rule);
    }

    /// Evaluates meta rules that somebody asks for, and finds out only what they depend on.
    fn metas(&mut self, waiting: &mut Vec<(u32, u32)>) {
        let open = self.set.metas.begin(self.counts);
        let mut blocked = BTreeSet::new();
        waiting.clear();
        for told in open {
            if self.is_open(told) {
                waiting.push((told, self.spent));
            }
            let mut last = None;
            while let Some((rule, since)) = waiting.last().copied() {
                match self.settle(rule, (since, last), &mut blocked) {
                    Some(other) => {
                        waiting.push((other, self.spent));
                        last = None;
                    }
                    None => last = waiting.pop().map(|(rule, _)| rule),
                }
            }
        }
    }

    /// Finds one out, or says which must be known before. `since`: what had been spent when it was first asked for;
    /// `last`: what was found out for it just now.
    fn settle(&mut self, rule: u32, (since, last): (u32, Option<u32>), blocked: &mut BTreeSet<u32>) -> Option<u32> {
        let set = self.set;
        if !self.is_open(rule) {
            return None;
        }
        let is_lost = last.is_some_and(|last| self.counts_nothing(last) && set.metas.needs(rule, last));
        let tried = if is_lost {
            Tried::Count(0.0)
        } else {
            set.metas.try_one(rule, self.counts, blocked, &|rule| set.guess(rule))
        };
        match tried {
            Tried::Needs(other) => return Some(other),
            Tried::Count(count) => {
                self.set_count(rule, count);
                self.remember(rule);
                set.note_cost(rule, self.spent.wrapping_sub(since));
            }
            Tried::Other => self.find_out(rule),
        }
        None
    }

    fn counts_nothing(&self, rule: u32) -> bool {
        self.counts.get(rule as usize).is_some_and(|count| *count == 0.0)
    }

    fn note_cost(&mut self, rule: u32, spent: u32) {
        self.set.note_cost(rule, spent);
        self.spent = self.spent.wrapping_add(spent.saturating_add(SPENT_ON_LOOK));
    }

    fn remember(&self, rule: u32) {
        let is_hit = self.counts.get(rule as usize).is_some_and(|count| *count > 0.0);
        self.set.seen.get(rule as usize).into_iter().for_each(|seen| seen.note(is_hit));
    }

    fn is_open(&self, rule: u32) -> bool {
        self.counts.get(rule as usize).is_some_and(|count| count.is_nan())
    }

    fn set_count(&mut self, rule: u32, count: f64) {
        if let Some(held) = self.counts.get_mut(rule as usize) {
            *held = count;
        }
    }

    /// Keeps what matched, and what named groups took.
    fn explain(&mut self, outcome: Outcome<'_>, texts: &[Cow<'_, [u8]>]) {
        let Outcome { member, found, .. } = outcome;
        let matcher = &member.matcher;
        if !self.has_points(member.rule) && matcher.plan.names.is_empty() {
            return;
        }
        let Some((text, from)) = found.and_then(|(number, from)| Some((texts.get(number as usize)?, from))) else {
            return;
        };
        let Some(Explanation { whole, named }) = matcher.explain(text, from) else { return };
        let whole = whole.start..whole.end.min(whole.start + MOST_TEXT);
        self.texts.push((member.rule, text.get(whole).unwrap_or_default().to_vec()));
        for (name, range) in named {
            let range = range.start..range.end.min(range.start + MOST_TAG);
            let value = text.get(range).unwrap_or_default();
            if !value.is_empty() {
                self.tags.push((name.to_owned(), value.to_vec()));
            }
        }
    }

    fn evals(&mut self) {
        let set = self.set;
        for (rule, test) in &set.evals {
            if self.is_lazy && set.is_inner(*rule) {
                self.note(*rule, f64::NAN);
            } else if !set.is_off(*rule) {
                self.note(*rule, f64::from(self.source.eval(test)));
            }
        }
    }

    fn hits(self) -> Hits {
        let Self { set, counts, mut texts, exhausted, is_lazy, .. } = self;
        texts.sort_by_key(|(rule, _)| *rule);
        let name = |rule: u32| set.rules.get(rule as usize).map(|info| info.name.clone());
        let mut hits = Vec::new();
        for (rule, count) in positive(counts) {
            let Some(info) = set.rules.get(rule as usize) else { continue };
            let is_told = !is_lazy || !info.name.starts_with(INNER);
            if is_told && !set.is_off(rule) {
                let text = texts.binary_search_by_key(&rule, |(rule, _)| *rule).ok().and_then(|at| texts.get(at));
                hits.push(Hit {
                    name: info.name.clone(),
                    count: whole(count),
                    points: info.points,
                    about: info.about.clone(),
                    text: text.map(|(_, text)| text.clone()),
                });
            }
        }
        Hits { hits, exhausted: exhausted.into_iter().filter_map(name).collect() }
    }
}

/// Those counts that are more than nothing, which are few: looked for in many at a time.
fn positive(counts: &[f64]) -> impl Iterator<Item = (u32, f64)> {
    let chunks = (0..).step_by(CHUNK).zip(counts.chunks(CHUNK));
    let some = chunks.filter(|(_, chunk)| chunk.iter().fold(0.0, |most, count| count.max(most)) > 0.0);
    some.flat_map(|(from, chunk)| (from..).zip(chunk.iter().copied())).filter(|(_, count)| *count > 0.0)
}

/// So many counts are looked at at a time.
const CHUNK: usize = 16;

/// A count as a whole number, at least 1.
fn whole(count: f64) -> u32 {
    // Counts are cut to a range before.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it lies between 1 and 2^31")]
    let whole = count.clamp(1.0, f64::from(i32::MAX)) as u32;
    whole
}
