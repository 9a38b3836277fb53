//! What the commands need from the rest of the agent.

use std::path::Path;

use tamis_core::{
    api::{AccountReport, FoundServers},
    config::Account,
    learn::{Label, Learner},
    mail::Address,
};

use super::Failure;
use crate::{
    paths::Home,
    secret::Secret,
    settings::Settings,
    store::{glimpse::Glimpse, peers::Listed},
};

/// How long an agent lives if nobody ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// As long as the machine runs.
    Machine,
    /// Until the person logs out.
    Session,
}

/// The rest of the agent, as the commands see it.
pub trait Backend {
    /// Watches the mailboxes until SIGTERM, SIGINT, or the end of that life. The log is started and the folders are there.
    fn run(&self, home: &Home, settings: Settings, life: Life) -> Result<(), Failure>;

    /// Runs another agent beside this process, again whenever it crashes, until that is to end.
    fn run_again(&self, home: &Home, life: Life) -> Result<(), Failure>;

    /// The learner as the store has it, or `None` if there is no store yet. Changes nothing, and works while an agent is
    /// running.
    fn learner(&self, home: &Home) -> Result<Option<Box<dyn Learner>>, Failure>;

    /// The lessons as they are in the store now, or `None` if there is no store yet. Changes nothing, and works while an
    /// agent is running.
    fn lessons(&self, home: &Home) -> Result<Option<Glimpse>, Failure>;

    /// Takes the lessons of a file into the store while no agent is running. Says in a sentence what became of them.
    fn import(&self, home: &Home, file: &Path) -> Result<String, Failure>;

    /// Makes the tokens of older lessons anew while no agent is running. Says in a sentence what became of them.
    fn renew(&self, home: &Home) -> Result<String, Failure>;

    /// The peers as they are in the store now; none if there is no store yet. Changes nothing, and works while an agent is
    /// running.
    fn peers(&self, home: &Home) -> Result<Vec<Listed>, Failure>;

    /// Takes addresses into the address book while no agent is running. Says in a sentence what became of them.
    fn add_peers(&self, home: &Home, addresses: &[Address]) -> Result<String, Failure>;

    /// Forgets a peer while no agent is running. Says so in a sentence.
    fn forget_peer(&self, home: &Home, address: &Address) -> Result<String, Failure>;

    /// The store, to teach it while no agent is running.
    fn teacher(&self, home: &Home) -> Result<Box<dyn Teacher>, Failure>;

    /// Finds out where the mail of an address is. No password goes anywhere.
    fn find_servers(&self, address: &Address, settings: &Settings) -> Result<FoundServers, Failure>;

    /// Connects, logs in and looks at the folders, but changes nothing.
    fn test_account(&self, account: &Account, password: &Secret) -> Result<AccountReport, Failure>;

    /// Signs in for access tokens, tests the account, and keeps what was given. `secret` is that of the client, if it
    /// has one; `show` tells the person which page to open, and the code to type in there, if there is one.
    fn sign_in(
        &self,
        account: &Account,
        secret: Option<Secret>,
        by_code: bool,
        show: &mut dyn FnMut(&str, &str) -> Result<(), Failure>,
    ) -> Result<AccountReport, Failure>;

    /// Notes that the mail of an account that is there is to be learned from, for when an agent runs.
    fn learn_later(&self, home: &Home, account: &Account) -> Result<(), Failure>;
}

/// Something that learns whole messages, each of them once.
pub trait Teacher {
    /// Learns the message, or corrects what was learned from it before.
    fn train(&mut self, raw: &[u8], label: Label) -> Result<Lesson, Failure>;

    /// Forgets the message.
    fn untrain(&mut self, raw: &[u8]) -> Result<Lesson, Failure>;

    /// Makes everything last. Before that a crash may take lessons back.
    fn settle(&mut self) -> Result<(), Failure>;
}

/// What became of one lesson.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lesson {
    /// It was taken in.
    Taken,
    /// There was nothing to do: learned before just so, or never learned.
    Nothing,
}
