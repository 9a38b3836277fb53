//! The names of HTML's elements, and which of them are void or begin a line.

use std::{collections::BTreeSet, sync::LazyLock};

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

/// Whether a tag is one of HTML's. Office programs write `o:p` and `v:rect`: names with a colon pass, too.
pub(super) fn is_known(name: &str) -> bool {
    static NAMES: LazyLock<BTreeSet<&str>> = LazyLock::new(|| KNOWN.split(' ').collect());
    name.contains(':') || NAMES.contains(name)
}

/// Whether it is never closed.
pub(super) fn is_void(name: &str) -> bool {
    static NAMES: LazyLock<BTreeSet<&str>> = LazyLock::new(|| VOID.split(' ').collect());
    NAMES.contains(name)
}

/// Whether it begins a line.
pub(super) fn is_block(name: &str) -> bool {
    static NAMES: LazyLock<BTreeSet<&str>> = LazyLock::new(|| BLOCKS.split(' ').collect());
    NAMES.contains(name)
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
        assert!(is_known("marquee") && is_known("o:p") && !is_known("xyzzy"));
    }
}
