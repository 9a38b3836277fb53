//! Asks one thing of a server on the web, over https: gets a file, posts a few words, or asks for a
//! token. The only file that names `ureq`.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    path::Path,
    sync::Arc,
    time::Duration,
};

use rustls::crypto::aws_lc_rs;
use rustls_pki_types::{CertificateDer, pem::PemObject as _};
use ureq::{
    Agent, Error,
    config::Config,
    http::Uri,
    tls::{Certificate, RootCerts, TlsConfig},
    unversioned::{
        resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver},
        transport::{DefaultConnector, NextTimeout},
    },
};
use zeroize::Zeroizing;

use crate::secret::Secret;

/// A line that is slower than this for some megabytes is a line that is broken.
const FILE_PATIENCE: Duration = Duration::from_mins(2);

/// A person waits for it.
const POST_PATIENCE: Duration = Duration::from_secs(20);

/// Most bytes of the head of an answer to a post. The rest of it is not read.
const POST_HEAD: usize = 16 << 10;

/// Most bytes of an answer with tokens: the longest have some thousand.
const TOKEN_BODY: u64 = 64 << 10;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HttpsError {
    /// The file is larger than was allowed.
    #[error("it is too large")]
    TooLarge,
    /// The server says so.
    #[error("it is not there")]
    Missing,
    /// The name leads into a private network, where a stranger has nothing to ask for.
    #[error("its name leads into a private network")]
    Private,
    /// Anything else, in the library's words.
    #[error("{0}")]
    Other(String),
}

/// Where a post may go, and who is trusted there.
#[derive(Clone, Debug)]
pub(crate) enum Reach {
    /// To public addresses alone. The system says whom to trust.
    Public,
    /// To this address whatever the name, and this certificate authority is trusted.
    #[cfg(test)]
    Only(std::net::SocketAddr, Vec<u8>),
}

/// Gets what is at an `https` address, if it is at most so many bytes. The system says whom to trust, and nothing is sent
/// but the address and the name of the program.
pub(crate) fn get(address: &str, most: u64) -> Result<Vec<u8>, HttpsError> {
    get_within(address, most, (FILE_PATIENCE, 10))
}

/// As [`get`], for somebody who waits no longer than that, and from nowhere else.
pub(crate) fn get_here(address: &str, most: u64, patience: Duration) -> Result<Vec<u8>, HttpsError> {
    get_within(address, most, (patience, 0))
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the rest is for experts, in the library's words")]
fn get_within(address: &str, most: u64, (patience, redirects): (Duration, u32)) -> Result<Vec<u8>, HttpsError> {
    let agent: Agent = Agent::config_builder()
        .https_only(true)
        .timeout_global(Some(patience))
        .max_redirects(redirects)
        .user_agent("tamis")
        .tls_config(tls(RootCerts::PlatformVerifier))
        .build()
        .into();
    let failed = |error: Error| match &error {
        Error::BodyExceedsLimit(_) => HttpsError::TooLarge,
        Error::StatusCode(404) => HttpsError::Missing,
        _ => HttpsError::Other(error.to_string()),
    };
    let mut response = agent.get(address).call().map_err(failed)?;
    response.body_mut().with_config().limit(most).read_to_vec().map_err(failed)
}

/// Posts a form to an `https` address and returns the status of the answer. No cookie is sent or kept, no redirect
/// followed, and of the answer nothing is read but its head.
pub(crate) fn post(address: &str, form: &str, reach: &Reach) -> Result<u16, HttpsError> {
    let roots = match reach {
        Reach::Public => RootCerts::PlatformVerifier,
        #[cfg(test)]
        Reach::Only(_, ca) => {
            let ca = Certificate::from_pem(ca).map_err(|error| HttpsError::Other(error.to_string()))?;
            RootCerts::new_with_certs(&[ca])
        }
    };
    let config = Agent::config_builder()
        .https_only(true)
        // A proxy of the environment would look up the name itself, and nobody could say where the post went.
        .proxy(None)
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .max_response_header_size(POST_HEAD)
        .timeout_global(Some(POST_PATIENCE))
        .user_agent("tamis")
        .tls_config(tls(roots))
        .build();
    let agent = match reach {
        Reach::Public => {
            Agent::with_parts(config, DefaultConnector::new(), Only(is_public, DefaultResolver::default()))
        }
        #[cfg(test)]
        Reach::Only(address, _) => Agent::with_parts(config, DefaultConnector::new(), tests::Fixed(*address)),
    };
    submit(&agent, address, form)
}

/// A form on its way to whoever gives out tokens.
#[derive(Debug)]
pub(crate) struct Form<'a> {
    /// Where it goes: `https`, or this machine itself.
    pub(crate) address: &'a str,
    /// What is in it, encoded.
    pub(crate) fields: &'a Secret,
}

/// What came back.
pub(crate) struct Answer {
    /// The status of HTTP.
    pub(crate) status: u16,
    /// The rest, wiped when it is no longer needed.
    pub(crate) body: Zeroizing<Vec<u8>>,
}

/// Posts a form to whoever gives out tokens, and reads the answer. The system says whom to trust, and `ca_file` whom
/// besides.
pub(crate) fn ask(form: &Form<'_>, ca_file: Option<&Path>) -> Result<Answer, HttpsError> {
    let own = ca_file.map(authorities).transpose()?;
    let outcome = ask_trusting(form, RootCerts::PlatformVerifier);
    match (outcome, own) {
        // Nothing was said to a server of which we do not know who it is.
        (Err(error), Some(own)) if is_of_certificate(&error) => ask_trusting(form, own),
        (outcome, _) => outcome,
    }
    .map_err(|error| HttpsError::Other(error.to_string()))
}

fn ask_trusting(form: &Form<'_>, roots: RootCerts) -> Result<Answer, Error> {
    let agent: Agent = Agent::config_builder()
        .https_only(form.address.starts_with("https://"))
        .proxy(None)
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .max_response_header_size(POST_HEAD)
        .timeout_global(Some(POST_PATIENCE))
        .user_agent("tamis")
        .tls_config(tls(roots))
        .build()
        .into();
    let post = agent.post(form.address).content_type("application/x-www-form-urlencoded");
    let mut response = post.header("Accept", "application/json").send(form.fields.expose())?;
    let status = response.status().as_u16();
    let body = response.body_mut().with_config().limit(TOKEN_BODY).read_to_vec()?;
    Ok(Answer { status, body: Zeroizing::new(body) })
}

/// Whether the connection ended before anything was said, as nobody trusted has signed the certificate.
fn is_of_certificate(error: &Error) -> bool {
    let Error::Io(error) = error else { return matches!(error, Error::Rustls(rustls::Error::InvalidCertificate(_))) };
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    matches!(inner, Some(rustls::Error::InvalidCertificate(_)))
}

fn authorities(path: &Path) -> Result<RootCerts, HttpsError> {
    let unusable = || HttpsError::Other(format!("the certificate file {} cannot be used", path.display()));
    let pem = std::fs::read(path).map_err(|_unread| unusable())?;
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    let certificates: Vec<_> =
        read.map_err(|_broken| unusable())?.iter().map(|der| Certificate::from_der(der).to_owned()).collect();
    if certificates.is_empty() { Err(unusable()) } else { Ok(RootCerts::new_with_certs(&certificates)) }
}

fn submit(agent: &Agent, address: &str, form: &str) -> Result<u16, HttpsError> {
    let posted = agent.post(address).content_type("application/x-www-form-urlencoded").send(form);
    posted.map(|response| response.status().as_u16()).map_err(|error| {
        let is_private = matches!(&error, Error::Io(why) if why.kind() == PRIVATE);
        if is_private { HttpsError::Private } else { HttpsError::Other(error.to_string()) }
    })
}

fn tls(roots: RootCerts) -> TlsConfig {
    TlsConfig::builder()
        .root_certs(roots)
        .unversioned_rustls_crypto_provider(Arc::new(aws_lc_rs::default_provider()))
        .build()
}

/// How a resolver says that there are only private addresses.
const PRIVATE: io::ErrorKind = io::ErrorKind::AddrNotAvailable;

/// Leaves out the addresses that are not allowed. The name is looked up once, and the connection is made to the very
/// addresses that were looked at: one that changes its mind between two answers gains nothing.
#[derive(Debug)]
struct Only<R>(fn(IpAddr) -> bool, R);

impl<R: Resolver> Resolver for Only<R> {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let found = self.1.resolve(uri, config, timeout)?;
        let mut allowed = self.empty();
        for address in found.iter().filter(|address| self.0(address.ip())) {
            allowed.push(*address);
        }
        if allowed.is_empty() { Err(Error::Io(PRIVATE.into())) } else { Ok(allowed) }
    }
}

/// Whether an address is for everybody (RFC 6890).
fn is_public(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let is_special = match ip.octets() {
        // This network; carriers; protocols and tests; benchmarks; what is reserved.
        [0 | 240..=255, ..] | [100, 64..=127, ..] | [192, 0, 0 | 2, _] | [198, 18 | 19, ..] => true,
        _ => ip.is_documentation(),
    };
    !(is_special || ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_multicast())
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let embedded = |high: u16, low: u16| is_public_v4(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)));
    match ip.segments() {
        // NAT64 and 6to4 have an address of the older kind within.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => embedded(high, low),
        // Teredo, and what is for protocols and documents.
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => false,
        // Of the rest only this eighth is given out.
        [first, ..] => matches!(first, 0x2000..=0x3fff),
    }
}

#[cfg(test)]
pub(crate) mod tests;
