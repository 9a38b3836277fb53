//! One account's mailbox over IMAP: what the server says and does, and nothing about spam.
//!
//! ```text
//! machine   what to do next (pure) · budget   how many logins a provider bears (pure)
//! session   connect, log in · folders · fetch · act · append · keywords      what callers use
//! driver    one command at a time, tag and status checked, IDLE
//! guard     whole, harmless, understandable responses only
//! deflate   compression, where the server offers it
//! (TLS over) TCP
//! ```
//!
//! Three promises hold for everything here. A command succeeded only if the server said OK to that very command. After a
//! lost connection, a timeout or an abandoned call the session refuses all further work, and nothing is assumed about
//! what the server did. Nothing is ever expunged unless its copy elsewhere has been confirmed.

mod act;
mod append;
pub mod budget;
mod bulk;
mod connect;
mod connect_error;
mod date;
mod deflate;
mod driver;
mod encoding;
mod fetch;
mod figures;
mod folders;
mod guard;
mod heads;
mod keywords;
mod login;
pub mod machine;
mod repair;
mod response;
#[cfg(test)]
pub(crate) mod script;
mod search;
mod session;
#[cfg(test)]
mod tests;

pub(crate) use connect::{bare, dial, is_this_machine};

pub use act::{Found, Left, Moved, Sought};
pub use connect::greets;
pub use connect_error::{ConnectError, Problem, Retry};
pub use fetch::{FetchedMail, Mode, OneMail, Selected, Summary, Swept};
pub use folders::{Folder, FolderName, Folders, Junk, Role, TrainFolders, is_for_other_mail};
pub use heads::Head;
pub use keywords::{has_flag, says_junk, says_not_junk};
pub use login::ScramFault;
pub use response::{Code, CommandError, CopyUid, FolderFigures, Idled, Loss};
pub use session::{Session, Stream};
