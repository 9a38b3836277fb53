//! What the person's own provider found out about the sender (RFC 8601), and what we did where it says nothing.

use crate::{
    check::Check,
    evidence::Evidence,
    finding::Findings,
    mail::{Domain, Mail, SealState, SpfWord, domain_of},
    proof::Found,
    symbol::SymbolInfo,
};

use super::{
    from,
    lists::{WELL_BEHAVED, entry_above},
};

const DKIM_VALID_AU: SymbolInfo = SymbolInfo::new("DKIM_VALID_AU", "The author's domain has signed it");
const SIGNED_BULK: SymbolInfo = SymbolInfo::new("SIGNED_BULK", "A signed mailing that says how to leave it");
const WELL_BEHAVED_SENDER: SymbolInfo =
    SymbolInfo::new("WELL_BEHAVED_SENDER", "Signed by a large house that lets nobody else write in its name");
const SPF_PASS: SymbolInfo = SymbolInfo::new("SPF_PASS", "The author's domain says that this host may send for it");
const SPF_FAIL: SymbolInfo = SymbolInfo::new("SPF_FAIL", "The sender's domain says that this host may not send for it");
const DKIM_INVALID: SymbolInfo = SymbolInfo::new("DKIM_INVALID", "It is signed, but the signature is wrong");
const DMARC_FAIL: SymbolInfo = SymbolInfo::new("DMARC_FAIL", "The author's domain does not vouch for it");

/// `Authentication-Results` of the provider, and our own look.
#[derive(Debug)]
pub(super) struct Auth;

impl Check for Auth {
    fn name(&self) -> &'static str {
        "auth"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[DKIM_VALID_AU, SIGNED_BULK, WELL_BEHAVED_SENDER, SPF_PASS, SPF_FAIL, DKIM_INVALID, DMARC_FAIL] }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        let Some(author) = from::address(mail) else { return };
        let house = entry_above(&WELL_BEHAVED, &author.domain).and_then(Domain::parse);
        let author = author.domain.registrable();
        let found = Found::of(mail);
        let mut seen = Seen::default();
        said_by_provider(&found, &author, &mut seen, findings);
        seen_ourselves(&found, &author, &mut seen, findings);
        if !seen.signers.is_empty() && mail.has_header("List-Unsubscribe") {
            findings.raise(&SIGNED_BULK, format!("signed by {author}, with a way to leave"));
        }
        if let Some(house) = house.filter(|house| seen.signers.iter().any(|signer| signer.is_within(house))) {
            let why = format!("signed by {house}, which lets nobody else write in its name");
            findings.raise(&WELL_BEHAVED_SENDER, why);
        }
        if let Some(why) = seen.spoilt.filter(|_| seen.signers.is_empty()) {
            findings.raise(&DKIM_INVALID, why);
        }
    }
}

/// What there is of signatures.
#[derive(Default)]
struct Seen {
    /// Those of the author's domain that are valid.
    signers: Vec<Domain>,
    /// What is wrong with one that is not.
    spoilt: Option<&'static str>,
}

fn said_by_provider(found: &Found<'_>, author: &Domain, seen: &mut Seen, findings: &mut Findings) {
    let is_author = |domain: &Domain| domain.registrable() == *author;
    for result in &found.theirs {
        match (result.method.as_str(), result.result.as_str()) {
            ("dkim", "pass") if result.signer().as_ref().is_some_and(is_author) => {
                seen.signers.extend(result.signer());
                findings.raise(&DKIM_VALID_AU, format!("your provider found a valid signature of {author}"));
            }
            ("dkim", "fail") => seen.spoilt = Some("your provider found the signature wrong"),
            ("spf", "pass") if result.property("smtp.mailfrom").and_then(domain_of).as_ref().is_some_and(is_author) => {
                findings.raise(&SPF_PASS, format!("your provider found that this host may send for {author}"));
            }
            ("spf", "fail") => findings.raise(&SPF_FAIL, "your provider found that this host may not send for it"),
            ("dmarc", "fail") => {
                findings.raise(&DMARC_FAIL, format!("your provider found that {author} does not vouch for it"));
            }
            _ => {}
        }
    }
}

fn seen_ourselves(found: &Found<'_>, author: &Domain, seen: &mut Seen, findings: &mut Findings) {
    let is_author = |domain: &Domain| domain.registrable() == *author;
    let of_author = || found.own_seals().iter().filter(|seal| is_author(&seal.domain));
    for seal in of_author().filter(|seal| seal.state == SealState::Valid) {
        seen.signers.push(seal.domain.clone());
        findings.raise(&DKIM_VALID_AU, format!("there is a valid signature of {author}"));
    }
    let word = found.own_spf();
    let is_of_author = word.is_some_and(|(domain, word)| *word == SpfWord::Pass && is_author(domain));
    if is_of_author {
        findings.raise(&SPF_PASS, format!("the domain says that this host may send for {author}"));
    }
    // Some mailboxes put a message together anew, and no seal outlives that: whatever else proves the author is enough.
    let is_proven = is_of_author || found.voucher(author).is_some();
    let is_spoilt = |state: &SealState| matches!(state, SealState::TextChanged | SealState::HeadChanged);
    if !is_proven && found.is_all_told(author) && of_author().any(|seal| is_spoilt(&seal.state)) {
        seen.spoilt = Some("the signature of the author's domain does not fit the message");
    }
    if let Some((domain, SpfWord::Fail)) = word
        && seen.signers.is_empty()
    {
        findings.raise(&SPF_FAIL, format!("{domain} says that this host may not send for it"));
    }
}
