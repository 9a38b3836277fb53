//! Looks up how mail comes to an account: asks what the engine wants to know of the domain, round after round.

use std::time::Duration;

use tamis_core::{
    Answer, Arrival, Evidence, Mail, Query,
    api::RouteReport,
    config::Account,
    route::{questions, report, why_not},
};
use tokio::time::Instant;

use crate::{
    ask::{World, dns::Dns},
    gather::{Ask, at_once},
};

/// Servers, their addresses, the names of those; one more for what is left.
const ROUNDS: usize = 4;

/// The longest one round is waited for.
const LIMIT: Duration = Duration::from_secs(10);

/// How mail comes to an account, and how the domain of its address stands. `selectors` are names of DKIM keys.
pub async fn look(world: &World, account: &Account, selectors: &[String]) -> RouteReport {
    let domain = &account.address.domain;
    let mut answers = Evidence::default();
    let nothing = Mail::parse(b"", &Arrival::default());
    match world.dns() {
        Some(dns) => {
            for _ in 0..ROUNDS {
                let plan = questions(domain, selectors, &answers);
                if plan.is_empty() {
                    break;
                }
                answers.extend(at_once(&Names(&dns), &plan, &nothing, Instant::now() + LIMIT).await);
            }
        }
        None if why_not(domain).is_none() => {
            let why_not = "Your settings say that nobody is to be asked (enabled = false below [network]).".to_owned();
            let (account, domain) = (account.name.clone(), domain.to_string());
            return RouteReport { account, domain, why_not, ..RouteReport::default() };
        }
        None => {}
    }
    report(&account.name, domain, selectors, &answers)
}

/// The domain name system and nobody else, about no message.
struct Names<'a>(&'a Dns);

impl Ask for Names<'_> {
    async fn ask(&self, query: &Query, _: &Mail<'_>) -> Answer {
        let Query::Dns { name, kind } = query else {
            return Answer::Unknown("this is no question about a domain".to_owned());
        };
        self.0.ask(name, *kind).await
    }
}
