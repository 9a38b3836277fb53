//! `lessons`: what was learned so far, as figures and as a file that travels.

mod corpus;
mod export;

use std::path::PathBuf;

use clap::Subcommand;
use tamis_core::api::Request;

use self::corpus::{Ages, Corpus};
pub(crate) use self::export::export_lessons;
use super::{Backend, Failure, absolute, out::Out, review, running_agent, table::table};
use crate::{
    clock,
    paths::Home,
    words::{count, grouped, one_line, size},
};

pub(super) const EXAMPLES: &str = "Examples:
  tamis-agent lessons
  tamis-agent lessons export lessons.txt
  tamis-agent lessons import lessons.txt

Reads what the store has, also while an agent is running.";

const EXPORT_EXAMPLES: &str = "Examples:
  tamis-agent lessons export lessons.txt
  tamis-agent lessons export --force ~/Backup/lessons.txt

The file is text, one JSON object a line. No text of any message is in it: of the words there are only
hashes, and of each message the hash that tells whether it is known already. But whoever has the file can
test whether a given word or address was in your mail: keep it as you keep your mail.";

const IMPORT_EXAMPLES: &str = "Example:
  tamis-agent lessons import lessons.txt

Takes all lessons of a file that `tamis-agent lessons export` has written, or none if a line of it is
damaged. A message that was learned the other way here is what the newer of the two lessons says. No
text of any message is in such a file, only hashes.";

const RENEW_EXAMPLES: &str = "Example:
  tamis-agent lessons renew

A newer Tamis may read more from a message than the one that learned it. This reads the originals that
the archive on this machine still has and learns them anew. Nothing is fetched from a server. The agent
does the same by itself whenever it starts. Lessons of an older version count no longer until then: those
without an original can be taught again with `tamis-agent train`.";

const RESET_EXAMPLES: &str = "Example:
  tamis-agent lessons reset

Writes all lessons to a file beside the database first, and says where. `tamis-agent undo` gives them
back, and so does `tamis-agent lessons import` with that file. What you said of single messages goes on
to count for their senders, and the lists stay as they are. An agent has to be running.";

/// What stands for nothing.
pub(super) const NOTHING: &str = "nothing has been learned yet; move mail to and from Junk, or use `tamis-agent train`";

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct LessonsArgs {
    /// One JSON object instead of text
    #[arg(long)]
    json: bool,

    #[command(subcommand)]
    command: Option<LessonsCommand>,
}

#[derive(Debug, Subcommand)]
enum LessonsCommand {
    /// Write all lessons to a file
    #[command(after_help = EXPORT_EXAMPLES)]
    Export {
        /// The file to write
        file: PathBuf,
        /// Write over a file that is there
        #[arg(long)]
        force: bool,
    },
    /// Learn what is in a file of lessons
    #[command(after_help = IMPORT_EXAMPLES)]
    Import {
        /// A file that `tamis-agent lessons export` has written
        file: PathBuf,
    },
    /// Learn anew what an older version learned, from the originals in the archive
    #[command(after_help = RENEW_EXAMPLES)]
    Renew,
    /// Forget all lessons, after they were written to a file
    #[command(after_help = RESET_EXAMPLES)]
    Reset,
}

pub(super) fn lessons(home: &Home, args: &LessonsArgs, backend: &dyn Backend, out: &mut Out) -> Result<(), Failure> {
    match &args.command {
        None => show(home, args.json, backend, out),
        Some(LessonsCommand::Export { file, force }) => export::export(home, file, *force, backend, out),
        Some(LessonsCommand::Import { file }) => match running_agent(home)? {
            Some(mut agent) => review::say(agent.call(Request::ImportLessons { path: absolute(file)? })?, out),
            None => out.line(backend.import(home, file)?),
        },
        Some(LessonsCommand::Renew) => match running_agent(home)? {
            Some(mut agent) => review::say(agent.call(Request::RenewLessons)?, out),
            None => out.line(backend.renew(home)?),
        },
        Some(LessonsCommand::Reset) => review::change(home, Request::ResetLearning, out),
    }
}

fn show(home: &Home, json: bool, backend: &dyn Backend, out: &mut Out) -> Result<(), Failure> {
    let corpus = match backend.lessons(home)? {
        Some(glimpse) => Corpus::of(&glimpse, clock::now())?,
        None => Corpus::default(),
    };
    if json {
        return out.json(&corpus);
    }
    if corpus.ham + corpus.spam + corpus.of_older_version == 0 {
        return out.line(NOTHING);
    }
    lines(&corpus).into_iter().try_for_each(|line| out.line(line))
}

fn lines(corpus: &Corpus) -> Vec<String> {
    let Corpus { ham, spam, tokens, stored_bytes, model_bytes, of_older_version, ages, sources } = corpus;
    let mut lines =
        vec![format!("Learned: {} good and {} spam messages", grouped(*ham), grouped(*spam)), String::new()];
    let of_older = older_line(*of_older_version);
    if ham + spam == 0 {
        lines.extend(of_older);
        return lines;
    }
    let row = |(source, [ham, spam]): (&String, &[u32; 2])| vec![grouped(*ham), grouped(*spam), words_of(source)];
    let rows: Vec<Vec<String>> = sources.iter().map(row).collect();
    lines.extend(table(&["Good", "Spam", "From"], &rows));
    lines.push(String::new());
    lines.push(format!("Different words and marks: {}", grouped(u32::try_from(*tokens).unwrap_or(u32::MAX))));
    lines.push(format!(
        "Size: {} on the disk, the model made of it {} in memory",
        size(*stored_bytes),
        size(*model_bytes)
    ));
    let Ages { oldest, newest, last_7_days, last_30_days, last_year, older } = *ages;
    lines.push(format!("Oldest lesson: {}, newest: {}", review::time(oldest), review::time(newest)));
    lines.push(format!(
        "Of the last 7 days: {}, 30 days: {}, year: {}; older: {}",
        grouped(last_7_days),
        grouped(last_30_days),
        grouped(last_year),
        grouped(older)
    ));
    lines.extend(of_older);
    lines
}

/// What is said of lessons of an older version.
pub(super) fn older_line(lessons: u32) -> Option<String> {
    let counted = count(usize::try_from(lessons).unwrap_or(usize::MAX), "lesson");
    let again = "count no longer: teach them again with `tamis-agent train`, or see `tamis-agent lessons renew --help`";
    (0 < lessons).then(|| format!("Learned by an older version: {counted}; such {again}"))
}

/// How a lesson came, for people.
fn words_of(source: &str) -> String {
    match source {
        "file" => "files that you named".to_owned(),
        "review" => "what you said of mail in Tamis, or put into the train folders".to_owned(),
        "move" => "what you moved to Junk or out of it".to_owned(),
        "keyword" => "what you marked in another program".to_owned(),
        "server" => "what the server put into Junk".to_owned(),
        "bootstrap" => "mail that was there when you had Tamis learn from it".to_owned(),
        "undo" => "changes that you took back".to_owned(),
        other => one_line(other),
    }
}
