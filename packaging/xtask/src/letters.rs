//! Mail for measuring: made up, always the same, no two alike.

use std::fmt::Write as _;

/// Ordinary words, and the words of those who sell.
const WORDS: &[&str] = &[
    "meeting",
    "notes",
    "garden",
    "train",
    "ticket",
    "invoice",
    "project",
    "school",
    "dinner",
    "window",
    "river",
    "holiday",
    "report",
    "library",
    "bicycle",
    "winter",
    "photograph",
    "neighbour",
    "concert",
    "recipe",
    "kitchen",
    "letter",
    "museum",
    "station",
    "weather",
    "teacher",
    "morning",
    "evening",
    "journey",
    "village",
    "market",
    "paper",
];
const OFFERS: &[&str] = &[
    "viagra",
    "casino",
    "winner",
    "lottery",
    "million",
    "guarantee",
    "urgent",
    "transfer",
    "discount",
    "replica",
    "pharmacy",
    "click",
    "credit",
    "loan",
    "bonus",
    "prize",
    "free",
    "cheap",
    "investment",
    "bitcoin",
];

/// The `number`th message of about 4 KB. With a corpus, every second one is a message of that, under a name of its own.
pub(crate) fn older(number: u64, corpus: &[Vec<u8>]) -> Vec<u8> {
    let index = usize::try_from(number / 2).unwrap_or(0).checked_rem(corpus.len());
    match index.and_then(|index| corpus.get(index)).filter(|_| number % 2 == 1) {
        Some(raw) => [format!("X-Load: {number}\r\n").into_bytes(), with_crlf(raw)].concat(),
        None => made_up(number),
    }
}

/// A message that any filter must call spam: it carries the Generic Test for Unsolicited Bulk Email.
pub(crate) fn spam(name: &str) -> Vec<u8> {
    // In pieces, so that no filter takes these sources for spam.
    let gtube = ["XJS*C4JDBQADN1", ".NSBN3*2IDNEN*", "GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL", "*C.34X"].concat();
    format!(
        "From: Offers <offers@example.net>\r\nTo: me@example.org\r\nSubject: An offer: {name}\r\n\
         Message-ID: <{name}@load.example.net>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n{gtube}\r\n"
    )
    .into_bytes()
}

fn made_up(number: u64) -> Vec<u8> {
    let is_offer = number.is_multiple_of(4);
    let words = if is_offer { OFFERS } else { WORDS };
    let mut dice = Dice(number.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut text = String::new();
    while text.len() < 1500 {
        let word = dice.pick(words);
        text.push_str(word);
        text.push_str(if dice.roll(12) == 0 { ".\r\n" } else { " " });
    }
    let html = text.replace(".\r\n", ".</p>\r\n<p>");
    let host = if is_offer { "offers.example.net" } else { "friends.example.org" };
    let mut raw = String::new();
    // Writing to a string does not fail.
    write!(
        raw,
        "Received: from mx.{host} (mx.{host} [192.0.2.{octet}]) by imap.example.org with ESMTPS id {number};\r\n\
         From: {from} <{from}{number}@{host}>\r\nTo: me@example.org\r\nSubject: {first} {second} {number}\r\n\
         Message-ID: <{number}@{host}>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/alternative; boundary=\"part\"\r\n\r\n--part\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n--part\r\n\
         Content-Type: text/html; charset=utf-8\r\n\r\n<html><body><p>{html}</p>\
         <a href=\"https://www.{host}/{number}\">{first}</a></body></html>\r\n--part--\r\n",
        octet = number % 250 + 1,
        from = dice.pick(WORDS),
        first = dice.pick(words),
        second = dice.pick(words),
    )
    .ok();
    raw.into_bytes()
}

fn with_crlf(raw: &[u8]) -> Vec<u8> {
    let lines = raw.split_inclusive(|byte| *byte == b'\n').map(|line| match line.strip_suffix(b"\n") {
        Some(line) => [line.strip_suffix(b"\r").unwrap_or(line), b"\r\n"].concat(),
        None => line.to_vec(),
    });
    lines.flatten().collect()
}

/// Always falls the same way (xorshift, Marsaglia 2003).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides.max(1)
    }

    fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        let sides = u64::try_from(words.len()).unwrap_or(1);
        let index = usize::try_from(self.roll(sides)).unwrap_or(0);
        words.get(index).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_of_the_promised_size_and_no_two_are_alike() {
        let letters: Vec<Vec<u8>> = (0..50).map(|number| older(number, &[])).collect();
        assert!(letters.iter().all(|raw| (3_000..6_000).contains(&raw.len())));
        let mut unlike = letters.clone();
        unlike.sort();
        unlike.dedup();
        assert_eq!(unlike.len(), letters.len());
        assert_eq!(older(7, &[]), older(7, &[]));
    }

    #[test]
    fn every_second_letter_is_of_the_corpus_with_the_line_ends_of_the_net() {
        let corpus = vec![b"Subject: a\n\nb\r\nc".to_vec(), b"Subject: d\n".to_vec()];
        let texts: Vec<Vec<u8>> = (0..6).map(|number| older(number, &corpus)).collect();
        let of = |number: usize| String::from_utf8(texts[number].clone()).unwrap();
        assert_eq!(of(1), "X-Load: 1\r\nSubject: a\r\n\r\nb\r\nc");
        assert_eq!(of(3), "X-Load: 3\r\nSubject: d\r\n");
        assert!(of(5).contains("Subject: a") && of(2).contains("multipart/alternative"));
    }
}
