//! What may be in Tamis at all, by the `deny.toml` of cargo-deny: so that a test knows at once what that says later.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use anyhow::{Context as _, Result};
use serde_json::Value;
use spdx::{Expression, ParseMode};

use super::{
    crates::{array, built, metadata, text},
    root,
};

/// Where crates come from. Nothing comes from a repository or another registry.
const SOURCE: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// What `deny.toml` forbids and is there, one sentence each: licences, crates, versions, sources.
pub fn faults() -> Result<Vec<String>> {
    let path = root().join("deny.toml");
    let rules: Value = toml::from_str(&fs::read_to_string(&path).context("cannot read deny.toml")?)?;
    let allowed = Allowed::read(&rules)?;
    let banned: BTreeSet<String> = list(&rules, "bans", "deny").map(|one| text(one, "crate")).collect();
    let skipped: BTreeSet<String> = list(&rules, "bans", "skip").map(|one| text(one, "crate")).collect();
    let metadata = metadata()?;
    let mut faults = Vec::new();
    for package in array(&metadata, "packages").filter(|one| one.get("source").is_some_and(|source| !source.is_null()))
    {
        let (name, version) = (text(package, "name"), text(package, "version"));
        let source = text(package, "source");
        if source != SOURCE {
            faults.push(format!("{name} {version} comes from {source}"));
        }
        if banned.contains(&name) {
            faults.push(format!("{name} {version} is banned by deny.toml"));
        }
        faults.extend(allowed.fault(&name, &version, &text(package, "license")));
    }
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    // What only the tests need may be there twice: that costs nobody anything.
    for (name, version) in built("normal,build", &["--workspace"])? {
        versions.entry(name).or_default().insert(version);
    }
    faults.extend(twice(&versions, &skipped));
    Ok(faults)
}

/// What is there in several versions and is not known to be, and the other way round. One version of each needs no word.
fn twice(versions: &BTreeMap<String, BTreeSet<String>>, skipped: &BTreeSet<String>) -> Vec<String> {
    let mut faults = Vec::new();
    for (name, all) in versions.iter().filter(|(_, all)| all.len() > 1) {
        let unknown: Vec<&String> = all.iter().filter(|one| !skipped.contains(&format!("{name}@{one}"))).collect();
        if unknown.len() > 1 {
            faults.push(format!(
                "{name} is there in several versions, {all:?}: name all but one in deny.toml, with the reason"
            ));
        }
    }
    for one in skipped {
        let is_there = one.split_once('@').is_some_and(|(name, version)| {
            versions.get(name).is_some_and(|all| all.len() > 1 && all.contains(version))
        });
        if !is_there {
            faults.push(format!("deny.toml skips {one}, of which there are no longer two"));
        }
    }
    faults
}

/// The licences that are allowed, for all and for single crates.
struct Allowed {
    all: BTreeSet<String>,
    exceptions: BTreeMap<String, BTreeSet<String>>,
}

impl Allowed {
    fn read(rules: &Value) -> Result<Self> {
        let words = |value: &Value| value.as_str().map(str::to_owned);
        let all: BTreeSet<String> = list(rules, "licenses", "allow").filter_map(words).collect();
        anyhow::ensure!(!all.is_empty(), "deny.toml allows no licence");
        let exceptions = list(rules, "licenses", "exceptions")
            .map(|one| (text(one, "crate"), array(one, "allow").filter_map(words).collect()))
            .collect();
        Ok(Self { all, exceptions })
    }

    /// Why a crate must not be there.
    fn fault(&self, name: &str, version: &str, licence: &str) -> Option<String> {
        let Ok(expression) = Expression::parse_mode(licence, ParseMode::LAX) else {
            return Some(format!("{name} {version}: `{licence}` is no licence that SPDX knows"));
        };
        let own = self.exceptions.get(name);
        let is_allowed = expression.evaluate(|wanted| {
            let wanted = wanted.to_string();
            self.all.contains(&wanted) || own.is_some_and(|own| own.contains(&wanted))
        });
        (!is_allowed).then(|| format!("{name} {version}: its licence {licence} is not allowed by deny.toml"))
    }
}

fn list<'a>(rules: &'a Value, table: &str, key: &str) -> impl Iterator<Item = &'a Value> {
    rules.get(table).and_then(|table| table.get(key)).and_then(Value::as_array).into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_licence_is_allowed_if_one_of_its_choices_is() {
        let rules = json!({ "licenses": {
            "allow": ["MIT", "ISC", "Apache-2.0"],
            "exceptions": [{ "crate": "fonts", "allow": ["OFL-1.1"] }],
        } });
        let allowed = Allowed::read(&rules).unwrap();
        for licence in ["MIT", "MIT OR GPL-3.0-only", "GPL-2.0-only/MIT", "ISC AND (MIT OR GPL-2.0-only)"] {
            assert_eq!(allowed.fault("one", "1.0.0", licence), None, "{licence}");
        }
        for licence in ["GPL-3.0-only", "MIT AND GPL-3.0-only", "OFL-1.1", "Apache-2.0 WITH LLVM-exception", "", "none"]
        {
            assert!(allowed.fault("one", "1.0.0", licence).is_some(), "{licence}");
        }
        assert_eq!(allowed.fault("fonts", "1.0.0", "MIT AND OFL-1.1"), None);
    }

    #[test]
    fn a_second_version_is_a_fault_until_it_is_named_and_a_name_without_one_is_a_fault_too() {
        let versions = |all: &[&str]| {
            let all = all.iter().map(|one| (*one).to_owned()).collect();
            BTreeMap::from([("syn".to_owned(), all)])
        };
        let skip = |one: &str| BTreeSet::from([one.to_owned()]);
        assert_eq!(twice(&versions(&["2.0.1"]), &BTreeSet::new()), Vec::<String>::new());
        assert_eq!(twice(&versions(&["2.0.1", "3.0.0"]), &BTreeSet::new()).len(), 1);
        assert_eq!(twice(&versions(&["2.0.1", "3.0.0"]), &skip("syn@2.0.1")), Vec::<String>::new());
        assert_eq!(twice(&versions(&["3.0.0"]), &skip("syn@2.0.1")).len(), 1);
    }
}
