//! The `Date` header against the time of arrival.

use crate::{
    check::Check,
    evidence::Evidence,
    finding::Findings,
    mail::{DateHeader, Mail},
    symbol::SymbolInfo,
};

const MISSING_DATE: SymbolInfo = SymbolInfo::new("MISSING_DATE", "There is no Date header");
const INVALID_DATE: SymbolInfo = SymbolInfo::new("INVALID_DATE", "The Date header is unreadable");
const FUTURE_03_06: SymbolInfo = SymbolInfo::new("DATE_IN_FUTURE_03_06", "Dated 3 to 6 hours after it arrived");
const FUTURE_06_12: SymbolInfo = SymbolInfo::new("DATE_IN_FUTURE_06_12", "Dated 6 to 12 hours after it arrived");
const FUTURE_12_24: SymbolInfo = SymbolInfo::new("DATE_IN_FUTURE_12_24", "Dated 12 to 24 hours after it arrived");
const FUTURE_24_48: SymbolInfo = SymbolInfo::new("DATE_IN_FUTURE_24_48", "Dated 1 to 2 days after it arrived");
const FUTURE_48_96: SymbolInfo = SymbolInfo::new("DATE_IN_FUTURE_48_96", "Dated 2 to 4 days after it arrived");
const FUTURE_96_XX: SymbolInfo = SymbolInfo::new("DATE_IN_FUTURE_96_XX", "Dated more than 4 days after it arrived");
const PAST_12_24: SymbolInfo = SymbolInfo::new("DATE_IN_PAST_12_24", "Dated 12 to 24 hours before it arrived");
const PAST_24_48: SymbolInfo = SymbolInfo::new("DATE_IN_PAST_24_48", "Dated 1 to 2 days before it arrived");
const PAST_48_96: SymbolInfo = SymbolInfo::new("DATE_IN_PAST_48_96", "Dated 2 to 4 days before it arrived");
const PAST_96_XX: SymbolInfo = SymbolInfo::new("DATE_IN_PAST_96_XX", "Dated more than 4 days before it arrived");

/// From how many hours on which symbol holds, largest first. Clocks run fast and zones are mistaken, so less than three
/// hours ahead say nothing; greylisting and a closed laptop lid delay honest mail by hours.
const FUTURE: [(i64, &SymbolInfo); 6] = [
    (96, &FUTURE_96_XX),
    (48, &FUTURE_48_96),
    (24, &FUTURE_24_48),
    (12, &FUTURE_12_24),
    (6, &FUTURE_06_12),
    (3, &FUTURE_03_06),
];
const PAST: [(i64, &SymbolInfo); 4] = [(96, &PAST_96_XX), (48, &PAST_48_96), (24, &PAST_24_48), (12, &PAST_12_24)];

/// The `Date` header.
#[derive(Debug)]
pub(super) struct Date;

impl Check for Date {
    fn name(&self) -> &'static str {
        "date"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const {
            &[
                MISSING_DATE,
                INVALID_DATE,
                FUTURE_03_06,
                FUTURE_06_12,
                FUTURE_12_24,
                FUTURE_24_48,
                FUTURE_48_96,
                FUTURE_96_XX,
                PAST_12_24,
                PAST_24_48,
                PAST_48_96,
                PAST_96_XX,
            ]
        }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        let sent_at = match mail.date() {
            DateHeader::Missing => return findings.raise(&MISSING_DATE, "there is no Date header"),
            DateHeader::Unreadable => {
                let written = mail.header("Date").unwrap_or_default();
                return findings.raise(&INVALID_DATE, format!("\"{}\" is no date", super::text::short(written)));
            }
            DateHeader::At(sent_at) => sent_at,
        };
        let Some(received_at) = mail.received_at() else { return };
        let ahead_hours = sent_at.0.saturating_sub(received_at.0) / 3600;
        let (table, hours, way) =
            if 0 < ahead_hours { (&FUTURE[..], ahead_hours, "after") } else { (&PAST[..], -ahead_hours, "before") };
        if let Some((_, info)) = table.iter().find(|(from, _)| *from <= hours) {
            findings.raise(info, format!("dated {} {way} it arrived", span(hours)));
        }
    }
}

/// Hours in the unit a person would use.
fn span(hours: i64) -> String {
    match hours {
        0..72 => format!("{hours} hours"),
        72..1440 => format!("{} days", hours / 24),
        1440..17_520 => format!("{} months", hours / 730),
        _ => format!("{} years", hours / 8766),
    }
}
