//! The status line, the strips that say what is wrong, and the note after each action.

use egui::{Align, Align2, Area, Context, Frame, Id, Layout, Order, RichText, Sense, Ui, Vec2, accesskit};
use tamis_core::api::{AccountState, BatchId, Request, Status};

use crate::{
    client::{Lesson, Link, Snapshot},
    command::{Command, CommandSender},
    icons::Icon,
    keys,
    panels::pause,
    text::t,
    theme::{self, Palette},
    view, widgets,
};

/// How many problems are shown at once; the rest are counted.
const PROBLEMS: usize = 2;

/// What happened, said once.
#[derive(Clone, Debug)]
pub(crate) struct Note {
    /// In words.
    pub(crate) text: String,
    /// What takes it back.
    pub(crate) undo: Option<BatchId>,
    /// Whether it went wrong; such a note stays until it is closed.
    pub(crate) is_failure: bool,
    /// When it goes, in the time of the window.
    pub(crate) until: f64,
}

/// Draws the status line.
pub(crate) fn status_ui(ui: &mut Ui, snapshot: &Snapshot, has_list: bool, commands: &CommandSender) {
    let colors = Palette::of(ui);
    ui.horizontal(|ui| {
        let (color, words) = match &snapshot.link {
            Link::Online { agent } => (colors.ham, t!("shell-online", version = view::shown(agent))),
            Link::Connecting => (colors.unsure, t!("shell-connecting")),
            Link::Starting => (colors.unsure, t!("shell-starting")),
            Link::Offline { .. } => (colors.spam, t!("shell-offline")),
            Link::Mismatch { .. } => (colors.spam, t!("shell-mismatch")),
        };
        dot(ui, color);
        ui.small(words);
        if let Some(status) = snapshot.status.as_deref() {
            ui.separator();
            let (color, words) = accounts_words(&colors, status);
            dot(ui, color);
            ui.small(words);
            if 0 < status.pending {
                ui.separator();
                ui.small(t!("shell-pending", count = status.pending));
            }
            paused_ui(ui, status, commands);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().interact_size.y = 22.0;
            if widgets::icon_button(ui, Icon::Keys, &t!("key-keys")).clicked() {
                commands.send(Command::OpenKeys);
            }
            if has_list {
                let hint = keys_hint();
                let room = ui.available_width();
                let line = widgets::cut_line(ui, hint.clone(), theme::plain(theme::SMALL), colors.dim, room);
                // Half a hint is none.
                if !line.elided {
                    ui.label(RichText::new(hint).small().color(colors.dim));
                }
            }
        });
    });
}

/// The keys that are used most, as the table has them.
fn keys_hint() -> String {
    let hints = [
        (t!("shell-hint-release"), Command::Teach(Lesson::Release)),
        (t!("shell-hint-spam"), Command::Teach(Lesson::Spam)),
        (t!("shell-hint-good"), Command::Teach(Lesson::Good)),
        (t!("shell-hint-undo"), Command::Undo(None)),
        (t!("shell-hint-palette"), Command::OpenPalette),
    ];
    let hints = hints.map(|(words, command)| format!("{} {words}", keys::of(&command).unwrap_or_default()));
    hints.join("   ")
}

/// That nothing is judged now, and what ends it.
fn paused_ui(ui: &mut Ui, status: &Status, commands: &CommandSender) {
    let Some(words) = pause::words(status) else { return };
    let colors = Palette::of(ui);
    ui.separator();
    let (rect, _) = ui.allocate_exact_size(Vec2::splat(12.0), Sense::hover());
    Icon::Pause.paint(ui.painter(), rect, colors.unsure);
    ui.label(RichText::new(words).small().color(colors.unsure));
    if ui.small_button(t!("pause-resume")).clicked() {
        commands.send(Command::Say(Box::new(Request::Resume)));
    }
}

fn accounts_words(colors: &Palette, status: &Status) -> (egui::Color32, String) {
    let number = |state| status.accounts.iter().filter(|account| account.state == state).count();
    let all = status.accounts.len();
    if all == 0 {
        return (colors.dim, t!("shell-no-accounts"));
    }
    let needing = number(AccountState::NeedsYou);
    if 0 < needing {
        return (colors.spam, t!("shell-needing", count = needing, all = all));
    }
    let retrying = number(AccountState::Retrying);
    if 0 < retrying {
        return (colors.unsure, t!("shell-retrying", count = retrying, all = all));
    }
    let offline = number(AccountState::Offline);
    if 0 < offline {
        return (colors.unsure, t!("shell-no-network", count = offline, all = all));
    }
    let busy = number(AccountState::Connecting) + number(AccountState::Working);
    let (color, mut words) = if 0 < busy {
        (colors.unsure, t!("shell-reading", count = all))
    } else {
        (colors.ham, t!("shell-watched", count = all))
    };
    if status.network == "metered" {
        words.push_str(", ");
        words.push_str(&t!("shell-metered"));
    }
    (color, words)
}

/// A small disc of that colour; the words beside it say the same.
pub(crate) fn dot(ui: &mut Ui, color: egui::Color32) {
    let (rect, _) = ui.allocate_exact_size(Vec2::new(9.0, 14.0), Sense::hover());
    ui.painter().circle_filled(rect.center(), 3.5, color);
}

/// Draws a strip for what is wrong, if anything is.
pub(crate) fn problems_ui(ui: &mut Ui, snapshot: &Snapshot, commands: &CommandSender) {
    some_problems_ui(ui, snapshot, PROBLEMS, commands);
}

/// The same, with all of it.
pub(crate) fn all_problems_ui(ui: &mut Ui, snapshot: &Snapshot, commands: &CommandSender) {
    some_problems_ui(ui, snapshot, usize::MAX, commands);
}

fn some_problems_ui(ui: &mut Ui, snapshot: &Snapshot, most: usize, commands: &CommandSender) {
    let colors = Palette::of(ui);
    let trouble = match &snapshot.link {
        Link::Offline { text } => Some((text, t!("shell-start-agent"))),
        Link::Mismatch { text } => Some((text, t!("shell-try-again"))),
        Link::Connecting | Link::Starting | Link::Online { .. } => None,
    };
    if let Some((text, button)) = trouble {
        widgets::banner(ui, &view::shown(text), colors.spam, |ui| {
            ui.label(RichText::new(t!("shell-offline-means")).small().color(colors.text));
            if ui.button(button).clicked() {
                commands.send(Command::Reconnect);
            }
        });
        ui.add_space(theme::GAP);
    }
    let problems = snapshot.status.as_deref().map_or(&[][..], |status| &status.problems);
    for problem in problems.iter().take(most) {
        widgets::banner(ui, &view::shown(problem), colors.unsure, |_| {});
        ui.add_space(theme::GAP);
    }
    if most < problems.len() {
        let more = t!("shell-more-problems", count = problems.len() - most);
        if ui.link(RichText::new(more).small()).clicked() {
            commands.send(Command::ShowAccounts);
        }
    }
}

/// Draws the note over the lower edge.
pub(crate) fn note_ui(ctx: &Context, note: &Note, commands: &CommandSender) {
    Area::new(Id::unique("note")).order(Order::Foreground).anchor(Align2::CENTER_BOTTOM, [0.0, -48.0]).show(
        ctx,
        |ui| {
            let colors = Palette::of(ui);
            let color = if note.is_failure { colors.spam } else { colors.ham };
            let frame = Frame::popup(ui.style()).inner_margin(egui::Margin::symmetric(14, 10)).corner_radius(10);
            frame.show(ui, |ui| {
                ui.set_max_width(560.0);
                ui.horizontal(|ui| {
                    let (rect, _) = ui.allocate_exact_size(Vec2::splat(theme::ICON), Sense::hover());
                    let icon = if note.is_failure { Icon::Warning } else { Icon::Check };
                    icon.paint(ui.painter(), rect, color);
                    let words = ui.label(note.text.as_str());
                    ctx.accesskit_node_builder(words.id, |node| {
                        node.set_role(accesskit::Role::Status);
                        node.set_label(note.text.as_str());
                        node.set_live(accesskit::Live::Polite);
                    });
                    if let Some(batch) = note.undo
                        && widgets::icon_text_button(ui, Icon::Undo, &t!("shell-undo-this"), widgets::Weight::Plain)
                            .clicked()
                    {
                        commands.send(Command::Undo(Some(batch)));
                    }
                    if widgets::icon_button(ui, Icon::Cross, &t!("shell-close-note")).clicked() {
                        commands.send(Command::HideNote);
                    }
                });
            });
        },
    );
}
