//! What a check saw, and why it says so.

use crate::symbol::{Symbol, SymbolInfo, Words};

/// One symbol raised on one message, with the evidence in the message's own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was found.
    pub symbol: Symbol,
    /// What that means, one sentence; empty if the rule does not say.
    pub about: Words,
    /// What in the message made us say so, for a person to check: `sent 9 h in the future`.
    pub why: String,
}

/// The findings on one message, in the order the checks ran.
#[derive(Clone, Debug, Default)]
pub struct Findings(Vec<Finding>);

impl Findings {
    /// Raises `info`'s symbol because of `why`. A symbol counts once, however often it is raised.
    pub fn raise(&mut self, info: &SymbolInfo, why: impl Into<String>) {
        self.add(Finding { symbol: info.symbol(), about: Words::new(info.about), why: why.into() });
    }

    /// Adds a finding, unless its symbol is there.
    pub fn add(&mut self, finding: Finding) {
        if !self.has(&finding.symbol) {
            self.0.push(finding);
        }
    }

    /// Whether `symbol` was raised.
    pub fn has(&self, symbol: &Symbol) -> bool {
        self.0.iter().any(|finding| finding.symbol == *symbol)
    }

    /// The findings, first raised first.
    pub fn iter(&self) -> impl Iterator<Item = &Finding> {
        self.0.iter()
    }
}

impl IntoIterator for Findings {
    type Item = Finding;
    type IntoIter = std::vec::IntoIter<Finding>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
