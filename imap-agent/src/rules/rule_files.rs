//! Rule files on the disk, which may be SpamAssassin's.
//!
//! Of a folder all `.pre` and then all `.cf` files are read, each in the order of names, as SpamAssassin does. What they
//! include is read, too, if it is there: the engine says what is missing.

use std::{
    collections::{BTreeSet, VecDeque},
    fs, io,
    path::{Path, PathBuf},
};

use tamis_core::rules::{RuleFile, beside, includes};

use crate::words::{because, one_line, size};

/// All rules of SpamAssassin are 3 MB in 60 files. What is longer is something else.
const MOST_BYTES: u64 = 64 << 20;

/// No set of rules has so many files.
const MOST_FILES: usize = 5_000;

/// Why rule files were not read. None was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RuleFilesError {
    /// A file or folder cannot be read.
    #[error("cannot read {}: {}", one_line(&path.display().to_string()), because(source))]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// In a folder is no rule file.
    #[error("there is no .cf file in {}", one_line(&.0.display().to_string()))]
    None(PathBuf),
    /// It is neither file nor folder.
    #[error("{} is neither a file nor a folder", one_line(&.0.display().to_string()))]
    Odd(PathBuf),
    /// There is more than rules ever are.
    #[error("{} would be over {} or {MOST_FILES} files; these are no rules", one_line(&.0.display().to_string()), size(MOST_BYTES))]
    TooMuch(PathBuf),
}

/// Reads files, folders, and what they include.
///
/// # Errors
///
/// If one of them cannot be read. What is included and cannot be read is passed over.
pub fn read(paths: &[PathBuf]) -> Result<Vec<RuleFile>, RuleFilesError> {
    let mut reader = Reader::default();
    for path in paths {
        for file in if path.is_dir() { files_of(path)? } else { vec![path.clone()] } {
            reader.file(&file, false)?;
        }
    }
    reader.included()?;
    Ok(reader.files)
}

/// The rule files of a folder.
fn files_of(folder: &Path) -> Result<Vec<PathBuf>, RuleFilesError> {
    let failed = |source| RuleFilesError::Read { path: folder.to_owned(), source };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let rank = ["pre", "cf"].iter().position(|end| path.extension().is_some_and(|extension| extension == *end));
        files.extend(rank.filter(|_| path.is_file()).map(|rank| (rank, path)));
    }
    if !files.iter().any(|(rank, _)| *rank == 1) {
        return Err(RuleFilesError::None(folder.to_owned()));
    }
    files.sort();
    Ok(files.into_iter().map(|(_, path)| path).collect())
}

#[derive(Default)]
struct Reader {
    files: Vec<RuleFile>,
    names: BTreeSet<PathBuf>,
    bytes: u64,
}

impl Reader {
    fn file(&mut self, path: &Path, is_only_included: bool) -> Result<(), RuleFilesError> {
        let failed = |source| RuleFilesError::Read { path: path.to_owned(), source };
        let about = fs::metadata(path).map_err(failed)?;
        if !about.is_file() {
            return Err(RuleFilesError::Odd(path.to_owned()));
        }
        self.bytes = self.bytes.saturating_add(about.len());
        if MOST_BYTES < self.bytes || MOST_FILES <= self.files.len() {
            return Err(RuleFilesError::TooMuch(path.to_owned()));
        }
        let text = fs::read(path).map_err(failed)?;
        self.files.push(RuleFile { name: path.to_string_lossy().into_owned(), text, is_only_included });
        self.names.insert(path.to_owned());
        Ok(())
    }

    /// Reads what is included by what was read, and so on.
    fn included(&mut self) -> Result<(), RuleFilesError> {
        let mut waiting: VecDeque<usize> = (0..self.files.len()).collect();
        while let Some(file) = waiting.pop_front().and_then(|at| self.files.get(at)) {
            let base = file.name.clone();
            for name in includes(&file.text) {
                let path = PathBuf::from(beside(&base, &name));
                if !path.is_file() || self.names.contains(&path) {
                    continue;
                }
                match self.file(&path, true) {
                    Err(RuleFilesError::Read { .. }) => {}
                    read => {
                        read?;
                        waiting.push_back(self.files.len() - 1);
                    }
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_read_in_the_order_of_spamassassin() {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in [
            ("b.cf", "include sub/c.cf\ninclude gone.cf\n"),
            ("a.cf", "include b.cf\n"),
            ("v.pre", ""),
            ("init.pre", ""),
            ("README", ""),
            ("sub/c.cf", "include d.cf\ninclude ../b.cf\n"),
            ("sub/d.cf", "include c.cf\n"),
            ("sub/e.cf", ""),
        ] {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let files = read(&[dir.path().to_owned()]).unwrap();
        let base = format!("{}/", dir.path().display());
        let names: Vec<(&str, bool)> =
            files.iter().map(|file| (file.name.strip_prefix(&base).unwrap(), file.is_only_included)).collect();
        let want = [
            ("init.pre", false),
            ("v.pre", false),
            ("a.cf", false),
            ("b.cf", false),
            ("sub/c.cf", true),
            ("sub/d.cf", true),
        ];
        assert_eq!(names, want);
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        let dir = tempfile::tempdir().unwrap();
        let said = |path: &str| read(&[dir.path().join(path)]).unwrap_err().to_string();
        assert!(said("none.cf").ends_with("none.cf: No such file or directory"), "{}", said("none.cf"));
        assert!(said("").starts_with("there is no .cf file in "));
        assert!(read(&[PathBuf::from("/dev/zero")]).unwrap_err().to_string().ends_with("neither a file nor a folder"));
    }
}
