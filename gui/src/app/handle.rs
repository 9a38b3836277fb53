//! The handler of commands.

use egui::Context;
use tamis_core::api::{AccountForm, ListQuery, MailId, Request, Show};

use super::{AccountDialog, App, Command, Dialog, Job, Lesson, Page, Progress, Wish, leave, theme};
use crate::{
    panels::{list::ListState, palette::PaletteState, setup::SetupState},
    prefs::{Look, Prefs},
    text::t,
};

impl App {
    #[expect(clippy::too_many_lines, reason = "a table, one line for each command")]
    pub(super) fn handle(&mut self, ctx: &Context, command: Command) {
        match command {
            Command::Show(show) => self.show(show),
            Command::ShowAccounts => self.turn_to(Page::Accounts),
            Command::ShowHistory => self.turn_to(Page::History),
            Command::ShowLists => self.turn_to(Page::Lists),
            Command::ShowRoute(account) => self.show_route(account),
            Command::ShowHeld(account) => self.show_held(account),
            Command::Search(search) => {
                let query = ListQuery { search, ..self.list.query.clone() };
                self.refine(query);
            }
            Command::FocusSearch => self.list.focus_search = true,
            Command::Pick(..) | Command::Step(..) | Command::ChooseAll => self.choose(&command),
            Command::Teach(lesson) => {
                let ids = self.list.selection.ids();
                self.teach(ctx, lesson, ids);
            }
            Command::TeachThese(lesson, ids) => self.teach(ctx, lesson, ids),
            Command::Unsubscribe(id, by_message) => self.ask(ctx, Job::Unsubscribe(id, by_message)),
            Command::PutOnList(entry) => self.change(ctx, Job::PutOnList(entry)),
            Command::SwitchEntry(id, is_on) => self.change(ctx, Job::SwitchEntry(id, is_on)),
            Command::RemoveEntry(id) => self.change(ctx, Job::RemoveEntry(id)),
            Command::Undo(None) if self.before.is_some() => self.undo_own(ctx),
            Command::Undo(batch) => self.change(ctx, Job::Undo(batch)),
            Command::CheckNow => self.ask(ctx, Job::CheckNow),
            Command::Reconnect => {
                self.wish(Wish::Reconnect);
            }
            Command::Look(look) => self.set_look(ctx, look),
            Command::HideNote => self.note = None,
            Command::Copy(text) => {
                ctx.copy_text(text);
                self.say(ctx, &t!("client-link-copied"), None, false);
            }
            Command::OpenAccountDialog => self.dialog = Dialog::Account(Box::default()),
            Command::OpenSetup(account) => self.open_setup(ctx, account),
            Command::Autostart(is_on) => _ = self.job(ctx, Job::Autostart(is_on)),
            Command::FindServers(address) => _ = self.job(ctx, Job::FindServers(address)),
            Command::TestAccount => self.try_account(ctx, Progress::Testing, Job::TestAccount),
            Command::AddAccount => self.try_account(ctx, Progress::Adding, Job::AddAccount),
            Command::AskRemoveAccount(name) => self.dialog = Dialog::Remove(name),
            Command::RemoveAccount(name) => {
                self.dialog = Dialog::None;
                self.job(ctx, Job::RemoveAccount(name));
            }
            Command::SignIn(command) => self.sign_in(ctx, command),
            Command::AnswerHeld(account, file) => self.ask(ctx, Job::Held(account, file)),
            Command::Backfill(account, days) => self.ask(ctx, Job::Backfill(account, days)),
            Command::Steer(account, steer) => self.ask(ctx, Job::Steer(account, steer)),
            Command::SendDigest(account) => self.ask(ctx, Job::SendDigest(account)),
            Command::Learn(account, has_junk) => self.change(ctx, Job::Learn(account, has_junk)),
            Command::SteerLearning(account, steer) => self.change(ctx, Job::SteerLearning(account, steer)),
            Command::CloseDialog => self.dialog = Dialog::None,
            Command::ReportSpam(id) => self.ask(ctx, Job::ReportSpam(id)),
            Command::ShowPeople => self.turn_to(Page::People),
            Command::ShowStatistics => self.turn_to(Page::Statistics),
            Command::ShowLearning => self.turn_to(Page::Learning),
            Command::ShowSettings => self.turn_to(Page::Settings),
            Command::ShowAbout => self.turn_to(Page::About),
            Command::Speak(_) | Command::Save(_) | Command::Saved(_) => self.handle_own(ctx, command),
            Command::Say(request) => self.change(ctx, Job::Say(request)),
            Command::Message(command) => self.message(ctx, command),
            Command::ShowMessage(..) | Command::ShowListsOf(_) => self.show_elsewhere(command),
            Command::InList(wish) => self.in_list(ctx, wish),
            Command::OpenPalette => self.dialog = Dialog::Palette(PaletteState::default()),
            Command::OpenKeys => self.dialog = Dialog::Keys,
            Command::Close => self.close(),
            Command::Zoom(zoom) => self.zoom(ctx, zoom),
            Command::Contrast(has_contrast) => self.set_contrast(ctx, has_contrast),
        }
    }

    /// Something that is done when it is done.
    pub(super) fn ask(&mut self, ctx: &Context, job: Job) {
        self.job(ctx, job);
    }

    /// Something that will be told of when it is done.
    pub(super) fn change(&mut self, ctx: &Context, job: Job) {
        self.note = None;
        self.job(ctx, job);
    }

    pub(super) fn show(&mut self, show: Show) {
        self.turn_to(Page::Mail(show));
        if self.list.query.show == show {
            return;
        }
        let query = ListQuery { show, ..std::mem::take(&mut self.list.query) };
        let busy = std::mem::take(&mut self.list.busy);
        self.list = ListState { query, busy, ..ListState::default() };
        self.wish(Wish::Open(None));
        self.ask_for_list();
    }

    /// Another page. The history and the lists are kept up to date only while they are seen.
    pub(super) fn turn_to(&mut self, page: Page) {
        let is_history = page == Page::History;
        if is_history != (self.page == Page::History) {
            self.wish(Wish::History(is_history));
        }
        let is_lists = page == Page::Lists;
        if is_lists != (self.page == Page::Lists) {
            self.wish(Wish::Lists(is_lists));
        }
        self.page = page;
    }

    /// The way of mail is looked up when the person wants to see it, and not again by itself.
    fn show_route(&mut self, account: String) {
        self.turn_to(Page::Route);
        if !account.is_empty() {
            self.route = account;
        }
        let accounts = self.snapshot.status.as_deref().map_or(&[][..], |status| &status.accounts);
        if !accounts.iter().any(|known| known.name == self.route) {
            self.route = accounts.first().map(|first| first.name.clone()).unwrap_or_default();
        }
        if !self.route.is_empty() {
            self.wish(Wish::Route(self.route.clone()));
        }
    }

    fn show_held(&mut self, account: String) {
        self.list.query = ListQuery { show: self.list.query.show, ..ListQuery::default() };
        // What waits is not in Junk.
        self.show(if self.list.query.show == Show::All { Show::All } else { Show::Review });
        self.list.choose_held = Some(account);
        self.ask_for_list();
    }

    fn teach(&mut self, ctx: &Context, lesson: Lesson, ids: Vec<MailId>) {
        let ids: Vec<MailId> = ids.into_iter().filter(|id| !self.list.busy.contains(id)).collect();
        if ids.is_empty() || !self.job(ctx, Job::Teach(lesson, ids.clone())) {
            return;
        }
        self.list.busy.extend(ids.iter().copied());
        self.note = None;
        if let (Some(gone), Some(_)) = (leave(&self.list, lesson, &ids), self.listing()) {
            let before = self.list.selection.cursor();
            self.list.selection.move_on(&self.list.layout.ids, &gone);
            self.open_cursor(before);
        }
    }

    /// Hands a job to the agent. `false` if it does not keep up; the person is told.
    pub(super) fn job(&mut self, ctx: &Context, job: Job) -> bool {
        // A second click before the answer must not ask for what will have been done.
        let once = is_for_once(&job).then(|| job.clone());
        if once.as_ref().is_some_and(|job| self.running.contains(job)) {
            return false;
        }
        let is_sent = self.wish(Wish::Do(job));
        if is_sent {
            // What the agent does now is newer than a change of the window's own.
            self.before = None;
            self.running.extend(once);
        } else {
            self.say(ctx, &t!("client-busy"), None, true);
        }
        is_sent
    }

    pub(super) fn set_look(&mut self, ctx: &Context, look: Look) {
        self.before = Some(self.prefs);
        theme::set_look(ctx, look);
        self.keep(Prefs { look, ..self.prefs });
    }

    /// The steps of an account that is there; its folders are looked at meanwhile.
    fn open_setup(&mut self, ctx: &Context, account: String) {
        let starts_at_login = self.snapshot.status.as_deref().is_some_and(|status| status.starts_at_login);
        self.dialog = Dialog::Setup(Box::new(SetupState::again(account.clone(), starts_at_login)));
        self.job(ctx, Job::Say(Box::new(Request::LookAtAccount { account })));
    }

    fn try_account(&mut self, ctx: &Context, progress: Progress, job: impl FnOnce(Box<AccountForm>) -> Job) {
        let Dialog::Account(dialog) = &mut self.dialog else { return };
        match AccountDialog::form(dialog) {
            Err(missing) => dialog.progress = Progress::Failed(missing),
            Ok(form) => {
                dialog.progress = progress;
                if !self.job(ctx, job(Box::new(form))) {
                    self.dialog = Dialog::None;
                }
            }
        }
    }
}

/// Whether asking for it twice means it once.
const fn is_for_once(job: &Job) -> bool {
    match job {
        Job::Undo(batch) => batch.is_some(),
        Job::Held(..)
        | Job::Backfill(..)
        | Job::Steer(..)
        | Job::SendDigest(_)
        | Job::Learn(..)
        | Job::SteerLearning(..)
        | Job::Unsubscribe(..)
        | Job::PutOnList(_)
        | Job::SwitchEntry(..)
        | Job::RemoveEntry(_)
        | Job::ReportSpam(_)
        | Job::Say(_) => true,
        Job::Teach(..)
        | Job::CheckNow
        | Job::TestAccount(_)
        | Job::AddAccount(_)
        | Job::Autostart(_)
        | Job::FindServers(_)
        | Job::SignIn(..)
        | Job::FollowSignIn(..)
        | Job::RemoveAccount(_)
        | Job::Follow(_) => false,
    }
}
