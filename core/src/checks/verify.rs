//! Asks who sent a message where the provider does not say so, and what else there is in the answer.
//!
//! A pass is hardly worth a point: spammers sign, too. What does not fit is held against a message only if nobody has handed it on, and
//! lightly: the provider may have let it in for a reason. The points are set by hand.

use crate::{
    check::Check,
    evidence::{Evidence, Query, QueryPlan},
    finding::Findings,
    mail::{ArcState, Dmarc, DmarcPolicy, Domain, Mail, SealState, SpfWord},
    proof::{Found, is_untold},
    symbol::SymbolInfo,
};

use super::from;

const DKIM_VALID: SymbolInfo =
    SymbolInfo::new("DKIM_VALID", "There is a valid signature on it, which is not of the author's domain");
const SPF_SOFTFAIL: SymbolInfo =
    SymbolInfo::new("SPF_SOFTFAIL", "The sender's domain says that this host should most likely not send for it");
const DMARC_PASS: SymbolInfo =
    SymbolInfo::new("DMARC_PASS", "It is of the author's domain, by the rules that this domain has set");
const DMARC_NONE: SymbolInfo =
    SymbolInfo::new("DMARC_NONE", "Nothing shows that it is of the author's domain, which does not mind that");
const DMARC_QUAR: SymbolInfo = SymbolInfo::new(
    "DMARC_QUAR",
    "Nothing shows that it is of the author's domain, which wants such mail to be doubted",
);
const DMARC_REJECT: SymbolInfo = SymbolInfo::new(
    "DMARC_REJECT",
    "Nothing shows that it is of the author's domain, which wants such mail to be refused",
);
const ARC_VALID: SymbolInfo = SymbolInfo::new("ARC_VALID", "Those who have handed it on have sealed it, and it fits");
const ARC_VOUCHED: SymbolInfo = SymbolInfo::new(
    "ARC_VOUCHED",
    "A house that hands on mail honestly has found it to be of the author's domain before",
);
const ARC_INVALID: SymbolInfo =
    SymbolInfo::new("ARC_INVALID", "Somebody has written into it after it was sealed by those who handed it on");

/// Who sent it, as far as we can tell.
#[derive(Debug)]
pub(super) struct Verify;

impl Check for Verify {
    fn name(&self) -> &'static str {
        "verify"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const {
            &[
                DKIM_VALID,
                SPF_SOFTFAIL,
                DMARC_PASS,
                DMARC_NONE,
                DMARC_QUAR,
                DMARC_REJECT,
                ARC_VALID,
                ARC_VOUCHED,
                ARC_INVALID,
            ]
        }
    }

    fn queries(&self, mail: &Mail<'_>, plan: &mut QueryPlan) {
        let is_signed = mail.has_header("DKIM-Signature") || mail.has_header("ARC-Seal");
        let has_host = mail.trace().client_ip().is_some() && mail.proven_envelope().is_some();
        if mail.account.asks.is_on && from::address(mail).is_some() && (is_signed || has_host) && is_untold(mail) {
            plan.ask(Query::Authentication);
        }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        let (Some(ours), Some(author)) = (mail.authentication.as_deref(), from::address(mail)) else { return };
        let author = author.domain.registrable();
        let found = Found::of(mail);
        let is_author = |domain: &Domain| domain.registrable() == author;
        let valid = || found.own_seals().iter().filter(|seal| seal.state == SealState::Valid);
        if let Some(seal) = valid().find(|seal| !is_author(&seal.domain)) {
            findings.raise(&DKIM_VALID, format!("there is a valid signature of {}", seal.domain));
        }
        if let Some((domain, SpfWord::SoftFail)) = found.own_spf()
            && !valid().any(|seal| is_author(&seal.domain))
        {
            findings.raise(&SPF_SOFTFAIL, format!("{domain} says that this host should not send for it"));
        }
        if ours.dmarc == Dmarc::Pass {
            findings.raise(&DMARC_PASS, format!("it keeps the rules of {author}"));
        }
        let voucher = found.voucher(&author);
        if let Some(policy) = found.own_refusal(&author).filter(|_| voucher.is_none()) {
            let (info, wish) = match policy {
                DmarcPolicy::None => (&DMARC_NONE, "does not mind what is"),
                DmarcPolicy::Quarantine => (&DMARC_QUAR, "wants to have doubted what is"),
                DmarcPolicy::Reject => (&DMARC_REJECT, "wants to have refused what is"),
            };
            findings.raise(info, format!("{author} {wish} not from there, and nothing here is"));
        }
        let Some(arc) = &ours.arc else { return };
        match (&arc.state, voucher, arc.sealers.last()) {
            (ArcState::Valid, Some(sealer), _) => {
                findings.raise(&ARC_VOUCHED, format!("{sealer} found that it was of {author} before it handed it on"));
            }
            (ArcState::Valid, None, Some(sealer)) => findings.raise(&ARC_VALID, format!("sealed by {sealer}")),
            (ArcState::Broken, _, Some(sealer)) => {
                findings.raise(&ARC_INVALID, format!("the seal of {sealer} does not fit it any more"));
            }
            (ArcState::Valid | ArcState::Broken | ArcState::Unknown(_), _, _) => {}
        }
    }
}
