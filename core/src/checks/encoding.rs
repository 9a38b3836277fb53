//! Charsets and transfer encodings.

use crate::{check::Check, evidence::Evidence, finding::Findings, mail::Mail, symbol::SymbolInfo};

use super::text::short;

const MIME_BASE64_TEXT: SymbolInfo =
    SymbolInfo::new("MIME_BASE64_TEXT", "Plain ASCII text is hidden in base64 for no reason");
const UNKNOWN_CHARSET: SymbolInfo = SymbolInfo::new("UNKNOWN_CHARSET", "The text claims a charset that does not exist");
const SUBJ_ILLEGAL_CHARS: SymbolInfo =
    SymbolInfo::new("SUBJ_ILLEGAL_CHARS", "The subject holds bytes that no charset explains");
const FROM_ILLEGAL_CHARS: SymbolInfo =
    SymbolInfo::new("FROM_ILLEGAL_CHARS", "The From header holds bytes that no charset explains");

/// Beginnings of the names of charsets in use.
const CHARSETS: [&str; 23] = [
    "utf",
    "us-ascii",
    "ascii",
    "iso-8859",
    "iso8859",
    "iso_8859",
    "windows-",
    "cp",
    "koi8",
    "iso-2022",
    "gb",
    "big5",
    "shift",
    "sjis",
    "euc",
    "ks_c",
    "ksc",
    "mac",
    "tis-620",
    "hz",
    "ibm",
    "latin",
    "unicode-1-1-utf",
];

/// How the text is packed.
#[derive(Debug)]
pub(super) struct Encoding;

impl Check for Encoding {
    fn name(&self) -> &'static str {
        "encoding"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[MIME_BASE64_TEXT, UNKNOWN_CHARSET, SUBJ_ILLEGAL_CHARS, FROM_ILLEGAL_CHARS] }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        for part in mail.texts() {
            let is_ascii_charset = matches!(part.charset.as_deref(), None | Some("us-ascii" | "ascii"));
            if part.encoding == "base64" && is_ascii_charset && 40 < part.text.len() && part.text.is_ascii() {
                findings.raise(&MIME_BASE64_TEXT, "plain text in base64");
            }
            let charset = part.charset.as_deref().unwrap_or("utf-8").trim_matches(['"', '\'']);
            // Some programs write the parameter's name twice.
            let charset = charset.trim_start_matches("charset=").split(';').next().unwrap_or_default();
            if !CHARSETS.iter().any(|known| charset.starts_with(known)) && !charset.is_empty() {
                findings.raise(&UNKNOWN_CHARSET, format!("\"{}\" is no charset", short(charset)));
            }
        }
        for (name, info) in [("Subject", &SUBJ_ILLEGAL_CHARS), ("From", &FROM_ILLEGAL_CHARS)] {
            // Valid UTF-8 is allowed there (RFC 6532); what is left was replaced while reading.
            if mail.headers_named(name).any(|header| header.raw.contains('\u{fffd}')) {
                findings.raise(info, format!("the {name} header is not in any charset"));
            }
        }
    }
}
