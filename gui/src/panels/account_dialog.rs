//! The dialog for a new account: a form, a test that explains itself, and a button that keeps it.

use egui::{Align, Context, Grid, Layout, RichText, ScrollArea, TextEdit, Ui};
use tamis_core::api::{AccountForm, AccountReport, Password};

use crate::{
    command::{Command, CommandSender},
    icons::Icon,
    theme::{self, Palette},
    view,
    widgets::{self, Weight},
};

/// What the person has typed, and what came of it.
#[derive(Debug, Default)]
pub(crate) struct AccountDialog {
    address: String,
    host: String,
    /// Until the person types a server, it follows the address.
    host_typed: bool,
    port: String,
    security: Security,
    user: String,
    password: String,
    password_command: String,
    ca_file: String,
    junk_folder: String,
    pub(crate) progress: Progress,
    focused: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Security {
    #[default]
    Tls,
    StartTls,
    Nothing,
}

/// How far the dialog is.
#[derive(Debug, Default)]
pub(crate) enum Progress {
    /// Nothing asked yet.
    #[default]
    Filling,
    /// The agent is trying.
    Testing,
    /// The agent is trying, and will keep it.
    Adding,
    /// It works.
    Tested(AccountReport),
    /// It does not, and why.
    Failed(String),
}

impl Security {
    const ALL: [Self; 3] = [Self::Tls, Self::StartTls, Self::Nothing];

    const fn words(self) -> &'static str {
        match self {
            Self::Tls => "TLS (usual)",
            Self::StartTls => "STARTTLS",
            Self::Nothing => "None (only for this computer)",
        }
    }

    const fn value(self) -> &'static str {
        match self {
            Self::Tls => "tls",
            Self::StartTls => "starttls",
            Self::Nothing => "none",
        }
    }

    const fn usual_port(self) -> &'static str {
        match self {
            Self::Tls => "993",
            Self::StartTls | Self::Nothing => "143",
        }
    }
}

impl AccountDialog {
    /// What to send, or what is missing.
    pub(crate) fn form(&self) -> Result<AccountForm, &'static str> {
        let address = self.address.trim();
        if !address.split_once('@').is_some_and(|(user, domain)| !user.is_empty() && !domain.is_empty()) {
            return Err("Fill in the address, such as ada@example.org");
        }
        let host = self.host.trim();
        if host.is_empty() {
            return Err("Fill in the server, such as imap.example.org");
        }
        let port = match self.port.trim() {
            "" => 0,
            port => port.parse().ok().ok_or("The port must be a number up to 65535")?,
        };
        let command = filled(&self.password_command);
        if self.password.is_empty() && command.is_none() {
            return Err("Fill in the password");
        }
        let password = (!self.password.is_empty()).then(|| Password(self.password.clone()));
        Ok(AccountForm {
            name: String::new(),
            address: address.to_owned(),
            host: host.to_owned(),
            port,
            security: self.security.value().to_owned(),
            user: self.user.trim().to_owned(),
            // A command says where the password is from now on, so that none is kept.
            password: password.filter(|_| command.is_none()),
            password_file: None,
            password_command: command,
            auth: String::new(),
            client_cert: None,
            client_key: None,
            ca_file: filled(&self.ca_file),
            junk_folder: self.junk_folder.trim().to_owned(),
        })
    }

    fn is_busy(&self) -> bool {
        matches!(self.progress, Progress::Testing | Progress::Adding)
    }
}

fn filled(text: &str) -> Option<String> {
    Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Draws the dialog.
pub(crate) fn dialog_ui(ctx: &Context, dialog: &mut AccountDialog, commands: &CommandSender) {
    let room = ctx.content_rect().height() - 190.0;
    let modal = widgets::dialog(ctx, "add-account").show(ctx, |ui| {
        ui.set_width(theme::DIALOG_WIDTH);
        ui.heading("Add account");
        ui.add_space(4.0);
        ScrollArea::vertical().max_height(room).show(ui, |ui| {
            ui.add_enabled_ui(!dialog.is_busy(), |ui| form_ui(ui, dialog));
            progress_ui(ui, &dialog.progress);
        });
        ui.add_space(theme::GAP);
        buttons_ui(ui, dialog, commands);
    });
    // A click beside the dialog must not throw away what was typed.
    if modal.should_close() && !modal.backdrop_response.clicked() && !dialog.is_busy() {
        commands.send(Command::CloseDialog);
    }
}

fn form_ui(ui: &mut Ui, dialog: &mut AccountDialog) {
    Grid::new("account").num_columns(2).spacing([12.0, 8.0]).min_col_width(96.0).show(ui, |ui| {
        let field = field_ui(ui, "Address", &mut dialog.address, "ada@example.org");
        if !std::mem::replace(&mut dialog.focused, true) {
            field.request_focus();
        }
        if field.changed() && !dialog.host_typed {
            let domain = dialog.address.trim().split_once('@').map_or("", |(_, domain)| domain);
            dialog.host = if domain.is_empty() { String::new() } else { format!("imap.{domain}") };
        }
        let label = ui.label("Password");
        let edit = TextEdit::singleline(&mut dialog.password)
            .password(true)
            .hint_text("kept in this computer's keyring, nowhere else")
            .desired_width(f32::INFINITY);
        ui.add(edit).labelled_by(label.id);
        ui.end_row();
        if field_ui(ui, "Server", &mut dialog.host, "imap.example.org").changed() {
            dialog.host_typed = true;
        }
        let label = ui.label("Security");
        egui::ComboBox::from_id_salt("security")
            .selected_text(dialog.security.words())
            .width(ui.available_width())
            .show_ui(ui, |ui| {
                for security in Security::ALL {
                    ui.selectable_value(&mut dialog.security, security, security.words());
                }
            })
            .response
            .labelled_by(label.id);
        ui.end_row();
    });
    egui::CollapsingHeader::new("More settings").id_salt("more").show_unindented(ui, |ui| {
        Grid::new("account-more").num_columns(2).spacing([12.0, 8.0]).min_col_width(96.0).show(ui, |ui| {
            field_ui(ui, "Port", &mut dialog.port, dialog.security.usual_port());
            field_ui(ui, "User", &mut dialog.user, "the address");
            field_ui(ui, "Junk folder", &mut dialog.junk_folder, "found by Tamis");
            field_ui(ui, "Password command", &mut dialog.password_command, "instead of a password: pass show mail");
            field_ui(ui, "CA file", &mut dialog.ca_file, "certificates to trust, a PEM file");
        });
    });
}

fn field_ui(ui: &mut Ui, label: &str, text: &mut String, hint: &str) -> egui::Response {
    let label = ui.label(label);
    let field = TextEdit::singleline(text).hint_text(hint.to_owned()).desired_width(f32::INFINITY);
    let response = ui.add(field).labelled_by(label.id);
    ui.end_row();
    response
}

fn progress_ui(ui: &mut Ui, progress: &Progress) {
    let colors = Palette::of(ui);
    ui.add_space(4.0);
    match progress {
        Progress::Filling => {}
        Progress::Testing => {
            ui.label(RichText::new("Connecting, logging in and looking at the folders…").color(colors.dim));
        }
        Progress::Adding => {
            ui.label(RichText::new("Testing and adding the account…").color(colors.dim));
        }
        Progress::Failed(text) => widgets::banner(ui, &view::shown(text), colors.spam, |_| {}),
        Progress::Tested(report) => {
            let messages = view::count(report.inbox_messages, "message");
            let junk = match &report.junk_folder {
                Some(folder) => format!("Junk will go to the folder {}", view::shown(folder)),
                None => "A Junk folder will be made".to_owned(),
            };
            let steps = report.steps.iter().map(|step| view::shown(step));
            for step in steps.chain([format!("Found {messages} in the inbox"), junk]) {
                line_ui(ui, Icon::Check, colors.ham, &step);
            }
            for note in &report.notes {
                line_ui(ui, Icon::Warning, colors.unsure, &view::shown(note));
            }
        }
    }
}

fn line_ui(ui: &mut Ui, icon: Icon, color: egui::Color32, text: &str) {
    ui.horizontal_top(|ui| {
        let (rect, _) = ui.allocate_exact_size(egui::Vec2::splat(theme::ICON), egui::Sense::hover());
        icon.paint(ui.painter(), rect, color);
        ui.add(egui::Label::new(text).wrap());
    });
}

fn buttons_ui(ui: &mut Ui, dialog: &AccountDialog, commands: &CommandSender) {
    let missing = dialog.form().err();
    ui.horizontal(|ui| {
        if ui.button("Cancel").clicked() {
            commands.send(Command::CloseDialog);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_enabled_ui(missing.is_none() && !dialog.is_busy(), |ui| {
                let why = missing.unwrap_or("The agent is trying");
                let add = widgets::icon_text_button(ui, Icon::Plus, "Add", Weight::Main).on_disabled_hover_text(why);
                if add.clicked() {
                    commands.send(Command::AddAccount);
                }
                if ui.button("Test connection").on_disabled_hover_text(why).clicked() {
                    commands.send(Command::TestAccount);
                }
            });
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_says_what_is_missing() {
        let mut dialog = AccountDialog::default();
        assert_eq!(dialog.form().unwrap_err(), "Fill in the address, such as ada@example.org");
        dialog.address = " ada@example.org ".to_owned();
        assert_eq!(dialog.form().unwrap_err(), "Fill in the server, such as imap.example.org");
        dialog.host = "imap.example.org".to_owned();
        assert_eq!(dialog.form().unwrap_err(), "Fill in the password");
        dialog.password = " a b ".to_owned();
        dialog.port = "99999".to_owned();
        assert_eq!(dialog.form().unwrap_err(), "The port must be a number up to 65535");
        dialog.port = "1993".to_owned();
        let form = dialog.form().unwrap();
        assert_eq!((form.address.as_str(), form.port), ("ada@example.org", 1993));
        assert_eq!(form.password, Some(Password(" a b ".to_owned())));
    }

    #[test]
    fn a_password_command_is_used_instead_of_a_password() {
        let dialog = AccountDialog {
            address: "ada@example.org".to_owned(),
            host: "imap.example.org".to_owned(),
            password: "typed first".to_owned(),
            password_command: "pass show mail".to_owned(),
            ..AccountDialog::default()
        };
        let form = dialog.form().unwrap();
        assert_eq!((form.password, form.password_command.as_deref()), (None, Some("pass show mail")));
    }
}
