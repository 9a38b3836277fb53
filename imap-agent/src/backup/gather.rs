//! Collects what goes into a backup, so that the agent can go on meanwhile: the database as a copy of one moment, the originals
//! by a second name, the rest copied.

use std::{
    fs, io,
    path::{Component, Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use tamis_core::config::Config;

use super::{cannot_write, fresh_folder};
use crate::{cli::Failure, paths::Home, store};

/// With `--home` these are beside the settings, and are no rules of the person.
const NOT_OF_RULES: [&str; 6] = [".backup-", "before-restore-", "restore-new", "archive", "rules", "log"];

/// So that two at once are not in each other's way.
static NUMBER: AtomicU64 = AtomicU64::new(0);

/// What was collected. The folder goes with this value.
#[derive(Debug)]
pub(super) struct Gathered {
    folder: PathBuf,
    /// Paths below it, in order.
    pub(super) paths: Vec<String>,
    /// The version of the database; 0: there is none.
    pub(super) database: u32,
    /// Rules of the person that are elsewhere.
    pub(super) left_out: Vec<PathBuf>,
}

impl Drop for Gathered {
    fn drop(&mut self) {
        // What cannot be removed now is removed by the next one of that number.
        fs::remove_dir_all(&self.folder).ok();
    }
}

impl Gathered {
    /// Collects everything of `home`.
    pub(super) fn of(home: &Home, config: &Config) -> Result<Self, Failure> {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = home.data().join(format!(".backup-{}-{number}", std::process::id()));
        let failed = |err: io::Error| cannot_write(&folder, &err);
        fresh_folder(&folder).map_err(failed)?;
        let mut gathered = Self { folder: folder.clone(), paths: Vec::new(), database: 0, left_out: Vec::new() };
        // Before and after the database: a row is written after its file, and removed before it.
        gathered.link(&home.archive(), "archive").map_err(failed)?;
        if home.database().is_file() {
            gathered.database = store::copy::copy_to(&home.database(), &folder.join("tamis.db"))?;
        }
        gathered.link(&home.archive(), "archive").map_err(failed)?;
        gathered.link(&home.rules(), "rules").map_err(failed)?;
        if home.settings().is_file() {
            fs::copy(home.settings(), folder.join("tamis.toml")).map_err(failed)?;
        }
        gathered.take_rules(home, config).map_err(failed)?;
        let mut paths = Vec::new();
        list(&folder, "", &mut paths).map_err(failed)?;
        paths.sort();
        gathered.paths = paths;
        Ok(gathered)
    }

    /// Where something of it is.
    pub(super) fn path_of(&self, path: &str) -> PathBuf {
        self.folder.join(path)
    }

    /// A second name for each file of a folder, where it has none yet.
    fn link(&self, from: &Path, name: &str) -> io::Result<()> {
        let mut paths = Vec::new();
        list(from, "", &mut paths)?;
        // Compiled rules are made anew by themselves.
        let is_wanted = |path: &&String| {
            let extension = Path::new(path).extension().and_then(|extension| extension.to_str());
            let is_passing = matches!(extension, Some("part" | "lock"));
            let is_compiled = name == "rules" && path.starts_with("compiled");
            !(is_passing || is_compiled)
        };
        for path in paths.iter().filter(is_wanted) {
            let to = self.folder.join(name).join(path);
            if let Some(folder) = to.parent() {
                fs::create_dir_all(folder)?;
            }
            match fs::hard_link(from.join(path), &to) {
                // Removed since it was listed: no row needs it any more.
                Err(err) if [io::ErrorKind::AlreadyExists, io::ErrorKind::NotFound].contains(&err.kind()) => {}
                Ok(()) => {}
                // Some disks know no second name of a file.
                Err(_) => drop(fs::copy(from.join(path), &to)?),
            }
        }
        Ok(())
    }

    /// Rules of the person that are beside the settings. Only what is read as rules goes in, whatever else is beside it.
    fn take_rules(&mut self, home: &Home, config: &Config) -> io::Result<()> {
        for path in &config.rules().paths {
            let whole = home.config().join(path);
            let is_plain = |below: &&Path| below.components().all(|part| matches!(part, Component::Normal(_)));
            let below = whole.strip_prefix(home.config()).ok().filter(is_plain).and_then(Path::to_str);
            let is_ours = [home.archive_key(), home.sealed(), home.settings().clone()].contains(&whole);
            let Some(below) = below.filter(|_| !is_ours).map(str::to_owned) else {
                self.left_out.push(whole);
                continue;
            };
            if whole.is_dir() {
                self.take_folder(&whole, &below)?;
            } else if whole.is_file() {
                self.take_file(&whole, &below)?;
            }
        }
        Ok(())
    }

    /// The rule files of a folder; a link to one is followed.
    fn take_folder(&self, folder: &Path, below: &str) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            let path = if below.is_empty() { name.clone() } else { format!("{below}/{name}") };
            if entry.file_type()?.is_dir() {
                if !NOT_OF_RULES.iter().any(|other| name.starts_with(other)) {
                    self.take_folder(&entry.path(), &path)?;
                }
            } else if entry.path().extension().is_some_and(|extension| extension == "cf") && entry.path().is_file() {
                self.take_file(&entry.path(), &path)?;
            }
        }
        Ok(())
    }

    fn take_file(&self, file: &Path, below: &str) -> io::Result<()> {
        let to = self.folder.join("config").join(below);
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::copy(file, &to).map(drop)
    }
}

/// The files below a folder, by their paths in it. Links are not followed.
fn list(folder: &Path, below: &str, paths: &mut Vec<String>) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Err(err) if err.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        // A name that is no text is none of ours.
        let Ok(name) = entry.file_name().into_string() else { continue };
        let path = if below.is_empty() { name } else { format!("{below}/{name}") };
        let kind = entry.file_type()?;
        if kind.is_dir() {
            list(&entry.path(), &path, paths)?;
        } else if kind.is_file() {
            paths.push(path);
        }
    }
    Ok(())
}
