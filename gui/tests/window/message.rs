//! The page of a message, and teaching by drag.

use std::{fs, path::PathBuf, sync::Arc};

use egui::{Key, OutputCommand, accesskit::Role, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use tamis::{
    args::{self, Args},
    client::{Job, Lesson, Outcome, Watched, Wish},
    instance::Visit,
};
use tamis_core::{
    Arrival, Mail,
    api::{
        AuthBadge, AuthMethod, AuthState, BatchId, FileView, MailDetail, MailId, MailRow, MessagePage, Reply, Request,
    },
    page,
};

use crate::bench::{Window, check_names, detail, name, row, rows, started, window};

const PAGE: &str = "Content-Type: text/html; charset=utf-8\n\n<h2>Your account</h2><p>It is <b>limited</b>, so \
    <a href='https://evil.example/x?id=1'>www.bank.example</a> helps.</p><ul><li>first</ul>\
    <p style='display:none'>a secret recipe</p><script>alert(1)</script>\
    <table><tr><td>Case</td><td>4711</td></tr></table><img src='http://evil.example/pixel.png' alt='our logo'>";

fn page_of(raw: &str) -> MessagePage {
    page::preview(&Mail::parse(raw.as_bytes(), &Arrival::default()), &[]).page
}

/// A window in which that message is open, high enough to see all of it.
fn reading(mail: MailDetail) -> Window {
    let mut window = window(rows(20));
    window.harness.set_size(vec2(1400.0, 2400.0));
    window.key(Key::ArrowDown);
    window.open(mail);
    window.harness.run();
    window.wishes();
    window
}

fn click(window: &mut Window, label: &str) {
    window.harness.get_by_label(label).click();
    window.harness.run();
}

fn is_shown(window: &Window, label: &str) -> bool {
    window.harness.query_all_by_label(label).next().is_some()
}

#[test]
fn a_page_is_shown_as_text_with_its_structure_and_nothing_hidden() {
    let window = reading(MailDetail { page: page_of(PAGE), ..detail() });
    for words in ["Your account", "first", "Case", "4711", "[our logo] ", "www.bank.example, link to evil.example"] {
        assert!(is_shown(&window, words), "{words}");
    }
    assert!(window.harness.query_by_label_contains("secret recipe").is_none());
    assert!(window.harness.query_by_label_contains("alert").is_none());
    check_names(&window);
}

#[test]
fn hidden_text_is_told_of_and_shown_to_whoever_asks() {
    let mut window = reading(MailDetail { page: page_of(PAGE), ..detail() });
    window.harness.get_by_label("13 characters of this message cannot be seen in a mail program");
    click(&mut window, "Show the hidden text");
    assert!(is_shown(&window, "a secret recipe"));
}

#[test]
fn a_link_that_lies_is_called_out_and_opens_only_in_a_second_step() {
    let mut window = reading(MailDetail { page: page_of(PAGE), links: vec![], ..detail() });
    assert!(window.harness.query_by_label_contains("says bank.example but goes to evil.example").is_some());
    assert!(!is_shown(&window, "https://evil.example/x?id=1"));
    let opened = click_and_see_what_opens(&mut window, "www.bank.example, link to evil.example");
    assert!(opened.is_empty(), "a click alone opens nothing");
    assert!(is_shown(&window, "https://evil.example/x?id=1"));
    let opened = click_and_see_what_opens(&mut window, "Open in the browser");
    assert_eq!(opened, ["https://evil.example/x?id=1"]);
}

#[test]
fn a_whole_address_is_copied_and_what_is_no_page_cannot_be_opened() {
    let raw = "Content-Type: text/html\n\n<a href='javascript:alert(1)'>run me</a>";
    let mut window = reading(MailDetail { page: page_of(raw), links: vec![], ..detail() });
    click(&mut window, "run me, link to javascript");
    assert!(!is_shown(&window, "Open in the browser"));
    click(&mut window, "Copy");
    window.harness.get_by_label("Copied");
}

/// What the system is asked to open, frame by frame.
fn click_and_see_what_opens(window: &mut Window, label: &str) -> Vec<String> {
    window.harness.get_by_label(label).click();
    let mut urls = Vec::new();
    for _ in 0..8 {
        window.harness.step();
        for command in &window.harness.output().platform_output.commands {
            if let OutputCommand::OpenUrl(open) = command {
                urls.push(open.url.clone());
            }
        }
    }
    urls
}

#[test]
fn the_learner_s_words_are_marked_and_the_plain_form_can_be_had() {
    let mut window = reading(MailDetail { page: page_of(PAGE), text: "Plain form".to_owned(), ..detail() });
    window.harness.get_by_label("Mark words that were learned").click();
    window.harness.run();
    assert!(!is_shown(&window, "Plain form"));
    click(&mut window, "Plain text only");
    assert!(is_shown(&window, "Plain form") && !is_shown(&window, "Your account"));
}

#[test]
fn a_file_is_named_with_what_it_really_is() {
    let file = FileView {
        name: "invoice.pdf".to_owned(),
        content_type: "application/pdf".to_owned(),
        size: 348_160,
        really: "program".to_owned(),
        danger: "\"invoice.pdf\" is really a program".to_owned(),
    };
    let window = reading(MailDetail { files: vec![file], ..detail() });
    window.harness.get_by_label("348 kB · a program");
    window.harness.get_by_label("\"invoice.pdf\" is really a program");
}

#[test]
fn each_way_of_proving_the_sender_has_a_badge_and_a_sentence() {
    let badge = |method, state, domain: &str| AuthBadge {
        method,
        state,
        domain: domain.to_owned(),
        is_of_provider: true,
        detail: "dkim=pass".to_owned(),
    };
    let badges = vec![
        badge(AuthMethod::Spf, AuthState::Fail, "bank.example"),
        badge(AuthMethod::Dkim, AuthState::Pass, "evil.example"),
        badge(AuthMethod::Dmarc, AuthState::None, ""),
        badge(AuthMethod::Arc, AuthState::Unknown, ""),
    ];
    let window = reading(MailDetail { page: MessagePage { badges, ..MessagePage::default() }, ..detail() });
    for words in [
        "bank.example does not let this server send its mail",
        "It is signed by evil.example, and nothing was changed since",
        "The sender’s domain vouches for nothing",
        "Nobody has looked at who handed it on",
    ] {
        window.harness.get_by_label(words);
    }
}

#[test]
fn headers_and_source_are_asked_for_when_somebody_wants_them_and_once() {
    let mut window = reading(detail());
    assert_eq!(window.wishes(), []);
    let ask = Request::Source(MailId(1));
    click(&mut window, "Headers");
    assert_eq!(window.wishes(), [Wish::Watch(vec![ask.clone()])]);
    window.harness.get_by_label("Fetching the source…");
    let raw = b"Subject: =?utf-8?q?caf=C3=A9?=\nX-Turned: a\xe2\x80\xaeb\n\nThe body\n";
    let source = page::source(&Mail::parse(raw, &Arrival::default()));
    let answer = Some(Ok(Arc::new(Reply::Source(Box::new(source)))));
    window.remote.update(|snapshot| {
        snapshot.watched = vec![Watched { request: ask, answer }];
        true
    });
    window.harness.run();
    assert!(is_shown(&window, "café") && is_shown(&window, "ab"));
    assert_eq!(window.wishes(), [Wish::Watch(vec![])], "a message does not change");
    click(&mut window, "As they are written");
    assert!(is_shown(&window, "Subject: =?utf-8?q?caf=C3=A9?="));
    click(&mut window, "Source");
    assert!(is_shown(&window, "The body"));
    assert_eq!(window.wishes(), []);
    click(&mut window, "Message");
    window.harness.get_by_label("Why");
}

#[test]
fn a_message_is_deleted_by_key_or_button_and_that_is_taken_back() {
    let mut window = reading(detail());
    window.key(Key::D);
    let deleted = |id| Job::Say(Box::new(Request::Delete(vec![MailId(id)])));
    assert_eq!(window.jobs(), [deleted(1)]);
    window.key(Key::Delete);
    assert_eq!(window.jobs(), [deleted(2)], "the cursor has moved on");
    window.finish(deleted(1), Outcome::Done("1 message deleted".to_owned(), Some(BatchId(5))));
    window.harness.get_by_label("1 message deleted");
    click(&mut window, "Undo this");
    assert_eq!(window.jobs(), [Job::Undo(Some(BatchId(5)))]);
    window.open(MailDetail { row: MailRow { id: MailId(4), ..row(3) }, ..detail() });
    click(&mut window, "Delete");
    assert_eq!(window.jobs(), [deleted(4)]);
}

#[test]
fn rows_dragged_onto_a_well_list_their_senders() {
    for (well, side) in [("Always accept the sender", "accept"), ("Always block the sender", "block")] {
        let mut window = window(rows(20));
        window.drag(3, &format!("Drop here: {well}"));
        let request = Request::ListSenders { ids: vec![MailId(4)], side: side.to_owned(), has_domain: false };
        assert_eq!(window.jobs(), [Job::Say(Box::new(request))], "{well}");
    }
}

#[test]
fn rows_dragged_onto_a_folder_of_their_account_go_there_and_teach() {
    for (folder, lesson) in [("work: Inbox", Lesson::Release), ("work: Junk", Lesson::Spam)] {
        let mut window = window(rows(20));
        let label = format!("Drop here to move to {folder}");
        assert!(!is_shown(&window, &label), "folders are shown during a drag alone");
        let from = window.harness.get_by_role_and_label(Role::ListBoxOption, &name(3)).rect().center();
        window.harness.drag_at(from);
        window.harness.run_steps(2);
        window.harness.hover_at(from + vec2(14.0, 14.0));
        window.harness.run_steps(3);
        let to = window.harness.get_by_label(&label).rect().center();
        window.harness.hover_at(to);
        window.harness.run_steps(2);
        window.harness.drop_at(to);
        window.harness.run();
        assert_eq!(window.jobs(), [Job::Teach(lesson, vec![MailId(4)])], "{folder}");
    }
}

/// A file on this machine.
#[derive(Debug)]
struct File(PathBuf);

impl egui::DroppedFile for File {
    fn path(&self) -> &std::path::Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("nobody reads it here".to_owned())
    }
}

fn drop_files(window: &mut Window, paths: &[&str]) {
    let files = paths.iter().map(|path| Arc::new(File(PathBuf::from(path))) as _);
    window.harness.input_mut().dropped_files = files.collect();
    window.harness.run();
}

#[test]
fn files_dropped_from_the_desktop_are_learned_as_what_the_person_says() {
    let mut window = window(rows(3));
    drop_files(&mut window, &["/post/a.eml"]);
    window.harness.get_by_label("What is a.eml?");
    click(&mut window, "Learn nothing");
    assert_eq!(window.jobs(), []);
    drop_files(&mut window, &["/post/a.eml", "/post/b.mbox"]);
    window.harness.get_by_label("What are these 2 files?");
    click(&mut window, "They are spam");
    let paths = vec!["/post/a.eml".to_owned(), "/post/b.mbox".to_owned()];
    let job = Job::Say(Box::new(Request::Train { label: "spam".to_owned(), paths }));
    assert_eq!(window.jobs(), std::slice::from_ref(&job));
    window.finish(job, Outcome::Done("2 messages learned as spam".to_owned(), Some(BatchId(8))));
    assert!(!is_shown(&window, "They are good"));
    click(&mut window, "Undo this");
    assert_eq!(window.jobs(), [Job::Undo(Some(BatchId(8)))]);
    drop_files(&mut window, &["/post/a.eml"]);
    window.key(Key::G);
    let paths = vec!["/post/a.eml".to_owned()];
    let job = Job::Say(Box::new(Request::Train { label: "ham".to_owned(), paths }));
    assert_eq!(window.jobs(), [job], "a key does as well, and does nothing to the list");
}

/// What a start with these arguments is about.
fn visit(arguments: &[&str]) -> Visit {
    let parsed = args::parse(arguments.iter().map(std::ffi::OsString::from));
    let open = |args| match args {
        Args::Open { link, files, missing, .. } => Some(Visit { link, files, missing }),
        Args::Help | Args::Version => None,
    };
    parsed.ok().and_then(open).unwrap_or_default()
}

#[test]
fn a_file_that_is_missing_is_named_at_a_start_and_the_others_are_asked_about() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("there.eml");
    fs::write(&path, "Subject: x\n\nx\n").unwrap();
    let note = "Not found, and so not asked about: gone.eml, /post/lost.mbox";
    let visit = visit(&["gone.eml", path.to_str().unwrap(), "/post/lost.mbox"]);

    let first = visit.clone();
    let mut window = started(move |app, ctx| app.asking_about(first.files).missing(ctx, &first.missing));
    window.harness.get_by_label(note);
    window.harness.get_by_label("What is there.eml?");
    click(&mut window, "Learn nothing");
    window.harness.get_by_label(note);
    click(&mut window, "Close this note");
    assert!(!is_shown(&window, note));

    // The same of a start that hands over to a window that is open.
    let (sender, visits) = std::sync::mpsc::sync_channel(1);
    let mut window = started(move |app, _| app.visited(visits));
    assert!(!is_shown(&window, note));
    sender.send(visit).unwrap();
    window.harness.run();
    window.harness.get_by_label(note);
    window.harness.get_by_label("What is there.eml?");
}

#[test]
fn hostile_pages_are_drawn_without_harm() {
    let long = format!(
        "Content-Type: text/html\n\n{}",
        "<blockquote><ol><li><b>word</b> <a href=//x.example>l</a>".repeat(9_000)
    );
    let turned = "Content-Type: text/html; charset=utf-8\n\n<p>שלום <a href=http://x.example>עולם</a> \u{202E}txt</p>";
    for raw in [long.as_str(), turned, "Content-Type: text/html\n\n<pre>\n\n</pre><p> </p>"] {
        let mut page = page_of(raw);
        page.links.truncate(1);
        let mut window = reading(MailDetail { page, ..detail() });
        if let Some(link) = window.harness.query_by_label("Show the whole text") {
            link.click();
        }
        window.harness.run();
        assert!(window.harness.query_by_label_contains("\u{202E}").is_none());
        assert!(window.harness.root().children_recursive().all(|node| node.accesskit_node().role() != Role::WebView));
    }
}
