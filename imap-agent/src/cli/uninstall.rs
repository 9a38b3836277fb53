//! `uninstall`: where all data is, and its removal if the person wants that. Mail stays as it is.

use std::{
    collections::BTreeSet,
    fs, io,
    io::{IsTerminal as _, Write as _},
    path::{Path, PathBuf},
};

use super::{Failure, out::Out, running_agent};
use crate::{
    autostart::Autostart,
    keys,
    paths::Home,
    settings::Settings,
    store,
    words::{because, count, one_line, size},
};

pub(super) const EXAMPLES: &str = "Examples:
  tamis-agent uninstall
  tamis-agent uninstall --delete-data

Without --delete-data nothing is removed: it says where everything is, and Tamis no longer starts
when you log in. Mail on your servers stays as it is, also what is in Junk. With --delete-data the
settings, the database, the originals in the archive, the logs and the passwords that Tamis keeps
are removed, after you have been asked. Write a backup before: tamis-agent backup --help.";

#[derive(Debug, clap::Args)]
pub(super) struct UninstallArgs {
    /// Remove all data, and the passwords that Tamis keeps
    #[arg(long)]
    delete_data: bool,

    /// Do not ask before
    #[arg(long, requires = "delete_data")]
    yes: bool,
}

/// Something of ours on the disk.
struct Found {
    path: PathBuf,
    what: &'static str,
    bytes: u64,
}

pub(super) fn uninstall(home: &Home, args: &UninstallArgs, out: &mut Out) -> Result<(), Failure> {
    let is_running = running_agent(home)?.is_some();
    if is_running && args.delete_data {
        return Err(Failure::person("the agent is running; stop it first: nothing was removed"));
    }
    let found = find(home);
    if found.is_empty() {
        out.line("there is no data of Tamis")?;
    }
    for one in &found {
        out.line(format!("{}: {}, {}", one.path.display(), one.what, size(one.bytes)))?;
    }
    // Settings that are wrong must not keep anybody from leaving.
    let settings = Settings::load(home).ok();
    if let Some(settings) = &settings {
        say_secrets(home, settings, out)?;
        for account in settings.config().accounts() {
            let name = one_line(&account.name);
            out.line(format!("{name}: its mail stays as it is, also what is in the Junk folder"))?;
        }
    }
    if let Ok(autostart) = Autostart::of(home)
        && autostart.is_on()
    {
        out.line(autostart.switch(false).map_err(|err| Failure::outside(err.to_string()))?)?;
    }
    if !args.delete_data {
        if !found.is_empty() {
            out.line("nothing was removed; with --delete-data all of this is, but no mail")?;
        }
        return Ok(());
    }
    if !args.yes && !is_sure(out)? {
        return Err(Failure::person("nothing was removed"));
    }
    remove(home, settings.as_ref(), &found, out)
}

fn say_secrets(home: &Home, settings: &Settings, out: &mut Out) -> Result<(), Failure> {
    match keys::holdings(home, settings.config()) {
        Ok(held) if held.held.is_empty() => Ok(()),
        Ok(held) => out.line(format!("{}: {} of Tamis", held.place, count(held.held.len(), "secret"))),
        Err(err) => out.line(format!("where passwords are cannot be seen: {err}")),
    }
}

fn find(home: &Home) -> Vec<Found> {
    let data = home.data();
    let mut found = Vec::new();
    let mut look = |path: PathBuf, what| {
        if path.symlink_metadata().is_ok() && !found.iter().any(|one: &Found| one.path == path) {
            let bytes = bytes_of(&path);
            found.push(Found { path, what, bytes });
        }
    };
    look(home.settings(), "settings");
    look(home.database(), "database");
    look(home.archive(), "originals of mail");
    look(home.rules(), "rules that were updated");
    look(home.log().to_path_buf(), "logs");
    look(home.sealed(), "passwords and keys, sealed");
    look(home.archive_key(), "key of the archive");
    for name in ["tamis.db-wal", "tamis.db-shm", "tamis.lock", "secrets.lock", "restore-new", "restore.json"] {
        look(data.join(name), "belongs to these");
    }
    look(home.config().join("window.json"), "how the window looks");
    look(home.config().join("window.lock"), "belongs to these");
    look(home.socket().to_path_buf(), "belongs to these");
    for folder in [home.config(), data] {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let names: BTreeSet<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
        for (name, what) in names.iter().filter_map(|name| Some((name, left_behind(name)?))) {
            look(folder.join(name), what);
        }
    }
    found
}

/// What a file is that some work has left, by its name; `None`: none of ours.
fn left_behind(name: &str) -> Option<&'static str> {
    const PASSING: [&str; 6] =
        ["restore.part", "restore.lock", "secrets.sealed.part", "secrets.part", "archive.part", "tamis.db-journal"];
    const BEGINNINGS: [(&str, &str); 6] = [
        ("archive.key.", "another key of the archive"),
        (".tamis.toml.", "settings that were never put in place"),
        ("tamis.db.before-", "database before an update"),
        ("before-restore-", "what was there before a restore"),
        ("lessons-before-", "lessons before they were forgotten"),
        (".backup-", "rest of a backup that was broken off"),
    ];
    if PASSING.contains(&name) {
        return Some("belongs to these");
    }
    BEGINNINGS.iter().find(|(beginning, _)| name.starts_with(beginning)).map(|(_, what)| *what)
}

fn is_sure(out: &mut Out) -> Result<bool, Failure> {
    if !io::stdin().is_terminal() {
        return Err(Failure::person("there is no terminal to ask whether to remove this; use --yes"));
    }
    out.flush()?;
    write!(io::stderr(), "Remove all of this for ever? Type yes: ").map_err(|err| Failure::output(&err))?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).map_err(|err| Failure::outside(because(&err)))?;
    Ok(answer.trim() == "yes")
}

fn remove(home: &Home, settings: Option<&Settings>, found: &[Found], out: &mut Out) -> Result<(), Failure> {
    // Nobody may start on what is being removed.
    let _lock = if home.database().exists() { Some(store::copy::hold(&home.database())?) } else { None };
    // While their names are still known, and first: if this fails, it can be tried again.
    let forgotten = match settings {
        Some(settings) => keys::forget_all(home, settings.config())?,
        None => 0,
    };
    for one in found {
        let removed = if one.path.is_dir() && !one.path.is_symlink() {
            fs::remove_dir_all(&one.path)
        } else {
            fs::remove_file(&one.path)
        };
        match removed {
            Err(err) if err.kind() != io::ErrorKind::NotFound => {
                return Err(Failure::outside(format!("cannot remove {}: {}", one.path.display(), because(&err))));
            }
            Ok(()) | Err(_) => {}
        }
    }
    for folder in [home.config(), home.data()] {
        // Only if nothing of anybody else is in it.
        fs::remove_dir(folder).ok();
    }
    let secrets = if forgotten == 0 { String::new() } else { format!(", and {}", count(forgotten, "secret")) };
    if settings.is_none() {
        let text =
            "its settings could not be read, so passwords in the keyring stay: look for entries named tamis there";
        out.line(text)?;
    }
    out.line(format!("all of it removed{secrets}; mail stays as it is"))
}

fn bytes_of(path: &Path) -> u64 {
    let Ok(about) = fs::symlink_metadata(path) else { return 0 };
    if !about.is_dir() {
        return about.len();
    }
    fs::read_dir(path).into_iter().flatten().flatten().map(|entry| bytes_of(&entry.path())).sum()
}
