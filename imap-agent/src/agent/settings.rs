//! The settings as the window changes them: at once, and so that it can be taken back.

use std::path::Path;

use tamis_core::api::{Event, RefusedKind, Reply, SettingValue, SettingsView};

use super::{Agent, desk::Trouble};
use crate::{
    clock,
    settings::{Changed, Settings, SettingsError},
    store::{
        StoreError,
        settings::{self, SettingChange},
        undo,
    },
    tongue,
};

/// Every setting that stands by itself.
pub(super) async fn view(agent: &Agent) -> Reply {
    let home = agent.shared.home.clone();
    let read = blocking(move || {
        let settings = Settings::load(&home)?;
        Ok((settings.view()?, shown(settings.path())))
    });
    match read.await {
        Ok((settings, path)) => Reply::Settings(Box::new(SettingsView { path, settings })),
        Err(reply) => reply,
    }
}

/// Changes a setting, at once.
pub(super) async fn set(agent: &Agent, key: String, value: Option<SettingValue>) -> Result<Reply, StoreError> {
    let agent = agent.clone();
    let set = async move {
        let _alone = agent.shared.changing_settings.lock().await;
        set_alone(&agent, key, value).await
    };
    tongue::to_the_end(set).await.unwrap_or_else(|| Ok(fault()))
}

async fn set_alone(agent: &Agent, key: String, value: Option<SettingValue>) -> Result<Reply, StoreError> {
    let (home, wanted) = (agent.shared.home.clone(), key.clone());
    let changed = match blocking(move || Settings::set(&home, &wanted, value.as_ref())).await {
        Ok(changed) => changed,
        Err(reply) => return Ok(reply),
    };
    if changed.before == changed.after {
        return Ok(Reply::Done { text: format!("{key} is that already"), undo: None });
    }
    let text = format!("change of {key} to {}", said(&key, changed.after.as_deref()));
    let change = (key.clone(), changed.before.clone(), changed.after.clone());
    let batch = agent
        .shared
        .store
        .run(move |db| {
            let (key, before, after) = (&change.0, change.1.as_deref(), change.2.as_deref());
            settings::note(db, &text, (key, before, after), clock::now())
        })
        .await?;
    let text = format!("{key} is {} from now on", said(&key, changed.after.as_deref()));
    adopt(agent, &changed).await?;
    Ok(Reply::Done { text, undo: Some(batch) })
}

/// Takes a change of a setting back. `is_newest`: because it is the newest change of all, and not by its number.
pub(super) async fn take_back(agent: &Agent, change: SettingChange, is_newest: bool) -> Result<Reply, StoreError> {
    let agent = agent.clone();
    let take_back = async move {
        let _alone = agent.shared.changing_settings.lock().await;
        let batch = change.batch;
        // Somebody else may have been quicker.
        let change = agent.shared.store.run(move |db| settings::change(db, Some(batch))).await?;
        take_back_alone(&agent, change.ok_or(StoreError::AlreadyUndone(batch))?, is_newest).await
    };
    tongue::to_the_end(take_back).await.unwrap_or_else(|| Ok(fault()))
}

async fn take_back_alone(agent: &Agent, change: SettingChange, is_newest: bool) -> Result<Reply, StoreError> {
    let (home, wanted) = (agent.shared.home.clone(), change.clone());
    let changed = blocking(move || {
        let settings = Settings::load(&home)?;
        // An account may be gone by now.
        if !settings.knows(&wanted.key) || settings.written(&wanted.key)? != wanted.after {
            return Ok(None);
        }
        Settings::put_back(&home, &wanted.key, wanted.before.as_deref()).map(Some)
    });
    let changed = match changed.await {
        Ok(Some(changed)) => changed,
        Ok(None) => return superseded(agent, change, is_newest).await,
        Err(reply) => return Ok(reply),
    };
    let undone = agent.shared.store.run(move |db| undo::begin_undo(db, Some(change.batch), clock::now())).await?;
    adopt(agent, &changed).await?;
    let text = undone.map(|undone| undone.text).unwrap_or_default();
    Ok(Reply::Done { text: format!("undone: {text}"), undo: None })
}

/// The setting says something else by now. What is the newest change would be in the way of all before it for ever.
async fn superseded(agent: &Agent, change: SettingChange, is_newest: bool) -> Result<Reply, StoreError> {
    let SettingChange { key, batch, .. } = change;
    let text = if is_newest {
        agent.shared.store.run(move |db| settings::pass_over(db, batch, clock::now())).await?;
        agent.shared.announce(Event::StatusChanged);
        format!("{key} was changed by hand since then and stays so; the next undo takes back the change before that")
    } else {
        format!("{key} was changed again since then; take that back first, or set it by hand")
    };
    Ok(Reply::Refused { text, kind: RefusedKind::Person })
}

async fn adopt(agent: &Agent, changed: &Changed) -> Result<(), StoreError> {
    agent.note_settings(None);
    agent.adopt(&changed.settings).await?;
    agent.shared.announce(Event::StatusChanged);
    Ok(())
}

/// What a setting is, in a sentence. Of a secret nothing is said.
fn said(key: &str, literal: Option<&str>) -> String {
    let is_secret =
        tamis_core::config::Setting::of(key).is_some_and(|setting| setting.kind == tamis_core::config::Kind::Secret);
    match literal {
        None => "its default".to_owned(),
        Some(_) if is_secret => "another value".to_owned(),
        Some(literal) => literal.to_owned(),
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SettingsError> + Send + 'static,
) -> Result<T, Reply> {
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(err)) => {
            let kind = if err.is_the_persons() { RefusedKind::Person } else { RefusedKind::Outside };
            Err(Reply::Refused { text: err.to_string(), kind })
        }
        Err(_) => Err(fault()),
    }
}

fn fault() -> Reply {
    Reply::Refused { text: Trouble::Fault.to_string(), kind: RefusedKind::Outside }
}
