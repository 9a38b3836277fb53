//! The connection to the agent: made, tried again, lost; and the agent started when nobody listens.

use std::{
    cmp::Ordering,
    io,
    time::{Duration, Instant},
};

use tamis_core::api::{API_VERSION, Reply, Request};

use super::{
    Ask, Finished, Job, Link, Outcome, Routed, Stale, Wire, Worker, request_of, wire, without_password, words,
};
use crate::text::{self, Language, t};

/// Waits between two attempts to connect; the last one repeats.
pub(super) const RETRIES: [Duration; 7] = [
    Duration::from_millis(100),
    Duration::from_millis(200),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(15),
];

/// An agent that does not even greet in this time hangs.
const GREETING: Duration = Duration::from_secs(10);

/// An agent that ends soon after its start is not started over and over.
const BETWEEN_LAUNCHES: Duration = Duration::from_mins(1);

/// A started agent may have a database to bring up to date first.
const START_UP: Duration = Duration::from_secs(8);

/// The greeting, with the language that the window speaks now.
pub(super) fn hello() -> Request {
    let client = concat!("window ", env!("CARGO_PKG_VERSION")).to_owned();
    Request::Hello { api_version: API_VERSION, client, language: text::spoken().to_owned() }
}

impl Worker {
    /// From now on in that language; the agent is told, and everything is asked again.
    pub(super) fn speak(&mut self, language: Language) {
        let before = text::spoken();
        text::speak(language);
        if text::spoken() != before && self.is_online() {
            self.call(Ask::Hello, hello());
        }
    }

    /// The agent is there, or speaks our language from now on.
    pub(super) fn greeted(&mut self, reply: Reply) {
        let text = if let Reply::Hello { api_version, agent } = reply {
            match api_version.cmp(&API_VERSION) {
                Ordering::Equal => return self.begin(agent),
                Ordering::Less => t!("client-older", agent = agent),
                Ordering::Greater => t!("client-newer", agent = agent),
            }
        } else {
            words(reply)
        };
        self.hang_up();
        self.attempts = RETRIES.len();
        self.retry_later(Link::Mismatch { text }, Instant::now());
    }

    /// It has greeted: everything is asked anew, and what the person asked for meanwhile is done.
    fn begin(&mut self, agent: String) {
        if let Some(wire) = &mut self.wire {
            wire.greet_by = None;
        }
        self.attempts = 0;
        self.watch_again();
        let mail = self.open.is_some();
        self.stale = Stale { status: true, mail, history: true, lists: true };
        self.list.anew();
        self.set_link(Link::Online { agent });
        if self.is_looked_at {
            self.call(Ask::Looks, Request::Looks(true));
        }
        self.do_what_was_kept();
    }

    pub(super) fn connect(&mut self, now: Instant) {
        self.connection += 1;
        match wire::open(&self.setup.socket, self.connection, self.remote.sender.clone()) {
            Ok(stream) => {
                self.wire = Some(Wire { stream, greet_by: Some(now + GREETING) });
                self.call(Ask::Hello, hello());
            }
            Err(error) => {
                let link = self.unreachable(&error, now);
                self.retry_later(link, now);
            }
        }
    }

    /// Nobody listens: start an agent, or say why not.
    fn unreachable(&mut self, error: &io::Error, now: Instant) -> Link {
        let is_absent = matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused);
        if !is_absent {
            let (socket, why) = (self.setup.socket.display().to_string(), error.to_string());
            return Link::Offline { text: t!("client-unreachable", socket = socket, why = why) };
        }
        if let Some((launched, at)) = &mut self.launched
            && now < *at + BETWEEN_LAUNCHES
        {
            return match launched.ended() {
                Some(status) if !status.success() => {
                    Link::Offline { text: t!("client-start-ended", status = status.to_string()) }
                }
                // One that ended well has had systemd start the agent.
                Some(_) | None if now < *at + START_UP => Link::Starting,
                Some(_) | None => Link::Offline { text: t!("client-start-slow") },
            };
        }
        match self.setup.launcher.launch() {
            Ok(launched) => {
                self.launched = Some((launched, now));
                self.attempts = 0;
                Link::Starting
            }
            Err(error) => Link::Offline { text: t!("client-start-failed", why = error.to_string()) },
        }
    }

    pub(super) fn retry_later(&mut self, link: Link, now: Instant) {
        let step = if link == Link::Starting { self.attempts.min(2) } else { self.attempts };
        let wait = RETRIES.get(step).or(RETRIES.last()).copied().unwrap_or(GREETING);
        self.attempts += 1;
        self.retry_at = Some(now + wait);
        self.is_coming = link == Link::Starting;
        self.set_link(link);
        if !self.is_coming {
            for job in std::mem::take(&mut self.kept) {
                self.refuse(job);
            }
        }
    }

    pub(super) fn set_link(&self, link: Link) {
        self.remote.update(|snapshot| {
            let changed = snapshot.link != link;
            snapshot.link = link;
            changed
        });
    }

    /// Drops the connection and everything that hung on it.
    pub(super) fn lost(&mut self, text: &str) {
        self.hang_up();
        let kept = std::mem::take(&mut self.kept);
        self.retry_later(Link::Offline { text: text.to_owned() }, Instant::now());
        // One that was there a moment ago is started again at once: what is asked for meanwhile is not lost.
        self.is_coming = true;
        self.kept = kept;
    }

    /// Nobody is there who could do it.
    pub(super) fn refuse(&self, job: Job) {
        let text = t!("client-not-connected");
        self.remote.finish(Finished { job: without_password(job), outcome: Outcome::Refused(text) });
    }

    /// The agent is there: what the person asked for before is done now, in that order.
    pub(super) fn do_what_was_kept(&mut self) {
        for job in std::mem::take(&mut self.kept) {
            let request = request_of(&job);
            self.call(Ask::Do(without_password(job)), request);
        }
    }

    pub(super) fn hang_up(&mut self) {
        self.wire = None;
        self.connection += 1;
        for (_, ask) in std::mem::take(&mut self.asked) {
            if ask == Ask::Route(self.route.clone()) {
                self.set_route(Routed::Failed(t!("client-route-lost")));
            } else if let Ask::Do(job) = ask {
                self.remote.finish(Finished { job, outcome: Outcome::Refused(t!("client-job-lost")) });
            }
        }
    }

    pub(super) fn is_online(&self) -> bool {
        self.wire.as_ref().is_some_and(|wire| wire.greet_by.is_none())
    }
}
