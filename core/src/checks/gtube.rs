//! The string that every spam filter calls spam by agreement, so that people can try theirs.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::{check::Check, evidence::Evidence, finding::Findings, mail::Mail, symbol::SymbolInfo};

const GTUBE: SymbolInfo = SymbolInfo::new("GTUBE", "It holds the string agreed on for testing spam filters");

static TEST_STRING: LazyLock<Finder<'static>> =
    LazyLock::new(|| Finder::new("XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"));

/// The test string.
#[derive(Debug)]
pub(super) struct Gtube;

impl Check for Gtube {
    fn name(&self) -> &'static str {
        "gtube"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[GTUBE] }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        let mut places = mail.texts().iter().map(|part| part.text.as_str()).chain([mail.subject()]);
        if places.any(|text| TEST_STRING.find(text.as_bytes()).is_some()) {
            findings.raise(&GTUBE, "it holds the test string for spam filters");
        }
    }
}
