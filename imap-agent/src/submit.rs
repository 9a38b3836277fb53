//! Hands a message on to another address, through the server that takes the person's own mail (RFC 6409).
//!
//! ```text
//! letter   the message as it is, with the lines on top that say who has resent it (RFC 5322, 3.6.6)
//! talk     the conversation with the server; the only file that names mail-send
//! wire     the server's bytes a line at a time, and an end to waiting
//! (TLS over) TCP
//! ```
//!
//! The library is `mail-send`, because it speaks over a stream of ours (so that what is trusted is decided in `tls`, as for
//! IMAP), writes nothing to the log, limits the length of a reply and brings two small crates with it; `lettre` has no way
//! to hand over a stream that has been protected by STARTTLS, and `async-smtp` logs passwords and reads replies of any
//! length.
//!
//! The one promise: `Ok` means that the server has said so to the end of the message. Whatever else happened,
//! [`SubmitError::outlook`] says whether it may be tried again, and whether the message may have been sent all the same.

mod letter;
mod note;
mod submit_error;
mod talk;
mod wire;

use std::{io, time::Duration};

use tamis_core::config::{Account, PasswordSource, Security, Smtp};
use tokio::time::timeout;

pub(crate) use self::letter::written;
pub use self::{
    letter::Letter,
    note::Note,
    submit_error::{Outlook, Reply, Stage, SubmitError},
};
use self::{letter::Sealed, talk::Talk};
use crate::{
    mailbox::{ConnectError, Problem, Stream, bare, dial, is_this_machine},
    secret::Secret,
    tls::{TlsError, TlsSettings},
};

/// Waiting for the server in all, from the greeting to its last word. RFC 5321 (4.5.3.2) would give it up to ten minutes
/// for each answer; the rest of the mail waits meanwhile, and what is not known can be tried again.
const PATIENCE: Duration = Duration::from_mins(2);

const HANDSHAKE_LIMIT: Duration = Duration::from_secs(20);

/// From the name of the server to the end of the login.
const CONNECT_LIMIT: Duration = Duration::from_mins(2);

/// For the message itself, as long as it moves at all: 25 MB, which is what most providers take, at 128 kbit/s.
const SEND_LIMIT: Duration = Duration::from_mins(30);

/// For taking leave. Nothing depends on it.
const QUIT_LIMIT: Duration = Duration::from_secs(5);

/// Resends `letter` through `smtp` in the name of `account`: to that address come the complaints when it cannot be
/// delivered.
pub async fn forward(
    account: &Account,
    smtp: &Smtp,
    secret: &Secret,
    tls: &TlsSettings,
    letter: &Letter<'_>,
) -> Result<(), SubmitError> {
    hand_in(smtp, secret, tls, &letter.seal(&account.address)?).await
}

/// Sends `note` through `smtp` in the name of `account`.
pub async fn send(
    account: &Account,
    smtp: &Smtp,
    secret: &Secret,
    tls: &TlsSettings,
    note: &Note<'_>,
) -> Result<(), SubmitError> {
    hand_in(smtp, secret, tls, &note.seal(&account.address)).await
}

async fn hand_in(smtp: &Smtp, secret: &Secret, tls: &TlsSettings, sealed: &Sealed) -> Result<(), SubmitError> {
    let opened = timeout(CONNECT_LIMIT, open(smtp, secret, tls)).await.unwrap_or(Err(Problem::Silent));
    let mut talk = opened.map_err(|problem| unconnected(smtp, problem))?;
    hand_over(&mut talk, smtp, secret, sealed).await?;
    timeout(QUIT_LIMIT, talk.quit()).await.ok();
    Ok(())
}

async fn hand_over(talk: &mut Talk, smtp: &Smtp, secret: &Secret, sealed: &Sealed) -> Result<(), SubmitError> {
    let handed = timeout(SEND_LIMIT, talk.hand_over(sealed)).await;
    let error = match handed {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(error)) => error,
        Err(_) => talk.broken(io::ErrorKind::TimedOut),
    };
    let error = error.redacted(secret);
    if let SubmitError::Refused { reply, .. } = &error
        && reply.wants_login()
    {
        return Err(unconnected(smtp, Problem::LoginRefused(reply.words.clone())));
    }
    Err(error)
}

/// A conversation that is logged in.
async fn open(smtp: &Smtp, secret: &Secret, tls: &TlsSettings) -> Result<Talk, Problem> {
    let stream = dial(bare(&smtp.host), smtp.port).await?;
    let mut talk = match smtp.security {
        Security::Tls => {
            let mut talk = Talk::over(protect(Box::new(stream), smtp, tls).await?, PATIENCE);
            talk.greeting().await?;
            talk
        }
        Security::StartTls => {
            let (stream, patience) = start_tls(Box::new(stream)).await?;
            // Whatever was said before TLS may have been anyone's: all is said anew.
            Talk::over(protect(stream, smtp, tls).await?, patience)
        }
        Security::None => {
            let peer = stream.peer_addr().map_err(|error| Problem::Unreachable(error.kind()))?;
            if !is_this_machine(peer.ip()) {
                return Err(Problem::Unprotected);
            }
            let mut talk = Talk::over(Box::new(stream), PATIENCE);
            talk.greeting().await?;
            talk
        }
    };
    talk.hello().await?;
    log_in(&mut talk, smtp, secret).await?;
    Ok(talk)
}

/// Brings a plain conversation to the point where TLS begins. Returns what is left of the patience as well.
async fn start_tls(stream: Box<dyn Stream>) -> Result<(Box<dyn Stream>, Duration), Problem> {
    let mut talk = Talk::over(stream, PATIENCE);
    talk.greeting().await?;
    talk.hello().await?;
    talk.start_tls().await
}

async fn protect(stream: Box<dyn Stream>, smtp: &Smtp, tls: &TlsSettings) -> Result<Box<dyn Stream>, Problem> {
    // The client certificate of the account is for its mailbox alone.
    let handshake = tls.protect(stream, bare(&smtp.host), smtp.ca_file.as_deref(), None);
    let stream =
        timeout(HANDSHAKE_LIMIT, handshake).await.unwrap_or(Err(TlsError::Network(io::ErrorKind::TimedOut)))?;
    Ok(Box::new(stream))
}

/// A server on this machine may know its people without a password, and then offers no login.
async fn log_in(talk: &mut Talk, smtp: &Smtp, secret: &Secret) -> Result<(), Problem> {
    let is_unusable = |text: &str| text.contains(['\r', '\n', '\0']);
    if is_unusable(&smtp.user) || is_unusable(secret.expose()) {
        return Err(Problem::UnusablePassword);
    }
    if matches!(smtp.password, PasswordSource::OAuth(_)) {
        return talk.log_in_with_token(&smtp.user, secret).await;
    }
    if !talk.offers_login() {
        return if smtp.security == Security::None { Ok(()) } else { Err(Problem::LoginDisabled) };
    }
    talk.log_in(&smtp.user, secret).await
}

fn unconnected(smtp: &Smtp, problem: Problem) -> SubmitError {
    SubmitError::Connect(ConnectError { host: smtp.host.clone(), port: smtp.port, problem })
}

#[cfg(test)]
mod tests;
