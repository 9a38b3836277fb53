//! Pretended learning from the mail that is there, which gets on with the clock.

use std::time::{Duration, Instant};

use tamis_core::api::{LearningDoubt, LearningFolder, LearningSkip, LearningStatus, Steer};

/// Messages that are there, and how many of them are learned in a second.
const TOTAL: u32 = 4_200;
const A_SECOND: f64 = 300.0;

/// How long it counts what there is to learn from.
const COUNTING: Duration = Duration::from_millis(1_500);

pub(crate) struct Learning {
    has_junk: bool,
    /// Whether it only counts what there is.
    is_rehearsal: bool,
    /// Messages learned until `since`.
    done: u32,
    /// Since when it runs; `None` while it does not.
    since: Option<Instant>,
    is_ended: bool,
}

impl Learning {
    pub(crate) fn start(has_junk: bool) -> Self {
        Self { has_junk, is_rehearsal: false, done: 0, since: Some(Instant::now()), is_ended: false }
    }

    /// Only counts what there is; nothing is learned by that.
    pub(crate) fn rehearse(has_junk: bool) -> Self {
        Self { is_rehearsal: true, ..Self::start(has_junk) }
    }

    pub(crate) fn what(&self) -> &'static str {
        if self.is_rehearsal { "Counting what there is to learn from" } else { "Learning from the mail that is there" }
    }

    pub(crate) fn steer(&mut self, steer: Steer) {
        self.done = self.status().done;
        self.since = (steer == Steer::Resume).then(Instant::now);
        self.is_ended = steer == Steer::Stop;
    }

    pub(crate) fn status(&self) -> LearningStatus {
        if self.is_rehearsal { self.counted() } else { self.learned() }
    }

    fn counted(&self) -> LearningStatus {
        let is_planned = self.since.is_some_and(|since| COUNTING <= since.elapsed());
        let status = LearningStatus {
            is_rehearsal: true,
            has_junk: self.has_junk,
            is_paused: self.since.is_none() && !self.is_ended,
            is_ended: is_planned || self.is_ended,
            ..LearningStatus::default()
        };
        if !is_planned {
            return status;
        }
        let folders = self.folders();
        let of = |label: &str| folders.iter().filter(|one| one.label == label).map(|one| one.messages).sum::<u32>();
        let (ham, spam) = (of("ham"), of("spam"));
        LearningStatus { is_planned, total: ham + spam, ham, spam, folders, ..status }
    }

    fn folders(&self) -> Vec<LearningFolder> {
        let folder = |name: &str, label: &str, messages| LearningFolder {
            name: name.to_owned(),
            label: label.to_owned(),
            messages,
        };
        let junk = self.has_junk.then(|| folder("Junk", "spam", 600));
        std::iter::once(folder("Inbox", "ham", 3_600)).chain(junk).collect()
    }

    fn learned(&self) -> LearningStatus {
        let steps = self.since.map_or(0.0, |since| since.elapsed().as_secs_f64() * A_SECOND);
        // A number of steps is small and positive.
        let steps = (0..TOTAL).take_while(|&step| f64::from(step) < steps).count();
        let done = (self.done + u32::try_from(steps).unwrap()).min(TOTAL);
        let is_ended = self.is_ended || done == TOTAL;
        let spam = if self.has_junk { done / 7 } else { 0 };
        let doubt = LearningDoubt {
            folder: "Junk".to_owned(),
            label: "spam".to_owned(),
            from: "Sports club".to_owned(),
            subject: "Your membership".to_owned(),
            received_at: 1_769_085_383,
            probability: 0.02,
        };
        LearningStatus {
            is_planned: true,
            has_junk: self.has_junk,
            total: TOTAL,
            done,
            seconds_left: (!is_ended).then(|| (TOTAL - done) / 300),
            is_paused: self.since.is_none() && !is_ended,
            is_ended,
            ham: done - spam,
            spam,
            folders: self.folders(),
            skipped: vec![LearningSkip { why: "new and not yet read".to_owned(), messages: 12 }],
            judged: done.saturating_sub(20),
            good_called_spam: done / 2_000,
            spam_missed: done / 100,
            good_in_junk: u32::from(0 < spam),
            doubts: if 0 < spam { vec![doubt] } else { vec![] },
            peers: 42,
            ..LearningStatus::default()
        }
    }
}
