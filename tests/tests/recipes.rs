//! Recipes for packages fit the tree: what they install is there, what a builder demands is in them, and the place that stands in for
//! a home page is nowhere that a person would open it.

use std::{collections::BTreeSet, fs};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use tamis_tests::repository::{files, root};

const MANIFEST: &str = "packaging/flatpak/example.tamis.Tamis.json";

/// What stands for the home page until there is one.
const STAND_IN: &str = "tamis.example";

#[test]
fn the_manifest_for_flatpak_has_what_its_builder_demands() -> Result<()> {
    let manifest: Value = serde_json::from_str(&fs::read_to_string(root().join(MANIFEST))?)?;
    let text = |value: &Value, key: &str| -> Result<String> {
        let text = value.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
        text.map(str::to_owned).with_context(|| format!("no {key} in {value}"))
    };
    for key in ["runtime", "runtime-version", "sdk", "command"] {
        text(&manifest, key)?;
    }
    let id = text(&manifest, "id")?;
    let named = MANIFEST.rsplit('/').next().is_some_and(|name| name == format!("{id}.json"));
    ensure!(named && id.split('.').count() >= 3, "{id} is not the name of the file, or not of three parts");
    let metainfo = fs::read_to_string(root().join("packaging/linux/tamis.metainfo.xml"))?;
    ensure!(metainfo.contains(&format!("<id>{id}</id>")), "the metainfo is of something else than {id}");
    let rights = list(&manifest, "finish-args")?;
    for right in ["--share=network", "--talk-name=org.freedesktop.secrets", "--socket=wayland"] {
        ensure!(rights.iter().any(|one| one == right), "without {right} it cannot do its work");
    }
    let modules = manifest.get("modules").and_then(Value::as_array).context("no modules")?;
    ensure!(!modules.is_empty(), "no module");
    for module in modules {
        text(module, "name")?;
        ensure!(text(module, "buildsystem")? == "simple", "a buildsystem without commands of its own");
        let sources = module.get("sources").and_then(Value::as_array).context("no sources")?;
        for source in sources {
            ensure!(["archive", "dir", "git"].contains(&text(source, "type")?.as_str()), "{source}");
            text(source, "path").or_else(|_| text(source, "url"))?;
        }
        installs_what_is_there(&list(module, "build-commands")?)?;
    }
    Ok(())
}

/// Every path of the tree in these commands has a file; what `target` has, the first of them builds.
fn installs_what_is_there(commands: &[String]) -> Result<()> {
    let mut found = BTreeSet::new();
    for word in commands.iter().flat_map(|command| command.split_whitespace()) {
        if ["packaging/", "assets/"].iter().any(|folder| word.starts_with(folder)) {
            ensure!(root().join(word).is_file(), "there is no {word}");
            found.insert(word);
        }
    }
    ensure!(found.len() >= 3, "only {found:?} are installed");
    for program in ["target/dist/tamis", "target/dist/tamis-agent"] {
        let is_installed = commands.iter().any(|command| command.split_whitespace().any(|word| word == program));
        ensure!(is_installed, "{program} is not installed");
    }
    Ok(())
}

fn list(value: &Value, key: &str) -> Result<Vec<String>> {
    let items = value.get(key).and_then(Value::as_array).with_context(|| format!("no {key}"))?;
    items.iter().map(|item| item.as_str().map(str::to_owned).with_context(|| format!("{item} in {key}"))).collect()
}

#[test]
fn the_desktop_entry_and_the_metainfo_promise_the_same() -> Result<()> {
    let entry = fs::read_to_string(root().join("packaging/linux/tamis.desktop"))?;
    let metainfo = fs::read_to_string(root().join("packaging/linux/tamis.metainfo.xml"))?;
    let types = entry.lines().find_map(|line| line.strip_prefix("MimeType=")).context("no MimeType")?;
    let opened: BTreeSet<&str> = types.split(';').filter(|name| !name.is_empty()).collect();
    let promised = metainfo.split("<mediatype>").skip(1).filter_map(|rest| rest.split('<').next()).collect();
    ensure!(opened == promised, "{opened:?} and {promised:?}");
    for line in entry.lines().filter(|line| line.starts_with("Categories=")) {
        for category in line.trim_start_matches("Categories=").split(';').filter(|name| !name.is_empty()) {
            ensure!(metainfo.contains(&format!("<category>{category}</category>")), "{category}");
        }
    }
    Ok(())
}

#[test]
fn nobody_is_told_to_open_the_place_that_stands_in_for_a_home_page() -> Result<()> {
    // Recipes name it, as their formats demand an address; and the tests speak of it.
    let elsewhere = files()?.into_iter().filter(|file| !file.path.starts_with("packaging/") && !file.is_test());
    let told: Vec<String> = elsewhere
        .filter(|file| file.path != "tests/src/documents.rs")
        .filter(|file| file.text.as_deref().is_some_and(|text| text.contains(STAND_IN)))
        .map(|file| file.path)
        .collect();
    ensure!(told.is_empty(), "{told:?} send people to {STAND_IN}, where nothing is");
    Ok(())
}
