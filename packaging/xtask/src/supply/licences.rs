//! The licences of all that is in the programs, with their texts: one text file, packed for the programs.
//!
//! Most crates have the same few texts, so each is kept once, and the crates name it by a number. `tamis_core::notices`
//! reads the file.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    io::Write as _,
    path::Path,
};

use anyhow::{Context as _, Result, ensure};
use flate2::{Compression, GzBuilder};

use super::{Crate, parts, root, shipped};

/// Where the packed file is, from the root of the repository.
pub const PACKED: &str = "assets/third-party.txt.gz";

/// The line above each text, before its number.
const RULE: &str = "======== ";

/// How deep below a crate's folder licences are looked for.
const DEPTH: usize = 5;

/// Words in the names of files that hold licences.
const NAMES: [&str; 5] = ["license", "licence", "copying", "copyright", "notice"];

/// Endings of files that are programs, and only named like licences.
const NO_TEXTS: [&str; 9] = ["rs", "py", "go", "pl", "c", "h", "sh", "cmake", "toml"];

/// Folders that are in the archive of a crate and in no program.
const NOT_SHIPPED: [&str; 10] =
    ["tests", "test", "test_data", "testdata", "benches", "examples", "example", "fuzz", "resources", "docs"];

/// All licences as one text, for people.
pub fn third_party() -> Result<String> {
    let mut texts = Texts::default();
    let mut entries = Vec::new();
    let crates = shipped()?;
    for one in &crates {
        entries.push(entry_of(one, &mut texts)?);
    }
    for part in parts(&crates)? {
        let mut numbers = BTreeSet::new();
        for path in &part.texts {
            let text = fs::read_to_string(root().join(path)).with_context(|| format!("cannot read {path}"))?;
            numbers.insert(texts.number(&text));
        }
        let name = format!("{} {}", part.name, part.version);
        entries.push(Entry { name, licence: part.licence, url: part.url, authors: part.authors, texts: numbers });
    }
    entries.sort_by_key(|entry| entry.name.to_lowercase());
    write(&entries, &texts)
}

/// The text as it is kept in the programs.
pub fn pack(text: &str) -> Result<Vec<u8>> {
    // No time and no name of a file: the same text makes the same bytes.
    let mut packer = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    packer.write_all(text.as_bytes())?;
    Ok(packer.finish()?)
}

struct Entry {
    name: String,
    licence: String,
    url: String,
    authors: String,
    texts: BTreeSet<usize>,
}

/// Every text once, in the order in which they were met; what differs only in spaces and lines is the same.
#[derive(Default)]
struct Texts {
    numbers: BTreeMap<String, usize>,
    all: Vec<String>,
}

impl Texts {
    /// The number of a text, from 1.
    fn number(&mut self, text: &str) -> usize {
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let next = self.all.len() + 1;
        let number = *self.numbers.entry(words).or_insert(next);
        if number == next {
            // Page breaks of old, and signs of the order of bytes, are no part of a text.
            let plain = text.replace(['\u{c}', '\u{feff}'], "");
            self.all.push(plain.trim_matches('\n').lines().map(str::trim_end).collect::<Vec<_>>().join("\n"));
        }
        number
    }
}

fn entry_of(one: &Crate, texts: &mut Texts) -> Result<Entry> {
    let mut paths = Vec::new();
    collect(&one.folder, DEPTH, &mut paths)?;
    paths.sort();
    let mut numbers = BTreeSet::new();
    for path in paths {
        let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        numbers.insert(texts.number(&String::from_utf8_lossy(&bytes)));
    }
    let mut authors = String::new();
    if numbers.is_empty() {
        // Then the usual text of the licence stands for it, and whom it names as its authors.
        let all: Vec<&str> =
            one.authors.iter().map(|author| author.split('<').next().unwrap_or_default().trim()).collect();
        authors = if all.is_empty() { format!("The authors of {}", one.name) } else { all.join(", ") };
        for name in ["MIT", "Apache-2.0"].into_iter().filter(|name| one.licence.contains(name)) {
            let path = root().join(format!("packaging/supply/texts/{name}.txt"));
            numbers.insert(texts.number(&fs::read_to_string(path)?));
        }
        ensure!(!numbers.is_empty(), "{} has no text of a licence, and {} has none of ours", one.name, one.licence);
    }
    let name = format!("{} {}", one.name, one.version);
    Ok(Entry { name, licence: one.licence.clone(), url: one.url.clone(), authors, texts: numbers })
}

/// Files below a folder that look like licences.
fn collect(folder: &Path, depth: usize, found: &mut Vec<std::path::PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        if path.is_dir() {
            if 0 < depth && !NOT_SHIPPED.contains(&name.as_str()) && !name.starts_with('.') {
                collect(&path, depth - 1, found)?;
            }
        } else if is_licence(&name, folder) {
            found.push(path);
        }
    }
    Ok(())
}

fn is_licence(name: &str, folder: &Path) -> bool {
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    // Beside fonts stands what may be done with them, under the name of the font.
    let is_of_font = folder.ends_with("fonts") && ending == "txt";
    let is_named = NAMES.iter().any(|word| stem.contains(word)) || stem == "ofl" || stem == "ufl";
    is_of_font || is_named && !NO_TEXTS.contains(&ending)
}

fn write(entries: &[Entry], texts: &Texts) -> Result<String> {
    let mut out = String::from(
        "What is in the programs tamis and tamis-agent and was made by others, with its licences. The texts of the licences\n\
         follow, by their numbers. Where a part has no text of its own, its authors are named and the usual text stands.\n",
    );
    for entry in entries {
        write!(out, "\n{}\n    {}\n    {}\n", entry.name.trim(), entry.licence, entry.url)?;
        if !entry.authors.is_empty() {
            writeln!(out, "    Copyright: {}", entry.authors)?;
        }
        let numbers: Vec<String> = entry.texts.iter().map(usize::to_string).collect();
        writeln!(out, "    Texts: {}", numbers.join(", "))?;
    }
    for (index, text) in texts.all.iter().enumerate() {
        ensure!(!text.lines().any(|line| line.starts_with(RULE)), "a text has a line that begins like ours: {RULE}");
        write!(out, "\n{RULE}{}\n\n{text}\n", index + 1)?;
    }
    Ok(out)
}
