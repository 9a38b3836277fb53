//! `eval`: the filter measured on labelled messages.
//!
//! Each message is judged before its label is looked at. Nothing of the person's own lessons takes part.

use std::{
    fs::File,
    io::{BufWriter, Write as _},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use tamis_core::{
    Answer, CHECKS, Config, Evidence, Mail, Query, QueryPlan, Verdict,
    learn::{Features, Label, Learner as _, Logistic},
    metrics::{Measures, Outcome, table},
};

use super::{
    Failure,
    judging::read,
    out::{Out, Skips},
};
use crate::{
    corpus::{IndexLine, read_index, read_one},
    paths::Home,
    settings::Settings,
    words::because,
};

pub(super) const EXAMPLES: &str = "Examples:
  tamis-agent eval corpus/index --online
  tamis-agent eval corpus/index --online --learner-only --out learner.res

INDEX has lines `ham PATH` or `spam PATH`, in the order in which the messages arrived; a path is
relative to the index.
With --online each message is judged first and learned with its label after. Without, nothing
is learned.
RESULT gets lines `LABEL CLASS SCORE PATH`. SCORE is in points; of two messages with equal points
the one that the learner finds likelier to be spam has a little more, less than a thousandth.";

#[derive(Debug, clap::Args)]
pub(super) struct EvalArgs {
    /// The list of labelled messages
    index: PathBuf,

    /// Learn each message after judging it
    #[arg(long)]
    online: bool,

    /// Judge without the learner
    #[arg(long, conflicts_with = "learner_only")]
    rules_only: bool,

    /// Judge with the learner alone
    #[arg(long)]
    learner_only: bool,

    /// Write what became of each message into this file
    #[arg(long, value_name = "RESULT")]
    out: Option<PathBuf>,
}

pub(super) fn eval(home: &Home, args: &EvalArgs, out: &mut Out) -> Result<(), Failure> {
    let index = read_index(&args.index)?;
    let config = config(home, args)?;
    let mut results = args.out.as_deref().map(Results::create).transpose()?;
    let mut run = Run::new(config, args);
    let mut outcomes = Vec::with_capacity(index.len());
    let mut skips = Skips::default();
    out.start_count(index.len());
    for line in &index {
        match read_one(&line.path) {
            Ok(raw) => {
                let verdict = run.message(&raw, line.label);
                let outcome = Outcome { label: line.label, class: verdict.class, score: rank(&verdict) };
                if let Some(results) = &mut results {
                    results.write(line, &outcome)?;
                }
                outcomes.push(outcome);
            }
            Err(what) => skips.add(what, out),
        }
        out.advance(1, outcomes.len());
    }
    out.end_progress();
    if let Some(results) = results {
        results.finish()?;
    }
    if !outcomes.is_empty() {
        report(&args.index, &outcomes, &run.times, out)?;
    }
    skips.finish()
}

/// The person's thresholds and points; with the learner alone every other check is off.
fn config(home: &Home, args: &EvalArgs) -> Result<Config, Failure> {
    let settings = Settings::load(home)?;
    if !args.learner_only {
        return Ok(settings.config().clone());
    }
    let others = CHECKS.iter().filter(|check| {
        let mut plan = QueryPlan::default();
        check.queries(&Mail::default(), &mut plan);
        !plan.iter().any(|query| *query == Query::Learned)
    });
    let names: Vec<&str> = others.map(|check| check.name()).collect();
    Ok(settings.without_checks(&names)?)
}

/// Points first, and only where these are equal the learner's probability, which is part of the verdict, too. As the
/// logarithm of its odds, for most messages are a clear case and would otherwise differ too far behind the point. What
/// is written is what is measured.
fn rank(verdict: &Verdict) -> f64 {
    let odds = verdict.probability.map_or(0.0, |p| (p.ln() - (1.0 - p).ln()).clamp(-40.0, 40.0));
    ((verdict.score.points() + odds / 1e5) * 1e9).round() / 1e9
}

/// The filter at work, and how long each part of it took.
struct Run {
    config: Config,
    learner: Option<Logistic>,
    is_online: bool,
    times: Times,
}

#[derive(Default)]
struct Times {
    parse: Duration,
    learner: Duration,
    checks: Duration,
    train: Duration,
}

impl Run {
    fn new(config: Config, args: &EvalArgs) -> Self {
        let learner = if args.rules_only { None } else { Some(Logistic::default()) };
        Self { config, learner, is_online: args.online, times: Times::default() }
    }

    fn message(&mut self, raw: &[u8], label: Label) -> Verdict {
        let begun = Instant::now();
        let mail = read(raw, &self.config);
        let parsed = Instant::now();
        let features = self.learner.as_ref().map(|_| Features::of(&mail));
        let opinion = self.learner.as_ref().zip(features.as_ref()).and_then(|(l, features)| l.opinion(features));
        let learned = Instant::now();
        let mut evidence = Evidence::default();
        for query in tamis_core::plan(&mail, &self.config).iter() {
            let answer = match query {
                Query::Learned => opinion.clone().map_or(Answer::Absent, Answer::Learned),
                _ => Answer::Unknown("nothing outside is asked".to_owned()),
            };
            evidence.insert(query.clone(), answer);
        }
        let verdict = tamis_core::judge(&mail, &evidence, &self.config);
        let judged = Instant::now();
        if let (Some(learner), Some(features), true) = (&mut self.learner, features, self.is_online) {
            learner.train(&features.ids(), label);
        }
        self.times.parse += parsed - begun;
        self.times.learner += learned - parsed;
        self.times.checks += judged - learned;
        self.times.train += judged.elapsed();
        verdict
    }
}

fn report(index: &Path, outcomes: &[Outcome], times: &Times, out: &mut Out) -> Result<(), Failure> {
    let name = index.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let later = outcomes.get(outcomes.len() / 2..).unwrap_or_default();
    let all = table(&crate::words::one_line(&name), &Measures::of(outcomes));
    let half = table("second half", &Measures::of(later));
    for line in all.lines().chain(half.lines().skip(1)) {
        out.line(line)?;
    }
    out.line("")?;
    let Times { parse, learner, checks, train } = times;
    let whole = *parse + *learner + *checks + *train;
    out.line("messages per second")?;
    for (stage, time) in
        [("parse", *parse), ("features and learner", *learner), ("checks", *checks), ("train", *train), ("all", whole)]
    {
        out.line(format_args!("  {stage:<20} {:>9}", per_second(outcomes.len(), time)))?;
    }
    Ok(())
}

/// A stage that did nothing has no speed.
fn per_second(messages: usize, time: Duration) -> String {
    let messages = u32::try_from(messages).map_or(f64::MAX, f64::from);
    let nothing = Duration::from_nanos(200).as_secs_f64() * messages;
    if time.as_secs_f64() <= nothing { "-".to_owned() } else { format!("{:.0}", messages / time.as_secs_f64()) }
}

/// The file of results.
struct Results<'a> {
    path: &'a Path,
    file: BufWriter<File>,
}

impl<'a> Results<'a> {
    fn create(path: &'a Path) -> Result<Self, Failure> {
        let file = File::create(path).map_err(|err| Self::failed(path, &err))?;
        Ok(Self { path, file: BufWriter::new(file) })
    }

    fn write(&mut self, line: &IndexLine, outcome: &Outcome) -> Result<(), Failure> {
        let (label, class) = (line.label.word(), outcome.class.word());
        writeln!(self.file, "{label} {class} {:.9} {}", outcome.score, line.name)
            .map_err(|err| Self::failed(self.path, &err))
    }

    fn finish(mut self) -> Result<(), Failure> {
        self.file.flush().map_err(|err| Self::failed(self.path, &err))
    }

    fn failed(path: &Path, err: &std::io::Error) -> Failure {
        Failure::person(format!("cannot write the results to {}: {}", path.display(), because(err)))
    }
}
