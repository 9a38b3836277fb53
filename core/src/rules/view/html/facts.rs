//! What rules ask about a page.

use super::element;

/// What was seen in a page.
#[derive(Clone, Debug)]
pub struct HtmlFacts {
    /// Characters of the page.
    pub length: usize,
    /// Bytes of the page.
    pub size: usize,
    /// Characters of its text.
    pub text_length: usize,
    /// Those of them that are no white space.
    pub ink_length: usize,
    /// Tags that open and close, known or not, and document type declarations.
    pub tags: u32,
    /// Those of them that are elements of HTML 4 (or Microsoft's), and document type declarations.
    pub element_tags: u32,
    /// Different names of tags.
    pub names: u32,
    /// Those of them that are elements'.
    pub element_names: u32,
    /// End tags without a beginning.
    pub extra_ends: u32,
    /// Words that go on behind a tag.
    pub split_words: u32,
    /// How many pairs of lengths the pieces of such words have, of pieces up to seven characters.
    pub split_shapes: u32,
    /// What images cover, in pixels, as far as they say it.
    pub image_area: u64,
    /// Text that has its ground's colour.
    pub has_low_contrast: bool,
    /// Text of a colour that is none.
    pub has_invalid_colour: bool,
    /// A font whose name is no name.
    pub has_bad_face: bool,
    /// `object` or `embed`.
    pub has_embedded: bool,
    /// A form that is sent by mail.
    pub has_mail_form: bool,
    /// An `iframe` with an address.
    pub has_framed: bool,
    /// An address so long that only its beginning was kept.
    pub has_cut_link: bool,
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
    /// The text of each `a`, as it stands, with `<img>` for images.
    pub anchors: Vec<Vec<u8>>,
    /// Every address in an attribute, in order.
    pub links: Vec<Link>,
    /// Character sets that `meta` names, with blanks between.
    pub charsets: Vec<u8>,
    /// How many of each known element are open at the end; `None`: never seen.
    pub(super) open: [Option<u32>; element::COUNT],
}

/// An address in an attribute.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// The element's name in lower case.
    pub tag: &'static str,
    /// As it stands, entities decoded, without white space around it.
    pub written: Vec<u8>,
    /// Completed: with the page's `base` before it, or the scheme that `//www` goes without.
    pub based: Option<Vec<u8>>,
    /// Its text's place among the anchors.
    pub anchor: Option<usize>,
}

impl Default for HtmlFacts {
    fn default() -> Self {
        Self {
            length: 0,
            size: 0,
            text_length: 0,
            ink_length: 0,
            tags: 0,
            element_tags: 0,
            names: 0,
            element_names: 0,
            extra_ends: 0,
            split_words: 0,
            split_shapes: 0,
            image_area: 0,
            has_low_contrast: false,
            has_invalid_colour: false,
            has_bad_face: false,
            has_embedded: false,
            has_mail_form: false,
            has_framed: false,
            has_cut_link: false,
            max_font_size: 0,
            min_font_size: 0,
            comments: Vec::new(),
            titles: Vec::new(),
            scripts: Vec::new(),
            anchors: Vec::new(),
            links: Vec::new(),
            charsets: Vec::new(),
            open: [None; element::COUNT],
        }
    }
}

impl HtmlFacts {
    /// How many elements of that name are open at the end; `None` if there was none.
    pub fn open(&self, name: &str) -> Option<u32> {
        let element = element::find(name.to_ascii_lowercase().as_bytes())?;
        self.open.get(element.index).copied().flatten()
    }

    /// A number by the name it has in rules; `None` if the page has nothing to make it of.
    pub fn number(&self, key: &str) -> Option<f64> {
        Some(match key {
            "length" => whole(self.length),
            "html_length" => whole(self.text_length),
            "non_space_len" => whole(self.ink_length),
            "image_area" => whole(usize::try_from(self.image_area).unwrap_or(usize::MAX)),
            "max_size" => f64::from(self.max_font_size),
            "min_size" => f64::from(self.min_font_size),
            "backhair_count" if 0 < self.split_shapes => f64::from(self.split_shapes),
            "ratio" => 1.0 - ratio(self.text_length, self.size)?,
            "bad_tag_ratio" if 0 < self.element_tags => share(self.tags - self.element_tags, self.tags)?,
            "non_element_ratio" if 0 < self.element_names => share(self.names - self.element_names, self.names)?,
            "closed_extra_ratio" => share(self.extra_ends, self.tags)?,
            "obfuscation_ratio" if 0 < self.split_words => share(self.split_words, self.tags)?,
            _ => return self.flag(key).map(f64::from),
        })
    }

    /// Whether something was seen, by the name it has in rules; `None` if it was not.
    fn flag(&self, key: &str) -> Option<u8> {
        let is_so = match key {
            "html" => true,
            "embeds" => self.has_embedded,
            "font_low_contrast" => self.has_low_contrast,
            "font_invalid_color" => self.has_invalid_colour,
            "font_face_bad" => self.has_bad_face,
            "form_action_mailto" => self.has_mail_form,
            _ => false,
        };
        is_so.then_some(1)
    }

    /// Texts by the name they have in rules.
    pub fn texts(&self, key: &str) -> &[Vec<u8>] {
        match key {
            "anchor" => &self.anchors,
            "comment" => &self.comments,
            "script" => &self.scripts,
            "title" => &self.titles,
            _ => &[],
        }
    }
}

fn share(part: u32, all: u32) -> Option<f64> {
    (0 < all).then(|| f64::from(part) / f64::from(all))
}

fn ratio(part: usize, all: usize) -> Option<f64> {
    (0 < all).then(|| whole(part) / whole(all))
}

/// As a fraction. What is beyond 2³² is not met in mail.
fn whole(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}
