//! `report`: tells others of spam, or shows what would be told.

use tamis_core::api::{MailId, Reply, Request};

use super::{
    Failure,
    out::Out,
    review::{say, unexpected},
};
use crate::{client::Client, paths::Home, words::lines};

pub(super) const EXAMPLES: &str = "Examples:
  tamis-agent report --show 21
  tamis-agent report 21

Tells the servers of pyzor and rspamd that [fingerprints] of the settings names that a message is
spam. What is told are checksums; --show says which and to whom, and tells nobody. Nothing is ever
reported without this command or the button in the window.";

#[derive(Debug, clap::Args)]
pub(super) struct ReportArgs {
    /// Numbers from the list that `tamis-agent junk` shows
    #[arg(required = true, value_name = "ID", value_parser = clap::value_parser!(i64).range(1..))]
    ids: Vec<i64>,

    /// Only show what would be told, and to whom
    #[arg(long)]
    show: bool,
}

pub(super) fn report(home: &Home, args: &ReportArgs, out: &mut Out) -> Result<(), Failure> {
    let mut client = Client::connect(home)?;
    for id in args.ids.iter().copied().map(MailId) {
        if !args.show {
            say(client.call(Request::ReportSpam(id))?, out)?;
            continue;
        }
        let reply = client.call(Request::Mail(id))?;
        let Reply::Mail(detail) = reply else { return Err(unexpected(reply)) };
        if let Some(why) = detail.no_preview {
            return Err(Failure::outside(why));
        }
        if detail.reportable.is_empty() {
            out.line(format_args!("{}: a report would tell nobody anything", id.0))?;
        }
        for told in &detail.reportable {
            out.line(format_args!("{}: a report would tell {}", id.0, lines(told)))?;
        }
    }
    Ok(())
}
