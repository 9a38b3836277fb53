//! The domain name system: one resolver and one cache for all that is asked of it.
//!
//! What was answered, and that there is nothing, is kept for as long as the answer says (within bounds). That a name does
//! not exist, that it has nothing of the kind, and that nobody has answered stay three things: only the first two are
//! evidence. `hickory` is named in `ask/dns` alone; the checks of signatures take the resolver from here, so that they share
//! the cache.

mod key;
mod records;
mod resolver;
mod rest;
mod servers;
mod watch;

use std::sync::Arc;

pub use hickory_resolver::TokioResolver;
use tamis_core::{
    Answer,
    config::Network,
    dns::{Asks, DnsKind},
};

use self::{key::Key, resolver::Resolver, watch::Watch};

/// Whom the domain name system is asked by, what is known of it, and of the lists that are asked over it.
#[derive(Debug)]
pub struct Dns {
    resolver: Arc<Resolver>,
    key: Arc<Key>,
    lists: Vec<Arc<Watch>>,
}

impl Dns {
    /// A resolver as these settings want it. That there is none, for want of servers or of certificates, is found out by
    /// asking.
    pub fn of(network: &Network, asks: &Asks) -> Self {
        let resolver = Arc::new(Resolver::of(network));
        let key = Arc::new(Key::of(network.spamhaus_key.clone()));
        Self { resolver, key, lists: Vec::new() }.with(asks)
    }

    /// The same with these lists: what is known of those that stay is kept.
    #[must_use]
    pub fn with(&self, asks: &Asks) -> Self {
        let watch = |list| {
            let known = self.lists.iter().find(|watch| watch.list() == list);
            known.cloned().unwrap_or_else(|| Arc::new(Watch::of(list)))
        };
        let lists = asks.lists().iter().map(watch).collect();
        Self { resolver: Arc::clone(&self.resolver), key: Arc::clone(&self.key), lists }
    }

    /// The resolver with its cache, to be used at once and not kept: when the system has other name servers, it is another.
    /// Without one, why there is none.
    pub fn resolver(&self) -> Result<TokioResolver, String> {
        self.resolver.hickory()
    }

    /// Asks for records of a name, or looks them up in what was answered before. What is below the zone of a list is only
    /// asked for while the list does as it should.
    pub async fn ask(&self, name: &str, kind: DnsKind) -> Answer {
        let asked = self.lists.iter().find_map(|watch| Some((watch, watch.list().asked_about(name)?)));
        match asked {
            Some((watch, about)) if kind == DnsKind::A => watch.ask(about, &self.resolver, &self.key).await,
            Some(_) | None => self.resolver.look_up(name, kind).await,
        }
    }

    /// Why no name server is asked for now, if that is so.
    pub fn silence(&self) -> Option<String> {
        self.resolver.trouble()
    }

    /// What is wrong with the name servers and the lists, and what the person can do, a sentence or two each.
    pub fn troubles(&self) -> Vec<String> {
        match self.resolver.trouble() {
            Some(why) => vec![format!("What is asked over DNS is missing in judgements: {why}.")],
            None => {
                self.key.trouble().into_iter().chain(self.lists.iter().filter_map(|watch| watch.trouble())).collect()
            }
        }
    }
}
