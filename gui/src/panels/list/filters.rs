//! How the list is filtered, put in order and grouped.

use egui::{ComboBox, Role, Stroke, Ui};
use tamis_core::api::{Grouping, ListOrder, ListQuery, Span};

use super::ListState;
use crate::{
    command::{Command, CommandSender, InList},
    icons::Icon,
    text::t,
    theme, view, widgets,
};

/// Whether something is left out that the list could show.
pub(super) fn is_filtered(query: &ListQuery) -> bool {
    !query.class.is_empty() || !query.account.is_empty() || query.span != Span::All
}

/// The same with nothing left out.
pub(super) fn unfiltered(query: &ListQuery) -> ListQuery {
    ListQuery { class: String::new(), account: String::new(), span: Span::All, ..query.clone() }
}

/// Draws the row of choices.
pub(super) fn filters_ui(ui: &mut Ui, accounts: &[&str], state: &ListState, commands: &CommandSender) {
    let mut query = state.query.clone();
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        // What is chosen here stands back behind what can be done.
        let quiet = &mut ui.visuals_mut().widgets.inactive;
        (quiet.weak_bg_fill, quiet.bg_stroke) = (theme::NOTHING, Stroke::NONE);
        let classes = [
            (String::new(), t!("review-class-all")),
            ("spam".to_owned(), t!("review-class-spam")),
            ("unsure".to_owned(), t!("review-class-unsure")),
            ("ham".to_owned(), t!("review-class-ham")),
        ];
        choice(ui, "class", &t!("review-class"), &mut query.class, &classes);
        if 1 < accounts.len() {
            let all = (String::new(), t!("review-account-all"));
            let named = accounts.iter().map(|name| ((*name).to_owned(), view::shown(name)));
            let accounts: Vec<_> = std::iter::once(all).chain(named).collect();
            choice(ui, "account", &t!("review-account"), &mut query.account, &accounts);
        }
        let spans = [
            (Span::All, t!("review-span-all")),
            (Span::Today, t!("review-span-today")),
            (Span::Week, t!("review-span-week")),
            (Span::Month, t!("review-span-month")),
        ];
        choice(ui, "span", &t!("review-span"), &mut query.span, &spans);
        let orders =
            [(ListOrder::Newest, t!("review-order-newest")), (ListOrder::MostDoubtful, t!("review-order-doubtful"))];
        choice(ui, "order", &t!("review-order"), &mut query.order, &orders);
        let groupings = [
            (Grouping::None, t!("review-group-none")),
            (Grouping::Sender, t!("review-group-sender")),
            (Grouping::Reason, t!("review-group-reason")),
        ];
        choice(ui, "group", &t!("review-group"), &mut query.grouping, &groupings);
        if query.grouping != Grouping::None {
            let is_folded = state.unfolded.is_empty();
            let words = if is_folded { t!("review-unfold-all") } else { t!("review-fold-all") };
            if ui.button(words).clicked() {
                commands.send(Command::InList(InList::UnfoldAll(is_folded)));
            }
        }
        if is_filtered(&query) && widgets::icon_button(ui, Icon::Cross, &t!("review-filter-clear")).clicked() {
            query = unfiltered(&query);
        }
    });
    if query != state.query {
        commands.send(Command::InList(InList::Refine(Box::new(query))));
    }
}

/// One of several, named for screen readers by what is chosen from.
fn choice<T: PartialEq + Clone>(ui: &mut Ui, id: &str, name: &str, value: &mut T, all: &[(T, String)]) {
    let words = all.iter().find(|(known, _)| known == value).map_or("", |(_, words)| words.as_str());
    let mut wanted = None;
    let combo = ComboBox::from_id_salt(("review", id)).selected_text(words).width(0.0).height(320.0);
    let shown = combo.show_ui(ui, |ui| {
        for (known, words) in all {
            if ui.selectable_label(known == value, words.as_str()).clicked() {
                wanted = Some(known.clone());
            }
        }
    });
    widgets::name(ui, &shown.response, Role::ComboBox, &format!("{name}: {words}"));
    if let Some(wanted) = wanted {
        *value = wanted;
    }
}
