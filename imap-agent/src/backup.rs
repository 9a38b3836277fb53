//! Everything in one file: settings, database, originals, rules; and the way back.
//!
//! ```text
//! FILE                        tar.gz, or the same sealed with a passphrase (`container`); its first entry names all others
//! DATA/.backup-77             what goes into it, while it is written: linked or copied, so that the agent can go on
//! DATA/restore-new            what came out of one, tested
//! DATA/restore.json           it is to be put in place; who starts next does so, or goes on with it
//! DATA/before-restore-STAMP   what was there before
//! ```
//!
//! Passwords and the key of the archive are in it only if the whole of it is sealed with a passphrase. Nothing is replaced
//! before the whole file has been read and found to be what was written.

mod container;
mod gather;
mod manifest;
mod swap;
mod unpack;

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use flate2::{Compression, write::GzEncoder};
use tamis_core::config::Config;
use tar::{Builder, EntryType, Header};

use self::{
    container::Sealing,
    gather::Gathered,
    manifest::{MANIFEST, Manifest, SECRETS},
};
pub use self::{
    swap::{Finished, finish},
    unpack::{Secrets, stage},
};
use crate::{
    cli::{Failure, part_of, put},
    keys,
    paths::Home,
    secret::Secret,
    words::{because, count, size},
};

/// With less, a passphrase can be guessed by trying.
const LEAST_PASSPHRASE: usize = 12;

/// What a backup is called if the person does not say.
pub const NAME: &str = "tamis-backup.tamis";

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Where it is.
    pub file: PathBuf,
    /// Its bytes.
    pub bytes: u64,
    /// Files in it.
    pub files: usize,
    /// Whether passwords and the key of the archive are in it.
    pub has_secrets: bool,
    /// Rules of the person that are elsewhere and so are not in it.
    pub left_out: Vec<PathBuf>,
}

impl Made {
    /// For people, without its full stop.
    pub fn sentence(&self) -> String {
        let mut text =
            format!("{} with {} written to {}", size(self.bytes), count(self.files, "file"), self.file.display());
        if self.has_secrets {
            text.push_str("; passwords and keys are in it, and it opens with the passphrase only");
        } else {
            text.push_str("; passwords and the key of the archive are not in it, which a passphrase would seal in");
        }
        for path in &self.left_out {
            text = format!("{text}; {} is elsewhere and not in it", path.display());
        }
        text
    }
}

/// Writes everything of `home` to `file`; sealed, and with all secrets, if there is a passphrase. An agent may be running.
/// What was written has been read back.
pub fn make(
    home: &Home,
    config: &Config,
    (file, is_forced): (&Path, bool),
    passphrase: Option<&Secret>,
) -> Result<Made, Failure> {
    if !is_forced && file.symlink_metadata().is_ok() {
        return Err(Failure::person(format!(
            "{} is there already; name another file, or have it written over",
            file.display()
        )));
    }
    if passphrase.is_some_and(|secret| secret.expose().chars().count() < LEAST_PASSPHRASE) {
        let text = format!("this passphrase is too short; use at least {LEAST_PASSPHRASE} characters");
        return Err(Failure::person(text));
    }
    let secrets = match passphrase {
        Some(_) => Some(keys::take_all(home, config)?),
        None => None,
    };
    let gathered = Gathered::of(home, config)?;
    let manifest = Manifest::of(&gathered, secrets.as_ref())?;
    let part = part_of(file);
    let written = write(&part, &gathered, (&manifest, secrets.as_ref()), passphrase)
        .and_then(|()| unpack::test(&part, passphrase))
        .and_then(|()| put(&part, file, is_forced));
    if written.is_err() {
        // It may never have come to be.
        fs::remove_file(&part).ok();
    }
    written?;
    let bytes = fs::metadata(file).map_or(0, |found| found.len());
    Ok(Made {
        file: file.to_path_buf(),
        bytes,
        files: manifest.files.len(),
        has_secrets: secrets.is_some(),
        left_out: gathered.left_out.clone(),
    })
}

/// Whether a passphrase is needed for it.
pub fn is_sealed(file: &Path) -> bool {
    use io::Read as _;
    let mut start = Vec::new();
    let read = File::open(file).and_then(|file| file.take(8).read_to_end(&mut start));
    read.is_ok() && start.starts_with(container::KIND)
}

fn write(
    part: &Path,
    gathered: &Gathered,
    (manifest, secrets): (&Manifest, Option<&keys::Entries>),
    passphrase: Option<&Secret>,
) -> Result<(), Failure> {
    let failed = |err: io::Error| cannot_write(part, &err);
    let mut options = OpenOptions::new();
    let file = options.write(true).create_new(true).mode(0o600).open(part).map_err(failed)?;
    let buffered = BufWriter::new(file.try_clone().map_err(failed)?);
    if let Some(passphrase) = passphrase {
        let sealing = Sealing::begin(buffered, passphrase).map_err(failed)?;
        let sealing = pack(sealing, gathered, manifest, secrets).map_err(failed)?;
        sealing.finish().and_then(|mut rest| rest.flush()).map_err(failed)?;
    } else {
        let mut rest = pack(buffered, gathered, manifest, secrets).map_err(failed)?;
        rest.flush().map_err(failed)?;
    }
    file.sync_all().map_err(failed)
}

fn pack<W: io::Write>(
    to: W,
    gathered: &Gathered,
    manifest: &Manifest,
    secrets: Option<&keys::Entries>,
) -> io::Result<W> {
    let mut tar = Builder::new(GzEncoder::new(to, Compression::default()));
    let text = serde_json::to_vec(manifest)?;
    tar.append_data(&mut header(bytes_of(&text)), MANIFEST, text.as_slice())?;
    for listed in &manifest.files {
        if listed.path == SECRETS {
            let text = manifest::text_of(secrets.unwrap_or(&keys::Entries::new()))?;
            tar.append_data(&mut header(bytes_of(&text)), SECRETS, text.as_slice())?;
            continue;
        }
        let file = File::open(gathered.path_of(&listed.path))?;
        tar.append_data(&mut header(listed.bytes), &listed.path, file)?;
    }
    tar.into_inner()?.finish()
}

fn header(bytes: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(EntryType::Regular);
    header.set_mode(0o600);
    header.set_size(bytes);
    header
}

fn bytes_of(text: &[u8]) -> u64 {
    u64::try_from(text.len()).unwrap_or(u64::MAX)
}

fn cannot_write(path: &Path, err: &io::Error) -> Failure {
    Failure::outside(format!("cannot write {}: {}; nothing was changed", path.display(), because(err)))
}

/// A folder for this user alone, empty.
fn fresh_folder(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    match fs::remove_dir_all(path) {
        Err(err) if err.kind() != io::ErrorKind::NotFound => return Err(err),
        Ok(()) | Err(_) => {}
    }
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(test)]
mod tests;
