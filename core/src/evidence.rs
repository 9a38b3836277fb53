//! Questions for the world outside this crate, and its answers.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use crate::{
    dns::{DnsKind, DnsRecord},
    fuzzy::{Kin, Print},
    learn::Opinion,
    mail::Authentication,
    reputation::{Contact, Peer, Record, Subject},
};

/// One question a check needs answered before it can evaluate.
///
/// Plain data, so that equal questions from different checks are asked once and cached once, and so that "what did we
/// ask about this message" has an answer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Query {
    /// What the person's own learner makes of the message. Answered on this machine.
    Learned,
    /// What the person had to do with the owner of this address, which is in lower case. Answered on this machine.
    Standing(String),
    /// Whether one of these Message-IDs, without brackets, is that of a message the person sent. Answered on this machine.
    Sent(Vec<String>),
    /// Whether something wanted has come of this contact lately. Answered on this machine.
    Contact(Contact),
    /// How the mail of these has turned out before. Answered on this machine.
    Reputation(Vec<Subject>),
    /// What the domain name system has of that kind under that name, which is in lower case and ends without a dot.
    Dns {
        /// The name.
        name: String,
        /// What is asked of it.
        kind: DnsKind,
    },
    /// Who sent the message, by SPF, DKIM, DMARC and ARC. Asks the domain name system about the domains that it names.
    Authentication,
    /// Whether the person's virus scanner finds something in the message.
    Virus,
    /// What came before that is like it. Answered on this machine.
    Fingerprint(Box<Print>),
    /// How often the message was reported to pyzor. Answered by a server, which is told a digest of its text.
    Pyzor,
    /// What rspamd's fuzzy storage knows of it. Answered by a server, which is told digests of its text and its files.
    RspamdFuzzy,
    /// How many copies of it DCC has counted. Answered by a program on this machine, which tells servers checksums.
    Dcc,
}

impl Query {
    /// Asks for records of a name.
    pub fn dns(name: impl Into<String>, kind: DnsKind) -> Self {
        Self::Dns { name: name.into(), kind }
    }

    /// Whether this machine answers it by itself, so that nobody hears of the message.
    pub const fn is_of_this_machine(&self) -> bool {
        match self {
            Self::Learned
            | Self::Standing(_)
            | Self::Sent(_)
            | Self::Contact(_)
            | Self::Reputation(_)
            | Self::Fingerprint(_) => true,
            Self::Dns { .. } | Self::Authentication | Self::Virus | Self::Pyzor | Self::RspamdFuzzy | Self::Dcc => {
                false
            }
        }
    }

    /// What was asked of others, in words; `None` for what this machine answers by itself.
    pub fn told(&self) -> Option<String> {
        match self {
            Self::Learned
            | Self::Standing(_)
            | Self::Sent(_)
            | Self::Contact(_)
            | Self::Reputation(_)
            | Self::Fingerprint(_) => None,
            Self::Dns { name, kind } => Some(format!("DNS: {} of {name}", kind.word())),
            Self::Authentication => Some("who sent it: SPF, DKIM, DMARC and ARC".to_owned()),
            Self::Virus => Some("virus scanner: the message".to_owned()),
            Self::Pyzor => Some("pyzor: a checksum of its text".to_owned()),
            Self::RspamdFuzzy => Some("rspamd's fuzzy storage: checksums of its text and files".to_owned()),
            Self::Dcc => Some("DCC: checksums of it".to_owned()),
        }
    }
}

/// Every question about one message, without duplicates.
#[derive(Clone, Debug, Default)]
pub struct QueryPlan(BTreeSet<Query>);

impl QueryPlan {
    /// Adds a question.
    pub fn ask(&mut self, query: Query) {
        self.0.insert(query);
    }

    /// The questions, in a fixed order.
    pub fn iter(&self) -> impl Iterator<Item = &Query> {
        self.0.iter()
    }

    /// Those of the questions that are as `is_meant` says.
    #[must_use]
    pub fn filter(&self, is_meant: impl Fn(&Query) -> bool) -> Self {
        Self(self.0.iter().filter(|query| is_meant(query)).cloned().collect())
    }

    /// Whether nothing needs asking.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What came back for one question.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Answer {
    /// The learner's opinion.
    Learned(Opinion),
    /// Somebody the person wrote to, or whose address the person keeps.
    Peer(Box<Peer>),
    /// The person sent it.
    OwnMessage,
    /// Something wanted has come of the contact.
    KnownContact,
    /// How the mail of those has turned out of whom there was any.
    Reputation(BTreeMap<Subject, Record>),
    /// What the domain name system has; never empty.
    Records(Vec<DnsRecord>),
    /// The domain name system does not know the name (NXDOMAIN).
    NoName,
    /// Messages that came before and are like it.
    Kin(Vec<Kin>),
    /// How often others have reported the message to pyzor.
    Pyzor {
        /// As spam.
        reports: u64,
        /// As wanted.
        welcomes: u64,
    },
    /// What a fuzzy storage knows of the text and the files.
    Fuzzy(Vec<FuzzyHit>),
    /// How often DCC has counted each of its checksums, by their names.
    Dcc(Vec<(String, u32)>),
    /// Asked, and there is authoritatively nothing: the learner has not seen enough mail yet, or the sender is no peer, or the
    /// name has no records of this kind.
    Absent,
    /// Not known: timed out, refused, over the limit. Never evidence for or against anything.
    Unknown(String),
    /// What was found out about who sent it.
    Authenticated(Box<Authentication>),
    /// The virus scanner found this, by the name of its signature.
    Infected(String),
}

impl Answer {
    /// The answer of others, in words.
    pub fn told(&self) -> String {
        match self {
            Self::Records(records) => records.iter().map(DnsRecord::told).collect::<Vec<_>>().join(", "),
            Self::NoName => "there is no such name".to_owned(),
            Self::Absent => "nothing".to_owned(),
            Self::Unknown(why) => format!("no answer: {why}"),
            Self::Pyzor { reports, welcomes } => {
                format!("reported as spam {reports} times, as wanted {welcomes} times")
            }
            Self::Fuzzy(hits) => hits
                .iter()
                .map(|hit| format!("flag {}: {}, {:.0} % alike", hit.flag, hit.value, hit.likeness * 100.0))
                .collect::<Vec<_>>()
                .join(", "),
            Self::Dcc(counts) => {
                counts.iter().map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
            }
            Self::Infected(name) => format!("{name} is in it"),
            Self::Learned(_)
            | Self::Peer(_)
            | Self::OwnMessage
            | Self::KnownContact
            | Self::Reputation(_)
            | Self::Kin(_) => "known on this machine".to_owned(),
            Self::Authenticated(found) => found.told(),
        }
    }
}

/// What a fuzzy storage knows of one part of a message.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FuzzyHit {
    /// Under which flag it was reported.
    pub flag: u32,
    /// How often, weighted.
    pub value: i32,
    /// How like it is, 0 to 1.
    pub likeness: f32,
}

/// The answers to a plan.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    answers: BTreeMap<Query, Answer>,
    times: BTreeMap<Query, Duration>,
}

impl Evidence {
    /// Records the answer to `query`.
    pub fn insert(&mut self, query: Query, answer: Answer) {
        self.answers.insert(query, answer);
    }

    /// Records the answer to `query`, and how long it took.
    pub fn insert_after(&mut self, query: Query, answer: Answer, took: Duration) {
        self.times.insert(query.clone(), took);
        self.insert(query, answer);
    }

    /// Adds all answers of `other`.
    pub fn extend(&mut self, other: Self) {
        self.answers.extend(other.answers);
        self.times.extend(other.times);
    }

    /// The answer to `query`, if it was asked.
    pub fn answer(&self, query: &Query) -> Option<&Answer> {
        self.answers.get(query)
    }

    /// What was asked of others, what they answered, and how long that took, in a fixed order.
    pub fn asked(&self) -> Vec<Asked> {
        let told = |(query, answer): (&Query, &Answer)| {
            let took = self.times.get(query).copied().unwrap_or_default();
            let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
            Some(Asked { question: query.told()?, answer: answer.told(), millis })
        };
        self.iter().filter_map(told).collect()
    }

    /// The learner's opinion, if it was asked and has one.
    pub fn learned(&self) -> Option<&Opinion> {
        let Some(Answer::Learned(opinion)) = self.answers.get(&Query::Learned) else { return None };
        Some(opinion)
    }

    /// The peer the message names as its author, if it is one.
    pub fn peer(&self) -> Option<&Peer> {
        self.answers.iter().find_map(|(query, answer)| match (query, answer) {
            (Query::Standing(_), Answer::Peer(peer)) => Some(&**peer),
            _ => None,
        })
    }

    /// Whether the message answers one that the person sent.
    pub fn is_answer(&self) -> bool {
        self.answers.values().any(|answer| *answer == Answer::OwnMessage)
    }

    /// Whether nothing wanted has come of the message's contact, as far as that is known.
    pub fn is_first_contact(&self) -> bool {
        self.answers.iter().any(|(query, answer)| matches!((query, answer), (Query::Contact(_), Answer::Absent)))
    }

    /// How the mail of the sender and of the relay has turned out, as far as that is known.
    pub fn reputation(&self) -> Option<&BTreeMap<Subject, Record>> {
        self.answers.values().find_map(|answer| {
            let Answer::Reputation(known) = answer else { return None };
            Some(known)
        })
    }

    /// What we found out about who sent it, as far as it was asked and could be answered.
    pub fn authentication(&self) -> Option<&Authentication> {
        let Some(Answer::Authenticated(found)) = self.answers.get(&Query::Authentication) else { return None };
        Some(found)
    }

    /// The name of what the virus scanner found, if it found something.
    pub fn virus(&self) -> Option<&str> {
        self.answers.values().find_map(|answer| {
            let Answer::Infected(name) = answer else { return None };
            Some(name.as_str())
        })
    }

    /// Messages that came before and are like it, as far as that is known.
    pub fn kin(&self) -> &[Kin] {
        let kin = self.answers.values().find_map(|answer| {
            let Answer::Kin(kin) = answer else { return None };
            Some(kin.as_slice())
        });
        kin.unwrap_or_default()
    }

    /// Every question with its answer, in a fixed order.
    pub fn iter(&self) -> impl Iterator<Item = (&Query, &Answer)> {
        self.answers.iter()
    }
}

/// One question that others were asked about a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The question, in words.
    pub question: String,
    /// The answer, in words.
    pub answer: String,
    /// How long it took, in milliseconds.
    pub millis: u64,
}
