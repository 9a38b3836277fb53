//! `eval`: the filter measured on labelled messages.
//!
//! Each message is judged before its label is looked at. Nothing of the person's own lessons takes part.
//!
//! * `filter` is the filter with a learner of its own, which knows nothing yet.
//! * `feedback` says what of the stream is learned, and when: a person does not say of each message what it is.
//! * `autolearn` says what might be learned without the person.
//! * `curve` shows how much is to be learned before the learner is worth hearing.
//! * `reputation` keeps how the mail of senders and relays has turned out.
//! * `replies` lets the person answer some of the mail, and says how the senders' next mail fares.
//! * `report` and `results` are what is printed and what is written.

mod autolearn;
mod curve;
mod feedback;
mod filter;
mod replies;
mod report;
mod reputation;
mod results;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use tamis_core::{
    CHECKS, Check, Class, Config, Mail, Query, QueryPlan,
    learn::Label,
    metrics::{Outcome, shuffle},
};

use self::{
    curve::CurveArgs,
    feedback::{FeedbackArgs, Teacher},
    filter::Filter,
    replies::Replies,
    report::{Report, report},
    results::Results,
};
use super::{
    Failure,
    judging::with_rules,
    out::{Out, Skips},
};
use crate::{
    corpus::{IndexError, IndexLine, read_index, read_one},
    paths::Home,
    settings::Settings,
    words::one_line,
};

pub(super) const EXAMPLES: &str = "Examples:
  tamis-agent eval corpus/index --online
  tamis-agent eval corpus/index --online --learner-only --out learner.res
  tamis-agent eval corpus/index --rules-only
  tamis-agent eval corpus/index --online --shuffle 1
  tamis-agent eval corpus/index --online --calibration
  tamis-agent eval corpus/index --online --feedback errors
  tamis-agent eval corpus/index --online --feedback evening --day 20
  tamis-agent eval corpus/index --online --feedback evening --autolearn
  tamis-agent eval corpus/index --train last-year/index --train lists/index
  tamis-agent eval corpus/index --online --feedback evening --replies 0.05
  tamis-agent eval corpus/index --curve
  tamis-agent eval corpus/index --curve --shuffles 20

INDEX has lines `ham PATH` or `spam PATH`, in the order in which the messages arrived; a path is
relative to the index.
With --online each message is judged first and learned with its label after. Without, nothing
of INDEX is learned.
With --feedback evening, a day is some number of messages. At its end the spam that was left in
the inbox and the ham that was filed in Junk are learned, and nothing else ever is: so do people.
What is doubtful stays in the inbox. As long as no ham is filed, no ham is learned, and a learner
that has seen only spam says nothing.
The calibration error says how far the learner's probability is from the truth: of fifteen bins
of probability, the mean distance to the share of spam in them.
RESULT gets lines `LABEL CLASS SCORE PATH`. SCORE puts all messages in order: the points of all checks
but the learner, and 1.5 for each unit of the log odds in which the learner finds it spam, also
where it says nothing yet.";

#[derive(Debug, clap::Args)]
pub(super) struct EvalArgs {
    /// The list of labelled messages
    index: PathBuf,

    /// Learn from each message after judging it
    #[arg(long)]
    online: bool,

    #[command(flatten)]
    feedback: FeedbackArgs,

    /// Learn all messages of this list first, in its order; may be repeated
    #[arg(long, value_name = "INDEX", conflicts_with = "rules_only")]
    train: Vec<PathBuf>,

    /// Judge the messages of INDEX in another order, which belongs to this number
    #[arg(long, value_name = "SEED")]
    shuffle: Option<u64>,

    #[command(flatten)]
    curve: CurveArgs,

    #[command(flatten)]
    part: PartArgs,

    /// Answer this share of the ham, such as 0.05, and show how the next mail of whoever was answered fares
    #[arg(long, value_name = "SHARE", value_parser = replies::share, conflicts_with_all = ["learner_only", "curve"])]
    replies: Option<f64>,

    /// Show what became of the messages to which the learner gave about the same probability
    #[arg(long, conflicts_with = "rules_only")]
    calibration: bool,

    /// Write what became of each message into this file
    #[arg(long, value_name = "RESULT")]
    out: Option<PathBuf>,
}

/// Which part of the filter judges.
#[derive(Debug, clap::Args)]
struct PartArgs {
    /// Judge without the learner
    #[arg(long, conflicts_with = "learner_only")]
    rules_only: bool,

    /// Judge with the learner alone
    #[arg(long)]
    learner_only: bool,

    /// Run the rules of this file or folder, too; may be repeated
    #[arg(long, value_name = "PATH", conflicts_with = "learner_only")]
    rules: Vec<PathBuf>,
}

pub(super) fn eval(home: &Home, args: &EvalArgs, out: &mut Out) -> Result<(), Failure> {
    let teacher = args.feedback.teacher()?;
    let config = config(home, args, out)?;
    let mut stream = read_index(&args.index)?;
    if let Some(seed) = args.shuffle {
        shuffle(&mut stream, seed);
    }
    let mut skips = Skips::default();
    if args.curve.is_asked() {
        let stream = curve::readable(stream, &mut skips, out);
        curve::curve(&stream, &args.curve, &config, out)?;
        return skips.finish();
    }
    let lessons = args.train.iter().map(|index| read_index(index));
    let lessons = lessons.collect::<Result<Vec<Vec<IndexLine>>, IndexError>>()?.concat();
    let mut results = args.out.as_deref().map(Results::create).transpose()?;
    let mut run = Run {
        filter: if args.part.rules_only { Filter::without_learner(config) } else { Filter::new(config) },
        teacher: args.online.then_some(teacher),
    };
    run.filter.replies = args.replies.map(Replies::new);
    out.start_count(lessons.len() + stream.len());
    for line in &lessons {
        match read_one(&line.path) {
            Ok(raw) => run.filter.learn(&raw, line.label),
            Err(what) => skips.add(what, out),
        }
        out.advance(1, 0);
    }
    let mut outcomes = Vec::with_capacity(stream.len());
    for line in &stream {
        match read_one(&line.path) {
            Ok(raw) => outcomes.push(run.message(&raw, line, results.as_mut())?),
            Err(what) => skips.add(what, out),
        }
        out.advance(1, outcomes.len());
    }
    out.end_progress();
    if let Some(results) = results {
        results.finish()?;
    }
    if !outcomes.is_empty() {
        let name = name_of(&args.index);
        let Run { filter, teacher } = &run;
        let teacher = teacher.as_ref();
        report(&Report { name, outcomes: &outcomes, filter, teacher, has_bins: args.calibration }, out)?;
        let replies = filter.replies.iter().flat_map(Replies::summary);
        replies.into_iter().try_for_each(|line| out.line(line))?;
    }
    skips.finish()
}

/// The person's thresholds and points; with the learner alone every other check is off.
fn config(home: &Home, args: &EvalArgs, out: &mut Out) -> Result<Config, Failure> {
    let settings = Settings::load(home)?;
    if !args.part.learner_only {
        return with_rules(home, settings.config().clone(), &args.part.rules, out);
    }
    let others = CHECKS.iter().filter(|check| !asks_learner(**check));
    let names: Vec<&str> = others.map(|check| check.name()).collect();
    Ok(settings.without_checks(&names)?.with_program(Arc::default()))
}

/// Whether this is the check that says what the learner thinks.
fn asks_learner(check: &dyn Check) -> bool {
    let mut plan = QueryPlan::default();
    check.queries(&Mail::default(), &mut plan);
    plan.iter().any(|query| *query == Query::Learned)
}

fn name_of(index: &Path) -> String {
    index.file_name().map_or_else(String::new, |name| one_line(&name.to_string_lossy()))
}

/// The filter, and whoever teaches it meanwhile.
struct Run {
    filter: Filter,
    teacher: Option<Teacher>,
}

impl Run {
    fn message(&mut self, raw: &[u8], line: &IndexLine, results: Option<&mut Results<'_>>) -> Result<Outcome, Failure> {
        let judged = self.filter.judge(raw);
        let outcome = judged.outcome(line.label);
        self.filter.answered(&judged, line.label);
        if let Some(results) = results {
            results.write(line, &outcome)?;
        }
        if let Some(teacher) = &mut self.teacher {
            self.filter.reputation.judged(&judged.seen);
            self.filter.taught(|config| teacher.hear(&judged, line.label, config));
            let is_let_be = line.label == Label::Ham && outcome.class != Class::Spam;
            if is_let_be && !teacher.hears_everything() {
                self.filter.reputation.let_be(&judged.seen);
            }
        }
        Ok(outcome)
    }
}
