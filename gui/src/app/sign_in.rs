//! Signing in, from the click to the account that works.

use egui::{Context, OpenUrl};
use tamis_core::api::{Request, SignInFor, SignInRequest, SignInStage, SignInView};

use super::{App, Dialog, Job, Outcome, Page, reading};
use crate::{
    command::SignInCommand,
    panels::{account_dialog::Progress, setup::SetupState, sign_in::SignInDialog},
    text::t,
};

impl App {
    /// The handler of these commands.
    pub(super) fn sign_in(&mut self, ctx: &Context, command: SignInCommand) {
        match command {
            SignInCommand::New(by_code) => {
                let Dialog::Account(dialog) = &mut self.dialog else { return };
                match dialog.sign_in_form() {
                    Err(missing) => dialog.progress = Progress::Failed(missing),
                    Ok(form) => {
                        let back = Some(std::mem::take(dialog));
                        self.begin_sign_in(ctx, SignInFor::Form(Box::new(form)), by_code, back);
                    }
                }
            }
            SignInCommand::Again(account, by_code) => {
                self.begin_sign_in(ctx, SignInFor::Account(account), by_code, None);
            }
            SignInCommand::OpenPage => {
                let Dialog::SignIn(dialog) = &self.dialog else { return };
                let Some(view) = &dialog.view else { return };
                if reading::is_of_web(&view.url) {
                    ctx.open_url(OpenUrl::new_tab(&view.url));
                }
            }
            SignInCommand::OpenMaking(page) => ctx.open_url(OpenUrl::new_tab(page)),
            SignInCommand::Cancel => self.cancel_sign_in(ctx),
        }
    }

    fn begin_sign_in(
        &mut self,
        ctx: &Context,
        wanted: SignInFor,
        by_code: bool,
        back: Option<Box<crate::panels::account_dialog::AccountDialog>>,
    ) {
        self.sign_ins += 1;
        let attempt = self.sign_ins;
        self.dialog = Dialog::SignIn(Box::new(SignInDialog { attempt, back, ..SignInDialog::default() }));
        if !self.job(ctx, Job::SignIn(Box::new(wanted), by_code, attempt)) {
            self.leave_sign_in();
        }
    }

    fn cancel_sign_in(&mut self, ctx: &Context) {
        let Dialog::SignIn(dialog) = &self.dialog else { return };
        if let Some(view) = dialog.view.as_ref().filter(|_| dialog.failure.is_none()) {
            let cancel = Request::SignIn(SignInRequest::Cancel(view.id));
            self.job(ctx, Job::Say(Box::new(cancel)));
        }
        self.leave_sign_in();
    }

    /// Back to the form that it was for, if it was for one.
    fn leave_sign_in(&mut self) {
        if let Dialog::SignIn(dialog) = &mut self.dialog {
            self.dialog = dialog.back.take().map_or(Dialog::None, Dialog::Account);
        }
    }

    /// News of a sign-in, which may be one that was given up.
    pub(super) fn sign_in_told(&mut self, ctx: &Context, job: &Job, outcome: Outcome) {
        ctx.request_repaint();
        let is_shown = if let Dialog::SignIn(dialog) = &self.dialog { is_of(dialog, job) } else { false };
        match outcome {
            Outcome::SignIn(view) if is_shown => self.sign_in_is(ctx, *view),
            // Given up before the agent had begun, whatever has been begun since.
            Outcome::SignIn(view) if matches!(view.stage, SignInStage::Waiting | SignInStage::Testing) => {
                self.job(ctx, Job::Say(Box::new(Request::SignIn(SignInRequest::Cancel(view.id)))));
            }
            Outcome::Refused(text) if is_shown => {
                if let Dialog::SignIn(dialog) = &mut self.dialog {
                    dialog.failure = Some(text);
                }
            }
            Outcome::SignIn(_) | Outcome::Refused(_) | Outcome::Done(..) | Outcome::Tested(_) | Outcome::Found(_) => {}
        }
    }

    fn sign_in_is(&mut self, ctx: &Context, view: SignInView) {
        let Dialog::SignIn(dialog) = &mut self.dialog else { return };
        let (id, stage, is_new) = (view.id, view.stage.clone(), dialog.back.is_some());
        dialog.view = Some(view);
        match stage {
            SignInStage::Waiting | SignInStage::Testing => {
                self.job(ctx, Job::FollowSignIn(id, Box::new(stage)));
            }
            SignInStage::Failed(text) => dialog.failure = Some(text),
            SignInStage::Done(report) if is_new && !report.name.is_empty() => {
                self.dialog = Dialog::Setup(Box::new(SetupState::of(report)));
                self.turn_to(Page::Accounts);
            }
            SignInStage::Done(_) => {
                self.dialog = Dialog::None;
                self.turn_to(Page::Accounts);
                let text = if is_new { t!("account-added") } else { t!("signin-done") };
                self.say(ctx, &text, None, false);
            }
        }
    }
}

/// Whether a job is of the attempt that a dialog shows.
fn is_of(dialog: &SignInDialog, job: &Job) -> bool {
    match (job, &dialog.view) {
        (Job::SignIn(_, _, attempt), None) => *attempt == dialog.attempt,
        (Job::FollowSignIn(id, _), Some(view)) => *id == view.id,
        _ => false,
    }
}
