//! How the mail of a subject has turned out, week by week.
//!
//! Each message counts once, in the week it arrived, as one [`Fate`]: what the person said of it, or that they read it
//! and let it be, or else only what we thought. Whole numbers by week can be taken back exactly; they grow old as they
//! are read.

use std::collections::BTreeMap;

use crate::{learn::Label, mail::UnixTime};

/// Seconds of a week.
pub const WEEK_SECS: i64 = 7 * 86_400;

/// Days after which what happened counts half. Within a season newsletters are sold, accounts are broken into, and networks
/// change hands: what was so a year ago counts a sixteenth, and yet once a month is often enough to keep a name.
const HALF_LIFE: f64 = 90.0;

/// What a message counts that the person read and let be, where a word of theirs counts 1: nobody calls spam all they do not
/// want.
const READ: f64 = 0.5;

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The person has said what it is.
    Said(Label),
    /// The person has read it and left it in the inbox, and never called it spam.
    Read,
    /// Only we have said that it is wanted. Such a verdict speaks for nobody and against nobody: else a wrong one would
    /// prove itself.
    JudgedHam,
    /// Only we have looked at it, and were in doubt.
    JudgedUnsure,
    /// Only we have said that it is spam.
    JudgedSpam,
}

/// What became of the messages of a week.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// The person says that they are wanted.
    pub said_ham: u32,
    /// The person says that they are spam.
    pub said_spam: u32,
    /// Read, and let be.
    pub read: u32,
    /// We thought that they are wanted.
    pub judged_ham: u32,
    /// We were in doubt.
    pub judged_unsure: u32,
    /// We thought that they are spam.
    pub judged_spam: u32,
}

/// Everything known of a subject.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// By the number of the week ([`week_of`]).
    pub weeks: BTreeMap<i64, Tally>,
    /// When the oldest message that is remembered arrived.
    pub first_seen: Option<UnixTime>,
    /// When the newest did.
    pub last_seen: Option<UnixTime>,
}

/// How many messages turned out how, the older ones counting less. A word of the person's stands for what we thought.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Shares {
    /// Wanted.
    pub ham: f64,
    /// Spam.
    pub spam: f64,
    /// Nobody knows.
    pub unsure: f64,
}

/// What speaks for a subject and what against it, in words of the person's.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Weights {
    pub(super) ham: f64,
    pub(super) spam: f64,
}

/// The number of the week of a time.
pub const fn week_of(at: UnixTime) -> i64 {
    at.0.div_euclid(WEEK_SECS)
}

impl Tally {
    /// The count of messages of that fate.
    pub const fn count_mut(&mut self, fate: Fate) -> &mut u32 {
        match fate {
            Fate::Said(Label::Ham) => &mut self.said_ham,
            Fate::Said(Label::Spam) => &mut self.said_spam,
            Fate::Read => &mut self.read,
            Fate::JudgedHam => &mut self.judged_ham,
            Fate::JudgedUnsure => &mut self.judged_unsure,
            Fate::JudgedSpam => &mut self.judged_spam,
        }
    }

    /// Wanted messages.
    pub const fn ham(&self) -> u32 {
        self.said_ham.saturating_add(self.read).saturating_add(self.judged_ham)
    }

    /// Spam.
    pub const fn spam(&self) -> u32 {
        self.said_spam.saturating_add(self.judged_spam)
    }

    /// All messages.
    pub const fn messages(&self) -> u32 {
        self.ham().saturating_add(self.spam()).saturating_add(self.judged_unsure)
    }
}

impl Record {
    /// So old weeks count a two hundred and fiftieth, and are forgotten.
    pub const FORGOTTEN_WEEKS: i64 = 104;

    /// A message that arrived at that time has come to that end.
    pub fn add(&mut self, at: UnixTime, fate: Fate) {
        let count = self.weeks.entry(week_of(at)).or_default().count_mut(fate);
        *count = count.saturating_add(1);
        self.first_seen = Some(self.first_seen.map_or(at, |first| first.min(at)));
        self.last_seen = self.last_seen.max(Some(at));
    }

    /// It has not: takes one [`Record::add`] back. That it was seen stays.
    pub fn take(&mut self, at: UnixTime, fate: Fate) {
        if let Some(tally) = self.weeks.get_mut(&week_of(at)) {
            let count = tally.count_mut(fate);
            *count = count.saturating_sub(1);
        }
    }

    /// Everything of all weeks together, whatever its age.
    pub fn total(&self) -> Tally {
        let mut total = Tally::default();
        for week in self.weeks.values() {
            for (sum, count) in [
                (&mut total.said_ham, week.said_ham),
                (&mut total.said_spam, week.said_spam),
                (&mut total.read, week.read),
                (&mut total.judged_ham, week.judged_ham),
                (&mut total.judged_unsure, week.judged_unsure),
                (&mut total.judged_spam, week.judged_spam),
            ] {
                *sum = sum.saturating_add(count);
            }
        }
        total
    }

    /// How its messages turned out, as far as that counts today.
    pub fn shares(&self, now: UnixTime) -> Shares {
        self.weeks.iter().fold(Shares::default(), |sum, (week, tally)| {
            let left = left_of(*week, now);
            Shares {
                ham: sum.ham + left * f64::from(tally.ham()),
                spam: sum.spam + left * f64::from(tally.spam()),
                unsure: sum.unsure + left * f64::from(tally.judged_unsure),
            }
        })
    }

    /// In how many weeks something of it was read, since the person last called something of it spam.
    pub fn weeks_read(&self) -> u32 {
        let since = self.last_refused();
        let weeks = self.weeks.iter().filter(|(week, tally)| since < Some(**week) && 0 < tally.read).count();
        u32::try_from(weeks).unwrap_or(u32::MAX)
    }

    /// What the person has said and done about it. Of one sender the newer word holds: each that says the opposite halves
    /// what was said before it, and whom the person calls a spammer, nothing read before speaks for. Of many senders behind
    /// one name, one says little about the others; and what we have filed of them, of which the person says nothing, takes
    /// from their good name as much as there is of it, but never gives them a bad one.
    pub(super) fn weights(&self, now: UnixTime, is_shared: bool) -> Weights {
        let (mut sum, mut since) = (Weights::default(), Tally::default());
        for (week, tally) in self.weeks.iter().rev() {
            let left = left_of(*week, now);
            let is_held_against = !is_shared && 0 < since.said_spam.max(tally.said_spam);
            let read = if is_held_against { 0.0 } else { READ * f64::from(tally.read) };
            let halved = |opposite: u32| if is_shared { 1.0 } else { 0.5_f64.powf(f64::from(opposite)) };
            sum.ham += left * (f64::from(tally.said_ham) * halved(since.said_spam) + read);
            sum.spam += left * f64::from(tally.said_spam) * halved(since.said_ham);
            since.said_ham = since.said_ham.saturating_add(tally.said_ham);
            since.said_spam = since.said_spam.saturating_add(tally.said_spam);
        }
        if is_shared {
            let filed: f64 =
                self.weeks.iter().map(|(week, tally)| left_of(*week, now) * f64::from(tally.judged_spam)).sum();
            sum.spam += filed.min((sum.ham - sum.spam).max(0.0));
        }
        sum
    }

    fn last_refused(&self) -> Option<i64> {
        self.weeks.iter().rev().find(|(_, tally)| 0 < tally.said_spam).map(|(week, _)| *week)
    }
}

impl Weights {
    pub(super) fn sum(self) -> f64 {
        self.ham + self.spam
    }
}

/// What is left today of what happened in that week, from 0 to 1.
fn left_of(week: i64, now: UnixTime) -> f64 {
    let middle = week.saturating_mul(WEEK_SECS).saturating_add(WEEK_SECS / 2);
    let age = now.0.saturating_sub(middle).max(0);
    #[expect(clippy::cast_precision_loss, reason = "seconds of a lifetime fit")]
    let days = age as f64 / 86_400.0;
    0.5_f64.powf(days / HALF_LIFE)
}
