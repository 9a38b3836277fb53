//! Lists for the window: pages, outlines, rows in sight, what a server finds in the text of mail, and the senders of a
//! selection put on the lists at once.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use jiff::{Timestamp, ToSpan as _, tz::TimeZone};
use tamis_core::{
    UnixTime,
    api::{FoundText, ListQuery, MailId, NewListEntry, RefusedKind, Reply, Span},
    lists::{Kind, Side, What},
    mail::{Address, Domain},
};
use tokio::sync::oneshot;

use super::{Agent, account::Order, held, lists, requests::named};
use crate::{
    clock,
    store::{
        StoreError,
        views::{self, Wanted},
    },
    words::count,
};

/// What fits into one answer.
const MOST_ROWS: usize = 2_000;

/// How long an account that is busy may take before it is said that it could not be asked.
const PATIENCE: Duration = Duration::from_secs(45);

/// More of a text than anybody searches for.
const LONGEST_TEXT: usize = 400;

/// A text to be searched for in messages, by folder and its numbering: their numbers there.
#[derive(Debug, Default)]
pub(super) struct TextSearch {
    /// On one line.
    pub(super) text: String,
    /// Where to look.
    pub(super) places: BTreeMap<(String, u32), BTreeMap<u32, MailId>>,
}

/// A page of a list.
pub(super) async fn list(agent: &Agent, query: ListQuery, offset: u32, limit: u32) -> Result<Reply, StoreError> {
    let wanted = wanted(agent, query);
    let (rows, total) = agent.shared.store.run(move |db| views::list(db, &wanted, offset, limit)).await?;
    Ok(Reply::List { rows: rows.into_iter().map(|view| named(view.row)).collect(), total })
}

/// The numbers of a whole list.
pub(super) async fn outline(agent: &Agent, query: ListQuery) -> Result<Reply, StoreError> {
    let wanted = wanted(agent, query);
    Ok(Reply::Outline(agent.shared.store.run(move |db| views::outline(db, &wanted)).await?))
}

/// Rows of a list.
pub(super) async fn rows(agent: &Agent, ids: Vec<MailId>) -> Result<Reply, StoreError> {
    if MOST_ROWS < ids.len() {
        return Ok(no(format!("at most {MOST_ROWS} rows can be had at once"), RefusedKind::Person));
    }
    let rows = agent.shared.store.run(move |db| views::rows(db, &ids)).await?;
    Ok(Reply::Rows(rows.into_iter().map(|view| named(view.row)).collect()))
}

fn wanted(agent: &Agent, query: ListQuery) -> Wanted {
    let since = since(query.span, clock::now(), TimeZone::system());
    Wanted { since, junk_threshold: agent.shared.config().junk_threshold(), query }
}

/// When a span of days began, in that time zone.
fn since(span: Span, now: UnixTime, zone: TimeZone) -> Option<UnixTime> {
    let days = match span {
        Span::All => return None,
        Span::Today => 0,
        Span::Week => 6,
        Span::Month => 29,
    };
    let today = Timestamp::from_second(now.0).ok()?.to_zoned(zone);
    let first = today.checked_sub(days.days()).ok()?.start_of_day().ok()?;
    Some(UnixTime(first.timestamp().as_second()))
}

/// Has the account's server search the text of what the list shows without the search.
pub(super) async fn find_text(agent: &Agent, mut query: ListQuery, account: &str) -> Result<Reply, StoreError> {
    let Some(id) = held::number(agent, account) else { return Ok(held::no_account(account)) };
    let away = |name: &str| no(format!("the text of mail in {name} could not be searched"), RefusedKind::Outside);
    let Some((name, orders)) = agent.shared.orders_of(id) else { return Ok(away(account)) };
    let line: String = query.search.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let text = line.trim().to_owned();
    if text.is_empty() || LONGEST_TEXT < text.len() {
        return Ok(Reply::FoundText(FoundText::default()));
    }
    query.account.clone_from(&name);
    let wanted = wanted(agent, query);
    let mut places: BTreeMap<(String, u32), BTreeMap<u32, MailId>> = BTreeMap::new();
    for place in agent.shared.store.run(move |db| views::places(db, &wanted)).await? {
        let folder = (place.location.folder, place.location.uid_validity);
        places.entry(folder).or_default().insert(place.location.uid, place.mail);
    }
    if places.is_empty() {
        return Ok(Reply::FoundText(FoundText::default()));
    }
    let (reply, found) = oneshot::channel();
    let order = Order::FindText { search: TextSearch { text, places }, reply };
    if orders.try_send(order).is_err() {
        return Ok(away(&name));
    }
    Ok(match tokio::time::timeout(PATIENCE, found).await {
        Ok(Ok(found)) => Reply::FoundText(found),
        Ok(Err(_)) | Err(_) => away(&name),
    })
}

/// Puts the senders of these messages on the lists.
pub(super) async fn list_senders(
    agent: &Agent,
    ids: Vec<MailId>,
    side: &str,
    has_domain: bool,
) -> Result<Reply, StoreError> {
    let Some(side) = Side::from_word(side) else {
        return Ok(no(format!("`{side}` is neither accept nor block"), RefusedKind::Person));
    };
    let addresses = agent.shared.store.run(move |db| views::senders(db, &ids)).await?;
    let config = agent.shared.config();
    let own = config.accounts().iter().flat_map(|account| account.aliases.iter().chain([&account.address]));
    let own: BTreeSet<String> = own.map(|address| address.to_string().to_lowercase()).collect();
    let mut values = BTreeSet::new();
    let mut passed = Vec::new();
    for address in addresses {
        match value(&address, side, has_domain, &own) {
            Ok(value) => _ = values.insert(value),
            Err(why) => passed.push(why),
        }
    }
    if values.is_empty() {
        let why = passed.into_iter().next().unwrap_or_else(|| "these messages have no sender".to_owned());
        return Ok(no(why, RefusedKind::Person));
    }
    let kind = if has_domain { Kind::Domain } else { Kind::Address };
    let noun = if has_domain { "domain" } else { "sender" };
    let senders = count(values.len(), noun);
    let (is_one, is_passed) = (values.len() == 1, passed.len());
    let entry = |value| NewListEntry {
        side: side.word().to_owned(),
        kind: kind.word().to_owned(),
        value,
        ..NewListEntry::default()
    };
    let reply = lists::add(agent, values.into_iter().map(entry).collect(), false).await?;
    let Reply::Done { text, undo } = reply else { return Ok(reply) };
    let deed = match side {
        Side::Accept => "accepted",
        Side::Block => "blocked",
    };
    let text = match (is_one, undo) {
        (true, _) => text,
        (false, Some(_)) => format!("mail from {senders} is always {deed} from now on"),
        (false, None) => format!("mail from {senders} is always {deed} already"),
    };
    let text = if is_passed == 0 { text } else { format!("{text}; {} passed over", count(is_passed, "sender")) };
    Ok(Reply::Done { text, undo })
}

/// What stands for a sender on the lists, or why nothing can.
fn value(address: &str, side: Side, has_domain: bool, own: &BTreeSet<String>) -> Result<String, String> {
    let parsed =
        Address::parse(address).ok_or_else(|| "a message without a sender's address cannot be listed".to_owned())?;
    if side == Side::Block && own.contains(&address.to_lowercase()) {
        return Err(format!("{address} is your own address"));
    }
    let is_own = |own: &String| Address::parse(own).is_some_and(|own| own.domain.is_within(&parsed.domain));
    if side == Side::Block && has_domain && own.iter().any(is_own) {
        return Err(format!("your own address is at {}, so it cannot be blocked as a whole", parsed.domain));
    }
    if has_domain && everybodys(&parsed.domain) {
        return Err(format!("anybody can have an address at {}, so it cannot be listed as a whole", parsed.domain));
    }
    let (kind, value) =
        if has_domain { (Kind::Domain, parsed.domain.to_string()) } else { (Kind::Address, parsed.to_string()) };
    let what = What::parse(kind, &value)?;
    what.check(side)?;
    Ok(what.value())
}

fn everybodys(domain: &Domain) -> bool {
    tamis_core::is_freemail(domain) || domain.is_public_suffix()
}

fn no(text: String, kind: RefusedKind) -> Reply {
    Reply::Refused { text, kind }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Wednesday, 1 April 2026, 10:30 in Berlin, three days after the clocks were put forward.
    const NOW: UnixTime = UnixTime(1_775_032_200);

    #[test]
    fn spans_begin_at_midnight_also_where_the_clocks_were_changed() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let ago = |span| since(span, NOW, zone.clone()).map(|since| NOW.0 - since.0);
        let (hour, half) = (3_600, 1_800);
        assert_eq!(ago(Span::All), None);
        assert_eq!(ago(Span::Today), Some(10 * hour + half));
        assert_eq!(ago(Span::Week), Some(6 * 24 * hour + 9 * hour + half));
        assert_eq!(ago(Span::Month), Some(29 * 24 * hour + 9 * hour + half));
    }

    #[test]
    fn nobody_blocks_themselves_or_lists_what_is_everybodys() {
        let own = BTreeSet::from(["me@example.org".to_owned()]);
        let said = |address, side, has_domain| value(address, side, has_domain, &own);
        assert_eq!(said("Ann@Shop.Example.com", Side::Accept, false), Ok("ann@shop.example.com".to_owned()));
        assert_eq!(said("ann@shop.example.com", Side::Block, true), Ok("shop.example.com".to_owned()));
        assert!(said("ME@example.org", Side::Block, false).unwrap_err().contains("your own"));
        assert!(said("boss@example.org", Side::Block, true).unwrap_err().contains("your own"));
        assert_eq!(said("boss@example.org", Side::Accept, true), Ok("example.org".to_owned()));
        assert_eq!(said("boss@example.org", Side::Block, false), Ok("boss@example.org".to_owned()));
        for side in [Side::Accept, Side::Block] {
            for address in ["ann@gmail.com", "ann@co.uk", "ann@github.io"] {
                assert!(said(address, side, true).unwrap_err().contains("anybody"), "{address}");
            }
        }
        assert!(said("", Side::Block, false).is_err());
    }
}
