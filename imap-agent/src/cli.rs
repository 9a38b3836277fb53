//! The command line.
//!
//! Every command says what it did in one sentence or one table. What went wrong is one sentence on stderr, and the exit
//! code says whose turn it is: 0 done, 1 the person's, 2 the command is not understood, 3 something outside failed.

mod account;
mod backend;
mod backfill;
mod digest;
mod eval;
mod explain;
mod failure;
mod held;
mod history;
mod judging;
mod lessons;
mod out;
mod providers;
mod review;
mod rules;
mod scan;
mod status;
mod table;
mod teach;
mod tune;
mod word;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Parser, Subcommand};
use tamis_core::api::{MailId, Request, Show};

use self::{
    account::AccountCommand, backfill::BackfillArgs, eval::EvalArgs, held::HeldArgs, history::HistoryArgs,
    lessons::LessonsArgs, out::Out, rules::RulesCommand, scan::ScanArgs, tune::TuneArgs, word::WordArgs,
};
pub use self::{
    backend::{Backend, Lesson, Teacher},
    failure::{Failure, with_cause},
    teach::{Taught, teach, unteach},
};
use crate::{
    client::{Client, ClientError},
    logging, panics,
    paths::Home,
    settings::Settings,
};

/// Spam filter for your own mailboxes: the agent, and commands that talk to it.
#[derive(Debug, Parser)]
#[command(name = "tamis-agent", version, max_term_width = 100, after_help = EXAMPLES)]
struct Cli {
    /// Keep everything below this folder, instead of in the folders of the system (also: TAMIS_HOME)
    #[arg(long, global = true, value_name = "DIR")]
    home: Option<PathBuf>,

    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "Examples:
  tamis-agent account add me@example.org --host imap.example.org
  tamis-agent run
  tamis-agent junk
  tamis-agent release 17

Exit codes: 0 done, 1 something you can put right, 2 the command is not understood,
3 something outside failed.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Watch the mailboxes, in the foreground, until SIGTERM or Ctrl-C
    #[command(after_help = "Example:\n  TAMIS_LOG=debug tamis-agent run\n\n\
        Writes its log to stderr and to one file a day. TAMIS_LOG says how much: error, warn, info,\n\
        debug or trace.")]
    Run,
    /// Judge messages in files: .eml, mbox, Maildir, or folders of messages
    #[command(after_help = scan::EXAMPLES)]
    Scan(ScanArgs),
    /// Judge one message and explain the verdict in words
    #[command(after_help = "Example:\n  tamis-agent explain strange.eml")]
    Explain {
        /// A file with one message
        file: PathBuf,
    },
    /// Learn from messages in files that they are spam, or that they are wanted
    #[command(
        after_help = "Examples:\n  tamis-agent train --spam ~/Mail/Junk\n  tamis-agent train --ham ~/Mail/Archive 2024.mbox\n\n\
        A message that was learned before is not learned twice; one that was learned the other way\n\
        is corrected."
    )]
    Train(TrainArgs),
    /// Forget what was learned from messages in files
    #[command(after_help = "Example:\n  tamis-agent untrain ~/Mail/Junk/wrong.eml")]
    Untrain {
        /// Files or folders of messages
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
    /// Show what was learned so far, write it to a file, or learn from such a file
    #[command(after_help = lessons::EXAMPLES)]
    Lessons(LessonsArgs),
    /// Show what a word weighs: in how many lessons it is, and what it says alone
    #[command(after_help = word::EXAMPLES)]
    Word(WordArgs),
    /// Measure the filter on labelled messages, with a learner that knows nothing yet
    #[command(after_help = eval::EXAMPLES)]
    Eval(EvalArgs),
    /// Look at rule files, which may be SpamAssassin's
    #[command(after_help = rules::EXAMPLES)]
    Rules {
        #[command(subcommand)]
        command: RulesCommand,
    },
    /// Fit the points of the symbols to labelled messages
    #[command(after_help = tune::EXAMPLES)]
    Tune(TuneArgs),
    /// Set up the mail accounts
    #[command(after_help = "Example:\n  tamis-agent account add me@example.org --host imap.example.org")]
    Account {
        #[command(subcommand)]
        command: AccountCommand,
    },
    /// Show how the agent and its accounts are
    #[command(after_help = "Example:\n  tamis-agent status --json")]
    Status {
        /// One JSON object instead of text
        #[arg(long)]
        json: bool,
    },
    /// List the mail in Junk, newest first
    #[command(after_help = "Examples:\n  tamis-agent junk\n  tamis-agent junk --all --json\n\n\
        The number in the first column is what release, spam and ham take.")]
    Junk {
        /// One JSON object a line instead of a table
        #[arg(long)]
        json: bool,
        /// All judged mail, also what is in the inbox
        #[arg(long)]
        all: bool,
    },
    /// Put messages back in the inbox, and learn that they are wanted
    #[command(after_help = "Example:\n  tamis-agent release 17 18")]
    Release(Ids),
    /// Take back the newest change, or one: messages return to where they were, lessons are unlearned
    #[command(after_help = "Examples:\n  tamis-agent undo\n  tamis-agent undo 4")]
    Undo {
        /// The number that the change was given
        #[arg(value_parser = clap::value_parser!(i64).range(1..))]
        id: Option<i64>,
    },
    /// File messages in Junk, and learn that they are spam
    #[command(after_help = "Example:\n  tamis-agent spam 21")]
    Spam(Ids),
    /// Learn that messages are wanted; what is in Junk goes back to the inbox
    #[command(after_help = "Example:\n  tamis-agent ham 17")]
    Ham(Ids),
    /// Have yourself taken off the mailing that a message is of
    #[command(after_help = "Examples:\n  tamis-agent unsubscribe 23\n  tamis-agent unsubscribe --by-message 23\n\n\
        Asks the sender in the way the message names: by one request to its site, or by a message. Only\n\
        for mail that is not spam and whose sender your provider has authenticated; else it names the\n\
        page on which you can do it yourself. A message that the sender has not signed is shown to you\n\
        first, and sent with `--by-message`.")]
    Unsubscribe {
        /// A number from the list that `tamis-agent junk --all` shows
        #[arg(value_parser = clap::value_parser!(i64).range(1..))]
        id: i64,
        /// Send the message that was shown
        #[arg(long)]
        by_message: bool,
    },
    /// List what was changed, newest first: by you, and by Tamis itself
    #[command(after_help = history::EXAMPLES)]
    History(HistoryArgs),
    /// Show which messages wait for your word before they are filed, and give it
    #[command(after_help = held::EXAMPLES)]
    Held(HeldArgs),
    /// Look at mail from before Tamis came, too
    #[command(after_help = backfill::EXAMPLES)]
    Backfill(BackfillArgs),
    /// Put a digest of what was filed into the inbox now
    #[command(after_help = digest::DIGEST_EXAMPLES)]
    Digest {
        /// The account's name
        account: String,
    },
    /// Do what a link in a digest says
    #[command(after_help = digest::OPEN_EXAMPLES)]
    Open {
        /// The whole link, beginning with `tamis:`
        link: String,
    },
}

#[derive(Debug, clap::Args)]
struct Ids {
    /// Numbers from the list that `tamis-agent junk` shows
    #[arg(required = true, value_name = "ID", value_parser = clap::value_parser!(i64).range(1..))]
    ids: Vec<i64>,
}

#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("label").required(true).args(["spam", "ham"])))]
struct TrainArgs {
    /// They are spam
    #[arg(long)]
    spam: bool,

    /// They are wanted
    #[arg(long)]
    ham: bool,

    /// Files or folders of messages
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
}

/// Runs the command that the process was started with. `backend` is the rest of the agent.
pub fn main(backend: &dyn Backend) -> ExitCode {
    // Whatever is written, by whatever library, is this user's business only.
    panics::hush();
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let cli = Cli::parse();
    let mut out = Out::new();
    let done = run(cli, backend, &mut out).and_then(|()| out.flush());
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            out.error(&failure);
            ExitCode::from(failure.exit_code())
        }
    }
}

fn run(cli: Cli, backend: &dyn Backend, out: &mut Out) -> Result<(), Failure> {
    let home = Home::find(cli.home.as_deref())?;
    match cli.command {
        Command::Run => daemon(&home, backend),
        Command::Scan(args) => scan::scan(&home, &args, backend, out),
        Command::Explain { file } => explain::explain(&home, &file, backend, out),
        Command::Train(args) => teach::train(&home, &args, backend, out),
        Command::Untrain { paths } => teach::untrain(&home, &paths, backend, out),
        Command::Lessons(args) => lessons::lessons(&home, &args, backend, out),
        Command::Word(args) => word::word(&home, &args, backend, out),
        Command::Eval(args) => eval::eval(&home, &args, out),
        Command::Rules { command } => rules::rules(&home, command, out),
        Command::Tune(args) => tune::tune(&home, &args, out),
        Command::Account { command } => account::account(&home, command, backend, out),
        Command::Status { json } => status::status(&home, json, out),
        Command::Junk { json, all } => review::junk(&home, if all { Show::All } else { Show::Junk }, json, out),
        Command::Release(Ids { ids }) => review::release(&home, &ids, out),
        Command::Undo { id } => review::undo(&home, id, out),
        Command::Spam(Ids { ids }) => review::spam(&home, &ids, out),
        Command::Ham(Ids { ids }) => review::ham(&home, &ids, out),
        Command::Unsubscribe { id, by_message } => {
            review::change(&home, Request::Unsubscribe { id: MailId(id), by_message }, out)
        }
        Command::History(args) => history::history(&home, &args, out),
        Command::Held(args) => held::held(&home, &args, out),
        Command::Backfill(args) => backfill::backfill(&home, &args, out),
        Command::Digest { account } => digest::digest(&home, &account, out),
        Command::Open { link } => digest::open(&home, &link, out),
    }
}

fn daemon(home: &Home, backend: &dyn Backend) -> Result<(), Failure> {
    let settings = Settings::load_or_write(home)?;
    logging::start(home.log(), settings.config().log_days())?;
    backend.run(home, settings)
}

/// The running agent, or `None` if there is none.
fn running_agent(home: &Home) -> Result<Option<Client>, Failure> {
    match Client::connect(home) {
        Ok(client) => Ok(Some(client)),
        Err(ClientError::NotRunning) => Ok(None),
        Err(err) => Err(err.into()),
    }
}

/// The agent may have been started in another folder.
fn absolute(path: &Path) -> Result<String, Failure> {
    let whole = std::path::absolute(path).map_err(|err| Failure::person(format!("{}: {err}", path.display())))?;
    whole.into_os_string().into_string().map_err(|path| {
        Failure::person(format!("the name of {} is not UTF-8; rename it or copy it first", path.to_string_lossy()))
    })
}
