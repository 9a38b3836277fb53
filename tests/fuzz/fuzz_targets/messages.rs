//! Any bytes are a message: running thousands of rules on it neither panics nor takes long.
//!
//! The rules are those of Tamis, and those in the folder that `TAMIS_FUZZ_RULES` names.

#![no_main]

mod limit;

use std::{fs, path::PathBuf, sync::LazyLock};

use libfuzzer_sys::fuzz_target;
use tamis_core::{
    Arrival, Mail,
    rules::{CompileSettings, LoadSettings, Program, RuleFile, load, own_files},
};

static PROGRAM: LazyLock<Program> = LazyLock::new(|| {
    let mut files = own_files();
    if let Some(folder) = std::env::var_os("TAMIS_FUZZ_RULES") {
        let entries = fs::read_dir(folder).expect("the folder of rules").flatten().map(|entry| entry.path());
        let mut paths: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|end| end == "cf")).collect();
        paths.sort();
        files.extend(paths.into_iter().map(|path| RuleFile {
            text: fs::read(&path).expect("a rule file"),
            name: path.display().to_string(),
            is_only_included: false,
        }));
    }
    Program::compile(&load(&files, &LoadSettings::default()), CompileSettings::default()).0
});

fn run(raw: &[u8]) {
    let hits = PROGRAM.run(&Mail::parse(raw, &Arrival::default()), None);
    assert!(hits.points().is_finite());
}

// What is made ready when it is first needed is no message's own time.
fuzz_target!(init: { run(include_bytes!("../../../assets/demo/05-phish-bank-de.eml")) }, |raw: &[u8]| {
    limit::within_a_second(|| run(raw));
});
