//! What Tamis is made of is what is written: licences in the programs, notes on the crates we name, what may be in it.

use std::{collections::BTreeSet, fs, io::Read as _};

use anyhow::{Context as _, Result, ensure};
use tamis_core::notices::notices;
use tamis_tests::repository::root;
use xtask::supply;

#[test]
fn the_licences_in_the_programs_are_those_of_the_crates_in_them() -> Result<()> {
    let written: BTreeSet<&str> = notices().all.iter().map(|notice| notice.name.as_str()).collect();
    let crates = supply::shipped()?;
    let mut wanted: BTreeSet<String> = crates.iter().map(|one| format!("{} {}", one.name, one.version)).collect();
    let parts = supply::parts(&crates)?;
    wanted.extend(parts.iter().map(|part| format!("{} {}", part.name, part.version).trim().to_owned()));
    let missing: Vec<&String> = wanted.iter().filter(|name| !written.contains(name.as_str())).collect();
    let gone: Vec<&&str> = written.iter().filter(|name| !wanted.contains(**name)).collect();
    ensure!(missing.is_empty() && gone.is_empty(), "missing {missing:?}, gone {gone:?}: run `cargo xtask licences`");
    let mut packed = Vec::new();
    fs::File::open(root().join(supply::PACKED))?.read_to_end(&mut packed)?;
    ensure!(packed.len() < 150_000, "{} bytes of licences are too much for a program", packed.len());
    Ok(())
}

#[test]
fn every_crate_that_we_name_has_its_note_and_every_note_its_crate() -> Result<()> {
    let path = root().join("packaging/supply/dependencies.toml");
    let notes: toml::Table = toml::from_str(&fs::read_to_string(&path).context("there are no notes")?)?;
    let direct = supply::direct()?;
    let mut faults: Vec<String> = notes
        .keys()
        .filter(|name| !direct.contains_key(*name))
        .map(|name| format!("{name} is not named by us"))
        .collect();
    for (name, one) in &direct {
        let Some(note) = notes.get(name) else {
            faults.push(format!("{name} has no note"));
            continue;
        };
        let says = |key: &str, value: &toml::Value| note.get(key) == Some(value);
        let is_right = says("version", &one.version.clone().into())
            && says("licence", &one.licence.clone().into())
            && says("build_script", &one.has_build_script.into())
            && says("macro", &one.is_macro.into());
        if !is_right {
            faults.push(format!("{name}: is {} ({})", one.version, one.licence));
        }
        for key in ["for", "keeper", "network", "looked"] {
            if note.get(key).and_then(toml::Value::as_str).is_none_or(str::is_empty) {
                faults.push(format!("{name}: `{key}` is missing"));
            }
        }
    }
    ensure!(faults.is_empty(), "packaging/supply/dependencies.toml:\n{}", faults.join("\n"));
    Ok(())
}

#[test]
fn nothing_is_in_tamis_that_deny_toml_forbids() -> Result<()> {
    let faults = supply::faults()?;
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    Ok(())
}

#[test]
fn the_bill_of_materials_is_the_same_each_time_and_names_what_it_needs() -> Result<()> {
    let bill = supply::sbom()?;
    ensure!(bill == supply::sbom()?, "two bills differ");
    let bill: serde_json::Value = serde_json::from_str(&bill)?;
    let list = |key: &str| bill.get(key).and_then(serde_json::Value::as_array).cloned().unwrap_or_default();
    let names: BTreeSet<String> =
        list("components").iter().filter_map(|one| Some(one.get("bom-ref")?.as_str()?.to_owned())).collect();
    for one in list("dependencies") {
        for needed in one.get("dependsOn").and_then(serde_json::Value::as_array).into_iter().flatten() {
            let needed = needed.as_str().unwrap_or_default();
            ensure!(names.contains(needed), "{needed} is needed and is no component");
        }
    }
    Ok(())
}
