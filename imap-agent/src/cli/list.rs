//! `list`: whose mail is always accepted or blocked.

use std::path::{Path, PathBuf};

use clap::{
    Subcommand,
    builder::{PossibleValuesParser, TypedValueParser},
};
use tamis_core::{
    api::{ListEntry, NewListEntry, Reply, Request},
    lists::{self, Draft, Kind, Side, What},
};

use super::{
    Failure,
    out::Out,
    place,
    review::{change, say, time, unexpected},
    table::table,
};
use crate::{client::Client, paths::Home, words::because};

pub(super) const EXAMPLES: &str = "Examples:
  tamis-agent list add accept address ann@example.org
  tamis-agent list add block domain example.net --note \"never asked for it\"
  tamis-agent list show
  tamis-agent list remove 3

What an entry says decides, whatever else speaks for or against a message. Of several that hit,
the one that is meant most closely wins: an address before a domain, that before a network, that
before what is in it, and that before its country and language. An address or domain that is accepted does not count in mail of which your
provider found that somebody else sent it. If you say of a message the opposite of what an entry
made of it, the entry is switched off.";

const ADD_EXAMPLES: &str = "Examples:
  tamis-agent list add accept address ann@example.org
  tamis-agent list add accept address '*@example.org'
  tamis-agent list add accept address 'ann@example.org via mail.example.net'
  tamis-agent list add block domain example.net       (and all below it)
  tamis-agent list add block ip 192.0.2.0/24          (the host that handed it to your provider)
  tamis-agent list add block phrase 'lottery winner'  (in the subject or the text)
  tamis-agent list add block regex 'dear (sir|friend)'
  tamis-agent list add block header 'X-Mailer: *bulk*'
  tamis-agent list add block file '*.iso'             (also in archives)
  tamis-agent list add block country CZ               (where that host is: or Czechia)
  tamis-agent list add block language eo              (of the text: or Esperanto)

\"*\" stands for anything and \"?\" for one character; capitals make no difference. One that is on
the other list already changes sides. An address or domain is blocked wherever it stands for the
sender: in From, Sender, Reply-To or the envelope; it is accepted only as the one author. A text
of a line or two says too little about its language, and countries need a file: Debian's package
tor-geoipdb, or what `countries` under [lists] in the settings names.";

const IMPORT_EXAMPLES: &str = "Examples:
  tamis-agent list import lists.csv
  tamis-agent list import /etc/mail/spamassassin/local.cf
  tamis-agent list import addressbook.vcf

Takes what `tamis-agent list export` has written; of SpamAssassin's settings welcomelist_from,
welcomelist_from_rcvd, blocklist_from and their older names; and of an address book (vCard, LDIF,
or comma-separated as Thunderbird exports it) every address, to be accepted. What cannot be taken
is named.";

#[derive(Debug, Subcommand)]
pub(super) enum ListCommand {
    /// Always accept or block mail of a kind
    #[command(after_help = ADD_EXAMPLES)]
    Add(AddArgs),
    /// Show all entries, with what they have hit
    #[command(after_help = "Example:\n  tamis-agent list show --json")]
    Show {
        /// One JSON object a line instead of a table
        #[arg(long)]
        json: bool,
    },
    /// Remove an entry
    #[command(after_help = "Example:\n  tamis-agent list remove 3")]
    Remove(Number),
    /// Let an entry count again
    #[command(after_help = "Example:\n  tamis-agent list enable 3")]
    Enable(Number),
    /// Keep an entry, but do not go by it
    #[command(after_help = "Example:\n  tamis-agent list disable 3")]
    Disable(Number),
    /// Take entries from a file
    #[command(after_help = IMPORT_EXAMPLES)]
    Import {
        /// The file
        file: PathBuf,
    },
    /// Write all entries to a file that can be imported again
    #[command(after_help = "Example:\n  tamis-agent list export lists.csv")]
    Export {
        /// The file to write
        file: PathBuf,
        /// Write over a file that is there
        #[arg(long)]
        force: bool,
    },
}

#[derive(Debug, clap::Args)]
pub(super) struct Number {
    /// The number that `tamis-agent list show` shows
    #[arg(value_parser = clap::value_parser!(i64).range(1..))]
    id: i64,
}

#[derive(Debug, clap::Args)]
pub(super) struct AddArgs {
    /// Whether such mail is wanted
    #[arg(value_parser = one_of(Side::ALL.map(Side::word), Side::from_word))]
    side: Side,
    /// What it goes by
    #[arg(value_parser = one_of(Kind::ALL.map(Kind::word), Kind::from_word))]
    kind: Kind,
    /// The address, domain and so on
    value: String,
    /// Only for the mail of this account
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    account: String,
    /// A word to yourself
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    note: String,
}

/// So many entries are one request.
const AT_ONCE: usize = 2_000;

/// A file of lists is not larger.
const MOST_BYTES: u64 = 64 << 20;

pub(super) fn list(home: &Home, command: ListCommand, out: &mut Out) -> Result<(), Failure> {
    match command {
        ListCommand::Add(args) => add(home, args, out),
        ListCommand::Show { json } => show(home, json, out),
        ListCommand::Remove(Number { id }) => change(home, Request::RemoveEntry(id), out),
        ListCommand::Enable(Number { id }) => change(home, Request::SwitchEntry { id, is_on: true }, out),
        ListCommand::Disable(Number { id }) => change(home, Request::SwitchEntry { id, is_on: false }, out),
        ListCommand::Import { file } => import(home, &file, out),
        ListCommand::Export { file, force } => export(home, &file, force, out),
    }
}

fn add(home: &Home, args: AddArgs, out: &mut Out) -> Result<(), Failure> {
    let what = What::parse(args.kind, &args.value).map_err(Failure::person)?;
    let entry = new(&Draft { account: args.account, note: args.note, ..Draft::new(args.side, what) });
    change(home, Request::AddEntries { entries: vec![entry], is_import: false }, out)
}

/// Takes one of these words, and nothing else.
fn one_of<T, const N: usize>(words: [&'static str; N], read: fn(&str) -> Option<T>) -> impl TypedValueParser<Value = T>
where
    T: Clone + Send + Sync + 'static,
{
    PossibleValuesParser::new(words).try_map(move |word| read(&word).ok_or("no such word"))
}

fn new(draft: &Draft) -> NewListEntry {
    NewListEntry {
        side: draft.side.word().to_owned(),
        kind: draft.what.kind().word().to_owned(),
        value: draft.what.value(),
        account: draft.account.clone(),
        note: draft.note.clone(),
        is_off: !draft.is_on,
    }
}

fn show(home: &Home, json: bool, out: &mut Out) -> Result<(), Failure> {
    let entries = all(home)?;
    if json {
        return entries.iter().try_for_each(|entry| out.json(entry));
    }
    if entries.is_empty() {
        return out.line("the lists are empty; see `tamis-agent list add --help`");
    }
    let rows: Vec<Vec<String>> = entries.iter().map(cells).collect();
    let heads = ["ID", "List", "Kind", "Value", "Account", "Hits", "Last hit", "State", "Note"];
    table(&heads, &rows).into_iter().try_for_each(|line| out.line(line))?;
    for entry in entries.iter().filter(|entry| !entry.why_off.is_empty()) {
        out.line(format_args!("{} is off: {}.", entry.id, entry.why_off))?;
    }
    Ok(())
}

fn cells(entry: &ListEntry) -> Vec<String> {
    vec![
        entry.id.to_string(),
        entry.side.clone(),
        entry.kind.clone(),
        entry.value.clone(),
        entry.account.clone(),
        entry.hits.to_string(),
        if entry.last_hit_at == 0 { String::new() } else { time(entry.last_hit_at) },
        if entry.is_on { "on" } else { "off" }.to_owned(),
        entry.note.clone(),
    ]
}

fn import(home: &Home, file: &Path, out: &mut Out) -> Result<(), Failure> {
    let cannot = |why: String| Failure::person(format!("cannot read {}: {why}", file.display()));
    let length = std::fs::metadata(file).map_err(|err| cannot(because(&err)))?.len();
    if MOST_BYTES < length {
        return Err(cannot("it is too large for a list".to_owned()));
    }
    let bytes = std::fs::read(file).map_err(|err| cannot(because(&err)))?;
    let imported = lists::import(&String::from_utf8_lossy(&bytes));
    for (line, why) in &imported.skipped {
        out.remark(format_args!("not taken, line {line}: {why}"));
    }
    if imported.drafts.is_empty() {
        return Err(Failure::person(format!("there is no entry and no address in {}", file.display())));
    }
    let mut client = Client::connect(home)?;
    let entries: Vec<NewListEntry> = imported.drafts.iter().map(new).collect();
    for entries in entries.chunks(AT_ONCE) {
        let request = Request::AddEntries { entries: entries.to_vec(), is_import: true };
        say(client.call(request)?, out)?;
    }
    Ok(())
}

fn export(home: &Home, file: &Path, force: bool, out: &mut Out) -> Result<(), Failure> {
    let entries = all(home)?;
    let drafts: Vec<Draft> = entries.iter().filter_map(draft).collect();
    place::write(file, &lists::export(&drafts), force)?;
    out.line(format_args!("{} entries are in {}", drafts.len(), file.display()))
}

fn draft(entry: &ListEntry) -> Option<Draft> {
    let (side, kind) = (Side::from_word(&entry.side)?, Kind::from_word(&entry.kind)?);
    let what = What::parse(kind, &entry.value).ok()?;
    let (account, note) = (entry.account.clone(), entry.note.clone());
    Some(Draft { account, note, is_on: entry.is_on, ..Draft::new(side, what) })
}

fn all(home: &Home) -> Result<Vec<ListEntry>, Failure> {
    let mut client = Client::connect(home)?;
    let mut all: Vec<ListEntry> = Vec::new();
    loop {
        let reply = client.call(Request::Entries { after: all.last().map_or(0, |entry| entry.id) })?;
        let Reply::Entries(entries) = reply else { return Err(unexpected(reply)) };
        if entries.is_empty() {
            return Ok(all);
        }
        all.extend(entries);
    }
}
