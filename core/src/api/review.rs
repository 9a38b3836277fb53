//! Lists of judged mail: which messages, in which order, and the rows that are in sight.
//!
//! A window that shows a long list asks for its [`Outline`] once, which is nothing but numbers, and then for the rows that
//! are seen. Whoever wants only the first page asks for that.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{MailId, Show};

/// Which mail is wanted, and in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ListQuery {
    /// Which mail.
    pub show: Show,
    /// Only what has this in its sender or subject, in any case; empty: all.
    pub search: String,
    /// These are found too, whatever their sender and subject: [`Request::FindText`](super::Request::FindText) says which
    /// have it in their text.
    pub also: Vec<MailId>,
    /// Only what is judged so: `ham`, `unsure` or `spam`; empty: all.
    pub class: String,
    /// Only mail of the account of that name; empty: all.
    pub account: String,
    /// Only what arrived then.
    pub span: Span,
    /// What comes first.
    pub order: ListOrder,
    /// What stands together.
    pub grouping: Grouping,
}

/// When a message arrived, by the days of this computer's time zone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Span {
    /// At any time.
    #[default]
    All,
    /// Since midnight.
    Today,
    /// Today or on one of the six days before.
    Week,
    /// Today or on one of the 29 days before.
    Month,
}

/// What comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ListOrder {
    /// What arrived last.
    #[default]
    Newest,
    /// What is nearest to the score from which mail is spam.
    MostDoubtful,
}

/// What stands together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Grouping {
    /// Nothing.
    #[default]
    None,
    /// Mail of one sender.
    Sender,
    /// Mail with one main reason.
    Reason,
}

/// A list without its rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outline {
    /// Every message, in order; those of a group one after the other.
    pub ids: Vec<MailId>,
    /// The groups in their order, which is that of their first messages; empty if nothing is grouped.
    pub groups: Vec<MailGroup>,
    /// Those whose filing waits for the person's word, by the names of their accounts.
    pub held: BTreeMap<String, Vec<MailId>>,
}

/// The [`MailGroup::key`] of the last group where there are too many: what is in none of the others.
pub const REST_OF_GROUPS: &str = "\u{0}rest";

/// Messages that stand together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailGroup {
    /// What names it among the groups of this kind, whatever the list shows. [`REST_OF_GROUPS`]: all others.
    pub key: String,
    /// The sender's name, or the reason in words; empty if there is none.
    pub title: String,
    /// The sender's address; empty if the title is it, or if this is no sender.
    pub address: String,
    /// How many messages.
    pub count: u32,
}

/// What has a text in it, of one account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundText {
    /// The messages.
    pub ids: Vec<MailId>,
    /// How many were not looked at, as the server took too long.
    pub unseen: u32,
}
