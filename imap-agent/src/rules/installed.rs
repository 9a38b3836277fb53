//! The rules that were brought by an update, on the disk: `current`, and `previous` in case that fails.
//!
//! ```text
//! file: "tamis rules 1\n" | public key, a line | signature, 4 lines | the archive as it was signed
//! ```
//!
//! They are unpacked each time, from an archive whose signature is tested each time: what the disk has damaged is known. A
//! file is written under another name, brought to the disk, read back, and renamed.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use super::{Key, Pack, RulesError, Signed};

/// What a file begins with: what it is, and of which version.
const MAGIC: &str = "tamis rules 1";

const CURRENT: &str = "current";
const PREVIOUS: &str = "previous";

/// The end of a name that is not in force yet.
const PART: &str = ".part";

/// Lines before the archive.
const LINES: usize = 6;

/// The folder of updated rules.
#[derive(Clone, Debug)]
pub struct Installed {
    folder: PathBuf,
}

/// What is in use.
#[derive(Clone, Debug, Default)]
pub struct Loaded<T> {
    /// The rules, and what was made of them. `None`: there are none.
    pub in_use: Option<(Pack, T)>,
    /// Why newer ones are not in use, a sentence each.
    pub troubles: Vec<String>,
}

impl Installed {
    /// Those in a folder, which need not be there.
    pub fn at(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// The newest rules of which `load` makes something. It is given the current ones first, and if it cannot use them, or
    /// they are damaged, those that were there before.
    pub fn load<T>(&self, load: impl Fn(&Pack) -> Result<T, String>) -> Loaded<T> {
        let mut troubles = Vec::new();
        for name in [CURRENT, PREVIOUS] {
            let pack = match self.read(name) {
                Ok(Some((_, pack))) => pack,
                Ok(None) => continue,
                Err(error) => {
                    troubles.push(error.to_string());
                    continue;
                }
            };
            match load(&pack) {
                Ok(made) => return Loaded { in_use: Some((pack, made)), troubles },
                Err(why) => troubles.push(RulesError::Refused { version: pack.version, why }.to_string()),
            }
        }
        Loaded { in_use: None, troubles }
    }

    /// What is there, damaged or not of use as it may be: the newest that can be read.
    pub(super) fn newest(&self) -> Option<(Signed, Pack)> {
        [CURRENT, PREVIOUS].into_iter().find_map(|name| self.read(name).ok().flatten())
    }

    /// Keeps everybody else from putting rules there for as long as the file is open.
    pub(super) fn lock(&self) -> Result<File, RulesError> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&self.folder);
        made.map_err(|source| self.cannot_write(source))?;
        let path = self.folder.join("lock");
        let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path);
        let file = file.map_err(|source| self.cannot_write(source))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(RulesError::Busy),
            Err(TryLockError::Error(source)) => Err(self.cannot_write(source)),
        }
    }

    /// Puts rules in the place of the current ones, which become the previous ones if they are whole. The lock is held.
    pub(super) fn put(&self, signed: &Signed) -> Result<(), RulesError> {
        let part = self.part(CURRENT, signed)?;
        if self.read(CURRENT).is_ok_and(|found| found.is_some()) {
            self.keep_current()?;
        }
        let renamed = fs::rename(&part, self.folder.join(CURRENT));
        renamed.and_then(|()| self.sync()).map_err(|source| self.cannot_write(source))
    }

    /// Writes the file that is to be renamed, and reads it back.
    fn part(&self, name: &str, signed: &Signed) -> Result<PathBuf, RulesError> {
        let part_name = format!("{name}{PART}");
        let part = self.folder.join(&part_name);
        let head = format!("{MAGIC}\n{}\n{}\n", signed.key, signed.signature);
        let written = write_through(&part, &[head.as_bytes(), &signed.archive]);
        written.map_err(|source| self.cannot_write(source))?;
        match self.read(&part_name)? {
            Some((read, _)) if read.archive == signed.archive => Ok(part),
            Some(_) | None => Err(RulesError::Damaged(part)),
        }
    }

    /// Gives the current rules the other name besides. Only then can they lose the first.
    fn keep_current(&self) -> Result<(), RulesError> {
        let part = self.folder.join(format!("{PREVIOUS}{PART}"));
        // Left by a crash.
        fs::remove_file(&part).ok();
        let linked = fs::hard_link(self.folder.join(CURRENT), &part);
        let renamed = linked.and_then(|()| fs::rename(&part, self.folder.join(PREVIOUS)));
        renamed.map_err(|source| self.cannot_write(source))
    }

    fn read(&self, name: &str) -> Result<Option<(Signed, Pack)>, RulesError> {
        let path = self.folder.join(name);
        let content = match fs::read(&path) {
            Ok(content) => content,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(RulesError::Read { path, source }),
        };
        let signed = opened(&content).ok_or(RulesError::Damaged(path))?;
        let pack = Pack::unpack(&signed)?;
        Ok(Some((signed, pack)))
    }

    fn sync(&self) -> io::Result<()> {
        File::open(&self.folder)?.sync_all()
    }

    fn cannot_write(&self, source: io::Error) -> RulesError {
        RulesError::Write { folder: self.folder.clone(), source }
    }
}

/// What a file holds, if it is what was put there.
fn opened(content: &[u8]) -> Option<Signed> {
    let mut lines = content.splitn(LINES + 1, |byte| *byte == b'\n');
    let mut line = || lines.next();
    if line()? != MAGIC.as_bytes() {
        return None;
    }
    let key = Key::read(str::from_utf8(line()?).ok()?).ok()?;
    let signature = [line()?, line()?, line()?, line()?].join(&b'\n');
    key.verify(lines.next()?.to_vec(), &signature, CURRENT).ok()
}

fn write_through(path: &Path, pieces: &[&[u8]]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    for piece in pieces {
        file.write_all(piece)?;
    }
    file.sync_all()
}
