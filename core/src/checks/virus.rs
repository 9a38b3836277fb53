//! What the person's own virus scanner says.

use crate::{
    check::Check,
    evidence::{Evidence, Query, QueryPlan},
    finding::Findings,
    mail::{Inside, Mail},
    symbol::SymbolInfo,
};

use super::text::short;

/// What settles the class by itself: see [`crate::judge()`].
pub(crate) const VIRUS_FOUND: SymbolInfo = SymbolInfo::new("VIRUS_FOUND", "The virus scanner knows something in it");
const VIRUS_SUSPECTED: SymbolInfo =
    SymbolInfo::new("VIRUS_SUSPECTED", "The virus scanner takes something in it for dangerous, but does not know it");
const VIRUS_UNWANTED: SymbolInfo =
    SymbolInfo::new("VIRUS_UNWANTED", "The virus scanner found a program of a kind that hardly anybody wants");
const VIRUS_SPAM: SymbolInfo =
    SymbolInfo::new("VIRUS_SPAM", "The virus scanner knows it as spam or fraud, not as a virus");
const VIRUS_LOCKED: SymbolInfo =
    SymbolInfo::new("VIRUS_LOCKED", "Something in it is encrypted, so that the virus scanner could not look inside");

/// The virus scanner.
#[derive(Debug)]
pub(super) struct Virus;

impl Check for Virus {
    fn name(&self) -> &'static str {
        "virus"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[VIRUS_FOUND, VIRUS_SUSPECTED, VIRUS_UNWANTED, VIRUS_SPAM, VIRUS_LOCKED] }
    }

    fn queries(&self, mail: &Mail<'_>, plan: &mut QueryPlan) {
        if may_carry(mail) {
            plan.ask(Query::Virus);
        }
    }

    fn evaluate(&self, mail: &Mail<'_>, evidence: &Evidence, findings: &mut Findings) {
        let Some(name) = evidence.virus() else { return };
        let shown = short(name);
        match Kind::of(name) {
            Some(Kind::Known) => findings.raise(&VIRUS_FOUND, format!("the virus scanner found {shown}")),
            Some(Kind::Suspected) => findings.raise(&VIRUS_SUSPECTED, format!("the virus scanner suspects {shown}")),
            Some(Kind::Unwanted) => findings.raise(&VIRUS_UNWANTED, format!("the virus scanner found {shown}")),
            Some(Kind::Spam) => findings.raise(&VIRUS_SPAM, format!("the virus scanner knows it as {shown}")),
            Some(Kind::Locked) if !is_seen_locked(mail) => {
                findings.raise(&VIRUS_LOCKED, format!("the virus scanner says {shown}"));
            }
            Some(Kind::Locked) | None => {}
        }
    }
}

/// Whether there may be more in a message than text to be read: in that alone there is nothing that could run.
fn may_carry(mail: &Mail<'_>) -> bool {
    // A file within the text itself, as it was done before MIME.
    let is_encoded = |text: &str| text.lines().any(|line| line.starts_with("begin ") || line.starts_with("=ybegin "));
    let is_text = mail.content_type() == "text/plain" && mail.html().is_none() && mail.attachments().is_empty();
    !is_text || 1 < mail.part_count() || mail.is_truncated || mail.texts().iter().any(|part| is_encoded(&part.text))
}

/// Where our own look has named it, it is not said twice.
fn is_seen_locked(mail: &Mail<'_>) -> bool {
    let is_locked = |inside: &Inside| {
        let is_pdf = inside.pdf.as_ref().is_some_and(|pdf| pdf.is_encrypted);
        is_pdf || inside.archive.is_encrypted || inside.document.is_locked
    };
    mail.attachments().iter().any(|file| is_locked(&file.inside))
}

/// What kind of finding a signature is, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A signature of something harmful.
    Known,
    /// A guess of the scanner's own.
    Suspected,
    /// A program that somebody may want.
    Unwanted,
    /// Signatures of others know spam as well.
    Spam,
    /// It could not look inside.
    Locked,
}

impl Kind {
    /// `None` if the name says only that the scanner has stopped at a limit of its own.
    fn of(name: &str) -> Option<Self> {
        let lower = name.to_ascii_lowercase();
        let mut words = lower.split(['.', '-', '_']);
        // `Heuristics.Encrypted.Zip`; before 0.104 also `Phishing.Heuristics.Email.SpoofedDomain`.
        let is_guess = words.clone().take(2).any(|word| word == "heuristics");
        if is_guess && words.clone().any(|word| word == "limits") {
            return None;
        }
        Some(if is_guess && words.clone().any(|word| word == "encrypted") {
            Self::Locked
        } else if is_guess {
            Self::Suspected
        } else if lower.starts_with("pua.") {
            Self::Unwanted
        } else if words.clone().any(|word| word == "phishing")
            || lower.ends_with(".unofficial") && words.any(|word| matches!(word, "spam" | "junk" | "scam" | "scam4"))
        {
            // Patterns of words and links, which honest mail has as well.
            Self::Spam
        } else {
            Self::Known
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::Arrival;

    #[test]
    fn a_signature_is_known_by_its_name() {
        for (name, want) in [
            ("Win.Test.EICAR_HDB-1", Some(Kind::Known)),
            ("Email.Phishing.VOF1-6297143-0", Some(Kind::Spam)),
            ("Own.Marker.UNOFFICIAL", Some(Kind::Known)),
            ("Heuristics.Phishing.Email.SpoofedDomain", Some(Kind::Suspected)),
            ("Phishing.Heuristics.Email.SpoofedDomain", Some(Kind::Suspected)),
            ("Heuristics.OLE2.ContainsMacros", Some(Kind::Suspected)),
            ("Heuristics.Encrypted.Zip", Some(Kind::Locked)),
            ("Heuristics.Limits.Exceeded.MaxFileSize", None),
            ("PUA.Win.Packer.Upx-4", Some(Kind::Unwanted)),
            ("Win.Trojan.Spam-12", Some(Kind::Known)),
            ("Sanesecurity.Spam.9587.UNOFFICIAL", Some(Kind::Spam)),
            ("Doppelstern.Scam4.Lott.1.UNOFFICIAL", Some(Kind::Spam)),
        ] {
            assert_eq!(Kind::of(name), want, "{name}");
        }
    }

    #[test]
    fn nothing_is_asked_about_what_is_only_text() {
        for (raw, want) in [
            ("Subject: hi\n\nhello", false),
            ("Content-Type: text/html\n\n<p>hello", true),
            ("Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhello\n--b--", true),
            ("Content-Type: application/pdf\n\nx", true),
            ("Subject: hi\n\nhello\nbegin 644 a.exe\n#0V%T\n`\nend\n", true),
        ] {
            let mut plan = QueryPlan::default();
            Virus.queries(&Mail::parse(raw.as_bytes(), &Arrival::default()), &mut plan);
            assert_eq!(!plan.is_empty(), want, "{raw}");
        }
        let arrival = Arrival { full_size: Some(1000), ..Arrival::default() };
        let mut plan = QueryPlan::default();
        Virus.queries(&Mail::parse(b"Subject: hi\n\nhello", &arrival), &mut plan);
        assert!(!plan.is_empty(), "the rest is not known");
    }
}
