//! The list of messages: its head, how it is filtered, what can be done with a selection, and the messages themselves.

mod actions;
mod filters;
mod table;

use std::{
    collections::BTreeSet,
    sync::Arc,
    time::{Duration, Instant},
};

use egui::{Align, Id, Layout, Rect, RichText, Role, Ui, Vec2, WidgetInfo};
use tamis_core::api::{ListQuery, MailId, Outline, Show};

use crate::{
    client::{Link, Listing, Snapshot},
    command::{Command, CommandSender, InList},
    icons::Icon,
    layout,
    panels::{held, status},
    selection::Selection,
    text::t,
    theme::{self, Palette},
    view,
    widgets::{self, Weight},
};

/// What takes longer is said.
const PATIENCE: Duration = Duration::from_millis(500);

/// What the person has done in the list.
#[derive(Debug, Default)]
pub(crate) struct ListState {
    /// Which messages, and in which order.
    pub(crate) query: ListQuery,
    pub(crate) focus_search: bool,
    /// Whether another list has come, which starts at its top.
    pub(crate) to_top: bool,
    pub(crate) selection: Selection,
    /// The account whose waiting messages are to be chosen when the list is there.
    pub(crate) choose_held: Option<String>,
    /// Messages the agent has been told about and has not answered for.
    pub(crate) busy: BTreeSet<MailId>,
    /// The keys of the groups that are unfolded.
    pub(crate) unfolded: BTreeSet<String>,
    /// What stands where.
    pub(crate) layout: layout::Layout,
    /// The list that was laid out.
    pub(crate) laid: Option<(ListQuery, Arc<Outline>)>,
    /// The first and the last place that were in sight when rows were asked for.
    pub(crate) seen: Option<(usize, usize)>,
    /// When the person wanted another list.
    pub(crate) asked_at: Option<Instant>,
}

/// Draws the screen.
pub(crate) fn list_ui(ui: &mut Ui, snapshot: &Snapshot, state: &mut ListState, commands: &CommandSender) {
    let listing = snapshot.listing.as_ref().filter(|listing| listing.want.show == state.query.show);
    let accounts: Vec<&str> = snapshot
        .status
        .as_deref()
        .map_or_else(Vec::new, |status| status.accounts.iter().map(|account| account.name.as_str()).collect());
    head_ui(ui, listing, state, commands);
    status::problems_ui(ui, snapshot, commands);
    held::held_ui(ui, snapshot, commands);
    if listing.is_some() {
        filters::filters_ui(ui, &accounts, state, commands);
        actions::actions_ui(ui, snapshot, state, commands);
        ui.add_space(4.0);
    }
    late_ui(ui, listing.map(Arc::as_ref), state);
    match listing {
        Some(listing) if listing.outline.ids.is_empty() => nothing_ui(ui, listing, state, commands),
        Some(listing) => table::table_ui(ui, (listing, snapshot), 1 < accounts.len(), state, commands),
        None => waiting_ui(ui, &snapshot.link),
    }
}

fn head_ui(ui: &mut Ui, listing: Option<&Arc<Listing>>, state: &mut ListState, commands: &CommandSender) {
    let colors = Palette::of(ui);
    ui.horizontal(|ui| {
        ui.heading(view::list_name(state.query.show));
        if let Some(listing) = listing.filter(|listing| !listing.outline.ids.is_empty()) {
            let words = t!("review-count", count = listing.outline.ids.len());
            ui.label(RichText::new(words).color(colors.dim));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if widgets::icon_button(ui, Icon::Refresh, &t!("review-check")).clicked() {
                commands.send(Command::CheckNow);
            }
            search_ui(ui, state, commands);
        });
    });
    if let Some(listing) = listing.filter(|_| !state.query.search.trim().is_empty()) {
        text_search_ui(ui, listing);
    }
    ui.add_space(theme::GAP);
}

fn search_ui(ui: &mut Ui, state: &mut ListState, commands: &CommandSender) {
    if !state.query.search.is_empty() && widgets::icon_button(ui, Icon::Cross, &t!("review-search-clear")).clicked() {
        state.query.search.clear();
        commands.send(Command::Search(String::new()));
    }
    let width = ui.available_width().min(260.0);
    let hint = t!("review-search");
    // A name of its own: the button that comes and goes before it must not take its focus.
    let field = egui::TextEdit::singleline(&mut state.query.search)
        .id(Id::unique("search-mail"))
        .hint_text(&hint)
        .char_limit(200)
        .margin(egui::Margin { left: 28, right: 8, top: 6, bottom: 6 })
        .desired_width(width);
    let response = ui.add(field);
    let icon_at = response.rect.left_center() + Vec2::new(15.0, 0.0);
    Icon::Search.paint(ui.painter(), Rect::from_center_size(icon_at, Vec2::splat(14.0)), Palette::of(ui).dim);
    let text = state.query.search.clone();
    response.widget_info(move || {
        let mut info = WidgetInfo::labeled(Role::SearchInput, true, &hint);
        info.current_text_value = Some(text.clone());
        info
    });
    if response.changed() {
        commands.send(Command::Search(state.query.search.clone()));
    }
    if std::mem::take(&mut state.focus_search) {
        response.request_focus();
    }
}

/// Whether the text of mail is still being searched, and what of it could not be.
fn text_search_ui(ui: &mut Ui, listing: &Listing) {
    let colors = Palette::of(ui);
    let names = |names: &[String]| names.iter().map(|name| view::shown(name)).collect::<Vec<_>>().join(", ");
    let text = &listing.text;
    let mut say = |words: String, color| {
        ui.label(RichText::new(words).small().color(color));
    };
    if !text.running.is_empty() {
        say(t!("review-text-running", accounts = names(&text.running)), colors.dim);
    }
    if !text.failed.is_empty() {
        say(t!("review-text-failed", accounts = names(&text.failed)), colors.unsure);
    }
    if 0 < text.unseen {
        say(t!("review-text-unseen", count = text.unseen), colors.unsure);
    }
}

/// Says that the list is still another one than what was asked for, if that lasts.
fn late_ui(ui: &mut Ui, listing: Option<&Listing>, state: &ListState) {
    let is_here = listing.is_some_and(|listing| {
        let ListQuery { search, .. } = &listing.want;
        *search == state.query.search.trim()
            && ListQuery { search: state.query.search.clone(), ..listing.want.clone() } == state.query
    });
    let Some(asked_at) = state.asked_at.filter(|_| !is_here) else { return };
    let waited = asked_at.elapsed();
    match PATIENCE.checked_sub(waited) {
        Some(left) => ui.ctx().request_repaint_after(left),
        None => _ = ui.label(RichText::new(t!("review-late")).small().color(Palette::of(ui).dim)),
    }
}

fn nothing_ui(ui: &mut Ui, listing: &Listing, state: &ListState, commands: &CommandSender) {
    let search = state.query.search.trim();
    let is_filtered = filters::is_filtered(&state.query);
    let show_all = |ui: &mut Ui| {
        if is_filtered
            && widgets::icon_text_button(ui, Icon::Letters, &t!("review-filter-clear"), Weight::Plain).clicked()
        {
            commands.send(Command::InList(InList::Refine(Box::new(filters::unfiltered(&state.query)))));
        }
    };
    if !search.is_empty() {
        let text = if listing.text.running.is_empty() {
            t!("review-nothing-found-text", search = view::shown(search))
        } else {
            t!("review-nothing-found-yet", search = view::shown(search))
        };
        return widgets::empty_page(ui, Icon::Search, &t!("review-nothing-found"), &text, show_all);
    }
    if is_filtered {
        let text = t!("review-nothing-filtered-text");
        return widgets::empty_page(ui, Icon::Search, &t!("review-nothing-filtered"), &text, show_all);
    }
    let (icon, title, text) = match state.query.show {
        Show::Review => (Icon::Shield, t!("review-clear"), t!("review-clear-text")),
        Show::Junk => (Icon::Barred, t!("review-junk-empty"), t!("review-junk-empty-text")),
        Show::All => (Icon::Letters, t!("review-all-empty"), t!("review-all-empty-text")),
    };
    widgets::empty_page(ui, icon, &title, &text, |_| {});
}

fn waiting_ui(ui: &mut Ui, link: &Link) {
    let (title, text) = match link {
        Link::Connecting | Link::Online { .. } => return,
        Link::Starting => (t!("review-starting"), t!("review-starting-text")),
        Link::Offline { .. } | Link::Mismatch { .. } => (t!("review-offline"), t!("review-offline-text")),
    };
    widgets::empty_page(ui, Icon::Warning, &title, &text, |_| {});
}
