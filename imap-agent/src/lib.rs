//! The agent of Tamis: watches mailboxes over IMAP, keeps the store, acts, and answers the window and the command line.

pub mod client;
pub mod corpus;
pub mod gather;
pub mod keys;
pub mod logging;
pub mod paths;
pub mod pipeline;
pub mod preview;
pub mod secret;
pub mod serve;
pub mod settings;
pub mod store;
pub mod teach;
pub mod words;
