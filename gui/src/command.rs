//! What the person wants done.
//!
//! A panel never changes anything: it draws, and it sends commands. So a panel can be tested by what it drew and what
//! it sent, and every change goes through one place.

mod message;
mod sign_in;

use std::{
    path::PathBuf,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
};

use egui::Context;
use tamis_core::api::{BatchId, ListQuery, MailId, NewListEntry, Request, Show, Steer};

pub use self::{message::MessageCommand, sign_in::SignInCommand};
use crate::{
    client::Lesson,
    keys,
    prefs::{Language, Look},
    saving::Saving,
};

/// One wish.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Show that list.
    Show(Show),
    /// Show the accounts.
    ShowAccounts,
    /// Show what was changed.
    ShowHistory,
    /// Show the lists.
    ShowLists,
    /// Show the way of mail to that account; empty: the one that was shown last, or the first.
    ShowRoute(String),
    /// Choose the messages of that account that wait for the person, and show them.
    ShowHeld(String),
    /// Only rows that contain this.
    Search(String),
    /// Put the cursor into the search field.
    FocusSearch,
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
    /// Always accept or block mail, as that entry says.
    PutOnList(NewListEntry),
    /// Let that entry of the lists count, or no longer.
    SwitchEntry(i64, bool),
    /// Remove that entry.
    RemoveEntry(i64),
    /// What belongs to signing in for an account.
    SignIn(SignInCommand),
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
    /// Open the steps of setting up of that account again.
    OpenSetup(String),
    /// Let the agent start when the person logs in, or no longer.
    Autostart(bool),
    /// Find out where the mail of that address is.
    FindServers(String),
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
    /// Learn from that account's mail that is there; `true` takes what is in Junk for spam.
    Learn(String, bool),
    /// Pause that learning, go on with it, or give it up.
    SteerLearning(String, Steer),
    /// Close whatever dialog is open.
    CloseDialog,
    /// Report that message as spam to others: the person has seen what they are told.
    ReportSpam(MailId),
    /// Show the people who write.
    ShowPeople,
    /// Show the figures.
    ShowStatistics,
    /// Show what was learned.
    ShowLearning,
    /// Show the settings.
    ShowSettings,
    /// Show what this program is, and whose work is in it.
    ShowAbout,
    /// Have the agent do this, and say how it went.
    Say(Box<Request>),
    /// What is done from the page of a message, and by dragging.
    Message(MessageCommand),
    /// Show that message in the list of all mail, among those that have this.
    ShowMessage(MailId, String),
    /// Show the entries of the lists that have this.
    ShowListsOf(String),
    /// Speak that language from now on.
    Speak(Language),
    /// Write that file.
    Save(Box<Saving>),
    /// It was written there, or not there, and why.
    Saved(Result<PathBuf, (PathBuf, String)>),
    /// Search for anything that can be done.
    OpenPalette,
    /// Show all keys.
    OpenKeys,
    /// Close what is open: a dialog, else the note.
    Close,
    /// Draw everything larger or smaller.
    Zoom(Zoom),
    /// More contrast, or the usual.
    Contrast(bool),
    /// Something about the list of mail.
    InList(InList),
}

/// What is wanted of the list of mail.
#[derive(Clone, Debug, PartialEq)]
pub enum InList {
    /// Show it in that way: filtered, in order, in groups.
    Refine(Box<ListQuery>),
    /// The messages from the first to the second of these places are in sight.
    See(usize, usize),
    /// Unfold the group of that key, or fold it.
    Unfold(String, bool),
    /// Unfold all groups, or fold them.
    UnfoldAll(bool),
    /// Choose every message of the group of that place.
    PickGroup(usize),
    /// Always accept or block the senders of the chosen messages.
    ListSenders(Listed),
    /// Have the person taken off the mailing that the open message is of, if that can be done without another word.
    LeaveMailing,
}

/// What becomes of senders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listed {
    /// They are always accepted.
    Allow,
    /// Whatever comes from their domains is.
    AllowDomain,
    /// They are always blocked.
    Block,
}

/// Which way the size of everything goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zoom {
    /// One step up.
    Larger,
    /// One step down.
    Smaller,
    /// As the system says.
    Usual,
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

/// The keys of the list, or where there is none those that need none; Escape hides a note.
pub(crate) fn listen(ctx: &Context, here: keys::Here, commands: &CommandSender) {
    for command in keys::pressed(ctx, here) {
        commands.send(command);
    }
}
