//! Reading many messages with few questions. They pass one by one: no two of them need be in memory at once.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{FutureExt as _, future::OptionFuture};

use super::{
    fetch::{FetchedMail, LARGEST_MAIL, NOTHING_SELECTED, OneMail, Summary, uid_sets},
    response::{CommandError, MessageData, Untagged},
    session::Session,
};

/// What is asked for to know a message without reading it.
const OUTLINE: &str = "UID FLAGS INTERNALDATE RFC822.SIZE";

impl Session {
    /// As [`Session::summaries_of`], but without `Message-ID`: servers need not read the messages for that.
    pub async fn outlines_of(&mut self, uids: &[u32], mut on: impl FnMut(Summary)) -> Result<(), CommandError> {
        let wanted: BTreeSet<u32> = uids.iter().copied().collect();
        for set in uid_sets(&wanted) {
            let on_wanted = |summary: Summary| {
                if wanted.contains(&summary.uid) {
                    on(summary);
                }
            };
            self.sweep_for(OUTLINE, &set, on_wanted).await?;
        }
        Ok(())
    }

    /// Reads these messages of the selected folder, as [`Session::message`] reads one, and gives each to `on` once, in any
    /// order. The server is not listened to while `on` is at work.
    ///
    /// On an error, what was given is true but not all.
    pub async fn messages<F: Future<Output = ()>>(
        &mut self,
        wanted: &BTreeMap<u32, Summary>,
        limit: usize,
        mut on: impl FnMut(u32, OneMail) -> F,
    ) -> Result<(), CommandError> {
        self.selected().ok_or(NOTHING_SELECTED)?;
        let mut together: BTreeSet<u32> = wanted.keys().copied().collect();
        for (uid, summary) in wanted {
            if !self.is_ordinary(summary, limit) {
                together.remove(uid);
                let mail = self.message(*uid, limit).await?;
                on(*uid, mail).await;
            }
        }
        let given = self.together(&together, (wanted, limit), &mut on).await?;
        // Gone, or more than the server or we could bear in one answer.
        for uid in together.difference(&given) {
            let mail = self.message(*uid, limit).await?;
            on(*uid, mail).await;
        }
        Ok(())
    }

    /// Whether nothing speaks against asking for the message together with others.
    fn is_ordinary(&self, summary: &Summary, limit: usize) -> bool {
        let is_short = summary.size.is_some_and(|size| u64::try_from(limit).is_ok_and(|limit| size <= limit));
        is_short && self.leaves_no_trace(&summary.flags)
    }

    /// Asks for all of them at once. Returns those that were given.
    async fn together<F: Future<Output = ()>>(
        &mut self,
        uids: &BTreeSet<u32>,
        (wanted, limit): (&BTreeMap<u32, Summary>, usize),
        on: &mut impl FnMut(u32, OneMail) -> F,
    ) -> Result<BTreeSet<u32>, CommandError> {
        let mut given = BTreeSet::new();
        for set in uid_sets(uids) {
            let note = |untagged| {
                let mail = fetched(untagged, wanted, limit).filter(|mail| uids.contains(&mail.uid));
                let mail = mail.filter(|mail| given.insert(mail.uid));
                let giving = OptionFuture::from(mail.map(|mail| on(mail.uid, OneMail::Mail(Box::new(mail)))));
                giving.map(drop)
            };
            // Sizes are estimates on some servers: a larger one must not break the session.
            self.connection.set_literal_limit(limit.max(LARGEST_MAIL));
            let answered = self.converse(&format!("UID FETCH {set} (UID BODY.PEEK[])"), note).await;
            self.connection.set_literal_limit(0);
            match answered {
                // One bad message is enough for some to refuse all, or all behind it.
                Err(error @ CommandError::No { .. }) if !error.is_of_account() => {}
                answered => drop(answered?),
            }
        }
        Ok(given)
    }
}

/// A message from an answer. `None` for everything else, and for what is empty but should not be.
fn fetched(untagged: Untagged, wanted: &BTreeMap<u32, Summary>, limit: usize) -> Option<FetchedMail> {
    let Untagged::Fetch(data) = untagged else { return None };
    let MessageData { uid: Some(uid), body: Some(mut raw), .. } = *data else { return None };
    let summary = wanted.get(&uid).filter(|summary| !raw.is_empty() || summary.size == Some(0))?;
    let full_size = u64::try_from(raw.len()).unwrap_or(u64::MAX);
    raw.truncate(limit);
    Some(FetchedMail { uid, raw, full_size, internal_date: summary.internal_date, flags: summary.flags.clone() })
}

#[cfg(test)]
mod tests;
