//! Whether a refusal says that IMAP is switched off for the account, which the person puts right at the provider.
//!
//! That word may also be in a host's name, or in a sentence on another thing, such as one way of logging in; and where it is
//! only one of two reasons, the password is the likelier one.

/// What may stand between IMAP and that it is off.
const BETWEEN: [&str; 20] = [
    "access",
    "service",
    "services",
    "protocol",
    "login",
    "use",
    "usage",
    "for",
    "this",
    "your",
    "the",
    "account",
    "user",
    "mailbox",
    "is",
    "has",
    "been",
    "was",
    "currently",
    "temporarily",
];

/// What says that something is not on.
const OFF: [&str; 7] =
    ["not enabled", "disabled", "deactivated", "suspended", "switched off", "turned off", "not activated"];

/// Whether a refusal, in lower case, says that something is not on.
pub(super) fn is_off(lower: &str) -> bool {
    OFF.iter().any(|words| lower.contains(words))
}

/// Whether it says so of IMAP.
pub(super) fn is_imap_off(lower: &str) -> bool {
    let mut sentences = lower.split(['!', ';', ',', '\n']).flat_map(|part| part.split(". "));
    sentences.any(|sentence| {
        let words: Vec<&str> = sentence
            .split_whitespace()
            .map(|word| word.trim_matches(|letter: char| !letter.is_alphanumeric()))
            .collect();
        let text = words.join(" ");
        // Gmail, and Zoho.
        if ["account is not enabled for imap", "yet to enable imap"].iter().any(|said| text.contains(said)) {
            return true;
        }
        words.iter().enumerate().any(|(at, word)| {
            let before = at.checked_sub(1).and_then(|at| words.get(at));
            // `invalid credentials or IMAP is disabled`: Yandex.
            let is_it =
                ["imap", "imap4", "imap/smtp", "imap/pop3", "pop3/imap"].contains(word) && before != Some(&"or");
            let rest = words.iter().skip(at + 1).skip_while(|word| BETWEEN.contains(word));
            let rest = rest.copied().take(2).collect::<Vec<_>>().join(" ");
            is_it && OFF.iter().any(|off| rest.starts_with(off))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_that_imap_is_off_is_told_from_what_only_names_it() {
        for said in [
            "Your account is not enabled for IMAP use. Please visit your Gmail settings page.",
            "IMAP access is disabled",
            "IMAP access is disabled for this account",
            "You are yet to enable IMAP for your account. Please contact your administrator.",
            "IMAP is disabled for your account",
            "Error: IMAP service has been turned off!",
            "IMAP access for this user is not activated.",
        ] {
            assert!(is_imap_off(&said.to_lowercase()), "{said}");
        }
        for said in [
            "LOGIN invalid credentials or IMAP is disabled",
            "Basic authentication is disabled for IMAP",
            "imap.example.org: this account is disabled",
            "LOGIN is disabled on IMAP without TLS",
            "Account suspended; see https://example.org/imap",
            "This IMAP server has PLAIN disabled",
            "Invalid user or password",
        ] {
            assert!(!is_imap_off(&said.to_lowercase()), "{said}");
        }
    }
}
