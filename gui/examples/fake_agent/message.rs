//! Messages that the pretended agent has, and what it does with them: read as the real one reads them.

use tamis_core::{
    Arrival, Mail,
    api::{MailId, MailRow, Reply},
    mail::{AccountFacts, Domain},
    page,
};

use crate::state::{State, done, messages, refused};

const HEAD: &str = "Received: from friendly.example (dsl-7.home.example [203.0.113.7]) by mx1.example.org with ESMTP; \
    Tue, 14 Nov 2023 22:13:20 +0000\n";

const RESULTS: &str = "Authentication-Results: mx1.example.org; spf=fail smtp.mailfrom=service@paypa1-alerts.example;\n \
    dkim=pass header.d=paypa1-alerts.example; dmarc=fail header.from=paypa1-alerts.example\n";

const PAGE: &str = "<h2>We have limited your account</h2><p>Dear customer,</p><p>We noticed <b>unusual activity</b> on your \
    account. For your safety we have limited what you can do until you <i>confirm your identity</i>.</p><ul><li>Sign in \
    within 24 hours<li>Follow the steps of the security team</ul><p>Please go to \
    <a href='https://paypa1-alerts.example/c?id=9f3b1a7700e2&amp;next=confirm-your-identity'>https://www.paypal.com/confirm</a> \
    or your account will be closed and all funds will be held back.</p><table><tr><th>Case</th><th>Date</th></tr><tr><td>\
    PP-4711-88</td><td>14 November</td></tr></table><blockquote>You wrote: what has happened to my account?</blockquote><p>אם \
    אינך מצליח לפתוח את הקישור, העתק אותו לשורת הכתובת של הדפדפן שלך ולחץ על המקש.</p><hr><p>Yours sincerely,<br>The security \
    team · <a href='https://list.example/u'>Unsubscribe</a></p><p style='display:none'>newsletter garden meeting thursday \
    recipe weather holiday</p>";

/// The source of a message.
fn raw(row: &MailRow) -> String {
    let (name, address, subject) = (&row.from_name, &row.from_address, &row.subject);
    let head = format!(
        "{RESULTS}{HEAD}From: {name} <{address}>\nTo: Ada Lovelace <ada@example.org>\nSubject: {subject}\n\
         Date: Tue, 14 Nov 2023 21:13:25 +0000\nMIME-Version: 1.0\n"
    );
    if row.class == "ham" {
        return format!(
            "{head}Content-Type: text/plain; charset=utf-8\n\nHello,\n\n{subject}\n\n> See https://example.org/notes\n> and tell me\n\nSee you\n"
        );
    }
    format!(
        "{head}Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html; charset=utf-8\n\n{PAGE}\n\
         --b\nContent-Type: application/pdf; name=\"invoice.pdf\"\nContent-Transfer-Encoding: base64\n\
         Content-Disposition: attachment\n\nf0VMRgIBAQAAAAAAAAAAAAMAPgABAAAA\n\
         --b\nContent-Type: image/jpeg; name=\"logo.jpg\"\nContent-Transfer-Encoding: base64\n\
         Content-Disposition: attachment\n\n/9j/4AAQSkZJRgABAQEASABIAAD/\n--b--\n"
    )
}

fn parsed<T>(row: &MailRow, take: impl FnOnce(&Mail<'_>) -> T) -> T {
    let provider = Domain::parse("example.org").into_iter().collect();
    let account = AccountFacts { provider, ..AccountFacts::default() };
    take(&Mail::parse(raw(row).as_bytes(), &Arrival { account, ..Arrival::default() }))
}

/// What is shown of a message.
pub(crate) fn preview(row: &MailRow) -> page::Preview {
    parsed(row, |mail| page::preview(mail, &[]))
}

impl State {
    pub(crate) fn source(&self, id: MailId) -> Reply {
        match self.rows.iter().find(|row| row.id == id) {
            Some(row) => Reply::Source(Box::new(parsed(row, page::source))),
            None => refused("There is no such message").0,
        }
    }

    pub(crate) fn delete(&mut self, ids: &[MailId]) -> (Reply, bool) {
        let before: Vec<MailRow> = self.rows.iter().filter(|row| ids.contains(&row.id)).cloned().collect();
        for row in self.rows.iter_mut().filter(|row| ids.contains(&row.id)) {
            row.folder = String::new();
            row.is_archived = true;
            self.done.insert(row.id);
        }
        let number = messages(before.len());
        let batch = self.write_down("delete", format!("deletion of {number}"), before);
        done(format!("{number} deleted"), Some(batch))
    }

    pub(crate) fn train(&mut self, label: &str, files: usize) -> (Reply, bool) {
        let what = if label == "spam" { "spam" } else { "good" };
        let text = format!("{} learned as {what}", messages(files));
        let batch = self.write_down("train", format!("{text} from files"), Vec::new());
        done(text, Some(batch))
    }
}
