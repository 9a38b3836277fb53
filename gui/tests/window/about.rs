//! What this program is: its version, its licence, its folder, and the work of others in it.

use egui::{Event as InputEvent, Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::Queryable as _;

use crate::bench::{Window, check_names, rows, window};

fn open() -> Window {
    let mut window = window(rows(3));
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    window.harness.run();
    window.harness.event(InputEvent::Text("licences".to_owned()));
    window.harness.run();
    window.key(Key::Enter);
    window
}

#[test]
fn the_licences_are_found_by_the_search_for_commands() {
    let window = open();
    check_names(&window);
    window.harness.get_by_label(concat!("Tamis ", env!("CARGO_PKG_VERSION")));
    window.harness.get_by_label("Choose a part to read its licence");
}

#[test]
fn a_part_is_searched_and_its_whole_licence_read() {
    let mut window = open();
    window.type_into("Search parts and licences", "inter (font)");
    window.harness.get_by_label("1 part");
    window.harness.get_by_role_and_label(Role::ListBoxOption, "Inter (font), OFL-1.1").click();
    window.harness.run();
    window.harness.get_by_label_contains("SIL OPEN FONT LICENSE");
    window.type_into("Search parts and licences", "zzz");
    window.harness.get_by_label("No part has that in its name or licence");
}

#[test]
fn the_page_is_there_at_once() {
    let mut window = open();
    let started = std::time::Instant::now();
    window.harness.step();
    assert!(started.elapsed() < std::time::Duration::from_millis(500), "{:?}", started.elapsed());
}
