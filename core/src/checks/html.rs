//! The shape of the HTML.

use crate::{
    check::Check,
    evidence::Evidence,
    finding::Findings,
    mail::{HtmlFacts, Mail},
    symbol::SymbolInfo,
};

use super::{
    kind,
    text::{count, short},
};

const MIME_HTML_ONLY: SymbolInfo = SymbolInfo::new("MIME_HTML_ONLY", "There is HTML and no plain text beside it");
const HTML_IMAGE_ONLY_00: SymbolInfo = SymbolInfo::new("HTML_IMAGE_ONLY_00", "Images and no words at all");
const HTML_IMAGE_ONLY_04: SymbolInfo =
    SymbolInfo::new("HTML_IMAGE_ONLY_04", "Images with at most 400 characters of text");
const HTML_IMAGE_ONLY_08: SymbolInfo =
    SymbolInfo::new("HTML_IMAGE_ONLY_08", "Images with 400 to 800 characters of text");
const HTML_IMAGE_ONLY_12: SymbolInfo =
    SymbolInfo::new("HTML_IMAGE_ONLY_12", "Images with 800 to 1200 characters of text");
const HTML_HIDDEN_TEXT: SymbolInfo = SymbolInfo::new("HTML_HIDDEN_TEXT", "A good deal of text is made invisible");
const HTML_HIDDEN_MOST: SymbolInfo = SymbolInfo::new("HTML_HIDDEN_MOST", "More text is invisible than visible");
const HTML_TINY_IMAGES: SymbolInfo = SymbolInfo::new("HTML_TINY_IMAGES", "Several images are too small to see");
const HTML_FORM: SymbolInfo = SymbolInfo::new("HTML_FORM", "There is a form to fill in");
const HTML_PASSWORD_FORM: SymbolInfo =
    SymbolInfo::new("HTML_PASSWORD_FORM", "There is a form that asks for a password");
const HTML_SCRIPT: SymbolInfo = SymbolInfo::new("HTML_SCRIPT", "There is a script in the message");
const HTML_EMBEDDED: SymbolInfo = SymbolInfo::new("HTML_EMBEDDED", "Another page or a program is embedded");
const HTML_REDIRECT: SymbolInfo = SymbolInfo::new("HTML_REDIRECT", "The HTML leads its reader elsewhere by itself");
const HTML_UNKNOWN_TAGS: SymbolInfo =
    SymbolInfo::new("HTML_UNKNOWN_TAGS", "The HTML is full of tags that do not exist");
const HTML_COMMENTS: SymbolInfo = SymbolInfo::new("HTML_COMMENTS", "The HTML is full of comments");
const HTML_EMPTY: SymbolInfo = SymbolInfo::new("HTML_EMPTY", "There is a link and next to nothing to read");

/// What the HTML parts look like.
#[derive(Debug)]
pub(super) struct Html;

impl Check for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const {
            &[
                MIME_HTML_ONLY,
                HTML_IMAGE_ONLY_00,
                HTML_IMAGE_ONLY_04,
                HTML_IMAGE_ONLY_08,
                HTML_IMAGE_ONLY_12,
                HTML_HIDDEN_TEXT,
                HTML_HIDDEN_MOST,
                HTML_TINY_IMAGES,
                HTML_FORM,
                HTML_PASSWORD_FORM,
                HTML_SCRIPT,
                HTML_EMBEDDED,
                HTML_REDIRECT,
                HTML_UNKNOWN_TAGS,
                HTML_COMMENTS,
                HTML_EMPTY,
            ]
        }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        let Some(html) = mail.html() else { return };
        let is_alone = !mail.texts().iter().any(|part| !part.is_html && !part.text.trim().is_empty());
        if is_alone {
            findings.raise(&MIME_HTML_ONLY, "the text is there as HTML alone");
        }
        little_text(mail, html, is_alone, findings);
        unseen(html, findings);
        active(html, findings);
        noise(html, findings);
    }
}

/// Pictures that carry the message instead of words.
fn little_text(mail: &Mail<'_>, html: &HtmlFacts, is_alone: bool, findings: &mut Findings) {
    let pictures = html.images.saturating_sub(html.tiny_images);
    let chars = html.visible_chars;
    if 0 < pictures {
        let info = match chars {
            0..20 if is_alone => &HTML_IMAGE_ONLY_00,
            0..400 => &HTML_IMAGE_ONLY_04,
            400..800 => &HTML_IMAGE_ONLY_08,
            800..1200 => &HTML_IMAGE_ONLY_12,
            _ => return,
        };
        // There is little to say in complaints and reports, and the pictures are the house's own.
        if 20 <= chars && (kind::quotes_others(mail) || kind::is_report(mail)) {
            return;
        }
        findings.raise(info, format!("{} and {} of text", count(pictures, "image"), count(chars, "character")));
    } else if 0 < html.links && chars < 80 {
        findings.raise(&HTML_EMPTY, format!("a link and {} of text", count(chars, "character")));
    }
}

/// Text and images for the filter, not for the reader. A hidden preview line is usual in newsletters.
fn unseen(html: &HtmlFacts, findings: &mut Findings) {
    let (hidden, visible) = (html.hidden_chars, html.visible_chars);
    if 160 <= hidden && visible < hidden {
        let why = format!("{hidden} characters hidden, {visible} visible: \"{}\"", short(&html.hidden_text));
        findings.raise(&HTML_HIDDEN_MOST, why);
    } else if 200 <= hidden {
        findings.raise(&HTML_HIDDEN_TEXT, format!("{hidden} characters hidden: \"{}\"", short(&html.hidden_text)));
    }
    if 2 <= html.tiny_images {
        findings.raise(&HTML_TINY_IMAGES, format!("{} images of a pixel or two", html.tiny_images));
    }
}

/// What does something by itself or takes something from the reader.
fn active(html: &HtmlFacts, findings: &mut Findings) {
    if 0 < html.password_fields {
        findings.raise(&HTML_PASSWORD_FORM, "a form in the message asks for a password");
    } else if 0 < html.forms {
        findings.raise(&HTML_FORM, "a form in the message is to be filled in");
    }
    if 0 < html.scripts {
        findings.raise(&HTML_SCRIPT, count(html.scripts, "script"));
    }
    if 0 < html.embedded {
        findings.raise(&HTML_EMBEDDED, count(html.embedded, "embedded frame"));
    }
    if html.redirects {
        findings.raise(&HTML_REDIRECT, "a base address or a refresh leads elsewhere");
    }
}

/// What only confuses filters.
fn noise(html: &HtmlFacts, findings: &mut Findings) {
    if 10 <= html.unknown_tags && html.tags < html.unknown_tags.saturating_mul(4) {
        findings.raise(&HTML_UNKNOWN_TAGS, format!("{} of {} tags do not exist", html.unknown_tags, html.tags));
    }
    if 20 <= html.comments && html.visible_chars < html.comments.saturating_mul(60) {
        findings
            .raise(&HTML_COMMENTS, format!("{} comments in {} characters of text", html.comments, html.visible_chars));
    }
}
