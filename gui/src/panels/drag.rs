//! Teaching by hand: rows are dragged onto a well, or onto a folder of their account.

use egui::{
    Align2, Area, Color32, Context, CursorIcon, DragAndDrop, Frame, Id, Order, Rect, Response, Role, Sense, Stroke,
    StrokeKind, Ui, Vec2,
};
use tamis_core::api::{MailId, Status};

use crate::{
    client::{Lesson, Snapshot},
    command::{Command, CommandSender, MessageCommand},
    icons::Icon,
    text::t,
    theme::{self, Palette},
    view, widgets,
};

/// Most folders that are shown during a drag: there has to be room for them.
const MOST_FOLDERS: usize = 4;

/// What a drag carries.
#[derive(Clone, Debug)]
pub(crate) struct DraggedMail(pub(crate) Vec<MailId>);

/// What a well does with what falls into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Well {
    Spam,
    Good,
    Accept,
    Block,
}

/// The wells, two beside each other, and during a drag the folders that mail can go to. A well is also a button for the
/// chosen messages.
pub(crate) fn wells_ui(ui: &mut Ui, snapshot: &Snapshot, commands: &CommandSender) {
    let gap = 6.0;
    let size = Vec2::new((ui.available_width() - gap) / 2.0, theme::WELL_HEIGHT);
    for pair in [[Well::Spam, Well::Good], [Well::Block, Well::Accept]] {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = gap;
            for well in pair {
                well_ui(ui, well, size, commands);
            }
        });
    }
    if let Some(dragged) = DragAndDrop::payload::<DraggedMail>(ui.ctx()) {
        folders_ui(ui, snapshot, &dragged.0, commands);
    }
}

fn well_ui(ui: &mut Ui, well: Well, size: Vec2, commands: &CommandSender) {
    let colors = Palette::of(ui);
    let (title, hint, color, icon) = match well {
        Well::Spam => (t!("message-well-spam"), t!("message-well-spam-hint"), colors.spam, Icon::Barred),
        Well::Good => (t!("message-well-good"), t!("message-well-good-hint"), colors.ham, Icon::Check),
        Well::Accept => (t!("message-well-accept"), t!("message-well-accept-hint"), colors.ham, Icon::Person),
        Well::Block => (t!("message-well-block"), t!("message-well-block-hint"), colors.spam, Icon::Person),
    };
    let name = match well {
        Well::Spam | Well::Good => t!("message-well-teach", label = title.as_str()),
        Well::Accept | Well::Block => t!("message-well-list", label = hint.as_str()),
    };
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    widgets::name(ui, &response, Role::Button, &name);
    paint_well(ui, rect, &response, color);
    let middle = rect.center_top();
    let icon_at = Rect::from_center_size(middle + Vec2::new(0.0, 21.0), Vec2::splat(20.0));
    icon.paint(ui.painter(), icon_at, color);
    if well == Well::Block {
        // A person, barred.
        let reach = Vec2::new(8.0, 8.0);
        ui.painter().line_segment([icon_at.center() - reach, icon_at.center() + reach], Stroke::new(1.6, color));
    }
    let at = middle + Vec2::new(0.0, 46.0);
    ui.painter().text(at, Align2::CENTER_CENTER, &title, theme::strong(theme::BODY), colors.text);
    let response = response.on_hover_text(hint);
    if let Some(dragged) = response.dnd_release_payload::<DraggedMail>() {
        commands.send(dropped(well, dragged.0.clone()));
    } else if response.clicked() {
        commands.send(match well {
            Well::Spam => Command::Teach(Lesson::Spam),
            Well::Good => Command::Teach(Lesson::Good),
            Well::Accept => Command::Message(MessageCommand::ListSenders { is_block: false, ids: None }),
            Well::Block => Command::Message(MessageCommand::ListSenders { is_block: true, ids: None }),
        });
    }
}

fn dropped(well: Well, ids: Vec<MailId>) -> Command {
    match well {
        Well::Spam => Command::TeachThese(Lesson::Spam, ids),
        Well::Good => Command::TeachThese(Lesson::Good, ids),
        Well::Accept => Command::Message(MessageCommand::ListSenders { is_block: false, ids: Some(ids) }),
        Well::Block => Command::Message(MessageCommand::ListSenders { is_block: true, ids: Some(ids) }),
    }
}

/// Ground and edge of a place where something can be dropped.
fn paint_well(ui: &Ui, rect: Rect, response: &Response, color: Color32) {
    let colors = Palette::of(ui);
    let is_dragging = DragAndDrop::has_payload_of_type::<DraggedMail>(ui.ctx());
    let is_over = response.dnd_hover_payload::<DraggedMail>().is_some();
    let fill = match (is_over, is_dragging || response.hovered()) {
        (true, _) => theme::rim(color),
        (false, true) => theme::tint(color),
        (false, false) => colors.card,
    };
    let edge = if is_dragging || response.has_focus() { color } else { colors.line };
    ui.painter().rect_filled(rect, theme::ROUND, fill);
    if is_over {
        ui.painter().rect_stroke(rect, theme::ROUND, Stroke::new(2.0, color), StrokeKind::Inside);
    } else {
        dashed_edge(ui, rect.shrink(1.0), Stroke::new(1.2, edge));
    }
}

fn dashed_edge(ui: &Ui, rect: Rect, stroke: Stroke) {
    let corners = [rect.left_top(), rect.right_top(), rect.right_bottom(), rect.left_bottom(), rect.left_top()];
    ui.painter().extend(egui::Shape::dashed_line(&corners, stroke, 5.0, 4.0));
}

/// A folder that mail of its account can be dropped onto, with what that teaches.
struct Folder {
    name: String,
    lesson: Lesson,
    ids: Vec<MailId>,
}

/// The folders of the accounts from which the dragged messages come: what falls there is moved and learned.
fn folders_ui(ui: &mut Ui, snapshot: &Snapshot, dragged: &[MailId], commands: &CommandSender) {
    let Some(status) = snapshot.status.as_deref() else { return };
    ui.add_space(4.0);
    for folder in folders(status, snapshot, dragged).into_iter().take(MOST_FOLDERS) {
        folder_ui(ui, &folder, commands);
    }
}

fn folders(status: &Status, snapshot: &Snapshot, dragged: &[MailId]) -> Vec<Folder> {
    let row = |id: &MailId| snapshot.listing.as_deref().and_then(|listing| listing.rows.get(id));
    // Of what is far out of sight the account is not known; the wells take it all the same.
    let Some(rows) = dragged.iter().map(row).collect::<Option<Vec<_>>>() else { return Vec::new() };
    let of_account =
        |name: &str| -> Vec<MailId> { rows.iter().filter(|row| row.account == name).map(|row| row.id).collect() };
    let mut folders = Vec::new();
    for account in &status.accounts {
        let ids = of_account(&account.name);
        if ids.is_empty() {
            continue;
        }
        let name = view::shown(&account.name);
        let inbox = t!("message-folder-inbox", account = name.as_str());
        folders.push(Folder { name: inbox, lesson: Lesson::Release, ids: ids.clone() });
        if let Some(junk) = &account.junk_folder {
            let junk = t!("message-folder-junk", account = name, folder = view::shown(junk));
            folders.push(Folder { name: junk, lesson: Lesson::Spam, ids });
        }
    }
    folders
}

fn folder_ui(ui: &mut Ui, folder: &Folder, commands: &CommandSender) {
    let colors = Palette::of(ui);
    let (icon, color) = match folder.lesson {
        Lesson::Spam => (Icon::Barred, colors.spam),
        Lesson::Good | Lesson::Release => (Icon::Tray, colors.ham),
    };
    let size = Vec2::new(ui.available_width(), theme::NAV_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    widgets::name(ui, &response, Role::Button, &t!("message-folder-name", folder = folder.name.as_str()));
    paint_well(ui, rect, &response, color);
    let at = rect.left_center() + Vec2::new(17.0, 0.0);
    icon.paint(ui.painter(), Rect::from_center_size(at, Vec2::splat(theme::ICON)), color);
    let width = rect.width() - 40.0;
    let line = widgets::cut_line(ui, folder.name.clone(), theme::plain(theme::BODY), colors.text, width);
    let at = rect.left_center() + Vec2::new(33.0, -line.size().y / 2.0);
    ui.painter().galley(at, line, colors.text);
    if response.dnd_release_payload::<DraggedMail>().is_some() {
        commands.send(Command::TeachThese(folder.lesson, folder.ids.clone()));
    }
}

/// Starts a drag of `ids`.
pub(crate) fn start(response: &Response, ids: Vec<MailId>) {
    response.dnd_set_drag_payload(DraggedMail(ids));
}

/// What hangs on the pointer during a drag.
pub(crate) fn ghost_ui(ctx: &Context) {
    let Some(dragged) = DragAndDrop::payload::<DraggedMail>(ctx) else { return };
    let Some(at) = ctx.pointer_interact_pos() else { return };
    ctx.set_cursor_icon(CursorIcon::Grabbing);
    Area::new(Id::unique("dragged-mail"))
        .order(Order::Tooltip)
        .interactable(false)
        .fixed_pos(at + Vec2::new(14.0, 12.0))
        .show(ctx, |ui| {
            Frame::popup(ui.style()).show(ui, |ui| {
                ui.horizontal(|ui| {
                    let (rect, _) = ui.allocate_exact_size(Vec2::splat(theme::ICON), Sense::hover());
                    Icon::Letters.paint(ui.painter(), rect, Palette::of(ui).accent);
                    ui.label(t!("message-dragged", count = dragged.0.len()));
                });
            });
        });
}
