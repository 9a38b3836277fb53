//! Every check, in the order a person would read a message.

use crate::{check::Check, symbol::SymbolInfo};

/// All checks, in the order they run. Order decides nothing but the order of a report.
pub const CHECKS: &[&dyn Check] = &[];

/// All symbols of all checks.
pub fn symbols() -> impl Iterator<Item = &'static SymbolInfo> {
    CHECKS.iter().flat_map(|check| check.symbols())
}
