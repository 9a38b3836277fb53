//! No bytes make a reader fail: samples of all kinds, cut anywhere, and with any byte of them changed.

use super::*;

macro_rules! samples {
    ($($name:literal),* $(,)?) => { &[$(($name, include_bytes!(concat!("../../../fixtures/files/", $name)))),*] };
}

const SAMPLES: &[(&str, &[u8])] = samples![
    "nested.zip",
    "locked.zip",
    "bomb.zip",
    "plain.7z",
    "packed.7z",
    "hidden.7z",
    "files.tar.gz",
    "old.rar",
    "new.rar",
    "locked5.rar",
    "files.cab",
    "template.docx",
    "dde.docx",
    "macro.docx",
    "macro.doc",
    "sheet4.xls",
    "notes.one",
    "object.rtf",
    "template.rtf",
    "cover.pdf",
    "packed.pdf",
    "button.pdf",
    "script.pdf",
    "holds.pdf",
    "shortcut.lnk",
];

const TEXTS: &[&str] = &[
    "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nORGANIZER;CN=\"a:b\":mailto:a@b.example\r\nSUMMARY:x\\,\r\n y http://a.example/\r\n",
    "<html><form action=http://a.example/><input type=password></form><script>eval(atob('QUJD'))</script>",
    "<svg xmlns=\"http://www.w3.org/2000/svg\"><a href=\"http://a.example/\"><script>location.href='x'</script></a></svg>",
];

#[test]
fn any_beginning_of_a_file_is_read() {
    for content in all() {
        for end in 0..=content.len() {
            looked(&content[..end]);
        }
    }
}

#[test]
fn any_changed_byte_is_read() {
    for content in all() {
        let mut changed = content.to_vec();
        for at in 0..content.len() {
            for byte in [0, 0x7f, 0xff, content[at] ^ 1, content[at] ^ 0x80] {
                changed[at] = byte;
                looked(&changed);
            }
            changed[at] = content[at];
        }
    }
}

#[test]
fn of_a_hundred_files_the_next_is_only_named() {
    let mut room = Room { files: 1, ..Room::default() };
    let zip = include_bytes!("../../../fixtures/files/nested.zip");
    let first = look(zip, Said::default(), &mut Vec::new(), &mut room);
    let second = look(zip, Said::default(), &mut Vec::new(), &mut room);
    assert_eq!((first.archive.names.len(), second.archive.names.len(), second.kind), (2, 0, Kind::Zip));
}

/// A small archive of which what is unpacked takes all the room that one file may take.
fn greedy() -> Vec<u8> {
    let zeros = inflate::deflated(&vec![0; 2 * 1024 * 1024]);
    archive::tests::in_one_place(8, &zeros, &["a.zip", "b.zip", "c.zip", "d.zip"])
}

#[test]
fn files_that_grow_without_end_leave_something_for_those_behind_them() {
    let mut room = Room::default();
    let greedy = greedy();
    for _ in 0..12 {
        assert!(look(&greedy, Said::default(), &mut Vec::new(), &mut room).kind == Kind::Zip && greedy.len() < 4000);
    }
    let zip = include_bytes!("../../../fixtures/files/nested.zip");
    let last = look(zip, Said::default(), &mut Vec::new(), &mut room);
    assert_eq!(last.archive.names, ["inner.zip", "inner.zip/invoice.js"]);
    assert!(!last.is_cut && !last.is_crowded_out);
    assert!(room.left.bytes < 100_000, "{room:?}");
}

#[test]
fn only_where_others_took_the_room_is_it_said_to_be_missing() {
    let mut room = Room::default();
    let greedy = greedy();
    let found: Vec<(bool, bool)> = (0..8)
        .map(|_| look(&greedy, Said::default(), &mut Vec::new(), &mut room))
        .map(|inside| (inside.is_cut, inside.is_crowded_out))
        .collect();
    // One file may take 8 MiB, and these do. A quarter of a mebibyte is enough to know what is in a file.
    assert_eq!(found[0], (false, false));
    assert!(found.iter().skip(1).all(|(is_cut, _)| *is_cut), "{found:?}");
    assert!(!found[1].1 && found[7].1, "{found:?}");
}

#[test]
fn a_page_among_other_files_of_an_archive_is_read() {
    let page = b"<title>Mail</title><form action=http://a.example/><input type=password></form>";
    let zip = archive::tests::in_one_place(0, page, &["readme.txt", "login.html"]);
    let found = looked(&zip).page.unwrap();
    assert_eq!((found.passwords, found.title.as_deref(), found.is_of_site), (1, Some("Mail"), false));
    let names = ["a.html", "b.html", "c.html", "d.html"];
    let site = looked(&archive::tests::in_one_place(0, page, &names)).page.unwrap();
    assert_eq!((site.passwords, site.is_of_site), (3, true));
    assert_eq!(looked(&archive::tests::in_one_place(0, page, &["readme.txt"])).page, None);
}

fn all() -> impl Iterator<Item = &'static [u8]> {
    SAMPLES.iter().map(|(_, content)| *content).chain(TEXTS.iter().map(|text| text.as_bytes()))
}

fn looked(content: &[u8]) -> Inside {
    look(content, Said::default(), &mut Vec::new(), &mut Room::default())
}
