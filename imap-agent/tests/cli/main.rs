//! The command line as a person or a script meets it: what it prints, and the exit code.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod account;
mod agent;
mod changes;
mod eval;
mod files;
mod home;
mod learn;
mod lessons;
mod rules;
mod rules_update;
