//! PDF: where its links lead and how much of the page they cover, and what it does when opened (ISO 32000-1).

mod body;
mod object;

use std::collections::BTreeMap;

use self::{
    body::{Object, objects},
    object::Value,
};
use super::{
    Room,
    bytes::{has, start},
};
use crate::mail::{Url, UrlSource};

/// Most links kept of one file.
const MAX_LINKS: usize = 50;

/// Bytes of a link that are read.
const MAX_TARGET: usize = 2048;

/// Scripts that are looked at.
const MAX_SCRIPTS: usize = 16;

/// Most embedded files of which the names are kept.
const MAX_FILES: usize = 20;

/// Characters from which on no more are counted: it is a text.
const MANY_CHARS: usize = 10_000;

/// Deepest nesting in which annotations and actions are looked for.
const MAX_DEPTH: usize = 8;

/// Words of a script that fetches, sends or unpacks something. What sums up the fields of a form has none of them.
const ACTIVE_WORDS: [&[u8]; 6] =
    [b"launchURL", b"getURL", b"submitForm", b"exportDataObject", b"unescape(", b"util.stringFromStream"];

/// What a PDF is like.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pdf {
    /// Pages, of a file that is not encrypted.
    pub pages: usize,
    /// Whether it is encrypted, be it without a password. Nothing else is known then.
    pub is_encrypted: bool,
    /// Whether it runs a script when opened, or one that fetches or sends something.
    pub runs_script: bool,
    /// Whether it starts a program.
    pub launches: bool,
    /// Names of files in it, at most 20.
    pub files: Vec<String>,
    /// About how many characters of text there are on its pages, if it has links.
    pub text_chars: usize,
    /// How many links to the web there are, at most 50.
    pub links: usize,
    /// How much of its page the largest of these covers, in percent.
    pub covered: u32,
}

/// Reads a PDF; its links go to `urls`.
pub(super) fn read(bytes: &[u8], urls: &mut Vec<Url>, room: &mut Room) -> Pdf {
    if is_encrypted(bytes) {
        return Pdf { is_encrypted: true, ..Pdf::default() };
    }
    let objects = objects(bytes, room);
    let mut reader = Reader { objects: &objects, pdf: Pdf::default(), page: page_size(&objects), scripts: 0, urls };
    for object in objects.values() {
        reader.pdf.pages += usize::from(object.value.has("Type", "Page"));
        reader.catalog(&object.value, room);
        reader.look(&object.value, 0);
    }
    let mut pdf = reader.pdf;
    // Only whether there is next to no text matters, which a drawing of many megabytes does not hide.
    let is_crowded_out = room.is_crowded_out;
    if 0 < pdf.links {
        for object in objects.values().filter(|object| is_shown(object)) {
            pdf.text_chars += object.content(room).map_or(0, |content| text_chars(&content));
            // A book would take the room of all other files.
            if MANY_CHARS <= pdf.text_chars {
                break;
            }
        }
    }
    room.is_crowded_out = is_crowded_out;
    pdf
}

/// The key stands in the trailer, which is never packed itself.
fn is_encrypted(bytes: &[u8]) -> bool {
    memchr::memmem::find_iter(bytes, b"/Encrypt").any(|at| {
        let rest = bytes.get(at + 8..).unwrap_or_default().trim_ascii_start();
        rest.first().is_some_and(u8::is_ascii_digit) || rest.starts_with(b"<<")
    })
}

/// The area of the first page that says how large it is, in square points.
fn page_size(objects: &BTreeMap<u32, Object<'_>>) -> Option<f64> {
    objects.values().find_map(|object| {
        let target = |value| resolve(objects, value);
        area(object.value.get("MediaBox").map(target)?).filter(|area| 0.0 < *area)
    })
}

fn resolve<'a>(objects: &'a BTreeMap<u32, Object<'_>>, value: &'a Value) -> &'a Value {
    if let Value::Reference(number) = value { objects.get(number).map_or(value, |object| &object.value) } else { value }
}

fn area(value: &Value) -> Option<f64> {
    let Value::Array(sides) = value else { return None };
    let sides: Vec<f64> = sides.iter().filter_map(Value::number).collect();
    let [left, bottom, right, top] = sides[..] else { return None };
    Some(((right - left) * (top - bottom)).abs())
}

struct Reader<'pdf> {
    objects: &'pdf BTreeMap<u32, Object<'pdf>>,
    pdf: Pdf,
    page: Option<f64>,
    /// Scripts looked at.
    scripts: usize,
    urls: &'pdf mut Vec<Url>,
}

impl Reader<'_> {
    fn look(&mut self, value: &Value, depth: usize) {
        if MAX_DEPTH <= depth {
            return;
        }
        if let Value::Array(values) = value {
            for value in values {
                self.look(value, depth + 1);
            }
        }
        if let Value::Dictionary(entries) = value {
            self.annotation(value);
            self.pdf.launches |= value.has("S", "Launch");
            self.file(value);
            for (_, value) in entries {
                self.look(value, depth + 1);
            }
        }
    }

    /// A link, or a button, over some part of a page.
    fn annotation(&mut self, value: &Value) {
        if MAX_LINKS <= self.pdf.links || (!value.has("Subtype", "Link") && !value.has("Subtype", "Widget")) {
            return;
        }
        let objects = self.objects;
        let Some(action) = value.get("A").map(|action| resolve(objects, action)) else { return };
        let key = if action.has("S", "URI") { "URI" } else { "F" };
        let target = match action.get(key).map(|target| resolve(objects, target)) {
            Some(Value::Text(text)) => text,
            Some(file) if action.has("S", "SubmitForm") => match file.get("F") {
                Some(Value::Text(text)) => text,
                _ => return,
            },
            _ => return,
        };
        let url = Url::parse(&String::from_utf8_lossy(start(target, MAX_TARGET)), UrlSource::File);
        let Some(url) = url.filter(|url| matches!(url.scheme.as_str(), "http" | "https")) else { return };
        let share = value.get("Rect").map(|sides| resolve(objects, sides)).and_then(area).zip(self.page);
        let share = share.map_or(0, |(area, page)| percent(area / page));
        self.pdf.covered = self.pdf.covered.max(share);
        self.pdf.links += 1;
        self.urls.push(url);
    }

    fn file(&mut self, value: &Value) {
        if value.get("EF").is_none() || MAX_FILES <= self.pdf.files.len() {
            return;
        }
        if let Some(Value::Text(name)) = value.get("UF").or_else(|| value.get("F")) {
            self.pdf.files.push(text(start(name, 512)));
        }
    }

    /// What is done when the file is opened.
    fn catalog(&mut self, value: &Value, room: &mut Room) {
        let objects = self.objects;
        if value.has("Type", "Catalog")
            && let Some(action) = value.get("OpenAction").map(|action| resolve(objects, action))
        {
            self.pdf.runs_script |= action.has("S", "JavaScript");
        }
        if self.pdf.runs_script || MAX_SCRIPTS <= self.scripts || value.get("JS").is_none() {
            return;
        }
        self.scripts += 1;
        let script = match value.get("JS") {
            Some(Value::Text(script)) => script.clone(),
            Some(Value::Reference(number)) => match objects.get(number) {
                Some(object) if object.has_stream() => object.content(room).unwrap_or_default().into_owned(),
                _ => return,
            },
            _ => return,
        };
        let script = text(&script);
        self.pdf.runs_script |= ACTIVE_WORDS.iter().any(|word| has(script.as_bytes(), word));
    }
}

/// Text is in UTF-16 behind a mark, else in something like Latin-1 (7.9.2.2).
fn text(bytes: &[u8]) -> String {
    let Some(pairs) = bytes.strip_prefix(b"\xfe\xff") else { return String::from_utf8_lossy(bytes).into_owned() };
    let (pairs, _) = pairs.as_chunks::<2>();
    let units = pairs.iter().map(|pair| u16::from_be_bytes(*pair));
    char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` stops at the ends of the range")]
fn percent(share: f64) -> u32 {
    (share * 100.0).min(100.0) as u32
}

/// Whether a stream can hold text of a page: no picture, no font, nothing of the file itself.
fn is_shown(object: &Object<'_>) -> bool {
    let value = &object.value;
    let is_other = ["Length1", "Length2", "FunctionType", "ShadingType", "CMapName", "EF"];
    object.has_stream()
        && !value.has("Subtype", "Image")
        && (value.get("Type").is_none() || value.has("Type", "XObject"))
        && (value.get("Subtype").is_none() || value.has("Subtype", "Form"))
        && is_other.iter().all(|key| value.get(key).is_none())
}

/// The characters between `BT` and `ET`: bytes of strings, and pairs of bytes of those in hexadecimal, which are numbers of
/// glyphs as a rule.
fn text_chars(content: &[u8]) -> usize {
    let mut count = 0;
    let mut rest = content;
    while let Some(begin) = memchr::memmem::find(rest, b"BT") {
        let block = rest.get(begin + 2..).unwrap_or_default();
        let end = memchr::memmem::find(block, b"ET").unwrap_or(block.len());
        count += string_chars(start(block, end));
        rest = block.get(end..).unwrap_or_default();
    }
    count
}

fn string_chars(block: &[u8]) -> usize {
    let mut count = 0;
    let mut in_text = false;
    let mut in_digits = 0;
    let mut is_escaped = false;
    for byte in block {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_text => is_escaped = true,
            b'(' => in_text = true,
            b')' => in_text = false,
            _ if in_text => count += 1,
            b'<' => in_digits = 1,
            b'>' => {
                count += in_digits / 4;
                in_digits = 0;
            }
            _ if 0 < in_digits => in_digits += 1,
            _ => {}
        }
    }
    count
}

#[cfg(test)]
mod tests;
