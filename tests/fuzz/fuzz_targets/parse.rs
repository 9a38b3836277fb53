//! Any bytes are a message: reading and judging them neither panics nor takes long.

#![no_main]

mod limit;

use libfuzzer_sys::fuzz_target;
use tamis_core::{Arrival, Config, Evidence, Mail, judge};

fn run(raw: &[u8]) {
    let mail = Mail::parse(raw, &Arrival::default());
    let verdict = judge(&mail, &Evidence::default(), &Config::default());
    assert!(verdict.findings.iter().all(|found| !found.finding.symbol.name().is_empty()));
}

// What is made ready when it is first needed is no message's own time.
fuzz_target!(init: { run(include_bytes!("../../../assets/demo/05-phish-bank-de.eml")) }, |raw: &[u8]| {
    limit::within_a_second(|| run(raw));
});
