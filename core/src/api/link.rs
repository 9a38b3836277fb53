//! What a link of a digest looks like.

/// How every such link begins.
const SCHEME: &str = "tamis:";

/// The longest link that is passed on, in bytes. Those of a digest are far shorter.
const MAX_LINK: usize = 256;

/// Whether `text` may be a link for [`Request::Open`](super::Request::Open): it begins with `tamis:` and is at most 256
/// printable characters of ASCII. Whether it means anything, only the agent knows.
pub fn is_link(text: &str) -> bool {
    let is_short = text.len() <= MAX_LINK;
    is_short && text.bytes().all(|byte| byte.is_ascii_graphic()) && text.starts_with(SCHEME)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_short_printable_links_of_our_own_are_links() {
        let of_length = |length: usize| format!("tamis:{}", "x".repeat(length - 6));
        for (text, want) in [
            ("tamis:release/17-q0Zk", true),
            ("tamis:", true),
            (of_length(256).as_str(), true),
            (of_length(257).as_str(), false),
            ("Tamis:release/17", false),
            ("https://example.org/tamis:release/17", false),
            ("tamis:release/17 18", false),
            ("tamis:release/17\n", false),
            ("tamis:\u{e9}", false),
            ("", false),
        ] {
            assert_eq!(is_link(text), want, "{text:?}");
        }
    }
}
