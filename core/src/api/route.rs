//! The way mail takes: to an account's mailbox, and of one message.

use serde::{Deserialize, Serialize};

/// How mail comes to an account, and how the domain of its address stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteReport {
    /// The account's name.
    pub account: String,
    /// The domain of its address.
    pub domain: String,
    /// Why nothing was looked up, one sentence; empty if it was.
    pub why_not: String,
    /// Who takes mail for the domain, in the order in which they are tried.
    pub servers: Vec<MailServer>,
    /// What is good, and what could be better.
    pub advice: Vec<Advice>,
}

/// A server that takes mail for a domain.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailServer {
    /// The lowest is tried first.
    pub preference: u16,
    /// Its name.
    pub host: String,
    /// Whether it is only for when others are away.
    pub is_backup: bool,
    /// Its addresses; empty if there are none or they are not known.
    pub addresses: Vec<ServerAddress>,
}

/// An address of a server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerAddress {
    /// As it is written.
    pub address: String,
    /// The name that the address has; empty if it has none or that is not known.
    pub name: String,
}

/// Something that is good, or could be better.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advice {
    /// What it is about: `SPF`.
    pub topic: String,
    /// How it stands.
    pub state: AdviceState,
    /// What that means and what to do, in sentences.
    pub text: String,
}

/// How something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AdviceState {
    /// Nothing to do.
    Good,
    /// Could be better, or is worth knowing.
    Note,
    /// Should be put right.
    Bad,
    /// Nobody has answered.
    Unknown,
}

/// One step of a message on its way, from a host to the next.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WayHop {
    /// Who handed it on: a host's name as the next one found it, or what it called itself.
    pub from: String,
    /// Its address; empty if that was not written.
    pub address: String,
    /// What it called itself, if that is another name.
    pub helo: String,
    /// Who took it; empty if that was not written.
    pub by: String,
    /// By which protocol, such as `ESMTPS`.
    pub with: String,
    /// When, Unix seconds; 0 if that cannot be read.
    pub at: i64,
    /// How long it took since the step before (since the date of the message at the first), in seconds; negative if clocks differ.
    pub delay: Option<i64>,
    /// Whether it was encrypted on this step, if that was written.
    pub is_encrypted: Option<bool>,
    /// Whether this is where the provider took it from outside: what stands before may be invented.
    pub is_boundary: bool,
    /// Whether the provider wrote it.
    pub is_believed: bool,
}
