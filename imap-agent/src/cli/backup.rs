//! `backup` and `restore`: everything in one file, and back.

use std::{
    io::{self, IsTerminal as _},
    path::PathBuf,
};

use tamis_core::api::{Password, Request};

use super::{Failure, absolute, out::Out, review, running_agent};
use crate::{
    backup::{self, Secrets},
    keys,
    paths::Home,
    secret::Secret,
    settings::Settings,
};

pub(super) const EXAMPLES: &str = "Examples:
  tamis-agent backup ~/tamis.backup
  tamis-agent backup --with-secrets /media/stick/tamis.backup

Everything of Tamis is in the file: settings, database, lessons, lists, originals and rules. The
agent may be running. Passwords and the key of the archive are in it only with --with-secrets: then
you are asked for a passphrase, and the whole file opens only with that. Without the key of the
archive nobody can open the originals in it, so keep that key, or use --with-secrets.";

pub(super) const RESTORE_EXAMPLES: &str = "Examples:
  tamis-agent restore ~/tamis.backup
  tamis-agent restore --force ~/tamis.backup

The whole file is read and tested before anything is replaced. With --force what is there is put
aside, in a folder that is named; without, there may be nothing yet. A running agent starts anew by
itself. Then it goes on from where it was when the backup was written: mail that came since is
judged, again if it was, and what you said of it since is no longer known.";

#[derive(Debug, clap::Args)]
pub(super) struct BackupArgs {
    /// Put passwords and the key of the archive in, and seal the whole with a passphrase
    #[arg(long)]
    with_secrets: bool,

    /// A file whose first line is the passphrase, instead of being asked. It must be readable by you alone
    #[arg(long, value_name = "FILE", requires = "with_secrets")]
    passphrase_file: Option<PathBuf>,

    /// Write over a file that is there
    #[arg(long)]
    force: bool,

    /// The file to write
    file: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(super) struct RestoreArgs {
    /// Put aside what is there
    #[arg(long)]
    force: bool,

    /// Leave passwords and the key of the archive as they are here
    #[arg(long)]
    without_secrets: bool,

    /// A file whose first line is the passphrase, instead of being asked. It must be readable by you alone
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,

    /// The backup
    file: PathBuf,
}

pub(super) fn backup(home: &Home, args: &BackupArgs, out: &mut Out) -> Result<(), Failure> {
    let passphrase = match &args.passphrase_file {
        Some(file) => Some(keys::of_file(file)?),
        None if args.with_secrets => Some(asked_twice()?),
        None => None,
    };
    if let Some(mut agent) = running_agent(home)? {
        let passphrase = passphrase.map(|secret| Password(secret.expose().to_owned()));
        let request = Request::Backup { path: absolute(&args.file)?, passphrase, is_forced: args.force };
        return review::say(agent.call(request)?, out);
    }
    let settings = Settings::load(home)?;
    if !home.database().exists() && !home.settings().exists() {
        return Err(Failure::person(format!("there is no data of Tamis in {}", home.data().display())));
    }
    let made = backup::make(home, settings.config(), (&args.file, args.force), passphrase.as_ref())?;
    out.line(made.sentence())
}

pub(super) fn restore(home: &Home, args: &RestoreArgs, out: &mut Out) -> Result<(), Failure> {
    let passphrase = match &args.passphrase_file {
        Some(file) => Some(keys::of_file(file)?),
        None if backup::is_sealed(&args.file) => Some(asked("Passphrase of the backup: ")?),
        None => None,
    };
    if let Some(mut agent) = running_agent(home)? {
        let passphrase = passphrase.map(|secret| Password(secret.expose().to_owned()));
        let path = absolute(&args.file)?;
        let request = Request::Restore { path, passphrase, has_secrets: !args.without_secrets, is_forced: args.force };
        return review::say(agent.call(request)?, out);
    }
    // One that was broken off comes first.
    backup::finish(home)?;
    let secrets = if args.without_secrets { Secrets::Leave } else { Secrets::Restore };
    let what = backup::stage(home, &args.file, passphrase.as_ref(), (args.force, secrets))?;
    let finished = backup::finish(home)?;
    let words = finished.map(|finished| finished.words()).unwrap_or_default();
    out.line(format!("{what} is in place{words}"))
}

fn asked_twice() -> Result<Secret, Failure> {
    let first = asked("Passphrase for the backup: ")?;
    if first.expose() == asked("Once more: ")?.expose() {
        Ok(first)
    } else {
        Err(Failure::person("these are two different passphrases; nothing was written"))
    }
}

fn asked(prompt: &str) -> Result<Secret, Failure> {
    if !io::stdin().is_terminal() {
        return Err(Failure::person("there is no terminal to ask for the passphrase; use --passphrase-file"));
    }
    let typed = rpassword::prompt_password(prompt)
        .map_err(|err| Failure::outside(format!("cannot ask for the passphrase: {}", crate::words::because(&err))))?;
    if typed.is_empty() {
        return Err(Failure::person("no passphrase was given; nothing is changed"));
    }
    Ok(Secret::new(typed))
}
