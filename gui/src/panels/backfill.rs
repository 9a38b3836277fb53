//! What an account can be asked to do: a look at its older mail, how far that has got and how to steer it; a digest.

use egui::{RichText, Role, Ui};
use tamis_core::api::{AccountStatus, BackfillStatus, Steer};

use crate::{
    command::{Command, CommandSender},
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
        widgets::progress_bar(ui, share, BAR_WIDTH, &format!("Older mail of {name}"));
        let (text, steer) = if backfill.is_paused { ("Resume", Steer::Resume) } else { ("Pause", Steer::Pause) };
        for (text, steer) in [(text, steer), ("Stop", Steer::Stop)] {
            let button = ui.button(text);
            widgets::name(ui, &button, Role::Button, &format!("{text} the look at older mail of {name}"));
            if button.clicked() {
                commands.send(Command::Steer(account.name.clone(), steer));
            }
        }
    });
    let words = "Nothing is filed by this without your word";
    ui.label(RichText::new(words).small().color(Palette::of(ui).dim));
}

fn offer_ui(ui: &mut Ui, account: &AccountStatus, commands: &CommandSender) {
    let menu = ui.menu_button("Look at older mail too…", |ui| {
        for days in SPANS {
            if ui.button(format!("The last {days} days")).clicked() {
                commands.send(Command::Backfill(account.name.clone(), days));
            }
        }
    });
    let name = view::shown(&account.name);
    widgets::name(ui, &menu.response, Role::Button, &format!("Look at older mail of {name} too…"));
    let tip = "Judges what was in the inbox before Tamis came. Nothing is filed by it without your word";
    menu.response.on_hover_text(tip);
}

fn digest_ui(ui: &mut Ui, account: &AccountStatus, commands: &CommandSender) {
    let button = ui.button("Send a digest now");
    let name = view::shown(&account.name);
    widgets::name(ui, &button, Role::Button, &format!("Send a digest to {name} now"));
    if button.clicked() {
        commands.send(Command::SendDigest(account.name.clone()));
    }
    button.on_hover_text("Puts a message into the inbox that lists what was filed since the last one");
}
