//! The people who write: how they stand, and what to do about them.

mod detail;
mod marks;

use std::sync::Arc;

use egui::{
    Align2, ComboBox, Id, Key, Label, Margin, Rect, RichText, Role, ScrollArea, Sense, Stroke, TextEdit, Ui, Vec2,
    WidgetInfo, pos2, vec2,
};
use jiff::Zoned;
use tamis_core::api::{MailId, PeopleOrder, PersonGrade, PersonRow, Reply, Request};

use crate::{
    client::Snapshot,
    command::CommandSender,
    icons::Icon,
    panels::status,
    text::t,
    theme::{self, Palette},
    view, widgets,
};

/// So many rows are asked for at once; of a long list only what is in sight is asked for.
const PAGE: usize = 100;

/// The column with who it is, at least.
const LEAST_WHO: f32 = 150.0;

/// The columns of the sparkline and of the figures.
const SPARK_WIDTH: f32 = 96.0;
const FIGURES_WIDTH: f32 = 86.0;
const GRADE_WIDTH: f32 = 118.0;

/// The page of the chosen person: usual, least, most.
const DETAIL_WIDTH: [f32; 3] = [380.0, 320.0, 560.0];

/// The list keeps at least this much.
const LIST_LEAST: f32 = 390.0;

/// What the person has done on the page.
#[derive(Debug, Default)]
pub(crate) struct PeopleState {
    search: String,
    order: PeopleOrder,
    /// The address of whoever is shown.
    chosen: Option<String>,
    /// The place of that row, for the keys.
    cursor: usize,
    /// The first and the last row in sight.
    in_sight: (usize, usize),
    /// What came last, to be seen until what was asked for now has come.
    last: Option<Arc<Reply>>,
    /// A message to show in the list of all mail, once that is there.
    pub(crate) wanted: Option<MailId>,
}

impl PeopleState {
    /// What the page shows.
    pub(crate) fn watches(&self) -> Vec<Request> {
        let (first, last) = self.in_sight;
        let pages = first / PAGE..=last / PAGE;
        pages.map(|page| self.page(page)).chain(self.chosen.clone().map(Request::Person)).collect()
    }

    fn page(&self, page: usize) -> Request {
        let number = |rows: usize| u32::try_from(rows).unwrap_or(u32::MAX);
        let (search, order) = (self.search.trim().to_owned(), self.order);
        Request::People { search, order, offset: number(page.saturating_mul(PAGE)), limit: number(PAGE) }
    }

    fn start_over(&mut self) {
        (self.in_sight, self.cursor) = ((0, 0), 0);
    }
}

/// The rows that have come.
struct Rows<'a> {
    snapshot: &'a Snapshot,
    state: &'a PeopleState,
    total: usize,
}

impl Rows<'_> {
    fn row(&self, index: usize) -> Option<&PersonRow> {
        let request = self.state.page(index / PAGE);
        let reply = match self.snapshot.answer(&request) {
            Some(Ok(reply)) => reply,
            // What is on its way: what was seen before is better than nothing.
            Some(Err(_)) | None if index < PAGE => self.state.last.as_ref()?,
            Some(Err(_)) | None => return None,
        };
        if let Reply::People { rows, .. } = &**reply { rows.get(index % PAGE) } else { None }
    }
}

/// Draws the page.
pub(crate) fn people_ui(ui: &mut Ui, snapshot: &Snapshot, state: &mut PeopleState, commands: &CommandSender) {
    widgets::beside(ui, "person", DETAIL_WIDTH, LIST_LEAST, |ui| {
        let chosen = state.chosen.clone();
        detail::detail_ui(ui, snapshot, chosen.as_deref(), commands);
    });
    let margin = Margin { right: 8, ..Margin::ZERO };
    egui::Frame::new().inner_margin(margin).show(ui, |ui| list_ui(ui, snapshot, state, commands));
}

/// Everything but the page of the chosen person.
fn list_ui(ui: &mut Ui, snapshot: &Snapshot, state: &mut PeopleState, commands: &CommandSender) {
    ui.heading(t!("people-title"));
    ui.add_space(theme::GAP);
    status::problems_ui(ui, snapshot, commands);
    let first = state.page(0);
    match snapshot.answer(&first) {
        Some(Ok(reply)) => state.last = Some(Arc::clone(reply)),
        Some(Err(why)) => {
            let why = view::shown(why);
            ui.add(Label::new(t!("people-failed", why = why)).wrap());
        }
        None => {}
    }
    let Some(Reply::People { total, .. }) = state.last.as_deref() else {
        ui.label(RichText::new(t!("people-loading")).color(Palette::of(ui).dim));
        return;
    };
    let total = usize::try_from(*total).unwrap_or(usize::MAX);
    if total == 0 && state.search.trim().is_empty() {
        return widgets::empty_page(ui, Icon::Person, &t!("people-none"), &t!("people-none-text"), |_| {});
    }
    ui.horizontal_wrapped(|ui| tools_ui(ui, state, total));
    ui.add_space(4.0);
    if total == 0 {
        ui.label(t!("people-none-found"));
        return;
    }
    rows_ui(ui, snapshot, state, total);
}

fn tools_ui(ui: &mut Ui, state: &mut PeopleState, total: usize) {
    let search = t!("people-search");
    let field = TextEdit::singleline(&mut state.search).id(Id::unique("search-people")).hint_text(search.as_str());
    let field = ui.add(field.char_limit(200).desired_width(200.0));
    widgets::name(ui, &field, Role::SearchInput, &search);
    let words = |order: PeopleOrder| match order {
        PeopleOrder::Newest => t!("people-order-newest"),
        PeopleOrder::Mail => t!("people-order-mail"),
        PeopleOrder::Spam => t!("people-order-spam"),
        PeopleOrder::Standing => t!("people-order-standing"),
    };
    let before = state.order;
    let chosen = ComboBox::from_id_salt("people-order").selected_text(words(state.order)).show_ui(ui, |ui| {
        for order in [PeopleOrder::Newest, PeopleOrder::Mail, PeopleOrder::Spam, PeopleOrder::Standing] {
            ui.selectable_value(&mut state.order, order, words(order));
        }
    });
    widgets::name(ui, &chosen.response, Role::ComboBox, &t!("people-order"));
    if field.changed() || before != state.order {
        state.start_over();
    }
    ui.label(RichText::new(t!("people-total", total = total)).small().color(Palette::of(ui).dim));
}

fn rows_ui(ui: &mut Ui, snapshot: &Snapshot, state: &mut PeopleState, total: usize) {
    let step = step(ui);
    let mut chosen = None;
    let mut in_sight = state.in_sight;
    let rows = Rows { snapshot, state, total };
    if step != 0 {
        // The first key chooses the first row.
        let next = if state.chosen.is_some() { state.cursor.saturating_add_signed(step) } else { 0 };
        let next = next.min(rows.total.saturating_sub(1));
        chosen = rows.row(next).map(|row| (next, row.address.clone()));
    }
    let now = Zoned::now();
    ui.spacing_mut().item_spacing.y = 0.0;
    let mut area =
        ScrollArea::vertical().id_salt(("people", state.search.as_str(), words_of(state.order))).auto_shrink(false);
    if let Some((place, _)) = chosen {
        area = follow(area, ui, state, place);
    }
    area.show_rows(ui, theme::ROW_HEIGHT, total, |ui, shown| {
        in_sight = (shown.start, shown.end.saturating_sub(1).max(shown.start));
        for index in shown {
            let Some(row) = rows.row(index) else {
                ui.allocate_exact_size(vec2(ui.available_width(), theme::ROW_HEIGHT), Sense::hover());
                continue;
            };
            let is_chosen = state.chosen.as_deref() == Some(row.address.as_str());
            if row_ui(ui, row, is_chosen, &now) {
                chosen = Some((index, row.address.clone()));
            }
        }
    });
    state.in_sight = in_sight;
    if let Some((index, address)) = chosen {
        (state.cursor, state.chosen) = (index, Some(address));
        ui.ctx().request_repaint();
    }
}

/// Brings a row into sight that a key has reached.
fn follow(area: ScrollArea, ui: &Ui, state: &PeopleState, place: usize) -> ScrollArea {
    let (first, last) = state.in_sight;
    let top = |row: usize| widgets::px(f64::from(u32::try_from(row).unwrap_or(u32::MAX))) * theme::ROW_HEIGHT;
    if place <= first {
        area.vertical_scroll_offset(top(place))
    } else if last <= place.saturating_add(1) {
        let height = ui.available_height();
        area.vertical_scroll_offset((top(place.saturating_add(1)) - height).max(0.0))
    } else {
        area
    }
}

const fn words_of(order: PeopleOrder) -> &'static str {
    match order {
        PeopleOrder::Newest => "newest",
        PeopleOrder::Mail => "mail",
        PeopleOrder::Spam => "spam",
        PeopleOrder::Standing => "standing",
    }
}

/// By how many rows the keys move.
fn step(ui: &Ui) -> isize {
    // What lies over the page has the keys.
    let is_covered = ui.memory(|memory| memory.top_modal_layer().is_some());
    if is_covered || ui.ctx().text_edit_focused() {
        return 0;
    }
    ui.input(|input| {
        let down = input.key_pressed(Key::ArrowDown) || input.key_pressed(Key::J);
        let up = input.key_pressed(Key::ArrowUp) || input.key_pressed(Key::K);
        isize::from(down) - isize::from(up)
    })
}

/// Draws a row. Whether it was chosen.
fn row_ui(ui: &mut Ui, row: &PersonRow, is_chosen: bool, now: &Zoned) -> bool {
    let colors = Palette::of(ui);
    let size = Vec2::new(ui.available_width(), theme::ROW_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let (name, grade) = (named(row), grade_words(row.grade));
    let last = if row.last_at == 0 { String::new() } else { view::arrived(row.last_at, now) };
    let label = t!(
        "people-row",
        name = &name,
        grade = &grade,
        mail = row.mail,
        spam = row.spam,
        written = row.written,
        last = &last
    );
    response.widget_info(move || WidgetInfo::selected(Role::ListBoxOption, true, is_chosen, label.clone()));
    if !ui.is_rect_visible(rect) {
        return response.clicked();
    }
    if is_chosen {
        ui.painter().rect_filled(rect, theme::ROUND, colors.chosen);
    } else if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, theme::ROUND, colors.hover);
    }
    ui.painter().hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, colors.line));
    let inner = rect.shrink2(vec2(10.0, 0.0));
    let figures = Rect::from_min_max(pos2(inner.right() - FIGURES_WIDTH, inner.top()), inner.max);
    let right = figures.left() - theme::GAP;
    let has_spark = LEAST_WHO + GRADE_WIDTH + SPARK_WIDTH < right - inner.left();
    let spark_left = if has_spark { right - SPARK_WIDTH } else { right };
    if has_spark {
        let spark = Rect::from_min_max(pos2(spark_left, inner.top() + 11.0), pos2(right, inner.bottom() - 11.0));
        marks::paint_weeks(ui, spark, &row.weeks);
    }
    let grade_left = spark_left - GRADE_WIDTH;
    let grade_rect = Rect::from_min_max(pos2(grade_left, inner.top()), pos2(spark_left - theme::GAP, inner.bottom()));
    marks::paint_grade(ui, grade_rect, row, &grade);
    let width = grade_left - theme::GAP - inner.left();
    who_ui(ui, row, inner, width);
    figures_ui(ui, row, figures, last);
    response.clicked()
}

fn who_ui(ui: &Ui, row: &PersonRow, inner: Rect, width: f32) {
    let colors = Palette::of(ui);
    let (first, second) = if row.name.is_empty() {
        (view::shown(&row.address), String::new())
    } else {
        (view::shown(&row.name), view::shown(&row.address))
    };
    let first = widgets::cut_line(ui, first, theme::strong(theme::BODY), colors.text, width);
    let y = if second.is_empty() { inner.center().y - first.size().y / 2.0 } else { inner.top() + 8.0 };
    ui.painter().galley(pos2(inner.left(), y), first, colors.text);
    let second = widgets::cut_line(ui, second, theme::plain(theme::SMALL), colors.dim, width);
    ui.painter().galley(pos2(inner.left(), inner.top() + 27.0), second, colors.dim);
}

fn figures_ui(ui: &Ui, row: &PersonRow, rect: Rect, last: String) {
    let colors = Palette::of(ui);
    let small = theme::plain(theme::SMALL);
    ui.painter().text(pos2(rect.right(), rect.top() + 9.0), Align2::RIGHT_TOP, last, small.clone(), colors.dim);
    let (text, color) = if 0 < row.spam {
        (t!("people-spam", spam = row.spam), colors.spam)
    } else if row.mail == 0 {
        (t!("people-written", written = row.written), colors.dim)
    } else {
        (t!("people-mail", mail = row.mail), colors.dim)
    };
    ui.painter().text(pos2(rect.right(), rect.top() + 27.0), Align2::RIGHT_TOP, text, small, color);
}

/// How people call somebody.
fn named(row: &PersonRow) -> String {
    let address = view::shown(&row.address);
    if row.name.is_empty() { address } else { format!("{}, {address}", view::shown(&row.name)) }
}

/// How somebody stands, in a word or two.
fn grade_words(grade: PersonGrade) -> String {
    match grade {
        PersonGrade::Accepted => t!("people-grade-accepted"),
        PersonGrade::Blocked => t!("people-grade-blocked"),
        PersonGrade::Peer => t!("people-grade-peer"),
        PersonGrade::Read => t!("people-grade-read"),
        PersonGrade::Good => t!("people-grade-good"),
        PersonGrade::Fair => t!("people-grade-fair"),
        PersonGrade::Open => t!("people-grade-open"),
        PersonGrade::Doubted => t!("people-grade-doubted"),
        PersonGrade::Bad => t!("people-grade-bad"),
    }
}
