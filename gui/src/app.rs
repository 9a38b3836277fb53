//! The window's state, and the one place where commands are handled.

use std::{
    collections::{BTreeSet, VecDeque},
    sync::Arc,
    sync::mpsc::Receiver,
};

use egui::{CentralPanel, Context, Frame, Margin, Panel, Ui};
use tamis_core::api::{ListQuery, MailId, Request};

use crate::{
    client::{Client, Finished, Job, Lesson, Listing, Outcome, Snapshot, Wish},
    command::{self, Command, CommandSender, command_channel},
    instance::Visit,
    keys,
    panels::{
        about::{self, AboutState},
        account_dialog::{AccountDialog, Progress},
        accounts, drag,
        drop::{self, Dropped},
        history,
        learned::{self, LearnedState},
        list::{self, ListState},
        lists::{self, ListsState},
        palette::PaletteState,
        people::{self, PeopleState},
        reading::{self, ReadingState},
        route,
        settings::{self, SettingsState},
        setup::SetupState,
        side::{self, Page},
        sign_in::SignInDialog,
        statistics::{self, StatisticsState},
        status::{self, Note},
    },
    prefs::Prefs,
    text::t,
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
    lists: ListsState,
    /// The account whose way of mail is shown.
    route: String,
    reading: ReadingState,
    people: PeopleState,
    statistics: StatisticsState,
    learned: LearnedState,
    settings: SettingsState,
    about: AboutState,
    /// What the client watches for the page that is open.
    watching: Vec<Request>,
    dialog: Dialog,
    /// How often signing in was begun.
    sign_ins: u64,
    note: Option<Note>,
    prefs: Prefs,
    /// What was asked for once and has not been answered.
    running: Vec<Job>,
    /// Files that were dropped and wait for a word.
    dropped: Option<Dropped>,
    /// Where figures are saved, if not in the person's own folders.
    folder: Option<std::path::PathBuf>,
    /// Links to follow when the agent is there.
    links: VecDeque<String>,
    /// Other starts of the window, which hand over to this one.
    visits: Option<Receiver<Visit>>,
    placing: Placing,
    /// Whether the agent was told that the person looks.
    is_looked_at: bool,
    /// Colours and language as they were, while a change of them is the newest change of all.
    before: Option<Prefs>,
}

#[derive(Debug)]
enum Dialog {
    None,
    Account(Box<AccountDialog>),
    SignIn(Box<SignInDialog>),
    Setup(Box<SetupState>),
    Remove(String),
    Palette(PaletteState),
    Keys,
}

impl App {
    /// A window on what `client` says.
    pub fn new(ctx: &Context, client: Client, prefs: Prefs) -> Self {
        theme::install(ctx);
        theme::set_look(ctx, prefs.look);
        theme::set_contrast(ctx, prefs.has_contrast);
        theme::set_scale(ctx, prefs.scale);
        let (commands, queue) = command_channel();
        let list = ListState::default();
        let app = Self {
            client,
            snapshot: Snapshot::default(),
            commands,
            queue,
            page: Page::Mail(list.query.show),
            list,
            lists: ListsState::default(),
            route: String::new(),
            reading: ReadingState::default(),
            people: PeopleState::default(),
            statistics: StatisticsState::default(),
            learned: LearnedState::default(),
            settings: SettingsState::default(),
            about: AboutState::default(),
            watching: Vec::new(),
            dialog: Dialog::None,
            sign_ins: 0,
            note: None,
            prefs,
            running: Vec::new(),
            dropped: None,
            folder: None,
            links: VecDeque::new(),
            visits: None,
            placing: Placing::default(),
            is_looked_at: false,
            before: None,
        };
        app.ask_for_list();
        app
    }

    /// The same, with a link of a digest to follow as soon as the agent is there.
    #[must_use]
    pub fn following(self, link: Option<String>) -> Self {
        Self { links: link.into_iter().collect(), ..self }
    }

    /// Takes in what is new, and the keys. Draws nothing.
    pub fn logic(&mut self, ctx: &Context) {
        self.take_snapshot();
        self.watch();
        self.choose_held(ctx);
        self.choose_wanted(ctx);
        self.receive(ctx);
        self.follow_place(ctx);
        self.follow_links(ctx);
        self.tell_looking(ctx);
        for finished in self.client.take_finished() {
            self.finished(ctx, finished);
        }
        // The page of lists has a use of its own for files; a dialog has none.
        let is_taken = self.page != Page::Lists && matches!(self.dialog, Dialog::None);
        if let Some(dropped) = drop::take(ctx).filter(|_| is_taken) {
            self.take_dropped(ctx, dropped);
        }
        if matches!(self.dialog, Dialog::None) && self.dropped.is_none() {
            let here = keys::Here { has_list: self.has_list(), has_note: self.note.is_some() };
            command::listen(ctx, here, &self.commands);
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
        self.overlay_ui(&ctx);
        drag::ghost_ui(&ctx);
        drop::hover_ui(&ctx);
        if let Some(dropped) = self.dropped.as_ref().filter(|_| matches!(self.dialog, Dialog::None)) {
            drop::sheet_ui(&ctx, dropped, &self.commands);
        }
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
        let side_frame = |margin| Frame::new().fill(colors.side).inner_margin(margin);
        let status_frame = side_frame(Margin::symmetric(14, 5));
        Panel::bottom("status")
            .frame(status_frame)
            .show(root, |ui| status::status_ui(ui, &self.snapshot, self.has_list(), &self.commands));
        let frame = side_frame(Margin::symmetric(12, 10));
        Panel::left("side").frame(frame).resizable(false).exact_size(theme::SIDE_WIDTH).show(root, |ui| {
            side::side_ui(ui, self.page, &self.snapshot, self.prefs, &self.commands);
        });
        let ground = |margin| Frame::new().fill(colors.ground).inner_margin(margin);
        if self.has_list() {
            self.reading_ui(root, ground(Margin { left: 18, right: 8, top: 16, bottom: 0 }));
        }
        CentralPanel::no_frame().frame(ground(Margin { left: 18, right: 10, top: 14, bottom: 0 })).show(root, |ui| {
            if self.page == Page::Accounts {
                accounts::accounts_ui(ui, &self.snapshot, &self.commands);
            } else if self.page == Page::History {
                history::history_ui(ui, &self.snapshot, &self.running, &self.commands);
            } else if self.page == Page::Lists {
                lists::lists_ui(ui, &self.snapshot, &self.running, &mut self.lists, &self.commands);
            } else if self.page == Page::Route {
                route::route_ui(ui, &self.snapshot, &self.route, &self.commands);
            } else if self.page == Page::People {
                people::people_ui(ui, &self.snapshot, &mut self.people, &self.commands);
            } else if self.page == Page::Statistics {
                statistics::statistics_ui(ui, &self.snapshot, &mut self.statistics, &self.commands);
            } else if self.page == Page::Learning {
                learned::learned_ui(ui, &self.snapshot, &mut self.learned, &self.commands);
            } else if self.page == Page::Settings {
                settings::settings_ui(ui, &self.snapshot, self.prefs, &mut self.settings, &self.commands);
            } else if self.page == Page::About {
                about::about_ui(ui, &mut self.about, &self.commands);
            } else if is_new {
                status::problems_ui(ui, &self.snapshot, &self.commands);
                accounts::welcome_ui(ui, &self.commands);
            } else {
                list::list_ui(ui, &self.snapshot, &mut self.list, &self.commands);
            }
        });
    }

    /// The message beside the list, or below it where both do not fit side by side.
    fn reading_ui(&mut self, root: &mut Ui, frame: Frame) {
        let [usual, least, most] = theme::READING_WIDTH;
        let room = root.available_width() - theme::LIST_WIDTH_LEAST;
        let cursor = self.list.selection.cursor();
        let mut draw = |ui: &mut Ui| {
            // A panel takes the width of what is in it: without this it narrows with each shorter message.
            ui.set_min_width(ui.available_width());
            reading::reading_ui(ui, &self.snapshot, cursor, &mut self.reading, &self.commands);
        };
        if least <= room {
            let panel = Panel::right("reading").frame(frame).default_size(usual).size_range(least..=most.min(room));
            panel.show(root, |ui| draw(ui));
        } else {
            let height = root.available_height();
            let panel = Panel::bottom("reading-below").frame(frame);
            let panel = panel.default_size(height * 0.4).size_range(height * 0.25..=height * 0.7);
            panel.show(root, |ui| draw(ui));
        }
    }

    /// Has the client watch what the open page shows.
    fn watch(&mut self) {
        let wanted = match self.page {
            Page::People => self.people.watches(),
            Page::Statistics => self.statistics.watches(),
            Page::Learning => self.learned.watches(),
            Page::Settings => SettingsState::watches(),
            Page::Mail(_) => self.reading.watches(),
            Page::History | Page::Lists | Page::Route | Page::Accounts | Page::About => Vec::new(),
        };
        if wanted != self.watching && self.wish(Wish::Watch(wanted.clone())) {
            self.watching = wanted;
        }
    }

    fn take_snapshot(&mut self) {
        self.snapshot = self.client.snapshot();
        self.follow_list();
    }

    /// Chooses what waits for the person, once that was asked for and its list is there.
    fn choose_held(&mut self, ctx: &Context) {
        let Some(account) = self.list.choose_held.clone() else { return };
        let is_all =
            |listing: &Arc<Listing>| listing.want == ListQuery { show: listing.want.show, ..ListQuery::default() };
        let Some(listing) = self.listing().filter(is_all) else { return };
        self.list.choose_held = None;
        let before = self.list.selection.cursor();
        let held = listing.outline.held.get(&account).map_or(&[][..], Vec::as_slice);
        self.list.selection.choose(&self.list.layout.ids, held);
        self.open_cursor(before);
        // A list that has just come is shown from its top first.
        ctx.request_repaint();
    }

    /// The rows on the screen: those of the list that is shown, if they have come.
    fn listing(&self) -> Option<Arc<Listing>> {
        self.snapshot.listing.clone().filter(|listing| listing.want.show == self.list.query.show)
    }

    fn ask_for_list(&self) {
        let query = &self.list.query;
        self.wish(Wish::List(ListQuery { search: query.search.trim().to_owned(), ..query.clone() }));
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
        for id in ids_of(&finished.job) {
            self.list.busy.remove(id);
        }
        if matches!(finished.job, Job::TestAccount(_) | Job::AddAccount(_) | Job::FindServers(_)) {
            return self.account_finished(ctx, finished);
        }
        if matches!(finished.job, Job::SignIn(..) | Job::FollowSignIn(..)) {
            return self.sign_in_told(ctx, &finished.job, finished.outcome);
        }
        if let Dialog::Setup(setup) = &mut self.dialog
            && setup.takes(&finished)
        {
            return ctx.request_repaint();
        }
        let said = self.setting_answered(&finished.job, &finished.outcome);
        let (text, undo, is_failure) = match finished.outcome {
            Outcome::Done(text, undo) => (text, undo, false),
            Outcome::Refused(text) => (text, None, true),
            Outcome::Tested(_) | Outcome::Found(_) | Outcome::SignIn(_) => return,
        };
        if !is_failure && let Job::PutOnList(entry) = &finished.job {
            self.lists.added(&entry.value);
        }
        let was_elsewhere = matches!(finished.job, Job::Follow(_));
        self.say(ctx, said.as_ref().unwrap_or(&text), undo, is_failure);
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
        if let Job::FindServers(address) = &finished.job {
            return dialog.found(address, finished.outcome);
        }
        match finished.outcome {
            Outcome::Refused(text) => dialog.progress = Progress::Failed(text),
            Outcome::Tested(report) if !was_adding => dialog.progress = Progress::Tested(report),
            // The account is kept and watched: the steps that follow can be left at any time.
            Outcome::Tested(report) if !report.name.is_empty() => {
                self.dialog = Dialog::Setup(Box::new(SetupState::of(report)));
                self.turn_to(Page::Accounts);
            }
            Outcome::Tested(_) | Outcome::Found(_) | Outcome::SignIn(_) | Outcome::Done(..) => {
                let text = match finished.outcome {
                    Outcome::Done(text, _) => text,
                    Outcome::Tested(_) | Outcome::Found(_) | Outcome::SignIn(_) | Outcome::Refused(_) => {
                        t!("account-added")
                    }
                };
                self.dialog = Dialog::None;
                self.turn_to(Page::Accounts);
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

mod figures;
mod handle;
mod message;
mod review;
mod shell;
mod shown;
mod sign_in;

use shell::Placing;

impl eframe::App for App {
    fn logic(&mut self, ctx: &Context, _: &mut eframe::Frame) {
        Self::logic(self, ctx);
    }

    fn ui(&mut self, ui: &mut Ui, _: &mut eframe::Frame) {
        Self::ui(self, ui);
    }
}

/// The messages that leave the list when a job is sent, and can be dealt with again when it has ended.
fn ids_of(job: &Job) -> &[MailId] {
    if let Job::Teach(_, ids) = job {
        return ids;
    }
    if let Job::Say(request) = job
        && let Request::Delete(ids) = &**request
    {
        return ids;
    }
    &[]
}

/// The messages a lesson takes out of the list that is shown, so that the cursor moves on.
fn leave(state: &ListState, lesson: Lesson, ids: &[MailId]) -> Option<BTreeSet<MailId>> {
    use tamis_core::api::Show;
    let goes = match state.query.show {
        Show::Review => true,
        Show::Junk => lesson != Lesson::Spam,
        Show::All => false,
    };
    goes.then(|| ids.iter().copied().collect())
}
