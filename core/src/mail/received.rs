//! The `Received` trace, and where the message came in from outside.
//!
//! No two mail servers write this header alike, and RFC 5321's grammar describes none of them. What is common: words and
//! comments, the keywords `from`, `by`, `with`, and a date after the last semicolon.

use std::net::{IpAddr, Ipv4Addr};

use super::{DateHeader, Domain, UnixTime, decode};

/// Longest header that is read, before its date.
const MAX_HEADER_BYTES: usize = 4096;

/// Most hops read. Loops are broken long before.
const MAX_HOPS: usize = 200;

/// One `Received` header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hop {
    /// What the sender called itself in HELO/EHLO.
    pub helo: Option<String>,
    /// The host name the receiver found for the address (reverse DNS); `None` if none or `unknown`.
    pub rdns: Option<String>,
    /// The address that handed it in.
    pub ip: Option<IpAddr>,
    /// The host that wrote this header.
    pub by: Option<String>,
    /// The protocol, upper case: `ESMTPS`, `LMTP`, `HTTP`.
    pub with: Option<String>,
    /// When.
    pub at: Option<UnixTime>,
}

/// All hops, newest first, and the boundary.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// Newest first: index 0 is the last host that touched the message.
    pub hops: Vec<Hop>,
    /// Index of the hop in which the person's provider took the message from outside; older hops may be invented.
    pub boundary: Option<usize>,
}

impl Trace {
    /// Reads the headers, newest first. `provider` may be empty: then the host that took the message from the first public
    /// address is taken for the provider's.
    pub(super) fn read(received: &[&str], provider: &[Domain]) -> Self {
        let hops: Vec<Hop> = received.iter().take(MAX_HOPS).map(|raw| Hop::parse(raw)).collect();
        let boundary = find_boundary(&hops, provider);
        Self { hops, boundary }
    }

    /// The hop at the boundary.
    pub fn entry(&self) -> Option<&Hop> {
        self.hops.get(self.boundary?)
    }

    /// The first address that is not the provider's: the one to ask lists about.
    pub fn client_ip(&self) -> Option<IpAddr> {
        self.entry()?.ip
    }
}

/// Walks from the newest hop down, as long as what was written can be believed.
///
/// A hop is inside if a host of the provider wrote it, or if it took the message from a private address. Hops without an
/// address (LMTP, local delivery) and those of a fetching program, whose client is the mailbox, are passed over. The first
/// inside hop whose client is neither private nor one of the provider's own hosts is the boundary: anything below it came
/// from outside and may be invented. If the trail ends inside, the oldest inside hop with a public client is.
fn find_boundary(hops: &[Hop], provider: &[Domain]) -> Option<usize> {
    let mut implied: Option<Domain> = None;
    let mut boundary = None;
    for (index, hop) in hops.iter().enumerate() {
        let Some(ip) = hop.ip.filter(|_| !hop.is_fetched()) else { continue };
        if is_private(ip) {
            continue;
        }
        let by = hop.by.as_deref().and_then(Domain::parse);
        if provider.is_empty() && implied.is_none() {
            implied = by.as_ref().map(Domain::registrable);
            boundary = Some(index);
        } else if !by.is_some_and(|by| is_ours(&by, provider, implied.as_ref())) {
            break;
        } else {
            boundary = Some(index);
        }
        let client = hop.believed_client().and_then(Domain::parse);
        if !client.is_some_and(|client| is_ours(&client, provider, implied.as_ref())) {
            break;
        }
    }
    boundary
}

fn is_ours(host: &Domain, provider: &[Domain], implied: Option<&Domain>) -> bool {
    provider.iter().chain(implied).any(|domain| host.is_within(domain))
}

/// Addresses that say nothing about a sender: private, loopback, link-local, carrier-grade NAT.
fn is_private(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => {
            let is_shared = matches!(ip.octets(), [100, 64..=127, _, _]);
            ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_unspecified() || is_shared
        }
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unspecified() || ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

impl Hop {
    /// Fetched from a mailbox by a program such as fetchmail.
    fn is_fetched(&self) -> bool {
        self.with.as_deref().is_some_and(|with| with.starts_with("IMAP") || with.starts_with("POP"))
    }

    /// The client's name as the receiver found it. Exchange finds none and writes what it was told.
    fn believed_client(&self) -> Option<&str> {
        let is_exchange = self.with.as_deref() == Some("MICROSOFT SMTP SERVER");
        self.rdns.as_deref().or(if is_exchange { self.helo.as_deref() } else { None })
    }

    /// Reads one header. What cannot be found is left out.
    fn parse(raw: &str) -> Self {
        let (head, date) = raw.rsplit_once(';').unwrap_or((raw, ""));
        let at = match decode::date(date) {
            DateHeader::At(at) => Some(at),
            DateHeader::Missing | DateHeader::Unreadable => None,
        };
        let tokens = tokens(decode::split_at_most(head, MAX_HEADER_BYTES).0);
        let clause = |keyword| clause(&tokens, keyword);
        let with = clause("with").or_else(|| clause("via")).and_then(protocol);
        let mut hop = Self { by: clause("by").and_then(first_host), with, at, ..Self::default() };
        if let Some(from) = clause("from") {
            hop.read_client(from, head.contains("(Exim"));
        }
        hop
    }

    /// Reads the words and comments after `from`.
    fn read_client(&mut self, from: &[Token<'_>], is_exim: bool) {
        let word = from.iter().find_map(|token| match token {
            Token::Word(word) => Some(*word),
            Token::Comment(_) => None,
        });
        let comments = || {
            from.iter().filter_map(|token| match token {
                Token::Comment(text) => Some(*text),
                Token::Word(_) => None,
            })
        };
        let in_brackets = comments().find_map(bracketed_ip);
        let in_words = || {
            from.iter().find_map(|token| match token {
                Token::Word(word) => bracketed_ip(word).map(|(_, ip)| ip).or_else(|| bare_ip(word)),
                Token::Comment(_) => None,
            })
        };
        self.ip = in_brackets.map(|(_, ip)| ip).or_else(|| comments().find_map(comment_ip)).or_else(in_words);
        let name = word.filter(|word| bracketed_ip(word).is_none() && bare_ip(word).is_none());
        let told = comments().find_map(told_in_comment);
        if told.is_some() || is_exim {
            // Exim, qmail and their kin write what they found first, and what they were told in a comment.
            self.helo = told.or(name).map(str::to_owned);
            self.rdns = name.and_then(known_name);
            return;
        }
        self.helo = word.map(str::to_owned);
        self.rdns = in_brackets.and_then(|(before, _)| known_name(before));
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'raw> {
    Word(&'raw str),
    /// What stands between the outer parentheses.
    Comment(&'raw str),
}

/// Words and comments. A parenthesis that is never closed runs to the end.
fn tokens(head: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let (mut depth, mut start) = (0_usize, 0_usize);
    for (at, c) in head.char_indices() {
        let is_end = if depth == 0 { c.is_whitespace() || c == '(' } else { c == ')' && depth == 1 };
        if is_end {
            push_token(&mut tokens, depth, head.get(start..at));
            start = at + c.len_utf8();
        }
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    push_token(&mut tokens, depth, head.get(start..));
    tokens
}

fn push_token<'raw>(tokens: &mut Vec<Token<'raw>>, depth: usize, text: Option<&'raw str>) {
    let text = text.unwrap_or_default().trim();
    match depth {
        _ if text.is_empty() => {}
        0 => tokens.push(Token::Word(text)),
        _ => tokens.push(Token::Comment(text)),
    }
}

/// What stands between a keyword and the next one.
fn clause<'tokens, 'raw>(tokens: &'tokens [Token<'raw>], keyword: &str) -> Option<&'tokens [Token<'raw>]> {
    let is_word = |token: &Token<'_>, word: &str| matches!(token, Token::Word(text) if text.eq_ignore_ascii_case(word));
    let start = tokens.iter().position(|token| is_word(token, keyword))? + 1;
    let rest = tokens.get(start..)?;
    let keywords = ["from", "by", "with", "via", "id", "for"];
    // The word after a keyword is its value even if it reads like one: `from with.example.org`, but also `from by`.
    let is_next = |token: &Token<'_>| keywords.iter().any(|word| is_word(token, word));
    let end = rest.iter().skip(1).position(is_next).map_or(rest.len(), |end| end + 1);
    rest.get(..end)
}

fn first_host(clause: &[Token<'_>]) -> Option<String> {
    match clause.first() {
        Some(Token::Word(word)) => Some(word.trim_matches(['[', ']', ',', ';']).trim_end_matches('.').to_owned()),
        Some(Token::Comment(_)) | None => None,
    }
}

/// `Microsoft SMTP Server` is three words, everyone else's protocol is one.
fn protocol(clause: &[Token<'_>]) -> Option<String> {
    let words: Vec<&str> = clause
        .iter()
        .map_while(|token| match token {
            Token::Word(word) => Some(*word),
            Token::Comment(_) => None,
        })
        .collect();
    match words.as_slice() {
        ["Microsoft", "SMTP", "Server", ..] => Some("MICROSOFT SMTP SERVER".to_owned()),
        ["Microsoft", second, ..] => Some(second.to_ascii_uppercase()),
        [first, ..] => Some(first.trim_end_matches([',', ';']).to_ascii_uppercase()),
        [] => None,
    }
}

/// An address in square brackets, and what stands before it.
fn bracketed_ip(text: &str) -> Option<(&str, IpAddr)> {
    let (before, rest) = text.split_once('[')?;
    let (inside, _) = rest.split_once(']')?;
    Some((before, bare_ip(inside)?))
}

/// `192.0.2.1`, `IPv6:2001:db8::1`, `fe80::1%12`, `192.0.2.1:25`.
fn bare_ip(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let has_label = text.get(..5).is_some_and(|label| label.eq_ignore_ascii_case("ipv6:"));
    let text = if has_label { text.get(5..)? } else { text };
    let text = text.split_once('%').map_or(text, |(address, _)| address);
    if let Ok(ip) = text.parse::<IpAddr>() {
        return Some(ip.to_canonical());
    }
    let (address, port) = text.rsplit_once(':')?;
    let is_port = !address.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    is_port.then(|| address.parse::<Ipv4Addr>().ok()).flatten().map(IpAddr::V4)
}

/// A comment that is an address and nothing else, or `user@192.0.2.1`, or has one as its first word.
fn comment_ip(comment: &str) -> Option<IpAddr> {
    let word = comment.split_whitespace().next()?;
    let word = word.rsplit_once('@').map_or(word, |(_, address)| address);
    bare_ip(word)
}

/// What a comment says the client called itself.
fn told_in_comment(comment: &str) -> Option<&str> {
    let mut words = comment.split_whitespace();
    while let Some(word) = words.next() {
        let lower = word.to_ascii_lowercase();
        if lower == "helo" || lower == "ehlo" {
            return words.next().filter(|name| !name.is_empty());
        }
        if lower.starts_with("helo=") || lower.starts_with("ehlo=") {
            return word.get(5..).filter(|name| !name.is_empty());
        }
    }
    None
}

/// A host name that was found, from `IDENT:user@host. ` and the like; `unknown` is none.
fn known_name(text: &str) -> Option<String> {
    let word = text.split_whitespace().next_back()?;
    let host = word.rsplit_once('@').map_or(word, |(_, host)| host).trim_end_matches('.');
    let is_known = !matches!(host.to_ascii_lowercase().as_str(), "unknown" | "unverified" | "unresolved" | "");
    (is_known && bare_ip(host).is_none() && Domain::parse(host).is_some()).then(|| host.to_owned())
}
