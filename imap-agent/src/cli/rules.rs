//! `rules`: what becomes of rule files, which are in use, and newer ones.

mod check;
mod update;

use std::path::PathBuf;

use clap::Subcommand;

use super::{Failure, out::Out};
use crate::paths::Home;

pub(super) const EXAMPLES: &str = "Examples:
  tamis-agent rules check local.cf
  tamis-agent rules check --json /etc/mail/rules | jq .share
  tamis-agent rules list
  tamis-agent rules update";

const UPDATE_EXAMPLES: &str = "Examples:
  tamis-agent rules update
  tamis-agent rules update --from /media/stick/rules --key minisign.pub

There must be rules.tar.gz and rules.tar.gz.minisig: rule files and a file VERSION with a whole number, and
the signature that `minisign -S -m rules.tar.gz` makes. What is not signed with the key, is older than what
is in use, does not load, or calls ordinary mail spam changes nothing.";

const CHECK_EXAMPLES: &str = "Examples:
  tamis-agent rules check /etc/mail/rules local.cf
  tamis-agent rules check --plugin OLEVBMacro --plugin PDFInfo --all rules.cf

Reads rule files in the language of SpamAssassin 4.0, and of folders all .pre and .cf files in the order of
their names. Rules that ask the network are counted and not run from these files. With --json it is one object:
  {\"files\",\"rules\",\"share\",\"kinds\":{KIND:{\"loaded\",\"runs\",\"asks_network\",\"needs_learner\",\"off\",\"skipped\"}},
   \"skipped\":[{\"why\",\"places\":[{\"place\",\"rule\",\"why\"}]}],\"notes\": like skipped}
The share is that of all rules which are not skipped. The exit code is 0 also when rules are skipped.";

#[derive(Debug, Subcommand)]
pub(super) enum RulesCommand {
    /// Load rule files and show how many rules of each kind run, and why the others do not
    #[command(after_help = CHECK_EXAMPLES)]
    Check(CheckArgs),
    /// Show which rules are in use
    #[command(after_help = "Example:\n  tamis-agent rules list --json")]
    List {
        /// One JSON object instead of a table
        #[arg(long)]
        json: bool,
    },
    /// Bring newer rules, from a folder or over https, if they are signed with the key you named
    #[command(after_help = UPDATE_EXAMPLES)]
    Update(UpdateArgs),
}

#[derive(Debug, clap::Args)]
pub(super) struct UpdateArgs {
    /// A folder, or an address that begins with https:// (else: `update` in the settings)
    #[arg(long, value_name = "PLACE")]
    from: Option<String>,

    /// The minisign public key, or the file it is in (else: `update_key` in the settings)
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(super) struct CheckArgs {
    /// One JSON object instead of text
    #[arg(long)]
    json: bool,

    /// Show every place and note, not only the first few
    #[arg(long)]
    all: bool,

    /// Switch on a plugin of SpamAssassin beside the usual ones
    #[arg(long = "plugin", value_name = "NAME")]
    plugins: Vec<String>,

    /// Rule files or folders of them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
}

pub(super) fn rules(home: &Home, command: RulesCommand, out: &mut Out) -> Result<(), Failure> {
    match command {
        RulesCommand::Check(args) => check::check(&args, out),
        RulesCommand::List { json } => update::list(home, json, out),
        RulesCommand::Update(args) => update::bring(home, &args, out),
    }
}
