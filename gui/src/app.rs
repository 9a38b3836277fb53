//! The window's state, and the one place where commands are handled.

use std::{collections::BTreeSet, sync::Arc, sync::mpsc::Receiver};

use egui::{CentralPanel, Context, Frame, Margin, Panel, Ui};
use tamis_core::api::MailId;

use crate::{
    client::{Client, Finished, Job, Lesson, Link, Listing, Outcome, Snapshot, Want, Wish},
    command::{self, Command, CommandSender, command_channel},
    panels::{
        account_dialog::{self, AccountDialog, Progress},
        accounts, drag, history,
        list::{self, ListState},
        reading::{self, ReadingState},
        side::{self, Page},
        status::{self, Note},
    },
    prefs::Prefs,
    theme,
};

/// How long a note of something that went well is seen, in seconds.
const NOTE_SECS: f64 = 10.0;

/// The window.
#[derive(Debug)]
pub struct App {
    client: Client,
    snapshot: Snapshot,
    commands: CommandSender,
    queue: Receiver<Command>,
    page: Page,
    list: ListState,
    reading: ReadingState,
    dialog: Dialog,
    note: Option<Note>,
    prefs: Prefs,
    /// What was asked for once and has not been answered.
    running: Vec<Job>,
    /// A link to follow when the agent is there.
    link: Option<String>,
}

#[derive(Debug)]
enum Dialog {
    None,
    Account(Box<AccountDialog>),
    Remove(String),
}

impl App {
    /// A window on what `client` says.
    pub fn new(ctx: &Context, client: Client, prefs: Prefs) -> Self {
        theme::install(ctx);
        theme::set_look(ctx, prefs.look);
        let (commands, queue) = command_channel();
        let list = ListState::default();
        let app = Self {
            client,
            snapshot: Snapshot::default(),
            commands,
            queue,
            page: Page::Mail(list.show),
            list,
            reading: ReadingState::default(),
            dialog: Dialog::None,
            note: None,
            prefs,
            running: Vec::new(),
            link: None,
        };
        app.ask_for_list();
        app
    }

    /// The same, with a link of a digest to follow as soon as the agent is there.
    #[must_use]
    pub fn following(self, link: Option<String>) -> Self {
        Self { link, ..self }
    }

    /// Takes in what is new, and the keys. Draws nothing.
    pub fn logic(&mut self, ctx: &Context) {
        self.take_snapshot();
        self.choose_held(ctx);
        if matches!(self.snapshot.link, Link::Online { .. })
            && let Some(link) = self.link.take()
        {
            self.job(ctx, Job::Follow(link));
        }
        for finished in self.client.take_finished() {
            self.finished(ctx, finished);
        }
        if self.page != Page::Accounts && matches!(self.dialog, Dialog::None) {
            command::listen(ctx, matches!(self.page, Page::Mail(_)), &self.commands);
        }
        if let Some(note) = &self.note {
            let left = note.until - ctx.time();
            if left <= 0.0 {
                self.note = None;
            } else if left.is_finite() {
                ctx.request_repaint_after_secs(crate::widgets::px(left));
            }
        }
    }

    /// Draws the window, then does what the person wished.
    pub fn ui(&mut self, root: &mut Ui) {
        let ctx = root.ctx().clone();
        self.panels_ui(root);
        match &mut self.dialog {
            Dialog::None => {}
            Dialog::Account(dialog) => account_dialog::dialog_ui(&ctx, dialog, &self.commands),
            Dialog::Remove(name) => accounts::remove_ui(&ctx, name, &self.commands),
        }
        if let Some(note) = &self.note {
            status::note_ui(&ctx, note, &self.commands);
        }
        drag::ghost_ui(&ctx);
        let wishes: Vec<Command> = self.queue.try_iter().collect();
        if !wishes.is_empty() {
            ctx.request_repaint();
        }
        for wish in wishes {
            self.handle(&ctx, wish);
        }
    }

    fn panels_ui(&mut self, root: &mut Ui) {
        let colors = theme::Palette::of(root);
        let is_new = self.snapshot.status.as_deref().is_some_and(|status| status.accounts.is_empty());
        let is_mail = matches!(self.page, Page::Mail(_));
        let side_frame = |margin| Frame::new().fill(colors.side).inner_margin(margin);
        let status_frame = side_frame(Margin::symmetric(14, 5));
        Panel::bottom("status")
            .frame(status_frame)
            .show(root, |ui| status::status_ui(ui, &self.snapshot, is_mail && !is_new));
        let frame = side_frame(Margin::symmetric(12, 10));
        Panel::left("side").frame(frame).resizable(false).exact_size(theme::SIDE_WIDTH).show(root, |ui| {
            side::side_ui(ui, self.page, &self.snapshot, self.prefs.look, &self.commands);
        });
        let ground = |margin| Frame::new().fill(colors.ground).inner_margin(margin);
        if is_mail && !is_new {
            let [usual, least, most] = theme::READING_WIDTH;
            let most = most.min(root.available_width() - theme::LIST_WIDTH_LEAST).max(least);
            Panel::right("reading")
                .frame(ground(Margin { left: 18, right: 8, top: 16, bottom: 0 }))
                .default_size(usual)
                .size_range(least..=most)
                .show(root, |ui| {
                    // A panel takes the width of what is in it: without this it narrows with each shorter message.
                    ui.set_min_width(ui.available_width());
                    let cursor = self.list.selection.cursor();
                    reading::reading_ui(ui, &self.snapshot, cursor, &mut self.reading, &self.commands);
                });
        }
        CentralPanel::no_frame().frame(ground(Margin { left: 18, right: 10, top: 14, bottom: 0 })).show(root, |ui| {
            if self.page == Page::Accounts {
                accounts::accounts_ui(ui, &self.snapshot, &self.commands);
            } else if self.page == Page::History {
                history::history_ui(ui, &self.snapshot, &self.running, &self.commands);
            } else if is_new {
                status::problems_ui(ui, &self.snapshot, &self.commands);
                accounts::welcome_ui(ui, &self.commands);
            } else {
                list::list_ui(ui, &self.snapshot, &mut self.list, &self.commands);
            }
        });
    }

    fn take_snapshot(&mut self) {
        let new = self.client.snapshot();
        let is_other_list = match (&new.listing, &self.snapshot.listing) {
            (Some(new), Some(old)) => !Arc::ptr_eq(new, old),
            (new, old) => new.is_some() != old.is_some(),
        };
        let question = |snapshot: &Snapshot| {
            snapshot.listing.as_ref().map(|listing| (listing.want.show, listing.want.search.clone()))
        };
        let is_other_question = is_other_list && question(&new) != question(&self.snapshot);
        self.list.to_top |= is_other_question;
        self.snapshot = new;
        if is_other_list && let Some(listing) = self.listing() {
            let before = self.list.selection.cursor();
            self.list.selection.reconcile(&listing.rows, is_other_question);
            self.open_cursor(before);
        }
    }

    /// Chooses what waits for the person, once that was asked for and its list is there.
    fn choose_held(&mut self, ctx: &Context) {
        let Some(account) = self.list.choose_held.clone() else { return };
        let Some(listing) = self.listing().filter(|listing| listing.want.search.is_empty()) else { return };
        self.list.choose_held = None;
        let before = self.list.selection.cursor();
        self.list.selection.choose(&listing.rows, |row| row.is_held && row.account == account);
        self.open_cursor(before);
        // A list that has just come is shown from its top first.
        ctx.request_repaint();
    }

    /// The rows on the screen: those of the list that is shown, if they have come.
    fn listing(&self) -> Option<Arc<Listing>> {
        self.snapshot.listing.clone().filter(|listing| listing.want.show == self.list.show)
    }

    fn ask_for_list(&self) {
        let ListState { show, search, limit, .. } = &self.list;
        self.wish(Wish::List(Want { show: *show, search: search.trim().to_owned(), limit: *limit }));
    }

    fn wish(&self, wish: Wish) -> bool {
        self.client.send(wish)
    }

    /// Shows the message under the cursor, if that is another one than `before`.
    fn open_cursor(&self, before: Option<MailId>) {
        let cursor = self.list.selection.cursor();
        if cursor != before {
            self.wish(Wish::Open(cursor));
        }
    }

    fn finished(&mut self, ctx: &Context, finished: Finished) {
        self.running.retain(|job| *job != finished.job);
        if let Job::Teach(_, ids) = &finished.job {
            for id in ids {
                self.list.busy.remove(id);
            }
        }
        if matches!(finished.job, Job::TestAccount(_) | Job::AddAccount(_)) {
            return self.account_finished(ctx, finished);
        }
        let (text, undo, is_failure) = match finished.outcome {
            Outcome::Done(text, undo) => (text, undo, false),
            Outcome::Refused(text) => (text, None, true),
            Outcome::Tested(_) => return,
        };
        let was_elsewhere = matches!(finished.job, Job::Follow(_));
        self.say(ctx, &text, undo, is_failure);
        if was_elsewhere && let Some(note) = &mut self.note {
            // The click was in a mail program: the person may come to the window late.
            note.until = f64::INFINITY;
        }
    }

    fn account_finished(&mut self, ctx: &Context, finished: Finished) {
        let was_adding = matches!(finished.job, Job::AddAccount(_));
        // The dialog is placed by the size it had: what makes it grow needs a second frame.
        ctx.request_repaint();
        let Dialog::Account(dialog) = &mut self.dialog else { return };
        match finished.outcome {
            Outcome::Refused(text) => dialog.progress = Progress::Failed(text),
            Outcome::Tested(report) if !was_adding => dialog.progress = Progress::Tested(report),
            Outcome::Tested(_) | Outcome::Done(..) => {
                let text = match finished.outcome {
                    Outcome::Done(text, _) => text,
                    Outcome::Tested(_) | Outcome::Refused(_) => "The account is added".to_owned(),
                };
                self.dialog = Dialog::None;
                self.page = Page::Accounts;
                self.say(ctx, &text, None, false);
            }
        }
    }

    fn say(&mut self, ctx: &Context, text: &str, undo: Option<tamis_core::api::BatchId>, is_failure: bool) {
        let until = if is_failure { f64::INFINITY } else { ctx.time() + NOTE_SECS };
        self.note = Some(Note { text: crate::view::shown(text), undo, is_failure, until });
        ctx.request_repaint();
    }
}

mod handle;

impl eframe::App for App {
    fn logic(&mut self, ctx: &Context, _: &mut eframe::Frame) {
        Self::logic(self, ctx);
    }

    fn ui(&mut self, ui: &mut Ui, _: &mut eframe::Frame) {
        Self::ui(self, ui);
    }
}

/// The messages a lesson takes out of the list that is shown, so that the cursor moves on.
fn leave(state: &ListState, lesson: Lesson, ids: &[MailId]) -> Option<BTreeSet<MailId>> {
    use tamis_core::api::Show;
    let goes = match state.show {
        Show::Review => true,
        Show::Junk => lesson != Lesson::Spam,
        Show::All => false,
    };
    goes.then(|| ids.iter().copied().collect())
}
