//! Any bytes are a message: reading and judging them neither panics nor takes long.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tamis_core::{Arrival, Config, Evidence, Mail, judge};

fuzz_target!(|raw: &[u8]| {
    let mail = Mail::parse(raw, &Arrival::default());
    let verdict = judge(&mail, &Evidence::default(), &Config::default());
    assert!(verdict.findings.iter().all(|found| !found.finding.symbol.name().is_empty()));
});
