//! The page of people, that of what was learned, and the lists with their files.

use std::sync::Arc;

use egui::{Key, accesskit::Role};
use egui_kittest::kittest::Queryable as _;
use tamis::client::{Job, Listing, Outcome, Watched, Wish};
use tamis_core::api::{
    BatchId, LessonRow, LessonSource, LessonsPage, ListEntry, ListQuery, MailId, MailRow, NewListEntry, PERSON_WEEKS,
    PeopleOrder, PersonDetail, PersonGrade, PersonRow, Reply, Request, Show, WordPlace, WordReport,
};

use crate::bench::{Window, check_names, row, rows, window};

/// The third of October 2020, at noon: the same day in every time zone but one.
const THEN: i64 = 1_601_722_800;

fn press(window: &mut Window, label: &str) {
    window.harness.get_by_label(label).click();
    window.harness.run();
}

/// Presses what is open below a box with choices.
fn choose(window: &mut Window, label: &str) {
    window.harness.get_by_role_and_label(Role::Button, label).click();
    window.harness.run();
}

/// What the page watches now.
fn watched(window: &mut Window) -> Vec<Request> {
    let wishes = window.wishes();
    let mut watch =
        wishes.into_iter().filter_map(|wish| if let Wish::Watch(requests) = wish { Some(requests) } else { None });
    watch.next_back().unwrap_or_default()
}

/// The agent's answers to what the page watches.
fn answer(window: &mut Window, answers: Vec<(Request, Reply)>) {
    window.remote.update(|snapshot| {
        let answered = |(request, reply)| Watched { request, answer: Some(Ok(Arc::new(reply))) };
        snapshot.watched = answers.into_iter().map(answered).collect();
        true
    });
    window.harness.run();
}

fn people(search: &str, order: PeopleOrder, page: u32) -> Request {
    Request::People { search: search.to_owned(), order, offset: page * 100, limit: 100 }
}

fn person(n: u32, grade: PersonGrade) -> PersonRow {
    PersonRow {
        address: format!("kim{n}@kim.example"),
        name: format!("Kim {n}"),
        grade,
        standing: 0.5,
        mail: 40,
        spam: 2,
        written: 3,
        answered: 1,
        last_at: THEN,
        weeks: vec![[3, 1]; PERSON_WEEKS],
        ..PersonRow::default()
    }
}

fn detail(row: PersonRow) -> Reply {
    Reply::Person(Box::new(PersonDetail {
        is_peer: true,
        said_good: 5,
        said_spam: 1,
        is_proven: true,
        domain: "kim.example".to_owned(),
        last: vec![MailRow { subject: "Lunch\u{202e}?".to_owned(), ..self::row(6) }],
        row,
        ..PersonDetail::default()
    }))
}

/// The page with two people, the first of whom is chosen.
fn chosen(grade: PersonGrade) -> Window {
    let mut window = window(rows(1));
    window.harness.set_size(egui::vec2(1280.0, 1400.0));
    press(&mut window, "People");
    assert_eq!(watched(&mut window), [people("", PeopleOrder::Newest, 0)]);
    let list = Reply::People { rows: vec![person(1, grade), person(2, PersonGrade::Bad)], total: 2 };
    let list = (people("", PeopleOrder::Newest, 0), list);
    answer(&mut window, vec![list.clone()]);
    window.harness.get_by_label("Choose somebody");
    window.harness.get_all_by_role(Role::ListBoxOption).next().unwrap().click();
    window.harness.run();
    let asked = Request::Person("kim1@kim.example".to_owned());
    assert_eq!(watched(&mut window), [list.0.clone(), asked.clone()]);
    answer(&mut window, vec![list, (asked, detail(person(1, grade)))]);
    window
}

#[test]
fn somebody_is_chosen_and_it_says_how_they_stand_and_why() {
    let window = chosen(PersonGrade::Peer);
    check_names(&window);
    window
        .harness
        .get_by_label("Kim 1, kim1@kim.example, You write to them, 40 messages, 2 spam, 3 from you, 3 Oct 2020");
    window.harness.get_by_label(
        "You wrote 3 times and answered one message: what is proven to come from them is never filed. You called 5 good \
         and 1 spam, and read 0 more.",
    );
    window.harness.get_by_label("Mail of the last 12 weeks: 36 not spam, 12 spam");
    window.harness.get_by_label("Messages from them");
}

#[test]
fn the_buttons_put_somebody_on_a_list_take_them_off_and_forget_them() {
    let mut window = chosen(PersonGrade::Peer);
    let entry = |side: &str, kind: &str, value: &str| NewListEntry {
        side: side.to_owned(),
        kind: kind.to_owned(),
        value: value.to_owned(),
        ..NewListEntry::default()
    };
    for (button, side, kind, value) in [
        ("Always accept kim1@kim.example", "accept", "address", "kim1@kim.example"),
        ("Always block kim1@kim.example", "block", "address", "kim1@kim.example"),
        ("Always accept all of kim.example", "accept", "domain", "kim.example"),
        ("Always block all of kim.example", "block", "domain", "kim.example"),
    ] {
        press(&mut window, button);
        let job = Job::PutOnList(entry(side, kind, value));
        assert_eq!(window.jobs(), std::slice::from_ref(&job));
        window.finish(job, Outcome::Done("done".to_owned(), Some(BatchId(9))));
        press(&mut window, "Undo this");
        assert_eq!(window.jobs(), [Job::Undo(Some(BatchId(9)))]);
        window.finish(Job::Undo(Some(BatchId(9))), Outcome::Done("undone".to_owned(), None));
    }
    press(&mut window, "Forget that you write to kim1@kim.example, until you write there again");
    assert_eq!(window.jobs(), [Job::Say(Box::new(Request::ForgetPeer("kim1@kim.example".to_owned())))]);

    let listed = PersonRow { entry: 4, is_own_entry: true, ..person(1, PersonGrade::Blocked) };
    let asked = Request::Person("kim1@kim.example".to_owned());
    answer(&mut window, vec![(asked.clone(), detail(listed.clone()))]);
    window.harness.get_by_label_contains("An entry of your lists always blocks this address.");
    assert!(window.harness.query_by_label("Always block kim1@kim.example").is_none());
    press(&mut window, "Take kim1@kim.example off the list");
    assert_eq!(window.jobs(), [Job::RemoveEntry(4)]);

    answer(&mut window, vec![(asked, detail(PersonRow { is_own_entry: false, ..listed }))]);
    press(&mut window, "Show in the lists");
    assert!(window.wishes().contains(&Wish::Lists(true)));
    let entry = |id, value: &str| ListEntry { id, value: value.to_owned(), is_on: true, ..ListEntry::default() };
    window.remote.update(|snapshot| {
        snapshot.entries = Some(Arc::new(vec![entry(1, "kim.example"), entry(2, "shop.example")]));
        true
    });
    window.harness.run();
    window.harness.get_by_label("Switch off kim.example");
    assert!(window.harness.query_by_label("Switch off shop.example").is_none());
}

#[test]
fn a_message_of_theirs_is_shown_in_the_list_of_all_mail() {
    let mut window = chosen(PersonGrade::Good);
    press(&mut window, "Open Lunch?, spam, 3 Oct 2020");
    let want = ListQuery { show: Show::All, search: "kim1@kim.example".to_owned(), ..ListQuery::default() };
    assert!(window.wishes().contains(&Wish::List(want.clone())));
    window.remote.update(|snapshot| {
        snapshot.listing = Some(Arc::new(Listing::whole(want, rows(9))));
        true
    });
    window.harness.run();
    assert!(window.wishes().contains(&Wish::Open(Some(MailId(7)))));
}

#[test]
fn people_are_searched_sorted_and_walked_by_key_and_of_many_only_those_in_sight_are_asked_for() {
    let mut window = window(rows(1));
    press(&mut window, "People");
    let many = |page: u32| Reply::People {
        rows: (page * 100..page * 100 + 100).map(|n| person(n, PersonGrade::Open)).collect(),
        total: 20_000,
    };
    answer(&mut window, vec![(people("", PeopleOrder::Newest, 0), many(0))]);
    window.harness.get_by_label("20,000 people");
    window.wishes();
    window.key(Key::ArrowDown);
    window.key(Key::J);
    window.key(Key::K);
    window.key(Key::ArrowDown);
    let asked = Request::Person("kim1@kim.example".to_owned());
    assert_eq!(watched(&mut window).last(), Some(&asked));
    window.type_into("Search people", "kim");
    assert!(watched(&mut window).contains(&people("kim", PeopleOrder::Newest, 0)));
    answer(&mut window, vec![(people("kim", PeopleOrder::Newest, 0), Reply::People { rows: vec![], total: 0 })]);
    window.harness.get_by_label("Nobody has that in the name or the address");
    press(&mut window, "Order");
    choose(&mut window, "Most spam");
    assert!(watched(&mut window).contains(&people("kim", PeopleOrder::Spam, 0)));
}

fn lessons(source: &str) -> Request {
    Request::Lessons { source: source.to_owned(), offset: 0, limit: 100 }
}

fn page() -> Reply {
    let lesson = |n: u32, label: &str, subject: &str| LessonRow {
        key: format!("{n:032x}"),
        label: label.to_owned(),
        source: "review".to_owned(),
        at: THEN,
        from: format!("sender{n}"),
        subject: subject.to_owned(),
        mail: None,
    };
    let source = |source: &str, ham, spam| LessonSource { source: source.to_owned(), ham, spam };
    Reply::Lessons(Box::new(LessonsPage {
        rows: vec![lesson(1, "spam", "Win\u{202e}ner"), lesson(2, "ham", "")],
        total: 2,
        sources: vec![source("review", 1_200, 1), source("bootstrap", 30, 40)],
        outdated: 1,
    }))
}

fn learned() -> Window {
    let mut window = window(rows(1));
    window.harness.set_size(egui::vec2(1280.0, 1600.0));
    press(&mut window, "Learning");
    assert_eq!(watched(&mut window), [lessons("")]);
    answer(&mut window, vec![(lessons(""), page())]);
    window
}

#[test]
fn what_was_learned_is_shown_with_how_and_each_lesson_is_taken_back() {
    let mut window = learned();
    check_names(&window);
    window.harness.get_by_label("Good, A message of which only its words are kept, Said in Tamis, 3 Oct 2020");
    window.harness.get_by_label("1,230");
    window.harness.get_by_label("1 lesson of an older version does not count until its message is learned again");
    window.harness.get_by_label("Tamis can learn from the mail that is there");
    press(&mut window, "Take back: Good, sender2");
    assert_eq!(window.jobs(), [Job::Say(Box::new(Request::Unlearn(vec![format!("{:032x}", 2)])))]);
    press(&mut window, "How it was learned");
    choose(&mut window, "Mail that was there");
    assert_eq!(watched(&mut window), [lessons("bootstrap")]);
}

#[test]
fn a_word_is_looked_up() {
    let mut window = learned();
    window.type_into("Word", " invoice ");
    press(&mut window, "Look up");
    let asked = Request::Word("invoice".to_owned());
    assert_eq!(watched(&mut window), [lessons(""), asked.clone()]);
    let place = WordPlace { said: "\"invoice\" in the subject".to_owned(), ham: 3, spam: 41, probability: 0.93 };
    let report = Reply::Word(Box::new(WordReport { lessons: 100, places: vec![place] }));
    answer(&mut window, vec![(lessons(""), page()), (asked.clone(), report)]);
    check_names(&window);
    window.harness.get_by_label("\"invoice\" in the subject: 93 % spam by itself, in 3 good and 41 spam");
    answer(&mut window, vec![(lessons(""), page()), (asked, Reply::Word(Box::default()))]);
    window.harness.get_by_label("No lesson has “invoice”");
}

#[test]
fn lessons_go_to_a_file_and_come_from_one_and_all_are_forgotten_with_an_undo() {
    let mut window = learned();
    press(&mut window, "Forget everything");
    let reset = Job::Say(Box::new(Request::ResetLearning));
    assert_eq!(window.jobs(), std::slice::from_ref(&reset));
    let text = "1,271 lessons forgotten; they are in lessons.txt".to_owned();
    window.finish(reset, Outcome::Done(text, Some(BatchId(5))));
    press(&mut window, "Undo this");
    assert_eq!(window.jobs(), [Job::Undo(Some(BatchId(5)))]);
    window.type_into("Path of the file of lessons", " ~/l.txt ");
    press(&mut window, "Export lessons");
    press(&mut window, "Import lessons");
    let path = || "~/l.txt".to_owned();
    let want = [Request::ExportLessons { path: path() }, Request::ImportLessons { path: path() }];
    assert_eq!(window.jobs(), want.map(|request| Job::Say(Box::new(request))));
}

#[test]
fn lists_are_filtered_and_go_to_a_file_and_come_from_one() {
    let mut window = window(rows(1));
    press(&mut window, "Lists");
    let entry = |id, side: &str, kind: &str, is_on| ListEntry {
        id,
        side: side.to_owned(),
        kind: kind.to_owned(),
        value: format!("shop{id}.example"),
        is_on,
        ..ListEntry::default()
    };
    let entries =
        vec![entry(1, "accept", "domain", true), entry(2, "block", "domain", true), entry(3, "block", "ip", false)];
    window.remote.update(|snapshot| {
        snapshot.entries = Some(Arc::new(entries));
        true
    });
    window.harness.run();
    window.harness.get_by_label("3 entries");
    for (filter, choice, left) in [
        ("Which list", "Switched off", "Switch on shop3.example"),
        ("Which list", "Blocked", "Switch off shop2.example"),
        ("Which kind", "Network", "Switch on shop3.example"),
    ] {
        press(&mut window, filter);
        choose(&mut window, choice);
        window.harness.get_by_label(left);
        assert!(window.harness.query_by_label("Switch off shop1.example").is_none());
    }
    press(&mut window, "From a file, to a file");
    window.type_into("Path of the file", "~/lists.csv");
    press(&mut window, "Import");
    press(&mut window, "Write over a file that is there");
    press(&mut window, "Export");
    let path = || "~/lists.csv".to_owned();
    let want = [Request::ImportLists { path: path() }, Request::ExportLists { path: path(), is_forced: true }];
    assert_eq!(window.jobs(), want.map(|request| Job::Say(Box::new(request))));
    check_names(&window);
}
