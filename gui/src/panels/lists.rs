//! Whose mail is always accepted or blocked: every entry with what it has hit, a line to add one, and files.

use std::{path::PathBuf, sync::Arc};

use egui::{
    Align, CollapsingHeader, ComboBox, Id, Key, Label, Layout, RichText, Role, ScrollArea, Sense, TextEdit, Ui, Vec2,
};
use jiff::Zoned;
use tamis_core::api::{ListEntry, NewListEntry, Request};

use crate::{
    client::{Job, Snapshot},
    command::{Command, CommandSender},
    icons::Icon,
    panels::status,
    text::t,
    theme::{self, Palette},
    view,
    widgets::{self, Weight},
};

/// What an entry can go by.
const KINDS: [&str; 9] = ["address", "domain", "ip", "phrase", "regex", "header", "file", "country", "language"];

/// What it goes by in words, and an example.
fn kind_words(kind: &str) -> (String, String) {
    match kind {
        "address" => (t!("lists-address"), t!("lists-address-example")),
        "domain" => (t!("lists-domain"), t!("lists-domain-example")),
        "ip" => (t!("lists-ip"), t!("lists-ip-example")),
        "phrase" => (t!("lists-phrase"), t!("lists-phrase-example")),
        "regex" => (t!("lists-regex"), t!("lists-regex-example")),
        "header" => (t!("lists-header"), t!("lists-header-example")),
        "file" => (t!("lists-file"), t!("lists-file-example")),
        "country" => (t!("lists-country"), t!("lists-country-example")),
        "language" => (t!("lists-language"), t!("lists-language-example")),
        other => (view::shown(other), String::new()),
    }
}

/// The longest value that is taken, in characters, as in the agent.
const MOST_CHARS: usize = 500;

/// The longest path.
const MOST_PATH: usize = 4096;

/// What the person is writing.
#[derive(Debug, Default)]
pub(crate) struct ListsState {
    is_accept: bool,
    kind: usize,
    value: String,
    filter: Filter,
    found: Found,
    path: String,
    is_over: bool,
}

/// Which entries are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Filter {
    search: String,
    side: Shown,
    /// The place of a kind.
    kind: Option<usize>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Shown {
    #[default]
    All,
    Accepted,
    Blocked,
    Off,
}

impl Shown {
    const ALL: [Self; 4] = [Self::All, Self::Accepted, Self::Blocked, Self::Off];

    fn words(self) -> String {
        match self {
            Self::All => t!("lists-all-sides"),
            Self::Accepted => t!("lists-only-accept"),
            Self::Blocked => t!("lists-only-block"),
            Self::Off => t!("lists-only-off"),
        }
    }

    fn has(self, entry: &ListEntry) -> bool {
        match self {
            Self::All => true,
            Self::Accepted => entry.side == "accept",
            Self::Blocked => entry.side == "block",
            Self::Off => !entry.is_on,
        }
    }
}

/// The places of the entries that are shown. Lists can be long, so they are searched when something has changed, not each
/// time that they are drawn.
#[derive(Debug, Default)]
struct Found {
    among: Option<Arc<Vec<ListEntry>>>,
    filter: Filter,
    places: Vec<usize>,
}

impl Found {
    fn follow(&mut self, entries: &Arc<Vec<ListEntry>>, filter: &Filter) {
        let is_same = self.among.as_ref().is_some_and(|among| Arc::ptr_eq(among, entries));
        if is_same && self.filter == *filter {
            return;
        }
        let sought = filter.search.trim().to_lowercase();
        let kind = filter.kind.and_then(|kind| KINDS.get(kind));
        let is_sought = |entry: &ListEntry| {
            let texts = [&entry.value, &entry.note, &entry.account];
            let is_found = sought.is_empty() || texts.iter().any(|text| text.to_lowercase().contains(&sought));
            is_found && filter.side.has(entry) && kind.is_none_or(|kind| entry.kind == *kind)
        };
        // The newest first, as everywhere.
        let found = entries.iter().enumerate().rev().filter(|(_, entry)| is_sought(entry));
        let places = found.map(|(place, _)| place).collect();
        *self = Self { among: Some(Arc::clone(entries)), filter: filter.clone(), places };
    }
}

impl ListsState {
    /// Shows the entries that have that, and no others.
    pub(crate) fn look_for(&mut self, value: &str) {
        self.filter = Filter { search: value.to_owned(), ..Filter::default() };
    }

    /// That is on the list; what else is being written stays.
    pub(crate) fn added(&mut self, value: &str) {
        if self.value.trim() == value.trim() {
            self.value.clear();
        }
    }
}

/// Draws the screen. `running` are the jobs that have not been answered.
pub(crate) fn lists_ui(
    ui: &mut Ui,
    snapshot: &Snapshot,
    running: &[Job],
    state: &mut ListsState,
    commands: &CommandSender,
) {
    ui.heading(t!("lists-title"));
    ui.add(Label::new(t!("lists-about")).wrap());
    ui.add_space(theme::GAP);
    status::problems_ui(ui, snapshot, commands);
    ui.horizontal_wrapped(|ui| form_ui(ui, state, commands));
    ui.add_space(theme::GAP);
    files_ui(ui, state, commands);
    let Some(entries) = &snapshot.entries else { return };
    if entries.is_empty() {
        return widgets::empty_page(ui, Icon::Letters, &t!("lists-empty"), &t!("lists-empty-text"), |_| {});
    }
    state.found.follow(entries, &state.filter);
    ui.horizontal_wrapped(|ui| filter_ui(ui, &mut state.filter, state.found.places.len()));
    ui.add_space(4.0);
    state.found.follow(entries, &state.filter);
    let shown = &state.found.places;
    if shown.is_empty() {
        ui.label(t!("lists-none-found"));
    }
    let now = Zoned::now();
    ui.spacing_mut().item_spacing.y = 0.0;
    ScrollArea::vertical().auto_shrink(false).show_rows(ui, theme::ROW_HEIGHT, shown.len(), |ui, rows| {
        ui.set_max_width(860.0);
        let shown = shown.iter().skip(rows.start).take(rows.len());
        for entry in shown.filter_map(|place| entries.get(*place)) {
            entry_ui(ui, entry, &now, running, commands);
        }
    });
}

fn filter_ui(ui: &mut Ui, filter: &mut Filter, shown: usize) {
    let search = t!("lists-search");
    let field = TextEdit::singleline(&mut filter.search).id(Id::unique("search-lists")).hint_text(search.as_str());
    let field = ui.add(field.char_limit(200).desired_width(240.0));
    widgets::name(ui, &field, Role::SearchInput, &search);
    let chosen = ComboBox::from_id_salt("shown-side").selected_text(filter.side.words()).show_ui(ui, |ui| {
        for side in Shown::ALL {
            ui.selectable_value(&mut filter.side, side, side.words());
        }
    });
    widgets::name(ui, &chosen.response, Role::ComboBox, &t!("lists-filter-side"));
    let words = |kind: Option<usize>| match kind.and_then(|kind| KINDS.get(kind)) {
        Some(kind) => kind_words(kind).0,
        None => t!("lists-all-kinds"),
    };
    let chosen =
        ComboBox::from_id_salt("shown-kind").selected_text(words(filter.kind)).height(320.0).show_ui(ui, |ui| {
            for kind in std::iter::once(None).chain((0..KINDS.len()).map(Some)) {
                ui.selectable_value(&mut filter.kind, kind, words(kind));
            }
        });
    widgets::name(ui, &chosen.response, Role::ComboBox, &t!("lists-filter-kind"));
    ui.label(RichText::new(t!("lists-total", shown = shown)).small().color(Palette::of(ui).dim));
}

/// A path to be written, or a file to be dropped.
fn files_ui(ui: &mut Ui, state: &mut ListsState, commands: &CommandSender) {
    let dropped: Option<PathBuf> =
        ui.input(|input| input.raw.dropped_files.first().map(|file| file.path().to_path_buf()));
    if let Some(path) = &dropped {
        state.path = path.to_string_lossy().into_owned();
    }
    let is_open = dropped.is_some().then_some(true);
    CollapsingHeader::new(t!("lists-files")).default_open(false).open(is_open).show(ui, |ui| {
        ui.set_max_width(720.0);
        ui.add(Label::new(RichText::new(t!("lists-files-about")).color(Palette::of(ui).dim)).wrap());
        ui.horizontal_wrapped(|ui| {
            let field = TextEdit::singleline(&mut state.path).id(Id::unique("lists-path"));
            let field = field.hint_text(t!("lists-path-example")).char_limit(MOST_PATH).desired_width(340.0);
            let field = ui.add(field);
            widgets::name(ui, &field, Role::TextInput, &t!("lists-path"));
            let path = state.path.trim().to_owned();
            if widgets::icon_text_button(ui, Icon::Plus, &t!("lists-import"), Weight::Plain).clicked() {
                commands.send(Command::Say(Box::new(Request::ImportLists { path: path.clone() })));
            }
            if widgets::icon_text_button(ui, Icon::File, &t!("lists-export"), Weight::Plain).clicked() {
                commands.send(Command::Say(Box::new(Request::ExportLists { path, is_forced: state.is_over })));
            }
            widgets::tick_box(ui, &mut state.is_over, t!("lists-export-over"));
        });
    });
    ui.add_space(theme::GAP);
}

fn form_ui(ui: &mut Ui, state: &mut ListsState, commands: &CommandSender) {
    let side = |is_accept: bool| if is_accept { t!("lists-accept") } else { t!("lists-block") };
    let chosen = ComboBox::from_id_salt("side").selected_text(side(state.is_accept)).show_ui(ui, |ui| {
        for is_accept in [false, true] {
            ui.selectable_value(&mut state.is_accept, is_accept, side(is_accept));
        }
    });
    widgets::name(ui, &chosen.response, Role::ComboBox, &t!("lists-side"));
    let kind = KINDS.get(state.kind).copied().unwrap_or("address");
    let (words, example) = kind_words(kind);
    let chosen = ComboBox::from_id_salt("kind").selected_text(words.as_str()).height(280.0).show_ui(ui, |ui| {
        for (number, kind) in KINDS.iter().enumerate() {
            ui.selectable_value(&mut state.kind, number, kind_words(kind).0);
        }
    });
    widgets::name(ui, &chosen.response, Role::ComboBox, &t!("lists-goes-by"));
    let field = TextEdit::singleline(&mut state.value).id(Id::unique("new-entry")).hint_text(example);
    let field = ui.add(field.char_limit(MOST_CHARS).desired_width(300.0));
    widgets::name(ui, &field, Role::TextInput, &words);
    let is_entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    let value = state.value.trim().to_owned();
    let add = |ui: &mut Ui| widgets::icon_text_button(ui, Icon::Plus, &t!("lists-add"), Weight::Main);
    let add = ui.add_enabled_ui(!value.is_empty(), add);
    if !value.is_empty() && (is_entered || add.inner.clicked()) {
        let side = if state.is_accept { "accept" } else { "block" };
        let (side, kind) = (side.to_owned(), kind.to_owned());
        commands.send(Command::PutOnList(NewListEntry { side, kind, value, ..NewListEntry::default() }));
    }
}

fn entry_ui(ui: &mut Ui, entry: &ListEntry, now: &Zoned, running: &[Job], commands: &CommandSender) {
    let colors = Palette::of(ui);
    let size = Vec2::new(ui.available_width(), theme::ROW_HEIGHT);
    let is_accept = entry.side == "accept";
    let value = view::shown(&entry.value);
    let row = ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_size(size);
        let (rect, _) = ui.allocate_exact_size(Vec2::splat(theme::ICON + 12.0), Sense::hover());
        let (icon, color) = if is_accept { (Icon::Check, colors.ham) } else { (Icon::Barred, colors.spam) };
        icon.paint(ui.painter(), rect.shrink(6.0), if entry.is_on { color } else { colors.dim });
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(8.0);
            buttons_ui(ui, entry, &value, running, commands);
            ui.label(RichText::new(hits(entry, now)).small().color(colors.dim));
            ui.with_layout(Layout::top_down(Align::Min), |ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                ui.add_space(7.0);
                let words = RichText::new(&value);
                let words = if entry.is_on { words } else { words.color(colors.dim) };
                ui.add(Label::new(words).truncate()).on_hover_text(&value);
                let about = about(entry, is_accept);
                ui.add(Label::new(RichText::new(&about).small().color(colors.dim)).truncate()).on_hover_text(&about);
            });
        });
    });
    let rect = row.response.rect;
    ui.painter().hline(rect.x_range(), rect.bottom(), egui::Stroke::new(1.0, colors.line));
}

/// An entry is switched off first, and can be removed then: what is off can be put right by a click.
fn buttons_ui(ui: &mut Ui, entry: &ListEntry, value: &str, running: &[Job], commands: &CommandSender) {
    let switch = Job::SwitchEntry(entry.id, !entry.is_on);
    if running.iter().any(|job| *job == switch || *job == Job::RemoveEntry(entry.id)) {
        ui.label(RichText::new(t!("lists-working")).color(Palette::of(ui).dim));
        return;
    }
    if !entry.is_on {
        let remove = widgets::icon_text_button(ui, Icon::Cross, &t!("lists-remove"), Weight::Plain);
        widgets::name(ui, &remove, Role::Button, &t!("lists-remove-name", value = value));
        if remove.clicked() {
            commands.send(Command::RemoveEntry(entry.id));
        }
    }
    let (icon, words, name) = if entry.is_on {
        (Icon::Cross, t!("lists-switch-off"), t!("lists-switch-off-name", value = value))
    } else {
        (Icon::Check, t!("lists-switch-on"), t!("lists-switch-on-name", value = value))
    };
    let button = widgets::icon_text_button(ui, icon, &words, Weight::Plain);
    widgets::name(ui, &button, Role::Button, &name);
    if button.clicked() {
        commands.send(Command::SwitchEntry(entry.id, !entry.is_on));
    }
}

fn hits(entry: &ListEntry, now: &Zoned) -> String {
    if entry.hits == 0 {
        return t!("lists-no-hit");
    }
    let last = view::arrived(entry.last_hit_at, now).replace("Yesterday", "yesterday");
    t!("lists-hits", hits = entry.hits, last = last)
}

/// What it does, for whom, and what there is to say about it.
fn about(entry: &ListEntry, is_accept: bool) -> String {
    let state = match (entry.is_on, is_accept) {
        (true, true) => t!("lists-is-accepted"),
        (true, false) => t!("lists-is-blocked"),
        (false, _) => t!("lists-is-off"),
    };
    let why = view::shown(entry.why_off.trim_end_matches('.'));
    let account = view::shown(&entry.account);
    let account = if account.is_empty() { account } else { t!("lists-only-in", account = account) };
    let origin = if entry.origin == "import" { t!("lists-from-file") } else { String::new() };
    let parts = [kind_words(&entry.kind).0, state, why, account, origin, view::shown(&entry.note)];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}
