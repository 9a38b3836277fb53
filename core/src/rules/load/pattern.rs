//! A Perl pattern as it stands in a rule: `/text/i`, `m{text}`, `qr,text,`.

use super::line::escaped;
use crate::rules::book::Pattern;

/// What Perl lets stand after a pattern that only matches. `g`, `o`, `e` and others have no meaning here.
const FLAGS: &str = "msixxpaluncd";

/// A whole text that is one pattern. `Err` says why it is none.
pub(super) fn whole(text: &str, is_negated: bool) -> Result<Pattern, String> {
    let (open, body) = opened(text.trim_ascii())?;
    let close = closing(open);
    let Some((inside, flags)) = body.rsplit_once(close) else {
        return Err(format!("its pattern has no `{close}` at the end"));
    };
    if !are_flags(flags) {
        return Err("its pattern is followed by something that is no flag of a pattern".to_owned());
    }
    if open == '/' && has_bare(inside, '/') {
        return Err("its pattern has a `/` in it without a backslash".to_owned());
    }
    Ok(made(inside, flags, is_negated))
}

/// A pattern at the beginning of a text, and what follows it.
pub(super) fn leading(text: &str, is_negated: bool) -> Result<(Pattern, &str), String> {
    let (open, body) = opened(text.trim_ascii_start())?;
    let close = closing(open);
    let mut is_escaped = false;
    for (at, c) in body.char_indices() {
        let (inside, rest) = body.split_at_checked(at).unwrap_or((body, ""));
        let rest = rest.get(c.len_utf8()..).unwrap_or_default();
        if c == close && !is_escaped {
            let end = rest.find(|c: char| c.is_ascii_whitespace()).unwrap_or(rest.len());
            let (flags, rest) = rest.split_at_checked(end).unwrap_or((rest, ""));
            if are_flags(flags) {
                return Ok((made(inside, flags, is_negated), rest));
            }
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    Err(format!("its pattern has no `{close}` at the end"))
}

fn made(inside: &str, flags: &str, is_negated: bool) -> Pattern {
    Pattern { text: escaped(inside), flags: flags.to_owned(), is_negated }
}

/// The sign that begins the pattern, and what follows it.
fn opened(text: &str) -> Result<(char, &str), String> {
    let quoted = text.strip_prefix("qr").or_else(|| text.strip_prefix('m'));
    let body = quoted.unwrap_or(text);
    let open = body.chars().next();
    let is_sign = |c: &char| c.is_ascii_punctuation() && *c != '_' && (quoted.is_some() || *c == '/');
    let Some(open) = open.filter(is_sign) else { return Err("it has no pattern such as `/text/`".to_owned()) };
    Ok((open, body.get(open.len_utf8()..).unwrap_or_default()))
}

fn closing(open: char) -> char {
    match open {
        '(' => ')',
        '[' => ']',
        '{' => '}',
        '<' => '>',
        open => open,
    }
}

fn are_flags(text: &str) -> bool {
    text.chars().all(|c| FLAGS.contains(c))
}

/// Whether `sign` stands somewhere without a backslash before it.
fn has_bare(text: &str, sign: char) -> bool {
    let mut is_escaped = false;
    for c in text.chars() {
        if c == sign && !is_escaped {
            return true;
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_have_the_signs_of_perl() {
        for (text, inside, flags) in [
            ("/one/", "one", ""),
            ("/o\\/n/ism", "o\\/n", "ism"),
            ("m{o{1}ne}i", "o{1}ne", "i"),
            ("m{one}}", "one}", ""),
            ("m(o(n)e)", "o(n)e", ""),
            ("m<one>", "one", ""),
            ("m[one]", "one", ""),
            ("m#one#", "one", ""),
            ("m,^http://x,", "^http://x", ""),
            ("m!one!", "one", ""),
            ("m'one'", "one", ""),
            ("qr/one/xx", "one", "xx"),
            ("//", "", ""),
            ("/  one /", "  one ", ""),
            ("/caf\u{e9}/", "caf\\xE9", ""),
        ] {
            let want = Pattern { text: inside.to_owned(), flags: flags.to_owned(), is_negated: false };
            assert_eq!(whole(text, false), Ok(want), "{text}");
        }
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        let texts = [
            "",
            "one",
            "\"one\"",
            "/o/n/",
            "/one",
            "/one/ extra",
            "/one/g",
            "/one/e",
            "m{one",
            "maonea",
            "m_one_",
            "m ,one,",
            "=~ /one/",
            "m",
            "qr",
        ];
        for text in texts {
            assert!(whole(text, false).is_err(), "{text}");
        }
    }

    #[test]
    fn a_pattern_ends_before_what_follows() {
        let read = |text| leading(text, true).map(|(pattern, rest)| (pattern.text, pattern.flags, rest));
        let some = |text: &str, flags: &str, rest| Ok((text.to_owned(), flags.to_owned(), rest));
        assert_eq!(read("/x/ text =~ /y/"), some("x", "", " text =~ /y/"));
        assert_eq!(read(" m{a{1,2}b}i  raw"), some("a{1,2}b", "i", "  raw"));
        assert_eq!(read("/a\\/b c/i"), some("a\\/b c", "i", ""));
        assert!(read("/a").is_err());
    }
}
