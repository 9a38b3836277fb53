//! Learning from the mail that is there: the offer, how far it has got and how to steer it, and what came of it.

use egui::{CollapsingHeader, Label, RichText, Role, Ui};
use tamis_core::api::{AccountState, AccountStatus, LearningDoubt, LearningStatus, Steer};

use crate::{
    command::{Command, CommandSender},
    icons::Icon,
    text::t,
    theme::{self, Palette},
    view,
    widgets::{self, Weight},
};

/// How long the bar is.
const BAR_WIDTH: f32 = 260.0;

/// Draws its part of an account's card.
pub(crate) fn learning_ui(ui: &mut Ui, account: &AccountStatus, commands: &CommandSender) {
    match &account.learning {
        Some(learning) if !learning.is_ended => running_ui(ui, account, learning, commands),
        Some(learning) if !learning.is_rehearsal => {
            report_ui(ui, account, learning, commands);
        }
        Some(_) | None if account.state == AccountState::Watching => offer_ui(ui, account, commands),
        Some(_) | None => {}
    }
}

fn offer_ui(ui: &mut Ui, account: &AccountStatus, commands: &CommandSender) {
    let (colors, name) = (Palette::of(ui), view::shown(&account.name));
    ui.add_space(4.0);
    widgets::strip(ui, Icon::Letters, colors.accent, |ui| {
        ui.label(RichText::new(t!("learning-offer")).font(theme::strong(theme::BODY)));
        ui.add(Label::new(t!("learning-offer-text")).wrap());
        ui.add_space(2.0);
        begin_ui(ui, account, &name, commands);
    });
    ui.add_space(4.0);
}

fn begin_ui(ui: &mut Ui, account: &AccountStatus, name: &str, commands: &CommandSender) {
    ui.horizontal_wrapped(|ui| {
        let all = (t!("learning-begin"), t!("learning-begin-name", account = name), Weight::Main, true);
        let some =
            (t!("learning-begin-no-junk"), t!("learning-begin-no-junk-name", account = name), Weight::Plain, false);
        for (text, label, weight, has_junk) in [all, some] {
            let button = widgets::icon_text_button(ui, Icon::Check, &text, weight);
            widgets::name(ui, &button, Role::Button, &label);
            if button.clicked() {
                commands.send(Command::Learn(account.name.clone(), has_junk));
            }
        }
    });
}

/// How far it has got, and what steers it.
pub(crate) fn running_ui(ui: &mut Ui, account: &AccountStatus, learning: &LearningStatus, commands: &CommandSender) {
    let name = view::shown(&account.name);
    ui.add(Label::new(view::learning_words(learning)).wrap());
    ui.horizontal_wrapped(|ui| {
        let share = f64::from(learning.done) / f64::from(learning.total.max(1));
        let width = BAR_WIDTH.min(ui.available_width());
        widgets::progress_bar(ui, share, width, &t!("learning-bar", account = &name));
        let pause = if learning.is_paused {
            (t!("learning-resume"), t!("learning-resume-name", account = &name), Steer::Resume)
        } else {
            (t!("learning-pause"), t!("learning-pause-name", account = &name), Steer::Pause)
        };
        let stop = (t!("learning-stop"), t!("learning-stop-name", account = &name), Steer::Stop);
        for (text, label, steer) in [pause, stop] {
            let button = ui.button(text);
            widgets::name(ui, &button, Role::Button, &label);
            if button.clicked() {
                commands.send(Command::SteerLearning(account.name.clone(), steer));
            }
        }
    });
    ui.label(RichText::new(t!("learning-moves-nothing")).small().color(Palette::of(ui).dim));
}

fn report_ui(ui: &mut Ui, account: &AccountStatus, learning: &LearningStatus, commands: &CommandSender) {
    let (colors, name) = (Palette::of(ui), view::shown(&account.name));
    ui.add(Label::new(view::learning_words(learning)).wrap());
    for line in view::learning_report(learning) {
        ui.add(Label::new(RichText::new(line).small().color(colors.dim)).wrap());
    }
    if !learning.doubts.is_empty() && !learning.is_undone {
        doubts_ui(ui, &name, learning);
    }
    ui.horizontal_wrapped(|ui| {
        if let Some(batch) = learning.undo.filter(|_| !learning.is_undone) {
            let button = widgets::icon_text_button(ui, Icon::Undo, &t!("learning-take-all-back"), Weight::Plain);
            widgets::name(ui, &button, Role::Button, &t!("learning-take-all-back-name", account = &name));
            if button.clicked() {
                commands.send(Command::Undo(Some(batch)));
            }
        }
        let menu = ui.menu_button(t!("learning-again"), |ui| {
            for (text, has_junk) in [(t!("learning-again-junk"), true), (t!("learning-again-no-junk"), false)] {
                if ui.button(text).clicked() {
                    commands.send(Command::Learn(account.name.clone(), has_junk));
                }
            }
        });
        widgets::name(ui, &menu.response, Role::Button, &t!("learning-again-name", account = &name));
        menu.response.on_hover_text(t!("learning-again-tip"));
    });
}

fn doubts_ui(ui: &mut Ui, name: &str, learning: &LearningStatus) {
    let title = t!("learning-doubts", account = name);
    CollapsingHeader::new(title).default_open(false).show(ui, |ui| {
        for LearningDoubt { folder, label, from, subject, .. } in &learning.doubts {
            let [folder, from, subject] = [folder, from, subject].map(|text| view::shown(text));
            let line = if label == "spam" {
                t!("learning-doubt-good", folder = folder, from = from, subject = subject)
            } else {
                t!("learning-doubt-spam", folder = folder, from = from, subject = subject)
            };
            ui.add(Label::new(line).wrap());
        }
    });
}
