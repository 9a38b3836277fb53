//! An update: fetched, tested, tried, and only then put in place.

use std::{fs::File, io::Read as _, path::Path};

use tamis_core::config::RuleSource;

use super::{Installed, Key, Pack, RulesError, download, pack::MOST_PACKED};
use crate::words::size;

/// What lies at a source.
const ARCHIVE: &str = "rules.tar.gz";
const SIGNATURE: &str = "rules.tar.gz.minisig";

/// In bytes. A signature has four lines, and a comment is as long as people make it.
const MOST_SIGNATURE: u64 = 16 << 10;

/// What became of an update.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Updated {
    /// These rules are in use already.
    Same {
        /// Their version.
        version: u64,
    },
    /// They have taken the place of others, or are the first.
    New {
        /// The rules.
        pack: Pack,
        /// The version that was in use.
        before: Option<u64>,
    },
}

/// Brings what is at `source`, if `key` has signed it, it is newer than what is in use, and `load` makes something of it.
/// Whatever goes wrong, what is in use stays.
pub fn update(
    installed: &Installed,
    source: &RuleSource,
    key: &Key,
    load: &dyn Fn(&Pack) -> Result<(), String>,
) -> Result<Updated, RulesError> {
    let _lock = installed.lock()?;
    let newest = installed.newest().filter(|(signed, _)| signed.key == key.base64());
    let signature = fetch(source, SIGNATURE, MOST_SIGNATURE)?;
    // The same signature is of the same rules: they need not be fetched to know that.
    if let Some((signed, pack)) = &newest
        && signed.signature.as_bytes() == signature.trim_ascii_end()
    {
        return Ok(Updated::Same { version: pack.version });
    }
    let archive = fetch(source, ARCHIVE, MOST_PACKED)?;
    let signed = key.verify(archive, &signature, ARCHIVE)?;
    let pack = Pack::unpack(&signed)?;
    if let Some((in_use, old)) = &newest {
        if pack.version < old.version {
            return Err(RulesError::Older { offered: pack.version, in_use: old.version });
        }
        if pack.version == old.version {
            // Signed again, perhaps.
            let is_same = signed.archive == in_use.archive;
            return if is_same {
                Ok(Updated::Same { version: pack.version })
            } else {
                Err(RulesError::SameVersion(pack.version))
            };
        }
    }
    load(&pack).map_err(|why| RulesError::Refused { version: pack.version, why })?;
    installed.put(&signed)?;
    Ok(Updated::New { pack, before: newest.map(|(_, old)| old.version) })
}

fn fetch(source: &RuleSource, name: &str, most: u64) -> Result<Vec<u8>, RulesError> {
    match source {
        RuleSource::Web(address) => download::get(&format!("{address}/{name}"), most),
        RuleSource::Folder(folder) => read(&folder.join(name), most),
    }
}

fn read(path: &Path, most: u64) -> Result<Vec<u8>, RulesError> {
    let failed = |source| RulesError::Read { path: path.to_path_buf(), source };
    let mut content = Vec::new();
    File::open(path).map_err(failed)?.take(most + 1).read_to_end(&mut content).map_err(failed)?;
    if most < u64::try_from(content.len()).unwrap_or(u64::MAX) {
        return Err(RulesError::TooLarge { what: path.display().to_string(), most: size(most) });
    }
    Ok(content)
}

#[cfg(test)]
mod tests;
