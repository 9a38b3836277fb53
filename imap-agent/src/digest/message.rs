//! The digest as a message (RFC 5322): `multipart/alternative` of text and HTML.

use jiff::Zoned;
use tamis_core::mail::encode_text;

use super::Report;
use crate::submit::written;

/// Puts a message together. Nothing in its header comes from a stranger.
pub(super) fn write(report: &Report<'_>, now: &Zoned, text: &str, html: &str) -> Vec<u8> {
    let address = written(report.address);
    // Neither quoted-printable nor base64 has an underscore after an equals sign (RFC 2045, 6.7).
    let boundary = format!("=_tamis_{}", blake3::hash(report.message_id.as_bytes()).to_hex().get(..24).unwrap_or("0"));
    let date = now.strftime("%a, %d %b %Y %H:%M:%S %z");
    let mut out = String::new();
    for line in [
        format!("From: Tamis <{address}>"),
        format!("To: Tamis <{address}>"),
        format!("Subject: {}", report.subject()),
        format!("Date: {date}"),
        format!("Message-ID: {}", report.message_id),
        // RFC 3834, 5: nobody answers this automatically.
        "Auto-Submitted: auto-generated".to_owned(),
        "X-Tamis-Digest: 1".to_owned(),
        "MIME-Version: 1.0".to_owned(),
        format!("Content-Type: multipart/alternative;\r\n boundary=\"{boundary}\""),
        String::new(),
    ] {
        push_line(&mut out, &line);
    }
    for (kind, content) in [("plain", text), ("html", html)] {
        let (encoding, body) = encode_text(content, "\r\n");
        for line in [
            format!("--{boundary}"),
            format!("Content-Type: text/{kind}; charset=utf-8"),
            format!("Content-Transfer-Encoding: {encoding}"),
            String::new(),
            body,
        ] {
            push_line(&mut out, &line);
        }
    }
    push_line(&mut out, &format!("--{boundary}--"));
    out.into_bytes()
}

fn push_line(out: &mut String, line: &str) {
    out.push_str(line);
    out.push_str("\r\n");
}
