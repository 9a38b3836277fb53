//! On addresses that anyone gets for nothing (`Mail::SpamAssassin::Plugin::FreeMail`).

use super::{
    Eval, Scene,
    support::{address, argument, latin, mailboxes},
};
use crate::rules::{
    book::EvalTest,
    pattern::{Matcher, Plan},
};

pub(super) const EVALS: &[Eval] = &[
    Eval { name: "check_freemail_from", run: from },
    Eval { name: "check_freemail_header", run: in_header },
    Eval { name: "check_freemail_body", run: in_body },
    Eval { name: "check_freemail_replyto", run: reply_to },
];

fn from(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    u32::from(scene.senders().iter().any(|address| is_free(scene, address) && fits(test, 0, address)))
}

fn in_header(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    let found = mailboxes(scene, argument(test, 0));
    u32::from(found.iter().any(|address| is_free(scene, address) && fits(test, 1, address)))
}

fn in_body(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    u32::from(scene.free_in_body().iter().any(|address| fits(test, 0, address)))
}

/// Answers go to another such address than the sender's, or the text names another.
fn reply_to(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    let is_reply = argument(test, 0) == "reply";
    let (from, reply) = (address(scene, "From"), address(scene, "Reply-To"));
    let (is_from_free, is_reply_free) = (is_free(scene, &from), is_free(scene, &reply));
    if (is_reply && !is_from_free) || is_bulk(scene) {
        return 0;
    }
    if is_from_free && is_reply_free && from != reply {
        return 1;
    }
    let own = match (is_reply_free, is_reply && reply.is_empty()) {
        (true, _) => &reply,
        (false, true) => &from,
        (false, false) => return 0,
    };
    u32::from(scene.free_in_body().iter().any(|address| address != own))
}

/// Ends of names of programs and lists in envelope senders.
const BULK_ENDS: [&str; 8] =
    ["-bounce", "-bounces", "-request", "-owner", "-admin", "noreply", "no_reply", "donotreply"];

/// Their beginnings.
const BULK_STARTS: [&str; 3] = ["owner-", "sentto-", "return-"];

/// Senders of lists and bounces, by the name they use.
fn is_bulk(scene: &Scene<'_>) -> bool {
    if !scene.lists.freemail.skips_bulk {
        return false;
    }
    let sender = address(scene, "EnvelopeFrom");
    let Some((user, _)) = sender.split_once('@') else { return false };
    let is_of_list =
        BULK_ENDS.iter().any(|end| user.ends_with(end)) || BULK_STARTS.iter().any(|start| user.starts_with(start));
    is_of_list || user.contains('=') || user == "postmaster"
}

/// Such addresses in the text, unless there are many.
pub(super) fn of_body(scene: &Scene<'_>) -> Vec<String> {
    let list = &scene.lists.freemail;
    let mut all: Vec<String> = Vec::new();
    let links = scene.view.uris().iter().filter(|uri| !uri.types.contains("parsed"));
    let linked = links.filter_map(|uri| linked(&uri.raw));
    let texts = scene.view.body().iter().filter(|text| text.contains(&b'@'));
    let texts: Vec<Vec<u8>> = texts.map(|text| without_links(text)).collect();
    let places = texts.iter().flat_map(|text| memchr::memchr_iter(b'@', text).map(move |at| (text, at)));
    for address in linked.chain(places.filter_map(|(text, at)| written(scene, text, at))) {
        if !all.contains(&address) {
            all.push(address);
        }
        if list.most_in_body <= all.len() {
            return Vec::new();
        }
    }
    all.retain(|address| list.has(address));
    if list.most_free_in_body <= all.len() { Vec::new() } else { all }
}

/// The address of a `mailto:` link.
fn linked(link: &[u8]) -> Option<String> {
    let link = link.get(7..).filter(|_| link.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"mailto:")))?;
    let address = latin(link.split(|byte| *byte == b'?').next()?).to_ascii_lowercase();
    let address = address.trim_matches(|c: char| c.is_whitespace() || matches!(c, '<' | '>'));
    let is_one = address.contains('@') && !address.contains(char::is_whitespace);
    is_one.then(|| address.to_owned())
}

/// Longest user of an address (RFC 5321 section 4.5.3.1.1).
const MAX_USER: usize = 64;

/// The address around an `@` in a text, unless it is quoted: at the end of a bracket, or before a word with a colon, as
/// in `bob@example.org wrote:`.
fn written(scene: &Scene<'_>, text: &[u8], at: usize) -> Option<String> {
    let (before, after) = (text.get(..at)?, text.get(at + 1..)?);
    let start = user_start(before)?;
    let end = after.iter().position(|byte| !is_host(*byte)).unwrap_or(after.len());
    let host = after.get(..end)?;
    let host = host.get(..host.iter().rposition(u8::is_ascii_alphanumeric)? + 1)?;
    let user = latin(before.get(start..)?).to_ascii_lowercase();
    let name = latin(host).to_ascii_lowercase();
    scene.lists.boundaries.domain(&name)?;
    // A link may be written in brackets, but if its user has dots, the end of it reads as a quoted address.
    let is_link = before_name(before.get(..start)?, b"mailto:").is_some() && !user.contains('.');
    let is_quoted = !is_link && is_cited(after.get(host.len()..)?);
    (!is_quoted).then(|| format!("{user}@{name}"))
}

/// Where the user begins at the end of a text: words of RFC 5322 section 3.2.3 with single dots between them.
fn user_start(text: &[u8]) -> Option<usize> {
    let mut start = text.len();
    loop {
        start = text.get(..start)?.iter().rposition(|byte| !is_user(*byte)).map_or(0, |end| end + 1);
        match text.get(..start)? {
            [.., byte, b'.'] if start < text.len() && is_user(*byte) => start -= 1,
            _ => break,
        }
    }
    while MAX_USER < text.len() - start {
        start += memchr::memchr(b'.', text.get(start..)?)? + 1;
    }
    (start < text.len()).then_some(start)
}

/// Whether what follows an address says that it is not the sender's word: a bracket, or the head of a citation. Behind
/// a telephone number's head the sender still speaks.
fn is_cited(after: &[u8]) -> bool {
    if after.starts_with(b">") {
        return true;
    }
    let blanks = after.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let word = after.get(blanks..).unwrap_or_default();
    let letters = word.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let is_own = CONTACTS.iter().any(|contact| starts_with(word, contact));
    (1..=10).contains(&blanks) && (2..=11).contains(&letters) && word.get(letters) == Some(&b':') && !is_own
}

/// Beginnings of words before a number or address of the sender.
const CONTACTS: [&[u8]; 6] = [b"fax", b"facsi", b"tel", b"phone", b"mail", b"email"];

fn starts_with(text: &[u8], words: &[u8]) -> bool {
    text.get(..words.len()).is_some_and(|start| start.eq_ignore_ascii_case(words))
}

/// So many bytes of a link are looked at before an address in it, and so many of it go behind.
const MAX_LINK: usize = 255;

/// A text without the links that hold an address: those name whom it went to.
fn without_links(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memmem::find(rest, b"://") {
        let (before, link) = rest.split_at(at + 3);
        let length = link.iter().position(u8::is_ascii_whitespace).unwrap_or(link.len());
        let scheme = before.get(..at).unwrap_or_default();
        let scheme = [&b"https"[..], b"http"].iter().find_map(|name| before_name(scheme, name));
        let sign = (0..length.min(MAX_LINK + 1)).rev().find_map(|at| sign_end(link.get(at..length)?, at));
        if let (Some(kept), Some(end)) = (scheme, sign) {
            out.extend_from_slice(kept.strip_suffix(b"<").unwrap_or(kept));
            out.push(b' ');
            rest = link.get(length.min(end + MAX_LINK)..).unwrap_or_default();
        } else {
            out.extend_from_slice(before);
            rest = link;
        }
    }
    out.extend_from_slice(rest);
    out
}

/// What stands before a name at the end of a text.
fn before_name<'text>(text: &'text [u8], name: &[u8]) -> Option<&'text [u8]> {
    let (before, end) = text.split_at_checked(text.len().checked_sub(name.len())?)?;
    end.eq_ignore_ascii_case(name).then_some(before)
}

/// Where the `@` ends that begins at a place of a link.
fn sign_end(rest: &[u8], at: usize) -> Option<usize> {
    match rest {
        [b'@', ..] => Some(at + 1),
        [b'%', b'4', b'0', ..] => Some(at + 3),
        _ => None,
    }
}

fn is_user(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte)
}

fn is_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.')
}

fn is_free(scene: &Scene<'_>, address: &str) -> bool {
    scene.lists.freemail.has(address)
}

/// Whether the pattern given as an argument, if any, is found in an address.
fn fits(test: &EvalTest, index: usize, address: &str) -> bool {
    let Some(pattern) = test.arguments.get(index) else { return true };
    let Ok(plan) = Plan::new(pattern, "") else { return false };
    let mut budget = MOST_STEPS;
    Matcher::new(plan).is_match(address.as_bytes(), 0..address.len(), &mut budget).unwrap_or(false)
}

/// Steps a pattern may take on one address.
const MOST_STEPS: u64 = 100_000;

#[cfg(test)]
mod tests {
    use super::super::test_mail::ask;

    const LISTS: &str = "freemail_domains free.com other.* \nfreemail_whitelist firm@free.com";

    fn holds(raw: &str, function: &str, arguments: &[&str]) -> bool {
        ask(raw, LISTS, function, arguments) == 1
    }

    #[test]
    fn providers_are_known_by_domain_and_by_wildcard() {
        for (address, want) in [
            ("a@free.com", true),
            ("a@OTHER.fr", true),
            ("a@other.co.uk", false),
            ("a@x.free.com", false),
            ("a@free.com.example", false),
            ("firm@free.com", false),
            ("support@free.com", false),
            ("srs0=x=y=z@free.com", false),
        ] {
            assert_eq!(holds(&format!("From: {address}\n\nx"), "check_freemail_from", &[]), want, "{address}");
            let to = format!("Reply-To: {address}\nFrom: a@firm.com\n\nx");
            assert_eq!(holds(&to, "check_freemail_header", &["Reply-To"]), want, "{address}");
        }
        assert!(holds("From: a9@free.com\n\nx", "check_freemail_from", &["\\d@"]));
        assert!(!holds("From: a9b@free.com\n\nx", "check_freemail_from", &["\\d@"]));
    }

    #[test]
    fn answers_that_go_to_another_such_address_are_told() {
        for (headers, body, replyto, reply) in [
            ("From: a@free.com\nReply-To: b@free.com", "x", true, true),
            ("From: a@free.com\nReply-To: a@free.com", "x", false, false),
            ("From: a@firm.com\nReply-To: b@free.com", "x", false, false),
            ("From: a@firm.com\nReply-To: b@free.com", "write c@free.com", true, false),
            ("From: a@free.com", "write c@free.com", false, true),
            ("From: a@free.com", "write <c@free.com>", false, false),
            ("From: a@free.com", "c@free.com wrote: x", false, false),
            ("From: a@free.com", "see http://x.com/?c@free.com", false, false),
            ("From: a@free.com", "c@free.com d@free.com e@free.com", false, false),
            ("From: a@free.com\nReply-To: b@firm.com", "write c@free.com", false, false),
            ("Return-Path: <list-bounces@x.com>\nFrom: a@free.com\nReply-To: b@free.com", "x", false, false),
        ] {
            let raw = format!("{headers}\n\n{body}\n");
            let got = ["replyto", "reply"].map(|what| holds(&raw, "check_freemail_replyto", &[what]));
            assert_eq!(got, [replyto, reply], "{raw}");
        }
    }

    #[test]
    fn an_address_that_is_quoted_is_not_the_senders_word() {
        for (text, want) in [
            ("c@free.com", true),
            ("<c@free.com", true),
            ("c@free.com>", false),
            ("<c@free.com >", true),
            ("c@free.com Subject: q", false),
            ("c@free.com          wrote: q", false),
            ("c@free.com S: q", true),
            ("c@free.com wrote : q", true),
            ("c@free.com Abcdefghijkl: q", true),
            ("c@free.com Facsimile: q", true),
            ("c@free.com telephone: q", true),
            ("c@free.com e-mail: q", true),
            ("c@free.com facs: q", false),
            ("<mailto:c@free.com>", true),
            ("<MAILTO:c@free.com>", true),
            ("<mailto:c.d@free.com>", false),
            ("<http://x.com/?c@free.com> q", false),
            ("https://x.com/?c%40free.com q", false),
            ("ftp://x.com/?c@free.com q", true),
        ] {
            let raw = format!("From: a@free.com\n\nwrite {text}\n");
            assert_eq!(holds(&raw, "check_freemail_replyto", &["reply"]), want, "{text}");
        }
    }

    #[test]
    fn addresses_are_read_as_rfc_5322_writes_them() {
        let long = "x".repeat(65);
        for (text, want) in [
            ("header.i=@free.com", "header.i=@free.com"),
            ("&c'd@free.com", "&c'd@free.com"),
            (".c@free.com", "c@free.com"),
            ("c..d@free.com", "d@free.com"),
            (&format!("{long}.d@free.com"), "d@free.com"),
            (&format!("{long}@free.com"), ""),
            ("c.@free.com", ""),
            ("c@free.com.. q", "c@free.com"),
            ("c@free.community q", ""),
            ("c@free.com-q", ""),
        ] {
            let raw = format!("From: a@firm.com\n\nwrite {text}\n");
            let whole = format!("^{}$", want.replace('.', "\\."));
            assert_eq!(holds(&raw, "check_freemail_body", &[&whole]), !want.is_empty(), "{text}");
            assert_eq!(holds(&raw, "check_freemail_body", &[]), !want.is_empty(), "{text}");
        }
    }

    #[test]
    fn of_a_long_link_only_so_much_is_left_out() {
        let text = format!("http://x@{}/ c@d", "y".repeat(254));
        assert_eq!(super::without_links(text.as_bytes()), b"  c@d");
        let text = format!("http://x@{} c@d", "y".repeat(256));
        assert_eq!(super::without_links(text.as_bytes()), b" y c@d");
        let text = format!("http://{}@x", "y".repeat(256));
        assert_eq!(super::without_links(text.as_bytes()), text.as_bytes());
    }
}
