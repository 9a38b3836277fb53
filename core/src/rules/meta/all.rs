//! All meta rules together.

use std::collections::BTreeSet;

use super::{Expression, Names, hits, order};

/// Meta rules in the order in which they are evaluated.
#[derive(Clone, Debug, Default)]
pub struct Metas(Vec<Meta>);

#[derive(Clone, Debug)]
struct Meta {
    rule: u32,
    expression: Expression,
    is_off: bool,
}

impl Metas {
    /// Of these: the name, the expression, and whether it has 0 points. What cannot be read or evaluated is left out.
    pub fn of<'a>(rules: impl IntoIterator<Item = (&'a str, &'a str, bool)>, names: &Names<'_>) -> Self {
        let read = |(name, text, is_off): (&str, &str, bool)| {
            let expression = Expression::parse(text, name, names).ok()?;
            Some(Meta { rule: names.number(name)?, expression, is_off })
        };
        let mut metas: Vec<Meta> = rules.into_iter().filter_map(read).collect();
        let listed: Vec<(u32, &Expression)> = metas.iter().map(|meta| (meta.rule, &meta.expression)).collect();
        let order = order(&listed).rules;
        let mut places = vec![None; names.0.len()];
        for (place, rule) in order.iter().enumerate() {
            if let Some(of) = usize::try_from(*rule).ok().and_then(|rule| places.get_mut(rule)) {
                *of = Some(place);
            }
        }
        let place = |meta: &Meta| usize::try_from(meta.rule).ok().and_then(|rule| places.get(rule).copied().flatten());
        metas.retain(|meta| place(meta).is_some());
        metas.sort_by_key(place);
        Self(metas)
    }

    /// Puts the counts of the meta rules beside those of the others, which are there: how often each hit, by number.
    ///
    /// A meta rule with 0 points that would hit keeps SpamAssassin 4.0.1 from ever evaluating those that need it. One
    /// that would not hit counts 0.
    pub fn run(&self, counts: &mut [f64]) {
        let mut blocked: BTreeSet<u32> = BTreeSet::new();
        for meta in &self.0 {
            let is_blocked = !blocked.is_empty() && meta.expression.rules().iter().any(|rule| blocked.contains(rule));
            let value = if is_blocked { 0.0 } else { meta.expression.value(|rule| count(counts, rule)) };
            if is_blocked || meta.is_off && value != 0.0 {
                blocked.insert(meta.rule);
            }
            if let Some(place) = usize::try_from(meta.rule).ok().and_then(|rule| counts.get_mut(rule)) {
                *place = if meta.is_off { 0.0 } else { hits(value) };
            }
        }
    }
}

fn count(counts: &[f64], rule: u32) -> f64 {
    usize::try_from(rule).ok().and_then(|rule| counts.get(rule)).copied().unwrap_or(0.0)
}
