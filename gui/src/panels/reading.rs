//! The chosen message: who, what, why, and a preview that is safe to look at. Nothing is ever fetched from outside.

mod body;
mod deeds;
mod files;
mod links;
mod source;

use egui::{Align, Label, Layout, RichText, Role, ScrollArea, Ui, Vec2};
use jiff::tz::TimeZone;
use tamis_core::api::{MailDetail, MailId, MailRow, Request};

pub(crate) use self::links::is_of_web;
use self::{
    body::{Body, Drawing},
    source::SourceState,
};
use crate::{
    client::{Opened, Snapshot},
    command::CommandSender,
    icons::Icon,
    panels::{badges, route, why},
    text::t,
    theme::{self, Palette},
    view, widgets,
};

/// What of the message is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Tab {
    #[default]
    Message,
    Headers,
    Source,
}

/// What the person has unfolded, and the text made ready, for one message.
#[derive(Debug, Default)]
pub(crate) struct ReadingState {
    ready: Option<Ready>,
    source: SourceState,
    tab: Tab,
    all_reasons: bool,
    /// Whether it is shown what others were asked.
    is_asked_open: bool,
    all_text: bool,
    /// Whether the plain form of a page is shown.
    is_plain: bool,
    /// Whether the learner's words are not marked. Stays from message to message.
    is_unmarked: bool,
    /// Whether the text is shown that cannot be seen.
    shows_hidden: bool,
    /// Whether the message that asks to be let go is shown.
    shows_letter: bool,
    /// Whether what a report would tell is shown.
    shows_report: bool,
}

/// A message made ready to be drawn.
#[derive(Debug)]
struct Ready {
    id: MailId,
    /// Whether its text had come.
    has_text: bool,
    page: Body,
    plain: Body,
}

impl ReadingState {
    /// What is to be asked beside the message itself.
    pub(crate) fn watches(&self) -> Vec<Request> {
        let id = self.ready.as_ref().filter(|_| self.tab != Tab::Message).map(|ready| ready.id);
        id.map(|id| self.source.watches(id)).unwrap_or_default()
    }
}

/// Draws the pane.
pub(crate) fn reading_ui(
    ui: &mut Ui,
    snapshot: &Snapshot,
    cursor: Option<MailId>,
    state: &mut ReadingState,
    commands: &CommandSender,
) {
    match (&snapshot.opened, cursor) {
        (_, None) | (Opened::Nothing, _) => {
            widgets::empty_page(ui, Icon::Letters, &t!("message-none"), &t!("message-none-hint"), |_| {});
        }
        (Opened::Loading(id), Some(_)) => {
            // The list knows the head already; the rest may have to come from the server.
            if let Some(row) = snapshot.listing.as_deref().and_then(|listing| listing.row(*id)) {
                head_ui(ui, row, "");
            }
        }
        (Opened::Failed(_, text), Some(_)) => {
            widgets::empty_page(ui, Icon::Warning, &t!("message-not-shown"), &view::shown(text), |_| {});
        }
        (Opened::Mail(mail), Some(_)) => {
            make_ready(mail, state);
            if state.tab == Tab::Source {
                // The source scrolls by itself, both ways.
                top_ui(ui, mail, state, commands);
                return source::source_ui(ui, mail.row.id, snapshot, &mut state.source, commands);
            }
            // A new message starts at its top.
            let area = ScrollArea::vertical().id_salt(("reading", mail.row.id.0, state.tab == Tab::Message));
            area.auto_shrink(false).show(ui, |ui| {
                ui.set_width(ui.available_width() - 10.0);
                top_ui(ui, mail, state, commands);
                if state.tab == Tab::Message {
                    return mail_ui(ui, mail, state, commands);
                }
                source::headers_ui(ui, mail.row.id, snapshot, &mut state.source);
                ui.add_space(16.0);
            });
        }
    }
}

fn make_ready(mail: &MailDetail, state: &mut ReadingState) {
    let (id, has_text) = (mail.row.id, mail.no_preview.is_none());
    if state.ready.as_ref().is_some_and(|ready| ready.id == id && ready.has_text == has_text) {
        return;
    }
    let ready = Some(Ready { id, has_text, page: Body::of(mail), plain: Body::plain(mail) });
    *state = ReadingState { ready, tab: state.tab, is_unmarked: state.is_unmarked, ..ReadingState::default() };
}

/// Which of the three forms of the message is shown; at the end of the line, what removes it.
fn tabs_ui(ui: &mut Ui, row: &MailRow, tab: &mut Tab, commands: &CommandSender) {
    ui.add_space(theme::GAP);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        for (value, words) in [
            (Tab::Message, t!("message-tab-message")),
            (Tab::Headers, t!("message-tab-headers")),
            (Tab::Source, t!("message-tab-source")),
        ] {
            let is_on = *tab == value;
            let response = ui.selectable_label(is_on, &words);
            response.widget_info(|| egui::WidgetInfo::selected(Role::Tab, true, is_on, words.clone()));
            if response.clicked() {
                *tab = value;
            }
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| deeds::delete_ui(ui, row, commands));
    });
    ui.add_space(2.0);
}

/// What stands above every form of the message.
fn top_ui(ui: &mut Ui, mail: &MailDetail, state: &mut ReadingState, commands: &CommandSender) {
    head_ui(ui, &mail.row, &mail.to);
    if let Some(leaving) = &mail.leaving {
        deeds::leaving_ui(ui, mail.row.id, leaving, state, commands);
    }
    deeds::sender_ui(ui, &mail.row, commands);
    tabs_ui(ui, &mail.row, &mut state.tab, commands);
}

fn mail_ui(ui: &mut Ui, mail: &MailDetail, state: &mut ReadingState, commands: &CommandSender) {
    why::verdict_ui(ui, mail);
    why::reasons_ui(ui, mail, &mut state.all_reasons);
    text_ui(ui, mail, state, commands);
    if !mail.links.is_empty() {
        widgets::section(ui, &t!("message-links"));
        for (index, link) in mail.links.iter().enumerate() {
            ui.push_id(("link", index), |ui| links::link_ui(ui, link, commands));
        }
    }
    if !mail.files.is_empty() {
        widgets::section(ui, &t!("message-files"));
        for file in &mail.files {
            files::file_ui(ui, file);
        }
    }
    badges::badges_ui(ui, &mail.page.badges);
    if !mail.way.is_empty() {
        route::way_ui(ui, &mail.way);
    }
    why::words_ui(ui, mail);
    why::asked_ui(ui, mail, &mut state.is_asked_open);
    if !mail.reportable.is_empty() {
        deeds::report_ui(ui, mail, state, commands);
    }
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
        ui.add(Label::new(RichText::new(t!("message-to", to = to)).color(colors.dim)).truncate());
    }
    let date = view::arrived_in_full(row.received_at, &TimeZone::system());
    let place = view::place_in_full(row);
    let taught = row.taught.as_deref().map_or(String::new(), |label| format!(" · {}", view::taught_words(label)));
    let words = format!("{date} · {} · {place}{taught}", view::shown(&row.account));
    ui.add(Label::new(RichText::new(words).color(colors.dim)).wrap());
}

fn text_ui(ui: &mut Ui, mail: &MailDetail, state: &mut ReadingState, commands: &CommandSender) {
    let colors = Palette::of(ui);
    widgets::section(ui, &t!("message-text"));
    if let Some(why_not) = &mail.no_preview {
        ui.label(RichText::new(view::shown(why_not)).color(colors.dim));
        return;
    }
    let Some(ready) = &state.ready else { return };
    let has_page = !ready.page.is_empty();
    let body = if has_page && !state.is_plain { &ready.page } else { &ready.plain };
    hidden_ui(ui, mail, &mut state.shows_hidden);
    let (has_plain, has_marks) = (has_page && mail.page.is_page && !ready.plain.is_empty(), body.has_marks());
    if has_plain || has_marks {
        ui.horizontal_wrapped(|ui| {
            if has_plain {
                widgets::tick_box(ui, &mut state.is_plain, t!("message-plain")).on_hover_text(t!("message-plain-hint"));
            }
            if has_marks {
                let mut is_marked = !state.is_unmarked;
                widgets::tick_box(ui, &mut is_marked, t!("message-marks")).on_hover_text(t!("message-marks-hint"));
                state.is_unmarked = !is_marked;
            }
        });
    }
    if body.is_empty() {
        ui.label(RichText::new(t!("message-no-text")).color(colors.dim));
        return;
    }
    let drawing = Drawing { is_whole: state.all_text, has_marks: !state.is_unmarked };
    widgets::card(ui, |ui| body.ui(ui, drawing, commands));
    if body.has_more() {
        let words = if state.all_text { t!("message-less-text") } else { t!("message-whole-text") };
        if ui.link(words).clicked() {
            state.all_text = !state.all_text;
        }
    }
    if mail.page.is_cut && state.all_text {
        ui.label(RichText::new(t!("message-cut")).small().color(colors.dim));
    }
}

/// Says that there is text that cannot be seen in a mail program, and shows it to whoever asks.
fn hidden_ui(ui: &mut Ui, mail: &MailDetail, is_shown: &mut bool) {
    let (chars, text) = (mail.page.hidden_chars, &mail.page.hidden_text);
    if chars == 0 || text.is_empty() {
        return;
    }
    let color = Palette::of(ui).unsure;
    widgets::strip(ui, Icon::Warning, color, |ui| {
        ui.add(Label::new(t!("message-hidden", count = chars)).wrap());
        let words = if *is_shown { t!("message-hide-hidden") } else { t!("message-show-hidden") };
        if ui.link(words).clicked() {
            *is_shown = !*is_shown;
        }
        if *is_shown {
            ui.add(Label::new(RichText::new(view::shown_block(text)).small()).wrap());
        }
    });
    ui.add_space(4.0);
}
