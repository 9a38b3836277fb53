//! How others are asked where mail is.

use std::{sync::Arc, time::Duration};

use tamis_core::{
    Answer, Config,
    config::Security,
    dns::{Asks, DnsKind},
    setup::Server,
};
use tokio::{task::spawn_blocking, time::timeout};

use crate::{ask::dns::Dns, https, mailbox::greets, tls::TlsSettings};

/// A person is waiting.
const PATIENCE: Duration = Duration::from_secs(10);

/// Such files have a few kilobytes.
const MOST_BYTES: u64 = 256 << 10;

/// Whom to ask.
pub trait Ways: Sync {
    /// The file at an https address, or why there is none.
    fn published(&self, place: &str) -> impl Future<Output = Result<Vec<u8>, String>> + Send;
    /// Records of the domain name system.
    fn records(&self, name: &str, kind: DnsKind) -> impl Future<Output = Answer> + Send;
    /// Whether an IMAP server with a good certificate answers. It is told nothing.
    fn greets(&self, server: &Server) -> impl Future<Output = bool> + Send;
}

/// The real world.
#[derive(Clone, Debug)]
pub struct Outside {
    /// `None`: the settings say that nobody is to be asked.
    dns: Option<Arc<Dns>>,
    tls: TlsSettings,
}

impl Outside {
    /// The world, asked by the name servers of the settings; nobody if the settings want that.
    pub fn of(config: &Config, tls: TlsSettings) -> Self {
        let network = config.network();
        Self { dns: network.is_on.then(|| Arc::new(Dns::of(network, &Asks::default()))), tls }
    }
}

impl Ways for Outside {
    async fn published(&self, place: &str) -> Result<Vec<u8>, String> {
        if self.dns.is_none() {
            return Err("nobody is to be asked".to_owned());
        }
        let place = place.to_owned();
        let asked = spawn_blocking(move || https::get_here(&place, MOST_BYTES, PATIENCE));
        match asked.await {
            Ok(answer) => answer.map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        }
    }

    async fn records(&self, name: &str, kind: DnsKind) -> Answer {
        match &self.dns {
            Some(dns) => dns.ask(name, kind).await,
            None => Answer::Unknown("nobody is to be asked".to_owned()),
        }
    }

    async fn greets(&self, server: &Server) -> bool {
        if self.dns.is_none() || server.security == Security::None {
            return false;
        }
        timeout(PATIENCE, greets(&server.host, server.port, server.security, &self.tls)).await.unwrap_or(false)
    }
}
