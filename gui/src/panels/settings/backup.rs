//! Everything in one file, and back.

use egui::{Id, Label, Response, RichText, Role, TextEdit, Ui};
use tamis_core::api::{Password, Request};

use crate::{
    command::{Command, CommandSender},
    icons::Icon,
    text::t,
    theme::{self, Palette},
    widgets::{self, Weight},
};

/// No path is longer.
const MOST_PATH: usize = 4000;

/// Nobody types more.
const MOST_PASSPHRASE: usize = 1000;

/// What the person has typed.
#[derive(Default)]
pub(super) struct BackupState {
    path: String,
    passphrase: String,
    /// The same once more: nobody opens a backup whose passphrase was mistyped.
    repeated: String,
    /// Whether what is there may be written over, or put aside.
    is_sure: bool,
}

/// So that no log has the passphrase.
impl std::fmt::Debug for BackupState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BackupState").field("path", &self.path).finish_non_exhaustive()
    }
}

impl BackupState {
    /// After what was asked for: the passphrase is not kept, and nobody is sure of the next thing.
    fn forget(&mut self) {
        (self.passphrase, self.repeated, self.is_sure) = (String::new(), String::new(), false);
    }
}

/// Draws the group. `false` if it is not sought.
pub(super) fn backup_ui(ui: &mut Ui, state: &mut BackupState, sought: &str, commands: &CommandSender) -> bool {
    let (title, about) = (t!("settings-backup"), t!("settings-backup-about"));
    if !title.to_lowercase().contains(sought) && !about.to_lowercase().contains(sought) {
        return false;
    }
    widgets::section(ui, &title);
    widgets::card(ui, |ui| {
        ui.add(Label::new(RichText::new(about).color(Palette::of(ui).dim)).wrap());
        ui.add_space(theme::GAP);
        let fields = ui.horizontal_wrapped(|ui| {
            let field = TextEdit::singleline(&mut state.path).id(Id::unique("backup-path"));
            let field = field.hint_text(t!("settings-backup-path-example")).char_limit(MOST_PATH).desired_width(340.0);
            let field = ui.add(field);
            widgets::name(ui, &field, Role::TextInput, &t!("settings-backup-path"));
            passphrase_ui(ui, "backup-passphrase", &mut state.passphrase, &t!("settings-backup-passphrase"));
            passphrase_ui(ui, "backup-repeated", &mut state.repeated, &t!("settings-backup-repeated"))
        });
        let is_mistyped = state.passphrase != state.repeated;
        // Whoever restores needs it but once, and whoever is still typing has mistyped nothing yet.
        let is_begun = fields.inner.has_focus() && state.passphrase.starts_with(&state.repeated);
        if is_mistyped && !is_begun && !state.repeated.is_empty() {
            ui.add(Label::new(RichText::new(t!("settings-backup-differ")).color(Palette::of(ui).spam)).wrap());
        }
        ui.horizontal_wrapped(|ui| {
            widgets::tick_box(ui, &mut state.is_sure, t!("settings-backup-sure"));
            let write =
                |ui: &mut Ui| widgets::icon_text_button(ui, Icon::File, &t!("settings-backup-write"), Weight::Plain);
            let write = ui.add_enabled_ui(!is_mistyped, write).inner;
            if write.on_disabled_hover_text(t!("settings-backup-twice")).clicked() {
                let request = Request::Backup {
                    path: state.path.trim().to_owned(),
                    passphrase: passphrase(state),
                    is_forced: state.is_sure,
                };
                commands.send(Command::Say(Box::new(request)));
                state.forget();
            }
            let restore =
                |ui: &mut Ui| widgets::icon_text_button(ui, Icon::Undo, &t!("settings-backup-restore"), Weight::Plain);
            // It replaces everything, so one press alone does nothing.
            if ui.add_enabled_ui(state.is_sure, restore).inner.clicked() {
                let request = Request::Restore {
                    path: state.path.trim().to_owned(),
                    passphrase: passphrase(state),
                    has_secrets: true,
                    is_forced: true,
                };
                commands.send(Command::Say(Box::new(request)));
                state.forget();
            }
        });
    });
    true
}

fn passphrase_ui(ui: &mut Ui, id: &str, text: &mut String, label: &str) -> Response {
    let field = TextEdit::singleline(text).id(Id::unique(id)).password(true).hint_text(label);
    let field = ui.add(field.char_limit(MOST_PASSPHRASE).desired_width(220.0));
    widgets::name(ui, &field, Role::PasswordInput, label);
    field
}

fn passphrase(state: &BackupState) -> Option<Password> {
    Some(state.passphrase.clone()).filter(|text| !text.is_empty()).map(Password)
}
