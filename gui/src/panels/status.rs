//! The status line, the strips that say what is wrong, and the note after each action.

use egui::{Align, Align2, Area, Context, Frame, Id, Layout, Order, RichText, Sense, Ui, Vec2, accesskit};
use tamis_core::api::{AccountState, BatchId, Status};

use crate::{
    client::{Link, Snapshot},
    command::{Command, CommandSender},
    icons::Icon,
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
pub(crate) fn status_ui(ui: &mut Ui, snapshot: &Snapshot, has_keys: bool) {
    let colors = Palette::of(ui);
    ui.horizontal(|ui| {
        let (color, words) = match &snapshot.link {
            Link::Online { agent } => (colors.ham, format!("Agent {} connected", view::shown(agent))),
            Link::Connecting => (colors.unsure, "Connecting to the agent".to_owned()),
            Link::Starting => (colors.unsure, "Starting the agent".to_owned()),
            Link::Offline { .. } => (colors.spam, "Agent not connected".to_owned()),
            Link::Mismatch { .. } => (colors.spam, "Agent of another version".to_owned()),
        };
        dot(ui, color);
        ui.small(words);
        if let Some(status) = snapshot.status.as_deref() {
            ui.separator();
            let (color, words) = accounts_words(&colors, status);
            dot(ui, color);
            ui.small(words);
        }
        if !has_keys {
            return;
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let keys = "R release   S spam   G good   Ctrl+Z undo   F5 check now";
            ui.label(RichText::new(keys).small().color(colors.dim));
        });
    });
}

fn accounts_words(colors: &Palette, status: &Status) -> (egui::Color32, String) {
    let number = |state| status.accounts.iter().filter(|account| account.state == state).count();
    let all = status.accounts.len();
    if all == 0 {
        return (colors.dim, "No accounts yet".to_owned());
    }
    let needing = number(AccountState::NeedsYou);
    if 0 < needing {
        return (colors.spam, format!("{needing} of {all} accounts need you"));
    }
    let retrying = number(AccountState::Retrying);
    if 0 < retrying {
        return (colors.unsure, format!("{retrying} of {all} accounts cannot be reached"));
    }
    let offline = number(AccountState::Offline);
    if 0 < offline {
        return (colors.unsure, format!("No network for {offline} of {all} accounts"));
    }
    let busy = number(AccountState::Connecting) + number(AccountState::Working);
    let noun = if all == 1 { "account" } else { "accounts" };
    let metered = if status.network == "metered" { ", metered network" } else { "" };
    if 0 < busy {
        (colors.unsure, format!("{all} {noun}, reading{metered}"))
    } else {
        (colors.ham, format!("{all} {noun} watched{metered}"))
    }
}

/// A small disc of that colour; the words beside it say the same.
pub(crate) fn dot(ui: &mut Ui, color: egui::Color32) {
    let (rect, _) = ui.allocate_exact_size(Vec2::new(9.0, 14.0), Sense::hover());
    ui.painter().circle_filled(rect.center(), 3.5, color);
}

/// Draws a strip for what is wrong, if anything is.
pub(crate) fn problems_ui(ui: &mut Ui, snapshot: &Snapshot, commands: &CommandSender) {
    let colors = Palette::of(ui);
    if let Link::Offline { text } | Link::Mismatch { text } = &snapshot.link {
        widgets::banner(ui, &view::shown(text), colors.spam, |ui| {
            if ui.button("Try again").clicked() {
                commands.send(Command::Reconnect);
            }
        });
        ui.add_space(theme::GAP);
    }
    let problems = snapshot.status.as_deref().map_or(&[][..], |status| &status.problems);
    for problem in problems.iter().take(PROBLEMS) {
        widgets::banner(ui, &view::shown(problem), colors.unsure, |_| {});
        ui.add_space(theme::GAP);
    }
    if PROBLEMS < problems.len() {
        ui.label(RichText::new(format!("and {} more", problems.len() - PROBLEMS)).small().color(colors.dim));
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
                        && widgets::icon_text_button(ui, Icon::Undo, "Undo this", widgets::Weight::Plain).clicked()
                    {
                        commands.send(Command::Undo(Some(batch)));
                    }
                    if widgets::icon_button(ui, Icon::Cross, "Close this note").clicked() {
                        commands.send(Command::HideNote);
                    }
                });
            });
        },
    );
}
