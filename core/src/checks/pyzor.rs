//! How often others have reported the same to pyzor, as the server that is asked counts.

use crate::{
    check::Check,
    evidence::{Answer, Evidence, Query, QueryPlan},
    finding::Findings,
    mail::Mail,
    symbol::SymbolInfo,
};

const PYZOR_CHECK: SymbolInfo =
    SymbolInfo::new("PYZOR_CHECK", "Others have reported the same message to pyzor as spam");

/// So many reports are no accident (SpamAssassin, `pyzor_count_min`).
const LEAST_REPORTS: u64 = 5;

/// From so many on, those that call it wanted are believed if they are a fifth of the reports (`pyzor_welcomelist_min`,
/// `pyzor_welcomelist_factor`).
const LEAST_WELCOMES: u64 = 10;

/// A digest that so many have reported is that of no text: of an empty message, or of a footer.
const TOO_MANY: u64 = 1_000_000;

/// Pyzor.
#[derive(Debug)]
pub(super) struct Pyzor;

impl Check for Pyzor {
    fn name(&self) -> &'static str {
        "pyzor"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[PYZOR_CHECK] }
    }

    fn queries(&self, _: &Mail<'_>, plan: &mut QueryPlan) {
        plan.ask(Query::Pyzor);
    }

    fn evaluate(&self, _: &Mail<'_>, evidence: &Evidence, findings: &mut Findings) {
        let Some(Answer::Pyzor { reports, welcomes }) = evidence.answer(&Query::Pyzor) else { return };
        let is_wanted = LEAST_WELCOMES <= *welcomes && reports / 5 <= *welcomes;
        if (LEAST_REPORTS..=TOO_MANY).contains(reports) && !is_wanted {
            findings.raise(&PYZOR_CHECK, format!("others have reported this message {reports} times"));
        }
    }
}
