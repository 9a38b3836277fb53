//! Which files are programs, and which are not what they say.

use super::*;
use crate::rules::eval::trial::{message, part, run};

const PROGRAM: &[u8] = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0\xb8\0\0\0\0\0\0\0";

fn finds(content_type: &str, name: &str, content: &[u8]) -> (u32, u32) {
    let mail = message(&[part(content_type, name, content)]);
    (run(&mail, &[], "check_microsoft_executable"), run(&mail, &[], "check_suspect_name"))
}

#[test]
fn programs_are_known_by_name_or_content() {
    assert!(PROGRAMS.is_sorted());
    assert_eq!(finds("application/octet-stream", "A.EXE", b"abc"), (1, 0));
    assert_eq!(finds("application/octet-stream", "a.dat", PROGRAM), (1, 0));
    assert_eq!(finds("application/octet-stream", "a.dat", b"MZ and more that is only text"), (0, 0));
    assert_eq!(finds("message/rfc822", "a.exe", b"abc"), (0, 0));
    assert_eq!(finds("application/octet-stream", "a.exe.txt", b"abc"), (0, 0));
}

#[test]
fn programs_in_text_are_found() {
    let of = |line: &str| {
        let text = format!("Subject: x\nContent-Type: text/plain\n\nbegin 644 a\n{line}\n`\nend\n");
        run(text.as_bytes(), &[], "check_microsoft_executable")
    };
    assert_eq!(of("M35J0``,````$````__\\``+@`````````0```````````````````````````"), 1);
    assert_eq!(of(" M35J0``,````$````__\\``+@`````````0```````````````````````````"), 0);
    assert_eq!(of("M35Jxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"), 0);
}

#[test]
fn names_have_to_fit_types() {
    for (content_type, name, is_suspect) in [
        ("image/gif", "a.exe", 1),
        ("text/plain", "a.scr", 1),
        ("application/pdf", "a.scr", 0),
        ("image/gif", "a.png", 0),
        ("text/plain", "a.png", 1),
        ("application/octet-stream", "a.png", 0),
        ("image/gif", "a.html", 1),
        ("application/msword", "a.doc", 0),
        ("application/vnd.ms-excel", "a.doc", 1),
        ("application/vnd.ms-excel", "a.xls", 0),
        ("image/gif", "a.zip", 0),
        ("image/gif", "noextension", 0),
    ] {
        assert_eq!(finds(content_type, name, b"abc").1, is_suspect, "{content_type} {name}");
    }
}
