//! Sums and conditions of other rules: `meta X (A + B > 1) && !C`.
//!
//! Perl evaluates them in SpamAssassin, and its rules hold: `3 || 1` is 3, `1 && 3` is 3, `!0` is 1. A name of no rule is 0.

mod all;
mod formula;
mod order;
mod parse;
mod part;
mod span;
mod watch;
mod words;

use std::collections::BTreeMap;

pub use self::{
    all::{Metas, Tried},
    formula::Guess,
    order::{Order, order},
    span::{MOST, Span},
};
use super::book::Book;

/// So many values may wait at once: parentheses go no deeper.
const DEPTH: usize = 64;

/// The numbers of rules: their places in the order of their names.
#[derive(Debug)]
pub struct Names<'a>(BTreeMap<&'a str, u32>);

impl<'a> Names<'a> {
    /// Of all rules of a book.
    pub fn of(book: &'a Book) -> Self {
        Self::listed(book.rules.keys().map(String::as_str))
    }

    /// Of these, in this order.
    pub fn listed(names: impl Iterator<Item = &'a str>) -> Self {
        Self(names.zip(0..).collect())
    }

    /// The number of one.
    pub fn number(&self, name: &str) -> Option<u32> {
        self.0.get(name).copied()
    }

    /// The numbers of all that a glob (`*` is anything, `?` is one character) matches.
    fn matching(&self, glob: &str) -> Vec<u32> {
        let fixed = glob.split(['*', '?']).next().unwrap_or_default();
        let near = self.0.range(fixed..).take_while(|(name, _)| name.starts_with(fixed));
        near.filter(|(name, _)| is_match(glob.as_bytes(), name.as_bytes())).map(|(_, number)| *number).collect()
    }
}

/// Whether a glob matches a name. It goes back to the last star only, so that it takes glob times name steps at most.
fn is_match(glob: &[u8], name: &[u8]) -> bool {
    let (mut g, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while let Some(byte) = name.get(n) {
        match (glob.get(g), star) {
            (Some(b'*'), _) => {
                star = Some((g, n));
                g += 1;
            }
            (Some(want), _) if *want == b'?' || want == byte => (g, n) = (g + 1, n + 1),
            (_, Some((at, from))) => {
                star = Some((at, from + 1));
                (g, n) = (at + 1, from + 1);
            }
            (_, None) => return false,
        }
    }
    glob.iter().skip(g).all(|byte| *byte == b'*')
}

/// A meta rule's expression, ready to be evaluated.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Expression {
    steps: Vec<Step>,
    rules: Vec<u32>,
    unknown: Vec<String>,
}

/// One step of a machine with a stack. Targets are numbers of steps, always later ones.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    Number(f64),
    Rule(u32),
    Not,
    Minus,
    Two(Operation),
    /// If the top is 0, it stays and we go on there; else it goes.
    And(usize),
    /// If the top is not 0, it stays and we go on there; else it goes.
    Or(usize),
    /// Takes the top; if it is 0 we go on there.
    Unless(usize),
    Jump(usize),
}

/// What is done with two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
    Plus,
    Minus,
    Times,
    Over,
    Less,
    LessOrEqual,
    More,
    MoreOrEqual,
    Equal,
    Unequal,
}

impl Expression {
    /// Reads the expression of the rule `own`, which `rules_matching` leaves out. `Err` is why it cannot be read, in a
    /// sentence.
    ///
    /// # Errors
    ///
    /// If it is none, is nested more deeply than 64 levels, or divides by zero when no rule holds.
    pub fn parse(text: &str, own: &str, names: &Names<'_>) -> Result<Self, String> {
        let expression = parse::parse(text, own, names)?;
        match expression.run(|_| 0.0) {
            Some(_) => Ok(expression),
            None => Err("its expression divides by zero when no rule holds".to_owned()),
        }
    }

    /// The rules it needs, in order, each once.
    pub fn rules(&self) -> &[u32] {
        &self.rules
    }

    /// The names in it that no rule has.
    pub fn unknown(&self) -> &[String] {
        &self.unknown
    }

    /// Its value, if that of each rule is how often it hit (1 at most, unless it has the flag `multiple` or is a meta
    /// rule itself, which has its own value). A division by zero makes it 0.
    pub fn value(&self, of: impl Fn(u32) -> f64) -> f64 {
        self.run(of).unwrap_or(0.0)
    }

    fn run(&self, of: impl Fn(u32) -> f64) -> Option<f64> {
        let mut stack = Stack { values: [0.0; DEPTH], len: 0 };
        let mut at = 0;
        while let Some(step) = self.steps.get(at) {
            at += 1;
            match *step {
                Step::Number(number) => stack.push(number),
                Step::Rule(rule) => stack.push(of(rule)),
                Step::Not => {
                    let value = stack.pop();
                    stack.push(truth(value == 0.0));
                }
                Step::Minus => {
                    let value = stack.pop();
                    stack.push(-value);
                }
                Step::Two(operation) => {
                    let (right, left) = (stack.pop(), stack.pop());
                    stack.push(operation.of(left, right)?);
                }
                Step::And(target) if stack.top() == 0.0 => at = target,
                Step::Or(target) if stack.top() != 0.0 => at = target,
                Step::And(_) | Step::Or(_) => stack.drop(),
                Step::Unless(target) => {
                    if stack.pop() == 0.0 {
                        at = target;
                    }
                }
                Step::Jump(target) => at = target,
            }
        }
        Some(stack.pop())
    }
}

/// What a meta rule counts for elsewhere and in the list of hits: its value, but 1 if that is negative. 0 is no hit.
pub fn hits(value: f64) -> f64 {
    if value < 0.0 { 1.0 } else { value }
}

/// Values that wait. [`parse`] has made sure that they are never more than fit.
struct Stack {
    values: [f64; DEPTH],
    len: usize,
}

impl Stack {
    fn push(&mut self, value: f64) {
        if let Some(place) = self.values.get_mut(self.len) {
            *place = value;
            self.len += 1;
        }
    }

    fn pop(&mut self) -> f64 {
        self.len = self.len.saturating_sub(1);
        self.values.get(self.len).copied().unwrap_or(0.0)
    }

    fn drop(&mut self) {
        self.len = self.len.saturating_sub(1);
    }

    fn top(&self) -> f64 {
        self.values.get(self.len.saturating_sub(1)).copied().unwrap_or(0.0)
    }
}

fn truth(holds: bool) -> f64 {
    if holds { 1.0 } else { 0.0 }
}

impl Operation {
    /// `None` if it divides by zero.
    #[expect(clippy::float_cmp, reason = "counts and the numbers of rules, which are exact")]
    fn of(self, left: f64, right: f64) -> Option<f64> {
        Some(match self {
            Self::Plus => left + right,
            Self::Minus => left - right,
            Self::Times => left * right,
            Self::Over if right == 0.0 => return None,
            Self::Over => left / right,
            Self::Less => truth(left < right),
            Self::LessOrEqual => truth(left <= right),
            Self::More => truth(left > right),
            Self::MoreOrEqual => truth(left >= right),
            Self::Equal => truth(left == right),
            Self::Unequal => truth(left != right),
        })
    }
}

#[cfg(test)]
mod tests;
