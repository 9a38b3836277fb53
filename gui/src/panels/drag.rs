//! Teaching by hand: rows are dragged onto a well.

use egui::{
    Align2, Area, Context, CursorIcon, DragAndDrop, Frame, Id, Order, Rect, Response, Role, Sense, Stroke, StrokeKind,
    Ui, Vec2,
};
use tamis_core::api::MailId;

use crate::{
    client::Lesson,
    command::{Command, CommandSender},
    icons::Icon,
    theme::{self, Palette},
    view, widgets,
};

/// What a drag carries.
#[derive(Clone, Debug)]
pub(crate) struct DraggedMail(pub(crate) Vec<MailId>);

/// The two wells. A well is also a button for the chosen messages.
pub(crate) fn wells_ui(ui: &mut Ui, commands: &CommandSender) {
    well_ui(ui, Lesson::Spam, commands);
    well_ui(ui, Lesson::Good, commands);
}

fn well_ui(ui: &mut Ui, lesson: Lesson, commands: &CommandSender) {
    let colors = Palette::of(ui);
    let (title, hint, color, icon) = match lesson {
        Lesson::Spam => ("Spam", "Learn, file in Junk", colors.spam, Icon::Barred),
        Lesson::Good | Lesson::Release => ("Good", "Learn, back to inbox", colors.ham, Icon::Check),
    };
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), theme::WELL_HEIGHT), Sense::click());
    widgets::name(ui, &response, Role::Button, &format!("Drop here to teach: {title}"));

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
    let left = rect.left_center() + Vec2::new(22.0, 0.0);
    icon.paint(ui.painter(), Rect::from_center_size(left, Vec2::splat(20.0)), color);
    let text = rect.left_center() + Vec2::new(42.0, 0.0);
    let title_at = text - Vec2::new(0.0, 9.0);
    ui.painter().text(title_at, Align2::LEFT_CENTER, title, theme::strong(theme::BODY), colors.text);
    let hint =
        widgets::cut_line(ui, hint.to_owned(), theme::plain(theme::SMALL), colors.dim, rect.right() - text.x - 6.0);
    ui.painter().galley(text + Vec2::new(0.0, 1.0), hint, colors.dim);

    if let Some(dragged) = response.dnd_release_payload::<DraggedMail>() {
        commands.send(Command::TeachThese(lesson, dragged.0.clone()));
    } else if response.clicked() {
        commands.send(Command::Teach(lesson));
    }
}

fn dashed_edge(ui: &Ui, rect: Rect, stroke: Stroke) {
    let corners = [rect.left_top(), rect.right_top(), rect.right_bottom(), rect.left_bottom(), rect.left_top()];
    ui.painter().extend(egui::Shape::dashed_line(&corners, stroke, 5.0, 4.0));
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
                    let number = u32::try_from(dragged.0.len()).unwrap_or(u32::MAX);
                    ui.label(view::count(number, "message"));
                });
            });
        });
}
