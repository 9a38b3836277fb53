//! Whether the same sources make the same program, wherever they are: the agent is built twice and compared.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, ensure};

use super::root;

/// What was built: two programs.
#[derive(Clone, Debug)]
pub struct Reproduced {
    /// Where the two programs are.
    pub programs: [PathBuf; 2],
    /// Their lengths in bytes.
    pub sizes: [u64; 2],
    /// How many bytes differ, with those that only one has.
    pub different: u64,
}

/// Builds the agent twice with the profile of that name, from the files that git knows, below `target/reproduce`. The
/// sources, the folder of what is built and the order of the files in it are others each time.
pub fn reproduce(profile: &str) -> Result<Reproduced> {
    let base = root().join("target/reproduce");
    let folders = ["one", "another-folder/two"].map(|name| base.join(name));
    // Both before the first is built: somebody may go on working meanwhile.
    folders.iter().try_for_each(|sources| copy(sources))?;
    let mut programs = Vec::new();
    for sources in &folders {
        programs.push(build(sources, profile)?);
    }
    let programs: [PathBuf; 2] = programs.try_into().map_err(|_many| anyhow::anyhow!("there are not two programs"))?;
    let [one, two] = &programs;
    let (first, second) = (fs::read(one)?, fs::read(two)?);
    let common = first.iter().zip(&second).filter(|(a, b)| a != b).count();
    let different = u64::try_from(common + first.len().abs_diff(second.len()))?;
    let sizes = [u64::try_from(first.len())?, u64::try_from(second.len())?];
    Ok(Reproduced { programs, sizes, different })
}

/// The flags by which no path of the machine gets into a program: `RUSTFLAGS`, and the same for C.
fn flags(sources: &Path, cargo_home: &Path) -> (String, String) {
    let (sources, cargo_home) = (sources.display(), cargo_home.display());
    (
        format!("--remap-path-prefix={sources}=/tamis --remap-path-prefix={cargo_home}=/cargo"),
        format!("-ffile-prefix-map={sources}=/tamis -ffile-prefix-map={cargo_home}=/cargo"),
    )
}

/// Every file that git knows, as it is now, into a folder of its own.
fn copy(to: &Path) -> Result<()> {
    let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(root()).output().context("cannot run git")?;
    ensure!(listed.status.success(), "git does not know this folder; unpack a release with its history");
    let target = to.join("target");
    for path in String::from_utf8(listed.stdout)?.split_terminator('\0') {
        let copy = to.join(path);
        fs::create_dir_all(copy.parent().unwrap_or(to))?;
        let from = root().join(path);
        if from.is_file() {
            fs::copy(&from, &copy).with_context(|| format!("cannot copy {path}"))?;
        }
    }
    if target.exists() {
        fs::remove_dir_all(&target)?;
    }
    Ok(())
}

fn build(sources: &Path, profile: &str) -> Result<PathBuf> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| env::var_os("HOME").map(|home| PathBuf::from(home).join(".cargo")));
    let (rust, c) = flags(sources, &home.context("neither CARGO_HOME nor HOME is set")?);
    let target = sources.join("target");
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--locked", "--package", "tamis-agent", "--profile", profile]).current_dir(sources);
    cargo.env("RUSTFLAGS", rust).env("CFLAGS", &c).env("CXXFLAGS", c).env("CARGO_TARGET_DIR", &target);
    // What asks for the time of the build gets that of the first second of 2026.
    cargo.env("SOURCE_DATE_EPOCH", "1767225600").env("CARGO_INCREMENTAL", "0");
    ensure!(cargo.status().context("cannot run cargo")?.success(), "the build in {} failed", sources.display());
    let folder = if profile == "dev" { "debug" } else { profile };
    Ok(target.join(folder).join("tamis-agent"))
}
