//! One message: parse → plan → gather → judge → decide. Nothing here touches a server or the store.

use std::{sync::Arc, time::Duration};

use tamis_core::{
    Action, Answer, Arrival, Config, Mail, Policy, Query, UnixTime, Verdict, decide, judge,
    learn::{Clue, Features, Opinion, TokenId},
    mail::{AccountFacts, Mailbox},
    plan,
};

use crate::{
    gather::{Ask, gather},
    store::Key,
    teach::Teacher,
};

/// The longest a message waits for answers from outside.
const GATHER_LIMIT: Duration = Duration::from_secs(8);

/// A message as it came from the server.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// Its bytes, or the beginning of them.
    pub raw: Vec<u8>,
    /// INTERNALDATE, Unix seconds.
    pub received_at: i64,
    /// The whole size on the server in bytes.
    pub full_size: u64,
}

impl Incoming {
    /// Reads it as mail of that account.
    fn parse(&self, account: AccountFacts) -> Mail<'_> {
        let (received_at, full_size) = (Some(UnixTime(self.received_at)), Some(self.full_size));
        Mail::parse(&self.raw, &Arrival { received_at, full_size, account })
    }
}

/// What was made of a message, and what a list shows of it.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// The digest of its content.
    pub key: Key,
    /// `Message-ID` without brackets, or empty.
    pub message_id: String,
    /// The sender's name, or empty.
    pub from_name: String,
    /// The sender's address, or what stands in its place.
    pub from_address: String,
    /// `To`, as text.
    pub to: String,
    /// The decoded subject.
    pub subject: String,
    /// The verdict.
    pub verdict: Verdict,
    /// What follows from it.
    pub action: Action,
    /// The learner's words.
    pub clues: Vec<Clue>,
}

/// Judges one message under `config` and the account's `policy` with what has been learned so far.
pub async fn judge_message(
    message: &Incoming,
    account: AccountFacts,
    (config, policy): (&Config, &Policy),
    teacher: &Arc<Teacher>,
) -> Judgement {
    let mail = message.parse(account);
    let features = Features::of(&mail);
    let plan = plan(&mail, config);
    let evidence = gather(&Here { teacher, features: &features }, &plan, GATHER_LIMIT).await;
    let verdict = judge(&mail, &evidence, config);
    let author = mail.author();
    Judgement {
        key: Key::of(&message.raw),
        message_id: mail.message_id.clone().unwrap_or_default(),
        from_name: author.map(|author| author.name.clone()).unwrap_or_default(),
        from_address: author.map(written_address).unwrap_or_default(),
        to: mail.to.iter().map(written_mailbox).collect::<Vec<_>>().join(", "),
        subject: mail.subject.clone(),
        action: decide(verdict.class, message.full_size, policy),
        clues: evidence.learned().map(|opinion: &Opinion| opinion.clues.clone()).unwrap_or_default(),
        verdict,
    }
}

/// The tokens of a message, for a lesson.
pub fn tokens(message: &Incoming, account: AccountFacts) -> Vec<TokenId> {
    Features::of(&message.parse(account)).ids()
}

/// `Name <address>`, or what there is of it.
fn written_mailbox(mailbox: &Mailbox) -> String {
    let address = written_address(mailbox);
    match mailbox.name.as_str() {
        "" => address,
        name => format!("{name} <{address}>"),
    }
}

/// The address as it is kept and shown, or what is written in its place.
pub fn written_address(mailbox: &Mailbox) -> String {
    mailbox.address.as_ref().map_or_else(|| mailbox.written.clone(), ToString::to_string)
}

/// Answers what this machine knows by itself.
struct Here<'a> {
    teacher: &'a Arc<Teacher>,
    features: &'a Features,
}

impl Ask for Here<'_> {
    async fn ask(&self, query: &Query) -> Answer {
        match query {
            Query::Learned => self.teacher.opinion(self.features).map_or(Answer::Absent, Answer::Learned),
            _ => Answer::Unknown("this agent cannot ask that".to_owned()),
        }
    }
}
