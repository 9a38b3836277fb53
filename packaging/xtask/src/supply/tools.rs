//! Programs that are crates: each is built once, in the version that is written here, below `target/tools`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, ensure};

use super::root;

/// A program, its version, and the features it is built with.
struct Tool {
    name: &'static str,
    version: &'static str,
    features: &'static [&'static str],
}

const DENY: Tool = Tool { name: "cargo-deny", version: "0.20.2", features: &[] };

/// Without the server that shows the book while it is written.
const BOOK: Tool =
    Tool { name: "mdbook", version: "0.5.4", features: &["--no-default-features", "--features", "search"] };

/// Holds all crates against `deny.toml`; known faults of crates too, if `advisories` is a clone of the advisory database.
pub fn deny(advisories: Option<&Path>) -> Result<()> {
    let program = built(&DENY)?;
    let mut checks = vec!["licenses", "bans", "sources"];
    let mut config = root().join("deny.toml");
    if let Some(database) = advisories {
        let database = fs::canonicalize(database).with_context(|| format!("there is no {}", database.display()))?;
        checks.push("advisories");
        let kept = root().join("target/advisories");
        let rules = format!(
            "{}\n[advisories]\ndb-path = {:?}\ndb-urls = [\"file://{}\"]\n",
            fs::read_to_string(&config)?,
            kept.display().to_string(),
            database.display()
        );
        config = root().join("target/deny-with-advisories.toml");
        fs::write(&config, rules)?;
    }
    let mut command = Command::new(program);
    command.current_dir(root()).args(["--locked", "--config"]).arg(config).arg("check").args(checks);
    run(command, "cargo-deny")
}

/// Builds the guide as a book and says where it is.
pub fn guide() -> Result<PathBuf> {
    let program = built(&BOOK)?;
    let book = root().join("target/guide");
    let mut command = Command::new(program);
    command.arg("build").arg(root().join("assets/guide")).arg("--dest-dir").arg(&book);
    run(command, "mdbook")?;
    Ok(book)
}

/// Where the program is, built first if it is not there in this version.
fn built(tool: &Tool) -> Result<PathBuf> {
    let tools = root().join("target/tools");
    let program = tools.join("bin").join(tool.name);
    let said = Command::new(&program).arg("--version").output();
    let is_there = said.is_ok_and(|said| String::from_utf8_lossy(&said.stdout).contains(tool.version));
    if !is_there {
        eprintln!("building {} {}, once; this takes some minutes", tool.name, tool.version);
        let mut command = Command::new("cargo");
        command.args(["install", "--quiet", "--locked"]).args(tool.features).arg("--root").arg(&tools);
        command.arg(format!("{}@{}", tool.name, tool.version));
        run(command, "cargo install")?;
    }
    Ok(program)
}

fn run(mut command: Command, name: &str) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot run {name}"))?;
    ensure!(status.success(), "{name} failed; see above");
    Ok(())
}
