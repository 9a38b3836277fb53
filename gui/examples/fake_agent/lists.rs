//! The lists of the pretended agent.

use jiff::Timestamp;
use tamis_core::api::{ListEntry, NewListEntry, Reply};

/// Some entries, one of which was contradicted.
pub(crate) fn some() -> Vec<ListEntry> {
    let now = Timestamp::now().as_second();
    let of = |(id, side, kind, value, hits): (i64, &str, &str, &str, u32)| ListEntry {
        id,
        side: side.to_owned(),
        kind: kind.to_owned(),
        value: value.to_owned(),
        account: String::new(),
        note: String::new(),
        origin: "person".to_owned(),
        is_on: true,
        why_off: String::new(),
        hits,
        last_hit_at: if hits == 0 { 0 } else { now - 86_400 * id },
    };
    let entries = [
        (1, "accept", "address", "camille@atelier-lumea.example", 41),
        (2, "block", "domain", "replica-hub.example", 17),
        (3, "block", "phrase", "lottery winner", 3),
        (5, "block", "file", "*.iso", 1),
        (6, "block", "language", "eo", 0),
    ];
    let choir = of((8, "accept", "address", "*@kolo-praha.example", 0));
    let contradicted = of((9, "block", "domain", "newsletter.example", 2));
    let why_off = "You said of message 17, which it had blocked, that it is good".to_owned();
    let apart = [
        ListEntry { note: "the choir".to_owned(), origin: "import".to_owned(), ..choir },
        ListEntry { is_on: false, why_off, ..contradicted },
    ];
    entries.into_iter().map(of).chain(apart).collect()
}

/// Those after a number, in parts as the agent gives them.
pub(crate) fn after(entries: &[ListEntry], number: i64) -> Reply {
    Reply::Entries(entries.iter().filter(|entry| number < entry.id).take(5).cloned().collect())
}

/// Keeps new ones.
pub(crate) fn add(entries: &mut Vec<ListEntry>, new: Vec<NewListEntry>) -> String {
    for entry in new {
        let id = entries.last().map_or(1, |last| last.id + 1);
        let NewListEntry { side, kind, value, account, note, is_off } = entry;
        let origin = "person".to_owned();
        let (why_off, is_on) = (String::new(), !is_off);
        entries.push(ListEntry {
            id,
            side,
            kind,
            value,
            account,
            note,
            origin,
            is_on,
            why_off,
            hits: 0,
            last_hit_at: 0,
        });
    }
    let last = entries.last().unwrap();
    format!("from now on you always {} {} (entry {})", last.side, last.value, last.id)
}
