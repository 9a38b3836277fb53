//! A window without a screen, with the test at the other end of its client.

use std::sync::Arc;

use egui::{Event as InputEvent, Key, accesskit::Role, vec2};
use egui_kittest::{
    Harness,
    kittest::{NodeT as _, Queryable as _},
};
use tamis::{
    app::App,
    client::{Finished, Input, Job, Link, Listing, Opened, Outcome, Remote, Routed, Snapshot, Wish, pair},
    prefs::Prefs,
};
use tamis_core::api::{
    AccountHealth, AccountState, AccountStatus, LinkView, ListQuery, MailDetail, MailId, MailRow, MessagePage, Reason,
    Status,
};

pub(crate) struct Window {
    pub(crate) harness: Harness<'static, App>,
    pub(crate) remote: Remote,
}

pub(crate) fn window(rows: Vec<MailRow>) -> Window {
    let mut window = opened(None);
    window.remote.update(|snapshot| {
        *snapshot = Snapshot {
            link: Link::Online { agent: "0.1.0".to_owned() },
            status: Some(Arc::new(status())),
            listing: Some(Arc::new(Listing::whole(ListQuery::default(), rows))),
            opened: Opened::Nothing,
            history: None,
            entries: None,
            route: Routed::Nothing,
            watched: Vec::new(),
        };
        true
    });
    window.harness.run();
    window.wishes();
    window
}

/// A window that was opened with a link, or without; nothing has come from the agent yet.
pub(crate) fn opened(link: Option<&str>) -> Window {
    started(|app, _| app.following(link.map(str::to_owned)))
}

/// A window that was told this before it is first drawn.
pub(crate) fn started(told: impl FnOnce(App, &egui::Context) -> App) -> Window {
    let (client, remote) = pair(|| {});
    let ctx_app = |ui: &mut egui::Ui, app: &mut App| {
        app.logic(ui.ctx());
        app.ui(ui);
    };
    let setup = egui::Context::default();
    let app = told(App::new(&setup, client, Prefs::default()), &setup);
    let harness = Harness::builder()
        .with_size([1280.0, 800.0])
        .with_max_steps(16)
        .allow_missing_glyphs()
        .with_context_setup(tamis::theme::install)
        .build_ui_state(ctx_app, app);
    let mut window = Window { harness, remote };
    window.harness.run();
    window.wishes();
    window
}

impl Window {
    pub(crate) fn click_row(&mut self, index: i64) {
        self.harness.get_by_role_and_label(Role::ListBoxOption, &name(index)).click();
        self.harness.run();
    }

    pub(crate) fn key(&mut self, key: Key) {
        self.harness.key_press(key);
        self.harness.run();
    }

    pub(crate) fn type_into(&mut self, label: &str, text: &str) {
        self.harness.get_by_label(label).focus();
        self.harness.run();
        self.harness.event(InputEvent::Text(text.to_owned()));
        self.harness.run();
    }

    pub(crate) fn drag(&mut self, index: i64, well: &str) {
        let from = self.harness.get_by_role_and_label(Role::ListBoxOption, &name(index)).rect().center();
        let to = self.harness.get_by_label(well).rect().center();
        self.harness.drag_at(from);
        self.harness.run_steps(2);
        self.harness.hover_at(from + vec2(14.0, 14.0));
        self.harness.run_steps(2);
        self.harness.hover_at(to);
        self.harness.run_steps(2);
        self.harness.drop_at(to);
        self.harness.run();
    }

    pub(crate) fn finish(&mut self, job: Job, outcome: Outcome) {
        self.remote.finish(Finished { job, outcome });
        self.harness.run();
    }

    pub(crate) fn open(&mut self, mail: MailDetail) {
        self.remote.update(|snapshot| {
            snapshot.opened = Opened::Mail(Arc::new(mail));
            true
        });
        self.harness.run();
    }

    pub(crate) fn wishes(&mut self) -> Vec<Wish> {
        self.remote
            .queue
            .try_iter()
            .filter_map(|input| if let Input::Wish(wish) = input { Some(wish) } else { None })
            .collect()
    }

    pub(crate) fn jobs(&mut self) -> Vec<Job> {
        self.wishes().into_iter().filter_map(|wish| if let Wish::Do(job) = wish { Some(job) } else { None }).collect()
    }
}

pub(crate) fn check_names(window: &Window) {
    let nodes = window.harness.root().children_recursive();
    let nameless: Vec<_> = nodes
        .filter(|node| {
            let node = node.accesskit_node();
            let can_be_used = matches!(
                node.role(),
                Role::Button
                    | Role::ListBoxOption
                    | Role::TextInput
                    | Role::SearchInput
                    | Role::Link
                    | Role::Tab
                    | Role::PasswordInput
                    | Role::ComboBox
                    | Role::ProgressIndicator
            );
            let name = node.label().unwrap_or_default();
            can_be_used && !name.chars().any(char::is_alphabetic)
        })
        .map(|node| format!("{:?} {:?}", node.accesskit_node().role(), node.rect()))
        .collect();
    assert!(nameless.is_empty(), "{nameless:?}");
}

/// What a screen reader says of the row at `index`.
pub(crate) fn name(index: i64) -> String {
    format!("Sender {index}, Subject {index}, Spam, score 7.5, 3 Oct 2020")
}

pub(crate) fn rows(count: i64) -> Vec<MailRow> {
    (0..count).map(row).collect()
}

pub(crate) fn row(index: i64) -> MailRow {
    MailRow {
        id: MailId(index + 1),
        account: "work".to_owned(),
        from_name: format!("Sender {index}"),
        from_address: "a@example.org".to_owned(),
        subject: format!("Subject {index}"),
        // The third of October 2020, at noon: the same day in every time zone but one.
        received_at: 1_601_722_800,
        class: "spam".to_owned(),
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

pub(crate) fn status() -> Status {
    Status {
        version: "0.1.0".to_owned(),
        accounts: vec![AccountStatus {
            name: "work".to_owned(),
            address: "ada@example.org".to_owned(),
            state: AccountState::Watching,
            text: "Watching the inbox".to_owned(),
            junk_folder: Some("Junk".to_owned()),
            held: 0,
            held_why: String::new(),
            backfill: None,
            waiting: 0,
            waiting_until: 0,
            learning: None,
            servers: vec!["example.org".to_owned()],
            servers_learned: vec!["hoster.example".to_owned()],
            health: AccountHealth::default(),
            issuer: String::new(),
        }],
        trained_ham: 12,
        trained_spam: 7,
        judged: 100,
        filed: 20,
        to_review: 5,
        pending: 0,
        problems: vec![],
        undoable: Some("release of 1 message".to_owned()),
        archived: 0,
        archive_bytes: 0,
        network: "online".to_owned(),
        starts_at_login: false,
        paused_until: None,
    }
}

pub(crate) fn detail() -> MailDetail {
    let reason = |symbol: &str, about: &str, score: f64| Reason {
        symbol: symbol.to_owned(),
        about: about.to_owned(),
        why: "because".to_owned(),
        score,
    };
    MailDetail {
        row: MailRow { score: 6.5, subject: "Pay now".to_owned(), ..row(0) },
        reasons: vec![
            reason("LINK", "A link says bank.example but goes elsewhere", 4.5),
            reason("LEARNED", "The learner knows such words", 3.0),
            reason("KNOWN", "You know this domain", -1.0),
        ],
        clues: vec![("\"limited\"".to_owned(), 0.97), ("\"regards\"".to_owned(), 0.2)],
        tag_threshold: 3.0,
        junk_threshold: 5.0,
        to: "ada@example.org".to_owned(),
        text: "Pay\u{202E}\r\n\r\n\r\n\r\nnow".to_owned(),
        links: vec![LinkView {
            text: "www.bank.example/login".to_owned(),
            host: "evil.example".to_owned(),
            url: "https://evil.example/x".to_owned(),
        }],
        files: vec![],
        leaving: None,
        asked: vec![],
        way: Vec::new(),
        reportable: Vec::new(),
        no_preview: None,
        page: MessagePage::default(),
    }
}
