//! Every page in German: no line of the English files may be on it.

use std::{collections::BTreeSet, fs, path::Path, sync::Arc};

use egui_kittest::kittest::{NodeT as _, Queryable as _};
use tamis::{
    client::{Job, Outcome, Routed},
    text::{Language, speak},
};
use tamis_core::{
    api::{
        AccountReport, AccountStatus, Advice, AdviceState, BackfillStatus, BatchId, Change, ListEntry, MailDetail,
        MailRow, MailServer, Request, RouteReport, WayHop,
    },
    phrase::PhraseBook,
};

use crate::bench::{Window, check_names, detail, row, window};

/// Opens the dialog.
const ADD: &str = "Konto hinzufügen …";

/// Words of the English files by name.
fn lines(language: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/text").join(language);
    let mut lines = Vec::new();
    for file in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        let named = text.lines().filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()));
        lines.extend(
            named.filter_map(|line| line.split_once(" = ")).map(|(id, words)| (id.to_owned(), words.to_owned())),
        );
    }
    lines.sort();
    lines
}

/// The English lines that German says otherwise, as phrases that find them with whatever is put in.
fn english() -> PhraseBook {
    let german: BTreeSet<_> = lines("de").into_iter().map(|(_, words)| words).collect();
    let mut book = String::new();
    for (_, words) in lines("en") {
        let bare: String = words.split('{').map(|part| part.rsplit('}').next().unwrap()).collect();
        let is_told = 4 <= bare.chars().filter(|c| c.is_alphabetic()).count();
        if is_told && !words.contains("->") && !words.contains("{\"") && !german.contains(&words) {
            let words = words.replace("{ $", "{").replace(" }", "}");
            book.extend([words.as_str(), "\n  ", words.as_str(), "\n"]);
        }
    }
    assert!(2_000 < book.len());
    PhraseBook::read(book.leak())
}

/// What can be read on the window now, or heard of it.
fn texts(window: &Window) -> BTreeSet<String> {
    let nodes = window.harness.root().children_recursive();
    nodes.flat_map(|node| [node.accesskit_node().label(), node.accesskit_node().value()]).flatten().collect()
}

/// What is on a page in English.
fn left(window: &Window, page: &str, english: &PhraseBook) -> Vec<String> {
    check_names(window);
    let is_left = |text: &String| english.say(text).is_some();
    texts(window).into_iter().filter(is_left).map(|text| format!("{page}: {text}")).collect()
}

fn press(window: &mut Window, label: &str) {
    window.harness.get_by_label(label).click();
    window.harness.run();
}

fn german_row(index: i64) -> MailRow {
    MailRow {
        from_name: format!("Kunde {index}"),
        subject: format!("Rechnung {index}"),
        folder: "Unerwünscht".to_owned(),
        reason: "Sie gibt sich als Bank aus, aber ein Link führt anderswohin.".to_owned(),
        reasons: vec!["ein Link führt anderswohin".to_owned()],
        ..row(index)
    }
}

fn german_detail() -> MailDetail {
    let hop = WayHop {
        from: String::new(),
        address: "192.0.2.1".to_owned(),
        helo: "xyz".to_owned(),
        by: "mx.example.org".to_owned(),
        with: "ESMTPS".to_owned(),
        at: 1_601_722_800,
        delay: Some(-5),
        is_encrypted: Some(false),
        is_boundary: true,
        is_believed: true,
    };
    let mut mail = detail();
    for reason in &mut mail.reasons {
        reason.about = format!("Grund {}", reason.symbol);
        "darum".clone_into(&mut reason.why);
    }
    MailDetail { row: german_row(0), text: "Bitte zahlen".to_owned(), way: vec![hop], ..mail }
}

fn report() -> RouteReport {
    let server =
        MailServer { preference: 20, host: "mx.example.net".to_owned(), is_backup: true, addresses: Vec::new() };
    let advice = Advice { topic: "SPF".to_owned(), state: AdviceState::Bad, text: "Fehlt.".to_owned() };
    RouteReport {
        account: "work".to_owned(),
        domain: "example.org".to_owned(),
        why_not: String::new(),
        servers: vec![server],
        advice: vec![advice],
    }
}

fn german_window() -> Window {
    speak(Language::German);
    let mut window = window((0..5).map(german_row).collect());
    window.harness.set_size(egui::vec2(1_400.0, 1_600.0));
    window.remote.update(|snapshot| {
        let mut status = snapshot.status.as_deref().unwrap().clone();
        let backfill = BackfillStatus { days: 30, total: 200, done: 50, found: 3, is_paused: false, is_ended: false };
        let first = status.accounts.first().unwrap().clone();
        status.accounts = vec![
            AccountStatus {
                text: "Wacht über den Posteingang".to_owned(),
                junk_folder: Some("Unerwünscht".to_owned()),
                backfill: Some(backfill.clone()),
                ..first.clone()
            },
            AccountStatus {
                name: "daheim".to_owned(),
                text: "Wacht über den Posteingang".to_owned(),
                junk_folder: Some("Unerwünscht".to_owned()),
                backfill: Some(BackfillStatus { is_ended: true, done: 200, ..backfill }),
                ..first
            },
        ];
        status.undoable = Some("Freigabe von 1 Nachricht".to_owned());
        snapshot.status = Some(Arc::new(status));
        let change = |id, kind: &str, is_undone| Change {
            id: BatchId(id),
            kind: kind.to_owned(),
            text: format!("Änderung {id}"),
            at: 1_601_722_800,
            messages: 1,
            is_undone,
        };
        snapshot.history = Some(Arc::new(vec![change(1, "file", false), change(2, "release", true)]));
        snapshot.entries = Some(Arc::new(vec![ListEntry {
            id: 7,
            side: "block".to_owned(),
            kind: "address".to_owned(),
            value: "spam@example.net".to_owned(),
            account: String::new(),
            note: String::new(),
            origin: "person".to_owned(),
            is_on: true,
            why_off: String::new(),
            hits: 3,
            last_hit_at: 1_601_722_800,
        }]));
        snapshot.route = Routed::Report(Arc::new(report()));
        true
    });
    window.harness.run();
    window
}

#[test]
fn no_page_has_an_english_line_when_the_window_speaks_german() {
    let english = english();
    let mut window = german_window();
    let mut english_left = left(&window, "the list", &english);
    window.open(german_detail());
    english_left.extend(left(&window, "a message", &english));
    for page in ["Verlauf", "Listen", "Weg der Post", "Konten", "Leute", "Statistik", "Gelerntes", "Einstellungen"] {
        press(&mut window, page);
        english_left.extend(left(&window, page, &english));
    }
    assert_eq!(english_left, [] as [&str; 0]);
    press(&mut window, "Verlauf");
    window.harness.get_by_label("Änderung 1 zurücknehmen, 3. Okt. 2020");
    press(&mut window, "Weg der Post");
    window.harness.get_by_label("springt ein");
    press(&mut window, "Konten");
    window.harness.get_by_label("Durchsicht der letzten 30 Tage: 50 von 200 Nachrichten, 3 Spam gefunden");
}

#[test]
fn the_steps_behind_a_new_account_are_german_too() {
    let english = english();
    let mut window = german_window();
    press(&mut window, "Konten");
    press(&mut window, "work einrichten …");
    let look = Job::Say(Box::new(Request::LookAtAccount { account: "work".to_owned() }));
    let report = AccountReport { folders: vec!["Unerwünscht".to_owned()], ..AccountReport::default() };
    window.finish(look, Outcome::Tested(report));
    for (step, next) in
        [("Schritt 1", "Weiter"), ("Schritt 2", "Weiter"), ("Schritt 3", "Jetzt nicht"), ("Schritt 4", "Fertig")]
    {
        assert_eq!(left(&window, step, &english), [] as [&str; 0]);
        press(&mut window, next);
    }
}

#[test]
fn the_dialog_for_an_account_is_german_too() {
    let english = english();
    let mut window = german_window();
    press(&mut window, "Konten");
    press(&mut window, ADD);
    assert_eq!(left(&window, "the dialog", &english), [] as [&str; 0]);
    window.harness.get_by_label("Konto hinzufügen");
    window.harness.get_by_label("Verbindung prüfen");
}

#[test]
fn the_english_lines_are_found_where_they_are_spoken() {
    let english = english();
    speak(Language::English);
    let mut window = window(vec![row(0)]);
    press(&mut window, "History");
    assert!(texts(&window).iter().any(|text| english.say(text).is_some()), "else the test above could not fail");
}
