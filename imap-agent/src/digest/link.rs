//! Links that only this installation can make: what they ask for, and a proof that nobody else asks.

use std::fmt;

use tamis_core::{api::MailId, mail::Domain};

use crate::store::{AccountId, digest::KEY_BYTES};

/// What stands before the number of the message.
const RELEASE: &str = "tamis:release/";

/// Hexadecimal digits of a proof: 16 bytes cannot be guessed, and the link still fits on a line.
const PROOF_DIGITS: usize = 32;

/// Makes and reads links.
#[derive(Clone)]
pub struct Links([u8; KEY_BYTES]);

impl Links {
    /// Links under this key.
    pub const fn new(key: [u8; KEY_BYTES]) -> Self {
        Self(key)
    }

    /// The link that releases a message: `tamis:release/17-` and 32 hexadecimal digits.
    pub fn release(&self, mail: MailId) -> String {
        format!("{RELEASE}{}-{}", mail.0, self.proof(&release_of(mail)))
    }

    /// The message that a link releases; `None` if it is not exactly such a link of this installation.
    pub fn read(&self, link: &str) -> Option<MailId> {
        let (number, proof) = link.strip_prefix(RELEASE)?.split_once('-')?;
        let mail = MailId(number.parse().ok()?);
        let is_proved = self.is_same(proof, &self.proof(&release_of(mail)));
        (is_proved && mail.0.to_string() == number).then_some(mail)
    }

    /// The `Message-ID` of an account's digest of that number, with its angle brackets. Nobody else can know it before the
    /// digest is there, so it is not found where it is not.
    pub fn message_id(&self, account: AccountId, serial: u32, domain: &Domain) -> String {
        format!("<{serial}.{}.tamis@{domain}>", self.proof(&format!("digest {} {serial}", account.0)))
    }

    fn proof(&self, what: &str) -> String {
        let hash = blake3::keyed_hash(&self.0, what.as_bytes()).to_hex();
        hash.get(..PROOF_DIGITS).unwrap_or_default().to_owned()
    }

    /// In a time that tells nothing of where they differ: hashes are compared in constant time.
    fn is_same(&self, one: &str, other: &str) -> bool {
        blake3::keyed_hash(&self.0, one.as_bytes()) == blake3::keyed_hash(&self.0, other.as_bytes())
    }
}

impl fmt::Debug for Links {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Links").finish_non_exhaustive()
    }
}

fn release_of(mail: MailId) -> String {
    format!("release {}", mail.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tamis_core::api::is_link;

    use super::*;

    const LINKS: Links = Links::new([7; KEY_BYTES]);

    #[test]
    fn a_link_is_read_only_as_it_was_made() {
        let link = LINKS.release(MailId(17));
        assert_eq!(LINKS.read(&link), Some(MailId(17)), "{link}");
        assert!(is_link(&link), "{link}");
        let proof = link.rsplit('-').next().unwrap();
        let (other_mail, other_key) = (LINKS.release(MailId(18)), Links::new([8; KEY_BYTES]).release(MailId(17)));
        let moved = format!("tamis:release/17-{}", other_mail.rsplit('-').next().unwrap());
        for wrong in [
            "tamis:release/17".to_owned(),
            "tamis:release/17-".to_owned(),
            format!("tamis:release/18-{proof}"),
            format!("tamis:release/017-{proof}"),
            format!("tamis:release/+17-{proof}"),
            format!("tamis:release/-{proof}"),
            format!("tamis:delete/17-{proof}"),
            format!("release/17-{proof}"),
            link.to_uppercase(),
            link.chars().take(link.len() - 1).collect(),
            format!("{link}0"),
            moved,
            other_key,
        ] {
            assert_eq!(LINKS.read(&wrong), None, "{wrong}");
        }
    }

    #[test]
    fn each_digest_has_a_message_id_of_its_own() {
        let domain = Domain::parse("example.org").unwrap();
        let id = |account, serial| LINKS.message_id(AccountId(account), serial, &domain);
        assert_eq!(id(1, 2), id(1, 2));
        assert!(id(1, 2) != id(1, 3) && id(1, 2) != id(2, 2) && id(1, 11) != id(11, 1));
        assert!(id(1, 2).starts_with("<2.") && id(1, 2).ends_with(".tamis@example.org>"));
    }

    #[test]
    fn a_key_is_not_shown() {
        assert_eq!(format!("{LINKS:?}"), "Links { .. }");
    }

    proptest! {
        #[test]
        fn one_changed_byte_is_one_too_many(mail in 1..i64::MAX, at in 0_usize..60, byte in b' '..b'~') {
            let link = LINKS.release(MailId(mail));
            let mut bytes = link.clone().into_bytes();
            let at = at % bytes.len();
            bytes[at] = byte;
            let changed = String::from_utf8(bytes).unwrap();
            prop_assert!(changed == link || LINKS.read(&changed).is_none());
        }

        #[test]
        fn anything_else_is_refused(text in ".{0,80}") {
            prop_assert_eq!(LINKS.read(&text), None);
        }
    }
}
