//! The messages. Only the lines in sight are laid out, however many there are, and only their rows are known.

use egui::{Align, Align2, Button, EventFilter, Layout, Rect, Response, RichText, Role, Sense, Ui, Vec2, WidgetInfo};
use egui_extras::{Column, TableBuilder, TableRow};
use jiff::Zoned;
use tamis_core::api::{Grouping, MailGroup, MailRow, REST_OF_GROUPS};

use super::{ListState, actions};
use crate::{
    client::{Listing, Snapshot},
    command::{Command, CommandSender, InList, Pick},
    icons::Icon,
    layout::Line,
    panels::drag,
    selection::Selection,
    text::t,
    theme::{self, Palette},
    view::{self, RowView},
    widgets,
};

/// Narrower than this, the column of reasons would leave no room for subjects.
const ROOM_FOR_REASONS: f32 = 540.0;

/// The share of the list's width that reasons have, within bounds.
const REASON_SHARE: f32 = 0.36;

/// So many places make a step: rows are asked for again when the list has been scrolled by one.
const STEP: usize = 40;

/// What the lines of one frame share.
struct Frame<'a> {
    listing: &'a Listing,
    snapshot: &'a Snapshot,
    state: &'a ListState,
    commands: &'a CommandSender,
    now: Zoned,
    several: bool,
    has_reasons: bool,
}

/// What of the list is in sight.
#[derive(Default)]
struct Sight {
    places: Option<(usize, usize)>,
    has_gaps: bool,
}

/// Draws the lines in sight.
pub(super) fn table_ui(
    ui: &mut Ui,
    (listing, snapshot): (&Listing, &Snapshot),
    several: bool,
    state: &mut ListState,
    commands: &CommandSender,
) {
    let width = ui.available_width();
    let has_reasons = ROOM_FOR_REASONS <= width;
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
        table = table.scroll_to_row(state.layout.line_of(row), None);
    }
    let frame = Frame { listing, snapshot, state, commands, now: Zoned::now(), several, has_reasons };
    let mut sight = Sight::default();
    table.body(|body| {
        let lines = &frame.state.layout.lines;
        body.rows(theme::ROW_HEIGHT, lines.len(), |mut table_row| match lines.get(table_row.index()) {
            Some(Line::Head(place)) => {
                if let Some(group) = frame.listing.outline.groups.get(*place) {
                    head_ui(&mut table_row, (*place, group), &frame);
                }
            }
            Some(Line::Row(place)) => line_ui(&mut table_row, *place, &frame, &mut sight),
            None => {}
        });
    });
    if let Some((first, last)) = sight.places.filter(|_| sight.has_gaps) {
        let step = |(first, last): (usize, usize)| (first / STEP, last / STEP);
        if frame.state.seen.map(step) != Some(step((first, last))) {
            commands.send(Command::InList(InList::See(first, last)));
        }
    }
}

fn line_ui(table_row: &mut TableRow<'_, '_>, place: usize, frame: &Frame<'_>, sight: &mut Sight) {
    let Frame { listing, state, .. } = frame;
    let Some(id) = state.layout.ids.get(place).copied() else { return };
    let (first, last) = sight.places.unwrap_or((place, place));
    sight.places = Some((first.min(place), last.max(place)));
    table_row.set_selected(state.selection.contains(id));
    let Some(row) = listing.row(id) else {
        sight.has_gaps = true;
        return gap_ui(table_row, frame.has_reasons);
    };
    let shown = view::row_view(row, &frame.now);
    let account = frame.several.then_some(row.account.as_str());
    let extra = Extra { account, has_reasons: frame.has_reasons, is_busy: state.busy.contains(&id) };
    cells_ui(table_row, row, &shown, extra);
    let response = table_row.response();
    let place = Place { index: place, count: state.layout.ids.len(), row, shown: &shown };
    behave(&response, &place, &state.selection, frame.commands);
    response.context_menu(|ui| actions::menu_ui(ui, frame.snapshot, state, frame.commands));
}

/// A row that has not come yet.
fn gap_ui(table_row: &mut TableRow<'_, '_>, has_reasons: bool) {
    let bar = |ui: &Ui, at: Vec2, size: Vec2| {
        let rect = Rect::from_min_size(ui.max_rect().min + at, size);
        ui.painter().rect_filled(rect, 4, Palette::of(ui).line);
    };
    table_row.col(|ui| bar(ui, Vec2::new(9.0, 14.0), Vec2::new(42.0, 22.0)));
    table_row.col(|ui| {
        bar(ui, Vec2::new(4.0, 11.0), Vec2::new(140.0, 9.0));
        bar(ui, Vec2::new(4.0, 30.0), Vec2::new(240.0, 9.0));
    });
    if has_reasons {
        table_row.col(|_| {});
    }
    table_row.col(|_| {});
    let response = table_row.response();
    widgets::name_response(&response, Role::ListBoxOption, &t!("review-row-coming"));
}

/// The head of a group: a click folds it or unfolds it.
fn head_ui(table_row: &mut TableRow<'_, '_>, (place, group): (usize, &MailGroup), frame: &Frame<'_>) {
    let Frame { state, commands, .. } = frame;
    let is_open = state.unfolded.contains(&group.key);
    let title = group_title(group, state.query.grouping);
    let address = view::shown(&group.address);
    let count = t!("review-count", count = group.count);
    table_row.col(|ui| {
        let colors = Palette::of(ui);
        let icon = if is_open { Icon::Down } else { Icon::Right };
        icon.paint(ui.painter(), Rect::from_center_size(ui.max_rect().center(), Vec2::splat(theme::ICON)), colors.dim);
    });
    let texts = |ui: &Ui, text: &str, font, y: f32| {
        let colors = Palette::of(ui);
        let color = if y < 20.0 { colors.text } else { colors.dim };
        let line = widgets::cut_line(ui, text.to_owned(), font, color, ui.max_rect().width() - 16.0);
        ui.painter().galley(ui.max_rect().left_top() + Vec2::new(4.0, y), line, color);
    };
    table_row.col(|ui| {
        texts(ui, &title, theme::strong(theme::BODY), 7.0);
        let second = if address.is_empty() { count.clone() } else { format!("{count} · {address}") };
        texts(ui, &second, theme::plain(theme::SMALL), 27.0);
    });
    if frame.has_reasons {
        table_row.col(|_| {});
    }
    table_row.col(|ui| {
        let words = RichText::new(t!("review-choose-group")).small().color(Palette::of(ui).accent);
        let button = ui.add(Button::new(words).frame_when_inactive(false));
        widgets::name(ui, &button, Role::Button, &t!("review-choose-group-of", group = title.as_str()));
        if button.clicked() {
            commands.send(Command::InList(InList::PickGroup(place)));
        }
    });
    let response = table_row.response();
    let words = t!("review-group-name", group = title.as_str(), count = group.count);
    widgets::name_response(&response, Role::Button, &words);
    response.ctx.accesskit_node_builder(response.id, |node| node.set_expanded(is_open));
    if response.clicked() {
        commands.send(Command::InList(InList::Unfold(group.key.clone(), !is_open)));
    }
    if response.secondary_clicked() {
        commands.send(Command::InList(InList::PickGroup(place)));
    }
    response.context_menu(|ui| actions::menu_ui(ui, frame.snapshot, state, commands));
}

/// What a group is called.
fn group_title(group: &MailGroup, grouping: Grouping) -> String {
    let title = view::shown(&group.title);
    match grouping {
        _ if group.key == REST_OF_GROUPS => t!("review-group-rest"),
        _ if !title.is_empty() => title,
        Grouping::Sender => t!("review-group-no-sender"),
        Grouping::Reason | Grouping::None => t!("review-group-no-reason"),
    }
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
            _ if extra.is_busy => right(&t!("review-busy"), 27.0, colors.dim),
            Some("spam") => right(&t!("review-you-spam"), 27.0, colors.spam),
            Some(_) => right(&t!("review-you-good"), 27.0, colors.ham),
            None if row.is_held => {
                let area = rect.with_max_x(rect.right() - 10.0).with_max_y(rect.bottom() - 5.0);
                paint_chip(ui, &view::waits_for_you(), colors.accent, area, Align2::RIGHT_BOTTOM);
            }
            None => match &shown.waits {
                Some(waits) => {
                    let area = rect.with_max_x(rect.right() - 10.0).with_max_y(rect.bottom() - 5.0);
                    paint_chip(ui, waits, colors.unsure, area, Align2::RIGHT_BOTTOM);
                }
                None => right(&shown.place, 27.0, colors.dim),
            },
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
struct Place<'a> {
    index: usize,
    count: usize,
    row: &'a MailRow,
    shown: &'a RowView,
}

/// What a row does when it is clicked, dragged or reached by keys, and what it says to a screen reader.
fn behave(response: &Response, place: &Place<'_>, selection: &Selection, commands: &CommandSender) {
    let id = place.row.id;
    let is_chosen = selection.contains(id);
    let name = place.shown.name.clone();
    response.widget_info(move || WidgetInfo::selected(Role::ListBoxOption, true, is_chosen, name.clone()));
    let ctx = &response.ctx;
    ctx.accesskit_node_builder(response.id, |node| {
        node.set_position_in_set(place.index);
        node.set_size_of_set(place.count);
        node.set_selected(is_chosen);
    });
    if response.drag_started() {
        if !is_chosen {
            commands.send(Command::Pick(place.index, Pick::Only));
        }
        drag::start(response, if is_chosen { selection.ids() } else { vec![id] });
    }
    if response.secondary_clicked() && !is_chosen {
        commands.send(Command::Pick(place.index, Pick::Only));
    }
    if response.clicked() {
        let modifiers = ctx.input(|input| input.modifiers);
        let pick = match (modifiers.shift, modifiers.command) {
            (true, _) => Pick::Range,
            (false, true) => Pick::Toggle,
            (false, false) => Pick::Only,
        };
        commands.send(Command::Pick(place.index, pick));
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
