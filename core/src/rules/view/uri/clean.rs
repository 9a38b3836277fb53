//! The other forms of an address: what a browser would make of it, and where it leads on to.

use std::{borrow::Cow, net::Ipv4Addr};

use memchr::memchr;

use super::{number, sorted::Sorted};

/// Most forms of one address. A page of redirections could go on and on.
const MAX_FORMS: usize = 64;

/// Longest address that is looked into.
const MAX_LENGTH: usize = 16 * 1024;

/// Finds the target in the address of a redirecting page.
pub(super) type Redirect<'lists> = &'lists dyn Fn(&[u8]) -> Option<Vec<u8>>;

/// All forms of an address, itself among them.
pub(super) fn forms(address: &[u8], redirect: Redirect<'_>) -> Sorted<Vec<u8>> {
    let mut forms = Sorted::default();
    if MAX_LENGTH < address.len() {
        forms.insert(address.to_vec());
        return forms;
    }
    let mut open = Vec::new();
    Form { forms: &mut forms, open: &mut open, redirect }.add(address);
    let mut at = 0;
    while let Some(address) = open.get_mut(at).map(std::mem::take) {
        at += 1;
        if forms.len() < MAX_FORMS {
            Form { forms: &mut forms, open: &mut open, redirect }.add(&address);
        }
    }
    forms
}

/// Makes the forms of one address.
struct Form<'forms> {
    forms: &'forms mut Sorted<Vec<u8>>,
    /// Addresses to make forms of.
    open: &'forms mut Vec<Vec<u8>>,
    redirect: Redirect<'forms>,
}

impl Form<'_> {
    fn add(&mut self, address: &[u8]) {
        let whole = kept(address, |byte| !matches!(byte, b'\n' | b'\r'));
        let whole = whole.trim_ascii();
        if is_mail(whole) {
            let bare = mail(whole);
            self.forms.insert(unbracketed(&bare));
            self.forms.insert(bare);
        } else if !is_within_page(whole) {
            let plain = plain(whole);
            if let Some(parts) = Parts::of(&plain) {
                self.hosts(&plain, &parts);
            }
            if plain == whole {
                self.forms.insert(plain);
                return;
            }
            self.forms.insert(plain);
        }
        self.forms.insert(whole.to_vec());
    }

    /// What may be meant by the host, and where the page leads to.
    fn hosts(&mut self, address: &[u8], parts: &Parts<'_>) {
        if !parts.host.is_ascii() {
            self.forms.insert(parts.with(&parts.host.to_ascii_lowercase(), parts.port));
            if let Some(ascii) = ascii_host(parts.host) {
                self.forms.insert(parts.with(&ascii, parts.port));
            }
        }
        let mut address = Cow::Borrowed(address);
        let host = kept(parts.host, |byte| b' ' < byte);
        if *host != *parts.host {
            self.forms.insert(parts.with(&host, parts.port));
            address = Cow::Owned([parts.scheme, parts.user, &host, parts.port, parts.path].concat());
        }
        let mut host = &*host;
        if let Some(target) = (self.redirect)(&address).or_else(|| inner(parts.path)) {
            self.open.push(target);
        }
        if is_default_port(parts) {
            self.forms.insert([parts.scheme, host, parts.path].concat());
        }
        let end = host.iter().rposition(u8::is_ascii_alphanumeric).map_or(0, |at| at + 1);
        if end < host.len() {
            host = host.get(..end).unwrap_or_default();
            self.forms.insert(parts.with(host, parts.port));
        }
        if let Some(decoded) = number::address(host) {
            self.forms.insert(parts.with(decoded.as_bytes(), parts.port));
        } else if !parts.user.is_empty() && is_number(host) {
            self.forms.insert(parts.with(host, parts.port));
        } else if let Some(guess) = guess(parts) {
            self.forms.insert(parts.with(&guess, parts.port));
        }
    }
}

/// A text without some of its bytes. Most texts have none of those.
fn kept(text: &[u8], is_kept: impl Fn(u8) -> bool) -> Cow<'_, [u8]> {
    if text.iter().fold(true, |all, byte| all & is_kept(*byte)) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.iter().copied().filter(|byte| is_kept(*byte)).collect())
}

/// A browser looks for `www.name.com` if there is no `name`.
fn guess(parts: &Parts<'_>) -> Option<Vec<u8>> {
    let prefix = if begins_with(parts.host, b"www.") { 4 } else { 0 };
    let name = parts.host.get(prefix..)?;
    let is_other_port = parts.port.get(1).is_some_and(u8::is_ascii_digit) && parts.port != b":80";
    let is_name = !name.is_empty() && !name.contains(&b'.') && !name.eq_ignore_ascii_case(b"localhost");
    let is_plain = parts.scheme.len() == b"http://".len() && parts.user.is_empty() && !is_other_port;
    let is_number = name.iter().all(u8::is_ascii_digit);
    (is_name && is_plain && !is_number).then(|| [b"www.", name, b".com"].concat().to_ascii_lowercase())
}

/// Whether it leads to another place of the same page or server, or is nothing at all.
fn is_within_page(address: &[u8]) -> bool {
    match address {
        [] | [_] | [b'#' | b'?', ..] => true,
        [b'/', second, ..] => *second != b'/',
        _ => false,
    }
}

/// An address of mail without what is to be written in it.
fn mail(address: &[u8]) -> Vec<u8> {
    let Some(at) = memchr(b'@', address) else { return address.to_vec() };
    let domain = address.get(at..).unwrap_or_default();
    let is_end = |at: &usize| {
        let here = domain.get(*at..).unwrap_or_default();
        matches!(here.first(), Some(b'?' | b'&')) || here.starts_with(b"%20")
    };
    let end = (0..domain.len()).find(is_end).unwrap_or(domain.len());
    address.get(..at + end).unwrap_or_default().to_vec()
}

/// `mailto:<me@example.org>` without its brackets.
fn unbracketed(address: &[u8]) -> Vec<u8> {
    let scheme = if begins_with(address, b"mailto:") { 7 } else { 0 };
    let (scheme, rest) = address.split_at_checked(scheme).unwrap_or((b"", address));
    let inner = rest.strip_prefix(b"<").and_then(|inner| inner.strip_suffix(b">"));
    inner.filter(|inner| inner.contains(&b'@')).map_or_else(|| address.to_vec(), |inner| [scheme, inner].concat())
}

/// An address of the web in its pieces.
struct Parts<'address> {
    /// With `://`.
    scheme: &'address [u8],
    /// What stands before the host, with its `@`; empty if there is nothing.
    user: &'address [u8],
    host: &'address [u8],
    /// With its colon; empty if there is none.
    port: &'address [u8],
    /// Everything behind, with the slash before it.
    path: &'address [u8],
}

impl<'address> Parts<'address> {
    fn of(address: &'address [u8]) -> Option<Self> {
        let scheme = ["http://", "https://"].into_iter().find(|scheme| begins_with(address, scheme.as_bytes()))?;
        let (scheme, rest) = address.split_at_checked(scheme.len())?;
        let end = rest.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#')).unwrap_or(rest.len());
        let (host, path) = rest.split_at_checked(end)?;
        let (user, host) = host.split_at_checked(memchr::memrchr(b'@', host).map_or(0, |at| at + 1))?;
        let (host, port) = host.split_at_checked(memchr(b':', host).unwrap_or(host.len()))?;
        Some(Self { scheme, user, host, port, path })
    }

    /// The address with another host, which nobody logs in to.
    fn with(&self, host: &[u8], port: &[u8]) -> Vec<u8> {
        [self.scheme, host, port, self.path].concat()
    }
}

fn is_number(host: &[u8]) -> bool {
    std::str::from_utf8(host).is_ok_and(|host| host.parse::<Ipv4Addr>().is_ok())
}

fn is_default_port(parts: &Parts<'_>) -> bool {
    match parts.port {
        b":80" => parts.scheme.len() == 7,
        b":443" => parts.scheme.len() == 8,
        _ => false,
    }
}

/// `mailto:` or an address of mail without it.
fn is_mail(address: &[u8]) -> bool {
    begins_with(address, b"mailto:")
        || address.iter().find(|byte| matches!(byte, b':' | b'@')).is_some_and(|byte| *byte == b'@')
}

pub(super) fn begins_with(text: &[u8], begin: &[u8]) -> bool {
    text.get(..begin.len()).is_some_and(|text| text.eq_ignore_ascii_case(begin))
}

/// The address with a scheme, slashes instead of backslashes, and what was needlessly encoded decoded.
fn plain(address: &[u8]) -> Vec<u8> {
    let mut plain = address.to_vec();
    plain.iter_mut().filter(|byte| **byte == b'\\').for_each(|byte| *byte = b'/');
    for scheme in [&b"http:"[..], b"https:"] {
        if begins_with(&plain, scheme) {
            let slashes =
                plain.get(scheme.len()..).unwrap_or_default().iter().take_while(|byte| **byte == b'/').count();
            let rest = plain.get(scheme.len() + slashes.min(2)..).unwrap_or_default();
            if slashes < 2 {
                plain = [plain.get(..scheme.len()).unwrap_or_default(), b"//", rest].concat();
            }
        }
    }
    if let Some(decoded) = percent_decoded(&plain) {
        plain = decoded;
    }
    if needs_scheme(&plain) {
        let scheme: &[u8] = if plain.starts_with(b"ftp.") { b"ftp://" } else { b"http://" };
        plain = [scheme, &plain].concat();
    }
    entities_decoded(with_slash(plain))
}

/// Whether a browser would put `http://` before it.
fn needs_scheme(address: &[u8]) -> bool {
    let is_scheme = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let end = address.iter().take_while(|byte| is_scheme(byte)).count();
    end == 0 || address.get(end) != Some(&b':')
}

/// With the slash that belongs between host and query.
fn with_slash(address: Vec<u8>) -> Vec<u8> {
    let Some(parts) = Parts::of(&address) else { return address };
    let host_end = address.len() - parts.path.len();
    if !parts.path.is_empty() && !parts.path.starts_with(b"/") && parts.scheme.len() < host_end {
        return [address.get(..host_end).unwrap_or_default(), b"/", parts.path].concat();
    }
    address
}

/// With printable characters decoded that are written `%41`, and the others encoded. `None` if nothing is written so.
pub(super) fn percent_decoded(address: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let escape = |text: &[u8]| {
        let code = digit(text.get(1)).zip(digit(text.get(2))).map(|(high, low)| high * 16 + low)?;
        u8::try_from(code).ok().filter(|_| text.first() == Some(&b'%'))
    };
    memchr::memchr_iter(b'%', address).find_map(|at| escape(address.get(at..)?))?;
    let mut out = Vec::with_capacity(address.len());
    let mut rest = address;
    while let Some((byte, after)) = rest.split_first() {
        rest = match (escape(rest), byte) {
            (Some(code @ 0x21..=0x7E), _) => {
                out.push(code);
                rest.get(3..)?
            }
            (Some(_), _) => {
                out.extend_from_slice(rest.get(..3)?);
                rest.get(3..)?
            }
            (None, b'%' | b'<' | b'>' | ..=b' ' | 0x7F..) => {
                out.extend_from_slice(format!("%{byte:02x}").as_bytes());
                after
            }
            (None, _) => {
                out.push(*byte);
                after
            }
        };
    }
    Some(out)
}

/// With printable characters decoded that are written `&#65;` or `&#x41;`.
fn entities_decoded(address: Vec<u8>) -> Vec<u8> {
    if !memchr::memchr_iter(b'&', &address).any(|at| address.get(at + 1) == Some(&b'#')) {
        return address;
    }
    let mut out = Vec::with_capacity(address.len());
    let mut rest = address.as_slice();
    while let Some((byte, after)) = rest.split_first() {
        if let Some((code @ 0x21..=0x7E, length)) = entity(rest) {
            out.push(code);
            rest = rest.get(length..).unwrap_or_default();
        } else {
            out.push(*byte);
            rest = after;
        }
    }
    out
}

/// The character of a numeric entity with its semicolon, and its length.
fn entity(text: &[u8]) -> Option<(u8, usize)> {
    let number = text.strip_prefix(b"&#")?;
    let length = number.iter().take(16).position(|byte| *byte == b';')?;
    let digits = std::str::from_utf8(number.get(..length)?).ok()?;
    let code = match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u8::from_str_radix(hex, 16),
        None => digits.parse(),
    };
    Some((code.ok()?, length + 3))
}

/// An address within the path of another.
fn inner(path: &[u8]) -> Option<Vec<u8>> {
    memchr::memchr2_iter(b'h', b'H', path).find_map(|begin| {
        let rest = path.get(begin..)?;
        let scheme = ["http:", "https:"].into_iter().find(|scheme| begins_with(rest, scheme.as_bytes()))?;
        let target = rest.get(..rest.iter().position(|byte| matches!(byte, b'&' | b'#')).unwrap_or(rest.len()))?;
        let host = target.get(scheme.len()..)?;
        let slashes = host.iter().take(2).take_while(|byte| **byte == b'/').count();
        (slashes < host.len()).then(|| target.to_vec())
    })
}

/// A host of other letters as the DNS has it.
fn ascii_host(host: &[u8]) -> Option<Vec<u8>> {
    let host = std::str::from_utf8(host).ok().filter(|host| !host.is_ascii())?;
    idna::domain_to_ascii(host).ok().map(String::into_bytes)
}
