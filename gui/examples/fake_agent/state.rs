//! What the pretended agent knows, and how it answers.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use tamis_core::api::{
    API_VERSION, AccountState, AccountStatus, BatchId, Change, ListEntry, ListQuery, MailId, MailRow, RefusedKind,
    Reply, Request, Show, Status, Steer,
};

use crate::{
    accounts::{self, account, servers, test},
    backfill::Backfill,
    figures, health,
    learning::Learning,
    lists, mail, people, review,
};

pub(crate) struct State {
    pub(super) rows: Vec<MailRow>,
    accounts: Vec<AccountStatus>,
    pub(super) done: BTreeSet<MailId>,
    changes: Vec<Made>,
    backfills: BTreeMap<String, Backfill>,
    entries: Vec<ListEntry>,
    learnings: BTreeMap<String, Learning>,
    starts_at_login: bool,
    forgotten: Vec<String>,
    settings: figures::Changed,
    paused_until: Option<i64>,
}

/// A change, and the rows as they were before it.
struct Made {
    change: Change,
    before: Vec<MailRow>,
}

impl Made {
    fn can_be_undone(&self) -> bool {
        !self.change.is_undone && self.change.kind != "undo"
    }
}

impl State {
    pub(crate) fn new(rows: Vec<MailRow>) -> Self {
        let accounts = if rows.is_empty() { vec![] } else { accounts::accounts() };
        let (done, backfills, learnings) = (BTreeSet::new(), BTreeMap::new(), BTreeMap::new());
        let (changes, entries, starts_at_login, forgotten) = (vec![], lists::some(), false, vec![]);
        let (settings, paused_until) = (BTreeMap::new(), None);
        let mut state = Self {
            rows,
            accounts,
            done,
            changes,
            backfills,
            entries,
            learnings,
            starts_at_login,
            forgotten,
            settings,
            paused_until,
        };
        let filed = state.rows.iter().filter(|row| row.folder == "Junk");
        let filed: Vec<MailRow> = filed.take(12).cloned().collect();
        for (part, hours) in filed.chunks(2).zip([30, 7, 2]) {
            let before = part.iter().map(|row| MailRow { folder: "Inbox".to_owned(), ..row.clone() }).collect();
            state.write_down("file", format!("filing of {}", messages(part.len())), before);
            state.changes.last_mut().unwrap().change.at -= hours * 3_600;
        }
        state
    }

    fn unlearn(&mut self, keys: Vec<String>) -> (Reply, bool) {
        self.forgotten.extend(keys);
        done("1 lesson forgotten".to_owned(), None)
    }

    fn remove_entry(&mut self, id: i64) -> (Reply, bool) {
        self.entries.retain(|entry| entry.id != id);
        done(format!("entry {id} is removed"), None)
    }

    fn autostart(&mut self, is_on: bool) -> (Reply, bool) {
        self.starts_at_login = is_on;
        done(format!("Tamis {} when you log in", if is_on { "starts" } else { "does not start" }), None)
    }

    fn pause(&mut self, until: Option<i64>, text: &str) -> (Reply, bool) {
        self.paused_until = until;
        done(text.to_owned(), None)
    }

    fn switch_entry(&mut self, id: i64, is_on: bool) -> (Reply, bool) {
        let entry = self.entries.iter_mut().find(|entry| entry.id == id).unwrap();
        (entry.is_on, entry.why_off) = (is_on, String::new());
        done(format!("entry {id} is {}", if is_on { "on" } else { "off" }), None)
    }

    #[expect(clippy::too_many_lines, reason = "a table, one entry for each request")]
    pub(crate) fn answer(&mut self, request: Request) -> (Reply, bool) {
        match request {
            Request::Hello { .. } => (Reply::Hello { api_version: API_VERSION, agent: "0.1.0".to_owned() }, false),
            Request::Status => (Reply::Status(self.status()), false),
            Request::List { query, offset, limit } => (self.list(&query, offset, limit), false),
            Request::Outline(query) => (Reply::Outline(review::outline(&self.found(&query), query.grouping)), false),
            Request::Rows(ids) => (self.rows(ids), false),
            Request::FindText { query, account } => {
                let all = ListQuery { search: String::new(), account, ..query };
                (Reply::FoundText(review::text(&self.found(&all))), false)
            }
            Request::UnsubscribeAll(ids) => done(format!("unsubscribed from {} mailings", ids.len()), None),
            Request::ListSenders { ids, side, has_domain } => {
                let new = review::entries(&self.rows, &ids, &side, has_domain);
                let batch = self.write_down("list", format!("{} entries put on the lists", new.len()), vec![]);
                done(lists::add(&mut self.entries, new), Some(batch))
            }
            Request::Mail(id) => (self.mail(id), false),
            Request::Release(ids) => self.teach(&ids, "release", "released and learned as wanted"),
            Request::MarkHam(ids) => self.teach(&ids, "ham", "learned as wanted"),
            Request::MarkSpam(ids) => self.teach(&ids, "spam", "filed in Junk and learned as spam"),
            Request::Unsubscribe { by_message: true, .. } => {
                done("a message to leave@list.example asks to take you off its list".to_owned(), None)
            }
            Request::Unsubscribe { .. } => {
                done("list.example was asked to take you off its list, and agreed".to_owned(), None)
            }
            Request::Undo(batch) => self.undo(batch),
            Request::Entries { after } => (lists::after(&self.entries, after), false),
            Request::AddEntries { entries, .. } => done(lists::add(&mut self.entries, entries), None),
            Request::TestAccount(form) => (test(&form.host, &form.address), false),
            Request::Autostart { is_on } => self.autostart(is_on),
            Request::FindServers { address } => (servers(&address), false),
            Request::AddAccount(form) => {
                let text = format!("{} is being watched", form.address);
                self.accounts.push(account(&form.address, AccountState::Working, "Learning from what is there"));
                done(text, None)
            }
            Request::RemoveAccount { name } => {
                self.accounts.retain(|account| account.name != name);
                done(format!("{name} is no longer watched"), None)
            }
            Request::CheckNow => (done("Looked: no new mail".to_owned(), None).0, false),
            Request::History { limit } => {
                let newest = self.changes.iter().rev().take(usize::try_from(limit).unwrap());
                (Reply::History(newest.map(|made| made.change.clone()).collect()), false)
            }
            Request::Held { account, file } => self.answer_held(&account, file),
            Request::Backfill { account, days } => {
                let text = format!("Looking at the last {days} days of {account}");
                self.backfills.insert(account, Backfill::start(days));
                done(text, None)
            }
            Request::SteerBackfill { account, steer } => self.steer(&account, steer),
            Request::Learn { account, junk, is_rehearsal: true } => self.learn(account, Learning::rehearse(junk)),
            Request::Learn { account, junk, is_rehearsal: false } => self.learn(account, Learning::start(junk)),
            Request::SteerLearning { account, steer } => self.steer_learning(&account, steer),
            Request::ReportSpam(_) => done("reported as spam to the pyzor server 127.0.0.1:24441".to_owned(), None),
            Request::Open { link } => self.open(&link),
            Request::SendDigest { account } => done(format!("A digest is in the inbox of {account}"), None),
            Request::RemoveEntry(id) => self.remove_entry(id),
            Request::SwitchEntry { id, is_on } => self.switch_entry(id, is_on),
            Request::Route { account, .. } => (Reply::Route(Box::new(crate::route::report(&account))), false),
            Request::Delete(ids) => self.delete(&ids),
            Request::Source(id) => (self.source(id), false),
            Request::Train { label, paths } => self.train(&label, paths.len()),
            Request::Settings => (figures::settings(&self.settings), false),
            Request::Histogram { .. } => (figures::histogram(&self.settings), false),
            Request::Statistics { days, account, least } => (figures::statistics(days, &account, least), false),
            Request::SetSetting { key, value: Some(value) } => {
                let text = format!("{key} is changed");
                self.settings.insert(key, value);
                done(text, None)
            }
            Request::SetSetting { key, value: None } => {
                self.settings.remove(&key);
                done(format!("{key} is as shipped"), None)
            }
            Request::Pause(pause) => self.pause(Some(health::until(pause)), "filtering is paused"),
            Request::Resume => self.pause(None, "filtering goes on"),
            Request::Looks(_) => (done("seen".to_owned(), None).0, false),
            Request::SignIn(_)
            | Request::Untrain { .. }
            | Request::ImportLessons { .. }
            | Request::RenewLessons
            | Request::AddPeers(_)
            | Request::ForgetPeer(_)
            | Request::ImportLists { .. }
            | Request::ExportLists { .. }
            | Request::ResetLearning
            | Request::ExportLessons { .. }
            | Request::Backup { .. }
            | Request::Restore { .. }
            | Request::JudgeWaiting { .. } => refused("A pretended agent cannot do that"),
            Request::People { search, order, offset, limit } => {
                (people::list((&self.rows, &self.entries), &search, order, (offset, limit)), false)
            }
            Request::Person(address) => (people::person((&self.rows, &self.entries), &address), false),
            Request::Lessons { source, offset, limit } => {
                (people::lessons(&self.rows, &self.forgotten, &source, (offset, limit)), false)
            }
            Request::Unlearn(keys) => self.unlearn(keys),
            Request::Word(word) => (people::word(&word), false),
            Request::LookAtAccount { account } => (test("imap.example.org", &account), false),
            Request::Arrange { account, .. } => done(format!("{account} is handled that way from now on"), None),
        }
    }

    /// Whether some look at older mail gets on by itself.
    pub(crate) fn is_moving(&self) -> bool {
        let is_learning =
            self.learnings.values().map(Learning::status).any(|status| !status.is_paused && !status.is_ended);
        is_learning || self.backfills.values().map(Backfill::status).any(|status| !status.is_paused && !status.is_ended)
    }

    fn status(&self) -> Status {
        let count =
            |is: &dyn Fn(&MailRow) -> bool| u32::try_from(self.rows.iter().filter(|row| is(row)).count()).unwrap();
        let accounts = self.accounts.iter().cloned().map(|mut account| {
            account.held = count(&|row| row.is_held && row.account == account.name);
            let (held, all) = (account.held, account.held + 2);
            if 0 < held {
                account.held_why =
                    format!("Tamis would have filed {held} of {all} messages that arrived within an hour");
            }
            account.backfill = self.backfills.get(&account.name).map(Backfill::status);
            account.learning = self.learnings.get(&account.name).map(Learning::status);
            account
        });
        Status {
            version: "0.1.0".to_owned(),
            accounts: accounts.collect(),
            trained_ham: 1204,
            trained_spam: 893 + u32::try_from(self.done.len()).unwrap(),
            judged: 18_220 + count(&|_| true),
            filed: count(&|row| row.folder == "Junk"),
            to_review: count(&|row| self.is_for_review(row)),
            pending: 0,
            problems: if self.accounts.is_empty() { vec![] } else { mail::problems() },
            undoable: self.changes.iter().rfind(|made| made.can_be_undone()).map(|made| made.change.text.clone()),
            archived: 41,
            archive_bytes: 3_049_112,
            network: "online".to_owned(),
            starts_at_login: self.starts_at_login,
            paused_until: self.paused_until,
        }
    }

    fn is_for_review(&self, row: &MailRow) -> bool {
        row.class != "ham" && !self.done.contains(&row.id)
    }

    fn found(&self, query: &ListQuery) -> Vec<&MailRow> {
        let shown = self.rows.iter().filter(|row| match query.show {
            Show::Review => self.is_for_review(row),
            Show::Junk => row.folder == "Junk",
            Show::All => true,
        });
        review::found(shown, query)
    }

    fn list(&self, query: &ListQuery, offset: u32, limit: u32) -> Reply {
        let found = self.found(query);
        let total = u32::try_from(found.len()).unwrap();
        let page = found.into_iter().skip(usize::try_from(offset).unwrap()).take(usize::try_from(limit).unwrap());
        Reply::List { rows: page.cloned().collect(), total }
    }

    fn rows(&self, mut ids: Vec<MailId>) -> Reply {
        ids.sort_unstable();
        Reply::Rows(self.rows.iter().filter(|row| ids.binary_search(&row.id).is_ok()).cloned().collect())
    }

    fn mail(&self, id: MailId) -> Reply {
        match self.rows.iter().find(|row| row.id == id) {
            Some(row) => Reply::Mail(Box::new(mail::detail(row))),
            None => refused("There is no such message").0,
        }
    }

    fn teach(&mut self, ids: &[MailId], kind: &str, what: &str) -> (Reply, bool) {
        let before: Vec<MailRow> = self.rows.iter().filter(|row| ids.contains(&row.id)).cloned().collect();
        for row in self.rows.iter_mut().filter(|row| ids.contains(&row.id)) {
            row.folder = (if kind == "spam" { "Junk" } else { "Inbox" }).into();
            row.taught = Some((if kind == "spam" { "spam" } else { "ham" }).to_owned());
            row.is_held = false;
            self.done.insert(row.id);
        }
        let noun = if kind == "release" { "release" } else { "teaching" };
        let batch = self.write_down(kind, format!("{noun} of {}", messages(ids.len())), before);
        done(format!("{} {what}", messages(ids.len())), Some(batch))
    }

    fn answer_held(&mut self, account: &str, file: bool) -> (Reply, bool) {
        let is_meant = |row: &&mut MailRow| row.is_held && row.account == account;
        let mut before = vec![];
        for row in self.rows.iter_mut().filter(is_meant) {
            before.push(row.clone());
            row.is_held = false;
            row.folder = (if file { "Junk" } else { "Inbox" }).into();
        }
        let number = messages(before.len());
        if before.is_empty() {
            return refused("No message waits for your word");
        }
        if !file {
            return done(format!("{number} left in the inbox"), None);
        }
        let batch = self.write_down("file", format!("filing of {number}"), before);
        done(format!("{number} filed in Junk"), Some(batch))
    }

    fn steer(&mut self, account: &str, steer: Steer) -> (Reply, bool) {
        let Some(backfill) = self.backfills.get_mut(account) else {
            return refused("No older mail is being looked at");
        };
        backfill.steer(steer);
        let text = match steer {
            Steer::Pause => "The look at older mail is paused",
            Steer::Resume => "The look at older mail goes on",
            Steer::Stop => "The look at older mail is stopped",
        };
        done(text.to_owned(), None)
    }

    fn learn(&mut self, account: String, learning: Learning) -> (Reply, bool) {
        let running = self.learnings.get(&account).map(Learning::status);
        if running.is_some_and(|running| !running.is_ended) {
            return refused("Learning from that mail is under way already");
        }
        let text = format!("{} in {account}", learning.what());
        self.learnings.insert(account, learning);
        done(text, None)
    }

    fn steer_learning(&mut self, account: &str, steer: Steer) -> (Reply, bool) {
        let Some(learning) = self.learnings.get_mut(account) else { return refused("Nothing is being learned") };
        learning.steer(steer);
        done("As you wish".to_owned(), None)
    }

    /// A link such as `tamis:release/17-x`; the real one has a secret after the number.
    fn open(&mut self, link: &str) -> (Reply, bool) {
        let number = link.strip_prefix("tamis:release/").and_then(|rest| rest.split('-').next()?.parse().ok());
        match number.map(MailId).filter(|id| self.rows.iter().any(|row| row.id == *id)) {
            Some(id) => self.teach(&[id], "release", "released and learned as wanted"),
            None => refused("This link leads to no message of yours"),
        }
    }

    pub(super) fn write_down(&mut self, kind: &str, text: String, before: Vec<MailRow>) -> BatchId {
        let id = BatchId(i64::try_from(self.changes.len()).unwrap() + 1);
        let messages = u32::try_from(before.len()).unwrap();
        let (kind, at) = (kind.to_owned(), Timestamp::now().as_second());
        self.changes.push(Made { change: Change { id, kind, text, at, messages, is_undone: false }, before });
        id
    }

    fn undo(&mut self, batch: Option<BatchId>) -> (Reply, bool) {
        let is_it = |made: &&mut Made| made.can_be_undone() && batch.is_none_or(|batch| batch == made.change.id);
        let Some(made) = self.changes.iter_mut().rfind(is_it) else { return refused("There is nothing to undo") };
        made.change.is_undone = true;
        let (what, before) = (made.change.text.clone(), std::mem::take(&mut made.before));
        for old in &before {
            self.done.remove(&old.id);
            if let Some(row) = self.rows.iter_mut().find(|row| row.id == old.id) {
                row.clone_from(old);
            }
        }
        self.write_down("undo", format!("undo of {what}"), before);
        done(format!("Undone: {what}"), None)
    }
}

pub(crate) fn messages(number: usize) -> String {
    if number == 1 { "1 message".to_owned() } else { format!("{number} messages") }
}

/// Something is done, and has changed what is shown.
pub(crate) const fn done(text: String, undo: Option<BatchId>) -> (Reply, bool) {
    (Reply::Done { text, undo }, true)
}

pub(crate) fn refused(text: &str) -> (Reply, bool) {
    (Reply::Refused { text: text.to_owned(), kind: RefusedKind::Person }, false)
}
