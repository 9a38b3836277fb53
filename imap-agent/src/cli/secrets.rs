//! `secrets`: where passwords and keys are, taking them elsewhere, and another key for the sealed file.

use std::path::PathBuf;

use tamis_core::config::PasswordSource;

use super::{Failure, out::Out, running_agent};
use crate::{
    backup,
    keys::{self, Held, Place},
    paths::Home,
    settings::Settings,
    words::{count, one_line},
};

pub(super) const EXAMPLES: &str = "Examples:
  tamis-agent secrets
  tamis-agent secrets move --to file
  tamis-agent secrets rekey --key-file /etc/tamis/new-key

Shows where passwords, tokens and the key of the archive are, never what they are. The sealed
file is for machines without a keyring: [secrets] in tamis.toml says where its key is, or the
service of systemd has it as the credential tamis-key. `move` writes all of them to the other
place, reads them back, and then removes them where they were. `rekey` seals the file anew: with
--key-file or --key-command with that key, which tamis.toml names from then on; with --old-key-file
or --old-key-command with the key of the settings, after the old one has opened it once more.";

#[derive(Debug, clap::Args)]
pub(super) struct SecretsArgs {
    #[command(subcommand)]
    command: Option<SecretsCommand>,
}

#[derive(Debug, clap::Subcommand)]
pub(super) enum SecretsCommand {
    /// Take all of them to the keyring, or to the sealed file
    #[command(after_help = "Example:\n  tamis-agent secrets move --to file")]
    Move {
        /// Where to
        #[arg(long, value_parser = ["file", "keyring"])]
        to: String,
    },
    /// Seal the file with another key
    #[command(after_help = "Examples:\n  tamis-agent secrets rekey --key-file /etc/tamis/new-key\n  \
        tamis-agent secrets rekey --old-key-command 'pass show old'")]
    Rekey(RekeyArgs),
}

#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("key").required(true)))]
pub(super) struct RekeyArgs {
    /// A file whose first line is the new key. It must be readable by you alone
    #[arg(long, value_name = "FILE", group = "key")]
    key_file: Option<PathBuf>,

    /// A command that prints the new key on its first line
    #[arg(long, value_name = "COMMAND", group = "key")]
    key_command: Option<String>,

    /// A file whose first line is the old key, if the settings name the new one already
    #[arg(long, value_name = "FILE", group = "key")]
    old_key_file: Option<PathBuf>,

    /// A command that prints the old key, if the settings name the new one already
    #[arg(long, value_name = "COMMAND", group = "key")]
    old_key_command: Option<String>,
}

pub(super) fn secrets(home: &Home, args: &SecretsArgs, out: &mut Out) -> Result<(), Failure> {
    let settings = Settings::load(home)?;
    match &args.command {
        None => show(home, &settings, out),
        Some(SecretsCommand::Move { to }) => {
            if running_agent(home)?.is_some() {
                let text = "the agent is running, and may write a secret meanwhile; stop it first: nothing was moved";
                return Err(Failure::person(text));
            }
            home.create()?;
            let settings = match restored(home, out)? {
                Some(restored) => restored,
                None => settings,
            };
            let to = if to == "file" { Place::File } else { Place::Keyring };
            let moved = keys::move_all(home, settings.config(), to)?;
            let place = match to {
                Place::File => home.sealed().display().to_string(),
                Place::Keyring => "the keyring".to_owned(),
            };
            out.line(format!("{} moved to {place}", count(moved, "secret")))
        }
        Some(SecretsCommand::Rekey(args)) => rekey(home, &settings, args, out),
    }
}

/// Puts a backup in place whose restore was broken off, as the secrets are where its settings say. They are given.
fn restored(home: &Home, out: &mut Out) -> Result<Option<Settings>, Failure> {
    let Some(finished) = backup::finish(home)? else { return Ok(None) };
    out.line(format!("the backup that was being restored is in place{}", finished.words()))?;
    let settings = Settings::load(home)?;
    keys::keep_secrets(home, settings.config().secrets());
    Ok(Some(settings))
}

fn show(home: &Home, settings: &Settings, out: &mut Out) -> Result<(), Failure> {
    let found = keys::holdings(home, settings.config())?;
    let say = |out: &mut Out, held: &[Held]| {
        held.iter().try_for_each(|one| out.line(format_args!("  {}", one_line(&one.words()))))
    };
    out.line(format!("{} in {}", count(found.held.len(), "secret"), found.place))?;
    say(out, &found.held)?;
    if !found.elsewhere.is_empty() {
        let text = "in the other place, and not used; `tamis-agent secrets move` brings all together";
        out.line(format!("{} {text}", count(found.elsewhere.len(), "secret")))?;
        say(out, &found.elsewhere)?;
    }
    if let Some(path) = found.key_file {
        out.line(format!("the key of the archive is in {}, which is not sealed", path.display()))?;
    }
    for account in settings.config().accounts() {
        let place = match &account.password {
            PasswordSource::Keyring | PasswordSource::OAuth(_) => continue,
            PasswordSource::File(path) => format!("in {}", path.display()),
            PasswordSource::Command(_) => "said by a command of yours".to_owned(),
            PasswordSource::NotNeeded => "not needed".to_owned(),
        };
        out.line(format!("the password of {} is {place}", one_line(&account.name)))?;
    }
    Ok(())
}

fn rekey(home: &Home, settings: &Settings, args: &RekeyArgs, out: &mut Out) -> Result<(), Failure> {
    if !home.sealed().exists() {
        return Err(Failure::person(format!("there is no sealed file {}", home.sealed().display())));
    }
    let source = |file: &Option<PathBuf>, command: &Option<String>| -> Result<Option<PasswordSource>, Failure> {
        match (file, command) {
            (Some(file), _) => Ok(Some(PasswordSource::File(super::absolute(file)?.into()))),
            (None, Some(command)) => Ok(Some(PasswordSource::Command(command.clone()))),
            (None, None) => Ok(None),
        }
    };
    let new = source(&args.key_file, &args.key_command)?;
    let old = source(&args.old_key_file, &args.old_key_command)?;
    let number = keys::rekey(home, settings.config(), old.as_ref(), new.as_ref())?;
    out.line(format!("{} sealed with the new key; the old one no longer opens the file", count(number, "secret")))
}
