//! Codes drawn with block characters, or with the cells of a table, so that there is no picture to look at.

use super::Bits;

/// Fewest blocks, or cells, that can be a code: 21 × 21 fields, of which a third is dark.
const FEWEST_BLOCKS: usize = 70;

/// Fewest cells of a table that can be a code.
const FEWEST_CELLS: usize = 441;

/// Bytes of a page that are looked at.
const MAX_BYTES: usize = 512 * 1024;

/// Fewest and most lines of a code; the quiet zone included.
const LINES: std::ops::RangeInclusive<usize> = 10..=200;

/// Most signs of a line.
const MAX_COLUMNS: usize = 400;

/// Points that a field is drawn with, and light ones around all.
const FIELD: usize = 4;

/// A code drawn in a text or page, as points.
pub(super) fn bits(text: &str, is_html: bool) -> Option<Bits> {
    let text = crate::mail::decode::split_at_most(text, MAX_BYTES).0;
    let has_blocks = || FEWEST_BLOCKS <= blocks(text) || is_html && FEWEST_BLOCKS <= references(text);
    let has_cells = || is_html && FEWEST_CELLS <= memchr::memmem::find_iter(text.as_bytes(), b"<td").count();
    (has_blocks() || has_cells()).then_some(())?;
    let drawing = if is_html { of_page(text) } else { text.to_owned() };
    longest(&drawing).map(|lines| paint(&lines))
}

/// How many of the first block characters, `▀` to `█`, a text has: all begin with the same two bytes.
fn blocks(text: &str) -> usize {
    memchr::memmem::find_iter(text.as_bytes(), &[0xe2, 0x96]).take(FEWEST_BLOCKS).count()
}

/// How often a page names a block by its number.
fn references(text: &str) -> usize {
    memchr::memmem::find_iter(text.as_bytes(), b"&#96").take(FEWEST_BLOCKS).count()
}

/// What a sign shows: its upper and its lower half.
fn halves(sign: char) -> Option<(bool, bool)> {
    match sign {
        '█' | '■' | '▓' | '⬛' => Some((true, true)),
        '▀' => Some((true, false)),
        '▄' => Some((false, true)),
        ' ' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{3000}' | '░' | '⬜' | '□' | '\u{2800}' => {
            Some((false, false))
        }
        _ => None,
    }
}

/// The longest row of lines that hold nothing but such signs.
fn longest(drawing: &str) -> Option<Vec<Vec<(bool, bool)>>> {
    let (mut best, mut now): (Vec<_>, Vec<_>) = (Vec::new(), Vec::new());
    for line in drawing.lines().chain(["end"]) {
        let line = line.trim_end_matches(['\r', '\u{200b}']);
        let signs: Option<Vec<(bool, bool)>> = line.chars().take(MAX_COLUMNS).map(halves).collect();
        match signs {
            Some(signs) if now.len() < *LINES.end() && !signs.is_empty() => now.push(signs),
            Some(_) | None => {
                if best.len() < now.len() {
                    best = std::mem::take(&mut now);
                }
                now.clear();
            }
        }
    }
    LINES.contains(&best.len()).then_some(best)
}

fn paint(lines: &[Vec<(bool, bool)>]) -> Bits {
    let columns = lines.iter().map(Vec::len).max().unwrap_or_default();
    let has_halves = lines.iter().flatten().any(|(upper, lower)| upper != lower);
    let rows = if has_halves { lines.len() * 2 } else { lines.len() };
    // Where two signs make a field, they are half as wide.
    let wide = if rows * 3 < columns * 2 { FIELD / 2 } else { FIELD };
    let width = columns * wide + 8 * FIELD;
    let mut bits = Bits { width, dark: vec![false; 4 * FIELD * width] };
    let mut row = |half: &dyn Fn(&(bool, bool)) -> bool, line: &[(bool, bool)]| {
        let mut points = vec![false; 4 * FIELD];
        points.extend(line.iter().flat_map(|sign| std::iter::repeat_n(half(sign), wide)));
        points.resize(width, false);
        for _ in 0..FIELD {
            bits.dark.extend_from_slice(&points);
        }
    };
    for line in lines {
        row(&|sign| sign.0, line);
        if has_halves {
            row(&|sign| sign.1, line);
        }
    }
    bits.dark.resize(bits.dark.len() + 4 * FIELD * width, false);
    bits
}

/// A page as a drawing: its text with the blocks that are seen, and a block for each dark cell of a table.
fn of_page(page: &str) -> String {
    let mut out = String::with_capacity(page.len() / 4);
    let (mut in_cell, mut pale, mut rest) = (false, Vec::new(), page);
    while let Some((text, after)) = rest.split_once('<') {
        if !in_cell {
            push_text(text, pale.last() == Some(&true), &mut out);
        }
        let (tag, next) = after.split_once('>').unwrap_or((after, ""));
        rest = next;
        let name = tag.split(|c: char| c.is_whitespace()).next().unwrap_or_default().to_ascii_lowercase();
        match name.trim_end_matches('/') {
            "td" | "th" => {
                in_cell = true;
                let sign = if is_dark(tag) { '█' } else { ' ' };
                out.extend(std::iter::repeat_n(sign, span(tag)));
            }
            "/td" | "/th" => in_cell = false,
            "tr" | "/tr" | "br" | "div" | "/div" | "p" | "/p" if !out.ends_with('\n') => {
                in_cell = false;
                out.push('\n');
            }
            "span" | "font" if pale.len() < 64 => pale.push(is_pale(tag)),
            "/span" | "/font" => {
                pale.pop();
            }
            _ => {}
        }
    }
    out
}

fn push_text(text: &str, is_pale: bool, out: &mut String) {
    let text = text.replace("&nbsp;", "\u{a0}").replace("&#9608;", "█").replace("&#9600;", "▀").replace("&#9604;", "▄");
    let text = text.replace("&#x2588;", "█").replace("&#160;", "\u{a0}");
    // Line ends and indents between tags are no part of a drawing.
    if text.trim_matches([' ', '\n', '\r', '\t']).is_empty() && text.contains('\n') {
        return;
    }
    out.extend(text.chars().map(|sign| if is_pale && halves(sign).is_some() { ' ' } else { sign }));
}

/// The colour after `name`, in lower case.
fn colour<'tag>(tag: &'tag str, names: &[&str]) -> Option<&'tag str> {
    let at = names.iter().find_map(|name| tag.find(name).map(|at| at + name.len()))?;
    let value = tag.get(at..)?.trim_start_matches([' ', ':', '=', '"', '\'']);
    value.split([';', '"', '\'', ' ', '>', '!']).next()
}

fn is_dark(tag: &str) -> bool {
    let tag = tag.to_ascii_lowercase();
    colour(&tag, &["background-color", "background", "bgcolor"]).is_some_and(|colour| light(colour) == Some(false))
}

fn is_pale(tag: &str) -> bool {
    let tag = tag.to_ascii_lowercase();
    colour(&tag, &["color"]).is_some_and(|colour| light(colour) == Some(true))
}

/// Whether a colour is light; nothing if it is none that codes are drawn in.
fn light(colour: &str) -> Option<bool> {
    if matches!(colour, "white" | "transparent" | "rgba(0,0,0,0)") {
        return Some(true);
    }
    if matches!(colour, "black" | "navy" | "darkblue") {
        return Some(false);
    }
    let digits = colour.strip_prefix('#')?;
    let first = digits.get(..digits.len().min(6))?;
    let step = if first.len() < 6 { 1 } else { 2 };
    let parts: Vec<u32> = first.chars().step_by(step).filter_map(|digit| digit.to_digit(16)).collect();
    (parts.len() == 3).then(|| 24 <= parts.iter().sum::<u32>())
}

/// How many columns a cell takes.
fn span(tag: &str) -> usize {
    let tag = tag.to_ascii_lowercase();
    let value = tag.split_once("colspan").map(|(_, rest)| rest.trim_start_matches([' ', '=', '"', '\'']));
    let digits = value.map(|rest| rest.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default());
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(1).clamp(1, MAX_COLUMNS)
}
