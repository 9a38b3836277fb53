//! What we found out ourselves about who sent a message: SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 9989), ARC (RFC 8617).
//!
//! Plain facts, as the agent brings them. What they prove is for `proof` to say.

use std::net::IpAddr;

use super::{AuthResults, Domain, Mail};

/// What came of looking.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Authentication {
    /// Whether the host that handed it in may send for the envelope sender. `None`: there is no host or no sender to ask about.
    pub spf: Option<Spf>,
    /// The signatures, top first, at most 10.
    pub signatures: Vec<Seal>,
    /// What the author's domain wants to be done with mail that is not of it.
    pub dmarc: Dmarc,
    /// What those say who have handed it on; `None` if nobody does.
    pub arc: Option<Arc>,
}

/// What the envelope sender's domain says about a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spf {
    /// The host that handed it in.
    pub host: IpAddr,
    /// The domain that was asked: of the envelope sender, or of HELO where the envelope names none.
    pub domain: Domain,
    /// Whether it is that of HELO, which proves nothing about an author.
    pub is_of_helo: bool,
    /// What it says.
    pub word: SpfWord,
    /// Where it does not let this host send: an older host on the way that may, if the trace is true. Then somebody has handed it on.
    pub passed_before: Option<IpAddr>,
}

/// A domain's word about a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpfWord {
    /// It may send.
    Pass,
    /// It may not.
    Fail,
    /// It most likely may not.
    SoftFail,
    /// It says nothing of this host.
    Neutral,
    /// It says nothing at all, or nothing that can be read.
    None,
    /// It could not be asked, or not any more: why.
    Unknown(String),
}

/// One DKIM signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// Who signed.
    pub domain: Domain,
    /// Under which key.
    pub selector: String,
    /// What it is worth.
    pub state: SealState,
}

/// What a signature is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SealState {
    /// It is valid, and covers the author and the whole text.
    Valid,
    /// It is valid, but leaves out the author, or the end of the text (`l=`), where anybody may have added something.
    ValidInPart,
    /// The text is not what was signed.
    TextChanged,
    /// The head is not what was signed, or the signature is made up.
    HeadChanged,
    /// It cannot be told, or not any more: why.
    Unknown(String),
}

/// What the author's domain asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Dmarc {
    /// It has no policy, or it was not looked for: nobody is named as the author, or several are.
    #[default]
    None,
    /// It is of that domain.
    Pass,
    /// Nothing shows that it is of that domain, which wants this to be done with such mail.
    Fail(DmarcPolicy),
    /// It cannot be told: why.
    Unknown(String),
}

/// What is to be done with mail that is not of the domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DmarcPolicy {
    /// Nothing.
    None,
    /// It is to be taken for doubtful.
    Quarantine,
    /// It is to be refused.
    Reject,
}

/// The word of those who have handed a message on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arc {
    /// Who sealed it, the first one first.
    pub sealers: Vec<Domain>,
    /// What each of them says it had found, the first one first.
    pub found: Vec<AuthResults>,
    /// Whether the seals are valid.
    pub state: ArcState,
}

/// Whether a chain of seals holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArcState {
    /// Every seal is valid.
    Valid,
    /// One is not.
    Broken,
    /// It cannot be told: why.
    Unknown(String),
}

impl Authentication {
    /// What was found, in words: `SPF of kim.example: pass, DKIM of kim.example: valid, DMARC: pass`.
    pub fn told(&self) -> String {
        let spf = self.spf.iter().map(Spf::told);
        let seals = self.signatures.iter().map(Seal::told);
        let dmarc = match &self.dmarc {
            Dmarc::None => None,
            Dmarc::Pass => Some("DMARC: pass".to_owned()),
            Dmarc::Fail(policy) => {
                Some(format!("DMARC: nothing is of the author's domain, which wants {}", policy.wish()))
            }
            Dmarc::Unknown(why) => Some(format!("DMARC: not known, {why}")),
        };
        let arc = self.arc.iter().map(Arc::told);
        let told: Vec<String> = spf.chain(seals).chain(dmarc).chain(arc).collect();
        if told.is_empty() { "nothing".to_owned() } else { told.join(", ") }
    }
}

impl Spf {
    fn told(&self) -> String {
        let word = match &self.word {
            SpfWord::Pass => "pass",
            SpfWord::Fail => "fail",
            SpfWord::SoftFail => "softfail",
            SpfWord::Neutral => "neutral",
            SpfWord::None => "none",
            SpfWord::Unknown(why) => return format!("SPF of {}: not known, {why}", self.domain),
        };
        let before = self.passed_before.map(|host| format!(", which lets {host} send, an older host on the way"));
        format!("SPF of {} for {}: {word}{}", self.domain, self.host, before.unwrap_or_default())
    }
}

impl Seal {
    fn told(&self) -> String {
        let state = match &self.state {
            SealState::Valid => "valid",
            SealState::ValidInPart => "valid, but not for all of it",
            SealState::TextChanged => "the text has changed",
            SealState::HeadChanged => "wrong",
            SealState::Unknown(why) => return format!("DKIM of {}: not known, {why}", self.domain),
        };
        format!("DKIM of {}: {state}", self.domain)
    }
}

impl DmarcPolicy {
    const fn wish(self) -> &'static str {
        match self {
            Self::None => "nothing done about that",
            Self::Quarantine => "that to be doubted",
            Self::Reject => "that to be refused",
        }
    }
}

impl Arc {
    fn told(&self) -> String {
        let sealers: Vec<&str> = self.sealers.iter().map(Domain::as_str).collect();
        let state = match &self.state {
            ArcState::Valid => "valid",
            ArcState::Broken => "broken",
            ArcState::Unknown(why) => return format!("ARC of {}: not known, {why}", sealers.join(" and ")),
        };
        format!("ARC of {}: {state}", sealers.join(" and "))
    }
}

impl Mail<'_> {
    /// Whether it bears the marks of mail that somebody has handed on: a list, a forwarder, a person. On that way the host
    /// changes, and lists write into what they hand on, so that what does not fit any more says nothing.
    ///
    /// Anybody can write these marks. They only keep something from being held against a message.
    pub fn is_passed_on(&self) -> bool {
        const MARKS: [&str; 11] = [
            "List-Id",
            "List-Post",
            "Mailing-List",
            "X-Mailing-List",
            "X-BeenThere",
            "X-Loop",
            "X-Original-From",
            "Resent-From",
            "X-Forwarded-For",
            "X-Forwarded-To",
            "ARC-Seal",
        ];
        let sender = self.envelope_from().flatten().map(|from| from.local.to_ascii_lowercase());
        let is_rewritten = sender.is_some_and(|local| {
            ["srs0", "srs1"].iter().any(|mark| local.starts_with(mark))
                || ["+caf_=", "+srs="].iter().any(|mark| local.contains(mark))
        });
        let is_list = self.header("Precedence").is_some_and(|kind| kind.eq_ignore_ascii_case("list"));
        MARKS.iter().any(|mark| self.has_header(mark))
            || is_list
            || is_rewritten
            || 1 < self.headers_named("Delivered-To").count()
            || self.content_type() == "multipart/report"
    }

    /// The envelope sender as the provider wrote it, which is above what came from outside: outer `None` if it did not.
    #[expect(clippy::option_option, reason = "unknown and `<>` are different answers")]
    pub fn proven_envelope(&self) -> Option<Option<&super::Address>> {
        let boundary = self.trace().boundary?;
        let mut received =
            self.headers().iter().enumerate().filter(|(_, header)| header.name.eq_ignore_ascii_case("Received"));
        let (entered, _) = received.nth(boundary)?;
        let is_path =
            |name: &str| name.eq_ignore_ascii_case("Return-Path") || name.eq_ignore_ascii_case("X-Envelope-From");
        let own = self.headers().iter().take(entered).find(|header| is_path(header.name))?;
        // `Mail` reads the topmost of each name: it must be this one.
        let first =
            self.headers_named("Return-Path").next().or_else(|| self.headers_named("X-Envelope-From").next())?;
        std::ptr::eq(own, first).then(|| self.envelope_from()).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::Arrival;

    #[test]
    fn only_what_the_provider_wrote_is_the_envelope() {
        const RECEIVED: &str = "Received: from a.example (a.example [192.0.2.1]) by mx.example.org with ESMTP; D\n";
        for (head, want) in [
            (format!("Return-Path: <kim@a.example>\n{RECEIVED}"), Some(Some("kim@a.example"))),
            (format!("Return-Path: <>\n{RECEIVED}"), Some(None)),
            (format!("X-Envelope-From: <kim@a.example>\n{RECEIVED}"), Some(Some("kim@a.example"))),
            (format!("X-Envelope-From: <lee@a.example>\n{RECEIVED}Return-Path: <kim@a.example>\n"), None),
            (format!("{RECEIVED}Return-Path: <kim@a.example>\n"), None),
            ("Return-Path: <kim@a.example>\n".to_owned(), None),
        ] {
            let raw = format!("{head}From: kim@a.example\n\nHello.\n");
            let mail = Mail::parse(raw.as_bytes(), &Arrival::default());
            let got = mail.proven_envelope().map(|from| from.map(ToString::to_string));
            assert_eq!(got, want.map(|from| from.map(str::to_owned)), "{head}");
        }
    }

    #[test]
    fn what_was_handed_on_is_known_by_its_marks() {
        for (head, want) in [
            ("From: kim@a.example", false),
            ("Return-Path: <kim@a.example>", false),
            ("Return-Path: <SRS0=x=y=a.example=kim@b.example>", true),
            ("Return-Path: <robin+caf_=x=gmail.com@b.example>", true),
            ("List-Id: <x.example>", true),
            ("Precedence: bulk", false),
            ("Delivered-To: a@b.example", false),
            ("Delivered-To: a@b.example\nDelivered-To: c@b.example", true),
            ("ARC-Seal: i=1", true),
        ] {
            let raw = format!("{head}\n\nHello.\n");
            assert_eq!(Mail::parse(raw.as_bytes(), &Arrival::default()).is_passed_on(), want, "{head}");
        }
    }
}
