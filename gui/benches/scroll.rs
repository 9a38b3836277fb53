//! How long the window's own work for a frame takes while a list of 100,000 messages is scrolled: what the client says is
//! taken in, the panels are laid out, commands are handled. Painting is the graphics library's.
//!
//! ```text
//! cargo bench -p tamis --bench scroll
//! ```
//!
//! Measured on 28 November 2026 on two cores at 2.5 GHz, optimised, the second of two runs, while other builds had those cores
//! (load 4). The longest frames are those in which the builds had the core; in the first run they took up to 32 ms.
//!
//! | | median | 99 of 100 under |
//! |---|---|---|
//! | by the wheel, three rows a frame | 0.8 ms | 13 ms |
//! | by the wheel, a hundred rows a frame | 3.2 ms | 16 ms |
//! | by keys, a row a frame | 0.7 ms | 14 ms |
//! | from end to end | 2.0 ms | 14 ms |
//! | all chosen, by the wheel | 0.9 ms | 14 ms |
//! | 1,000 groups, by the wheel | 0.7 ms | 14 ms |
//!
//! Another list of 100,000 took 17 ms to take in. Not optimised (`--profile dev`) a frame takes some 25 times as long.

#![expect(clippy::print_stdout, reason = "a tool for developers")]

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use egui::{Key, Modifiers, MouseWheelSource, MouseWheelUnit, TouchPhase, vec2};
use egui_kittest::Harness;
use tamis::{
    app::App,
    client::{Input, Link, Listing, Remote, Snapshot, Wish, pair},
    prefs::Prefs,
};
use tamis_core::api::{
    AccountHealth, AccountState, AccountStatus, Grouping, ListQuery, MailGroup, MailId, MailRow, Outline, Status,
};

/// Messages in the list.
const MESSAGES: i64 = 100_000;

/// Frames of each way to scroll.
const FRAMES: usize = 400;

fn main() {
    let (client, remote) = pair(|| {});
    let setup = egui::Context::default();
    let app = App::new(&setup, client, Prefs::default());
    let mut harness = Harness::builder()
        .with_size([1600.0, 1000.0])
        .with_max_steps(64)
        .with_context_setup(tamis::theme::install)
        .build_ui_state(
            |ui: &mut egui::Ui, app: &mut App| {
                app.logic(ui.ctx());
                app.ui(ui);
            },
            app,
        );
    show(&remote, false);
    harness.run();
    measure("by the wheel, three rows a frame", &mut harness, &remote, |harness, _| wheel(harness, -150.0));
    measure("by the wheel, a hundred rows a frame", &mut harness, &remote, |harness, _| wheel(harness, -5_000.0));
    measure("by keys, a row a frame", &mut harness, &remote, |harness, _| harness.key_press(Key::ArrowDown));
    measure("from end to end", &mut harness, &remote, |harness, at| {
        harness.key_press(if at % 2 == 0 { Key::End } else { Key::Home });
    });
    measure("all chosen, by the wheel", &mut harness, &remote, |harness, at| {
        if at == 0 {
            harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
        }
        wheel(harness, -150.0);
    });
    show(&remote, true);
    harness.run();
    measure("1,000 groups, by the wheel", &mut harness, &remote, |harness, _| wheel(harness, -150.0));
    let start = Instant::now();
    show(&remote, false);
    let made = start.elapsed();
    let start = Instant::now();
    harness.step();
    println!("another list of {MESSAGES}: {:.2?} to take in (made in {made:.2?})", start.elapsed());
}

fn wheel(harness: &mut Harness<'_, App>, by: f32) {
    harness.hover_at(egui::pos2(700.0, 600.0));
    harness.event(egui::Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(0.0, by),
        phase: TouchPhase::Move,
        source: MouseWheelSource::Wheel,
        modifiers: Modifiers::NONE,
    });
}

/// Times the frames while `act` scrolls. Rows that are asked for are there before the next frame.
fn measure(
    what: &str,
    harness: &mut Harness<'_, App>,
    remote: &Remote,
    mut act: impl FnMut(&mut Harness<'_, App>, usize),
) {
    let mut times = Vec::new();
    for at in 0..FRAMES {
        act(harness, at);
        let start = Instant::now();
        harness.step();
        times.push(start.elapsed());
        answer(remote);
    }
    times.sort_unstable();
    let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or(Duration::MAX);
    let last = times.last().copied().unwrap_or_default();
    println!("{what}: median {:.2?}, 99 of 100 under {:.2?}, longest {last:.2?}", at(50), at(99));
}

/// Plays the client.
fn answer(remote: &Remote) {
    for input in remote.queue.try_iter() {
        let Input::Wish(Wish::See(ids)) = input else { continue };
        remote.update(|snapshot| {
            let Some(listing) = snapshot.listing.as_mut().map(Arc::make_mut) else { return false };
            if 3_000 < listing.rows.len() {
                listing.rows.clear();
            }
            listing.rows.extend(ids.into_iter().map(|id| (id, Arc::new(row(id)))));
            true
        });
    }
}

fn show(remote: &Remote, has_groups: bool) {
    let groups = (0..1_000).filter(|_| has_groups).map(|number| MailGroup {
        key: format!("group{number}@example.org"),
        title: format!("Group {number}"),
        address: format!("group{number}@example.org"),
        count: 100,
    });
    let outline = Outline { ids: (1..=MESSAGES).map(MailId).collect(), groups: groups.collect(), ..Outline::default() };
    let grouping = if has_groups { Grouping::Sender } else { Grouping::None };
    let want = ListQuery { grouping, ..ListQuery::default() };
    let rows = (1..=100).map(|id| (MailId(id), Arc::new(row(MailId(id))))).collect();
    let listing = Listing { want, outline: Arc::new(outline), rows, ..Listing::default() };
    let status = Status { accounts: vec![account("ada"), account("office")], ..Status::default() };
    remote.update(|snapshot| {
        *snapshot = Snapshot {
            link: Link::Online { agent: "0.1.0".to_owned() },
            status: Some(Arc::new(status)),
            listing: Some(Arc::new(listing)),
            ..Snapshot::default()
        };
        true
    });
}

fn account(name: &str) -> AccountStatus {
    AccountStatus {
        name: name.to_owned(),
        address: format!("{name}@example.org"),
        state: AccountState::Watching,
        text: "Watching the inbox".to_owned(),
        junk_folder: Some("Junk".to_owned()),
        held: 0,
        held_why: String::new(),
        backfill: None,
        waiting: 0,
        waiting_until: 0,
        learning: None,
        servers: vec![],
        servers_learned: vec![],
        health: AccountHealth::default(),
        issuer: String::new(),
    }
}

fn row(MailId(id): MailId) -> MailRow {
    MailRow {
        id: MailId(id),
        account: if id % 5 == 1 { "office" } else { "ada" }.to_owned(),
        from_name: format!("Sender Number {id}"),
        from_address: format!("sender{id}@example.org"),
        subject: format!("Re: the {id}th letter of this year, and what to make of it on Thursday after lunch"),
        received_at: 1_700_000_000 - id * 97,
        class: if id % 2 == 0 { "spam" } else { "unsure" }.to_owned(),
        score: 7.5,
        probability: Some(0.97),
        folder: "Junk".to_owned(),
        uid: 1,
        action: "junk".to_owned(),
        is_archived: false,
        is_held: false,
        taught: None,
        reason: "It claims to be a bank, but a link goes elsewhere.".to_owned(),
        reasons: vec!["A link says bank.example but goes elsewhere".to_owned()],
        waits_until: 0,
    }
}
