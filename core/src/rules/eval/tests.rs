//! Promises about all functions together.

use std::collections::BTreeSet;

use super::*;
use crate::rules::PLUGINS;

#[test]
fn no_function_is_in_two_families() {
    let mut names = BTreeSet::new();
    for eval in FAMILIES.iter().copied().flatten() {
        assert!(names.insert(eval.name), "{} stands twice", eval.name);
        assert_eq!(find(eval.name).map(|found| found.name), Some(eval.name));
    }
    assert!(find("no_such_function").is_none());
}

#[test]
fn what_is_run_is_neither_excused_nor_left_to_the_network() {
    for eval in FAMILIES.iter().copied().flatten() {
        assert_eq!(why_unrun(eval.name), None, "{} is run", eval.name);
        assert_eq!(network::need(&argument::test(eval.name, &["4", "1", "2"])), None, "{} asks nothing", eval.name);
    }
    for name in unrun::names() {
        assert_eq!(network::need(&argument::test(name, &["4", "1", "2"])), None, "{name} is not run");
    }
}

#[test]
fn functions_of_plugins_that_ask_the_network_have_a_need() {
    let of_network = PLUGINS.iter().filter(|plugin| plugin.asks_network && plugin.name != "DecodeShortURLs");
    for name in of_network.flat_map(|plugin| plugin.functions) {
        let arguments: &[&str] = match *name {
            "check_dkim_adsp" => &["N"],
            "check_razor2_range" => &["", "51", "100"],
            "check_dcc_reputation_range" => &["70", "89"],
            _ => &["set", "list.example", "x", "127.0.0.2"],
        };
        assert!(network::need(&argument::test(name, arguments)).is_some(), "{name} asks nothing");
    }
}
