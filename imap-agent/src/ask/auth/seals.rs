//! Whose signature is on a message, and whether it fits (DKIM, RFC 6376).

use mail_auth::{
    AuthenticatedMessage, DkimOutput, DkimResult, DnsError, Error,
    common::headers::{Writable as _, Writer},
    dkim::{Canonicalization, DkimError, Signature},
};
use tamis_core::mail::{Domain, Seal, SealState};

use super::{Look, no_answer};

impl Look<'_, '_> {
    /// The library's results, and what they are to us.
    pub(super) async fn dkim<'x>(&self, message: &'x AuthenticatedMessage<'x>) -> (Vec<DkimOutput<'x>>, Vec<Seal>) {
        if self.mail.is_truncated {
            return (Vec::new(), unknown(message, "only the beginning of the message was read"));
        }
        let outputs = self.authenticator.verify_dkim(message).await;
        let seals = outputs.iter().filter_map(|output| self.seal(output, message)).collect();
        (outputs, seals)
    }

    fn seal(&self, output: &DkimOutput<'_>, message: &AuthenticatedMessage<'_>) -> Option<Seal> {
        let signature = output.signature()?;
        let state = match output.result() {
            DkimResult::Pass if is_whole(signature, message) => SealState::Valid,
            DkimResult::Pass => SealState::ValidInPart,
            DkimResult::Neutral(Error::Dkim(DkimError::FailedBodyHashMatch)) => SealState::TextChanged,
            DkimResult::TempError(_) => SealState::Unknown("its key could not be asked for".to_owned()),
            DkimResult::Neutral(error) | DkimResult::Fail(error) | DkimResult::PermError(error) => self.wrong(error),
            DkimResult::None => return None,
        };
        seal(signature, state)
    }

    /// What it means that a signature is not valid.
    #[expect(clippy::wildcard_enum_match_arm, reason = "what else the library tells is all about how it is written")]
    fn wrong(&self, error: &Error) -> SealState {
        match error {
            Error::Dkim(DkimError::SignatureExpired) => SealState::Unknown("it has run out".to_owned()),
            Error::Dkim(DkimError::RevokedPublicKey) => SealState::Unknown("its key was withdrawn".to_owned()),
            Error::Dns(DnsError::Resolver(_)) => SealState::Unknown("its key could not be asked for".to_owned()),
            Error::Dns(_) => SealState::Unknown("its key is gone".to_owned()),
            Error::Crypto(_) | Error::Dkim(DkimError::FailedAuidMatch) if self.is_fresh => SealState::HeadChanged,
            Error::Crypto(_) => SealState::Unknown("there may be another key by now".to_owned()),
            _ => SealState::Unknown("it cannot be read".to_owned()),
        }
    }
}

/// What can be said when nobody has answered in time.
pub(super) fn late(message: &AuthenticatedMessage<'_>) -> Vec<Seal> {
    unknown(message, &no_answer())
}

fn unknown(message: &AuthenticatedMessage<'_>, why: &str) -> Vec<Seal> {
    let signatures = message.dkim_headers.iter().map(|header| &header.header);
    signatures.filter_map(|signature| seal(signature, SealState::Unknown(why.to_owned()))).collect()
}

fn seal(signature: &Signature, state: SealState) -> Option<Seal> {
    Some(Seal { domain: Domain::parse(&signature.d)?, selector: signature.s.clone(), state })
}

/// Whether a signature covers the author and all of the text.
fn is_whole(signature: &Signature, message: &AuthenticatedMessage<'_>) -> bool {
    covers_author(&signature.h, message) && covers_text(signature.l, signature.cb, message)
}

/// Whether every line that names an author was signed. Beside a signed one anybody could put another.
pub(super) fn covers_author(names: &[String], message: &AuthenticatedMessage<'_>) -> bool {
    let lines = message.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case(b"from")).count();
    0 < lines && lines <= names.iter().filter(|name| name.eq_ignore_ascii_case("from")).count()
}

/// Whether so many bytes of the text in that form are all of it; 0 is no limit.
pub(super) fn covers_text(limit: u64, form: Canonicalization, message: &AuthenticatedMessage<'_>) -> bool {
    if limit == 0 {
        return true;
    }
    let offset = usize::try_from(message.body_offset).unwrap_or(usize::MAX);
    let text = message.raw_message.get(offset..).unwrap_or_default();
    let mut length = Length(0);
    form.canonical_body(text, 0).write(&mut length);
    length.0 <= limit
}

/// Counts what is written.
struct Length(u64);

impl Writer for Length {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = self.0.saturating_add(bytes.len() as u64);
    }
}
