//! Tamis as it is measured: a process that judges the messages it is told.

use std::{
    env, fs,
    io::{BufRead as _, Write as _},
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

use anyhow::{Context as _, Result, ensure};
use tamis_agent::{paths::Home, rules::in_use};
use tamis_core::{
    Answer, Arrival, Config, Evidence, Mail, decide, judge, plan,
    rules::{CompileSettings, LoadSettings, Program, load},
};
use xtask::parity::rule_files;

use crate::process::Lines;

/// How much of Tamis judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// The rule engine with other rules, and none of ours.
    Theirs,
    /// The rule engine with our rules and those others, as the agent has them.
    Packs,
    /// All that judges but the learner, with nothing asked outside.
    Whole,
}

impl Part {
    const ALL: [(Self, &str); 3] = [(Self::Theirs, "theirs"), (Self::Packs, "packs"), (Self::Whole, "whole")];

    fn word(self) -> &'static str {
        Self::ALL.iter().find(|(part, _)| *part == self).map_or("", |(_, word)| word)
    }
}

/// What a process is to judge with.
#[derive(Clone, Debug)]
pub(crate) struct Task {
    pub(crate) part: Part,
    /// Where it keeps the rules it has compiled.
    pub(crate) home: PathBuf,
    /// A folder of rules, if there is one.
    pub(crate) rules: Option<PathBuf>,
}

impl Task {
    /// Reads what [`Task::start`] wrote. `None` if these words are no task.
    pub(crate) fn read(words: &[String]) -> Option<Self> {
        let [judge, part, home, rules @ ..] = words else { return None };
        let (part, _) = Part::ALL.into_iter().find(|(_, word)| judge == "judge" && part == word)?;
        Some(Self { part, home: home.into(), rules: rules.first().map(PathBuf::from) })
    }

    /// Starts a process of this program with the task.
    pub(crate) fn start(&self) -> Result<Lines> {
        let program = env::current_exe().context("cannot tell where this program lies")?;
        let words = ["judge", self.part.word()];
        Lines::start(Command::new(program).args(words).arg(&self.home).args(&self.rules))
    }

    /// Does it, until there is nothing more to read.
    pub(crate) fn run(&self) -> Result<()> {
        let config = Config::default().with_program(self.program()?);
        let mut out = std::io::stdout().lock();
        writeln!(out, "ready")?;
        for path in std::io::stdin().lock().lines() {
            let path = path?;
            let raw = fs::read(&path).with_context(|| format!("cannot read {path}"))?;
            let mail = Mail::parse(&raw, &Arrival::default());
            let hits = match self.part {
                Part::Theirs | Part::Packs => with_rules(&mail, config.program()),
                Part::Whole => with_all(&mail, &config),
            };
            writeln!(out, "{hits}")?;
        }
        Ok(())
    }

    fn program(&self) -> Result<Arc<Program>> {
        if let (Part::Theirs, Some(rules)) = (self.part, &self.rules) {
            let book = load(&rule_files(rules)?, &LoadSettings::default());
            return Ok(Arc::new(Program::compile(&book, CompileSettings::default()).0));
        }
        let rules: Vec<PathBuf> = self.rules.iter().cloned().collect();
        let found = in_use(&Home::below(&self.home)?, &Config::default(), &rules)?;
        ensure!(found.troubles.is_empty(), "the rules are not in use: {}", found.troubles.join("; "));
        Ok(found.program)
    }
}

/// How many rules hit, as judging asks: those that only others refer to are run where something depends on them.
fn with_rules(mail: &Mail<'_>, program: &Program) -> usize {
    program.run_told(mail, None).hits.len()
}

/// As the agent judges it, with nothing learned and without a network.
fn with_all(mail: &Mail<'_>, config: &Config) -> usize {
    let mut evidence = Evidence::default();
    for query in plan(mail, config).iter() {
        evidence.insert(query.clone(), Answer::Unknown("nothing outside is asked".to_owned()));
    }
    let verdict = judge(mail, &evidence, config);
    std::hint::black_box(decide(verdict.class, 0, config.policy()));
    verdict.findings.len()
}

/// Whether the compiled rules were kept there.
pub(crate) fn is_kept(home: &Path) -> Result<bool> {
    let kept = Home::below(home)?.rules().join("compiled");
    Ok(fs::read_dir(kept).is_ok_and(|entries| entries.count() > 0))
}
