//! The manual pages and what shells complete, out of the commands themselves, so that they cannot say anything else. The only
//! file that names `clap_mangen` and `clap_complete`.

use std::{fs, io, path::Path};

use clap::Command;
use clap_complete::Shell;

use super::{Failure, out::Out, place::cannot_write};

/// The shells that most people have.
const SHELLS: [Shell; 3] = [Shell::Bash, Shell::Fish, Shell::Zsh];

/// What the program is called.
const NAME: &str = env!("CARGO_PKG_NAME");

/// Writes a manual page of each command, and a file for each shell, into that folder.
pub(super) fn write(commands: &Command, folder: &Path, out: &mut Out) -> Result<(), Failure> {
    let shown = shown(commands);
    let write = || -> io::Result<()> {
        fs::create_dir_all(folder)?;
        clap_mangen::generate_to(shown.clone(), folder)?;
        for shell in SHELLS {
            clap_complete::generate_to(shell, &mut shown.clone(), NAME, folder)?;
        }
        Ok(())
    };
    write().map_err(|error| cannot_write(folder, &error))?;
    out.line(format_args!("the manual is in {}", folder.display()))
}

/// The commands without those that are not for people: completions would offer them.
fn shown(commands: &Command) -> Command {
    let all = commands.get_subcommands().filter(|command| !command.is_hide_set());
    let bare = Command::new(NAME)
        .version(env!("CARGO_PKG_VERSION"))
        .about(commands.get_about().cloned().unwrap_or_default())
        .after_help(commands.get_after_help().cloned().unwrap_or_default())
        .subcommand_required(true);
    bare.args(commands.get_arguments()).subcommands(all)
}
