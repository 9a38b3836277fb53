//! Office documents: macros, objects, commands, and parts that are fetched from elsewhere.

use super::{
    Room,
    bytes::{has, number, start},
    kind::{Kind, kind},
    relations::relations,
    zip,
};
use crate::mail::{Url, UrlSource};

/// Most bytes unpacked of one part of a document.
const MAX_PART: usize = 1024 * 1024;

/// Most parts of a document that are unpacked.
const MAX_PARTS: usize = 40;

/// Most bytes of an Internet shortcut that are read.
const MAX_SHORTCUT: usize = 4096;

/// How a macro's source begins when it is packed ([MS-OVBA], 2.4.1): `Attribut` and `e` with marks between.
const MACRO: &[u8] = b"\0Attribut\0";

/// Streams of compound files, in UTF-16: an object packed from any file, a document behind a password, a table.
const PACKAGE: &[u8] = b"\x01\0O\0l\0e\x001\x000\0N\0a\0t\0i\0v\0";
const LOCKED: &[u8] = b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0";
const WORKBOOK: &[u8] = b"W\0o\0r\0k\0b\0o\0o\0k\0";

/// Before each file in a OneNote section ([MS-ONESTORE], 2.6.13); its length and 12 unused bytes stand between.
const ONENOTE_FILE: &[u8] = b"\xe7\x16\xe3\xbd\x65\x26\x11\x45\xa4\xc4\x8d\x4d\x0b\x7a\x9e\xac";

/// Classes of RTF objects that are packed programs or links, in clear and in hexadecimal, lower case.
const RTF_CLASSES: [&[u8]; 7] = [
    b"\\objupdate",
    b"package",
    b"equation.",
    b"ole2link",
    b"7061636b616765",
    b"6571756174696f6e",
    b"4f4c45326c696e6b",
];

/// What in a document can do harm.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// Whether there are macros in it.
    pub has_macro: bool,
    /// Whether one of them runs when the document is opened.
    pub runs_itself: bool,
    /// Whether there is a sheet of Excel 4 macros.
    pub has_macro_sheet: bool,
    /// Whether a file of any kind is packed into it as an object.
    pub has_package: bool,
    /// Whether a field or a cell starts another program (DDE).
    pub has_command: bool,
    /// Where a template, an object or a frame is fetched from when it is opened.
    pub fetches: Option<String>,
    /// Whether it can only be read with a password.
    pub is_locked: bool,
    /// Files in a OneNote section that are no pictures and no PDFs.
    pub notes_files: usize,
}

/// Reads a document; its links go to `urls`. What is no document has nothing.
#[expect(clippy::wildcard_enum_match_arm, reason = "all other kinds are no documents")]
pub(super) fn read(is: Kind, content: &[u8], urls: &mut Vec<Url>, room: &mut Room) -> Document {
    match is {
        Kind::Compound => compound(content),
        Kind::OpenDocument => parts(content, urls, room),
        Kind::Rtf => rtf(content),
        Kind::WebShortcut => shortcut(content, urls),
        Kind::OneNote => Document { notes_files: notes_files(content), ..Document::default() },
        _ => Document::default(),
    }
}

fn compound(content: &[u8]) -> Document {
    let has_macro = has(content, MACRO);
    Document {
        has_macro,
        runs_itself: has_macro && runs_itself(content),
        has_macro_sheet: has(content, WORKBOOK) && has_macro_sheet(content),
        has_package: has(content, PACKAGE),
        is_locked: has(content, LOCKED),
        ..Document::default()
    }
}

/// Whether a macro has a name that is called when the document is opened: `AutoOpen`, `Document_Open`, `Workbook_Open`.
pub(crate) fn runs_itself(content: &[u8]) -> bool {
    let is_open = |at: &usize| content.get(*at..at + 4).is_some_and(|word| word.eq_ignore_ascii_case(b"open"));
    let mut places = memchr::memchr2_iter(b'o', b'O', content).filter(is_open);
    places.any(|at| {
        let before = content.get(at.saturating_sub(9)..at).unwrap_or_default();
        let before = before.strip_suffix(b"_").unwrap_or(before).to_ascii_lowercase();
        [&b"auto"[..], b"document", b"workbook"].iter().any(|word| before.ends_with(word))
    })
}

/// Whether the list of sheets has one of macros: a record `BoundSheet8` of type 1 ([MS-XLS], 2.4.28), whose length has to
/// fit its name.
fn has_macro_sheet(content: &[u8]) -> bool {
    memchr::memmem::find_iter(content, b"\x85\0").any(|at| {
        let field = |from, length| number(content, at + from, length).unwrap_or_default();
        let (length, state, name, is_wide) = (field(2, 2), field(8, 1), field(10, 1), field(11, 1));
        field(9, 1) == 1 && state <= 2 && name != 0 && is_wide <= 1 && length == 8 + name * (1 + is_wide)
    })
}

/// A document that is a ZIP archive inside ([ECMA-376]).
fn parts(content: &[u8], urls: &mut Vec<Url>, room: &mut Room) -> Document {
    let mut document = Document::default();
    let mut unpacked = 0;
    for entry in zip::entries(content) {
        let name = entry.name;
        document.has_macro_sheet |= has(name, b"macrosheets/");
        let is_macro = name.ends_with(b"vbaProject.bin");
        document.has_macro |= is_macro;
        let is_relation = name.ends_with(b".rels");
        let is_object = has(name, b"embeddings/") && name.ends_with(b".bin");
        let is_text = name == b"word/document.xml" || has(name, b"externalLinks/");
        if MAX_PARTS <= unpacked || !(is_macro || is_relation || is_object || is_text) {
            continue;
        }
        unpacked += 1;
        let part = room.unpack(MAX_PART, |limit, most_read| entry.content(limit, most_read));
        document.runs_itself |= is_macro && runs_itself(&part);
        document.has_package |= is_object && has(&part, PACKAGE);
        document.has_command |= is_text && has_command(&part);
        if is_relation {
            let fetched = relations(&part, urls);
            document.fetches = document.fetches.or(fetched);
        }
    }
    document
}

/// A field or a link that starts a program: `DDEAUTO c:\\windows\\system32\\cmd.exe`, or `ddeService="cmd"`.
fn has_command(part: &[u8]) -> bool {
    has(part, b"DDEAUTO")
        || has(part, b"ddeService=\"cmd")
        || has(part, b"ddeService=\"msexcel")
        || has(part, b"ddeService=\"powershell")
}

fn rtf(content: &[u8]) -> Document {
    let has_object = has(content, b"\\objdata") && {
        let lower = start(content, MAX_PART).to_ascii_lowercase();
        RTF_CLASSES.iter().any(|class| has(&lower, class))
    };
    let template = memchr::memmem::find(content, b"\\*\\template").and_then(|at| content.get(at + 11..));
    let template = template.map(|rest| start(rest, 512).trim_ascii_start());
    let fetches = template.filter(|target| target.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"http")));
    let target = |rest: &[u8]| {
        rest.split(|byte| matches!(byte, b'}' | b' ')).next().map(|target| String::from_utf8_lossy(target).into_owned())
    };
    Document { has_package: has_object, fetches: fetches.and_then(target), ..Document::default() }
}

/// `URL=https://example.org/`: a link in a file. One to a file elsewhere runs it.
fn shortcut(content: &[u8], urls: &mut Vec<Url>) -> Document {
    let text = String::from_utf8_lossy(start(content, MAX_SHORTCUT));
    let keys = ["url=", "baseurl="];
    let is_target =
        |line: &&str| keys.iter().any(|key| line.get(..key.len()).is_some_and(|at| at.eq_ignore_ascii_case(key)));
    let target = text.lines().find(is_target).and_then(|line| line.split_once('=')).map(|(_, target)| target.trim());
    let url = target.and_then(|target| Url::parse(target, UrlSource::File));
    let is_web = url.as_ref().is_some_and(|url| {
        matches!(url.scheme.as_str(), "http" | "https") && !target.is_some_and(|target| target.starts_with('\\'))
    });
    urls.extend(url.filter(|_| is_web));
    Document { fetches: target.filter(|_| !is_web).map(str::to_owned), ..Document::default() }
}

fn notes_files(content: &[u8]) -> usize {
    let files = memchr::memmem::find_iter(content, ONENOTE_FILE);
    let files = files.filter(|at| {
        let file = content.get(at + 36..).unwrap_or_default();
        !matches!(kind(start(file, 2048)), Kind::Picture | Kind::Pdf)
    });
    files.count()
}
