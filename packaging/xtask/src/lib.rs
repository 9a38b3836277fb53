//! The chores of Tamis, and the private mail servers that the demo and the tests share.
//!
//! This crate knows nothing of how Tamis filters: what it sees of the agent it sees from outside, through the command line
//! and through IMAP, as a person's other mail program would. What it has of the engine are the labels of indexes and the
//! measures, so that every filter is measured alike, and the rule language, which is held against another reading of it.

#![expect(clippy::print_stderr, reason = "a chore tells the person at the terminal what it does")]

pub mod agent;
pub mod clamd;
pub mod cyrus;
pub mod dovecot;
pub mod fuzzy;
pub mod ground;
pub mod imap;
pub mod index;
pub mod names;
pub mod package;
pub mod packages;
pub mod parity;
pub mod peers;
pub mod server;
pub mod signer;
pub mod smtp;
pub mod stop;
pub mod supply;
pub mod tokens;
pub mod web;
pub mod zone;
