//! Tokens in the person's words.

/// What stands before and behind the word of a token with that prefix.
const PHRASES: &[(&str, &str, &str)] = &[
    ("subject:", "\"", "\" in the subject"),
    ("from:", "\"", "\" in the sender's name"),
    ("sender:", "sender ", ""),
    ("domain:", "sender domain ", ""),
    ("reply:", "replies go to ", ""),
    ("reply-domain:", "replies go to the domain ", ""),
    ("envelope:", "sent on behalf of ", ""),
    ("to:", "\"", "\" in the recipient's name"),
    ("missing:", "no ", ""),
    ("result:", "your provider found ", ""),
    ("helo:", "handed in by a host that calls itself ", ""),
    ("host:", "handed in by ", ""),
    ("net:", "handed in from network ", ""),
    ("with:", "handed in with ", ""),
    ("account:", "account ", ""),
    ("language:", "written in ", ""),
    ("script:", "", " letters"),
    ("charset:", "character set ", ""),
    ("encoding:", "transfer encoding ", ""),
    ("title:", "\"", "\" in the title"),
    ("hidden:", "\"", "\" in hidden text"),
    ("file-type:", "file of type ", ""),
    ("file:", "\"", "\" in a file name"),
    ("extension:", "file ending in .", ""),
    ("archived:", "archive with a file ending in .", ""),
    ("link:", "link to ", ""),
    ("path:", "\"", "\" in a link"),
    ("scheme:", "link by ", ""),
    ("mail:", "mail address at ", ""),
    ("fact:", "", ""),
];

/// The token as a person would say it: `"invoice" in the subject`. Different tokens may be the same to a person.
pub(in crate::learn) fn describe(token: &str) -> String {
    if let Some((what, count)) = token.strip_prefix("count:").and_then(|rest| rest.rsplit_once(' ')) {
        let more = if matches!(count, "0" | "1") { "" } else { " or more" };
        return format!("{what}: {count}{more}");
    }
    if let Some(name) = token.strip_prefix("has:") {
        return format!("header {}", capitals(name));
    }
    if let Some(phrase) = of_line(token) {
        return phrase;
    }
    let phrase =
        PHRASES.iter().find_map(|(prefix, before, behind)| Some((token.strip_prefix(prefix)?, before, behind)));
    let Some((word, before, behind)) = phrase else { return word_of_text(token, "\"", "\"") };
    word_of_text(word, before, behind)
}

/// What stands in a header line.
fn of_line(token: &str) -> Option<String> {
    if token.starts_with("after:") {
        return Some("the order of the header lines".to_owned());
    }
    let (kind, rest) = token.split_once("in:")?;
    let (name, what) = rest.split_once(' ')?;
    let place = match name {
        "subject" => "the subject".to_owned(),
        "from" => "the sender".to_owned(),
        "to" | "cc" => "the recipients".to_owned(),
        "received" => "the route".to_owned(),
        "any" => "the header".to_owned(),
        name => format!("the header {}", capitals(name)),
    };
    match kind {
        "" => {
            let words: Vec<&str> = what.split(' ').collect();
            let gapped = words.chunk_by(|a, b| (*a == "_") == (*b == "_"));
            let gapped = gapped.map(|words| if words.contains(&"_") { "\u{2026}".to_owned() } else { words.join(" ") });
            Some(format!("\"{}\" in {place}", gapped.collect::<Vec<_>>().join(" ")))
        }
        "domain-" => Some(format!("domain {what} in {place}")),
        "net-" => Some(format!("network {what} in {place}")),
        "shape-" => Some(format!("how {place} is written")),
        "words " => Some(format!("the length of {place}")),
        _ => None,
    }
}

/// `x-mailer` as it is usually written: `X-Mailer`.
fn capitals(name: &str) -> String {
    let mut start = true;
    let capital = |c: char| {
        let c = if start { c.to_ascii_uppercase() } else { c };
        start = c == '-';
        c
    };
    name.chars().map(capital).collect()
}

fn word_of_text(word: &str, before: &str, behind: &str) -> String {
    let in_place = behind.trim_start_matches('"');
    if let Some(word) = word.strip_prefix("caps:") {
        return format!("\"{}\" in capitals{in_place}", word.to_uppercase());
    }
    if let Some(rest) = word.strip_prefix("skip:") {
        let length = rest.rsplit_once(' ').map_or("20", |(_, length)| length);
        return format!("a word of more than {length} characters{in_place}");
    }
    if let Some(word) = word.strip_prefix("disguised:") {
        return format!("\"{word}\" in foreign letters{in_place}");
    }
    if let Some(length) = word.strip_prefix("number:") {
        return format!("a number of {length} digits{in_place}");
    }
    if let Some(marks) = word.strip_prefix("marks:") {
        return format!("\"{marks}\"{in_place}");
    }
    if let Some(domain) = word.strip_prefix("mail:") {
        return format!("mail address at {domain}{in_place}");
    }
    format!("{before}{word}{behind}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_token_reads_as_words() {
        for (token, want) in [
            ("wire transfer", "\"wire transfer\""),
            ("subject:invoice", "\"invoice\" in the subject"),
            ("subject:caps:invoice", "\"INVOICE\" in capitals in the subject"),
            ("caps:free", "\"FREE\" in capitals"),
            ("domain:shop.example", "sender domain shop.example"),
            ("link:sho.example", "link to sho.example"),
            ("skip:x 20", "a word of more than 20 characters"),
            ("subject:number:6", "a number of 6 digits in the subject"),
            ("mail:example.org", "mail address at example.org"),
            ("fact:HTML alone", "HTML alone"),
            ("count:images 4", "images: 4 or more"),
            ("count:recipients 1", "recipients: 1"),
            ("missing:Date", "no Date"),
            ("disguised:invoice", "\"invoice\" in foreign letters"),
            ("subject:disguised:invoice", "\"invoice\" in foreign letters in the subject"),
            ("in:subject account _ _ suspended", "\"account \u{2026} suspended\" in the subject"),
            ("in:x-mailer mass mailer", "\"mass mailer\" in the header X-Mailer"),
            ("domain-in:received shop.example", "domain shop.example in the route"),
            ("domain-in:any shop.example", "domain shop.example in the header"),
            ("net-in:received 192.0.2", "network 192.0.2 in the route"),
            ("shape-in:message-id a0.0@a.a", "how the header Message-Id is written"),
            ("words in:received 4", "the length of the route"),
            ("after:from to", "the order of the header lines"),
            ("has:x-mailer", "header X-Mailer"),
            ("result:dkim fail", "your provider found dkim fail"),
        ] {
            assert_eq!(describe(token), want);
        }
    }
}
