//! `pause` and `resume`: nothing is judged or filed for a while.

use tamis_core::api::{PauseFor, Request};

use super::{Failure, out::Out, review};
use crate::paths::Home;

pub(super) const EXAMPLES: &str = "Examples:
  tamis-agent pause --hour
  tamis-agent pause --until-tomorrow
  tamis-agent pause

Without a time it lasts until `tamis-agent resume`, also over a restart. Mail that comes meanwhile
is judged afterwards.";

/// For how long.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("time").args(["hour", "until_tomorrow"])))]
pub(super) struct PauseArgs {
    /// For one hour
    #[arg(long)]
    hour: bool,
    /// Until six o'clock tomorrow morning
    #[arg(long)]
    until_tomorrow: bool,
}

pub(super) fn pause(home: &Home, args: &PauseArgs, out: &mut Out) -> Result<(), Failure> {
    let time = match (args.hour, args.until_tomorrow) {
        (true, _) => PauseFor::Hour,
        (false, true) => PauseFor::Tomorrow,
        (false, false) => PauseFor::Told,
    };
    review::change(home, Request::Pause(time), out)
}
