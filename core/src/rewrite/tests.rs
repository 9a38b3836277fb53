//! What a replacement changes, and what it leaves as it is.

use proptest::{collection::vec, prelude::*, sample::select};

use super::*;
use crate::{
    checks::files::danger,
    headers::{SpamFacts, is_spam_header},
    judge::Class,
    mail::{AccountFacts, Arrival, FilePolicy, Mail, NamePattern, UrlSource, header_block::pieces},
    score::Score,
};

const SYMBOLS: &[&str] = &["HTML_FORM", "BAYES_99"];

fn tag(subject: &str) -> Tag<'_> {
    let [score, required] = [7300, 5000].map(Score::from_thousandths);
    Tag { facts: SpamFacts { score, class: Class::Spam, required, symbols: SYMBOLS }, subject }
}

fn mark(raw: &str, subject: &str) -> String {
    String::from_utf8(tagged(raw.as_bytes(), &tag(subject)).unwrap()).unwrap()
}

fn parse(raw: &[u8]) -> Mail<'_> {
    Mail::parse(raw, &Arrival::default())
}

fn strip(raw: &[u8]) -> Option<Stripped> {
    stripped(raw, &parse(raw), &StripWords::default())
}

fn strip_text(raw: &str) -> (String, Vec<String>) {
    let stripped = strip(raw.as_bytes()).unwrap();
    (String::from_utf8(stripped.raw).unwrap(), stripped.removed)
}

#[test]
fn a_marked_message_begins_with_our_lines() {
    let got = mark(
        "Received: from a by b\r\nX-Spam-Flag: NO\r\nSubject: Cheap\r\n watches\r\nx-spam-status : No,\r\n hits=0\r\n\
         X-Spam-Report: kept\r\n\r\nX-Spam-Flag: in the body\r\n",
        "[SPAM?] ",
    );
    insta::assert_snapshot!(got.replace("\r\n", "\n"), @"
    X-Spam-Checker-Version: Tamis 0.1.0
    X-Spam-Flag: YES
    X-Spam-Level: *******
    X-Spam-Status: Yes, score=7.3 required=5.0 tests=BAYES_99,HTML_FORM
    	autolearn=no version=0.1.0
    Received: from a by b
    Subject: [SPAM?] Cheap
     watches
    X-Spam-Report: kept

    X-Spam-Flag: in the body
    ");
    assert!(!got.replace("\r\n", "").contains('\n'));
}

#[test]
fn subjects_of_all_kinds_are_marked_once() {
    for (subject, prefix, want) in [
        ("Subject: Hi\n", "[SPAM?]", "Subject: [SPAM?] Hi\n"),
        ("Subject:Hi\n", "[SPAM?]", "Subject: [SPAM?] Hi\n"),
        ("SUBJECT :\t Hi\n", "[SPAM?]", "SUBJECT : [SPAM?] Hi\n"),
        ("Subject:\n", "[SPAM?]", "Subject: [SPAM?]\n"),
        ("Subject:\n Hi\n", "[SPAM?]", "Subject: [SPAM?]\n Hi\n"),
        ("Subject: [SPAM?] Hi\n", "[SPAM?]", "Subject: [SPAM?] Hi\n"),
        ("Subject: [SPAM?]Hi\n", "[SPAM?]", "Subject: [SPAM?] [SPAM?]Hi\n"),
        ("Subject: Hi\n", "", "Subject: Hi\n"),
        ("Subject: Hi\n", " \r\n", "Subject: Hi\n"),
        ("Subject: Hi\n", "A\r\nX-Evil: 1", "Subject: A X-Evil: 1 Hi\n"),
        ("Subject: =?utf-8?q?caf=C3=A9?=\n", "[SPAM?]", "Subject: [SPAM?] =?utf-8?q?caf=C3=A9?=\n"),
        ("Subject: Hi\n", "⚠", "Subject: =?utf-8?b?4pqg?= Hi\n"),
        ("Subject: =?utf-8?q?caf=C3=A9?=\n", "⚠", "Subject: =?utf-8?b?4pqgIA==?= =?utf-8?q?caf=C3=A9?=\n"),
        ("Subject: A\nSubject: B\n", "[SPAM?]", "Subject: [SPAM?] A\nSubject: [SPAM?] B\n"),
        ("", "[SPAM?]", "Subject: [SPAM?]\n"),
    ] {
        let got = mark(&format!("{subject}From: a@b.example\n\nbody"), prefix);
        let (_, after) = got.split_once("version=0.1.0\n").unwrap();
        assert_eq!(after, format!("{want}From: a@b.example\n\nbody"), "{subject}");
        assert_eq!(mark(&got, prefix), got);
    }
}

#[test]
fn a_long_subject_is_folded_behind_the_mark() {
    let long = "=?utf-8?q?".to_owned() + &"a".repeat(50) + "?=";
    let got = mark(&format!("Subject: {long}\r\n\r\n"), "[SPAM?]");
    assert!(got.contains(&format!("Subject: [SPAM?]\r\n {long}\r\n")), "{got}");
}

#[test]
fn a_mail_folder_line_stays_first_and_no_header_means_no_mark() {
    assert!(mark("From bob Thu Jan  1 00:00:00 1970\nSubject: x\n\nbody", "A").starts_with("From bob Thu"));
    for raw in ["", "\n\nbody", "no header\nSubject: x\n\n", "From bob\n"] {
        assert_eq!(tagged(raw.as_bytes(), &tag("A")), None, "{raw:?}");
    }
}

#[test]
fn a_program_is_replaced_by_a_note() {
    let (raw, removed) = strip_text(
        "From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nHello\r\n--x\r\n\
         Content-Type: application/octet-stream; name=\"ReadMe.doc.exe\"\r\nContent-Transfer-Encoding: base64\r\n\
         Content-Disposition: attachment\r\n\r\nTVqQAAMAAAAEAAAA\r\n--x\r\nContent-Type: image/png; name=a.png\r\n\r\n1\r\n--x--\r\n",
    );
    insta::assert_snapshot!(raw.replace("\r\n", "\n"), @r#"
    From: a@b.example
    MIME-Version: 1.0
    Content-Type: multipart/mixed; boundary=x

    --x

    Hello
    --x
    Content-Type: text/plain; charset=utf-8
    Content-Transfer-Encoding: quoted-printable

    Tamis removed a part of this message, because it may be dangerous:

        "ReadMe.doc.exe" (application/octet-stream, 12 bytes)
        "ReadMe.doc.exe" is a program

    The original message is kept.

    --x
    Content-Type: image/png; name=a.png

    1
    --x--
    "#);
    assert_eq!(removed, ["\"ReadMe.doc.exe\" (application/octet-stream, 12 bytes)"]);
    assert!(!raw.replace("\r\n", "").contains('\n'));
}

#[test]
fn a_page_that_is_the_whole_message_keeps_the_messages_lines() {
    let (raw, removed) = strip_text(
        "From: a@b.example\nContent-Type: text/html; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\
         Subject: x\n\n<p onclick=3D\"x()\">caf=E9<script>y()</script><img src=3D\"http://example.org/1.gif\">\n",
    );
    assert_eq!(
        raw,
        "From: a@b.example\nSubject: x\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\
         Content-Transfer-Encoding: quoted-printable\n\n<p>caf=C3=A9<img>\n"
    );
    assert_eq!(removed, ["2 scripts", "1 remote image or style"]);
}

#[test]
fn a_page_without_danger_is_left_and_so_is_part_of_a_message() {
    let page = "Content-Type: text/html\n\n<p data-x=1><a href=https://example.org/>x</a><img src=cid:1><o:p></o:p>";
    assert_eq!(strip(page.as_bytes()), None);
    let script = b"Content-Type: text/html\n\n<script>x</script>";
    assert!(strip(script).is_some());
    let cut = Mail::parse(script, &Arrival { full_size: Some(1_000_000), ..Arrival::default() });
    assert_eq!(stripped(script, &cut, &StripWords::default()), None);
}

#[test]
fn the_charset_a_page_names_itself_is_believed() {
    let raw = b"Content-Type: text/html\n\n<meta charset=koi8-r><script></script>\xf0\xd2\xc9\xd7\xc5\xd4";
    assert_eq!(parse(&strip(raw).unwrap().raw).visible_text(), "Привет");
}

#[test]
fn a_signature_that_no_longer_holds_is_not_claimed() {
    let page = |html: &str| {
        format!(
            "Content-Type: multipart/signed; micalg=sha-256;\r\n protocol=\"application/pgp-signature\"; boundary=\"s s\"\r\n\r\n\
             --s s\r\nContent-Type: text/html\r\n\r\n{html}\r\n--s s\r\nContent-Type: application/pgp-signature\r\n\r\nabc\r\n--s s--\r\n"
        )
    };
    assert_eq!(strip(page("<p>Hello").as_bytes()), None);
    let (raw, _) = strip_text(&page("<p>Hello<script>x</script>"));
    let mail = parse(raw.as_bytes());
    assert_eq!(mail.content_type(), "multipart/mixed");
    assert!(mail.texts()[0].text.contains("no longer holds") && mail.texts()[1].text == "Hello", "{raw}");
    assert!(!raw.contains("multipart/signed") && raw.contains("application/pgp-signature"));
}

#[test]
fn attached_messages_are_looked_into() {
    let inner = "Subject: see example.com\r\nContent-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\n\
        Content-Type: text/html\r\n\r\n<form>Hi</form>\r\n--i\r\nContent-Disposition: attachment; filename=a.vbs\r\n--i--\r\n";
    let outer = |encoding: &str, inner: &str| {
        format!(
            "Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\nContent-Type: message/rfc822\r\n\
             Content-Transfer-Encoding: {encoding}\r\n\r\n{inner}\r\n--o--\r\n"
        )
    };
    let (raw, removed) = strip_text(&outer("8bit", inner));
    assert_eq!(removed, ["\"a.vbs\" (application/octet-stream, 0 bytes)", "1 form or field of one"]);
    assert!(raw.contains("Subject: see example.com\r\n") && raw.contains("<div>Hi</div>\r\n--i\r\n"), "{raw}");
    assert!(raw.ends_with("kept.\r\n\r\n--i--\r\n\r\n--o--\r\n"), "{raw}");
    let encoded = crate::mail::transfer::encode_base64(inner.as_bytes());
    let (raw, removed) = strip_text(&outer("base64", &encoded));
    assert!(removed.len() == 1 && removed[0].contains("message/rfc822") && !raw.contains(&encoded), "{removed:?}");
    let harmless = crate::mail::transfer::encode_base64(b"Subject: x\r\n\r\nbody");
    assert_eq!(strip(outer("base64", &harmless).as_bytes()), None);
}

#[test]
fn attached_pages_are_cleaned_or_removed() {
    let part = |kind: &str, name: &str| {
        format!(
            "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: {kind}\nContent-Disposition: attachment; \
             filename=\"{name}\"\n\n<p>Pay<script>x</script></p>\n--x--\n"
        )
    };
    let (raw, _) = strip_text(&part("text/html", "your bill é.html"));
    let mail = parse(raw.as_bytes());
    assert_eq!(
        (mail.attachments()[0].name.as_deref(), mail.attachments()[0].start.as_slice()),
        (Some("your bill é.html"), &b"<p>Pay</p>"[..])
    );
    let (raw, removed) = strip_text(&part("application/octet-stream", "bill.html"));
    assert!(removed[0].starts_with("\"bill.html\"") && !raw.contains("<script>"), "{raw}");
}

#[test]
fn files_go_or_stay_as_the_account_wants() {
    let of = |pattern: &str| vec![NamePattern::parse(pattern).unwrap()];
    let files = FilePolicy { deny: of("*.pages"), allow: of("tool-*.exe"), is_doubt: false };
    let account = AccountFacts { files, ..AccountFacts::default() };
    let part = |kind: &str, name: &str| {
        format!("--b\nContent-Type: {kind}\nContent-Disposition: attachment; filename=\"{name}\"\n\nx\n")
    };
    let raw = [
        "Content-Type: multipart/mixed; boundary=b\n\n".to_owned(),
        part("application/octet-stream", "tool-7.exe"),
        part("application/octet-stream", "other.exe"),
        part("application/octet-stream", "letter.pages"),
        // What is shown is no file, whatever it is called.
        "--b\nContent-Type: text/html; name=\"tool-8.exe\"\n\n<p>Hi</p><script>x()</script>\n--b--\n".to_owned(),
    ]
    .concat();
    let mail = Mail::parse(raw.as_bytes(), &Arrival { account, ..Arrival::default() });
    let left = stripped(raw.as_bytes(), &mail, &StripWords::default()).unwrap();
    let text = String::from_utf8(left.raw).unwrap();
    assert!(text.contains("filename=\"tool-7.exe\"\n\nx\n") && !text.contains("x()"), "{text}");
    let removed: Vec<&str> = left.removed.iter().filter_map(|what| what.split('"').nth(1)).collect();
    assert_eq!(removed, ["other.exe", "letter.pages", "tool-8.exe"]);
    assert!(text.contains("\"letter.pages\" is not wanted here"), "{text}");
}

#[test]
fn what_there_is_no_room_to_look_into_goes() {
    // Each file of four has all that one file may unpack in it.
    let inner = "x".repeat(2 * 1024 * 1024 - 1);
    let zip = |name: &str| {
        let size = u32::try_from(inner.len()).unwrap().to_le_bytes();
        let length = u8::try_from(name.len()).unwrap();
        let head: Vec<u8> =
            [&b"PK\x03\x04\x0a\0\0\0\0\0\0\0\0\0\0\0\0\0"[..], &size, &size, &[length, 0, 0, 0], name.as_bytes()]
                .concat();
        [head, inner.as_bytes().to_vec()].concat()
    };
    let packed = [zip("1.zip"), zip("2.zip"), zip("3.zip"), zip("4.zip")].concat();
    let attach = |name: &str, content: &[u8]| {
        let head = format!("--b\nContent-Type: application/zip; name={name}\nContent-Transfer-Encoding: binary\n\n");
        [head.as_bytes(), content, b"\n"].concat()
    };
    let raw = [
        b"Content-Type: multipart/mixed; boundary=b\n\n".to_vec(),
        attach("large.zip", &packed),
        attach("small.zip", &zip("plan.txt")[..100]),
        attach("last.zip", &packed),
        b"--b\nContent-Type: image/png; name=a.png\n\n\x89PNG\r\n\x1a\n\n--b--\n".to_vec(),
    ]
    .concat();
    let left = strip(&raw).unwrap();
    let removed: Vec<&str> = left.removed.iter().filter_map(|what| what.split('"').nth(1)).collect();
    assert_eq!(removed, ["last.zip"], "{:?}", left.removed);
    assert!(strip(&left.raw).is_none(), "and nothing is left to strip");
}

#[test]
fn parts_by_the_thousand_add_no_more_than_is_allowed() {
    let mut raw = b"Content-Type: multipart/mixed; boundary=x\n\n".to_vec();
    raw.extend(b"--x\nContent-Disposition: attachment; filename=a.exe\n\n".repeat(12_000));
    let stripped = strip(&raw).unwrap();
    assert!(stripped.raw.len() <= raw.len() + 64 * 1024, "{} {}", raw.len(), stripped.raw.len());
    assert!(!String::from_utf8_lossy(&stripped.raw).contains("filename"));
    let page = [
        b"Content-Type: text/html; charset=windows-1252\n\n<script>".to_vec(),
        b"</script>".to_vec(),
        vec![0x80; 500_000],
    ];
    let page = page.concat();
    let stripped = strip(&page).unwrap();
    assert!(stripped.raw.len() <= page.len() / 3 * 7 + 64 * 1024 && !stripped.raw.is_empty(), "{}", stripped.raw.len());
}

#[test]
fn what_cannot_be_looked_into_is_removed() {
    let inner = zip(&[("a.txt", 0, b"When?")]);
    let within = |names: &[&str], method| {
        let files: Vec<(&str, u8, &[u8])> = names.iter().map(|name| (*name, method, &inner[..])).collect();
        zip(&files)
    };
    let deeper = zip(&[("a.zip", 0, &within(&["b.zip"], 0))]);
    let larger = zip(&[("a.zip", 0, &[&inner[..], &vec![0; 3 * 1024 * 1024]].concat())]);
    let names: Vec<String> = (0..250).map(|at| format!("{at}.txt")).collect();
    let names = within(&names.iter().map(String::as_str).collect::<Vec<_>>(), 0);
    let wanted = FilePolicy::default();
    let denying = FilePolicy { deny: vec![NamePattern::parse("*.iso").unwrap()], ..FilePolicy::default() };
    for (what, file, content, policy, is_removed) in [
        ("two archives", "a.zip", &within(&["a.zip", "b.zip"], 0), &wanted, false),
        ("five archives", "a.zip", &within(&["a.zip", "b.zip", "c.zip", "d.zip", "e.zip"], 0), &wanted, true),
        ("an archive in an archive in one", "a.zip", &deeper, &wanted, true),
        ("a large archive", "a.zip", &larger, &wanted, true),
        ("a method that is not known", "a.zip", &within(&["a.zip"], 14), &wanted, true),
        ("many names", "a.zip", &names, &wanted, false),
        ("many names where some are not wanted", "a.zip", &names, &denying, true),
        ("an archive that is not read", "a.ace", &b"\0\0\0\0\0\0\0**ACE**\0\0".to_vec(), &wanted, true),
    ] {
        let raw = format!(
            "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: application/octet-stream; name=\"{file}\"\n\
             Content-Transfer-Encoding: base64\n\n{}\n--b--\n",
            crate::mail::transfer::encode_base64(content)
        );
        let account = AccountFacts { files: policy.clone(), ..AccountFacts::default() };
        let mail = Mail::parse(raw.as_bytes(), &Arrival { account, ..Arrival::default() });
        let stripped = stripped(raw.as_bytes(), &mail, &StripWords::default());
        assert_eq!(stripped.is_some(), is_removed, "{what}: {stripped:?}");
    }
}

/// A ZIP archive of files that are stored as they are, whatever the method says.
fn zip(files: &[(&str, u8, &[u8])]) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, method, content) in files {
        let size = u32::try_from(content.len()).unwrap().to_le_bytes();
        let same = [
            &[20, 0, 0, 0, *method, 0, 0, 0, 0, 0, 0, 0, 0, 0][..],
            &size,
            &size,
            &[u8::try_from(name.len()).unwrap(), 0, 0, 0],
        ]
        .concat();
        let at = u32::try_from(archive.len()).unwrap().to_le_bytes();
        directory.extend([&b"PK\x01\x02\x14\0"[..], &same, &[0; 10], &at, name.as_bytes()].concat());
        archive.extend([b"PK\x03\x04", &same[..], name.as_bytes(), content].concat());
    }
    let (at, size) = (u32::try_from(archive.len()).unwrap(), u32::try_from(directory.len()).unwrap());
    archive.extend(directory);
    archive.extend([b"PK\x05\x06\0\0\0\0\0\0\0\0", &size.to_le_bytes()[..], &at.to_le_bytes(), &[0; 2]].concat());
    archive
}

#[test]
fn deep_nests_are_cut_in_time() {
    for raw in [
        "Content-Type: message/rfc822\n\n".repeat(20_000),
        "Content-Type: multipart/digest; boundary=x\n\n--x\n\n".repeat(10_000),
        (0..5_000)
            .fold(String::new(), |raw, n| raw + &format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n")),
    ] {
        let stripped = strip(raw.as_bytes()).unwrap();
        assert!(stripped.raw.len() <= raw.len() + 64 * 1024 && strip(&stripped.raw).is_none());
    }
}

/// Messages of the shapes that come.
const SHAPES: [&str; 6] = [
    "From bob Thu Jan  1 00:00:00 1970\nReceived: from a by b\nSubject: =?utf-8?q?h=C3=A9?=\n =?utf-8?q?llo?=\nX-Spam-Flag: NO\n\nbody\n",
    "DKIM-Signature: v=1; h=from:subject;\r\n\tb=abc\r\nFrom: =?utf-8?q?B=C3=B6b?= <bob@example.org>\r\nSubject: plain  words\r\n\
     Content-Type: text/html; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
     <html><body onload=3D\"x()\"><form action=3D\"http://example.org/\">caf=E9 <input type=3Dpassword></form>\r\n\
     <img src=3D'http://example.org/1.gif'><a href=3D\"javascript:x\">here</a><iframe src=3D\"//example.org\"></iframe>\r\n",
    "Content-Type: multipart/mixed; boundary=\"a\"\nX-Spam-Level: ***\n\n--a\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\n\
     plain\n--b\nContent-Type: text/html\nContent-Transfer-Encoding: base64\n\nPHNjcmlwdD54PC9zY3JpcHQ+SGVsbG8gPGI+d29ybGQ8L2I+\n--b--\n\
     --a\nContent-Type: application/zip; name=\"a.zip\"\nContent-Transfer-Encoding: base64\n\n\
     UEsDBBQAAAAAAAAAAAAAAAAAAwAAAAMAAAABAAAAYWFiYw==\n--a\nContent-Type: application/x-msdownload; name=b.exe\n\nMZ\n--a--\n",
    "Subject: signed\r\nContent-Type: multipart/signed; boundary=s\r\n\r\n--s\r\nContent-Type: text/html\r\n\r\n<p>a<script>b</script>\r\n\
     --s\r\nContent-Type: application/pgp-signature; name=signature.asc\r\n\r\nabc\r\n--s--\r\n",
    "Subject: [SPAM?] outer\nContent-Type: multipart/digest; boundary=d\n\n--d\n\nSubject: inner\nContent-Type: text/html\n\n<svg onload=x>a\n--d\n\
     Content-Type: message/rfc822; name=\"x.eml\"\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogeAoKYm9keQ==\n--d--\n",
    "Subject:no body",
];

const CUTS: [&str; 22] = [
    "\n",
    "\r\n",
    "\n\n",
    "--a\n",
    "--b--\n",
    "--s\r\n",
    "Subject: x\n",
    "Content-Type: text/html\n",
    "name=a.exe;",
    "<script>",
    "<form>",
    "=",
    "\"",
    ":",
    " ",
    "\u{e9}",
    "\0",
    "Content-Transfer-Encoding: base64\n",
    "message/rfc822",
    "multipart/mixed; boundary=a",
    "=?utf-8?b?",
    "X-Spam-Flag: YES\n",
];

fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let damage = (0_usize..1_000, 0_usize..30, select(&CUTS[..]));
    (select(&SHAPES[..]), vec(damage, 0..5)).prop_map(|(shape, damages)| {
        let mut raw = shape.as_bytes().to_vec();
        for (at, length, with) in damages {
            let start = at.min(raw.len());
            let end = (start + length / 2).min(raw.len());
            raw.splice(start..end, with.bytes());
        }
        raw
    })
}

fn other_headers(raw: &[u8]) -> Vec<Vec<u8>> {
    let message = crate::mail::parse::without_mbox_line(raw);
    let is_other = |name: &str| !is_spam_header(name) && !name.eq_ignore_ascii_case("Subject");
    let (pieces, rest) = pieces(message);
    let others = pieces.iter().filter(|piece| piece.name.is_none_or(is_other)).map(|piece| piece.raw);
    others.chain([rest]).map(<[u8]>::to_vec).collect()
}

fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn assert_harmless(raw: &[u8]) {
    let mail = parse(raw);
    if let Some(html) = mail.html() {
        assert_eq!(
            (html.scripts, html.forms, html.embedded, html.password_fields, html.redirects),
            (0, 0, 0, 0, false)
        );
    }
    assert!(!mail.urls().iter().any(|url| url.source == UrlSource::Resource && url.host.is_some()));
    for file in mail.attachments().iter().filter(|file| file.content_type != "message/rfc822") {
        assert_eq!(danger(file), None, "{file:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn marking_changes_the_subject_and_nothing_else(raw in damaged(), prefix in select(&["[SPAM?] ", "⚠ Müll", "=?x", "Ж"][..])) {
        let Some(got) = tagged(&raw, &tag(prefix)) else {
            prop_assert!(parse(&raw).headers().is_empty());
            return Ok(());
        };
        prop_assert_eq!(&tagged(&got, &tag(prefix)).unwrap(), &got);
        prop_assert_eq!(other_headers(&got), other_headers(&raw));
        let (before, after) = (spaced(parse(&raw).subject()), spaced(parse(&got).subject()));
        let prefix = prefix.trim();
        let is_marked = before == prefix || before.starts_with(&format!("{prefix} "));
        let want = if is_marked { before } else { spaced(&format!("{prefix} {before}")) };
        prop_assert_eq!(after, want);
        let mail = parse(&got);
        prop_assert_eq!(mail.headers_named("X-Spam-Flag").count(), 1);
        prop_assert_eq!(mail.header("X-Spam-Flag"), Some("YES"));
    }

    #[test]
    fn stripping_leaves_words_and_no_danger(raw in damaged()) {
        let Some(got) = strip(&raw) else {
            assert_harmless(&raw);
            return Ok(());
        };
        assert_harmless(&got.raw);
        prop_assert!(!got.removed.is_empty());
        prop_assert!(strip(&got.raw).is_none(), "{}\n----\n{}", String::from_utf8_lossy(&raw), String::from_utf8_lossy(&got.raw));
        prop_assert!(got.raw.len() <= raw.len() / 3 * 7 + 64 * 1024);
        let (after, before) = (parse(&got.raw), parse(&raw));
        prop_assert_eq!(after.subject(), before.subject());
    }

    #[test]
    fn any_bytes_are_taken(raw in vec(any::<u8>(), 0..500)) {
        drop(tagged(&raw, &tag("[SPAM?]")));
        drop(strip(&raw));
    }
}

#[test]
fn what_is_left_reads_as_before() {
    for (shape, want) in
        SHAPES.iter().zip([None, Some("café\nhere"), Some("plain\nHello world"), Some("a"), None, None])
    {
        let before = parse(shape.as_bytes()).visible_text();
        let Some(want) = want else { continue };
        let got = strip(shape.as_bytes()).unwrap();
        let after = parse(&got.raw).visible_text();
        assert_eq!(spaced(&before), spaced(want));
        for line in want.lines() {
            assert!(after.contains(line), "{after}");
        }
    }
}
