//! Beside the lessons: how many there are, what a word says, learning from the mail that is there, files, and a new start.

use egui::{Grid, Id, Key, Label, Rect, RichText, Role, Sense, TextEdit, Ui, pos2, vec2};
use tamis_core::api::{AccountState, AccountStatus, LessonsPage, Reply, Request, WordPlace};

use super::{LearnedState, source_words};
use crate::{
    client::Snapshot,
    command::{Command, CommandSender},
    icons::Icon,
    panels::learning,
    text::t,
    theme::{self, Palette},
    view,
    widgets::{self, Weight},
};

/// The longest word that is looked up, and the longest path.
const MOST_WORD: usize = 200;
const MOST_PATH: usize = 4096;

/// A line of the totals.
const TOTAL_HEIGHT: f32 = 18.0;

/// A place of a word: two lines.
const PLACE_HEIGHT: f32 = 40.0;

/// Draws the column.
pub(super) fn tools_ui(
    ui: &mut Ui,
    snapshot: &Snapshot,
    page: Option<&LessonsPage>,
    state: &mut LearnedState,
    commands: &CommandSender,
) {
    if let Some(page) = page {
        widgets::card(ui, |ui| totals_ui(ui, page));
        ui.add_space(theme::GAP);
    }
    widgets::card(ui, |ui| word_ui(ui, snapshot, state));
    ui.add_space(theme::GAP);
    let status = snapshot.status.as_deref();
    let accounts = status.map_or(&[][..], |status| &status.accounts);
    // Of one that is not watched there is nothing to say.
    let has_something = |account: &&AccountStatus| {
        account.state == AccountState::Watching
            || account.learning.as_ref().is_some_and(|learning| !learning.is_rehearsal)
    };
    let accounts: Vec<&AccountStatus> = accounts.iter().filter(has_something).collect();
    if !accounts.is_empty() {
        widgets::card(ui, |ui| {
            title(ui, &t!("learning-from-mail"));
            for account in accounts {
                ui.add_space(4.0);
                ui.label(RichText::new(view::shown(&account.name)).color(Palette::of(ui).dim));
                learning::learning_ui(ui, account, commands);
            }
        });
        ui.add_space(theme::GAP);
    }
    widgets::card(ui, |ui| files_ui(ui, state, commands));
    ui.add_space(theme::GAP);
    if page.is_some_and(|page| !page.sources.is_empty()) {
        widgets::card(ui, |ui| {
            title(ui, &t!("learning-new-start"));
            said(ui, &t!("learning-reset-about"));
            if widgets::icon_text_button(ui, Icon::Cross, &t!("learning-reset"), Weight::Plain).clicked() {
                commands.send(Command::Say(Box::new(Request::ResetLearning)));
            }
        });
    }
    ui.add_space(theme::GAP);
}

fn title(ui: &mut Ui, text: &str) {
    ui.label(RichText::new(text).font(theme::strong(theme::BODY)));
}

fn said(ui: &mut Ui, text: &str) {
    ui.add(Label::new(RichText::new(text).small().color(Palette::of(ui).dim)).wrap());
}

fn totals_ui(ui: &mut Ui, page: &LessonsPage) {
    let colors = Palette::of(ui);
    title(ui, &t!("learning-totals"));
    let number = |count: u32| RichText::new(view::grouped(count));
    Grid::new("lesson-totals").num_columns(3).min_row_height(TOTAL_HEIGHT).spacing([22.0, 4.0]).show(ui, |ui| {
        ui.label("");
        ui.label(RichText::new(t!("learning-total-good")).small().color(colors.ham));
        ui.label(RichText::new(t!("learning-total-spam")).small().color(colors.spam));
        ui.end_row();
        for one in &page.sources {
            ui.label(RichText::new(source_words(&one.source)).color(colors.dim));
            ui.label(number(one.ham));
            ui.label(number(one.spam));
            ui.end_row();
        }
        let sum = |of: fn(&tamis_core::api::LessonSource) -> u32| page.sources.iter().map(of).sum::<u32>();
        if 1 < page.sources.len() {
            ui.label("");
            ui.label(number(sum(|one| one.ham)).font(theme::strong(theme::BODY)));
            ui.label(number(sum(|one| one.spam)).font(theme::strong(theme::BODY)));
            ui.end_row();
        }
    });
    if 0 < page.outdated {
        said(ui, &t!("learning-outdated", lessons = page.outdated));
    }
}

fn word_ui(ui: &mut Ui, snapshot: &Snapshot, state: &mut LearnedState) {
    title(ui, &t!("learning-word"));
    said(ui, &t!("learning-word-about"));
    ui.horizontal(|ui| {
        let field = TextEdit::singleline(&mut state.word).id(Id::unique("word")).hint_text(t!("learning-word-example"));
        let field = ui.add(field.char_limit(MOST_WORD).desired_width(190.0));
        widgets::name(ui, &field, Role::SearchInput, &t!("learning-word-field"));
        let is_entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        let look = widgets::icon_text_button(ui, Icon::Search, &t!("learning-word-look"), Weight::Plain);
        if is_entered || look.clicked() {
            state.word.trim().clone_into(&mut state.sought);
        }
    });
    if state.sought.is_empty() {
        return;
    }
    match snapshot.answer(&Request::Word(state.sought.clone())) {
        None => said(ui, &t!("learning-loading")),
        Some(Err(why)) => said(ui, &view::capital(&view::shown(why))),
        Some(Ok(reply)) => {
            let Reply::Word(report) = &**reply else { return };
            if report.places.is_empty() {
                let word = view::shown(&state.sought);
                said(ui, &t!("learning-word-none", word = word));
            }
            for place in &report.places {
                place_ui(ui, place);
            }
        }
    }
}

/// Where the word is, and beside it a bar from good to spam.
fn place_ui(ui: &mut Ui, place: &WordPlace) {
    let colors = Palette::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), PLACE_HEIGHT), Sense::hover());
    let (shown, percent) = (view::shown(&place.said), view::percent(place.probability));
    let label = t!("learning-word-row", place = &shown, percent = &percent, good = place.ham, spam = place.spam);
    widgets::name(ui, &response, Role::Label, &label);
    let color = if place.probability < 0.5 { colors.ham } else { colors.spam };
    let bar_width = 92.0;
    let width = rect.width() - bar_width - 12.0;
    let line = widgets::cut_line(ui, shown, theme::plain(theme::BODY), colors.text, width);
    ui.painter().galley(pos2(rect.left(), rect.top() + 3.0), line, colors.text);
    let counts = t!("learning-word-counts", good = place.ham, spam = place.spam);
    let line = widgets::cut_line(ui, counts, theme::plain(theme::SMALL), colors.dim, width);
    ui.painter().galley(pos2(rect.left(), rect.top() + 22.0), line, colors.dim);
    let left = rect.right() - bar_width;
    let groove = Rect::from_min_size(pos2(left, rect.top() + 27.0), vec2(bar_width, 5.0));
    ui.painter().rect_filled(groove, 2, colors.line);
    let end = groove.left() + groove.width() * widgets::px(place.probability.clamp(0.0, 1.0));
    let middle = groove.center().x;
    let bar = Rect::from_x_y_ranges(middle.min(end)..=middle.max(end), groove.y_range());
    ui.painter().rect_filled(bar, 2, color);
    let line = widgets::cut_line(ui, percent, theme::strong(theme::SMALL), color, bar_width);
    ui.painter().galley(pos2(rect.right() - line.size().x, rect.top() + 5.0), line, color);
    response.on_hover_text(label);
}

fn files_ui(ui: &mut Ui, state: &mut LearnedState, commands: &CommandSender) {
    title(ui, &t!("learning-files"));
    said(ui, &t!("learning-files-about"));
    let field = TextEdit::singleline(&mut state.path).id(Id::unique("lessons-path"));
    let field = field.hint_text(t!("learning-path-example")).char_limit(MOST_PATH).desired_width(f32::INFINITY);
    let field = ui.add(field);
    widgets::name(ui, &field, Role::TextInput, &t!("learning-path"));
    let path = || state.path.trim().to_owned();
    ui.horizontal_wrapped(|ui| {
        if widgets::icon_text_button(ui, Icon::File, &t!("learning-export"), Weight::Plain).clicked() {
            commands.send(Command::Say(Box::new(Request::ExportLessons { path: path() })));
        }
        if widgets::icon_text_button(ui, Icon::Plus, &t!("learning-import"), Weight::Plain).clicked() {
            commands.send(Command::Say(Box::new(Request::ImportLessons { path: path() })));
        }
    });
}
