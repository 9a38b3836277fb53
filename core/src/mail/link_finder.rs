//! Finds links in plain text: `scheme://…`, `mailto:…`, `www.…`, and bare names under a public suffix.

use std::ops::Range;

use super::{
    Domain, decode,
    url::{Url, UrlSource},
};

/// A word longer than this is not looked at beyond it.
const MAX_WORD_BYTES: usize = 4096;

/// Schemes that are links in text. `hxxp` is not: it is written so as not to be one.
const SCHEMES: [&str; 4] = ["http", "https", "ftp", "ftps"];

/// Suffixes that are more often file extensions than domains when nothing else says "link".
const EXTENSIONS: [&str; 17] =
    ["ai", "cc", "gz", "lib", "md", "mov", "pl", "pm", "prof", "ps", "py", "rs", "sh", "so", "st", "zip", "app"];

/// The links in `text`, in order.
pub(super) fn find(text: &str) -> Vec<Url> {
    places(text).into_iter().map(|(_, url)| url).collect()
}

/// The links in `text` and where they stand, in order.
pub(super) fn places(text: &str) -> Vec<(Range<usize>, Url)> {
    let mut found = Vec::new();
    // Links hold no white space and no brackets of this kind, so each piece between them stands alone.
    // Most words have neither a dot nor a colon, and are not looked at.
    let mut done = 0;
    for mark in memchr::memchr2_iter(b'.', b':', text.as_bytes()) {
        if mark < done {
            continue;
        }
        // A dot or a colon that ends a word, as most do, and is the only one in it, makes no link.
        if text.as_bytes().get(mark + 1).is_none_or(u8::is_ascii_whitespace) {
            done = mark + 1;
            continue;
        }
        let begin = done + last_end(text.get(done..mark).unwrap_or_default());
        let rest = text.get(begin..).unwrap_or_default();
        let word = rest.get(..first_end(rest)).unwrap_or_default();
        done = begin + word.len();
        if let Some((at, link, url)) = find_in_word(decode::split_at_most(word, MAX_WORD_BYTES).0) {
            found.push((begin + at..begin + at + link.len(), url));
        }
    }
    found
}

/// Where the last character ends that no link contains.
fn last_end(text: &str) -> usize {
    let bytes = text.as_bytes();
    match bytes.iter().rposition(|byte| may_end(*byte)) {
        None => 0,
        Some(at) if bytes.get(at).is_some_and(u8::is_ascii) => at + 1,
        Some(_) => text.char_indices().rev().find(|(_, c)| ends_link(*c)).map_or(0, |(at, c)| at + c.len_utf8()),
    }
}

/// Where the first one begins.
fn first_end(text: &str) -> usize {
    let bytes = text.as_bytes();
    match bytes.iter().position(|byte| may_end(*byte)) {
        None => text.len(),
        Some(at) if bytes.get(at).is_some_and(u8::is_ascii) => at,
        Some(_) => text.find(ends_link).unwrap_or(text.len()),
    }
}

/// Bytes of which the characters may consist that no link contains.
fn may_end(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | b' ' | b'<' | b'>' | b'"' | b'`' | b'|' | b'{' | b'}' | 0x80..)
}

/// Characters no link contains.
fn ends_link(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '<' | '>' | '"' | '`' | '|' | '{' | '}' | '«' | '»')
        || matches!(c, '\u{2010}'..='\u{201f}' | '\u{3000}'..='\u{3001}' | '\u{3008}'..='\u{301f}' | '，' | '（' | '）')
}

/// The link in a word, if there is one: where it begins, how it stands there, and what it is.
fn find_in_word(word: &str) -> Option<(usize, &str, Url)> {
    let mut rest = word;
    while let Some(at) = scheme_end(rest) {
        let (before, after) = rest.split_at_checked(at).unwrap_or((rest, ""));
        let start = before.rfind(|c: char| !c.is_ascii_alphabetic()).map_or(0, |last| next_char(before, last));
        let scheme = before.get(start..).unwrap_or_default();
        if SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
            // A link may contain another one; what follows the first belongs to it.
            let link = trim_end(before_brackets(rest.get(start..).unwrap_or_default()));
            return Some((word.len() - rest.len() + start, link, Url::parse(link, UrlSource::Text)?));
        }
        rest = after.get(3..).unwrap_or_default();
    }
    if rest.len() == word.len() { bare(word) } else { None }
}

/// Where `://` stands.
fn scheme_end(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b':', bytes).find(|at| bytes.get(*at..).is_some_and(|rest| rest.starts_with(b"://")))
}

fn next_char(text: &str, at: usize) -> usize {
    at + text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8)
}

/// Square brackets belong to an IPv6 address, not to a path: `http://example.org[image]`.
fn before_brackets(link: &str) -> &str {
    let is_bracket = |c: char| c == '[' || c == ']';
    let first = memchr::memchr2(b'[', b']', link.as_bytes()).unwrap_or(link.len());
    let (head, tail) = link.split_at_checked(first).unwrap_or((link, ""));
    if !head.ends_with("://") && !head.ends_with('@') {
        return head;
    }
    let address = tail.find(']').map_or(tail.len(), |end| end + 1);
    let after = tail.get(address..).unwrap_or_default();
    let length = first + address + after.find(is_bracket).unwrap_or(after.len());
    link.get(..length).unwrap_or(link)
}

/// A link without `://`.
fn bare(word: &str) -> Option<(usize, &str, Url)> {
    let begun = word.trim_start_matches(|c: char| !c.is_alphanumeric());
    let (at, word) = (word.len() - begun.len(), trim_end(begun));
    // The dot was the end of a sentence.
    word.contains(['.', ':']).then_some(())?;
    let lower_start = word.get(..7).map(str::to_ascii_lowercase);
    if lower_start.as_deref() == Some("mailto:") {
        return Some((at, word, Url::parse(word, UrlSource::Text)?));
    }
    let end = word.find(['/', '?', '#', ':']).unwrap_or(word.len());
    let (host, path) = word.split_at_checked(end)?;
    let has_prefix = lower_start.is_some_and(|start| start.starts_with("www."));
    let is_candidate = !host.contains(['@', '=', '_', '\\', '%', '&']) && host.contains('.');
    (is_candidate && (has_prefix || !path.is_empty() || is_surely_host(host))).then_some(())?;
    let url = Url::parse(&format!("http://{word}"), UrlSource::Text)?;
    url.domain().is_some_and(Domain::has_known_suffix).then(|| (at, word, Url { written: word.to_owned(), ..url }))
}

/// `word.Next` is a missing blank, `notes.md` a file.
fn is_surely_host(host: &str) -> bool {
    let Some((_, suffix)) = host.rsplit_once('.') else { return false };
    let is_shouted = !host.contains(char::is_lowercase);
    let has_case = suffix.contains(char::is_uppercase) && !is_shouted;
    !has_case && !EXTENSIONS.contains(&suffix.to_ascii_lowercase().as_str())
}

/// Drops punctuation that ends a sentence, not a link, and brackets that were opened before it.
fn trim_end(link: &str) -> &str {
    let count = |wanted| memchr::memchr_iter(wanted, link.as_bytes()).count();
    let mut round = count(b')').saturating_sub(count(b'('));
    link.trim_end_matches(|last| match last {
        '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '。' | '！' | '？' => true,
        ')' if 0 < round => {
            round -= 1;
            true
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_without_what_stands_around_them() {
        let text = "See (http://example.org/a_(b)), <https://www.example.org/?q=1>, \"ftp://example.net\"; or www.example.com.";
        assert_eq!(
            written(text),
            ["http://example.org/a_(b)", "https://www.example.org/?q=1", "ftp://example.net", "www.example.com"]
        );
    }

    #[test]
    fn bare_names_need_a_public_suffix() {
        assert_eq!(
            written("visit example.com/offer or shop.example.co.uk today"),
            ["example.com/offer", "shop.example.co.uk"]
        );
        assert_eq!(written("report.docx v1.2.3 e.g. end.It notes.md bob@example.org 12:30 a.b"), [""; 0]);
        assert_eq!(written("see notes.zip/x and EXAMPLE.COM"), ["notes.zip/x", "EXAMPLE.COM"]);
    }

    #[test]
    fn unknown_schemes_are_no_links() {
        assert_eq!(written("hxxp://example.org foo://example.org"), [""; 0]);
        assert_eq!(
            written("x=http://example.org/?u=http://example.net/"),
            ["http://example.org/?u=http://example.net/"]
        );
        assert_eq!(
            written("http://example.org/1[image: x] [http://[2001:db8::1]/]."),
            ["http://example.org/1", "http://[2001:db8::1]/"]
        );
        assert_eq!(written("mailto:bob@example.org."), ["mailto:bob@example.org"]);
    }

    #[test]
    fn links_in_other_scripts_end_at_their_punctuation() {
        assert_eq!(written("请访问http://example.org/路径，谢谢。"), ["http://example.org/路径"]);
        assert_eq!(written("“http://bücher.example”"), ["http://bücher.example"]);
    }

    fn written(text: &str) -> Vec<String> {
        find(text).into_iter().map(|url| url.written).collect()
    }
}
