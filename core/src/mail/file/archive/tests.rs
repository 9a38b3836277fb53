//! Archives of all kinds, real and made by hand, whole and broken.

use super::*;

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
    let mut room = Room { bytes: 10, times: 1, ..Room::default() };
    assert_eq!(list(kind(nested), nested, &mut room).names, ["inner.zip"]);
    assert_eq!((room.times, room.bytes), (0, 0));
}

fn listed(content: &[u8]) -> Archive {
    list(kind(content), content, &mut Room::default())
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
