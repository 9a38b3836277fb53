//! What can be done with the chosen messages: by the bar above the list, by the menu of a row, and by keys.

use egui::{Button, RichText, Role, Ui, WidgetInfo};
use tamis_core::api::Leaving;

use super::ListState;
use crate::{
    client::{Lesson, Opened, Snapshot},
    command::{Command, CommandSender, InList, Listed},
    icons::Icon,
    keys,
    text::t,
    theme::Palette,
    view,
    widgets::{self, Weight},
};

/// From this width on, what is done with senders has buttons of its own.
const ROOM_FOR_SENDERS: f32 = 700.0;

/// Something that can be done.
struct Deed {
    icon: Icon,
    words: String,
    about: String,
    key: String,
    command: Command,
    is_possible: bool,
}

impl Deed {
    /// Something that can be done now, with the key that the table of keys has for it.
    fn of(icon: Icon, words: String, about: String, command: Command) -> Self {
        let key = keys::of(&command).unwrap_or_default();
        Self { icon, words, about, key, command, is_possible: true }
    }
}

/// What is said of messages.
fn lessons() -> [Deed; 3] {
    let deed = |icon, words, about, lesson| Deed::of(icon, words, about, Command::Teach(lesson));
    [
        deed(Icon::Release, t!("review-release"), t!("review-release-about"), Lesson::Release),
        deed(Icon::Barred, t!("review-spam"), t!("review-spam-about"), Lesson::Spam),
        deed(Icon::Check, t!("review-good"), t!("review-good-about"), Lesson::Good),
    ]
}

/// What is said of senders.
fn senders() -> [Deed; 3] {
    let deed = |icon, words, about, listed| Deed::of(icon, words, about, Command::InList(InList::ListSenders(listed)));
    [
        deed(Icon::Person, t!("review-allow"), t!("review-allow-about"), Listed::Allow),
        deed(Icon::At, t!("review-allow-domain"), t!("review-allow-domain-about"), Listed::AllowDomain),
        deed(Icon::Cross, t!("review-block"), t!("review-block-about"), Listed::Block),
    ]
}

/// Leaving the mailing of the open message, if there is one to be left without another word; of several, those that can.
fn leaving(snapshot: &Snapshot, state: &ListState) -> Deed {
    let cursor = state.selection.cursor();
    let is_of_open = match &snapshot.opened {
        Opened::Mail(mail) => Some(mail.row.id) == cursor && matches!(mail.leaving, Some(Leaving::ByItself(_))),
        Opened::Nothing | Opened::Loading(_) | Opened::Failed(..) => false,
    };
    let is_chosen = cursor.is_some_and(|cursor| state.selection.contains(cursor));
    let is_possible = (is_of_open && is_chosen) || 1 < state.selection.len();
    let about = if is_possible { t!("review-leave-about") } else { t!("review-leave-impossible") };
    let leave = Command::InList(InList::LeaveMailing);
    Deed { is_possible, ..Deed::of(Icon::Letters, t!("review-leave"), about, leave) }
}

/// Draws the bar.
pub(super) fn actions_ui(ui: &mut Ui, snapshot: &Snapshot, state: &ListState, commands: &CommandSender) {
    let colors = Palette::of(ui);
    let chosen = state.selection.len();
    let has_room = ROOM_FOR_SENDERS <= ui.available_width();
    let undoable = snapshot.status.as_deref().and_then(|status| status.undoable.as_deref());
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        ui.add_enabled_ui(0 < chosen, |ui| {
            for deed in lessons() {
                let is_main = matches!(deed.command, Command::Teach(Lesson::Release)) && 0 < chosen;
                button(ui, deed, if is_main { Weight::Main } else { Weight::Plain }, commands);
            }
            if has_room {
                for deed in senders() {
                    button(ui, deed, Weight::Plain, commands);
                }
                button(ui, leaving(snapshot, state), Weight::Plain, commands);
            } else {
                ui.menu_button(t!("review-more"), |ui| {
                    items(ui, senders(), commands);
                    ui.separator();
                    items(ui, [leaving(snapshot, state)], commands);
                });
            }
        });
        ui.add_enabled_ui(undoable.is_some(), |ui| {
            let button = if has_room {
                widgets::icon_text_button(ui, Icon::Undo, &t!("review-undo"), Weight::Plain)
            } else {
                widgets::icon_button(ui, Icon::Undo, &t!("review-undo"))
            };
            let button = match undoable {
                Some(what) => button.on_hover_text(t!("review-undo-about", what = view::shown(what))),
                None => button,
            };
            if button.clicked() {
                commands.send(Command::Undo(None));
            }
        });
        if 1 < chosen {
            ui.label(RichText::new(t!("review-chosen", count = chosen)).color(colors.dim));
        }
    });
}

fn button(ui: &mut Ui, deed: Deed, weight: Weight, commands: &CommandSender) {
    ui.add_enabled_ui(deed.is_possible, |ui| {
        let button = widgets::icon_text_button(ui, deed.icon, &deed.words, weight);
        let tip = format!("{} ({})", deed.about, deed.key);
        let button = button.on_hover_text(&tip).on_disabled_hover_text(tip);
        if button.clicked() {
            commands.send(deed.command);
        }
    });
}

/// The menu of a row: the same for whatever is chosen.
pub(super) fn menu_ui(ui: &mut Ui, snapshot: &Snapshot, state: &ListState, commands: &CommandSender) {
    let chosen = state.selection.len();
    if 1 < chosen {
        ui.label(RichText::new(t!("review-chosen", count = chosen)).small().color(Palette::of(ui).dim));
    }
    items(ui, lessons(), commands);
    ui.separator();
    items(ui, senders(), commands);
    ui.separator();
    items(ui, [leaving(snapshot, state)], commands);
}

fn items(ui: &mut Ui, deeds: impl IntoIterator<Item = Deed>, commands: &CommandSender) {
    for deed in deeds {
        let item = ui.add_enabled(deed.is_possible, Button::new(&deed.words).shortcut_text(deed.key));
        let (is_possible, words) = (deed.is_possible, deed.words);
        item.widget_info(|| WidgetInfo::labeled(Role::MenuItem, is_possible, &words));
        if item.on_hover_text(&deed.about).on_disabled_hover_text(deed.about).clicked() {
            commands.send(deed.command);
            ui.close();
        }
    }
}
