//! `rules`: what becomes of rule files.

mod check;

use std::path::PathBuf;

use clap::Subcommand;

use super::{Failure, out::Out};

pub(super) const EXAMPLES: &str = "Examples:
  tamis-agent rules check local.cf
  tamis-agent rules check --json /etc/mail/rules | jq .share";

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

pub(super) fn rules(command: RulesCommand, out: &mut Out) -> Result<(), Failure> {
    match command {
        RulesCommand::Check(args) => check::check(&args, out),
    }
}
