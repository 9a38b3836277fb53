//! From a host name to a protected connection that has greeted us.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    path::Path,
    time::Duration,
};

use tamis_core::config::{Account, ClientCertificate, Security};
use tokio::{
    net::{TcpStream, lookup_host},
    task::JoinSet,
    time::{sleep, timeout},
};

use super::{
    connect_error::Problem,
    driver::Connection,
    response::{Code, CommandError, Greeting, Loss},
    session::Stream,
};
use crate::tls::{self, TlsError, TlsSettings};

/// Name servers that are slower help nobody.
const LOOKUP_LIMIT: Duration = Duration::from_secs(15);

/// For each address.
const DIAL_LIMIT: Duration = Duration::from_secs(10);

/// The head start of each address before the next (RFC 8305 recommends 250 ms).
const HEAD_START: Duration = Duration::from_millis(250);

/// More addresses than any provider has; a limit all the same.
const MAX_ADDRESSES: usize = 16;

const HANDSHAKE_LIMIT: Duration = Duration::from_secs(20);

/// Some servers look up the name of the client before they greet.
const GREETING_LIMIT: Duration = Duration::from_secs(30);

/// A connection ready for login.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) connection: Connection,
    /// What the greeting said, if it came protected.
    pub(super) capabilities: Option<Vec<String>>,
    /// What went well, for the person.
    pub(super) step: String,
}

/// A server, and what is needed to know it and to be known by it.
#[derive(Clone, Copy, Debug)]
struct Way<'a> {
    host: &'a str,
    port: u16,
    security: Security,
    ca_file: Option<&'a Path>,
    client: Option<&'a ClientCertificate>,
}

pub(super) async fn open(account: &Account, tls: &TlsSettings) -> Result<Opened, Problem> {
    let Account { port, security, .. } = *account;
    let (ca_file, client) = (account.ca_file.as_deref(), account.client_certificate.as_ref());
    open_way(Way { host: bare(&account.host), port, security, ca_file, client }, tls).await
}

/// Whether an IMAP server answers there that proves its name and asks for a login. It is told nothing.
pub async fn greets(host: &str, port: u16, security: Security, tls: &TlsSettings) -> bool {
    let way = Way { host: bare(host), port, security, ca_file: None, client: None };
    open_way(way, tls).await.is_ok()
}

async fn open_way(way: Way<'_>, tls: &TlsSettings) -> Result<Opened, Problem> {
    let Way { host, port, security, .. } = way;
    let stream = dial(host, port).await?;
    match security {
        Security::Tls => {
            let (stream, version) = protect(Box::new(stream), way, tls).await?;
            let mut connection = Connection::new(stream);
            let capabilities = greet(&mut connection).await?;
            Ok(Opened { connection, capabilities, step: format!("Connected to {host} with {version}") })
        }
        Security::StartTls => {
            let stream = start_tls(Box::new(stream)).await?;
            let (stream, version) = protect(stream, way, tls).await?;
            // Whatever was said before TLS may have been anyone's.
            let step = format!("Connected to {host} with {version} (STARTTLS)");
            Ok(Opened { connection: Connection::new(stream), capabilities: None, step })
        }
        Security::None => {
            let peer = stream.peer_addr().map_err(|error| Problem::Unreachable(error.kind()))?;
            if !is_this_machine(peer.ip()) {
                return Err(Problem::Unprotected);
            }
            let mut connection = Connection::new(Box::new(stream));
            let capabilities = greet(&mut connection).await?;
            let step = format!("Connected to {host} on this machine, without TLS");
            Ok(Opened { connection, capabilities, step })
        }
    }
}

/// Reads the greeting, which must ask for a login. Returns the capabilities in it.
pub(super) async fn greet(connection: &mut Connection) -> Result<Option<Vec<String>>, Problem> {
    let greeting = connection.greeting(GREETING_LIMIT).await;
    if let Err(CommandError::Lost(Loss::Unreadable(_))) = greeting {
        return Err(Problem::NotImap);
    }
    let greeting = greeting.map_err(Problem::from_command)?;
    match greeting {
        Greeting::Ok(Some(Code::Capability(list))) => Ok(Some(list)),
        Greeting::Ok(_) => Ok(None),
        Greeting::PreAuth => Err(Problem::PreAuth),
        Greeting::Bye { code, text } => Err(Problem::from_farewell(code.as_ref(), text)),
    }
}

/// Brings a plain connection to the point where TLS begins. See <https://nostarttls.secvuln.info/> for what can go wrong.
pub(super) async fn start_tls(stream: Box<dyn Stream>) -> Result<Box<dyn Stream>, Problem> {
    let mut connection = Connection::new(stream);
    greet(&mut connection).await?;
    match connection.command("STARTTLS", None, GREETING_LIMIT, drop).await {
        Ok(_) => connection.into_stream().ok_or(Problem::Injected),
        Err(CommandError::No { text, .. } | CommandError::Bad { text, .. }) => Err(Problem::NoStartTls(text)),
        Err(error) => Err(Problem::from_command(error)),
    }
}

async fn protect(
    stream: Box<dyn Stream>,
    way: Way<'_>,
    tls: &TlsSettings,
) -> Result<(Box<dyn Stream>, &'static str), Problem> {
    let handshake = tls.protect(stream, way.host, way.ca_file, way.client);
    let stream =
        timeout(HANDSHAKE_LIMIT, handshake).await.unwrap_or(Err(TlsError::Network(io::ErrorKind::TimedOut)))?;
    let version = tls::version(&stream);
    Ok((Box::new(stream), version))
}

/// Connects to the first address of `host` that answers.
pub(crate) async fn dial(host: &str, port: u16) -> Result<TcpStream, Problem> {
    let found = timeout(LOOKUP_LIMIT, lookup_host((host, port))).await;
    let addresses: Vec<SocketAddr> = match found {
        Ok(Ok(addresses)) => addresses.take(MAX_ADDRESSES).collect(),
        Ok(Err(_)) | Err(_) => return Err(Problem::UnknownHost),
    };
    let stream = first_to_answer(addresses).await?;
    // Commands are short and each waits for its answer.
    stream.set_nodelay(true).map_err(|error| Problem::Unreachable(error.kind()))?;
    Ok(stream)
}

/// Tries all addresses, each a little later than the one before: where IPv6 leads nowhere, IPv4 need not wait for it.
async fn first_to_answer(addresses: Vec<SocketAddr>) -> Result<TcpStream, Problem> {
    let mut attempts = JoinSet::new();
    let mut head_start = Duration::ZERO;
    for address in addresses {
        attempts.spawn(async move {
            sleep(head_start).await;
            timeout(DIAL_LIMIT, TcpStream::connect(address)).await
        });
        head_start = head_start.saturating_add(HEAD_START);
    }
    let mut problem = Problem::UnknownHost;
    while let Some(attempt) = attempts.join_next().await {
        problem = match attempt {
            Ok(Ok(Ok(stream))) => return Ok(stream),
            Ok(Ok(Err(error))) => refusal(error.kind()),
            Ok(Err(_)) => Problem::NoAnswer,
            Err(_) => problem,
        };
    }
    Err(problem)
}

fn refusal(kind: io::ErrorKind) -> Problem {
    if kind == io::ErrorKind::ConnectionRefused {
        return Problem::Refused;
    }
    if kind == io::ErrorKind::TimedOut { Problem::NoAnswer } else { Problem::Unreachable(kind) }
}

/// Whether what is sent there stays on this machine.
pub(crate) fn is_this_machine(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

/// Without the brackets that people write around IPv6 addresses, and the dot of absolute names.
pub(crate) fn bare(host: &str) -> &str {
    let host = host.trim();
    let inner = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    inner.strip_suffix('.').unwrap_or(inner)
}

#[cfg(test)]
mod tests;
