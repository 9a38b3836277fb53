//! All or nothing: runs a piece of work in one transaction and names what did not happen if it fails.

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::StoreError;

/// Why work inside a transaction stopped.
#[derive(Debug)]
pub(super) enum Fault {
    /// SQLite failed.
    Sqlite(rusqlite::Error),
    /// The work refused to go on.
    Refused(StoreError),
}

impl From<rusqlite::Error> for Fault {
    fn from(source: rusqlite::Error) -> Self {
        Self::Sqlite(source)
    }
}

impl From<StoreError> for Fault {
    fn from(refusal: StoreError) -> Self {
        Self::Refused(refusal)
    }
}

/// Does `work` and commits, or leaves everything as it was. `operation` completes "cannot …".
pub(super) fn write<T>(
    db: &mut Connection,
    operation: &'static str,
    work: impl FnOnce(&Transaction<'_>) -> Result<T, Fault>,
) -> Result<T, StoreError> {
    let attempt = || {
        let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let value = work(&transaction)?;
        transaction.commit()?;
        Ok(value)
    };
    attempt().map_err(|fault| match fault {
        Fault::Sqlite(source) => StoreError::Database { operation, source },
        Fault::Refused(refusal) => refusal,
    })
}

/// Names the operation a failed read belongs to.
pub(super) fn read<T>(operation: &'static str, result: rusqlite::Result<T>) -> Result<T, StoreError> {
    result.map_err(|source| StoreError::Database { operation, source })
}
