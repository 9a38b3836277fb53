//! Logging in with an access token: OAUTHBEARER (RFC 7628), and XOAUTH2, which Google and Microsoft had before.

use crate::secret::Secret;

/// Longer than any status in use: `invalid_token`, `401`.
const STATUS_CHARS: usize = 60;

/// Whether the token can be sent at all (RFC 6750 §2.1).
pub(super) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// What XOAUTH2 begins with.
pub(super) fn xoauth2(user: &str, token: &Secret) -> Secret {
    Secret::new(format!("user={user}\x01auth=Bearer {}\x01\x01", token.expose()))
}

/// What OAUTHBEARER begins with.
pub(super) fn oauthbearer(user: &str, host: &str, port: u16, token: &Secret) -> Secret {
    let user = escaped(user);
    Secret::new(format!("n,a={user},\x01host={host}\x01port={port}\x01auth=Bearer {}\x01\x01", token.expose()))
}

/// A name within a SASL message (RFC 5801 §4).
pub(super) fn escaped(name: &str) -> String {
    name.replace('=', "=3D").replace(',', "=2C")
}

/// The status in the JSON with which a server says what is wrong with a token.
pub(super) fn status(json: &[u8]) -> Option<String> {
    let said: serde_json::Value = serde_json::from_slice(json).ok()?;
    let status = said.get("status")?;
    // The standard has it as a text, but it is a number in essence.
    let text = status.as_str().map(str::to_owned).or_else(|| status.as_u64().map(|number| number.to_string()))?;
    Some(text.chars().filter(|c| !c.is_control()).take(STATUS_CHARS).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_is_as_the_standards_show_it() {
        // The examples of Google's description of XOAUTH2 and of RFC 7628 §4.1.
        let token = Secret::new("ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg".to_owned());
        assert_eq!(
            xoauth2("someuser@example.com", &token).expose(),
            "user=someuser@example.com\x01auth=Bearer ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg\x01\x01"
        );
        let token = Secret::new("vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==".to_owned());
        assert_eq!(
            oauthbearer("user@example.com", "server.example.com", 143, &token).expose(),
            "n,a=user@example.com,\x01host=server.example.com\x01port=143\x01auth=Bearer \
             vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\x01\x01"
        );
        assert_eq!(escaped("a,b=c"), "a=2Cb=3Dc");
    }

    #[test]
    fn the_reason_of_a_refusal_is_read_from_whatever_the_server_sends() {
        let long = format!("{{\"status\":\"{}\"}}", "x".repeat(1000));
        for (json, want) in [
            (r#"{"status":"invalid_token","schemes":"bearer","scope":"mail"}"#, Some("invalid_token".to_owned())),
            (r#"{"status":401}"#, Some("401".to_owned())),
            (r#"{"status":"a\u0007b"}"#, Some("ab".to_owned())),
            (&long, Some("x".repeat(STATUS_CHARS))),
            (r#"{"status":{}}"#, None),
            (r#"{"error":1}"#, None),
            ("[", None),
            ("", None),
            ("\u{0}", None),
        ] {
            assert_eq!(status(json.as_bytes()), want, "{json}");
        }
        // Nested deeper than a parser without a limit survives.
        assert_eq!(status("[".repeat(100_000).as_bytes()), None);
    }

    #[test]
    fn a_token_has_nothing_that_could_end_it() {
        for (text, want) in [("ya29.a0-_~+/=", true), ("", false), ("a b", false), ("a\u{1}b", false), ("ä", false)] {
            assert_eq!(is_token(text), want, "{text:?}");
        }
    }
}
