//! The page of settings: what it shows, what it sends, and that it can be reached by keys.

use std::sync::Arc;

use egui::{Key, accesskit::Role, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use tamis::{
    client::{Job, Outcome, Watched, Wish},
    prefs::{Language, Prefs},
    text,
};
use tamis_core::{
    api::{
        BatchId, Histogram, Password, Reply, Request, ScoreCount, SettingKind, SettingValue, SettingView, SettingsView,
    },
    config::{OF_ACCOUNT, SETTINGS},
};

use super::bench::{Window, check_names, rows, window};

fn setting(key: &str, kind: SettingKind, value: SettingValue, default: SettingValue) -> SettingView {
    SettingView { key: key.to_owned(), kind, value, default, sentence: "A sentence.".to_owned(), needs_restart: false }
}

fn settings() -> SettingsView {
    let number = SettingValue::Number;
    let text = |text: &str| SettingValue::Text(text.to_owned());
    let choice = SettingKind::Choice(vec!["leave".to_owned(), "junk".to_owned()]);
    SettingsView {
        path: "tamis.toml".to_owned(),
        settings: vec![
            setting("judge.tag", SettingKind::Points, number(3.0), number(3.0)),
            setting("judge.junk", SettingKind::Points, number(5.0), number(5.0)),
            setting("policy.spam", choice, text("junk"), text("junk")),
            setting("learn.sent", SettingKind::Switch, SettingValue::Switch(false), SettingValue::Switch(true)),
            setting("fingerprints.rspamd_key", SettingKind::Secret, text("set"), text("")),
            setting("hold.again", SettingKind::List, SettingValue::List(vec![]), SettingValue::List(vec![])),
            setting("strange.new", SettingKind::Text, text("x"), text("x")),
        ],
    }
}

fn histogram() -> Histogram {
    let count = |tenths, unsaid, said_ham, said_spam| ScoreCount { tenths, unsaid, said_ham, said_spam };
    Histogram {
        tag: 3.0,
        junk: 5.0,
        counts: vec![count(-4, 9, 0, 0), count(42, 1, 1, 0), count(71, 2, 0, 1)],
        decided: 4,
    }
}

fn answer(window: &mut Window, request: Request, reply: Reply) {
    window.remote.update(|snapshot| {
        snapshot.watched.retain(|watched| watched.request != request);
        snapshot.watched.push(Watched { request, answer: Some(Ok(Arc::new(reply))) });
        true
    });
    window.harness.run();
}

/// The page with everything answered.
fn page() -> Window {
    let mut window = window(rows(1));
    window.harness.set_size(vec2(1280.0, 2400.0));
    window.harness.get_by_role_and_label(Role::Tab, "Settings").click();
    window.harness.run();
    let watched = [Request::Settings, Request::Histogram { days: 30 }];
    assert_eq!(window.wishes(), [Wish::Watch(watched.to_vec())]);
    answer(&mut window, Request::Settings, Reply::Settings(Box::new(settings())));
    answer(&mut window, Request::Histogram { days: 30 }, Reply::Histogram(histogram()));
    window
}

fn set(key: &str, value: Option<SettingValue>) -> Job {
    Job::Say(Box::new(Request::SetSetting { key: key.to_owned(), value }))
}

#[test]
fn every_setting_has_a_name_a_sentence_and_what_changes_it() {
    let mut window = page();
    check_names(&window);
    window.harness.get_by_role_and_label(Role::Label, "Read sent mail");
    window.harness.get_by_label_contains("To know whom you write to");
    window.harness.get_by_role_and_label(Role::Label, "strange.new");
    window.harness.get_by_label("A sentence.");
    window.harness.get_by_role_and_label(Role::CheckBox, "Read sent mail").click();
    window.harness.run();
    assert_eq!(window.jobs(), [set("learn.sent", Some(SettingValue::Switch(true)))]);
    window.harness.get_by_label("As shipped: Read sent mail").click();
    window.harness.run();
    assert_eq!(window.jobs(), [set("learn.sent", None)]);
    assert!(window.harness.query_by_label("As shipped: Spam from").is_none(), "that has its default");
}

#[test]
fn a_field_is_taken_by_enter_and_kept_when_it_was_refused() {
    let mut window = page();
    window.harness.get_by_role_and_label(Role::TextInput, "Spam from").focus();
    window.harness.run();
    window.harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::A);
    window.harness.event(egui::Event::Text("2,5".to_owned()));
    window.harness.run();
    assert_eq!(window.jobs(), [], "not while it is being typed");
    window.key(Key::Enter);
    let job = set("judge.junk", Some(SettingValue::Number(2.5)));
    assert_eq!(window.jobs(), std::slice::from_ref(&job));
    window.finish(job.clone(), Outcome::Refused("`junk` must not be below `tag`".to_owned()));
    window.harness.get_by_label("`junk` must not be below `tag`");
    let shown = |window: &Window| {
        let field = window.harness.get_by_role_and_label(Role::TextInput, "Spam from");
        field.accesskit_node().value().unwrap_or_default()
    };
    assert_eq!(shown(&window), "2,5");
    window.finish(job, Outcome::Done("judge.junk is 2.5".to_owned(), Some(BatchId(3))));
    window.harness.get_by_label("Spam from is changed");
    assert_eq!(shown(&window), "5", "what the agent says counts again");
    window.harness.get_by_label("Undo this").click();
    window.harness.run();
    assert_eq!(window.jobs(), [Job::Undo(Some(BatchId(3)))]);
}

#[test]
fn a_choice_is_made_in_plain_words() {
    let mut window = page();
    window.harness.get_by_role_and_label(Role::ComboBox, "Spam").click();
    window.harness.run();
    window.harness.get_by_label("Leave it").click();
    window.harness.run();
    assert_eq!(window.jobs(), [set("policy.spam", Some(SettingValue::Text("leave".to_owned())))]);
}

#[test]
fn a_secret_is_never_shown() {
    let window = page();
    window.harness.get_by_label("Set, and shown to nobody");
    let field = window.harness.get_by_role_and_label(Role::TextInput, "Public key of that storage");
    let is_empty = field.accesskit_node().value().unwrap_or_default().is_empty();
    assert!(is_empty);
}

#[test]
fn the_search_finds_settings_by_name_sentence_and_key() {
    let mut window = page();
    for (sought, found, gone) in [
        ("never filed", "Read sent mail", "Doubtful from"),
        ("judge.tag", "Doubtful from", "Read sent mail"),
        ("LANGUAGE", "Language", "Doubtful from"),
        ("learning", "Read sent mail", "Doubtful from"),
    ] {
        window.harness.get_by_label("Search the settings").focus();
        window.harness.run();
        window.harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::A);
        window.harness.event(egui::Event::Text(sought.to_owned()));
        window.harness.run();
        assert!(window.harness.query_all_by_label(found).next().is_some(), "{sought} finds no {found}");
        assert!(window.harness.query_all_by_label(gone).next().is_none(), "{sought} finds {gone}");
    }
    window.harness.event(egui::Event::Text("zzz".to_owned()));
    window.harness.run();
    window.harness.get_by_label("No setting has that");
}

#[test]
fn thresholds_are_dragged_over_the_person_s_own_mail_and_set_when_let_go() {
    let mut window = page();
    window.harness.get_by_label_contains("At this setting 3 messages of the last 30 days would have been filed, none");
    let line = window.harness.get_by_role_and_label(Role::Slider, "Spam from 5 points").rect();
    let plot = window.harness.get_by_role_and_label(Role::Slider, "Doubtful from 3 points").rect();
    let point = (line.center().x - plot.center().x) / 2.0;
    let to = line.center() - vec2(point * 0.8, 0.0);
    window.harness.drag_at(line.center());
    window.harness.run_steps(2);
    window.harness.hover_at(to);
    window.harness.run_steps(2);
    assert_eq!(window.jobs(), [], "not before it is let go");
    window.harness.get_by_label("Spam from 4.2 points");
    let good = "At this setting 5 messages of the last 30 days would have been filed, 1 of which you called good.";
    window.harness.get_by_label(good);
    window.harness.drop_at(to);
    window.harness.run();
    assert_eq!(window.jobs(), [set("judge.junk", Some(SettingValue::Number(4.2)))]);
}

#[test]
fn thresholds_are_moved_by_arrow_keys_and_never_past_each_other() {
    let mut window = page();
    window.harness.get_by_role_and_label(Role::Slider, "Doubtful from 3 points").focus();
    window.harness.run();
    window.key(Key::ArrowRight);
    let job = set("judge.tag", Some(SettingValue::Number(3.1)));
    assert_eq!(window.jobs(), std::slice::from_ref(&job));
    window.finish(job, Outcome::Refused("the disk is full".to_owned()));
    window.harness.get_by_role_and_label(Role::Slider, "Doubtful from 3 points");
    let both = Histogram { tag: 5.0, ..histogram() };
    answer(&mut window, Request::Histogram { days: 30 }, Reply::Histogram(both));
    window.harness.get_by_role_and_label(Role::Slider, "Doubtful from 5 points").focus();
    window.harness.run();
    window.key(Key::ArrowUp);
    assert_eq!(window.jobs(), []);
}

#[test]
fn the_language_changes_at_once() {
    let mut window = page();
    window.harness.get_by_role_and_label(Role::ComboBox, "Language").click();
    window.harness.run();
    window.harness.get_by_label("Deutsch").click();
    window.harness.run();
    let kept = Prefs { language: Language::German, ..Prefs::default() };
    assert_eq!(window.wishes(), [Wish::Keep(kept)]);
    window.harness.get_by_role_and_label(Role::CheckBox, "Gesendetes lesen");
    window
        .harness
        .get_by_label_contains("Mit dieser Einstellung wären in den letzten 30 Tagen 3 Nachrichten aussortiert worden");
    check_names(&window);
    text::speak(Language::English);
}

#[test]
fn what_cannot_be_read_is_said() {
    let mut window = page();
    window.remote.update(|snapshot| {
        for watched in &mut snapshot.watched {
            watched.answer = Some(Err("tamis.toml, line 3: `tag` must be above zero".to_owned()));
        }
        true
    });
    window.harness.run();
    window.harness.get_by_label("tamis.toml, line 3: `tag` must be above zero");
}

#[test]
fn the_window_knows_what_every_setting_of_the_agent_is_called() {
    let all = SETTINGS.iter().chain(OF_ACCOUNT).map(|one| {
        let text = SettingValue::Text(String::new());
        setting(one.key, SettingKind::Text, text.clone(), text)
    });
    let mut window = page();
    window.harness.set_size(vec2(1280.0, 12_000.0));
    let view = SettingsView { path: String::new(), settings: all.collect() };
    answer(&mut window, Request::Settings, Reply::Settings(Box::new(view)));
    for one in SETTINGS.iter().chain(OF_ACCOUNT) {
        assert!(window.harness.query_by_label(one.key).is_none(), "{} has no name", one.key);
    }
    assert!(window.harness.query_by_label("A sentence.").is_none(), "one has no sentence");
}

#[test]
fn each_account_has_its_own_settings_and_a_check_can_be_turned_off() {
    let list = SettingValue::List(vec![]);
    let text = |text: &str| SettingValue::Text(text.to_owned());
    let on = SettingValue::Switch(true);
    let of =
        |account: &str| setting(&format!("account.{account}.aliases"), SettingKind::List, list.clone(), list.clone());
    let folder = setting("account.me@example.org.junk_folder", SettingKind::Text, text("Bulk"), text(""));
    let check = setting("checks.date", SettingKind::Switch, on.clone(), on);
    let view = SettingsView { path: String::new(), settings: vec![of("Work"), of("me@example.org"), folder, check] };
    let mut window = page();
    answer(&mut window, Request::Settings, Reply::Settings(Box::new(view)));
    window.harness.get_by_label("Account Work");
    window.harness.get_by_label("Account me@example.org");
    window.harness.get_by_role_and_label(Role::Button, "As shipped: Junk folder").click();
    window.harness.run();
    let mut sent = window.jobs();
    assert!(window.harness.query_by_role_and_label(Role::CheckBox, "date").is_none(), "the checks are folded away");
    window.harness.get_by_label("Checks").click();
    window.harness.run();
    window.harness.get_by_role_and_label(Role::CheckBox, "date").click();
    window.harness.run();
    sent.extend(window.jobs());
    assert_eq!(
        sent,
        [set("account.me@example.org.junk_folder", None), set("checks.date", Some(SettingValue::Switch(false)))]
    );
}

#[test]
fn a_backup_is_written_at_once_and_restored_only_by_whoever_is_sure() {
    let mut window = page();
    window.type_into("File of the backup", "stick.tamis");
    window.type_into("Passphrase, if any", "a long passphrase");
    window.harness.get_by_label("Restore from it").click();
    window.harness.run();
    assert_eq!(window.jobs(), []);
    window.type_into("The passphrase once more", "a long passphrase");
    window.harness.get_by_label("Write a backup").click();
    window.harness.run();
    let (path, passphrase) = ("stick.tamis".to_owned(), Some(Password("a long passphrase".to_owned())));
    let backup = Request::Backup { path: path.clone(), passphrase, is_forced: false };
    assert_eq!(window.jobs(), [Job::Say(Box::new(backup))]);
    window.harness.get_by_label("Replace what is there").click();
    window.harness.run();
    window.harness.get_by_label("Restore from it").click();
    window.harness.run();
    // The passphrase is not kept.
    let restore = Request::Restore { path, passphrase: None, has_secrets: true, is_forced: true };
    assert_eq!(window.jobs(), [Job::Say(Box::new(restore))]);
}

#[test]
fn no_backup_is_written_before_its_passphrase_was_typed_twice_the_same() {
    const DIFFER: &str = "These are two different passphrases";
    let mut window = page();
    let is_off = |window: &Window| window.harness.get_by_label("Write a backup").accesskit_node().is_disabled();
    window.type_into("File of the backup", "stick.tamis");
    assert!(!is_off(&window), "without a passphrase there is nothing to repeat");
    window.type_into("Passphrase, if any", "a long passphrase");
    assert!(is_off(&window));
    assert!(window.harness.query_by_label(DIFFER).is_none(), "nothing was typed wrong yet");
    window.type_into("The passphrase once more", "a long");
    assert!(is_off(&window) && window.harness.query_by_label(DIFFER).is_none(), "the rest is still to come");
    window.harness.event(egui::Event::Text(" passphrasE".to_owned()));
    window.harness.run();
    window.harness.get_by_label(DIFFER);
    check_names(&window);
    window.harness.get_by_label("Write a backup").click();
    window.harness.run();
    assert!(is_off(&window));
    assert_eq!(window.jobs(), []);

    window.harness.get_by_label("The passphrase once more").focus();
    window.key(Key::Backspace);
    window.harness.event(egui::Event::Text("e".to_owned()));
    window.harness.run();
    assert!(!is_off(&window) && window.harness.query_by_label(DIFFER).is_none());
    window.harness.get_by_label("Write a backup").click();
    window.harness.run();
    let (path, passphrase) = ("stick.tamis".to_owned(), Some(Password("a long passphrase".to_owned())));
    assert_eq!(window.jobs(), [Job::Say(Box::new(Request::Backup { path, passphrase, is_forced: false }))]);
}

#[test]
fn a_backup_is_restored_with_its_passphrase_typed_once() {
    let mut window = page();
    window.type_into("File of the backup", "stick.tamis");
    window.type_into("Passphrase, if any", "a long passphrase");
    window.harness.get_by_label("Replace what is there").click();
    window.harness.run();
    window.harness.get_by_label("Restore from it").click();
    window.harness.run();
    let (path, passphrase) = ("stick.tamis".to_owned(), Some(Password("a long passphrase".to_owned())));
    let restore = Request::Restore { path, passphrase, has_secrets: true, is_forced: true };
    assert_eq!(window.jobs(), [Job::Say(Box::new(restore))]);
}
