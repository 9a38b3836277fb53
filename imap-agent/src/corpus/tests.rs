//! Messages are found in files of every shape.

use std::os::unix::fs::symlink;

use tempfile::TempDir;

use super::*;

const FROM: &str = "From me@example.org Thu Aug 22 12:36:23 2002\n";

#[test]
fn a_folder_is_read_to_its_ground_in_order_without_hidden_files() {
    let dir = tree(&["b/2.eml", "b/1.txt", "a", ".hidden", "c/.git/x", "b/deep/er/3"]);
    let names = names(&Corpus::of(&[dir.path()]).collect::<Vec<_>>(), dir.path());
    assert_eq!(names, ["a", "b/1.txt", "b/2.eml", "b/deep/er/3"]);
}

#[test]
fn a_maildir_gives_its_messages_and_nothing_else() {
    let dir = tree(&["cur/1:2,S", "new/2", "tmp/3", "dovecot-uidlist", ".Junk/cur/4", "Work/cur/5", "Work/new/6"]);
    let names = names(&Corpus::of(&[dir.path()]).collect::<Vec<_>>(), dir.path());
    assert_eq!(names, ["Work/cur/5", "Work/new/6", "cur/1:2,S", "new/2"]);
}

#[test]
fn an_mbox_is_split_only_where_a_message_begins() {
    let text = format!(
        "{FROM}Subject: one\n\nFrom here it is a sentence.\n>From quoted\n>>From twice\n> From not\n\n{FROM}Subject: two\n\n\
         no blank line\n{FROM}end\n\n"
    );
    let (_dir, path) = file("box", &text);
    let messages: Vec<Message> = Corpus::of(&[&path]).map(Result::unwrap).collect();
    let bodies: Vec<&str> = messages.iter().map(|m| std::str::from_utf8(&m.raw).unwrap()).collect();
    assert_eq!(bodies[0], "Subject: one\n\nFrom here it is a sentence.\nFrom quoted\n>From twice\n> From not\n");
    assert_eq!(bodies[1], format!("Subject: two\n\nno blank line\n{FROM}end\n"));
    assert_eq!(bodies.len(), 2);
    assert!(messages[0].name.ends_with("box#1") && messages[1].name.ends_with("box#2"));
}

#[test]
fn an_mbox_with_one_message_is_named_like_the_file() {
    let (_dir, path) = file("one", &format!("{FROM}Subject: x\r\n\r\ntext\r\n"));
    let messages: Vec<Message> = Corpus::of(&[&path]).map(Result::unwrap).collect();
    assert_eq!(messages, [Message { name: path.display().to_string(), raw: b"Subject: x\r\n\r\ntext\r\n".to_vec() }]);
}

#[test]
fn separators_are_told_from_sentences() {
    for (line, want) in [
        ("From me@example.org Thu Aug 22 12:36:23 2002\n", true),
        ("From - Mon Jan  1 00:00:00 1999\r\n", true),
        ("From MAILER-DAEMON Fri Jul  5 09:01 2024\n", true),
        ("From \"a b\"@example.org  Sat Dec 31 23:59:60 UTC 2016\n", true),
        ("From a Thu Aug 22 12:36:23 +0200 2002\n", true),
        ("From Thursday on everything is better\n", false),
        ("From me Thu Aug 32 12:36:23 2002\n", false),
        ("From me Thu Aug 22 noon 2002\n", false),
        ("From: me Thu Aug 22 12:36:23 2002\n", false),
        ("from me Thu Aug 22 12:36:23 2002\n", false),
        ("From \n", false),
        ("", false),
    ] {
        assert_eq!(mbox::is_separator(line.as_bytes()), want, "{line}");
    }
}

#[test]
fn eml_and_maildir_files_are_one_message_even_with_a_from_line() {
    let text = format!("{FROM}Subject: a\n\nx\n\n{FROM}quoted\n");
    let dir = tempfile::tempdir().unwrap();
    for name in ["cur/1", "new/2"] {
        fs::create_dir_all(dir.path().join(name).parent().unwrap()).unwrap();
        fs::write(dir.path().join(name), &text).unwrap();
    }
    let (_dir, eml) = file("a.EML", &text);
    assert_eq!(Corpus::of(&[eml, dir.path().join("cur/1"), dir.path().to_path_buf()]).count(), 4);
}

#[test]
fn what_cannot_be_read_is_reported_and_the_rest_is_read() {
    let dir = tree(&["good"]);
    fs::write(dir.path().join("empty"), "").unwrap();
    symlink("nowhere", dir.path().join("dangling")).unwrap();
    let huge = File::create(dir.path().join("huge")).unwrap();
    huge.set_len(MAX_MESSAGE + 1).unwrap();
    let found: Vec<_> = Corpus::of(&[dir.path().join("missing"), dir.path().to_path_buf()]).collect();
    let why: Vec<&str> = found.iter().filter_map(|f| f.as_ref().err()).map(|s| s.why.as_str()).collect();
    let no_file = "No such file or directory";
    assert_eq!(why, [no_file, no_file, "it is empty", "it is larger than 64 MB"]);
    assert_eq!(found.iter().flatten().count(), 1);
}

#[test]
fn a_message_too_large_in_an_mbox_does_not_hide_the_next() {
    let (_dir, path) = file("box", &format!("{FROM}Subject: a\n\n"));
    let mut text = vec![b'x'; usize::try_from(MAX_MESSAGE).unwrap()];
    text.extend(format!("\n\n{FROM}Subject: b\n\nsmall\n").bytes());
    fs::write(&path, [fs::read(&path).unwrap(), text].concat()).unwrap();
    let found: Vec<_> = Corpus::of(&[&path]).collect();
    assert!(found[0].as_ref().is_err_and(|skipped| skipped.name.ends_with("box#1")), "{:?}", found[0].is_ok());
    assert_eq!(found[1].as_ref().unwrap().raw, b"Subject: b\n\nsmall\n");
}

#[test]
fn links_in_a_circle_come_to_an_end() {
    let dir = tree(&["a/1"]);
    symlink(dir.path(), dir.path().join("a/up")).unwrap();
    assert_eq!(Corpus::of(&[dir.path()]).count(), 1);
}

#[test]
fn the_extent_is_known_before_anything_is_read() {
    let dir = tree(&["a", "b/c", ".d"]);
    assert_eq!(Corpus::extent(&[dir.path()]), (2, 2 * 13));
}

#[test]
fn one_message_is_read_with_its_from_line() {
    let text = format!("{FROM}Subject: a\n\nx\n\n{FROM}quoted\n");
    let (dir, path) = file("mail", &text);
    assert_eq!(read_one(&path).unwrap(), text.as_bytes());
    assert_eq!(read_one(dir.path()).unwrap_err().why, "it is a folder");
}

fn tree(files: &[&str]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for name in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "Subject: a\n\nx").unwrap();
    }
    dir
}

fn file(name: &str, text: &str) -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    fs::write(&path, text).unwrap();
    (dir, path)
}

fn names(found: &[Result<Message, Skipped>], root: &Path) -> Vec<String> {
    let root = format!("{}/", root.display());
    found.iter().map(|f| f.as_ref().unwrap().name.strip_prefix(&root).unwrap().to_owned()).collect()
}
