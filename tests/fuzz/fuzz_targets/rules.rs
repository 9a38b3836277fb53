//! Any bytes are a rule file: reading, counting, compiling and running it neither panics nor takes long.

#![no_main]

mod limit;

use libfuzzer_sys::fuzz_target;
use tamis_core::{
    Arrival, Mail,
    rules::{Census, CompileSettings, LoadSettings, Program, RuleFile, eval, load},
};

const MAIL: &[&[u8]] = &[
    include_bytes!("../../../assets/demo/05-phish-bank-de.eml"),
    include_bytes!("../../../assets/demo/23-list-patch-v2.eml"),
    include_bytes!("../../../assets/demo/46-malware-zip-js.eml"),
    b"Subject: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n\naaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!",
];

fn run(text: &[u8]) {
    let file = RuleFile { name: "fuzz.cf".to_owned(), text: text.to_vec(), is_only_included: false };
    let book = load(&[file], &LoadSettings::default());
    let (program, problems) = Program::compile(&book, CompileSettings::default());
    let census = Census::of(&book, &problems, &|function| eval::find(function).is_some());
    assert!(census.total.runs <= census.total.loaded);
    for raw in MAIL {
        let hits = program.run(&Mail::parse(raw, &Arrival::default()), None);
        assert!(hits.hits.len() <= program.rules().len());
    }
}

// What is made ready when it is first needed is no file's own time.
fuzz_target!(init: { run(b"header A exists:Subject") }, |text: &[u8]| {
    limit::within_a_second(|| run(text));
});
