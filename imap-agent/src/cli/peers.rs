//! `peers`: whom the person writes to, as far as Tamis knows, and what that is worth today.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use clap::Subcommand;
use serde::Serialize;
use tamis_core::{UnixTime, api::Request, mail::Address, reputation::Peer};

use super::{Backend, Failure, out::Out, review, running_agent, table::table};
use crate::{clock, paths::Home, store::peers::Listed, vcard, words::count};

pub(super) const EXAMPLES: &str = "Examples:
  tamis-agent peers
  tamis-agent peers --json
  tamis-agent peers import contacts.vcf
  tamis-agent peers add kim@example.net
  tamis-agent peers remove shop@example.com

Whoever you write to is a peer, and above all whoever you answer: what is of a peer is never
filed. The standing goes from 0 to 1, grows with each message you send and is halved every two
years. From 0.2 on it decides. It counts only for mail that is proven to be of that sender.";

const IMPORT_EXAMPLES: &str = "Example:
  tamis-agent peers import contacts.vcf

Takes the addresses from an address book that another program has written as a vCard file (.vcf).
Only the addresses are kept.";

/// Larger files are no address books without pictures; those with pictures may be large.
const MOST_BYTES: u64 = 256 << 20;

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct PeersArgs {
    /// One JSON object a line instead of a table
    #[arg(long)]
    json: bool,

    #[command(subcommand)]
    command: Option<PeersCommand>,
}

#[derive(Debug, Subcommand)]
enum PeersCommand {
    /// Take in an address book: everybody in it is a peer
    #[command(after_help = IMPORT_EXAMPLES)]
    Import {
        /// A vCard file
        file: PathBuf,
    },
    /// Name peers yourself
    #[command(after_help = "Example:\n  tamis-agent peers add kim@example.net lee@example.com")]
    Add {
        /// Their addresses
        #[arg(required = true, value_name = "ADDRESS")]
        addresses: Vec<String>,
    },
    /// Forget a peer, until you write there again
    #[command(after_help = "Example:\n  tamis-agent peers remove shop@example.com")]
    Remove {
        /// The address
        address: String,
    },
}

pub(super) fn peers(home: &Home, args: &PeersArgs, backend: &dyn Backend, out: &mut Out) -> Result<(), Failure> {
    match &args.command {
        None => show(home, args.json, backend, out),
        Some(PeersCommand::Import { file }) => {
            let found = vcard::addresses(&read(file)?);
            if found.is_empty() {
                return Err(Failure::person(format!("there is no address in {}", file.display())));
            }
            import(home, found, backend, out)
        }
        Some(PeersCommand::Add { addresses }) => {
            let addresses: Result<Vec<Address>, Failure> = addresses.iter().map(|text| address(text)).collect();
            add(home, &addresses?, backend, out)
        }
        Some(PeersCommand::Remove { address: text }) => {
            let address = address(text)?;
            match running_agent(home)? {
                Some(mut agent) => review::say(agent.call(Request::ForgetPeer(address.to_string()))?, out),
                None => out.line(backend.forget_peer(home, &address)?),
            }
        }
    }
}

/// Who is in the address book stays as they are: a file does not say anew that somebody is a peer whom the person refused.
fn import(home: &Home, found: Vec<Address>, backend: &dyn Backend, out: &mut Out) -> Result<(), Failure> {
    let listed = backend.peers(home)?;
    let is_listed = |listed: &Listed| listed.peer.listed_at.is_some();
    let known: BTreeSet<String> = listed.into_iter().filter(is_listed).map(|listed| listed.address).collect();
    let new: Vec<Address> =
        found.into_iter().filter(|address| !known.contains(&address.to_string().to_ascii_lowercase())).collect();
    if new.is_empty() {
        return out.line("everybody in it is in the address book already");
    }
    add(home, &new, backend, out)
}

fn add(home: &Home, addresses: &[Address], backend: &dyn Backend, out: &mut Out) -> Result<(), Failure> {
    match running_agent(home)? {
        Some(mut agent) => {
            let addresses = addresses.iter().map(ToString::to_string).collect();
            review::say(agent.call(Request::AddPeers(addresses))?, out)
        }
        None => out.line(backend.add_peers(home, addresses)?),
    }
}

fn address(text: &str) -> Result<Address, Failure> {
    Address::parse(text).ok_or_else(|| Failure::person(format!("{text:?} is not an address")))
}

fn read(file: &Path) -> Result<String, Failure> {
    let failed = |err| Failure::person(format!("cannot read {}: {err}", file.display()));
    if MOST_BYTES < std::fs::metadata(file).map_err(failed)?.len() {
        return Err(Failure::person(format!("{} is too large for an address book", file.display())));
    }
    std::fs::read(file).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).map_err(failed)
}

/// One line of JSON.
#[derive(Serialize)]
struct Row<'a> {
    address: &'a str,
    standing: f64,
    written: u32,
    replied: u32,
    last_written: Option<i64>,
    in_address_book: bool,
}

fn show(home: &Home, json: bool, backend: &dyn Backend, out: &mut Out) -> Result<(), Failure> {
    let now = clock::now();
    let mut listed = backend.peers(home)?;
    listed.sort_by(|a, b| b.peer.standing(now).total_cmp(&a.peer.standing(now)));
    if json {
        return listed.iter().try_for_each(|listed| out.json(&row(listed, now)));
    }
    if listed.is_empty() {
        return out.line("no peers are known yet; Tamis reads from the folder of sent mail whom you write to");
    }
    let deciding = listed.iter().filter(|listed| Peer::DECIDES <= listed.peer.standing(now)).count();
    let rows: Vec<Vec<String>> = listed.iter().map(|listed| cells(listed, now)).collect();
    let head = ["Standing", "Written", "Answered", "Last", "Address"];
    table(&head, &rows).into_iter().try_for_each(|line| out.line(line))?;
    out.line(format!("\n{}; the mail of {deciding} is never filed", count(listed.len(), "peer")))
}

fn row(listed: &Listed, now: UnixTime) -> Row<'_> {
    let Listed { address, peer } = listed;
    Row {
        address,
        standing: (peer.standing(now) * 1000.0).round() / 1000.0,
        written: peer.written,
        replied: peer.replied,
        last_written: peer.last_written.map(|at| at.0),
        in_address_book: peer.listed_at.is_some(),
    }
}

fn cells(listed: &Listed, now: UnixTime) -> Vec<String> {
    let peer = &listed.peer;
    vec![
        format!("{:.2}", peer.standing(now)),
        peer.written.to_string(),
        peer.replied.to_string(),
        peer.last_written.map_or_else(|| "address book".to_owned(), |at| review::time(at.0)),
        listed.address.clone(),
    ]
}
