//! Our own engine, as it is compared.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use tamis_core::{
    Arrival, Mail,
    rules::{CompileSettings, LoadSettings, Program, RuleFile, book::Test, eval, load},
};

use super::{Rules, Said};

/// Rules, compiled.
#[derive(Debug)]
pub struct Ours {
    program: Program,
    run: BTreeSet<String>,
}

impl Ours {
    /// Compiles the rules as SpamAssassin runs them without network and learner.
    pub fn new(files: &[RuleFile]) -> Result<Self> {
        let book = load(files, &LoadSettings::default());
        let (program, _) = Program::compile(&book, CompileSettings::default());
        let mut run: BTreeSet<String> = program.rules().names().map(str::to_owned).collect();
        // A rule whose function nobody knows is there, for others to refer to, and never hits.
        run.retain(|name| match book.rules.get(name).map(|rule| &rule.test) {
            Some(Test::Eval(test)) => eval::find(&test.function).is_some(),
            Some(_) | None => true,
        });
        ensure!(!run.is_empty(), "there is no rule among these that we run");
        Ok(Self { program, run })
    }
}

impl Rules for Ours {
    fn rules(&self) -> &BTreeSet<String> {
        &self.run
    }

    fn said(&self, raw: &[u8]) -> Said {
        let mail = Mail::parse(raw, &Arrival::default());
        let hits = self.program.run(&mail, None).hits;
        let scores = hits.iter().filter(|hit| hit.points != 0.0);
        Said {
            scores: scores.map(|hit| (hit.name.to_string(), hit.points)).collect(),
            hits: hits.iter().map(|hit| (hit.name.to_string(), hit.count)).collect(),
        }
    }
}
