//! `junk`, `release`, `undo`, `spam` and `ham`: the window's buttons, for a terminal.

use jiff::{Timestamp, tz::TimeZone};
use tamis_core::api::{BatchId, MailId, MailRow, Reply, Request, Show};

use super::{Failure, out::Out, table::table};
use crate::{client::Client, paths::Home, words::count};

/// What fits into one answer of the agent. Whoever has more searches in the window.
pub(super) const MOST_ROWS: u32 = 10_000;

pub(super) fn junk(home: &Home, show: Show, json: bool, out: &mut Out) -> Result<(), Failure> {
    let reply = Client::connect(home)?.call(Request::List { show, search: String::new(), limit: MOST_ROWS })?;
    let Reply::List { rows, total } = reply else { return Err(unexpected(reply)) };
    if json {
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
    match reply {
        Reply::Refused { text, kind } => Failure::refused(text, kind),
        Reply::Hello { .. }
        | Reply::Status(_)
        | Reply::List { .. }
        | Reply::Mail(_)
        | Reply::Done { .. }
        | Reply::Account(_)
        | Reply::History(_) => Failure::outside("the agent answered something else than was asked; restart it"),
    }
}
