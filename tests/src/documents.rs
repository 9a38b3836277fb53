//! The documents of the repository as somebody reads them who follows their links: where each link and picture leads, and
//! whether that is there. Nothing is asked of the network.

use std::collections::{BTreeMap, BTreeSet};

/// A place where the book's chapters are. What a chapter links to has to be there too, or the book lacks it.
pub const GUIDE: &str = "assets/guide/src";

/// A link, or a picture, of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The line it begins in, from 1.
    pub line: usize,
    /// What a click is on; of a picture what is read instead of it.
    pub words: String,
    /// Where it leads, as it is written.
    pub target: String,
    /// Whether it is a picture.
    pub is_picture: bool,
}

/// Everything that documents can lead to.
#[derive(Debug)]
pub struct Documents {
    /// The texts of the documents by their paths from the root, with `/`.
    texts: BTreeMap<String, String>,
    /// Every file, and every folder that one of them is in.
    places: BTreeSet<String>,
}

impl Documents {
    /// Of all files: their paths from the root, and the texts of those that are documents.
    pub fn of<'a>(files: impl IntoIterator<Item = (&'a str, Option<&'a str>)>) -> Self {
        let (mut texts, mut places) = (BTreeMap::new(), BTreeSet::new());
        for (path, text) in files {
            let folders = path.char_indices().filter(|(_, c)| *c == '/').filter_map(|(at, _)| path.get(..at));
            places.extend(folders.chain([path]).map(str::to_owned));
            if let Some(text) = text.filter(|_| path.rsplit('.').next() == Some("md")) {
                texts.insert(path.to_owned(), text.to_owned());
            }
        }
        Self { texts, places }
    }

    /// How many documents there are.
    pub fn count(&self) -> usize {
        self.texts.len()
    }

    /// Every link that leads nowhere, and every picture without words: a sentence each.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for (path, text) in &self.texts {
            for link in links(text) {
                let fault = self.fault(path, &link);
                faults.extend(fault.map(|fault| format!("{path}:{}: `{}` {fault}", link.line, link.target)));
            }
        }
        faults
    }

    /// Why a link of the document at `path` leads nowhere.
    fn fault(&self, path: &str, link: &Link) -> Option<String> {
        if link.is_picture && link.words.trim().is_empty() {
            return Some("is a picture without words for who cannot see it".to_owned());
        }
        if let Some((scheme, rest)) = link.target.split_once(':') {
            let host = rest.trim_start_matches('/').split(['/', '?', '#']).next().unwrap_or_default();
            let is_address = scheme == "https" && rest.starts_with("//") && host.contains('.');
            let is_ours = !matches!(host.rsplit('.').next(), Some("example" | "test")) && !link.is_picture;
            return (!(is_address && is_ours)).then(|| "is nothing that can be opened".to_owned());
        }
        let (file, anchor) = link.target.split_once('#').unwrap_or((&link.target, ""));
        let place = if file.is_empty() { Some(path.to_owned()) } else { joined(path, file) };
        let Some(place) = place else {
            return Some("leads out of the repository".to_owned());
        };
        if !self.places.contains(&place) {
            return Some("leads to nothing".to_owned());
        }
        if path.starts_with(GUIDE) && !place.starts_with(GUIDE) {
            return Some("leads out of the guide, and a book of it lacks that".to_owned());
        }
        let has_anchor = |text: &String| anchors(text).contains(anchor);
        let is_found = anchor.is_empty() || self.texts.get(&place).is_some_and(has_anchor);
        (!is_found).then(|| format!("names a heading that {place} does not have"))
    }
}

/// The path from the root that a document at `from` means by `target`; `None` if it is outside of the root.
fn joined(from: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            other => parts.push(other),
        }
    }
    Some(parts.join("/"))
}

/// Every link and picture in the text of a document: `[words](target)`, `<https://…>` and `[name]: target`.
pub fn links(text: &str) -> Vec<Link> {
    let text = without_code(text);
    let mut found = Vec::new();
    for (at, _) in text.match_indices("](") {
        let inside = text.get(at + 2..).and_then(|rest| rest.split_once(')')).map_or("", |(inside, _)| inside);
        // Behind the target there may be a title.
        let target = inside.split_whitespace().next().unwrap_or_default();
        let before = text.get(..at).unwrap_or_default();
        let open = opening(before);
        let words = before.get(open + 1..).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
        let is_picture = before.get(..open).is_some_and(|before| before.ends_with('!'));
        found.push(Link { line: line_of(&text, at), words, target: target.to_owned(), is_picture });
    }
    for (at, _) in text.match_indices("<http") {
        let target = text.get(at + 1..).and_then(|rest| rest.split_once('>')).map_or("", |(target, _)| target);
        let (line, words) = (line_of(&text, at), target.to_owned());
        found.push(Link { line, words, target: target.to_owned(), is_picture: false });
    }
    for (index, line) in text.lines().enumerate() {
        let named = line.strip_prefix('[').and_then(|rest| rest.split_once("]: "));
        found.extend(named.map(|(words, target)| Link {
            line: index + 1,
            words: words.to_owned(),
            target: target.split_whitespace().next().unwrap_or_default().to_owned(),
            is_picture: false,
        }));
    }
    found.sort_by_key(|link| link.line);
    found
}

/// Where the bracket is that belongs to one that closes behind `before`: words may have brackets of their own.
fn opening(before: &str) -> usize {
    let mut open = 1_usize;
    for (at, c) in before.char_indices().rev() {
        match c {
            ']' => open += 1,
            '[' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return at;
        }
    }
    0
}

fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

/// The names by which the headings of a document can be linked to, as GitHub and mdBook make them: small letters, a hyphen for a
/// space, no other signs; of several the second has `-1` behind it.
pub fn anchors(text: &str) -> BTreeSet<String> {
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    let mut anchors = BTreeSet::new();
    for line in without_blocks(text).lines() {
        let level = line.len() - line.trim_start_matches('#').len();
        let Some(heading) = line.get(level..).filter(|rest| (1..=6).contains(&level) && rest.starts_with(' ')) else {
            continue;
        };
        let name = slug(heading.trim());
        let count = counts.entry(name.clone()).or_default();
        anchors.insert(if *count == 0 { name } else { format!("{name}-{count}") });
        *count += 1;
    }
    anchors
}

fn slug(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// A document with blank lines where blocks of code are: what is in them is no heading and no link.
fn without_blocks(text: &str) -> String {
    let mut is_code = false;
    let mut kept = String::new();
    for line in text.lines() {
        let is_fence = line.trim_start().starts_with("```");
        if !is_code && !is_fence {
            kept.push_str(line);
        }
        kept.push('\n');
        is_code ^= is_fence;
    }
    kept
}

/// The same, and with nothing between `backticks`.
fn without_code(text: &str) -> String {
    let mut kept = String::new();
    for paragraph in without_blocks(text).split_inclusive("\n\n") {
        let pieces: Vec<&str> = paragraph.split('`').collect();
        let last = pieces.len() - 1;
        for (index, piece) in pieces.iter().enumerate() {
            // A backtick that nothing closes is one to be read.
            let is_code = index % 2 == 1 && index < last;
            kept.extend(piece.chars().filter(|c| !is_code || *c == '\n'));
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(files: &[(&str, &str)]) -> Vec<String> {
        Documents::of(files.iter().map(|(path, text)| (*path, Some(*text)))).faults()
    }

    #[test]
    fn a_link_that_leads_nowhere_is_found_with_its_line() {
        let here = "# Here\n\n[one](there.md) [two](there.md#a-part)\n";
        let there = "# There\n\n## A part\n";
        assert_eq!(faults(&[("here.md", here), ("there.md", there)]), Vec::<String>::new());
        assert_eq!(
            faults(&[("here.md", here), ("there.md", "# There\n")]),
            ["here.md:3: `there.md#a-part` names a heading that there.md does not have"]
        );
        assert_eq!(
            faults(&[("here.md", here)]),
            ["here.md:3: `there.md` leads to nothing", "here.md:3: `there.md#a-part` leads to nothing"]
        );
    }

    #[test]
    fn each_kind_of_fault_is_found() {
        for (link, want) in [
            ("[a](#nothing)", Some("names a heading that docs/a.md does not have")),
            ("[a](#top)", None),
            ("[a](../code/x.rs)", None),
            ("[a](../code)", None),
            ("[a](../code/y.rs)", Some("leads to nothing")),
            ("[a](../../x.md)", Some("leads out of the repository")),
            ("[a](../code/x.rs#L4)", Some("names a heading that code/x.rs does not have")),
            ("![](../code/x.png)", Some("is a picture without words for who cannot see it")),
            ("![A cat](../code/x.png \"Its name\")", None),
            ("![A cat](../code/cat.png)", Some("leads to nothing")),
            ("![A cat](https://pictures.org/cat.png)", Some("is nothing that can be opened")),
            ("<https://www.rust-lang.org/a>", None),
            ("<https://tamis.example/a>", Some("is nothing that can be opened")),
            ("[a](http://www.rust-lang.org)", Some("is nothing that can be opened")),
            ("[a](https:/broken)", Some("is nothing that can be opened")),
            ("words and [b]\n\n[b]: nothing.md", Some("leads to nothing")),
            ("[two\nlines](nothing.md)", Some("leads to nothing")),
            ("`[a](nothing.md)` and ` alone", None),
            ("```\n[a](nothing.md)\n```", None),
        ] {
            let text = format!("# Top\n\n{link}\n");
            let files = [("docs/a.md", text.as_str()), ("code/x.rs", ""), ("code/x.png", "")];
            let got = faults(&files);
            assert_eq!(got.len(), usize::from(want.is_some()), "{link}: {got:?}");
            assert!(got.iter().all(|fault| fault.ends_with(want.unwrap_or_default())), "{link}: {got:?}");
        }
    }

    #[test]
    fn a_chapter_leads_to_nothing_that_the_book_lacks() {
        let chapter = "[sources](../../../README.md) ![A window](window.png)\n";
        let files =
            [("assets/guide/src/a.md", chapter), ("README.md", "# Tamis\n"), ("assets/guide/src/window.png", "")];
        assert_eq!(
            faults(&files),
            ["assets/guide/src/a.md:1: `../../../README.md` leads out of the guide, and a book of it lacks that"]
        );
    }

    #[test]
    fn headings_have_the_names_that_books_and_forges_give_them() {
        let text = "# GMX and WEB.DE\n## Für alle: `code`, and more\n```\n# no heading\n```\n## Twice\n## Twice\n#no\n";
        let want = ["gmx-and-webde", "für-alle-code-and-more", "twice", "twice-1"];
        assert_eq!(anchors(text), want.map(str::to_owned).into());
    }

    #[test]
    fn a_link_has_its_words_and_its_line() {
        let text = "a\n[![A [small] cat](cat.png)\nand more](dog.md)\n";
        let link = |line, words: &str, target: &str, is_picture| Link {
            line,
            words: words.to_owned(),
            target: target.to_owned(),
            is_picture,
        };
        let want =
            [link(2, "A [small] cat", "cat.png", true), link(3, "![A [small] cat](cat.png) and more", "dog.md", false)];
        assert_eq!(links(text), want);
    }
}
