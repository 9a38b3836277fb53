//! A claim to be somebody well-known, or the reader's own house, for which the person's provider found no proof (RFC 8601).

use crate::{
    check::Check,
    evidence::Evidence,
    finding::Findings,
    mail::{AuthResult, AuthResults, Domain, Mail},
    proof::{Found, Proof},
    symbol::SymbolInfo,
};

use super::{
    brand::is_agency,
    from, known,
    lists::is_freemail,
    mailing_list,
    text::{short, unmarked},
};

const AUTH_BRAND_NONE: SymbolInfo = SymbolInfo::new(
    "AUTH_BRAND_NONE",
    "It is written as from a well-known house, and your provider found no proof that it is",
);
const AUTH_CLAIM_NONE: SymbolInfo = SymbolInfo::new(
    "AUTH_CLAIM_NONE",
    "It is called like a well-known house, and your provider found no proof of who sent it",
);
const AUTH_OWN_NONE: SymbolInfo = SymbolInfo::new(
    "AUTH_OWN_NONE",
    "It is written as from the reader's own domain, and your provider found no proof that it is",
);

/// Most methods read of one header.
const MOST: usize = 40;

/// Claims against the provider's results.
#[derive(Debug)]
pub(super) struct ProviderDoubt;

impl Check for ProviderDoubt {
    fn name(&self) -> &'static str {
        "provider_doubt"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[AUTH_BRAND_NONE, AUTH_CLAIM_NONE, AUTH_OWN_NONE] }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        let Some(address) = from::address(mail) else { return };
        let Some(results) = mail.provider_results().map(|results| Results::read(&results)) else { return };
        // Lists and bounces are handed on by others, who break seals by trade.
        if mailing_list::list_id(mail).is_some() || mail.content_type() == "multipart/report" {
            return;
        }
        let Some(doubt) = &results.doubt else { return };
        let from = address.domain.registrable();
        // The provider may not have looked for all that there is.
        if Found::of(mail).proof(&from) == Proof::Given {
            return;
        }
        if !results.proves(&from) {
            let is_own = mail.account.identities.iter().any(|me| me.domain.registrable() == from);
            if is_own && !is_freemail(&from) {
                let why = format!("it says it is from your own {from}, but your provider found {doubt}");
                findings.raise(&AUTH_OWN_NONE, why);
            } else if known::owner(&address.domain).is_some() && !is_freemail(&address.domain) {
                let why = format!("it says it is from {from}, but your provider found {doubt}");
                findings.raise(&AUTH_BRAND_NONE, why);
            }
        }
        let name = from::name(mail);
        let is_foreign = known::called(&unmarked(name)).any(|brand| !brand.owns(&address.domain));
        if results.proven.is_empty() && is_foreign && !is_agency(&address.domain) {
            let why = format!("called \"{}\", and your provider found {doubt}", short(name));
            findings.raise(&AUTH_CLAIM_NONE, why);
        }
    }
}

/// What the provider found.
struct Results {
    /// Registrable domains that are proved by a seal or by the host that handed the message in.
    proven: Vec<Domain>,
    /// What was found instead of a proof: `dmarc=fail`.
    doubt: Option<String>,
}

impl Results {
    fn read(results: &AuthResults) -> Self {
        let mut found = Self { proven: Vec::new(), doubt: None };
        for AuthResult { method, result, properties } in results.results.iter().take(MOST) {
            match (method.as_str(), result.as_str()) {
                ("dkim" | "spf" | "dmarc", "pass") => found.proven.extend(properties.iter().filter_map(proved)),
                // An error of the provider's own is no doubt about the sender.
                ("dkim" | "spf" | "dmarc", result @ ("fail" | "softfail" | "none")) => {
                    found.doubt.get_or_insert_with(|| format!("{method}={result}"));
                }
                _ => {}
            }
        }
        found
    }

    fn proves(&self, domain: &Domain) -> bool {
        self.proven.contains(domain)
    }
}

/// The domain that a property of a passed method names.
fn proved((key, value): &(String, String)) -> Option<Domain> {
    if !matches!(key.as_str(), "header.d" | "header.i" | "header.from" | "smtp.mailfrom") {
        return None;
    }
    let name = value.rsplit_once('@').map_or(value.as_str(), |(_, domain)| domain);
    Domain::parse(name).map(|domain| domain.registrable())
}
