//! Somebody the person wrote to, and what that is worth today.
//!
//! ```text
//! wrote once 0.30 · answered once 0.66 · wrote four times 0.76 · answered thrice 0.96   each halved every two years
//! ```

use std::collections::BTreeSet;

use super::{Habit, Origin, Proof};
use crate::mail::UnixTime;

/// What is known of a peer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Peer {
    /// How many messages the person has written to this address.
    pub written: u32,
    /// How many of theirs the person has answered.
    pub replied: u32,
    /// When the person wrote last; `None` if never.
    pub last_written: Option<UnixTime>,
    /// Since when it is in the person's address book.
    pub listed_at: Option<UnixTime>,
    /// When the person last called a message spam that had been let through as this peer's.
    pub refused_at: Option<UnixTime>,
    /// How many messages in its name were proven to be of it ([`Proof::Given`]).
    pub proven: u32,
    /// Of how many that looked wanted, or that the person answered, the provider found no proof.
    pub unproven: u32,
    /// What is to be known again of the messages of it that the person answered although nothing proved them.
    pub habits: BTreeSet<Habit>,
}

/// Whether a message in a peer's name is of that peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// It is proven, or just like what the person answered before.
    AsBefore,
    /// Nobody says anything.
    Untold,
    /// There is no proof of it, as before with this peer now and then.
    Unproven,
    /// There is no proof of it, and there always was one.
    Forged,
}

/// What is left of a doubt after one more message to a peer.
const DOUBT: f64 = 0.7;

/// An answer to a message of theirs tells as much as so many messages that may have had none.
const ANSWER: u32 = 3;

/// What an entry in an address book is worth by itself, however old: as much as having written twice.
const LISTED: f64 = 0.5;

/// Seconds after which what was written is worth half. Some people write to each other once a year, for a birthday, a tax
/// return or a holiday, and may miss a year; who has not been written to for two has become half a stranger.
const HALF_LIFE: f64 = 2.0 * 365.25 * 86_400.0;

/// From how many proven messages on, and none without, a missing proof is a sign of its own.
const ALWAYS: u32 = 2;

impl Peer {
    /// From this standing on, what is of the peer is wanted, whatever else speaks against it: for 14 months after one
    /// message, three years and five months after one answer, and four years and a half after many.
    pub const DECIDES: f64 = 0.2;

    /// What the exchange is worth at that time: from 0, nothing, to 1.
    pub fn standing(&self, now: UnixTime) -> f64 {
        let last = self.last_written.max(self.listed_at);
        if last <= self.refused_at {
            return 0.0;
        }
        let answered = self.replied.min(self.written);
        let told = (self.written - answered).saturating_add(answered.saturating_mul(ANSWER));
        let exchange = 1.0 - DOUBT.powf(f64::from(told));
        let age = self.last_written.map_or(0, |last| now.0.saturating_sub(last.0).max(0));
        #[expect(clippy::cast_precision_loss, reason = "seconds of a lifetime fit")]
        let worth = exchange * 0.5_f64.powf(age as f64 / HALF_LIFE);
        if self.listed_at.is_some() { worth.max(LISTED) } else { worth }
    }

    /// Whether a message in its name that comes from there is of it.
    pub fn recognise(&self, origin: &Origin) -> Seen {
        let is_alike = || !self.habits.is_disjoint(&origin.habits);
        match origin.proof {
            Proof::Given => Seen::AsBefore,
            Proof::Unsaid | Proof::Missing if is_alike() => Seen::AsBefore,
            Proof::Unsaid => Seen::Untold,
            Proof::Missing | Proof::Refuted if ALWAYS <= self.proven && self.unproven == 0 => Seen::Forged,
            Proof::Missing | Proof::Refuted => Seen::Unproven,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;
    const START: i64 = 1_790_000_000;

    fn wrote(written: u32, replied: u32) -> Peer {
        Peer { written, replied, last_written: Some(UnixTime(START)), ..Peer::default() }
    }

    fn hundredths(standing: f64) -> i64 {
        #[expect(clippy::cast_possible_truncation, reason = "0 to 100")]
        let whole = (standing * 100.0).round() as i64;
        whole
    }

    fn after(peer: &Peer, days: i64) -> i64 {
        hundredths(peer.standing(UnixTime(START + days * DAY)))
    }

    #[test]
    fn the_standing_grows_with_the_exchange_and_an_answer_tells_more() {
        let grown = [(0, 0), (1, 0), (2, 0), (1, 1), (4, 0), (2, 2), (3, 3), (50, 50), (u32::MAX, u32::MAX)];
        let told = grown.map(|(written, replied)| after(&wrote(written, replied), 0));
        assert_eq!(told, [0, 30, 51, 66, 76, 88, 96, 100, 100]);
        assert_eq!(after(&wrote(1, 9), 0), 66, "more answers than messages cannot be");
    }

    #[test]
    fn it_is_halved_every_two_years_and_never_grows_by_waiting() {
        let peer = wrote(1, 1);
        let years = [0, 1, 2, 4, 6, 40].map(|years| after(&peer, years * 1461 / 4));
        assert_eq!(years, [66, 46, 33, 16, 8, 0]);
        assert_eq!(after(&peer, -30), 66, "a clock that goes wrong gains nothing");
        let decides = |peer: &Peer, days: i64| Peer::DECIDES <= peer.standing(UnixTime(START + days * DAY));
        for (peer, last_day) in [(wrote(1, 0), 427), (wrote(1, 1), 1253), (wrote(50, 50), 1696)] {
            assert!(decides(&peer, last_day) && !decides(&peer, last_day + 1), "{peer:?}");
        }
    }

    #[test]
    fn who_is_in_the_address_book_stays_there() {
        let listed = Peer { listed_at: Some(UnixTime(START)), ..Peer::default() };
        assert_eq!([0, 4000].map(|days| after(&listed, days)), [50, 50]);
        let both = Peer { listed_at: Some(UnixTime(START)), ..wrote(3, 3) };
        assert_eq!([0, 4000].map(|days| after(&both, days)), [96, 50]);
    }

    #[test]
    fn whom_the_person_calls_a_spammer_is_no_peer_until_written_to_again() {
        let refused = |days: i64| Peer { refused_at: Some(UnixTime(START + days * DAY)), ..wrote(3, 3) };
        assert_eq!([-1, 0, 1].map(|days| after(&refused(days), 2)), [96, 0, 0]);
    }

    #[test]
    fn a_year_of_mail() {
        // Kim is answered every month from March on, and Lee was written to once, in January.
        let (mut kim, lee) = (Peer::default(), wrote(1, 0));
        let mut told = Vec::new();
        for month in 0..24 {
            let now = START + month * 30 * DAY;
            if (2..12).contains(&month) {
                kim = Peer { written: kim.written + 1, replied: kim.replied + 1, ..kim };
                kim.last_written = Some(UnixTime(now));
            }
            told.push([&kim, &lee].map(|peer| hundredths(peer.standing(UnixTime(now)))));
        }
        let (kim, lee): (Vec<i64>, Vec<i64>) = told.into_iter().map(<[i64; 2]>::into).unzip();
        assert_eq!(kim[..12], [0, 0, 66, 88, 96, 99, 100, 100, 100, 100, 100, 100]);
        assert!(kim[11..].is_sorted_by(|a, b| b <= a) && kim[23] == 71, "{kim:?}");
        assert_eq!((lee[0], lee[12], lee[23]), (30, 21, 16));
    }

    #[test]
    fn a_message_in_a_peers_name_needs_proof_or_has_to_be_as_before() {
        let habit = |n| BTreeSet::from([Habit(n)]);
        let origin = |proof, n| Origin { proof, habits: habit(n) };
        let peer = |proven, unproven| Peer { proven, unproven, habits: habit(1), ..wrote(1, 1) };
        for (peer, origin, want) in [
            (peer(0, 0), origin(Proof::Given, 2), Seen::AsBefore),
            (peer(0, 0), origin(Proof::Unsaid, 1), Seen::AsBefore),
            (peer(0, 5), origin(Proof::Missing, 1), Seen::AsBefore),
            (peer(0, 5), origin(Proof::Refuted, 1), Seen::Unproven),
            (peer(0, 5), origin(Proof::Missing, 2), Seen::Unproven),
            (peer(0, 0), origin(Proof::Unsaid, 2), Seen::Untold),
            (peer(1, 0), origin(Proof::Missing, 2), Seen::Unproven),
            (peer(2, 0), origin(Proof::Missing, 2), Seen::Forged),
            (peer(2, 0), origin(Proof::Refuted, 1), Seen::Forged),
            (peer(9, 1), origin(Proof::Refuted, 2), Seen::Unproven),
        ] {
            assert_eq!(peer.recognise(&origin), want, "{peer:?} {origin:?}");
        }
    }
}
