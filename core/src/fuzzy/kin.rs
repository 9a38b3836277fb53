//! Messages that are like another, and what became of them.

use crate::mail::UnixTime;

/// In what two messages are alike.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Alike {
    /// It is one text in another dress.
    pub is_text: bool,
    /// It is the same text, with little changed.
    pub is_same_text: bool,
    /// They have a file in common.
    pub is_file: bool,
    /// They have the same links.
    pub is_links: bool,
}

impl Alike {
    /// Whether they are alike in anything.
    pub fn is_any(self) -> bool {
        self.is_text || self.is_file || self.is_links
    }
}

/// What is known of a message that came before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fate {
    /// Nobody has said anything.
    #[default]
    Open,
    /// The person has called it spam.
    SaidSpam,
    /// The person has called it wanted.
    SaidHam,
    /// It was filed as spam for reasons of its own, and the person has let it be.
    Filed,
}

/// A message that is like the one in question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kin {
    /// In what.
    pub alike: Alike,
    /// What became of it.
    pub fate: Fate,
    /// When it came.
    pub at: UnixTime,
    /// [`Print::recipient`](super::Print::recipient) of it.
    pub recipient: u64,
    /// [`Print::sender`](super::Print::sender) of it.
    pub sender: u64,
}

impl Kin {
    /// So many are kept of mail of which nobody has said anything, the newest.
    pub const MOST_OPEN: u32 = 3000;

    /// And so many of mail that was called spam or wanted.
    pub const MOST_SAID: u32 = 4000;

    /// How long the first are kept, in seconds: a month, as what is filed is let be only after a week.
    pub const OPEN_SECS: i64 = 30 * 86_400;

    /// How long the others are: a year.
    pub const SAID_SECS: i64 = 365 * 86_400;

    /// What is older counts for less, in seconds: spam comes in waves of weeks.
    pub const FRESH_SECS: i64 = 90 * 86_400;

    /// What came within this time came at once, in seconds.
    pub const WAVE_SECS: i64 = 7 * 86_400;

    /// The person has had the time to look at what was filed so many seconds ago.
    pub const LET_BE_SECS: i64 = 7 * 86_400;
}
