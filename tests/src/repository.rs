//! The files of the repository, as the house rules see them.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

/// One file.
#[derive(Clone, Debug)]
pub struct File {
    /// Its path from the root, with `/`.
    pub path: String,
    /// Its text; `None` if it is no text.
    pub text: Option<String>,
}

impl File {
    /// Whether it is Rust.
    pub fn is_rust(&self) -> bool {
        self.has_extension("rs")
    }

    /// Whether its name ends so.
    pub fn has_extension(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|own| own == extension)
    }

    /// Whether all of it is tests.
    pub fn is_test(&self) -> bool {
        let mut parts = self.path.split('/');
        parts.any(|part| part == "tests" || part == "tests.rs")
    }

    /// Its lines with their numbers.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.as_deref().unwrap_or_default().lines().enumerate().map(|(index, line)| (index + 1, line))
    }

    /// The lines that are code: no blank lines, no comments, and without a module of tests at the end.
    pub fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let is_test = self.is_test();
        let until_tests = self.lines().take_while(move |(_, line)| is_test || !line.starts_with("#[cfg(test)]"));
        until_tests.filter(|(_, line)| !line.trim().is_empty() && !line.trim_start().starts_with("//"))
    }
}

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default()
}

/// Every file that is tracked or about to be. Without git, as in an unpacked archive, every file outside of `target`.
pub fn files() -> Result<Vec<File>> {
    let root = root();
    let mut git = Command::new("git");
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).current_dir(&root);
    let listed = git.output().ok().filter(|output| output.status.success());
    let mut paths: Vec<String> = match listed {
        Some(output) => String::from_utf8_lossy(&output.stdout).split_terminator('\0').map(str::to_owned).collect(),
        None => walk(&root)?,
    };
    paths.sort();
    paths.dedup();
    let files = paths.into_iter().filter(|path| root.join(path).is_file());
    files
        .map(|path| {
            let bytes = fs::read(root.join(&path)).with_context(|| format!("cannot read {path}"))?;
            Ok(File { path, text: String::from_utf8(bytes).ok() })
        })
        .collect()
}

/// Every file under `folder`, as paths from there.
pub fn walk(folder: &Path) -> Result<Vec<String>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).with_context(|| format!("cannot read {}", next.display()))? {
            let path = entry?.path();
            let is_kept = path.file_name().is_some_and(|name| name != "target" && name != ".git");
            if path.is_dir() && is_kept {
                folders.push(path);
            } else if is_kept {
                files.push(path.strip_prefix(folder)?.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    Ok(files)
}

/// The names of what a package depends on, tests and build scripts left out.
pub fn dependencies(package: &str) -> Result<Vec<String>> {
    let cargo = option_env!("CARGO").unwrap_or("cargo");
    let mut command = Command::new(cargo);
    command.args(["metadata", "--no-deps", "--offline", "--format-version", "1"]).current_dir(root());
    let output = command.output().context("cannot run cargo metadata")?;
    ensure!(output.status.success(), "cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata.get("packages").and_then(Value::as_array).context("no packages")?;
    let package = packages.iter().find(|one| one.get("name").is_some_and(|name| name == package));
    let all = package.and_then(|package| package.get("dependencies")?.as_array()).context("no such package")?;
    let normal = all.iter().filter(|one| one.get("kind").is_some_and(Value::is_null));
    Ok(normal.filter_map(|one| one.get("name")?.as_str().map(str::to_owned)).collect())
}
