//! Links: where they really lead beside their text, and nowhere at once. A click shows the whole address; only there can it
//! be opened.

use egui::{FontId, Frame, Label, Popup, PopupCloseBehavior, Response, RichText, Role, Sense, Ui};
use tamis_core::api::LinkView;

use crate::{
    command::{Command, CommandSender, MessageCommand},
    icons::Icon,
    safe_text,
    text::t,
    theme::{self, Palette},
    view,
    widgets::{self, Weight},
};

/// The widest that the whole address is shown.
const POPUP_WIDTH: f32 = 340.0;

/// A link in the text: what it says, and its true host in small beside it.
pub(super) fn inline_ui(ui: &mut Ui, link: &LinkView, font: FontId, commands: &CommandSender) {
    let colors = Palette::of(ui);
    let host = safe_text::line(&link.host);
    let said = view::pretended_host(link);
    let color = if said.is_some() { colors.spam } else { colors.accent };
    let words = RichText::new(&link.text).font(font).color(color).underline();
    let response = ui.add(Label::new(words).wrap().sense(Sense::click()));
    let response = response.on_hover_cursor(egui::CursorIcon::PointingHand);
    let name = t!("message-link-name", text = link.text.as_str(), host = host.as_str());
    widgets::name(ui, &response, Role::Link, &name);
    popup_ui(&response, link, commands);
    let has_same_text = link.text.to_lowercase().contains(&host.to_lowercase());
    if let Some(said) = said {
        let words = format!(" {} ", t!("message-link-pretends", said = said.as_str(), host = host.as_str()));
        ui.add(Label::new(RichText::new(words).small().color(colors.spam)).wrap());
    } else if !has_same_text {
        ui.add(Label::new(RichText::new(format!(" ({host})")).small().color(colors.dim)).wrap());
    }
}

/// A link of the list below the text, each host once.
pub(super) fn link_ui(ui: &mut Ui, link: &LinkView, commands: &CommandSender) {
    let colors = Palette::of(ui);
    let host = safe_text::line(&link.host);
    ui.horizontal_top(|ui| {
        let copy = widgets::icon_button(ui, Icon::Copy, &t!("message-copy-link", host = host.as_str()));
        if copy.clicked() {
            commands.send(Command::Copy(link.url.clone()));
        }
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            let words = RichText::new(&host).font(theme::strong(theme::BODY));
            let response = ui.add(Label::new(words).wrap().sense(Sense::click()));
            let response = response.on_hover_cursor(egui::CursorIcon::PointingHand);
            widgets::name(ui, &response, Role::Link, &t!("message-whole-link", host = host.as_str()));
            popup_ui(&response, link, commands);
            if let Some(said) = view::pretended_host(link) {
                let words = t!("message-link-lies", said = said.as_str(), host = host.as_str());
                ui.add(Label::new(RichText::new(words).small().color(colors.spam)).wrap());
            } else {
                let text = view::shown(if link.text.is_empty() { &link.url } else { &link.text });
                ui.add(Label::new(RichText::new(text).small().color(colors.dim)).truncate());
            }
        });
    });
}

/// The second step: the whole address, to be copied, or opened after all.
fn popup_ui(response: &Response, link: &LinkView, commands: &CommandSender) {
    let frame = Frame::popup(&response.ctx.global_style()).inner_margin(theme::card_margin());
    let popup = Popup::from_toggle_button_response(response).frame(frame);
    let popup = popup.close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    popup.show(|ui| {
        let colors = Palette::of(ui);
        ui.set_max_width(POPUP_WIDTH);
        let host = safe_text::line(&link.host);
        ui.add(Label::new(RichText::new(&host).font(theme::strong(15.0))).wrap());
        if let Some(said) = view::pretended_host(link) {
            let words = t!("message-link-lies", said = said.as_str(), host = host.as_str());
            ui.add(Label::new(RichText::new(words).color(colors.spam)).wrap());
        }
        let shown = safe_text::line(&link.url);
        // Only what has been seen to the last letter is opened.
        let is_whole = shown == link.url && !link.url.ends_with('…');
        ui.add(Label::new(RichText::new(shown).small().color(colors.dim)).wrap());
        ui.add_space(4.0);
        ui.horizontal_wrapped(|ui| {
            if widgets::icon_text_button(ui, Icon::Copy, &t!("message-copy"), Weight::Plain).clicked() {
                commands.send(Command::Copy(link.url.clone()));
                ui.close();
            }
            if is_of_web(&link.url)
                && is_whole
                && widgets::icon_text_button(ui, Icon::Warning, &t!("message-open"), Weight::Plain).clicked()
            {
                commands.send(Command::Message(MessageCommand::OpenInBrowser(link.url.clone())));
                ui.close();
            }
        });
    });
}

/// Whether a browser opens it as a page, and nothing else does anything with it.
pub(crate) fn is_of_web(url: &str) -> bool {
    let start: String = url.chars().take(8).collect::<String>().to_ascii_lowercase();
    let is_plain = !url.chars().any(|c| c.is_control() || c.is_whitespace());
    is_plain && (start.starts_with("https://") || start.starts_with("http://"))
}
