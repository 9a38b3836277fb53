//! What was learned and when, each with a button that takes it back; what a word says; learning from the mail that is there.

mod tools;

use std::sync::Arc;

use egui::{Align, ComboBox, Label, Layout, Margin, RichText, Role, ScrollArea, Sense, Stroke, Ui, Vec2, WidgetInfo};
use jiff::Zoned;
use tamis_core::api::{LessonRow, LessonsPage, Reply, Request};

use crate::{
    client::Snapshot,
    command::{Command, CommandSender},
    icons::Icon,
    panels::status,
    text::t,
    theme::{self, Palette},
    view,
    widgets::{self, Weight},
};

/// So many lessons are asked for at once; of many only those in sight.
const PAGE: usize = 100;

/// The column of what is to be done and looked up: usual, least, most.
const TOOLS_WIDTH: [f32; 3] = [400.0, 340.0, 560.0];

/// The list keeps at least this much.
const LIST_LEAST: f32 = 390.0;

/// What the person has done on the page.
#[derive(Debug, Default)]
pub(crate) struct LearnedState {
    /// How the lessons came that are shown; empty: all.
    source: String,
    /// The first and the last row in sight.
    in_sight: (usize, usize),
    /// What came last, to be seen until what was asked for now has come.
    last: Option<Arc<Reply>>,
    /// What is being written.
    word: String,
    /// The word that is shown.
    sought: String,
    /// A file of lessons.
    path: String,
}

impl LearnedState {
    /// What the page shows.
    pub(crate) fn watches(&self) -> Vec<Request> {
        let (first, last) = self.in_sight;
        let word = (!self.sought.is_empty()).then(|| Request::Word(self.sought.clone()));
        (first / PAGE..=last / PAGE).map(|page| self.page(page)).chain(word).collect()
    }

    fn page(&self, page: usize) -> Request {
        let number = |rows: usize| u32::try_from(rows).unwrap_or(u32::MAX);
        let source = self.source.clone();
        Request::Lessons { source, offset: number(page.saturating_mul(PAGE)), limit: number(PAGE) }
    }

    fn row<'a>(&'a self, snapshot: &'a Snapshot, index: usize) -> Option<&'a LessonRow> {
        let reply = match snapshot.answer(&self.page(index / PAGE)) {
            Some(Ok(reply)) => reply,
            Some(Err(_)) | None if index < PAGE => self.last.as_ref()?,
            Some(Err(_)) | None => return None,
        };
        if let Reply::Lessons(page) = &**reply { page.rows.get(index % PAGE) } else { None }
    }
}

/// Draws the page.
pub(crate) fn learned_ui(ui: &mut Ui, snapshot: &Snapshot, state: &mut LearnedState, commands: &CommandSender) {
    if let Some(Ok(reply)) = snapshot.answer(&state.page(0)) {
        state.last = Some(Arc::clone(reply));
    }
    let last = state.last.clone();
    let page = last.as_deref().and_then(|reply| if let Reply::Lessons(page) = reply { Some(&**page) } else { None });
    widgets::beside(ui, "learning-tools", TOOLS_WIDTH, LIST_LEAST, |ui| {
        ScrollArea::vertical().id_salt("learning-tools").auto_shrink(false).show(ui, |ui| {
            // The scroll bar lies beside the cards.
            ui.set_max_width((ui.available_width() - 12.0).max(0.0));
            tools::tools_ui(ui, snapshot, page, state, commands);
        });
    });
    let margin = Margin { right: 8, ..Margin::ZERO };
    egui::Frame::new().inner_margin(margin).show(ui, |ui| list_ui(ui, snapshot, page, state, commands));
}

/// Everything but the column beside it.
fn list_ui(
    ui: &mut Ui,
    snapshot: &Snapshot,
    page: Option<&LessonsPage>,
    state: &mut LearnedState,
    commands: &CommandSender,
) {
    ui.heading(t!("learning-title"));
    ui.add_space(theme::GAP);
    status::problems_ui(ui, snapshot, commands);
    if let Some(Err(why)) = snapshot.answer(&state.page(0)) {
        let why = view::shown(why);
        ui.add(Label::new(t!("learning-failed", why = why)).wrap());
    }
    match page {
        None => {
            ui.label(RichText::new(t!("learning-loading")).color(Palette::of(ui).dim));
        }
        Some(page) if page.sources.is_empty() => {
            widgets::empty_page(ui, Icon::Book, &t!("learning-none"), &t!("learning-none-text"), |_| {});
        }
        Some(page) => lessons_ui(ui, snapshot, page, state, commands),
    }
}

fn lessons_ui(
    ui: &mut Ui,
    snapshot: &Snapshot,
    page: &LessonsPage,
    state: &mut LearnedState,
    commands: &CommandSender,
) {
    ui.horizontal_wrapped(|ui| filter_ui(ui, page, state));
    ui.add_space(4.0);
    if page.total == 0 {
        ui.label(t!("learning-none-of-source"));
        return;
    }
    let now = Zoned::now();
    let total = usize::try_from(page.total).unwrap_or(usize::MAX);
    ui.spacing_mut().item_spacing.y = 0.0;
    let area = ScrollArea::vertical().id_salt(("lessons", state.source.as_str())).auto_shrink(false);
    let mut in_sight = state.in_sight;
    area.show_rows(ui, theme::ROW_HEIGHT, total, |ui, shown| {
        in_sight = (shown.start, shown.end.saturating_sub(1).max(shown.start));
        for index in shown {
            match state.row(snapshot, index) {
                Some(row) => lesson_ui(ui, row, &now, commands),
                None => {
                    ui.allocate_exact_size(Vec2::new(ui.available_width(), theme::ROW_HEIGHT), Sense::hover());
                }
            }
        }
    });
    state.in_sight = in_sight;
}

fn filter_ui(ui: &mut Ui, page: &LessonsPage, state: &mut LearnedState) {
    let words = |source: &str| if source.is_empty() { t!("learning-all-sources") } else { source_words(source) };
    let before = state.source.clone();
    let chosen = ComboBox::from_id_salt("lesson-source").selected_text(words(&state.source)).show_ui(ui, |ui| {
        for source in std::iter::once("").chain(page.sources.iter().map(|one| one.source.as_str())) {
            ui.selectable_value(&mut state.source, source.to_owned(), words(source));
        }
    });
    widgets::name(ui, &chosen.response, Role::ComboBox, &t!("learning-source"));
    if before != state.source {
        state.in_sight = (0, 0);
    }
    ui.label(RichText::new(t!("learning-lessons", lessons = page.total)).small().color(Palette::of(ui).dim));
}

fn lesson_ui(ui: &mut Ui, row: &LessonRow, now: &Zoned, commands: &CommandSender) {
    let colors = Palette::of(ui);
    let is_spam = row.label == "spam";
    let (icon, color) = if is_spam { (Icon::Barred, colors.spam) } else { (Icon::Check, colors.ham) };
    let label = if is_spam { t!("learning-is-spam") } else { t!("learning-is-good") };
    let (from, subject) = (view::shown(&row.from), view::shown(&row.subject));
    let first = if subject.is_empty() { t!("learning-unknown") } else { subject };
    let (how, when) = (source_words(&row.source), view::arrived(row.at, now));
    let size = Vec2::new(ui.available_width(), theme::ROW_HEIGHT);
    let drawn = ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_size(size);
        let (rect, _) = ui.allocate_exact_size(Vec2::splat(theme::ICON + 12.0), Sense::hover());
        icon.paint(ui.painter(), rect.shrink(6.0), color);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(8.0);
            let what = if row.subject.is_empty() && !from.is_empty() { &from } else { &first };
            let button = widgets::icon_text_button(ui, Icon::Undo, &t!("learning-take-back"), Weight::Plain);
            widgets::name(ui, &button, Role::Button, &t!("learning-take-back-name", label = &label, what = what));
            if button.clicked() {
                commands.send(Command::Say(Box::new(Request::Unlearn(vec![row.key.clone()]))));
            }
            ui.label(RichText::new(&when).small().color(colors.dim));
            ui.with_layout(Layout::top_down(Align::Min), |ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                ui.add_space(7.0);
                ui.add(Label::new(&first).truncate());
                let second = if from.is_empty() { how.clone() } else { format!("{from} · {how}") };
                ui.add(Label::new(RichText::new(second).small().color(colors.dim)).truncate());
            });
        });
    });
    let name = t!("learning-row", label = label, what = first, how = how, when = when);
    drawn.response.widget_info(move || WidgetInfo::labeled(Role::Label, true, name.clone()));
    let rect = drawn.response.rect;
    ui.painter().hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, colors.line));
}

/// How a lesson came.
fn source_words(source: &str) -> String {
    match source {
        "file" => t!("learning-source-file"),
        "review" => t!("learning-source-review"),
        "move" => t!("learning-source-move"),
        "keyword" => t!("learning-source-keyword"),
        "server" => t!("learning-source-server"),
        "bootstrap" => t!("learning-source-bootstrap"),
        "undo" => t!("learning-source-undo"),
        _ => t!("learning-source-other"),
    }
}
