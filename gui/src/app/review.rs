//! The list of mail: how it is shown, what of it is in sight, and what is done with a selection.

use std::{collections::BTreeSet, sync::Arc};

use egui::Context;
use tamis_core::api::{Leaving, ListQuery, MailId, Request};

use super::{App, Command, Job, Wish};
use crate::{
    client::Opened,
    command::{InList, Listed},
    layout::{Layout, group_ids},
    text::t,
};

/// Rows that are asked for beyond each edge of what is in sight.
const BEYOND: usize = 120;

impl App {
    pub(super) fn in_list(&mut self, ctx: &Context, wish: InList) {
        match wish {
            InList::Refine(query) => self.refine(*query),
            InList::See(first, last) => self.see(first, last),
            InList::Unfold(key, is_open) => self.unfold(key, is_open),
            InList::UnfoldAll(is_open) => self.unfold_all(is_open),
            InList::PickGroup(place) => self.pick_group(place),
            InList::ListSenders(listed) => self.list_senders(ctx, listed),
            InList::LeaveMailing => self.leave_mailing(ctx),
        }
    }

    /// Lays the list out if it is another one than was laid out last.
    pub(super) fn follow_list(&mut self) {
        let Some(new) = self.listing() else { return };
        let old = self.list.laid.as_ref();
        let is_other_question = old.is_none_or(|(want, _)| *want != new.want);
        if !is_other_question && old.is_some_and(|(_, outline)| Arc::ptr_eq(outline, &new.outline)) {
            return;
        }
        self.list.laid = Some((new.want.clone(), Arc::clone(&new.outline)));
        self.list.to_top |= is_other_question;
        self.list.seen = None;
        self.list.layout = Layout::of(&new.outline, &self.list.unfolded);
        let before = self.list.selection.cursor();
        self.list.selection.reconcile(&self.list.layout.ids, &new.outline.ids, is_other_question);
        self.open_cursor(before);
    }

    pub(super) fn refine(&mut self, query: ListQuery) {
        if query.grouping != self.list.query.grouping {
            self.list.unfolded.clear();
        }
        self.list.query = query;
        self.list.asked_at = Some(std::time::Instant::now());
        self.ask_for_list();
    }

    fn see(&mut self, first: usize, last: usize) {
        self.list.seen = Some((first, last));
        let ids = &self.list.layout.ids;
        let from = first.saturating_sub(BEYOND);
        let to = last.saturating_add(BEYOND).min(ids.len());
        let ids: Vec<MailId> = ids.get(from..to).unwrap_or_default().to_vec();
        self.wish(Wish::See(ids));
    }

    fn unfold(&mut self, key: String, is_open: bool) {
        if is_open {
            self.list.unfolded.insert(key);
        } else {
            self.list.unfolded.remove(&key);
        }
        self.lay_out();
    }

    fn unfold_all(&mut self, is_open: bool) {
        let Some(listing) = self.listing() else { return };
        let keys = listing.outline.groups.iter().map(|group| group.key.clone());
        self.list.unfolded = if is_open { keys.collect() } else { BTreeSet::new() };
        self.lay_out();
    }

    fn lay_out(&mut self) {
        let Some(listing) = self.listing() else { return };
        self.list.layout = Layout::of(&listing.outline, &self.list.unfolded);
        self.list.seen = None;
    }

    fn pick_group(&mut self, place: usize) {
        let Some(listing) = self.listing() else { return };
        let before = self.list.selection.cursor();
        self.list.selection.choose(&self.list.layout.ids, group_ids(&listing.outline, place));
        self.list.selection.stay();
        self.open_cursor(before);
    }

    pub(super) fn choose(&mut self, command: &Command) {
        let Some(listing) = self.listing() else { return };
        let before = self.list.selection.cursor();
        let (selection, ids) = (&mut self.list.selection, &self.list.layout.ids);
        if let Command::Pick(index, pick) = command {
            selection.click(ids, *index, *pick);
        } else if let Command::Step(by, extend) = command {
            selection.step(ids, *by, *extend);
        } else {
            selection.choose_all(&listing.outline.ids);
        }
        self.open_cursor(before);
    }

    fn list_senders(&mut self, ctx: &Context, listed: Listed) {
        let ids = self.list.selection.ids();
        if ids.is_empty() {
            return;
        }
        let (side, has_domain) = match listed {
            Listed::Allow => ("accept", false),
            Listed::AllowDomain => ("accept", true),
            Listed::Block => ("block", false),
        };
        let request = Request::ListSenders { ids, side: side.to_owned(), has_domain };
        self.change(ctx, Job::Say(Box::new(request)));
    }

    fn leave_mailing(&mut self, ctx: &Context) {
        let ids = self.list.selection.ids();
        if 1 < ids.len() {
            return self.change(ctx, Job::Say(Box::new(Request::UnsubscribeAll(ids))));
        }
        let Some(cursor) = self.list.selection.cursor().filter(|cursor| ids == [*cursor]) else { return };
        let Opened::Mail(mail) = &self.snapshot.opened else { return };
        if mail.row.id != cursor {
            return;
        }
        match &mail.leaving {
            Some(Leaving::ByItself(_)) => self.ask(ctx, Job::Unsubscribe(cursor, false)),
            Some(Leaving::ByMessage { .. } | Leaving::OnPage { .. }) => {
                self.say(ctx, &t!("review-leave-beside"), None, false);
            }
            None => self.say(ctx, &t!("review-leave-impossible"), None, false),
        }
    }
}
