//! The chores about what Tamis is made of: licences, the bill of materials, cargo-deny, the guide, the same program twice.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, Result, bail};
use xtask::supply;

/// Runs one of them.
pub(crate) fn run(chore: &str, words: impl Iterator<Item = String>) -> Result<ExitCode> {
    match chore {
        "licences" => licences(option(words, "--out")?.as_deref()),
        "sbom" => sbom(option(words, "--out")?.as_deref()),
        "deny" => {
            supply::deny(option(words, "--advisories")?.as_deref())?;
            Ok(ExitCode::SUCCESS)
        }
        "guide" => {
            option(words, "")?;
            println!("{}", supply::guide()?.join("index.html").display());
            Ok(ExitCode::SUCCESS)
        }
        "reproduce" => reproduce(option(words, "--profile")?.as_deref()),
        other => bail!("there is no chore `{other}`"),
    }
}

fn licences(out: Option<&Path>) -> Result<ExitCode> {
    let text = supply::third_party()?;
    let (path, content) = match out {
        Some(out) => (out.to_path_buf(), text.into_bytes()),
        None => (supply::root().join(supply::PACKED), supply::pack(&text)?),
    };
    fs::write(&path, &content).with_context(|| format!("cannot write {}", path.display()))?;
    println!("{}: {} bytes", path.display(), content.len());
    Ok(ExitCode::SUCCESS)
}

fn sbom(out: Option<&Path>) -> Result<ExitCode> {
    let bill = supply::sbom()?;
    match out {
        Some(out) => fs::write(out, bill).with_context(|| format!("cannot write {}", out.display()))?,
        None => print!("{bill}"),
    }
    Ok(ExitCode::SUCCESS)
}

fn reproduce(profile: Option<&Path>) -> Result<ExitCode> {
    let profile = profile.and_then(Path::to_str).unwrap_or("release");
    let made = supply::reproduce(profile)?;
    for (program, size) in made.programs.iter().zip(made.sizes) {
        println!("{size:>12} bytes  {}", program.display());
    }
    if made.different == 0 {
        println!("the same program, byte for byte");
        return Ok(ExitCode::SUCCESS);
    }
    println!("{} bytes differ", made.different);
    Ok(ExitCode::from(1))
}

/// The value of the only option that a chore has.
fn option(mut words: impl Iterator<Item = String>, name: &str) -> Result<Option<PathBuf>> {
    let mut value = None;
    while let Some(word) = words.next() {
        if word != name {
            bail!("`{word}` is no option of it; see cargo xtask --help");
        }
        value = Some(words.next().map(PathBuf::from).with_context(|| format!("{name} needs a value"))?);
    }
    Ok(value)
}
