//! A list as the window has it: all its numbers, and the rows that are in sight or near it.

use std::{collections::BTreeMap, sync::Arc};

use tamis_core::api::{ListQuery, MailId, MailRow, Outline};

/// What is shown of a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listing {
    /// The question.
    pub want: ListQuery,
    /// All that answers it, in order.
    pub outline: Arc<Outline>,
    /// The rows that are known.
    pub rows: BTreeMap<MailId, Arc<MailRow>>,
    /// How the search in the text of mail stands.
    pub text: TextSearch,
}

/// How the search in the text of mail stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextSearch {
    /// Accounts whose servers have not answered yet.
    pub running: Vec<String>,
    /// Accounts that could not be asked.
    pub failed: Vec<String>,
    /// How many messages were not looked at, as a server took too long.
    pub unseen: u32,
}

impl Listing {
    /// A list of which every row is known.
    pub fn whole(want: ListQuery, rows: Vec<MailRow>) -> Self {
        let ids = rows.iter().map(|row| row.id).collect();
        let mut held: BTreeMap<String, Vec<MailId>> = BTreeMap::new();
        for row in rows.iter().filter(|row| row.is_held) {
            held.entry(row.account.clone()).or_default().push(row.id);
        }
        let outline = Arc::new(Outline { ids, groups: Vec::new(), held });
        let rows = rows.into_iter().map(|row| (row.id, Arc::new(row))).collect();
        Self { want, outline, rows, text: TextSearch::default() }
    }

    /// A row, if it is known.
    pub fn row(&self, id: MailId) -> Option<&MailRow> {
        self.rows.get(&id).map(Arc::as_ref)
    }
}
