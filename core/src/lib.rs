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
pub mod dns;
mod evidence;
mod explain;
mod finding;
pub mod fuzzy;
pub mod headers;
mod judge;
pub mod learn;
pub mod lists;
pub mod mail;
pub mod metrics;
pub mod notices;
pub mod page;
pub mod phrase;
mod policy;
mod proof;
mod reason;
pub mod reputation;
pub mod rewrite;
pub mod route;
pub mod rules;
mod score;
pub mod setup;
mod symbol;
mod tongue;
pub mod tune;

pub use check::Check;
pub use checks::{CHECKS, is_freemail, symbols};
pub use config::Config;
pub use evidence::{Answer, Asked, Evidence, FuzzyHit, Query, QueryPlan};
pub use explain::{explain, harmless};
pub use finding::{Finding, Findings};
pub use judge::{Class, DecidedBy, ListHit, ScoredFinding, Verdict, judge, plan, worth_asking};
pub use mail::{Arrival, Mail, UnixTime};
pub use policy::{Action, Policy, SizeRule, decide};
pub use reason::{PlainWords, fact_in, in_words, in_words_in, reason, reason_in};
pub use score::Score;
pub use symbol::{Symbol, SymbolInfo, Words};
pub use tongue::Tongue;
