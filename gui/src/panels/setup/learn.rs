//! Learning from what is there: what would be read, the person's word, how far it has got.

use egui::{Label, RichText, Role, Ui};
use tamis_core::api::{AccountStatus, LearningStatus};

use super::{SetupState, sentence_ui};
use crate::{
    command::{Command, CommandSender},
    icons::Icon,
    panels::learning,
    text::t,
    theme::Palette,
    view,
    widgets::{self, Weight},
};

/// How often it is looked whether counting takes too long, in seconds.
const LOOK_AGAIN: f32 = 5.0;

pub(super) fn learn_ui(ui: &mut Ui, state: &mut SetupState, account: Option<&AccountStatus>, commands: &CommandSender) {
    match account.and_then(|account| Some((account, account.learning.as_ref()?))) {
        Some((account, running)) if !running.is_ended && !running.is_rehearsal => {
            learning::running_ui(ui, account, running, commands);
            sentence_ui(ui, t!("setup-learn-goes-on"));
        }
        Some((_, ended)) if !ended.is_rehearsal => {
            sentence_ui(ui, view::learning_words(ended));
            for line in view::learning_report(ended) {
                ui.add(Label::new(RichText::new(line).small().color(Palette::of(ui).dim)).wrap());
            }
        }
        Some((account, counted)) if counted.is_ended => offer_ui(ui, state, (account, counted), commands),
        Some(_) | None if state.is_uncounted => uncounted_ui(ui, state, commands),
        Some(_) | None => {
            sentence_ui(ui, t!("setup-learn-text"));
            ui.label(RichText::new(t!("learning-counting")).color(Palette::of(ui).dim));
            ui.ctx().request_repaint_after_secs(LOOK_AGAIN);
        }
    }
}

/// What there is is not known, or not yet: the person may ask once more, and need not wait for it.
fn uncounted_ui(ui: &mut Ui, state: &mut SetupState, commands: &CommandSender) {
    sentence_ui(ui, t!("setup-learn-text"));
    sentence_ui(ui, t!("setup-learn-uncounted"));
    widgets::tick_box(ui, &mut state.has_junk, t!("setup-learn-junk"));
    ui.add_space(4.0);
    ui.horizontal_wrapped(|ui| {
        let name = t!("learning-begin-name", account = view::shown(&state.account));
        let begin = widgets::icon_text_button(ui, Icon::Check, &t!("learning-begin"), Weight::Plain);
        widgets::name(ui, &begin, Role::Button, &name);
        if begin.clicked() {
            commands.send(Command::Learn(state.account.clone(), state.has_junk));
        }
        if ui.button(t!("setup-learn-again")).clicked() {
            (state.counting_since, state.is_uncounted, state.trouble) = (None, false, None);
        }
    });
}

/// What there is to learn from, and the question whether to.
fn offer_ui(
    ui: &mut Ui,
    state: &mut SetupState,
    (account, counted): (&AccountStatus, &LearningStatus),
    commands: &CommandSender,
) {
    let colors = Palette::of(ui);
    if counted.total == 0 {
        return sentence_ui(ui, t!("setup-learn-nothing"));
    }
    sentence_ui(ui, t!("setup-learn-text"));
    let wanted = counted.folders.iter().filter(|folder| state.has_junk || folder.label != "spam");
    for folder in wanted.filter(|folder| 0 < folder.messages) {
        let name = view::shown(&folder.name);
        let line = if folder.label == "spam" {
            t!("setup-learn-spam", folder = name, messages = folder.messages)
        } else {
            t!("setup-learn-good", folder = name, messages = folder.messages)
        };
        ui.add(Label::new(RichText::new(line).color(colors.dim)).wrap());
    }
    if 0 < counted.spam {
        widgets::tick_box(ui, &mut state.has_junk, t!("setup-learn-junk"));
    }
    ui.add_space(4.0);
    let begin = widgets::icon_text_button(ui, Icon::Check, &t!("learning-begin"), Weight::Main);
    widgets::name(ui, &begin, Role::Button, &t!("learning-begin-name", account = view::shown(&account.name)));
    if begin.clicked() {
        commands.send(Command::Learn(account.name.clone(), state.has_junk));
    }
}
