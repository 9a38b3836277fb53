//! The `Message-ID`.

use crate::{
    check::Check,
    evidence::Evidence,
    finding::Findings,
    mail::{Domain, Mail},
    symbol::SymbolInfo,
};

use super::{from, text::short};

const MISSING_MID: SymbolInfo = SymbolInfo::new("MISSING_MID", "There is no Message-ID");
const INVALID_MSGID: SymbolInfo = SymbolInfo::new("INVALID_MSGID", "The Message-ID is not of the form name@host");
const MID_RHS_NOT_FQDN: SymbolInfo =
    SymbolInfo::new("MID_RHS_NOT_FQDN", "The Message-ID's host is not a full domain name");
const MID_IS_RECIPIENT: SymbolInfo =
    SymbolInfo::new("MID_IS_RECIPIENT", "The Message-ID claims to be made at the recipient's own domain");

/// The `Message-ID`.
#[derive(Debug)]
pub(super) struct MessageId;

impl Check for MessageId {
    fn name(&self) -> &'static str {
        "message_id"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[MISSING_MID, INVALID_MSGID, MID_RHS_NOT_FQDN, MID_IS_RECIPIENT] }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        let id = match mail.message_id().map(str::trim) {
            None | Some("") => return findings.raise(&MISSING_MID, "there is no Message-ID header"),
            Some(id) => id,
        };
        let Some((name, host)) = id.rsplit_once('@') else {
            return findings.raise(&INVALID_MSGID, format!("\"{}\" has no host", short(id)));
        };
        if name.is_empty() || host.is_empty() || id.contains(char::is_whitespace) {
            return findings.raise(&INVALID_MSGID, format!("\"{}\" is not of the form name@host", short(id)));
        }
        if !host.contains('.') && !host.starts_with('[') {
            return findings.raise(&MID_RHS_NOT_FQDN, format!("it was made on a host that calls itself {host:?}"));
        }
        // Groups that take answers themselves make new ids; that is no disguise.
        let recipient = mail.to().iter().filter_map(|to| to.address.as_ref()).find(|to| to.domain.as_str() == host);
        if let (Some(to), Some(from)) = (recipient, from::address(mail))
            && from.domain.registrable() != to.domain.registrable()
            && !answers_go_to(mail, &to.domain)
        {
            findings.raise(&MID_IS_RECIPIENT, format!("made at {host}, where the recipient is, not the sender"));
        }
    }
}

fn answers_go_to(mail: &Mail<'_>, domain: &Domain) -> bool {
    mail.reply_to().iter().filter_map(|reply| reply.address.as_ref()).any(|reply| reply.domain == *domain)
}
