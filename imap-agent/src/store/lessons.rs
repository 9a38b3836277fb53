//! All lessons together: looked through, taken in from another store, and made anew when other tokens are made of mail.

use std::ops::ControlFlow;

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use tamis_core::{
    UnixTime,
    learn::{Features, Label},
};

use super::{
    AccountId, Key, StoreError,
    ids::{optional_label, word},
    reputation, training,
    transaction::{Fault, read, write},
    unlearned,
};

/// A lesson in force, with all that is kept of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptLesson {
    /// The message's content.
    pub key: Key,
    /// What it is.
    pub label: Label,
    /// Its tokens, encoded.
    pub tokens: Vec<u8>,
    /// How the lesson came: `file`, `review`, `move`, `keyword`, `server`, `bootstrap`, `undo`.
    pub source: String,
    /// When.
    pub at: UnixTime,
    /// [`Features::VERSION`] of the engine that made the tokens.
    pub version: u32,
}

/// What became of lessons from elsewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Learned: nothing was known of these messages.
    pub learned: usize,
    /// Known with the same label.
    pub known: usize,
    /// Known with the same label, but only now with tokens that this engine understands.
    pub renewed: usize,
    /// Known with another label or taken back, but earlier: learned instead.
    pub newer: usize,
    /// The same, but later: they stay as they are.
    pub older: usize,
    /// Taken in, but made by an older engine: they do not count yet.
    pub outdated: usize,
}

impl Imported {
    /// Whether the learner has anything to follow.
    pub const fn has_changed(&self) -> bool {
        0 < self.learned + self.renewed + self.newer
    }
}

/// Lessons whose tokens an older engine made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outdated {
    /// Of these messages the archive has the original, in that account.
    pub kept: Vec<(Key, AccountId)>,
    /// So many have none.
    pub without: usize,
}

/// Gives every lesson in force to `visit`, oldest message first, until it breaks off. `has_versions` is whether the
/// database knows of versions at all.
pub(super) fn each(
    db: &Connection,
    has_versions: bool,
    visit: &mut dyn FnMut(KeptLesson) -> ControlFlow<()>,
) -> Result<(), StoreError> {
    let select = if has_versions {
        "SELECT content_key, label, tokens, source, at, version FROM training WHERE label <> '' ORDER BY id"
    } else {
        "SELECT content_key, label, tokens, source, at, 1 FROM training WHERE label <> '' ORDER BY id"
    };
    let mut visit_all = || {
        let mut find = db.prepare(select)?;
        let mut rows = find.query(())?;
        while let Some(row) = rows.next()? {
            let lesson = KeptLesson {
                key: row.get(0)?,
                label: word(row, 1, Label::from_word)?,
                tokens: row.get(2)?,
                source: row.get(3)?,
                at: UnixTime(row.get(4)?),
                version: row.get(5)?,
            };
            if visit(lesson).is_break() {
                break;
            }
        }
        Ok(())
    };
    read("read the lessons", visit_all())
}

/// Takes lessons from elsewhere in, all of them or none: behind those that are here, in the order in which they come. Of two
/// that differ about a message the newer one holds. An error among `lessons` ends it.
pub fn import(
    db: &mut Connection,
    lessons: impl Iterator<Item = Result<KeptLesson, String>>,
) -> Result<Imported, StoreError> {
    write(db, "store lessons", |tx| {
        let mut imported = Imported::default();
        for lesson in lessons {
            let lesson = lesson.map_err(|why| Fault::Refused(StoreError::Unread(why)))?;
            take(tx, &lesson, &mut imported)?;
        }
        Ok(imported)
    })
}

fn take(tx: &Transaction<'_>, lesson: &KeptLesson, imported: &mut Imported) -> rusqlite::Result<()> {
    let KeptLesson { key, label, tokens, source, at, version } = lesson;
    let known = tx
        .prepare_cached("SELECT label, at FROM training WHERE content_key = ?1")?
        .query_row([key], |row| Ok((word(row, 0, optional_label)?, row.get::<_, i64>(1)?)))
        .optional()?;
    // Tokens are of the message, whatever is said of it: the newest are the best.
    let has_new_tokens = 0 < replace_tokens(tx, *key, tokens, *version)?;
    let is_taken = match known {
        Some((here, _)) if here == Some(*label) => {
            *(if has_new_tokens { &mut imported.renewed } else { &mut imported.known }) += 1;
            has_new_tokens
        }
        Some((here, since)) if at.0 <= since => {
            imported.older += 1;
            imported.renewed += usize::from(has_new_tokens && here.is_some());
            false
        }
        None => {
            let insert = "INSERT INTO training (content_key, label, tokens, source, at, version) \
                          VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
            tx.prepare_cached(insert)?.execute(params![key, label.word(), tokens, source, at.0, version])?;
            imported.learned += 1;
            true
        }
        Some((here, since)) => {
            if here.is_none() {
                training::move_behind(tx, *key)?;
            }
            let update = "UPDATE training SET label = ?2, source = ?3, at = ?4 WHERE content_key = ?1";
            tx.prepare_cached(update)?.execute(params![key, label.word(), source, at.0])?;
            // What was forgotten with everything else says nothing against the lesson.
            let is_forgotten = here.is_none() && since == unlearned::LONG_AGO;
            *(if is_forgotten { &mut imported.learned } else { &mut imported.newer }) += 1;
            true
        }
    };
    reputation::follow(tx, *key)?;
    if is_taken {
        let find = "SELECT version < ?2 FROM training WHERE content_key = ?1";
        let is_outdated: bool = tx.prepare_cached(find)?.query_row((key, Features::VERSION), |row| row.get(0))?;
        imported.outdated += usize::from(is_outdated);
    }
    Ok(())
}

/// The lessons in force that an older engine made the tokens of.
pub fn outdated(db: &Connection) -> Result<Outdated, StoreError> {
    let find = "SELECT content_key, (SELECT original.account_id FROM account CROSS JOIN original
            ON original.account_id = account.id AND original.content_key = training.content_key LIMIT 1)
        FROM training INDEXED BY training_version WHERE version < ?1 AND label <> ''";
    let find_all = || {
        let mut found = Outdated::default();
        let mut find = db.prepare(find)?;
        let mut rows = find.query([Features::VERSION])?;
        while let Some(row) = rows.next()? {
            match row.get::<_, Option<i64>>(1)? {
                Some(account) => found.kept.push((row.get(0)?, AccountId(account))),
                None => found.without += 1,
            }
        }
        Ok(found)
    };
    read("look for older lessons", find_all())
}

/// Stores tokens that this engine has made of messages that were learned before, in one step. Returns of how many they were
/// still missing. The learner has to be made anew.
pub fn renew(db: &mut Connection, made: &[(Key, Vec<u8>)]) -> Result<usize, StoreError> {
    write(db, "renew lessons", |tx| {
        let mut renewed = 0;
        for (key, tokens) in made {
            renewed += replace_tokens(tx, *key, tokens, Features::VERSION)?;
        }
        Ok(renewed)
    })
}

fn replace_tokens(tx: &Transaction<'_>, key: Key, tokens: &[u8], version: u32) -> rusqlite::Result<usize> {
    tx.prepare_cached("UPDATE training SET tokens = ?2, version = ?3 WHERE content_key = ?1 AND version < ?3")?
        .execute(params![key, tokens, version])
}

#[cfg(test)]
mod tests;
