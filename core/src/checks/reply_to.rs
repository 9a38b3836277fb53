//! Where answers would go.

use crate::{check::Check, evidence::Evidence, finding::Findings, mail::Mail, symbol::SymbolInfo};

use super::{from, kind, lists::is_freemail, mailing_list};

const REPLYTO_OTHER_DOMAIN: SymbolInfo =
    SymbolInfo::new("REPLYTO_OTHER_DOMAIN", "Answers would go to another domain than the sender's");
const FREEMAIL_FORGED_REPLYTO: SymbolInfo =
    SymbolInfo::new("FREEMAIL_FORGED_REPLYTO", "Answers would go to a free mailbox although the sender is not there");
const FREEMAIL_REPLYTO: SymbolInfo =
    SymbolInfo::new("FREEMAIL_REPLYTO", "Sender and answers are two different free mailboxes");

/// `Reply-To` against `From`.
#[derive(Debug)]
pub(super) struct ReplyTo;

impl Check for ReplyTo {
    fn name(&self) -> &'static str {
        "reply_to"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[REPLYTO_OTHER_DOMAIN, FREEMAIL_FORGED_REPLYTO, FREEMAIL_REPLYTO] }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        let Some(from) = from::address(mail) else { return };
        let Some(reply) = mail.reply_to().iter().find_map(|reply| reply.address.as_ref()) else { return };
        // Lists point answers at the list or at the writer. That is what they are for.
        if reply == from || mailing_list::list_id(mail).is_some() {
            return;
        }
        let why = || format!("from {from} but answers go to {reply}");
        match (is_freemail(&from.domain), is_freemail(&reply.domain)) {
            (false, true) if kind::is_own_form(mail, from) => {}
            (false, true) => findings.raise(&FREEMAIL_FORGED_REPLYTO, why()),
            (true, true) => findings.raise(&FREEMAIL_REPLYTO, why()),
            (_, false) if from.domain.registrable() != reply.domain.registrable() => {
                findings.raise(&REPLYTO_OTHER_DOMAIN, why());
            }
            (_, false) => {}
        }
    }
}
