//! No bytes make the parser fail, and none make it slow.

use std::fmt::Write as _;

use proptest::{collection::vec, prelude::*, sample::select};
use tamis_core::mail::{Arrival, Mail};

/// What the limits promise of every message.
fn read(raw: &[u8]) {
    let mail = Mail::parse(raw, &Arrival::default());
    assert!(mail.urls().len() <= 1_000 && mail.part_count() <= 10_000);
    assert!(mail.urls().iter().all(|url| url.written.len() <= 2048));
    assert!(mail.attachments().iter().all(|file| file.start.len() <= 512 && file.inside.archive.names.len() <= 200));
    assert!(mail.trace().boundary.is_none_or(|at| at < mail.trace().hops.len()));
    assert!(mail.texts().iter().map(|part| part.text.len()).sum::<usize>() <= 4 * 1024 * 1024);
    assert_eq!(Mail::parse(raw, &Arrival::default()).urls(), mail.urls());
}

/// Pieces that mean something to the parser, put together without sense.
const PIECES: [&str; 56] = [
    "\r\n",
    "\n",
    "\r\n\r\n",
    "\n\n",
    "\0",
    " ",
    "\t",
    ":",
    ";",
    "=",
    "\"",
    "<",
    ">",
    "(",
    ")",
    "[",
    "]",
    "\\",
    ",",
    "@",
    "From: ",
    "To: a@b.example, ",
    "Received: from ",
    " by ",
    " with ",
    "[192.0.2.1]",
    "; Thu, 1 Jan 1970 00:00:00 +0000",
    "Date: ",
    "99",
    "Content-Type: ",
    "multipart/mixed; boundary=",
    "message/rfc822",
    "text/html",
    "text/plain; charset=utf-7",
    "Content-Transfer-Encoding: base64",
    "Content-Transfer-Encoding: quoted-printable",
    "Content-Disposition: attachment; ",
    "filename*0*=utf-8''%41",
    "filename=",
    "--x",
    "--x--",
    "x",
    "=?utf-8?q?",
    "=?gb2312?b?",
    "?=",
    "=3D=",
    "PK\u{3}\u{4}",
    "http://",
    "//",
    "%00",
    "xn--",
    "<a href=",
    "<p style=\"display:none",
    "&#x110000;",
    "<!--",
    "é\u{202e}\u{ad}",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn any_bytes_are_a_message(raw in vec(any::<u8>(), 0..2_000)) {
        read(&raw);
    }

    #[test]
    fn any_pieces_are_a_message(pieces in vec(select(&PIECES[..]), 0..300)) {
        read(pieces.concat().as_bytes());
    }

    #[test]
    fn any_damage_leaves_a_message(at in 0_usize..2_000, with in vec(any::<u8>(), 0..20), cut in 0_usize..2_000) {
        let mut raw = ordinary();
        let at = at.min(raw.len());
        raw.splice(at..(at + with.len()).min(raw.len()), with);
        read(&raw);
        raw.truncate(cut);
        read(&raw);
    }
}

#[test]
fn nothing_is_a_message() {
    read(b"");
    read(b"From ");
    read(b"From \n");
}

#[test]
fn messages_within_messages_are_not_followed() {
    read("Content-Type: message/rfc822\n\n".repeat(40_000).as_bytes());
    read("Content-Type: multipart/digest; boundary=x\n\n--x\n\n".repeat(40_000).as_bytes());
}

#[test]
fn deep_multiparts_are_read_in_one_pass() {
    let mut nested = String::new();
    for depth in 0..20_000 {
        write!(nested, "Content-Type: multipart/mixed; boundary=b{depth}\n\n--b{depth}\n").unwrap();
    }
    read(nested.as_bytes());
    let mut unmet = String::from("Content-Type: multipart/mixed; boundary=x\n\n");
    for part in 0..9_000 {
        write!(unmet, "--x\nContent-Type: multipart/mixed; boundary=never{part}\n\ntext\n").unwrap();
    }
    read(unmet.as_bytes());
    read(format!("Content-Type: multipart/mixed; boundary=x\n\n{}", "--x\n".repeat(100_000)).as_bytes());
    read(format!("Content-Type: multipart/mixed; boundary=x\n\n{}", "--y\n".repeat(100_000)).as_bytes());
}

#[test]
fn headers_by_the_hundred_thousand_are_read_up_to_a_limit() {
    read("Received: from a by b; x\n".repeat(100_000).as_bytes());
    read("To: a@b.example, c\n".repeat(100_000).as_bytes());
    read(("To: ".to_owned() + &"a@b.example,".repeat(100_000)).as_bytes());
    read(("To: ".to_owned() + &"<".repeat(200_000)).as_bytes());
    read(("To: ".to_owned() + &"(".repeat(200_000)).as_bytes());
    read(("Subject: ".to_owned() + &"=?a?q?".repeat(100_000)).as_bytes());
    read(("Subject: ".to_owned() + &"=?utf-8?b?".repeat(100_000)).as_bytes());
    read(("Subject: ".to_owned() + &"=?utf-8?q?a?= ".repeat(100_000)).as_bytes());
    read(("Subject: ".to_owned() + &"=?".repeat(100_000)).as_bytes());
    read(("Received: from ".to_owned() + &"(".repeat(200_000)).as_bytes());
    read(("X: ".to_owned() + &"\n ".repeat(100_000)).as_bytes());
}

#[test]
fn parameters_by_the_hundred_thousand_are_read_up_to_a_limit() {
    let mut raw = String::from("Content-Type: text/plain");
    for number in 0..130_000 {
        write!(raw, "; name*{number}*=a").unwrap();
    }
    read(raw.as_bytes());
    read(("Content-Type: text/plain".to_owned() + &"; name=\"a\\".repeat(100_000)).as_bytes());
}

#[test]
fn long_bodies_of_one_kind_are_read_in_time() {
    for piece in
        ["a.a/", "http://", "a.", ")", "www.", "<a href=x>", "&amp;", "=?", "\0", "\r", "%", "@", "://", "[", "x "]
    {
        let body = piece.repeat(200_000 / piece.len());
        for kind in ["text/plain", "text/html"] {
            read(format!("Content-Type: {kind}\n\n{body}").as_bytes());
        }
    }
}

fn ordinary() -> Vec<u8> {
    let parts = "--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nSee http://example.org/a\r\n--x\r\n\
        Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p style=3D\"color:white\">x</p>\
        <a href=3Dhttp://192.0.2.1/>y</a>\r\n--x\r\nContent-Type: application/zip; name=\"a.zip\"\r\n\
        Content-Transfer-Encoding: base64\r\n\r\nUEsDBBQAAAAAAAAAAAAAAAAAAwAAAAMAAAABAAAAYWFiYw==\r\n--x--\r\n";
    let head = "Received: from a.example (b.example [192.0.2.1]) by mx.example.org (Postfix) with ESMTP id 1;\r\n\
        \tThu, 1 Jan 1970 00:00:00 +0000\r\nFrom: =?utf-8?q?B=C3=B6b?= <bob@example.org>\r\nTo: a@b.example\r\n\
        Subject: =?utf-8?b?aGVsbG8=?=\r\nDate: Thu, 1 Jan 1970 00:00:00 +0000\r\nMessage-ID: <1@example.org>\r\n\
        Content-Type: multipart/mixed; boundary=\"x\"\r\n\r\n";
    format!("{head}{parts}").into_bytes()
}
