//! The window: panels that draw what the agent says, and commands that say what the person wants.

pub mod args;
mod bidi;
pub mod client;
pub mod paths;
pub mod prefs;
mod safe_text;
