//! What would be if the person answered some of the ham: how the next mail of whoever was answered fares.

use std::collections::BTreeMap;

use tamis_core::{
    Answer, Class, Mail, Query,
    learn::Label,
    mail::UnixTime,
    reputation::{Origin, Peer, Proof},
};

use crate::words::grouped;

/// From whom a message is, and what it is known again by.
#[derive(Clone, Debug)]
pub(super) struct Sender {
    address: String,
    origin: Origin,
    at: UnixTime,
}

/// What has become of messages in the names of peers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Fate {
    all: u32,
    known: u32,
    unsure: u32,
    filed: u32,
}

/// The person answers every so manieth message that is wanted.
#[derive(Debug)]
pub(super) struct Replies {
    share: f64,
    /// Wanted messages so far.
    wanted: u32,
    answered: u32,
    peers: BTreeMap<String, Peer>,
    ham: Fate,
    spam: Fate,
}

/// Reads `--replies`.
pub(super) fn share(text: &str) -> Result<f64, String> {
    let share: f64 = text.parse().map_err(|_no_number| format!("{text:?} is not a number"))?;
    if 0.0 < share && share <= 1.0 { Ok(share) } else { Err("it must be above 0 and at most 1".to_owned()) }
}

impl Sender {
    /// `None` without an author.
    pub(super) fn of(mail: &Mail<'_>) -> Option<Self> {
        let [author] = mail.from() else { return None };
        let address = author.address.as_ref()?.to_string().to_ascii_lowercase();
        Some(Self { address, origin: Origin::of(mail), at: mail.received_at().unwrap_or(UnixTime(0)) })
    }
}

impl Replies {
    pub(super) fn new(share: f64) -> Self {
        let (ham, spam) = (Fate::default(), Fate::default());
        Self { share, wanted: 0, answered: 0, peers: BTreeMap::new(), ham, spam }
    }

    /// What is known of the sender that is asked about.
    pub(super) fn answer(&self, query: &Query) -> Answer {
        match query {
            Query::Standing(address) => {
                self.peers.get(address).map_or(Answer::Absent, |peer| Answer::Peer(Box::new(peer.clone())))
            }
            Query::Learned | Query::Sent(_) | _ => Answer::Absent,
        }
    }

    /// A message was judged; if it is wanted, the person may answer it.
    pub(super) fn hear(&mut self, sender: Option<&Sender>, label: Label, class: Class, is_known: bool) {
        let Some(Sender { address, origin, at }) = sender else { return };
        if self.peers.contains_key(address) {
            let fate = if label == Label::Ham { &mut self.ham } else { &mut self.spam };
            fate.all += 1;
            fate.known += u32::from(is_known);
            fate.unsure += u32::from(class == Class::Unsure);
            fate.filed += u32::from(class == Class::Spam);
        }
        if label == Label::Spam {
            return;
        }
        self.wanted += 1;
        // Whenever as many are due by now: no chance, so that two runs are the same.
        if f64::from(self.wanted) * self.share < f64::from(self.answered + 1) {
            return;
        }
        self.answered += 1;
        let peer = self.peers.entry(address.clone()).or_default();
        peer.written += 1;
        peer.replied += 1;
        peer.last_written = peer.last_written.max(Some(*at));
        if matches!(origin.proof, Proof::Unsaid | Proof::Missing) {
            peer.habits.extend(origin.habits.iter().copied());
        }
    }

    /// In words, a line each.
    pub(super) fn summary(&self) -> Vec<String> {
        let fate = |what: &str, Fate { all, known, unsure, filed }: Fate| {
            let [all, known, unsure, filed] = [all, known, unsure, filed].map(grouped);
            format!(
                "{what} in the names of peers since: {all}, known as theirs {known}, doubtful {unsure}, filed {filed}"
            )
        };
        let peers = u32::try_from(self.peers.len()).unwrap_or(u32::MAX);
        vec![
            format!("answered {} messages of {} senders", grouped(self.answered), grouped(peers)),
            fate("ham", self.ham),
            fate("spam", self.spam),
        ]
    }
}

#[cfg(test)]
mod tests {
    use tamis_core::Arrival;

    use super::*;

    fn sender(name: &str) -> Sender {
        let raw = format!("From: {name}@example.org\n\nHello.\n");
        Sender::of(&Mail::parse(raw.as_bytes(), &Arrival::default())).unwrap()
    }

    #[test]
    fn every_so_manieth_wanted_message_is_answered_and_its_sender_is_a_peer_from_then_on() {
        let mut replies = Replies::new(0.4);
        let mut answered = Vec::new();
        for n in 0..10 {
            replies.hear(Some(&sender(&n.to_string())), Label::Ham, Class::Ham, false);
            replies.hear(Some(&sender("spammer")), Label::Spam, Class::Ham, false);
            answered.push(replies.answered);
        }
        assert_eq!(answered, [0, 0, 1, 1, 2, 2, 2, 3, 3, 4]);
        let is_peer = |name: &str| replies.answer(&Query::Standing(format!("{name}@example.org"))) != Answer::Absent;
        assert!(is_peer("2") && !is_peer("1") && !is_peer("spammer"));
    }

    #[test]
    fn what_became_of_peers_mail_is_told() {
        let mut replies = Replies::new(1.0);
        for (label, class, is_known) in [
            (Label::Ham, Class::Spam, false),
            (Label::Ham, Class::Ham, true),
            (Label::Ham, Class::Spam, false),
            (Label::Spam, Class::Unsure, false),
        ] {
            replies.hear(Some(&sender("kim")), label, class, is_known);
        }
        replies.hear(None, Label::Ham, Class::Spam, false);
        let want = [
            "answered 3 messages of 1 senders",
            "ham in the names of peers since: 2, known as theirs 1, doubtful 0, filed 1",
            "spam in the names of peers since: 1, known as theirs 0, doubtful 1, filed 0",
        ];
        assert_eq!(replies.summary(), want);
    }

    #[test]
    fn the_share_is_a_part_of_one() {
        assert_eq!(share("0.05"), Ok(0.05));
        for text in ["0", "-1", "1.1", "x", "NaN"] {
            assert!(share(text).is_err(), "{text}");
        }
    }
}
