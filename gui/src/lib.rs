//! The window: panels that draw what the agent says, and commands that say what the person wants.

pub mod app;
pub mod args;
mod bidi;
pub mod client;
pub mod command;
mod fuzzy;
mod highlight;
mod icons;
pub mod instance;
mod keys;
mod layout;
mod panels;
pub mod paths;
pub mod prefs;
mod safe_text;
pub mod saving;
mod selection;
pub mod text;
pub mod theme;
mod view;
mod widgets;
pub mod window;
