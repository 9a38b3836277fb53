//! The runs: every learner through every order, two learners at a time.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    thread,
    time::Duration,
};

use anyhow::{Result, bail};
use tamis_core::{
    Class,
    learn::Label,
    metrics::{Means, Measures, Outcome, shuffle},
};

use crate::{
    candidate::{Candidate, ROWS, Row},
    clock::timed,
    mail::{Corpus, Message},
};

/// So many learners run at once. More would get in each other's way in the memory.
const AT_ONCE: usize = 2;

/// Seeds of the shuffles.
const SEEDS: std::ops::RangeInclusive<u64> = 1..=5;

/// What a learner came to on a corpus.
pub(crate) struct Measured {
    pub(crate) row: &'static Row,
    /// In the order of the index.
    pub(crate) in_order: Measures,
    /// The means of the shuffles.
    pub(crate) shuffled: Means,
    /// CPU time of judging and learning a message.
    pub(crate) cost: Duration,
    /// CPU time of reading one.
    pub(crate) reading: Duration,
}

/// Puts every learner through every order of a corpus.
pub(crate) fn all(corpus: &Corpus) -> Result<Vec<Measured>> {
    let queue: Mutex<VecDeque<(usize, &'static Row)>> = Mutex::new(ROWS.iter().enumerate().collect());
    let worker = || {
        let mut done = Vec::new();
        loop {
            let next = queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            let Some((place, row)) = next else { return done };
            done.push((place, measure(corpus, row)));
        }
    };
    let mut all = thread::scope(|scope| -> Result<Vec<_>> {
        let mut workers = Vec::new();
        for _ in 0..AT_ONCE {
            workers.push(thread::Builder::new().name("learner".to_owned()).spawn_scoped(scope, worker)?);
        }
        let mut all = Vec::new();
        for worker in workers {
            let Ok(done) = worker.join() else { bail!("a run broke off") };
            all.extend(done);
        }
        Ok(all)
    })?;
    all.sort_by_key(|(place, _)| *place);
    Ok(all.into_iter().map(|(_, measured)| measured).collect())
}

fn measure(corpus: &Corpus, row: &'static Row) -> Measured {
    let in_order: Vec<&Message> = corpus.messages.iter().collect();
    let (of_order, mut cost) = run(&in_order, (row.make)());
    let shuffled: Vec<Measures> = SEEDS
        .map(|seed| {
            let mut messages = in_order.clone();
            shuffle(&mut messages, seed);
            let (measures, more) = run(&messages, (row.make)());
            cost += more;
            measures
        })
        .collect();
    let messages = u32::try_from(in_order.len()).unwrap_or(u32::MAX);
    let runs = messages * (1 + u32::try_from(shuffled.len()).unwrap_or(u32::MAX));
    Measured {
        row,
        in_order: of_order,
        shuffled: Means::of(&shuffled),
        cost: cost / runs,
        reading: corpus.reading(row.view) / messages,
    }
}

/// Judges each message, then learns it.
fn run(messages: &[&Message], mut candidate: Box<dyn Candidate>) -> (Measures, Duration) {
    let (outcomes, cost) = timed(|| {
        let judged = messages.iter().map(|message| {
            let score = candidate.judge(message);
            candidate.train(message, message.label);
            let class = if 0.0 < score { Class::Spam } else { Class::Ham };
            Outcome { label: message.label, class, score, probability: None }
        });
        judged.collect::<Vec<Outcome>>()
    });
    (Measures::of(&outcomes), cost)
}

/// How many messages have that label.
pub(crate) fn count(messages: &[Message], label: Label) -> usize {
    messages.iter().filter(|message| message.label == label).count()
}
