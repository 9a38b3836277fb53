//! The board on which everyone writes how things are, for the window to read.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tamis_core::{
    UnixTime,
    api::{AccountHealth, AccountState, AccountStatus, Hears},
    mail::Domain,
};

/// How many notes of one account are kept: enough to see what is going on.
const MAX_NOTES: usize = 5;

/// How every account is, and what the person should know.
#[derive(Debug, Default)]
pub(crate) struct Board {
    accounts: Mutex<BTreeMap<String, Post>>,
}

#[derive(Debug)]
struct Post {
    status: AccountStatus,
    notes: Vec<String>,
}

impl Board {
    /// Puts an account on the board.
    pub(crate) fn open(&self, name: &str, address: &str) {
        let status = AccountStatus {
            name: name.to_owned(),
            address: address.to_owned(),
            state: AccountState::Connecting,
            text: "Connecting".to_owned(),
            junk_folder: None,
            held: 0,
            held_why: String::new(),
            backfill: None,
            waiting: 0,
            waiting_until: 0,
            learning: None,
            servers: Vec::new(),
            servers_learned: Vec::new(),
            health: AccountHealth::default(),
            issuer: String::new(),
        };
        self.posts().insert(name.to_owned(), Post { status, notes: Vec::new() });
    }

    /// Writes with whom the person has signed in for it.
    pub(crate) fn signs_in(&self, name: &str, issuer: &str) {
        if let Some(post) = self.posts().get_mut(name) {
            issuer.clone_into(&mut post.status.issuer);
        }
    }

    /// Takes an account off it.
    pub(crate) fn close(&self, name: &str) {
        self.posts().remove(name);
    }

    /// Writes how an account is. Returns whether that is news.
    pub(crate) fn state(&self, name: &str, state: AccountState, text: &str) -> bool {
        let mut posts = self.posts();
        let Some(post) = posts.get_mut(name) else { return false };
        let is_news = post.status.state != state || post.status.text != text;
        post.status.state = state;
        if !matches!(state, AccountState::Watching | AccountState::Working) {
            post.status.health.hears = Hears::Nothing;
        }
        text.clone_into(&mut post.status.text);
        is_news
    }

    /// Writes that an inbox was looked at to the end, and how news of it are heard from now on.
    pub(crate) fn looked(&self, name: &str, at: UnixTime, hears: Hears) {
        if let Some(post) = self.posts().get_mut(name) {
            post.status.health.looked_at = at.0;
            post.status.health.hears = hears;
        }
    }

    /// Writes which folder of an account is Junk.
    pub(crate) fn junk(&self, name: &str, folder: &str) {
        if let Some(post) = self.posts().get_mut(name) {
            post.status.junk_folder = Some(folder.to_owned());
        }
    }

    /// Writes whose word about the way of an account's mail is believed: by the settings, and as its mail has shown.
    pub(crate) fn servers(&self, name: &str, told: &[Domain], learned: &[Domain]) {
        let names = |domains: &[Domain]| domains.iter().map(ToString::to_string).collect();
        if let Some(post) = self.posts().get_mut(name) {
            post.status.servers = names(told);
            post.status.servers_learned = names(learned);
        }
    }

    /// Writes down something the person should know about an account.
    pub(crate) fn note(&self, name: &str, text: &str) {
        if let Some(post) = self.posts().get_mut(name)
            && !post.notes.iter().any(|note| note == text)
        {
            post.notes.push(text.to_owned());
            let surplus = post.notes.len().saturating_sub(MAX_NOTES);
            post.notes.drain(..surplus);
        }
    }

    /// Every account, by name.
    pub(crate) fn accounts(&self) -> Vec<AccountStatus> {
        self.posts().values().map(|post| post.status.clone()).collect()
    }

    /// What is wrong, one sentence each: first what only the person can mend.
    pub(crate) fn problems(&self) -> Vec<String> {
        let posts = self.posts();
        let states = posts.values().filter_map(|post| {
            let is_problem = matches!(post.status.state, AccountState::Retrying | AccountState::NeedsYou);
            is_problem.then(|| format!("{}: {}", post.status.name, post.status.text))
        });
        let notes =
            posts.values().flat_map(|post| post.notes.iter().map(|note| format!("{}: {note}", post.status.name)));
        states.chain(notes).collect()
    }

    fn posts(&self) -> MutexGuard<'_, BTreeMap<String, Post>> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_needs_the_person_is_a_problem_until_it_is_well_again() {
        let board = Board::default();
        board.open("Home", "robin@example.org");
        assert!(board.problems().is_empty());
        assert!(board.state("Home", AccountState::NeedsYou, "the password was refused"));
        assert!(!board.state("Home", AccountState::NeedsYou, "the password was refused"));
        assert_eq!(board.problems(), ["Home: the password was refused"]);
        board.state("Home", AccountState::Watching, "Watching the inbox");
        assert!(board.problems().is_empty());
    }

    #[test]
    fn a_note_is_kept_once_and_the_newest_stay() {
        let board = Board::default();
        board.open("Home", "robin@example.org");
        for text in ["a", "a", "b", "c", "d", "e", "f"] {
            board.note("Home", text);
        }
        assert_eq!(board.problems(), ["Home: b", "Home: c", "Home: d", "Home: e", "Home: f"]);
    }
}
