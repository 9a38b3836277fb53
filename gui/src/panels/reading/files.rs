//! The files of a message, named with what they really are.

use egui::{Label, RichText, Sense, Ui, Vec2};
use tamis_core::api::FileView;

use crate::{
    icons::Icon,
    text::t,
    theme::{self, Palette},
    view,
};

/// Draws one file. Nothing opens it.
pub(super) fn file_ui(ui: &mut Ui, file: &FileView) {
    let colors = Palette::of(ui);
    let is_dangerous = !file.danger.is_empty();
    ui.horizontal_top(|ui| {
        let side = ui.spacing().interact_size.y;
        let (rect, _) = ui.allocate_exact_size(Vec2::splat(side), Sense::hover());
        let (icon, color) = if is_dangerous { (Icon::Warning, colors.spam) } else { (Icon::File, colors.dim) };
        icon.paint(ui.painter(), rect.shrink((side - theme::ICON) / 2.0), color);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            ui.add(Label::new(view::shown(&file.name)).wrap());
            let what = really(&file.really).unwrap_or_else(|| view::shown(&file.content_type));
            let words = format!("{} · {what}", view::size(file.size));
            ui.label(RichText::new(words).small().color(colors.dim)).on_hover_text(view::shown(&file.content_type));
            if is_dangerous {
                let words = RichText::new(view::capital(&view::shown(&file.danger))).small().color(colors.spam);
                ui.add(Label::new(words).wrap());
            }
        });
    });
}

/// What a file really is, in words; `None` if that is not known.
fn really(word: &str) -> Option<String> {
    Some(match word {
        "program" => t!("message-file-program"),
        "archive" => t!("message-file-archive"),
        "document" => t!("message-file-document"),
        "pdf" => t!("message-file-pdf"),
        "page" => t!("message-file-page"),
        "picture" => t!("message-file-picture"),
        "drawing" => t!("message-file-drawing"),
        "shortcut" => t!("message-file-shortcut"),
        "disk-image" => t!("message-file-disk-image"),
        "help" => t!("message-file-help"),
        "notebook" => t!("message-file-notebook"),
        "signature" => t!("message-file-signature"),
        "calendar" => t!("message-file-calendar"),
        "card" => t!("message-file-card"),
        "message" => t!("message-file-message"),
        "text" => t!("message-file-text"),
        _ => return None,
    })
}
