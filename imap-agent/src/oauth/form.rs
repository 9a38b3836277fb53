//! Names and values as forms and addresses carry them (`application/x-www-form-urlencoded`).

use std::fmt::Write as _;

/// More than any answer of an issuer needs.
const MOST_FIELDS: usize = 50;

/// `a=1&b=2`.
pub(super) fn encoded(fields: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (name, value) in fields {
        if !text.is_empty() {
            text.push('&');
        }
        push(&mut text, name);
        text.push('=');
        push(&mut text, value);
    }
    text
}

/// The address with these fields behind what it asks already.
pub(super) fn with_query(address: &str, fields: &[(&str, &str)]) -> String {
    let between = if address.contains('?') { '&' } else { '?' };
    format!("{address}{between}{}", encoded(fields))
}

/// The first value of that name in a query; `None` if there is none, or it is no text.
pub(super) fn value(query: &str, name: &str) -> Option<String> {
    let pairs = query.split('&').take(MOST_FIELDS).map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let mut found = pairs.filter(|(key, _)| decoded(key).as_deref() == Some(name));
    found.next().and_then(|(_, value)| decoded(value))
}

fn push(text: &mut String, part: &str) {
    for byte in part.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            write!(text, "%{byte:02X}").ok();
        }
    }
}

fn decoded(part: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
                let (high, low) = (digit(rest.next())?, digit(rest.next())?);
                u8::try_from(high * 16 + low).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let text = encoded(&[("scope", "https://a.example/x y"), ("ä", "1&2=3+%")]);
        assert_eq!(text, "scope=https%3A%2F%2Fa.example%2Fx%20y&%C3%A4=1%262%3D3%2B%25");
        assert_eq!(value(&text, "ä").as_deref(), Some("1&2=3+%"));
        assert_eq!(value(&text, "scope").as_deref(), Some("https://a.example/x y"));
        assert_eq!(with_query("https://a.example/?p=1", &[("b", "2")]), "https://a.example/?p=1&b=2");
        assert_eq!(with_query("https://a.example/", &[("b", "2")]), "https://a.example/?b=2");
    }

    #[test]
    fn nonsense_is_nothing() {
        assert_eq!(value("code=%zz", "code"), None);
        assert_eq!(value("code=%2", "code"), None);
        assert_eq!(value("code=%ff", "code"), None);
        assert_eq!(value("", "code"), None);
        assert_eq!(value("code", "code").as_deref(), Some(""));
        assert_eq!(value(&"a=1&".repeat(100_000), "code"), None);
    }
}
