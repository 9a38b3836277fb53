//! The chosen message: who, what, why, and a preview that is safe to look at. Nothing is ever fetched from outside.

use egui::{Label, RichText, ScrollArea, Sense, Ui, Vec2};
use jiff::tz::TimeZone;
use tamis_core::api::{FileView, Leaving, LinkView, MailDetail, MailId, MailRow};

use crate::{
    client::{Opened, Snapshot},
    command::{Command, CommandSender},
    icons::Icon,
    panels::why,
    safe_text,
    theme::{self, Palette},
    view,
    widgets::{self, Weight},
};

/// Lines of the text shown before the person asks for the rest.
const FEW_LINES: usize = 14;

/// What the person has unfolded, and the text made ready, for one message.
#[derive(Debug, Default)]
pub(crate) struct ReadingState {
    ready: Option<Ready>,
    all_reasons: bool,
    all_text: bool,
    /// Whether the message that asks to be let go is shown.
    shows_letter: bool,
}

/// A message's text is up to 64 KiB: made ready once, not for every frame.
#[derive(Debug)]
struct Ready {
    id: MailId,
    start: String,
    /// `None` if the start is all.
    whole: Option<String>,
}

/// Draws the pane.
pub(crate) fn reading_ui(
    ui: &mut Ui,
    snapshot: &Snapshot,
    cursor: Option<MailId>,
    state: &mut ReadingState,
    commands: &CommandSender,
) {
    let title = "No message chosen";
    match (&snapshot.opened, cursor) {
        (_, None) | (Opened::Nothing, _) => {
            widgets::empty_page(ui, Icon::Letters, title, "Choose a message to see what it is and why", |_| {});
        }
        (Opened::Loading(id), Some(_)) => {
            // The list knows the head already; the rest may have to come from the server.
            let rows = snapshot.listing.as_deref().map_or(&[][..], |listing| &listing.rows);
            if let Some(row) = rows.iter().find(|row| row.id == *id) {
                head_ui(ui, row, "");
            }
        }
        (Opened::Failed(_, text), Some(_)) => {
            widgets::empty_page(ui, Icon::Warning, "This message cannot be shown", &view::shown(text), |_| {});
        }
        (Opened::Mail(mail), Some(_)) => {
            make_ready(mail, state);
            // A new message starts at its top.
            let area = ScrollArea::vertical().id_salt(("reading", mail.row.id.0)).auto_shrink(false);
            area.show(ui, |ui| {
                ui.set_width(ui.available_width() - 10.0);
                mail_ui(ui, mail, state, commands);
            });
        }
    }
}

fn make_ready(mail: &MailDetail, state: &mut ReadingState) {
    if state.ready.as_ref().is_some_and(|ready| ready.id == mail.row.id) {
        return;
    }
    let whole = view::shown_block(&mail.text);
    let start = whole.lines().take(FEW_LINES).collect::<Vec<_>>().join("\n");
    let start: String = start.chars().take(FEW_LINES * 80).collect();
    let whole = (start.len() < whole.len()).then_some(whole);
    *state = ReadingState { ready: Some(Ready { id: mail.row.id, start, whole }), ..ReadingState::default() };
}

fn mail_ui(ui: &mut Ui, mail: &MailDetail, state: &mut ReadingState, commands: &CommandSender) {
    head_ui(ui, &mail.row, &mail.to);
    if let Some(leaving) = &mail.leaving {
        leaving_ui(ui, mail.row.id, leaving, state, commands);
    }
    ui.add_space(theme::GAP);
    why::verdict_ui(ui, mail);
    why::reasons_ui(ui, mail, &mut state.all_reasons);
    text_ui(ui, mail, state);
    if !mail.links.is_empty() {
        widgets::section(ui, "Links and where they really go");
        for link in &mail.links {
            link_ui(ui, link, commands);
        }
    }
    if !mail.files.is_empty() {
        widgets::section(ui, "Files");
        for file in &mail.files {
            file_ui(ui, file);
        }
    }
    why::words_ui(ui, mail);
    ui.add_space(16.0);
}

fn head_ui(ui: &mut Ui, row: &MailRow, to: &str) {
    let colors = Palette::of(ui);
    let subject = crate::bidi::visual_line(&view::subject(row)).into_owned();
    ui.add(Label::new(RichText::new(subject).font(theme::strong(17.0))).wrap());
    ui.add_space(2.0);
    let sender = view::shown(&view::sender(row));
    let address = view::shown(&row.from_address);
    ui.scope(|ui| {
        ui.spacing_mut().interact_size.y = 0.0;
        ui.spacing_mut().item_spacing = Vec2::new(6.0, 2.0);
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new(&sender).font(theme::strong(theme::BODY)));
            if !address.is_empty() && address != sender {
                ui.label(RichText::new(format!("<{address}>")).color(colors.dim));
            }
        });
    });
    let to = view::shown(to);
    if !to.is_empty() {
        ui.add(Label::new(RichText::new(format!("to {to}")).color(colors.dim)).truncate());
    }
    let date = view::arrived_in_full(row.received_at, &TimeZone::system());
    let place = view::place_in_full(row);
    let taught = row.taught.as_deref().map_or(String::new(), |label| format!(" · {}", view::taught_words(label)));
    let words = format!("{date} · {} · {place}{taught}", view::shown(&row.account));
    ui.add(Label::new(RichText::new(words).color(colors.dim)).wrap());
}

/// How the mailing can be left: by a click, by a message that is shown first, or on a page that is only named.
fn leaving_ui(ui: &mut Ui, id: MailId, leaving: &Leaving, state: &mut ReadingState, commands: &CommandSender) {
    ui.add_space(6.0);
    match leaving {
        Leaving::ByItself(whom) => {
            let hint = format!("Asks {} to take you off its list", view::shown(whom));
            let button = widgets::icon_text_button(ui, Icon::Cross, "Unsubscribe", Weight::Plain);
            if button.on_hover_text(hint).clicked() {
                commands.send(Command::Unsubscribe(id, false));
            }
        }
        Leaving::ByMessage { .. } if !state.shows_letter => {
            let button = widgets::icon_text_button(ui, Icon::Cross, "Unsubscribe\u{2026}", Weight::Plain);
            if button.on_hover_text("Shows the message that would be sent").clicked() {
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
                if widgets::icon_button(ui, Icon::Copy, &format!("Copy the address of the page at {host}")).clicked() {
                    commands.send(Command::Copy(url.clone()));
                }
                let words = format!("You can unsubscribe on a page of {host}");
                ui.label(RichText::new(words).color(Palette::of(ui).dim));
            });
        }
    }
}

/// The message that asks to be let go. Says whether it is wanted, when a button was pressed.
fn letter_ui(ui: &mut Ui, to: &str, subject: &str, text: &str) -> Option<bool> {
    let dim = Palette::of(ui).dim;
    widgets::card(ui, |ui| {
        let words = "Send this message to leave the list? Nothing proves that the sender wrote the address.";
        ui.add(Label::new(words).wrap());
        ui.add_space(2.0);
        for (name, value) in [("To", view::shown(to)), ("Subject", view::shown(subject))] {
            ui.add(Label::new(RichText::new(format!("{name}: {value}")).color(dim)).wrap());
        }
        ui.add(Label::new(RichText::new(view::shown_block(text)).color(dim)).wrap());
        ui.add_space(2.0);
        ui.horizontal(|ui| {
            let send = widgets::icon_text_button(ui, Icon::Letters, "Send message", Weight::Plain).clicked();
            let cancel = ui.button("Cancel").clicked();
            (send || cancel).then_some(send)
        })
        .inner
    })
}

fn text_ui(ui: &mut Ui, mail: &MailDetail, state: &mut ReadingState) {
    let colors = Palette::of(ui);
    widgets::section(ui, "Message");
    if let Some(why_not) = &mail.no_preview {
        ui.label(RichText::new(view::shown(why_not)).color(colors.dim));
        return;
    }
    let Some(ready) = &state.ready else { return };
    if ready.start.is_empty() {
        ui.label(RichText::new("It has no text").color(colors.dim));
        return;
    }
    let text = ready.whole.as_ref().filter(|_| state.all_text).unwrap_or(&ready.start);
    widgets::card(ui, |ui| ui.add(Label::new(text.as_str()).wrap()));
    if ready.whole.is_some() {
        let words = if state.all_text { "Show less of the text" } else { "Show the whole text" };
        if ui.link(words).clicked() {
            state.all_text = !state.all_text;
        }
    }
}

fn link_ui(ui: &mut Ui, link: &LinkView, commands: &CommandSender) {
    let colors = Palette::of(ui);
    let host = safe_text::line(&link.host);
    ui.horizontal_top(|ui| {
        let copy = widgets::icon_button(ui, Icon::Copy, &format!("Copy link to {host}"));
        if copy.clicked() {
            commands.send(Command::Copy(link.url.clone()));
        }
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            ui.add(Label::new(RichText::new(&host).font(theme::strong(theme::BODY))).wrap());
            if let Some(said) = view::pretended_host(link) {
                let words = format!("It says {said} but goes to {host}");
                ui.add(Label::new(RichText::new(words).small().color(colors.spam)).wrap());
            } else {
                let text = view::shown(if link.text.is_empty() { &link.url } else { &link.text });
                ui.add(Label::new(RichText::new(text).small().color(colors.dim)).truncate());
            }
        });
    });
}

fn file_ui(ui: &mut Ui, file: &FileView) {
    let colors = Palette::of(ui);
    ui.horizontal_top(|ui| {
        let side = ui.spacing().interact_size.y;
        let (rect, _) = ui.allocate_exact_size(Vec2::splat(side), Sense::hover());
        Icon::File.paint(ui.painter(), rect.shrink((side - theme::ICON) / 2.0), colors.dim);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            ui.add(Label::new(view::shown(&file.name)).wrap());
            let words = format!("{} · {}", view::size(file.size), view::shown(&file.content_type));
            ui.label(RichText::new(words).small().color(colors.dim));
        });
    });
}
