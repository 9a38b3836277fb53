//! Searching the text of mail, which is on the server only.

use std::{collections::BTreeSet, time::Duration};

use tamis_core::api::FoundText;
use tokio::time::Instant;

use super::{
    super::{desk::Trouble, review::TextSearch},
    Attendant,
};
use crate::mailbox::{CommandError, FolderName, Mode, Session};

/// How long a search may keep the account from its mail. What was not looked at by then is said.
const LIMIT: Duration = Duration::from_secs(15);

impl Attendant<'_> {
    /// Which messages have the text; `None` while there is no connection.
    pub(super) async fn find_text(&mut self, search: &TextSearch) -> Result<Option<FoundText>, Trouble> {
        let Some((session, _)) = &mut self.session else { return Ok(None) };
        let end = Instant::now() + LIMIT;
        let mut found = FoundText::default();
        for ((folder, uid_validity), mails) in &search.places {
            let uids: BTreeSet<u32> = mails.keys().copied().collect();
            let looked = match open(session, folder, *uid_validity).await {
                Ok(true) => session.uids_with_text(&uids, &search.text, end).await,
                // What has another numbering by now is not there under these numbers.
                Ok(false) => Ok((BTreeSet::new(), 0)),
                Err(error) => Err(error),
            };
            let (hits, unseen) = match looked {
                Ok(looked) => looked,
                Err(error) if error.leaves_session_usable() => (BTreeSet::new(), uids.len()),
                Err(error) => return Err(error.into()),
            };
            found.ids.extend(hits.iter().filter_map(|uid| mails.get(uid)));
            found.unseen = found.unseen.saturating_add(u32::try_from(unseen).unwrap_or(u32::MAX));
        }
        Ok(Some(found))
    }
}

/// Selects a folder, unless it is selected already. Returns whether its numbering is the expected one.
async fn open(session: &mut Session, folder: &str, uid_validity: u32) -> Result<bool, CommandError> {
    let folder = FolderName::from_wire(folder);
    if let Some(selected) = session.selected().filter(|selected| selected.folder == folder) {
        return Ok(selected.uid_validity == uid_validity);
    }
    Ok(session.select(&folder, Mode::ReadOnly).await?.uid_validity == uid_validity)
}
