//! The window: panels that draw what the agent says, and commands that say what the person wants.

pub mod app;
pub mod args;
mod bidi;
pub mod client;
pub mod command;
mod icons;
mod panels;
pub mod paths;
pub mod prefs;
mod safe_text;
mod selection;
pub mod theme;
mod view;
mod widgets;
pub mod window;
