//! The handler of commands.

use egui::Context;
use tamis_core::api::{AccountForm, MailId, Show};

use super::{AccountDialog, App, Command, Dialog, Job, Lesson, Page, Progress, Wish, leave, list, theme};
use crate::{panels::list::ListState, prefs::Look};

impl App {
    pub(super) fn handle(&mut self, ctx: &Context, command: Command) {
        match command {
            Command::Show(show) => self.show(show),
            Command::ShowAccounts => self.turn_to(Page::Accounts),
            Command::ShowHistory => self.turn_to(Page::History),
            Command::ShowHeld(account) => self.show_held(account),
            Command::Search(search) => {
                self.list.search = search;
                self.list.limit = list::FIRST_ROWS;
                self.ask_for_list();
            }
            Command::FocusSearch => self.list.focus_search = true,
            Command::More => self.more(),
            Command::Pick(..) | Command::Step(..) | Command::ChooseAll => self.choose(&command),
            Command::Teach(lesson) => {
                let ids = self.list.selection.ids();
                self.teach(ctx, lesson, ids);
            }
            Command::TeachThese(lesson, ids) => self.teach(ctx, lesson, ids),
            Command::Unsubscribe(id, by_message) => {
                self.job(ctx, Job::Unsubscribe(id, by_message));
            }
            Command::Undo(batch) => {
                self.note = None;
                self.job(ctx, Job::Undo(batch));
            }
            Command::CheckNow => {
                self.job(ctx, Job::CheckNow);
            }
            Command::Reconnect => {
                self.wish(Wish::Reconnect);
            }
            Command::Look(look) => self.set_look(ctx, look),
            Command::HideNote => self.note = None,
            Command::Copy(text) => {
                ctx.copy_text(text);
                self.say(ctx, "Link copied", None, false);
            }
            Command::OpenAccountDialog => self.dialog = Dialog::Account(Box::default()),
            Command::TestAccount => self.try_account(ctx, Progress::Testing, Job::TestAccount),
            Command::AddAccount => self.try_account(ctx, Progress::Adding, Job::AddAccount),
            Command::AskRemoveAccount(name) => self.dialog = Dialog::Remove(name),
            Command::RemoveAccount(name) => {
                self.dialog = Dialog::None;
                self.job(ctx, Job::RemoveAccount(name));
            }
            Command::AnswerHeld(account, file) => {
                self.job(ctx, Job::Held(account, file));
            }
            Command::Backfill(account, days) => {
                self.job(ctx, Job::Backfill(account, days));
            }
            Command::Steer(account, steer) => {
                self.job(ctx, Job::Steer(account, steer));
            }
            Command::SendDigest(account) => {
                self.job(ctx, Job::SendDigest(account));
            }
            Command::CloseDialog => self.dialog = Dialog::None,
        }
    }

    fn show(&mut self, show: Show) {
        self.turn_to(Page::Mail(show));
        if self.list.show == show {
            return;
        }
        let search = std::mem::take(&mut self.list.search);
        let busy = std::mem::take(&mut self.list.busy);
        self.list = ListState { show, search, busy, ..ListState::default() };
        self.wish(Wish::Open(None));
        self.ask_for_list();
    }

    /// Another page. The history is kept up to date only while it is seen.
    fn turn_to(&mut self, page: Page) {
        let is_history = page == Page::History;
        if is_history != (self.page == Page::History) {
            self.wish(Wish::History(is_history));
        }
        self.page = page;
    }

    fn show_held(&mut self, account: String) {
        self.list.search.clear();
        // What waits is not in Junk.
        self.show(if self.list.show == Show::All { Show::All } else { Show::Review });
        self.list.choose_held = Some(account);
        self.ask_for_list();
    }

    fn more(&mut self) {
        let more = self.list.limit.saturating_mul(list::MORE_ROWS).min(list::MOST_ROWS);
        let is_asked = self.listing().is_some_and(|listing| listing.want.limit < self.list.limit);
        if !is_asked && more != self.list.limit {
            self.list.limit = more;
            self.ask_for_list();
        }
    }

    fn choose(&mut self, command: &Command) {
        let Some(listing) = self.listing() else { return };
        let before = self.list.selection.cursor();
        let selection = &mut self.list.selection;
        if let Command::Pick(index, pick) = command {
            selection.click(&listing.rows, *index, *pick);
        } else if let Command::Step(by, extend) = command {
            selection.step(&listing.rows, *by, *extend);
        } else {
            selection.choose_all(&listing.rows);
        }
        self.open_cursor(before);
    }

    fn teach(&mut self, ctx: &Context, lesson: Lesson, ids: Vec<MailId>) {
        let ids: Vec<MailId> = ids.into_iter().filter(|id| !self.list.busy.contains(id)).collect();
        if ids.is_empty() || !self.job(ctx, Job::Teach(lesson, ids.clone())) {
            return;
        }
        self.list.busy.extend(ids.iter().copied());
        self.note = None;
        if let (Some(gone), Some(listing)) = (leave(&self.list, lesson, &ids), self.listing()) {
            let before = self.list.selection.cursor();
            self.list.selection.move_on(&listing.rows, &gone);
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
            self.running.extend(once);
        } else {
            self.say(ctx, "The agent is busy and this was not done. Try again in a moment", None, true);
        }
        is_sent
    }

    fn set_look(&mut self, ctx: &Context, look: Look) {
        self.prefs.look = look;
        theme::set_look(ctx, look);
        self.wish(Wish::Keep(self.prefs));
    }

    fn try_account(&mut self, ctx: &Context, progress: Progress, job: impl FnOnce(Box<AccountForm>) -> Job) {
        let Dialog::Account(dialog) = &mut self.dialog else { return };
        match AccountDialog::form(dialog) {
            Err(missing) => dialog.progress = Progress::Failed(missing.to_owned()),
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
        Job::Held(..) | Job::Backfill(..) | Job::Steer(..) | Job::SendDigest(_) | Job::Unsubscribe(..) => true,
        Job::Teach(..)
        | Job::CheckNow
        | Job::TestAccount(_)
        | Job::AddAccount(_)
        | Job::RemoveAccount(_)
        | Job::Follow(_) => false,
    }
}
