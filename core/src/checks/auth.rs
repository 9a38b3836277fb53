//! What the person's own provider found out about the sender (RFC 8601).

use crate::{
    check::Check,
    evidence::Evidence,
    finding::Findings,
    mail::{Domain, Mail, domain_of},
    symbol::SymbolInfo,
};

use super::from;

const DKIM_VALID_AU: SymbolInfo = SymbolInfo::new("DKIM_VALID_AU", "The author's domain has signed it");
const SIGNED_BULK: SymbolInfo = SymbolInfo::new("SIGNED_BULK", "A signed mailing that says how to leave it");
const SPF_PASS: SymbolInfo = SymbolInfo::new("SPF_PASS", "The author's domain says that this host may send for it");
const SPF_FAIL: SymbolInfo = SymbolInfo::new("SPF_FAIL", "The sender's domain says that this host may not send for it");
const DKIM_INVALID: SymbolInfo = SymbolInfo::new("DKIM_INVALID", "It is signed, but the signature is wrong");
const DMARC_FAIL: SymbolInfo = SymbolInfo::new("DMARC_FAIL", "The author's domain does not vouch for it");

/// `Authentication-Results` of the provider.
#[derive(Debug)]
pub(super) struct Auth;

impl Check for Auth {
    fn name(&self) -> &'static str {
        "auth"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[DKIM_VALID_AU, SIGNED_BULK, SPF_PASS, SPF_FAIL, DKIM_INVALID, DMARC_FAIL] }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        let Some(results) = mail.provider_results() else { return };
        let Some(author) = from::address(mail) else { return };
        let author = author.domain.registrable();
        let is_author = |domain: Option<Domain>| domain.is_some_and(|domain| domain.registrable() == author);
        let mut is_signed = false;
        let mut is_spoilt = false;
        for found in &results.results {
            match (found.method.as_str(), found.result.as_str()) {
                ("dkim", "pass") if is_author(found.signer()) => {
                    is_signed = true;
                    findings.raise(&DKIM_VALID_AU, format!("your provider found a valid signature of {author}"));
                }
                ("dkim", "fail") => is_spoilt = true,
                ("spf", "pass") if is_author(found.property("smtp.mailfrom").and_then(domain_of)) => {
                    findings.raise(&SPF_PASS, format!("your provider found that this host may send for {author}"));
                }
                ("spf", "fail") => findings.raise(&SPF_FAIL, "your provider found that this host may not send for it"),
                ("dmarc", "fail") => {
                    findings.raise(&DMARC_FAIL, format!("your provider found that {author} does not vouch for it"));
                }
                _ => {}
            }
        }
        if is_signed && mail.has_header("List-Unsubscribe") {
            findings.raise(&SIGNED_BULK, format!("signed by {author}, with a way to leave"));
        }
        if is_spoilt && !is_signed {
            findings.raise(&DKIM_INVALID, "your provider found the signature wrong");
        }
    }
}
