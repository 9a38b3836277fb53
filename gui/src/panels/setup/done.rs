//! What happens now, and whether Tamis starts at login.

use egui::{Label, RichText, Ui};
use tamis_core::api::{AccountState, AccountStatus, Treatment};

use super::{Found, SetupState, sentence_ui};
use crate::{icons::Icon, panels::account_dialog::line_ui, text::t, theme::Palette, view, widgets};

pub(super) fn done_ui(ui: &mut Ui, state: &mut SetupState, account: Option<&AccountStatus>) {
    let colors = Palette::of(ui);
    // What is wrong with it since it was tried should not be found out later.
    if let Some(account) = account.filter(|account| account.state == AccountState::NeedsYou) {
        line_ui(ui, Icon::Warning, colors.spam, &view::shown(&account.text));
    }
    // What was chosen and not confirmed is not what happens.
    let (treatment, junk) = match &state.found {
        Found::Report(report) => (report.treatment, report.junk_folder.as_deref()),
        Found::Looking | Found::Failed(_) => (state.treatment, None),
    };
    let junk = junk.map_or_else(|| "Junk".to_owned(), view::shown);
    let now = match treatment {
        Some(Treatment::Mark) => t!("setup-done-mark"),
        Some(Treatment::Apart) => t!("setup-done-apart", junk = junk),
        Some(Treatment::File) => t!("setup-done-file", junk = junk),
        None => t!("setup-done-own"),
    };
    sentence_ui(ui, now);
    sentence_ui(ui, t!("setup-done-icon"));
    ui.add_space(4.0);
    widgets::tick_box(ui, &mut state.starts_at_login, t!("accounts-autostart"));
    ui.add(Label::new(RichText::new(t!("accounts-autostart-text")).small().color(colors.dim)).wrap());
}
