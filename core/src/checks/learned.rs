//! What the person has taught.

use crate::{
    check::Check,
    evidence::{Evidence, Query, QueryPlan},
    finding::Findings,
    learn::Opinion,
    mail::Mail,
    symbol::SymbolInfo,
};

use super::text::short;

const BAYES_000: SymbolInfo = SymbolInfo::new("BAYES_000", "The words look 0 to 0.1 % like your spam");
const BAYES_00: SymbolInfo = SymbolInfo::new("BAYES_00", "The words look 0 to 1 % like your spam");
const BAYES_05: SymbolInfo = SymbolInfo::new("BAYES_05", "The words look 1 to 5 % like your spam");
const BAYES_20: SymbolInfo = SymbolInfo::new("BAYES_20", "The words look 5 to 20 % like your spam");
const BAYES_40: SymbolInfo = SymbolInfo::new("BAYES_40", "The words look 20 to 40 % like your spam");
const BAYES_50: SymbolInfo = SymbolInfo::new("BAYES_50", "The words look 40 to 60 % like your spam");
const BAYES_60: SymbolInfo = SymbolInfo::new("BAYES_60", "The words look 60 to 80 % like your spam");
const BAYES_80: SymbolInfo = SymbolInfo::new("BAYES_80", "The words look 80 to 90 % like your spam");
const BAYES_90: SymbolInfo = SymbolInfo::new("BAYES_90", "The words look 90 to 95 % like your spam");
const BAYES_95: SymbolInfo = SymbolInfo::new("BAYES_95", "The words look 95 to 98 % like your spam");
const BAYES_98: SymbolInfo = SymbolInfo::new("BAYES_98", "The words look 98 to 99 % like your spam");
const BAYES_99: SymbolInfo = SymbolInfo::new("BAYES_99", "The words look 99 to 100 % like your spam");
const BAYES_999: SymbolInfo = SymbolInfo::new("BAYES_999", "The words look 99.9 to 100 % like your spam");

/// Below which probability which symbol holds: SpamAssassin's bounds, and two more where a point is a matter of Junk or
/// not.
const BOUNDS: [(f64, &SymbolInfo); 10] = [
    (0.01, &BAYES_00),
    (0.05, &BAYES_05),
    (0.20, &BAYES_20),
    (0.40, &BAYES_40),
    (0.60, &BAYES_50),
    (0.80, &BAYES_60),
    (0.90, &BAYES_80),
    (0.95, &BAYES_90),
    (0.98, &BAYES_95),
    (0.99, &BAYES_98),
];

/// The learner's opinion.
#[derive(Debug)]
pub(super) struct Learned;

impl Check for Learned {
    fn name(&self) -> &'static str {
        "learned"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const {
            &[
                BAYES_000, BAYES_00, BAYES_05, BAYES_20, BAYES_40, BAYES_50, BAYES_60, BAYES_80, BAYES_90, BAYES_95,
                BAYES_98, BAYES_99, BAYES_999,
            ]
        }
    }

    fn queries(&self, _: &Mail<'_>, plan: &mut QueryPlan) {
        plan.ask(Query::Learned);
    }

    fn evaluate(&self, _: &Mail<'_>, evidence: &Evidence, findings: &mut Findings) {
        let Some(opinion) = evidence.learned() else { return };
        let bound = BOUNDS.iter().find(|(below, _)| opinion.probability < *below);
        findings.raise(bound.map_or(&BAYES_99, |(_, info)| info), why(opinion));
        // As in SpamAssassin, near certainty counts on top; here in both directions, as what is surely wanted must not be
        // filed for the way it is written.
        if 0.999 <= opinion.probability {
            findings.raise(&BAYES_999, "the words leave next to no doubt");
        } else if opinion.probability < 0.001 {
            findings.raise(&BAYES_000, "the words leave next to no doubt");
        }
    }
}

fn why(opinion: &Opinion) -> String {
    const CLUES: usize = 5;
    let percent = opinion.probability * 100.0;
    let decimals = usize::from(99.0 < percent && percent < 100.0);
    let clues: Vec<String> = opinion.clues.iter().take(CLUES).map(|clue| short(&clue.word)).collect();
    let colon = if clues.is_empty() { "" } else { ": " };
    format!("the words look {percent:.decimals$} % like your spam{colon}{}", clues.join(", "))
}
