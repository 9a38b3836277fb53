//! Who sent a message: SPF for the host that handed it to the provider, DKIM on the bytes as they came, DMARC, and ARC.
//!
//! `mail_auth` is named in `ask/auth` alone, and asks by the resolver of `ask/dns`, whose cache it shares. What cannot be found out is
//! said to be unknown: a server that does not answer, a key that is gone, a signature that has run out, a message of which only the
//! beginning is here, or one that came so long ago that its sender may send from elsewhere by now.

mod chain;
mod host;
mod policy;
mod seals;

use std::{borrow::Cow, panic::AssertUnwindSafe, time::Duration};

use futures_util::{FutureExt as _, join};
use mail_auth::{AuthenticatedMessage, MessageAuthenticator};
use tamis_core::{Answer, Mail, UnixTime, mail::Authentication};
use tokio::time::timeout;

use super::dns::Dns;
use crate::clock;

/// How long hosts, signatures and seals are waited for, which are asked about at once. What has not come by then is unknown.
const LIMIT: Duration = Duration::from_secs(4);

/// How long the author's policy is waited for, which is asked about after them.
const POLICY_LIMIT: Duration = Duration::from_secs(3);

/// For so long keys and hosts are taken to be those of when it came, in seconds. After that only what fits is evidence. By hand.
const FRESH_SECS: i64 = 7 * 86_400;

/// More signatures, or more seals of those who handed it on, than anybody needs who means well. RFC 6376, 6.1 lets a verifier
/// draw the line.
const MOST_SEALS: usize = 10;

/// What the parts have in common.
struct Look<'a, 'raw> {
    authenticator: MessageAuthenticator,
    dns: &'a Dns,
    mail: &'a Mail<'raw>,
    /// Whether it came so lately that what does not fit says something.
    is_fresh: bool,
}

/// Finds out who sent `mail`, as far as that can be told.
pub(super) async fn ask(dns: &Dns, mail: &Mail<'_>) -> Answer {
    if let Some(why) = dns.silence() {
        return Answer::Unknown(why);
    }
    if too_many(mail.raw) {
        return Answer::Unknown("there are more signatures on it than are looked at".to_owned());
    }
    match dns.resolver() {
        Ok(resolver) => {
            let is_fresh = is_fresh(mail.received_at(), clock::now());
            let look = Look { authenticator: MessageAuthenticator(resolver), dns, mail, is_fresh };
            let found = Box::pin(AssertUnwindSafe(look.authenticate()).catch_unwind()).await;
            found.map_or_else(
                |_| Answer::Unknown("a fault in Tamis".to_owned()),
                |found| Answer::Authenticated(Box::new(found)),
            )
        }
        Err(why) => Answer::Unknown(why),
    }
}

/// Whether a message that came then has come lately.
fn is_fresh(received_at: Option<UnixTime>, now: UnixTime) -> bool {
    received_at.is_some_and(|at| now.0.saturating_sub(at.0) <= FRESH_SECS)
}

impl Look<'_, '_> {
    async fn authenticate(&self) -> Authentication {
        // With `l=` refused, nothing would be known of such a signature; that it leaves something out is seen to later.
        let raw = with_returns(self.mail.raw);
        let message = AuthenticatedMessage::parse_with_opts(&raw, None, false);
        let Some(message) = message else {
            let spf = timeout(LIMIT, self.spf()).await;
            return Authentication { spf: spf.ok().flatten().map(|host| host.found), ..Authentication::default() };
        };
        let limited = async |signatures| timeout(LIMIT, signatures).await.ok();
        let (host, signatures, chain) =
            join!(timeout(LIMIT, self.spf()), limited(self.dkim(&message)), timeout(LIMIT, self.arc(&message)));
        let host = host.unwrap_or_else(|_| self.late_host());
        let (dkim, signatures) = signatures.unwrap_or_else(|| (Vec::new(), seals::late(&message)));
        let dmarc = timeout(POLICY_LIMIT, self.dmarc(&message, &dkim, host.as_ref())).await;
        Authentication {
            spf: host.map(|host| host.found),
            signatures,
            dmarc: dmarc.unwrap_or_else(|_| policy::late()),
            arc: chain.unwrap_or_else(|_| chain::late(&message)),
        }
    }
}

/// With the line ends that mail has on its way. Files on a disk have others.
fn with_returns(raw: &[u8]) -> Cow<'_, [u8]> {
    let end = raw.iter().position(|byte| *byte == b'\n');
    if end.is_none_or(|end| raw.get(..end).is_some_and(|line| line.ends_with(b"\r"))) {
        return Cow::Borrowed(raw);
    }
    let mut written = Vec::with_capacity(raw.len() + raw.len() / 32);
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_suffix(b"\n") {
            Some(bare) => {
                written.extend_from_slice(bare.strip_suffix(b"\r").unwrap_or(bare));
                written.extend_from_slice(b"\r\n");
            }
            None => written.extend_from_slice(line),
        }
    }
    Cow::Owned(written)
}

/// Words for what has not come in time.
fn no_answer() -> String {
    "no answer in time".to_owned()
}

/// Whether there are more signatures than are looked at. Each may want the whole text to be read once more, so they are counted
/// before anything is read.
fn too_many(raw: &[u8]) -> bool {
    let ends = [raw.windows(2).position(|two| two == b"\n\n"), raw.windows(3).position(|three| three == b"\n\r\n")];
    let end = ends.into_iter().flatten().min().unwrap_or(raw.len());
    let head = raw.get(..end).unwrap_or(raw);
    let lines = |name: &[u8]| {
        let is_name = |line: &&[u8]| line.get(..name.len()).is_some_and(|first| first.eq_ignore_ascii_case(name));
        head.split(|byte| matches!(byte, b'\n' | b'\r')).filter(is_name).count()
    };
    MOST_SEALS < lines(b"DKIM-Signature") || MOST_SEALS < lines(b"ARC-Message-Signature")
}

#[cfg(test)]
mod tests;
