//! Signing in with whoever gives out an account's access tokens: the fields in the form of an account, and the dialog
//! that waits for the person to come back from the page.

use egui::{Align, Context, Grid, Layout, RichText, TextEdit, Ui};
use tamis_core::{
    api::{AccountForm, OAuthForm, Password, SignInStage, SignInView},
    setup::{self, Issuer},
};

use super::account_dialog::AccountDialog;
use crate::{
    command::{Command, CommandSender, SignInCommand},
    icons::Icon,
    text::t,
    theme::{self, Palette},
    view,
    widgets::{self, Weight},
};

/// What the person has typed for it.
#[derive(Debug, Default)]
pub(crate) struct SignInFields {
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
}

/// A sign-in under way.
#[derive(Debug, Default)]
pub(crate) struct SignInDialog {
    /// The how manieth attempt of this window it is.
    pub(crate) attempt: u64,
    /// What was begun; `None`: the agent has not answered.
    pub(crate) view: Option<SignInView>,
    /// Why it came to nothing.
    pub(crate) failure: Option<String>,
    /// The form that it is for, to go back to.
    pub(crate) back: Option<Box<AccountDialog>>,
}

impl SignInFields {
    /// The form with whom to sign in, or what is missing.
    pub(crate) fn complete(&self, form: AccountForm) -> Result<AccountForm, String> {
        let Some(issuer) = setup::issuer_of_server(&form.host) else { return Err(t!("signin-no-issuer")) };
        let (client_id, secret) = (self.client_id.trim(), self.client_secret.trim());
        if client_id.is_empty() {
            return Err(t!("signin-need-client"));
        }
        if issuer.secret && secret.is_empty() {
            return Err(t!("signin-need-secret"));
        }
        let oauth = OAuthForm {
            issuer: issuer.word.clone(),
            client_id: client_id.to_owned(),
            client_secret: (!secret.is_empty()).then(|| Password(secret.to_owned())),
            ..OAuthForm::default()
        };
        Ok(AccountForm { password: None, password_command: None, auth: String::new(), oauth: Some(oauth), ..form })
    }
}

/// Draws the fields, if the server takes tokens of somebody we know. `form` is what stands in the other fields, or what
/// is missing.
pub(crate) fn fields_ui(
    ui: &mut Ui,
    (fields, host): (&mut SignInFields, &str),
    form: Result<AccountForm, String>,
    commands: &CommandSender,
) {
    let Some(issuer) = setup::issuer_of_server(host.trim()) else { return };
    let title = t!("signin-with", issuer = &issuer.name);
    egui::CollapsingHeader::new(title).id_salt("sign-in").show_unindented(ui, |ui| {
        ui.label(RichText::new(t!("signin-about", issuer = &issuer.name)).color(Palette::of(ui).dim));
        if ui.link(t!("signin-make", issuer = &issuer.name)).on_hover_text(&issuer.page).clicked() {
            commands.send(Command::SignIn(SignInCommand::OpenMaking(issuer.page.clone())));
        }
        ui.label(RichText::new(note(issuer)).color(Palette::of(ui).dim));
        Grid::new("sign-in-fields").num_columns(2).spacing([12.0, 8.0]).min_col_width(96.0).show(ui, |ui| {
            let label = ui.label(t!("signin-client"));
            ui.add(TextEdit::singleline(&mut fields.client_id).desired_width(f32::INFINITY)).labelled_by(label.id);
            ui.end_row();
            let label = ui.label(t!("signin-secret"));
            let hint = if issuer.secret { String::new() } else { t!("signin-secret-hint") };
            let secret = TextEdit::singleline(&mut fields.client_secret).password(true).hint_text(hint);
            ui.add(secret.desired_width(f32::INFINITY)).labelled_by(label.id);
            ui.end_row();
        });
        let missing = form.and_then(|form| fields.complete(form)).err();
        ui.add_enabled_ui(missing.is_none(), |ui| {
            ui.horizontal(|ui| {
                let why = missing.unwrap_or_default();
                let button = ui.button(t!("signin-begin", issuer = &issuer.name)).on_disabled_hover_text(&why);
                if button.clicked() {
                    commands.send(Command::SignIn(SignInCommand::New(false)));
                }
                let has_codes = !issuer.device.is_empty();
                if has_codes && ui.button(t!("signin-by-code")).on_disabled_hover_text(why).clicked() {
                    commands.send(Command::SignIn(SignInCommand::New(true)));
                }
            });
        });
    });
}

/// How a client id is made there.
fn note(issuer: &Issuer) -> String {
    match issuer.word.as_str() {
        "google" => t!("signin-note-google"),
        "microsoft" => t!("signin-note-microsoft"),
        "fastmail" => t!("signin-note-fastmail"),
        "yahoo" | "aol" => t!("signin-note-yahoo"),
        _ => String::new(),
    }
}

/// Draws the button with which an account is signed in for again.
pub(crate) fn again_ui(ui: &mut Ui, (account, issuer): (&str, &str), commands: &CommandSender) {
    let button = ui.button(t!("signin-again"));
    let name = t!("signin-again-name", account = view::shown(account), issuer = view::shown(issuer));
    widgets::name(ui, &button, egui::Role::Button, &name);
    if button.clicked() {
        commands.send(Command::SignIn(SignInCommand::Again(account.to_owned(), false)));
    }
}

/// Draws the dialog.
pub(crate) fn dialog_ui(ctx: &Context, dialog: &SignInDialog, commands: &CommandSender) {
    let modal = widgets::dialog(ctx, "sign-in").show(ctx, |ui| {
        ui.set_width(theme::DIALOG_WIDTH);
        let issuer = dialog.view.as_ref().map(|view| view::shown(&view.issuer)).unwrap_or_default();
        ui.heading(t!("signin-title", issuer = issuer));
        ui.add_space(4.0);
        stage_ui(ui, dialog, commands);
        ui.add_space(theme::GAP);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let words = if dialog.failure.is_some() { t!("signin-close") } else { t!("account-cancel") };
            if ui.button(words).clicked() {
                commands.send(Command::SignIn(SignInCommand::Cancel));
            }
        });
    });
    // A click beside the dialog must not give up what the person is doing in the browser.
    if modal.should_close() && !modal.backdrop_response.clicked() {
        commands.send(Command::SignIn(SignInCommand::Cancel));
    }
}

fn stage_ui(ui: &mut Ui, dialog: &SignInDialog, commands: &CommandSender) {
    let colors = Palette::of(ui);
    if let Some(failure) = &dialog.failure {
        return widgets::banner(ui, &view::shown(failure), colors.spam, |_| {});
    }
    let Some(view) = &dialog.view else {
        ui.label(RichText::new(t!("signin-beginning")).color(colors.dim));
        return;
    };
    if view.stage != SignInStage::Waiting {
        ui.label(RichText::new(t!("account-testing")).color(colors.dim));
        return;
    }
    if view.code.is_empty() {
        ui.label(t!("signin-open-here"));
    } else {
        ui.label(t!("signin-open-anywhere"));
        let code = RichText::new(view::shown(&view.code)).font(theme::strong(theme::LARGE));
        ui.add(egui::Label::new(code).selectable(true));
    }
    ui.add(egui::Label::new(RichText::new(view::shown(&view.url)).small().color(colors.dim)).wrap());
    ui.horizontal(|ui| {
        if widgets::icon_text_button(ui, Icon::Check, &t!("signin-open"), Weight::Main).clicked() {
            commands.send(Command::SignIn(SignInCommand::OpenPage));
        }
        if ui.button(t!("signin-copy")).clicked() {
            commands.send(Command::Copy(view.url.clone()));
        }
    });
    ui.label(RichText::new(t!("signin-waiting")).color(colors.dim));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(host: &str) -> AccountForm {
        AccountForm { host: host.to_owned(), password: Some(Password("p".to_owned())), ..AccountForm::default() }
    }

    #[test]
    fn the_form_for_signing_in_has_no_password_and_says_what_is_missing() {
        let mut fields = SignInFields::default();
        assert!(fields.complete(form("imap.example.org")).is_err());
        assert_eq!(fields.complete(form("imap.gmail.com")).unwrap_err(), "Fill in the client ID");
        fields.client_id = " id ".to_owned();
        assert_eq!(fields.complete(form("imap.gmail.com")).unwrap_err(), "Fill in the client secret");
        fields.client_secret = "s".to_owned();
        let got = fields.complete(form("imap.gmail.com")).unwrap();
        let oauth = got.oauth.unwrap();
        assert_eq!((got.password, oauth.issuer.as_str(), oauth.client_id.as_str()), (None, "google", "id"));
        assert!(fields.complete(form("outlook.office365.com")).is_ok());
    }
}
