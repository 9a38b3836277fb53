//! The list of messages. Only the rows in sight are laid out, however many there are.

use std::{collections::BTreeSet, sync::Arc};

use egui::{Align, Align2, EventFilter, Id, Layout, Rect, Response, RichText, Role, Sense, Ui, Vec2, WidgetInfo};
use egui_extras::{Column, TableBuilder, TableRow};
use jiff::Zoned;
use tamis_core::api::{MailId, MailRow, Show};

use crate::{
    client::{Lesson, Link, Listing, Snapshot},
    command::{Command, CommandSender, Pick},
    icons::Icon,
    panels::{drag, held, status},
    selection::Selection,
    theme::{self, Palette},
    view::{self, RowView},
    widgets::{self, Weight},
};

/// Rows asked for at first, and each time the end comes near so many times more.
pub(crate) const FIRST_ROWS: u32 = 2_000;
/// See [`FIRST_ROWS`].
pub(crate) const MORE_ROWS: u32 = 4;
/// What still fits well into one frame of the socket.
pub(crate) const MOST_ROWS: u32 = 20_000;

/// So near the end more is fetched.
const NEAR_THE_END: usize = 100;

/// Narrower than this, the column of reasons would leave no room for subjects.
const ROOM_FOR_REASONS: f32 = 540.0;

/// The share of the list's width that reasons have, within bounds.
const REASON_SHARE: f32 = 0.36;

/// What the person has done in the list.
#[derive(Debug)]
pub(crate) struct ListState {
    pub(crate) show: Show,
    pub(crate) search: String,
    pub(crate) limit: u32,
    pub(crate) focus_search: bool,
    /// Whether another list has come, which starts at its top.
    pub(crate) to_top: bool,
    pub(crate) selection: Selection,
    /// The account whose waiting messages are to be chosen when the list is there.
    pub(crate) choose_held: Option<String>,
    /// Messages the agent has been told about and has not answered for.
    pub(crate) busy: BTreeSet<MailId>,
}

impl Default for ListState {
    fn default() -> Self {
        Self {
            show: Show::Review,
            search: String::new(),
            limit: FIRST_ROWS,
            focus_search: false,
            to_top: false,
            selection: Selection::default(),
            choose_held: None,
            busy: BTreeSet::new(),
        }
    }
}

/// Draws the screen.
pub(crate) fn list_ui(ui: &mut Ui, snapshot: &Snapshot, state: &mut ListState, commands: &CommandSender) {
    let listing = snapshot.listing.as_ref().filter(|listing| listing.want.show == state.show);
    head_ui(ui, listing, state, commands);
    ui.add_space(theme::GAP);
    status::problems_ui(ui, snapshot, commands);
    held::held_ui(ui, snapshot, commands);
    if listing.is_some() {
        let undoable = snapshot.status.as_deref().and_then(|status| status.undoable.as_deref());
        actions_ui(ui, state, undoable, commands);
        ui.add_space(4.0);
    }
    match listing {
        Some(listing) if listing.rows.is_empty() => nothing_ui(ui, state),
        Some(listing) => {
            let several = snapshot.status.as_deref().is_some_and(|status| 1 < status.accounts.len());
            table_ui(ui, listing, several, state, commands);
        }
        None => waiting_ui(ui, &snapshot.link),
    }
}

fn head_ui(ui: &mut Ui, listing: Option<&Arc<Listing>>, state: &mut ListState, commands: &CommandSender) {
    let colors = Palette::of(ui);
    ui.horizontal(|ui| {
        ui.heading(view::list_name(state.show));
        if let Some(listing) = listing.filter(|listing| 0 < listing.total) {
            let shown = u32::try_from(listing.rows.len()).unwrap_or(u32::MAX);
            let mut words = view::count(listing.total, "message");
            if MOST_ROWS <= shown && shown < listing.total {
                words = format!("the newest {} of {words}", view::grouped(shown));
            }
            ui.label(RichText::new(words).color(colors.dim));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if widgets::icon_button(ui, Icon::Refresh, "Check for new mail now").clicked() {
                commands.send(Command::CheckNow);
            }
            search_ui(ui, state, commands);
        });
    });
}

fn search_ui(ui: &mut Ui, state: &mut ListState, commands: &CommandSender) {
    if !state.search.is_empty() && widgets::icon_button(ui, Icon::Cross, "Clear the search").clicked() {
        state.search.clear();
        commands.send(Command::Search(String::new()));
    }
    let width = ui.available_width().min(240.0);
    // A name of its own: the button that comes and goes before it must not take its focus.
    let field = egui::TextEdit::singleline(&mut state.search)
        .id(Id::unique("search-mail"))
        .hint_text("Search sender or subject")
        .char_limit(200)
        .margin(egui::Margin { left: 28, right: 8, top: 6, bottom: 6 })
        .desired_width(width);
    let response = ui.add(field);
    let icon_at = response.rect.left_center() + Vec2::new(15.0, 0.0);
    Icon::Search.paint(ui.painter(), Rect::from_center_size(icon_at, Vec2::splat(14.0)), Palette::of(ui).dim);
    let text = state.search.clone();
    response.widget_info(move || {
        let mut info = WidgetInfo::labeled(Role::SearchInput, true, "Search sender or subject");
        info.current_text_value = Some(text.clone());
        info
    });
    if response.changed() {
        commands.send(Command::Search(state.search.clone()));
    }
    if std::mem::take(&mut state.focus_search) {
        response.request_focus();
    }
}

fn actions_ui(ui: &mut Ui, state: &ListState, undoable: Option<&str>, commands: &CommandSender) {
    let colors = Palette::of(ui);
    let chosen = state.selection.len();
    ui.horizontal(|ui| {
        ui.add_enabled_ui(0 < chosen, |ui| {
            for (icon, text, lesson, key, what) in [
                (Icon::Release, "Release", Lesson::Release, "R", "Put back in the inbox and never judge again"),
                (Icon::Barred, "Spam", Lesson::Spam, "S", "File in Junk and learn as spam"),
                (Icon::Check, "Not spam", Lesson::Good, "G", "Put back in the inbox and learn as good"),
            ] {
                let weight = if lesson == Lesson::Release && 0 < chosen { Weight::Main } else { Weight::Plain };
                let button = widgets::icon_text_button(ui, icon, text, weight);
                if button.on_hover_text(format!("{what} ({key})")).clicked() {
                    commands.send(Command::Teach(lesson));
                }
            }
        });
        ui.add_enabled_ui(undoable.is_some(), |ui| {
            let button = widgets::icon_text_button(ui, Icon::Undo, "Undo", Weight::Plain);
            let button = match undoable {
                Some(what) => button.on_hover_text(format!("Take back: {} (Ctrl+Z)", view::shown(what))),
                None => button,
            };
            if button.clicked() {
                commands.send(Command::Undo(None));
            }
        });
        if 1 < chosen {
            let words = view::grouped(u32::try_from(chosen).unwrap_or(u32::MAX));
            ui.label(RichText::new(format!("{words} chosen")).color(colors.dim));
        }
    });
}

fn nothing_ui(ui: &mut Ui, state: &ListState) {
    if !state.search.is_empty() {
        let text = format!("Neither a sender nor a subject contains “{}”", view::shown(&state.search));
        return widgets::empty_page(ui, Icon::Search, "Nothing found", &text, |_| {});
    }
    let (icon, title, text) = match state.show {
        Show::Review => {
            (Icon::Shield, "All is clear", "Nothing is waiting for you. What Tamis holds back appears here")
        }
        Show::Junk => (Icon::Barred, "Junk is empty", "What Tamis or you file as spam appears here"),
        Show::All => (Icon::Letters, "No mail yet", "Every message that Tamis judges appears here"),
    };
    widgets::empty_page(ui, icon, title, text, |_| {});
}

fn waiting_ui(ui: &mut Ui, link: &Link) {
    let (title, text) = match link {
        Link::Connecting | Link::Online { .. } => return,
        Link::Starting => ("Starting", "The agent, which does the filtering, is being started"),
        Link::Offline { .. } | Link::Mismatch { .. } => {
            ("The agent is not connected", "Your mail stays where it is. Nothing is filtered until the agent runs")
        }
    };
    widgets::empty_page(ui, Icon::Warning, title, text, |_| {});
}

fn table_ui(ui: &mut Ui, listing: &Listing, several: bool, state: &mut ListState, commands: &CommandSender) {
    let rows = &listing.rows;
    let width = ui.available_width();
    let has_reasons = ROOM_FOR_REASONS <= width;
    let now = Zoned::now();
    ui.spacing_mut().item_spacing = Vec2::new(0.0, 1.0);
    let mut table = TableBuilder::new(ui)
        .id_salt("mail")
        .sense(Sense::click_and_drag())
        .auto_shrink(false)
        .cell_layout(Layout::left_to_right(Align::Center))
        .column(Column::exact(60.0))
        .column(Column::remainder().at_least(120.0).clip(true));
    if has_reasons {
        table = table.column(Column::exact((width * REASON_SHARE).clamp(180.0, 440.0)).clip(true));
    }
    table = table.column(Column::exact(theme::PLACE_WIDTH).clip(true));
    if std::mem::take(&mut state.to_top) {
        table = table.vertical_scroll_offset(0.0);
    } else if let Some(row) = state.selection.take_scroll() {
        table = table.scroll_to_row(row, None);
    }
    table.body(|body| {
        body.rows(theme::ROW_HEIGHT, rows.len(), |mut table_row| {
            let index = table_row.index();
            let Some(row) = rows.get(index) else { return };
            let shown = view::row_view(row, &now);
            table_row.set_selected(state.selection.contains(row.id));
            let account = several.then_some(row.account.as_str());
            cells_ui(
                &mut table_row,
                row,
                &shown,
                Extra { account, has_reasons, is_busy: state.busy.contains(&row.id) },
            );
            let response = table_row.response();
            let line = Line { index, count: rows.len(), row, shown: &shown };
            behave(&response, &line, &state.selection, commands);
            let may_grow = state.limit < MOST_ROWS && state.limit <= listing.want.limit;
            let is_near_end = rows.len() < index.saturating_add(NEAR_THE_END);
            if may_grow && is_near_end && u64::try_from(rows.len()).is_ok_and(|here| here < u64::from(listing.total)) {
                commands.send(Command::More);
            }
        });
    });
}

#[derive(Clone, Copy)]
struct Extra<'a> {
    account: Option<&'a str>,
    has_reasons: bool,
    is_busy: bool,
}

/// The cells are painted, not laid out as widgets: the row as a whole is what can be chosen, named and dragged.
fn cells_ui(table_row: &mut TableRow<'_, '_>, row: &MailRow, shown: &RowView, extra: Extra<'_>) {
    table_row.col(|ui| {
        let at = ui.max_rect().center();
        widgets::paint_score(ui, Rect::from_center_size(at, Vec2::new(42.0, 22.0)), &shown.score, &row.class);
    });
    table_row.col(|ui| {
        let colors = Palette::of(ui);
        let rect = ui.max_rect();
        let (first, second) = if extra.is_busy { (colors.dim, colors.dim) } else { (colors.text, colors.text) };
        let width = rect.width() - 16.0;
        let sender = widgets::cut_line(ui, shown.sender.clone(), theme::strong(theme::BODY), first, width);
        let top = rect.left_top() + Vec2::new(4.0, 7.0);
        let used = sender.size().x;
        ui.painter().galley(top, sender, first);
        if let Some(account) = extra.account.filter(|_| used + 40.0 < width) {
            let font = theme::plain(theme::SMALL);
            let account = widgets::cut_line(ui, view::shown(account), font, colors.dim, width - used - 10.0);
            ui.painter().galley(top + Vec2::new(used + 10.0, 1.5), account, colors.dim);
        }
        let subject = widgets::cut_line(ui, shown.subject.clone(), theme::plain(theme::BODY), second, width);
        ui.painter().galley(rect.left_top() + Vec2::new(4.0, 26.0), subject, second);
    });
    if extra.has_reasons {
        table_row.col(|ui| {
            if let Some(reason) = &shown.reason {
                let colors = Palette::of(ui);
                let color = if row.class == "ham" { colors.dim } else { colors.class(&row.class) };
                let area = ui.max_rect().with_max_x(ui.max_rect().right() - 10.0);
                paint_chip(ui, reason, color, area, Align2::LEFT_CENTER);
            }
        });
    }
    table_row.col(|ui| {
        let colors = Palette::of(ui);
        let rect = ui.max_rect();
        let right = |text: &str, y: f32, color| {
            let font = theme::plain(theme::SMALL);
            let line = widgets::cut_line(ui, text.to_owned(), font, color, rect.width() - 14.0);
            let at = egui::pos2(rect.right() - 12.0 - line.size().x, rect.top() + y);
            ui.painter().galley(at, line, color);
        };
        right(&shown.arrived, 8.0, colors.dim);
        match row.taught.as_deref() {
            _ if extra.is_busy => right("working…", 27.0, colors.dim),
            Some("spam") => right("You: spam", 27.0, colors.spam),
            Some(_) => right("You: good", 27.0, colors.ham),
            None if row.is_held => {
                let area = rect.with_max_x(rect.right() - 10.0).with_max_y(rect.bottom() - 5.0);
                paint_chip(ui, view::WAITS, colors.accent, area, Align2::RIGHT_BOTTOM);
            }
            None => right(&shown.place, 27.0, colors.dim),
        }
    });
}

/// A tinted box with small text, at that edge of `area`.
fn paint_chip(ui: &Ui, text: &str, color: egui::Color32, area: Rect, edge: Align2) {
    let text = widgets::cut_line(ui, text.to_owned(), theme::plain(theme::SMALL), color, area.width() - 16.0);
    let chip = edge.align_size_within_rect(text.size() + Vec2::new(16.0, 6.0), area);
    ui.painter().rect_filled(chip, 6, theme::tint(color));
    ui.painter().galley(chip.min + Vec2::new(8.0, 3.0), text, color);
}

/// One row and where it stands.
struct Line<'a> {
    index: usize,
    count: usize,
    row: &'a MailRow,
    shown: &'a RowView,
}

/// What a row does when it is clicked, dragged or reached by keys, and what it says to a screen reader.
fn behave(response: &Response, line: &Line<'_>, selection: &Selection, commands: &CommandSender) {
    let id = line.row.id;
    let is_chosen = selection.contains(id);
    let name = line.shown.name.clone();
    response.widget_info(move || WidgetInfo::selected(Role::ListBoxOption, true, is_chosen, name.clone()));
    let ctx = &response.ctx;
    ctx.accesskit_node_builder(response.id, |node| {
        node.set_position_in_set(line.index);
        node.set_size_of_set(line.count);
        node.set_selected(is_chosen);
    });
    if response.drag_started() {
        if !is_chosen {
            commands.send(Command::Pick(line.index, Pick::Only));
        }
        drag::start(response, if is_chosen { selection.ids() } else { vec![id] });
    }
    if response.clicked() {
        let modifiers = ctx.input(|input| input.modifiers);
        let pick = match (modifiers.shift, modifiers.command) {
            (true, _) => Pick::Range,
            (false, true) => Pick::Toggle,
            (false, false) => Pick::Only,
        };
        commands.send(Command::Pick(line.index, pick));
    }
    let is_cursor = selection.cursor() == Some(id);
    follow_cursor(response, is_cursor);
    if is_cursor {
        let painter = ctx.layer_painter(response.layer_id).with_clip_rect(response.interact_rect);
        let bar = Rect::from_min_size(response.rect.min, Vec2::new(3.0, response.rect.height()));
        painter.rect_filled(bar, 1.5, ctx.global_style().visuals.hyperlink_color);
    }
}

/// The row under the cursor has the focus, unless something else took it: so that a screen reader says it.
fn follow_cursor(response: &Response, is_cursor: bool) {
    let ctx = &response.ctx;
    if !response.has_focus() {
        let is_free = ctx.memory(|memory| memory.focused().is_none() && memory.top_modal_layer().is_none());
        if is_cursor && is_free {
            response.request_focus();
        }
        return;
    }
    if is_cursor {
        // The arrow keys move the cursor of the list, not the focus of the window.
        let keys = EventFilter { vertical_arrows: true, ..EventFilter::default() };
        ctx.memory_mut(|memory| memory.set_focus_lock_filter(response.id, keys));
    } else {
        response.surrender_focus();
    }
}
