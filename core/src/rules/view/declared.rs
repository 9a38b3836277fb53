//! `Content-Type` and `Content-Disposition`, taken apart as leniently as SpamAssassin does.

/// What a part says of its content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Declared {
    /// `text/html`, lower case.
    pub(crate) kind: String,
    pub(crate) charset: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) boundary: Option<Vec<u8>>,
}

impl Declared {
    /// Of a part that says nothing.
    pub(crate) fn nothing() -> Self {
        Self { kind: "text/plain".to_owned(), charset: Some("us-ascii".to_owned()), ..Self::default() }
    }

    /// Reads a decoded `Content-Type`.
    pub(crate) fn read(value: &[u8]) -> Self {
        if value.trim_ascii().is_empty() {
            return Self::nothing();
        }
        let kind = kind(value);
        if kind.starts_with("multipart/") {
            return Self { kind, boundary: boundary(value).map(<[u8]>::to_vec), ..Self::default() };
        }
        Self { kind, charset: parameter(value, b"charset").map(text), name: name(value), boundary: None }
    }
}

/// The file name a decoded `Content-Disposition` gives.
pub(crate) fn file_name(disposition: &[u8]) -> Option<String> {
    quoted(disposition, b"filename").filter(|name| !name.is_empty()).map(text)
}

/// The first word of a decoded `Content-Disposition`, lower case.
pub(crate) fn disposition(value: &[u8]) -> String {
    let word = value.split(|&byte| byte == b';' || byte.is_ascii_whitespace()).next().unwrap_or_default();
    text(word).to_ascii_lowercase()
}

/// The type. Texts other than HTML and calendars count as plain.
fn kind(value: &[u8]) -> String {
    let end = value.iter().position(|&byte| byte == b';' || byte.is_ascii_whitespace()).unwrap_or(value.len());
    let word = value.get(..end).unwrap_or_default();
    let is_known = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._+-".contains(byte);
    let word =
        String::from_utf8(word.iter().copied().filter(is_known).collect()).unwrap_or_default().to_ascii_lowercase();
    let mut pieces = word.splitn(3, '/');
    match (pieces.next().unwrap_or_default(), pieces.next()) {
        ("text", Some(form @ ("html" | "calendar"))) => format!("text/{form}"),
        ("text", _) => "text/plain".to_owned(),
        (kind, Some(form)) => format!("{kind}/{form}"),
        (kind, None) => kind.to_owned(),
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A parameter's value: all until a semicolon, without a quote at each end.
fn parameter<'value>(value: &'value [u8], name: &[u8]) -> Option<&'value [u8]> {
    let after = after_name(value, name)?;
    let end = memchr::memchr(b';', after).unwrap_or(after.len());
    let word = after.get(..end).unwrap_or_default();
    let is_quote = |byte: Option<&u8>| matches!(byte, Some(b'"' | b'\''));
    let word = if is_quote(word.first()) { word.get(1..).unwrap_or_default() } else { word };
    if is_quote(word.last()) { word.get(..word.len().saturating_sub(1)) } else { Some(word) }
}

/// A parameter's value: between double quotes, or all until a semicolon.
fn quoted<'value>(value: &'value [u8], name: &[u8]) -> Option<&'value [u8]> {
    let after = after_name(value, name)?;
    let (text, end) = after.strip_prefix(b"\"").map_or((after, b';'), |text| (text, b'"'));
    text.get(..memchr::memchr(end, text).unwrap_or(text.len()))
}

/// The boundary: between double quotes, or a word.
fn boundary(value: &[u8]) -> Option<&[u8]> {
    let after = after_name(value, b"boundary")?;
    let found = match after.strip_prefix(b"\"") {
        Some(text) => text.split(|&byte| byte == b'"').next(),
        None => after.split(|&byte| byte == b';' || byte.is_ascii_whitespace()).next(),
    };
    found.filter(|boundary| !boundary.is_empty())
}

/// What follows the `=` at the first place where the name stands as a word before one.
fn after_name<'value>(value: &'value [u8], name: &[u8]) -> Option<&'value [u8]> {
    let mut rest = value;
    let mut before = b' ';
    while let Some(at) = memchr::memchr2(name.first()?.to_ascii_lowercase(), name.first()?.to_ascii_uppercase(), rest) {
        before = at.checked_sub(1).and_then(|at| rest.get(at)).copied().unwrap_or(before);
        let found = rest.get(at..at + name.len()).is_some_and(|word| word.eq_ignore_ascii_case(name));
        let after = rest.get(at + name.len()..).unwrap_or_default();
        if found
            && !before.is_ascii_alphanumeric()
            && before != b'_'
            && let Some(value) = after.trim_ascii_start().strip_prefix(b"=")
        {
            return Some(value.trim_ascii_start());
        }
        before = rest.get(at).copied().unwrap_or(b' ');
        rest = rest.get(at + 1..).unwrap_or_default();
    }
    None
}

/// A name, whole or in the numbered pieces of RFC 2231.
fn name(value: &[u8]) -> Option<String> {
    if let Some(whole) = quoted(value, b"name") {
        return (!whole.is_empty()).then(|| text(whole));
    }
    let mut joined = Vec::new();
    for number in 0..MAX_PIECES {
        let Some(piece) = quoted(value, format!("name*{number}").as_bytes()) else { break };
        joined.extend_from_slice(piece);
    }
    (!joined.is_empty()).then(|| text(&joined))
}

/// Most pieces of a name that are put together.
const MAX_PIECES: usize = 50;

#[cfg(test)]
mod tests {
    use super::*;

    fn kind_of(value: &str) -> String {
        Declared::read(value.as_bytes()).kind
    }

    #[test]
    fn types_are_read_however_they_are_written() {
        assert_eq!(kind_of("TEXT/HTML; charset=x"), "text/html");
        assert_eq!(kind_of("\"text/html\"; charset=x"), "text/html");
        assert_eq!(kind_of("text"), "text/plain");
        assert_eq!(kind_of("text/plain/foo;charset=x"), "text/plain");
        assert_eq!(kind_of("text/rfc822-headers"), "text/plain");
        assert_eq!(kind_of("charset=x"), "charsetx");
        assert_eq!(kind_of("/; x"), "/");
        assert_eq!(Declared::read(b" "), Declared::nothing());
    }

    #[test]
    fn parameters_stand_anywhere() {
        let charset = |value: &str| Declared::read(value.as_bytes()).charset;
        assert_eq!(charset("text/plain charset=iso-8859-2;").as_deref(), Some("iso-8859-2"));
        assert_eq!(charset("text/plain; charset=utf-8; charset=koi8-r").as_deref(), Some("utf-8"));
        assert_eq!(charset("text/xml; charset='utf-8' (foo)").as_deref(), Some("utf-8' (foo)"));
        assert_eq!(charset("text/plain; charset=\"  utf-8 \"").as_deref(), Some("  utf-8 "));
        assert_eq!(charset("text/plain; charset=\"us-ascii\" ; x").as_deref(), Some("us-ascii\" "));
        assert_eq!(charset("text/plain"), None);
        assert_eq!(charset("multipart/mixed; charset=utf-8"), None);
    }

    #[test]
    fn boundaries_are_quoted_or_words() {
        let boundary = |value: &str| Declared::read(value.as_bytes()).boundary;
        assert_eq!(boundary("multipart/mixed; boundary=\"x x; y\"; x").as_deref(), Some(b"x x; y".as_slice()));
        assert_eq!(boundary("multipart/mixed; boundary=xx(foo) bar").as_deref(), Some(b"xx(foo)".as_slice()));
        assert_eq!(boundary("multipart/mixed; boundary=\"xx").as_deref(), Some(b"xx".as_slice()));
        assert_eq!(boundary("multipart/mixed; boundary='xx'").as_deref(), Some(b"'xx'".as_slice()));
        assert_eq!(boundary("multipart/mixed; boundary="), None);
    }

    #[test]
    fn names_are_whole_or_in_pieces() {
        let name = |value: &str| Declared::read(value.as_bytes()).name;
        assert_eq!(name("image/png; name*0=\"a b\"; name*1=\".png\"").as_deref(), Some("a b.png"));
        assert_eq!(name("text/plain;\tname = \"x.y\"").as_deref(), Some("x.y"));
        assert_eq!(file_name(b"attachment; filename=\"b\\\"c.gif\"").as_deref(), Some("b\\"));
        assert_eq!(file_name(b"attachment; filename=foo bar.png").as_deref(), Some("foo bar.png"));
        assert_eq!(file_name(b"attachment; filename*=utf-8''caf%C3%A9.png"), None);
        assert_eq!(file_name(b"attachment; filename*0=a; filename*1=b"), None);
    }
}
