//! The names of HTML's elements, and which of them are void or begin a line.

use std::sync::LazyLock;

/// All elements HTML has or had, in lines that fit.
const KNOWN: &str = "\
    a abbr acronym address applet area article aside audio b base basefont bdi bdo bgsound big blink \
    blockquote body br button canvas caption center cite code col colgroup command content data datalist \
    dd del details dfn dialog dir div dl dt element em embed fieldset figcaption figure font footer form \
    frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe image img input ins isindex kbd \
    keygen label layer legend li link listing main map mark marquee math menu menuitem meta meter \
    multicol nav nobr noembed noframes noscript object ol optgroup option output p param picture \
    plaintext pre progress q rb rp rt rtc ruby s samp script section select shadow slot small source \
    spacer span strike strong style sub summary sup svg table tbody td template textarea tfoot th thead \
    time title tr track tt u ul var video wbr xmp";

/// Elements that hold nothing and are never closed.
const VOID: &str = "\
    area base basefont bgsound br col embed frame hr image img input isindex keygen link meta param source \
    spacer track wbr";

/// Elements that begin a line of their own. Cells do, too: they are shown side by side, but nobody reads across.
const BLOCKS: &str = "\
    address article aside blockquote body br caption center dd details dir div dl dt fieldset figcaption \
    figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol option p pre section \
    summary table tbody td tfoot th thead title tr ul";

/// What is known of an element.
#[derive(Clone, Copy, Debug)]
pub(super) struct Element {
    pub(super) name: &'static str,
    /// Whether it is never closed.
    pub(super) is_void: bool,
    /// Whether it begins a line.
    pub(super) is_block: bool,
}

/// All elements with their names as numbers, in the order of these: a page asks for each of its tags.
static ELEMENTS: LazyLock<Vec<(u128, Element)>> = LazyLock::new(|| {
    let has = |list: &str, name: &str| list.split(' ').any(|known| known == name);
    let element = |name| (key(name), Element { name, is_void: has(VOID, name), is_block: has(BLOCKS, name) });
    let mut all: Vec<(u128, Element)> = KNOWN.split(' ').map(element).collect();
    all.sort_unstable_by_key(|(key, _)| *key);
    all
});

/// The first bytes of a name as a number. No name is longer.
fn key(name: &str) -> u128 {
    name.bytes().take(16).fold(0, |key, byte| key << 8 | u128::from(byte))
}

/// The element of HTML of that name, lower case.
pub(super) fn find(name: &str) -> Option<Element> {
    let wanted = key(name);
    let at = ELEMENTS.binary_search_by_key(&wanted, |(key, _)| *key).ok()?;
    ELEMENTS.get(at).map(|(_, element)| *element).filter(|element| element.name == name)
}

/// Whether a tag that is none of HTML's passes for one: Office programs write `o:p` and `v:rect`.
pub(super) fn is_of_office(name: &str) -> bool {
    name.contains(':')
}

/// Whether it is never closed.
pub(super) fn is_void(name: &str) -> bool {
    find(name).is_some_and(|element| element.is_void)
}

/// Whether it begins a line.
pub(super) fn is_block(name: &str) -> bool {
    find(name).is_some_and(|element| element.is_block)
}

/// Elements an open table keeps apart from what is outside: an end tag within does not reach beyond them.
pub(super) fn is_wall(name: &str) -> bool {
    matches!(name, "td" | "th" | "table")
}

/// Parts of a table, whose end tags do.
pub(super) fn is_table_part(name: &str) -> bool {
    matches!(name, "table" | "tbody" | "thead" | "tfoot" | "tr" | "td" | "th" | "body" | "html")
}

/// Whether an element that begins closes `open`, as the end tag may be left out.
pub(super) fn closes(name: &str, open: &str) -> bool {
    match open {
        "p" => is_block(name) && name != "br",
        "li" => name == "li",
        "dt" | "dd" => matches!(name, "dt" | "dd"),
        "option" => matches!(name, "option" | "optgroup"),
        "td" | "th" => matches!(name, "td" | "th" | "tr" | "tbody" | "tfoot"),
        "tr" => matches!(name, "tr" | "tbody" | "tfoot"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_and_unknown_names() {
        assert!(find("marquee").is_some() && is_of_office("o:p") && find("xyzzy").is_none());
        assert!(find("").is_none() && find("\0a").is_none() && find("blockquoteblockquote").is_none());
        assert!(KNOWN.split(' ').all(|name| find(name).is_some_and(|element| element.name == name)));
        assert!(VOID.split(' ').all(is_void) && BLOCKS.split(' ').all(is_block) && !is_block("a") && !is_void("p"));
    }
}
