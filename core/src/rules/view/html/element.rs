//! The elements of HTML as SpamAssassin knows them.

/// What an element puts around its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Space {
    None,
    /// A blank.
    Word,
    /// A line end.
    Line,
    /// Two line ends.
    Paragraph,
}

/// Which attributes of an element say how its text looks, and which elements it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    None,
    Body,
    Table,
    Row,
    Cell,
    Font,
    BaseFont,
    Big,
    Small,
    Span,
    Div,
    P,
    A,
}

impl Style {
    /// How many there are.
    pub(super) const COUNT: usize = Self::A as usize + 1;
}

/// One element.
#[derive(Clone, Copy, Debug)]
pub(super) struct Element {
    /// Where it stands among all: below [`COUNT`].
    pub(super) index: usize,
    /// Whether HTML 4 has it, or Eudora.
    pub(super) is_standard: bool,
    pub(super) space: Space,
    pub(super) style: Style,
}

/// Those that have no space around them and no look.
const PLAIN: &[&[u8]] = &[
    b"abbr",
    b"acronym",
    b"address",
    b"applet",
    b"area",
    b"b",
    b"base",
    b"bdo",
    b"button",
    b"caption",
    b"center",
    b"cite",
    b"code",
    b"col",
    b"colgroup",
    b"del",
    b"dfn",
    b"dir",
    b"dl",
    b"em",
    b"fieldset",
    b"form",
    b"frame",
    b"frameset",
    b"head",
    b"html",
    b"i",
    b"iframe",
    b"img",
    b"input",
    b"ins",
    b"isindex",
    b"kbd",
    b"label",
    b"legend",
    b"link",
    b"map",
    b"menu",
    b"meta",
    b"nobr",
    b"noframes",
    b"noscript",
    b"object",
    b"ol",
    b"optgroup",
    b"option",
    b"param",
    b"q",
    b"s",
    b"samp",
    b"script",
    b"select",
    b"strike",
    b"strong",
    b"style",
    b"sub",
    b"sup",
    b"tbody",
    b"textarea",
    b"tfoot",
    b"thead",
    b"tt",
    b"u",
    b"ul",
    b"var",
    b"x-sigsep",
    b"x-tab",
];

/// Those that have.
const SPECIAL: &[(&[u8], Space, Style)] = &[
    (b"a", Space::None, Style::A),
    (b"basefont", Space::None, Style::BaseFont),
    (b"big", Space::None, Style::Big),
    (b"blockquote", Space::Paragraph, Style::None),
    (b"body", Space::None, Style::Body),
    (b"br", Space::Line, Style::None),
    (b"dd", Space::Word, Style::None),
    (b"div", Space::Line, Style::Div),
    (b"dt", Space::Word, Style::None),
    (b"embed", Space::Word, Style::None),
    (b"font", Space::None, Style::Font),
    (b"h1", Space::Word, Style::None),
    (b"h2", Space::Word, Style::None),
    (b"h3", Space::Word, Style::None),
    (b"h4", Space::Word, Style::None),
    (b"h5", Space::Word, Style::None),
    (b"h6", Space::Word, Style::None),
    (b"hr", Space::Paragraph, Style::None),
    (b"li", Space::Word, Style::None),
    (b"listing", Space::Paragraph, Style::None),
    (b"p", Space::Paragraph, Style::P),
    (b"plaintext", Space::Paragraph, Style::None),
    (b"pre", Space::Paragraph, Style::None),
    (b"small", Space::None, Style::Small),
    (b"span", Space::None, Style::Span),
    (b"table", Space::None, Style::Table),
    (b"td", Space::Word, Style::Cell),
    (b"th", Space::Word, Style::Cell),
    (b"title", Space::Paragraph, Style::None),
    (b"tr", Space::None, Style::Row),
    (b"xmp", Space::Paragraph, Style::None),
];

/// How many elements are known.
pub(super) const COUNT: usize = PLAIN.len() + SPECIAL.len();

/// The element of that name in lower case.
pub(super) fn find(name: &[u8]) -> Option<Element> {
    let wanted = key(name);
    if let Some(at) = SPECIAL_KEYS.binary_search(&wanted).ok()
        && let Some((known, space, style)) = SPECIAL.get(at).copied()
        && known == name
    {
        let is_standard = !matches!(name, b"embed" | b"listing" | b"plaintext" | b"xmp");
        return Some(Element { index: at, is_standard, space, style });
    }
    let at = PLAIN_KEYS.binary_search(&wanted).ok().filter(|at| PLAIN.get(*at).is_some_and(|known| *known == name))?;
    Some(Element { index: SPECIAL.len() + at, is_standard: true, space: Space::None, style: Style::None })
}

/// The names as numbers in the same order, which are quicker to compare.
const PLAIN_KEYS: [u128; PLAIN.len()] = {
    let mut keys = [0; PLAIN.len()];
    let mut at = 0;
    while at < keys.len() {
        #[expect(clippy::indexing_slicing, reason = "in range; worked out at compile time")]
        {
            keys[at] = key(PLAIN[at]);
        }
        at += 1;
    }
    keys
};
const SPECIAL_KEYS: [u128; SPECIAL.len()] = {
    let mut keys = [0; SPECIAL.len()];
    let mut at = 0;
    while at < keys.len() {
        #[expect(clippy::indexing_slicing, reason = "in range; worked out at compile time")]
        {
            keys[at] = key(SPECIAL[at].0);
        }
        at += 1;
    }
    keys
};

/// The first bytes of a name as a number.
const fn key(name: &[u8]) -> u128 {
    let (mut key, mut rest, mut place) = (0, name, 128);
    while let [first, after @ ..] = rest
        && 0 < place
    {
        place -= 8;
        key |= (*first as u128) << place;
        rest = after;
    }
    key
}

/// Whether it is an element of Microsoft's: `o:p` or `st1:place`.
pub(super) fn is_microsofts(name: &[u8]) -> bool {
    let local = match name {
        [b'o', b':', local @ ..] => local,
        [b's', b't', digit, b':', local @ ..] if digit.is_ascii_digit() => local,
        _ => return false,
    };
    let local = local.strip_suffix(b"/").unwrap_or(local);
    !local.is_empty() && local.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}
