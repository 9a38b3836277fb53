//! In which language and script a text is written, told by the commonest words and letters.
//!
//! The words themselves say that too, but each of them has to be learned; that nobody writes Turkish to a person can be
//! learned from one message.

use super::{TokenId, collector::Collector};

/// Words that are in nearly every text of a language, and seldom in those of others.
const COMMON: [(&str, [&str; 8]); 16] = [
    ("Danish", ["og", "det", "ikke", "med", "til", "jeg", "har", "af"]),
    ("Dutch", ["het", "een", "van", "voor", "niet", "zijn", "aan", "ook"]),
    ("English", ["the", "and", "you", "for", "this", "with", "your", "of"]),
    ("Finnish", ["ja", "ei", "että", "olet", "ovat", "mutta", "sinun", "tämä"]),
    ("French", ["les", "des", "vous", "pour", "est", "dans", "une", "votre"]),
    ("German", ["der", "und", "nicht", "ist", "mit", "sie", "für", "auf"]),
    ("Hungarian", ["és", "egy", "nem", "hogy", "az", "ez", "van", "kell"]),
    ("Indonesian", ["dan", "yang", "untuk", "dengan", "anda", "ini", "tidak", "dari"]),
    ("Italian", ["di", "che", "per", "non", "sono", "della", "il", "con"]),
    ("Polish", ["się", "nie", "jest", "że", "dla", "jak", "oraz", "na"]),
    ("Portuguese", ["não", "você", "uma", "com", "os", "seu", "para", "mais"]),
    ("Romanian", ["și", "nu", "este", "pentru", "care", "sunt", "din", "cu"]),
    ("Russian", ["не", "на", "что", "это", "как", "для", "вы", "мы"]),
    ("Spanish", ["el", "los", "las", "que", "por", "su", "usted", "del"]),
    ("Swedish", ["och", "att", "det", "som", "för", "inte", "är", "på"]),
    ("Turkish", ["ve", "bir", "bu", "için", "ile", "çok", "değil", "olarak"]),
];

/// So many of these have to be there, or it may be another language.
const ENOUGH: usize = 3;

/// So much of a text is looked at for its script, in characters.
const MAX_CHARS: usize = 2000;

/// Tells the language, once all words of the text are there.
pub(super) fn of_words(collector: &mut Collector) {
    let seen = |word: &&str| collector.has(TokenId::of(word, true));
    let counts = COMMON.iter().map(|(language, words)| (words.iter().filter(|word| seen(word)).count(), *language));
    if let Some((_, language)) = counts.filter(|(count, _)| ENOUGH <= *count).max_by_key(|(count, _)| *count) {
        collector.add(&["language:", language]);
    }
}

/// Tells the script of `text`, if a good part of it is not Latin.
pub(super) fn of_letters(text: &str, collector: &mut Collector) {
    if text.is_ascii() {
        return;
    }
    let (mut counts, mut letters) = ([0_usize; SCRIPTS.len()], 0_usize);
    for c in text.chars().filter(|c| c.is_alphabetic()).take(MAX_CHARS) {
        letters += 1;
        let script = SCRIPTS.iter().position(|(_, from, to)| (*from..=*to).contains(&c));
        if let Some(count) = script.and_then(|script| counts.get_mut(script)) {
            *count += 1;
        }
    }
    for ((script, ..), count) in SCRIPTS.iter().zip(counts) {
        if letters < 5 * count {
            collector.add(&["script:", script]);
        }
    }
}

/// Where the letters of a script lie (Unicode 16, Blocks.txt).
const SCRIPTS: [(&str, char, char); 10] = [
    ("Greek", '\u{370}', '\u{3FF}'),
    ("Cyrillic", '\u{400}', '\u{52F}'),
    ("Hebrew", '\u{590}', '\u{5FF}'),
    ("Arabic", '\u{600}', '\u{77F}'),
    ("Indic", '\u{900}', '\u{DFF}'),
    ("Thai", '\u{E00}', '\u{E7F}'),
    ("Georgian", '\u{10A0}', '\u{10FF}'),
    ("Japanese", '\u{3040}', '\u{30FF}'),
    ("Chinese", '\u{3400}', '\u{9FFF}'),
    ("Korean", '\u{AC00}', '\u{D7A3}'),
];
