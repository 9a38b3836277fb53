//! What is in a backup: each file with its hash, and by which Tamis it was written.

use std::{
    fs::File,
    io,
    path::{Component, Path},
};

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{bytes_of, cannot_write, gather::Gathered};
use crate::{cli::Failure, clock, keys::Entries};

/// The name of the first entry.
pub(super) const MANIFEST: &str = "tamis-backup.json";

/// The name of the entry with the secrets, in sealed backups only.
pub(super) const SECRETS: &str = "secrets";

/// The format of what is in a backup.
const FORMAT: u32 = 1;

/// No backup has a longer list: some 100,000 originals.
pub(super) const MOST_BYTES: u64 = 64 << 20;

/// What is in a backup.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// [`FORMAT`].
    format: u32,
    /// Of the Tamis that wrote it.
    tamis: String,
    /// The version of the database; 0: there is none.
    pub(super) database: u32,
    /// When it was written, such as `2026-11-28-023218`, in UTC.
    pub(super) made: String,
    /// Everything behind this list, in its order.
    pub(super) files: Vec<Listed>,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Listed {
    /// Its path, with `/` between its parts.
    pub(super) path: String,
    /// Its length.
    pub(super) bytes: u64,
    /// Its BLAKE3, in hexadecimal digits.
    pub(super) blake3: String,
}

impl Manifest {
    /// Of what was gathered.
    pub(super) fn of(gathered: &Gathered, secrets: Option<&Entries>) -> Result<Self, Failure> {
        let mut files = Vec::new();
        for path in &gathered.paths {
            let whole = gathered.path_of(path);
            let (bytes, blake3) = hashed(&whole).map_err(|err| cannot_write(&whole, &err))?;
            files.push(Listed { path: path.clone(), bytes, blake3 });
        }
        if let Some(entries) = secrets {
            let text = text_of(entries).map_err(|err| cannot_write(Path::new(SECRETS), &err))?;
            let blake3 = blake3::hash(&text).to_hex().to_string();
            files.push(Listed { path: SECRETS.to_owned(), bytes: bytes_of(&text), blake3 });
        }
        let tamis = env!("CARGO_PKG_VERSION").to_owned();
        Ok(Self { format: FORMAT, tamis, database: gathered.database, made: clock::stamp(clock::now()), files })
    }

    /// Reads one. What is wrong is said as the end of a sentence.
    pub(super) fn read(text: &[u8]) -> Result<Self, String> {
        let manifest: Self = serde_json::from_slice(text).map_err(|_err| "it is no backup of Tamis".to_owned())?;
        if FORMAT < manifest.format {
            return Err(format!("it was written by Tamis {}, which is newer; restore it with that", manifest.tamis));
        }
        if manifest.files.iter().all(|file| is_ours(&file.path)) {
            Ok(manifest)
        } else {
            Err("it holds files that no Tamis would put there".to_owned())
        }
    }

    /// Whether originals are in it.
    pub(super) fn has_originals(&self) -> bool {
        self.files.iter().any(|file| file.path.starts_with("archive/"))
    }

    /// Whether passwords and keys are in it.
    pub(super) fn has_secrets(&self) -> bool {
        self.files.iter().any(|file| file.path == SECRETS)
    }
}

/// Whether a path is one of those that a backup has, and leads nowhere else.
fn is_ours(path: &str) -> bool {
    let is_below = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    let is_plain =
        !path.contains(['\\', '\0']) && !path.split('/').any(|part| part.is_empty() || part == "." || part == "..");
    let is_known = ["tamis.toml", "tamis.db", SECRETS].contains(&path)
        || ["archive/", "rules/", "config/"].iter().any(|folder| path.starts_with(folder));
    is_below && is_plain && is_known
}

/// The length and the hash of a file.
pub(super) fn hashed(path: &Path) -> io::Result<(u64, String)> {
    let mut hasher = blake3::Hasher::new();
    let bytes = io::copy(&mut File::open(path)?, &mut hasher)?;
    Ok((bytes, hasher.finalize().to_hex().to_string()))
}

/// Secrets as they stand in a sealed backup: service, user and text of each.
pub(super) fn text_of(entries: &Entries) -> io::Result<Zeroizing<Vec<u8>>> {
    let rows: Vec<(&str, &str, &[u8])> =
        entries.iter().map(|((service, user), secret)| (service.as_str(), user.as_str(), secret.as_slice())).collect();
    Ok(Zeroizing::new(serde_json::to_vec(&rows)?))
}

/// Reads what [`text_of`] wrote.
pub(super) fn entries_of(text: &[u8]) -> Option<Entries> {
    let rows: Vec<(String, String, Vec<u8>)> = serde_json::from_slice(text).ok()?;
    Some(rows.into_iter().map(|(service, user, secret)| ((service, user), Zeroizing::new(secret))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leads_out_of_a_backup() {
        for path in ["tamis.toml", "tamis.db", "secrets", "archive/3f/9a.tamis", "rules/current", "config/mine/a.cf"] {
            assert!(is_ours(path), "{path}");
        }
        for path in [
            "",
            "/etc/passwd",
            "../tamis.db",
            "archive/../../x",
            "archive//x",
            "archive/./x",
            "archive/",
            "config/..",
            "./tamis.db",
            "other",
            "tamis.db/x",
            "archive\\..\\x",
            "secrets.sealed",
            "archive/a\0b",
        ] {
            assert!(!is_ours(path), "{path}");
        }
    }
}
