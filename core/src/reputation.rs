//! What dealings between the person and a sender come to: plain arithmetic, no clock and no store.
//!
//! * `peer` is somebody the person wrote to, and what that is worth today.
//! * `origin` is what shows that a message is from whom it says.
//! * `contact` is by what way somebody writes to the person, so that what comes so for the first time is known.
//! * `subject` is who or what has a name to lose: an address, a domain, a relay, the network around it.
//! * `record` is how their mail has turned out, and `estimate` what that says of their next message.

mod contact;
mod estimate;
mod origin;
mod peer;
mod record;
mod subject;
#[cfg(test)]
mod year;

pub use contact::Contact;
pub(crate) use contact::Way;
pub use estimate::{Estimate, Grade, Standing, Standings};
pub(crate) use origin::author;
pub use origin::{Habit, Origin};
pub use peer::{Peer, Seen};
pub use record::{Fate, Record, Shares, Tally, WEEK_SECS, week_of};
pub use subject::{Network, Subject, Track};

pub use crate::proof::Proof;
