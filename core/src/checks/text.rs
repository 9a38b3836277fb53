//! What several checks do with words: folding disguises away, telling alphabets apart, shortening for a report.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// Alphabets whose letters pass for each other's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Alphabet {
    Latin,
    Cyrillic,
    Greek,
}

/// The alphabet of a letter, if it is one that others are mistaken for.
pub(super) fn alphabet(c: char) -> Option<Alphabet> {
    match c {
        'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' if c.is_alphabetic() => Some(Alphabet::Latin),
        '\u{370}'..='\u{3ff}' if c.is_alphabetic() => Some(Alphabet::Greek),
        '\u{400}'..='\u{52f}' => Some(Alphabet::Cyrillic),
        _ => None,
    }
}

/// The first word written with letters of two alphabets that look alike, such as `Аpple` with a Cyrillic А.
pub(super) fn mixed_word(text: &str) -> Option<&str> {
    if text.is_ascii() {
        return None;
    }
    text.split(|c: char| !c.is_alphabetic()).find(|word| !word.is_ascii() && is_mixed(word))
}

fn is_mixed(word: &str) -> bool {
    let count = |wanted| word.chars().filter(|c| alphabet(*c) == Some(wanted)).count();
    let latin = count(Alphabet::Latin);
    // Units and formulas put one Greek letter beside Latin ones; nobody puts Cyrillic there by accident.
    2 <= latin && 1 <= count(Alphabet::Cyrillic)
        || 3 <= latin && word.chars().any(|c| alphabet(c) == Some(Alphabet::Greek) && lookalike(c) != c)
}

/// Whether `c` takes no place when shown.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e01ef}')
}

/// How often something invisible stands between two letters of our alphabets. Emoji and Persian or Indic words use such
/// characters honestly, and newsletters pad their preview line with them: none of that is inside a Latin word.
pub(super) fn split_letters(text: &str, invisible: impl Fn(char) -> bool) -> usize {
    if text.is_ascii() {
        return 0;
    }
    let mut count = 0;
    let mut after_letter = false;
    let mut pending = false;
    for c in text.chars() {
        if invisible(c) {
            pending = after_letter;
            continue;
        }
        after_letter = c.is_ascii_digit() || alphabet(c).is_some();
        count += usize::from(pending && after_letter);
        pending = false;
    }
    count
}

/// Whether `c` is a letter or digit of the mathematical alphabets, used to write 𝗯𝗼𝗹𝗱 where only plain text fits.
pub(super) fn is_styled(c: char) -> bool {
    matches!(c, '\u{1d400}'..='\u{1d7ff}' | '\u{24b6}'..='\u{24e9}' | '\u{1f130}'..='\u{1f189}' | '\u{ff21}'..='\u{ff5a}')
}

/// The text as its reader understands it: NFKC, lower case, look-alikes as Latin letters, nothing invisible, single
/// spaces, straight apostrophes.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut push = |c: char| {
        if !c.is_whitespace() {
            folded.push(c);
        } else if !folded.ends_with(' ') {
            folded.push(' ');
        }
    };
    if text.is_ascii() {
        text.chars().for_each(|c| push(c.to_ascii_lowercase()));
        return folded;
    }
    for c in text.chars().filter(|c| !is_invisible(*c)) {
        if c.is_ascii() {
            push(c.to_ascii_lowercase());
        } else {
            std::iter::once(c).nfkc().flat_map(char::to_lowercase).map(lookalike).for_each(&mut push);
        }
    }
    folded
}

/// `text`, folded, with letters freed of their marks: `itaú` and `ìtau` are `itau`.
pub(super) fn unmarked(text: &str) -> String {
    let folded = fold(text);
    if folded.is_ascii() {
        return folded;
    }
    // Kana are not made of letters and marks.
    let split = |c: char| {
        let is_kana = matches!(c, '\u{3040}'..='\u{30ff}');
        let marked = (!is_kana).then(|| std::iter::once(c).nfd().filter(|c| !is_combining_mark(*c)));
        marked.into_iter().flatten().chain(is_kana.then_some(c))
    };
    folded.chars().flat_map(split).collect()
}

/// The Latin letter or plain sign that `c` passes for, else `c`.
fn lookalike(c: char) -> char {
    match c {
        'а' | 'Α' | 'А' | 'α' | 'ᴀ' => 'a',
        'В' | 'Β' | 'ʙ' => 'b',
        'с' | 'С' | 'ϲ' | 'ᴄ' => 'c',
        'ԁ' | 'ᴅ' | 'đ' => 'd',
        'е' | 'Е' | 'Ε' | 'ᴇ' => 'e',
        'ɢ' | 'ɡ' => 'g',
        'һ' | 'Н' | 'Η' | 'ʜ' => 'h',
        'і' | 'І' | 'Ι' | 'ι' | 'ı' | 'ɪ' => 'i',
        'ј' | 'Ј' => 'j',
        'К' | 'Κ' | 'κ' | 'ᴋ' => 'k',
        'ӏ' | 'ʟ' | 'ł' => 'l',
        'М' | 'Μ' | 'ᴍ' => 'm',
        'Ν' | 'ո' | 'ɴ' => 'n',
        'о' | 'О' | 'Ο' | 'ο' | 'ᴏ' | 'ø' => 'o',
        'р' | 'Р' | 'Ρ' | 'ρ' | 'ᴘ' => 'p',
        'ʀ' => 'r',
        'ѕ' | 'Ѕ' | 'ꜱ' => 's',
        'Т' | 'Τ' | 'τ' | 'ᴛ' => 't',
        'υ' | 'ᴜ' => 'u',
        'ν' | 'ѵ' | 'ᴠ' => 'v',
        'ԝ' | 'ᴡ' => 'w',
        'х' | 'Х' | 'Χ' => 'x',
        'у' | 'У' | 'Υ' | 'ʏ' => 'y',
        'Ζ' | 'ᴢ' => 'z',
        '’' | '‘' | 'ʼ' | '´' => '\'',
        '‐'..='—' => '-',
        _ => c,
    }
}

/// At most 48 characters of `text` on one line, what is invisible shown as `·`, for quoting in a report.
pub(super) fn short(text: &str) -> String {
    const MOST: usize = 48;
    let visible = |c: char| if is_invisible(c) || c.is_control() { '·' } else { c };
    let mut short: String = text.trim().chars().take(MOST).map(visible).collect();
    if text.trim().chars().nth(MOST).is_some() {
        short.push('…');
    }
    short
}

/// `1 image`, `2 images`.
pub(super) fn count(number: u32, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}

/// Whether `word` stands in `text` as a word of its own. Both folded.
pub(super) fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(start, _)| {
        let before = text.get(..start).and_then(|head| head.chars().next_back());
        let after = text.get(start + word.len()..).and_then(|tail| tail.chars().next());
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disguised_words_fold_to_what_is_read() {
        for (written, want) in [
            ("Аpple", "apple"),
            ("Pay\u{200b}Pal", "paypal"),
            ("𝗚𝗶𝗳𝘁  card\n now", "gift card now"),
            ("It’s", "it's"),
            ("Überweisung", "überweisung"),
        ] {
            assert_eq!(fold(written), want);
        }
    }

    #[test]
    fn only_words_of_two_alphabets_are_mixed() {
        for (text, want) in [
            ("Вinаnсе account", Some("Вinаnсе")),
            ("Binаnce account", Some("Binаnce")),
            ("Привет Robin", None),
            ("5 μm and Ωmega", None),
            ("Größe naïve", None),
        ] {
            assert_eq!(mixed_word(text), want, "{text}");
        }
    }

    #[test]
    fn invisible_characters_count_between_letters_only() {
        assert_eq!(split_letters("in\u{200b}vo\u{2060}\u{200b}ice", is_invisible), 2);
        assert_eq!(split_letters("👩\u{200d}💻 Hello \u{200c} \u{200c} there\u{200b}", is_invisible), 0);
    }
}
