//! The agent of Tamis: watches mailboxes over IMAP, keeps the store, acts, and answers the window and the command line.

pub mod agent;
pub mod archive;
pub mod backend;
pub mod cli;
pub mod client;
pub mod clock;
pub mod corpus;
pub mod digest;
pub mod gather;
pub mod keys;
pub mod logging;
pub mod mailbox;
pub mod network;
pub mod notify;
pub mod panics;
pub mod paths;
pub mod pipeline;
pub mod preview;
pub mod secret;
pub mod serve;
pub mod settings;
pub mod store;
pub mod submit;
pub mod teach;
pub mod tls;
pub mod words;
