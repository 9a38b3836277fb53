//! `rules check`: how many rules of each kind run, and why the others do not.

use std::collections::BTreeMap;

use serde::Serialize;
use tamis_core::rules::{Census, CompileSettings, Count, Group, LoadSettings, PLUGINS, Problem, Program, eval, load};

use super::CheckArgs;
use crate::{
    cli::{Failure, out::Out, table::table},
    rules::rule_files,
    words::{count, grouped, one_line},
};

/// Places of one reason that are shown without `--all`.
const PLACES: usize = 5;

pub(super) fn check(args: &CheckArgs, out: &mut Out) -> Result<(), Failure> {
    let settings = settings(&args.plugins)?;
    let files = rule_files::read(&args.paths).map_err(|err| Failure::person(err.to_string()))?;
    let book = load(&files, &settings);
    let (_, problems) = Program::compile(&book, CompileSettings { has_network: false, has_learner: true });
    let census = Census::of(&book, &problems, &|function| eval::find(function).is_some());
    if args.json {
        return out.json(&Report::of(files.len(), &census));
    }
    let (rules, files) = (grouped(census.total.loaded), count(files.len(), "file"));
    out.line(format!("{rules} rules in {files}; {:.1} % are not skipped", percent(census.share())))?;
    for line in kinds(&census) {
        out.line(line)?;
    }
    for (word, groups) in [("skipped", &census.skipped), ("worth knowing", &census.notes)] {
        for group in groups {
            let lines = count(group.problems.len(), "line");
            out.line(format!("\n{word}, {lines}: {}", one_line(&group.why)))?;
            places(group, args.all, out)?;
        }
    }
    Ok(())
}

fn settings(plugins: &[String]) -> Result<LoadSettings, Failure> {
    let names: Vec<&str> = plugins.iter().map(String::as_str).collect();
    let is_known = |name: &str| PLUGINS.iter().any(|plugin| plugin.name == name || plugin.full_name() == name);
    match names.iter().find(|name| !is_known(name)) {
        Some(unknown) => Err(Failure::person(format!("there is no plugin `{}`", one_line(unknown)))),
        None => Ok(LoadSettings::default().with(&names)),
    }
}

/// Rounded down, so that 100.0 means all.
fn percent(share: f64) -> f64 {
    (share * 1000.0).floor() / 10.0
}

fn kinds(census: &Census) -> Vec<String> {
    let row = |name: &str, count: &Count| {
        let Count { loaded, runs, asks_network, needs_learner, off, skipped } = *count;
        let mut row = vec![name.to_owned()];
        row.extend([loaded, runs, asks_network, needs_learner, off, skipped].map(grouped));
        row
    };
    let mut rows: Vec<Vec<String>> = census.kinds.iter().map(|(name, count)| row(name, count)).collect();
    rows.push(row("all", &census.total));
    table(&["Kind", "Read", "Run", "Ask the network", "Need Bayes", "0 points", "Skipped"], &rows)
}

/// Where it is, and what of it is not said by the group.
fn places(group: &Group, is_all: bool, out: &mut Out) -> Result<(), Failure> {
    let shown = if is_all { group.problems.len() } else { PLACES };
    for problem in group.problems.iter().take(shown) {
        let rule = problem.rule.as_deref().map(|rule| format!(" {rule}")).unwrap_or_default();
        let rest = problem.why.strip_prefix(&group.why).unwrap_or_default();
        out.line(one_line(&format!("  {}{rule}{rest}", problem.place)))?;
    }
    match group.problems.len().saturating_sub(shown) {
        0 => Ok(()),
        more => out.line(format!("  and {more} more; --all shows them")),
    }
}

#[derive(Serialize)]
struct Report<'a> {
    files: usize,
    rules: u32,
    share: f64,
    kinds: BTreeMap<&'static str, CountLine>,
    skipped: Vec<GroupLine<'a>>,
    notes: Vec<GroupLine<'a>>,
}

#[derive(Serialize)]
struct CountLine {
    loaded: u32,
    runs: u32,
    asks_network: u32,
    needs_learner: u32,
    off: u32,
    skipped: u32,
}

#[derive(Serialize)]
struct GroupLine<'a> {
    why: &'a str,
    places: Vec<PlaceLine<'a>>,
}

#[derive(Serialize)]
struct PlaceLine<'a> {
    place: String,
    rule: Option<&'a str>,
    why: &'a str,
}

impl<'a> Report<'a> {
    fn of(files: usize, census: &'a Census) -> Self {
        let group = |group: &'a Group| GroupLine {
            why: &group.why,
            places: group.problems.iter().map(PlaceLine::of).collect(),
        };
        Self {
            files,
            rules: census.total.loaded,
            share: census.share(),
            kinds: census.kinds.iter().map(|(name, count)| (*name, CountLine::of(*count))).collect(),
            skipped: census.skipped.iter().map(group).collect(),
            notes: census.notes.iter().map(group).collect(),
        }
    }
}

impl CountLine {
    fn of(count: Count) -> Self {
        let Count { loaded, runs, asks_network, needs_learner, off, skipped } = count;
        Self { loaded, runs, asks_network, needs_learner, off, skipped }
    }
}

impl<'a> PlaceLine<'a> {
    fn of(problem: &'a Problem) -> Self {
        Self { place: problem.place.to_string(), rule: problem.rule.as_deref(), why: &problem.why }
    }
}
