//! `account add` without `--host`: the server that is found, shown and agreed to.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use tamis_core::{
    api::{FoundServer, FoundServers},
    mail::Address,
};

use super::{Failure, out::Out};
use crate::words::{because, lines, one_line};

/// The server to use, out of those that were found. `is_agreed`: the person has said before that it will do.
pub(super) fn chosen(
    address: &Address,
    found: FoundServers,
    is_agreed: bool,
    out: &mut Out,
) -> Result<FoundServer, Failure> {
    if found.is_hopeless {
        return Err(Failure::person(found.advice));
    }
    let mut servers = found.servers.into_iter();
    let Some(server) = servers.next() else {
        let text = format!(
            "no server was found for {}: name it with --host. Its administrator knows it, and so does a mail program that \
             reads this mail already",
            address.domain
        );
        return Err(Failure::person(text));
    };
    out.line(format_args!("  {}: {}", written(&server), one_line(&server.source)))?;
    for other in servers {
        out.remark(format_args!("another that could be named with --host: {}, as {}", written(&other), other.source));
    }
    if !found.advice.is_empty() {
        out.remark(lines(&found.advice));
    }
    if server.is_of_provider || is_agreed {
        return Ok(server);
    }
    if server.is_elsewhere {
        out.remark(format_args!("this server is not under {}: go on only if you know its name", address.domain));
    }
    if !io::stdin().is_terminal() {
        let text = format!("say --yes if {} is right, or name another server with --host", one_line(&server.host));
        return Err(Failure::person(text));
    }
    if agrees(&server)? { Ok(server) } else { Err(Failure::person("nothing is changed; name the server with --host")) }
}

fn written(server: &FoundServer) -> String {
    format!("{}:{} ({})", one_line(&server.host), server.port, one_line(&server.security))
}

fn agrees(server: &FoundServer) -> Result<bool, Failure> {
    let failed = |error: io::Error| Failure::outside(format!("cannot ask: {}", because(&error)));
    let mut terminal = io::stderr().lock();
    write!(terminal, "Is {} the right server? [y/N] ", one_line(&server.host)).map_err(failed)?;
    terminal.flush().map_err(failed)?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).map_err(failed)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}
