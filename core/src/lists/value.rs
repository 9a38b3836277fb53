//! What an entry goes by: read from text, written back, said in words.

use super::{Kind, Side, address::AddressPattern, country::Country, language::Language, network::Network};
use crate::{
    mail::{Domain, NamePattern},
    rules::{Once, Plan},
};

/// The longest value, in characters.
const MOST_CHARS: usize = 500;

/// A phrase with fewer letters and digits would hit by chance.
const LEAST_PHRASE: usize = 3;

/// What may be spent on finding out whether a pattern takes an empty text.
const EMPTY_BUDGET: u64 = 100_000;

/// How patterns are read: without regard to capitals.
pub(super) const FLAGS: &str = "i";

/// What an entry goes by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// See [`Kind::Address`].
    Address(AddressPattern),
    /// See [`Kind::Domain`].
    Domain(Domain),
    /// See [`Kind::Ip`].
    Ip(Network),
    /// See [`Kind::Phrase`]: lower case, one space between words.
    Phrase(String),
    /// See [`Kind::Regex`].
    Regex(String),
    /// See [`Kind::Header`].
    Header {
        /// The header's name.
        name: String,
        /// Its whole value, with `*` and `?`.
        pattern: String,
    },
    /// See [`Kind::File`].
    File(String),
    /// See [`Kind::Country`].
    Country(Country),
    /// See [`Kind::Language`].
    Language(Language),
}

impl What {
    /// Reads a value. An error is one sentence without full stop.
    pub fn parse(kind: Kind, written: &str) -> Result<Self, String> {
        let written = written.trim();
        if written.is_empty() {
            return Err(format!("an entry of the kind {kind} needs a value"));
        }
        if MOST_CHARS < written.chars().count() {
            return Err(format!("a value has at most {MOST_CHARS} characters"));
        }
        if written.contains(char::is_control) {
            return Err("a value is one line without control characters".to_owned());
        }
        match kind {
            Kind::Address => AddressPattern::parse(written).map(Self::Address),
            Kind::Domain => domain(written).map(Self::Domain),
            Kind::Ip => Network::parse(written).map(Self::Ip),
            Kind::Phrase => phrase(written).map(Self::Phrase),
            Kind::Regex => regex(written).map(Self::Regex),
            Kind::Header => header(written),
            Kind::File => match NamePattern::parse(written) {
                Some(_) => Ok(Self::File(written.to_lowercase())),
                None => Err(format!("\"{written}\" would be every file")),
            },
            Kind::Country => Country::parse(written).map(Self::Country),
            Kind::Language => Language::parse(written).map(Self::Language),
        }
    }

    /// Which kind it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Address(_) => Kind::Address,
            Self::Domain(_) => Kind::Domain,
            Self::Ip(_) => Kind::Ip,
            Self::Phrase(_) => Kind::Phrase,
            Self::Regex(_) => Kind::Regex,
            Self::Header { .. } => Kind::Header,
            Self::File(_) => Kind::File,
            Self::Country(_) => Kind::Country,
            Self::Language(_) => Kind::Language,
        }
    }

    /// The value as it is kept: whatever reads the same is the same text.
    pub fn value(&self) -> String {
        match self {
            Self::Address(pattern) => pattern.to_string(),
            Self::Domain(domain) => domain.to_string(),
            Self::Ip(network) => network.to_string(),
            Self::Phrase(text) | Self::Regex(text) | Self::File(text) => text.clone(),
            Self::Header { name, pattern } => format!("{name}: {pattern}"),
            Self::Country(country) => country.to_string(),
            Self::Language(language) => language.to_string(),
        }
    }

    /// Whether it may stand on that side. An error is one sentence without full stop.
    pub fn check(&self, side: Side) -> Result<(), String> {
        let Self::Domain(domain) = self else { return Ok(()) };
        if side == Side::Accept && (domain.is_public_suffix() || !domain.as_str().contains('.')) {
            return Err(format!("under \"{domain}\" anybody can have a name, so it cannot be accepted as a whole"));
        }
        Ok(())
    }

    /// Whether it goes by who sent a message.
    pub(super) fn is_of_sender(&self) -> bool {
        matches!(self, Self::Address(_) | Self::Domain(_))
    }

    /// How closely a message is meant.
    pub(super) fn closeness(&self) -> (u8, usize) {
        match self {
            Self::Address(pattern) if !pattern.is_glob() => (5, usize::from(pattern.relay().is_some())),
            Self::Address(pattern) => (4, pattern.text().len()),
            Self::Domain(domain) => (3, domain.as_str().split('.').count()),
            Self::Ip(network) => (2, network.bits().into()),
            Self::Phrase(_) | Self::Regex(_) | Self::Header { .. } | Self::File(_) => (1, 0),
            Self::Country(_) | Self::Language(_) => (0, 0),
        }
    }

    /// What mail it is about, behind `you always accept`.
    pub(super) fn in_words(&self) -> String {
        match self {
            Self::Address(pattern) => match pattern.relay() {
                Some(relay) => format!("mail from {} that {relay} hands in", pattern.text()),
                None => format!("mail from {}", pattern.text()),
            },
            Self::Domain(domain) => format!("mail from {domain}"),
            Self::Ip(network) => format!("mail that comes in from {network}"),
            Self::Phrase(words) => format!("mail with the words \"{words}\""),
            Self::Regex(text) => format!("mail with words like \"{text}\""),
            Self::Header { name, pattern } => format!("mail whose line \"{name}\" is like \"{pattern}\""),
            Self::File(pattern) => format!("mail with a file like \"{pattern}\""),
            Self::Country(country) => format!("mail that comes in from {}", country.name()),
            Self::Language(language) => format!("mail in {}", language.name()),
        }
    }
}

fn domain(written: &str) -> Result<Domain, String> {
    let name = ["*@", "@", "*.", "."].iter().find_map(|begin| written.strip_prefix(begin)).unwrap_or(written);
    Domain::parse(name).ok_or_else(|| format!("\"{written}\" is not a domain such as example.org"))
}

fn phrase(written: &str) -> Result<String, String> {
    if written.chars().filter(|c| c.is_alphanumeric()).count() < LEAST_PHRASE {
        return Err(format!("\"{written}\" is too short: a phrase has at least {LEAST_PHRASE} letters or digits"));
    }
    Ok(plain(written))
}

/// Lower case, one space between words.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !plain.is_empty() {
            plain.push(' ');
        }
        plain.push_str(&word.to_lowercase());
    }
    plain
}

fn regex(written: &str) -> Result<String, String> {
    let reading =
        Plan::new(written, FLAGS).map_err(|why| format!("the pattern \"{written}\" cannot be used: {why}"))?;
    let Some(once) = Once::new(written, FLAGS) else {
        return Err(format!("the pattern \"{written}\" is too large"));
    };
    if reading.least == 0 && 0 < once.count(b"", 1, &mut { EMPTY_BUDGET }) {
        return Err(format!("the pattern \"{written}\" would hit every message"));
    }
    Ok(written.to_owned())
}

fn header(written: &str) -> Result<What, String> {
    let wrong = || format!("\"{written}\" is not a header line such as X-Mailer: *bulk*");
    let (name, pattern) = written.split_once(':').ok_or_else(wrong)?;
    let (name, pattern) = (name.trim(), pattern.trim());
    // RFC 5322, section 2.2: any printable character but the colon.
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic());
    if !is_name {
        return Err(wrong());
    }
    match NamePattern::parse(pattern) {
        Some(_) => Ok(What::Header { name: name.to_owned(), pattern: plain(pattern) }),
        None => Err(format!("\"{written}\" would be every message that has such a line")),
    }
}
