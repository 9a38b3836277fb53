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
    ("type:", "content type ", ""),
    ("boundary:", "MIME boundary like ", ""),
    ("id:", "Message-ID like ", ""),
    ("id-domain:", "Message-ID made at ", ""),
    ("mailer:", "\"", "\" in the name of the mail program"),
    ("organization:", "\"", "\" in the sender's organization"),
    ("header:", "header ", ""),
    ("has:", "header ", ""),
    ("missing:", "no ", ""),
    ("helo:", "handed in by a host that calls itself ", ""),
    ("host:", "handed in by ", ""),
    ("net:", "handed in from network ", ""),
    ("with:", "handed in with ", ""),
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

/// The token as a person would say it: `"invoice" in the subject`.
pub(in crate::learn) fn describe(token: &str) -> String {
    if let Some((what, count)) = token.strip_prefix("count:").and_then(|rest| rest.rsplit_once(' ')) {
        let more = if matches!(count, "0" | "1") { "" } else { " or more" };
        return format!("{what}: {count}{more}");
    }
    let phrase =
        PHRASES.iter().find_map(|(prefix, before, behind)| Some((token.strip_prefix(prefix)?, before, behind)));
    let Some((word, before, behind)) = phrase else { return word_of_text(token, "\"", "\"") };
    word_of_text(word, before, behind)
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
        ] {
            assert_eq!(describe(token), want);
        }
    }
}
