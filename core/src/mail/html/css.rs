//! Takes out of styles what loads or runs something, and leaves how things look.

use super::clean::{Target, target};

/// What is left of a style.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Style {
    pub(super) text: String,
    /// Remote things it would have loaded.
    pub(super) loads: u32,
    /// Programs it would have run, in the browsers that had such a thing.
    pub(super) scripts: u32,
}

/// What runs: expressions and behaviours of Internet Explorer, bindings of Mozilla, links that are programs.
const RUNS: [&str; 5] = ["expression", "behavior", "-moz-binding", "javascript:", "vbscript:"];

/// What loads without `url(`.
const LOADS: [&str; 6] = ["@import", "image(", "image-set(", "src(", "element(", "paint("];

/// A style sheet, or what stands in a `style` attribute.
pub(super) fn clean(written: &str) -> Style {
    let text = without(&without(written, "/*", "*/"), "<!--", "");
    let text = without(&text, "-->", "");
    let mut style = Style { text: String::with_capacity(text.len()), ..Style::default() };
    // A name or a function never reaches over one of these, so each piece stands alone.
    for piece in text.split_inclusive([';', '{', '}']) {
        let end = piece.trim_end_matches([';', '{', '}']).len();
        let (piece, delimiter) = piece.split_at_checked(end).unwrap_or((piece, ""));
        style.add(piece);
        style.text.push_str(delimiter);
    }
    // Whatever was taken out of its middle, the sheet does not end here.
    if style.text.contains("</") {
        style.text = style.text.replace('<', " ");
    }
    style
}

impl Style {
    fn add(&mut self, piece: &str) {
        let lower = unescape(piece).to_ascii_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
        if has(&RUNS) {
            // Office programs write this one around their drawings; it is their own.
            let is_office = lower.contains("#default#vml");
            self.scripts = self.scripts.saturating_add(u32::from(!is_office));
        } else if has(&LOADS) {
            self.loads = self.loads.saturating_add(1);
        } else if lower.contains("/*") {
            // Put together from what stood around a comment.
        } else if !lower.contains("url(") {
            self.text.push_str(piece);
        } else if piece.contains('\\') {
            self.loads = self.loads.saturating_add(1);
        } else {
            self.add_with_urls(piece, &lower);
        }
    }

    /// Puts `none` in place of each `url(…)` that is not in the message itself. `lower` is the same in lower case.
    fn add_with_urls(&mut self, piece: &str, lower: &str) {
        let mut from = 0;
        while let Some(start) = lower.get(from..).and_then(|rest| rest.find("url(")).map(|at| from + at) {
            let written = piece.get(start + 4..).unwrap_or_default();
            let length = url_length(written);
            let named = written.get(..length).unwrap_or(written);
            let kind = target(named.trim().trim_matches(['"', '\'']));
            self.text.push_str(piece.get(from..start).unwrap_or_default());
            from = (start + 4 + length + 1).min(piece.len());
            self.loads = self.loads.saturating_add(u32::from(kind == Target::Remote));
            let is_whole = length < written.len();
            if kind == Target::Inside && is_whole && !named.contains(['(', ')', '<']) {
                self.text.push_str(piece.get(start..from).unwrap_or_default());
            } else {
                self.text.push_str("none");
            }
        }
        self.text.push_str(piece.get(from..).unwrap_or_default());
    }
}

/// How long it is to the bracket that ends a `url(`.
fn url_length(written: &str) -> usize {
    let start = written.len() - written.trim_start().len();
    let after_quote = match written.as_bytes().get(start) {
        Some(&quote @ (b'"' | b'\'')) => {
            let inside = written.as_bytes().get(start + 1..).unwrap_or_default();
            memchr::memchr(quote, inside).map_or(written.len(), |end| start + end + 2)
        }
        _ => 0,
    };
    written.get(after_quote..).and_then(|rest| rest.find(')')).map_or(written.len(), |end| after_quote + end)
}

/// Drops everything from each `start` to the next `end`.
fn without(text: &str, start: &str, end: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, inside)) = rest.split_once(start) {
        out.push_str(before);
        rest = inside.split_once(end).map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    out
}

/// Undoes the escapes of CSS: `\75 rl` is `url` (CSS Syntax 3, 4.3.7).
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, escape)) = rest.split_once('\\') {
        out.push_str(before);
        let digits = escape.bytes().take(6).take_while(u8::is_ascii_hexdigit).count();
        let (code, after) = escape.split_at_checked(digits).unwrap_or(("", escape));
        rest = if code.is_empty() { after } else { after.strip_prefix([' ', '\t', '\n']).unwrap_or(after) };
        out.extend(u32::from_str_radix(code, 16).ok().and_then(char::from_u32));
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_stay_and_loads_go() {
        for (written, left, loads) in [
            (
                "color:red;background:#fff url(http://example.org/1.png) no-repeat",
                "color:red;background:#fff none no-repeat",
                1,
            ),
            ("background:URL( 'http://example.org/a)b;c' );color:red", "background:none;c' );color:red", 1),
            ("background:url(\"cid:1@x\")", "background:url(\"cid:1@x\")", 0),
            ("@import 'http://example.org/1.css'; p{color:red}", "; p{color:red}", 1),
            ("@import url(//example.org/1.css);p{}", ";p{}", 1),
            ("p{background:u\\72l(http://example.org/x)}q{margin:0}", "p{}q{margin:0}", 1),
            ("p{background:ur/**/l(http://example.org/x)}", "p{background:none}", 1),
            ("@\\69mport 'http://example.org/1.css';", ";", 1),
            (".a\\:b{content:\"\\201c\"}", ".a\\:b{content:\"\\201c\"}", 0),
            ("<!-- p{color:red} -->", " p{color:red} ", 0),
            ("@font-face{src:url(http://example.org/f.woff)}", "@font-face{src:none}", 1),
            ("background:url(http://example.org/never", "background:none", 1),
            ("background:image-set('http://example.org/1.png' 1x)", "", 1),
        ] {
            let style = clean(written);
            assert_eq!((style.text.as_str(), style.loads), (left, loads), "{written}");
        }
    }

    #[test]
    fn what_runs_goes() {
        for written in
            ["width:expression(alert(1))", "behavior:url(x.htc)", "-moz-binding:url(http://x/y)", "a:jAvascript:x"]
        {
            assert_eq!(clean(written), Style { text: String::new(), loads: 0, scripts: 1 }, "{written}");
        }
        assert_eq!(clean("v\\:* {behavior:url(#default#VML);}").scripts, 0);
    }

    #[test]
    fn a_sheet_cannot_end_its_element() {
        for written in ["a</st/**/yle><script>", "<</* */style>", "<<!--/style>", "a<;/style>"] {
            assert!(!clean(written).text.contains("</"), "{written}");
        }
    }
}
