//! Functions that rules call by name.

use super::{book::EvalTest, view::View};

/// One function.
#[derive(Clone, Copy, Debug)]
pub struct Eval {
    /// Its name in rules.
    pub name: &'static str,
    /// How often it holds: 0 is no. An argument that makes no sense is no.
    pub run: fn(&Scene<'_>, &EvalTest) -> u32,
}

/// What a function may look at.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'run> {
    /// The message.
    pub view: &'run View<'run>,
}

/// Every family of functions.
const FAMILIES: &[&[Eval]] = &[];

/// The function of this name.
pub fn find(name: &str) -> Option<&'static Eval> {
    FAMILIES.iter().flat_map(|family| family.iter()).find(|eval| eval.name == name)
}
