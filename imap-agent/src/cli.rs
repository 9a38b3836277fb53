//! The command line.
//!
//! Every command says what it did in one sentence or one table. What went wrong is one sentence on stderr, and the exit
//! code says whose turn it is: 0 done, 1 the person's, 2 the command is not understood, 3 something outside failed.

mod account;
mod backend;
mod backfill;
mod backup;
mod digest;
mod eval;
mod explain;
mod failure;
mod find_server;
mod held;
mod history;
mod judging;
mod learn;
mod lessons;
mod licences;
mod list;
mod manual;
mod out;
mod pause;
mod peers;
mod place;
mod report;
mod review;
mod route;
mod rules;
mod scan;
mod secrets;
mod senders;
mod setting;
mod sign_in;
mod statistics;
mod status;
mod steps;
mod table;
mod teach;
mod tune;
mod uninstall;
mod waiting;
mod word;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{CommandFactory as _, Parser, Subcommand};
use tamis_core::api::{MailId, Request};

use self::{
    account::AccountCommand,
    backfill::BackfillArgs,
    backup::{BackupArgs, RestoreArgs},
    eval::EvalArgs,
    held::HeldArgs,
    history::HistoryArgs,
    learn::LearnArgs,
    lessons::LessonsArgs,
    licences::LicencesArgs,
    list::ListCommand,
    out::Out,
    pause::PauseArgs,
    peers::PeersArgs,
    report::ReportArgs,
    review::JunkArgs,
    route::RouteArgs,
    rules::RulesCommand,
    scan::ScanArgs,
    secrets::SecretsArgs,
    senders::SendersArgs,
    setting::SettingArgs,
    statistics::StatisticsArgs,
    tune::TuneArgs,
    uninstall::UninstallArgs,
    waiting::WaitingArgs,
    word::WordArgs,
};
pub use self::{
    backend::{Backend, Lesson, Life, Teacher},
    failure::{Failure, with_cause},
    teach::{Taught, teach, unteach},
};
pub(crate) use self::{
    lessons::export_lessons,
    place::{part_of, put, write as write_file},
};
use crate::{
    autostart::{Autostart, AutostartError},
    backup::finish,
    client::{Client, ClientError},
    keys, logging, panics,
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
  tamis-agent account add me@example.org
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
    Run {
        /// Stay beside it, and start it again if it crashes. Where systemd runs it this is not needed
        #[arg(long)]
        restart: bool,

        /// End when you log out, as what a desktop starts should. Does nothing but start the service if systemd has it
        #[arg(long)]
        until_logout: bool,
    },
    /// Judge messages in files: .eml, mbox, Maildir, or folders of messages
    #[command(after_help = scan::EXAMPLES)]
    Scan(ScanArgs),
    /// Judge one message and explain the verdict in words
    #[command(after_help = "Example:\n  tamis-agent explain strange.eml")]
    Explain {
        /// Ask the network nothing
        #[arg(long)]
        no_network: bool,

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
    #[command(after_help = "Example:\n  tamis-agent account add me@example.org")]
    Account {
        #[command(subcommand)]
        command: AccountCommand,
    },
    /// Start the agent when you log in, or say whether it does
    #[command(after_help = "Examples:\n  tamis-agent autostart\n  tamis-agent autostart on\n\n\
        Where systemd runs your session it is a service of yours, tamis-agent.service, which comes back\n\
        after a crash; elsewhere it is an entry of your desktop's autostart folder.")]
    Autostart {
        /// What is to be
        #[arg(value_parser = ["on", "off"])]
        state: Option<String>,
    },
    /// Show where passwords and keys are, and take them elsewhere
    #[command(after_help = secrets::EXAMPLES)]
    Secrets(SecretsArgs),
    /// Write everything to one file: settings, database, originals, rules
    #[command(after_help = backup::EXAMPLES)]
    Backup(BackupArgs),
    /// Put everything out of such a file in place
    #[command(after_help = backup::RESTORE_EXAMPLES)]
    Restore(RestoreArgs),
    /// Say where all data of Tamis is, no longer start at login, and remove the data if you say so
    #[command(after_help = uninstall::EXAMPLES)]
    Uninstall(UninstallArgs),
    /// Show how the agent and its accounts are
    #[command(after_help = "Example:\n  tamis-agent status --json")]
    Status {
        /// One JSON object instead of text
        #[arg(long)]
        json: bool,
    },
    /// Judge and file nothing for a while
    #[command(after_help = pause::EXAMPLES)]
    Pause(PauseArgs),
    /// Go on after a pause
    #[command(after_help = "Example:\n  tamis-agent resume")]
    Resume,
    /// List the mail in Junk, newest first
    #[command(after_help = review::EXAMPLES)]
    Junk(JunkArgs),
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
    /// Remove messages from the server; their originals are in the archive, and undo puts them back
    #[command(after_help = "Example:\n  tamis-agent delete 17 18")]
    Delete(Ids),
    /// Print a message as it lies on the server, at most its first 256 KiB
    #[command(after_help = "Example:\n  tamis-agent source 17 | less")]
    Source {
        /// A number from the list that `tamis-agent junk --all` shows
        #[arg(value_parser = clap::value_parser!(i64).range(1..))]
        id: i64,
    },
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
    /// Tell pyzor and rspamd's fuzzy storage that messages are spam
    #[command(after_help = report::EXAMPLES)]
    Report(ReportArgs),
    /// List what was changed, newest first: by you, and by Tamis itself
    #[command(after_help = history::EXAMPLES)]
    History(HistoryArgs),
    /// Show which messages wait for your word before they are filed, and give it
    #[command(after_help = held::EXAMPLES)]
    Held(HeldArgs),
    /// Show which doubtful messages are judged again later, or judge them now
    #[command(after_help = waiting::EXAMPLES)]
    Waiting(WaitingArgs),
    /// Always accept or block mail by its sender, by where it comes from, or by what is in it
    #[command(after_help = list::EXAMPLES)]
    List {
        #[command(subcommand)]
        command: ListCommand,
    },
    /// Look at mail from before Tamis came, too
    #[command(after_help = backfill::EXAMPLES)]
    Backfill(BackfillArgs),
    /// Learn from the mail that is there
    #[command(after_help = learn::EXAMPLES)]
    Learn(LearnArgs),
    /// Show whom you write to, or take in an address book: their mail is never filed
    #[command(after_help = peers::EXAMPLES)]
    Peers(PeersArgs),
    /// Show how the mail of senders and relays has turned out, and who is best and worst
    #[command(after_help = senders::EXAMPLES)]
    Senders(SendersArgs),
    /// Show the settings, or give one another value at once
    #[command(after_help = setting::EXAMPLES)]
    Setting(SettingArgs),
    /// Show how much mail was judged, how right that was, and what speaks most
    #[command(after_help = statistics::EXAMPLES)]
    Statistics(StatisticsArgs),
    /// Show the way of mail to your mailbox and how your domain stands, or the way of one message
    #[command(after_help = route::EXAMPLES)]
    Route(RouteArgs),
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
    /// Show what is in Tamis and was made by others, and its licences
    #[command(after_help = licences::EXAMPLES)]
    Licences(LicencesArgs),
    /// Write the manual pages, and what the shells complete, into a folder: for those who make packages
    #[command(hide = true, after_help = "Example:\n  tamis-agent manual build/manual")]
    Manual {
        /// The folder; it is made if it is missing
        folder: PathBuf,
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
    // Settings that cannot be read are complained of by whoever needs them.
    let secrets = Settings::load(&home).map(|settings| settings.config().secrets().clone()).unwrap_or_default();
    keys::keep_secrets(&home, &secrets);
    match cli.command {
        Command::Manual { folder } => manual::write(&Cli::command(), &folder, out),
        Command::Run { until_logout: true, .. } if Autostart::of(&home).is_ok_and(|autostart| autostart.start()) => {
            Ok(())
        }
        Command::Run { restart, until_logout } => {
            let life = if until_logout { Life::Session } else { Life::Machine };
            if restart { backend.run_again(&home, life) } else { daemon(&home, life, backend) }
        }
        Command::Scan(args) => scan::scan(&home, &args, backend, out),
        Command::Explain { no_network, file } => explain::explain(&home, &file, !no_network, backend, out),
        Command::Train(args) => teach::train(&home, &args, backend, out),
        Command::Untrain { paths } => teach::untrain(&home, &paths, backend, out),
        Command::Lessons(args) => lessons::lessons(&home, &args, backend, out),
        Command::Word(args) => word::word(&home, &args, backend, out),
        Command::Eval(args) => eval::eval(&home, &args, out),
        Command::Rules { command } => rules::rules(&home, command, out),
        Command::Tune(args) => tune::tune(&home, &args, out),
        Command::Account { command } => account::account(&home, command, backend, out),
        Command::Autostart { state } => autostart(&home, state.as_deref(), out),
        Command::Secrets(args) => secrets::secrets(&home, &args, out),
        Command::Backup(args) => backup::backup(&home, &args, out),
        Command::Restore(args) => backup::restore(&home, &args, out),
        Command::Uninstall(args) => uninstall::uninstall(&home, &args, out),
        Command::Status { json } => status::status(&home, json, out),
        Command::Pause(args) => pause::pause(&home, &args, out),
        Command::Resume => review::change(&home, Request::Resume, out),
        Command::Junk(args) => review::junk(&home, &args, out),
        Command::Release(Ids { ids }) => review::release(&home, &ids, out),
        Command::Undo { id } => review::undo(&home, id, out),
        Command::Spam(Ids { ids }) => review::spam(&home, &ids, out),
        Command::Ham(Ids { ids }) => review::ham(&home, &ids, out),
        Command::Delete(Ids { ids }) => review::delete(&home, &ids, out),
        Command::Source { id } => review::source(&home, id, out),
        Command::Unsubscribe { id, by_message } => {
            review::change(&home, Request::Unsubscribe { id: MailId(id), by_message }, out)
        }
        Command::Report(args) => report::report(&home, &args, out),
        Command::History(args) => history::history(&home, &args, out),
        Command::Held(args) => held::held(&home, &args, out),
        Command::Waiting(args) => waiting::waiting(&home, &args, out),
        Command::List { command } => list::list(&home, command, out),
        Command::Backfill(args) => backfill::backfill(&home, &args, out),
        Command::Learn(args) => learn::learn(&home, &args, out),
        Command::Peers(args) => peers::peers(&home, &args, backend, out),
        Command::Senders(args) => senders::senders(&home, &args, backend, out),
        Command::Setting(args) => setting::setting(&home, &args, out),
        Command::Statistics(args) => statistics::statistics(&home, &args, out),
        Command::Route(args) => route::route(&home, &args, out),
        Command::Digest { account } => digest::digest(&home, &account, out),
        Command::Open { link } => digest::open(&home, &link, out),
        Command::Licences(args) => licences::licences(&args, out),
    }
}

fn autostart(home: &Home, state: Option<&str>, out: &mut Out) -> Result<(), Failure> {
    let failed = |err: AutostartError| Failure::outside(err.to_string());
    let autostart = Autostart::of(home).map_err(failed)?;
    match state {
        Some(state) => out.line(autostart.switch(state == "on").map_err(failed)?),
        None if autostart.is_on() => out.line("Tamis starts when you log in"),
        None => out.line("Tamis does not start when you log in; let it with: tamis-agent autostart on"),
    }
}

fn daemon(home: &Home, life: Life, backend: &dyn Backend) -> Result<(), Failure> {
    // A backup that was being restored when something broke it off.
    finish(home)?;
    let settings = Settings::load_or_write(home)?;
    keys::keep_secrets(home, settings.config().secrets());
    logging::start(home.log(), settings.config().log_days())?;
    backend.run(home, settings, life)
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
