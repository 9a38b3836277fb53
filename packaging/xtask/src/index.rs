//! Indexes of labelled mail: lines `ham|spam PATH`, in the order in which the messages arrived.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, ensure};
use tamis_core::learn::Label;

/// One line of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What the message is.
    pub label: Label,
    /// Where it lies, from the root.
    pub path: PathBuf,
}

/// Reads an index, whose paths are relative to it. One that lists nothing is an error.
pub fn read(index: &Path) -> Result<Vec<Line>> {
    let text = fs::read_to_string(index).with_context(|| format!("cannot read {}", index.display()))?;
    let folder = index.canonicalize()?.parent().map(Path::to_path_buf).unwrap_or_default();
    let mut lines = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let (label, path) = line.split_once(' ').unwrap_or((line, ""));
        let label = Label::from_word(label)
            .filter(|_| !path.is_empty())
            .with_context(|| format!("{}, line {}: expected `ham PATH` or `spam PATH`", index.display(), number + 1))?;
        lines.push(Line { label, path: folder.join(path.trim()) });
    }
    ensure!(!lines.is_empty(), "{} lists no mail", index.display());
    Ok(lines)
}
