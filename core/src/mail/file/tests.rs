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

fn all() -> impl Iterator<Item = &'static [u8]> {
    SAMPLES.iter().map(|(_, content)| *content).chain(TEXTS.iter().map(|text| text.as_bytes()))
}

fn looked(content: &[u8]) -> Inside {
    look(content, Said::default(), &mut Vec::new(), &mut Room::default())
}
