//! `statistics`: what was judged, how right that was, and what speaks most.

use tamis_core::api::{Accuracy, RelayCount, Reply, Request, Statistics};

use super::{Failure, out::Out, review::unexpected, table::table};
use crate::{
    client::Client,
    paths::Home,
    words::{count, one_line},
};

pub(super) const EXAMPLES: &str = "Examples:
  tamis-agent statistics
  tamis-agent statistics --days 365 --account me@example.org
  tamis-agent statistics --days 0 --json

How right Tamis was is counted by what you said: by moving mail, or with `spam`, `ham` and
`release`. What you never said anything about counts as judged rightly.";

/// Findings and relays that are listed.
const MOST: usize = 10;

#[derive(Debug, clap::Args)]
pub(super) struct StatisticsArgs {
    /// How many days, today among them; 0: all there are
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u32).range(0..=3_660))]
    days: u32,

    /// Only the mail of that account
    #[arg(long, value_name = "NAME")]
    account: Option<String>,

    /// Only relays with so many messages
    #[arg(long, value_name = "N", default_value_t = 5)]
    min_messages: u32,

    /// One JSON object instead of text
    #[arg(long)]
    json: bool,
}

pub(super) fn statistics(home: &Home, args: &StatisticsArgs, out: &mut Out) -> Result<(), Failure> {
    let account = args.account.clone().unwrap_or_default();
    let request = Request::Statistics { days: args.days, account, least: args.min_messages };
    let reply = Client::connect(home)?.call(request)?;
    let Reply::Statistics(statistics) = reply else { return Err(unexpected(reply)) };
    if args.json {
        return out.json(&statistics);
    }
    lines(&statistics, args.days).into_iter().try_for_each(|line| out.line(line))
}

fn lines(statistics: &Statistics, days: u32) -> Vec<String> {
    let time = if days == 0 { "since the beginning".to_owned() } else { format!("in the last {days} days") };
    let mut lines = vec![said(&statistics.total, &time)];
    if statistics.total.judged == 0 {
        return lines;
    }
    let mut part = |title: &str, head: &[&str], rows: Vec<Vec<String>>| {
        if !rows.is_empty() {
            lines.extend([String::new(), title.to_owned()]);
            lines.extend(table(head, &rows));
        }
    };
    let of_account = |name: &str, of: &Accuracy| {
        let numbers = [of.judged, of.spam, of.unsure, of.filed, of.put_back, of.missed];
        std::iter::once(one_line(name)).chain(numbers.iter().map(u32::to_string)).collect()
    };
    let accounts = statistics.accounts.iter().map(|account| of_account(&account.name, &account.of)).collect();
    part("By account", &["Account", "Judged", "Spam", "Doubtful", "Filed", "Put back", "Missed"], accounts);
    let findings = statistics.findings.iter().take(MOST).map(|found| {
        vec![
            (found.ham + found.spam).to_string(),
            found.spam.to_string(),
            found.ham.to_string(),
            one_line(&found.about),
        ]
    });
    let title = format!("Found most, in the newest {} messages", statistics.findings_of);
    part(&title, &["Times", "Spam", "Good", "What"], findings.collect());
    let relay = |relay: &RelayCount| {
        vec![relay.messages.to_string(), relay.spam.to_string(), relay.ham.to_string(), relay.network.clone()]
    };
    for (title, relays) in [
        ("Networks that hand in most good mail, of all accounts", &statistics.good_relays),
        ("Networks that hand in most spam, of all accounts", &statistics.bad_relays),
    ] {
        part(title, &["Messages", "Spam", "Good", "Network"], relays.iter().take(MOST).map(relay).collect());
    }
    lines
}

/// How right Tamis was, in words.
fn said(total: &Accuracy, time: &str) -> String {
    let number = |number: u32, noun: &str| count(usize::try_from(number).unwrap_or(usize::MAX), noun);
    if total.judged == 0 {
        return format!("No mail was judged {time}");
    }
    let caught = total.caught().map(|share| format!(", and caught {:.1} % of the spam", 100.0 * share));
    format!(
        "Tamis judged {} {time} and filed {}; you called {} of these good and {} that it missed spam{}",
        number(total.judged, "message"),
        total.filed,
        total.put_back,
        number(total.missed, "message"),
        caught.unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_are_said_in_words() {
        let total = Accuracy {
            judged: 312,
            spam: 40,
            filed: 40,
            put_back: 1,
            wrongly_spam: 1,
            missed: 1,
            ..Accuracy::default()
        };
        let want = "Tamis judged 312 messages in the last 30 days and filed 40; you called 1 of these good and \
                    1 message that it missed spam, and caught 97.5 % of the spam";
        assert_eq!(lines(&Statistics { total, ..Statistics::default() }, 30), [want]);
        assert_eq!(lines(&Statistics::default(), 0), ["No mail was judged since the beginning"]);
    }
}
