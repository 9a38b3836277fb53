//! An expression's steps become a tree again.

use super::{Operation, Step};

/// A piece of an expression.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) tree: Tree,
    pub(super) is_negated: bool,
    /// The step with which it begins.
    pub(super) from: usize,
}

/// What it is made of.
#[derive(Debug)]
pub(super) enum Tree {
    Known(bool),
    Rule(u32),
    All(Vec<Part>),
    Any(Vec<Part>),
    /// Anything else; up to this step.
    Steps(usize),
}

impl Part {
    pub(super) fn of(steps: &[Step]) -> Self {
        part(steps, 0, steps.len()).unwrap_or(Self::new(Tree::Steps(steps.len()), 0))
    }

    fn new(tree: Tree, from: usize) -> Self {
        Self { tree, is_negated: false, from }
    }
}

/// What some steps come to that leave one value. It calls itself for what stands in parentheses, and the parser has made
/// sure that those are not nested deeply. `None`: they are not as it leaves them.
fn part(steps: &[Step], from: usize, to: usize) -> Option<Part> {
    let mut stack: Vec<Part> = Vec::new();
    let mut at = from;
    while at < to {
        let (made, next) = match *steps.get(at)? {
            Step::Number(number) => (Part::new(Tree::Known(number != 0.0), at), at + 1),
            Step::Rule(rule) => (Part::new(Tree::Rule(rule), at), at + 1),
            Step::Not => {
                let part = stack.pop()?;
                (Part { is_negated: !part.is_negated, ..part }, at + 1)
            }
            Step::Minus => (Part::new(Tree::Steps(at + 1), stack.pop()?.from), at + 1),
            Step::Two(_) => {
                stack.pop()?;
                (Part::new(Tree::Steps(at + 1), stack.pop()?.from), at + 1)
            }
            Step::And(target) => {
                let (left, right) = (stack.pop()?, part(steps, at + 1, target)?);
                let from = left.from;
                (Part::new(Tree::All(joined(left, right, true)), from), target)
            }
            Step::Or(target) => {
                let (left, right) = (stack.pop()?, part(steps, at + 1, target)?);
                let from = left.from;
                (Part::new(Tree::Any(joined(left, right, false)), from), target)
            }
            // The jump over what is taken otherwise stands before that.
            Step::Unless(target) => {
                let Some(Step::Jump(end)) = target.checked_sub(1).and_then(|jump| steps.get(jump)) else { return None };
                (Part::new(Tree::Steps(*end), stack.pop()?.from), *end)
            }
            Step::Jump(_) => return None,
        };
        stack.push(made);
        at = next;
    }
    stack.pop()
}

/// Two parts, and those that one of the same kind is made of.
fn joined(left: Part, right: Part, are_all: bool) -> Vec<Part> {
    let mut parts = Vec::new();
    for part in [left, right] {
        match (part.tree, part.is_negated) {
            (Tree::All(inner), false) if are_all => parts.extend(inner),
            (Tree::Any(inner), false) if !are_all => parts.extend(inner),
            (tree, is_negated) => parts.push(Part { tree, is_negated, from: part.from }),
        }
    }
    parts
}

impl Operation {
    /// Whether what comes of it is 0 or 1.
    pub(super) const fn is_comparison(self) -> bool {
        match self {
            Self::Less | Self::LessOrEqual | Self::More | Self::MoreOrEqual | Self::Equal | Self::Unequal => true,
            Self::Plus | Self::Minus | Self::Times | Self::Over => false,
        }
    }
}
