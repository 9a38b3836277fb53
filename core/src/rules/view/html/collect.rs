//! Collects the facts about a page while it is read.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    super::stretch,
    element,
    element::Element,
    facts::{HtmlFacts, Link},
    render::attribute,
    token::{Name, is_space},
};

/// Longest piece of a split word whose length counts, in characters.
const MAX_SHAPE: usize = 7;

/// Longest address that is kept whole, in bytes.
const MAX_ADDRESS: usize = 8192;

/// Most bytes of addresses of a page that are completed with its `base`: a long one goes before each.
const MAX_BASED: usize = 1 << 20;

type Attributes<'page> = [(&'page [u8], &'page [u8])];

#[derive(Debug)]
pub(super) struct Collector {
    pub(super) facts: HtmlFacts,
    /// Names that are no element's, and how many are open.
    strangers: BTreeMap<Vec<u8>, u32>,
    shapes: BTreeSet<(usize, usize)>,
    base: Option<Vec<u8>>,
    /// Bytes of the addresses it was put before.
    based: usize,
    places: Places,
}

/// Where elements stand among all whose content is told apart.
#[derive(Clone, Copy, Debug)]
struct Places {
    script: usize,
    style: usize,
    a: usize,
    title: usize,
}

impl Collector {
    pub(super) fn new() -> Self {
        let place = |name: &[u8]| element::find(name).map_or(element::COUNT, |element| element.index);
        let places =
            Places { script: place(b"script"), style: place(b"style"), a: place(b"a"), title: place(b"title") };
        Self {
            facts: HtmlFacts::default(),
            strangers: BTreeMap::new(),
            shapes: BTreeSet::new(),
            base: None,
            based: 0,
            places,
        }
    }

    fn is_within(&self, place: usize) -> bool {
        self.facts.open.get(place).copied().flatten().is_some_and(|count| 0 < count)
    }

    /// Counts a tag.
    pub(super) fn count(&mut self, name: &Name<'_>, element: Option<Element>, is_start: bool) {
        let facts = &mut self.facts;
        let is_known = element
            .map_or_else(|| element::is_microsofts(&name.written.to_ascii_lowercase()), |found| found.is_standard);
        bump(&mut facts.tags, true);
        bump(&mut facts.element_tags, is_known);
        let mut is_new = false;
        let open = match element.and_then(|element| facts.open.get_mut(element.index)) {
            Some(slot) => {
                is_new = slot.is_none();
                slot.get_or_insert(0)
            }
            None => self.strangers.entry(name.written.to_ascii_lowercase()).or_insert_with(|| {
                is_new = true;
                0
            }),
        };
        bump(&mut facts.extra_ends, !is_start && *open == 0);
        *open = if is_start { open.saturating_add(1) } else { open.saturating_sub(1) };
        bump(&mut facts.names, is_new);
        bump(&mut facts.element_names, is_new && is_known);
    }

    /// Counts a document type declaration.
    pub(super) fn doctype(&mut self) {
        bump(&mut self.facts.tags, true);
        bump(&mut self.facts.element_tags, true);
    }

    pub(super) fn comment(&mut self, text: &[u8]) {
        self.facts.comments.push(text.to_vec());
    }

    pub(super) fn start(&mut self, name: &[u8], attributes: &Attributes<'_>) {
        let facts = &mut self.facts;
        match name {
            b"a" => facts.anchors.push(Vec::new()),
            b"title" => facts.titles.push(Vec::new()),
            b"object" | b"embed" => facts.has_embedded = true,
            b"font" => facts.has_bad_face |= attribute(attributes, b"face").is_some_and(|face| !is_face(&face)),
            b"form" => {
                let action = attribute(attributes, b"action").unwrap_or_default().to_ascii_lowercase();
                facts.has_mail_form |= memchr::memmem::find(&action, b"mailto:").is_some();
            }
            b"iframe" => facts.has_framed |= attribute(attributes, b"src").is_some_and(|source| !source.is_empty()),
            b"meta" => self.meta(attributes),
            b"img" => self.image(attributes),
            _ => {}
        }
        self.links(name, attributes);
    }

    fn image(&mut self, attributes: &Attributes<'_>) {
        if self.is_within(self.places.a)
            && let Some(anchor) = self.facts.anchors.last_mut()
        {
            anchor.extend_from_slice(b"<img>\n");
        }
        let (Some(width), Some(height)) = (attribute(attributes, b"width"), attribute(attributes, b"height")) else {
            return;
        };
        let area = pixels(&width, 8).saturating_mul(pixels(&height, 6));
        self.facts.image_area = self.facts.image_area.saturating_add(area);
    }

    fn meta(&mut self, attributes: &Attributes<'_>) {
        let Some(kind) = attribute(attributes, b"http-equiv") else { return };
        let Some(content) = attribute(attributes, b"content") else { return };
        let lower = content.to_ascii_lowercase();
        if memchr::memmem::find(&kind.to_ascii_lowercase(), b"content-type").is_some()
            && let Some(at) = memchr::memmem::find(&lower, b"charset")
        {
            let value = content.get(at + 7..).unwrap_or_default().trim_ascii_start();
            let Some(value) = value.strip_prefix(b"=") else { return };
            let value = value.trim_ascii_start();
            let value = value.strip_prefix(b"\"").or_else(|| value.strip_prefix(b"'")).unwrap_or(value);
            let name = value.split(|byte| matches!(byte, b'"' | b'\'')).next().unwrap_or_default();
            if !self.facts.charsets.is_empty() {
                self.facts.charsets.push(b' ');
            }
            self.facts.charsets.extend_from_slice(name);
        }
    }

    fn links(&mut self, name: &[u8], attributes: &Attributes<'_>) {
        let (tag, wanted): (_, &[u8]) = match name {
            b"a" => ("a", b"href"),
            b"area" => ("area", b"href"),
            b"link" => ("link", b"href"),
            b"base" => ("base", b"href"),
            b"img" => ("img", b"src"),
            b"frame" => ("frame", b"src"),
            b"iframe" => ("iframe", b"src"),
            b"embed" => ("embed", b"src"),
            b"script" => ("script", b"src"),
            b"bgsound" => ("bgsound", b"src"),
            b"form" => ("form", b"action"),
            b"body" => ("body", b"background"),
            b"table" => ("table", b"background"),
            b"tr" => ("tr", b"background"),
            b"td" => ("td", b"background"),
            b"meta" => return self.refresh(attributes),
            _ => return,
        };
        let anchor = (tag == "a").then(|| self.facts.anchors.len().saturating_sub(1));
        let written = attribute(attributes, wanted).or_else(|| anchor.map(|_| Vec::new()));
        if let Some(written) = written {
            self.link(tag, &written, anchor);
        }
        if tag == "a"
            && let Some(safe) = attribute(attributes, b"data-saferedirecturl")
        {
            self.link(tag, &safe, None);
        }
    }

    /// `<meta http-equiv="refresh" content="0; url=http://example.org/">`
    fn refresh(&mut self, attributes: &Attributes<'_>) {
        let is_refresh = attribute(attributes, b"http-equiv").is_some_and(|kind| kind.eq_ignore_ascii_case(b"refresh"));
        let Some(content) = attribute(attributes, b"content").filter(|_| is_refresh) else { return };
        let lower = content.to_ascii_lowercase();
        let Some(at) = memchr::memmem::find(&lower, b"url") else { return };
        let value = content.get(at + 3..).unwrap_or_default().trim_ascii_start();
        if let Some(target) = value.strip_prefix(b"=") {
            self.link("meta", target, None);
        }
    }

    fn link(&mut self, tag: &'static str, written: &[u8], anchor: Option<usize>) {
        let mut written = written.trim_ascii();
        if self.base.is_none() && written.starts_with(b"./") {
            written = written.get(1..).unwrap_or_default();
        }
        if let Some(kept) = written.get(..MAX_ADDRESS)
            && MAX_ADDRESS < written.len()
        {
            written = kept;
            self.facts.has_cut_link = true;
        }
        if tag == "base" {
            self.base = Some(written.to_vec());
        }
        let is_relative = !written.is_empty() && !has_scheme(written);
        let based = match (&self.base, web_host(written)) {
            (_, Some(whole)) => Some(whole),
            (Some(base), None) if is_relative && tag != "base" && self.based < MAX_BASED => {
                let based = join(base, written);
                self.based += based.len();
                Some(based)
            }
            _ => None,
        };
        self.facts.links.push(Link { tag, written: written.to_vec(), based, anchor });
    }

    /// Takes a text before it is rendered as the next piece. `last` is the piece before as it was rendered. Says whether
    /// the text is rendered at all.
    pub(super) fn text(&mut self, text: &[u8], last: &[u8], is_wide: bool) -> bool {
        if self.is_within(self.places.script) {
            self.facts.scripts.push(text.to_vec());
            return false;
        }
        if self.is_within(self.places.style) {
            return false;
        }
        if self.is_within(self.places.a)
            && let Some(anchor) = self.facts.anchors.last_mut()
        {
            anchor.extend_from_slice(text);
        }
        if self.is_within(self.places.title)
            && let Some(title) = self.facts.titles.last_mut()
        {
            title.extend_from_slice(text);
        }
        let is_word = |character: char| (!is_wide && !character.is_ascii()) || is_word(character);
        if first_character(text).is_some_and(is_word) && last_character(last).is_some_and(is_word) {
            bump(&mut self.facts.split_words, true);
            self.shape(text, last);
        }
        true
    }

    fn shape(&mut self, text: &[u8], last: &[u8]) {
        let is_word = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte >= 0x80;
        let before = last.iter().rev().take(MAX_SHAPE * 4 + 1).take_while(is_word);
        let before = before.filter(|byte| !is_inner(**byte)).count();
        let after = text.iter().take(MAX_SHAPE * 4 + 1).take_while(is_word);
        let after = after.filter(|byte| !is_inner(**byte)).count();
        if before <= MAX_SHAPE && after <= MAX_SHAPE {
            self.shapes.insert((before, after));
        }
    }

    pub(super) fn finish(mut self, page: &[u8], text: &[u8], is_wide: bool) -> HtmlFacts {
        let facts = &mut self.facts;
        facts.size = page.len();
        facts.length = characters(page);
        facts.text_length = characters(text);
        facts.ink_length = facts.text_length.saturating_sub(blanks(text, is_wide));
        facts.split_shapes = u32::try_from(self.shapes.len()).unwrap_or(u32::MAX);
        self.facts
    }
}

fn bump(count: &mut u32, if_so: bool) {
    *count = count.saturating_add(u32::from(if_so));
}

/// Whether a byte goes on with a character of UTF-8.
fn is_inner(byte: u8) -> bool {
    (0x80..0xC0).contains(&byte)
}

fn characters(text: &[u8]) -> usize {
    stretch::count(text, |byte| !is_inner(byte))
}

/// How much white space is in a text. What is not ASCII counts only where characters are known as such.
fn blanks(text: &[u8], is_wide: bool) -> usize {
    let plain = stretch::count(text, is_space);
    if !is_wide {
        return plain;
    }
    // Characters beyond ASCII that are white space begin with one of four bytes.
    let is_foreign = |at: &usize| {
        let here = text.get(*at..).unwrap_or_default();
        let character = first_character(here);
        character.is_some_and(char::is_whitespace)
    };
    let others = memchr::memchr3_iter(0xC2, 0xE1, 0xE2, text).chain(memchr::memchr_iter(0xE3, text));
    plain + others.filter(is_foreign).count()
}

/// Everything but white space and ASCII's signs.
fn is_word(character: char) -> bool {
    !character.is_whitespace() && !character.is_ascii_punctuation()
}

fn first_character(text: &[u8]) -> Option<char> {
    if let Some(first) = text.first().filter(|first| first.is_ascii()) {
        return Some(char::from(*first));
    }
    text.get(..4).unwrap_or(text).utf8_chunks().next()?.valid().chars().next()
}

fn last_character(text: &[u8]) -> Option<char> {
    let begin = text.iter().rposition(|byte| !is_inner(*byte))?;
    first_character(text.get(begin..)?)
}

/// A length of an image; a hundredth of the screen is so many pixels.
fn pixels(written: &[u8], hundredth: u64) -> u64 {
    /// What an image is taken for that does not say it.
    const GUESS: u64 = 200;
    let (digits, unit) = match written.strip_suffix(b"%") {
        Some(digits) => (digits, hundredth),
        None => (written, 1),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return GUESS;
    }
    let number = digits.iter().fold(0_u64, |sum, digit| sum.saturating_mul(10).saturating_add(u64::from(digit - b'0')));
    match number.saturating_mul(unit) {
        0 => GUESS,
        length => length,
    }
}

/// Whether names of fonts look like names: at least two letters each, commas between.
fn is_face(faces: &[u8]) -> bool {
    faces.split(|byte| *byte == b',').enumerate().all(|(at, face)| {
        let face = if at == 0 { face } else { face.trim_ascii_start() };
        let is_edge = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'"' | b'\'');
        let is_inner = |byte: &u8| is_edge(*byte) || matches!(byte, b' ' | b'-');
        let begins = face.first().is_some_and(|byte| is_edge(*byte) || *byte == b' ');
        1 < face.len() && begins && face.last().is_some_and(|byte| is_edge(*byte)) && face.iter().all(is_inner)
    })
}

/// `http://www.example.org/` for `//www.example.org/`, and the same for `ftp.`.
fn web_host(address: &[u8]) -> Option<Vec<u8>> {
    let host = address.strip_prefix(b"//")?;
    let begins_with = |begin: &[u8]| host.get(..begin.len()).is_some_and(|host| host.eq_ignore_ascii_case(begin));
    if begins_with(b"ftp.") {
        return Some([b"ftp://", host].concat());
    }
    let digits = host.iter().skip(3).take(2).take_while(|byte| byte.is_ascii_digit()).count();
    (begins_with(b"www") && host.get(3 + digits) == Some(&b'.')).then(|| [b"http://", host].concat())
}

/// Whether an address begins with `http:` or its like.
fn has_scheme(address: &[u8]) -> bool {
    let end = address.iter().position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')));
    let begins = address.first().is_some_and(u8::is_ascii_alphabetic);
    begins && end.is_some_and(|end| address.get(end) == Some(&b':'))
}

/// An incomplete address within the page at `base`, with `.` and `..` taken out.
fn join(base: &[u8], address: &[u8]) -> Vec<u8> {
    let base_end = base.iter().position(|byte| matches!(byte, b'?' | b'#')).unwrap_or(base.len());
    let base = base.get(..base_end).unwrap_or_default();
    let host = memchr::memmem::find(base, b"//").map_or(0, |at| at + 2);
    let after_host = base.get(host..).unwrap_or_default();
    let host_end = memchr::memchr(b'/', after_host).map_or(base.len(), |at| host + at);
    if address.starts_with(b"//") {
        return [base.get(..host.saturating_sub(2)).unwrap_or_default(), address].concat();
    }
    let folder_end = memchr::memrchr(b'/', base).filter(|at| host_end <= *at).unwrap_or(host_end);
    let (kept, rest) = match address.strip_prefix(b"/") {
        Some(rest) => (host_end, rest),
        None => (folder_end, address),
    };
    let path_end = rest.iter().position(|byte| matches!(byte, b'?' | b'#')).unwrap_or(rest.len());
    let (path, tail) = rest.split_at_checked(path_end).unwrap_or((rest, b""));
    let folder = base.get(host_end..kept).unwrap_or_default();
    let mut steps: Vec<&[u8]> = folder.split(|byte| *byte == b'/').filter(|step| !step.is_empty()).collect();
    for step in path.split(|byte| *byte == b'/') {
        match step {
            b"." => {}
            b".." => {
                steps.pop();
            }
            _ => steps.push(step),
        }
    }
    [base.get(..host_end).unwrap_or_default(), b"/", &steps.join(&b"/"[..]), tail].concat()
}
