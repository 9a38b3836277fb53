//! The index of a labelled corpus: lines `ham PATH` or `spam PATH` in the order of arrival.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use tamis_core::learn::Label;

use crate::words::{because, fit};

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexLine {
    /// What the message is.
    pub label: Label,
    /// The path as written.
    pub name: String,
    /// The file: the path, from the index's folder on.
    pub path: PathBuf,
}

/// An index that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IndexError {
    /// It cannot be read.
    #[error("cannot read the index {}: {}", path.display(), because(source))]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A line is something else.
    #[error("{}, line {line}: expected `ham PATH` or `spam PATH`, not `{}`", path.display(), fit(text, 40).trim_end())]
    Line {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is there.
        text: String,
    },
    /// There is nothing in it.
    #[error("the index {} names no message", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
}

/// Reads the index at `path`. Empty lines and those that begin with `#` are passed over.
pub fn read_index(path: &Path) -> Result<Vec<IndexLine>, IndexError> {
    let bytes = fs::read(path).map_err(|source| IndexError::Read { path: path.to_path_buf(), source })?;
    let text = String::from_utf8_lossy(&bytes);
    let dir = path.parent().unwrap_or_else(|| Path::new(""));
    let mut lines = Vec::new();
    for (number, text) in text.lines().enumerate() {
        let text = text.trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let line = parse(text, dir).ok_or_else(|| IndexError::Line {
            path: path.to_path_buf(),
            line: number + 1,
            text: text.to_owned(),
        })?;
        lines.push(line);
    }
    if lines.is_empty() {
        return Err(IndexError::Empty { path: path.to_path_buf() });
    }
    Ok(lines)
}

fn parse(line: &str, dir: &Path) -> Option<IndexLine> {
    let (label, name) = line.split_once(char::is_whitespace)?;
    let label = Label::from_word(&label.to_ascii_lowercase())?;
    let name = name.trim_start();
    Some(IndexLine { label, name: name.to_owned(), path: dir.join(name) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_is_read_relative_to_itself() {
        let dir = tempfile::tempdir().unwrap();
        let index = dir.path().join("index");
        fs::write(&index, "# a corpus\n\nham inmail/1\nSPAM  ../two words.eml\r\n").unwrap();
        let lines = read_index(&index).unwrap();
        assert_eq!(lines.len(), 2);
        assert_eq!((lines[0].label, lines[0].name.as_str()), (Label::Ham, "inmail/1"));
        assert_eq!(lines[0].path, dir.path().join("inmail/1"));
        assert_eq!((lines[1].label, lines[1].name.as_str()), (Label::Spam, "../two words.eml"));
    }

    #[test]
    fn a_wrong_line_is_named_with_its_number_and_cannot_drive_the_terminal() {
        let dir = tempfile::tempdir().unwrap();
        let index = dir.path().join("index");
        for text in ["ham a\nmaybe \u{1b}[2Jb\n", "ham a\nham\n"] {
            fs::write(&index, text).unwrap();
            let err = read_index(&index).unwrap_err().to_string();
            assert!(err.contains("line 2: expected") && !err.contains('\u{1b}'), "{err}");
        }
    }

    #[test]
    fn an_index_without_messages_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let index = dir.path().join("index");
        fs::write(&index, "\n").unwrap();
        assert!(matches!(read_index(&index), Err(IndexError::Empty { .. })));
        assert!(matches!(read_index(dir.path()), Err(IndexError::Read { .. })));
    }
}
