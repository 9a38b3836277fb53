//! What is done from the page of a message, and by dragging.

use tamis_core::api::MailId;

/// One wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageCommand {
    /// Remove the chosen messages from the server.
    Delete,
    /// Remove these.
    DeleteThese(Vec<MailId>),
    /// Always accept or block the senders of messages.
    ListSenders {
        /// Whether they are blocked.
        is_block: bool,
        /// The messages; `None`: the chosen ones.
        ids: Option<Vec<MailId>>,
    },
    /// Learn from files at these absolute paths that they are `ham` or `spam`.
    TrainFiles(String, Vec<String>),
    /// Nothing is to become of the files that were dropped.
    ForgetDropped,
    /// Open that page in the browser: the person has seen the whole address.
    OpenInBrowser(String),
}
