//! The resolver itself, with its cache and its patience.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use hickory_resolver::{TokioResolver, net::NetError};
use tamis_core::{
    Answer,
    config::Network,
    dns::{DnsKind, is_name},
};
use tokio::{
    sync::Semaphore,
    time::{Instant, timeout},
};

use super::{records, rest::Rest, servers::Servers};

/// How many questions are open at once, of all messages: beyond this, answers get lost.
const AT_ONCE: usize = 50;

/// The longest that one question is waited for, and never for more than half of what a message waits for all.
const LIMIT: Duration = Duration::from_secs(5);

/// Who has been waited for so long, and no longer, because the message was to wait no more, has been silent.
const SILENCE: Duration = Duration::from_millis(400);

/// So often it is looked whether the system has other name servers by now.
const LOOK_AGAIN: Duration = Duration::from_secs(15);

/// Whom the domain name system is asked by.
#[derive(Debug)]
pub(super) struct Resolver {
    servers: Servers,
    built: Mutex<Built>,
    permits: Semaphore,
    limit: Duration,
    rest: Rest,
}

/// A question that is open. Dropped before there is an answer, it counts as not answered.
struct Open<'a> {
    rest: &'a Rest,
    since: Instant,
    is_over: bool,
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        if !self.is_over && SILENCE <= self.since.elapsed() {
            self.rest.note(true, self.since);
        }
    }
}

/// The resolver that is used, and when it was made sure that it is still the right one.
#[derive(Debug)]
struct Built {
    resolver: Result<TokioResolver, String>,
    /// The servers it asks, as the system names them.
    of: String,
    looked: Instant,
}

impl Resolver {
    pub(super) fn of(network: &Network) -> Self {
        let servers = Servers::of(network);
        let (resolver, of) = servers.build();
        let built = Mutex::new(Built { resolver, of, looked: Instant::now() });
        let limit = LIMIT.min(Duration::from_secs(network.deadline_secs) / 2);
        Self { servers, built, permits: Semaphore::new(AT_ONCE), limit, rest: Rest::default() }
    }

    /// The one of the library, or why there is none.
    pub(super) fn hickory(&self) -> Result<TokioResolver, String> {
        let mut built = self.built.lock().unwrap_or_else(PoisonError::into_inner);
        if LOOK_AGAIN <= built.looked.elapsed() {
            built.looked = Instant::now();
            if self.servers.named() != built.of || built.resolver.is_err() {
                let (resolver, of) = self.servers.build();
                (built.resolver, built.of) = (resolver, of);
                self.rest.end();
            }
        }
        built.resolver.clone()
    }

    /// Asks for records of a name, or looks them up in what was answered before.
    pub(super) async fn look_up(&self, name: &str, kind: DnsKind) -> Answer {
        if !is_name(name) {
            return Answer::Unknown("this is no name that can be asked for".to_owned());
        }
        let resolver = match self.hickory() {
            Ok(resolver) => resolver,
            Err(why) => return Answer::Unknown(why),
        };
        if let Some(why) = self.rest.why() {
            return Answer::Unknown(why);
        }
        let _permit = self.permits.acquire().await;
        let mut open = Open { rest: &self.rest, since: Instant::now(), is_over: false };
        let asked = resolver.lookup(format!("{name}."), records::kind(kind));
        let found = timeout(self.limit, asked).await.unwrap_or(Err(NetError::Timeout));
        open.is_over = true;
        self.rest.note(found.as_ref().err().is_some_and(records::is_silence), open.since);
        records::answer(kind, found)
    }

    /// What is wrong with the name servers, in a sentence; nothing as far as that is known.
    pub(super) fn trouble(&self) -> Option<String> {
        let built = self.built.lock().unwrap_or_else(PoisonError::into_inner);
        built.resolver.as_ref().err().cloned().or_else(|| self.rest.why())
    }
}
