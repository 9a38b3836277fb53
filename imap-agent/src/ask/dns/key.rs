//! The key with which some lists are asked. It is part of the name that is asked for, and of nothing that is shown or kept.

use std::time::Duration;

use tamis_core::config::PasswordSource;
use tokio::{sync::Mutex, time::Instant};

use crate::{keys, secret::Secret};

/// The longest part of a name.
const LONGEST: usize = 63;

/// A key that could not be read is tried again after this: whoever is asked for it by a command is not to be asked at every
/// message.
const TRY_AGAIN: Duration = Duration::from_mins(5);

/// Where the key is, and the key once it has been needed.
#[derive(Debug)]
pub(super) struct Key {
    source: Option<PasswordSource>,
    found: Mutex<Option<Found>>,
}

#[derive(Clone, Debug)]
enum Found {
    Key(Secret),
    Nothing(String, Instant),
}

impl Key {
    pub(super) fn of(source: Option<PasswordSource>) -> Self {
        Self { source, found: Mutex::new(None) }
    }

    /// The key; nothing if there is to be none. Why it cannot be had, if that was found out lately.
    pub(super) async fn get(&self) -> Result<Option<Secret>, String> {
        let Some(source) = &self.source else { return Ok(None) };
        let mut found = self.found.lock().await;
        match &*found {
            Some(Found::Key(key)) => return Ok(Some(key.clone())),
            Some(Found::Nothing(why, at)) if at.elapsed() < TRY_AGAIN => return Err(why.clone()),
            Some(Found::Nothing(..)) | None => {}
        }
        // Whoever waits no longer leaves it so, and it is not read at every message.
        *found = Some(Found::Nothing("it takes long to be read".to_owned(), Instant::now()));
        let key = read(source.clone()).await;
        *found = Some(match &key {
            Ok(key) => Found::Key(key.clone()),
            Err(why) => Found::Nothing(why.clone(), Instant::now()),
        });
        key.map(Some)
    }

    /// Why the key cannot be had, if that was found out.
    pub(super) fn trouble(&self) -> Option<String> {
        // Who holds it is reading it just now.
        match &*self.found.try_lock().ok()? {
            Some(Found::Nothing(why, _)) => Some(format!("Lists that are asked with a key are not asked: {why}.")),
            Some(Found::Key(_)) | None => None,
        }
    }
}

async fn read(source: PasswordSource) -> Result<Secret, String> {
    let read = tokio::task::spawn_blocking(move || keys::service_key("Spamhaus", &source)).await;
    let key = read.map_err(|_panic| "a fault in Tamis".to_owned())?;
    let key = key.map_err(|err| format!("the key for Spamhaus cannot be read: {err}"))?;
    let is_key = (1..=LONGEST).contains(&key.expose().len()) && key.expose().bytes().all(|b| b.is_ascii_alphanumeric());
    if is_key {
        Ok(key)
    } else {
        Err("what should be the key for Spamhaus is none: it has letters and digits".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_key_is_letters_and_digits_and_nothing_that_could_lead_elsewhere() {
        let of = |line: &str| Key::of(Some(PasswordSource::Command(format!("echo '{line}'"))));
        assert_eq!(of("abc123").get().await.unwrap().unwrap().expose(), "abc123");
        for odd in ["", "a.b", "a b", &"a".repeat(64)] {
            let key = of(odd);
            let why = key.get().await.unwrap_err();
            assert!(why.contains("Spamhaus") && !why.contains("a.b"), "{why}");
        }
        assert!(Key::of(None).get().await.unwrap().is_none());
    }
}
