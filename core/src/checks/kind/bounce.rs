//! Reports of mail servers about a message that went wrong.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::{
    finding::Findings,
    mail::{Attachment, Mail, decode::Declared},
    symbol::SymbolInfo,
};

use super::{super::text::has_word, abuse, book, quoted, said};

pub(super) const BOUNCE_WORDS: SymbolInfo =
    SymbolInfo::new("BOUNCE_WORDS", "A mail server reports in its own words what became of a message");
pub(super) const BOUNCE_OF_MINE: SymbolInfo =
    SymbolInfo::new("BOUNCE_OF_MINE", "A mail server reports what became of a message of yours");

/// How mail servers say it, in the words of qmail, Exim, Postfix, Sendmail, Exchange, Domino and large providers.
const PHRASES: [&str; 61] = [
    "could not be delivered",
    "couldn't be delivered",
    "delivery failed",
    "delivery has failed",
    "delivery failure",
    "unable to deliver",
    "wasn't able to deliver",
    "not able to deliver",
    "undeliverable",
    "undelivered",
    "was not delivered",
    "not been delivered",
    "has not been received",
    "did not reach",
    "returned mail",
    "returning message",
    "returned to sender",
    "failure notice",
    "user unknown",
    "unknown user",
    "unknown local",
    "mailbox full",
    "mailbox is full",
    "mailbox unavailable",
    "mailbox not found",
    "over quota",
    "quota exceed",
    "permanent error",
    "permanent fatal errors",
    "permanent failure",
    "transcript of session",
    "transcript follows",
    "recipient address rejected",
    "recipient rejected",
    "no such user",
    "not listed in",
    "has been delayed",
    "will be retried",
    "diagnostic code",
    "diagnostic-code:",
    "diagnostic information",
    "final-recipient:",
    "remote host said",
    "the response was",
    "original message",
    "copy of the message",
    "copy of your message",
    "the host ",
    "smtp error",
    "mail delivery",
    "nicht zugestellt",
    "unzustellbar",
    "non recapitabile",
    "n'a pas pu",
    "no se pudo entregar",
    "не доставлено",
    "не удалось доставить",
    "配信",
    "error delivering",
    "could not deliver",
    "headers follow",
];

static BOOK: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| book(&PHRASES));

/// Bytes in which the header of the returned message is looked for.
const MOST_RETURNED_BYTES: usize = 64 * 1024;

/// Bytes of a line of it in which an address is looked for.
const MOST_LINE_BYTES: usize = 1000;

pub(super) fn evaluate(mail: &Mail<'_>, findings: &mut Findings) {
    if !is_from_server(mail) {
        return;
    }
    let said = said(mail, BOOK.as_ref());
    // A page with links is no report, unless it has the form of one.
    let is_clear = 2 <= said.len() || !said.is_empty() && mail.attachments().iter().any(abuse::is_message);
    if has_form(mail) || mail.html().is_none() && is_clear {
        findings.raise(&BOUNCE_WORDS, format!("a mail server says {}", quoted_or_form(&said)));
        if let Some(mine) = mail.account.identities.iter().map(ToString::to_string).find(|mine| returns(mail, mine)) {
            findings.raise(&BOUNCE_OF_MINE, format!("it returns a message of {mine}"));
        }
    }
}

fn quoted_or_form(said: &[usize]) -> String {
    if said.is_empty() { "so in the form made for it".to_owned() } else { quoted(&PHRASES, said) }
}

/// Whether it is a report of a delivery, with the part that says for programs what became of the message (RFC 6522, 3;
/// RFC 3464, 2). A message that is only attached is no proof.
fn has_form(mail: &Mail<'_>) -> bool {
    let is_status = |file: &Attachment| {
        matches!(file.content_type.as_str(), "message/delivery-status" | "message/global-delivery-status")
            && file.start.split(|byte| *byte == b'\n').any(is_status_field)
    };
    let is_declared = || {
        let declared = mail.headers_named("Content-Type").next().map(|header| Declared::parse(&header.raw));
        let kind = declared.as_ref().and_then(|declared| declared.parameter("report-type"));
        kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("delivery-status"))
    };
    mail.content_type() == "multipart/report" && mail.attachments().iter().any(is_status) && is_declared()
}

/// Whether a line is one of the fields that each such part has: which server reports, and of which recipient.
fn is_status_field(line: &[u8]) -> bool {
    [&b"Reporting-MTA:"[..], b"Final-Recipient:", b"Action:"]
        .iter()
        .any(|name| line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)))
}

/// Whether a mail server reports, of which nothing is expected but that: it may leave its own domain away, and its page has
/// little text beside a picture.
///
/// Anybody can send without a sender. So it has to go by the name of a mail server, in the place of any other name, and there
/// has to be no page at all, or the form of a report around it.
pub(crate) fn is_report(mail: &Mail<'_>) -> bool {
    let is_named = mail.author().is_some_and(|from| is_server(&from.written) || is_server(&from.name));
    let has_words = || mail.html().is_none() && !said(mail, BOOK.as_ref()).is_empty();
    is_named && is_from_server(mail) && (has_form(mail) || has_words())
}

/// The names that mail servers have.
fn is_server(local: &str) -> bool {
    let local = local.trim().to_ascii_lowercase();
    let local = local.split('@').next().unwrap_or_default().trim_matches(['<', '"', ' ']);
    matches!(local, "mailer-daemon" | "postmaster" | "double-bounce" | "mailerdaemon")
}

/// Whether it was sent by a program that wants no answer, or by one of the names that mail servers have.
pub(in crate::checks) fn is_from_server(mail: &Mail<'_>) -> bool {
    match mail.envelope_from() {
        Some(None) => true,
        Some(Some(sender)) => is_server(&sender.local) && mail.author().is_some_and(|from| is_server(&from.written)),
        None => mail.author().is_some_and(|from| is_server(&from.written) || is_server(&from.name)),
    }
}

/// Whether there is the header of a message that `mine` wrote. Each line is looked at once, from its first `From:` on.
fn returns(mail: &Mail<'_>, mine: &str) -> bool {
    let raw = mail.raw.get(..MOST_RETURNED_BYTES).unwrap_or(mail.raw);
    let mine = mine.to_lowercase();
    raw.split(|byte| *byte == b'\n').any(|line| {
        let said = memchr::memmem::find(line, b"From:").and_then(|at| line.get(at..)).unwrap_or_default();
        let said = String::from_utf8_lossy(said.get(..MOST_LINE_BYTES).unwrap_or(said));
        has_word(&said.to_lowercase(), &mine)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::Arrival;

    #[test]
    fn a_report_with_a_page_has_the_form_of_one() {
        let status = "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\nAction: failed\n";
        let returned = "Content-Type: message/rfc822\n\nSubject: x\n\ny\n";
        for (kind, part, want) in [
            ("multipart/report; report-type=delivery-status", status, true),
            ("multipart/report; report-type=Delivery-Status", status, true),
            ("multipart/report; report-type=delivery-status", "Content-Type: message/delivery-status\n\n\n", false),
            ("multipart/report; report-type=delivery-status", returned, false),
            ("multipart/report; report-type=feedback-report", status, false),
            ("multipart/mixed", status, false),
            ("multipart/mixed", returned, false),
        ] {
            let raw = format!(
                "Return-Path: <>\nFrom: MAILER-DAEMON@example.net\nContent-Type: {kind}; boundary=b\n\n--b\n\
                 Content-Type: text/html\n\n<p>Release <a href=https://example.com/>them</a>\n--b\n{part}--b--\n"
            );
            assert_eq!(is_report(&Mail::parse(raw.as_bytes(), &Arrival::default())), want, "{raw}");
        }
        let plain = "Return-Path: <>\nFrom: MAILER-DAEMON@example.net\nSubject: failure notice\n\nUser unknown\n";
        assert!(is_report(&Mail::parse(plain.as_bytes(), &Arrival::default())));
    }

    #[test]
    fn a_line_of_many_senders_is_read_once() {
        let raw = format!("Subject: x\n\n{}\nFrom: Kim <kim@example.org>\n", "From:".repeat(12_000));
        let mail = Mail::parse(raw.as_bytes(), &Arrival::default());
        // From each of the 12,000 on to the line's end it would be billions of steps.
        for _ in 0..10 {
            assert!(returns(&mail, "Kim@example.org") && !returns(&mail, "robin@example.org"));
        }
    }
}
