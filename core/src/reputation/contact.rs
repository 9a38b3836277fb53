//! By what way a sender reaches the person: what greylisting calls a triplet, from the side of the mailbox.
//!
//! ```text
//! way        the domain that answers for the message, if the provider says so; else the network of the host: /24, or /64
//! sender     the address that it was handed in with, without what is made anew for each message, and the author's domain
//! recipient  the address of the person that it was delivered to
//! ```
//!
//! The three, and that what is new has to wait, are of Evan Harris, "The Next Step in the Spam Control War: Greylisting" (2003);
//! RFC 6647 is about its use. There the server refuses for a while. Here the message is in the mailbox already, and only the
//! judgement waits.
//!
//! Many senders write each message from an address of its own. What changes in it:
//!
//! * SRS, by which a forwarder writes in its own name: `SRS0=hash=day=domain=user`, `SRS1=hash=forwarder==hash=day=domain=user`
//!   (M. W. Wong, "Sender Rewriting Scheme", 2004), and Microsoft's `me+SRS=hash=day=domain=user`: the first sender is meant.
//! * BATV, by which a sender knows its own bounces again: `prvs=tag=user` (draft-levine-smtp-batv-01), also the other way
//!   round, `prvs=user/tag`, `btv1==tag==user` and `msprvs1=tag=user`.
//! * VERP, which names the recipient in the sender: `list-owner-user=host` (D. J. Bernstein, "Variable Envelope Return
//!   Paths", 1997) and `list-bounces+user=host` (Postfix, `VERP_README`), as well as anything else after a `+` (RFC 5233).
//! * Numbers and hexadecimal digits between signs, as both postgrey (`do_sender_substitutions`) and SQLgrey (`deverp_user`)
//!   take them away.

use std::net::IpAddr;

use xxhash_rust::xxh3::xxh3_64;

use crate::mail::{Address, AuthResult, Domain, Mail};

use super::author;

/// Who writes to whom by what way, as a number of which neither can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Contact(pub u64);

impl Contact {
    /// How long a contact is remembered after the last wanted message, in seconds: 36 days, so that what comes once a month
    /// is known (Harris, "Lifetime of auto-whitelisted triplets").
    pub const KEPT_SECS: i64 = 36 * 86_400;

    /// The contact that `mail` is of; `None` if it names no sender.
    pub fn of(mail: &Mail<'_>) -> Option<Self> {
        let way = Way::of(mail);
        let Sender { address, author } = Sender::of(mail)?;
        let recipient = recipient(mail);
        Some(Self(xxh3_64(format!("{}\n{address}\n{author}\n{recipient}", way.written()).as_bytes())))
    }
}

/// By what way a message came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// This domain has signed it, or says that the host may send for it.
    Answered(Domain),
    /// Through this network.
    Network(String),
    /// Nobody says.
    Untold,
}

impl Way {
    pub(crate) fn of(mail: &Mail<'_>) -> Self {
        let results = mail.provider_results().map(|found| found.results).unwrap_or_default();
        let own = author(mail).map(|author| author.domain.registrable());
        let envelope = mail.envelope_from().flatten().map(|from| from.domain.registrable());
        let answers = |method: &str, domain: &Option<Domain>| {
            let domain = domain.as_ref()?;
            let speaks =
                |result: &AuthResult| result.method == method && result.result == "pass" && result.is_of_author(domain);
            results.iter().any(speaks).then(|| Self::Answered(domain.clone()))
        };
        let answered = answers("dkim", &own).or_else(|| answers("spf", &own)).or_else(|| answers("spf", &envelope));
        let network = || mail.trace().client_ip().map(|ip| Self::Network(network(ip)));
        answered.or_else(network).unwrap_or(Self::Untold)
    }

    fn written(&self) -> String {
        match self {
            Self::Answered(domain) => format!("domain {domain}"),
            Self::Network(network) => format!("network {network}"),
            Self::Untold => String::new(),
        }
    }
}

/// The network of a host, such as `192.0.2.0/24` or `2001:db8:1:2::/64`.
fn network(ip: IpAddr) -> String {
    match ip.to_canonical() {
        IpAddr::V4(ip) => {
            let [a, b, c, _] = ip.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

/// From whom a message is: by what it was handed in with, and by whom it names.
struct Sender {
    address: String,
    /// Whoever sends for many has one address for all of them.
    author: String,
}

impl Sender {
    fn of(mail: &Mail<'_>) -> Option<Self> {
        let named = mail.author().and_then(|author| author.address.as_ref());
        let envelope = mail.envelope_from().flatten();
        let address = settled(envelope.or(named)?);
        Some(Self { address, author: named.map(|named| named.domain.registrable().to_string()).unwrap_or_default() })
    }
}

/// To which address of the person it came: what the provider says does not change as the person's addresses become known.
fn recipient(mail: &Mail<'_>) -> String {
    let named = || mail.to().iter().chain(mail.cc()).filter_map(|to| to.address.as_ref());
    let own = named().find(|to| mail.account.is_me(to)).or_else(|| mail.account.identities.first());
    let delivered = mail.delivered_to();
    let Some(address) = delivered.as_ref().or(own) else { return String::new() };
    let local = address.local.split('+').next().unwrap_or_default();
    format!("{}@{}", local.to_lowercase(), address.domain)
}

/// An address without what is made anew for each message or recipient, in lower case.
fn settled(address: &Address) -> String {
    let local = address.local.to_lowercase();
    if let Some(first) = before_forwarding(&local) {
        return format!("{}@{}", without_runs(without_tags(&first.local)), first.domain);
    }
    format!("{}@{}", without_runs(without_tags(&local)), address.domain)
}

/// The address that a forwarder has rewritten.
fn before_forwarding(local: &str) -> Option<Address> {
    let is_joint = |c: char| matches!(c, '=' | '+' | '-');
    let rest = match (local.strip_prefix("srs0"), local.strip_prefix("srs1")) {
        (Some(rest), _) => rest.strip_prefix(is_joint)?,
        (_, Some(rest)) => {
            // A hash, the first forwarder, and behind an empty part what that one wrote.
            let (_, first) = rest.strip_prefix(is_joint)?.split_once('=')?;
            let joints = ["==", "=+", "=-"].into_iter().filter_map(|joint| first.split_once(joint));
            joints.min_by_key(|(forwarder, _)| forwarder.len())?.1
        }
        (None, None) => local.split_once("+srs=")?.1,
    };
    let mut parts = rest.splitn(4, '=').skip(2);
    let (domain, user) = (parts.next()?, parts.next()?);
    (!user.is_empty()).then_some(Address { local: user.to_owned(), domain: Domain::parse(domain)? })
}

/// Without the tag of BATV, and without what follows a `+`.
fn without_tags(local: &str) -> &str {
    let tagged = ["prvs=", "btv1=", "msprvs1="].into_iter().find_map(|kind| local.strip_prefix(kind));
    let core = match tagged.map(|rest| rest.trim_start_matches('=')) {
        None => local,
        Some(rest) => match (rest.split_once('='), rest.split_once('/')) {
            (Some((_, core)), _) => core.trim_start_matches('='),
            (None, Some((core, _))) => core,
            (None, None) => rest,
        },
    };
    core.split('+').next().filter(|head| !head.is_empty()).unwrap_or(core)
}

/// With one `#` for what is a number, and for the recipient before an `=`.
fn without_runs(local: &str) -> String {
    let head = match local.split_once('=') {
        // `list-owner-user` of `list-owner-user=host`; what stands before the list's name is of the list.
        Some((head, _)) => head.rsplit_once('-').map_or("", |(list, _)| list),
        None => local,
    };
    let mut made = String::new();
    let mut has_run = false;
    let mut note = |word: &str, joint: &str| {
        if is_run(word) || has_run && is_hex(word) {
            if !made.ends_with('#') {
                made.push('#');
            }
            has_run = true;
            return;
        }
        made.push_str(&without_digits(word));
        made.push_str(joint);
    };
    let is_joint = |c: char| matches!(c, '.' | '_' | '-' | '/' | '~');
    for word in head.split_inclusive(is_joint) {
        let bare = word.trim_end_matches(is_joint);
        note(bare, word.get(bare.len()..).unwrap_or_default());
    }
    if head.len() < local.len() && !made.ends_with('#') {
        made.push('#');
    }
    made
}

/// Whether that is most likely a number of something, and no word: digits, hexadecimal digits, or many of both.
fn is_run(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let is_mixed = word.bytes().all(|byte| byte.is_ascii_alphanumeric());
    match (digits, word.len()) {
        (0, _) => false,
        (digits, length) if digits == length => true,
        (_, 4..) if is_hex(word) => true,
        (2.., 8..) => is_mixed && 1 < rows_of_digits(word),
        (_, _) => false,
    }
}

fn rows_of_digits(word: &str) -> usize {
    word.split(|c: char| !c.is_ascii_digit()).filter(|row| !row.is_empty()).count()
}

fn is_hex(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The word with `#` for each long row of digits in it. Shorter ones are the year or the house number of a person.
fn without_digits(word: &str) -> String {
    const LONG: usize = 5;
    let mut made = String::new();
    let mut rest = word;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(at);
        let end = from.find(|c: char| !c.is_ascii_digit()).unwrap_or(from.len());
        let (digits, after) = from.split_at(end);
        made.push_str(before);
        made.push_str(if digits.len() < LONG { digits } else { "#" });
        rest = after;
    }
    made.push_str(rest);
    made
}

#[cfg(test)]
mod tests;
