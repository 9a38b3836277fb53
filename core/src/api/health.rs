//! How an account's connection is, how far its look at older mail has got, and for how long all of it may rest.

use serde::{Deserialize, Serialize};

/// For how long nothing is judged or filed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PauseFor {
    /// One hour.
    Hour,
    /// Until tomorrow morning, six o'clock where the agent is.
    Tomorrow,
    /// Until [`Request::Resume`](super::Request::Resume).
    Told,
}

/// How an account's connection is, in facts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountHealth {
    /// When the inbox was last looked at to the end, Unix seconds; 0: not since the agent started.
    pub looked_at: i64,
    /// How new mail is heard of.
    pub hears: Hears,
    /// Changes of this account written down and not yet carried out on its server.
    pub pending: u32,
}

/// How new mail is heard of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Hears {
    /// Not at all now: there is no connection.
    #[default]
    Nothing,
    /// The server tells at once (IDLE).
    AtOnce,
    /// The server is asked every so many seconds: it cannot tell by itself.
    Every(u32),
}

/// How far the look at older mail has got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackfillStatus {
    /// How many days back.
    pub days: u32,
    /// Messages to look at.
    pub total: u32,
    /// Messages looked at.
    pub done: u32,
    /// Of these, spam.
    pub found: u32,
    /// Whether the person has paused it.
    pub is_paused: bool,
    /// Whether it is over.
    pub is_ended: bool,
}
