//! What is put on top of a message, and what is left as it is.

use super::*;

const RAW: &[u8] = b"From: a@example.org\r\nSubject: one\r\n\r\n.dot\r\n\r\nHello.\r\n";

#[test]
fn a_message_is_resent_as_it_is_under_lines_that_say_who_has_resent_it() {
    let sealed = seal(RAW).unwrap();
    let want = format!(
        "Resent-From: me@example.org\r\nResent-To: you@elsewhere.example\r\nResent-Date: Fri, 17 Jul 2026 00:44:25 \
         +0000\r\nResent-Message-ID: {}\r\nFrom: a@example.org\r\nSubject: one\r\n\r\n.dot\r\n\r\nHello.",
        letter(RAW, &you()).id(&me())
    );
    assert_eq!(String::from_utf8(sealed.content).unwrap(), want);
    assert_eq!((sealed.from.as_str(), sealed.to.as_str()), ("me@example.org", "you@elsewhere.example"));
}

#[test]
fn each_attempt_has_the_same_id_and_each_message_account_and_recipient_its_own() {
    let (other, you) = (address("other@example.org"), you());
    let id = letter(RAW, &you).id(&me());
    assert_eq!(id, Letter { at: UnixTime(0), ..letter(RAW, &you) }.id(&me()));
    let local = id.strip_prefix('<').unwrap().strip_suffix(".tamis@example.org>").unwrap();
    assert!(local.len() == 49 && local.bytes().all(|byte| byte == b'.' || byte.is_ascii_hexdigit()), "{id}");
    for different in
        [letter(b"Subject: two\r\n\r\n", &you).id(&me()), letter(RAW, &other).id(&me()), letter(RAW, &you).id(&other)]
    {
        assert_ne!(different, id);
    }
}

#[test]
fn a_message_that_comes_back_is_not_forwarded_again() {
    let forwarded = seal(RAW).unwrap().content;
    let way = b"Received: from a by b;\r\n\tFri, 17 Jul 2026 00:44:25 +0000\r\nno field at all\r\n";
    let back = [way, &*forwarded].concat();
    assert_eq!(seal(&back).unwrap_err(), SubmitError::GoesRound("you@elsewhere.example".to_owned()));
    let folded = String::from_utf8(back.clone()).unwrap().replace("Resent-Message-ID: ", "RESENT-MESSAGE-ID:\r\n ");
    assert!(matches!(seal(folded.as_bytes()), Err(SubmitError::GoesRound(_))));

    let other = address("other@example.org");
    assert!(letter(&back, &other).seal(&me()).is_ok(), "to somebody else it may go");
    let quoted = [b"Subject: Re\r\n\r\n", &*forwarded].concat();
    assert!(seal(&quoted).is_ok(), "what a text quotes is no header");
}

#[test]
fn too_many_servers_are_a_circle() {
    let through =
        |hops: usize| format!("{}Subject: x\r\n\r\nReceived: no\r\n", "received: from a\r\n by b\r\n".repeat(hops));
    assert!(seal(through(25).as_bytes()).is_ok());
    assert_eq!(seal(through(26).as_bytes()).unwrap_err(), SubmitError::TooManyHops(26));
}

#[test]
fn no_line_end_is_half_of_one() {
    for (raw, want) in [
        ("A: b\n\nc\n", "A: b\r\n\r\nc"),
        ("A: b\r\n\r\nc\r.\r\nd", "A: b\r\n\r\nc\r\n.\r\nd"),
        ("A: b\r\n\r\nc\n.\r\nd\r\n\r\n", "A: b\r\n\r\nc\r\n.\r\nd\r\n"),
        ("A: b\r\r\n\r\n\r", "A: b\r\n\r\n\r\n"),
        ("A: b", "A: b"),
        ("", ""),
        ("\r\nno header", "\r\nno header"),
        ("no header\r\nat all", "\r\nno header\r\nat all"),
        ("Dear friend: hello", "\r\nDear friend: hello"),
        (" A: b", "\r\n A: b"),
    ] {
        let content = String::from_utf8(seal(raw.as_bytes()).unwrap().content).unwrap();
        let (top, rest) = content.split_once(".tamis@example.org>\r\n").unwrap_or((&content, ""));
        assert!(top.starts_with("Resent-From: "));
        assert_eq!(rest, want, "{raw:?}");
        assert!(!content.replace("\r\n", "").contains(['\r', '\n']), "{raw:?}");
    }
}

#[test]
fn addresses_stand_in_quotes_where_they_must() {
    for (text, want) in [
        ("a.b+c@example.org", "a.b+c@example.org"),
        ("\"a b\"@example.org", "\"a b\"@example.org"),
        ("\"a>\r\n\"@example.org", ""),
        ("\"a\\\"b\"@example.org", "\"a\\\"b\"@example.org"),
        ("\"a>b\"@example.org", "\"a>b\"@example.org"),
        ("a..b@example.org", "\"a..b\"@example.org"),
        ("jürgen@bücher.example", "jürgen@xn--bcher-kva.example"),
    ] {
        assert_eq!(Address::parse(text).map(|address| written(&address)).unwrap_or_default(), want, "{text}");
    }
}

proptest::proptest! {
    #[test]
    fn any_bytes_can_be_resent(raw in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300)) {
        let sealed = seal(&raw).unwrap();
        let text: Vec<u8> = sealed.content.iter().copied().filter(|byte| !b"\r\n".contains(byte)).collect();
        let kept: Vec<u8> = raw.iter().copied().filter(|byte| !b"\r\n".contains(byte)).collect();
        proptest::prop_assert!(text.ends_with(&kept));
    }
}

fn seal(raw: &[u8]) -> Result<Sealed, SubmitError> {
    letter(raw, &you()).seal(&me())
}

fn letter<'a>(raw: &'a [u8], to: &'a Address) -> Letter<'a> {
    Letter { raw, to, at: UnixTime(1_784_249_065) }
}

fn me() -> Address {
    address("me@example.org")
}

fn you() -> Address {
    address("you@elsewhere.example")
}

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}
