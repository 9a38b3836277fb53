//! Tamis.

pub mod cli;
pub mod client;
pub mod corpus;
pub mod keys;
pub mod logging;
pub mod paths;
pub mod secret;
pub mod serve;
pub mod settings;
pub mod words;
