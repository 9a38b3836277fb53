//! Attached web pages and pictures in SVG: what they ask, build, and where they lead.

use super::bytes::{has, start};
use crate::mail::{Host, HtmlFacts, Url, UrlSource, decode, html, url::Urls};

/// Most bytes of a page that are read as HTML.
const MAX_HTML: usize = 256 * 1024;

/// Most bytes in which scripts are looked through.
const MAX_SCRIPT: usize = 2 * 1024 * 1024;

/// Most links kept of one page.
const MAX_LINKS: usize = 50;

/// Digits of base64 in a row that are more than a picture's beginning or a key.
const LONG_DIGITS: usize = 1000;

/// What makes a file of bytes within the browser.
const MAKES_FILES: [&[u8]; 5] =
    [b"createObjectURL", b"msSaveOrOpenBlob", b"msSaveBlob", b"new Blob", b"showSaveFilePicker"];

/// What writes a page anew, or runs what was packed.
const WRITES: [&[u8]; 6] =
    [b"document.write", b"innerHTML", b"insertAdjacentHTML", b"eval(", b"document.open", b"Function("];

/// What unpacks what no scanner reads.
const UNPACKS: [&[u8]; 7] =
    [b"atob", b"unescape(", b"fromCharCode", b"decodeURIComponent", b"decodeURI(", b"CryptoJS", b"charCodeAt"];

/// What leads to another page without being asked.
const LEAVES: [&[u8]; 6] = [
    b"location.href",
    b"location.replace",
    b"location.assign",
    b"window.location",
    b"document.location",
    b"top.location",
];

/// What an attached page does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Whether there are scripts in it.
    pub has_script: bool,
    /// Whether a script makes a file of what is packed in the page.
    pub makes_file: bool,
    /// Whether a script writes the page anew from what is packed in it.
    pub writes_itself: bool,
    /// Whether it leads to another page by itself: by script or by refresh.
    pub leaves: bool,
    /// Fields for passwords.
    pub passwords: u32,
    /// Fields of forms that are sent to the web: where to.
    pub posts_to: Vec<Host>,
    /// Whether there is a long text in base64 that is no picture or font.
    pub has_payload: bool,
    /// Characters of text that it shows before any script runs.
    pub text_chars: u32,
    /// Its title, at most 256 characters.
    pub title: Option<String>,
}

/// Reads a page; its links go to `urls`.
pub(super) fn read(content: &[u8], charset: Option<&str>, urls: &mut Vec<Url>) -> Page {
    let mut facts = HtmlFacts::default();
    let mut found = Urls::default();
    html::read(&decode::text(start(content, MAX_HTML), charset), &mut facts, &mut found);
    let mut page = Page {
        has_script: 0 < facts.scripts,
        passwords: facts.password_fields,
        leaves: facts.redirects,
        text_chars: facts.visible_chars,
        title: facts.title,
        ..Page::default()
    };
    let leads = |url: &Url| matches!(url.source, UrlSource::Link | UrlSource::Form) && url.host.is_some();
    for url in found.into_list().into_iter().filter(leads).take(MAX_LINKS) {
        if url.source == UrlSource::Form {
            page.posts_to.extend(url.host.clone());
        }
        urls.push(Url { source: UrlSource::File, anchor: None, ..url });
    }
    if page.has_script {
        look_at_scripts(start(content, MAX_SCRIPT), &mut page);
    }
    page
}

fn look_at_scripts(script: &[u8], page: &mut Page) {
    let any = |marks: &[&[u8]]| marks.iter().any(|mark| has(script, mark));
    let unpacks = any(&UNPACKS);
    page.makes_file = unpacks && any(&MAKES_FILES);
    page.writes_itself = unpacks && any(&WRITES);
    page.leaves |= any(&LEAVES);
    page.has_payload = has_payload(script);
}

/// Whether a long row of base64 digits stands there that does not belong to a picture, a font or a style in the page.
fn has_payload(script: &[u8]) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let mut begin = 0;
    let runs = script.split(|byte| !is_digit(*byte));
    for run in runs {
        if LONG_DIGITS <= run.len() {
            let before = script.get(begin_of(begin)..begin).unwrap_or_default();
            let is_shown = [&b"data:image/"[..], b"data:font/", b"data:application/font", b"data:application/x-font"]
                .iter()
                .any(|mark| has(before, mark));
            if !is_shown {
                return true;
            }
        }
        begin += run.len() + 1;
    }
    false
}

/// How far before its digits a `data:` link begins at most.
const fn begin_of(digits: usize) -> usize {
    digits.saturating_sub(64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_builds_a_file_is_known() {
        let payload = "QUJD".repeat(400);
        let text = format!("<script>var b = new Blob([atob('{payload}')]); a.href = URL.createObjectURL(b);</script>");
        let page = read(text.as_bytes(), None, &mut Vec::new());
        assert!(page.makes_file && page.has_payload && page.has_script && !page.writes_itself, "{page:?}");
    }

    #[test]
    fn a_picture_in_a_page_is_no_payload() {
        let picture = "QUJD".repeat(400);
        let text = format!("<p>Report</p><img src=\"data:image/png;base64,{picture}\"><script>draw(3)</script>");
        let page = read(text.as_bytes(), None, &mut Vec::new());
        assert!(!page.has_payload && !page.makes_file && page.text_chars == 6, "{page:?}");
    }

    #[test]
    fn forms_and_links_are_where_they_lead() {
        let mut urls = Vec::new();
        let text =
            b"<form action=https://nordhaven.example/x><input type=password></form><a href=http://a.example/>b</a>";
        let page = read(text, None, &mut urls);
        assert_eq!((page.passwords, page.posts_to.len(), urls.len()), (1, 1, 2));
        assert!(urls.iter().all(|url| url.source == UrlSource::File));
    }
}
