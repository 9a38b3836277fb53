//! Packages of Tamis, and the proof that what is in them works on a clean system.
//!
//! ```text
//! facts    version, time, kind of machine: the same for the same commit
//! build    the two programs, and the manual that the agent writes of itself
//! tree     every file where a Linux system wants it
//! deb      that tree as a package for Debian
//! check    what lintian and others say of it, and of the recipes for other systems
//! machine  a clean Debian of its own, booted
//! proof    what a person does: install, log in, add an account, remove, install again
//! ```

mod build;
mod check;
mod deb;
mod domain;
mod facts;
mod machine;
mod person;
mod proof;
mod tree;

use std::{fs, io::Write, path::PathBuf};

use anyhow::{Context as _, Result, bail};

use self::facts::Facts;
use crate::{ground::temporary_folder, packages};

/// What `cargo xtask package` is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    what: What,
    /// The profile the programs are built with.
    profile: String,
    /// Where the package goes; below the target folder unless named.
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Deb,
    Check,
    Test,
    /// The second half of a test: in a network of its own, with the package that is there.
    Story,
}

/// Reads the words after `cargo xtask package`.
pub fn options(mut words: impl Iterator<Item = String>) -> Result<Options> {
    let what = match words.next().as_deref() {
        Some("deb") => What::Deb,
        Some("check") => What::Check,
        Some("test") => What::Test,
        Some("story") => What::Story,
        Some(other) => bail!("there is no package `{other}`; see cargo xtask --help"),
        None => bail!("which package? See cargo xtask --help"),
    };
    let mut options = Options { what, profile: "dist".to_owned(), out: None };
    while let Some(word) = words.next() {
        match word.as_str() {
            "--profile" => options.profile = words.next().context("--profile needs a name")?,
            "--out" => options.out = Some(words.next().map(PathBuf::from).context("--out needs a folder")?),
            file if what == What::Story => options.out = Some(PathBuf::from(file)),
            other => bail!("`{other}` is no option of package; see cargo xtask --help"),
        }
    }
    Ok(options)
}

/// Does what was asked, and says so.
pub fn run(options: &Options, out: &mut dyn Write) -> Result<()> {
    match options.what {
        What::Check => {
            packages::ensure(packages::RECIPES)?;
            check::recipes(out)
        }
        What::Deb => {
            let deb = make(options)?;
            writeln!(out, "{}", deb.display())?;
            check::deb(&deb, out)
        }
        What::Story => proof::run(options.out.as_deref().context("which package?")?, out),
        What::Test => {
            packages::ensure(packages::CLEAN_MACHINE)?;
            let deb = make(options)?;
            check::deb(&deb, out)?;
            proof::run(&deb, out)
        }
    }
}

/// Builds the programs and packs them. Returns where the package is.
fn make(options: &Options) -> Result<PathBuf> {
    packages::ensure(packages::PACKING)?;
    let facts = Facts::find()?;
    let programs = build::programs(&options.profile, &facts)?;
    let work = temporary_folder("deb")?;
    let to =
        options.out.clone().map_or_else(|| Ok(packages::target_folder()?.join("packages")), Ok::<_, anyhow::Error>)?;
    let tree = work.join("tree");
    let made = tree::lay_out(&tree, &programs, &facts).and_then(|()| deb::pack(&tree, &facts, &to));
    fs::remove_dir_all(&work).ok();
    made
}
