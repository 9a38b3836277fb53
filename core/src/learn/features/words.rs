//! Text into words, in one normal form however they were written.
//!
//! A word is lower case and NFKC; invisible characters are gone, and Cyrillic or Greek letters that look Latin are Latin
//! in a word that has Latin ones. Writing without spaces (Chinese, Japanese, Thai …) gives each two characters that stand
//! side by side. Links are left out (they have tokens of their own), addresses give their domain.

use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfkc_quick};

/// Shorter says nothing, longer is no word.
const WORD_CHARS: std::ops::RangeInclusive<usize> = 2..=20;

/// One word.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word<'a> {
    pub(super) text: &'a str,
    /// Written in capitals alone, three at least.
    pub(super) is_shouted: bool,
    /// Whether it makes a pair with its neighbours: true words do, and nothing else.
    pub(super) can_pair: bool,
}

/// Calls `each` with every word of `text`.
pub(super) fn for_each(text: &str, each: &mut dyn FnMut(Word<'_>)) {
    let mut splitter = Splitter { word: String::new(), chunk: String::new(), each };
    if text.is_ascii() {
        // Almost all mail is that, and bytes are quicker than characters.
        text.split_ascii_whitespace().for_each(|chunk| splitter.pieces(chunk));
    } else {
        text.split_whitespace().for_each(|chunk| splitter.chunk(chunk));
    }
}

struct Splitter<'a> {
    /// The word being made lower case.
    word: String,
    /// A chunk in normal form.
    chunk: String,
    each: &'a mut dyn FnMut(Word<'_>),
}

impl Splitter<'_> {
    /// Takes apart what stands between two spaces.
    fn chunk(&mut self, chunk: &str) {
        if chunk.is_ascii() {
            return self.pieces(chunk);
        }
        if !chunk.contains(is_invisible) && is_nfkc_quick(chunk.chars()) == IsNormalized::Yes {
            return self.pieces(chunk);
        }
        let mut normal = std::mem::take(&mut self.chunk);
        normal.clear();
        normal.extend(chunk.chars().filter(|c| !is_invisible(*c)).nfkc());
        self.pieces(&normal);
        self.chunk = normal;
    }

    fn pieces(&mut self, chunk: &str) {
        let seen = chunk.bytes().fold(0, |seen, byte| seen | sort(byte));
        if seen & COLON != 0 && chunk.contains("://") || seen & DOT != 0 && starts_with_www(chunk) {
            return;
        }
        if seen & AT != 0
            && let Some((_, domain)) = chunk.rsplit_once('@')
        {
            let domain = domain.trim_matches(|c: char| !c.is_alphanumeric());
            if domain.contains('.') {
                return self.made("mail:", domain);
            }
        }
        if seen & OTHER == 0 {
            self.ascii_pieces(chunk);
        } else {
            self.other_pieces(chunk);
        }
        let shouts = || chunk.bytes().rev().take_while(|byte| matches!(byte, b'!' | b'?')).count();
        if seen & SHOUT != 0 && 1 < shouts() {
            self.made("marks:", if chunk.ends_with('!') { "!!" } else { "??" });
        }
    }

    /// As [`Splitter::other_pieces`], byte by byte: almost all mail is that.
    fn ascii_pieces(&mut self, chunk: &str) {
        let is_part = |byte: &u8| sort(*byte) & PART != 0;
        let bytes = chunk.as_bytes();
        let mut at = 0;
        while let Some(start) = bytes.get(at..).and_then(|rest| rest.iter().position(is_part)) {
            let start = at + start;
            let rest = bytes.get(start..).unwrap_or_default();
            let end = start + rest.iter().position(|byte| !is_part(byte)).unwrap_or(rest.len());
            let piece = chunk.get(start..end).unwrap_or_default();
            self.piece(trimmed(piece));
            at = end;
        }
    }

    fn other_pieces(&mut self, chunk: &str) {
        for piece in chunk.split(|c: char| !(c.is_alphanumeric() || is_word_mark(c))) {
            let piece = piece.trim_matches(|c: char| matches!(c, '\'' | '-' | '.' | ',' | '_' | '’'));
            if !piece.is_ascii() && piece.contains(is_unspaced) {
                self.unspaced(piece);
            } else {
                self.piece(piece);
            }
        }
    }

    fn piece(&mut self, piece: &str) {
        let is_ascii = piece.is_ascii();
        let chars = if is_ascii { piece.len() } else { piece.chars().count() };
        if chars < *WORD_CHARS.start() {
            return;
        }
        if *WORD_CHARS.end() < chars {
            // Ids and encoded things are never seen again, but that there are such is.
            let tens = (chars / 10 * 10).min(90).to_string();
            let first = piece.chars().next().map(|c| c.to_lowercase().to_string()).unwrap_or_default();
            return self.made("skip:", &format!("{first} {tens}"));
        }
        let is_shouted = 2 < chars
            && if is_ascii {
                piece.bytes().all(|byte| byte.is_ascii_uppercase())
            } else {
                piece.chars().all(char::is_uppercase)
            };
        let is_number = || piece.bytes().all(|byte| byte.is_ascii_digit());
        if 4 < chars && is_number() {
            return self.made("number:", &chars.to_string());
        }
        let mut word = std::mem::take(&mut self.word);
        word.clear();
        if is_ascii {
            word.push_str(piece);
            word.make_ascii_lowercase();
        } else {
            fold(piece, &mut word);
        }
        (self.each)(Word { text: &word, is_shouted, can_pair: true });
        if !is_ascii && word.is_ascii() {
            let disguised = std::mem::take(&mut word);
            self.made("disguised:", &disguised);
            word = disguised;
        }
        self.word = word;
    }

    /// Each two characters side by side; a lone one as it is.
    fn unspaced(&mut self, piece: &str) {
        let mut pair = String::with_capacity(8);
        let followers = piece.chars().skip(1).map(Some).chain([None]);
        for (n, (first, second)) in piece.chars().zip(followers).enumerate() {
            if second.is_none() && n != 0 {
                break;
            }
            pair.clear();
            pair.push(first);
            pair.extend(second);
            (self.each)(Word { text: &pair, is_shouted: false, can_pair: false });
        }
    }

    /// A token that is not a word of the text.
    fn made(&mut self, kind: &str, what: &str) {
        let text = format!("{kind}{}", what.to_lowercase());
        (self.each)(Word { text: &text, is_shouted: false, can_pair: false });
    }
}

/// What a byte may mean, in bits.
const PART: u8 = 1;
const COLON: u8 = 2;
const DOT: u8 = 4;
const AT: u8 = 8;
const SHOUT: u8 = 16;
const OTHER: u8 = 32;

const fn sort(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'\'' | b'-' | b',' | b'_' | b'$' | b'%' => PART,
        b'.' => PART | DOT,
        b':' => COLON,
        b'@' => AT,
        b'!' | b'?' => SHOUT,
        0x80.. => OTHER,
        _ => 0,
    }
}

/// Without the marks at its ends.
fn trimmed(piece: &str) -> &str {
    let is_mark = |byte: &u8| matches!(byte, b'\'' | b'-' | b'.' | b',' | b'_');
    let bytes = piece.as_bytes();
    let start = bytes.iter().position(|byte| !is_mark(byte)).unwrap_or(bytes.len());
    let end = bytes.iter().rposition(|byte| !is_mark(byte)).map_or(start, |last| last + 1);
    piece.get(start..end).unwrap_or_default()
}

fn starts_with_www(chunk: &str) -> bool {
    let start = chunk.trim_start_matches(|c: char| !c.is_alphanumeric());
    start.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("www."))
}

/// Part of a word where it is not at its end: `don't`, `10,000`, `e-mail`; and money, which is half of what spam is about.
fn is_word_mark(c: char) -> bool {
    matches!(c, '\'' | '-' | '.' | ',' | '_' | '’' | '$' | '€' | '£' | '¥' | '%')
}

/// Takes no room on the screen; put between letters to hide a word from filters.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Scripts that are written without spaces between words.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{E00}'..='\u{EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' | '\u{3040}'..='\u{30FF}'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// Lower case, and Latin throughout if it is Latin in part.
fn fold(piece: &str, word: &mut String) {
    let is_mixed = piece.bytes().any(|byte| byte.is_ascii_alphabetic());
    for c in piece.chars().flat_map(char::to_lowercase) {
        word.push(if is_mixed { latin(c) } else { c });
    }
}

/// The Latin letter that `c` looks like.
fn latin(c: char) -> char {
    match c {
        'а' | 'α' => 'a',
        'в' | 'β' => 'b',
        'с' | 'ϲ' => 'c',
        'ԁ' => 'd',
        'е' | 'ё' | 'ε' => 'e',
        'і' | 'ї' | 'ι' | 'ı' => 'i',
        'ј' => 'j',
        'к' | 'κ' => 'k',
        'ӏ' => 'l',
        'м' => 'm',
        'һ' | 'н' => 'h',
        'п' | 'η' => 'n',
        'о' | 'ο' | 'σ' => 'o',
        'р' | 'ρ' => 'p',
        'ԛ' => 'q',
        'г' => 'r',
        'ѕ' => 's',
        'т' | 'τ' => 't',
        'υ' => 'u',
        'ν' => 'v',
        'ѡ' | 'ω' => 'w',
        'х' | 'χ' => 'x',
        'у' | 'γ' => 'y',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pieces(chunk: &str, is_quick: bool) -> Vec<(String, bool)> {
        let mut found = Vec::new();
        let mut each = |word: Word<'_>| found.push((word.text.to_owned(), word.is_shouted));
        let mut splitter = Splitter { word: String::new(), chunk: String::new(), each: &mut each };
        if is_quick {
            splitter.ascii_pieces(chunk);
        } else {
            splitter.other_pieces(chunk);
        }
        found
    }

    proptest! {
        #[test]
        fn the_quick_way_finds_the_same_words(chunk in "[a-zA-Z0-9'.,_$%!(#-]{0,30}") {
            prop_assert_eq!(pieces(&chunk, true), pieces(&chunk, false));
        }
    }
}
