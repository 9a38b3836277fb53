//! Lists, calendars, bounces: mail whose kind speaks for it.

use crate::{check::Check, evidence::Evidence, finding::Findings, mail::Mail, symbol::SymbolInfo};

use super::{kind, text::short};

const MAILING_LIST: SymbolInfo = SymbolInfo::new("MAILING_LIST", "It came over a mailing list that can be left");
const CALENDAR: SymbolInfo = SymbolInfo::new("CALENDAR", "It is an invitation or answer from a calendar");
const BOUNCE_REPORT: SymbolInfo = SymbolInfo::new("BOUNCE_REPORT", "It is a report about the delivery of a message");

/// What kind of mail it is.
#[derive(Debug)]
pub(super) struct MailingList;

impl Check for MailingList {
    fn name(&self) -> &'static str {
        "mailing_list"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[MAILING_LIST, CALENDAR, BOUNCE_REPORT] }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        if let Some(id) = list_id(mail) {
            findings.raise(&MAILING_LIST, format!("it came over the list \"{}\"", short(id)));
        }
        let is_calendar = |kind: &str| kind == "text/calendar" || kind == "application/ics";
        if is_calendar(mail.content_type()) || mail.attachments().iter().any(|file| is_calendar(&file.content_type)) {
            findings.raise(&CALENDAR, "there is a calendar entry in it");
        }
        // Nobody is named in mail from nowhere; some servers name themselves.
        let has_no_sender = mail.envelope_from().is_none() || kind::is_from_server(mail);
        if mail.content_type() == "multipart/report" && has_no_sender {
            findings.raise(&BOUNCE_REPORT, "it is a multipart/report without a sender to answer");
        }
    }
}

/// The id of the mailing list it came over, if it says how to leave it too.
pub(super) fn list_id<'a>(mail: &'a Mail<'_>) -> Option<&'a str> {
    let id = mail.header("List-Id")?;
    mail.has_header("List-Unsubscribe").then_some(id)
}
