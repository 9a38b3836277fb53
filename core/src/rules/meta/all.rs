//! All meta rules together.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use super::{
    Expression, Guess, MOST, Names, Span,
    formula::{Counts, Formulas, Look},
    hits, order,
    watch::Watchers,
};

/// Meta rules in the order in which they are evaluated.
#[derive(Debug, Default)]
pub struct Metas {
    list: Vec<Meta>,
    /// For each rule: where it is in that order.
    places: Vec<Option<usize>>,
    formulas: Formulas,
    /// For each rule: the most that it can count.
    most: Vec<f64>,
    /// Which of them are looked at.
    watchers: Mutex<Arc<Watchers>>,
    /// For each rule: on how many messages it counted, or was left for later.
    often: Vec<AtomicU32>,
    /// On how many messages they were evaluated.
    runs: AtomicU32,
}

/// After so many messages, and then ever more rarely, it is seen anew by what each is best known not to hold.
const FIRST_RUNS: u32 = 16;
/// So many are learnt from first, and then one of so many.
const LEARNING: u32 = 64;

#[derive(Clone, Debug)]
struct Meta {
    rule: u32,
    expression: Expression,
    /// Its formula.
    formula: u32,
    is_off: bool,
    /// It has 0 points, or needs one that has.
    may_block: bool,
    /// Its name does not begin with `__`.
    is_told: bool,
}

/// What came of evaluating one where not all counts are known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tried {
    /// It is no meta rule.
    Other,
    /// What it counts.
    Count(f64),
    /// It cannot be told before this one is known.
    Needs(u32),
}

impl Metas {
    /// Of these: the name, the expression, and whether it has 0 points. What cannot be read or evaluated is left out.
    pub fn of<'a>(rules: impl IntoIterator<Item = (&'a str, &'a str, bool)>, names: &Names<'_>) -> Self {
        let read = |(name, text, is_off): (&str, &str, bool)| {
            let expression = Expression::parse(text, name, names).ok()?;
            let is_told = !name.starts_with("__");
            Some(Meta { rule: names.number(name)?, expression, is_off, may_block: is_off, is_told, formula: 0 })
        };
        let mut metas: Vec<Meta> = rules.into_iter().filter_map(read).collect();
        let listed: Vec<(u32, &Expression)> = metas.iter().map(|meta| (meta.rule, &meta.expression)).collect();
        let order = order(&listed).rules;
        let mut places = vec![None; names.0.len()];
        for (place, rule) in order.iter().enumerate() {
            if let Some(of) = places.get_mut(*rule as usize) {
                *of = Some(place);
            }
        }
        let place = |meta: &Meta| places.get(meta.rule as usize).copied().flatten();
        metas.retain(|meta| place(meta).is_some());
        metas.sort_by_key(place);
        let mut blocking = BTreeSet::new();
        for meta in &mut metas {
            meta.may_block |= meta.expression.rules().iter().any(|rule| blocking.contains(rule));
            if meta.may_block {
                blocking.insert(meta.rule);
            }
        }
        let mut formulas = Formulas::default();
        for meta in &mut metas {
            meta.formula = formulas.take(&meta.expression);
        }
        let often = places.iter().map(|_| AtomicU32::new(0)).collect();
        let (watchers, runs) = (Mutex::default(), AtomicU32::new(0));
        let metas = Self { list: metas, places, formulas, most: Vec::new(), watchers, often, runs };
        metas.watch();
        metas
    }

    /// Sees which rules each is best known by not to hold: those that count on the fewest messages.
    fn watch(&self) -> Arc<Watchers> {
        let often = |rule: u32| self.often.get(rule as usize).map_or(0, |often| often.load(Ordering::Relaxed));
        let vital = |meta: &Meta| {
            if meta.may_block { None } else { self.formulas.vital(meta.formula, &meta.expression, &often) }
        };
        let sums: Vec<Option<Vec<u32>>> = self.list.iter().map(vital).collect();
        let watchers = Arc::new(Watchers::new(self.places.len(), &sums));
        *self.watchers.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&watchers);
        watchers
    }

    fn watchers(&self) -> Arc<Watchers> {
        let runs = self.runs.fetch_add(1, Ordering::Relaxed);
        if runs >= FIRST_RUNS && runs.is_power_of_two() {
            return self.watch();
        }
        Arc::clone(&self.watchers.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// With what each of the other rules can count at most.
    #[must_use]
    pub fn with_most(self, mut most: Vec<f64>) -> Self {
        for Meta { rule, expression, is_off, .. } in &self.list {
            let of = |rule: u32| Span { least: 0.0, most: most.get(rule as usize).copied().unwrap_or(MOST) };
            let span = expression.span(of);
            let value = span.map_or(MOST, |Span { least, most }| hits(least.min(0.0)).max(most).min(MOST));
            if let Some(held) = most.get_mut(*rule as usize) {
                *held = if *is_off { 0.0 } else { value };
            }
        }
        Self { most, ..self }
    }

    /// Puts the counts of those beside the others that can be told at once, which are most of them, and NaN for the
    /// rest; where nothing is known of them, 0 stands there. It says in order which of the rest somebody wants to know:
    /// not those with 0 points, and not those whose name begins with `__`.
    pub fn begin(&self, counts: &mut [f64]) -> Vec<u32> {
        let watchers = self.watchers();
        let mut due = watchers.always();
        let count_of = |rule: u32| counts.get(rule as usize).is_some_and(|count| *count != 0.0);
        for rule in watchers.watched().iter().copied().filter(|rule| count_of(*rule)) {
            watchers.of(rule).iter().for_each(|place| due.add(*place));
        }
        let (mut open, mut word) = (Vec::new(), 0);
        while let Some(meta) = due.next(&mut word).and_then(|place| self.list.get(place)) {
            let value = self.begin_with(meta, counts);
            if let Some(held) = counts.get_mut(meta.rule as usize).filter(|_| value != 0.0) {
                *held = value;
                watchers.of(meta.rule).iter().for_each(|place| due.add(*place));
            }
            if value.is_nan() && meta.is_told && !meta.is_off {
                open.push(meta.rule);
            }
        }
        self.learn(counts);
        open
    }

    /// Notes which rules count, on every message at first and then on some.
    fn learn(&self, counts: &[f64]) {
        let runs = self.runs.load(Ordering::Relaxed);
        if runs > LEARNING && !runs.is_multiple_of(LEARNING) {
            return;
        }
        for (_, often) in counts.iter().zip(&self.often).filter(|(count, _)| **count != 0.0) {
            often.store(often.load(Ordering::Relaxed).saturating_add(1), Ordering::Relaxed);
        }
    }

    fn begin_with(&self, meta: &Meta, counts: &[f64]) -> f64 {
        if meta.may_block {
            return f64::NAN;
        }
        let of = self.counts(counts);
        match self.formulas.begin(meta.formula, &meta.expression, of) {
            Some(false) => 0.0,
            Some(true) => {
                let number = meta.expression.span(|rule| of.span(rule)).and_then(Span::number);
                number.map_or(f64::NAN, hits)
            }
            None => f64::NAN,
        }
    }

    /// Whether one holds only if the other does: then it is settled if that counts nothing.
    pub fn needs(&self, rule: u32, other: u32) -> bool {
        self.meta(rule).is_some_and(|meta| !meta.may_block && self.formulas.needs(meta.formula, other))
    }

    fn counts<'run>(&'run self, counts: &'run [f64]) -> Counts<'run> {
        Counts { counts, most: Some(&self.most) }
    }

    /// Evaluates one as far as that goes. `counts` is NaN where nothing is known yet; `guess` is what to expect of such
    /// a rule. `blocked` are those that would hit but must not.
    pub fn try_one(
        &self,
        rule: u32,
        counts: &[f64],
        blocked: &mut BTreeSet<u32>,
        guess: &impl Fn(u32) -> Guess,
    ) -> Tried {
        let Some(meta) = self.meta(rule) else { return Tried::Other };
        if meta.may_block {
            let may_block = |rule: &&u32| self.meta(**rule).is_some_and(|meta| meta.may_block);
            let open = meta.expression.rules().iter().filter(may_block).find(|rule| count(counts, **rule).is_nan());
            if let Some(open) = open {
                return Tried::Needs(*open);
            }
            if meta.expression.rules().iter().any(|rule| blocked.contains(rule)) {
                blocked.insert(rule);
                return Tried::Count(0.0);
            }
        }
        match self.formulas.look(meta.formula, &meta.expression, self.counts(counts), guess) {
            Look::Known(false) => Tried::Count(0.0),
            Look::Open(guess) => Tried::Needs(guess.rule),
            Look::Known(true) => self.value(meta, counts, blocked, guess),
        }
    }

    fn meta(&self, rule: u32) -> Option<&Meta> {
        self.places.get(rule as usize).copied().flatten().and_then(|place| self.list.get(place))
    }

    /// What one comes to that holds.
    fn value(&self, meta: &Meta, counts: &[f64], blocked: &mut BTreeSet<u32>, guess: &impl Fn(u32) -> Guess) -> Tried {
        let of = self.counts(counts);
        let mut cheapest: Option<Guess> = None;
        let span = meta.expression.span(|rule| {
            if of.of(rule).is_nan() {
                let guess = guess(rule);
                cheapest = cheapest.filter(|cheapest| cheapest.cost <= guess.cost).or(Some(guess));
            }
            of.span(rule)
        });
        let value = match (span.map(Span::number), cheapest) {
            (Some(Some(value)), _) => value,
            (_, Some(guess)) => return Tried::Needs(guess.rule),
            // A division by zero makes it 0.
            (_, None) => 0.0,
        };
        if meta.is_off && value != 0.0 {
            blocked.insert(meta.rule);
        }
        Tried::Count(if meta.is_off { 0.0 } else { hits(value) })
    }

    /// Puts the counts of the meta rules beside those of the others, which are there: how often each hit, by number.
    ///
    /// A meta rule with 0 points that would hit keeps SpamAssassin 4.0.1 from ever evaluating those that need it. One
    /// that would not hit counts 0.
    pub fn run(&self, counts: &mut [f64]) {
        let mut blocked: BTreeSet<u32> = BTreeSet::new();
        for meta in &self.list {
            let is_blocked = !blocked.is_empty() && meta.expression.rules().iter().any(|rule| blocked.contains(rule));
            let value = if is_blocked { 0.0 } else { meta.expression.value(|rule| count(counts, rule)) };
            if is_blocked || meta.is_off && value != 0.0 {
                blocked.insert(meta.rule);
            }
            if let Some(place) = counts.get_mut(meta.rule as usize) {
                *place = if meta.is_off { 0.0 } else { hits(value) };
            }
        }
    }
}

fn count(counts: &[f64], rule: u32) -> f64 {
    counts.get(rule as usize).copied().unwrap_or(0.0)
}
