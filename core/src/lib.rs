//! The engine of Tamis, and nothing else.
//!
//! Everything here is a plain function of its arguments: no sockets, no files, no database, no clock, no async.
//! The agent brings the bytes of a message and the answers to our questions, and gets a [`Verdict`] back:
//!
//! ```text
//! bytes ─parse→ Mail ─plan→ QueryPlan ─(the agent asks)→ Evidence ─judge→ Verdict ─decide→ Action
//! ```
//!
//! Nothing in this crate fails because of what a message contains. A malformed message is evidence, not an error.

pub mod api;
mod check;
mod checks;
pub mod config;
mod evidence;
mod explain;
mod finding;
pub mod headers;
mod judge;
pub mod learn;
pub mod mail;
pub mod metrics;
mod policy;
mod reason;
pub mod rewrite;
pub mod rules;
mod score;
mod symbol;
pub mod tune;

pub use check::Check;
pub use checks::{CHECKS, symbols};
pub use config::Config;
pub use evidence::{Answer, Evidence, Query, QueryPlan};
pub use explain::{explain, harmless};
pub use finding::{Finding, Findings};
pub use judge::{Class, DecidedBy, ScoredFinding, Verdict, judge, plan};
pub use mail::{Arrival, Mail, UnixTime};
pub use policy::{Action, Policy, SizeRule, decide};
pub use reason::{PlainWords, in_words, reason};
pub use score::Score;
pub use symbol::{Symbol, SymbolInfo, Words};
