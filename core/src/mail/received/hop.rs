//! Reads one `Received` header.
//!
//! No two mail servers write it alike, and RFC 5321's grammar describes none of them. What is common: words and comments,
//! the keywords `from`, `by`, `with`, and a date after the last semicolon.

use std::net::{IpAddr, Ipv4Addr};

use super::Hop;
use crate::mail::{Address, DateHeader, Domain, decode};

/// Longest header that is read, before its date.
const MAX_HEADER_BYTES: usize = 4096;

impl Hop {
    /// Reads one header. What cannot be found is left out.
    pub(super) fn parse(raw: &str) -> Self {
        let (head, date) = raw.rsplit_once(';').unwrap_or((raw, ""));
        let at = match decode::date(date) {
            DateHeader::At(at) => Some(at),
            DateHeader::Missing | DateHeader::Unreadable => None,
        };
        let tokens = tokens(decode::split_at_most(head, MAX_HEADER_BYTES).0);
        let clause = |keyword| clause(&tokens, keyword);
        let with = clause("with").or_else(|| clause("via")).and_then(protocol);
        let recipient = clause("for").and_then(first_word).and_then(Address::parse);
        let mut hop = Self { by: clause("by").and_then(first_host), with, recipient, at, ..Self::default() };
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
        let told = comments().find_map(told_in_comment);
        if self.ip.is_none() {
            self.helo = told.or(word).filter(is_name_given).map(str::to_owned);
            return;
        }
        let name = word.filter(|word| bracketed_ip(word).is_none() && bare_ip(word).is_none());
        if told.is_some() || is_exim {
            // Exim, qmail and their kin write what they found first, and what they were told in a comment.
            self.helo = told.or(name).map(str::to_owned);
            self.rdns = name.and_then(known_name);
            return;
        }
        self.helo = word.filter(is_name_given).map(str::to_owned);
        self.rdns = in_brackets.and_then(|(before, _)| known_name(before));
    }
}

fn is_name_given(word: &&str) -> bool {
    !word.eq_ignore_ascii_case("unknown")
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'raw> {
    Word(&'raw str),
    /// What stands between the outer parentheses.
    Comment(&'raw str),
}

/// Words and comments. A parenthesis that is never closed runs to the end.
fn tokens(head: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::with_capacity(24);
    let (mut depth, mut start) = (0_usize, 0_usize);
    for (at, byte) in head.bytes().enumerate() {
        let is_end = if depth == 0 { byte <= b' ' || byte == b'(' } else { byte == b')' && depth == 1 };
        if is_end {
            push_token(&mut tokens, depth, head.get(start..at));
            start = at + 1;
        }
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
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
    let is_short = |token: &Token<'_>| matches!(token, Token::Word(text) if text.len() <= 4);
    let is_next = |token: &Token<'_>| is_short(token) && keywords.iter().any(|word| is_word(token, word));
    let end = rest.iter().skip(1).position(is_next).map_or(rest.len(), |end| end + 1);
    rest.get(..end)
}

fn first_word<'raw>(clause: &[Token<'raw>]) -> Option<&'raw str> {
    match clause.first() {
        Some(Token::Word(word)) => Some(word.trim_matches([',', ';'])),
        Some(Token::Comment(_)) | None => None,
    }
}

fn first_host(clause: &[Token<'_>]) -> Option<String> {
    Some(first_word(clause)?.trim_matches(['[', ']']).trim_end_matches('.').to_owned())
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
    // Most of what is asked about is a name.
    let may_be = text.bytes().next().is_some_and(|first| first.is_ascii_hexdigit() || first == b':');
    may_be.then_some(())?;
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
        let Some((greeting, rest)) = word.split_at_checked(4) else { continue };
        if !greeting.eq_ignore_ascii_case("helo") && !greeting.eq_ignore_ascii_case("ehlo") {
            continue;
        }
        if rest.is_empty() {
            return words.next().filter(|name| !name.is_empty());
        }
        if let Some(name) = rest.strip_prefix('=') {
            return Some(name).filter(|name| !name.is_empty());
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::UnixTime;

    #[test]
    fn the_shapes_of_common_servers_are_read() {
        for (raw, expected) in SHAPES {
            let hop = Hop::parse(&raw.replace("; D", "; Thu, 1 Jan 1970 00:00:07 +0000"));
            let or_none = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
            let ip = or_none(hop.ip.map(|ip| ip.to_string()));
            let read = [or_none(hop.helo), or_none(hop.rdns), ip, or_none(hop.by), or_none(hop.with)].join(" ");
            assert_eq!(read, expected, "{raw}");
            assert_eq!(hop.at, raw.ends_with("; D").then_some(UnixTime(7)), "{raw}");
        }
    }

    #[test]
    fn the_recipient_is_read() {
        let hop = Hop::parse("from a.example ([192.0.2.1]) by mx.example.org with LMTP id X for <bob@example.org>; D");
        assert_eq!(hop.recipient, Address::parse("bob@example.org"));
        assert_eq!(Hop::parse("from a.example by mx.example.org for bob; D").recipient, None);
    }

    /// Header; helo, rdns, ip, by, with.
    const SHAPES: [(&str, &str); 19] = [
        (
            "from a.example (b.example [192.0.2.1]) (using TLSv1.3) by mx.example.org (Postfix) with ESMTPS id X for <x@y>; D",
            "a.example b.example 192.0.2.1 mx.example.org ESMTPS",
        ),
        (
            "from a.example (unknown [192.0.2.1]) by mx.example.org (Postfix) with SMTP id X; D",
            "a.example - 192.0.2.1 mx.example.org SMTP",
        ),
        (
            "from a.example (IDENT:root@b.example [192.0.2.1] (may be forged)) by mx.example.org (8.11/8.11) with ESMTP id X; D",
            "a.example b.example 192.0.2.1 mx.example.org ESMTP",
        ),
        (
            "from b.example ([192.0.2.1] helo=a.example) by mx.example.org with esmtps (TLS1.3) (Exim 4.96) (envelope-from <x@y>) id X; D",
            "a.example b.example 192.0.2.1 mx.example.org ESMTPS",
        ),
        (
            "from [192.0.2.1] (port=1234 helo=a.example) by mx.example.org with esmtp (Exim 4.96) id X; D",
            "a.example - 192.0.2.1 mx.example.org ESMTP",
        ),
        (
            "from b.example ([192.0.2.1]:25) by mx.example.org with esmtp (Exim 4.96) id X; D",
            "b.example b.example 192.0.2.1 mx.example.org ESMTP",
        ),
        (
            "from a.example (192.0.2.1) by mx.example.org (198.51.100.1) with Microsoft SMTP Server (version=TLS1_2) id 15; D",
            "a.example - 192.0.2.1 mx.example.org MICROSOFT SMTP SERVER",
        ),
        (
            "from a.example (2001:db8::1) by mx.example.org with HTTPS; D",
            "a.example - 2001:db8::1 mx.example.org HTTPS",
        ),
        (
            "from unknown (HELO a.example) (192.0.2.1) by mx.example.org with SMTP; D",
            "a.example - 192.0.2.1 mx.example.org SMTP",
        ),
        (
            "from b.example (HELO a.example) (user@192.0.2.1) by mx.example.org with SMTP; D",
            "a.example b.example 192.0.2.1 mx.example.org SMTP",
        ),
        (
            "from a.example (b.example. [192.0.2.1])\r\n by mx.google.com with ESMTPS id X\r\n for <x@y>; D",
            "a.example b.example 192.0.2.1 mx.google.com ESMTPS",
        ),
        ("by 2002:a05:6000::1 with SMTP id X; D", "- - - 2002:a05:6000::1 SMTP"),
        (
            "from 192.0.2.1 (EHLO a.example) (192.0.2.1) by mx.example.org with SMTP; D",
            "a.example - 192.0.2.1 mx.example.org SMTP",
        ),
        ("from [192.0.2.1] by web.example.org via HTTP; D", "[192.0.2.1] - 192.0.2.1 web.example.org HTTP"),
        (
            "from a.example ([IPv6:2001:db8::1]) by mx.example.org with LMTP id X; D",
            "a.example - 2001:db8::1 mx.example.org LMTP",
        ),
        (
            "from a.example [192.0.2.1] by mx.example.org with ESMTP (SMTPD32) id X; D",
            "a.example - 192.0.2.1 mx.example.org ESMTP",
        ),
        ("(qmail 123 invoked by uid 500); D", "- - - - -"),
        ("from x@y by mx.example.org with local (Exim 4.96) id X; D", "x@y - - mx.example.org LOCAL"),
        ("((((from [[[ by ;;; with", "- - - - -"),
    ];
}
