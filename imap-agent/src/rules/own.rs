//! The person's own rule files.

use std::{
    fs,
    path::{Path, PathBuf},
};

use tamis_core::rules::RuleFile;

use super::RulesError;

/// The end of the name of a rule file.
const RULES: &str = "cf";

/// Reads files, and of folders every rule file in the order of the names. What is not absolute begins in `beside`.
pub fn own(paths: &[PathBuf], beside: &Path) -> Result<Vec<RuleFile>, RulesError> {
    let mut files = Vec::new();
    for path in paths {
        let path = beside.join(path);
        for file in if path.is_dir() { rules_of(&path)? } else { vec![path] } {
            let text = fs::read(&file).map_err(|source| RulesError::Read { path: file.clone(), source })?;
            files.push(RuleFile { name: file.display().to_string(), text, is_only_included: false });
        }
    }
    Ok(files)
}

fn rules_of(folder: &Path) -> Result<Vec<PathBuf>, RulesError> {
    let failed = |source| RulesError::Read { path: folder.to_path_buf(), source };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|extension| extension == RULES) && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_as_they_are_listed_and_those_of_a_folder_by_name() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("mine/z.cf")).unwrap();
        for name in ["mine/b.cf", "mine/a.cf", "mine/a.txt", "last.txt"] {
            fs::write(dir.path().join(name), name).unwrap();
        }
        let absolute = dir.path().join("last.txt");

        let files = own(&["mine".into(), absolute, "mine/b.cf".into()], dir.path()).unwrap();
        let missing = own(&["mine".into(), "other.cf".into()], dir.path()).unwrap_err().to_string();

        let texts: Vec<&[u8]> = files.iter().map(|file| file.text.as_slice()).collect();
        assert_eq!(texts, [&b"mine/a.cf"[..], b"mine/b.cf", b"last.txt", b"mine/b.cf"]);
        assert!(missing.ends_with("other.cf: No such file or directory"), "{missing}");
        assert_eq!(own(&[], dir.path()).unwrap(), []);
    }
}
