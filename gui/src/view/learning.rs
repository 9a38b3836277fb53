//! Learning from the mail that is there, in words.

use tamis_core::api::LearningStatus;

use super::shown;
use crate::text::t;

/// How far it has got, or how it ended.
pub(crate) fn learning_words(learning: &LearningStatus) -> String {
    let LearningStatus { total, done, is_paused, ham, spam, .. } = *learning;
    if learning.is_undone {
        return t!("learning-undone", good = ham, spam = spam);
    }
    if learning.is_ended && done < total {
        return t!("learning-stopped", good = ham, spam = spam);
    }
    if learning.is_ended {
        return t!("learning-ended", good = ham, spam = spam);
    }
    match (learning.is_planned, is_paused, learning.seconds_left.map(time_left)) {
        (false, true, _) => t!("learning-counting-paused"),
        (false, false, _) => t!("learning-counting"),
        (true, true, _) => t!("learning-paused", done = done, total = total, good = ham, spam = spam),
        (true, false, None) => t!("learning-running", done = done, total = total, good = ham, spam = spam),
        (true, false, Some(left)) => {
            t!("learning-running-left", done = done, total = total, good = ham, spam = spam, left = left)
        }
    }
}

/// What was read, left out and found, a line each.
pub(crate) fn learning_report(learning: &LearningStatus) -> Vec<String> {
    let mut lines = Vec::new();
    let LearningStatus { judged, good_called_spam, spam_missed, .. } = *learning;
    if 0 < judged {
        let wrong = good_called_spam.saturating_add(spam_missed);
        let right = f64::from(judged.saturating_sub(wrong)) * 100.0 / f64::from(judged);
        let right = share(right);
        lines.push(t!(
            "learning-tried",
            judged = judged,
            right = right,
            wrong = good_called_spam,
            missed = spam_missed
        ));
    }
    if 0 < learning.peers {
        lines.push(t!("learning-peers", people = learning.peers));
    }
    if !learning.skipped.is_empty() {
        let parts =
            learning.skipped.iter().map(|skip| format!("{} {}", super::grouped(skip.messages), shown(&skip.why)));
        let parts = parts.collect::<Vec<_>>().join("; ");
        lines.push(t!("learning-skipped", what = parts));
    }
    if !learning.has_junk {
        lines.push(t!("learning-no-junk"));
    }
    if 0 < learning.good_in_junk {
        lines.push(t!("learning-good-in-junk", messages = learning.good_in_junk));
    }
    if 0 < learning.spam_elsewhere {
        lines.push(t!("learning-spam-elsewhere", messages = learning.spam_elsewhere));
    }
    lines
}

/// A share of a hundred with one digit behind the point, as the language writes it.
fn share(percent: f64) -> String {
    let text = format!("{percent:.1}");
    if crate::text::spoken() == "de" { text.replace('.', ",") } else { text }
}

fn time_left(seconds: u32) -> String {
    match seconds {
        0..100 => t!("learning-seconds", time = seconds),
        100..5400 => t!("learning-minutes", time = seconds.saturating_add(30) / 60),
        _ => t!("learning-hours", time = seconds.saturating_add(1800) / 3600),
    }
}
