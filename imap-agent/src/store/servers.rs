//! By which servers mail comes into an account, so that it is known whose word about the way of a message can be believed.

use rusqlite::{Connection, params};
use tamis_core::mail::{Domain, Passage, Seen, learned};

use super::{
    AccountId, StoreError,
    transaction::{read, write},
};

/// What a server does.
const TAKES: &str = "takes";
const HANDS_IN: &str = "hands in";

/// So many sightings are kept of what servers of an account do. By then it is clear which are its own.
const MOST: u32 = 400;

/// Notes by which servers a message of that author's domain came. Returns whether anything was new in that.
pub fn note(db: &mut Connection, account: AccountId, passage: &Passage, author: &Domain) -> Result<bool, StoreError> {
    let seen = [(TAKES, &passage.taken_by), (HANDS_IN, &passage.handed_in_by)];
    let author = author.as_str();
    let mut is_news = false;
    for (part, domain) in seen {
        let Some(domain) = domain else { continue };
        let find =
            "SELECT EXISTS (SELECT 1 FROM server WHERE account_id = ?1 AND part = ?2 AND domain = ?3 AND author = ?4)
                OR ?5 <= (SELECT count(*) FROM server WHERE account_id = ?1 AND part = ?2)";
        let known = db.prepare_cached(find).and_then(|mut find| {
            find.query_row(params![account, part, domain.as_str(), author, MOST], |row| row.get(0))
        });
        if read("read by which servers mail comes", known)? {
            continue;
        }
        is_news = true;
        write(db, "store by which server mail came", |tx| {
            tx.execute(
                "INSERT INTO server (account_id, part, domain, author) VALUES (?1, ?2, ?3, ?4)",
                params![account, part, domain.as_str(), author],
            )?;
            Ok(())
        })?;
    }
    Ok(is_news)
}

/// The domains of the servers that are the account's own, or stand before them, as its mail has shown.
pub fn own(db: &Connection, account: AccountId) -> Result<Vec<Domain>, StoreError> {
    let seen = |part: &str| {
        let find =
            "SELECT domain, count(*) FROM server WHERE account_id = ?1 AND part = ?2 GROUP BY domain ORDER BY domain";
        let mut find = db.prepare_cached(find)?;
        let rows = find.query_map(params![account, part], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?;
        rows.collect::<rusqlite::Result<Vec<(String, u32)>>>()
    };
    let found = seen(TAKES).and_then(|takes| Ok((takes, seen(HANDS_IN)?)));
    let (takes, hands_in) = read("read by which servers mail comes", found)?;
    let seen = |rows: Vec<(String, u32)>| {
        let rows =
            rows.into_iter().filter_map(|(domain, authors)| Some(Seen { domain: Domain::parse(&domain)?, authors }));
        rows.collect::<Vec<_>>()
    };
    Ok(learned(&seen(takes), &seen(hands_in)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::fresh;

    fn passage(taken_by: &str, handed_in_by: &str) -> Passage {
        Passage { taken_by: Domain::parse(taken_by), handed_in_by: Domain::parse(handed_in_by) }
    }

    #[test]
    fn a_server_is_the_accounts_own_once_the_mail_of_many_shows_it() {
        let (mut db, robin) = fresh();
        for number in 0..10 {
            assert_eq!(own(&db, robin).unwrap(), [], "{number}");
            let author = Domain::parse(&format!("a{number}.example")).unwrap();
            assert!(note(&mut db, robin, &passage("mx.example", ""), &author).unwrap());
            // The same author says nothing new, however often.
            assert!(!note(&mut db, robin, &passage("mx.example", ""), &author).unwrap());
        }
        assert_eq!(own(&db, robin).unwrap(), [Domain::parse("mx.example").unwrap()]);
    }

    #[test]
    fn what_is_kept_has_an_end() {
        let (mut db, robin) = fresh();
        for number in 0..MOST + 50 {
            let author = Domain::parse(&format!("a{number}.example")).unwrap();
            note(&mut db, robin, &passage("mx.example", "relay.example"), &author).unwrap();
        }
        let kept: u32 = db.query_row("SELECT count(*) FROM server", (), |row| row.get(0)).unwrap();
        assert_eq!(kept, 2 * MOST);
        assert_eq!(own(&db, robin).unwrap().len(), 2);
    }
}
