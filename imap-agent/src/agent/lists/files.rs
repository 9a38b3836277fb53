//! The lists as files: taken in as one change that can be undone, and written.

use std::{fs, path::Path};

use tamis_core::{
    api::{RefusedKind, Reply},
    lists::{self, Draft},
};
use tokio::task::spawn_blocking;

use super::{changed, read_draft, stored_draft};
use crate::{
    agent::Agent,
    cli::{Failure, write_file},
    clock, paths,
    store::{
        StoreError,
        lists::{self as stored, Added, Origin},
    },
    words::{because, count, one_line},
};

/// A file of lists is not larger.
const MOST_BYTES: u64 = 64 << 20;

/// So many lines that were not taken are named.
const MOST_NAMED: usize = 3;

/// Takes entries from a file.
pub(in crate::agent) async fn import(agent: &Agent, path: &str) -> Result<Reply, StoreError> {
    let file = match paths::of_person(path, NAME) {
        Ok(file) => file,
        Err(why) => return Ok(refused(why)),
    };
    let shown = file.display().to_string();
    let lists::Imported { drafts, mut skipped } = match spawn_blocking(move || drafts_of(&file)).await {
        Ok(Ok(imported)) => imported,
        Ok(Err(why)) => return Ok(refused(why)),
        Err(_) => return Err(StoreError::Panicked),
    };
    let mut entries = Vec::new();
    for draft in &drafts {
        match read_draft(agent, draft) {
            Ok(entry) => entries.push(entry),
            // Line 0: the file is of another installation, with other accounts.
            Err(why) => skipped.push((0, why)),
        }
    }
    if entries.is_empty() {
        return Ok(refused(format!("there is no entry and no address in {shown}{}", not_taken(&skipped))));
    }
    match changed(agent, move |db| stored::add(db, &entries, Origin::Import, clock::now())).await {
        Ok(Added { new, changed, known, batch }) => {
            let text = format!("{} new, {} changed, {known} known already", new.len(), changed.len());
            Ok(Reply::Done { text: format!("{text}{}", not_taken(&skipped)), undo: batch })
        }
        Err(StoreError::Unread(why)) => Ok(refused(why)),
        Err(err) => Err(err),
    }
}

/// What a file of ours is called if the person does not say.
const NAME: &str = "tamis-lists.csv";

/// The entries of a file, not more than the lists can have.
fn drafts_of(file: &Path) -> Result<lists::Imported, String> {
    let text = text_of(file).map_err(|why| format!("cannot read {}: {why}", file.display()))?;
    let imported = lists::import(&text);
    let is_few = u32::try_from(imported.drafts.len()).is_ok_and(|entries| entries <= stored::MOST_ENTRIES);
    if is_few { Ok(imported) } else { Err(stored::too_many()) }
}

fn text_of(file: &Path) -> Result<String, String> {
    let about = fs::metadata(file).map_err(|err| because(&err))?;
    if !about.is_file() {
        return Err("it is no file".to_owned());
    }
    if MOST_BYTES < about.len() {
        return Err("it is too large for a list".to_owned());
    }
    let bytes = fs::read(file).map_err(|err| because(&err))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// `; 2 not taken: line 4: …`
fn not_taken(skipped: &[(usize, String)]) -> String {
    if skipped.is_empty() {
        return String::new();
    }
    let named = skipped.iter().take(MOST_NAMED).map(|(line, why)| match line {
        0 => one_line(why),
        line => format!("line {line}: {}", one_line(why)),
    });
    let named = named.collect::<Vec<_>>().join("; ");
    format!("; {} not taken: {named}", skipped.len())
}

/// Writes all entries to a file.
pub(in crate::agent) async fn export(agent: &Agent, path: &str, is_forced: bool) -> Result<Reply, StoreError> {
    let file = match paths::of_person(path, NAME) {
        Ok(file) => file,
        Err(why) => return Ok(refused(why)),
    };
    if !is_forced && file.symlink_metadata().is_ok() {
        return Ok(refused(format!("{} is there already; name another file, or have it written over", file.display())));
    }
    let stored = agent.shared.store.run(|db| stored::all(db)).await?;
    let names = agent.shared.numbers();
    let drafts: Vec<Draft> = stored.iter().map(|entry| stored_draft(entry, &names)).collect();
    let entries = drafts.len();
    let shown = file.display().to_string();
    let written = spawn_blocking(move || write_file(&file, &lists::export(&drafts), is_forced)).await;
    let written =
        written.unwrap_or_else(|_| Err(Failure::outside("the lists were not written because of a fault in Tamis")));
    Ok(match written {
        Ok(()) => Reply::Done { text: format!("{} written to {shown}", entries_of(entries)), undo: None },
        Err(failure) => Reply::Refused { text: failure.text().to_owned(), kind: failure.kind() },
    })
}

fn entries_of(number: usize) -> String {
    if number == 1 { count(1, "entry") } else { format!("{number} entries") }
}

fn refused(text: String) -> Reply {
    Reply::Refused { text, kind: RefusedKind::Person }
}
