//! The plugins of SpamAssassin 4.0.1: what they are called, which functions rules can call in them, and what rules can ask
//! of them with `can`. Whether a function is there to be called is what [`crate::rules::eval`] knows.

mod table;

pub use self::table::PLUGINS;

/// One plugin.
#[derive(Debug)]
pub struct Plugin {
    /// Its name after `Mail::SpamAssassin::Plugin::`.
    pub name: &'static str,
    /// Whether it is on where Debian installs SpamAssassin.
    pub is_usual: bool,
    /// Whether its functions ask the network.
    pub asks_network: bool,
    /// Functions that rules call with `eval:`.
    pub functions: &'static [&'static str],
    /// Functions that exist to be asked for.
    pub features: &'static [&'static str],
}

/// What all names begin with.
pub(super) const PREFIX: &str = "Mail::SpamAssassin::Plugin::";

/// Names by which rule files still ask for plugins, and the names of today.
const RENAMED: &[(&str, &str)] = &[("Dmarc", "DMARC"), ("WhiteListSubject", "WelcomeListSubject")];

impl Plugin {
    /// `Mail::SpamAssassin::Plugin::DKIM`
    pub fn full_name(&self) -> String {
        format!("{PREFIX}{}", self.name)
    }

    const fn usual(name: &'static str, functions: &'static [&'static str], features: &'static [&'static str]) -> Self {
        Self { name, is_usual: true, asks_network: false, functions, features }
    }

    const fn extra(name: &'static str, functions: &'static [&'static str], features: &'static [&'static str]) -> Self {
        Self { is_usual: false, ..Self::usual(name, functions, features) }
    }

    const fn asking(self) -> Self {
        Self { asks_network: true, ..self }
    }
}

/// The plugin of this name, with or without what all begin with.
pub(super) fn find(name: &str) -> Option<&'static Plugin> {
    let name = name.strip_prefix(PREFIX).unwrap_or(name);
    let name = RENAMED.iter().find(|(old, _)| *old == name).map_or(name, |(_, new)| *new);
    PLUGINS.iter().find(|plugin| plugin.name == name)
}

/// The plugin in which a function is that rules call with `eval:`.
pub fn plugin_of_function(function: &str) -> Option<&'static Plugin> {
    PLUGINS.iter().find(|plugin| plugin.functions.contains(&function))
}

/// Features that are in no plugin.
pub(super) const CORE_FEATURES: &[&str] = &[
    "feature_bayes_auto_learn_on_error",
    "feature_bayes_stopwords",
    "feature_blocklist_welcomelist",
    "feature_bug6558_free",
    "feature_capture_rules",
    "feature_compile_regexp",
    "feature_dns_block_rule",
    "feature_dns_local_ports_permit_avoid",
    "feature_dns_query_restriction",
    "feature_edns",
    "feature_geodb",
    "feature_get_host",
    "feature_header_address_parser",
    "feature_header_first_last",
    "feature_header_match_many",
    "feature_local_tests_only",
    "feature_meta_rules_matching",
    "feature_originating_ip_headers",
    "feature_registryboundaries",
    "feature_subjprefix",
    "feature_uri_host_listed",
    "feature_welcomelist_blocklist",
    "feature_yesno_takes_args",
    "has_tflags_nolog",
    "has_tflags_nosubject",
    "perl_min_version_5010000",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_in_one_plugin() {
        for plugin in PLUGINS {
            for function in plugin.functions {
                assert_eq!(plugin_of_function(function).map(|found| found.name), Some(plugin.name), "{function}");
            }
        }
        assert!(PLUGINS.is_sorted_by_key(|plugin| plugin.name));
    }
}
