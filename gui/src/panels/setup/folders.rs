//! Which folder is what: as the server says, or as their names say. The one for junk can be another.

use egui::{ComboBox, Grid, Label, RichText, Ui};
use tamis_core::api::AccountReport;

use super::{Found, SetupState, sentence_ui};
use crate::{icons::Icon, panels::account_dialog::line_ui, text::t, theme::Palette, view};

/// As many folders as anybody scrolls through.
const MOST: usize = 500;

pub(super) fn folders_ui(ui: &mut Ui, state: &mut SetupState) {
    let colors = Palette::of(ui);
    match &state.found {
        Found::Looking => _ = ui.label(RichText::new(t!("setup-looking")).color(colors.dim)),
        Found::Failed(text) => {
            line_ui(ui, Icon::Warning, colors.unsure, &view::shown(text));
            sentence_ui(ui, t!("setup-unseen"));
        }
        Found::Report(report) => {
            sentence_ui(ui, t!("setup-folders-text"));
            Grid::new("setup-folders").num_columns(2).spacing([12.0, 8.0]).min_col_width(96.0).show(ui, |ui| {
                junk_ui(ui, report, &mut state.junk);
                ui.end_row();
                let kinds = [(t!("setup-sent"), &report.sent_folder), (t!("setup-trash"), &report.trash_folder)];
                for (label, folder) in kinds {
                    ui.label(label);
                    let folder = folder.as_deref().map_or_else(|| t!("setup-none"), view::shown);
                    ui.add(Label::new(folder).wrap());
                    ui.end_row();
                }
            });
            for note in &report.notes {
                line_ui(ui, Icon::Warning, colors.unsure, &view::shown(note));
            }
        }
    }
}

/// The folder for junk, chosen from those there are.
fn junk_ui(ui: &mut Ui, report: &AccountReport, chosen: &mut Option<String>) {
    let label = ui.label(t!("account-junk"));
    let found = report.junk_folder.as_deref();
    let now = chosen.as_deref().or(found).map_or_else(|| t!("setup-junk-made"), view::shown);
    let list = ComboBox::from_id_salt("setup-junk").selected_text(now).width(ui.available_width()).show_ui(ui, |ui| {
        if found.is_none() {
            ui.selectable_value(chosen, None, t!("setup-junk-made"));
        }
        // What is sent is not junk, and what lies in the trash is removed by servers.
        let others = [report.sent_folder.as_ref(), report.trash_folder.as_ref()];
        for folder in report.folders.iter().filter(|folder| !others.contains(&Some(*folder))).take(MOST) {
            let is_chosen = chosen.as_deref().or(found) == Some(folder);
            if ui.selectable_label(is_chosen, view::shown(folder)).clicked() {
                *chosen = Some(folder.clone());
            }
        }
    });
    list.response.labelled_by(label.id);
}
