//! The settings file is changed carefully or not at all.

use std::fs::Permissions;

use tamis_core::api::{Arrangement, Treatment};
use tempfile::TempDir;

use super::*;

#[test]
fn no_file_means_the_defaults_and_reading_makes_none() {
    let (_dir, home) = home();
    let settings = Settings::load(&home).unwrap();
    assert_eq!(settings.config(), &Config::default());
    assert!(!home.settings().exists());
}

#[test]
fn the_first_file_is_the_commented_one_for_this_user_alone() {
    let (_dir, home) = home();
    Settings::load_or_write(&home).unwrap();
    assert_eq!(fs::read_to_string(home.settings()).unwrap(), DEFAULT_CONFIG);
    assert_eq!(fs::metadata(home.settings()).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_mistake_is_named_with_file_and_line() {
    let (_dir, home) = home();
    write(&home, "[judge]\ntaag = 1.0\n");
    let err = Settings::load(&home).unwrap_err();
    assert!(err.is_the_persons());
    let text = err.to_string();
    assert!(text.starts_with(&format!("{}, line 2: ", home.settings().display())), "{text}");
}

#[test]
fn an_account_is_added_and_removed_and_every_comment_stays() {
    let (_dir, home) = home();
    let before = "# mine\n[judge] # here\ntag = 2.5 # careful\n\n# the end\n";
    write(&home, before);
    let added = Settings::add_account(&home, &form("work@example.org")).unwrap();
    assert_eq!(added.account("WORK@example.org").unwrap().host, "imap.example.org");
    let text = fs::read_to_string(home.settings()).unwrap();
    assert!(text.starts_with(before.trim_end()), "{text}");

    Settings::add_account(&home, &form("home@example.org")).unwrap();
    let (left, gone) = Settings::remove_account(&home, "work@example.org").unwrap();
    assert_eq!(gone.address.to_string(), "work@example.org");
    assert_eq!(left.config().accounts().len(), 1);
    Settings::remove_account(&home, "home@example.org").unwrap();
    assert_eq!(fs::read_to_string(home.settings()).unwrap().trim_end(), before.trim_end());
}

#[test]
fn an_impossible_account_changes_nothing() {
    let (_dir, home) = home();
    Settings::add_account(&home, &form("one@example.org")).unwrap();
    let before = fs::read_to_string(home.settings()).unwrap();
    let same = form("one@example.org");
    let no_host = AccountForm { host: String::new(), ..form("two@example.org") };
    let control = AccountForm { user: "a\r\nb".to_owned(), ..form("two@example.org") };
    for wrong in [same, no_host, control] {
        let err = Settings::add_account(&home, &wrong).unwrap_err();
        assert!(matches!(err, SettingsError::Form(_)), "{err}");
        assert!(!err.to_string().contains("line"), "{err}");
    }
    assert_eq!(fs::read_to_string(home.settings()).unwrap(), before);
}

#[test]
fn a_preview_writes_nothing() {
    let (_dir, home) = home();
    let settings = Settings::load(&home).unwrap();
    assert_eq!(settings.preview(&form("me@example.org")).unwrap().port, 993);
    assert!(!home.settings().exists());
}

#[test]
fn an_unknown_account_is_answered_with_those_there_are() {
    let (_dir, home) = home();
    let none = Settings::remove_account(&home, "x").unwrap_err();
    assert_eq!(none.to_string(), "there is no account `x`; there is none at all");
    Settings::add_account(&home, &form("me@example.org")).unwrap();
    let other = Settings::remove_account(&home, "x").unwrap_err();
    assert_eq!(other.to_string(), "there is no account `x`; there is me@example.org");
}

#[test]
fn a_linked_file_stays_a_link_and_keeps_its_mode() {
    let (dir, home) = home();
    let real = dir.path().join("dotfiles.toml");
    fs::write(&real, "version = 1\n").unwrap();
    fs::set_permissions(&real, Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink(&real, home.settings()).unwrap();
    Settings::add_account(&home, &form("me@example.org")).unwrap();
    assert!(fs::symlink_metadata(home.settings()).unwrap().is_symlink());
    assert!(fs::read_to_string(&real).unwrap().contains("me@example.org"));
    assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
}

fn home() -> (TempDir, Home) {
    let dir = tempfile::tempdir().unwrap();
    let home = Home::below(dir.path()).unwrap();
    (dir, home)
}

fn write(home: &Home, text: &str) {
    fs::write(home.settings(), text).unwrap();
}

fn form(address: &str) -> AccountForm {
    AccountForm { address: address.to_owned(), host: "imap.example.org".to_owned(), ..AccountForm::default() }
}

#[test]
fn the_steps_write_what_is_different_and_nothing_else() {
    let (_dir, home) = home();
    let before = "# mine\n[judge]\ntag = 2.5 # careful\n\n[[account]] # the first\naddress = \"one@example.org\"\n\
                  host = \"imap.example.org\" # here\n\n[[account]]\naddress = \"two@example.org\"\nhost = \"imap.example.net\"\n";
    write(&home, before);
    let arrange = |treatment, junk: Option<&str>| {
        let arrangement = Arrangement { junk_folder: junk.map(str::to_owned), treatment };
        Settings::arrange(&home, "ONE@example.org", &arrangement).unwrap();
        fs::read_to_string(home.settings()).unwrap()
    };
    assert_eq!(arrange(Some(Treatment::File), None), before, "it is so already");
    let marks = arrange(Some(Treatment::Mark), Some("Club"));
    let settings = Settings::load(&home).unwrap();
    let [one, two] = settings.config().accounts() else { panic!("{marks}") };
    assert_eq!(
        (Treatment::of(&one.policy), Treatment::of(&two.policy)),
        (Some(Treatment::Mark), Some(Treatment::File))
    );
    assert_eq!((one.junk_folder.as_deref(), two.junk_folder.as_deref()), (Some("Club"), None));
    assert!(marks.starts_with("# mine\n[judge]\ntag = 2.5 # careful\n\n[[account]] # the first\n"), "{marks}");
    arrange(Some(Treatment::Apart), Some(""));
    let settings = Settings::load(&home).unwrap();
    let one = settings.account("one@example.org").unwrap();
    assert_eq!((Treatment::of(&one.policy), one.junk_folder.as_deref()), (Some(Treatment::Apart), None));
}

#[test]
fn where_only_marks_are_wanted_no_exception_for_large_mail_moves_it() {
    let (_dir, home) = home();
    write(
        &home,
        "[[policy.size]]\nabove = \"10 MB\"\nunsure = \"junk\"\n\n[[account]]\naddress = \"one@example.org\"\nhost = \"imap.example.org\"\n",
    );
    let arrange = |treatment| {
        let arrangement = Arrangement { treatment: Some(treatment), ..Arrangement::default() };
        let settings = Settings::arrange(&home, "one@example.org", &arrangement).unwrap().settings;
        settings.account("one@example.org").unwrap().policy.clone()
    };
    assert!(!arrange(Treatment::Mark).actions().any(tamis_core::Action::takes_away));
    assert_eq!(arrange(Treatment::File).by_size.len(), 1, "the exception is back");
}

#[test]
fn where_only_marks_are_wanted_what_moves_nothing_stays_and_all_of_it_comes_back() {
    let account = "[[account]]\naddress = \"one@example.org\"\nhost = \"imap.example.org\"\n";
    let tables = "[[account.policy.size]] # large\nabove = \"10 MB\"\nunsure = \"junk\"\nspam = \"tag\"\n\n\
        [[account.policy.size]]\nabove = \"20 MB\"\nspam = \"junk\"\n";
    let inline = "[account.policy]\nsize = [{ above = \"10 MB\", unsure = \"junk\", spam = \"tag\" }, { above = \"20 MB\", spam = \"junk\" }]\n";
    let of_all = "[[policy.size]]\nabove = \"10 MB\"\nunsure = \"junk\"\nspam = \"tag\"\n\n";
    for before in [format!("{account}\n{tables}"), format!("{account}\n{inline}"), format!("{of_all}{account}")] {
        let (_dir, home) = home();
        write(&home, &before);
        let wanted = Arrangement { treatment: Some(Treatment::Mark), junk_folder: Some("Club".to_owned()) };
        let changed = Settings::arrange(&home, "one@example.org", &wanted).unwrap();
        let policy = changed.settings.account("one@example.org").unwrap().policy.clone();
        assert!(!policy.actions().any(tamis_core::Action::takes_away), "{policy:?}");
        assert_eq!(Treatment::of(&policy), Some(Treatment::Mark));
        let [large] = policy.by_size.as_slice() else { panic!("{policy:?}") };
        assert_eq!((large.unsure, large.spam), (None, Some(tamis_core::Action::Tag)));

        let key = Settings::arrangement_key("one@example.org");
        assert!(changed.settings.knows(&key));
        assert_eq!(changed.settings.written(&key).unwrap(), changed.after);
        Settings::put_back(&home, &key, changed.before.as_deref()).unwrap();
        let back = Settings::load(&home).unwrap();
        assert_eq!(back.config().accounts(), Config::parse(&before).unwrap().accounts());
        assert_eq!(back.written(&key).unwrap(), changed.before);
    }
}

#[test]
fn what_was_arranged_comes_back_to_its_own_account_with_its_comments() {
    let (_dir, home) = home();
    let before = "[judge]\ntag = 2.5 # careful\n\n[[account]]\naddress = \"one@example.org\"\nhost = \"imap.example.org\"\n\n\
        [[account]]\naddress = \"two@example.org\"\nhost = \"imap.example.org\"\n# our club calls it so\njunk_folder = \"Club\" # really\n\n\
        [account.policy] # mine\nunsure = \"keyword\" # marked\nspam = \"keyword\"\n";
    write(&home, before);
    let key = Settings::arrangement_key("two@example.org");
    let mut undo = Vec::new();
    for (treatment, junk) in [(Treatment::Apart, None), (Treatment::File, Some("Bulk")), (Treatment::Mark, None)] {
        let arrangement = Arrangement { treatment: Some(treatment), junk_folder: junk.map(str::to_owned) };
        undo.push(Settings::arrange(&home, "two@example.org", &arrangement).unwrap().before);
        let text = fs::read_to_string(home.settings()).unwrap();
        assert!(text.contains("# our club calls it so\njunk_folder = ") && text.contains("# marked"), "{text}");
    }
    while let Some(literal) = undo.pop() {
        Settings::put_back(&home, &key, literal.as_deref()).unwrap();
    }
    let back = fs::read_to_string(home.settings()).unwrap();
    assert_eq!(Config::parse(&back).unwrap().accounts(), Config::parse(before).unwrap().accounts(), "{back}");
    for comment in ["# careful", "# our club calls it so\njunk_folder = \"Club\" # really", "# mine", "# marked"] {
        assert!(back.contains(comment), "{comment} is gone:\n{back}");
    }
}

#[test]
fn no_folder_of_other_mail_is_taken_for_junk() {
    let (_dir, home) = home();
    let before = "[[account]]\naddress = \"one@example.org\"\nhost = \"imap.example.org\"\n";
    write(&home, before);
    for folder in ["INBOX", "inbox", "Sent", "Gesendete Objekte", "[Gmail]/Trash", "INBOX.Drafts", " Papierkorb "] {
        let junk_folder = Some(folder.to_owned());
        let wanted = Arrangement { junk_folder, ..Arrangement::default() };
        let refused = Settings::arrange(&home, "one@example.org", &wanted).unwrap_err().to_string();
        assert!(refused.contains("cannot be the folder for junk"), "{folder}: {refused}");
        let form = AccountForm { junk_folder: folder.to_owned(), ..form("two@example.org") };
        assert!(Settings::load(&home).unwrap().with(&form).is_err(), "{folder}");
        assert_eq!(fs::read_to_string(home.settings()).unwrap(), before);
    }
    for folder in ["Junk", "Spam", "Club", "Archive/2026", "Sent by robots"] {
        assert!(arrange::can_take_junk(folder).is_ok(), "{folder}");
    }
}
