//! In which order meta rules are evaluated.

use std::collections::{BTreeMap, VecDeque};

use super::Expression;

/// The order in which meta rules can be evaluated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Order {
    /// Each stands after those that it needs.
    pub rules: Vec<u32>,
    /// These need themselves, by way of others or not, or need one that does. SpamAssassin never evaluates them: they
    /// never hit.
    pub stuck: Vec<u32>,
}

/// Puts meta rules in order: each with its number and its expression, in any order. What is needed and is not in the
/// list is known before.
pub fn order(metas: &[(u32, &Expression)]) -> Order {
    // Who waits for a rule, and for how many a rule waits.
    let mut waiters: BTreeMap<u32, Vec<u32>> = metas.iter().map(|(rule, _)| (*rule, Vec::new())).collect();
    let mut waits: BTreeMap<u32, usize> = BTreeMap::new();
    for (rule, expression) in metas {
        let mut count = 0;
        for needed in expression.rules() {
            if let Some(waiters) = waiters.get_mut(needed) {
                waiters.push(*rule);
                count += 1;
            }
        }
        waits.insert(*rule, count);
    }
    let mut ready: VecDeque<u32> = waits.iter().filter(|(_, count)| **count == 0).map(|(rule, _)| *rule).collect();
    let mut order = Order::default();
    while let Some(rule) = ready.pop_front() {
        waits.remove(&rule);
        order.rules.push(rule);
        for waiter in waiters.get(&rule).into_iter().flatten() {
            let Some(count) = waits.get_mut(waiter) else { continue };
            *count -= 1;
            if *count == 0 {
                ready.push_back(*waiter);
            }
        }
    }
    order.stuck = waits.into_keys().collect();
    order
}
