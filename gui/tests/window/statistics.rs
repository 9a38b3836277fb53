//! The page of figures: what it says, what can be pointed at, and what is saved.

use std::{sync::Arc, time::Duration};

use egui::{Key, accesskit::Role, vec2};
use egui_kittest::kittest::Queryable as _;
use tamis::client::{Watched, Wish};
use tamis_core::api::{AccountCount, Accuracy, DayCount, FindingCount, RelayCount, Reply, Request, Statistics};

use super::bench::{Window, check_names, opened, rows, status, window};

const DAY: i64 = 86_400;

/// Noon of the first of November 2026: the same day in nearly every time zone.
const FIRST: i64 = 1_793_534_400;

/// So often is looked for a file that another thread writes.
const MOST_LOOKS: u32 = 4_000;

fn request(days: u32, least: u32) -> Request {
    Request::Statistics { days, account: String::new(), least }
}

fn statistics() -> Statistics {
    let day = |number: i64| DayCount { at: FIRST + number * DAY, ham: 4, unsure: 1, spam: 2 };
    let total = Accuracy { judged: 1_234, spam: 312, unsure: 9, filed: 312, put_back: 1, wrongly_spam: 1, missed: 2 };
    let account = |name: &str| AccountCount { name: name.to_owned(), of: total };
    let relay = |network: &str, ham, spam| RelayCount { network: network.to_owned(), messages: ham + spam, ham, spam };
    Statistics {
        days: (0..30).map(day).collect(),
        total,
        accounts: vec![account("work"), account("home\u{202e}")],
        findings: vec![FindingCount { symbol: "X".to_owned(), about: "it has no date".to_owned(), ham: 1, spam: 40 }],
        findings_of: 1_234,
        good_relays: vec![relay("192.0.2.0/24", 7, 0)],
        bad_relays: vec![],
    }
}

fn answer(window: &mut Window, request: Request, statistics: Statistics) {
    window.remote.update(|snapshot| {
        let answer = Some(Ok(Arc::new(Reply::Statistics(Box::new(statistics)))));
        snapshot.watched = vec![Watched { request, answer }];
        true
    });
    window.harness.run();
}

fn page_of(mut window: Window) -> Window {
    window.harness.set_size(vec2(1280.0, 1700.0));
    window.harness.get_by_role_and_label(Role::Tab, "Statistics").click();
    window.harness.run();
    assert_eq!(window.wishes().last(), Some(&Wish::Watch(vec![request(30, 5)])));
    answer(&mut window, request(30, 5), statistics());
    window
}

fn page() -> Window {
    page_of(window(rows(1)))
}

#[test]
fn the_figures_are_said_in_words_and_numbers() {
    let window = page();
    check_names(&window);
    window.harness.get_by_label("Since 1 November 2026 Tamis filed 312, you put back 1.");
    window.harness.get_by_label("You found 2 that it missed.");
    assert!(window.harness.query_all_by_label("1,234").count() >= 1);
    window.harness.get_by_label("99.4 %");
    window.harness.get_by_label("it has no date");
    window.harness.get_by_label("192.0.2.0/24");
    window.harness.get_by_label("None has that many messages");
    window.harness.get_by_label("In the newest 1,234 messages of this time");
    assert!(window.harness.query_by_label("home\u{202e}").is_none(), "a name cannot turn the line around");
}

#[test]
fn another_time_is_asked_for_and_the_old_figures_stay_until_it_has_come() {
    let mut window = page();
    window.harness.get_by_label("7 days").click();
    window.harness.run();
    assert_eq!(window.wishes(), [Wish::Watch(vec![request(7, 5)])]);
    window.remote.update(|snapshot| {
        snapshot.watched = vec![Watched { request: request(7, 5), answer: None }];
        true
    });
    window.harness.run();
    window.harness.get_by_label_contains("Tamis filed 312");
    let none = Statistics { days: statistics().days, ..Statistics::default() };
    answer(&mut window, request(7, 5), none);
    window.harness.get_by_label("Since 1 November 2026 Tamis filed nothing.");
    window.harness.get_by_label("not known");
    window.harness.get_by_role_and_label(Role::ComboBox, "At least 5 messages").click();
    window.harness.run();
    window.harness.get_by_label("At least 20 messages").click();
    window.harness.run();
    assert_eq!(window.wishes(), [Wish::Watch(vec![request(7, 20)])]);
}

#[test]
fn a_bar_says_what_it_is_to_the_pointer_and_to_the_keyboard() {
    let mut window = page();
    let chart = window.harness.get_by_role_and_label(Role::Image, "Mail by day");
    chart.focus();
    window.harness.run();
    window.harness.get_by_label("Mail by day: 30 November 2026: 2 spam, 1 doubtful, 4 wanted");
    window.key(Key::ArrowLeft);
    window.harness.get_by_label("Mail by day: 29 November 2026: 2 spam, 1 doubtful, 4 wanted");
    let rect = window.harness.get_by_label_contains("Mail by day: ").rect();
    window.harness.hover_at(rect.left_center() + vec2(50.0, 0.0));
    window.harness.run();
    window.harness.get_by_label("Mail by day: 1 November 2026: 2 spam, 1 doubtful, 4 wanted");
}

#[test]
fn the_table_is_saved_in_a_file_and_the_note_says_where() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = opened(None);
    let (with, bench) = (folder.path().to_path_buf(), &mut window);
    let app = bench.harness.state_mut();
    take(app, |app| app.saving_in(with));
    bench.remote.update(|snapshot| {
        snapshot.status = Some(Arc::new(status()));
        true
    });
    bench.harness.run();
    let mut window = page_of(window);
    for number in 1..=2 {
        window.harness.get_by_label("Save as table").click();
        window.harness.run();
        // The file is written by a thread of its own, which wakes the window.
        for _ in 0..MOST_LOOKS {
            window.harness.run();
            if window.harness.query_by_label_contains("Saved in").is_some() {
                break;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), number);
        window.harness.get_by_label("Close this note").click();
        window.harness.run();
    }
    let mut texts =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap());
    assert!(texts.all(|text| text.starts_with("day,wanted,doubtful,spam\n2026-11-01,4,1,2\n")));
}

#[test]
fn the_picture_is_taken_of_the_window() {
    let mut window = page();
    window.harness.get_by_label("Save as picture").click();
    window.harness.run_steps(1);
    let asked = window.harness.output().viewport_output.values().flat_map(|viewport| &viewport.commands);
    let is_asked = asked.into_iter().any(|command| matches!(command, egui::ViewportCommand::Screenshot(_)));
    assert!(is_asked);
}

#[test]
fn a_page_without_mail_explains_itself() {
    let mut window = page();
    window.harness.get_by_label("All").click();
    window.harness.run();
    answer(&mut window, request(0, 5), Statistics::default());
    window.harness.get_by_label("Nothing to count yet");
    window.harness.get_by_label_contains("As soon as Tamis has judged mail");
}

/// Changes what is behind a reference by a function that wants it whole.
fn take(app: &mut tamis::app::App, change: impl FnOnce(tamis::app::App) -> tamis::app::App) {
    let (client, _remote) = tamis::client::pair(|| {});
    let empty = tamis::app::App::new(&egui::Context::default(), client, tamis::prefs::Prefs::default());
    let old = std::mem::replace(app, empty);
    *app = change(old);
}
