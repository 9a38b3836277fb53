//! Every setting, with a sentence: what it is, what it was when Tamis came, and a search among them.

mod backup;
mod control;
mod thresholds;
mod window;

use std::collections::BTreeMap;

use egui::{Align, CollapsingHeader, Id, Label, Layout, RichText, Role, ScrollArea, TextEdit, Ui, vec2};
use tamis_core::{
    api::{Reply, Request, SettingValue, SettingView, SettingsView},
    config::Setting,
};

use self::{backup::BackupState, thresholds::Thresholds};
use crate::{
    client::Snapshot,
    command::{Command, CommandSender},
    panels::status,
    prefs::Prefs,
    text::{Part, by_key, t},
    theme::{self, Palette},
    view, widgets,
};

/// The days of the histogram.
pub(crate) const HISTOGRAM_DAYS: u32 = 30;

/// Wider than this, a name and its control no longer belong together.
const PAGE_WIDTH: f32 = 900.0;

/// What is right of the name.
const CONTROL_WIDTH: f32 = 270.0;

/// What the person has done on the page.
#[derive(Debug, Default)]
pub(crate) struct SettingsState {
    search: String,
    /// What is being typed, by the key.
    drafts: BTreeMap<String, String>,
    thresholds: Thresholds,
    backup: BackupState,
}

impl SettingsState {
    /// What the page shows.
    pub(crate) fn watches() -> Vec<Request> {
        vec![Request::Settings, Request::Histogram { days: HISTOGRAM_DAYS }]
    }

    /// A setting was changed, or could not be.
    pub(crate) fn answered(&mut self, key: &str, is_done: bool) {
        self.thresholds.settle();
        if is_done {
            self.drafts.remove(key);
        }
    }
}

/// Draws the page.
pub(crate) fn settings_ui(
    ui: &mut Ui,
    snapshot: &Snapshot,
    prefs: Prefs,
    state: &mut SettingsState,
    commands: &CommandSender,
) {
    ui.horizontal(|ui| {
        ui.heading(t!("settings-title"));
        ui.add_space(theme::GAP * 2.0);
        let hint = t!("settings-search");
        let field = TextEdit::singleline(&mut state.search).id(Id::unique("search-settings")).hint_text(&hint);
        let field = ui.add(field.char_limit(100).desired_width(280.0));
        widgets::name(ui, &field, Role::SearchInput, &hint);
    });
    ui.add_space(theme::GAP);
    status::problems_ui(ui, snapshot, commands);
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.set_max_width(PAGE_WIDTH.min(ui.available_width()));
        let sought = state.search.trim().to_lowercase();
        let mut has_any = window::window_ui(ui, prefs, &sought, commands);
        match snapshot.answer(&Request::Settings) {
            Some(Ok(reply)) => {
                if let Reply::Settings(settings) = &**reply {
                    has_any |= groups_ui(ui, (snapshot, settings), &sought, state, commands);
                }
            }
            Some(Err(text)) => {
                widgets::banner(ui, &view::shown(text), Palette::of(ui).spam, |_| {});
                has_any = true;
            }
            None => _ = ui.label(t!("settings-loading")),
        }
        has_any |= backup::backup_ui(ui, &mut state.backup, &sought, commands);
        if !has_any {
            ui.label(t!("settings-nothing"));
        }
        ui.add_space(theme::GAP * 2.0);
    });
}

/// Draws every group that has something to show. `false` if none has.
fn groups_ui(
    ui: &mut Ui,
    (snapshot, settings): (&Snapshot, &SettingsView),
    sought: &str,
    state: &mut SettingsState,
    commands: &CommandSender,
) -> bool {
    let mut rest = settings.settings.as_slice();
    let mut has_any = false;
    while let Some(first) = rest.first() {
        let section = section_of(first);
        let length = rest.iter().take_while(|setting| section_of(setting) == section).count();
        let (group, more) = rest.split_at(length);
        rest = more;
        let title = title_of(section);
        let is_named = title.to_lowercase().contains(sought);
        let found: Vec<&SettingView> = group.iter().filter(|setting| is_named || is_sought(setting, sought)).collect();
        if found.is_empty() {
            continue;
        }
        has_any = true;
        // There are so many checks that they are in the way of everything else.
        if section == "checks" && sought.is_empty() {
            CollapsingHeader::new(&title).show(ui, |ui| group_ui(ui, &found, state, commands));
            continue;
        }
        widgets::section(ui, &title);
        widgets::card(ui, |ui| {
            if section == "judge" && sought.is_empty() {
                thresholds::thresholds_ui(ui, snapshot, &mut state.thresholds, commands);
            }
            group_ui(ui, &found, state, commands);
        });
    }
    if sought.is_empty() {
        ui.add_space(theme::GAP);
        let dim = Palette::of(ui).dim;
        let path = view::shown(&settings.path);
        for text in [t!("settings-file", path = path), t!("settings-elsewhere")] {
            ui.add(Label::new(RichText::new(text).small().color(dim)).wrap());
        }
        if ui.button(RichText::new(t!("about-open")).small()).clicked() {
            commands.send(Command::ShowAbout);
        }
    }
    has_any
}

fn group_ui(ui: &mut Ui, found: &[&SettingView], state: &mut SettingsState, commands: &CommandSender) {
    for (number, setting) in found.iter().enumerate() {
        if 0 < number {
            ui.separator();
        }
        setting_ui(ui, setting, &mut state.drafts, commands);
    }
}

/// What settings have in common that stand together: the section, or the account's name behind `account.`.
fn section_of(setting: &SettingView) -> &str {
    let of_account = Setting::of_account(&setting.key).map(|(account, _)| "account.".len() + account.len());
    let end = of_account.or_else(|| setting.key.find('.'));
    end.and_then(|end| setting.key.get(..end)).unwrap_or(&setting.key)
}

fn title_of(section: &str) -> String {
    match section.strip_prefix("account.") {
        Some(name) => t!("settings-account", name = view::shown(name)),
        None => by_key("group", section, Part::Name).unwrap_or_else(|| view::shown(section)),
    }
}

/// What a setting is called. A check and a symbol have no other name than their own.
pub(crate) fn name_of(key: &str) -> String {
    let own = key.strip_prefix("checks.").or_else(|| key.strip_prefix("scores.")).unwrap_or(key);
    by_key("setting", text_key(key), Part::Name).unwrap_or_else(|| view::shown(own))
}

/// The key by which the texts know it, whichever account it is of.
fn text_key(key: &str) -> &str {
    Setting::of_account(key).map_or(key, |(_, setting)| setting.key)
}

fn about(setting: &SettingView) -> String {
    by_key("setting", text_key(&setting.key), Part::About).unwrap_or_else(|| view::shown(&setting.sentence))
}

fn is_sought(setting: &SettingView, sought: &str) -> bool {
    let texts = [name_of(&setting.key), about(setting), setting.key.clone()];
    texts.iter().any(|text| text.to_lowercase().contains(sought))
}

fn setting_ui(ui: &mut Ui, setting: &SettingView, drafts: &mut BTreeMap<String, String>, commands: &CommandSender) {
    let colors = Palette::of(ui);
    let name = name_of(&setting.key);
    row_ui(ui, &name, &about(setting), |ui| {
        ui.push_id(&setting.key, |ui| control::control_ui(ui, setting, &name, drafts, commands));
        if setting.value != setting.default {
            let text = t!("settings-as-shipped");
            let button = ui.button(RichText::new(&text).small());
            widgets::name(ui, &button, Role::Button, &format!("{text}: {name}"));
            if button.clicked() {
                drafts.remove(&setting.key);
                send(setting, None, commands);
            }
        }
        if setting.needs_restart {
            ui.add(Label::new(RichText::new(t!("settings-restart")).small().color(colors.dim)).wrap());
        }
    });
}

/// A row: what it is on the left, and what can be done with it on the right.
fn row_ui(ui: &mut Ui, name: &str, about: &str, control: impl FnOnce(&mut Ui)) {
    let colors = Palette::of(ui);
    ui.horizontal_top(|ui| {
        let words = (ui.available_width() - CONTROL_WIDTH - theme::GAP * 2.0).max(160.0);
        ui.allocate_ui_with_layout(vec2(words, 0.0), Layout::top_down(Align::Min), |ui| {
            ui.set_width(words);
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.add(Label::new(RichText::new(name).font(theme::strong(theme::BODY))).wrap());
            ui.add(Label::new(RichText::new(about).color(colors.dim)).wrap());
        });
        ui.add_space(theme::GAP);
        ui.allocate_ui_with_layout(vec2(CONTROL_WIDTH, 0.0), Layout::top_down(Align::Min), |ui| {
            ui.set_width(CONTROL_WIDTH);
            control(ui);
        });
    });
}

fn send(setting: &SettingView, value: Option<SettingValue>, commands: &CommandSender) {
    commands.send(Command::Say(Box::new(Request::SetSetting { key: setting.key.clone(), value })));
}
