//! From a word to the tokens that a message may have because of it: the way back, which the ids alone do not give.
//!
//! What is kept of a lesson are ids. To know what a word weighs, every token that it may have become is made again: in the
//! text, in each place of the header, in a link, in a file name. The names of header lines are anybody's; those of
//! [`LINES`] are tried for every word, and any other if it is named: `x-campaign: spring`.

use std::collections::BTreeSet;

use super::{TokenId, describe, lines, token::GAPS, words};

/// A token that a message may have because of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// As [`Features::ids`](super::Features::ids) has it.
    pub id: TokenId,
    /// Where the word is, in the person's words: `"invoice" in the subject`.
    pub said: String,
}

/// Before words of a text, and whether that text is of the body.
const OF_TEXT: &[(&str, bool)] = &[
    ("", true),
    ("title:", true),
    ("hidden:", true),
    ("file:", true),
    ("subject:", false),
    ("from:", false),
    ("to:", false),
];

/// What a word of a text may be besides.
const SHAPES: &[&str] = &["", "caps:", "disguised:"];

/// Before what is told whole, and whether it is of the body.
const WHOLE: &[(&str, bool)] = &[
    ("language:", true),
    ("script:", true),
    ("charset:", true),
    ("encoding:", true),
    ("file-type:", true),
    ("extension:", true),
    ("archived:", true),
    ("link:", true),
    ("link:.", true),
    ("path:", true),
    ("scheme:", true),
    ("fact:", true),
    ("sender:", false),
    ("domain:", false),
    ("reply:", false),
    ("reply-domain:", false),
    ("envelope:", false),
    ("missing:", false),
    ("result:", false),
    ("helo:", false),
    ("host:", false),
    ("net:", false),
    ("with:", false),
    ("has:", false),
    ("fact:", false),
];

/// Header lines that are usual, and `any`, which stands for all of them.
const LINES: &[&str] = &[
    "any",
    "auto-submitted",
    "bcc",
    "cc",
    "comments",
    "content-class",
    "content-description",
    "content-disposition",
    "content-id",
    "content-language",
    "content-transfer-encoding",
    "content-type",
    "date",
    "delivered-to",
    "disposition-notification-to",
    "dkim-signature",
    "domainkey-signature",
    "envelope-to",
    "errors-to",
    "feedback-id",
    "from",
    "importance",
    "in-reply-to",
    "keywords",
    "list-archive",
    "list-help",
    "list-id",
    "list-owner",
    "list-post",
    "list-subscribe",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "mail-followup-to",
    "mailing-list",
    "message-id",
    "mime-version",
    "organization",
    "precedence",
    "priority",
    "received",
    "received-spf",
    "references",
    "reply-to",
    "resent-from",
    "resent-to",
    "return-path",
    "sender",
    "subject",
    "thread-index",
    "thread-topic",
    "to",
    "user-agent",
    "x-abuse-reports-to",
    "x-accept-language",
    "x-authenticated-sender",
    "x-auto-response-suppress",
    "x-beenthere",
    "x-complaints-to",
    "x-feedback-id",
    "x-google-dkim-signature",
    "x-loop",
    "x-mailer",
    "x-mailing-list",
    "x-mailman-version",
    "x-mimeole",
    "x-msmail-priority",
    "x-original-to",
    "x-originating-ip",
    "x-php-originating-script",
    "x-priority",
    "x-received",
    "x-report-abuse",
    "x-sender",
    "x-source",
    "x-source-ip",
];

/// What a provider says it has found (RFC 8601), for a word that is a domain.
const METHODS: &[&str] = &["auth", "dkim", "dmarc", "iprev", "spf"];
const RESULTS: &[&str] = &["pass", "fail", "softfail", "neutral", "none", "policy", "temperror", "permerror"];

/// The tokens that a message may have because of `word`, each once. That can be a word, two words that follow one another,
/// a domain, an address, a word of a header line with its name before it (`x-mailer: outlook`), or a token as it is written
/// (`count:images 4`).
pub fn candidates(word: &str) -> Vec<Candidate> {
    let mut found = Found::default();
    let wholes = spellings(word);
    let mut texts = words_and_pairs(word);
    texts.extend(wholes.iter().cloned());
    for (prefix, is_of_body) in OF_TEXT {
        for (shape, text) in SHAPES.iter().flat_map(|shape| texts.iter().map(move |text| (shape, text))) {
            found.add(&[prefix, shape, text], *is_of_body);
        }
    }
    for (prefix, is_of_body) in WHOLE {
        for whole in &wholes {
            found.add(&[prefix, whole], *is_of_body);
        }
    }
    results(&word.trim().to_lowercase(), &mut found);
    for name in LINES {
        in_line(name, word, &mut found);
    }
    if let Some((name, rest)) = word.split_once(':') {
        in_line(&name.to_ascii_lowercase(), rest, &mut found);
        found.add(&[word], true);
        found.add(&[word], false);
    }
    found.candidates
}

#[derive(Default)]
struct Found {
    candidates: Vec<Candidate>,
    ids: BTreeSet<TokenId>,
}

impl Found {
    fn add(&mut self, parts: &[&str], is_of_body: bool) {
        let token = parts.concat();
        let id = TokenId::of(&token, is_of_body);
        if self.ids.insert(id) {
            self.candidates.push(Candidate { id, said: describe(&token) });
        }
    }
}

/// A word as it may be written where it is not taken apart.
fn spellings(word: &str) -> BTreeSet<String> {
    let trimmed = word.trim();
    [word, trimmed, trimmed.trim_start_matches('.')]
        .into_iter()
        .flat_map(|word| [word.to_owned(), word.to_lowercase(), lower(word), word.to_uppercase()])
        .collect()
}

/// Lower case as the words of a message are made: letter by letter, so that the Greek sigma at the end of a word is any sigma.
fn lower(word: &str) -> String {
    word.chars().flat_map(char::to_lowercase).collect()
}

/// The words of a text in their normal form: a single one, or each two that follow one another.
fn words_and_pairs(text: &str) -> BTreeSet<String> {
    let mut words = Vec::new();
    words::for_each(text, &mut |word| words.push((word.text.to_owned(), word.can_pair)));
    if let [(word, _)] = words.as_slice() {
        return [word.clone()].into();
    }
    let pairs = words.iter().zip(words.iter().skip(1)).filter(|((_, one), (_, other))| *one && *other);
    let pairs = pairs.map(|((one, _), (other, _))| format!("{one} {other}"));
    // What makes no pair is a token by itself.
    pairs.chain(words.iter().filter(|(_, can_pair)| !can_pair).map(|(word, _)| word.clone())).collect()
}

/// What stands in the header line of that name.
fn in_line(name: &str, text: &str, found: &mut Found) {
    let words: Vec<String> = lines::words(text).map(lower).collect();
    if let [word] = words.as_slice() {
        found.add(&["in:", name, " ", word], false);
        let domain = word.trim_start_matches('@');
        found.add(&["domain-in:", name, " ", domain], false);
        found.add(&["net-in:", name, " ", word], false);
    }
    for (one, other) in words.iter().zip(words.iter().skip(1)) {
        for gap in GAPS {
            found.add(&["in:", name, " ", one, gap, other], false);
        }
    }
}

fn results(domain: &str, found: &mut Found) {
    for (method, result) in METHODS.iter().flat_map(|method| RESULTS.iter().map(move |result| (method, result))) {
        found.add(&["result:", method, " ", result, " of ", domain], false);
    }
}

#[cfg(test)]
mod tests;
