//! The window as a whole: the search for commands, the sheet of keys, pages by keys, size and contrast, pauses, health.

use std::sync::Arc;

use egui::{
    Event as InputEvent, Key, Modifiers,
    accesskit::{Role, Toggled},
    vec2,
};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use tamis::{
    client::{Job, Lesson, Link, Wish},
    prefs::Prefs,
};
use tamis_core::api::{AccountHealth, AccountState, Hears, MailId, PauseFor, Request, Status};

use crate::bench::{Window, check_names, rows, status, window};

const FIELD: &str = "Search for anything that can be done";

fn press(window: &mut Window, modifiers: Modifiers, key: Key) {
    window.harness.key_press_modifiers(modifiers, key);
    window.harness.run();
}

fn search(window: &mut Window, words: &str) {
    press(window, Modifiers::COMMAND, Key::K);
    window.harness.event(InputEvent::Text(words.to_owned()));
    window.harness.run();
}

fn with_status(window: &mut Window, status: Status) {
    window.remote.update(|snapshot| {
        snapshot.status = Some(Arc::new(status));
        true
    });
    window.harness.run();
}

/// The settings that were kept.
fn kept(window: &mut Window) -> Vec<Prefs> {
    let keep = |wish| if let Wish::Keep(prefs) = wish { Some(prefs) } else { None };
    window.wishes().into_iter().filter_map(keep).collect()
}

#[test]
fn a_few_letters_and_enter_do_anything() {
    let mut window = window(rows(20));
    search(&mut window, "statis");
    check_names(&window);
    window.harness.get_by_role_and_label(Role::ListBoxOption, "Show the statistics, Ctrl+8");
    press(&mut window, Modifiers::NONE, Key::Enter);
    assert!(window.harness.query_by_role_and_label(Role::SearchInput, FIELD).is_none(), "it is still open");
    assert_eq!(window.open_page(), "Statistics");
}

#[test]
fn what_is_typed_into_the_search_for_commands_does_nothing_else() {
    let mut window = window(rows(20));
    window.click_row(2);
    window.wishes();
    search(&mut window, "rsg");
    for key in [Key::R, Key::S, Key::G, Key::ArrowDown, Key::ArrowUp] {
        press(&mut window, Modifiers::NONE, key);
    }
    assert_eq!(window.wishes(), []);
    press(&mut window, Modifiers::NONE, Key::Escape);
    press(&mut window, Modifiers::NONE, Key::S);
    assert_eq!(window.jobs(), [Job::Teach(Lesson::Spam, vec![MailId(3)])], "closed, the keys are the list's again");
}

#[test]
fn arrows_choose_what_is_done() {
    let mut window = window(rows(20));
    search(&mut window, "pause filtering");
    press(&mut window, Modifiers::NONE, Key::ArrowDown);
    press(&mut window, Modifiers::NONE, Key::ArrowDown);
    press(&mut window, Modifiers::NONE, Key::ArrowUp);
    press(&mut window, Modifiers::NONE, Key::Enter);
    assert_eq!(window.jobs(), [Job::Say(Box::new(Request::Pause(PauseFor::Tomorrow)))]);
}

#[test]
fn a_click_chooses_too_and_what_is_chosen_may_open_a_dialog() {
    let mut window = window(rows(20));
    search(&mut window, "add acc");
    window.harness.get_by_role_and_label(Role::ListBoxOption, "Add account…").click();
    window.harness.run();
    window.harness.get_by_label("Add account");
}

#[test]
fn each_account_can_be_found_by_its_name() {
    let mut window = window(rows(20));
    search(&mut window, "route work");
    press(&mut window, Modifiers::NONE, Key::Enter);
    assert_eq!(window.wishes().last(), Some(&Wish::Route("work".to_owned())));
}

#[test]
fn the_messages_are_only_for_pages_that_list_them() {
    let mut window = window(rows(20));
    press(&mut window, Modifiers::COMMAND, Key::Num8);
    search(&mut window, "release: back");
    window.harness.get_by_label("Nothing of that name can be done here");
}

#[test]
fn a_question_mark_shows_every_key_and_escape_hides_them() {
    let mut window = window(rows(20));
    window.harness.set_size(vec2(1280.0, 900.0));
    press(&mut window, Modifiers::SHIFT, Key::Questionmark);
    for line in [
        "Release: back to the inbox: R",
        "Good: learn as wanted: G, H",
        "Next message: J, ↓",
        "Choose one more below: Shift+↓",
        "Show the settings: Ctrl+,",
        "Search for anything that can be done: Ctrl+K",
        "Show all keys: ?, F1",
    ] {
        window.harness.get_by_label(line);
    }
    press(&mut window, Modifiers::NONE, Key::Escape);
    assert!(window.harness.query_by_label("All keys").is_none());
}

#[test]
fn digits_open_the_pages_in_the_order_of_the_side_bar() {
    let mut window = window(rows(20));
    let tabs: Vec<String> = window
        .harness
        .query_all_by_role(Role::Tab)
        .map(|tab| tab.accesskit_node().label().unwrap_or_default())
        .collect();
    assert_eq!(tabs.len(), 11, "{tabs:?}");
    let digits = [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num8, Key::Num9];
    let others = [(Modifiers::NONE, Key::F6), (Modifiers::COMMAND, Key::Comma)];
    let keys = digits.into_iter().map(|key| (Modifiers::COMMAND, key)).chain(others);
    for ((modifiers, key), tab) in keys.zip(&tabs) {
        press(&mut window, modifiers, key);
        assert_eq!(window.open_page(), *tab, "{key:?}");
    }
}

#[test]
fn the_size_goes_by_keys_and_is_kept() {
    let mut window = window(rows(20));
    press(&mut window, Modifiers::COMMAND, Key::Plus);
    press(&mut window, Modifiers::COMMAND, Key::Plus);
    let sizes: Vec<u16> = kept(&mut window).iter().map(|prefs| prefs.scale.percent()).collect();
    assert_eq!(sizes, [110, 125]);
    assert!((window.harness.ctx.zoom_factor() - 1.25).abs() < 0.001);
    window.harness.get_by_label("Drawn at 125 %");
    press(&mut window, Modifiers::COMMAND, Key::Num0);
    assert_eq!(kept(&mut window).last().map(|prefs| prefs.scale.percent()), Some(100));
}

#[test]
fn more_contrast_is_one_click_and_kept() {
    let mut window = window(rows(20));
    let before = window.harness.ctx.global_style().visuals.weak_text_color;
    window.harness.get_by_label("More contrast").click();
    window.harness.run();
    assert_eq!(kept(&mut window).last().map(|prefs| prefs.has_contrast), Some(true));
    assert_ne!(window.harness.ctx.global_style().visuals.weak_text_color, before);
    window.harness.get_by_label("Usual contrast").click();
    window.harness.run();
    assert_eq!(window.harness.ctx.global_style().visuals.weak_text_color, before);
}

#[test]
fn a_pause_is_said_and_can_be_ended() {
    let mut window = window(rows(20));
    with_status(&mut window, Status { paused_until: Some(0), ..status() });
    window.harness.get_by_label("Paused: nothing is filtered");
    window.harness.get_by_label("Go on filtering").click();
    window.harness.run();
    assert_eq!(window.jobs(), [Job::Say(Box::new(Request::Resume))]);
}

#[test]
fn an_account_says_how_it_is_and_what_to_do() {
    let mut window = window(rows(20));
    let mut now = status();
    now.accounts[0].state = AccountState::NeedsYou;
    now.accounts[0].text = "example.org refuses the password".to_owned();
    now.accounts[0].health = AccountHealth { looked_at: 1_601_722_800, hears: Hears::Every(300), pending: 2 };
    now.problems = (0..5).map(|number| format!("List {number} refuses us. Use your own resolver")).collect();
    with_status(&mut window, now);
    window.harness.get_by_label("and 3 more: see the accounts").click();
    window.harness.run();
    window.harness.get_by_label("List 4 refuses us. Use your own resolver");
    window.harness.get_by_label("example.org refuses the password");
    window.harness.get_by_label("Nothing is filtered in this account until that is put right. Then:");
    let facts = window.harness.get_by_label_contains("The server is asked for new mail every 5 minutes");
    let facts = facts.accesskit_node().value().unwrap_or_default();
    assert!(facts.contains("2 changes wait for the server"), "{facts}");
    window.harness.get_by_label("Try work now").click();
    window.harness.run();
    assert_eq!(window.jobs(), [Job::CheckNow]);
}

#[test]
fn without_an_agent_the_window_says_so_and_can_start_it() {
    let mut window = window(rows(20));
    window.remote.update(|snapshot| {
        snapshot.link = Link::Offline { text: "The connection to the agent has ended".to_owned() };
        true
    });
    window.harness.run();
    window.harness.get_by_label("Agent not connected");
    window.harness.get_by_label("Start the agent").click();
    window.harness.run();
    assert_eq!(window.wishes(), [Wish::Reconnect]);
}

#[test]
fn tab_goes_through_the_window_and_comes_to_the_pages_the_search_and_the_list() {
    let mut window = window(rows(3));
    let mut seen = Vec::new();
    for _ in 0..40 {
        press(&mut window, Modifiers::NONE, Key::Tab);
        seen.extend(window.focused());
    }
    for wanted in ["Junk", "Settings", "Search sender, subject and text", "More contrast", "Show all keys"] {
        assert!(seen.iter().any(|name| name == wanted), "{wanted} is not reached: {seen:?}");
    }
}

impl Window {
    /// The name of the page that is open.
    fn open_page(&self) -> String {
        let mut tabs = self.harness.query_all_by_role(Role::Tab);
        let open = tabs.find(|tab| tab.accesskit_node().toggled() == Some(Toggled::True));
        open.and_then(|tab| tab.accesskit_node().label()).unwrap_or_default()
    }

    /// The name of what has the keyboard.
    fn focused(&self) -> Option<String> {
        let nodes = self.harness.root().children_recursive();
        let mut nodes = nodes.filter(|node| node.accesskit_node().is_focused());
        nodes.next().and_then(|node| node.accesskit_node().label())
    }
}
