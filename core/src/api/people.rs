//! The people who write, and those the person writes to.

use serde::{Deserialize, Serialize};

use super::MailRow;

/// In which order people come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PeopleOrder {
    /// Who wrote or was written to last.
    #[default]
    Newest,
    /// Who wrote most.
    Mail,
    /// Who sent most spam.
    Spam,
    /// Who stands best.
    Standing,
}

/// How somebody stands, the first of these that is so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PersonGrade {
    /// An entry of the lists accepts them.
    Accepted,
    /// An entry of the lists blocks them.
    Blocked,
    /// The person writes to them.
    Peer,
    /// The person reads what they send, week after week, and never said a word about it.
    Read,
    /// Wanted, and often told.
    Good,
    /// Rather wanted.
    Fair,
    /// Too little was said, or both.
    #[default]
    Open,
    /// Rather spam.
    Doubted,
    /// Spam, and often told.
    Bad,
}

/// Somebody in the list of people.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PersonRow {
    /// The address, in lower case.
    pub address: String,
    /// The name in the newest message; empty if there is none.
    pub name: String,
    /// How they stand.
    pub grade: PersonGrade,
    /// The same as a number, -1 (spam) to 1 (wanted).
    pub standing: f64,
    /// Messages they sent.
    pub mail: u32,
    /// Of these, spam: by the person's word, or else by our verdict.
    pub spam: u32,
    /// Of these, doubtful, and nothing was said of them.
    pub doubtful: u32,
    /// Of these, answered.
    pub answered: u32,
    /// Messages that the person wrote to them.
    pub written: u32,
    /// When they wrote or were written to last, Unix seconds; 0 if they are only in the address book.
    pub last_at: i64,
    /// What they sent in each of the last weeks, the current one last: what was not spam, and what was.
    pub weeks: Vec<[u32; 2]>,
    /// The entry of the lists that decides about them; 0: none.
    pub entry: i64,
    /// Whether that entry is for this address only; else it is for more.
    pub is_own_entry: bool,
}

/// How many weeks [`PersonRow::weeks`] has.
pub const PERSON_WEEKS: usize = 12;

/// Everything about one of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PersonDetail {
    /// As in the list.
    pub row: PersonRow,
    /// Whether the person has written to them or has them in the address book.
    pub is_peer: bool,
    /// Whether they are in the address book.
    pub is_listed: bool,
    /// When the person wrote to them last, Unix seconds; 0: never.
    pub written_at: i64,
    /// When the oldest message that is remembered arrived, Unix seconds; 0: none is.
    pub first_at: i64,
    /// Messages the person called good.
    pub said_good: u32,
    /// Messages the person called spam.
    pub said_spam: u32,
    /// Messages the person read and let be.
    pub read: u32,
    /// Whether their mail is proven to be of them; else it is known again by how it comes.
    pub is_proven: bool,
    /// The domain of the address, in lower case; empty if that is one where anybody can have an address.
    pub domain: String,
    /// How the domain stands, by what others there have sent.
    pub domain_grade: PersonGrade,
    /// The newest messages.
    pub last: Vec<MailRow>,
}
