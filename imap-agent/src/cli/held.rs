//! `held`: messages whose filing waits for the person's word, and the word.

use tamis_core::api::{AccountStatus, ListQuery, MailRow, Reply, Request, Show, Status};

use super::{
    Failure,
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
  tamis-agent held
  tamis-agent held me@example.org --file
  tamis-agent held me@example.org --leave

When Tamis would file far more mail than it usually does, it asks first: the messages wait in the
inbox. --file files them as it would have, --leave leaves them where they are.";

#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("word").args(["file", "leave"]).requires("account")))]
pub(super) struct HeldArgs {
    /// The account's name; all accounts without it
    account: Option<String>,

    /// File the messages of the account that wait
    #[arg(long)]
    file: bool,

    /// Leave them in the inbox
    #[arg(long)]
    leave: bool,
}

pub(super) fn held(home: &Home, args: &HeldArgs, out: &mut Out) -> Result<(), Failure> {
    match &args.account {
        Some(account) if args.file || args.leave => {
            review::change(home, Request::Held { account: account.clone(), file: args.file }, out)
        }
        account => list(home, account.as_deref(), out),
    }
}

fn list(home: &Home, account: Option<&str>, out: &mut Out) -> Result<(), Failure> {
    let mut client = Client::connect(home)?;
    let reply = client.call(Request::Status)?;
    let Reply::Status(status) = reply else { return Err(unexpected(reply)) };
    let accounts = match account {
        Some(name) => vec![account_of(&status, name)?],
        None => status.accounts.iter().collect(),
    };
    let accounts: Vec<&AccountStatus> = accounts.into_iter().filter(|account| 0 < account.held).collect();
    if accounts.is_empty() {
        return out.line("no message waits for your word");
    }
    let reply = client.call(page(ListQuery { show: Show::All, ..ListQuery::default() }))?;
    let Reply::List { rows, .. } = reply else { return Err(unexpected(reply)) };
    for account in accounts {
        account_out(account, &rows, out)?;
    }
    Ok(())
}

/// The account of that name, in any case.
pub(super) fn account_of<'a>(status: &'a Status, name: &str) -> Result<&'a AccountStatus, Failure> {
    let found = status.accounts.iter().find(|account| account.name.to_lowercase() == name.to_lowercase());
    found.ok_or_else(|| {
        let names: Vec<&str> = status.accounts.iter().map(|account| account.name.as_str()).collect();
        let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        Failure::person(format!("there is no account `{name}`; there is {names}"))
    })
}

/// What waits in one account: why, which, and what to answer.
fn account_out(account: &AccountStatus, rows: &[MailRow], out: &mut Out) -> Result<(), Failure> {
    let name = one_line(&account.name);
    out.line(format_args!("{name}: {}", one_line(&account.held_why)))?;
    let held: Vec<Vec<String>> =
        rows.iter().filter(|row| row.is_held && row.account == account.name).map(cells).collect();
    for line in table(&["ID", "Arrived", "Class", "Score", "From", "Subject"], &held) {
        out.line(line)?;
    }
    let missing = usize::try_from(account.held).unwrap_or(usize::MAX).saturating_sub(held.len());
    if 0 < missing {
        out.remark(format_args!("not listed: {}", count(missing, "older message")));
    }
    out.remark(format_args!("answer with: tamis-agent held {name} --file, or --leave"));
    Ok(())
}

fn cells(row: &MailRow) -> Vec<String> {
    vec![
        row.id.0.to_string(),
        time(row.received_at),
        row.class.clone(),
        format!("{:.1}", row.score),
        if row.from_name.is_empty() { row.from_address.clone() } else { row.from_name.clone() },
        row.subject.clone(),
    ]
}
