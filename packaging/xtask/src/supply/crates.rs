//! Which crates are in the programs, as cargo says it.
//!
//! `cargo tree` knows exactly what is built into a program for one platform, without tests, build scripts and macros, which
//! run while it is built and are not in it. `cargo metadata` knows the rest about each crate, and `Cargo.lock` the checksums.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
    process::Command,
};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::root;

/// The platform for which the lists are made; those for other processors differ in a crate or two.
const PLATFORM: &str = "x86_64-unknown-linux-gnu";

/// Our own packages that become programs.
const PROGRAMS: [&str; 2] = ["tamis", "tamis-agent"];

/// A name and a version.
pub(super) type Key = (String, String);

/// A crate that is in one of the programs and is not ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crate {
    /// Its name in the registry.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its licence, as it says itself.
    pub licence: String,
    /// Where its sources are kept, as it says itself.
    pub url: String,
    /// Whom it names as its authors.
    pub authors: Vec<String>,
    /// Where cargo has unpacked it.
    pub folder: PathBuf,
    /// The SHA-256 of its archive.
    pub checksum: String,
    /// What it needs of the other crates in the programs: names and versions.
    pub needs: BTreeSet<Key>,
}

/// A direct dependency of one of our packages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Direct {
    /// Its version.
    pub version: String,
    /// Its licence, as it says itself.
    pub licence: String,
    /// Which of our packages name it, and for what: `tamis-core`, or `tamis-core (tests)`.
    pub users: BTreeSet<String>,
    /// Whether it has a build script.
    pub has_build_script: bool,
    /// Whether it is a macro that runs while we are built.
    pub is_macro: bool,
}

/// Every crate in the programs, by name and version.
pub fn shipped() -> Result<Vec<Crate>> {
    let packages: Vec<&str> = PROGRAMS.iter().flat_map(|program| ["--package", program]).collect();
    let members = built("normal,no-proc-macro", &packages)?;
    let metadata = metadata()?;
    let names = names_of(&metadata);
    let checksums = checksums()?;
    let needs = needs(&metadata, &names);
    let mut crates = Vec::new();
    for package in array(&metadata, "packages") {
        let key = (text(package, "name"), text(package, "version"));
        if !members.contains(&key) || package.get("source").is_none_or(Value::is_null) {
            continue;
        }
        let manifest = PathBuf::from(text(package, "manifest_path"));
        let needed = needs.get(&key).into_iter().flatten().filter(|need| members.contains(*need));
        crates.push(Crate {
            licence: text(package, "license"),
            url: [text(package, "repository"), text(package, "homepage")]
                .into_iter()
                .find(|url| !url.is_empty())
                .unwrap_or_default(),
            authors: array(package, "authors").filter_map(|one| one.as_str().map(str::to_owned)).collect(),
            folder: manifest.parent().context("a manifest without a folder")?.to_path_buf(),
            checksum: checksums.get(&key).cloned().unwrap_or_default(),
            needs: needed.cloned().collect(),
            name: key.0,
            version: key.1,
        });
    }
    ensure!(crates.len() > 50, "cargo knows only {} crates", crates.len());
    crates.sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
    Ok(crates)
}

/// Names and versions of what is built for some packages, ours included; `edges` says what for, as in `cargo tree`.
pub(super) fn built(edges: &str, packages: &[&str]) -> Result<BTreeSet<Key>> {
    let mut tree = cargo(&["tree", "--prefix", "none", "--format", "{p}", "--target", PLATFORM, "--edges", edges]);
    tree.args(packages);
    Ok(output(tree)?.lines().filter_map(name_and_version).collect())
}

/// The direct dependencies of all our packages, by their names.
pub fn direct() -> Result<BTreeMap<String, Direct>> {
    let metadata = metadata()?;
    let packages: BTreeMap<String, &Value> = array(&metadata, "packages").map(|one| (text(one, "id"), one)).collect();
    let ours: BTreeSet<&str> = array(&metadata, "workspace_members").filter_map(Value::as_str).collect();
    let mut direct: BTreeMap<String, Direct> = BTreeMap::new();
    let resolve = metadata.get("resolve").context("cargo metadata says nothing of what is needed")?;
    for node in array(resolve, "nodes").filter(|node| ours.contains(text(node, "id").as_str())) {
        let user = packages.get(&text(node, "id")).map(|package| text(package, "name")).unwrap_or_default();
        for dep in array(node, "deps") {
            let id = text(dep, "pkg");
            let Some(package) = packages.get(&id).filter(|_| !ours.contains(id.as_str())) else { continue };
            let is_test = array(dep, "dep_kinds").all(|kind| text(kind, "kind") == "dev");
            let user = if is_test { format!("{user} (tests)") } else { user.clone() };
            let one = direct.entry(text(package, "name")).or_insert_with(|| Direct {
                version: text(package, "version"),
                licence: text(package, "license"),
                users: BTreeSet::new(),
                has_build_script: has_target(package, "custom-build"),
                is_macro: has_target(package, "proc-macro"),
            });
            one.users.insert(user);
        }
    }
    Ok(direct)
}

fn has_target(package: &Value, kind: &str) -> bool {
    array(package, "targets").any(|target| array(target, "kind").any(|one| one == kind))
}

/// `name v1.2.3 (more)`, as `cargo tree` writes a package.
fn name_and_version(line: &str) -> Option<Key> {
    let mut words = line.split(' ');
    let (name, version) = (words.next()?, words.next()?);
    Some((name.to_owned(), version.strip_prefix('v')?.to_owned()))
}

/// Names and versions by what `cargo metadata` calls the packages.
fn names_of(metadata: &Value) -> BTreeMap<String, Key> {
    array(metadata, "packages").map(|one| (text(one, "id"), (text(one, "name"), text(one, "version")))).collect()
}

/// What each package needs to run.
fn needs(metadata: &Value, names: &BTreeMap<String, Key>) -> BTreeMap<Key, BTreeSet<Key>> {
    let mut needs = BTreeMap::new();
    for node in metadata.get("resolve").into_iter().flat_map(|resolve| array(resolve, "nodes")) {
        let Some(name) = names.get(&text(node, "id")) else { continue };
        let normal =
            array(node, "deps").filter(|dep| array(dep, "dep_kinds").any(|kind| text(kind, "kind").is_empty()));
        needs.insert(name.clone(), normal.filter_map(|dep| names.get(&text(dep, "pkg")).cloned()).collect());
    }
    needs
}

fn checksums() -> Result<BTreeMap<Key, String>> {
    let lock: Value =
        toml::from_str(&fs::read_to_string(root().join("Cargo.lock")).context("cannot read Cargo.lock")?)?;
    let packages = array(&lock, "package");
    Ok(packages.map(|one| ((text(one, "name"), text(one, "version")), text(one, "checksum"))).collect())
}

pub(super) fn metadata() -> Result<Value> {
    let said = output(cargo(&["metadata", "--format-version", "1", "--filter-platform", PLATFORM]))?;
    serde_json::from_str(&said).context("cargo metadata said something strange")
}

fn cargo(words: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.args(words).arg("--locked").current_dir(root());
    command
}

fn output(mut command: Command) -> Result<String> {
    let output = command.output().context("cannot run cargo")?;
    ensure!(output.status.success(), "cargo failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}

pub(super) fn array<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

pub(super) fn text(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}
