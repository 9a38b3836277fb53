//! What is in the programs and was made by others, with the texts of its licences.
//!
//! The file is made by `cargo xtask licences` and packed: as text it is nearly a megabyte, and is looked at once a year.

use std::sync::LazyLock;

use crate::mail::file::inflate;

/// What `cargo xtask licences` has made.
const PACKED: &[u8] = include_bytes!("../../assets/third-party.txt.gz");

/// More than it can be, in bytes.
const LIMIT: usize = 8 << 20;

/// How the line above each text begins, before its number.
const RULE: &str = "\n======== ";

/// A part that others have made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notice {
    /// Its name and, if it has one, its version: `adler2 2.0.1`.
    pub name: String,
    /// Its licence, as an SPDX expression.
    pub licence: String,
    /// Where it is from.
    pub url: String,
    /// Who made it, where no text of it says so; else empty.
    pub authors: String,
    /// The places of its texts among [`Notices::texts`].
    pub texts: Vec<usize>,
}

/// All parts, and all texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notices {
    /// The parts, by their names.
    pub all: Vec<Notice>,
    /// Every text of a licence once.
    pub texts: Vec<String>,
}

/// What is in these programs; read when it is first asked for.
pub fn notices() -> &'static Notices {
    static NOTICES: LazyLock<Notices> = LazyLock::new(|| read(&plain()));
    &NOTICES
}

/// The same as one text for people.
pub fn plain() -> String {
    String::from_utf8_lossy(&inflate::gzip(PACKED, LIMIT).content).into_owned()
}

impl Notices {
    /// The parts of which name or licence contain that, in any case of the letters; all for nothing.
    pub fn search<'a>(&'a self, sought: &str) -> impl Iterator<Item = &'a Notice> {
        let sought = sought.trim().to_lowercase();
        self.all.iter().filter(move |notice| {
            [&notice.name, &notice.licence].into_iter().any(|text| text.to_lowercase().contains(&sought))
        })
    }

    /// The texts of a part.
    pub fn texts_of<'a>(&'a self, notice: &'a Notice) -> impl Iterator<Item = &'a str> {
        notice.texts.iter().filter_map(|place| self.texts.get(*place)).map(String::as_str)
    }
}

fn read(text: &str) -> Notices {
    let mut pieces = text.split(RULE);
    let head = pieces.next().unwrap_or_default();
    // The first paragraph says what the file is.
    let all = head.split("\n\n").skip(1).filter_map(notice).collect();
    // What is before the line's end is the number.
    let texts =
        pieces.map(|piece| piece.split_once('\n').unwrap_or_default().1.trim_matches('\n').to_owned()).collect();
    Notices { all, texts }
}

fn notice(paragraph: &str) -> Option<Notice> {
    let mut lines = paragraph.lines().map(str::trim);
    let mut notice = Notice {
        name: lines.next()?.to_owned(),
        licence: lines.next()?.to_owned(),
        url: lines.next()?.to_owned(),
        ..Notice::default()
    };
    for line in lines {
        if let Some(authors) = line.strip_prefix("Copyright: ") {
            authors.clone_into(&mut notice.authors);
        } else if let Some(numbers) = line.strip_prefix("Texts: ") {
            let numbers = numbers.split(", ").filter_map(|number| number.parse::<usize>().ok());
            notice.texts = numbers.filter_map(|number| number.checked_sub(1)).collect();
        }
    }
    Some(notice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_has_a_licence_and_a_text() {
        let notices = notices();
        assert!(notices.all.len() > 300, "{}", notices.all.len());
        for notice in &notices.all {
            assert!(!notice.licence.is_empty(), "{notice:?}");
            assert!(!notice.texts.is_empty(), "{notice:?}");
            assert_eq!(notices.texts_of(notice).count(), notice.texts.len(), "{notice:?}");
        }
        for (place, text) in notices.texts.iter().enumerate() {
            assert!(!text.is_empty(), "text {place} is empty");
            assert!(notices.all.iter().any(|notice| notice.texts.contains(&place)), "nobody has text {place}");
        }
    }

    #[test]
    fn names_and_licences_are_found_in_any_case() {
        let names = |sought| notices().search(sought).map(|notice| notice.name.as_str()).collect::<Vec<_>>();
        assert!(names("EGUI").iter().any(|name| name.starts_with("egui 0.")));
        assert!(names("mpl").contains(&"Public Suffix List (data in psl)"));
        assert_eq!(names("no such part"), Vec::<&str>::new());
        assert_eq!(names(" ").len(), notices().all.len());
    }

    #[test]
    fn the_texts_are_the_right_ones() {
        let inter = notices().search("Inter (font)").next().unwrap();
        assert!(notices().texts_of(inter).any(|text| text.contains("SIL OPEN FONT LICENSE")));
        let psl = notices().search("Public Suffix List").next().unwrap();
        assert!(notices().texts_of(psl).any(|text| text.starts_with("Mozilla Public License Version 2.0")));
    }
}
