//! The whole of it against servers that do what servers should not. Which trap is met by what is told in `TRAPS.md`.

mod cuts;
mod hostile;
mod mutations;
mod scene;
mod servers;

use std::{fs, path::Path};

#[test]
fn every_test_named_in_traps_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let traps = fs::read_to_string(root.join("TRAPS.md")).unwrap();
    let mut sources = String::new();
    read_all(&root.join("src"), &mut sources);
    read_all(&root.join("tests"), &mut sources);
    // Only the names of tests have so many words.
    let named: Vec<&str> = traps.split('`').filter(|word| 3 < word.matches('_').count()).collect();
    assert!(100 < named.len(), "{}", named.len());
    let is_missing = |name: &&&str| !sources.contains(&format!("fn {name}("));
    assert_eq!(named.iter().filter(is_missing).collect::<Vec<_>>(), Vec::<&&str>::new());
}

fn read_all(folder: &Path, into: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_all(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}
