//! The programs that go into a package.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, ensure};

use super::facts::Facts;
use crate::packages;

/// Builds the window and the agent and returns the folder they are in.
///
/// `dist` is the profile of packages that are given to others: no path of this machine is left in the programs. The others
/// take what is built already.
pub(super) fn programs(profile: &str, facts: &Facts) -> Result<PathBuf> {
    let target = packages::target_folder()?;
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--locked", "--package", "tamis", "--package", "tamis-agent", "--bins", "--profile", profile]);
    cargo.env("SOURCE_DATE_EPOCH", facts.epoch.to_string()).current_dir(&facts.root);
    cargo.env("CARGO_TARGET_DIR", &target);
    if profile == "dist" {
        let maps = [(cargo_home()?, "/cargo"), (facts.root.clone(), "/tamis"), (target.clone(), "/tamis/target")];
        let flags = |option: &str, between: &str| {
            let flags = maps.iter().map(|(from, to)| format!("{option}={}={to}", from.display()));
            flags.collect::<Vec<_>>().join(between)
        };
        cargo.env("CARGO_ENCODED_RUSTFLAGS", flags("--remap-path-prefix", "\u{1f}"));
        for variable in ["CFLAGS", "CXXFLAGS"] {
            cargo.env(variable, flags("-ffile-prefix-map", " "));
        }
    }
    ensure!(cargo.status().context("cannot run cargo")?.success(), "the programs could not be built");
    Ok(target.join(if profile == "dev" { "debug" } else { profile }))
}

/// Where cargo keeps the source of other crates.
fn cargo_home() -> Result<PathBuf> {
    let given = env::var_os("CARGO_HOME").map(PathBuf::from);
    given.or_else(|| Some(Path::new(&env::var_os("HOME")?).join(".cargo"))).context("there is no home directory")
}
