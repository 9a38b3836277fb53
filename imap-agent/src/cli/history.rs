//! `history`: what was changed, and the number that takes it back.

use tamis_core::api::{Change, Reply, Request};

use super::{
    Failure,
    out::Out,
    review::{time, unexpected},
    table::table,
};
use crate::{client::Client, paths::Home};

pub(super) const EXAMPLES: &str = "Examples:
  tamis-agent history
  tamis-agent history --limit 100 --json

The number in the first column is what undo takes. What Tamis filed by itself is listed too, and can
be taken back just as well.";

#[derive(Debug, clap::Args)]
pub(super) struct HistoryArgs {
    /// At most this many changes
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    limit: u32,

    /// One JSON object a line instead of a table
    #[arg(long)]
    json: bool,
}

pub(super) fn history(home: &Home, args: &HistoryArgs, out: &mut Out) -> Result<(), Failure> {
    let reply = Client::connect(home)?.call(Request::History { limit: args.limit })?;
    let Reply::History(changes) = reply else { return Err(unexpected(reply)) };
    if args.json {
        return changes.iter().try_for_each(|change| out.json(change));
    }
    if changes.is_empty() {
        return out.line("nothing has been changed yet");
    }
    let rows: Vec<Vec<String>> = changes.iter().map(cells).collect();
    table(&["ID", "When", "Messages", "Undone", "What"], &rows).into_iter().try_for_each(|line| out.line(line))
}

fn cells(change: &Change) -> Vec<String> {
    vec![
        change.id.0.to_string(),
        time(change.at),
        change.messages.to_string(),
        if change.is_undone { "yes" } else { "" }.to_owned(),
        change.text.clone(),
    ]
}
