//! One message: parse → plan → gather → judge → decide. Nothing here touches a server or the store.

use std::{sync::Arc, time::Duration};

use tamis_core::{
    Action, Answer, Arrival, Config, DecidedBy, Mail, Policy, Query, UnixTime, Verdict, decide,
    dns::Asks,
    fuzzy::Print,
    judge,
    learn::{Clue, Features, Opinion, TokenId},
    mail::{AccountFacts, Address, Domain, Mailbox, Passage},
    plan,
    reputation::{Contact, Origin, Track},
};

use crate::{
    ask::World,
    clock,
    gather::{Ask, gather},
    store::{AccountId, Key, Store, StoreError, fingerprints, peers, reputation, waiting},
    teach::Teacher,
};

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
    /// From where it is.
    pub origin: Origin,
    /// By what way it came from whom to whom.
    pub contact: Option<Contact>,
    /// Whose reputation it counts for.
    pub track: Track,
    /// What it is known again by.
    pub print: Print,
    /// Whether it is spam for other reasons than that messages like it were.
    pub is_plain_spam: bool,
    /// To which address the provider delivered it.
    pub delivered_to: Option<Address>,
    /// What it shows of the way into the account.
    pub passage: Passage,
    /// The author's domain, the registrable one.
    pub author: Option<Domain>,
    /// The verdict.
    pub verdict: Verdict,
    /// What follows from it.
    pub action: Action,
    /// The learner's words.
    pub clues: Vec<Clue>,
}

/// What this machine knows by itself.
#[derive(Clone, Copy, Debug)]
pub struct Memory<'a> {
    /// What was learned.
    pub teacher: &'a Arc<Teacher>,
    /// What is kept.
    pub store: &'a Store,
    /// Whose mail it is.
    pub account: AccountId,
    /// Whom else to ask.
    pub world: &'a World,
}

/// Judges one message under `config` and the account's `policy` with what has been learned so far.
pub async fn judge_message(
    message: &Incoming,
    account: AccountFacts,
    (config, policy): (&Config, &Policy),
    memory: Memory<'_>,
) -> Judgement {
    let mut mail = message.parse(account);
    if !is_fresh(mail.received_at()) {
        mail.account.asks = Asks::default();
    }
    let features = Features::of(&mail);
    let (key, plan) = (Key::of(&message.raw), plan(&mail, config));
    let limit = Duration::from_secs(config.network().deadline_secs);
    let evidence = gather(&Here { memory, features: &features, key }, &plan, &mut mail, limit).await;
    let verdict = judge(&mail, &evidence, config);
    let action = decide(verdict.class, message.full_size, policy);
    let action =
        if verdict.decided_by == DecidedBy::Virus { action.for_infected(verdict.is_of_known()) } else { action };
    let author = mail.author();
    Judgement {
        key,
        message_id: mail.message_id().unwrap_or_default().to_owned(),
        from_name: author.map(|author| author.name.clone()).unwrap_or_default(),
        from_address: author.map(written_address).unwrap_or_default(),
        to: mail.to().iter().map(written_mailbox).collect::<Vec<_>>().join(", "),
        subject: mail.subject().to_owned(),
        origin: Origin::of(&mail),
        contact: Contact::of(&mail),
        track: Track::of(&mail),
        print: Print::of(&mail),
        is_plain_spam: verdict.is_plain_spam(config),
        delivered_to: mail.delivered_to(),
        passage: mail.trace().passage(&mail.account.provider),
        author: author.and_then(|author| author.address.as_ref()).map(|address| address.domain.registrable()),
        action,
        clues: evidence.learned().map(|opinion: &Opinion| opinion.clues.clone()).unwrap_or_default(),
        verdict,
    }
}

/// What lists say today of a host says little about what it sent days ago; and nobody who gives answers away wants to be asked
/// about years of mail at once.
const FRESH_SECS: i64 = 2 * 24 * 3600;

/// Whether a message has come so lately that lists may be asked about it.
pub(crate) fn is_fresh(received_at: Option<UnixTime>) -> bool {
    received_at.is_none_or(|at| clock::now().0 - at.0 <= FRESH_SECS)
}

/// What a list shows of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The sender: the name, or else the address.
    pub from: String,
    /// The decoded subject.
    pub subject: String,
}

/// A message as it is learned from.
#[derive(Clone, Debug)]
pub struct Study {
    /// What the learner sees of it.
    pub features: Features,
    /// Whose reputation it counts for.
    pub track: Track,
    /// What it is known again by.
    pub print: Print,
    /// What people see of it.
    pub seen: Seen,
}

/// Reads a message to learn from it.
pub fn study(message: &Incoming, account: AccountFacts) -> Study {
    let mail = message.parse(account);
    let from = mail.author().map(|author| match author.name.as_str() {
        "" => written_address(author),
        name => name.to_owned(),
    });
    Study {
        features: Features::of(&mail),
        track: Track::of(&mail),
        print: Print::of(&mail),
        seen: Seen { from: from.unwrap_or_default(), subject: mail.subject().to_owned() },
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

/// Answers what this machine knows by itself, and asks the rest of the world.
struct Here<'a> {
    memory: Memory<'a>,
    features: &'a Features,
    key: Key,
}

impl Ask for Here<'_> {
    async fn ask(&self, query: &Query, mail: &Mail<'_>) -> Answer {
        let Memory { teacher, store, account, world } = self.memory;
        match query {
            Query::Learned => teacher.opinion(self.features).map_or(Answer::Absent, Answer::Learned),
            Query::Standing(address) => {
                let address = address.clone();
                let peer = store.run(move |db| peers::peer(db, account, &address)).await;
                of_store(peer.map(|peer| peer.map(|peer| Answer::Peer(Box::new(peer)))))
            }
            Query::Sent(ids) => {
                let ids = ids.clone();
                let is_sent = store.run(move |db| peers::is_sent(db, account, &ids)).await;
                of_store(is_sent.map(|is_sent| is_sent.then_some(Answer::OwnMessage)))
            }
            Query::Contact(contact) => {
                let contact = *contact;
                let known = store.run(move |db| waiting::is_known(db, account, contact, clock::now())).await;
                of_store(known.map(|is_known| is_known.then_some(Answer::KnownContact)))
            }
            Query::Reputation(subjects) => {
                let subjects = subjects.clone();
                let known = store.run(move |db| reputation::known(db, &subjects)).await;
                of_store(known.map(|known| (!known.is_empty()).then_some(Answer::Reputation(known))))
            }
            Query::Fingerprint(print) => {
                let (print, shelf, own) = (print.clone(), store.shelf(), self.key);
                let kin = store.run(move |db| fingerprints::kin(db, &shelf, (&print, own), clock::now())).await;
                of_store(kin.map(|kin| (!kin.is_empty()).then_some(Answer::Kin(kin))))
            }
            Query::Dns { .. } | _ => world.ask(query, mail).await,
        }
    }
}

fn of_store(found: Result<Option<Answer>, StoreError>) -> Answer {
    found.map_or_else(|err| Answer::Unknown(err.to_string()), |found| found.unwrap_or(Answer::Absent))
}
