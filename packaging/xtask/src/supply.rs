//! What Tamis is made of: the crates in its programs, their licences, and how all of it is built.
//!
//! ```text
//! crates      which crates are in the programs
//! licences    their licences with the texts, for people
//! sbom        the same for programs (CycloneDX)
//! policy      what may be in the programs at all
//! tools       programs that are built from crates: cargo-deny, mdBook
//! reproduce   whether the same sources make the same program
//! ```

mod crates;
mod licences;
mod policy;
mod reproduce;
mod sbom;
mod tools;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use serde_json::Value;

pub use self::{
    crates::{Crate, Direct, direct, shipped},
    licences::{PACKED, pack, third_party},
    policy::faults,
    reproduce::{Reproduced, reproduce},
    sbom::sbom,
    tools::{deny, guide},
};

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).map(Path::to_path_buf).unwrap_or_default()
}

/// Something in the programs that is no crate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it is called.
    pub name: String,
    /// Its version, where a crate says which it brings.
    pub version: String,
    /// Its licence as an SPDX expression.
    pub licence: String,
    /// Where it is from.
    pub url: String,
    /// Who wrote it, where the text of the licence does not say it.
    pub authors: String,
    /// The texts of the licence: paths from the root of the repository.
    pub texts: Vec<String>,
}

/// What `packaging/supply/parts.toml` says.
pub fn parts(crates: &[Crate]) -> Result<Vec<Part>> {
    let path = root().join("packaging/supply/parts.toml");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let file: Value = toml::from_str(&text)?;
    let parts = file.get("part").and_then(Value::as_array).context("parts.toml has no [[part]]")?;
    parts.iter().map(|part| part_of(part, crates)).collect()
}

fn part_of(part: &Value, crates: &[Crate]) -> Result<Part> {
    let words = |key: &str| part.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let list = |key: &str| -> Vec<String> {
        let all = part.get(key).and_then(Value::as_array).into_iter().flatten();
        all.filter_map(|one| one.as_str().map(str::to_owned)).collect()
    };
    let version = match list("version_from").as_slice() {
        [] => String::new(),
        [name, file, before] => version_in(crates, name, file, before)?,
        _ => anyhow::bail!("parts.toml: version_from is a crate, a file and a word"),
    };
    Ok(Part {
        name: words("name"),
        version,
        licence: words("licence"),
        url: words("url"),
        authors: words("authors"),
        texts: list("texts"),
    })
}

/// What stands in quotation marks behind `before` in a file of a crate.
fn version_in(crates: &[Crate], name: &str, file: &str, before: &str) -> Result<String> {
    let found = crates.iter().find(|one| one.name == name).with_context(|| format!("{name} is not in the programs"))?;
    let text = fs::read_to_string(found.folder.join(file)).with_context(|| format!("{name} has no {file}"))?;
    let line = text.lines().find_map(|line| line.strip_prefix(before)).context("the word is not there")?;
    let version = line.split('"').nth(1).context("no version behind the word")?;
    Ok(version.to_owned())
}
