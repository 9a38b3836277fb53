//! Signatures of minisign (<https://jedisct1.github.io/minisign/>): Ed25519 over the BLAKE2b hash of a file.

use std::{fs, path::Path};

use minisign_verify::{Error, PublicKey, Signature};

use super::RulesError;

/// A public key.
#[derive(Clone, Debug)]
pub struct Key {
    key: PublicKey,
    base64: String,
}

/// An archive that is what the owner of a key has signed.
#[derive(Clone, Debug)]
pub struct Signed {
    /// By which key, in base64.
    pub key: String,
    /// The signature file, four lines.
    pub signature: String,
    /// What was signed.
    pub archive: Vec<u8>,
}

impl Key {
    /// Reads a key as `minisign` prints it, or the file that `minisign` writes it into.
    pub fn read(written: &str) -> Result<Self, RulesError> {
        let path = Path::new(written);
        let text = if path.is_file() {
            fs::read_to_string(path).map_err(|source| RulesError::Read { path: path.to_path_buf(), source })?
        } else {
            written.to_owned()
        };
        let base64 = text.lines().map(str::trim).find(|line| line.starts_with("RW")).unwrap_or_default();
        let key = PublicKey::from_base64(base64).map_err(|_unreadable| RulesError::NoKey(written.to_owned()))?;
        Ok(Self { key, base64: base64.to_owned() })
    }

    /// In base64, 56 letters.
    pub fn base64(&self) -> &str {
        &self.base64
    }

    /// Takes an archive for what it says it is only if this key has signed it. `name` is what it is called.
    pub(super) fn verify(&self, archive: Vec<u8>, signature: &[u8], name: &str) -> Result<Signed, RulesError> {
        let unreadable = || RulesError::NoSignature(format!("{name}.minisig"));
        let text = str::from_utf8(signature).map_err(|_binary| unreadable())?;
        let signature = Signature::decode(text).map_err(|_unreadable| unreadable())?;
        // Signatures of the old kind would have the whole file in memory twice, and nobody makes them any more.
        match self.key.verify(&archive, &signature, false) {
            Ok(()) => Ok(Signed { key: self.base64.clone(), signature: text.trim_end().to_owned(), archive }),
            Err(Error::UnexpectedKeyId) => Err(RulesError::OtherKey(name.to_owned())),
            Err(Error::UnsupportedLegacyMode | Error::UnsupportedAlgorithm | Error::UnexpectedAlgorithm) => {
                Err(unreadable())
            }
            Err(Error::InvalidEncoding | Error::InvalidSignature | Error::IoError(_)) => {
                Err(RulesError::NotSigned(name.to_owned()))
            }
        }
    }
}
