//! Whom the message says it is for.

use crate::{
    check::Check,
    evidence::Evidence,
    finding::Findings,
    mail::{Address, Mail},
    symbol::SymbolInfo,
};

use super::{from, mailing_list};

const UNDISC_RECIPS: SymbolInfo = SymbolInfo::new("UNDISC_RECIPS", "The recipients are kept secret");
const MISSING_TO: SymbolInfo = SymbolInfo::new("MISSING_TO", "There is no recipient in the headers");
const MANY_RECIPIENTS: SymbolInfo = SymbolInfo::new("MANY_RECIPIENTS", "It is addressed to very many people at once");
const SORTED_RECIPS: SymbolInfo =
    SymbolInfo::new("SORTED_RECIPS", "The recipients are one piece of an alphabetical list");
const MANY_NEIGHBOURS: SymbolInfo =
    SymbolInfo::new("MANY_NEIGHBOURS", "It went through the addresses of your domain in the order of the alphabet");
const NOT_TO_ME: SymbolInfo = SymbolInfo::new("NOT_TO_ME", "None of your addresses is among the recipients");
const BCC_ONLY: SymbolInfo = SymbolInfo::new("BCC_ONLY", "You have got it as a secret recipient, and not over a list");
const FROM_IS_TO: SymbolInfo = SymbolInfo::new("FROM_IS_TO", "Sender and recipient are the same address");
const TO_NAME_IS_ADDRESS: SymbolInfo =
    SymbolInfo::new("TO_NAME_IS_ADDRESS", "The recipient's name is only the first part of the address");

const MANY: usize = 20;

/// So many of one house stand in alphabetical order by chance once in a hundred and twenty times.
const NEIGHBOURS: usize = 5;

/// `To` and `Cc`.
#[derive(Debug)]
pub(super) struct Recipients;

impl Check for Recipients {
    fn name(&self) -> &'static str {
        "recipients"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const {
            &[
                UNDISC_RECIPS,
                MISSING_TO,
                MANY_RECIPIENTS,
                SORTED_RECIPS,
                MANY_NEIGHBOURS,
                NOT_TO_ME,
                FROM_IS_TO,
                TO_NAME_IS_ADDRESS,
                BCC_ONLY,
            ]
        }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        let to: Vec<&Address> = mail.to().iter().chain(mail.cc()).filter_map(|to| to.address.as_ref()).collect();
        let from = from::address(mail);
        if to.is_empty() {
            nobody(mail, findings);
            in_secret(mail, &to, findings);
            return;
        }
        if MANY <= to.len() {
            findings.raise(&MANY_RECIPIENTS, format!("it is addressed to {} people", to.len()));
        }
        let names: Vec<String> = to.iter().map(|to| to.local.to_lowercase()).collect();
        if 7 <= names.len() && names.is_sorted() {
            findings.raise(&SORTED_RECIPS, format!("{} recipients in alphabetical order", names.len()));
        }
        neighbours(mail, &to, findings);
        if let ([only], Some(from)) = (to.as_slice(), from)
            && *only == from
        {
            findings.raise(&FROM_IS_TO, format!("from {from} to {only}"));
        }
        let me = &mail.account.identities;
        let is_bulk = mailing_list::list_id(mail).is_some();
        let is_told = in_secret(mail, &to, findings);
        if !is_told && !me.is_empty() && !is_bulk && !to.iter().any(|to| mail.account.is_me(to)) {
            findings.raise(
                &NOT_TO_ME,
                format!("it is addressed to {}", to.first().map(ToString::to_string).unwrap_or_default()),
            );
        }
        let named = mail.to().iter().find(|to| {
            let local = to.address.as_ref().map_or("", |address| &address.local);
            !local.is_empty() && to.name.eq_ignore_ascii_case(local)
        });
        if let Some(named) = named {
            findings.raise(&TO_NAME_IS_ADDRESS, format!("the recipient is called \"{}\"", named.name));
        }
    }
}

/// Whether it came to an address of the person's that it does not name. Lists do that, and who sends on what was sent to
/// another of the person's addresses: such a message names the address that an older host has taken it for.
fn in_secret(mail: &Mail<'_>, to: &[&Address], findings: &mut Findings) -> bool {
    let Some(delivered) = mail.delivered_to().filter(|delivered| mail.account.is_me(delivered)) else { return false };
    let is_mine = |to: &&Address| mail.account.is_me(to);
    let is_taken_for = |to: &&Address| mail.trace().hops.iter().any(|hop| hop.recipient.as_ref() == Some(*to));
    let is_list = ["List-Id", "List-Post", "List-Unsubscribe", "Mailing-List"].iter().any(|name| mail.has_header(name));
    if is_list || mail.has_header("Resent-To") || to.iter().any(|to| is_mine(to) || is_taken_for(to)) {
        return false;
    }
    let to_whom = to.first().map_or_else(|| "nobody".to_owned(), ToString::to_string);
    findings.raise(&BCC_ONLY, format!("it came to {delivered}, but is addressed to {to_whom}"));
    true
}

/// Who has gathered addresses works through them by the alphabet, house by house.
fn neighbours(mail: &Mail<'_>, to: &[&Address], findings: &mut Findings) {
    let Some(me) = to.iter().find(|to| mail.account.is_me(to)) else { return };
    let beside = to.iter().filter(|to| to.domain == me.domain);
    let names: Vec<String> = beside.map(|to| to.local.to_lowercase()).collect();
    if NEIGHBOURS <= names.len() && names.is_sorted_by(|a, b| a < b) {
        let why = format!("it went to {} addresses of {} in alphabetical order", names.len(), me.domain);
        findings.raise(&MANY_NEIGHBOURS, why);
    }
}

fn nobody(mail: &Mail<'_>, findings: &mut Findings) {
    let written = mail.header("To").unwrap_or_default().to_ascii_lowercase();
    if written.contains("undisclosed") || written.contains("recipient list") {
        findings.raise(&UNDISC_RECIPS, "the recipients are not named");
    } else if written.is_empty() {
        findings.raise(&MISSING_TO, "no recipient is named");
    }
}
