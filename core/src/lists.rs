//! The person's own lists: whose mail is always accepted, and whose is always blocked.
//!
//! ```text
//! kind and value ─What::parse→ Entry ─Lists::compile→ Lists ─AccountLists::look(mail)→ Listed
//! ```
//!
//! An entry decides, it is not worth points. Of several that hit, the most closely meant one wins: an address before an
//! address with `*`, that before a domain (the longer one), that before a network (the smaller one), that before what the
//! message holds, and that before the country it comes from and the language it is in. Of two that are as close, the one for this account wins, then the one that accepts.
//!
//! An entry that accepts by address or domain stands for a sender, so it does not hold for a message of which the person's
//! provider found that somebody else has sent it.

mod address;
mod country;
mod csv;
mod import;
mod language;
mod network;
mod sender;
mod table;
#[cfg(test)]
mod tests;
mod value;
mod within;

use std::{fmt, sync::Arc};

pub use self::{
    address::AddressPattern,
    country::{Atlas, Countries, Country},
    csv::{export, tidy_note},
    import::{Imported, import},
    language::Language,
    network::Network,
    value::What,
};
use self::{network::Networks, sender::Senders, within::Within};
use crate::mail::Mail;

/// The number of an entry, as whoever keeps them counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EntryId(pub i64);

/// What becomes of a message that an entry hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// It is wanted.
    Accept,
    /// It is spam.
    Block,
}

/// What an entry goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The sender's address, with `*` and `?`; `ann@example.org via relay.example.net` only if it came in from there.
    Address,
    /// The sender's domain and all below it.
    Domain,
    /// The address, or network, of the host that handed the message in from outside.
    Ip,
    /// Words in the subject or the visible text.
    Phrase,
    /// A pattern for the subject or the visible text, in Perl's language.
    Regex,
    /// A header line: `X-Mailer: *bulk*`.
    Header,
    /// The name of a file, also in archives: `*.iso`.
    File,
    /// The country of the host that handed the message in from outside.
    Country,
    /// The language of the visible text, if it is long enough to tell.
    Language,
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub id: EntryId,
    /// What becomes of a message it hits.
    pub side: Side,
    /// What it goes by.
    pub what: What,
    /// The only account whose mail it is for; `None`: all.
    pub account: Option<i64>,
}

/// An entry that is not kept yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// What becomes of a message it hits.
    pub side: Side,
    /// What it goes by.
    pub what: What,
    /// The name of the only account it is for; empty: all.
    pub account: String,
    /// What the person wrote beside it.
    pub note: String,
    /// Whether it counts.
    pub is_on: bool,
}

/// All entries that count, made ready for many messages.
#[derive(Debug, Default)]
pub struct Lists {
    entries: Vec<Entry>,
    senders: Senders,
    networks: Networks,
    within: Within,
    countries: Vec<(Country, u32)>,
    languages: Vec<(Language, u32)>,
    /// Where countries are, if that is known and an entry asks for it.
    atlas: Option<Arc<Countries>>,
}

/// The lists as they hold for one account.
#[derive(Clone, Debug, Default)]
pub struct AccountLists {
    /// All entries.
    pub lists: Arc<Lists>,
    /// The account's number.
    pub account: i64,
    /// Whether an entry that accepts a sender also holds for mail of which the provider found that another sent it.
    pub do_excuse_forged: bool,
}

/// An entry that hit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Which.
    pub id: EntryId,
    /// What it wants.
    pub side: Side,
    /// In words, without full stop: `you always accept mail from ann@example.org`.
    pub why: String,
}

/// What the lists say about a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// The entries that hit, the one that wins first.
    pub hits: Vec<Hit>,
    /// Why an entry that would accept the sender does not hold, if there is one and it does not.
    pub forged: Option<String>,
}

impl Side {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Accept, Self::Block];

    /// `accept` or `block`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Block => "block",
        }
    }

    /// Reads [`Side::word`] back.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|side| side.word() == word)
    }
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Address,
        Self::Domain,
        Self::Ip,
        Self::Phrase,
        Self::Regex,
        Self::Header,
        Self::File,
        Self::Country,
        Self::Language,
    ];

    /// The word in files and commands.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Domain => "domain",
            Self::Ip => "ip",
            Self::Phrase => "phrase",
            Self::Regex => "regex",
            Self::Header => "header",
            Self::File => "file",
            Self::Country => "country",
            Self::Language => "language",
        }
    }

    /// Reads [`Kind::word`] back.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl Draft {
    /// An entry for all accounts that counts.
    pub fn new(side: Side, what: What) -> Self {
        Self { side, what, account: String::new(), note: String::new(), is_on: true }
    }
}

impl Lists {
    /// Makes entries ready.
    pub fn compile(entries: Vec<Entry>) -> Self {
        let (mut senders, mut networks, mut within) =
            (Senders::default(), Networks::default(), within::Building::default());
        let (mut countries, mut languages) = (Vec::new(), Vec::new());
        for (place, entry) in (0..).zip(&entries) {
            match &entry.what {
                What::Address(pattern) => senders.add_address(pattern, place),
                What::Domain(domain) => senders.add_domain(domain, place),
                What::Ip(network) => networks.add(*network, place),
                What::Phrase(words) => within.phrase(words, place),
                What::Regex(text) => within.regex(text, place),
                What::Header { name, pattern } => within.header(name, pattern, place),
                What::File(pattern) => within.file(pattern, place),
                What::Country(country) => countries.push((*country, place)),
                What::Language(language) => languages.push((*language, place)),
            }
        }
        senders.sort();
        networks.sort();
        Self { entries, senders, networks, within: within.built(), countries, languages, atlas: None }
    }

    /// The same, knowing where countries are. Without that no entry of the kind country hits.
    #[must_use]
    pub fn with_atlas(self, atlas: Option<Arc<Countries>>) -> Self {
        Self { atlas, ..self }
    }

    /// Whether an entry goes by country.
    pub fn asks_for_countries(&self) -> bool {
        !self.countries.is_empty()
    }

    /// Entries by country and language.
    fn find_origins(&self, mail: &Mail<'_>, places: &mut Vec<u32>) {
        if let (false, Some(atlas), Some(ip)) = (self.countries.is_empty(), &self.atlas, mail.trace().client_ip()) {
            let from = atlas.of(ip);
            places.extend(self.countries.iter().filter(|(country, _)| from == Some(*country)).map(|(_, place)| *place));
        }
        if !self.languages.is_empty() {
            let told = Language::of(&mail.visible_text());
            places.extend(self.languages.iter().filter(|(known, _)| told == Some(*known)).map(|(_, place)| *place));
        }
    }

    /// The entries.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl AccountLists {
    /// What they say about `mail`.
    pub fn look(&self, mail: &Mail<'_>) -> Listed {
        let lists = &*self.lists;
        if lists.is_empty() {
            return Listed::default();
        }
        let mut places = Vec::new();
        lists.senders.find(mail, &mut places);
        lists.networks.find(mail, &mut places);
        lists.within.find(mail, &mut places);
        lists.find_origins(mail, &mut places);
        places.sort_unstable();
        places.dedup();
        let entries = places.into_iter().filter_map(|place| lists.entries.get(place as usize));
        let mut entries: Vec<&Entry> = entries.filter(|entry| self.holds_for(entry, mail)).collect();
        entries.sort_by_key(|entry| {
            std::cmp::Reverse((entry.what.closeness(), entry.account, entry.side == Side::Accept))
        });
        let forged = self.forged(mail, &mut entries);
        Listed { hits: entries.into_iter().map(Hit::of).collect(), forged }
    }

    /// Whether an entry is for this account, and, if it accepts a sender, is about the author.
    fn holds_for(&self, entry: &Entry, mail: &Mail<'_>) -> bool {
        let is_ours = entry.account.is_none_or(|account| account == self.account);
        is_ours && (entry.side == Side::Block || !entry.what.is_of_sender() || sender::is_of_author(&entry.what, mail))
    }

    /// Takes the entries out that accept a sender who has not sent it, and says so.
    fn forged(&self, mail: &Mail<'_>, entries: &mut Vec<&Entry>) -> Option<String> {
        let accepts_sender = |entry: &&Entry| entry.side == Side::Accept && entry.what.is_of_sender();
        let first = entries.iter().copied().find(accepts_sender)?;
        if self.do_excuse_forged {
            return None;
        }
        let fault = sender::fault(mail)?;
        entries.retain(|entry| !accepts_sender(entry));
        let author = mail.author()?.address.as_ref()?;
        Some(format!("it says it is from {author}, but {fault}, so this does not count: {}", first.sentence()))
    }
}

impl Listed {
    /// The entry that settles the class.
    pub fn decisive(&self) -> Option<&Hit> {
        self.hits.first()
    }
}

impl Hit {
    fn of(entry: &Entry) -> Self {
        Self { id: entry.id, side: entry.side, why: entry.sentence() }
    }
}

impl Entry {
    /// What it wants in words, without full stop.
    pub fn sentence(&self) -> String {
        format!("you always {} {}", self.side.word(), self.what.in_words())
    }
}
