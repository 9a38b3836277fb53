//! What a fuzzy storage of rspamd knows of the text and the files of a message.
//!
//! It tells under which flag something was reported, and how often. The flags are those of rspamd's own settings: 1 of its
//! public storage and 11 of one's own are spam, 2 and 12 probably spam, 3 and 13 wanted.

use crate::{
    check::Check,
    evidence::{Answer, Evidence, FuzzyHit, Query, QueryPlan},
    finding::Findings,
    mail::Mail,
    symbol::SymbolInfo,
};

const FUZZY_DENIED: SymbolInfo =
    SymbolInfo::new("FUZZY_DENIED", "Others have reported the same to a fuzzy storage as spam");
const FUZZY_PROB: SymbolInfo =
    SymbolInfo::new("FUZZY_PROB", "Others have reported the same to a fuzzy storage as probable spam");
const FUZZY_WHITE: SymbolInfo =
    SymbolInfo::new("FUZZY_WHITE", "Others have reported the same to a fuzzy storage as wanted");

/// The weight from which on a report counts, the likeness counted in. One has ten where nobody says otherwise.
const LEAST_WEIGHT: f32 = 5.0;

/// Fuzzy storages.
#[derive(Debug)]
pub(super) struct RspamdFuzzy;

impl Check for RspamdFuzzy {
    fn name(&self) -> &'static str {
        "rspamd_fuzzy"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[FUZZY_DENIED, FUZZY_PROB, FUZZY_WHITE] }
    }

    fn queries(&self, _: &Mail<'_>, plan: &mut QueryPlan) {
        plan.ask(Query::RspamdFuzzy);
    }

    fn evaluate(&self, _: &Mail<'_>, evidence: &Evidence, findings: &mut Findings) {
        let Some(Answer::Fuzzy(hits)) = evidence.answer(&Query::RspamdFuzzy) else { return };
        #[expect(clippy::cast_precision_loss, reason = "a count of reports")]
        let weight = |hit: &FuzzyHit| hit.value as f32 * hit.likeness;
        let clear = hits.iter().filter(|hit| LEAST_WEIGHT <= weight(hit));
        for (info, flags) in [(&FUZZY_DENIED, [1, 11]), (&FUZZY_PROB, [2, 12]), (&FUZZY_WHITE, [3, 13])] {
            let most = clear.clone().filter(|hit| flags.contains(&hit.flag)).map(|hit| hit.value).max();
            if let Some(value) = most {
                findings.raise(info, format!("it was reported with a weight of {value}"));
            }
        }
    }
}
