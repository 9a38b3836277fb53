//! The rule language: SpamAssassin's `.cf`, read, compiled and run.
//!
//! ```text
//! files ─load→ Book ─compile→ RuleSet ─run(View)→ Hits
//! ```
//!
//! The language is the one of `Mail::SpamAssassin::Conf` (<https://spamassassin.apache.org/doc.html>) and its plugins' pages.
//! Text is bytes here, as it is there.

pub mod book;
pub mod engine;
pub mod eval;
pub mod lists;
mod load;
pub mod meta;
mod pattern;
pub mod view;

pub use book::{Book, Directive, Place, Problem, Rule, RuleFile};
pub use engine::{CompileSettings, Hit, Hits, Renderings, RuleSet, Scratch};
pub use load::{LoadSettings, PLUGINS, Plugin, includes, load, plugin_of_function};
pub use view::View;
