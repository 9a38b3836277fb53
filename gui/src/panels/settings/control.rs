//! What a setting is changed with: a tick, a choice, or a field. A field is taken when it is left or by Enter.

use std::collections::BTreeMap;

use egui::{Checkbox, ComboBox, Key, Role, TextEdit, Ui, WidgetInfo};
use tamis_core::api::{SettingKind, SettingValue, SettingView};

use super::{CONTROL_WIDTH, send};
use crate::{
    command::CommandSender,
    text::{self, Part, by_key, t},
    view, widgets,
};

/// The longest text that is taken, in characters.
const MOST_CHARS: usize = 4_000;

pub(super) fn control_ui(
    ui: &mut Ui,
    setting: &SettingView,
    name: &str,
    drafts: &mut BTreeMap<String, String>,
    commands: &CommandSender,
) {
    match (&setting.kind, &setting.value) {
        (SettingKind::Switch, SettingValue::Switch(is_on)) => {
            let mut wanted = *is_on;
            let tick = ui.add(Checkbox::without_text(&mut wanted));
            let label = name.to_owned();
            tick.widget_info(move || WidgetInfo::selected(Role::CheckBox, true, wanted, label.clone()));
            if wanted != *is_on {
                send(setting, Some(SettingValue::Switch(wanted)), commands);
            }
        }
        (SettingKind::Choice(words), SettingValue::Text(word)) => {
            let shown = |word: &str| by_key("choice", word, Part::Name).unwrap_or_else(|| view::shown(word));
            let list =
                ComboBox::from_id_salt("choice").selected_text(shown(word)).width(CONTROL_WIDTH - 8.0).height(320.0);
            let chosen = list.show_ui(ui, |ui| {
                for other in words {
                    if ui.selectable_label(other == word, shown(other)).clicked() && other != word {
                        send(setting, Some(SettingValue::Text(other.clone())), commands);
                    }
                }
            });
            widgets::name(ui, &chosen.response, Role::ComboBox, name);
        }
        _ => field_ui(ui, setting, name, drafts, commands),
    }
}

fn field_ui(
    ui: &mut Ui,
    setting: &SettingView,
    name: &str,
    drafts: &mut BTreeMap<String, String>,
    commands: &CommandSender,
) {
    let is_secret = setting.kind == SettingKind::Secret;
    let is_list = setting.kind == SettingKind::List;
    let was = if is_secret { String::new() } else { written(&setting.value) };
    let mut draft = drafts.get(&setting.key).unwrap_or(&was).clone();
    let hint = match setting.kind {
        SettingKind::Secret => t!("settings-secret-hint"),
        SettingKind::List => t!("settings-list-hint"),
        SettingKind::Switch
        | SettingKind::Points
        | SettingKind::Number(..)
        | SettingKind::Size
        | SettingKind::Time
        | SettingKind::Clock
        | SettingKind::Choice(_)
        | SettingKind::Text => String::new(),
    };
    let field = if is_list {
        TextEdit::multiline(&mut draft).desired_rows(2)
    } else {
        TextEdit::singleline(&mut draft).password(is_secret)
    };
    let field = ui.add(field.char_limit(MOST_CHARS).hint_text(hint).desired_width(width(&setting.kind)));
    widgets::name(ui, &field, Role::TextInput, name);
    if is_secret {
        let is_set = setting.value != SettingValue::Text(String::new());
        let said = if is_set { t!("settings-secret-set") } else { t!("settings-secret-unset") };
        ui.label(egui::RichText::new(said).small().color(crate::theme::Palette::of(ui).dim));
    }
    let is_given_up = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Escape));
    if is_given_up || draft == was {
        drafts.remove(&setting.key);
        return;
    }
    if field.lost_focus()
        && let Some(value) = read(&setting.kind, &draft)
    {
        send(setting, Some(value), commands);
    }
    drafts.insert(setting.key.clone(), draft);
}

fn width(kind: &SettingKind) -> f32 {
    match kind {
        SettingKind::Points | SettingKind::Number(..) | SettingKind::Clock => 90.0,
        SettingKind::Size | SettingKind::Time => 130.0,
        SettingKind::Switch | SettingKind::Choice(_) | SettingKind::Text | SettingKind::List | SettingKind::Secret => {
            CONTROL_WIDTH - 16.0
        }
    }
}

/// A value as it stands in a field.
fn written(value: &SettingValue) -> String {
    match value {
        SettingValue::Switch(is_on) => is_on.to_string(),
        SettingValue::Number(number) => number_words(*number),
        SettingValue::Text(text) => text.clone(),
        SettingValue::List(texts) => texts.join("\n"),
    }
}

/// A number with the point or comma of the language, and no separators of thousands, so that it can be typed over.
pub(super) fn number_words(number: f64) -> String {
    let text = number.to_string();
    if text::spoken() == "de" { text.replace('.', ",") } else { text }
}

/// What a field says. What is no number is given to the agent as it is, which says what is wrong with it.
fn read(kind: &SettingKind, text: &str) -> Option<SettingValue> {
    Some(match kind {
        SettingKind::Points | SettingKind::Number(..) => match text.trim().replace(',', ".").parse() {
            Ok(number) => SettingValue::Number(number),
            Err(_) => SettingValue::Text(text.to_owned()),
        },
        SettingKind::Size | SettingKind::Time | SettingKind::Clock | SettingKind::Text | SettingKind::Secret => {
            SettingValue::Text(text.to_owned())
        }
        SettingKind::List => SettingValue::List(text.lines().map(str::to_owned).collect()),
        SettingKind::Switch | SettingKind::Choice(_) => return None,
    })
}
