//! Mail whose filing waits for the person's word: why, and the buttons that give it.

use egui::{Label, RichText, Role, Ui};
use tamis_core::api::AccountStatus;

use crate::{
    client::Snapshot,
    command::{Command, CommandSender},
    icons::Icon,
    theme::{self, Palette},
    view,
    widgets::{self, Weight},
};

/// Draws a strip for each account in which mail waits.
pub(crate) fn held_ui(ui: &mut Ui, snapshot: &Snapshot, commands: &CommandSender) {
    let accounts = snapshot.status.as_deref().map_or(&[][..], |status| &status.accounts);
    for account in accounts.iter().filter(|account| 0 < account.held) {
        account_ui(ui, account, commands);
        ui.add_space(theme::GAP);
    }
}

fn account_ui(ui: &mut Ui, account: &AccountStatus, commands: &CommandSender) {
    let colors = Palette::of(ui);
    let name = view::shown(&account.name);
    let verb = if account.held == 1 { "waits" } else { "wait" };
    widgets::strip(ui, Icon::Tray, colors.accent, |ui| {
        let title = format!("{} in {name} {verb} for you", view::count(account.held, "message"));
        ui.add(Label::new(RichText::new(title).font(theme::strong(theme::BODY))).wrap());
        let why = view::shown(&account.held_why);
        let why = why.trim_end_matches('.');
        let stays = if account.held == 1 { "It is still in the inbox" } else { "They are still in the inbox" };
        let words = if why.is_empty() { stays.to_owned() } else { format!("{why}. {stays}") };
        ui.add(Label::new(words).wrap());
        ui.add_space(2.0);
        ui.horizontal(|ui| {
            for (icon, text, weight, command) in [
                (Icon::Barred, "File", Weight::Main, Command::AnswerHeld(account.name.clone(), true)),
                (Icon::Check, "Leave", Weight::Plain, Command::AnswerHeld(account.name.clone(), false)),
                (Icon::Search, "Show", Weight::Plain, Command::ShowHeld(account.name.clone())),
            ] {
                let them = if account.held == 1 { "it" } else { "them" };
                let button = widgets::icon_text_button(ui, icon, &format!("{text} {them}"), weight);
                widgets::name(ui, &button, Role::Button, &format!("{text} what waits in {name}"));
                if button.clicked() {
                    commands.send(command);
                }
            }
        });
    });
}
