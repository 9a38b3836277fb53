//! How many copies of a message others have had, as DCC counts.
//!
//! Bulk is no spam: mailing lists are bulk. So only what the servers call "many" counts, as in SpamAssassin.

use crate::{
    check::Check,
    evidence::{Answer, Evidence, Query, QueryPlan},
    finding::Findings,
    mail::Mail,
    symbol::SymbolInfo,
};

const DCC_CHECK: SymbolInfo = SymbolInfo::new("DCC_CHECK", "DCC counts so many copies of this message that it is bulk");

/// What stands for `many` in the answers of DCC.
const MANY: u32 = 999_999;

/// DCC.
#[derive(Debug)]
pub(super) struct DccCounts;

impl Check for DccCounts {
    fn name(&self) -> &'static str {
        "dcc"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[DCC_CHECK] }
    }

    fn queries(&self, _: &Mail<'_>, plan: &mut QueryPlan) {
        plan.ask(Query::Dcc);
    }

    fn evaluate(&self, _: &Mail<'_>, evidence: &Evidence, findings: &mut Findings) {
        let Some(Answer::Dcc(counts)) = evidence.answer(&Query::Dcc) else { return };
        let many: Vec<&str> =
            counts.iter().filter(|(_, count)| MANY <= *count).map(|(name, _)| name.as_str()).collect();
        if !many.is_empty() {
            findings.raise(&DCC_CHECK, format!("its {} was seen by too many to count", many.join(" and ")));
        }
    }
}
