//! Rule files become a [`Book`].
//!
//! Nothing in them is fatal: what cannot be read is a [`super::Problem`], and the next line is read. Differences from SpamAssassin
//! 4.0.1 that are meant: `require_version` is not obeyed, so that rules of a newer version load; and meta rules may say
//! `-1` or `.5`, which it refuses.

mod condition;
mod draft;
mod files;
mod known;
mod line;
mod pattern;
mod plugins;
mod replace;
mod rule;
mod setting;

use std::collections::BTreeSet;

use self::{draft::Draft, files::Reader};
pub use self::{
    files::{beside, includes},
    plugins::{PLUGINS, Plugin, plugin_of_function},
};
use super::book::{Book, RuleFile};

/// What decides how files are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadSettings {
    /// Plugins that are on before a file says `loadplugin`, with their whole names.
    pub plugins: BTreeSet<String>,
    /// What is on as if a file said `enable_compat`.
    pub compat: BTreeSet<String>,
    /// Languages of which lines that begin with `lang xx` are read: `de`, `pt_BR`. English needs no such lines.
    pub languages: Vec<String>,
}

impl Default for LoadSettings {
    /// What SpamAssassin 4.0.1 has on where Debian installs it, and English.
    fn default() -> Self {
        let plugins = PLUGINS.iter().filter(|plugin| plugin.is_usual).map(Plugin::full_name).collect();
        let compat = ["welcomelist_blocklist".to_owned()].into();
        Self { plugins, compat, languages: vec!["en".to_owned()] }
    }
}

impl LoadSettings {
    /// With these plugins on, too: `OLEVBMacro`, or with the whole name. An unknown one does nothing.
    #[must_use]
    pub fn with(mut self, plugins: &[&str]) -> Self {
        self.plugins.extend(plugins.iter().filter_map(|name| plugins::find(name)).map(Plugin::full_name));
        self
    }
}

/// Reads rule files in this order. Files that are only included are read where another says so.
pub fn load(files: &[RuleFile], settings: &LoadSettings) -> Book {
    let mut draft = Draft::new(settings);
    Reader::new(files).read(&mut draft);
    draft.finish()
}

#[cfg(test)]
mod tests;

/// A pattern with its signs, such as `m{...}i`, if it is one.
pub(crate) fn pattern_of(text: &str) -> Option<super::book::Pattern> {
    pattern::whole(text.trim(), false).ok()
}
