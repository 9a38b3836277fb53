//! What the person wants done.
//!
//! A panel never changes anything: it draws, and it sends commands. So a panel can be tested by what it drew and what
//! it sent, and every change goes through one place.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use egui::{Context, Key, KeyboardShortcut, Modifiers};
use tamis_core::api::{BatchId, MailId, Show, Steer};

use crate::{client::Lesson, prefs::Look};

/// One wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Show that list.
    Show(Show),
    /// Show the accounts.
    ShowAccounts,
    /// Show what was changed.
    ShowHistory,
    /// Choose the messages of that account that wait for the person, and show them.
    ShowHeld(String),
    /// Only rows that contain this.
    Search(String),
    /// Put the cursor into the search field.
    FocusSearch,
    /// Fetch more rows of the list.
    More,
    /// A row was clicked.
    Pick(usize, Pick),
    /// Move the cursor by so many rows; `true` keeps what it passes chosen.
    Step(isize, bool),
    /// Choose every row.
    ChooseAll,
    /// Teach the chosen messages.
    Teach(Lesson),
    /// Teach these: they were dropped on a well.
    TeachThese(Lesson, Vec<MailId>),
    /// Have the person taken off the mailing of that message; `true` writes the message that was shown.
    Unsubscribe(MailId, bool),
    /// Take back a change; the newest if none is named.
    Undo(Option<BatchId>),
    /// Look for new mail.
    CheckNow,
    /// Connect to the agent now.
    Reconnect,
    /// Light, dark, or as the system.
    Look(Look),
    /// Hide the note at the bottom.
    HideNote,
    /// Put a text on the clipboard.
    Copy(String),
    /// Open the dialog for a new account.
    OpenAccountDialog,
    /// Try what the dialog says.
    TestAccount,
    /// Keep what the dialog says.
    AddAccount,
    /// Ask whether that account should go.
    AskRemoveAccount(String),
    /// It should.
    RemoveAccount(String),
    /// File the messages of that account that wait, or leave them.
    AnswerHeld(String, bool),
    /// Look at that account's last days too.
    Backfill(String, u32),
    /// Pause that look, go on with it, or give it up.
    Steer(String, Steer),
    /// Put a digest into that account's inbox.
    SendDigest(String),
    /// Close whatever dialog is open.
    CloseDialog,
}

/// How a row was clicked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    /// Only this one.
    Only,
    /// This one as well, or no longer.
    Toggle,
    /// Everything from the last one to this one.
    Range,
}

/// The panels' end of the queue.
#[derive(Clone, Debug)]
pub struct CommandSender(SyncSender<Command>);

/// Opens the queue. It holds what a person can do between two frames, and then some.
pub fn command_channel() -> (CommandSender, Receiver<Command>) {
    let (sender, receiver) = sync_channel(64);
    (CommandSender(sender), receiver)
}

impl CommandSender {
    /// Sends `command`, or drops it if the queue is full: a frame must never wait.
    pub fn send(&self, command: Command) {
        self.0.try_send(command).ok();
    }
}

/// Rows that a page key moves by.
const PAGE: isize = 10;

/// The keys of the list, or where there is none those that need none. Letters do nothing while the person types into a
/// field.
pub(crate) fn listen(ctx: &Context, has_list: bool, commands: &CommandSender) {
    const NONE: Modifiers = Modifiers::NONE;
    const CTRL: Modifiers = Modifiers::COMMAND;
    let is_typing = ctx.text_edit_focused();
    let everywhere = [(NONE, Key::F5, Command::CheckNow), (CTRL, Key::Z, Command::Undo(None))];
    let in_lists = [
        (CTRL, Key::F, Command::FocusSearch),
        (CTRL, Key::A, Command::ChooseAll),
        (NONE, Key::R, Command::Teach(Lesson::Release)),
        (NONE, Key::S, Command::Teach(Lesson::Spam)),
        (NONE, Key::G, Command::Teach(Lesson::Good)),
        (NONE, Key::H, Command::Teach(Lesson::Good)),
        (NONE, Key::J, Command::Step(1, false)),
        (NONE, Key::K, Command::Step(-1, false)),
    ];
    let steps = [
        (Key::ArrowDown, 1),
        (Key::ArrowUp, -1),
        (Key::PageDown, PAGE),
        (Key::PageUp, -PAGE),
        (Key::Home, isize::MIN),
        (Key::End, isize::MAX),
    ];
    ctx.input_mut(|input| {
        for (modifiers, key, command) in everywhere.into_iter().chain(in_lists.into_iter().filter(|_| has_list)) {
            let is_of_fields = !matches!(command, Command::FocusSearch | Command::CheckNow);
            if is_typing && is_of_fields {
                continue;
            }
            if input.consume_shortcut(&KeyboardShortcut::new(modifiers, key)) {
                commands.send(command);
            }
        }
        if is_typing || !has_list {
            return;
        }
        for (key, by) in steps {
            // Shift first: without modifiers a key matches with shift held as well.
            if input.consume_key(Modifiers::SHIFT, key) {
                commands.send(Command::Step(by, true));
            } else if input.consume_key(NONE, key) {
                commands.send(Command::Step(by, false));
            }
        }
    });
}
