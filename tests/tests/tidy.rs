//! The house rules, kept. Each failure says which file, and what to do.

use std::fmt::Write as _;

use anyhow::{Context as _, Result, ensure};
use tamis_tests::repository::{File, dependencies, files, root};

/// Code lines of a file, without blank lines, comments, and a module of tests.
const MOST_LINES: usize = 400;

/// The same for a file that is all tests.
const MOST_TEST_LINES: usize = 700;

/// What the engine may stand on: pure crates only. None of them reads a file, a clock or the network.
const OF_CORE: &[&str] = &[
    "aho-corasick",
    "encoding_rs",
    "flate2",
    "html5ever",
    "idna",
    "image",
    "linkify",
    "mail-parser",
    "memchr",
    "postcard",
    "psl",
    "regex-automata",
    "regex-syntax",
    "roxmltree",
    "rqrr",
    "rust-stemmers",
    "serde",
    "thiserror",
    "toml",
    "unicode-normalization",
    "whatlang",
    "xxhash-rust",
];

/// Outside crates with one home each: the crate, and how the paths start in which its name may stand.
const HOMES: &[(&str, &[&str])] = &[
    ("async_imap", &["imap-agent/src/mailbox/driver.rs"]),
    ("imap_proto", &["imap-agent/src/mailbox/driver", "imap-agent/src/mailbox/guard.rs"]),
    ("stringprep", &["imap-agent/src/mailbox/login/scram.rs"]),
    ("mail_parser", &["core/src/mail/decode"]),
    ("encoding_rs", &["core/src/rules/view/charset.rs"]),
    ("html5ever", &["core/src/mail/html"]),
    ("rqrr", &["core/src/mail/qr/find.rs"]),
    ("roxmltree", &["core/src/setup/autoconfig.rs"]),
    ("rust_stemmers", &["core/src/fuzzy/rspamd/long.rs"]),
    ("regex_automata", &["core/src/rules/pattern/automaton.rs"]),
    ("regex_syntax", &["core/src/rules/pattern/automaton.rs"]),
    ("postcard", &["core/src/rules/engine/store.rs"]),
    ("rusqlite", &["imap-agent/src/store"]),
    ("keyring", &["imap-agent/src/keys"]),
    ("keyring_core", &["imap-agent/src/keys"]),
    (
        "aws_lc_rs",
        &[
            "imap-agent/src/archive/seal.rs",
            "imap-agent/src/mailbox/login/",
            "imap-agent/src/oauth/pkce.rs",
            "imap-agent/src/https",
            "imap-agent/src/ask/",
        ],
    ),
    ("blake2b_simd", &["imap-agent/src/ask/rspamd_fuzzy.rs"]),
    ("chacha20", &["imap-agent/src/ask/rspamd_fuzzy/seal.rs"]),
    ("poly1305", &["imap-agent/src/ask/rspamd_fuzzy/seal.rs"]),
    (
        "flate2",
        &[
            "imap-agent/src/archive/pack.rs",
            "imap-agent/src/mailbox/deflate",
            "core/src/mail/file/inflate.rs",
            "core/src/rules/eval/office/tests.rs",
            "imap-agent/src/rules/",
            "imap-agent/src/backup",
            "imap-agent/tests/cli/rules_update.rs",
            "packaging/xtask/src/supply/licences.rs",
        ],
    ),
    ("spdx", &["packaging/xtask/src/supply/policy.rs"]),
    ("clap_mangen", &["imap-agent/src/cli/manual.rs"]),
    ("clap_complete", &["imap-agent/src/cli/manual.rs"]),
    ("whatlang", &["core/src/lists/language.rs"]),
    ("mail_auth", &["imap-agent/src/ask/auth"]),
    ("maxminddb", &["imap-agent/src/countries.rs"]),
    ("ureq", &["imap-agent/src/https.rs"]),
    ("mail_send", &["imap-agent/src/submit/talk.rs"]),
    ("smtp_proto", &["imap-agent/src/submit/talk.rs"]),
    ("ksni", &["imap-agent/src/tray.rs"]),
    ("wait4", &["packaging/xtask/src/peers/cost.rs"]),
    (
        "zbus",
        &[
            "imap-agent/src/notify.rs",
            "tests/tests/notify.rs",
            "tests/tests/tray.rs",
            "tests/src/reader.rs",
            "imap-agent/src/network/manager",
        ],
    ),
    (
        "interprocess",
        &[
            "imap-agent/src/serve",
            "imap-agent/src/client",
            "gui/src/client",
            "gui/src/instance.rs",
            PRETENDED,
            "gui/tests/client",
        ],
    ),
    ("hickory_resolver", &["imap-agent/src/ask/dns"]),
    ("egui", &["gui/"]),
    ("eframe", &["gui/"]),
    ("fluent_bundle", &["gui/src/text"]),
    ("sys_locale", &["gui/src/text"]),
    ("unic_langid", &["gui/src/text"]),
    ("tamis_agent", &["imap-agent/", "tests/"]),
];

/// The window's examples have an agent that is only pretended.
const PRETENDED: &str = "gui/examples/";

#[test]
fn files_are_small() -> Result<()> {
    let mut faults = String::new();
    for file in rust()? {
        let most = if file.is_test() { MOST_TEST_LINES } else { MOST_LINES };
        let lines = file.code().count();
        if lines > most {
            writeln!(faults, "{}: {lines} lines of code. At most {most}: split it by what it does", file.path)?;
        }
    }
    none(&faults)
}

#[test]
fn every_file_says_what_it_is() -> Result<()> {
    let mut faults = String::new();
    for file in rust()? {
        let says = file.lines().next().is_some_and(|(_, line)| line.starts_with("//! "));
        if !says {
            writeln!(faults, "{}: begin it with `//! ` and a sentence about what it is for", file.path)?;
        }
    }
    none(&faults)
}

#[test]
fn the_engine_stands_on_pure_crates_only() -> Result<()> {
    let mut faults = String::new();
    for name in dependencies("tamis-core")? {
        if !OF_CORE.contains(&name.as_str()) {
            writeln!(faults, "core/Cargo.toml: `{name}` is not on the list in tests/tests/tidy.rs. Core does no IO")?;
        }
    }
    none(&faults)
}

#[test]
fn the_window_does_not_know_the_agent_nor_the_agent_the_window() -> Result<()> {
    let mut faults = String::new();
    for (package, strangers) in
        [("tamis", &["tamis-agent"][..]), ("tamis-agent", &["tamis"]), ("tamis-core", &["tamis", "tamis-agent"])]
    {
        let dependencies = dependencies(package)?;
        for stranger in strangers.iter().filter(|stranger| dependencies.iter().any(|name| name == *stranger)) {
            writeln!(faults, "{package} depends on {stranger}: all they share is core/src/api.rs")?;
        }
    }
    none(&faults)
}

#[test]
fn each_outside_crate_is_named_where_it_lives() -> Result<()> {
    let mut faults = String::new();
    for file in rust()? {
        for (name, homes) in HOMES {
            if homes.iter().any(|home| file.path.starts_with(home)) {
                continue;
            }
            for (number, _) in file.code().filter(|(_, line)| uses_crate(line, name)) {
                writeln!(faults, "{}:{number} names `{name}`, which lives in {}", file.path, homes.join(", "))?;
            }
        }
    }
    none(&faults)
}

#[test]
fn colours_are_chosen_in_one_place() -> Result<()> {
    let mut faults = String::new();
    for file in rust()?.iter().filter(|file| file.path.starts_with("gui/src/") && file.path != "gui/src/theme.rs") {
        for (number, _) in file.code().filter(|(_, line)| line.contains("Color32::")) {
            writeln!(faults, "{}:{number} makes a Color32: give the colour a name in gui/src/theme.rs", file.path)?;
        }
    }
    none(&faults)
}

#[test]
fn nothing_is_left_for_later() -> Result<()> {
    // In pieces, so that this file does not have them.
    let words = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
    let macros = [concat!("unimple", "mented!"), concat!("to", "do!")];
    let mut faults = String::new();
    for file in files()? {
        if !["rs", "toml", "md"].iter().any(|extension| file.has_extension(extension)) {
            continue;
        }
        for (number, line) in file.lines() {
            if words.iter().any(|word| has_word(line, word)) || macros.iter().any(|name| line.contains(name)) {
                writeln!(faults, "{}:{number} leaves something for later: do it, or leave it out", file.path)?;
            }
        }
    }
    none(&faults)
}

#[test]
fn no_file_knows_the_machine_it_was_written_on() -> Result<()> {
    let places = [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/")];
    let mut faults = String::new();
    for file in files()? {
        for (number, line) in file.lines() {
            for place in places.iter().filter(|place| has_absolute_path(line, place)) {
                writeln!(faults, "{}:{number} has a path under {place}: find the place at run time", file.path)?;
            }
        }
    }
    none(&faults)
}

#[test]
fn migrations_count_up_and_each_is_run() -> Result<()> {
    let files = files()?;
    let folder = "imap-agent/migrations/";
    let migrate = files.iter().find(|file| file.path == "imap-agent/src/store/migrate.rs");
    let migrate =
        migrate.and_then(|file| file.text.as_deref()).context("imap-agent/src/store/migrate.rs is missing")?;
    let names: Vec<&str> = files.iter().filter_map(|file| file.path.strip_prefix(folder)).collect();
    assert!(!names.is_empty(), "there is no migration in {folder}");
    let mut faults = String::new();
    for (index, name) in names.iter().enumerate() {
        let number = format!("{:04}_", index + 1);
        if !name.starts_with(&number) || name.strip_suffix(".sql").is_none() {
            writeln!(faults, "{folder}{name}: its name should be {number}WHAT.sql")?;
        }
        if !migrate.contains(name) {
            writeln!(faults, "{folder}{name}: add it to the list in imap-agent/src/store/migrate.rs")?;
        }
    }
    none(&faults)
}

#[test]
fn the_demo_index_lists_every_letter_once() -> Result<()> {
    let files = files()?;
    let folder = "assets/demo/";
    let letters: Vec<&str> = files.iter().filter_map(|file| file.path.strip_prefix(folder)).collect();
    let index = files.iter().find(|file| file.path == "assets/demo/demo.index");
    let index = index.and_then(|file| file.text.as_deref()).context("assets/demo/demo.index is missing")?;
    let mut faults = String::new();
    for line in index.lines() {
        let (label, path) = line.split_once(' ').unwrap_or_default();
        if !["ham", "spam"].contains(&label) || !letters.contains(&path) {
            writeln!(faults, "{folder}demo.index: `{line}` should be `ham|spam PATH` of a file there")?;
        }
    }
    for letter in letters.iter().filter(|letter| **letter != "demo.index") {
        let count = index.lines().filter(|line| line.split_once(' ').is_some_and(|(_, path)| path == *letter)).count();
        if count != 1 {
            writeln!(faults, "{folder}{letter}: listed {count} times in demo.index, should be once")?;
        }
    }
    none(&faults)
}

#[test]
fn the_chores_have_their_short_names() -> Result<()> {
    let config = std::fs::read_to_string(root().join(".cargo/config.toml"))?;
    for alias in ["xtask", "lint", "docs"] {
        assert!(
            config.lines().any(|line| line.starts_with(&format!("{alias} = "))),
            ".cargo/config.toml: `cargo {alias}` is gone, and CONTRIBUTING promises it"
        );
    }
    Ok(())
}

#[test]
fn the_rules_see_what_they_are_meant_to_see() {
    assert!(uses_crate("use far_away::Session;", "far_away"));
    assert!(uses_crate("    let x = far_away::Client::new(y);", "far_away"));
    assert!(uses_crate("use far_away;", "far_away"));
    assert!(uses_crate("use far_away::{Near, vec2};", "far_away"));
    assert!(!uses_crate(r#"filter.add("far_away=debug")"#, "far_away"));
    assert!(!uses_crate("use not_far_away::Near;", "far_away"));
    assert!(!uses_crate("use crate::far_away_words::A;", "far_away"));
    assert!(has_word("a // XY: later", "XY"));
    assert!(!has_word("AXYZ", "XY"));
    assert!(has_absolute_path("see \"/srv/mail\"", "/srv/"));
    assert!(has_absolute_path("/srv/mail", "/srv/"));
    assert!(!has_absolute_path("https://example.org/srv/mail and @base@/srv/x", "/srv/"));
}

fn rust() -> Result<Vec<File>> {
    Ok(files()?.into_iter().filter(File::is_rust).collect())
}

fn none(faults: &str) -> Result<()> {
    ensure!(faults.is_empty(), "\n{faults}");
    Ok(())
}

/// Whether a line of code uses a crate: by a path, or by importing it whole.
fn uses_crate(line: &str, name: &str) -> bool {
    line.match_indices(name).any(|(at, _)| {
        let (before, after) = (line.get(..at).unwrap_or_default(), line.get(at + name.len()..).unwrap_or_default());
        let is_start = !before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
        let is_import = before.trim_end().ends_with("use") && after.starts_with([';', ' ']);
        is_start && (after.starts_with("::") || is_import)
    })
}

fn has_word(line: &str, word: &str) -> bool {
    line.split(|c: char| !c.is_alphanumeric()).any(|found| found == word)
}

/// Whether a path begins with `place`, not only goes through a folder of that name.
fn has_absolute_path(line: &str, place: &str) -> bool {
    line.match_indices(place).any(|(at, _)| {
        let before = line.get(..at).unwrap_or_default();
        !before.ends_with(|c: char| c.is_alphanumeric() || "._-@}~".contains(c))
    })
}
