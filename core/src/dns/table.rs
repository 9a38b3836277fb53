//! Reads the table of lists in `assets/lists/dns_lists.txt`.

use super::lists::{Code, Codes, DnsList, Meaning};
use crate::symbol::{SymbolInfo, Words};

const TABLE: &str = include_str!("../../../assets/lists/dns_lists.txt");

/// All lists of the table, and their symbols. A line that cannot be read is left out; a test sees to it that there is none.
pub(super) fn read() -> (Vec<DnsList>, Vec<SymbolInfo>, Vec<&'static str>) {
    let (mut lists, mut symbols, mut odd) = (Vec::<DnsList>::new(), Vec::new(), Vec::new());
    let lines = TABLE.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    for line in lines {
        let (key, value) = line.split_once(' ').unwrap_or((line, ""));
        if key == "list" {
            lists.push(DnsList { id: Words::new(value), ..DnsList::default() });
            continue;
        }
        if lists.last_mut().and_then(|list| entry(list, key, value.trim(), &mut symbols)).is_none() {
            odd.push(line);
        }
    }
    (lists, symbols, odd)
}

/// Takes a line into its list, and the symbol it brings along into `symbols`. `None`: it makes no sense.
fn entry(list: &mut DnsList, key: &str, value: &'static str, symbols: &mut Vec<SymbolInfo>) -> Option<()> {
    match key {
        "zone" => list.zone = Words::new(value),
        "name" => list.name = Words::new(value),
        "of" => {
            for word in value.split(' ') {
                match word {
                    "addresses" => list.has_addresses = true,
                    "domains" => list.has_domains = true,
                    _ => return None,
                }
            }
        }
        "on" => list.is_usual = true,
        "key" => list.key_zone = Some(Words::new(value)),
        "page" => list.page = Words::new(value),
        "terms" => list.terms = Words::new(value),
        "refused" => list.refused = value.split(' ').map(Codes::parse).collect::<Option<_>>()?,
        "listed" => list.listed = Some(Words::new(value)),
        "never" => list.never = Some(Words::new(value)),
        "code" | "bits" | "mild-code" | "mild-bits" => {
            let (written, rest) = value.split_once(' ')?;
            let code = match key {
                "code" | "mild-code" => Code::Numbers(Codes::parse(written)?),
                _ => Code::Bits(written.parse().ok()?),
            };
            let info = info(rest)?;
            let (symbol, about) = (info.symbol(), Words::new(info.about));
            list.meanings.push(Meaning { code, symbol, about, is_mild: key.starts_with("mild") });
            symbols.push(info);
        }
        "sender" => {
            let info = info(value)?;
            list.sender = Some((info.symbol(), Words::new(info.about)));
            symbols.push(info);
        }
        _ => return None,
    }
    Some(())
}

fn info(text: &'static str) -> Option<SymbolInfo> {
    let (name, about) = text.split_once(' ')?;
    Some(SymbolInfo::new(name, about))
}
