//! The look at an account's older mail: the offer, how far it has got, and how to steer it.

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
    if let Some(backfill) = &account.backfill {
        let words = view::backfill_words(backfill);
        if !backfill.is_ended {
            ui.label(&words);
            return running_ui(ui, account, backfill, commands);
        }
        ui.label(RichText::new(words).small().color(Palette::of(ui).dim));
    }
    offer_ui(ui, account, commands);
}

fn running_ui(ui: &mut Ui, account: &AccountStatus, backfill: &BackfillStatus, commands: &CommandSender) {
    let name = view::shown(&account.name);
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
    let name = view::shown(&account.name);
    ui.horizontal(|ui| {
        let menu = ui.menu_button("Look at older mail too…", |ui| {
            for days in SPANS {
                if ui.button(format!("The last {days} days")).clicked() {
                    commands.send(Command::Backfill(account.name.clone(), days));
                }
            }
        });
        widgets::name(ui, &menu.response, Role::Button, &format!("Look at older mail of {name} too…"));
        let tip = "Judges what was in the inbox before Tamis came. Nothing is filed by it without your word";
        menu.response.on_hover_text(tip);
        let digest = ui.button("Send a digest now");
        widgets::name(ui, &digest, Role::Button, &format!("Send a digest to {name} now"));
        if digest.clicked() {
            commands.send(Command::SendDigest(account.name.clone()));
        }
        digest.on_hover_text("Puts a message into the inbox that lists what was filed since the last one");
    });
}
