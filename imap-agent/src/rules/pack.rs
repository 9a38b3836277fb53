//! A set of rules as it travels: a `tar.gz` of rule files and a file `VERSION` with a whole number.

use std::{
    collections::BTreeSet,
    io::{self, Read as _},
    path::{Component, Path},
};

use flate2::read::GzDecoder;
use tamis_core::rules::RuleFile;
use tar::{Archive, Entry, EntryType};

use super::{RulesError, Signed};
use crate::words::size;

/// The largest archive, in bytes. All rules of SpamAssassin are half a megabyte.
pub(super) const MOST_PACKED: u64 = 16_000_000;

/// The most that may come out of it, in bytes.
const MOST_UNPACKED: u64 = 64_000_000;

/// The most files.
const MOST_FILES: usize = 1000;

/// The file with the number.
const VERSION: &str = "VERSION";

/// Rules that were signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pack {
    /// A newer set has a greater number. Above 0.
    pub version: u64,
    /// The key that they are signed with, in base64.
    pub key: String,
    /// The rule files, in the order of their names.
    pub files: Vec<RuleFile>,
}

impl Pack {
    /// Unpacks what was signed. It is taken whole or not at all.
    pub(super) fn unpack(signed: &Signed) -> Result<Self, RulesError> {
        let (mut version, mut files, mut names) = (None, Vec::new(), BTreeSet::new());
        let tar = unzipped(&signed.archive)?;
        let mut archive = Archive::new(tar.as_slice());
        for entry in archive.entries().map_err(unreadable)? {
            let mut entry = entry.map_err(unreadable)?;
            let Some(name) = name(&entry)? else { continue };
            let mut text = Vec::new();
            entry.read_to_end(&mut text).map_err(unreadable)?;
            if !names.insert(name.clone()) {
                return Err(RulesError::Archive(format!("{name} is in it twice")));
            }
            if name == VERSION {
                version = str::from_utf8(&text).ok().and_then(|text| text.trim().parse().ok()).filter(|n| *n != 0);
                continue;
            }
            files.push(RuleFile { name, text, is_only_included: false });
            if MOST_FILES < files.len() {
                return Err(RulesError::Archive(format!("it has more than {MOST_FILES} files")));
            }
        }
        let Some(version) = version else {
            return Err(RulesError::Archive(format!("it has no file {VERSION} with a whole number above 0")));
        };
        if files.is_empty() {
            return Err(RulesError::Archive("it has no rule files".to_owned()));
        }
        files.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(Self { version, key: signed.key.clone(), files })
    }
}

/// Everything that comes out, if it is not more than there may be.
fn unzipped(archive: &[u8]) -> Result<Vec<u8>, RulesError> {
    let mut tar = Vec::new();
    GzDecoder::new(archive).take(MOST_UNPACKED + 1).read_to_end(&mut tar).map_err(unreadable)?;
    if MOST_UNPACKED < u64::try_from(tar.len()).unwrap_or(u64::MAX) {
        return Err(RulesError::Archive(format!("they are larger than {}", size(MOST_UNPACKED))));
    }
    Ok(tar)
}

/// The name of a rule file or of the file with the version. `None`: a folder, which says nothing. Everything else does not
/// belong there, so that nothing is signed that is not read.
fn name<R: io::Read>(entry: &Entry<'_, R>) -> Result<Option<String>, RulesError> {
    let path = entry.path().map_err(unreadable)?;
    let kind = entry.header().entry_type();
    if kind == EntryType::Directory {
        return Ok(None);
    }
    let name = flat(&path).filter(|name| *name == VERSION || is_rule_file(name));
    match name.filter(|_| kind == EntryType::Regular) {
        Some(name) => Ok(Some(name.to_owned())),
        None => Err(RulesError::Archive(format!("it has something in it that is no rule file: {}", path.display()))),
    }
}

fn is_rule_file(name: &str) -> bool {
    name.strip_suffix(".cf").is_some_and(|stem| !stem.is_empty())
}

/// The name of a file in no folder.
fn flat(path: &Path) -> Option<&str> {
    let mut components = path.components().filter(|component| *component != Component::CurDir);
    let (Some(Component::Normal(name)), None) = (components.next(), components.next()) else { return None };
    let name = name.to_str()?;
    let is_plain = name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
    (is_plain && !name.starts_with('.')).then_some(name)
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err gives")]
fn unreadable(error: io::Error) -> RulesError {
    RulesError::Archive(error.to_string())
}
