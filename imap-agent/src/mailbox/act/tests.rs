//! Moving, in every way a server can let us down.

use super::*;
use crate::mailbox::{
    Loss, Selected,
    script::{Exchange, Server},
};

const HERE: Exchange = ("UID FETCH 5 (UID FLAGS)", "* 1 FETCH (UID 5 FLAGS ())\r\n{tag} OK\r\n");
const AWAY: Exchange = ("UID FETCH 5 (UID FLAGS)", "{tag} OK\r\n");
const MOVE: &str = "UID MOVE 5 \"Junk\"";
const COPY: &str = "UID COPY 5 \"Junk\"";
const MARK: &str = "UID STORE 5 +FLAGS (\\Deleted)";

const MOVED: Moved = Moved::To { uid_validity: 8, uid: 21 };

#[tokio::test]
async fn move_tells_the_new_uid_before_or_with_its_answer() {
    for reply in [
        "* OK [COPYUID 8 5 21] moved\r\n* 1 EXPUNGE\r\n{tag} OK done\r\n",
        "* 1 EXPUNGE\r\n{tag} OK [COPYUID 8 5 21] done\r\n",
        "* OK [COPYUID 8 4:6 20:22] moved\r\n* VANISHED 5\r\n{tag} OK done\r\n",
    ] {
        assert_eq!(moved(&["MOVE", "UIDPLUS"], &[(MOVE, reply)]).await, Ok(MOVED), "{reply}");
    }
}

#[tokio::test]
async fn move_of_a_vanished_message_is_ok_to_the_server_and_gone_to_us() {
    assert_eq!(moved(&["MOVE", "UIDPLUS"], &[(MOVE, "{tag} OK done\r\n"), AWAY]).await, Ok(Moved::Gone));
}

#[tokio::test]
async fn a_move_without_new_uid_is_a_move_all_the_same() {
    let script = [(MOVE, "* 1 EXPUNGE\r\n{tag} OK done\r\n"), AWAY];
    assert_eq!(moved(&["MOVE"], &script).await, Ok(Moved::ToUnknownUid));
}

#[tokio::test]
async fn a_move_that_moved_nothing_is_an_error() {
    let outcome = moved(&["MOVE"], &[(MOVE, "{tag} OK done\r\n"), HERE]).await;
    assert!(matches!(outcome, Err(CommandError::No { .. })));
}

#[tokio::test]
async fn a_refused_move_is_not_tried_in_another_way() {
    for reply in ["{tag} NO [TRYCREATE] no such folder\r\n", "{tag} NO [OVERQUOTA] full\r\n", "{tag} BAD what\r\n"] {
        let script = if reply.contains("BAD") { vec![(MOVE, reply)] } else { vec![(MOVE, reply), HERE] };
        let outcome = moved(&["MOVE", "UIDPLUS"], &script).await;
        assert!(matches!(outcome, Err(CommandError::No { .. } | CommandError::Bad { .. })), "{reply}");
    }
}

#[tokio::test]
async fn a_move_lost_on_the_way_is_nothing_but_lost() {
    let reply = "* OK [COPYUID 8 5 21] moved\r\n!close";
    assert_eq!(moved(&["MOVE", "UIDPLUS"], &[(MOVE, reply)]).await, Err(CommandError::Lost(Loss::Closed)));
}

#[tokio::test]
async fn without_move_the_copy_is_confirmed_before_the_original_goes() {
    let script = [
        HERE,
        (COPY, "{tag} OK [COPYUID 8 5 21] done\r\n"),
        (MARK, "{tag} OK\r\n"),
        ("UID EXPUNGE 5", "* 1 EXPUNGE\r\n{tag} OK\r\n"),
    ];
    assert_eq!(moved(&["UIDPLUS"], &script).await, Ok(MOVED));
}

#[tokio::test]
async fn a_failed_copy_leaves_the_original_alone() {
    let outcome = moved(&["UIDPLUS"], &[HERE, (COPY, "{tag} NO [OVERQUOTA] full\r\n")]).await;
    assert!(matches!(outcome, Err(CommandError::No { code: Some(Code::OverQuota), .. })));
    let outcome = moved(&["UIDPLUS"], &[HERE, (COPY, "!close")]).await;
    assert!(matches!(outcome, Err(CommandError::Lost(_))));
}

#[tokio::test]
async fn an_unconfirmed_copy_leaves_the_original_alone() {
    let outcome = moved(&["UIDPLUS"], &[HERE, (COPY, "{tag} OK done\r\n"), HERE]).await;
    assert!(matches!(outcome, Ok(Moved::CopiedOnly { copy: None, is_marked_deleted: false, .. })));
    let outcome = moved(&["UIDPLUS"], &[HERE, (COPY, "{tag} OK done\r\n"), AWAY]).await;
    assert_eq!(outcome, Ok(Moved::Gone), "somebody was quicker");
}

#[tokio::test]
async fn a_copy_of_another_message_confirms_nothing() {
    let outcome = moved(&["UIDPLUS"], &[HERE, (COPY, "{tag} OK [COPYUID 8 6 21] done\r\n"), HERE]).await;
    assert!(matches!(outcome, Ok(Moved::CopiedOnly { copy: None, is_marked_deleted: false, .. })));
}

#[tokio::test]
async fn without_uidplus_nothing_is_ever_expunged() {
    let script = [HERE, (COPY, "{tag} OK done\r\n"), (MARK, "{tag} OK\r\n")];
    let Ok(Moved::CopiedOnly { copy: None, is_marked_deleted: true, why }) = moved(&[], &script).await else {
        panic!("not copied");
    };
    assert_eq!(why, "this server cannot remove a single message, so the original is only marked as deleted");
}

#[tokio::test]
async fn a_message_that_is_gone_is_neither_copied_nor_marked() {
    assert_eq!(moved(&[], &[AWAY]).await, Ok(Moved::Gone));
}

#[tokio::test]
async fn a_refused_mark_or_expunge_is_told() {
    let copied = (COPY, "{tag} OK [COPYUID 8 5 21] done\r\n");
    let outcome = moved(&["UIDPLUS"], &[HERE, copied, (MARK, "{tag} NO [NOPERM] never\r\n")]).await;
    assert!(matches!(outcome, Ok(Moved::CopiedOnly { copy: Some((8, 21)), is_marked_deleted: false, .. })));
    let refused = [(MARK, "{tag} OK\r\n"), ("UID EXPUNGE 5", "{tag} NO no\r\n")];
    let script = [vec![HERE, copied], refused.repeat(2)].concat();
    let outcome = moved(&["UIDPLUS"], &script).await;
    assert!(matches!(outcome, Ok(Moved::CopiedOnly { copy: Some((8, 21)), is_marked_deleted: true, .. })));
    let script = [HERE, copied, (MARK, "!close")];
    assert!(matches!(moved(&["UIDPLUS"], &script).await, Err(CommandError::Lost(_))));
}

#[tokio::test]
async fn nothing_is_moved_within_one_folder_or_out_of_a_folder_opened_to_look() {
    let (stream, _server) = Server::start("", &[]);
    let mut session = Session::over(stream, &["MOVE"]);
    session.selected = Some(inbox());
    for (uid, to) in [(5, "inbox"), (0, "Junk")] {
        let outcome = session.move_message(uid, &FolderName::from_wire(to)).await;
        assert!(matches!(outcome, Err(CommandError::NotSent(_))), "{to}");
    }
    session.selected.as_mut().unwrap().is_read_only = true;
    let junk = FolderName::from_wire("Junk");
    assert!(matches!(session.move_message(5, &junk).await, Err(CommandError::NotSent(_))));
    assert!(matches!(session.remove_original(5).await, Err(CommandError::NotSent(_))));
    session.selected = None;
    assert!(matches!(session.remove_original(5).await, Err(CommandError::NotSent(_))));
    assert!(matches!(session.move_message(5, &junk).await, Err(CommandError::NotSent(_))));
    assert!(session.is_usable());
}

#[tokio::test]
async fn after_an_error_a_message_is_found_by_its_message_id_and_size() {
    let open = "* 300 EXISTS\r\n* OK [UIDVALIDITY 8] x\r\n* OK [UIDNEXT 30] x\r\n{tag} OK [READ-ONLY] x\r\n";
    let line = |uid: u32, size: u32, id: &str| {
        let header = format!("Message-ID: {id}\r\n\r\n");
        format!(
            "* 1 FETCH (UID {uid} RFC822.SIZE {size} BODY[HEADER.FIELDS (MESSAGE-ID)] {{{}}}\r\n{header})\r\n",
            header.len()
        )
    };
    let found = [line(20, 9, "<a@x>"), line(21, 9, "<a@x>"), line(22, 8, "<a@x>"), line(23, 9, "<A@x>")].concat();
    for (size, want) in [(Some(9), &[21, 20][..]), (None, &[22, 21, 20]), (Some(7), &[])] {
        let script = vec![
            ("EXAMINE \"Junk\"".to_owned(), open.to_owned()),
            (
                "FETCH 201:* (UID RFC822.SIZE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])".to_owned(),
                format!("{found}{{tag}} OK\r\n"),
            ),
        ];
        let (stream, _server) = Server::start_owned("", script);
        let mut session = Session::over(stream, &["MOVE"]);
        let sought = Sought { message_id: "<a@x>", size, newest: 100 };
        let got = session.find_all_by_message_id(&FolderName::from_wire("Junk"), &sought).await.unwrap();
        let want: Vec<_> = want.iter().map(|&uid| Found { uid_validity: 8, uid }).collect();
        assert_eq!(got, want);
        let outcome = session.move_message(21, &FolderName::inbox()).await;
        assert!(matches!(outcome, Err(CommandError::NotSent(_))), "to act there, select it again");
    }
}

async fn moved(capabilities: &[&str], script: &[Exchange]) -> Result<Moved, CommandError> {
    let (stream, server) = Server::start("", script);
    let mut session = Session::over(stream, capabilities);
    session.selected = Some(inbox());
    let moved = session.move_message(5, &FolderName::from_wire("Junk")).await;
    drop(session);
    server.finish().await;
    moved
}

fn inbox() -> Selected {
    Selected {
        folder: FolderName::inbox(),
        uid_validity: 7,
        uid_next: 10,
        exists: 1,
        permanent_flags: BTreeSet::new(),
        is_read_only: false,
        has_junk_keywords: false,
        modseq: None,
    }
}

#[tokio::test]
async fn in_gmail_an_original_goes_to_the_trash_and_nothing_is_expunged() {
    let to_trash = "UID MOVE 5 \"[Gmail]/Papelera\"";
    for (trash, script, want) in [
        (true, &[(to_trash, "* OK [COPYUID 8 5 21] moved\r\n* 1 EXPUNGE\r\n{tag} OK done\r\n")][..], None),
        (
            true,
            &[(to_trash, "{tag} NO full\r\n"), HERE],
            Some("the server did not let the original be moved to the trash: full"),
        ),
        (false, &[], Some("there is no trash that the original could be moved to")),
    ] {
        let (stream, server) = Server::start("", script);
        let mut session = Session::over(stream, &["MOVE", "UIDPLUS", "X-GM-EXT-1"]);
        session.selected = Some(inbox());
        session.trash = trash.then(|| FolderName::from_wire("[Gmail]/Papelera"));
        let left = session.remove_original(5).await.unwrap();
        assert_eq!(left, want.map(|why| Left { is_marked_deleted: false, why: why.to_owned() }));
        drop(session);
        server.finish().await;
    }
}

#[tokio::test]
async fn an_original_that_was_not_removed_is_marked_again_and_then_not_left_marked() {
    let expunge = ("UID EXPUNGE 5", "{tag} OK nothing to do\r\n");
    let copy = (COPY, "{tag} OK [COPYUID 8 5 21] done\r\n");
    let removed = ("UID EXPUNGE 5", "* 1 EXPUNGE\r\n{tag} OK done\r\n");
    let script = [HERE, copy, (MARK, "{tag} OK\r\n"), expunge, HERE, (MARK, "{tag} OK\r\n"), removed];
    assert_eq!(moved(&["UIDPLUS"], &script).await, Ok(MOVED));

    let unmark = ("UID STORE 5 -FLAGS.SILENT (\\Deleted)", "{tag} OK\r\n");
    let twice = [(MARK, "{tag} OK\r\n"), expunge, HERE].repeat(2);
    let script = [vec![HERE, copy], twice, vec![unmark]].concat();
    let outcome = moved(&["UIDPLUS"], &script).await;
    assert!(matches!(outcome, Ok(Moved::CopiedOnly { is_marked_deleted: false, .. })), "{outcome:?}");
}

#[tokio::test]
async fn a_message_marked_instead_of_the_original_is_unmarked() {
    let script = [
        HERE,
        (COPY, "{tag} OK [COPYUID 8 5 21] done\r\n"),
        (MARK, "* 3 FETCH (UID 7 FLAGS (\\Deleted \\Seen))\r\n{tag} OK\r\n"),
        HERE,
        ("UID STORE 7 -FLAGS.SILENT (\\Deleted)", "{tag} OK\r\n"),
    ];
    let outcome = moved(&["UIDPLUS"], &script).await;
    assert!(matches!(outcome, Ok(Moved::CopiedOnly { is_marked_deleted: false, .. })), "{outcome:?}");

    // Somebody else has marked that one, and the server does not tell of ours.
    let marked = ("UID FETCH 5 (UID FLAGS)", "* 1 FETCH (UID 5 FLAGS (\\Deleted))\r\n{tag} OK\r\n");
    let script = [
        HERE,
        (COPY, "{tag} OK [COPYUID 8 5 21] done\r\n"),
        (MARK, "* 3 FETCH (UID 7 FLAGS (\\Deleted \\Seen))\r\n{tag} OK\r\n"),
        marked,
        ("UID EXPUNGE 5", "* 1 EXPUNGE\r\n{tag} OK\r\n"),
    ];
    assert_eq!(moved(&["UIDPLUS"], &script).await, Ok(MOVED));
}

#[tokio::test]
async fn a_message_moved_instead_of_the_one_meant_comes_back() {
    let open = |uid_validity| match uid_validity {
        8 => "* 1 EXISTS\r\n* OK [UIDVALIDITY 8] x\r\n* OK [UIDNEXT 22] x\r\n{tag} OK\r\n",
        _ => "* 1 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 12] x\r\n{tag} OK\r\n",
    };
    let script = [
        (MOVE, "* OK [COPYUID 8 7 21] moved\r\n* 3 EXPUNGE\r\n{tag} OK done\r\n"),
        HERE,
        ("SELECT \"Junk\"", open(8)),
        ("UID MOVE 21 \"INBOX\"", "* OK [COPYUID 7 21 11] moved\r\n* 1 EXPUNGE\r\n{tag} OK done\r\n"),
        ("SELECT \"INBOX\"", open(7)),
    ];
    let outcome = moved(&["MOVE", "UIDPLUS"], &script).await;
    assert!(matches!(outcome, Err(CommandError::No { .. })), "{outcome:?}");
}

#[tokio::test]
async fn an_original_that_was_marked_and_not_removed_is_told_as_marked() {
    let script = [
        HERE,
        (COPY, "{tag} OK [COPYUID 8 5 21] done\r\n"),
        (MARK, "{tag} OK\r\n"),
        ("UID EXPUNGE 5", "{tag} NO not now\r\n"),
        (MARK, "{tag} NO not now\r\n"),
        ("UID FETCH 5 (UID FLAGS)", "* 1 FETCH (UID 5 FLAGS (\\Deleted))\r\n{tag} OK\r\n"),
    ];
    let outcome = moved(&["UIDPLUS"], &script).await;
    assert!(matches!(outcome, Ok(Moved::CopiedOnly { is_marked_deleted: true, .. })), "{outcome:?}");
}
