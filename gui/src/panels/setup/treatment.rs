//! What becomes of junk and doubtful mail: three ways, a sentence each.

use egui::{Label, RichText, Ui};
use tamis_core::api::Treatment;

use super::{SetupState, sentence_ui};
use crate::{text::t, theme::Palette, widgets};

pub(super) fn treatment_ui(ui: &mut Ui, state: &mut SetupState) {
    let colors = Palette::of(ui);
    if state.treatment.is_none() {
        sentence_ui(ui, t!("setup-treatment-own"));
    }
    for treatment in Treatment::ALL {
        let (title, text) = words(treatment);
        widgets::choice(ui, &mut state.treatment, Some(treatment), title);
        ui.indent(("setup-treatment", title_key(treatment)), |ui| {
            ui.add(Label::new(RichText::new(text).small().color(colors.dim)).wrap());
        });
        ui.add_space(4.0);
    }
}

fn words(treatment: Treatment) -> (String, String) {
    match treatment {
        Treatment::File => (t!("setup-file"), t!("setup-file-text")),
        Treatment::Mark => (t!("setup-mark"), t!("setup-mark-text")),
        Treatment::Apart => (t!("setup-apart"), t!("setup-apart-text")),
    }
}

/// What tells the three apart for the layout.
const fn title_key(treatment: Treatment) -> u8 {
    match treatment {
        Treatment::File => 0,
        Treatment::Mark => 1,
        Treatment::Apart => 2,
    }
}
