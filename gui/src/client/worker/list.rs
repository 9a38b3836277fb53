//! The list: its numbers first, then the rows in sight, and what servers find in the text of mail.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::{Duration, Instant},
};

use tamis_core::api::{FoundText, ListQuery, MailId, MailRow, Outline, Reply, Request};

use super::{Ask, BETWEEN_LISTS, Worker};
use crate::client::{Listing, TextSearch};

/// Rows that are asked for before anything is known of what is in sight.
const FIRST_ROWS: usize = 100;

/// More rows than this are not kept beside those in sight.
const MOST_ROWS: usize = 3_000;

/// So long after the last letter of a search servers are asked for the text: not after each.
const AFTER_TYPING: Duration = Duration::from_millis(350);

/// A list that is long to make is not made over and over: this many times as long is left between two.
const REST: u32 = 4;

/// The list that is wanted.
#[derive(Default)]
pub(super) struct List {
    /// The question; `None` before anybody has asked.
    want: Option<ListQuery>,
    is_stale: bool,
    not_before: Option<Instant>,
    asked_at: Option<Instant>,
    /// The rows that are in sight or near it.
    sight: Vec<MailId>,
    is_sight_stale: bool,
    /// Numbers whose first rows have not come yet, and the question they answer.
    coming: Option<(ListQuery, Arc<Outline>)>,
    /// Counts up with each of these.
    outlines: u64,
    text: Text,
}

/// The search in the text of mail.
#[derive(Default)]
struct Text {
    /// What every account is asked.
    query: ListQuery,
    /// When the accounts that are still to be asked are.
    not_before: Option<Instant>,
    to_ask: BTreeSet<String>,
    running: BTreeSet<String>,
    failed: BTreeSet<String>,
    found: BTreeMap<String, FoundText>,
}

impl Text {
    /// What the window sees of it.
    fn shown(&self) -> TextSearch {
        TextSearch {
            running: self.to_ask.union(&self.running).cloned().collect(),
            failed: self.failed.iter().cloned().collect(),
            unseen: self.found.values().map(|found| found.unseen).fold(0, u32::saturating_add),
        }
    }
}

/// What is asked of the servers for a list: order and groups make no difference there.
fn text_query(want: &ListQuery) -> ListQuery {
    let ListQuery { show, search, class, account, span, .. } = want.clone();
    ListQuery { show, search, class, account, span, ..ListQuery::default() }
}

/// Whether the text of mail is worth searching for that: a letter or two are everywhere.
fn is_worth_asking(search: &str) -> bool {
    3 <= search.chars().count() || !search.is_ascii()
}

impl List {
    /// Something has changed.
    pub(super) fn again(&mut self) {
        self.is_stale = true;
    }

    /// After a new connection nothing that was asked is under way.
    pub(super) fn anew(&mut self) {
        (self.is_stale, self.is_sight_stale, self.not_before, self.coming) = (true, false, None, None);
        let running = std::mem::take(&mut self.text.running);
        self.text.to_ask.extend(running);
        self.text.not_before = Some(Instant::now());
    }

    /// When something is due.
    pub(super) fn due(&self) -> impl Iterator<Item = Instant> {
        let list = self.not_before.filter(|_| self.is_stale);
        let text = self.text.not_before.filter(|_| !self.text.to_ask.is_empty());
        list.into_iter().chain(text)
    }
}

impl Worker {
    /// Another list is wanted, or the same again.
    pub(super) fn want_list(&mut self, want: ListQuery) {
        let list = &mut self.list;
        list.is_stale = true;
        list.not_before = None;
        if list.want.as_ref() == Some(&want) {
            return;
        }
        let query = text_query(&want);
        if list.text.query != query {
            // What is under way is waited for: an account searches one thing after the other.
            let running = std::mem::take(&mut list.text.running);
            list.text = Text { query, running, ..Text::default() };
            if is_worth_asking(&want.search) {
                let is_meant = |name: &&String| want.account.is_empty() || **name == want.account;
                list.text.to_ask = self.accounts.iter().filter(is_meant).cloned().collect();
                list.text.not_before = Some(Instant::now() + AFTER_TYPING);
            }
        }
        list.want = Some(want);
        list.sight.clear();
    }

    /// These rows are in sight, or near it.
    pub(super) fn see(&mut self, ids: Vec<MailId>) {
        self.list.sight = ids;
        self.list.is_sight_stale = true;
    }

    pub(super) fn ask_for_list(&mut self, now: Instant) {
        let has = |is: &dyn Fn(&Ask) -> bool| self.asked.values().any(is);
        let (is_listing, is_seeing) =
            (has(&|ask| matches!(ask, Ask::Outline(_))), has(&|ask| matches!(ask, Ask::Rows(_))));
        let list = &mut self.list;
        let Some(want) = list.want.clone() else { return };
        if list.is_stale && !is_listing && list.not_before.is_none_or(|at| at <= now) {
            (list.is_stale, list.asked_at) = (false, Some(now));
            list.not_before = Some(now + BETWEEN_LISTS);
            let also = list.text.found.values().flat_map(|found| found.ids.iter().copied()).collect();
            self.call(Ask::Outline(want.clone()), Request::Outline(ListQuery { also, ..want }));
        }
        if self.list.is_sight_stale && self.list.coming.is_none() && !is_seeing {
            self.list.is_sight_stale = false;
            let unknown = self.unknown_in_sight();
            if !unknown.is_empty() {
                self.call(Ask::Rows(None), Request::Rows(unknown));
            }
        }
        self.ask_for_text(now);
    }

    /// What is in sight and has not come.
    fn unknown_in_sight(&self) -> Vec<MailId> {
        let mut unknown = Vec::new();
        self.remote.update(|snapshot| {
            let listing = snapshot.listing.as_deref();
            let is_known = |id: &MailId| listing.is_some_and(|listing| listing.rows.contains_key(id));
            unknown = self.list.sight.iter().copied().filter(|id| !is_known(id)).collect();
            false
        });
        unknown
    }

    fn ask_for_text(&mut self, now: Instant) {
        if self.list.text.not_before.is_none_or(|at| now < at) {
            return;
        }
        let is_free = |name: &&String| !self.list.text.running.contains(*name);
        let due: Vec<String> = self.list.text.to_ask.iter().filter(is_free).cloned().collect();
        for account in due {
            self.list.text.to_ask.remove(&account);
            self.list.text.running.insert(account.clone());
            let query = self.list.text.query.clone();
            let ask = Ask::Text(Box::new(query.clone()), account.clone());
            self.call(ask, Request::FindText { query, account });
        }
    }

    /// The numbers have come.
    pub(super) fn outline(&mut self, want: ListQuery, outline: Outline) {
        if self.list.want.as_ref() != Some(&want) {
            return;
        }
        let took = self.list.asked_at.map(|at| at.elapsed()).unwrap_or_default();
        self.list.not_before = self.list.not_before.max(Some(Instant::now() + took * REST));
        let first = outline.ids.iter().take(FIRST_ROWS).copied();
        let here: BTreeSet<MailId> = first.chain(self.list.sight.iter().copied()).collect();
        self.list.coming = Some((want, Arc::new(outline)));
        self.list.outlines += 1;
        let number = self.list.outlines;
        if here.is_empty() {
            self.rows(Some(number), Vec::new());
        } else {
            self.call(Ask::Rows(Some(number)), Request::Rows(here.into_iter().collect()));
        }
    }

    /// Rows have come, the first of those numbers or any.
    pub(super) fn rows(&mut self, first_of: Option<u64>, rows: Vec<MailRow>) {
        let rows = rows.into_iter().map(|row| (row.id, Arc::new(row)));
        let text = self.list.text.shown();
        if first_of.is_some_and(|number| number != self.list.outlines) {
            return;
        }
        let coming = if first_of.is_some() { self.list.coming.take() } else { None };
        if let Some((want, outline)) = coming {
            let rows = rows.collect();
            return self.remote.update(|snapshot| {
                let old = snapshot.listing.as_ref().filter(|old| old.outline == outline);
                // Whoever goes by the numbers need not go through them again.
                let outline = old.map_or(outline, |old| Arc::clone(&old.outline));
                let listing = Listing { want, outline, rows, text };
                let is_new = snapshot.listing.as_deref() != Some(&listing);
                if is_new {
                    snapshot.listing = Some(Arc::new(listing));
                }
                is_new
            });
        }
        let sight = &self.list.sight;
        self.remote.update(|snapshot| {
            let Some(listing) = snapshot.listing.as_mut().map(Arc::make_mut) else { return false };
            if MOST_ROWS < listing.rows.len() {
                let seen: BTreeSet<MailId> = sight.iter().copied().collect();
                listing.rows.retain(|id, _| seen.contains(id));
            }
            listing.rows.extend(rows);
            true
        });
    }

    /// An account's server has searched, or could not be asked.
    pub(super) fn text_found(&mut self, query: &ListQuery, account: String, reply: Reply) {
        let text = &mut self.list.text;
        text.running.remove(&account);
        if *query == text.query {
            if let Reply::FoundText(found) = reply {
                self.list.is_stale |= !found.ids.is_empty();
                self.list.text.found.insert(account, found);
            } else {
                text.failed.insert(account);
            }
        }
        let text = self.list.text.shown();
        self.remote.update(|snapshot| {
            let Some(listing) = snapshot.listing.as_mut().filter(|listing| listing.text != text) else { return false };
            Arc::make_mut(listing).text = text;
            true
        });
    }

    /// The accounts there are.
    pub(super) fn note_accounts(&mut self, names: Vec<String>) {
        self.accounts = names;
    }
}
