//! What an expression comes to where not all counts are known: most need not be, for it to be known.

use std::ops::Range;

use super::{DEPTH, Expression, Operation, Step};

/// No count is larger.
pub const MOST: f64 = 1e15;

/// The numbers from `least` to `most`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// The least.
    pub least: f64,
    /// The largest.
    pub most: f64,
}

impl Span {
    /// Nothing is known.
    const ANY: Self = Self { least: -MOST * MOST, most: MOST * MOST };
    const TRUTH: Self = Self { least: 0.0, most: 1.0 };

    /// One number.
    pub const fn of(number: f64) -> Self {
        Self { least: number, most: number }
    }

    /// The number, if it is only one.
    #[expect(clippy::float_cmp, reason = "counts and the numbers of rules, which are exact")]
    pub fn number(self) -> Option<f64> {
        (self.least == self.most).then_some(self.least)
    }

    /// Whether it is true; `None`: it can be either.
    pub(super) fn is_true(self) -> Option<bool> {
        if self.least > 0.0 || self.most < 0.0 { Some(true) } else { self.number().map(|_| false) }
    }

    fn or(self, other: Self) -> Self {
        Self { least: self.least.min(other.least), most: self.most.max(other.most) }
    }
}

impl Expression {
    /// What it can come to, where a count can be anything within what `of` says. `None`: it divides by zero, or which
    /// way it goes must be known first.
    pub fn span(&self, of: impl FnMut(u32) -> Span) -> Option<Span> {
        self.span_within(0..self.steps.len(), of)
    }

    /// The same of some of its steps that leave one value.
    pub(super) fn span_within(&self, steps: Range<usize>, mut of: impl FnMut(u32) -> Span) -> Option<Span> {
        let mut stack = Spans { values: [Span::of(0.0); DEPTH], len: 0 };
        // What it may also be from a step on.
        let mut also: Vec<(usize, Span)> = Vec::new();
        let mut at = steps.start;
        loop {
            while let Some((_, other)) = also.pop_if(|(target, _)| *target == at) {
                let value = stack.pop();
                stack.push(value.or(other));
            }
            let Some(step) = self.steps.get(at).filter(|_| at < steps.end) else { break };
            at += 1;
            match *step {
                Step::Number(number) => stack.push(Span::of(number)),
                Step::Rule(rule) => stack.push(of(rule)),
                Step::Not => {
                    let value = stack.pop();
                    stack.push(value.is_true().map_or(Span::TRUTH, |is_true| Span::of(super::truth(!is_true))));
                }
                Step::Minus => {
                    let value = stack.pop();
                    stack.push(Span { least: -value.most, most: -value.least });
                }
                Step::Two(operation) => {
                    let (right, left) = (stack.pop(), stack.pop());
                    stack.push(operation.span(left, right)?);
                }
                Step::And(target) if stack.top().is_true() == Some(false) => at = target,
                Step::Or(target) if stack.top().is_true() == Some(true) => at = target,
                Step::And(target) if stack.top().is_true().is_none() => {
                    stack.drop();
                    also.push((target, Span::of(0.0)));
                }
                Step::Or(target) if stack.top().is_true().is_none() => also.push((target, stack.pop())),
                Step::And(_) | Step::Or(_) => stack.drop(),
                Step::Unless(target) => {
                    if !stack.pop().is_true()? {
                        at = target;
                    }
                }
                Step::Jump(target) => at = target,
            }
        }
        Some(stack.pop())
    }
}

struct Spans {
    values: [Span; DEPTH],
    len: usize,
}

impl Spans {
    fn push(&mut self, value: Span) {
        if let Some(place) = self.values.get_mut(self.len) {
            *place = value;
            self.len += 1;
        }
    }

    fn pop(&mut self) -> Span {
        self.drop();
        self.values.get(self.len).copied().unwrap_or(Span::of(0.0))
    }

    fn drop(&mut self) {
        self.len = self.len.saturating_sub(1);
    }

    fn top(&self) -> Span {
        self.values.get(self.len.saturating_sub(1)).copied().unwrap_or(Span::of(0.0))
    }
}

impl Operation {
    /// `None`: it divides by zero, or may do so.
    pub(super) fn span(self, left: Span, right: Span) -> Option<Span> {
        if let (Some(left), Some(right)) = (left.number(), right.number()) {
            return self.of(left, right).map(Span::of);
        }
        let truth = |is_sure: bool, is_out: bool| match (is_sure, is_out) {
            (true, _) => Span::of(1.0),
            (_, true) => Span::of(0.0),
            _ => Span::TRUTH,
        };
        let apart = left.most < right.least || right.most < left.least;
        Some(match self {
            Self::Plus => Span { least: left.least + right.least, most: left.most + right.most },
            Self::Minus => Span { least: left.least - right.most, most: left.most - right.least },
            Self::Times if left.least >= 0.0 && right.least >= 0.0 => {
                Span { least: left.least * right.least, most: left.most * right.most }
            }
            Self::Times => Span::ANY,
            Self::Over => return None,
            Self::Less => truth(left.most < right.least, left.least >= right.most),
            Self::LessOrEqual => truth(left.most <= right.least, left.least > right.most),
            Self::More => truth(left.least > right.most, left.most <= right.least),
            Self::MoreOrEqual => truth(left.least >= right.most, left.most < right.least),
            Self::Equal => truth(false, apart),
            Self::Unequal => truth(apart, false),
        })
    }
}
