//! What the comparison came to, for people and for programs.

use std::fmt::Write as _;

use anyhow::Result;
use serde_json::{Value, json};

use super::{
    compare::{Comparison, Differences, Pair},
    reasons::Reasons,
};

/// The figures of all mail.
pub(super) fn summary(all: &Comparison) -> Result<String> {
    let mut text = String::new();
    let Comparison { messages, rules, left_out: (theirs, ours), .. } = all;
    writeln!(text, "{messages} messages, {rules} rules that both run")?;
    writeln!(text, "{:<44} {theirs:>9}", "rules left out: only SpamAssassin runs them")?;
    writeln!(text, "{:<44} {ours:>9}", "rules left out: only we run them")?;
    for (what, count) in [
        ("hits, SpamAssassin", all.hits_theirs),
        ("hits, ours", all.hits_ours),
        ("hits of both", all.intersection),
        ("hits of either", all.union()),
    ] {
        writeln!(text, "{what:<44} {count:>9}")?;
    }
    writeln!(text, "{:<44} {:>8.3}%", "both of either", all.agreement() * 100.0)?;
    writeln!(text, "{:<44} {:>8.3}%", "messages with the same score (within 0.1)", all.same_score_share() * 100.0)?;
    let apart: usize = all.by_rule.values().map(|rule| rule.counted_apart).sum();
    writeln!(text, "{:<44} {apart:>9}", "hits of both, counted differently")?;
    Ok(text)
}

/// The rules that differ, those first that differ most: at most so many.
pub(super) fn differences(all: &Comparison, reasons: &Reasons, rows: usize) -> Result<String> {
    let differing = all.differing();
    let mut text = format!("{:<40} {:>8} {:>8} {:>8}  {}\n", "rule", "ours", "theirs", "both", "why");
    for (name, rule) in differing.iter().take(rows) {
        let Differences { both, only_ours, only_theirs, .. } = rule;
        let (ours, theirs) = (only_ours.len(), only_theirs.len());
        writeln!(text, "{name:<40} {ours:>8} {theirs:>8} {both:>8}  {}", reasons.of(name))?;
    }
    if let Some(more @ 1..) = differing.len().checked_sub(rows) {
        let hits: usize = differing.iter().skip(rows).map(|(_, rule)| rule.len()).sum();
        writeln!(text, "and {more} more rules with {hits} differences")?;
    }
    Ok(text)
}

/// The messages that a rule hit for one alone.
pub(super) fn of_rule(all: &Comparison, pairs: &[Pair], rule: &str) -> Result<String> {
    let Some(found) = all.by_rule.get(rule) else {
        return Ok(format!("{rule}: no message, or not run by both\n"));
    };
    let mut text = format!("{rule}: {} messages for both\n", found.both);
    for (who, places) in [("ours", &found.only_ours), ("theirs", &found.only_theirs)] {
        for pair in places.iter().filter_map(|place| pairs.get(*place)) {
            writeln!(text, "{who:<7} {}", pair.name)?;
        }
    }
    let count = |pair: &Pair| [&pair.theirs, &pair.ours].map(|said| said.hits.get(rule).copied().unwrap_or(0));
    for pair in pairs {
        let [theirs, ours] = count(pair);
        if theirs != ours && theirs != 0 && ours != 0 {
            writeln!(text, "counted {ours} here, {theirs} there: {}", pair.name)?;
        }
    }
    Ok(text)
}

/// Everything as one object.
pub(super) fn json(all: &Comparison, pairs: &[Pair], reasons: &Reasons) -> Value {
    let names = |places: &[usize]| -> Vec<&str> {
        places.iter().filter_map(|place| Some(pairs.get(*place)?.name.as_str())).collect()
    };
    let rule = |(name, rule): &(&str, &Differences)| {
        json!({
            "rule": name,
            "both": rule.both,
            "only_ours": names(&rule.only_ours),
            "only_theirs": names(&rule.only_theirs),
            "why": reasons.of(name),
        })
    };
    json!({
        "messages": all.messages,
        "rules": all.rules,
        "left_out_theirs": all.left_out.0,
        "left_out_ours": all.left_out.1,
        "hits_theirs": all.hits_theirs,
        "hits_ours": all.hits_ours,
        "intersection": all.intersection,
        "union": all.union(),
        "agreement": all.agreement(),
        "same_score": all.same_score_share(),
        "differing": all.differing().iter().map(rule).collect::<Vec<_>>(),
    })
}
