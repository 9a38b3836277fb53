//! Leaving a mailing, when the person asks for it: with one post (RFC 8058), or with a message (RFC 2369).
//!
//! Whoever asks to be let go says that somebody reads the address. So nothing is asked of the sender of spam, and nothing of
//! a sender that the provider has not authenticated: then only the page is named, which the person may open or not. Where the
//! author's signature does not cover what is to be asked, a message is shown to the person before it is written.

use std::{collections::BTreeSet, time::Duration};

use tamis_core::{
    Arrival, Class, Config, Mail,
    api::{Leaving, MailId, RefusedKind, Reply},
    config::{Account, Smtp},
    learn::Label,
    mail::{UnsubscribeMail, is_of_sender, unsubscribe},
};
use tokio::time::Instant;
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
    words::{count, one_line},
};

/// How much of a message is read: the header is in it.
const MOST_BYTES: usize = 256 << 10;

/// What is posted (RFC 8058, 3.1).
const FORM: &str = "List-Unsubscribe=One-Click";

/// As many as can be left while somebody waits for it.
const MOST_AT_ONCE: usize = 50;

/// How long somebody waits for all of them: after that no other is begun.
const PATIENCE_FOR_ALL: Duration = Duration::from_mins(1);

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

impl Way {
    /// Where it leads, with what is said there: what leads to one place is one mailing.
    fn target(&self) -> String {
        match self {
            Self::Click(url) | Self::Page(url) => url.clone(),
            Self::Mail(mail) | Self::Doubtful(mail) => {
                let (subject, text) = words(mail);
                format!("mailto:{}\n{subject}\n{text}", mail.to)
            }
        }
    }
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
    let found = find(agent, id).await?;
    Ok(match way_out(agent, &found).await {
        Ok((account, way)) => go(agent, &account, &found, way, by_message).await,
        Err(refusal) => refusal,
    })
}

async fn find(agent: &Agent, id: MailId) -> Result<StoredMail, StoreError> {
    agent.shared.store.run(move |db| mail::mail(db, id)?.ok_or(StoreError::UnknownMail(id))).await
}

/// The account and the way out, or why there is none.
async fn way_out(agent: &Agent, found: &StoredMail) -> Result<(Account, Way), Reply> {
    if !may_know(found) {
        let text = "this message is spam: to ask its sender for anything would tell that somebody reads this address";
        return Err(refused(text.to_owned(), RefusedKind::Person));
    }
    let config = agent.shared.config();
    let Some(account) = config.accounts().iter().find(|account| account.name == found.account_name) else {
        let text = format!("the account {} is no longer watched", one_line(&found.account_name));
        return Err(refused(text, RefusedKind::Person));
    };
    let raw = requests::whole(agent, found.judged.account, found.id).await;
    let raw = raw.map_err(|text| refused(text, RefusedKind::Outside))?;
    let way = way(&config, account, found, &raw).ok_or_else(|| {
        refused("this message does not say how its mailing can be left".to_owned(), RefusedKind::Person)
    });
    Ok((account.clone(), way?))
}

async fn go(agent: &Agent, account: &Account, found: &StoredMail, way: Way, by_message: bool) -> Reply {
    let reply = match way {
        Way::Page(url) => {
            let text = format!("this mailing can only be left on a page of {}: {}", host(&url), one_line(&url));
            refused(text, RefusedKind::Person)
        }
        Way::Click(url) => click(url, Reach::Public).await,
        Way::Doubtful(mail) if !by_message => refused(doubts(&mail, found.id), RefusedKind::Person),
        Way::Mail(mail) | Way::Doubtful(mail) => write(account, &agent.shared.tls, &mail).await,
    };
    info!(account = found.judged.account.0, is_done = matches!(reply, Reply::Done { .. }), "a mailing was to be left");
    reply
}

/// Leaves the mailings of these messages, one after the other, where that needs no other word of the person. Two mailings of
/// one sender are left both; what has one way out is one mailing.
pub(super) async fn leave_all(agent: &Agent, ids: Vec<MailId>) -> Result<Reply, StoreError> {
    if MOST_AT_ONCE < ids.len() {
        let text = format!("at most {MOST_AT_ONCE} messages can be unsubscribed from at once");
        return Ok(refused(text, RefusedKind::Person));
    }
    let deadline = Instant::now() + PATIENCE_FOR_ALL;
    let (mut left, mut faults, mut late) = (BTreeSet::new(), Vec::new(), 0);
    for id in ids {
        if deadline <= Instant::now() {
            late += 1;
        } else if let Err((target, fault)) = leave_once(agent, id, &mut left).await
            && !faults.iter().any(|(known, _)| *known == target)
        {
            faults.push((target, fault));
        }
    }
    // Another message may have named the same way out with better proof.
    let faults: Vec<String> =
        faults.into_iter().filter(|(target, _)| !left.contains(target)).map(|(_, fault)| fault).collect();
    Ok(told(left.len(), &faults, late))
}

/// Leaves a mailing if it is not among those that are `left` already. A fault is told with the way out, or with itself if
/// there is none, and says of whom it is.
async fn leave_once(agent: &Agent, id: MailId, left: &mut BTreeSet<String>) -> Result<(), (String, String)> {
    let found = find(agent, id).await.map_err(|err| {
        let fault = format!("message {}: {err}", id.0);
        (fault.clone(), fault)
    })?;
    let name = match found.judged.from_name.as_str() {
        "" => one_line(&found.judged.from_address),
        name => one_line(name),
    };
    let (target, reply) = match way_out(agent, &found).await {
        Ok((_, way)) if left.contains(&way.target()) => return Ok(()),
        Ok((account, way)) => (Some(way.target()), go(agent, &account, &found, way, false).await),
        Err(refusal) => (None, refusal),
    };
    if let Reply::Refused { text, .. } = reply {
        let fault = format!("{name}: {text}");
        return Err((target.unwrap_or_else(|| fault.clone()), fault));
    }
    left.extend(target);
    Ok(())
}

/// What has come of it: so many left, what was not, and for so many messages there was no time.
fn told(left: usize, faults: &[String], late: usize) -> Reply {
    let mut parts = Vec::new();
    if 0 < left || (faults.is_empty() && late == 0) {
        parts.push(format!("unsubscribed from {}", count(left, "mailing")));
    }
    parts.extend(faults.first().map(|first| format!("not done for {first}")));
    if let more @ 1.. = faults.len().saturating_sub(1) {
        parts.push(format!("and for {more} more"));
    }
    if 0 < late {
        parts.push(format!("there was no time for {}", count(late, "message")));
    }
    let text = parts.join("; ");
    if left == 0 && (!faults.is_empty() || 0 < late) { refused(text, RefusedKind::Person) } else { done(text) }
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
