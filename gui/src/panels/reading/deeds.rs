//! What can be done with one message from its page: remove it, list its sender, leave its mailing, report it.

use egui::{Label, RichText, Ui};
use tamis_core::api::{Leaving, MailDetail, MailId, MailRow, NewListEntry};

use super::ReadingState;
use crate::{
    command::{Command, CommandSender, MessageCommand},
    icons::Icon,
    safe_text,
    text::t,
    theme::Palette,
    view,
    widgets::{self, Weight},
};

/// Removes the message from the server, if it is there.
pub(super) fn delete_ui(ui: &mut Ui, row: &MailRow, commands: &CommandSender) {
    if row.folder.is_empty() {
        return;
    }
    let button = widgets::icon_text_button(ui, Icon::Bin, &t!("message-delete"), Weight::Plain);
    if button.on_hover_text(t!("message-delete-hint")).clicked() {
        commands.send(Command::Message(MessageCommand::DeleteThese(vec![row.id])));
    }
}

/// Puts the sender on one of the lists. What both buttons do is undone like any other change.
pub(super) fn sender_ui(ui: &mut Ui, row: &MailRow, commands: &CommandSender) {
    if !row.from_address.contains('@') {
        return;
    }
    ui.add_space(6.0);
    ui.horizontal_wrapped(|ui| {
        for (icon, words, side) in
            [(Icon::Check, t!("message-accept"), "accept"), (Icon::Barred, t!("message-block"), "block")]
        {
            let hint = t!("message-list-hint", address = view::shown(&row.from_address));
            if widgets::icon_text_button(ui, icon, &words, Weight::Plain).on_hover_text(hint).clicked() {
                let (side, kind, value) = (side.to_owned(), "address".to_owned(), row.from_address.clone());
                commands.send(Command::PutOnList(NewListEntry { side, kind, value, ..NewListEntry::default() }));
            }
        }
    });
}

/// How the mailing can be left: by a click, by a message that is shown first, or on a page that is only named.
pub(super) fn leaving_ui(
    ui: &mut Ui,
    id: MailId,
    leaving: &Leaving,
    state: &mut ReadingState,
    commands: &CommandSender,
) {
    ui.add_space(6.0);
    match leaving {
        Leaving::ByItself(whom) => {
            let hint = t!("message-leave-hint", whom = view::shown(whom));
            let button = widgets::icon_text_button(ui, Icon::Cross, &t!("message-leave"), Weight::Plain);
            if button.on_hover_text(hint).clicked() {
                commands.send(Command::Unsubscribe(id, false));
            }
        }
        Leaving::ByMessage { .. } if !state.shows_letter => {
            let button = widgets::icon_text_button(ui, Icon::Cross, &t!("message-leave-by-letter"), Weight::Plain);
            if button.on_hover_text(t!("message-letter-hint")).clicked() {
                state.shows_letter = true;
            }
        }
        Leaving::ByMessage { to, subject, text } => {
            if let Some(is_wanted) = letter_ui(ui, to, subject, text) {
                state.shows_letter = false;
                if is_wanted {
                    commands.send(Command::Unsubscribe(id, true));
                }
            }
        }
        Leaving::OnPage { host, url } => {
            let host = safe_text::line(host);
            ui.horizontal(|ui| {
                if widgets::icon_button(ui, Icon::Copy, &t!("message-copy-page", host = host.as_str())).clicked() {
                    commands.send(Command::Copy(url.clone()));
                }
                let words = t!("message-leave-on-page", host = host.as_str());
                ui.label(RichText::new(words).color(Palette::of(ui).dim));
            });
        }
    }
}

/// The message that asks to be let go. Says whether it is wanted, when a button was pressed.
fn letter_ui(ui: &mut Ui, to: &str, subject: &str, text: &str) -> Option<bool> {
    let dim = Palette::of(ui).dim;
    widgets::card(ui, |ui| {
        let words = t!("message-letter-question");
        ui.add(Label::new(words).wrap());
        ui.add_space(2.0);
        for (name, value) in
            [(t!("message-letter-to"), view::shown(to)), (t!("message-letter-subject"), view::shown(subject))]
        {
            ui.add(Label::new(RichText::new(format!("{name}: {value}")).color(dim)).wrap());
        }
        ui.add(Label::new(RichText::new(view::shown_block(text)).color(dim)).wrap());
        ui.add_space(2.0);
        ui.horizontal(|ui| {
            let send =
                widgets::icon_text_button(ui, Icon::Letters, &t!("message-letter-send"), Weight::Plain).clicked();
            let cancel = ui.button(t!("message-cancel")).clicked();
            (send || cancel).then_some(send)
        })
        .inner
    })
}

/// Tells others that it is spam, once the person has seen what they are told.
pub(super) fn report_ui(ui: &mut Ui, mail: &MailDetail, state: &mut ReadingState, commands: &CommandSender) {
    widgets::section(ui, &t!("message-tell"));
    if !state.shows_report {
        let button = widgets::icon_text_button(ui, Icon::Warning, &t!("message-report"), Weight::Plain);
        state.shows_report = button.on_hover_text(t!("message-report-hint")).clicked();
        return;
    }
    let dim = Palette::of(ui).dim;
    let answer = widgets::card(ui, |ui| {
        ui.add(Label::new(t!("message-report-question")).wrap());
        ui.add_space(2.0);
        for told in &mail.reportable {
            ui.add(Label::new(RichText::new(view::shown(told)).color(dim)).wrap());
        }
        ui.add_space(2.0);
        ui.horizontal(|ui| {
            let send =
                widgets::icon_text_button(ui, Icon::Warning, &t!("message-report-send"), Weight::Plain).clicked();
            let cancel = ui.button(t!("message-cancel")).clicked();
            (send || cancel).then_some(send)
        })
        .inner
    });
    if let Some(is_wanted) = answer {
        state.shows_report = false;
        if is_wanted {
            commands.send(Command::ReportSpam(mail.row.id));
        }
    }
}
