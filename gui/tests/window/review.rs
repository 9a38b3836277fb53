//! The list of mail: rows fetched for what is in sight, filters, order, groups, the search, and deeds on a selection.

use std::sync::Arc;

use egui::{Key, Modifiers, accesskit::Role, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use tamis::client::{Job, Lesson, Listing, Outcome, TextSearch, Wish};
use tamis_core::api::{
    AccountStatus, BatchId, Grouping, Leaving, ListOrder, ListQuery, MailDetail, MailGroup, MailId, MailRow, Outline,
    Request, Span,
};

use crate::bench::{Window, check_names, detail, name, row, rows, status, window};

fn press(window: &mut Window, label: &str) {
    window.harness.get_by_label(label).click();
    window.harness.run();
}

/// Opens a choice and takes one of it.
fn choose(window: &mut Window, choice: &str, value: &str) {
    press(window, choice);
    press(window, value);
}

fn lists(window: &mut Window) -> Vec<ListQuery> {
    window
        .wishes()
        .into_iter()
        .filter_map(|wish| if let Wish::List(query) = wish { Some(query) } else { None })
        .collect()
}

/// A list of which only the first rows have come.
fn long(window: &mut Window, count: i64, known: i64) {
    let listing = Listing::whole(ListQuery::default(), rows(known));
    let outline = Outline { ids: (1..=count).map(MailId).collect(), ..Outline::default() };
    show(window, Listing { outline: Arc::new(outline), ..listing });
}

fn show(window: &mut Window, listing: Listing) {
    window.remote.update(|snapshot| {
        snapshot.listing = Some(Arc::new(listing));
        true
    });
    window.harness.run();
}

/// Two groups, of two messages and of one.
fn grouped(window: &mut Window) {
    choose(window, "Groups: No groups", "By sender");
    let query = ListQuery { grouping: Grouping::Sender, ..ListQuery::default() };
    assert_eq!(lists(window), std::slice::from_ref(&query));
    let group = |key: &str, title: &str, count| MailGroup {
        key: key.to_owned(),
        title: title.to_owned(),
        address: format!("{key}@example.org"),
        count,
    };
    let groups = vec![group("a", "Ada", 2), group("b", "Bob", 1)];
    let listing = Listing::whole(query, rows(3));
    let outline = Outline { groups, ..Outline::clone(&listing.outline) };
    show(window, Listing { outline: Arc::new(outline), ..listing });
    window.wishes();
}

#[test]
fn rows_are_asked_for_where_the_list_is_scrolled_to() {
    let mut window = window(rows(3));
    long(&mut window, 100_000, 100);
    window.wishes();
    window.key(Key::ArrowDown);
    window.key(Key::End);
    let wishes = window.wishes();
    let mut seen = wishes.iter().filter_map(|wish| if let Wish::See(ids) = wish { Some(ids.as_slice()) } else { None });
    let seen = seen.next_back().unwrap_or_default();
    assert_eq!(seen.last(), Some(&MailId(100_000)));
    assert!((100..400).contains(&seen.len()), "{}", seen.len());
    assert!(wishes.contains(&Wish::Open(Some(MailId(100_000)))), "the message opens before its row has come");
    assert!(window.harness.get_all_by_label("A message that is being fetched").next().is_some());
    window.remote.update(|snapshot| {
        let listing = Arc::make_mut(snapshot.listing.as_mut().unwrap());
        listing.rows.extend((99_000..100_000).map(|index| (MailId(index + 1), Arc::new(row(index)))));
        true
    });
    window.harness.run();
    window.harness.get_by_role_and_label(Role::ListBoxOption, &name(99_999));
    assert!(window.harness.query_all_by_label("A message that is being fetched").next().is_none());
    assert_eq!(window.wishes(), []);
}

#[test]
fn a_choice_outlives_the_rows_that_were_known_of_it() {
    let mut window = window(rows(3));
    long(&mut window, 5_000, 100);
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.harness.run();
    window.harness.get_by_label("5,000 chosen");
    long(&mut window, 4_999, 0);
    window.harness.get_by_label("4,999 chosen");
    press(&mut window, "Spam");
    let [Job::Teach(Lesson::Spam, ids)] = &window.jobs()[..] else { panic!("not taught") };
    assert_eq!(ids.len(), 4_999);
}

#[test]
fn filters_and_order_are_chosen_and_left_again() {
    let mut window = window(rows(3));
    window.remote.update(|snapshot| {
        let mut status = status();
        let other = AccountStatus { name: "home".to_owned(), ..status.accounts[0].clone() };
        status.accounts.push(other);
        snapshot.status = Some(Arc::new(status));
        true
    });
    window.harness.run();
    check_names(&window);
    choose(&mut window, "Judged as: Every verdict", "Only doubtful");
    choose(&mut window, "Account: All accounts", "home");
    choose(&mut window, "Arrived: Any time", "Last 7 days");
    choose(&mut window, "Order: Newest first", "Most doubtful first");
    let want = ListQuery {
        class: "unsure".to_owned(),
        account: "home".to_owned(),
        span: Span::Week,
        order: ListOrder::MostDoubtful,
        ..ListQuery::default()
    };
    assert_eq!(lists(&mut window).last(), Some(&want));
    show(&mut window, Listing::whole(want, vec![]));
    window.harness.get_by_label("Nothing here fits");
    window.harness.get_all_by_label("Leave nothing out").last().unwrap().click();
    window.harness.run();
    assert_eq!(lists(&mut window), [ListQuery { order: ListOrder::MostDoubtful, ..ListQuery::default() }]);
}

#[test]
fn groups_are_folded_and_a_whole_one_is_taught() {
    let mut window = window(rows(3));
    grouped(&mut window);
    assert!(window.harness.query_by_role_and_label(Role::ListBoxOption, &name(0)).is_none(), "it is folded");
    let head = window.harness.get_by_label("Ada, 2 messages");
    assert_eq!(head.accesskit_node().data().is_expanded(), Some(false));
    press(&mut window, "Ada, 2 messages");
    window.harness.get_by_role_and_label(Role::ListBoxOption, &name(1));
    assert!(window.harness.query_by_role_and_label(Role::ListBoxOption, &name(2)).is_none());
    press(&mut window, "Choose all of Bob");
    window.key(Key::S);
    assert_eq!(window.jobs(), [Job::Teach(Lesson::Spam, vec![MailId(3)])]);
    press(&mut window, "Close all");
    press(&mut window, "Open all");
    window.harness.get_by_role_and_label(Role::ListBoxOption, &name(2));
    window.harness.get_by_role_and_label(Role::ListBoxOption, &name(0)).click();
    window.harness.run();
    window.key(Key::ArrowDown);
    window.key(Key::ArrowDown);
    let opened = window.wishes();
    assert_eq!(opened.last(), Some(&Wish::Open(Some(MailId(3)))), "heads are passed over: {opened:?}");
    check_names(&window);
}

#[test]
fn it_says_how_the_search_in_the_text_stands() {
    let mut window = window(rows(3));
    press(&mut window, "Search sender, subject and text");
    window.type_into("Search sender, subject and text", "invoice");
    let want = ListQuery { search: "invoice".to_owned(), ..ListQuery::default() };
    assert_eq!(lists(&mut window).last(), Some(&want));
    let listing = |text| Listing { text, ..Listing::whole(want.clone(), vec![]) };
    let text = TextSearch { running: vec!["work".to_owned()], failed: vec!["home".to_owned()], unseen: 1_200 };
    show(&mut window, listing(text));
    for words in [
        "Still searching the text of mail in work",
        "The text of mail in home could not be searched: it is not connected or busy",
        "The text of 1,200 older messages was not searched: the server took too long",
        "No sender and no subject contains “invoice”. The text is still being searched",
    ] {
        window.harness.get_by_label(words);
    }
    show(&mut window, listing(TextSearch::default()));
    window.harness.get_by_label("Neither a sender nor a subject nor a text contains “invoice”");
}

#[test]
fn senders_of_a_selection_are_listed_by_keys_and_by_the_menu_and_that_can_be_taken_back() {
    let mut window = window(rows(6));
    window.click_row(1);
    window.harness.get_by_role_and_label(Role::ListBoxOption, &name(3)).click_modifiers(Modifiers::SHIFT);
    window.harness.run();
    window.wishes();
    let ids = || [2, 3, 4].map(MailId).to_vec();
    let say = |side: &str, has_domain| {
        Job::Say(Box::new(Request::ListSenders { ids: ids(), side: side.to_owned(), has_domain }))
    };
    window.key(Key::A);
    window.key(Key::B);
    window.harness.key_press_modifiers(Modifiers::SHIFT, Key::A);
    window.harness.run();
    assert_eq!(window.jobs(), [say("accept", false), say("block", false), say("accept", true)]);
    let text = "mail from 3 senders is always accepted from now on";
    window.finish(say("accept", false), Outcome::Done(text.to_owned(), Some(BatchId(5))));
    press(&mut window, "Undo this");
    assert_eq!(window.jobs(), [Job::Undo(Some(BatchId(5)))]);

    window.finish(say("block", false), Outcome::Done("done".to_owned(), None));
    let at = window.harness.get_by_role_and_label(Role::ListBoxOption, &name(2)).rect().center();
    secondary_click(&mut window, at);
    press(&mut window, "Block sender");
    assert_eq!(window.jobs(), [say("block", false)], "a row that is chosen keeps the others");
    let at = window.harness.get_by_role_and_label(Role::ListBoxOption, &name(5)).rect().center();
    secondary_click(&mut window, at);
    let release = window.harness.get_all_by_label("Release").last().unwrap();
    release.click();
    window.harness.run();
    assert_eq!(window.jobs(), [Job::Teach(Lesson::Release, vec![MailId(6)])], "another row is chosen first");
}

fn secondary_click(window: &mut Window, at: egui::Pos2) {
    window.harness.hover_at(at);
    window.harness.run();
    for pressed in [true, false] {
        let (button, modifiers) = (egui::PointerButton::Secondary, Modifiers::NONE);
        window.harness.event(egui::Event::PointerButton { pos: at, button, pressed, modifiers });
        window.harness.run();
    }
}

#[test]
fn mailings_are_left_by_key_where_one_word_is_enough() {
    let mut window = window(rows(3));
    window.key(Key::ArrowDown);
    window.wishes();
    window.open(MailDetail { row: row(0), ..detail() });
    window.key(Key::U);
    assert_eq!(window.jobs(), []);
    window.harness.get_by_label("No single message is open that says how its mailing can be left");
    let leaving = Some(Leaving::ByItself("list.example".to_owned()));
    window.open(MailDetail { row: row(0), leaving, ..detail() });
    window.key(Key::U);
    window.key(Key::U);
    assert_eq!(window.jobs(), [Job::Unsubscribe(MailId(1), false)], "and once only");
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.harness.run();
    window.key(Key::U);
    let all = Request::UnsubscribeAll([1, 2, 3].map(MailId).to_vec());
    assert_eq!(window.jobs(), [Job::Say(Box::new(all))], "the agent knows of which that can be done");
}

#[test]
fn the_bar_has_everything_where_there_is_room() {
    let mut window = window(rows(3));
    window.harness.set_size(vec2(1900.0, 900.0));
    window.harness.run();
    window.key(Key::ArrowDown);
    for label in ["Accept sender", "Accept domain", "Block sender", "Leave mailing"] {
        window.harness.get_by_label(label);
    }
    window.harness.set_size(vec2(1200.0, 900.0));
    window.harness.run();
    assert!(window.harness.query_by_label("Accept sender").is_none());
    press(&mut window, "More…");
    press(&mut window, "Accept sender");
    let request = Request::ListSenders { ids: vec![MailId(1)], side: "accept".to_owned(), has_domain: false };
    assert!(window.jobs().contains(&Job::Say(Box::new(request))));
}

#[test]
fn a_group_without_a_name_is_named_and_hostile_titles_do_no_harm() {
    let mut window = window(rows(1));
    let query = ListQuery { grouping: Grouping::Reason, ..ListQuery::default() };
    choose(&mut window, "Groups: No groups", "By reason");
    let group = |key: &str, title: &str| MailGroup {
        key: key.to_owned(),
        title: title.to_owned(),
        address: String::new(),
        count: 1,
    };
    let rows: Vec<MailRow> = rows(2);
    let groups = vec![group("", ""), group("x", &"\u{202E}\0".repeat(900))];
    let listing = Listing::whole(query, rows);
    let outline = Outline { groups, ..Outline::clone(&listing.outline) };
    show(&mut window, Listing { outline: Arc::new(outline), ..listing });
    window.harness.get_by_label("No single reason, 1 message");
}
