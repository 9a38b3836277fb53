//! Finding, naming and making folders.

use super::*;
use crate::mailbox::script::{Exchange, Server};

#[test]
fn names_are_shown_decoded_and_sent_raw() {
    let name = FolderName::from_wire("Entw&APw-rfe");
    assert_eq!(
        (name.wire(), &*name.shown(), name.argument()),
        ("Entw&APw-rfe", "Entwürfe", "\"Entw&APw-rfe\"".to_owned())
    );
    assert_eq!(FolderName::from_shown("Entwürfe"), name);
    assert_eq!(FolderName::from_wire("R&D").shown(), "R&D", "not modified UTF-7");
    assert_eq!(FolderName::from_wire("a\\b\"c").argument(), "\"a\\\\b\\\"c\"");
    assert_eq!(FolderName::from_wire("inBox"), FolderName::inbox());
    assert_ne!(FolderName::from_wire("junk"), FolderName::from_wire("Junk"));
}

#[tokio::test]
async fn junk_is_the_folder_the_server_says_it_is() {
    let folders = list(&["* LIST () \"/\" Spam", "* LIST (\\Junk) \"/\" Werbung2", "* LIST (\\Sent) \"/\" Junk"]).await;
    assert_eq!(found(&folders, Role::Junk), Some("Werbung2".to_owned()));
    assert_eq!(found(&folders, Role::Sent), Some("Junk".to_owned()));
    assert_eq!(found(&folders, Role::Trash), None);
}

#[tokio::test]
async fn else_junk_is_found_by_its_name_in_many_languages() {
    for (line, want) in [
        ("* LIST () \".\" INBOX.Spam", Some("INBOX.Spam")),
        ("* LIST () \"/\" \"Bulk Mail\"", Some("Bulk Mail")),
        ("* LIST () \"/\" \"Junk-E-Mail\"", Some("Junk-E-Mail")),
        ("* LIST () \"/\" \"Unerw&APw-nscht\"", Some("Unerwünscht")),
        ("* LIST () \"/\" \"Courrier ind&AOk-sirable\"", Some("Courrier indésirable")),
        ("* LIST () \"/\" \"Nevy&AX4A4Q-dan&AOE- po&AWE-ta\"", Some("Nevyžádaná pošta")),
        ("* LIST () \"/\" \"[Gmail]/Spam\"", Some("[Gmail]/Spam")),
        ("* LIST () \"/\" \"&V4NXPpCuTvY-\"", Some("垃圾邮件")),
        ("* LIST (\\Noselect) \"/\" Junk", None),
        ("* LIST () \"/\" Archive/Spam", None),
        ("* LIST () \"/\" \"Spam recipes\"", None),
        ("* LIST (\\Trash) \"/\" Spam", None),
    ] {
        let folders = list(&["* LIST () \"/\" INBOX", line]).await;
        assert_eq!(found(&folders, Role::Junk).as_deref(), want, "{line}");
    }
}

#[tokio::test]
async fn of_several_names_the_likeliest_wins() {
    let folders = list(&["* LIST () \"/\" Bulk", "* LIST () \"/\" SPAM", "* LIST () \"/\" junk"]).await;
    assert_eq!(found(&folders, Role::Junk), Some("junk".to_owned()));
}

#[test]
fn every_name_in_the_table_is_lower_case_and_means_one_thing() {
    let all: Vec<&str> = [Role::Junk, Role::Sent, Role::Trash].into_iter().flat_map(names::of).copied().collect();
    for name in &all {
        assert_eq!(*name, name.to_lowercase(), "{name}");
        assert_eq!(all.iter().filter(|other| *other == name).count(), 1, "{name}");
    }
}

#[test]
fn a_name_that_shows_the_language_is_in_the_tables_and_of_one_language() {
    let all: Vec<&str> = [Role::Junk, Role::Sent, Role::Trash].into_iter().flat_map(names::of).copied().collect();
    let shown: Vec<_> =
        all.iter().filter_map(|name| names::language_of(name).map(|language| (language, *name))).collect();
    assert_eq!(
        shown.len(),
        names::TRAIN.iter().map(|words| words.theirs.len()).sum::<usize>(),
        "a name that no table has, or one of two languages"
    );
    for (name, want) in [("spamverdacht", Some("de")), ("sent", None), ("sendt", None), ("ごみ箱", Some("ja"))] {
        assert_eq!(names::language_of(name), want, "{name}");
    }
}

#[test]
fn the_language_of_the_system_is_understood_as_it_is_written() {
    for (language, want) in
        [("de", "de"), ("pt_BR.UTF-8", "pt"), ("zh-TW", "zh"), ("no_NO", "nb"), ("C", "en"), ("", "en")]
    {
        assert_eq!(names::train_words(language).language, want, "{language}");
    }
}

#[tokio::test]
async fn special_use_is_asked_for_where_offered() {
    let script = [("LIST \"\" \"*\" RETURN (SPECIAL-USE)", "* LIST (\\Junk) \"/\" J\r\n{tag} OK\r\n")];
    assert_eq!(found(&folders(&script, &["SPECIAL-USE", "LIST-EXTENDED"]).await, Role::Junk), Some("J".to_owned()));
}

#[tokio::test]
async fn a_refused_or_unreadable_extended_list_is_asked_for_again_plainly() {
    for reply in ["{tag} BAD what?\r\n", "* LIST () \"/\" \"x\r\n{tag} OK\r\n", "{tag} OK none\r\n"] {
        let plain = ("LIST \"\" \"*\"", "* LIST (\\Junk) \"/\" J\r\n{tag} OK\r\n");
        let script = [("LIST \"\" \"*\" RETURN (SPECIAL-USE)", reply), plain];
        let folders = folders(&script, &["SPECIAL-USE", "LIST-EXTENDED"]).await;
        assert_eq!(found(&folders, Role::Junk), Some("J".to_owned()), "{reply}");
    }
}

#[tokio::test]
async fn names_that_are_not_text_are_left_out() {
    let script = vec![(
        "LIST \"\" \"*\"".to_owned(),
        "* LIST () \"/\" \"a\u{FFFD}\"\r\n* LIST () \"/\" \"\"\r\n{tag} OK\r\n".to_owned(),
    )];
    let (stream, _server) = Server::start_owned("", script);
    assert!(Session::over(stream, &[]).folders().await.unwrap().all().is_empty());
}

#[tokio::test]
async fn the_folder_the_person_names_comes_first_and_is_made_if_missing() {
    let known = list(&["* LIST (\\Junk) \"/\" Junk", "* LIST () \"/\" \"Entw&APw-rfe\""]).await;
    assert_eq!(ensure(&known, Some("Entwürfe"), &[], &[]).await, Ok("Entw&APw-rfe".to_owned()));
    let script = [("CREATE \"M&APw-ll\"", "{tag} OK\r\n"), ("SUBSCRIBE \"M&APw-ll\"", "{tag} NO why\r\n")];
    assert_eq!(ensure(&known, Some("Müll"), &[], &script).await, Ok("M&APw-ll".to_owned()));
    assert_eq!(ensure(&known, None, &[], &[]).await, Ok("Junk".to_owned()));
}

#[tokio::test]
async fn a_new_junk_folder_is_marked_as_such_where_possible() {
    let known = list(&["* LIST () \"/\" INBOX"]).await;
    let marked = [("CREATE \"Junk\" (USE (\\Junk))", "{tag} OK\r\n"), ("SUBSCRIBE \"Junk\"", "{tag} OK\r\n")];
    assert_eq!(ensure(&known, None, &["CREATE-SPECIAL-USE"], &marked).await, Ok("Junk".to_owned()));
    let refused = [
        ("CREATE \"Junk\" (USE (\\Junk))", "{tag} NO [USEATTR] no\r\n"),
        ("CREATE \"Junk\"", "{tag} NO [ALREADYEXISTS] there\r\n"),
        ("SUBSCRIBE \"Junk\"", "{tag} OK\r\n"),
    ];
    assert_eq!(ensure(&known, None, &["CREATE-SPECIAL-USE"], &refused).await, Ok("Junk".to_owned()));
}

#[tokio::test]
async fn below_the_inbox_where_everything_is() {
    let known = list(&["* LIST () \".\" INBOX", "* LIST () \".\" INBOX.Sent"]).await;
    let script = [("CREATE \"INBOX.Junk\"", "{tag} OK\r\n"), ("SUBSCRIBE \"INBOX.Junk\"", "{tag} OK\r\n")];
    assert_eq!(ensure(&known, None, &[], &script).await, Ok("INBOX.Junk".to_owned()));

    let alone = list(&["* LIST () \".\" INBOX"]).await;
    let script = [
        ("CREATE \"Junk\"", "{tag} NO Invalid mailbox name\r\n"),
        ("CREATE \"INBOX.Junk\"", "{tag} OK\r\n"),
        ("SUBSCRIBE \"INBOX.Junk\"", "{tag} OK\r\n"),
    ];
    assert_eq!(ensure(&alone, None, &[], &script).await, Ok("INBOX.Junk".to_owned()));
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_an_error() {
    let known = list(&["* LIST () \"/\" INBOX"]).await;
    let script =
        [("CREATE \"Junk\"", "{tag} NO quota\r\n"), ("CREATE \"INBOX/Junk\"", "{tag} NO [OVERQUOTA] full\r\n")];
    let error = ensure(&known, None, &[], &script).await.unwrap_err();
    assert_eq!(error, CommandError::No { code: Some(Code::OverQuota), text: "full".to_owned() });
}

async fn list(lines: &[&str]) -> Folders {
    let reply = format!("{}\r\n{{tag}} OK\r\n", lines.join("\r\n"));
    let (stream, _server) = Server::start_owned("", vec![("LIST \"\" \"*\"".to_owned(), reply)]);
    Session::over(stream, &[]).folders().await.unwrap()
}

async fn folders(script: &[Exchange], capabilities: &[&str]) -> Folders {
    let (stream, _server) = Server::start("", script);
    Session::over(stream, capabilities).folders().await.unwrap()
}

async fn ensure(
    known: &Folders,
    wanted: Option<&str>,
    capabilities: &[&str],
    script: &[Exchange],
) -> Result<String, CommandError> {
    let (stream, server) = Server::start("", script);
    let mut session = Session::over(stream, capabilities);
    let name = session.ensure_junk(known, wanted).await;
    drop(session);
    server.finish().await;
    name.map(|junk| junk.name.wire().to_owned())
}

fn found(folders: &Folders, role: Role) -> Option<String> {
    folders.find(role).map(|folder| folder.name.shown().into_owned())
}
