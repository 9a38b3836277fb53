//! The filter at work, and how long each part of it took.

use std::time::{Duration, Instant};

use tamis_core::{
    Answer, Config, Evidence, Query, ScoredFinding, Verdict,
    learn::{Features, Label, Learner, Logistic, TokenId},
    metrics::Outcome,
};

use crate::cli::judging::read;

/// The learner that is measured, before its first lesson.
fn new_learner() -> Box<dyn Learner> {
    Box::new(Logistic::default())
}

/// What is to be learned of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lesson {
    /// What it is made of.
    pub(super) tokens: Vec<TokenId>,
    /// What it is said to be.
    pub(super) label: Label,
}

/// A judged message.
pub(super) struct Judged {
    /// What was made of it.
    pub(super) verdict: Verdict,
    /// Empty where no learner is.
    pub(super) features: Features,
    /// What the learner would say if it had seen enough, in log odds.
    pub(super) leaning: f64,
}

impl Judged {
    /// What is measured of it.
    pub(super) fn outcome(&self, label: Label) -> Outcome {
        let Verdict { class, probability, .. } = self.verdict;
        Outcome { label, class, score: rank(&self.verdict, self.leaning), probability }
    }
}

/// The checks, and perhaps a learner of its own.
pub(super) struct Filter {
    config: Config,
    learner: Option<Box<dyn Learner>>,
    times: Times,
}

/// How long what took.
#[derive(Default)]
pub(super) struct Times {
    /// Reading a message.
    pub(super) parse: Duration,
    /// Its tokens, and the opinion.
    pub(super) learner: Duration,
    /// Everything else that is judged.
    pub(super) checks: Duration,
    /// Learning from messages that were judged.
    pub(super) train: Duration,
    /// How many were learned in that time.
    pub(super) lessons: usize,
}

impl Filter {
    /// With a learner that knows nothing yet.
    pub(super) fn new(config: Config) -> Self {
        Self { config, learner: Some(new_learner()), times: Times::default() }
    }

    /// The checks alone.
    pub(super) fn without_learner(config: Config) -> Self {
        Self { config, learner: None, times: Times::default() }
    }

    pub(super) fn has_learner(&self) -> bool {
        self.learner.is_some()
    }

    pub(super) fn times(&self) -> &Times {
        &self.times
    }

    /// Judges a message with what was learned so far.
    pub(super) fn judge(&mut self, raw: &[u8]) -> Judged {
        let begun = Instant::now();
        let mail = read(raw, &self.config);
        let parsed = Instant::now();
        let features = if self.has_learner() { Features::of(&mail) } else { Features::default() };
        let opinion = self.learner.as_ref().and_then(|learner| learner.opinion(&features));
        let silent = self.learner.as_ref().filter(|_| opinion.is_none());
        let leaning = silent.map_or(0.0, |learner| learner.leaning(&features));
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
        self.times.parse += parsed - begun;
        self.times.learner += learned - parsed;
        self.times.checks += learned.elapsed();
        Judged { verdict, features, leaning }
    }

    /// Learns a message that is not judged. It takes no part in the times.
    pub(super) fn learn(&mut self, raw: &[u8], label: Label) {
        if let Some(learner) = &mut self.learner {
            let features = Features::of(&read(raw, &self.config));
            learner.train(&features.ids(), label);
        }
    }

    /// Learns whatever `lessons` says now.
    pub(super) fn taught(&mut self, lessons: impl FnOnce(&Config) -> Vec<Lesson>) {
        let Some(learner) = &mut self.learner else { return };
        let begun = Instant::now();
        for lesson in lessons(&self.config) {
            learner.train(&lesson.tokens, lesson.label);
            self.times.lessons += 1;
        }
        self.times.train += begun.elapsed();
    }
}

/// What one unit of log odds is worth beside the points of the checks, where only the order counts. With half of it the ranking
/// of the 2002 stream is twice as bad, with a third more it is no better.
const POINTS_OF_ODDS: f64 = 1.5;

/// The points of all other checks, and the learner's log odds: the points of its symbols are the same for half of all mail. Where
/// the learner says nothing yet, that is no verdict, but an order all the same. What is written is what is measured.
fn rank(verdict: &Verdict, leaning: f64) -> f64 {
    let odds = verdict.probability.map_or(leaning, |p| p.ln() - (1.0 - p).ln()).clamp(-40.0, 40.0);
    let is_learned = |found: &&ScoredFinding| found.finding.symbol.name().starts_with("BAYES_");
    let learned: f64 = verdict.findings.iter().filter(is_learned).map(|found| found.score.points()).sum();
    let points = verdict.score.points() - learned + POINTS_OF_ODDS * odds;
    (points * 1e9).round() / 1e9
}
