//! Archives of all kinds, real and made by hand, whole and broken.

use super::*;
use crate::mail::file::{Amount, WHOLE};

#[test]
fn the_names_in_an_archive_are_listed() {
    let found = listed(&zip(&["a.txt", "dir/ReadMe.doc.exe"], 0, true));
    assert_eq!((found.names, found.is_encrypted), (vec!["a.txt".to_owned(), "dir/ReadMe.doc.exe".to_owned()], false));
}

#[test]
fn encrypted_archives_are_known() {
    assert!(listed(&zip(&["a.txt"], 1, true)).is_encrypted);
    assert!(listed(&zip(&["a.txt"], 1, false)).is_encrypted);
}

#[test]
fn a_truncated_archive_gives_the_names_before_the_cut() {
    assert_eq!(listed(&zip(&["a", "b"], 0, false)).names, ["a", "b"]);
}

#[test]
fn only_so_many_names_are_kept() {
    assert_eq!(listed(&zip(&["x"; 300], 0, true)).names.len(), MAX_NAMES);
}

#[test]
fn archives_of_other_kinds_are_listed() {
    let table: &[(&str, &[u8], &[&str])] = &[
        ("nested.zip", include_bytes!("../../../../fixtures/files/nested.zip"), &["inner.zip", "inner.zip/invoice.js"]),
        ("plain.7z", include_bytes!("../../../../fixtures/files/plain.7z"), &["invoice.js"]),
        (
            "packed.7z",
            include_bytes!("../../../../fixtures/files/packed.7z"),
            &["a.txt", "invoice.js", "notes.txt", "z.txt"],
        ),
        ("files.tar.gz", include_bytes!("../../../../fixtures/files/files.tar.gz"), &["file/a.txt", "file/invoice.js"]),
        ("old.rar", include_bytes!("../../../../fixtures/files/old.rar"), &["invoice.exe"]),
        ("new.rar", include_bytes!("../../../../fixtures/files/new.rar"), &["invoice.exe"]),
        ("files.cab", include_bytes!("../../../../fixtures/files/files.cab"), &["invoice.exe"]),
    ];
    for (file, content, want) in table {
        let found = listed(content);
        assert_eq!((found.names, found.is_encrypted, found.hides_names), (owned(want), false, false), "{file}");
    }
}

#[test]
fn locked_archives_are_known() {
    let table: &[(&str, &[u8], bool)] = &[
        ("locked.7z", include_bytes!("../../../../fixtures/files/locked.7z"), false),
        ("hidden.7z", include_bytes!("../../../../fixtures/files/hidden.7z"), true),
        ("locked.zip", include_bytes!("../../../../fixtures/files/locked.zip"), false),
        ("locked4.rar", include_bytes!("../../../../fixtures/files/locked4.rar"), false),
        ("locked5.rar", include_bytes!("../../../../fixtures/files/locked5.rar"), false),
        ("hidden4.rar", include_bytes!("../../../../fixtures/files/hidden4.rar"), true),
        ("hidden5.rar", include_bytes!("../../../../fixtures/files/hidden5.rar"), true),
    ];
    for (file, content, hides) in table {
        let found = listed(content);
        assert_eq!((found.is_encrypted, found.hides_names), (true, *hides), "{file}");
    }
}

#[test]
fn a_bomb_is_known_by_what_it_says_of_itself() {
    let bomb = listed(include_bytes!("../../../../fixtures/files/bomb.zip"));
    assert_eq!(bomb.bomb, Some(300_000_000));
    assert_eq!(listed(&zip(&["a"], 0, true)).bomb, None);
}

#[test]
fn what_is_unpacked_of_one_message_has_an_end() {
    let nested = include_bytes!("../../../../fixtures/files/nested.zip");
    let mut room = room(Amount { bytes: 10, times: 1, ..WHOLE });
    assert_eq!(list(kind(nested), nested, &mut room).names, ["inner.zip"]);
    assert_eq!((room.share.times, room.share.bytes, room.ran_out), (0, 0, true));
}

#[test]
fn what_is_read_for_nothing_counts_as_well() {
    // Blocks of deflate with nothing in them (RFC 1951, 3.2.4), in one place for all files.
    let nothing = [0, 0, 0, 0xff, 0xff].repeat(100_000);
    let bomb = in_one_place(8, &nothing, &["a.zip", "b.zip", "c.zip"]);
    let mut room = room(Amount { bytes: 1_200_000, ..WHOLE });
    assert_eq!(list(kind(&bomb), &bomb, &mut room).names, ["a.zip", "b.zip", "c.zip"]);
    assert_eq!((room.share.bytes, room.ran_out), (0, true));
}

#[test]
fn what_lies_in_one_place_is_unpacked_only_so_far() {
    let bomb = in_one_place(0, &vec![b'x'; 500_000], &["a.zip", "b.zip", "c.zip"]);
    let mut room = room(Amount { bytes: 1_200_000, ..WHOLE });
    list(kind(&bomb), &bomb, &mut room);
    assert_eq!((room.share.bytes, room.ran_out), (0, true));
}

#[test]
fn lists_of_folders_are_read_once_and_not_kept() {
    // So many folders of one coder each, then lists of the sizes of their files that have nothing in them, again and again.
    let folders: u32 = 200_000;
    let mut header = vec![0x01, 0x04, 0x07, 0x0b, 0b1110_0000 | u8::try_from(folders >> 24).unwrap()];
    header.extend_from_slice(&folders.to_le_bytes()[..3]);
    header.push(0);
    header.extend_from_slice(&[1, 0].repeat(200_000));
    header.push(0x0c);
    header.extend_from_slice(&[1].repeat(200_000));
    header.extend_from_slice(&[0, 0x08]);
    header.extend_from_slice(&[0x09].repeat(300_000));
    // Each list for each folder would be 60 billion steps.
    let found = listed(&seven(&header));
    assert!(found.names.is_empty() && found.hides_names);
}

#[test]
fn lists_of_7z_take_of_the_room_of_the_message() {
    let packed = include_bytes!("../../../../fixtures/files/packed.7z");
    let mut room = room(Amount { bytes: 10, ..WHOLE });
    assert!(list(kind(packed), packed, &mut room).names.is_empty());
    assert_eq!((room.share.bytes, room.ran_out), (0, true));
}

fn seven(header: &[u8]) -> Vec<u8> {
    let mut archive = b"7z\xbc\xaf\x27\x1c\0\x04\0\0\0\0".to_vec();
    archive.extend_from_slice(&0_u64.to_le_bytes());
    archive.extend_from_slice(&(header.len() as u64).to_le_bytes());
    archive.extend_from_slice(&[0; 4]);
    archive.extend_from_slice(header);
    archive
}

/// A ZIP archive of which all files are the same bytes.
pub(in crate::mail::file) fn in_one_place(method: u8, packed: &[u8], names: &[&str]) -> Vec<u8> {
    let size = u32::try_from(packed.len()).unwrap().to_le_bytes();
    let mut archive = b"PK\x03\x04\x14\0\0\0".to_vec();
    archive.extend_from_slice(&[method, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    archive.extend_from_slice(&[size, size, [1, 0, 0, 0]].concat());
    archive.push(b'x');
    archive.extend_from_slice(packed);
    let start = archive.len();
    for name in names {
        archive.extend_from_slice(b"PK\x01\x02\x14\0\x14\0\0\0");
        archive.extend_from_slice(&[method, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        archive.extend_from_slice(&[size, size, [u8::try_from(name.len()).unwrap(), 0, 0, 0]].concat());
        archive.extend_from_slice(&[0; 14]);
        archive.extend_from_slice(name.as_bytes());
    }
    let directory = u32::try_from(archive.len() - start).unwrap().to_le_bytes();
    archive.extend_from_slice(b"PK\x05\x06\0\0\0\0\0\0\0\0");
    archive.extend_from_slice(&directory);
    archive.extend_from_slice(&u32::try_from(start).unwrap().to_le_bytes());
    archive.extend_from_slice(&[0; 2]);
    archive
}

fn room(share: Amount) -> Room {
    Room { share, ..Room::default() }
}

fn listed(content: &[u8]) -> Archive {
    list(kind(content), content, &mut Room::default())
}

#[test]
fn archives_that_are_not_looked_into_are_noted() {
    let inner = zip(&["a.txt"], 0, true);
    let many = in_one_place(0, &inner, &["a.zip", "b.zip", "c.zip", "d.zip"]);
    let more = in_one_place(0, &inner, &["a.zip", "b.zip", "c.zip", "d.zip", "e.zip"]);
    let deeper = in_one_place(0, &in_one_place(0, &inner, &["b.zip"]), &["a.zip"]);
    let strange = in_one_place(14, &inner, &["a.zip"]);
    let larger = in_one_place(0, &[&inner[..], &vec![0; MAX_INNER]].concat(), &["a.zip"]);
    let text = in_one_place(0, &vec![b'x'; 2 * MAX_INNER], &["notes.txt"]);
    let gzip = [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0][..], &inflate::deflated(&vec![b'x'; 2 * MAX_INNER])].concat();
    let log = in_one_place(0, &gzip, &["log.gz"]);
    for (archive, want) in [
        (&many, false),
        (&more, true),
        (&deeper, true),
        (&strange, true),
        (&larger, true),
        (&text, false),
        (&log, false),
    ] {
        let found = listed(archive);
        assert_eq!(found.holds_unread, want, "{:?}", found.names);
    }
    let names = listed(&zip(&["x"; 300], 0, true));
    assert!(names.has_more_names && !names.holds_unread && !listed(&zip(&["x"; 200], 0, true)).has_more_names);
}

#[test]
fn what_gzip_is_around_is_listed_in_an_archive_too() {
    let gzip = include_bytes!("../../../../fixtures/files/files.tar.gz");
    let found = listed(&in_one_place(0, gzip, &["files.tar.gz"]));
    assert_eq!(found.names, ["files.tar.gz", "files.tar.gz/file/a.txt", "files.tar.gz/file/invoice.js"]);
    assert!(!found.holds_unread);
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().copied().map(str::to_owned).collect()
}

fn zip(names: &[&str], flags: u8, has_directory: bool) -> Vec<u8> {
    let (mut files, mut directory) = (Vec::new(), Vec::new());
    for name in names {
        let length = u8::try_from(name.len()).unwrap();
        files.extend_from_slice(b"PK\x03\x04\x14\0");
        files.extend_from_slice(&[flags, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 3, 0, 0, 0, length, 0, 0, 0]);
        files.extend_from_slice(name.as_bytes());
        files.extend_from_slice(b"abc");
        directory.extend_from_slice(b"PK\x01\x02\x14\0\x14\0");
        directory.extend_from_slice(&[flags, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 3, 0, 0, 0, length, 0]);
        directory.extend_from_slice(&[0; 16]);
        directory.extend_from_slice(name.as_bytes());
    }
    if has_directory {
        let size = u32::try_from(directory.len()).unwrap().to_le_bytes();
        files.extend_from_slice(&directory);
        files.extend_from_slice(b"PK\x05\x06\0\0\0\0\0\0\0\0");
        files.extend_from_slice(&size);
        files.extend_from_slice(&[0; 6]);
    }
    files
}
