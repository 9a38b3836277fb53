//! All meta rules together.

use std::collections::BTreeSet;

use super::{Expression, Names, Span, hits, order};

/// Meta rules in the order in which they are evaluated.
#[derive(Clone, Debug, Default)]
pub struct Metas {
    metas: Vec<Meta>,
    /// For each rule: where it is in that order.
    places: Vec<Option<usize>>,
}

#[derive(Clone, Debug)]
struct Meta {
    rule: u32,
    expression: Expression,
    is_off: bool,
    /// It has 0 points, or needs one that has.
    may_block: bool,
    /// Its name does not begin with `__`.
    is_told: bool,
    /// What it counts if nothing that it needs hits; `None`: that has to be worked out.
    idle: Option<f64>,
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
            Some(Meta { rule: names.number(name)?, expression, is_off, may_block: is_off, is_told, idle: None })
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
            } else {
                meta.idle = Some(hits(meta.expression.value(|_| 0.0)));
            }
        }
        Self { metas, places }
    }

    /// Those whose count somebody wants to know: not with 0 points, and not with a name that begins with `__`.
    pub fn told(&self) -> impl Iterator<Item = u32> {
        self.metas.iter().filter(|meta| meta.is_told && !meta.is_off).map(|meta| meta.rule)
    }

    /// Puts the counts of those beside the others that need nothing that hits or is not known yet, which are most of
    /// them, and NaN for the rest.
    pub fn begin(&self, counts: &mut [f64]) {
        for meta in &self.metas {
            let is_idle = || meta.expression.rules().iter().all(|rule| count(counts, *rule) == 0.0);
            let value = meta.idle.filter(|_| is_idle()).unwrap_or(f64::NAN);
            if let Some(held) = counts.get_mut(meta.rule as usize) {
                *held = value;
            }
        }
    }

    /// Evaluates one as far as that goes. `counts` is NaN where nothing is known yet; `unknown` says the most that
    /// such a rule can count, and what it costs to find out. `blocked` are those that would hit but must not.
    pub fn try_one(
        &self,
        rule: u32,
        counts: &[f64],
        blocked: &mut BTreeSet<u32>,
        unknown: impl Fn(u32) -> (f64, u32),
    ) -> Tried {
        let place = self.places.get(rule as usize).copied().flatten();
        let Some(meta) = place.and_then(|place| self.metas.get(place)) else { return Tried::Other };
        if meta.may_block {
            let may_block = |rule: &&u32| {
                let place = self.places.get(**rule as usize).copied().flatten();
                place.and_then(|place| self.metas.get(place)).is_some_and(|meta| meta.may_block)
            };
            let open = meta.expression.rules().iter().filter(may_block).find(|rule| count(counts, **rule).is_nan());
            if let Some(open) = open {
                return Tried::Needs(*open);
            }
            if meta.expression.rules().iter().any(|rule| blocked.contains(rule)) {
                blocked.insert(rule);
                return Tried::Count(0.0);
            }
        }
        let mut cheapest: Option<(u32, u32)> = None;
        let span = meta.expression.span(|rule| {
            let count = count(counts, rule);
            if !count.is_nan() {
                return Span::of(count);
            }
            let (most, cost) = unknown(rule);
            if cheapest.is_none_or(|(least, _)| cost < least) {
                cheapest = Some((cost, rule));
            }
            Span { least: 0.0, most }
        });
        let value = match (span.map(Span::number), cheapest) {
            (Some(Some(value)), _) => value,
            (_, Some((_, rule))) => return Tried::Needs(rule),
            // A division by zero makes it 0.
            (_, None) => 0.0,
        };
        if meta.is_off && value != 0.0 {
            blocked.insert(rule);
        }
        Tried::Count(if meta.is_off { 0.0 } else { hits(value) })
    }

    /// Puts the counts of the meta rules beside those of the others, which are there: how often each hit, by number.
    ///
    /// A meta rule with 0 points that would hit keeps SpamAssassin 4.0.1 from ever evaluating those that need it. One
    /// that would not hit counts 0.
    pub fn run(&self, counts: &mut [f64]) {
        let mut blocked: BTreeSet<u32> = BTreeSet::new();
        for meta in &self.metas {
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
