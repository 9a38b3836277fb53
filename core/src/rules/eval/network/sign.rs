//! Who vouches for a sender: SPF, DKIM, ARC, DMARC.

use super::NetworkNeed;
use crate::rules::{book::EvalTest, eval::argument};

/// Results of SPF (RFC 7208, 2.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpfResult {
    /// There is no record.
    None,
    /// The record says nothing.
    Neutral,
    /// The host may send.
    Pass,
    /// It may not.
    Fail,
    /// It probably may not.
    SoftFail,
    /// No answer in time.
    TempError,
    /// The record makes no sense.
    PermError,
}

/// What SPF is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spf {
    /// Whether the envelope's sender has this result.
    Sender(SpfResult),
    /// Whether the host's own name has this result.
    Helo(SpfResult),
    /// Whether the envelope's sender is unknown.
    NoSender,
}

/// Facts of DKIM signatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DkimWhat {
    /// There is one.
    Signed,
    /// One is valid.
    Valid,
    /// One of the author's domain is valid.
    ValidOfAuthor,
    /// One of the envelope's domain is valid.
    ValidOfEnvelope,
    /// One that fails has not failed because the message was cut.
    Dependable,
    /// The domain only tries it out.
    Testing,
}

/// Author domain signing practices (RFC 5617, historic).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adsp {
    /// Any.
    Any,
    /// The domain does not exist.
    NoDomain,
    /// It signs everything.
    All,
    /// What is not signed may be thrown away.
    Discardable,
    /// Rule files say so: a little, rather, very suspicious (1 to 3).
    Custom(u8),
    /// It signs some; true of all.
    Some,
}

/// What a domain wants done (RFC 7489, 6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DmarcPolicy {
    /// The message passes.
    Pass,
    /// It fails; nothing is to be done.
    None,
    /// It fails; it is to be filed.
    Quarantine,
    /// It fails; it is to be refused.
    Reject,
    /// There is no policy.
    Missing,
}

pub(super) fn read(test: &EvalTest) -> Option<NetworkNeed> {
    let name = test.function.as_str();
    spf(name).or_else(|| dkim(test)).or_else(|| dmarc(name))
}

fn spf(name: &str) -> Option<NetworkNeed> {
    match name {
        "check_for_spf_welcomelist_from" | "check_for_spf_whitelist_from" => {
            return Some(NetworkNeed::SpfWelcome { is_default: false });
        }
        "check_for_def_spf_welcomelist_from" | "check_for_def_spf_whitelist_from" => {
            return Some(NetworkNeed::SpfWelcome { is_default: true });
        }
        "check_spf_skipped_noenvfrom" => return Some(NetworkNeed::Spf(Spf::NoSender)),
        _ => {}
    }
    let of_sender = name.strip_prefix("check_for_spf_")?;
    let of_helo = of_sender.strip_prefix("helo_");
    let result = match of_helo.unwrap_or(of_sender) {
        "none" => SpfResult::None,
        "neutral" => SpfResult::Neutral,
        "pass" => SpfResult::Pass,
        "fail" => SpfResult::Fail,
        "softfail" => SpfResult::SoftFail,
        "temperror" => SpfResult::TempError,
        "permerror" => SpfResult::PermError,
        _ => return None,
    };
    Some(NetworkNeed::Spf(if of_helo.is_some() { Spf::Helo(result) } else { Spf::Sender(result) }))
}

fn dkim(test: &EvalTest) -> Option<NetworkNeed> {
    let domains =
        |from: usize| test.arguments.iter().skip(from).map(|domain| domain.to_ascii_lowercase()).collect::<Vec<_>>();
    let signature = |what| Some(NetworkNeed::Dkim { what, domains: domains(0) });
    let practice = |practice| Some(NetworkNeed::Adsp { practice, domains: domains(1) });
    match test.function.as_str() {
        "check_dkim_signed" => signature(DkimWhat::Signed),
        "check_dkim_valid" | "check_dkim_verified" => signature(DkimWhat::Valid),
        "check_dkim_valid_author_sig" => signature(DkimWhat::ValidOfAuthor),
        "check_dkim_valid_envelopefrom" => signature(DkimWhat::ValidOfEnvelope),
        "check_dkim_dependable" => signature(DkimWhat::Dependable),
        "check_dkim_testing" => signature(DkimWhat::Testing),
        "check_dkim_signall" => practice(Adsp::All),
        "check_dkim_signsome" => practice(Adsp::Some),
        "check_dkim_adsp" => practice(adsp(argument::text(test, 0)?)?),
        "check_for_dkim_welcomelist_from" | "check_for_dkim_whitelist_from" => {
            Some(NetworkNeed::DkimWelcome { is_default: false })
        }
        "check_for_def_dkim_welcomelist_from" | "check_for_def_dkim_whitelist_from" => {
            Some(NetworkNeed::DkimWelcome { is_default: true })
        }
        "check_arc_signed" => Some(NetworkNeed::Arc { is_valid: false }),
        "check_arc_valid" => Some(NetworkNeed::Arc { is_valid: true }),
        _ => None,
    }
}

fn adsp(written: &str) -> Option<Adsp> {
    match written {
        "*" => Some(Adsp::Any),
        "N" => Some(Adsp::NoDomain),
        "A" => Some(Adsp::All),
        "D" => Some(Adsp::Discardable),
        "1" | "2" | "3" => written.parse().ok().map(Adsp::Custom),
        _ => None,
    }
}

fn dmarc(name: &str) -> Option<NetworkNeed> {
    let policy = match name.strip_prefix("check_dmarc_")? {
        "pass" => DmarcPolicy::Pass,
        "none" => DmarcPolicy::None,
        "quarantine" => DmarcPolicy::Quarantine,
        "reject" => DmarcPolicy::Reject,
        "missing" => DmarcPolicy::Missing,
        _ => return None,
    };
    Some(NetworkNeed::Dmarc(policy))
}
