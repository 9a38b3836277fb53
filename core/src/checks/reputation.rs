//! How mail of this sender, and by this relay, has turned out before.
//!
//! Only what the person has said and done counts ([`Record`]): what they called spam or wanted, by whatever means, and what
//! they read and let be. A sender is known by proof or by its habits, as [`Track`] says, so that nobody gets another's good
//! name or spoils it. What was never seen is not held against anybody.

use crate::{
    check::Check,
    evidence::{Evidence, Query, QueryPlan},
    finding::Findings,
    mail::{Mail, UnixTime},
    reputation::{Grade, Record, Standing, Standings, Subject, Track},
    symbol::SymbolInfo,
};

const SENDER_GOOD: SymbolInfo = SymbolInfo::new("SENDER_GOOD", "You have often called mail of this sender wanted");
const SENDER_FAIR: SymbolInfo = SymbolInfo::new("SENDER_FAIR", "You have called mail of this sender wanted");
const SENDER_DOUBTED: SymbolInfo = SymbolInfo::new("SENDER_DOUBTED", "You have called mail of this sender spam");
const SENDER_BAD: SymbolInfo = SymbolInfo::new("SENDER_BAD", "You have often called mail of this sender spam");
const READ_REGULARLY: SymbolInfo =
    SymbolInfo::new("READ_REGULARLY", "You have read mail of this sender for weeks and never called it spam");
const DOMAIN_GOOD: SymbolInfo =
    SymbolInfo::new("DOMAIN_GOOD", "You have often called mail of other senders of this domain wanted");
const DOMAIN_BAD: SymbolInfo =
    SymbolInfo::new("DOMAIN_BAD", "You have often called mail of other senders of this domain spam");
const RELAY_GOOD: SymbolInfo = SymbolInfo::new("RELAY_GOOD", "Mail that came by this relay was nearly always wanted");
const RELAY_FAIR: SymbolInfo = SymbolInfo::new("RELAY_FAIR", "Mail that came by this relay was mostly wanted");
const RELAY_DOUBTED: SymbolInfo = SymbolInfo::new("RELAY_DOUBTED", "Mail that came by this relay was mostly spam");
const RELAY_BAD: SymbolInfo = SymbolInfo::new("RELAY_BAD", "Mail that came by this relay was nearly always spam");
const RELAY_NEAR_BAD: SymbolInfo =
    SymbolInfo::new("RELAY_NEAR_BAD", "Mail that came by relays beside this one was nearly always spam");

/// Senders, their domains, and relays.
#[derive(Debug)]
pub(super) struct Reputation;

impl Check for Reputation {
    fn name(&self) -> &'static str {
        "reputation"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const {
            &[
                SENDER_GOOD,
                SENDER_FAIR,
                SENDER_DOUBTED,
                SENDER_BAD,
                READ_REGULARLY,
                DOMAIN_GOOD,
                DOMAIN_BAD,
                RELAY_GOOD,
                RELAY_FAIR,
                RELAY_DOUBTED,
                RELAY_BAD,
                RELAY_NEAR_BAD,
            ]
        }
    }

    fn queries(&self, mail: &Mail<'_>, plan: &mut QueryPlan) {
        let subjects = Track::possible(mail);
        if !subjects.is_empty() {
            plan.ask(Query::Reputation(subjects));
        }
    }

    fn evaluate(&self, mail: &Mail<'_>, evidence: &Evidence, findings: &mut Findings) {
        let Some(known) = evidence.reputation() else { return };
        // Without a time of its own it is as if it had come with the newest.
        let newest = || known.values().filter_map(|record| record.last_seen).max();
        let now = mail.received_at().or_else(newest).unwrap_or(UnixTime(0));
        let Standings { sender, domain, relay, network } = Standings::of(&Track::of(mail), known, now);
        let mut raise = |info: Option<&SymbolInfo>, standing: &Standing| {
            if let (Some(info), Some(record)) = (info, known.get(&standing.subject)) {
                findings.raise(info, told(&standing.subject, record));
            }
        };
        if let Some(sender) = &sender {
            raise(of_sender(sender), sender);
        }
        if let Some(domain) = domain.filter(|_| sender.is_some_and(|sender| sender.is_untold())) {
            raise(of_domain(&domain), &domain);
        }
        if let Some(relay) = &relay {
            raise(of_relay(relay), relay);
        }
        if let Some(network) = network.filter(|_| relay.is_some_and(|relay| relay.is_untold())) {
            raise((network.grade == Grade::Bad).then_some(&RELAY_NEAR_BAD), &network);
        }
    }
}

fn of_sender(standing: &Standing) -> Option<&'static SymbolInfo> {
    match standing.grade {
        _ if standing.is_read => Some(&READ_REGULARLY),
        Grade::Good => Some(&SENDER_GOOD),
        Grade::Fair => Some(&SENDER_FAIR),
        Grade::Cold | Grade::Open => None,
        Grade::Doubted => Some(&SENDER_DOUBTED),
        Grade::Bad => Some(&SENDER_BAD),
    }
}

fn of_domain(standing: &Standing) -> Option<&'static SymbolInfo> {
    match standing.grade {
        Grade::Good => Some(&DOMAIN_GOOD),
        Grade::Fair | Grade::Cold | Grade::Open | Grade::Doubted => None,
        Grade::Bad => Some(&DOMAIN_BAD),
    }
}

fn of_relay(standing: &Standing) -> Option<&'static SymbolInfo> {
    match standing.grade {
        Grade::Good => Some(&RELAY_GOOD),
        Grade::Fair => Some(&RELAY_FAIR),
        Grade::Cold | Grade::Open => None,
        Grade::Doubted => Some(&RELAY_DOUBTED),
        Grade::Bad => Some(&RELAY_BAD),
    }
}

/// `of kim@kim.example you called 3 messages wanted and 1 spam`.
fn told(subject: &Subject, record: &Record) -> String {
    let total = record.total();
    let messages = |count: u32| if count == 1 { "1 message".to_owned() } else { format!("{count} messages") };
    let whose = match subject {
        Subject::Address(address) | Subject::Habit(address, _) => format!("of {address}"),
        Subject::Domain(domain) => format!("of {domain}"),
        Subject::Relay(network) | Subject::Network(network) => format!("that came from {network}"),
    };
    let said = match (total.said_ham, total.said_spam) {
        (0, 0) => None,
        (ham, 0) => Some(format!("called {} wanted and none spam", messages(ham))),
        (0, spam) => Some(format!("called {} spam and none wanted", messages(spam))),
        (ham, spam) => Some(format!("called {} wanted and {spam} spam", messages(ham))),
    };
    let read = match (total.read, said.is_some()) {
        (0, _) => None,
        (read, true) => Some(format!("read {read} more")),
        (read, false) => Some(format!("read {} in {} weeks", messages(read), record.weeks_read())),
    };
    let both: Vec<String> = said.into_iter().chain(read).collect();
    format!("{whose} you have {}", both.join(", and "))
}
