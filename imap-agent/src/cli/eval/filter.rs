//! The filter at work, and how long each part of it took.

use std::time::{Duration, Instant};

use tamis_core::{
    Answer, Config, DecidedBy, Evidence, Query, ScoredFinding, Verdict,
    learn::{Features, Label, Learner, Logistic, TokenId},
    mail::UnixTime,
    metrics::Outcome,
    reputation::Track,
};

use super::{
    replies::{Replies, Sender},
    reputation::{Reputations, Seen},
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
    /// Whom it counts for.
    seen: Seen,
    /// What it is said to be.
    pub(super) label: Label,
    /// Whether the person says so, and not only our own verdict.
    is_said: bool,
}

impl Lesson {
    /// As nobody but ourselves says.
    pub(super) fn filed(self) -> Self {
        Self { is_said: false, ..self }
    }

    /// That a judged message is that.
    pub(super) fn of(judged: &Judged, label: Label) -> Self {
        Self { tokens: judged.features.ids(), seen: judged.seen.clone(), label, is_said: true }
    }
}

/// A judged message.
pub(super) struct Judged {
    /// What was made of it.
    pub(super) verdict: Verdict,
    /// Empty where no learner is.
    pub(super) features: Features,
    /// Whose reputation it counts for.
    pub(super) seen: Seen,
    /// From whom it is, if somebody asks.
    pub(super) sender: Option<Sender>,
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
    /// The person's answers, if any are wanted.
    pub(super) replies: Option<Replies>,
    /// How mail has turned out so far.
    pub(super) reputation: Reputations,
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
        Self { learner: Some(new_learner()), ..Self::without_learner(config) }
    }

    /// The checks alone.
    pub(super) fn without_learner(config: Config) -> Self {
        Self { config, learner: None, replies: None, reputation: Reputations::default(), times: Times::default() }
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
        let at = mail.received_at().unwrap_or(UnixTime(0));
        self.reputation.pass(at);
        let mut evidence = Evidence::default();
        for query in tamis_core::plan(&mail, &self.config).iter() {
            let answer = match query {
                Query::Learned => opinion.clone().map_or(Answer::Absent, Answer::Learned),
                Query::Standing(_) | Query::Sent(_) => {
                    self.replies.as_ref().map_or(Answer::Absent, |replies| replies.answer(query))
                }
                Query::Reputation(subjects) => self.reputation.answer(subjects),
                Query::Contact(_) | _ => Answer::Unknown("nothing outside is asked".to_owned()),
            };
            evidence.insert(query.clone(), answer);
        }
        let verdict = tamis_core::judge(&mail, &evidence, &self.config);
        self.times.parse += parsed - begun;
        self.times.learner += learned - parsed;
        self.times.checks += learned.elapsed();
        let sender = self.replies.as_ref().and_then(|_| Sender::of(&mail));
        let seen = Seen { track: Track::of(&mail), at, class: verdict.class };
        Judged { verdict, features, seen, sender, leaning }
    }

    /// The person may answer what was judged.
    pub(super) fn answered(&mut self, judged: &Judged, label: Label) {
        let Some(replies) = &mut self.replies else { return };
        let is_known = judged.verdict.decided_by == DecidedBy::Peer;
        replies.hear(judged.sender.as_ref(), label, judged.verdict.class, is_known);
    }

    /// Learns a message that is not judged. It takes no part in the times.
    pub(super) fn learn(&mut self, raw: &[u8], label: Label) {
        if let Some(learner) = &mut self.learner {
            let mail = read(raw, &self.config);
            learner.train(&Features::of(&mail).ids(), label);
            self.reputation.learn(&Track::of(&mail), mail.received_at().unwrap_or(UnixTime(0)), label);
        }
    }

    /// Learns whatever `lessons` says now.
    pub(super) fn taught(&mut self, lessons: impl FnOnce(&Config) -> Vec<Lesson>) {
        let Some(learner) = &mut self.learner else { return };
        let begun = Instant::now();
        for lesson in lessons(&self.config) {
            learner.train(&lesson.tokens, lesson.label);
            if lesson.is_said {
                self.reputation.say(&lesson.seen, lesson.label);
            }
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
