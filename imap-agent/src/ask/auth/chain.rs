//! What those say who have handed a message on, and whether their seals hold (ARC, RFC 8617).

use mail_auth::{ArcOutput, AuthenticatedMessage, DkimResult, DnsError, Error, arc::ArcError};
use tamis_core::mail::{Arc, ArcState, AuthResults, Domain};

use super::{
    Look, no_answer,
    seals::{covers_author, covers_text},
};

impl Look<'_, '_> {
    pub(super) async fn arc<'x>(&self, message: &'x AuthenticatedMessage<'x>) -> Option<Arc> {
        if message.ams_headers.is_empty() {
            return None;
        }
        if self.mail.is_truncated {
            return unknown(message, "only the beginning of the message was read".to_owned());
        }
        let output = self.authenticator.verify_arc(message).await;
        let state = match output.result() {
            DkimResult::Pass if is_whole(&output, message) => ArcState::Valid,
            DkimResult::Pass => ArcState::Unknown("the seal does not cover all of it".to_owned()),
            DkimResult::Neutral(Error::Arc(ArcError::SignatureExpired)) => {
                ArcState::Unknown("a seal has run out".to_owned())
            }
            DkimResult::TempError(_) | DkimResult::Fail(Error::Dns(DnsError::Resolver(_))) => {
                ArcState::Unknown("a key could not be asked for".to_owned())
            }
            DkimResult::PermError(_) | DkimResult::Fail(Error::Dns(_)) => ArcState::Unknown("a key is gone".to_owned()),
            DkimResult::Fail(Error::Crypto(_)) if !self.is_fresh => {
                ArcState::Unknown("there may be another key by now".to_owned())
            }
            DkimResult::Fail(_) | DkimResult::Neutral(_) | DkimResult::None => ArcState::Broken,
        };
        chain(message, state)
    }
}

/// What can be said when nobody has answered in time.
pub(super) fn late(message: &AuthenticatedMessage<'_>) -> Option<Arc> {
    if message.ams_headers.is_empty() { None } else { unknown(message, no_answer()) }
}

fn unknown(message: &AuthenticatedMessage<'_>, why: String) -> Option<Arc> {
    chain(message, ArcState::Unknown(why))
}

/// The last seal is over the message as it is now.
fn is_whole(output: &ArcOutput<'_>, message: &AuthenticatedMessage<'_>) -> bool {
    output.sets().last().is_some_and(|set| {
        let signature = set.signature.header;
        covers_author(&signature.h, message) && covers_text(signature.l, signature.cb, message)
    })
}

fn chain(message: &AuthenticatedMessage<'_>, state: ArcState) -> Option<Arc> {
    let names = message.as_headers.iter().map(|seal| Domain::parse(&seal.header.d));
    let sealers: Option<Vec<Domain>> = names.collect();
    let found = message.aar_headers.iter().map(|header| {
        let text = String::from_utf8_lossy(header.value);
        // `i=1; mx.example.org; dkim=pass ...`
        text.split_once(';').map(|(_, results)| AuthResults::read(results)).unwrap_or_default()
    });
    Some(Arc { sealers: sealers?, found: found.collect(), state })
}
