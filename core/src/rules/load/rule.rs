//! Lines that define a rule: what stands after its name.

use super::{
    line::{escaped, spoken},
    pattern,
};
use crate::rules::book::{DetailTest, EvalTest, HeaderTest, Test};

/// Words that define a rule.
pub(super) const KINDS: &[&str] =
    &["header", "body", "rawbody", "uri", "full", "mimeheader", "uri_detail", "meta", "askdns"];

/// What can stand after a header's name and a colon.
const MODIFIERS: &[&str] = &["raw", "addr", "name", "host", "domain", "ip", "revip", "first", "last"];

/// What `uri_detail` can look at.
const DETAILS: &[&str] = &["raw", "type", "cleaned", "text", "domain", "host"];

/// Whether a rule can have this name.
pub(super) fn is_name(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// What a rule of this kind tests. `Err` says why it cannot be read.
pub(super) fn test(kind: &str, text: &str) -> Result<Test, String> {
    if let Some(call) = text.strip_prefix("eval:")
        && matches!(kind, "header" | "body" | "rawbody" | "full")
    {
        return eval(kind, call).map(Test::Eval);
    }
    match kind {
        "header" => header(text).map(Test::Header),
        "mimeheader" => mime_header(text).map(Test::MimeHeader),
        "body" => pattern::whole(text, false).map(Test::Body),
        "rawbody" => pattern::whole(text, false).map(Test::RawBody),
        "uri" => pattern::whole(text, false).map(Test::Uri),
        "full" => pattern::whole(text, false).map(Test::Full),
        "uri_detail" => details(text).map(Test::UriDetail),
        "askdns" if text.is_empty() => Err("it has no question".to_owned()),
        "askdns" => Ok(Test::AskDns(spoken(text))),
        // The expression is read when the names of all rules are known.
        _ if text.is_empty() => Err("it has no expression".to_owned()),
        _ => Ok(Test::Meta(spoken(text))),
    }
}

fn header(text: &str) -> Result<HeaderTest, String> {
    let Some(name) = text.strip_prefix("exists:") else { return matched_header(text) };
    let name = name.strip_suffix(':').unwrap_or(name);
    if !is_header(name) || name.contains(':') {
        return Err("what stands after `exists:` is no header".to_owned());
    }
    Ok(HeaderTest { header: name.to_owned(), pattern: None, if_unset: None })
}

fn mime_header(text: &str) -> Result<HeaderTest, String> {
    matched_header(text)
}

/// `From:addr =~ /pattern/ [if-unset: TEXT]`
fn matched_header(text: &str) -> Result<HeaderTest, String> {
    let end = text.find(|c: char| c.is_ascii_whitespace() || c == '=' || c == '!').unwrap_or(text.len());
    let (name, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    let name = name.strip_suffix(':').unwrap_or(name);
    if !is_header(name) {
        return Err("it names no header, or asks for a part of one that there is not".to_owned());
    }
    let rest = rest.trim_ascii_start();
    let (is_negated, rest) = match (rest.strip_prefix("=~"), rest.strip_prefix("!~")) {
        (Some(rest), _) => (false, rest),
        (_, Some(rest)) => (true, rest),
        _ => return Err("it has no `=~` or `!~` after the header".to_owned()),
    };
    let (rest, if_unset) = match unset(rest) {
        Some((rest, text)) => (rest, Some(text.to_owned())),
        None => (rest, None),
    };
    let pattern = pattern::whole(rest, is_negated)?;
    Ok(HeaderTest { header: name.to_owned(), pattern: Some(pattern), if_unset: if_unset.map(|text| spoken(&text)) })
}

/// What stands before `[if-unset: TEXT]`, and the text.
fn unset(text: &str) -> Option<(&str, &str)> {
    let (rest, unset) = text.strip_suffix(']')?.rsplit_once("[if-unset: ")?;
    (rest.ends_with(|c: char| c.is_ascii_whitespace()) && !unset.trim_ascii().is_empty()).then_some((rest, unset))
}

fn is_header(text: &str) -> bool {
    let mut parts = text.split(':');
    let name = parts.next().unwrap_or_default();
    let is_token = |c: char| c.is_ascii_graphic() && c != '(' && c != ')';
    !name.is_empty() && name.chars().all(is_token) && parts.all(|part| MODIFIERS.contains(&part))
}

/// `name('one', "two", 3)`
fn eval(target: &str, call: &str) -> Result<EvalTest, String> {
    let wrong = || "what stands after `eval:` is no call of a function".to_owned();
    let (function, rest) = call.split_once('(').ok_or_else(wrong)?;
    let inside = rest.strip_suffix(')').ok_or_else(wrong)?;
    if !is_name(function) {
        return Err(wrong());
    }
    Ok(EvalTest { target: target.to_owned(), function: function.to_owned(), arguments: arguments(inside) })
}

/// Arguments with quotes or without, and commas between. A quote ends an argument only where a comma or nothing follows.
fn arguments(text: &str) -> Vec<String> {
    let mut arguments = Vec::new();
    let mut rest = text.trim_ascii();
    while !rest.is_empty() {
        let (argument, left) = argument(rest);
        arguments.push(escaped(argument));
        rest = left.trim_ascii();
    }
    arguments
}

fn argument(text: &str) -> (&str, &str) {
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'));
    let Some(quote) = quote else {
        let (argument, rest) = text.split_once(',').unwrap_or((text, ""));
        return (argument.trim_ascii(), rest);
    };
    let inside = text.get(1..).unwrap_or_default();
    for (at, _) in inside.match_indices(quote) {
        let (argument, rest) = inside.split_at_checked(at).unwrap_or((inside, ""));
        let rest = rest.get(1..).unwrap_or_default().trim_ascii_start();
        if let Some(rest) = rest.strip_prefix(',').or_else(|| rest.is_empty().then_some("")) {
            return (argument, rest);
        }
    }
    (inside, "")
}

/// `domain =~ /x/ text !~ /y/`
fn details(text: &str) -> Result<Vec<DetailTest>, String> {
    let mut tests = Vec::new();
    let mut rest = text.trim_ascii();
    while let Some((key, is_negated, after)) = detail(rest) {
        let (pattern, left) = pattern::leading(after, is_negated)?;
        if !DETAILS.contains(&key) {
            return Err(format!("it asks for the `{key}` of a link, which there is not"));
        }
        tests.push(DetailTest { key: key.to_owned(), pattern });
        rest = left.trim_ascii();
    }
    if tests.is_empty() { Err("it has no condition such as `domain =~ /x/`".to_owned()) } else { Ok(tests) }
}

fn detail(text: &str) -> Option<(&str, bool, &str)> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')?;
    let (key, rest) = text.split_at_checked(end)?;
    let rest = rest.trim_ascii_start();
    let matched = rest.strip_prefix("=~").map(|rest| (key, false, rest));
    matched.or_else(|| rest.strip_prefix("!~").map(|rest| (key, true, rest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_with_all_that_they_can_have() {
        for (text, name, pattern, is_negated, unset) in [
            ("Subject =~ /hello/i", "Subject", "hello", false, None),
            ("Subject=~/hello/", "Subject", "hello", false, None),
            ("To: =~ /x/", "To", "x", false, None),
            ("From:addr:raw !~ m{x}", "From:addr:raw", "x", true, None),
            ("X-Foo =~ /a/ [if-unset: b c]", "X-Foo", "a", false, Some("b c")),
            ("X-Foo =~ /[a] [b]/", "X-Foo", "[a] [b]", false, None),
            ("Received:first:host =~ /x/", "Received:first:host", "x", false, None),
        ] {
            let got = header(text).unwrap();
            let found = got.pattern.unwrap();
            assert_eq!(
                (&*got.header, &*found.text, found.is_negated, got.if_unset.as_deref()),
                (name, pattern, is_negated, unset)
            );
        }
        let exists = |name: &str| Ok(HeaderTest { header: name.to_owned(), pattern: None, if_unset: None });
        assert_eq!(header("exists:To"), exists("To"));
        assert_eq!(header("exists:To:"), exists("To"));
        for text in [
            "exists: To",
            "exists:To:raw",
            "To /one/",
            "To = /one/",
            "Subject:foo =~ /x/",
            "Subject:RAW =~ /x/",
            "Subject : raw =~ /x/",
            "Subject =~ hello",
            "Subject =~ /x/ [if-unset:y]",
            "Subject =~ /x/[if-unset: y]",
            "Subject =~ /x/ [if-unset: y] z",
            "=~ /x/",
            "",
        ] {
            assert!(header(text).is_err(), "{text}");
        }
    }

    #[test]
    fn calls_have_arguments_with_and_without_quotes() {
        for (call, want) in [
            ("f()", &[][..]),
            ("f('To','1','2')", &["To", "1", "2"]),
            ("f(\"To\", 1, -2.5)", &["To", "1", "-2.5"]),
            ("f('T,o','1')", &["T,o", "1"]),
            ("f('T\\'o','1')", &["T\\'o", "1"]),
            ("f('To' '1')", &["To' '1"]),
            ("f('(a)', b|c)", &["(a)", "b|c"]),
            ("f('unclosed)", &["unclosed"]),
        ] {
            assert_eq!(eval("header", call).unwrap().arguments, want, "{call}");
        }
        for call in ["f", "f('a'", "f ('a')", " f('a')", "f('a') x", "('a')", "2f()"] {
            assert!(eval("header", call).is_err(), "{call}");
        }
        assert!(test("uri", "eval:f()").is_err());
    }

    #[test]
    fn a_link_can_have_to_meet_several_conditions() {
        let got = details("domain =~ /x/ text !~ m{y z}i  type =~ /^a$/ rest").unwrap();
        let read = |test: &DetailTest| (test.key.clone(), test.pattern.text.clone(), test.pattern.is_negated);
        let want = [("domain", "x", false), ("text", "y z", true), ("type", "^a$", false)];
        let want = want.map(|(key, text, is_negated)| (key.to_owned(), text.to_owned(), is_negated));
        assert_eq!(got.iter().map(read).collect::<Vec<_>>(), want);
        for text in ["", "domain", "foo =~ /x/", "domain =~ x", "domain =~ /x"] {
            assert!(details(text).is_err(), "{text}");
        }
    }

    #[test]
    fn names_are_letters_digits_and_low_lines() {
        assert!(["A", "__a1", "_", "lower_case"].into_iter().all(is_name));
        assert!(!["", "9A", "A-B", "A.B", "Ö"].into_iter().any(is_name));
    }
}
