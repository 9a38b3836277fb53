//! Mail whose filing waits for the person's word: why, and the buttons that give it.

use egui::{Label, RichText, Role, Ui};
use tamis_core::api::AccountStatus;

use crate::{
    client::Snapshot,
    command::{Command, CommandSender},
    icons::Icon,
    text::t,
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
    let count = account.held;
    widgets::strip(ui, Icon::Tray, colors.accent, |ui| {
        let title = t!("review-held", count = count, account = name.as_str());
        ui.add(Label::new(RichText::new(title).font(theme::strong(theme::BODY))).wrap());
        let why = view::shown(&account.held_why);
        let why = why.trim_end_matches('.');
        let stays = t!("review-held-stays", count = count);
        let words = if why.is_empty() { stays } else { format!("{why}. {stays}") };
        ui.add(Label::new(words).wrap());
        ui.add_space(2.0);
        ui.horizontal(|ui| {
            let answer = |file| Command::AnswerHeld(account.name.clone(), file);
            for (icon, text, label, weight, command) in [
                (
                    Icon::Barred,
                    t!("review-held-file", count = count),
                    t!("review-held-file-name", account = name.as_str()),
                    Weight::Main,
                    answer(true),
                ),
                (
                    Icon::Check,
                    t!("review-held-leave", count = count),
                    t!("review-held-leave-name", account = name.as_str()),
                    Weight::Plain,
                    answer(false),
                ),
                (
                    Icon::Search,
                    t!("review-held-show", count = count),
                    t!("review-held-show-name", account = name.as_str()),
                    Weight::Plain,
                    Command::ShowHeld(account.name.clone()),
                ),
            ] {
                let button = widgets::icon_text_button(ui, icon, &text, weight);
                widgets::name(ui, &button, Role::Button, &label);
                if button.clicked() {
                    commands.send(command);
                }
            }
        });
    });
}
