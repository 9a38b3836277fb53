//! What rules ask about a message's parts: the functions of SpamAssassin's `MIMEEval`.

use super::Eval;
use crate::rules::{
    book::EvalTest,
    view::{Part, View},
};

pub(super) const EVALS: &[Eval] = &[
    Eval { name: "check_for_mime", run: |scene, test| count(has_property(scene.view, argument(test, 0))) },
    Eval { name: "check_for_mime_html", run: |scene, _| count(scene.view.leaves().any(is_html)) },
    Eval { name: "check_for_mime_html_only", run: |scene, _| count(is_html_only(scene.view)) },
    Eval { name: "check_mime_multipart_ratio", run: |scene, test| count(is_text_share(scene.view, test)) },
    Eval { name: "check_msg_parse_flags", run: |scene, test| count(has_flag(scene.view, argument(test, 0))) },
    Eval { name: "check_for_ascii_text_illegal", run: |scene, _| count(scene.view.leaves().any(is_no_ascii)) },
    Eval { name: "check_abundant_unicode_ratio", run: |scene, test| count(is_spelled_out(scene.view, test)) },
    Eval { name: "check_ma_non_text", run: |scene, _| count(has_odd_alternative(scene.view)) },
    Eval { name: "check_base64_length", run: |scene, test| count(has_base64_line(scene.view, test)) },
    Eval { name: "check_qp_ratio", run: |scene, test| count(is_mostly_escapes(scene.view, test)) },
];

fn count(holds: bool) -> u32 {
    u32::from(holds)
}

fn argument(test: &EvalTest, at: usize) -> &str {
    test.arguments.get(at).map(String::as_str).unwrap_or_default()
}

fn number(test: &EvalTest, at: usize) -> Option<f64> {
    argument(test, at).trim().parse().ok()
}

fn is_html(part: &Part<'_>) -> bool {
    part.content_type == "text/html"
}

fn is_plain(part: &Part<'_>) -> bool {
    part.content_type == "text/plain"
}

fn is_base64(part: &Part<'_>) -> bool {
    part.encoding.contains("base64")
}

fn is_quoted(part: &Part<'_>) -> bool {
    part.encoding.contains("quoted-printable")
}

fn is_html_only(view: &View<'_>) -> bool {
    view.leaves().any(is_html) && !view.leaves().any(|part| part.content_type.starts_with("text/") && !is_html(part))
}

fn has_property(view: &View<'_>, name: &str) -> bool {
    let parts = view.parts();
    match name {
        "mime_base64_count" => parts.iter().any(is_base64),
        "mime_base64_encoded_text" => view.leaves().any(is_hidden_text),
        "mime_body_html_count" => view.leaves().any(is_html),
        "mime_body_text_count" => view.leaves().any(is_plain),
        "mime_attachment" => parts.iter().any(|part| part.header("Content-Disposition").is_some_and(says_attachment)),
        "mime_qp_count" => parts.iter().filter(|part| is_quoted(part)).any(has_needless_escapes),
        "mime_qp_long_line" => view.leaves().filter(|part| is_quoted(part)).any(has_long_line),
        "mime_bad_iso_charset" => view.leaves().any(has_bad_charset),
        "mime_multipart_alternative" => parts.iter().any(is_alternative),
        "mimepart_limit_exceeded" => view.oddities().has_too_many_parts,
        "mime_ascii_text_illegal" => view.leaves().any(is_no_ascii),
        _ => false,
    }
}

fn says_attachment(disposition: &[u8]) -> bool {
    let word = b"attachment";
    disposition.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word))
}

fn is_alternative(part: &Part<'_>) -> bool {
    part.content_type.starts_with("multipart/alternative")
}

/// Text that could be read as it is but is written in base64.
fn is_hidden_text(part: &Part<'_>) -> bool {
    let is_ascii = part.charset.as_deref().is_none_or(|name| {
        let name = name.to_ascii_lowercase();
        ["us", "ascii", "ansi_x3.4-1968", "ansi_x3.4-1986", "iso-ir-6", "iso_646.irv:1991", "ibm367", "cp367"]
            .iter()
            .any(|known| name.contains(known))
    });
    let is_text = part.content_type.starts_with("text/");
    is_text && is_base64(part) && is_ascii && !matches!(part.disposition.as_str(), "attachment" | "inline")
}

/// Longest line of quoted-printable with its line end that is no sign of anything.
const MAX_QUOTED_LINE: usize = 79;

fn has_long_line(part: &Part<'_>) -> bool {
    let raw = part.raw();
    raw.split_inclusive(|&byte| byte == b'\n').any(|line| MAX_QUOTED_LINE < line.len() && !line.starts_with(b"SPAM: "))
}

/// Whether something is escaped that need not be, or there is nothing at all.
fn has_needless_escapes(part: &Part<'_>) -> bool {
    let raw = part.raw();
    if !part.is_leaf || raw.is_empty() {
        return true;
    }
    raw.split(|&byte| byte == b'\n').any(|line| 0 < needless_escapes(line))
}

/// Escapes of printable characters; of blanks those count that are not at the end.
fn needless_escapes(line: &[u8]) -> usize {
    let is_needless = |escape: &&[u8]| match escape {
        [b'=', b'0', b'9'] => true,
        [b'=', b'3', low] => low.is_ascii_digit() || b"ABCEF".contains(low),
        [b'=', b'2' | b'4' | b'5' | b'6', low] => low.is_ascii_digit() || (b'A'..=b'F').contains(low),
        [b'=', b'7', low] => low.is_ascii_digit() || (b'A'..=b'E').contains(low),
        _ => false,
    };
    let found = line.windows(3).filter(is_needless).count();
    if found == 0 {
        return 0;
    }
    let mut tail = line.trim_ascii_end();
    let mut at_end = 0;
    while let Some(rest) = tail.strip_suffix(b"=20").or_else(|| tail.strip_suffix(b"=09")) {
        tail = rest;
        at_end += 1;
    }
    found.saturating_sub(at_end)
}

/// A charset that begins like one of ISO and is none.
fn has_bad_charset(part: &Part<'_>) -> bool {
    let Some(name) = part.charset.as_deref().map(str::to_ascii_lowercase) else { return false };
    let Some(rest) = name.find("iso-").and_then(|at| name.get(at + 4..)) else { return false };
    let number = rest.strip_prefix("8859-").unwrap_or_default();
    let is_known =
        number.starts_with(|c: char| c.is_ascii_digit()) || rest.starts_with("2022-jp") || rest.starts_with("2022-kr");
    rest.contains('-') && !is_known
}

/// How long the plain text is against the HTML, where they are alternatives.
fn is_text_share(view: &View<'_>, test: &EvalTest) -> bool {
    let (Some(min), Some(max)) = (number(test, 0), number(test, 1)) else { return false };
    if !view.parts().iter().any(is_alternative) {
        return false;
    }
    // Of several the last counts.
    let last = |wanted: fn(&Part<'_>) -> bool| view.leaves().filter(|part| wanted(part)).last();
    let (Some(text), Some(html)) = (last(is_plain), last(is_html)) else { return false };
    let share = as_number(text.raw().len()) / as_number(html.raw().len().max(1));
    min <= share && share < max
}

/// Lengths are far below 2^52.
#[expect(clippy::cast_precision_loss, reason = "no message is that long")]
fn as_number(length: usize) -> f64 {
    length as f64
}

fn has_flag(view: &View<'_>, name: &str) -> bool {
    let oddities = view.oddities();
    match name {
        "missing_head_body_separator" => oddities.lacks_separator,
        "truncated_header" => oddities.is_header_cut,
        "missing_mime_head_body_separator" => oddities.lacks_part_separator,
        "missing_mime_headers" => oddities.lacks_part_headers,
        "mime_epilogue_exists" => oddities.has_epilogue,
        _ => false,
    }
}

/// Plain text that says it is ASCII, by default at least, and is not, or has zeros or single carriage returns.
fn is_no_ascii(part: &Part<'_>) -> bool {
    let is_declared =
        part.charset.as_deref().is_none_or(|name| name.eq_ignore_ascii_case("us-ascii") || name.is_empty());
    let is_illegal = |byte: &u8| !byte.is_ascii() || matches!(byte, 0 | b'\r');
    is_plain(part) && is_declared && !is_base64(part) && !is_quoted(part) && part.raw().iter().any(is_illegal)
}

/// Plain text that is full of `&#x4E2D;`, which nobody decodes: their number against everything else.
fn is_spelled_out(view: &View<'_>, test: &EvalTest) -> bool {
    const WIDTH: usize = "&#x4E2D;".len();
    let Some(min) = number(test, 0) else { return false };
    let mut plain = view.leaves().filter(|part| is_plain(part) && !is_base64(part) && !is_quoted(part));
    plain.any(|part| {
        let raw = part.raw();
        let is_digit = |byte: &u8| byte.is_ascii_digit() || (b'A'..=b'F').contains(byte);
        let spelled = memchr::memmem::find_iter(&raw, b"&#x")
            .filter(|at| match raw.get(at + 3..at + WIDTH) {
                Some([digits @ .., b';']) => digits.iter().all(is_digit),
                Some(_) | None => false,
            })
            .count();
        let others = raw.len().saturating_sub(spelled * WIDTH);
        0 < spelled && min <= as_number(spelled) / as_number(others.max(1))
    })
}

/// Alternatives that are no text, no message and no multipart.
fn has_odd_alternative(view: &View<'_>) -> bool {
    let parts = view.parts();
    parts.iter().enumerate().filter(|(_, part)| is_alternative(part)).any(|(at, outer)| {
        let within = parts.iter().skip(at + 1).take_while(|part| outer.depth < part.depth);
        let mut direct = within.filter(|part| part.depth == outer.depth + 1 && part.is_leaf);
        direct.any(|part| !part.content_type.starts_with("text/") && part.content_type != "application/rtf")
    })
}

/// A line of base64 that is this long with its line end.
fn has_base64_line(view: &View<'_>, test: &EvalTest) -> bool {
    let Some(min) = number(test, 0) else { return false };
    let max = number(test, 1).unwrap_or(f64::INFINITY);
    view.leaves().filter(|part| is_base64(part)).any(|part| {
        let raw = part.raw();
        raw.split(|&byte| byte == b'\n').any(|line| {
            let length = as_number(line.len() + 1);
            !line.is_empty() && min <= length && length <= max
        })
    })
}

/// The share of quoted-printable that is escapes.
fn is_mostly_escapes(view: &View<'_>, test: &EvalTest) -> bool {
    let Some(min) = number(test, 0) else { return false };
    let (mut escapes, mut bytes) = (0, 0);
    for part in view.leaves().filter(|part| is_quoted(part)) {
        let raw = part.raw();
        bytes += raw.len();
        escapes += raw.split(|&byte| byte == b'\n').map(needless_escapes).sum::<usize>();
    }
    0 < bytes && min <= as_number(escapes) / as_number(bytes)
}

#[cfg(test)]
mod tests {
    use super::super::test_mail::holds;

    const BASE64: &str = "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n";
    const QUOTED: &str = "Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\n";

    #[test]
    fn properties_of_parts_are_known() {
        let mime = |raw: &str, name: &str| holds(raw, "check_for_mime", &[name]);
        assert!(mime(BASE64, "mime_base64_count") && mime(BASE64, "mime_base64_encoded_text"));
        let shown = BASE64.replace("text/plain", "text/plain; charset=utf-8");
        assert!(!mime(&shown, "mime_base64_encoded_text"));
        assert!(mime("Content-Disposition: Attachment; filename=a\n\nx", "mime_attachment"));
        assert!(mime("Content-Type: text/plain; charset=iso-10646-1\n\nx", "mime_bad_iso_charset"));
        assert!(!mime("Content-Type: text/plain; charset=iso-8859-15\n\nx", "mime_bad_iso_charset"));
        assert!(!mime(BASE64, "something else"));
    }

    #[test]
    fn needless_escapes_are_found() {
        let quoted = |text: &str| holds(&format!("{QUOTED}{text}\n"), "check_for_mime", &["mime_qp_count"]);
        assert!(quoted("a=41b") && quoted("a=20b"));
        assert!(!quoted("a=3Db=E9") && !quoted("> =20=20"));
    }

    #[test]
    fn lines_are_measured_with_their_ends() {
        let long = |length: usize| {
            holds(&format!("{QUOTED}{}\n", "x".repeat(length)), "check_for_mime", &["mime_qp_long_line"])
        };
        assert_eq!((long(78), long(79)), (false, true));
        let base64 = |length: usize, arguments: &[&str]| {
            holds(&format!("{BASE64}{}\n", "x".repeat(length)), "check_base64_length", arguments)
        };
        assert_eq!(
            (base64(76, &["78", "79"]), base64(77, &["78", "79"]), base64(79, &["78", "79"])),
            (false, true, false)
        );
        assert_eq!((base64(77, &["79"]), base64(78, &["79"])), (false, true));
    }

    #[test]
    fn html_alone_and_html_with_little_text_are_told_apart() {
        assert!(holds("Content-Type: text/html\n\nx", "check_for_mime_html_only", &[]));
        let both = |text: &str| {
            let html = "<b>".repeat(200);
            format!(
                "Content-Type: multipart/alternative; boundary=xx\n\n--xx\n\n{text}\n--xx\nContent-Type: text/html\n\n{html}\n--xx--\n"
            )
        };
        assert!(!holds(&both("x"), "check_for_mime_html_only", &[]) && holds(&both("x"), "check_for_mime_html", &[]));
        assert!(holds(&both("x"), "check_mime_multipart_ratio", &["0.00", "0.01"]));
        assert!(!holds(&both("xxxxxxx"), "check_mime_multipart_ratio", &["0.00", "0.01"]));
    }

    #[test]
    fn characters_spelled_out_are_counted_against_the_rest() {
        let spelled = |text: &str, min: &str| {
            holds(&format!("Content-Type: text/plain\n\n{text}\n"), "check_abundant_unicode_ratio", &[min])
        };
        assert!(spelled(&"&#x4E2D;".repeat(10), "0.5") && spelled(&format!("{}&#x4E2D;", "x".repeat(41)), "0.02"));
        assert!(!spelled(&format!("{}&#x4E2D;", "x".repeat(300)), "0.02") && !spelled(&"&#x4e2d;".repeat(10), "0.02"));
    }

    #[test]
    fn alternatives_that_are_no_text_are_found() {
        let odd = |kind: &str| {
            let raw = format!(
                "Content-Type: multipart/alternative; boundary=xx\n\n--xx\nContent-Type: {kind}\n\nx\n--xx--\n"
            );
            holds(&raw, "check_ma_non_text", &[])
        };
        assert!(odd("image/png") && odd("application/pdf") && odd("message/foo"));
        assert!(!odd("text/calendar") && !odd("message/rfc822") && !odd("application/rtf"));
        assert!(!odd("multipart/related; boundary=yy"));
    }

    #[test]
    fn ascii_that_is_none_is_found() {
        let illegal =
            |kind: &str| holds(&format!("Content-Type: {kind}\n\n\u{e9}"), "check_for_ascii_text_illegal", &[]);
        assert!(illegal("text/plain") && illegal("text/plain; charset=US-ASCII"));
        assert!(!illegal("text/plain; charset=utf-8") && !illegal("text/html"));
    }
}
