//! Puts what came out of a backup in place, and what was there aside. Whenever it is broken off, it goes on from there.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

use rustix::fs::{AtFlags, CWD, StatxAttributes, StatxFlags, statx};
use serde::{Deserialize, Serialize};

use super::cannot_write;
use crate::{
    cli::Failure,
    clock,
    keys::{self, Beside, KeyError, Name, Place},
    paths::Home,
    settings::Settings,
    store,
    words::because,
};

/// What is to be put in place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Wanted {
    /// Files and folders of the staging folder.
    items: BTreeSet<String>,
    /// The name of the folder for what was there.
    aside: String,
    /// What is put aside as well, with nothing in its place.
    #[serde(default)]
    gone: BTreeSet<String>,
    /// Secrets that lie beside their places. In a list, as only text can be the name of something in JSON.
    #[serde(default)]
    secrets: BTreeSet<Name>,
    /// Where those lie. Older releases did not write it.
    #[serde(default)]
    place: Option<Place>,
}

/// What was put in place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// Where that is which was there before; `None`: nothing was.
    pub aside: Option<PathBuf>,
}

impl Finished {
    /// For people, behind what was restored.
    pub fn words(&self) -> String {
        match &self.aside {
            Some(folder) => format!("; what was there before is in {}", folder.display()),
            None => String::new(),
        }
    }
}

/// What belongs to the database, and is of no use with another one.
const OF_DATABASE: [&str; 2] = ["tamis.db-wal", "tamis.db-shm"];

impl Wanted {
    /// Of the paths in a backup: single files, and the folders that are taken whole.
    pub(super) fn of(paths: &[&str]) -> Self {
        let item = |path: &&str| match path.split_once('/') {
            Some((folder, _)) if folder != "config" => folder.to_owned(),
            Some(_) | None => (*path).to_owned(),
        };
        let items = paths.iter().filter(|path| **path != super::SECRETS).map(item).collect();
        let aside = format!("before-restore-{}", clock::stamp(clock::now()));
        Self { items, aside, ..Self::default() }
    }

    /// The key of the archive that is in a file is put aside, as it is another one.
    pub(super) fn without_key_file(&mut self) {
        self.gone.insert(KEY_FILE.to_owned());
    }

    /// What waits in the staging folder as `item` is wanted too.
    pub(super) fn add(&mut self, item: &str) {
        self.items.insert(item.to_owned());
    }

    /// These secrets, which lie beside their places, are wanted too.
    pub(super) fn add_secrets(&mut self, beside: Beside) {
        Beside { names: self.secrets, place: self.place } = beside;
    }

    /// Those secrets.
    pub(super) fn secrets(&self) -> Beside {
        Beside { names: self.secrets.clone(), place: self.place }
    }

    /// Everything that is put aside, as far as it is there.
    fn all(&self) -> BTreeSet<String> {
        let usual = ["tamis.toml", "tamis.db", "archive", "rules"].into_iter().map(str::to_owned);
        usual.chain(self.items.iter().cloned()).chain(self.gone.iter().cloned()).collect()
    }

    /// What of it cannot be put aside, because another disk is mounted there.
    pub(super) fn mounted(&self, home: &Home) -> Option<PathBuf> {
        self.all().iter().map(|item| place_of(home, item)).find(|place| is_mounted(place))
    }
}

/// Where the key of the archive waits if it is a file.
pub(super) const KEY_FILE: &str = "config/archive.key";

fn is_mounted(path: &Path) -> bool {
    let Ok(found) = statx(CWD, path, AtFlags::SYMLINK_NOFOLLOW, StatxFlags::BASIC_STATS) else { return false };
    if found.stx_attributes_mask.contains(StatxAttributes::MOUNT_ROOT) {
        return found.stx_attributes.contains(StatxAttributes::MOUNT_ROOT);
    }
    // A system before Linux 5.8 says only which disk it is.
    let disk = |path: &Path| path.symlink_metadata().map(|found| found.dev()).ok();
    disk(path) != path.parent().and_then(disk)
}

pub(super) fn staging(home: &Home) -> PathBuf {
    home.data().join("restore-new")
}

fn marker(home: &Home) -> PathBuf {
    home.data().join("restore.json")
}

/// One after the other: for as long as the returned file stays open, nobody else restores.
pub(super) fn forbid_two(home: &Home) -> Result<File, Failure> {
    let path = home.data().join("restore.lock");
    let file = File::create(&path).map_err(|err| cannot_write(&path, &err))?;
    if file.try_lock().is_err() || marker(home).exists() {
        return Err(Failure::person("a backup is being restored already; start Tamis, which brings that to its end"));
    }
    Ok(file)
}

/// From now on the backup is wanted: whoever starts next puts it in place.
pub(super) fn want(home: &Home, wanted: &Wanted) -> Result<(), Failure> {
    let path = marker(home);
    let failed = |err: io::Error| cannot_write(&path, &err);
    sync_tree(&staging(home)).map_err(failed)?;
    let part = path.with_extension("part");
    let text = serde_json::to_vec(wanted).map_err(|err| failed(err.into()))?;
    fs::write(&part, text).and_then(|()| File::open(&part)?.sync_all()).map_err(failed)?;
    fs::rename(&part, &path).map_err(failed)?;
    sync(home.data()).map_err(failed)
}

/// Puts a backup in place that [`stage`](super::stage) has got ready; `None` if there is none. No agent may be running.
pub fn finish(home: &Home) -> Result<Option<Finished>, Failure> {
    let path = marker(home);
    let text = match fs::read(&path) {
        Err(err) if err.kind() == io::ErrorKind::NotFound => return Ok(None),
        text => text.map_err(|err| stuck(&path, &err))?,
    };
    let wanted: Wanted = serde_json::from_slice(&text).map_err(|err| stuck(&path, &err.into()))?;
    let _lock = store::copy::hold(&home.database())?;
    let aside = home.data().join(&wanted.aside);
    if let Some(place) = wanted.mounted(home) {
        return Err(unfinished(&format!("{}: another disk is mounted there", place.display())));
    }
    put_all(home, &wanted, &aside).map_err(|err| stuck(home.data(), &err))?;
    take_secrets(home, &wanted.secrets())?;
    fs::remove_file(&path).and_then(|()| sync(home.data())).map_err(|err| stuck(&path, &err))?;
    // Nothing but empty folders.
    fs::remove_dir_all(staging(home)).ok();
    Ok(Some(Finished { aside: Some(aside).filter(|folder| folder.is_dir()) }))
}

fn stuck(path: &Path, err: &io::Error) -> Failure {
    unfinished(&format!("{}: {}", path.display(), because(err)))
}

fn unfinished(why: &str) -> Failure {
    Failure::outside(format!(
        "the backup is not restored to its end yet: {why}; put that right and start Tamis, which goes on with it"
    ))
}

/// Only now: until all else is in place, the secrets of what was there before are in force.
fn take_secrets(home: &Home, beside: &Beside) -> Result<(), Failure> {
    if beside.names.is_empty() {
        return Ok(());
    }
    let settings = Settings::load(home)?;
    let secrets = settings.config().secrets();
    keys::keep_secrets(home, secrets);
    keys::take_over(home, secrets, beside).map_err(|err| {
        if let KeyError::NotThere { .. } = err {
            // Nothing else is left to be done.
            let path = marker(home);
            return unfinished(&format!("{err}; bring them back, or remove {} to go on without them", path.display()));
        }
        unfinished(&err.to_string())
    })
}

fn put_all(home: &Home, wanted: &Wanted, aside: &Path) -> io::Result<()> {
    for item in &wanted.all() {
        let (new, place, old) = (staging(home).join(item), place_of(home, item), aside.join(item));
        let is_waiting = new.symlink_metadata().is_ok();
        // Of what is wanted and no longer waits, the new one is in place already.
        let is_done = wanted.items.contains(item) && !is_waiting;
        if !is_done && place.symlink_metadata().is_ok() && old.symlink_metadata().is_err() {
            carry(&place, &old)?;
        }
        if item == "tamis.db" && !is_done {
            for name in OF_DATABASE {
                let (place, old) = (home.data().join(name), aside.join(name));
                if place.symlink_metadata().is_ok() && old.symlink_metadata().is_err() {
                    carry(&place, &old)?;
                }
            }
        }
        if is_waiting {
            carry(&new, &place)?;
        }
    }
    Ok(())
}

fn place_of(home: &Home, item: &str) -> PathBuf {
    match item.strip_prefix("config/") {
        Some(below) => home.config().join(below),
        None if item == "tamis.toml" => home.settings(),
        None => home.data().join(item),
    }
}

/// Moves a file or a folder, also to another disk if it is a file.
fn carry(from: &Path, to: &Path) -> io::Result<()> {
    let folder = to.parent().unwrap_or(Path::new("/"));
    {
        use std::os::unix::fs::DirBuilderExt as _;
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    match fs::rename(from, to) {
        Err(err) if err.kind() == io::ErrorKind::CrossesDevices && from.is_file() => {
            let part = to.with_extension("part");
            fs::copy(from, &part)?;
            File::open(&part)?.sync_all()?;
            fs::rename(&part, to)?;
            sync(folder)?;
            fs::remove_file(from)?;
        }
        moved => moved?,
    }
    sync(folder)?;
    sync(from.parent().unwrap_or(Path::new("/")))
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Brings the names of everything below to the disk.
fn sync_tree(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_tree(&entry.path())?;
        }
    }
    sync(folder)
}
