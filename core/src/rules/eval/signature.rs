//! Lengths of a plain text and of the signature below it (`plaintext_body_length` and its like).

use crate::rules::{
    book::EvalTest,
    eval::{Eval, Scene, argument},
};

pub(super) const EVALS: &[Eval] = &[
    Eval { name: "plaintext_body_length", run: has_length },
    Eval { name: "plaintext_body_sig_ratio", run: has_ratio },
    Eval { name: "plaintext_sig_length", run: has_signature_length },
];

/// Bytes of the first plain text before its signature, and of the signature with the line end before it.
fn lengths(scene: &Scene<'_>) -> Option<(u64, u64)> {
    let part = scene.view.leaves().find(|part| part.content_type == "text/plain")?;
    let text = part.decoded();
    let (body, signature) = split(text).unwrap_or((text, &[]));
    let length = |text: &[u8]| u64::try_from(text.len()).unwrap_or(u64::MAX);
    Some((length(body), length(signature)))
}

/// At the last line of two dashes, perhaps with a space behind them (RFC 3676, 4.3), that something follows.
fn split(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let ends = memchr::memrchr_iter(b'\n', text);
    let (at, end) = ends.filter(|end| end + 1 < text.len()).find_map(|end| {
        let line = text.get(..end)?;
        let before = line.strip_suffix(b" ").unwrap_or(line).strip_suffix(b"--")?;
        let is_line = before.is_empty() || before.ends_with(b"\n");
        is_line.then_some((before.len(), end))
    })?;
    Some((text.get(..at)?, text.get(end..)?))
}

fn has_length(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    lengths(scene).is_some_and(|(body, _)| is_between(argument::float(body), test)).into()
}

fn has_signature_length(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    lengths(scene).is_some_and(|(_, signature)| is_between(argument::float(signature), test)).into()
}

fn has_ratio(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    let Some((body, signature)) = lengths(scene) else { return 0 };
    let ratio = argument::float(body) / argument::float(signature.max(1));
    (body + signature != 0 && is_between(ratio, test)).into()
}

fn is_between(length: f64, test: &EvalTest) -> bool {
    argument::is_between(length, test, 0, 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::eval::trial::run;

    #[test]
    fn texts_are_parted_at_the_last_line_of_dashes() {
        let of = |text: &str| split(text.as_bytes()).map(|(body, signature)| (body.len(), signature.len()));
        // Expected results are those of SpamAssassin 4.0.1.
        assert_eq!(of("hello\n-- \nsig here\n"), Some((6, 10)));
        assert_eq!((of("hello\n--\nsig here\n"), of("-- \nsig here\n")), (Some((6, 10)), Some((0, 10))));
        assert_eq!(of("a\n-- \nb\n-- \nccccc\n"), Some((8, 7)));
        assert_eq!(of("hello\n\n\n-- \n\n\nsig\n\n"), Some((8, 8)));
        for none in ["hello", "hello\n-- sig\n", "hello\n--  \nsig\n", "hello\n> -- \nsig\n", "hello\n-- \n"] {
            assert_eq!(of(none), None, "{none:?}");
        }
    }

    #[test]
    fn lengths_and_their_ratio_are_compared() {
        let holds = |call: &str| run(b"Subject: x\n\nhello\n-- \nsig here\n", &[], call) == 1;
        assert!(
            holds("plaintext_body_length 6 6") && holds("plaintext_sig_length 10") && !holds("plaintext_body_length 7")
        );
        assert!(holds("plaintext_body_sig_ratio 0.6 0.7") && !holds("plaintext_body_sig_ratio 0.7"));
        let page = b"Content-Type: text/html\n\nhello\n";
        assert_eq!(run(page, &[], "plaintext_body_length 0"), 0, "there is no plain text");
    }
}
