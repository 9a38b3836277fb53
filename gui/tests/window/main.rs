//! The window without a screen: what is drawn, what can be reached by name, and what the client is told.

#![expect(clippy::unwrap_used, reason = "a test may end with a panic")]

mod about;
mod bench;
mod changes;
mod german;
mod learning;
mod message;
mod people;
mod review;
mod route;
mod settings;
mod setup;
mod shell;
mod signing_in;
mod statistics;

use std::sync::Arc;

use egui::{Event as InputEvent, Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use tamis::{
    client::{Job, Lesson, Link, Listing, Outcome, Snapshot, Wish},
    prefs::{Look, Prefs},
};
use tamis_core::api::{
    AccountReport, AskedView, BatchId, FoundServer, FoundServers, Leaving, ListQuery, MailDetail, MailId, MailRow,
    NewListEntry, Password,
};

use bench::{Window, check_names, detail, name, row, rows, window};

#[test]
fn the_chosen_message_is_released_by_the_button() {
    let mut window = window(rows(20));
    window.click_row(2);
    assert_eq!(window.wishes(), [Wish::Open(Some(MailId(3)))]);
    window.harness.get_by_label("Release").click();
    window.harness.run();
    assert_eq!(window.jobs(), [Job::Teach(Lesson::Release, vec![MailId(3)])]);
}

#[test]
fn keys_teach_and_the_cursor_moves_on() {
    let mut window = window(rows(20));
    window.key(Key::ArrowDown);
    window.key(Key::J);
    window.key(Key::S);
    window.key(Key::G);
    window.key(Key::H);
    window.key(Key::R);
    let taught = |lesson, id| Job::Teach(lesson, vec![MailId(id)]);
    let want = [taught(Lesson::Spam, 2), taught(Lesson::Good, 3), taught(Lesson::Good, 4), taught(Lesson::Release, 5)];
    assert_eq!(window.jobs(), want);
}

#[test]
fn shift_and_ctrl_choose_several() {
    let mut window = window(rows(20));
    window.click_row(1);
    window.harness.get_by_role_and_label(Role::ListBoxOption, &name(3)).click_modifiers(Modifiers::SHIFT);
    window.harness.run();
    window.harness.get_by_role_and_label(Role::ListBoxOption, &name(6)).click_modifiers(Modifiers::COMMAND);
    window.harness.run();
    window.harness.get_by_label("4 chosen");
    window.harness.get_by_label("Spam").click();
    window.harness.run();
    assert_eq!(window.jobs(), [Job::Teach(Lesson::Spam, [2, 3, 4, 7].map(MailId).into())]);
}

#[test]
fn ctrl_a_chooses_all_but_in_the_search_field_it_is_the_field_s() {
    let mut window = window(rows(30));
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.harness.run();
    window.harness.get_by_label("30 chosen");
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
    window.harness.run();
    window.wishes();
    window.harness.get_by_label("Search sender, subject and text").type_text("rsg");
    window.harness.run();
    let want = ListQuery { search: "rsg".to_owned(), ..ListQuery::default() };
    assert_eq!(window.wishes(), [Wish::List(want)]);
}

#[test]
fn the_search_field_keeps_the_focus_while_typing_and_every_list_starts_at_its_top() {
    let mut window = window(rows(500));
    window.key(Key::End);
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
    window.harness.run();
    for letter in ["l", "u", "n"] {
        window.harness.event(InputEvent::Text(letter.to_owned()));
        window.harness.run();
    }
    let want = ListQuery { search: "lun".to_owned(), ..ListQuery::default() };
    assert_eq!(window.wishes().last(), Some(&Wish::List(want.clone())));
    window.remote.update(|snapshot| {
        snapshot.listing = Some(Arc::new(Listing::whole(want, rows(400))));
        true
    });
    window.harness.run();
    window.harness.get_by_role_and_label(Role::ListBoxOption, &name(0));
}

#[test]
fn rows_dragged_onto_a_well_are_taught() {
    for (well, lesson) in [("Drop here to teach: Spam", Lesson::Spam), ("Drop here to teach: Good", Lesson::Good)] {
        let mut window = window(rows(20));
        window.drag(3, well);
        assert_eq!(window.jobs(), [Job::Teach(lesson, vec![MailId(4)])], "{well}");
    }
}

#[test]
fn a_chosen_row_drags_the_others_along() {
    let mut window = window(rows(20));
    window.click_row(0);
    window.harness.get_by_role_and_label(Role::ListBoxOption, &name(2)).click_modifiers(Modifiers::SHIFT);
    window.harness.run();
    window.drag(1, "Drop here to teach: Spam");
    assert_eq!(window.jobs(), [Job::Teach(Lesson::Spam, [1, 2, 3].map(MailId).into())]);
}

#[test]
fn what_was_done_is_said_and_can_be_taken_back() {
    let mut window = window(rows(20));
    window.click_row(0);
    window.key(Key::R);
    let outcome = Outcome::Done("1 message released".to_owned(), Some(BatchId(7)));
    window.finish(Job::Teach(Lesson::Release, vec![MailId(1)]), outcome);
    window.harness.get_by_label("1 message released");
    window.jobs();
    window.harness.get_by_label("Undo this").click();
    window.harness.run();
    assert_eq!(window.jobs(), [Job::Undo(Some(BatchId(7)))]);
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.harness.run();
    assert_eq!(window.jobs(), [Job::Undo(None)]);
}

#[test]
fn a_failure_stays_until_it_is_closed() {
    let mut window = window(rows(3));
    let text = "2 messages were not moved: the server does not answer";
    window.finish(Job::CheckNow, Outcome::Refused(text.to_owned()));
    window.harness.get_by_label(text);
    window.harness.get_by_label("Close this note").click();
    window.harness.run();
    assert!(window.harness.query_by_label(text).is_none());
}

#[test]
fn only_rows_in_sight_are_in_the_tree() {
    let window = window(rows(50_000));
    let shown: Vec<_> = window.harness.get_all_by_role(Role::ListBoxOption).collect();
    assert!((5..40).contains(&shown.len()), "{}", shown.len());
    assert_eq!(shown[0].accesskit_node().size_of_set(), Some(50_000));
}

#[test]
fn the_window_settles_when_nothing_happens() {
    let mut window = window(rows(50_000));
    window.click_row(1);
    assert!(window.harness.run() <= 3);
    assert!(window.harness.run() <= 2);
}

#[test]
fn everything_that_can_be_used_has_a_name_in_words() {
    let mut window = window(rows(20));
    window.click_row(0);
    window.open(detail());
    window.finish(Job::CheckNow, Outcome::Done("Done".to_owned(), Some(BatchId(1))));
    check_names(&window);
    window.harness.get_by_label("Accounts").click();
    window.harness.run();
    window.harness.get_by_label("Add account…").click();
    window.harness.run();
    check_names(&window);
}

#[test]
fn a_message_explains_itself_and_cannot_deceive() {
    let mut window = window(rows(5));
    window.click_row(0);
    window.open(detail());
    for words in [
        "A link says bank.example but goes elsewhere",
        "Without “A link says bank.example but goes elsewhere” it would have stayed in the inbox",
        "+4.5 points, A link says bank.example but goes elsewhere",
        "−1.0 points, You know this domain",
        "Score 6.5, doubtful from 3.0, spam from 5.0",
        "\"limited\": 97 % spam",
        "It says bank.example but goes to evil.example",
        "Pay",
        "now",
    ] {
        assert!(window.harness.query_all_by_label(words).next().is_some(), "{words}");
    }
    window.harness.get_by_label("Copy link to evil.example").click();
    window.harness.run();
    window.harness.get_by_label("Copied");
}

#[test]
fn a_message_of_which_nothing_is_proved_is_shown_before_it_is_sent() {
    let mut window = window(rows(1));
    window.key(Key::ArrowDown);
    let (to, subject, text) =
        ("leave@shop.example".to_owned(), "out 17".to_owned(), "please\r\n\u{202E}now".to_owned());
    let leaving = Some(Leaving::ByMessage { to, subject, text });
    window.open(MailDetail { leaving, ..detail() });
    window.harness.run();
    window.wishes();
    let unfold = |window: &mut Window| {
        window.harness.get_by_label("Unsubscribe\u{2026}").click();
        window.harness.run();
        window.harness.get_by_label("To: leave@shop.example");
        window.harness.get_by_label("Subject: out 17");
        assert!(window.harness.query_by_label_contains("please").is_some());
        assert!(window.harness.query_by_label_contains("\u{202E}").is_none());
        assert_eq!(window.jobs(), []);
    };
    unfold(&mut window);
    window.harness.get_by_label("Cancel").click();
    window.harness.run();
    assert_eq!(window.jobs(), []);
    assert!(window.harness.query_by_label("Send message").is_none());
    unfold(&mut window);
    window.harness.get_by_label("Send message").click();
    window.harness.run();
    assert_eq!(window.jobs(), [Job::Unsubscribe(MailId(1), true)]);
    assert!(window.harness.query_by_label("Send message").is_none(), "it can be sent but once");
}

#[test]
fn all_clear_is_said() {
    let window = window(vec![]);
    window.harness.get_by_label("All is clear");
}

#[test]
fn a_person_without_an_account_is_invited() {
    let mut window = window(vec![]);
    window.remote.update(|snapshot| {
        snapshot.status = Some(Arc::default());
        true
    });
    window.harness.run();
    window.harness.get_by_label("Welcome to Tamis");
    window.harness.get_by_label("Add account…").click();
    window.harness.run();
    window.harness.get_by_label("Test connection");
}

#[test]
fn a_tick_lets_the_agent_start_at_login() {
    let mut window = window(rows(2));
    window.harness.get_by_label("Accounts").click();
    window.harness.run();
    window.harness.get_by_label("Start Tamis when I log in").click();
    window.harness.run();
    assert_eq!(window.jobs(), [Job::Autostart(true)]);
    let text = "Tamis starts when you log in, and again if it should crash";
    window.finish(Job::Autostart(true), Outcome::Done(text.to_owned(), None));
    window.harness.get_by_label(text);
}

#[test]
fn the_account_dialog_shows_why_a_test_failed_and_what_went_well() {
    let mut window = window(rows(2));
    window.harness.get_by_label("Accounts").click();
    window.harness.run();
    window.harness.get_by_label("Add account…").click();
    window.harness.run();
    window.type_into("Address", "ada@example.org");
    window.type_into("Password", "secret");
    let looking = Job::FindServers("ada@example.org".to_owned());
    assert_eq!(
        window.jobs(),
        std::slice::from_ref(&looking),
        "the server is looked for as soon as the address is there"
    );
    window.harness.get_by_label("Looking for the server of example.org…");
    let server = |host: &str, is_elsewhere| FoundServer {
        host: host.to_owned(),
        port: 993,
        security: "tls".to_owned(),
        is_elsewhere,
        source: "the name servers of example.org say so".to_owned(),
        ..FoundServer::default()
    };
    let servers = vec![server("mail.hoster.example", true), server("imap.example.org", false)];
    let advice = "Switch IMAP on first.".to_owned();
    window.finish(looking, Outcome::Found(FoundServers { servers, advice, ..FoundServers::default() }));
    window.harness.get_by_label("mail.hoster.example: the name servers of example.org say so");
    window.harness.get_by_label("The name of this server is not like that of the address. Go on only if you know it");
    window.harness.get_by_label("Switch IMAP on first.");
    window.harness.get_by_label("Or use imap.example.org: the name servers of example.org say so").click();
    window.harness.run();
    window.harness.get_by_label("Test connection").click();
    window.harness.run();
    let jobs = window.jobs();
    let [Job::TestAccount(form)] = jobs.as_slice() else { panic!("{jobs:?}") };
    assert_eq!((form.address.as_str(), form.host.as_str(), form.port), ("ada@example.org", "imap.example.org", 0));
    assert_eq!(form.password, Some(Password("secret".to_owned())));

    let text = "The server refused the password. Gmail needs an app password";
    window.finish(Job::TestAccount(form.clone()), Outcome::Refused(text.to_owned()));
    window.harness.get_by_label(text);
    let report = AccountReport {
        steps: vec!["Connected with TLS 1.3".to_owned()],
        inbox_messages: 12,
        junk_folder: None,
        notes: vec!["It cannot move".to_owned()],
        ..AccountReport::default()
    };
    window.finish(Job::TestAccount(form.clone()), Outcome::Tested(report));
    for words in
        ["Connected with TLS 1.3", "Found 12 messages in the inbox", "A Junk folder will be made", "It cannot move"]
    {
        window.harness.get_by_label(words);
    }
    window.harness.get_by_label("Add").click();
    window.harness.run();
    let jobs = window.jobs();
    assert!(matches!(jobs.as_slice(), [Job::AddAccount(_)]), "{jobs:?}");
    window.finish(Job::AddAccount(form.clone()), Outcome::Done("ada@example.org is watched".to_owned(), None));
    window.harness.get_by_label("ada@example.org is watched");
    assert!(window.harness.query_by_label("Test connection").is_none());
}

#[test]
fn an_account_is_removed_only_after_a_question() {
    let mut window = window(rows(2));
    window.harness.get_by_label("Accounts").click();
    window.harness.run();
    window.harness.get_by_label("Remove work…").click();
    window.harness.run();
    assert_eq!(window.jobs(), []);
    window.harness.get_by_label("Remove account").click();
    window.harness.run();
    assert_eq!(window.jobs(), [Job::RemoveAccount("work".to_owned())]);
}

#[test]
fn the_reason_is_one_sentence_in_the_list_and_on_the_page() {
    let mut window = window(rows(1));
    window.key(Key::ArrowDown);
    window.open(detail());
    window.harness.run();
    window.harness.get_by_label("It claims to be a bank, but a link goes elsewhere.");
    let older = MailRow { reason: String::new(), ..row(0) };
    window.open(MailDetail { row: older, ..detail() });
    window.harness.run();
    assert!(window.harness.query_by_label("It claims to be a bank, but a link goes elsewhere.").is_none());
}

#[test]
fn what_others_were_asked_can_be_shown() {
    let mut window = window(rows(1));
    window.key(Key::ArrowDown);
    let question = "DNS: A of 7.113.0.203.zen.spamhaus.org".to_owned();
    let asked = vec![AskedView { question: question.clone(), answer: "127.0.0.2".to_owned(), millis: 21 }];
    window.open(MailDetail { asked, ..detail() });
    window.harness.run();
    assert!(window.harness.query_by_label(&question).is_none());
    window.harness.get_by_label("Show the only question, answered in 21 ms");
}

#[test]
fn a_sender_is_put_on_a_list_with_one_click_and_that_can_be_taken_back() {
    let mut window = window(rows(1));
    window.key(Key::ArrowDown);
    window.open(detail());
    window.harness.run();
    window.wishes();
    let address = detail().row.from_address;
    for (label, side) in [("Always accept sender", "accept"), ("Always block sender", "block")] {
        window.harness.get_by_label(label).click();
        window.harness.run();
        let (side, kind, value) = (side.to_owned(), "address".to_owned(), address.clone());
        let job = Job::PutOnList(NewListEntry { side, kind, value, ..NewListEntry::default() });
        assert_eq!(window.jobs(), std::slice::from_ref(&job));
        window.finish(job, Outcome::Done("it is entry 3".to_owned(), Some(BatchId(9))));
        window.harness.get_by_label("it is entry 3");
    }
    let row = MailRow { from_address: "nobody".to_owned(), ..detail().row };
    window.open(MailDetail { row, ..detail() });
    window.harness.run();
    assert!(window.harness.query_by_label("Always block sender").is_none(), "there is no address to block");
}

#[test]
fn a_report_shows_what_it_tells_before_it_is_sent() {
    let mut window = window(rows(1));
    window.key(Key::ArrowDown);
    window.open(detail());
    window.harness.run();
    assert!(window.harness.query_by_label("Report as spam\u{2026}").is_none(), "there is nobody to tell");
    window.wishes();
    // What is clicked has to be in sight.
    window.harness.set_size(egui::vec2(1280.0, 2000.0));

    let told = "to the pyzor server pyzor.example:24441: the digest 57f4 of some lines of the text";
    window.open(MailDetail { reportable: vec![told.to_owned()], ..detail() });
    window.harness.run();
    assert!(window.harness.query_by_label(told).is_none());
    window.harness.get_by_label("Report as spam\u{2026}").click();
    window.harness.run();
    window.harness.get_by_label(told);
    assert_eq!(window.jobs(), [], "nothing is told yet");
    window.harness.get_by_label("Cancel").click();
    window.harness.run();
    assert!(window.harness.query_by_label(told).is_none());
    window.harness.get_by_label("Report as spam\u{2026}").click();
    window.harness.run();
    window.harness.get_by_label("Send report").click();
    window.harness.run();
    assert_eq!(window.jobs(), [Job::ReportSpam(MailId(1))]);
}

#[test]
fn a_mailing_is_left_with_one_click_or_its_page_is_named() {
    let mut window = window(rows(1));
    window.key(Key::ArrowDown);
    window.open(detail());
    window.harness.run();
    assert!(window.harness.query_by_label("Unsubscribe").is_none(), "it is no mailing, or spam");
    window.wishes();

    window.open(MailDetail { leaving: Some(Leaving::ByItself("list.example".to_owned())), ..detail() });
    window.harness.run();
    window.harness.get_by_label("Unsubscribe").click();
    window.harness.run();
    assert_eq!(window.jobs(), [Job::Unsubscribe(MailId(1), false)]);
    let text = "list.example was asked to take you off its list, and agreed";
    window.finish(Job::Unsubscribe(MailId(1), false), Outcome::Done(text.to_owned(), None));
    window.harness.get_by_label(text);

    let (host, url) = ("shop.example".to_owned(), "https://shop.example/leave".to_owned());
    window.open(MailDetail { leaving: Some(Leaving::OnPage { host, url }), ..detail() });
    window.harness.run();
    window.harness.get_by_label("You can unsubscribe on a page of shop.example");
    assert!(window.harness.query_by_label("Unsubscribe").is_none());
    window.harness.get_by_label("Copy the address of the page at shop.example").click();
    window.harness.run();
    window.harness.get_by_label("Copied");
}

#[test]
fn a_missing_agent_is_said_in_words() {
    let mut window = window(rows(2));
    let text = "Tamis cannot start its agent: tamis-agent is not installed";
    window.remote.update(|snapshot| {
        *snapshot = Snapshot { link: Link::Offline { text: text.to_owned() }, ..Snapshot::default() };
        true
    });
    window.harness.run();
    window.harness.get_by_label(text);
    window.harness.get_by_label("The agent is not connected");
    window.harness.get_by_label("Start the agent").click();
    window.harness.run();
    assert!(window.wishes().contains(&Wish::Reconnect));
}

#[test]
fn light_and_dark_are_chosen_and_kept() {
    let mut window = window(rows(2));
    for (label, look, is_dark) in [("Dark colours", Look::Dark, true), ("Light colours", Look::Light, false)] {
        window.harness.get_by_label(label).click();
        window.harness.run();
        assert_eq!(window.wishes(), [Wish::Keep(Prefs { look, ..Prefs::default() })]);
        assert_eq!(window.harness.ctx.global_style().visuals.dark_mode, is_dark);
    }
}

#[test]
fn hostile_rows_are_drawn_without_harm() {
    let mut rows = rows(8);
    for (row, subject) in
        rows.iter_mut().zip(["\u{202E}gnp.exe", "", "\0\u{1b}[2J", "Z\u{301}\u{301}\u{301}", "שלום (עולם) 5"])
    {
        row.subject = subject.repeat(200);
        row.from_name = subject.to_owned();
        row.score = f64::NAN;
        row.received_at = i64::MIN;
        row.probability = Some(f64::INFINITY);
    }
    let mut window = window(rows);
    window.key(Key::ArrowDown);
    let mut mail = detail();
    mail.row.score = f64::NAN;
    mail.junk_threshold = f64::NEG_INFINITY;
    mail.reasons[0].score = f64::NAN;
    mail.clues = vec![("x".repeat(5_000), f64::NAN)];
    mail.text = "\u{202E}".repeat(9_000) + &"long".repeat(20_000);
    window.open(mail);
    window.harness.run();
}
