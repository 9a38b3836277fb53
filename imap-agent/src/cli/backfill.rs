//! `backfill`: a look at mail from before the first contact.

use tamis_core::api::{BackfillStatus, Reply, Request, Steer};

use super::{
    Failure,
    held::account_of,
    out::Out,
    review::{self, unexpected},
};
use crate::{
    client::Client,
    paths::Home,
    words::{count, one_line},
};

pub(super) const EXAMPLES: &str = "Examples:
  tamis-agent backfill me@example.org --days 30
  tamis-agent backfill me@example.org
  tamis-agent backfill me@example.org --pause

Without an option it shows how far the look has got. Nothing is filed by it without your word: what
it finds is listed by `tamis-agent held`.";

#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("wish").args(["days", "pause", "resume", "stop"])))]
pub(super) struct BackfillArgs {
    /// The account's name
    account: String,

    /// Begin to look at mail of the last N days too
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    days: Option<u32>,

    /// Do nothing more until told to go on
    #[arg(long)]
    pause: bool,

    /// Go on
    #[arg(long)]
    resume: bool,

    /// Give it up. What was found stays known
    #[arg(long)]
    stop: bool,
}

pub(super) fn backfill(home: &Home, args: &BackfillArgs, out: &mut Out) -> Result<(), Failure> {
    let account = args.account.clone();
    if let Some(days) = args.days {
        return review::change(home, Request::Backfill { account, days }, out);
    }
    let wishes = [(args.pause, Steer::Pause), (args.resume, Steer::Resume), (args.stop, Steer::Stop)];
    match wishes.into_iter().find(|(is_wished, _)| *is_wished) {
        Some((_, steer)) => review::change(home, Request::SteerBackfill { account, steer }, out),
        None => show(home, &account, out),
    }
}

fn show(home: &Home, name: &str, out: &mut Out) -> Result<(), Failure> {
    let reply = Client::connect(home)?.call(Request::Status)?;
    let Reply::Status(status) = reply else { return Err(unexpected(reply)) };
    let account = account_of(&status, name)?;
    let name = one_line(&account.name);
    match &account.backfill {
        Some(backfill) => out.line(format_args!("{name}: {}", words(backfill))),
        None => out.line(format_args!("{name}: no look at older mail was asked for; begin one with --days N")),
    }
}

/// How far it has got: `the last 30 days, 312 of 1204 messages looked at, 41 spam found, paused`.
pub(super) fn words(backfill: &BackfillStatus) -> String {
    let BackfillStatus { days, total, done, found, is_paused, is_ended } = *backfill;
    let span = if days == 1 { "the last day".to_owned() } else { format!("the last {days} days") };
    let messages = count(usize::try_from(total).unwrap_or(usize::MAX), "message");
    let state = match (is_ended, is_paused) {
        (true, _) if done < total => ", stopped",
        (true, _) => ", finished",
        (false, true) => ", paused",
        (false, false) => "",
    };
    format!("{span}, {done} of {messages} looked at, {found} spam found{state}")
}
