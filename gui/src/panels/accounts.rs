//! The accounts: how each one is, a new one, one less.

use egui::{Align, Context, Layout, RichText, ScrollArea, Ui};
use tamis_core::api::{AccountState, AccountStatus, Hears};

use crate::{
    client::Snapshot,
    command::{Command, CommandSender},
    icons::Icon,
    panels::{backfill, held, learning, pause, sign_in, status},
    text::t,
    theme::{self, Palette},
    view,
    widgets::{self, Weight},
};

/// Draws the screen.
pub(crate) fn accounts_ui(ui: &mut Ui, snapshot: &Snapshot, commands: &CommandSender) {
    ui.horizontal(|ui| {
        ui.heading(t!("side-accounts"));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let has_some = snapshot.status.as_deref().is_some_and(|status| !status.accounts.is_empty());
            if has_some && widgets::icon_text_button(ui, Icon::Plus, &t!("shell-add-account"), Weight::Main).clicked() {
                commands.send(Command::OpenAccountDialog);
            }
        });
    });
    ui.add_space(theme::GAP);
    let Some(status) = snapshot.status.as_deref() else { return status::problems_ui(ui, snapshot, commands) };
    if status.accounts.is_empty() {
        status::problems_ui(ui, snapshot, commands);
        return welcome_ui(ui, commands);
    }
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.set_max_width(720.0);
        status::all_problems_ui(ui, snapshot, commands);
        held::held_ui(ui, snapshot, commands);
        for account in &status.accounts {
            account_ui(ui, account, commands);
        }
        autostart_ui(ui, status.starts_at_login, commands);
        ui.add_space(theme::GAP);
    });
}

/// Invites a person who has no account yet.
pub(crate) fn welcome_ui(ui: &mut Ui, commands: &CommandSender) {
    widgets::empty_page(ui, Icon::Shield, &t!("accounts-welcome"), &t!("accounts-welcome-text"), |ui| {
        if widgets::icon_text_button(ui, Icon::Plus, &t!("shell-add-account"), Weight::Main).clicked() {
            commands.send(Command::OpenAccountDialog);
        }
    });
}

/// The one setting of the program itself.
fn autostart_ui(ui: &mut Ui, is_on: bool, commands: &CommandSender) {
    let mut wanted = is_on;
    ui.add_space(theme::GAP);
    if widgets::tick_box(ui, &mut wanted, t!("accounts-autostart")).changed() {
        commands.send(Command::Autostart(wanted));
    }
    ui.label(RichText::new(t!("accounts-autostart-text")).small().color(Palette::of(ui).dim));
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
            ui.label(RichText::new(&name).font(theme::strong(theme::LARGE)));
            if address != name {
                ui.label(RichText::new(address).color(colors.dim));
            }
            widgets::chip(ui, &view::state_words(account.state), color);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let button = ui.button(t!("accounts-remove"));
                widgets::name(ui, &button, egui::Role::Button, &t!("accounts-remove-name", account = &name));
                if button.clicked() {
                    commands.send(Command::AskRemoveAccount(account.name.clone()));
                }
                let button = ui.button(t!("accounts-setup"));
                widgets::name(ui, &button, egui::Role::Button, &t!("accounts-setup-name", account = &name));
                if button.clicked() {
                    commands.send(Command::OpenSetup(account.name.clone()));
                }
            });
        });
        ui.label(view::shown(&account.text));
        health_ui(ui, account, commands);
        let junk = match &account.junk_folder {
            Some(folder) => t!("accounts-junk", folder = view::shown(folder)),
            None => t!("accounts-junk-unknown"),
        };
        ui.label(RichText::new(junk).small().color(colors.dim));
        if let Some(servers) = view::servers_words(account) {
            ui.label(RichText::new(servers).small().color(colors.dim));
        }
        ui.add_space(2.0);
        learning::learning_ui(ui, account, commands);
        backfill::backfill_ui(ui, account, commands);
    });
    ui.add_space(4.0);
}

/// What to do if anything is to be done, and how the connection is.
fn health_ui(ui: &mut Ui, account: &AccountStatus, commands: &CommandSender) {
    let colors = Palette::of(ui);
    if let Some(advice) = advice(account.state) {
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new(advice).color(colors.dim));
            let button = ui.button(t!("accounts-try-now"));
            let name = t!("accounts-try-now-name", account = view::shown(&account.name));
            widgets::name(ui, &button, egui::Role::Button, &name);
            if button.clicked() {
                commands.send(Command::CheckNow);
            }
            if account.state == AccountState::NeedsYou && !account.issuer.is_empty() {
                sign_in::again_ui(ui, (&account.name, &account.issuer), commands);
            }
        });
    }
    let health = account.health;
    let mut facts = Vec::new();
    match health.hears {
        Hears::Nothing => {}
        Hears::AtOnce => facts.push(t!("accounts-hears-at-once")),
        Hears::Every(seconds) => facts.push(t!("accounts-hears-every", minutes = seconds.div_ceil(60))),
    }
    if 0 < health.looked_at {
        facts.push(t!("accounts-looked", time = pause::clock(health.looked_at)));
    }
    if 0 < health.pending {
        facts.push(t!("accounts-pending", count = health.pending));
    }
    if !facts.is_empty() {
        ui.label(RichText::new(facts.join(" · ")).small().color(colors.dim));
    }
}

/// What the person can do about it; `None` if nothing is wrong.
fn advice(state: AccountState) -> Option<String> {
    match state {
        AccountState::NeedsYou => Some(t!("accounts-do-needs-you")),
        AccountState::Retrying => Some(t!("accounts-do-retrying")),
        AccountState::Offline => Some(t!("accounts-do-offline")),
        AccountState::Connecting | AccountState::Watching | AccountState::Working => None,
    }
}

/// Asks once whether an account should go.
pub(crate) fn remove_ui(ctx: &Context, name: &str, commands: &CommandSender) {
    let modal = widgets::dialog(ctx, "remove-account").show(ctx, |ui| {
        ui.set_width(theme::DIALOG_WIDTH - 60.0);
        let shown = view::shown(name);
        ui.heading(t!("accounts-remove-ask", account = &shown));
        ui.add_space(4.0);
        ui.label(t!("accounts-remove-text"));
        ui.add_space(theme::GAP);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if ui.button(t!("accounts-remove-yes")).clicked() {
                commands.send(Command::RemoveAccount(name.to_owned()));
            }
            if ui.button(t!("accounts-remove-no")).clicked() {
                commands.send(Command::CloseDialog);
            }
        });
    });
    if modal.should_close() {
        commands.send(Command::CloseDialog);
    }
}
