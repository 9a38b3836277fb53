//! The accounts: how each one is, a new one, one less.

use egui::{Align, Context, Layout, RichText, ScrollArea, Ui};
use tamis_core::api::{AccountState, AccountStatus};

use crate::{
    client::Snapshot,
    command::{Command, CommandSender},
    icons::Icon,
    panels::{backfill, held, status},
    theme::{self, Palette},
    view,
    widgets::{self, Weight},
};

/// Draws the screen.
pub(crate) fn accounts_ui(ui: &mut Ui, snapshot: &Snapshot, commands: &CommandSender) {
    ui.horizontal(|ui| {
        ui.heading("Accounts");
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let has_some = snapshot.status.as_deref().is_some_and(|status| !status.accounts.is_empty());
            if has_some && widgets::icon_text_button(ui, Icon::Plus, "Add account…", Weight::Main).clicked() {
                commands.send(Command::OpenAccountDialog);
            }
        });
    });
    ui.add_space(theme::GAP);
    status::problems_ui(ui, snapshot, commands);
    held::held_ui(ui, snapshot, commands);
    let Some(status) = snapshot.status.as_deref() else { return };
    if status.accounts.is_empty() {
        return welcome_ui(ui, commands);
    }
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.set_max_width(720.0);
        for account in &status.accounts {
            account_ui(ui, account, commands);
        }
    });
}

/// Invites a person who has no account yet.
pub(crate) fn welcome_ui(ui: &mut Ui, commands: &CommandSender) {
    let text = "Tamis watches your mailboxes over IMAP and sifts out the spam. It needs an address and its password. \
                It deletes no mail unless you want it to, and what it learns stays on this computer";
    widgets::empty_page(ui, Icon::Shield, "Welcome to Tamis", text, |ui| {
        if widgets::icon_text_button(ui, Icon::Plus, "Add account…", Weight::Main).clicked() {
            commands.send(Command::OpenAccountDialog);
        }
    });
}

fn account_ui(ui: &mut Ui, account: &AccountStatus, commands: &CommandSender) {
    let colors = Palette::of(ui);
    let color = match account.state {
        AccountState::Watching => colors.ham,
        AccountState::Connecting | AccountState::Working | AccountState::Retrying | AccountState::Offline => {
            colors.unsure
        }
        AccountState::NeedsYou => colors.spam,
    };
    widgets::card(ui, |ui| {
        ui.horizontal(|ui| {
            let name = view::shown(&account.name);
            let address = view::shown(&account.address);
            ui.label(RichText::new(&name).font(theme::strong(15.0)));
            if address != name {
                ui.label(RichText::new(address).color(colors.dim));
            }
            widgets::chip(ui, view::state_words(account.state), color);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let button = ui.button("Remove…");
                widgets::name(ui, &button, egui::Role::Button, &format!("Remove {name}…"));
                if button.clicked() {
                    commands.send(Command::AskRemoveAccount(account.name.clone()));
                }
            });
        });
        ui.label(view::shown(&account.text));
        let junk = match &account.junk_folder {
            Some(folder) => format!("Junk goes to the folder {}", view::shown(folder)),
            None => "The Junk folder is not known yet".to_owned(),
        };
        ui.label(RichText::new(junk).small().color(colors.dim));
        ui.add_space(2.0);
        backfill::backfill_ui(ui, account, commands);
    });
    ui.add_space(4.0);
}

/// Asks once whether an account should go.
pub(crate) fn remove_ui(ctx: &Context, name: &str, commands: &CommandSender) {
    let modal = widgets::dialog(ctx, "remove-account").show(ctx, |ui| {
        ui.set_width(theme::DIALOG_WIDTH - 60.0);
        let shown = view::shown(name);
        ui.heading(format!("Remove {shown}?"));
        ui.add_space(4.0);
        ui.label(
            "Tamis stops watching this account and forgets its password. Mail on the server stays as it is, and what \
             was learned is kept. This cannot be undone, but the account can be added again",
        );
        ui.add_space(theme::GAP);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if ui.button("Remove account").clicked() {
                commands.send(Command::RemoveAccount(name.to_owned()));
            }
            if ui.button("Keep it").clicked() {
                commands.send(Command::CloseDialog);
            }
        });
    });
    if modal.should_close() {
        commands.send(Command::CloseDialog);
    }
}
