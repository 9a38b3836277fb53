//! What would have to be different for another class.

use super::points;
use crate::{
    config::Config,
    judge::{Class, DecidedBy, Verdict, class_of},
    score::Score,
};

/// The distances to the thresholds, and the reasons that make the difference.
pub(super) fn lines(verdict: &Verdict, config: &Config) -> Vec<String> {
    if verdict.decided_by == DecidedBy::TestMessage {
        return vec!["Only sending it without the test string.".to_owned()];
    }
    if verdict.decided_by == DecidedBy::FilePolicy {
        return vec!["Only sending it without that file, or another setting of `files` in this account.".to_owned()];
    }
    if verdict.decided_by == DecidedBy::Virus {
        return vec![
            "Only sending it without what the scanner found. `excuse_known` of [clamd] lets the mail of people you write to \
             through all the same."
                .to_owned(),
        ];
    }
    if matches!(verdict.decided_by, DecidedBy::Accepted(_) | DecidedBy::Blocked(_)) {
        return vec!["Only another entry of your lists, or this one removed or switched off.".to_owned()];
    }

    if verdict.decided_by == DecidedBy::Peer {
        return vec![
            "Only calling it spam: then its sender counts as a stranger until you write there again.".to_owned(),
        ];
    }
    let (score, tag, junk) = (verdict.score, config.tag_threshold(), config.junk_threshold());
    let mut lines = Vec::new();
    if score < tag {
        lines.push(format!("{} points more would make it doubtful.", points(tag - score)));
    }
    if score < junk {
        lines.push(format!("{} points more would make it spam.", points(junk - score)));
    }
    if junk <= score && tag < junk {
        lines.push(format!("More than {} points less would make it doubtful.", points(score - junk)));
    }
    if tag <= score {
        lines.push(format!("More than {} points less would make it wanted.", points(score - tag)));
    }
    lines.extend(without(verdict, config));
    lines
}

/// The fewest of the heaviest reasons without which the class would be another.
fn without(verdict: &Verdict, config: &Config) -> Option<String> {
    let mut score = verdict.score;
    let mut names = Vec::new();
    for reason in verdict.reasons() {
        let speaks_for_it = match verdict.class {
            Class::Ham => reason.score < Score::ZERO,
            Class::Unsure | Class::Spam => Score::ZERO < reason.score,
        };
        if !speaks_for_it {
            continue;
        }
        score = score - reason.score;
        names.push(reason.finding.symbol.name());
        let class = class_of(score, config);
        if class != verdict.class {
            let class = match class {
                Class::Ham => "wanted",
                Class::Unsure => "doubtful",
                Class::Spam => "spam",
            };
            return Some(format!("Without {} it would be {class}.", names.join(" and ")));
        }
    }
    None
}
