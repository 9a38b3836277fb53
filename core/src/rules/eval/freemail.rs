//! On addresses that anyone gets for nothing (`Mail::SpamAssassin::Plugin::FreeMail`).

use super::{
    Eval, Scene,
    support::{address, argument, has, latin, mailboxes, senders},
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
    u32::from(senders(scene).iter().any(|address| is_free(scene, address) && fits(test, 0, address)))
}

fn in_header(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    let found = mailboxes(scene, argument(test, 0));
    u32::from(found.iter().any(|address| is_free(scene, address) && fits(test, 1, address)))
}

fn in_body(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    u32::from(of_body(scene).iter().any(|address| fits(test, 0, address)))
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
    u32::from(of_body(scene).iter().any(|address| address != own))
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
fn of_body(scene: &Scene<'_>) -> Vec<String> {
    let list = &scene.lists.freemail;
    let mut all: Vec<String> = Vec::new();
    let links = scene.view.uris().iter().filter(|uri| !uri.types.contains("parsed"));
    let linked = links.filter_map(|uri| linked(&uri.raw));
    let text = scene.view.body().iter();
    let written = text.flat_map(|text| memchr::memchr_iter(b'@', text).filter_map(|at| written(text, at)));
    for address in linked.chain(written) {
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

/// The address around an `@` in a text, unless it is quoted: in brackets, in a link, or of `bob@example.org wrote:`.
fn written(text: &[u8], at: usize) -> Option<String> {
    let (before, after) = (text.get(..at)?, text.get(at + 1..)?);
    let start = before.iter().rposition(|byte| !is_user(*byte)).map_or(0, |end| end + 1);
    let is_quoted =
        start.checked_sub(1).and_then(|before| text.get(before)).is_some_and(|byte| matches!(byte, b'<' | b'/' | b'&'));
    let word = before.iter().rposition(u8::is_ascii_whitespace).map_or(0, |end| end + 1);
    let is_in_link = has(before.get(word..)?, b"://");
    let end = after.iter().position(|byte| !is_host(*byte)).unwrap_or(after.len());
    let host = after.get(..end)?;
    let host = host.get(..host.iter().rposition(u8::is_ascii_alphanumeric)? + 1)?;
    let rest = after.get(host.len()..)?;
    let is_cited = rest.starts_with(b">") || rest.trim_ascii_start().starts_with(b"wrote:");
    if is_quoted || is_in_link || is_cited || start == at || !host.contains(&b'.') {
        return None;
    }
    Some(format!("{}@{}", latin(before.get(start..)?), latin(host)).to_ascii_lowercase())
}

fn is_user(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'+')
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
}
