//! The rule language: SpamAssassin's `.cf`, read, compiled and run.
//!
//! ```text
//! files ─load→ Book ─compile→ RuleSet ─run(View)→ Hits
//! ```
//!
//! The language is the one of `Mail::SpamAssassin::Conf` (<https://spamassassin.apache.org/doc.html>) and its plugins' pages.
//! Text is bytes here, as it is there.

pub mod book;
mod census;
pub mod engine;
pub mod eval;
pub mod lists;
mod load;
pub mod meta;
mod own;
mod pattern;
mod program;
pub mod view;

pub use book::{Book, Directive, Place, Problem, Rule, RuleFile, ScoreSet};
pub use census::{Census, Count, Fate, Group, kind};
pub use engine::{CompileSettings, Hit, Hits, Renderings, RuleSet, Scratch};
pub use load::{LoadSettings, PLUGINS, Plugin, beside, includes, load, plugin_of_function};
pub(crate) use own::{is_of_words, is_own_rule};
pub use own::{own_files, own_program};
pub(crate) use pattern::{Matcher, Once, Plan};
pub use program::Program;
pub use view::View;
