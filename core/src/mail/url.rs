//! Links, taken apart as browsers do it (WHATWG URL, as far as a link in a mail needs it).

use std::{
    borrow::Cow,
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

mod redirect;

use super::{Domain, decode, transfer};

/// Most links kept of one message.
const MAX_URLS: usize = 1_000;

/// Longest link kept.
const MAX_WRITTEN_BYTES: usize = 2048;

/// Most pictures kept that stand in the page itself.
const MAX_PICTURES: usize = 4;

/// Longest picture in the page itself that is kept, in bytes as written.
const MAX_PICTURE_BYTES: usize = 1024 * 1024;

/// Where a link was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum UrlSource {
    /// Written in text.
    Text,
    /// The target of a link.
    Link,
    /// Something a mail program would load: image, style sheet, frame.
    Resource,
    /// Where a form is sent.
    Form,
    /// In an attached file: a PDF, a document, a page, a calendar entry.
    File,
    /// What a QR code in a picture says.
    Qr,
}

/// Links in order, each written form once for each source.
#[derive(Debug, Default)]
pub(super) struct Urls {
    list: Vec<Url>,
    places: BTreeMap<UrlSource, BTreeMap<String, usize>>,
    /// Pictures that stand in the page itself, as `data:` links, still encoded.
    pictures: Vec<String>,
}

impl Urls {
    /// Adds a link unless it is there or there are too many; gives its place.
    pub(super) fn add(&mut self, url: Url) -> Option<usize> {
        let places = self.places.entry(url.source).or_default();
        if let Some(&place) = places.get(&url.written) {
            return Some(place);
        }
        if MAX_URLS <= self.list.len() {
            return None;
        }
        places.insert(url.written.clone(), self.list.len());
        self.list.push(url);
        Some(self.list.len() - 1)
    }

    /// Sets the visible text of a link. Of a link that stands there twice, as image and as text, the text counts.
    pub(super) fn set_anchor(&mut self, place: usize, text: &str) {
        if let Some(url) = self.list.get_mut(place)
            && url.anchor.as_deref().is_none_or(str::is_empty)
        {
            url.anchor = Some(text.to_owned());
            if let Some(inner) = &mut url.leads_to {
                inner.anchor = Some(text.to_owned());
            }
        }
    }

    /// Keeps a picture that stands in the page itself, to be looked at later.
    pub(super) fn add_picture(&mut self, written: &str) {
        if self.pictures.len() < MAX_PICTURES && written.len() <= MAX_PICTURE_BYTES {
            self.pictures.push(written.to_owned());
        }
    }

    /// The pictures that stand in the page itself.
    pub(super) fn take_pictures(&mut self) -> Vec<String> {
        std::mem::take(&mut self.pictures)
    }

    pub(super) fn into_list(self) -> Vec<Url> {
        self.list
    }
}

/// The host of a link.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Host {
    /// A name.
    Domain(Domain),
    /// An address, also when written in decimal, octal or hexadecimal.
    Ip(IpAddr),
    /// Something else, as written.
    Odd(String),
}

/// One link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// As written, at most 2 KiB, line ends and entities resolved. A relative link is joined with the page's `base`.
    pub written: String,
    /// Where it was found.
    pub source: UrlSource,
    /// Lower case: `http`, `https`, `ftp`, `mailto`, `tel`, `data`, `javascript`, `cid`… Where none is written, `http`.
    pub scheme: String,
    /// The host; `None` for schemes without one.
    pub host: Option<Host>,
    /// The port, if written.
    pub port: Option<u16>,
    /// Whether there is `user@` or `user:password@` before the host.
    pub has_userinfo: bool,
    /// Path, query and fragment as written, beginning with `/`, `\`, `?` or `#`; empty if none, and for schemes without a
    /// host.
    pub path: String,
    /// For [`UrlSource::Link`]: the visible text of the link, collapsed, at most 256 characters.
    pub anchor: Option<String>,
    /// Whether it is written so that a browser understands it and a filter may not: a line end, a tab or a backslash
    /// before the path, or another number of slashes than two.
    pub is_disguised: bool,
    /// Where a redirector, a translator or a guard against bad links leads on to, if the link says so; of several in one
    /// another, the innermost.
    pub leads_to: Option<Box<Self>>,
}

impl Url {
    /// The host name, if the host is one.
    pub fn domain(&self) -> Option<&Domain> {
        match &self.host {
            Some(Host::Domain(domain)) => Some(domain),
            Some(Host::Ip(_) | Host::Odd(_)) | None => None,
        }
    }

    /// Where the reader ends up: what a redirector leads on to, else the link itself.
    pub fn target(&self) -> &Self {
        self.leads_to.as_deref().unwrap_or(self)
    }

    /// The host in words, for a reason. Empty for schemes without one.
    pub fn host_name(&self) -> String {
        match &self.host {
            Some(Host::Domain(domain)) => domain.to_string(),
            Some(Host::Ip(ip)) => ip.to_string(),
            Some(Host::Odd(written)) => written.clone(),
            None => String::new(),
        }
    }

    /// Takes a link apart, and what it leads on to. `None` if it names nothing on its own: a relative link, an anchor,
    /// nothing at all.
    pub(super) fn parse(text: &str, source: UrlSource) -> Option<Self> {
        let url = Self::parse_outer(text, source)?;
        Some(Self { leads_to: redirect::innermost(&url).map(Box::new), ..url })
    }

    fn parse_outer(text: &str, source: UrlSource) -> Option<Self> {
        let text = text.trim_matches(|c: char| c <= ' ');
        let is_disguised = is_disguised(text);
        let text = without_controls(decode::split_at_most(text, MAX_WRITTEN_BYTES).0);
        match split_scheme(&text) {
            Some((scheme, rest)) if has_host(&scheme) => {
                let url = Self::with_host(rest.trim_start_matches(['/', '\\']), scheme, &text, source)?;
                Some(Self { is_disguised, ..url })
            }
            Some((scheme, _)) => Some(Self::opaque(scheme, &text, source)),
            None if text.starts_with("//") || text.starts_with("\\\\") => {
                Self::with_host(text.trim_start_matches(['/', '\\']), "http".to_owned(), &text, source)
            }
            None if looks_like_host(&text) => Self::with_host(&text, "http".to_owned(), &text, source),
            None => None,
        }
    }

    fn opaque(scheme: String, written: &str, source: UrlSource) -> Self {
        let written = written.to_owned();
        Self {
            written,
            source,
            scheme,
            host: None,
            port: None,
            has_userinfo: false,
            path: String::new(),
            anchor: None,
            is_disguised: false,
            leads_to: None,
        }
    }

    /// `rest` begins with the authority.
    fn with_host(rest: &str, scheme: String, written: &str, source: UrlSource) -> Option<Self> {
        let is_end = |byte| matches!(byte, b'/' | b'\\' | b'?' | b'#');
        let end = rest.bytes().position(is_end).unwrap_or(rest.len());
        let (authority, path) = rest.split_at_checked(end)?;
        let (has_userinfo, host) = match authority.rsplit_once('@') {
            Some((_, host)) => (true, host),
            None => (false, authority),
        };
        let (host, port) = split_port(host);
        (!host.is_empty()).then_some(())?;
        let host = Some(parse_host(host));
        let path = path.to_owned();
        Some(Self { host, port, has_userinfo, path, ..Self::opaque(scheme, written, source) })
    }
}

/// What stands before the first colon, and behind it.
fn at_colon(text: &str) -> Option<(&str, &str)> {
    let colon = text.bytes().position(|byte| byte == b':')?;
    Some((text.get(..colon)?, text.get(colon + 1..)?))
}

/// A link without its control characters. Most have none.
fn without_controls(text: &str) -> Cow<'_, str> {
    let may_be = |byte: u8| byte.is_ascii_control() || byte == 0xc2;
    if text.bytes().any(may_be) { text.chars().filter(|c| !c.is_control()).collect() } else { text.into() }
}

/// Whether a link with a scheme is written otherwise than people do. A broken line within the path is no disguise.
fn is_disguised(text: &str) -> bool {
    let Some((_, rest)) = at_colon(text) else { return false };
    let Some(authority) = rest.strip_prefix("//") else { return true };
    let end = authority.bytes().position(|byte| matches!(byte, b'/' | b'?' | b'#')).unwrap_or(authority.len());
    let host = authority.get(..end).unwrap_or_default();
    host.is_empty() || host.contains(|c: char| c.is_control() || c == '\\')
}

/// Schemes that are followed by a host, however many slashes are between.
fn has_host(scheme: &str) -> bool {
    matches!(scheme, "http" | "https" | "ftp" | "ftps" | "ws" | "wss")
}

/// The scheme in lower case and what follows its colon. `example.org:80` and `localhost:80` have none.
fn split_scheme(text: &str) -> Option<(String, &str)> {
    let (scheme, rest) = at_colon(text)?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.len() <= 32
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    let is_port = scheme.contains('.') || scheme.eq_ignore_ascii_case("localhost");
    (is_scheme && !(is_port && rest.starts_with(|c: char| c.is_ascii_digit())))
        .then(|| (scheme.to_ascii_lowercase(), rest))
}

/// Whether mail programs take a link without a scheme for a web address: `www.example.org/x`.
fn looks_like_host(text: &str) -> bool {
    let end = text.find(['/', '\\', '?', '#', ':']).unwrap_or(text.len());
    let host = text.get(..end).unwrap_or_default();
    host.contains('.') && Domain::parse(host).is_some_and(|domain| domain.has_known_suffix())
}

fn split_port(host: &str) -> (&str, Option<u16>) {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && !is_open_bracket(name) => {
            (name, port.parse().ok())
        }
        Some(_) | None => (host, None),
    }
}

/// `[2001:db8:` of an IPv6 address whose last group looks like a port.
fn is_open_bracket(name: &str) -> bool {
    name.starts_with('[') && !name.ends_with(']')
}

fn parse_host(written: &str) -> Host {
    if let Some(inner) = written.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return inner.parse::<Ipv6Addr>().map_or_else(|_| Host::Odd(written.to_owned()), |ip| Host::Ip(ip.into()));
    }
    let decoded = percent_decode(written);
    // Soft hyphens, full-width digits and dots: what looks like an address to a browser should to us.
    let mapped: Cow<'_, str> =
        if decoded.is_ascii() { (&*decoded).into() } else { decoded.chars().filter_map(plain_digit).collect() };
    if let Some(ip) = parse_ipv4(&mapped) {
        return Host::Ip(ip.into());
    }
    Domain::parse(&decoded).map_or_else(|| Host::Odd(written.to_owned()), Host::Domain)
}

fn plain_digit(c: char) -> Option<char> {
    match c {
        '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}' => None,
        '\u{ff10}'..='\u{ff19}' => char::from_digit(u32::from(c) - 0xff10, 10),
        '\u{3002}' | '\u{ff0e}' | '\u{ff61}' => Some('.'),
        _ => Some(c),
    }
}

pub(super) fn percent_decode(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        if let [b'%', high, low, after @ ..] = rest
            && let (Some(high), Some(low)) = (transfer::hex(*high), transfer::hex(*low))
        {
            out.push(high << 4 | low);
            rest = after;
        } else {
            out.push(first);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// One to four numbers, decimal, octal (`0…`) or hexadecimal (`0x…`); the last fills what is left.
fn parse_ipv4(text: &str) -> Option<Ipv4Addr> {
    let text = text.strip_suffix('.').unwrap_or(text);
    if text.len() > 64 || !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let numbers = text.split('.').map(parse_number).collect::<Option<Vec<u64>>>()?;
    let (&last, heads) = numbers.split_last()?;
    let free_bytes = 4_usize.checked_sub(heads.len()).filter(|&free| 0 < free)?;
    let is_in_range = heads.iter().all(|&head| head < 256) && last < 1 << (8 * free_bytes);
    let head = heads.iter().fold(0, |value, &head| value << 8 | head);
    let value = head << (8 * free_bytes) | last;
    is_in_range.then_some(())?;
    u32::try_from(value).ok().map(Ipv4Addr::from)
}

fn parse_number(text: &str) -> Option<u64> {
    let hex = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    match hex {
        Some("") => Some(0),
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None if 1 < text.len() && text.starts_with('0') => u64::from_str_radix(text, 8).ok(),
        None => text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_found_however_it_is_dressed() {
        for written in [
            "http://www.example.org/x",
            "HTTP:\\\\www.example.org\\x",
            "http:www.example.org/x",
            "http:////www.example.org/x",
            "//www.example.org/x",
            "www.example.org/x",
            "  ht\ntp://www.exa\tmple.org/x",
            "http://www%2Eexam%70le.org/x",
            "http://user:password@www.example.org:80/x",
            "http://www。example．org/x",
            "http://WWW.EXAMPLE.ORG./x",
        ] {
            let url = Url::parse(written, UrlSource::Link).unwrap();
            assert_eq!(url.domain().map(Domain::as_str), Some("www.example.org"), "{written}");
            assert!(url.scheme == "http" && matches!(url.path.as_str(), "/x" | "\\x"), "{url:?}");
        }
    }

    #[test]
    fn userinfo_and_port_are_seen() {
        let url = Url::parse("https://bank.example.com@192.0.2.1:8080?x", UrlSource::Text).unwrap();
        assert!(url.has_userinfo);
        assert_eq!((url.host, url.port, url.path.as_str()), (Some(ip("192.0.2.1")), Some(8080), "?x"));
    }

    #[test]
    fn addresses_are_read_in_every_notation() {
        for written in [
            "3221225985",
            "0xC0000201",
            "0300.0.02.1",
            "192.0.513",
            "192.513",
            "0xc0.0.2.0x1",
            "１92.0.2.1",
            "192%2e0.2.1",
        ] {
            let url = Url::parse(&format!("http://{written}/"), UrlSource::Link).unwrap();
            assert_eq!(url.host, Some(ip("192.0.2.1")), "{written}");
        }
        assert_eq!(Url::parse("http://[2001:db8::1]:80/", UrlSource::Link).unwrap().host, Some(ip("2001:db8::1")));
        assert_eq!(Url::parse("http://[2001:db8::1]/", UrlSource::Link).unwrap().port, None);
    }

    #[test]
    fn odd_hosts_are_kept_as_written() {
        for written in ["exa mple.org", "256.256.256.256", "a..b", "[::x]"] {
            let url = Url::parse(&format!("http://{written}/"), UrlSource::Link).unwrap();
            assert_eq!(url.host, Some(Host::Odd(written.to_owned())));
        }
    }

    #[test]
    fn schemes_without_a_host_have_none() {
        for written in
            ["mailto:bob@example.org?subject=x", "tel:+49123", "data:text/html,x", "JavaScript:alert(1)", "cid:1@x"]
        {
            let url = Url::parse(written, UrlSource::Link).unwrap();
            assert_eq!((url.host, url.path.as_str()), (None, ""), "{written}");
            assert_eq!(Some(url.scheme.as_str()), written.to_ascii_lowercase().split(':').next());
        }
    }

    #[test]
    fn what_names_nothing_is_no_link() {
        for written in ["", "#top", "page.html", "/images/a.png", "?x", "http://", "http:///", "image001.jpg"] {
            assert_eq!(Url::parse(written, UrlSource::Link), None, "{written}");
        }
    }

    #[test]
    fn long_links_are_cut() {
        let url = Url::parse(&format!("data:image/png;base64,{}", "A".repeat(100_000)), UrlSource::Resource).unwrap();
        assert_eq!(url.written.len(), MAX_WRITTEN_BYTES);
    }

    fn ip(text: &str) -> Host {
        Host::Ip(text.parse().unwrap())
    }
}
