//! `junk`, `release`, `undo`, `spam` and `ham`: the window's buttons, for a terminal.

use clap::{Args, ValueEnum};
use jiff::{Timestamp, tz::TimeZone};
use tamis_core::api::{BatchId, FoundText, ListOrder, ListQuery, MailId, MailRow, Reply, Request, Show, Span};

use super::{Failure, out::Out, table::table};
use crate::{client::Client, paths::Home, words::count};

/// What fits into one answer of the agent. Whoever has more searches in the window.
const MOST_ROWS: u32 = 10_000;

pub(super) const EXAMPLES: &str = "Examples:
  tamis-agent junk
  tamis-agent junk --all --json
  tamis-agent junk --all --since week --doubtful-first
  tamis-agent junk --all --search invoice

The number in the first column is what release, spam and ham take. --search looks in sender and
subject, and has the servers search the text.";

#[derive(Debug, Args)]
pub(super) struct JunkArgs {
    /// One JSON object a line instead of a table
    #[arg(long)]
    json: bool,
    /// All judged mail, also what is in the inbox
    #[arg(long)]
    all: bool,
    /// Only mail that has this in its sender, its subject or its text
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Only what was judged so
    #[arg(long, value_parser = ["spam", "unsure", "ham"])]
    class: Option<String>,
    /// Only mail of that account
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// Only what has arrived since then
    #[arg(long)]
    since: Option<Since>,
    /// First what was nearly judged otherwise
    #[arg(long)]
    doubtful_first: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Since {
    Today,
    Week,
    Month,
}

/// What is asked for to have all of that list.
pub(super) const fn page(query: ListQuery) -> Request {
    Request::List { query, offset: 0, limit: MOST_ROWS }
}

/// The list that the options mean.
fn query(args: &JunkArgs) -> ListQuery {
    ListQuery {
        show: if args.all { Show::All } else { Show::Junk },
        search: args.search.clone().unwrap_or_default(),
        class: args.class.clone().unwrap_or_default(),
        account: args.account.clone().unwrap_or_default(),
        span: match args.since {
            None => Span::All,
            Some(Since::Today) => Span::Today,
            Some(Since::Week) => Span::Week,
            Some(Since::Month) => Span::Month,
        },
        order: if args.doubtful_first { ListOrder::MostDoubtful } else { ListOrder::Newest },
        ..ListQuery::default()
    }
}

/// Has the servers search the text. What could not be searched is remarked on.
fn search_text(client: &mut Client, query: &mut ListQuery, out: &mut Out) -> Result<(), Failure> {
    let reply = client.call(Request::Status)?;
    let Reply::Status(status) = reply else { return Err(unexpected(reply)) };
    let is_wanted = |name: &String| query.account.is_empty() || *name == query.account;
    let names: Vec<String> = status.accounts.into_iter().map(|account| account.name).filter(is_wanted).collect();
    let mut also = Vec::new();
    for account in names {
        let reply = client.call(Request::FindText { query: query.clone(), account })?;
        if let Reply::FoundText(FoundText { ids, unseen }) = reply {
            also.extend(ids);
            if 0 < unseen {
                let messages = count(usize::try_from(unseen).unwrap_or(usize::MAX), "message");
                out.remark(format_args!("the text of {messages} was not searched: the server takes too long"));
            }
        } else if let Reply::Refused { text, .. } = &reply {
            out.remark(format_args!("{text}"));
        } else {
            return Err(unexpected(reply));
        }
    }
    query.also = also;
    Ok(())
}

pub(super) fn junk(home: &Home, args: &JunkArgs, out: &mut Out) -> Result<(), Failure> {
    let mut query = query(args);
    let mut client = Client::connect(home)?;
    if !query.search.is_empty() {
        search_text(&mut client, &mut query, out)?;
    }
    let show = query.show;
    let reply = client.call(page(query))?;
    let Reply::List { rows, total } = reply else { return Err(unexpected(reply)) };
    if args.json {
        for row in &rows {
            out.json(row)?;
        }
    } else if rows.is_empty() {
        out.line(if show == Show::All { "no mail has been judged yet" } else { "there is nothing in Junk" })?;
    } else {
        for line in table(
            &["ID", "Arrived", "Class", "Score", "In", "From", "Subject"],
            &rows.iter().map(cells).collect::<Vec<_>>(),
        ) {
            out.line(line)?;
        }
    }
    let shown = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    if shown < total {
        let more = usize::try_from(total - shown).unwrap_or(usize::MAX);
        out.remark(format_args!("not listed: {}", count(more, "older message")));
    }
    Ok(())
}

fn cells(row: &MailRow) -> Vec<String> {
    vec![
        row.id.0.to_string(),
        time(row.received_at),
        row.class.clone(),
        format!("{:.1}", row.score),
        row.folder.clone(),
        if row.from_name.is_empty() { row.from_address.clone() } else { row.from_name.clone() },
        row.subject.clone(),
    ]
}

/// In the person's own time.
pub(super) fn time(unix_secs: i64) -> String {
    match Timestamp::from_second(unix_secs) {
        Ok(time) => time.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string(),
        Err(_) => String::new(),
    }
}

pub(super) fn release(home: &Home, ids: &[i64], out: &mut Out) -> Result<(), Failure> {
    change(home, Request::Release(mail_ids(ids)), out)
}

pub(super) fn spam(home: &Home, ids: &[i64], out: &mut Out) -> Result<(), Failure> {
    change(home, Request::MarkSpam(mail_ids(ids)), out)
}

pub(super) fn ham(home: &Home, ids: &[i64], out: &mut Out) -> Result<(), Failure> {
    change(home, Request::MarkHam(mail_ids(ids)), out)
}

pub(super) fn delete(home: &Home, ids: &[i64], out: &mut Out) -> Result<(), Failure> {
    change(home, Request::Delete(mail_ids(ids)), out)
}

pub(super) fn source(home: &Home, id: i64, out: &mut Out) -> Result<(), Failure> {
    let reply = Client::connect(home)?.call(Request::Source(MailId(id)))?;
    let Reply::Source(source) = reply else { return Err(unexpected(reply)) };
    out.line(crate::words::lines(&source.text))?;
    if source.is_cut {
        out.remark(format_args!("not shown: what is behind the first 256 KiB"));
    }
    Ok(())
}

pub(super) fn undo(home: &Home, id: Option<i64>, out: &mut Out) -> Result<(), Failure> {
    change(home, Request::Undo(id.map(BatchId)), out)
}

fn mail_ids(ids: &[i64]) -> Vec<MailId> {
    ids.iter().copied().map(MailId).collect()
}

pub(super) fn change(home: &Home, request: Request, out: &mut Out) -> Result<(), Failure> {
    say(Client::connect(home)?.call(request)?, out)
}

/// Prints what was done, and how to take it back.
pub(super) fn say(reply: Reply, out: &mut Out) -> Result<(), Failure> {
    let Reply::Done { text, undo } = reply else { return Err(unexpected(reply)) };
    out.line(crate::words::lines(&text))?;
    if let Some(BatchId(id)) = undo {
        out.remark(format_args!("take it back with: tamis-agent undo {id}"));
    }
    Ok(())
}

/// A refusal in the agent's words, or an answer to something else.
pub(super) fn unexpected(reply: Reply) -> Failure {
    if let Reply::Refused { text, kind } = reply {
        return Failure::refused(text, kind);
    }
    Failure::outside("the agent answered something else than was asked; restart it")
}
