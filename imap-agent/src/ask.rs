//! Whom questions go to that this machine cannot answer from its own store.
//!
//! One file for each outside thing below `ask/`. A part is made from its own settings and kept for as long as these stay the
//! same, so that what it has cached or learned of its servers is not forgotten with every change elsewhere.

mod auth;
mod clamd;
mod datagram;
mod dcc;
pub mod dns;
pub mod pyzor;
mod rest;
mod rspamd_fuzzy;

use std::sync::Arc;

use tamis_core::{
    Answer, Config, Mail, Query,
    config::{Fingerprints, Network},
    dns::Asks,
};

use self::{clamd::Clamd, dcc::DccClient, dns::Dns, pyzor::Pyzor, rspamd_fuzzy::RspamdFuzzy};

/// Everything that can be asked, as the settings let it be asked. One for all messages.
#[derive(Clone, Debug, Default)]
pub struct World {
    network: Option<Network>,
    asks: Asks,
    dns: Option<Arc<Dns>>,
    clamd: Option<Arc<Clamd>>,
    pyzor: Option<Arc<Pyzor>>,
    rspamd: Option<Arc<RspamdFuzzy>>,
    dcc: Option<Arc<DccClient>>,
}

impl World {
    /// What these settings let be asked.
    pub fn of(config: &Config) -> Self {
        Self::default().with(config)
    }

    /// The same under other settings: what they do not change goes on as it is.
    #[must_use]
    pub fn with(&self, config: &Config) -> Self {
        let (network, asks) = (config.network(), config.asks());
        let is_same = self.network.as_ref() == Some(network);
        let dns = match &self.dns {
            Some(dns) if is_same && self.asks == *asks => Some(Arc::clone(dns)),
            Some(dns) if is_same => Some(Arc::new(dns.with(asks))),
            Some(_) | None => network.is_on.then(|| Arc::new(Dns::of(network, asks))),
        };
        let is_asked = network.is_on || !config.clamd().is_remote();
        let scanner = is_asked.then(|| Clamd::of(config.clamd(), network.deadline_secs)).flatten();
        let same = self.clamd.as_ref().filter(|clamd| scanner.as_ref().is_some_and(|scanner| clamd.is_like(scanner)));
        let clamd = same.map(Arc::clone).or_else(|| scanner.map(Arc::new));
        // Nothing leaves this machine if nobody is to be asked.
        let wanted = if network.is_on { config.fingerprints().clone() } else { Fingerprints::default() };
        Self {
            network: Some(network.clone()),
            asks: asks.clone(),
            dns,
            clamd,
            pyzor: kept(self.pyzor.as_ref(), wanted.pyzor.as_ref(), Pyzor::is_of, Pyzor::new),
            rspamd: kept(self.rspamd.as_ref(), wanted.rspamd.as_ref(), RspamdFuzzy::is_of, RspamdFuzzy::new),
            dcc: kept(self.dcc.as_ref(), wanted.dcc.as_ref(), DccClient::is_of, DccClient::new),
        }
    }

    /// The domain name system, if it may be asked.
    pub fn dns(&self) -> Option<Arc<Dns>> {
        self.dns.clone()
    }

    /// What cannot be asked just now and is missing in judgements, and what the person can do, a sentence or two each.
    pub fn troubles(&self) -> Vec<String> {
        let dns = self.dns.iter().flat_map(|dns| dns.troubles());
        let pyzor = self.pyzor.as_ref().and_then(|pyzor| pyzor.problem());
        let rspamd = self.rspamd.as_ref().and_then(|rspamd| rspamd.problem());
        let dcc = self.dcc.as_ref().and_then(|dcc| dcc.problem());
        let clamd = self.clamd.as_ref().and_then(|clamd| clamd.problem());
        dns.chain([clamd, pyzor, rspamd, dcc].into_iter().flatten()).collect()
    }

    /// Answers a question about a message. Whatever goes wrong is an [`Answer::Unknown`].
    pub async fn ask(&self, query: &Query, mail: &Mail<'_>) -> Answer {
        let nobody = || Answer::Unknown("the settings say that nobody is to be asked".to_owned());
        match query {
            Query::Dns { name, kind } => match &self.dns {
                Some(dns) => dns.ask(name, *kind).await,
                None => nobody(),
            },
            Query::Authentication => match &self.dns {
                Some(dns) => auth::ask(dns, mail).await,
                None => nobody(),
            },
            Query::Virus => match &self.clamd {
                Some(clamd) => clamd.scan(mail).await,
                None => Answer::Unknown("no virus scanner is asked".to_owned()),
            },
            Query::Pyzor | Query::RspamdFuzzy | Query::Dcc if mail.is_truncated => {
                Answer::Unknown("only the beginning of the message is there".to_owned())
            }
            Query::Pyzor => match &self.pyzor {
                Some(pyzor) => pyzor.check(mail.raw).await,
                None => nobody(),
            },
            Query::RspamdFuzzy => match &self.rspamd {
                Some(rspamd) => rspamd.check(mail.raw).await,
                None => nobody(),
            },
            Query::Dcc => match &self.dcc {
                Some(dcc) => dcc.check(mail).await,
                None => nobody(),
            },
            Query::Learned
            | Query::Standing(_)
            | Query::Sent(_)
            | Query::Contact(_)
            | Query::Reputation(_)
            | Query::Fingerprint(_)
            | _ => Answer::Unknown("only the agent asks this".to_owned()),
        }
    }

    /// What a report of a message as spam would tell whom, in words; empty if there is nobody to tell, or nothing.
    pub fn report_shown(&self, raw: &[u8]) -> Vec<String> {
        let pyzor = self.pyzor.as_ref().and_then(|pyzor| pyzor.shown(raw));
        pyzor.into_iter().chain(self.rspamd.as_ref().and_then(|rspamd| rspamd.shown(raw))).collect()
    }

    /// Whether there is anybody to report spam to.
    pub const fn takes_reports(&self) -> bool {
        self.pyzor.is_some() || self.rspamd.is_some()
    }

    /// Reports a message as spam to all who take reports, at the person's word. What went wrong, a sentence each.
    pub async fn report(&self, raw: &[u8]) -> Vec<String> {
        let mut faults = Vec::new();
        if let Some(pyzor) = self.pyzor.as_ref().filter(|pyzor| pyzor.shown(raw).is_some())
            && let Err(why) = pyzor.report(raw).await
        {
            faults.push(format!("pyzor did not take the report: {why}"));
        }
        if let Some(rspamd) = self.rspamd.as_ref().filter(|rspamd| rspamd.shown(raw).is_some())
            && let Err(why) = rspamd.report(raw).await
        {
            faults.push(format!("the fuzzy storage did not take the report: {why}"));
        }
        faults
    }
}

/// Two hexadecimal digits for each byte.
fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// The part there is if it is of these settings, else a new one.
fn kept<Part, Settings: Clone>(
    part: Option<&Arc<Part>>,
    wanted: Option<&Settings>,
    is_of: impl Fn(&Part, &Settings) -> bool,
    new: impl Fn(Settings) -> Part,
) -> Option<Arc<Part>> {
    let wanted = wanted?;
    let same = part.filter(|part| is_of(part, wanted)).map(Arc::clone);
    Some(same.unwrap_or_else(|| Arc::new(new(wanted.clone()))))
}
