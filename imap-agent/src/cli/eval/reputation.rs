//! How the mail of senders and relays has turned out in a stream so far.
//!
//! What is learned is the person's word. What was left in the inbox and never put right is taken for read once a week has
//! passed, by the dates of the stream, as the agent does with what was read.

use std::collections::{BTreeMap, VecDeque};

use tamis_core::{
    Answer, Class,
    learn::Label,
    mail::UnixTime,
    reputation::{Fate, Record, Subject, Track, WEEK_SECS},
};

/// A message as it was judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    /// Whose reputation it counts for.
    pub(super) track: Track,
    /// When it arrived.
    pub(super) at: UnixTime,
    /// What we made of it.
    pub(super) class: Class,
}

impl Seen {
    fn verdict(&self) -> Fate {
        match self.class {
            Class::Ham => Fate::JudgedHam,
            Class::Unsure => Fate::JudgedUnsure,
            Class::Spam => Fate::JudgedSpam,
        }
    }
}

/// What is known of everybody.
#[derive(Debug, Default)]
pub(super) struct Reputations {
    known: BTreeMap<Subject, Record>,
    /// What lies in the inbox, the oldest first.
    lying: VecDeque<Seen>,
}

impl Reputations {
    /// What is known of these.
    pub(super) fn answer(&self, subjects: &[Subject]) -> Answer {
        let known = subjects.iter().filter_map(|subject| Some((subject.clone(), self.known.get(subject)?.clone())));
        Answer::Reputation(known.collect())
    }

    /// A message was judged.
    pub(super) fn judged(&mut self, seen: &Seen) {
        self.add(&seen.track, seen.at, seen.verdict());
    }

    /// The person has said of a message what it is.
    pub(super) fn say(&mut self, seen: &Seen, label: Label) {
        self.change(seen, Fate::Said(label));
    }

    /// The person has said of a message that was not judged what it is.
    pub(super) fn learn(&mut self, track: &Track, at: UnixTime, label: Label) {
        self.add(track, at, Fate::Said(label));
    }

    /// A message is left in the inbox.
    pub(super) fn let_be(&mut self, seen: &Seen) {
        self.lying.push_back(seen.clone());
    }

    /// It is that late now.
    pub(super) fn pass(&mut self, now: UnixTime) {
        while let Some(seen) = self.lying.pop_front_if(|seen| seen.at.0 <= now.0.saturating_sub(WEEK_SECS)) {
            self.change(&seen, Fate::Read);
        }
    }

    fn change(&mut self, seen: &Seen, fate: Fate) {
        for subject in seen.track.subjects() {
            self.known.entry(subject).or_default().take(seen.at, seen.verdict());
        }
        self.add(&seen.track, seen.at, fate);
    }

    fn add(&mut self, track: &Track, at: UnixTime, fate: Fate) {
        for subject in track.subjects() {
            self.known.entry(subject).or_default().add(at, fate);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_counts_at_once_and_what_is_let_be_after_a_week() {
        let subject = Subject::Address("kim@kim.example".to_owned());
        let track = Track { sender: Some(subject.clone()), relay: None };
        let seen = |class| Seen { track: track.clone(), at: UnixTime(1000), class };
        let mut all = Reputations::default();
        let told = |all: &Reputations| {
            let total = all.known[&subject].total();
            (total.messages(), total.read, total.said_spam, total.judged_ham)
        };
        for class in [Class::Ham, Class::Unsure] {
            all.judged(&seen(class));
        }
        all.let_be(&seen(Class::Ham));
        all.pass(UnixTime(999 + WEEK_SECS));
        assert_eq!(told(&all), (2, 0, 0, 1));
        all.say(&seen(Class::Unsure), Label::Spam);
        assert_eq!(told(&all), (2, 0, 1, 1));
        all.pass(UnixTime(1000 + WEEK_SECS));
        assert_eq!(told(&all), (2, 1, 1, 0));
        let Answer::Reputation(known) = all.answer(&[subject.clone(), Subject::Domain("other.example".to_owned())])
        else {
            panic!("no reputation");
        };
        assert_eq!(known.keys().collect::<Vec<_>>(), [&subject]);
    }
}
