//! What can be seen in HTML without drawing it.

/// Facts about all HTML parts of one message together. Counts stop growing at `u32::MAX`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HtmlFacts {
    /// Characters of text a person can see.
    pub visible_chars: u32,
    /// Characters of text hidden by style: `display:none`, `visibility:hidden`, zero size or opacity, text in the colour
    /// of its background.
    pub hidden_chars: u32,
    /// The hidden text itself, at most 8 KiB.
    pub hidden_text: String,
    /// Remote or attached images.
    pub images: u32,
    /// Images of at most 2 × 2 pixels by their attributes or style.
    pub tiny_images: u32,
    /// Links (`a` with `href`).
    pub links: u32,
    /// Forms.
    pub forms: u32,
    /// `input` fields of type password.
    pub password_fields: u32,
    /// `script` elements and `on…` attributes.
    pub scripts: u32,
    /// `iframe`, `object`, `embed` and `applet` elements.
    pub embedded: u32,
    /// Comments.
    pub comments: u32,
    /// Tags whose name is not one of HTML's.
    pub unknown_tags: u32,
    /// Tags in all.
    pub tags: u32,
    /// Whether a `title` element has text.
    pub title: Option<String>,
    /// Whether `<base href>` or a `meta` refresh is used.
    pub redirects: bool,
}
