//! Leaving a mailing, when the person asks for it: with one post (RFC 8058), or with a message (RFC 2369).
//!
//! Whoever asks to be let go says that somebody reads the address. So nothing is asked of the sender of spam, and nothing of
//! a sender that the provider has not authenticated: then only the page is named, which the person may open or not. Where the
//! author's signature does not cover what is to be asked, a message is shown to the person before it is written.

use std::time::Duration;

use tamis_core::{
    Arrival, Class, Config, Mail,
    api::{Leaving, MailId, RefusedKind, Reply},
    config::{Account, Smtp},
    learn::Label,
    mail::{UnsubscribeMail, is_of_sender, unsubscribe},
};
use tracing::info;

use super::{Agent, desk, requests};
use crate::{
    clock,
    https::{self, Reach},
    keys,
    secret::Secret,
    store::{
        StoreError,
        mail::{self, StoredMail},
    },
    submit::{self, Note, Outlook},
    tls::TlsSettings,
    words::one_line,
};

/// How much of a message is read: the header is in it.
const MOST_BYTES: usize = 256 << 10;

/// What is posted (RFC 8058, 3.1).
const FORM: &str = "List-Unsubscribe=One-Click";

/// How long the keyring may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Symbols that say that the sender is who it says to be.
const AUTHENTICATED: [&str; 2] = ["DKIM_VALID_AU", "SPF_PASS"];

/// A way out.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Way {
    /// A post to this address.
    Click(String),
    /// A message.
    Mail(UnsubscribeMail),
    /// A message, of which nothing proves that the sender has named it.
    Doubtful(UnsubscribeMail),
    /// A page for the person.
    Page(String),
}

/// What the window can offer for a message of which `raw` is the whole.
pub(super) fn offer(config: &Config, found: &StoredMail, raw: &[u8]) -> Option<Leaving> {
    if !may_know(found) {
        return None;
    }
    let account = config.accounts().iter().find(|account| account.name == found.account_name)?;
    Some(match way(config, account, found, raw)? {
        Way::Click(url) => Leaving::ByItself(host(&url)),
        Way::Mail(mail) => Leaving::ByItself(mail.to.to_string()),
        Way::Doubtful(mail) => {
            let (subject, text) = words(&mail);
            Leaving::ByMessage { to: mail.to.to_string(), subject, text }
        }
        Way::Page(url) => Leaving::OnPage { host: host(&url), url },
    })
}

/// Leaves it. A doubtful message is written only if the person has seen it and says so with `by_message`.
pub(super) async fn leave(agent: &Agent, id: MailId, by_message: bool) -> Result<Reply, StoreError> {
    let shared = &agent.shared;
    let found = shared.store.run(move |db| mail::mail(db, id)?.ok_or(StoreError::UnknownMail(id))).await?;
    if !may_know(&found) {
        let text = "this message is spam: to ask its sender for anything would tell that somebody reads this address";
        return Ok(refused(text.to_owned(), RefusedKind::Person));
    }
    let config = shared.config();
    let Some(account) = config.accounts().iter().find(|account| account.name == found.account_name) else {
        let text = format!("the account {} is no longer watched", one_line(&found.account_name));
        return Ok(refused(text, RefusedKind::Person));
    };
    let raw = match requests::whole(agent, found.judged.account, id).await {
        Ok(raw) => raw,
        Err(text) => return Ok(refused(text, RefusedKind::Outside)),
    };
    let reply = match way(&config, account, &found, &raw) {
        None => refused("this message does not say how its mailing can be left".to_owned(), RefusedKind::Person),
        Some(Way::Page(url)) => {
            let text = format!("this mailing can only be left on a page of {}: {}", host(&url), one_line(&url));
            refused(text, RefusedKind::Person)
        }
        Some(Way::Click(url)) => click(url, Reach::Public).await,
        Some(Way::Doubtful(mail)) if !by_message => refused(doubts(&mail, id), RefusedKind::Person),
        Some(Way::Mail(mail) | Way::Doubtful(mail)) => write(account, &shared.tls, &mail).await,
    };
    info!(account = found.judged.account.0, is_done = matches!(reply, Reply::Done { .. }), "a mailing was to be left");
    Ok(reply)
}

/// Whether the sender may learn that somebody reads this. The person's word counts for more than ours.
fn may_know(found: &StoredMail) -> bool {
    match found.taught {
        Some(Label::Spam) => false,
        Some(Label::Ham) => true,
        None => found.judged.class != Class::Spam,
    }
}

/// The best way out.
fn way(config: &Config, account: &Account, found: &StoredMail, raw: &[u8]) -> Option<Way> {
    let raw = raw.get(..raw.len().min(MOST_BYTES)).unwrap_or(raw);
    let arrival = Arrival { account: desk::facts(account, config), ..Arrival::default() };
    let mail = Mail::parse(raw, &arrival);
    let ways = unsubscribe(&mail)?;
    let is_authenticated = found.judged.reasons.iter().any(|reason| AUTHENTICATED.contains(&reason.symbol.as_str()));
    if is_authenticated && let Some(url) = ways.one_click {
        return Some(Way::Click(url));
    }
    if is_authenticated
        && account.smtp.is_some()
        && let Some(to_write) = ways.mailto
        && is_of_sender(&mail, &to_write.to)
    {
        return Some(if ways.is_signed { Way::Mail(to_write) } else { Way::Doubtful(to_write) });
    }
    let mut pages = ways.pages;
    let safe = pages.iter().position(|page| page.starts_with("https:")).unwrap_or_default();
    (safe < pages.len()).then(|| Way::Page(pages.swap_remove(safe)))
}

async fn click(url: String, reach: Reach) -> Reply {
    let host = host(&url);
    let posted = tokio::task::spawn_blocking(move || https::post(&url, FORM, &reach)).await;
    match posted {
        Ok(Ok(200..300)) => done(format!("{host} was asked to take you off its list, and agreed")),
        Ok(Ok(300..400)) => {
            let text = format!("{host} does not do it by itself but wants you to open a page, so nothing was changed");
            refused(text, RefusedKind::Outside)
        }
        Ok(Ok(status)) => {
            let text = format!("{host} did not take the request (it answered {status}); try again later");
            refused(text, RefusedKind::Outside)
        }
        Ok(Err(error)) => refused(format!("{host} could not be asked: {error}"), RefusedKind::Outside),
        Err(_) => refused(format!("{host} could not be asked because of a fault in Tamis"), RefusedKind::Outside),
    }
}

async fn write(account: &Account, tls: &TlsSettings, mail: &UnsubscribeMail) -> Reply {
    let Some(smtp) = &account.smtp else {
        return refused("the settings do not say how mail is sent".to_owned(), RefusedKind::Person);
    };
    let secret = match password(account, smtp).await {
        Ok(secret) => secret,
        Err(text) => return refused(text, RefusedKind::Outside),
    };
    let (subject, text) = words(mail);
    let note = Note { to: &mail.to, subject: &subject, text: &text, at: clock::now() };
    let to = one_line(&mail.to.to_string());
    match submit::send(account, smtp, &secret, tls, &note).await {
        Ok(()) => done(format!("a message to {to} asks to take you off its list")),
        Err(error) if error.outlook() == Outlook::MaybeSent => {
            refused(format!("it is not known whether the message to {to} was sent: {error}"), RefusedKind::Outside)
        }
        Err(error) => refused(format!("no message could be sent to {to}: {error}"), RefusedKind::Outside),
    }
}

/// The subject and the text of a message, which are never empty.
fn words(mail: &UnsubscribeMail) -> (String, String) {
    let or_usual = |text: &str| if text.is_empty() { "unsubscribe".to_owned() } else { text.to_owned() };
    (or_usual(&mail.subject), or_usual(&mail.body))
}

/// Why a message is not written yet, and how it would read.
fn doubts(mail: &UnsubscribeMail, MailId(id): MailId) -> String {
    let (to, (subject, text)) = (one_line(&mail.to.to_string()), words(mail));
    let (subject, text) = (one_line(&subject), one_line(&text));
    format!(
        "nothing proves that the sender wants this message to {to}: subject \u{201C}{subject}\u{201D}, text \u{201C}{text}\u{201D}; \
         if it may be sent, say so with: tamis-agent unsubscribe --by-message {id}"
    )
}

async fn password(account: &Account, smtp: &Smtp) -> Result<Secret, String> {
    let (account, smtp) = (account.clone(), smtp.clone());
    let asked = tokio::task::spawn_blocking(move || keys::smtp_password(&account, &smtp));
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(answer)) => answer.map_err(|error| error.to_string()),
        Ok(Err(_)) => Err("the password for sending cannot be had because of a fault in Tamis".to_owned()),
        Err(_) => Err("the password for sending cannot be had: the keyring does not answer".to_owned()),
    }
}

/// The host of an address on the web. Those that come here have neither user nor password in front of it, and browsers read
/// `\` as `/` (WHATWG URL, 4.4).
fn host(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    one_line(rest.split(['/', '\\', '?', '#', ':']).next().unwrap_or(rest))
}

fn done(text: String) -> Reply {
    Reply::Done { text, undo: None }
}

fn refused(text: String, kind: RefusedKind) -> Reply {
    Reply::Refused { text, kind }
}

#[cfg(test)]
mod tests;
