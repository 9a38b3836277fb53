//! What rules ask about a page.

use std::collections::BTreeMap;

use super::{element, element::Element, render::attribute, token::Name};

/// What was seen in a page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HtmlFacts {
    /// Whether there was any element.
    pub is_html: bool,
    /// Characters of the page.
    pub length: usize,
    /// Characters of its text.
    pub text_length: usize,
    /// Those of them that are no white space.
    pub ink_length: usize,
    /// Text that has its ground's colour.
    pub has_low_contrast: bool,
    /// Text of a colour that is none.
    pub has_invalid_colour: bool,
    /// Largest size of a `font`, 3 if none is larger.
    pub max_font_size: i32,
    /// Smallest size of a `font`, 3 if none is smaller.
    pub min_font_size: i32,
    /// Comments, and what is taken for them, with their brackets.
    pub comments: Vec<Vec<u8>>,
    /// What stands between `<title>` and its end.
    pub titles: Vec<Vec<u8>>,
    /// What stands in scripts.
    pub scripts: Vec<Vec<u8>>,
    /// Text of links in order.
    pub anchors: Vec<Anchor>,
    /// Every address in an attribute, in order.
    pub links: Vec<Link>,
    /// How many elements of a name are open at the end; a name that was seen at all has an entry.
    pub open: BTreeMap<Vec<u8>, u32>,
}

/// The text of a link.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Anchor {
    /// As it reads, with `<img>` for images.
    pub text: Vec<u8>,
}

/// An address in an attribute.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// The element's name.
    pub tag: String,
    /// As it stands, entities decoded.
    pub address: Vec<u8>,
    /// Its text's place among the anchors.
    pub anchor: Option<usize>,
}

/// Collects the facts while the page is read.
#[derive(Debug)]
pub(super) struct Collector<'page> {
    pub(super) facts: HtmlFacts,
    page: &'page [u8],
    /// How many of each known element are open; `None`: never seen.
    open: [Option<u32>; element::COUNT],
    strangers: BTreeMap<Vec<u8>, u32>,
    places: Places,
}

/// Where elements stand in `open` whose content is told apart.
#[derive(Clone, Copy, Debug)]
struct Places {
    script: usize,
    style: usize,
    a: usize,
    title: usize,
}

impl Places {
    fn new() -> Self {
        let place = |name: &[u8]| element::find(name).map_or(element::COUNT, |element| element.index);
        Self { script: place(b"script"), style: place(b"style"), a: place(b"a"), title: place(b"title") }
    }
}

impl<'page> Collector<'page> {
    pub(super) fn new(page: &'page [u8]) -> Self {
        Self {
            facts: HtmlFacts::default(),
            page,
            open: [None; element::COUNT],
            strangers: BTreeMap::new(),
            places: Places::new(),
        }
    }

    fn is_within(&self, place: usize) -> bool {
        self.open.get(place).copied().flatten().is_some_and(|count| 0 < count)
    }

    /// Counts a tag.
    pub(super) fn count(&mut self, name: &Name<'_>, element: Option<Element>, is_start: bool) {
        let slot = match element.and_then(|element| self.open.get_mut(element.index)) {
            Some(slot) => slot.get_or_insert(0),
            None => self.strangers.entry(name.written.to_ascii_lowercase()).or_insert(0),
        };
        *slot = if is_start { slot.saturating_add(1) } else { slot.saturating_sub(1) };
        self.facts.is_html |= element.is_some();
    }

    pub(super) fn start(&mut self, name: &[u8], attributes: &[(&'page [u8], &'page [u8])]) {
        if name == b"a" && attribute(attributes, b"href").is_some() {
            self.facts.anchors.push(Anchor::default());
        }
    }

    pub(super) fn end(&mut self, _name: &[u8]) {}

    pub(super) fn comment(&mut self, text: &[u8]) {
        self.facts.comments.push(text.to_vec());
    }

    /// Takes a text before it is rendered after the text so far. Says whether it is rendered at all.
    pub(super) fn text(&mut self, text: &[u8], _so_far: &[u8]) -> bool {
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
            anchor.text.extend_from_slice(text);
        }
        if self.is_within(self.places.title)
            && let Some(title) = self.facts.titles.last_mut()
        {
            title.extend_from_slice(text);
        }
        true
    }

    pub(super) fn finish(mut self, text: &[u8]) -> HtmlFacts {
        self.facts.length = characters(self.page);
        self.facts.text_length = characters(text);
        self.facts
    }
}

/// How many characters a text in UTF-8 has.
fn characters(text: &[u8]) -> usize {
    text.iter().filter(|byte| !(0x80..0xC0).contains(*byte)).count()
}
