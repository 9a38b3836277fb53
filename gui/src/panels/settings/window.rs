//! What the window remembers of itself: colours and language.

use egui::{ComboBox, Role, Ui};

use super::row_ui;
use crate::{
    command::{Command, CommandSender},
    prefs::{Language, Look, Prefs},
    text::t,
    widgets,
};

/// Draws the group of the window itself. `false` if nothing of it is sought.
pub(super) fn window_ui(ui: &mut Ui, prefs: Prefs, sought: &str, commands: &CommandSender) -> bool {
    let title = t!("settings-window");
    let looks = [
        (Look::System, t!("settings-colours-system")),
        (Look::Light, t!("settings-colours-light")),
        (Look::Dark, t!("settings-colours-dark")),
    ];
    // A language is called what its speakers call it.
    let languages = [
        (Language::System, t!("settings-language-system")),
        (Language::English, "English".to_owned()),
        (Language::German, "Deutsch".to_owned()),
    ];
    let (colours, colours_about) = (t!("settings-colours"), t!("settings-colours-about"));
    let (language, language_about) = (t!("settings-language"), t!("settings-language-about"));
    let is_sought =
        |texts: [&str; 2]| [texts[0], texts[1], &title].iter().any(|text| text.to_lowercase().contains(sought));
    let has_colours = is_sought([&colours, &colours_about]);
    let has_language = is_sought([&language, &language_about]);
    if !has_colours && !has_language {
        return false;
    }
    widgets::section(ui, &title);
    widgets::card(ui, |ui| {
        if has_colours {
            row_ui(ui, &colours, &colours_about, |ui| {
                choice_ui(ui, &colours, (prefs.look, &looks), |look| commands.send(Command::Look(look)));
            });
        }
        if has_colours && has_language {
            ui.separator();
        }
        if has_language {
            row_ui(ui, &language, &language_about, |ui| {
                choice_ui(ui, &language, (prefs.language, &languages), |of| commands.send(Command::Speak(of)));
            });
        }
    });
    true
}

fn choice_ui<T: Copy + PartialEq>(ui: &mut Ui, name: &str, (is, all): (T, &[(T, String)]), choose: impl Fn(T)) {
    let shown = all.iter().find(|(value, _)| *value == is).map_or("", |(_, words)| words);
    let chosen = ComboBox::from_id_salt(name).selected_text(shown).width(180.0).show_ui(ui, |ui| {
        for (value, words) in all {
            if ui.selectable_label(*value == is, words).clicked() {
                choose(*value);
            }
        }
    });
    widgets::name(ui, &chosen.response, Role::ComboBox, name);
}
