//! The steps behind a new account, in the place of its dialog: the folders that were found, what becomes of junk, learning
//! from what is there, and what happens now.
//!
//! The account works before the first of them, with what is recommended. Each step changes something only when it is
//! confirmed; whoever closes the dialog half way has lost nothing, and opens it again from the account's card.

mod done;
mod folders;
mod learn;
mod treatment;

use egui::{Align, Context, Label, Layout, RichText, ScrollArea, Ui, Vec2};
use tamis_core::api::{AccountReport, AccountStatus, Arrangement, LearningStatus, Request, Treatment};

use crate::{
    client::{Finished, Job, Outcome, Snapshot},
    command::{Command, CommandSender},
    icons::Icon,
    text::t,
    theme::{self, Palette},
    view,
    widgets::{self, Weight},
};

/// What belongs to the dialog besides the step itself, in points.
const AROUND: f32 = 210.0;

/// How long the person waits for what there is to learn from, in seconds, before there is another way on.
const PATIENCE: f64 = 45.0;

/// Where the person is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Step {
    /// Which folder is what.
    #[default]
    Folders,
    /// What becomes of junk and doubtful mail.
    Treatment,
    /// Learning from what is there.
    Learn,
    /// What happens now.
    Done,
}

impl Step {
    const ALL: [Self; 4] = [Self::Folders, Self::Treatment, Self::Learn, Self::Done];

    fn number(self) -> usize {
        Self::ALL.iter().position(|step| *step == self).map_or(1, |at| at + 1)
    }

    fn beside(self, is_next: bool) -> Self {
        match (self, is_next) {
            (Self::Folders | Self::Treatment, false) => Self::Folders,
            (Self::Folders, true) | (Self::Learn, false) => Self::Treatment,
            (Self::Treatment, true) | (Self::Done, false) => Self::Learn,
            (Self::Learn | Self::Done, true) => Self::Done,
        }
    }

    fn title(self) -> String {
        match self {
            Self::Folders => t!("setup-folders"),
            Self::Treatment => t!("setup-treatment"),
            Self::Learn => t!("setup-learn"),
            Self::Done => t!("setup-done"),
        }
    }
}

/// What is known of the account's folders.
#[derive(Debug)]
enum Found {
    /// The agent is looking.
    Looking,
    /// It has looked.
    Report(AccountReport),
    /// It could not, and why.
    Failed(String),
}

/// The steps, and what the person has chosen so far.
#[derive(Debug)]
pub(crate) struct SetupState {
    account: String,
    found: Found,
    step: Step,
    /// The Junk folder that is chosen; `None`: the one that was found.
    junk: Option<String>,
    treatment: Option<Treatment>,
    /// Whether what lies in Junk is spam.
    has_junk: bool,
    /// What there is to learn from was asked for, at that time of the window.
    counting_since: Option<f64>,
    /// It cannot be said what there is to learn from.
    is_uncounted: bool,
    starts_at_login: bool,
    /// What was asked of the agent and not answered yet.
    asked: Option<Request>,
    /// Why it did not do what it was asked for.
    trouble: Option<String>,
    /// Whether the button that goes on has had the focus in this step.
    is_focused: bool,
    /// How large the dialog was.
    size: Vec2,
}

impl SetupState {
    /// The steps of an account that was just added.
    pub(crate) fn of(report: AccountReport) -> Self {
        let treatment = report.treatment;
        Self { treatment, found: Found::Report(report.clone()), ..Self::again(report.name, true) }
    }

    /// The steps of an account that is there: [`Request::LookAtAccount`] has to be asked for it.
    pub(crate) fn again(account: String, starts_at_login: bool) -> Self {
        Self {
            account,
            found: Found::Looking,
            step: Step::default(),
            junk: None,
            treatment: None,
            has_junk: true,
            counting_since: None,
            is_uncounted: false,
            starts_at_login,
            asked: None,
            trouble: None,
            is_focused: false,
            size: Vec2::ZERO,
        }
    }

    /// Takes an answer, if it is one for these steps.
    pub(crate) fn takes(&mut self, finished: &Finished) -> bool {
        let Job::Say(request) = &finished.job else { return false };
        if let Request::LookAtAccount { account } = &**request
            && *account == self.account
        {
            self.looked(&finished.outcome);
            return true;
        }
        if let Request::Learn { account, is_rehearsal: true, .. } = &**request
            && *account == self.account
        {
            if let Outcome::Refused(text) = &finished.outcome {
                self.trouble = Some(text.clone());
                self.is_uncounted = true;
            }
            return true;
        }
        if self.asked.as_ref() != Some(&**request) {
            return false;
        }
        let asked = self.asked.take();
        match (&finished.outcome, asked) {
            (Outcome::Refused(text), _) => self.trouble = Some(text.clone()),
            (_, Some(Request::Arrange { arrangement, .. })) => self.confirmed(arrangement),
            _ => self.turn(true),
        }
        true
    }

    fn looked(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Tested(report) => {
                self.treatment = self.treatment.or(report.treatment);
                self.found = Found::Report(report.clone());
            }
            Outcome::Refused(text) | Outcome::Done(text, _) => self.found = Found::Failed(text.clone()),
            Outcome::Found(_) | Outcome::SignIn(_) => {}
        }
    }

    /// The agent has done what the step said, and nothing else.
    fn confirmed(&mut self, done: Arrangement) {
        if let Found::Report(report) = &mut self.found {
            if done.junk_folder.is_some() {
                self.junk = None;
            }
            report.junk_folder = done.junk_folder.or(report.junk_folder.take());
            report.treatment = done.treatment.or(report.treatment);
        }
        self.turn(true);
    }

    fn turn(&mut self, is_next: bool) {
        self.step = self.step.beside(is_next);
        (self.trouble, self.is_focused) = (None, false);
    }

    /// What this step would change.
    fn arrangement(&self) -> Arrangement {
        // Where nobody could look, whatever was chosen is said: the agent writes only what is different.
        let unseen = AccountReport::default();
        let report = if let Found::Report(report) = &self.found { report } else { &unseen };
        match self.step {
            Step::Folders => Arrangement {
                junk_folder: self.junk.clone().filter(|junk| report.junk_folder.as_ref() != Some(junk)),
                treatment: None,
            },
            Step::Treatment => Arrangement {
                junk_folder: None,
                treatment: self.treatment.filter(|_| self.treatment != report.treatment),
            },
            Step::Learn | Step::Done => Arrangement::default(),
        }
    }

    /// The step is confirmed: what it changes is asked for, and then the next one comes.
    fn confirm(&mut self, commands: &CommandSender) {
        let arrangement = self.arrangement();
        if arrangement == Arrangement::default() {
            return self.turn(true);
        }
        let request = Request::Arrange { account: self.account.clone(), arrangement };
        self.trouble = None;
        self.asked = Some(request.clone());
        commands.send(Command::Say(Box::new(request)));
    }

    /// Asks what there is to learn from, when the person gets there and nothing is under way. `now` is the window's time.
    fn count(&mut self, account: Option<&AccountStatus>, now: f64, commands: &CommandSender) {
        if self.step != Step::Learn {
            return;
        }
        if let Some(since) = self.counting_since {
            self.is_uncounted |= PATIENCE < now - since;
            return;
        }
        self.counting_since = Some(now);
        if account.is_none_or(|account| account.learning.is_none()) {
            let request = Request::Learn { account: self.account.clone(), junk: true, is_rehearsal: true };
            commands.send(Command::Say(Box::new(request)));
        }
    }
}

/// Draws the step.
pub(crate) fn setup_ui(ctx: &Context, state: &mut SetupState, snapshot: &Snapshot, commands: &CommandSender) {
    let status = snapshot.status.as_deref();
    let account = status.and_then(|status| status.accounts.iter().find(|account| account.name == state.account));
    state.count(account, ctx.input(|input| input.time), commands);
    let learning = account.and_then(|account| account.learning.as_ref());
    let room = (ctx.content_rect().height() - AROUND).max(60.0);
    let modal = widgets::dialog(ctx, "add-account").show(ctx, |ui| {
        ui.set_width(theme::DIALOG_WIDTH.min(ctx.content_rect().width() - 60.0));
        title_ui(ui, state);
        ScrollArea::vertical().max_height(room).show(ui, |ui| {
            if let Some(trouble) = &state.trouble {
                widgets::banner(ui, &view::shown(trouble), Palette::of(ui).spam, |_| {});
                ui.add_space(4.0);
            }
            match state.step {
                Step::Folders => folders::folders_ui(ui, state),
                Step::Treatment => treatment::treatment_ui(ui, state),
                Step::Learn => learn::learn_ui(ui, state, account, commands),
                Step::Done => done::done_ui(ui, state, account),
            }
        });
        ui.add_space(theme::GAP);
        let is_on = status.is_some_and(|status| status.starts_at_login);
        buttons_ui(ui, state, (learning, is_on), commands);
    });
    // The dialog is placed by the size it had.
    if std::mem::replace(&mut state.size, modal.response.rect.size()) != modal.response.rect.size() {
        ctx.request_repaint();
    }
    // A click beside the dialog must not end it half way.
    if modal.should_close() && !modal.backdrop_response.clicked() {
        commands.send(Command::CloseDialog);
    }
}

fn title_ui(ui: &mut Ui, state: &SetupState) {
    let colors = Palette::of(ui);
    ui.heading(state.step.title());
    let account = view::shown(&state.account);
    let works = match state.found {
        Found::Report(_) => t!("setup-works", account = account),
        Found::Looking | Found::Failed(_) => account,
    };
    let step = t!("setup-step", step = state.step.number(), steps = Step::ALL.len());
    ui.add(Label::new(RichText::new(format!("{step} · {works}")).small().color(colors.dim)).wrap());
    ui.add_space(6.0);
}

/// A sentence of the step, in the usual size.
fn sentence_ui(ui: &mut Ui, text: String) {
    ui.add(Label::new(text).wrap());
    ui.add_space(2.0);
}

fn buttons_ui(
    ui: &mut Ui,
    state: &mut SetupState,
    (learning, starts_at_login): (Option<&LearningStatus>, bool),
    commands: &CommandSender,
) {
    ui.horizontal_wrapped(|ui| {
        let is_last = state.step == Step::Done;
        if !is_last && ui.button(t!("setup-later")).on_hover_text(t!("setup-later-tip")).clicked() {
            commands.send(Command::CloseDialog);
        }
        if state.step != Step::Folders && ui.button(t!("setup-back")).clicked() {
            state.turn(false);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let is_free = state.asked.is_none();
            let (text, weight) = next_words(state.step, learning);
            let next = ui.add_enabled_ui(is_free, |ui| widgets::icon_text_button(ui, Icon::Check, &text, weight)).inner;
            if is_free && !std::mem::replace(&mut state.is_focused, true) {
                next.request_focus();
            }
            if next.clicked() && is_last {
                finish(state, starts_at_login, commands);
            } else if next.clicked() {
                state.confirm(commands);
            }
            if is_last && ui.button(t!("setup-review")).clicked() {
                finish(state, starts_at_login, commands);
                commands.send(Command::Show(tamis_core::api::Show::Review));
            }
        });
    });
}

/// What the button that goes on says, and how much it stands out.
fn next_words(step: Step, learning: Option<&LearningStatus>) -> (String, Weight) {
    match step {
        Step::Folders | Step::Treatment => (t!("setup-next"), Weight::Main),
        // Whoever has begun to learn goes on; whoever has not passes it over.
        Step::Learn if learning.is_some_and(|learning| !learning.is_rehearsal) => (t!("setup-next"), Weight::Main),
        Step::Learn => (t!("setup-not-now"), Weight::Plain),
        Step::Done => (t!("setup-finish"), Weight::Main),
    }
}

fn finish(state: &SetupState, starts_at_login: bool, commands: &CommandSender) {
    if state.starts_at_login != starts_at_login {
        commands.send(Command::Autostart(state.starts_at_login));
    }
    commands.send(Command::CloseDialog);
}
