//! Whether the host that handed a message in may send for the envelope sender (SPF, RFC 7208).

use std::net::IpAddr;

use mail_auth::{SpfOutput, SpfResult, spf::verify::SpfParameters};
use tamis_core::{
    Answer,
    dns::{DnsKind, is_unaskable},
    mail::{Domain, Spf, SpfWord},
};

use super::{Look, no_answer};

/// So many older hosts on the way are looked at, to see whether somebody has handed the message on.
const MOST_OLDER: usize = 3;

/// What was found, and what the policy of the author goes by.
pub(super) struct Host {
    pub(super) found: Spf,
    pub(super) output: SpfOutput,
}

/// Who is asked about whom.
struct Question<'a> {
    ip: IpAddr,
    helo: &'a str,
    by: &'a str,
    /// The envelope sender; empty if it is `<>`.
    sender: String,
    domain: Domain,
}

impl Look<'_, '_> {
    /// `None` without a public address that handed it in, or without the provider's word about the envelope.
    fn question(&self) -> Option<Question<'_>> {
        let entry = self.mail.trace().entry().filter(|_| !self.mail.trace().is_submitted())?;
        let envelope = self.mail.proven_envelope()?;
        let helo = entry.helo.as_deref().unwrap_or_default();
        let domain = envelope.map_or_else(|| Domain::parse(helo), |from| Some(from.domain.clone()))?;
        let sender = envelope.map(ToString::to_string).unwrap_or_default();
        Some(Question {
            ip: entry.ip?.to_canonical(),
            helo,
            by: entry.by.as_deref().unwrap_or("localhost"),
            sender,
            domain,
        })
    }

    /// What can be said when nobody has answered in time.
    pub(super) fn late_host(&self) -> Option<Host> {
        self.question().map(|question| unknown(&question, no_answer()))
    }

    /// Asks the sender's domain about the host.
    pub(super) async fn spf(&self) -> Option<Host> {
        let question = self.question()?;
        if !self.is_fresh {
            return Some(unknown(&question, "it came too long ago to say from where its sender sent then".to_owned()));
        }
        let output = self.check_host(&question, question.ip).await;
        let word = match output.result() {
            SpfResult::Pass => SpfWord::Pass,
            SpfResult::Fail => SpfWord::Fail,
            SpfResult::SoftFail => SpfWord::SoftFail,
            SpfResult::Neutral => SpfWord::Neutral,
            SpfResult::PermError => SpfWord::None,
            SpfResult::TempError => SpfWord::Unknown("its name servers could not be asked".to_owned()),
            SpfResult::None => self.nothing(&question.domain).await,
        };
        let is_fault = matches!(word, SpfWord::Fail | SpfWord::SoftFail);
        let passed_before = if is_fault { self.passed_before(&question).await } else { None };
        let found = Spf {
            host: question.ip,
            domain: question.domain,
            is_of_helo: question.sender.is_empty(),
            word,
            passed_before,
        };
        Some(Host { found, output })
    }

    async fn check_host(&self, question: &Question<'_>, ip: IpAddr) -> SpfOutput {
        let Question { helo, by, sender, domain, .. } = question;
        let asked = if sender.is_empty() {
            SpfParameters::verify_ehlo(ip, domain.as_str(), by)
        } else {
            SpfParameters::verify_mail_from(ip, helo, by, sender)
        };
        self.authenticator.verify_spf(asked).await
    }

    /// The library takes a name server's refusal for nothing being there. It is asked once more, most likely from the cache.
    async fn nothing(&self, domain: &Domain) -> SpfWord {
        let answer = self.dns.ask(domain.as_str(), DnsKind::Txt).await;
        if let Answer::Unknown(why) = answer { SpfWord::Unknown(why) } else { SpfWord::None }
    }

    /// An older host on the way that may send for it. Then whoever handed it in has only handed it on.
    async fn passed_before(&self, question: &Question<'_>) -> Option<IpAddr> {
        let below = self.mail.trace().boundary.map_or(0, |boundary| boundary + 1);
        let older = self.mail.trace().hops.iter().skip(below).filter_map(|hop| hop.ip).map(|ip| ip.to_canonical());
        let mut tried = vec![question.ip];
        for ip in older.filter(|ip| !is_unaskable(*ip)) {
            if tried.contains(&ip) || MOST_OLDER < tried.len() {
                continue;
            }
            tried.push(ip);
            if self.check_host(question, ip).await.result() == SpfResult::Pass {
                return Some(ip);
            }
        }
        None
    }
}

fn unknown(question: &Question<'_>, why: String) -> Host {
    let found = Spf {
        host: question.ip,
        domain: question.domain.clone(),
        is_of_helo: question.sender.is_empty(),
        word: SpfWord::Unknown(why),
        passed_before: None,
    };
    let output = SpfOutput::new(question.domain.to_string()).with_result(SpfResult::TempError);
    Host { found, output }
}
