//! Cases in which the reference client and mail programs read a message differently. What is expected is what that client
//! prints for `pyzor predigest`.

use super::digested;

fn of(raw: &str) -> Option<String> {
    Some(String::from_utf8(digested(raw.as_bytes())?).unwrap())
}

#[test]
fn of_many_lines_some_are_taken_from_two_places() {
    let lines =
        ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"].map(|letter| format!("line {letter} here\n")).concat();
    let want = ["c", "d", "e", "g", "h", "i"].map(|letter| format!("line{letter}here")).concat();
    assert_eq!(of(&format!("Subject: x\n\n{lines}")), Some(want));
    assert_eq!(of("\n\nshort\nlong enough\n").as_deref(), Some("longenough"));
}

#[test]
fn of_a_page_the_text_between_the_tags_is_taken() {
    let page = |text: &str| of(&format!("Content-Type: text/html\n\n{text}"));
    for (text, want) in [
        ("<p>Dear&nbsp;friend <b>and</b></p><style>p { color: red }</style> more words", "Dearfriendandmorewords"),
        ("one two<!-- no ---> three <script>var x = '<b>';</script>four", "onetwothreefour"),
        (
            "a < b and <img src='x>y' alt=\"z\"/>some words <!doctype html>&eacute;&#8364;&ampx end",
            "a<bandsomewordsé€&xend",
        ),
        ("a < b and some words <!doctype html>&eacute;&#8364;&ampx", "a<bandsomewords"),
        ("some text <a href=\"never closed>more", "sometext"),
        ("words that end in &amp", ""),
        ("five words </ p>and <?php no ?> some <![CDATA[ no ]]>more", "fivewordsandsomemore"),
    ] {
        assert_eq!(page(text).as_deref(), Some(want), "{text}");
    }
    assert_eq!(page("some <![no section]> text"), None, "there the client breaks off");
}

#[test]
fn files_are_taken_as_they_are_encoded_and_parts_as_python_finds_them() {
    let raw = "Content-Type: multipart/mixed; boundary=\"b b\"\n\npreamble is none\n--b b\nContent-Type: text/plain;\n \
               charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nGr=FC=DFe aus=\n Rom\n--b b  \n\
               Content-Type: image/png\nContent-Transfer-Encoding: base64\n\nAAAA BBBB CC\n--b b--\nepilogue is none\n";
    assert_eq!(of(raw).as_deref(), Some("GrüßeausRomAAAABBBBCC"));
    let report = "Content-Type: message/delivery-status\n\nAction: failed\nno header at all\n\nStatus: 5.0.0\n";
    assert_eq!(of(report).as_deref(), Some("noheaderatall"));
    let inner = "Content-Type: message/rfc822\n\nSubject: inner\n\ntext of the inner one\n";
    assert_eq!(of(inner).as_deref(), Some("textoftheinnerone"));
    let open = "Content-Type: multipart/mixed; boundary=never\n\nthere is no boundary here\n";
    assert_eq!(of(open).as_deref(), Some("thereisnoboundaryhere"));
}

#[test]
fn no_bytes_are_too_much() {
    let deep = "Content-Type: message/rfc822\n\n".repeat(5000);
    assert!(of(&deep).is_some());
    let wide = format!("Content-Type: multipart/mixed; boundary=b\n\n{}", "--b\n\n".repeat(50_000));
    assert!(of(&wide).is_some());
    assert!(of(&"<".repeat(100_000)).is_some());
    assert!(digested(&[0xff; 1000]).is_some());
}
