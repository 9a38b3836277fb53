//! `welcomelist_from` and its kin in SpamAssassin's settings (`Mail::SpamAssassin::Conf`).

use super::Imported;
use crate::lists::{Draft, Kind, Side, What};

/// Whether there is a line of a list in the text.
pub(super) fn is_of_it(text: &str) -> bool {
    text.lines().any(|line| directive(line).is_some_and(|(name, _)| is_list(&name)))
}

/// Takes what is of a list. Everything else in such a file is for others.
pub(super) fn read(text: &str, imported: &mut Imported) {
    for (number, line) in (1..).zip(text.lines()) {
        let Some((name, value)) = directive(line).filter(|(name, _)| is_list(name)) else { continue };
        match name.as_str() {
            "welcomelist_from" => addresses(number, Side::Accept, value, imported),
            "blocklist_from" => addresses(number, Side::Block, value, imported),
            "welcomelist_from_rcvd" | "def_welcomelist_from_rcvd" => {
                imported.take(number, from_host(value));
            }
            _ => imported.take(number, Err(format!("{name} is nothing that Tamis has a list for"))),
        }
    }
}

/// Name and value of a line; names from before SpamAssassin 4.0 as they are called now.
fn directive(line: &str) -> Option<(String, &str)> {
    let line = line.split('#').next().unwrap_or_default().trim();
    let (name, value) = line.split_once(char::is_whitespace)?;
    let name = name.to_ascii_lowercase().replace("whitelist", "welcomelist").replace("blacklist", "blocklist");
    Some((name, value.trim()))
}

fn is_list(name: &str) -> bool {
    name.contains("welcomelist_") || name.contains("blocklist_")
}

fn addresses(number: usize, side: Side, value: &str, imported: &mut Imported) {
    for address in value.split_whitespace() {
        let what = What::parse(Kind::Address, address);
        imported.take(number, what.map(|what| Draft::new(side, what)));
    }
}

/// `ann@example.org relay.example.net`.
fn from_host(value: &str) -> Result<Draft, String> {
    let (address, host) = value.split_once(char::is_whitespace).ok_or("an address and a host belong on this line")?;
    let what = What::parse(Kind::Address, &format!("{address} via {}", host.trim()))?;
    Ok(Draft::new(Side::Accept, what))
}
