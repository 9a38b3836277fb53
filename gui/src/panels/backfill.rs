//! What an account can be asked to do: a look at its older mail, how far that has got and how to steer it; a digest.

use egui::{RichText, Role, Ui};
use tamis_core::api::{AccountStatus, BackfillStatus, Steer};

use crate::{
    command::{Command, CommandSender},
    text::t,
    theme::Palette,
    view, widgets,
};

/// How far back a person can choose to look, in days.
const SPANS: [u32; 3] = [7, 30, 90];

/// How long the bar is.
const BAR_WIDTH: f32 = 260.0;

/// Draws the lower part of an account's card.
pub(crate) fn backfill_ui(ui: &mut Ui, account: &AccountStatus, commands: &CommandSender) {
    let running = account.backfill.as_ref().filter(|backfill| !backfill.is_ended);
    if let Some(backfill) = running {
        running_ui(ui, account, backfill, commands);
    } else if let Some(ended) = &account.backfill {
        ui.label(RichText::new(view::backfill_words(ended)).small().color(Palette::of(ui).dim));
    }
    ui.horizontal(|ui| {
        if running.is_none() {
            offer_ui(ui, account, commands);
        }
        digest_ui(ui, account, commands);
    });
}

fn running_ui(ui: &mut Ui, account: &AccountStatus, backfill: &BackfillStatus, commands: &CommandSender) {
    let name = view::shown(&account.name);
    ui.label(view::backfill_words(backfill));
    ui.horizontal(|ui| {
        let share = f64::from(backfill.done) / f64::from(backfill.total.max(1));
        widgets::progress_bar(ui, share, BAR_WIDTH, &t!("account-older-of", account = &name));
        let (text, label, steer) = if backfill.is_paused {
            (t!("account-resume"), t!("account-resume-look", account = &name), Steer::Resume)
        } else {
            (t!("account-pause"), t!("account-pause-look", account = &name), Steer::Pause)
        };
        let stop = (t!("account-stop"), t!("account-stop-look", account = &name), Steer::Stop);
        for (text, label, steer) in [(text, label, steer), stop] {
            let button = ui.button(text);
            widgets::name(ui, &button, Role::Button, &label);
            if button.clicked() {
                commands.send(Command::Steer(account.name.clone(), steer));
            }
        }
    });
    ui.label(RichText::new(t!("account-look-harmless")).small().color(Palette::of(ui).dim));
}

fn offer_ui(ui: &mut Ui, account: &AccountStatus, commands: &CommandSender) {
    let menu = ui.menu_button(t!("account-look"), |ui| {
        for days in SPANS {
            if ui.button(t!("account-look-days", days = days)).clicked() {
                commands.send(Command::Backfill(account.name.clone(), days));
            }
        }
    });
    let name = view::shown(&account.name);
    widgets::name(ui, &menu.response, Role::Button, &t!("account-look-of", account = &name));
    menu.response.on_hover_text(t!("account-look-tip"));
}

fn digest_ui(ui: &mut Ui, account: &AccountStatus, commands: &CommandSender) {
    let button = ui.button(t!("account-digest"));
    let name = view::shown(&account.name);
    widgets::name(ui, &button, Role::Button, &t!("account-digest-to", account = &name));
    if button.clicked() {
        commands.send(Command::SendDigest(account.name.clone()));
    }
    button.on_hover_text(t!("account-digest-tip"));
}
