//! The dialog for a new account: an address and its password, the server that is found for it, a test that explains itself,
//! and a button that keeps it.

use egui::{Align, Context, Grid, Layout, RichText, ScrollArea, TextEdit, Ui};
use tamis_core::api::{AccountForm, AccountReport, FoundServer, FoundServers, Password};

use crate::{
    client::Outcome,
    command::{Command, CommandSender},
    icons::Icon,
    panels::sign_in::{self, SignInFields},
    text::t,
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
    /// For which address a server was looked for last.
    looked_for: String,
    finding: Finding,
    /// The server takes no password, only a token.
    needs_token: bool,
    port: String,
    security: Security,
    user: String,
    password: String,
    password_command: String,
    ca_file: String,
    junk_folder: String,
    sign_in: SignInFields,
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

/// What is known of the server.
#[derive(Debug, Default)]
enum Finding {
    /// Nobody has been asked.
    #[default]
    Nothing,
    /// The agent is asking.
    Looking,
    /// It has asked.
    Found(FoundServers),
    /// It could not, and why.
    Failed(String),
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

    fn words(self) -> String {
        match self {
            Self::Tls => t!("account-tls"),
            Self::StartTls => "STARTTLS".to_owned(),
            Self::Nothing => t!("account-no-tls"),
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
    pub(crate) fn form(&self) -> Result<AccountForm, String> {
        let form = self.without_password()?;
        let command = filled(&self.password_command);
        if self.needs_token && command.is_none() {
            return Err(t!("account-need-command"));
        }
        if self.password.is_empty() && command.is_none() {
            return Err(t!("account-need-password"));
        }
        let password = (!self.password.is_empty()).then(|| Password(self.password.clone()));
        // A command says where the password is from now on, so that none is kept.
        let password = password.filter(|_| command.is_none());
        let auth = if self.needs_token { "xoauth2".to_owned() } else { String::new() };
        Ok(AccountForm { password, password_command: command, auth, ..form })
    }

    /// What to send to sign in for it, or what is missing.
    pub(crate) fn sign_in_form(&self) -> Result<AccountForm, String> {
        self.sign_in.complete(self.without_password()?)
    }

    fn without_password(&self) -> Result<AccountForm, String> {
        let address = self.address.trim();
        if !is_address(address) {
            return Err(t!("account-need-address"));
        }
        let host = self.host.trim();
        if host.is_empty() {
            return Err(t!("account-need-server"));
        }
        let port = match self.port.trim() {
            "" => 0,
            port => port.parse().ok().ok_or_else(|| t!("account-bad-port"))?,
        };
        Ok(AccountForm {
            address: address.to_owned(),
            host: host.to_owned(),
            port,
            security: self.security.value().to_owned(),
            user: self.user.trim().to_owned(),
            ca_file: filled(&self.ca_file),
            junk_folder: self.junk_folder.trim().to_owned(),
            ..AccountForm::default()
        })
    }

    /// Takes what the agent has found, if that is still wanted.
    pub(crate) fn found(&mut self, address: &str, outcome: Outcome) {
        if self.looked_for != address || self.host_typed {
            return;
        }
        self.finding = match outcome {
            Outcome::Found(found) => {
                if let Some(first) = found.servers.first().cloned() {
                    self.take(first);
                }
                Finding::Found(found)
            }
            Outcome::Refused(text) | Outcome::Done(text, _) => Finding::Failed(text),
            Outcome::Tested(_) | Outcome::SignIn(_) => Finding::Nothing,
        };
    }

    fn take(&mut self, server: FoundServer) {
        self.security = Security::ALL.into_iter().find(|of| of.value() == server.security).unwrap_or_default();
        let port = server.port.to_string();
        self.port = if port == self.security.usual_port() { String::new() } else { port };
        (self.host, self.user, self.needs_token) = (server.host, server.user, server.needs_token);
    }

    /// The person knows better: what was found for another server is not for this one. An empty field is found anew.
    fn typed_host(&mut self) {
        self.host_typed = !self.host.trim().is_empty();
        if matches!(std::mem::take(&mut self.finding), Finding::Found(_)) {
            let host = std::mem::take(&mut self.host);
            self.take(FoundServer { host, port: 993, ..FoundServer::default() });
        }
        if !self.host_typed {
            self.looked_for.clear();
        }
    }

    /// Another address may be elsewhere.
    fn forget_server(&mut self) {
        if !self.host_typed && self.looked_for != self.address.trim() {
            self.looked_for.clear();
            self.finding = Finding::Nothing;
            self.take(FoundServer { port: 993, ..FoundServer::default() });
        }
    }

    /// Whose server is to be looked for, if it is time for that.
    fn wanted(&self) -> Option<String> {
        let address = self.address.trim();
        let is_wanted = is_address(address) && !self.host_typed && self.looked_for != address;
        is_wanted.then(|| address.to_owned())
    }

    fn is_busy(&self) -> bool {
        matches!(self.progress, Progress::Testing | Progress::Adding)
    }
}

fn is_address(text: &str) -> bool {
    text.split_once('@').is_some_and(|(user, domain)| !user.is_empty() && !domain.is_empty())
}

fn filled(text: &str) -> Option<String> {
    Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Draws the dialog.
pub(crate) fn dialog_ui(ctx: &Context, dialog: &mut AccountDialog, commands: &CommandSender) {
    let room = ctx.content_rect().height() - 190.0;
    let modal = widgets::dialog(ctx, "add-account").show(ctx, |ui| {
        ui.set_width(theme::DIALOG_WIDTH);
        ui.heading(t!("account-title"));
        ui.add_space(4.0);
        ScrollArea::vertical().max_height(room).show(ui, |ui| {
            ui.add_enabled_ui(!dialog.is_busy(), |ui| form_ui(ui, dialog, commands));
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

fn form_ui(ui: &mut Ui, dialog: &mut AccountDialog, commands: &CommandSender) {
    Grid::new("account").num_columns(2).spacing([12.0, 8.0]).min_col_width(96.0).show(ui, |ui| {
        let field = field_ui(ui, &t!("account-address"), &mut dialog.address, "ada@example.org");
        if !std::mem::replace(&mut dialog.focused, true) {
            field.request_focus();
        }
        if field.changed() {
            dialog.forget_server();
        }
        if let Some(address) = dialog.wanted().filter(|_| field.lost_focus()) {
            (dialog.looked_for, dialog.finding) = (address.clone(), Finding::Looking);
            commands.send(Command::FindServers(address));
        }
        let label = ui.label(t!("account-password"));
        let edit = TextEdit::singleline(&mut dialog.password)
            .password(true)
            .hint_text(t!("account-password-hint"))
            .desired_width(f32::INFINITY);
        ui.add(edit).labelled_by(label.id);
        ui.end_row();
        if field_ui(ui, &t!("account-server"), &mut dialog.host, &t!("account-found-by-us")).changed() {
            dialog.typed_host();
        }
        let label = ui.label(t!("account-security"));
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
    finding_ui(ui, dialog);
    let form = dialog.without_password();
    sign_in::fields_ui(ui, (&mut dialog.sign_in, &dialog.host), form, commands);
    egui::CollapsingHeader::new(t!("account-more")).id_salt("more").show_unindented(ui, |ui| {
        Grid::new("account-more").num_columns(2).spacing([12.0, 8.0]).min_col_width(96.0).show(ui, |ui| {
            field_ui(ui, &t!("account-port"), &mut dialog.port, dialog.security.usual_port());
            field_ui(ui, &t!("account-user"), &mut dialog.user, &t!("account-user-hint"));
            field_ui(ui, &t!("account-junk"), &mut dialog.junk_folder, &t!("account-found-by-us"));
            let hint = t!("account-command-hint");
            field_ui(ui, &t!("account-command"), &mut dialog.password_command, &hint);
            field_ui(ui, &t!("account-ca"), &mut dialog.ca_file, &t!("account-ca-hint"));
        });
    });
}

/// What was found, who says so, and what there is to do.
fn finding_ui(ui: &mut Ui, dialog: &mut AccountDialog) {
    let colors = Palette::of(ui);
    let mut other = None;
    match &dialog.finding {
        Finding::Nothing => {}
        Finding::Looking => {
            let domain = dialog.looked_for.rsplit('@').next().unwrap_or_default();
            ui.label(RichText::new(t!("account-looking", domain = view::shown(domain))).color(colors.dim));
        }
        Finding::Failed(text) => line_ui(ui, Icon::Warning, colors.unsure, &view::shown(text)),
        Finding::Found(found) => {
            if let Some(server) = found.servers.iter().find(|server| server.host == dialog.host) {
                let (host, source) = (view::shown(&server.host), view::shown(&server.source));
                let (icon, color) =
                    if server.is_elsewhere { (Icon::Warning, colors.unsure) } else { (Icon::Check, colors.ham) };
                line_ui(ui, icon, color, &format!("{host}: {source}"));
                if server.is_elsewhere {
                    line_ui(ui, Icon::Warning, colors.unsure, &t!("account-elsewhere"));
                }
            }
            if !found.advice.is_empty() {
                let color = if found.is_hopeless { colors.spam } else { colors.unsure };
                line_ui(ui, Icon::Warning, color, &view::shown(&found.advice));
            }
            for server in found.servers.iter().filter(|server| server.host != dialog.host) {
                let (host, source) = (view::shown(&server.host), view::shown(&server.source));
                let text = t!("account-or-use", host = host, source = source);
                if ui.link(text).clicked() {
                    other = Some(server.clone());
                }
            }
        }
    }
    if let Some(server) = other {
        dialog.take(server);
    }
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
            ui.label(RichText::new(t!("account-testing")).color(colors.dim));
        }
        Progress::Adding => {
            ui.label(RichText::new(t!("account-adding")).color(colors.dim));
        }
        Progress::Failed(text) => widgets::banner(ui, &view::shown(text), colors.spam, |_| {}),
        Progress::Tested(report) => {
            let found = t!("account-inbox", count = report.inbox_messages);
            let junk = match &report.junk_folder {
                Some(folder) => t!("account-junk-goes", folder = view::shown(folder)),
                None => t!("account-junk-made"),
            };
            let steps = report.steps.iter().map(|step| view::shown(step));
            for step in steps.chain([found, junk]) {
                line_ui(ui, Icon::Check, colors.ham, &step);
            }
            for note in &report.notes {
                line_ui(ui, Icon::Warning, colors.unsure, &view::shown(note));
            }
        }
    }
}

/// A line with a small picture before it.
pub(crate) fn line_ui(ui: &mut Ui, icon: Icon, color: egui::Color32, text: &str) {
    ui.horizontal_top(|ui| {
        let (rect, _) = ui.allocate_exact_size(egui::Vec2::splat(theme::ICON), egui::Sense::hover());
        icon.paint(ui.painter(), rect, color);
        ui.add(egui::Label::new(text).wrap());
    });
}

fn buttons_ui(ui: &mut Ui, dialog: &AccountDialog, commands: &CommandSender) {
    let missing = dialog.form().err();
    ui.horizontal(|ui| {
        if ui.button(t!("account-cancel")).clicked() {
            commands.send(Command::CloseDialog);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_enabled_ui(missing.is_none() && !dialog.is_busy(), |ui| {
                let why = missing.unwrap_or_else(|| t!("account-busy"));
                let add = widgets::icon_text_button(ui, Icon::Plus, &t!("account-add"), Weight::Main);
                let add = add.on_disabled_hover_text(&why);
                if add.clicked() {
                    commands.send(Command::AddAccount);
                }
                if ui.button(t!("account-test")).on_disabled_hover_text(why).clicked() {
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
    fn what_is_found_fills_the_form_in_unless_the_person_was_quicker() {
        let server = |host: &str, port, security: &str| FoundServer {
            host: host.to_owned(),
            port,
            security: security.to_owned(),
            user: "ada".to_owned(),
            ..FoundServer::default()
        };
        let found = || {
            let servers = vec![server("mail.example.org", 1143, "starttls")];
            Outcome::Found(FoundServers { servers, ..FoundServers::default() })
        };
        let mut dialog = AccountDialog {
            address: "ada@example.org".to_owned(),
            password: "secret".to_owned(),
            looked_for: "ada@example.org".to_owned(),
            ..AccountDialog::default()
        };
        dialog.found("eve@example.org", found());
        assert_eq!(dialog.host, "", "that was an answer for another address");
        dialog.found("ada@example.org", found());
        let form = dialog.form().unwrap();
        assert_eq!((form.host.as_str(), form.port, form.security.as_str()), ("mail.example.org", 1143, "starttls"));
        assert_eq!(form.user, "ada");

        dialog.address = "ada@example.net".to_owned();
        dialog.forget_server();
        assert_eq!((dialog.host.as_str(), dialog.user.as_str(), dialog.port.as_str()), ("", "", ""));
        assert_eq!(dialog.wanted().as_deref(), Some("ada@example.net"));

        dialog.looked_for = "ada@example.net".to_owned();
        dialog.found("ada@example.net", found());
        dialog.host = "imap.own.example".to_owned();
        dialog.typed_host();
        assert_eq!((dialog.user.as_str(), dialog.port.as_str()), ("", ""), "they are of the server that was found");
        dialog.looked_for = "ada@example.net".to_owned();
        dialog.found("ada@example.net", found());
        assert_eq!(dialog.host, "imap.own.example");
        assert_eq!(dialog.wanted(), None);
    }

    #[test]
    fn where_only_a_token_is_taken_the_form_asks_for_a_command() {
        let token = FoundServer {
            host: "outlook.office365.com".to_owned(),
            port: 993,
            needs_token: true,
            ..FoundServer::default()
        };
        let mut dialog = AccountDialog { address: "ada@outlook.com".to_owned(), ..AccountDialog::default() };
        dialog.take(token);
        dialog.password = "secret".to_owned();
        assert!(dialog.form().unwrap_err().contains("access token"));
        dialog.password_command = "print-token".to_owned();
        assert_eq!(dialog.form().unwrap().auth, "xoauth2");
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
