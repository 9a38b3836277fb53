//! What rules ask about a message's text: the functions of SpamAssassin's `BodyEval`.

use std::borrow::Cow;

use super::{Eval, Scene};
use crate::rules::{book::EvalTest, view::View};

pub(super) const EVALS: &[Eval] = &[
    Eval { name: "check_body_length", run: |scene, test| count(is_short(scene, test)) },
    Eval { name: "check_blank_line_ratio", run: |scene, test| count(has_blank_lines(scene.view, test)) },
    Eval { name: "check_for_uppercase", run: |scene, test| count(is_loud(scene, test)) },
    Eval { name: "tvd_vertical_words", run: |scene, test| count(has_spaces(scene.view, test)) },
    Eval { name: "multipart_alternative_difference", run: |scene, test| count(differs(scene, test)) },
    Eval { name: "multipart_alternative_difference_count", run: |scene, test| count(has_more_text(scene, test)) },
];

fn count(holds: bool) -> u32 {
    u32::from(holds)
}

fn number(test: &EvalTest, at: usize) -> Option<f64> {
    test.arguments.get(at)?.trim().parse().ok()
}

/// Lengths are far below 2^52.
#[expect(clippy::cast_precision_loss, reason = "no message is that long")]
fn as_number(length: usize) -> f64 {
    length as f64
}

/// Whether what follows the header is shorter than that, as it came.
fn is_short(scene: &Scene<'_>, test: &EvalTest) -> bool {
    number(test, 0).is_some_and(|limit| as_number(scene.view.raw_content().len()) < limit)
}

/// The share of empty lines in the raw body: more than, up to, and how many lines there must be. Fewer have no share,
/// which is as good as none.
fn has_blank_lines(view: &View<'_>, test: &EvalTest) -> bool {
    let (Some(min), Some(max)) = (number(test, 0), number(test, 1)) else { return false };
    let least = number(test, 2).unwrap_or(0.0);
    let (mut lines, mut blank) = (0, 0);
    for line in view.rawbody().iter().flat_map(|chunk| chunk.split_inclusive(|&byte| byte == b'\n')) {
        lines += 1;
        blank += usize::from(line.trim_ascii().is_empty());
    }
    let share = if as_number(lines) < least { 0.0 } else { 100.0 * as_number(blank) / as_number(lines.max(1)) };
    (min <= 0.0 || min < share) && share <= max
}

/// The least text in which capitals say something.
const MIN_TEXT: usize = 200;

/// What names of charsets hold whose text is not written in the letters that are counted.
const OTHER_SCRIPTS: [&str; 12] = [
    "big5",
    "cp1251",
    "euc",
    "gb",
    "iso-2022-jp",
    "iso2022-jp",
    "iso-2022jp",
    "iso2022jp",
    "jis",
    "koi",
    "tis",
    "windows-1251",
];

/// Whether a charset is one of other scripts. Those of Unicode are of all.
fn is_of_other_script(charset: &str) -> bool {
    let charset = charset.to_ascii_lowercase();
    let is_name = charset.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    is_name && OTHER_SCRIPTS.iter().any(|script| charset.contains(script))
}

/// Whether the share of capitals is within the bounds.
fn is_loud(scene: &Scene<'_>, test: &EvalTest) -> bool {
    let (Some(min), Some(max)) = (number(test, 0), number(test, 1)) else { return false };
    scene.loudness().is_some_and(|share| min < share && (share <= max || 100.0 <= max))
}

/// The share of capitals among letters and digits, in lines of more than one word. Of mail that has parts in other
/// scripts nothing is said, nor of short texts.
pub(super) fn loudness(view: &View<'_>) -> Option<f64> {
    if view.parts().iter().any(|part| part.charset.as_deref().is_some_and(is_of_other_script)) {
        return None;
    }
    let (mut length, mut lower, mut upper) = (0, 0, 0);
    for line in view.body().iter().filter(|line| has_words(line) && !is_base64(line)) {
        let line = without_shifts(line);
        length += line.len();
        lower += counted(&line, |byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        upper += counted(&line, |byte| byte.is_ascii_uppercase());
    }
    (MIN_TEXT <= length).then(|| 100.0 * as_number(upper) / as_number((lower + upper).max(1)))
}

/// How many bytes are such: counted in small numbers first, so that the processor takes many bytes at once.
fn counted(text: &[u8], is_such: impl Fn(u8) -> bool) -> usize {
    let few = |piece: &[u8]| piece.iter().map(|byte| u8::from(is_such(*byte))).sum::<u8>();
    text.chunks(usize::from(u8::MAX)).map(|piece| usize::from(few(piece))).sum()
}

fn has_words(line: &[u8]) -> bool {
    line.trim_ascii().iter().any(u8::is_ascii_whitespace)
}

/// Two lines of base64 at the beginning.
fn is_base64(line: &[u8]) -> bool {
    let mut words = line.split(|&byte| byte == b' ');
    let is_digits = |word: &[u8]| {
        (60..=76).contains(&word.len()) && word.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(byte))
    };
    words.next().is_some_and(is_digits) && words.next().is_some_and(is_digits) && words.next().is_some()
}

/// Without what stands in Japanese of two bytes a character.
fn without_shifts(line: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'\x1b', line).is_none() {
        return Cow::Borrowed(line);
    }
    let mut out = Vec::with_capacity(line.len());
    let mut rest = line;
    while let Some(start) = memchr::memmem::find(rest, b"\x1b$B") {
        let Some(length) = rest.get(start..).and_then(|from| memchr::memmem::find(from, b"\x1b(B")) else { break };
        out.extend_from_slice(rest.get(..start).unwrap_or_default());
        rest = rest.get(start + length + 3..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    Cow::Owned(out)
}

/// Shortest line whose spaces are counted.
const MIN_LINE: usize = 6;

/// The largest share of spaces that a line has, in hundredths of its other characters.
fn has_spaces(view: &View<'_>, test: &EvalTest) -> bool {
    let (Some(min), Some(max)) = (number(test, 0), number(test, 1)) else { return false };
    let max = if 100.0 <= max { 101.0 } else { max };
    let shares = view.body().iter().filter(|line| MIN_LINE <= line.len()).map(|line| {
        let spaces = memchr::memchr_iter(b' ', line).count();
        let others = line.len() - spaces;
        if others < spaces || others == 0 { 100 } else { spaces * 100 / others }
    });
    shares.max().map(as_number).is_some_and(|share| min <= share && share < max)
}

/// A multipart of alternatives, of which one is HTML: how many different words each has, and how many the text lacks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Alternative {
    html: usize,
    text: usize,
    lacking: usize,
}

/// All of them.
pub(super) fn alternatives(view: &View<'_>) -> Vec<Alternative> {
    let parts = view.parts();
    let outer = parts.iter().enumerate().filter(|(_, part)| part.content_type.starts_with("multipart/alternative"));
    outer.filter_map(|(at, outer)| alternative(view, at, outer.depth)).collect()
}

fn alternative(view: &View<'_>, at: usize, depth: usize) -> Option<Alternative> {
    let within = view.parts().iter().enumerate().skip(at + 1).take_while(|(_, part)| depth < part.depth);
    let (mut html, mut texts) = (Vec::new(), Vec::new());
    for (at, part) in within.filter(|(_, part)| part.is_leaf && part.is_shown()) {
        let Some(page) = view.pages().iter().find(|page| page.part == at) else {
            texts.push(part.text());
            continue;
        };
        html.extend(words(&page.rendering.text));
        // A picture says something, too.
        if html.is_empty() && page.rendering.facts.open("img").is_some() {
            html.push(b"image");
        }
    }
    let mut text: Vec<&[u8]> = texts.iter().flat_map(|text| words(text)).collect();
    html.sort_unstable();
    text.sort_unstable();
    let same = |one: &&[u8], other: &&[u8]| one == other;
    let mut times = text.chunk_by(same).peekable();
    let mut lacking = 0;
    for of_html in html.chunk_by(same) {
        while times.next_if(|of_text| of_text.first() < of_html.first()).is_some() {}
        let found = times.peek().filter(|of_text| of_text.first() == of_html.first()).map_or(0, |found| found.len());
        lacking += usize::from(found < of_html.len());
    }
    let different = |words: &[&[u8]]| words.chunk_by(same).count();
    (!html.is_empty()).then(|| Alternative { html: different(&html), text: different(&text), lacking })
}

fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || !byte.is_ascii();
    text.split(u8::is_ascii_whitespace).filter(move |word| word.iter().any(is_letter))
}

/// The share of the HTML's words that the text lacks.
fn differs(scene: &Scene<'_>, test: &EvalTest) -> bool {
    let (Some(min), Some(max)) = (number(test, 0), number(test, 1)) else { return false };
    let share = |of: &Alternative| 100.0 * as_number(of.lacking) / as_number(of.html);
    scene.alternatives().iter().map(share).reduce(f64::max).is_some_and(|share| min <= share && share <= max)
}

/// Whether the text has that many times the words of an HTML that has more than so many.
fn has_more_text(scene: &Scene<'_>, test: &EvalTest) -> bool {
    let (Some(times), Some(least)) = (number(test, 0), number(test, 1)) else { return false };
    scene.alternatives().iter().any(|of| {
        let (html, text) = (as_number(of.html), as_number(of.text));
        least < html && times < text / html
    })
}

#[cfg(test)]
mod tests {
    use super::super::test_mail::holds;

    #[test]
    fn lengths_are_those_of_what_came() {
        assert!(holds("A: b\r\n\r\nx\r\n", "check_body_length", &["4"]));
        assert!(!holds("A: b\r\n\r\nx\r\n", "check_body_length", &["3"]));
    }

    #[test]
    fn empty_lines_are_counted() {
        let blank = |text: &str, min: &str, max: &str, least: &str| {
            holds(&format!("A: b\n\n{text}"), "check_blank_line_ratio", &[min, max, least])
        };
        assert!(blank("a\n\n\n\nb\n", "50", "60", "1") && !blank("a\n\n\n\nb\n", "60", "80", "1"));
        assert!(blank("a\nb\n", "0", "50", "1") && blank("\n\n\n\n\na\n", "80", "90", "4"));
        assert!(!blank("\n\n\n\n\na\n", "80", "90", "7"));
    }

    #[test]
    fn capitals_count_in_long_texts_of_more_than_a_word() {
        let text = |word: &str| format!("A: b\n\n{}", format!("{word} ").repeat(60));
        assert!(
            holds(&text("BUY now"), "check_for_uppercase", &["25", "50"])
                && !holds(&text("BUY now"), "check_for_uppercase", &["50", "75"])
        );
        assert!(holds(&text("BUY NOW"), "check_for_uppercase", &["75", "100"]));
        assert!(!holds("A: b\n\nBUY NOW", "check_for_uppercase", &["75", "100"]));
    }

    #[test]
    fn capitals_say_nothing_in_mail_of_other_scripts() {
        let text = "BUY NOW ".repeat(60);
        let parts = "Content-Type: multipart/mixed; boundary=xx\n\n--xx\n\n";
        for (raw, want) in [
            (format!("Content-Type: text/plain; charset=us-ascii\n\n{text}"), true),
            (format!("Content-Type: text/plain; charset=iso-8859-5\n\n{text}"), true),
            (format!("Content-Type: text/plain; charset=\"gb.x\"\n\n{text}"), true),
            (format!("Content-Type: text/plain; charset=\"GB2312\"\n\n{text}"), false),
            (format!("Content-Type: text/plain; charset=koi8-r\n\n{text}"), false),
            (format!("{parts}{text}\n--xx\nContent-Type: image/png; charset=big5\n\nx\n--xx--\n"), false),
        ] {
            assert_eq!(holds(&raw, "check_for_uppercase", &["75", "100"]), want, "{raw}");
        }
    }

    #[test]
    fn texts_without_spaces_are_found() {
        assert!(holds(
            "Subject: abcdefghijklmnopq\n\nabcdefghijklmnopqrstuvwxyz a\n",
            "tvd_vertical_words",
            &["0", "10"]
        ));
        assert!(!holds("Subject: abcdefghijklmnopq\n\na b c d\n", "tvd_vertical_words", &["0", "10"]));
    }

    fn alternatives(text: &str, html: &str) -> String {
        format!(
            "Content-Type: multipart/alternative; boundary=xx\n\n--xx\n\n{text}\n--xx\nContent-Type: text/html\n\n{html}\n--xx--\n"
        )
    }

    #[test]
    fn alternatives_that_say_different_things_are_found() {
        let differ = |text: &str, html: &str| {
            holds(&alternatives(text, html), "multipart_alternative_difference", &["99", "100"])
        };
        assert!(differ("good day", "<p>buy this"));
        assert!(!differ("buy now", "<p>buy this"));
        assert!(differ("good day", "<img src=x>"));
        assert!(!differ("good day", "<p>"));
    }

    #[test]
    fn alternatives_with_far_more_text_are_found() {
        let more = |text: &str, html: &str| {
            holds(&alternatives(text, html), "multipart_alternative_difference_count", &["3", "1"])
        };
        assert!(more("a b c d e f g", "<p>x y"));
        assert!(!more("a b c d e f", "<p>x y") && !more("a b c d", "<p>x"));
    }
}
