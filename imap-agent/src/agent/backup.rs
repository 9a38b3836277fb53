//! Writes everything to one file, and takes it back: what the window asks for.

use std::{path::PathBuf, sync::Arc, time::Duration};

use tamis_core::api::{Password, RefusedKind, Reply};
use tokio::task::spawn_blocking;

use super::Agent;
use crate::{
    backup::{self, NAME, Secrets},
    cli::Failure,
    paths,
    secret::Secret,
};

/// So that the answer is there before the agent goes.
const GOODBYE: Duration = Duration::from_millis(500);

/// Writes a backup.
pub(super) async fn make(agent: &Agent, path: &str, passphrase: Option<Password>, is_forced: bool) -> Reply {
    let file = match paths::of_person(path, NAME) {
        Ok(file) => file,
        Err(why) => return no(why),
    };
    let (home, config) = (agent.shared.home.clone(), agent.shared.config());
    let passphrase = secret(passphrase);
    let made = blocking(move || {
        let made = backup::make(&home, &config, (&file, is_forced), passphrase.as_ref())?;
        Ok(made.sentence())
    });
    made.await
}

/// Gets a backup ready, and lets the agent start anew, which puts it in place.
pub(super) async fn restore(
    agent: &Agent,
    path: &str,
    passphrase: Option<Password>,
    (has_secrets, is_forced): (bool, bool),
) -> Reply {
    let file: PathBuf = match paths::of_person(path, NAME) {
        Ok(file) => file,
        Err(why) => return no(why),
    };
    let home = agent.shared.home.clone();
    let passphrase = secret(passphrase);
    let secrets = if has_secrets { Secrets::Restore } else { Secrets::Leave };
    let reply = blocking(move || {
        let what = backup::stage(&home, &file, passphrase.as_ref(), (is_forced, secrets))?;
        let text = "comes back as the agent starts anew; what was there is put aside in a folder beside it";
        Ok(format!("{what} {text}"))
    });
    let reply = reply.await;
    if matches!(reply, Reply::Done { .. }) {
        let shared = Arc::clone(&agent.shared);
        tokio::spawn(async move {
            tokio::time::sleep(GOODBYE).await;
            shared.anew.notify_one();
        });
    }
    reply
}

fn secret(passphrase: Option<Password>) -> Option<Secret> {
    passphrase.filter(|passphrase| !passphrase.0.is_empty()).map(|passphrase| Secret::new(passphrase.0))
}

async fn blocking(work: impl FnOnce() -> Result<String, Failure> + Send + 'static) -> Reply {
    let done = spawn_blocking(work).await;
    match done.unwrap_or_else(|_| Err(Failure::outside("nothing was done because of a fault in Tamis"))) {
        Ok(text) => Reply::Done { text, undo: None },
        Err(failure) => Reply::Refused { text: failure.text().to_owned(), kind: failure.kind() },
    }
}

fn no(text: String) -> Reply {
    Reply::Refused { text, kind: RefusedKind::Person }
}
