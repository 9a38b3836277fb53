//! Whose mail the person always accepts or blocks.

use crate::{check::Check, evidence::Evidence, finding::Findings, lists::Side, mail::Mail, symbol::SymbolInfo};

/// What settles the class by itself: see [`crate::judge()`].
pub(crate) const LISTED_ACCEPT: SymbolInfo =
    SymbolInfo::new("LISTED_ACCEPT", "An entry of your lists says that mail like this is always accepted");

/// As [`LISTED_ACCEPT`].
pub(crate) const LISTED_BLOCK: SymbolInfo =
    SymbolInfo::new("LISTED_BLOCK", "An entry of your lists says that mail like this is always blocked");

const LISTED_FORGED: SymbolInfo =
    SymbolInfo::new("LISTED_FORGED", "It names a sender that you always accept, but was sent by another");

/// The entries that hit.
#[derive(Debug)]
pub(super) struct PersonsLists;

impl Check for PersonsLists {
    fn name(&self) -> &'static str {
        "listed"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[LISTED_ACCEPT, LISTED_BLOCK, LISTED_FORGED] }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        let listed = mail.account.lists.look(mail);
        for hit in listed.hits {
            let info = match hit.side {
                Side::Accept => &LISTED_ACCEPT,
                Side::Block => &LISTED_BLOCK,
            };
            findings.raise(info, hit.why);
        }
        if let Some(why) = listed.forged {
            findings.raise(&LISTED_FORGED, why);
        }
    }
}
