//! `senders`: how the mail of senders and relays has turned out, and what that says of the next.

use std::{collections::BTreeMap, net::IpAddr};

use serde::Serialize;
use tamis_core::{
    UnixTime,
    mail::{Address, Domain},
    reputation::{Grade, Network, Record, Standing, Subject, Tally},
};

use super::{Backend, Failure, out::Out, review, table::table};
use crate::{clock, paths::Home, words::count};

pub(super) const EXAMPLES: &str = "Examples:
  tamis-agent senders
  tamis-agent senders --relays --top 5
  tamis-agent senders --min-messages 10 --min-share 90
  tamis-agent senders news@shop.example
  tamis-agent senders shop.example
  tamis-agent senders 192.0.2.7

What you say of mail counts in full, by whatever means: by moving it, or with `spam` and `ham`.
What lay in the inbox for a week and was read counts half as much as a word for it. What Tamis
thought speaks for nobody and against nobody; what it filed only makes a relay or a domain less
good. Everything counts half after 90 days, and nothing after
two years. An address counts only for mail that is proven to be of it, or that comes as it always
came. A sender that was never seen is not held to be bad.";

/// All share.
const WHOLE: u32 = 100;

#[derive(Debug, clap::Args)]
pub(super) struct SendersArgs {
    /// An address, a domain, an IP address or a network such as 192.0.2.0/24; without one, the lists
    #[arg(value_name = "ADDRESS|DOMAIN|IP", conflicts_with_all = ["relays", "top", "min_messages", "min_share"])]
    who: Option<String>,

    /// List the networks that mail comes from, instead of its senders
    #[arg(long)]
    relays: bool,

    /// At most so many of either list
    #[arg(long, value_name = "N", default_value_t = 20)]
    top: usize,

    /// Only those of whom so many messages were seen
    #[arg(long, value_name = "N", default_value_t = 50)]
    min_messages: u32,

    /// Only those of whose messages so many per cent were wanted, or spam
    #[arg(long, value_name = "PERCENT", default_value_t = 95, value_parser = clap::value_parser!(u32).range(51..=100))]
    min_share: u32,

    /// One JSON object a line instead of text
    #[arg(long)]
    json: bool,
}

pub(super) fn senders(home: &Home, args: &SendersArgs, backend: &dyn Backend, out: &mut Out) -> Result<(), Failure> {
    let known = match backend.lessons(home)? {
        Some(glimpse) => glimpse.reputations(&Subject::KINDS)?,
        None => BTreeMap::new(),
    };
    let now = clock::now();
    match &args.who {
        Some(who) => show(&asked(who, &known)?, &known, now, (args.json, out)),
        None => list(args, &known, now, out),
    }
}

/// Those that `who` may mean: what was asked for by itself first, seen or not.
fn asked(who: &str, known: &BTreeMap<Subject, Record>) -> Result<Vec<Subject>, Failure> {
    let mut found = Vec::new();
    if let Ok(ip) = who.parse::<IpAddr>() {
        let relay = Network::of_relay(ip);
        found.extend([Subject::Relay(relay), Subject::Network(relay.surroundings())]);
    } else if let Some(network) = Network::parse(who) {
        let is_wide = network == network.surroundings();
        found.push(if is_wide { Subject::Network(network) } else { Subject::Relay(network) });
    } else if let Some(address) = Address::parse(who) {
        let address = address.to_string().to_ascii_lowercase();
        found.push(Subject::Address(address.clone()));
        found.extend(known.keys().filter(|other| matches!(other, Subject::Habit(of, _) if *of == address)).cloned());
        found.extend(Subject::Address(address).wider());
    } else if let Some(domain) = Domain::parse(who) {
        found.push(Subject::Domain(domain.registrable().to_string()));
        let is_within =
            |address: &str| Address::parse(address).is_some_and(|address| address.domain.is_within(&domain));
        let is_of_it =
            |other: &&Subject| matches!(other, Subject::Address(of) | Subject::Habit(of, _) if is_within(of));
        found.extend(known.keys().filter(is_of_it).cloned());
    } else {
        return Err(Failure::person(format!("{who:?} is neither an address nor a domain nor an IP address")));
    }
    Ok(found)
}

fn show(
    asked: &[Subject],
    known: &BTreeMap<Subject, Record>,
    now: UnixTime,
    (json, out): (bool, &mut Out),
) -> Result<(), Failure> {
    for subject in asked {
        let standing = standing(subject, known, now);
        let record = known.get(subject);
        if json {
            out.json(&row(&standing, record.unwrap_or(&Record::default())))?;
            continue;
        }
        out.line(format!("{}: {}", named(subject), verdict(&standing, record)))?;
        if let Some(record) = record {
            for line in facts(&standing, record) {
                out.line(format!("  {line}"))?;
            }
        }
    }
    Ok(())
}

fn standing(subject: &Subject, known: &BTreeMap<Subject, Record>, now: UnixTime) -> Standing {
    let wider = subject.wider().and_then(|wider| known.get(&wider));
    Standing::of(subject.clone(), known.get(subject), wider, now)
}

/// As people call it.
fn named(subject: &Subject) -> String {
    match subject {
        Subject::Address(address) => format!("{address}, where it is proven"),
        Subject::Habit(address, _) => format!("{address}, as it usually comes without proof"),
        Subject::Domain(domain) => format!("{domain}, where it is proven"),
        Subject::Relay(network) => format!("the relays in {network}"),
        Subject::Network(network) => format!("the network {network} around them"),
    }
}

fn verdict(standing: &Standing, record: Option<&Record>) -> String {
    let weeks = record.map_or(0, Record::weeks_read);
    match standing.grade {
        _ if standing.is_read => format!("you read what it sends, in {weeks} weeks so far, and never called it spam"),
        Grade::Good => "good".to_owned(),
        Grade::Fair => "rather good".to_owned(),
        Grade::Cold => "never seen, which says nothing".to_owned(),
        Grade::Open => "too little was said about it, or both".to_owned(),
        Grade::Doubted => "rather bad".to_owned(),
        Grade::Bad => "bad".to_owned(),
    }
}

fn facts(standing: &Standing, record: &Record) -> Vec<String> {
    let Tally { said_ham, said_spam, read, judged_ham, judged_unsure, judged_spam } = record.total();
    let messages = count(usize::try_from(record.total().messages()).unwrap_or(usize::MAX), "message");
    let time = |at: Option<UnixTime>| at.map(|at| review::time(at.0)).unwrap_or_default();
    vec![
        format!("{messages} from {} to {}", time(record.first_seen), time(record.last_seen)),
        format!("you called {said_ham} good and {said_spam} spam, and read {read} more"),
        format!("of the others Tamis thought {judged_ham} good, {judged_unsure} doubtful and {judged_spam} spam"),
        format!(
            "to be expected are {:.0} % spam, give or take {:.0}",
            100.0 * standing.estimate.share,
            100.0 * standing.estimate.deviation
        ),
    ]
}

/// One line of JSON.
#[derive(Serialize)]
struct Row {
    kind: &'static str,
    name: String,
    grade: &'static str,
    read_regularly: bool,
    messages: u32,
    wanted: u32,
    spam: u32,
    unsure: u32,
    said_ham: u32,
    said_spam: u32,
    read: u32,
    expected_spam: f64,
    deviation: f64,
    first_seen: Option<i64>,
    last_seen: Option<i64>,
}

fn row(standing: &Standing, record: &Record) -> Row {
    let total = record.total();
    let thousandths = |share: f64| (share * 1000.0).round() / 1000.0;
    Row {
        kind: standing.subject.kind(),
        name: standing.subject.name(),
        grade: match standing.grade {
            Grade::Good => "good",
            Grade::Fair => "fair",
            Grade::Cold => "cold",
            Grade::Open => "open",
            Grade::Doubted => "doubted",
            Grade::Bad => "bad",
        },
        read_regularly: standing.is_read,
        messages: total.messages(),
        wanted: total.ham(),
        spam: total.spam(),
        unsure: total.judged_unsure,
        said_ham: total.said_ham,
        said_spam: total.said_spam,
        read: total.read,
        expected_spam: thousandths(standing.estimate.share),
        deviation: thousandths(standing.estimate.deviation),
        first_seen: record.first_seen.map(|at| at.0),
        last_seen: record.last_seen.map(|at| at.0),
    }
}

fn list(args: &SendersArgs, known: &BTreeMap<Subject, Record>, now: UnixTime, out: &mut Out) -> Result<(), Failure> {
    let is_listed = |subject: &Subject| match subject {
        Subject::Relay(_) => args.relays,
        Subject::Address(_) | Subject::Habit(..) => !args.relays,
        Subject::Domain(_) | Subject::Network(_) => false,
    };
    let what = if args.relays { "relays" } else { "senders" };
    for title in ["good", "bad"] {
        let of = |total: &Tally| if title == "good" { total.ham() } else { total.spam() };
        let mut found: Vec<(&Subject, &Record, Tally)> = known
            .iter()
            .filter(|(subject, _)| is_listed(subject))
            .map(|(subject, record)| (subject, record, record.total()))
            .filter(|(_, _, total)| is_among(of(total), total.messages(), args))
            .collect();
        found.sort_by_key(|(_, _, total)| std::cmp::Reverse(total.messages()));
        found.truncate(args.top);
        if args.json {
            found.iter().try_for_each(|(subject, record, _)| out.json(&row(&standing(subject, known, now), record)))?;
            continue;
        }
        let least = format!("at least {} messages, {} %", args.min_messages, args.min_share);
        if found.is_empty() {
            out.line(format!("no {what} are that {title} yet: {least}"))?;
            continue;
        }
        let rows: Vec<Vec<String>> =
            found.iter().map(|(subject, record, total)| cells(subject, record, *total)).collect();
        out.line(format!("{title} {what} ({least})"))?;
        table(&["Messages", "Wanted", "Spam", "Doubtful", "Last", "Who"], &rows)
            .into_iter()
            .try_for_each(|line| out.line(line))?;
    }
    Ok(())
}

/// Whether so many of so many are enough to be listed.
fn is_among(part: u32, messages: u32, args: &SendersArgs) -> bool {
    let (part, messages) = (u64::from(part), u64::from(messages));
    0 < messages
        && u64::from(args.min_messages) <= messages
        && u64::from(args.min_share) * messages <= part * u64::from(WHOLE)
}

fn cells(subject: &Subject, record: &Record, total: Tally) -> Vec<String> {
    let who = match subject {
        Subject::Habit(address, _) => format!("{address} (not proven)"),
        Subject::Address(_) | Subject::Domain(_) | Subject::Relay(_) | Subject::Network(_) => subject.name(),
    };
    vec![
        total.messages().to_string(),
        total.ham().to_string(),
        total.spam().to_string(),
        total.judged_unsure.to_string(),
        record.last_seen.map(|at| review::time(at.0)).unwrap_or_default(),
        who,
    ]
}

#[cfg(test)]
mod tests {
    use tamis_core::{learn::Label, reputation::Fate};

    use super::*;

    const NOW: UnixTime = UnixTime(1_790_000_000);

    fn known() -> BTreeMap<Subject, Record> {
        let record = |ham: u32, spam: u32| {
            let mut record = Record::default();
            (0..ham).for_each(|_| record.add(NOW, Fate::Said(Label::Ham)));
            (0..spam).for_each(|_| record.add(NOW, Fate::JudgedSpam));
            record
        };
        let relay = |ip: &str| Subject::Relay(Network::of_relay(ip.parse().unwrap()));
        let address = |name: &str| Subject::Address(name.to_owned());
        BTreeMap::from([
            (address("kim@kim.example"), record(95, 5)),
            (address("lee@kim.example"), record(94, 6)),
            (address("few@kim.example"), record(49, 0)),
            (Subject::Habit("spam@spam.example".to_owned(), tamis_core::reputation::Habit(1)), record(0, 60)),
            (relay("192.0.2.1"), record(0, 200)),
            (relay("198.51.100.1"), record(50, 0)),
        ])
    }

    fn args(relays: bool) -> SendersArgs {
        SendersArgs { who: None, relays, top: 20, min_messages: 50, min_share: 95, json: false }
    }

    #[test]
    fn who_is_listed_has_enough_messages_and_nearly_all_of_one_kind() {
        let args = args(false);
        for (part, messages, want) in
            [(95, 100, true), (94, 100, false), (49, 49, false), (50, 50, true), (0, 0, false), (19, 20, false)]
        {
            assert_eq!(is_among(part, messages, &args), want, "{part} of {messages}");
        }
    }

    #[test]
    fn what_is_asked_for_is_found_by_address_domain_and_network() {
        let known = known();
        let names = |who: &str| -> Vec<String> {
            asked(who, &known).unwrap().iter().map(|subject| format!("{} {}", subject.kind(), subject.name())).collect()
        };
        assert_eq!(names("Kim@Kim.example"), ["address kim@kim.example", "domain kim.example"]);
        assert_eq!(names("192.0.2.77"), ["relay 192.0.2.0/24", "network 192.0.0.0/16"]);
        assert_eq!(names("192.0.0.0/16"), ["network 192.0.0.0/16"]);
        assert_eq!(names("198.51.100.0/24"), ["relay 198.51.100.0/24"]);
        assert_eq!(names("spam.example"), ["domain spam.example", "habit spam@spam.example 0000000000000001"]);
        assert_eq!(names("kim.example").len(), 4);
        assert!(asked("what?", &known).is_err());
    }

    #[test]
    fn of_whom_nothing_is_known_it_says_so() {
        let known = known();
        let subject = Subject::Domain("new.example".to_owned());
        let standing = standing(&subject, &known, NOW);
        assert_eq!(verdict(&standing, None), "never seen, which says nothing");
    }
}
