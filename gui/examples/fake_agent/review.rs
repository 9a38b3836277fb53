//! Lists of pretended mail.

use std::collections::BTreeMap;

use jiff::Timestamp;
use tamis_core::api::{
    FoundText, Grouping, ListOrder, ListQuery, MailGroup, MailId, MailRow, NewListEntry, Outline, Span,
};

/// Where spam begins.
const JUNK: f64 = 5.0;

/// What a question is answered with, of the rows that its list shows.
pub(crate) fn found<'a>(rows: impl Iterator<Item = &'a MailRow>, query: &ListQuery) -> Vec<&'a MailRow> {
    let search = query.search.to_lowercase();
    let days = match query.span {
        Span::All => 36_500,
        Span::Today => 1,
        Span::Week => 7,
        Span::Month => 30,
    };
    let since = Timestamp::now().as_second() - days * 86_400;
    let is_meant = |row: &&MailRow| {
        let text = format!("{} {} {}", row.from_name, row.from_address, row.subject).to_lowercase();
        (text.contains(&search) || query.also.contains(&row.id))
            && (query.class.is_empty() || query.class == row.class)
            && (query.account.is_empty() || query.account == row.account)
            && since <= row.received_at
    };
    let mut found: Vec<&MailRow> = rows.filter(is_meant).collect();
    if query.order == ListOrder::MostDoubtful {
        found.sort_by(|a, b| (a.score - JUNK).abs().total_cmp(&(b.score - JUNK).abs()));
    }
    found
}

pub(crate) fn outline(found: &[&MailRow], grouping: Grouping) -> Outline {
    let mut held: BTreeMap<String, Vec<MailId>> = BTreeMap::new();
    for row in found.iter().filter(|row| row.is_held) {
        held.entry(row.account.clone()).or_default().push(row.id);
    }
    let mut groups: Vec<(MailGroup, Vec<MailId>)> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for row in found {
        let (key, title, address) = match grouping {
            Grouping::None => continue,
            Grouping::Sender => (row.from_address.clone(), row.from_name.clone(), row.from_address.clone()),
            Grouping::Reason => (row.reasons.concat(), row.reasons.concat(), String::new()),
        };
        let place = *places.entry(key.clone()).or_insert(groups.len());
        if place == groups.len() {
            groups.push((MailGroup { key, title, address, count: 0 }, Vec::new()));
        }
        if let Some((group, ids)) = groups.get_mut(place) {
            group.count += 1;
            ids.push(row.id);
        }
    }
    let ids = match grouping {
        Grouping::None => found.iter().map(|row| row.id).collect(),
        Grouping::Sender | Grouping::Reason => groups.iter().flat_map(|(_, ids)| ids.clone()).collect(),
    };
    Outline { ids, groups: groups.into_iter().map(|(group, _)| group).collect(), held }
}

/// What a server would find in the text: here, every seventh message of what is asked about.
pub(crate) fn text(rows: &[&MailRow]) -> FoundText {
    FoundText { ids: rows.iter().step_by(7).map(|row| row.id).collect(), unseen: 0 }
}

/// Entries for the senders of these messages, each once.
pub(crate) fn entries(rows: &[MailRow], ids: &[MailId], side: &str, has_domain: bool) -> Vec<NewListEntry> {
    let mut values: Vec<String> =
        rows.iter().filter(|row| ids.contains(&row.id)).map(|row| row.from_address.clone()).collect();
    if has_domain {
        values = values.iter().filter_map(|value| Some(value.split_once('@')?.1.to_owned())).collect();
    }
    values.sort();
    values.dedup();
    let kind = if has_domain { "domain" } else { "address" };
    let entry = |value| NewListEntry { side: side.to_owned(), kind: kind.to_owned(), value, ..NewListEntry::default() };
    values.into_iter().map(entry).collect()
}
