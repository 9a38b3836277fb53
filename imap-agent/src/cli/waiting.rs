//! `waiting`: doubtful messages of new senders that are judged again later, or now.

use tamis_core::api::{AccountStatus, ListQuery, MailRow, Reply, Request, Show};

use super::{
    Failure,
    held::account_of,
    out::Out,
    review::{self, page, time, unexpected},
    table::table,
};
use crate::{
    client::Client,
    paths::Home,
    words::{count, one_line},
};

pub(super) const EXAMPLES: &str = "Examples:
  tamis-agent waiting
  tamis-agent waiting me@example.org --now

What is doubtful and from a new sender is judged again after a while, when more may be known.
--now judges it at once and for the last time: what is still doubtful then stays in the inbox.";

#[derive(Debug, clap::Args)]
pub(super) struct WaitingArgs {
    /// The account's name; all accounts without it
    account: Option<String>,

    /// Judge what waits now, and for the last time
    #[arg(long)]
    now: bool,
}

pub(super) fn waiting(home: &Home, args: &WaitingArgs, out: &mut Out) -> Result<(), Failure> {
    if args.now {
        let account = args.account.clone().unwrap_or_default();
        return review::change(home, Request::JudgeWaiting { account }, out);
    }
    let mut client = Client::connect(home)?;
    let reply = client.call(Request::Status)?;
    let Reply::Status(status) = reply else { return Err(unexpected(reply)) };
    let accounts = match &args.account {
        Some(name) => vec![account_of(&status, name)?],
        None => status.accounts.iter().collect(),
    };
    let accounts: Vec<&AccountStatus> = accounts.into_iter().filter(|account| 0 < account.waiting).collect();
    if accounts.is_empty() {
        return out.line("no message waits to be judged again");
    }
    let reply = client.call(page(ListQuery { show: Show::All, ..ListQuery::default() }))?;
    let Reply::List { rows, .. } = reply else { return Err(unexpected(reply)) };
    for account in accounts {
        account_out(account, &rows, out)?;
    }
    Ok(())
}

/// How much waits in an account: `3 messages wait, the next is judged again at 14:20`.
pub(super) fn words(account: &AccountStatus) -> String {
    let messages = count(usize::try_from(account.waiting).unwrap_or(usize::MAX), "message");
    let (wait, next) = if account.waiting == 1 { ("waits", "it") } else { ("wait", "the next") };
    format!("{messages} {wait}, {next} is judged again at {}", time(account.waiting_until))
}

fn account_out(account: &AccountStatus, rows: &[MailRow], out: &mut Out) -> Result<(), Failure> {
    out.line(format_args!("{}: {}", one_line(&account.name), words(account)))?;
    let waiting: Vec<Vec<String>> =
        rows.iter().filter(|row| row.waits_until != 0 && row.account == account.name).map(cells).collect();
    for line in table(&["ID", "Until", "Folder", "Score", "From", "Subject"], &waiting) {
        out.line(line)?;
    }
    let missing = usize::try_from(account.waiting).unwrap_or(usize::MAX).saturating_sub(waiting.len());
    if 0 < missing {
        out.remark(format_args!("not listed: {}", count(missing, "older message")));
    }
    Ok(())
}

fn cells(row: &MailRow) -> Vec<String> {
    vec![
        row.id.0.to_string(),
        time(row.waits_until),
        row.folder.clone(),
        format!("{:.1}", row.score),
        if row.from_name.is_empty() { row.from_address.clone() } else { row.from_name.clone() },
        row.subject.clone(),
    ]
}
