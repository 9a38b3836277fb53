//! The search for anything that can be done: type a few letters, choose, Enter.

use egui::{Context, Id, Key, Modifiers, Role, ScrollArea, Sense, TextEdit, Ui, Vec2, WidgetInfo};
use tamis_core::api::{Request, Status};

use crate::{
    client::{Link, Snapshot},
    command::{Command, CommandSender},
    fuzzy,
    icons::Icon,
    keys::{self, Group},
    panels::pause,
    text::t,
    theme::{self, Palette},
    view, widgets,
};

/// Rows that are seen at once.
const ROWS: f32 = 9.0;

/// What the person has typed, and which row is next.
#[derive(Debug, Default)]
pub(crate) struct PaletteState {
    query: String,
    chosen: usize,
    is_moved: bool,
}

/// Something that can be done.
struct Entry {
    words: String,
    keys: String,
    command: Command,
}

/// What the entries depend on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Where {
    /// Whether messages are listed on the page behind.
    pub(crate) has_list: bool,
    /// Whether the strong colours are on.
    pub(crate) has_contrast: bool,
}

/// Draws it over the window.
pub(crate) fn palette_ui(
    ctx: &Context,
    state: &mut PaletteState,
    snapshot: &Snapshot,
    place: Where,
    commands: &CommandSender,
) {
    let found = found(&state.query, snapshot, place);
    state.chosen = state.chosen.min(found.len().saturating_sub(1));
    let mut run = take_keys(ctx, state, found.len()).then_some(state.chosen);
    let is_closed = ctx.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::K));
    let modal = widgets::top_dialog(ctx, "palette").show(ctx, |ui| {
        ui.set_width(theme::PALETTE_WIDTH);
        field_ui(ui, state);
        ui.add_space(4.0);
        if found.is_empty() {
            ui.label(t!("palette-nothing"));
        }
        ui.spacing_mut().item_spacing.y = 1.0;
        ScrollArea::vertical().max_height(ROWS * theme::NAV_HEIGHT).show(ui, |ui| {
            for (index, entry) in found.iter().enumerate() {
                let is_next = index == state.chosen;
                let row = row_ui(ui, entry, is_next);
                if is_next && state.is_moved {
                    row.scroll_to_me(None);
                }
                if row.clicked() {
                    run = Some(index);
                }
            }
        });
    });
    state.is_moved = false;
    let wanted = run.and_then(|index| found.into_iter().nth(index));
    if wanted.is_some() || is_closed || modal.should_close() {
        // First, so that what is chosen can open a dialog of its own.
        commands.send(Command::CloseDialog);
    }
    if let Some(entry) = wanted {
        commands.send(entry.command);
    }
}

fn field_ui(ui: &mut Ui, state: &mut PaletteState) {
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(Vec2::splat(theme::ICON), Sense::hover());
        Icon::Search.paint(ui.painter(), rect, Palette::of(ui).dim);
        let edit = TextEdit::singleline(&mut state.query)
            .id(Id::unique("palette-field"))
            .hint_text(t!("palette-hint"))
            .font(theme::plain(theme::LARGE))
            .frame(egui::Frame::NONE)
            .align(egui::Align2::LEFT_CENTER)
            .desired_width(f32::INFINITY);
        let field = ui.add(edit);
        widgets::name(ui, &field, Role::SearchInput, &t!("palette-name"));
        if !field.has_focus() {
            field.request_focus();
        }
        if field.changed() {
            state.chosen = 0;
            state.is_moved = true;
        }
    });
    ui.separator();
}

/// Moves the choice by the arrows. Whether Enter was pressed.
fn take_keys(ctx: &Context, state: &mut PaletteState, number: usize) -> bool {
    let last = number.saturating_sub(1);
    ctx.input_mut(|input| {
        for (key, by) in [(Key::ArrowDown, 1), (Key::ArrowUp, -1), (Key::PageDown, 8), (Key::PageUp, -8)] {
            let times = input.count_and_consume_key(Modifiers::NONE, key);
            for _ in 0..times {
                state.is_moved = true;
                // Round the corner, but by single steps only.
                state.chosen = match state.chosen.checked_add_signed(by) {
                    Some(next) if next <= last => next,
                    Some(_) if by == 1 => 0,
                    None if by != -1 => 0,
                    Some(_) | None => last,
                };
            }
        }
        input.consume_key(Modifiers::NONE, Key::Enter)
    })
}

fn row_ui(ui: &mut Ui, entry: &Entry, is_next: bool) -> egui::Response {
    let colors = Palette::of(ui);
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), theme::NAV_HEIGHT), Sense::click());
    if is_next || response.hovered() {
        ui.painter().rect_filled(rect, theme::ROUND, if is_next { colors.chosen } else { colors.hover });
    }
    let keys = widgets::cut_line(ui, entry.keys.clone(), theme::plain(theme::SMALL), colors.dim, rect.width() / 3.0);
    let room = rect.width() - keys.size().x - 34.0;
    let words = widgets::cut_line(ui, entry.words.clone(), theme::plain(theme::BODY), colors.text, room);
    let middle = |height: f32| rect.center().y - height / 2.0;
    ui.painter().galley(egui::pos2(rect.left() + 11.0, middle(words.size().y)), words, colors.text);
    let x = rect.right() - 11.0 - keys.size().x;
    ui.painter().galley(egui::pos2(x, middle(keys.size().y)), keys, colors.dim);
    let name = if entry.keys.is_empty() { entry.words.clone() } else { format!("{}, {}", entry.words, entry.keys) };
    response.widget_info(move || WidgetInfo::selected(Role::ListBoxOption, true, is_next, name.clone()));
    response
}

/// What the query means, best first; with no query all of it in the order of the table.
fn found(query: &str, snapshot: &Snapshot, place: Where) -> Vec<Entry> {
    let mut ranked: Vec<(i32, Entry)> = entries(snapshot, place)
        .into_iter()
        .filter_map(|entry| Some((fuzzy::rank(query, &entry.words)?, entry)))
        .collect();
    ranked.sort_by_key(|(rank, _)| std::cmp::Reverse(*rank));
    ranked.into_iter().map(|(_, entry)| entry).collect()
}

fn entries(snapshot: &Snapshot, place: Where) -> Vec<Entry> {
    let mut entries = Vec::new();
    for group in [Group::Pages, Group::Messages, Group::Window] {
        if group.is_of_lists() && !place.has_list {
            continue;
        }
        for deed in keys::TABLE.iter().filter(|deed| deed.group == group) {
            let command = (deed.command)();
            if matches!(command, Command::OpenPalette | Command::Close) {
                continue;
            }
            let keys = deed.keys.first().copied().map(keys::in_words).unwrap_or_default();
            entries.push(Entry { words: (deed.words)(), keys, command });
        }
    }
    let mut add = |words: String, command: Command| entries.push(Entry { words, keys: String::new(), command });
    if place.has_contrast {
        add(t!("side-contrast-usual"), Command::Contrast(false));
    } else {
        add(t!("side-contrast-more"), Command::Contrast(true));
    }
    if matches!(snapshot.link, Link::Offline { .. } | Link::Mismatch { .. }) {
        add(t!("palette-connect"), Command::Reconnect);
    }
    if let Some(status) = snapshot.status.as_deref() {
        for (words, request) in pause::choices(status) {
            add(words, Command::Say(Box::new(request)));
        }
        account_entries(status, &mut add);
    }
    entries
}

/// What can be done with each account.
fn account_entries(status: &Status, add: &mut impl FnMut(String, Command)) {
    if status.starts_at_login {
        add(t!("palette-login-off"), Command::Autostart(false));
    } else {
        add(t!("palette-login-on"), Command::Autostart(true));
    }
    for account in &status.accounts {
        let shown = view::shown(&account.name);
        let name = account.name.clone();
        add(t!("palette-route", account = &shown), Command::ShowRoute(name.clone()));
        if 0 < account.held {
            add(t!("palette-held", account = &shown), Command::ShowHeld(name.clone()));
        }
        if 0 < account.waiting {
            let request = Request::JudgeWaiting { account: name.clone() };
            add(t!("palette-waiting", account = &shown), Command::Say(Box::new(request)));
        }
        add(t!("palette-digest", account = &shown), Command::SendDigest(name.clone()));
        add(t!("palette-remove", account = &shown), Command::AskRemoveAccount(name));
    }
}
