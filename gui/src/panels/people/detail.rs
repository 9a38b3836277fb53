//! The page of one of the people.

use egui::{Grid, Label, RichText, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};
use jiff::Zoned;
use tamis_core::api::{MailRow, NewListEntry, PersonDetail, PersonGrade, Reply, Request};

use super::{grade_words, marks};
use crate::{
    client::Snapshot,
    command::{Command, CommandSender},
    icons::Icon,
    text::t,
    theme::{self, Palette},
    view,
    widgets::{self, Weight},
};

/// A line of the facts.
const FACT_HEIGHT: f32 = 18.0;

/// A row of the last messages.
const MESSAGE_HEIGHT: f32 = 40.0;

/// Draws what is known of whoever has that address.
pub(super) fn detail_ui(ui: &mut Ui, snapshot: &Snapshot, address: Option<&str>, commands: &CommandSender) {
    let Some(address) = address else {
        return widgets::empty_page(ui, Icon::Person, &t!("people-choose"), &t!("people-choose-text"), |_| {});
    };
    let detail = match snapshot.answer(&Request::Person(address.to_owned())) {
        Some(Ok(reply)) => reply,
        Some(Err(why)) => {
            let why = view::shown(why);
            ui.add(Label::new(t!("people-failed", why = why)).wrap());
            return;
        }
        None => {
            ui.label(RichText::new(t!("people-loading")).color(Palette::of(ui).dim));
            return;
        }
    };
    let Reply::Person(person) = &**detail else { return };
    ScrollArea::vertical().id_salt(("person", address)).auto_shrink(false).show(ui, |ui| {
        // The scroll bar lies beside it.
        ui.set_max_width((ui.available_width() - 12.0).max(0.0));
        head_ui(ui, person);
        ui.add_space(theme::GAP);
        ui.horizontal_wrapped(|ui| buttons_ui(ui, person, commands));
        ui.add_space(theme::GAP);
        widgets::section(ui, &t!("people-weeks"));
        marks::weeks(ui, &person.row.weeks, 46.0);
        legend_ui(ui);
        widgets::section(ui, &t!("people-facts"));
        facts_ui(ui, person);
        widgets::section(ui, &t!("people-last"));
        last_ui(ui, person, commands);
    });
}

fn head_ui(ui: &mut Ui, person: &PersonDetail) {
    let (row, colors) = (&person.row, Palette::of(ui));
    let address = view::shown(&row.address);
    let title = if row.name.is_empty() { address.clone() } else { view::shown(&row.name) };
    ui.add(Label::new(RichText::new(title).heading()).wrap());
    if !row.name.is_empty() {
        ui.add(Label::new(RichText::new(address).color(colors.dim)).wrap());
    }
    ui.add_space(4.0);
    ui.horizontal(|ui| {
        widgets::chip(ui, &grade_words(row.grade), marks::color_of(row.grade, &colors));
        marks::meter(ui, row, 120.0);
    });
    ui.add_space(2.0);
    ui.add(Label::new(why(person)).wrap());
}

/// Why somebody stands so, in a sentence or three.
fn why(person: &PersonDetail) -> String {
    let row = &person.row;
    let domain = view::shown(&person.domain);
    let (good, spam, read) = (person.said_good, person.said_spam, person.read);
    let is_untold = good + spam + read == 0;
    let said = |is_of_mail: bool| match (is_untold, is_of_mail) {
        (false, _) => t!("people-why-said", good = good, spam = spam, read = read),
        (true, true) => t!("people-why-untold"),
        (true, false) => String::new(),
    };
    let (first, second) = match (row.grade, row.is_own_entry) {
        (PersonGrade::Accepted, true) => (t!("people-why-accepted"), said(false)),
        (PersonGrade::Accepted, false) => (t!("people-why-accepted-wide"), said(false)),
        (PersonGrade::Blocked, true) => (t!("people-why-blocked"), said(false)),
        (PersonGrade::Blocked, false) => (t!("people-why-blocked-wide"), said(false)),
        (PersonGrade::Peer, _) => (why_peer(person), said(false)),
        (PersonGrade::Read, _) => (t!("people-why-read"), String::new()),
        (PersonGrade::Good | PersonGrade::Fair | PersonGrade::Open | PersonGrade::Doubted | PersonGrade::Bad, _) => {
            (said(true), String::new())
        }
    };
    let third = match person.domain_grade {
        _ if domain.is_empty() => String::new(),
        PersonGrade::Good | PersonGrade::Fair => t!("people-why-domain-good", domain = domain),
        PersonGrade::Bad | PersonGrade::Doubted => t!("people-why-domain-bad", domain = domain),
        PersonGrade::Accepted | PersonGrade::Blocked | PersonGrade::Peer | PersonGrade::Read | PersonGrade::Open => {
            String::new()
        }
    };
    let unproven = if person.is_proven || row.mail == 0 { String::new() } else { t!("people-why-unproven") };
    let parts = [first, second, third, unproven];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

fn why_peer(person: &PersonDetail) -> String {
    let (written, answered) = (person.row.written, person.row.answered);
    match (written, answered) {
        (0, _) => t!("people-why-listed"),
        (_, 0) => t!("people-why-written", written = written),
        _ => t!("people-why-answered", written = written, answered = answered),
    }
}

fn buttons_ui(ui: &mut Ui, person: &PersonDetail, commands: &CommandSender) {
    let row = &person.row;
    let who = view::shown(&row.address);
    let (address, domain) = (("address", row.address.as_str()), ("domain", person.domain.as_str()));
    if row.grade != PersonGrade::Accepted {
        let button = (Icon::Check, t!("people-allow"), t!("people-allow-name", who = &who));
        put_ui(ui, button, ("accept", address), commands);
    }
    if row.grade != PersonGrade::Blocked {
        let button = (Icon::Barred, t!("people-block"), t!("people-block-name", who = &who));
        put_ui(ui, button, ("block", address), commands);
    }
    if row.entry != 0 && row.is_own_entry {
        let button = widgets::icon_text_button(ui, Icon::Cross, &t!("people-off-list"), Weight::Plain);
        widgets::name(ui, &button, Role::Button, &t!("people-off-list-name", who = &who));
        if button.clicked() {
            commands.send(Command::RemoveEntry(row.entry));
        }
    } else if row.entry != 0
        && widgets::icon_text_button(ui, Icon::Book, &t!("people-see-list"), Weight::Plain).clicked()
    {
        commands.send(Command::ShowListsOf(person.domain.clone()));
    }
    if !person.domain.is_empty() {
        let shown = view::shown(&person.domain);
        let button =
            (Icon::Check, t!("people-allow-domain", domain = &shown), t!("people-allow-domain-name", domain = &shown));
        put_ui(ui, button, ("accept", domain), commands);
        let button =
            (Icon::Barred, t!("people-block-domain", domain = &shown), t!("people-block-domain-name", domain = &shown));
        put_ui(ui, button, ("block", domain), commands);
    }
    if person.is_peer || person.is_listed {
        let button = widgets::icon_text_button(ui, Icon::Person, &t!("people-forget"), Weight::Plain);
        widgets::name(ui, &button, Role::Button, &t!("people-forget-name", who = &who));
        if button.clicked() {
            commands.send(Command::Say(Box::new(Request::ForgetPeer(row.address.clone()))));
        }
    }
}

/// A button that puts an entry on the lists.
fn put_ui(
    ui: &mut Ui,
    (icon, words, name): (Icon, String, String),
    (side, (kind, value)): (&str, (&str, &str)),
    commands: &CommandSender,
) {
    let button = widgets::icon_text_button(ui, icon, &words, Weight::Plain);
    widgets::name(ui, &button, Role::Button, &name);
    if button.clicked() {
        let (side, kind, value) = (side.to_owned(), kind.to_owned(), value.to_owned());
        commands.send(Command::PutOnList(NewListEntry { side, kind, value, ..NewListEntry::default() }));
    }
}

fn legend_ui(ui: &mut Ui) {
    let colors = Palette::of(ui);
    ui.horizontal(|ui| {
        for (color, words) in [(colors.ham, t!("people-weeks-good")), (colors.spam, t!("people-weeks-spam"))] {
            let (rect, _) = ui.allocate_exact_size(vec2(9.0, 9.0), Sense::hover());
            ui.painter().rect_filled(rect, 2, color);
            ui.label(RichText::new(words).small().color(colors.dim));
        }
    });
}

fn facts_ui(ui: &mut Ui, person: &PersonDetail) {
    let (row, colors) = (&person.row, Palette::of(ui));
    let now = Zoned::now();
    let time = |at: i64| if at == 0 { "–".to_owned() } else { view::arrived(at, &now) };
    let [mail, spam, doubtful] = [row.mail, row.spam, row.doubtful].map(view::grouped);
    let said = format!("{} / {}", view::grouped(person.said_good), view::grouped(person.said_spam));
    let last = row.last_at.max(person.written_at);
    let facts = [
        (t!("people-fact-mail"), mail),
        (t!("people-fact-spam"), spam),
        (t!("people-fact-doubtful"), doubtful),
        (t!("people-fact-written"), view::grouped(row.written)),
        (t!("people-fact-answered"), view::grouped(row.answered)),
        (t!("people-fact-said"), said),
        (t!("people-fact-read"), view::grouped(person.read)),
        (t!("people-fact-first"), time(person.first_at)),
        (t!("people-fact-last"), time(last)),
        (t!("people-fact-wrote"), time(person.written_at)),
    ];
    Grid::new("person-facts").num_columns(2).min_row_height(FACT_HEIGHT).spacing([18.0, 4.0]).show(ui, |ui| {
        for (what, value) in facts {
            ui.label(RichText::new(what).color(colors.dim));
            ui.label(value);
            ui.end_row();
        }
    });
}

fn last_ui(ui: &mut Ui, person: &PersonDetail, commands: &CommandSender) {
    if person.last.is_empty() {
        ui.label(RichText::new(t!("people-last-none")).color(Palette::of(ui).dim));
    }
    let now = Zoned::now();
    ui.spacing_mut().item_spacing.y = 0.0;
    for mail in &person.last {
        if message_ui(ui, mail, &now) {
            commands.send(Command::ShowMessage(mail.id, person.row.address.clone()));
        }
    }
}

/// A message. Whether it is to be opened.
fn message_ui(ui: &mut Ui, mail: &MailRow, now: &Zoned) -> bool {
    let colors = Palette::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), MESSAGE_HEIGHT), Sense::click());
    let when = view::arrived(mail.received_at, now);
    let subject = view::shown(&view::subject(mail));
    let label = mail.taught.as_deref().unwrap_or(&mail.class);
    let class = match label {
        "spam" => t!("people-class-spam"),
        "unsure" => t!("people-class-unsure"),
        _ => t!("people-class-ham"),
    };
    let name = t!("people-open-name", subject = &subject, class = &class, when = &when);
    response.widget_info(move || WidgetInfo::labeled(Role::Button, true, name.clone()));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, theme::ROUND, colors.hover);
    }
    ui.painter().hline(rect.x_range(), rect.bottom(), egui::Stroke::new(1.0, colors.line));
    let width = rect.width() - 12.0;
    let line = widgets::cut_line(ui, subject, theme::plain(theme::BODY), colors.text, width);
    ui.painter().galley(pos2(rect.left() + 6.0, rect.top() + 3.0), line, colors.text);
    let color = colors.class(label);
    let line = widgets::cut_line(ui, class, theme::plain(theme::SMALL), color, width / 2.0);
    let right = rect.left() + 6.0 + line.size().x + 10.0;
    ui.painter().galley(pos2(rect.left() + 6.0, rect.top() + 22.0), line, color);
    let line = widgets::cut_line(ui, when, theme::plain(theme::SMALL), colors.dim, width / 2.0);
    ui.painter().galley(pos2(right, rect.top() + 22.0), line, colors.dim);
    response.clicked()
}
