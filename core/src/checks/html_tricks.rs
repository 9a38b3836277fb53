//! HTML that a program reads otherwise than a person does.

use std::sync::LazyLock;

use crate::{
    check::Check,
    evidence::Evidence,
    finding::Findings,
    mail::{Mail, Tricks, UrlSource},
    symbol::SymbolInfo,
};

use super::{
    from, lists,
    text::{count, short},
};

const HTML_WORDS_CUT: SymbolInfo = SymbolInfo::new("HTML_WORDS_CUT", "Words are cut by markup within them");
const HTML_WORDS_STUFFED: SymbolInfo =
    SymbolInfo::new("HTML_WORDS_STUFFED", "Something that nobody sees stands within words");
const HTML_HIDDEN_LATE: SymbolInfo =
    SymbolInfo::new("HTML_HIDDEN_LATE", "Text is hidden in the middle or at the end, where no preview line is");
const HTML_TINY_TEXT: SymbolInfo = SymbolInfo::new("HTML_TINY_TEXT", "Text is written too small to be seen");
const HTML_CAMOUFLAGE: SymbolInfo =
    SymbolInfo::new("HTML_CAMOUFLAGE", "Text is written in the colour of what is behind it");
const HTML_WIDE_GAP: SymbolInfo = SymbolInfo::new("HTML_WIDE_GAP", "Text is put so far down that nobody sees it");
const HTML_REVERSED: SymbolInfo =
    SymbolInfo::new("HTML_REVERSED", "Text is written backwards and turned round when shown");
const HTML_STYLED_TEXT: SymbolInfo = SymbolInfo::new("HTML_STYLED_TEXT", "A style sheet writes words into the text");
const HTML_FONT_TRICK: SymbolInfo =
    SymbolInfo::new("HTML_FONT_TRICK", "Letters are shown as others by a font that comes with the message");
const HTML_NUMBERED_LETTERS: SymbolInfo =
    SymbolInfo::new("HTML_NUMBERED_LETTERS", "Much of the text is written in numbers in place of plain letters");
const HTML_LOGO_SERVICE: SymbolInfo =
    SymbolInfo::new("HTML_LOGO_SERVICE", "A logo comes from a collection of everybody's logos");

/// Letters shown as numbers from which on it is no mail address that is kept from harvesters.
const MANY_NUMBERED: u32 = 40;

/// Hosts, and how the path begins.
static LOGO_SERVICES: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    let entries = lists::entries(include_str!("../../../assets/lists/logo_services.txt"));
    entries.map(|entry| entry.split_once('/').unwrap_or((entry, ""))).collect()
});

/// Text that is disguised or put out of sight.
#[derive(Debug)]
pub(super) struct HtmlTricks;

impl Check for HtmlTricks {
    fn name(&self) -> &'static str {
        "html_tricks"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const {
            &[
                HTML_WORDS_CUT,
                HTML_WORDS_STUFFED,
                HTML_HIDDEN_LATE,
                HTML_TINY_TEXT,
                HTML_CAMOUFLAGE,
                HTML_WIDE_GAP,
                HTML_REVERSED,
                HTML_STYLED_TEXT,
                HTML_FONT_TRICK,
                HTML_NUMBERED_LETTERS,
                HTML_LOGO_SERVICE,
            ]
        }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        let Some(html) = mail.html() else { return };
        words(&html.tricks, findings);
        out_of_sight(&html.tricks, &html.hidden_text, findings);
        letters(&html.tricks, html.visible_chars, findings);
        logo(mail, findings);
    }
}

/// A drop capital cuts one word, a spelling program two.
fn words(tricks: &Tricks, findings: &mut Findings) {
    let stuffed = tricks.cut_by_nothing.max(tricks.cut_by_hidden);
    if 2 <= stuffed || 1 <= tricks.cut_by_hidden {
        findings.raise(&HTML_WORDS_STUFFED, format!("{} with something unseen within", count(stuffed, "word")));
    } else if 3 <= tricks.cut_words {
        findings.raise(&HTML_WORDS_CUT, format!("{} words are cut by markup", tricks.cut_words));
    }
}

fn out_of_sight(tricks: &Tricks, hidden: &str, findings: &mut Findings) {
    let quoted = short(hidden);
    if 100 <= tricks.hidden_late {
        let why = format!("{} characters hidden amid or after the text: \"{quoted}\"", tricks.hidden_late);
        findings.raise(&HTML_HIDDEN_LATE, why);
    }
    if 10 <= tricks.too_small {
        findings.raise(&HTML_TINY_TEXT, format!("{} characters too small to see: \"{quoted}\"", tricks.too_small));
    }
    if 60 <= tricks.camouflaged {
        let why = format!("{} characters in the colour behind them: \"{quoted}\"", tricks.camouflaged);
        findings.raise(&HTML_CAMOUFLAGE, why);
    }
    if 20 <= tricks.widest_gap && 30 <= tricks.after_gap {
        let why = format!("{} empty lines, and {} characters after them", tricks.widest_gap, tricks.after_gap);
        findings.raise(&HTML_WIDE_GAP, why);
    }
}

fn letters(tricks: &Tricks, visible: u32, findings: &mut Findings) {
    if 0 < tricks.reversed {
        findings.raise(&HTML_REVERSED, format!("{} turned round", count(tricks.reversed, "element")));
    }
    if 10 <= tricks.styled_letters {
        findings.raise(&HTML_STYLED_TEXT, format!("{} letters come from a style sheet", tricks.styled_letters));
    }
    if tricks.maps_letters && 0 < tricks.own_fonts {
        findings.raise(&HTML_FONT_TRICK, "a font of its own is given to single letters");
    }
    if MANY_NUMBERED <= tricks.written_letters && visible < tricks.written_letters.saturating_mul(3) {
        let why = format!("{} of {visible} characters are written as numbers", tricks.written_letters);
        findings.raise(&HTML_NUMBERED_LETTERS, why);
    }
}

/// Who has a logo of their own does not fetch it from a service that hands out everybody's.
fn logo(mail: &Mail<'_>, findings: &mut Findings) {
    let images = mail.urls().iter().filter(|url| url.source == UrlSource::Resource);
    let own = from::address(mail).map(|from| from.domain.registrable());
    let named = images.filter_map(|url| Some((url.domain()?, url.path.as_str())));
    let named = named.filter(|(domain, _)| own.as_ref().is_none_or(|own| !domain.is_within(own)));
    for (domain, path) in named {
        let is_service = LOGO_SERVICES.iter().any(|(host, start)| {
            let head = domain.as_str().strip_suffix(host);
            head.is_some_and(|head| head.is_empty() || head.ends_with('.'))
                && path.trim_start_matches('/').starts_with(start)
        });
        if is_service {
            return findings.raise(&HTML_LOGO_SERVICE, format!("a logo is fetched from {domain}"));
        }
    }
}
