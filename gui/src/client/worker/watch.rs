//! What the open page watches: asked when it opens, and again when something has changed.

use std::{sync::Arc, time::Instant};

use tamis_core::api::{Reply, Request};

use super::{Ask, BETWEEN_LISTS, Worker, words};
use crate::client::Watched;

impl Worker {
    /// Watches these instead of what was watched before. What both have in common keeps its answer meanwhile.
    pub(super) fn start_watching(&mut self, requests: Vec<Request>) {
        self.remote.update(|snapshot| {
            let old = std::mem::take(&mut snapshot.watched);
            let answer = |request: &Request| old.iter().find(|one| one.request == *request)?.answer.clone();
            snapshot.watched =
                requests.iter().map(|request| Watched { request: request.clone(), answer: answer(request) }).collect();
            snapshot.watched != old
        });
        self.watch = requests.into_iter().map(|request| (request, true)).collect();
        self.watch_not_before = None;
    }

    /// Something has changed.
    pub(super) fn watch_again(&mut self) {
        for (_, is_stale) in &mut self.watch {
            *is_stale = true;
        }
    }

    /// When something is to be asked again.
    pub(super) fn watch_due(&self) -> Option<Instant> {
        let is_due = |(request, is_stale): &(Request, bool)| *is_stale && !self.is_asked(request);
        self.watch_not_before.filter(|_| self.watch.iter().any(is_due))
    }

    /// Asks what is to be asked again.
    pub(super) fn watch(&mut self, now: Instant) {
        if self.watch_not_before.is_some_and(|at| now < at) {
            return;
        }
        let due =
            |(request, is_stale): &(Request, bool)| (*is_stale && !self.is_asked(request)).then(|| request.clone());
        let requests: Vec<Request> = self.watch.iter().filter_map(due).collect();
        if requests.is_empty() {
            return;
        }
        self.watch_not_before = Some(now + BETWEEN_LISTS);
        for request in requests {
            if let Some((_, is_stale)) = self.watch.iter_mut().find(|(watched, _)| *watched == request) {
                *is_stale = false;
            }
            self.call(Ask::Watch(Box::new(request.clone())), request);
        }
    }

    fn is_asked(&self, request: &Request) -> bool {
        self.asked.values().any(|ask| matches!(ask, Ask::Watch(asked) if **asked == *request))
    }

    /// An answer has come.
    pub(super) fn watched(&self, request: &Request, reply: Reply) {
        let is_refused = matches!(reply, Reply::Refused { .. });
        let answer = if is_refused { Err(words(reply)) } else { Ok(Arc::new(reply)) };
        self.remote.update(|snapshot| {
            let Some(watched) = snapshot.watched.iter_mut().find(|watched| watched.request == *request) else {
                return false;
            };
            let is_new = watched.answer.as_ref() != Some(&answer);
            if is_new {
                watched.answer = Some(answer);
            }
            is_new
        });
    }
}
