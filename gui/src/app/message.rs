//! What is done from the page of a message and by dragging.

use egui::{Context, OpenUrl};
use tamis_core::api::{MailId, Request, Show};

use super::{App, Job};
use crate::{
    command::MessageCommand,
    panels::{drop::Dropped, reading},
    text::t,
};

impl App {
    /// The handler of these commands.
    pub(super) fn message(&mut self, ctx: &Context, command: MessageCommand) {
        match command {
            MessageCommand::Delete => {
                let ids = self.list.selection.ids();
                self.delete(ctx, ids);
            }
            MessageCommand::DeleteThese(ids) => self.delete(ctx, ids),
            MessageCommand::ListSenders { is_block, ids } => self.list_senders_of(ctx, is_block, ids),
            MessageCommand::TrainFiles(label, paths) => self.train_files(ctx, label, paths),
            MessageCommand::ForgetDropped => self.dropped = None,
            MessageCommand::OpenInBrowser(url) => self.open_in_browser(ctx, &url),
        }
    }

    /// Removes messages from the server. They leave the list at once, but for the one of all mail.
    fn delete(&mut self, ctx: &Context, ids: Vec<MailId>) {
        let ids: Vec<MailId> = ids.into_iter().filter(|id| !self.list.busy.contains(id)).collect();
        if ids.is_empty() || !self.job(ctx, Job::Say(Box::new(Request::Delete(ids.clone())))) {
            return;
        }
        self.list.busy.extend(ids.iter().copied());
        self.note = None;
        if self.list.query.show != Show::All && self.listing().is_some() {
            let before = self.list.selection.cursor();
            self.list.selection.move_on(&self.list.layout.ids, &ids.into_iter().collect());
            self.open_cursor(before);
        }
    }

    /// Always accepts or blocks the senders of these messages; of the chosen ones if none are named.
    fn list_senders_of(&mut self, ctx: &Context, is_block: bool, ids: Option<Vec<MailId>>) {
        let ids = ids.unwrap_or_else(|| self.list.selection.ids());
        if ids.is_empty() {
            return;
        }
        let side = if is_block { "block" } else { "accept" }.to_owned();
        self.change(ctx, Job::Say(Box::new(Request::ListSenders { ids, side, has_domain: false })));
    }

    /// Keeps files that were dropped onto the window until the person has said what they are.
    pub(super) fn take_dropped(&mut self, ctx: &Context, dropped: Dropped) {
        if dropped.0.is_empty() {
            return self.say(ctx, &t!("message-no-paths"), None, true);
        }
        self.dropped = Some(dropped);
    }

    /// Learns from files that were dropped.
    fn train_files(&mut self, ctx: &Context, label: String, paths: Vec<String>) {
        self.dropped = None;
        self.change(ctx, Job::Say(Box::new(Request::Train { label, paths })));
    }

    /// The second step of a link: only a page of the web is opened.
    fn open_in_browser(&mut self, ctx: &Context, url: &str) {
        if reading::is_of_web(url) {
            ctx.open_url(OpenUrl::new_tab(url));
            self.say(ctx, &t!("message-opened"), None, false);
        }
    }
}
