//! `learn`: learning from the mail that is there.

use std::{
    thread,
    time::{Duration, Instant},
};

use tamis_core::api::{AccountStatus, LearningDoubt, LearningStatus, Reply, Request, Steer};

use super::{
    Failure,
    held::account_of,
    out::Out,
    review::{self, unexpected},
};
use crate::{
    client::Client,
    paths::Home,
    words::{count, grouped, one_line},
};

pub(super) const EXAMPLES: &str = "Examples:
  tamis-agent learn me@example.org --dry-run
  tamis-agent learn me@example.org --start
  tamis-agent learn me@example.org --start --junk no
  tamis-agent learn me@example.org

What lies in Junk is learned as spam: what the filter of your provider has put there, right or
wrong, as well as what you did; --junk no leaves it out. What lies elsewhere is learned as good,
if you have read, answered or flagged it or it is older than a week; drafts, sent mail and the
trash are left out. Whom you write to is read from the sent mail. Nothing is moved or marked,
what you have taught stands, and all of it can be taken back at once with `tamis-agent undo`.
Without an option it shows how far learning has got, and in the end what came of it.";

/// So many doubtful messages of each kind are listed.
const LISTED: usize = 10;

/// How long a dry run is waited for, and how often it is asked for.
const PATIENCE: Duration = Duration::from_mins(5);
const ASK_EVERY: Duration = Duration::from_millis(250);

#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("wish").args(["dry_run", "start", "pause", "resume", "stop"])))]
pub(super) struct LearnArgs {
    /// The account's name
    account: String,

    /// Count what there is to learn from, and learn nothing
    #[arg(long)]
    dry_run: bool,

    /// Begin to learn
    #[arg(long)]
    start: bool,

    /// With --start and --dry-run: whether what is in Junk is learned as spam
    #[arg(long, value_name = "yes|no", value_parser = ["yes", "no"], conflicts_with_all = ["pause", "resume", "stop"])]
    junk: Option<String>,

    /// Do nothing more until told to go on
    #[arg(long)]
    pause: bool,

    /// Go on
    #[arg(long)]
    resume: bool,

    /// Give it up. What was learned so far stays learned
    #[arg(long)]
    stop: bool,

    /// One JSON object instead of text
    #[arg(long, conflicts_with_all = ["start", "pause", "resume", "stop"])]
    json: bool,
}

pub(super) fn learn(home: &Home, args: &LearnArgs, out: &mut Out) -> Result<(), Failure> {
    let account = args.account.clone();
    let wishes = [(args.pause, Steer::Pause), (args.resume, Steer::Resume), (args.stop, Steer::Stop)];
    if let Some((_, steer)) = wishes.into_iter().find(|(is_wished, _)| *is_wished) {
        return review::change(home, Request::SteerLearning { account, steer }, out);
    }
    let junk = args.junk.as_deref() != Some("no");
    if args.start {
        return review::change(home, Request::Learn { account, junk, is_rehearsal: false }, out);
    }
    if args.dry_run {
        return rehearse(home, (&account, junk), args.json, out);
    }
    if args.junk.is_some() {
        return Err(Failure::person("`--junk` goes with `--start` or `--dry-run`".to_owned()));
    }
    show(&asked(home, &account)?, args.json, out)
}

fn asked(home: &Home, name: &str) -> Result<AccountStatus, Failure> {
    let reply = Client::connect(home)?.call(Request::Status)?;
    let Reply::Status(status) = reply else { return Err(unexpected(reply)) };
    account_of(&status, name).cloned()
}

/// Has it counted what there is, waits for that, and shows it.
fn rehearse(home: &Home, (name, junk): (&str, bool), json: bool, out: &mut Out) -> Result<(), Failure> {
    let account = name.to_owned();
    let reply = Client::connect(home)?.call(Request::Learn { account, junk, is_rehearsal: true })?;
    if !matches!(reply, Reply::Done { .. }) {
        return review::say(reply, out);
    }
    let deadline = Instant::now() + PATIENCE;
    loop {
        let account = asked(home, name)?;
        if account.learning.as_ref().is_none_or(|learning| learning.is_ended) {
            return show(&account, json, out);
        }
        if deadline <= Instant::now() {
            let text = format!("nothing is counted in `{name}` yet: {}", one_line(&account.text));
            return Err(Failure::outside(text));
        }
        thread::sleep(ASK_EVERY);
    }
}

fn show(account: &AccountStatus, json: bool, out: &mut Out) -> Result<(), Failure> {
    if json {
        return out.json(&account.learning);
    }
    let name = one_line(&account.name);
    let Some(learning) = &account.learning else {
        let text = "nothing was learned from the mail that is there; count it with --dry-run, begin with --start";
        return out.line(format_args!("{name}: {text}"));
    };
    out.line(format_args!("{name}: {}", words(learning)))?;
    for line in report(learning) {
        out.line(line)?;
    }
    Ok(())
}

/// How far it has got: `3,200 of 20,000 messages, 2,900 good and 250 spam learned, about 40 seconds left`.
pub(super) fn words(learning: &LearningStatus) -> String {
    if !learning.is_planned {
        let state = if learning.is_ended { "stopped before anything was counted" } else { "counting what there is" };
        return if learning.is_paused { format!("{state}, paused") } else { state.to_owned() };
    }
    let kinds = format!("{} good and {} spam", grouped(learning.ham), grouped(learning.spam));
    if learning.is_rehearsal {
        return format!("{} to learn from: {kinds}", messages(learning.total));
    }
    let state = if learning.is_undone {
        ", taken back"
    } else if learning.is_ended {
        if learning.done < learning.total { ", stopped" } else { ", finished" }
    } else if learning.is_paused {
        ", paused"
    } else {
        ""
    };
    let left = learning.seconds_left.filter(|_| !learning.is_paused);
    let left = left.map(|seconds| format!(", {} left", time(seconds))).unwrap_or_default();
    format!("{} of {}, {kinds} learned{left}{state}", grouped(learning.done), messages(learning.total))
}

/// What it has read, left out, and found.
fn report(learning: &LearningStatus) -> Vec<String> {
    let mut lines = Vec::new();
    for folder in &learning.folders {
        let kind = if folder.label == "spam" { "spam" } else { "good" };
        lines.push(format!("  {} as {kind} in {}", messages(folder.messages), one_line(&folder.name)));
    }
    for skip in &learning.skipped {
        lines.push(format!("  not learned: {}, {}", messages(skip.messages), one_line(&skip.why)));
    }
    if !learning.has_junk && learning.is_planned {
        lines.push("  Junk was left out, as you wished".to_owned());
    }
    if 0 < learning.peers {
        let people =
            if learning.peers == 1 { "1 person".to_owned() } else { format!("{} people", grouped(learning.peers)) };
        lines.push(format!("  you write to {people}: their mail is never filed"));
    }
    if 0 < learning.judged {
        lines.push(accuracy(learning));
    }
    for (found, label, where_) in [
        (learning.good_in_junk, "spam", "in Junk look good"),
        (learning.spam_elsewhere, "ham", "elsewhere look like spam"),
    ] {
        if found == 0 {
            continue;
        }
        lines.push(format!("  {} {where_}; look whether they lie where they should:", messages(found)));
        let doubts: Vec<&LearningDoubt> = learning.doubts.iter().filter(|doubt| doubt.label == label).collect();
        let listed = doubts.iter().take(LISTED).map(|doubt| {
            let [folder, from, subject] = [&doubt.folder, &doubt.from, &doubt.subject].map(|text| one_line(text));
            format!("    {folder}: {from}: {subject}")
        });
        lines.extend(listed);
        let others = number(found).saturating_sub(doubts.len().min(LISTED));
        if 0 < others {
            lines.push(format!("    and {others} more"));
        }
    }
    if let Some(batch) = learning.undo.filter(|_| !learning.is_undone) {
        lines.push(format!("  take all of it back with: tamis-agent undo {}", batch.0));
    }
    lines
}

fn accuracy(learning: &LearningStatus) -> String {
    let wrong = learning.good_called_spam.saturating_add(learning.spam_missed);
    let right = f64::from(learning.judged.saturating_sub(wrong)) * 100.0 / f64::from(learning.judged.max(1));
    format!(
        "  judged before they were learned, by what came before: {}, {right:.1} % right; {} good would have been called \
         spam, {} spam missed",
        grouped(learning.judged),
        grouped(learning.good_called_spam),
        grouped(learning.spam_missed)
    )
}

fn messages(n: u32) -> String {
    let noun = if n == 1 { "message" } else { "messages" };
    format!("{} {noun}", grouped(n))
}

fn number(n: u32) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

/// `about 40 seconds`, `about 3 minutes`.
fn time(seconds: u32) -> String {
    match seconds {
        0..100 => format!("about {}", count(number(seconds), "second")),
        100..5400 => format!("about {}", count(number(seconds.saturating_add(30) / 60), "minute")),
        _ => format!("about {}", count(number(seconds.saturating_add(1800) / 3600), "hour")),
    }
}
