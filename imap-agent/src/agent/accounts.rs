//! Accounts come and go.

use tamis_core::{
    api::{AccountForm, AccountReport, Arrangement, BatchId, Event, RefusedKind, Reply, Treatment},
    config::{Account, PasswordSource},
    mail::Address,
};

use super::{Agent, desk::Trouble};
use crate::{
    autostart::Autostart,
    clock, keys,
    mailbox::{CommandError, ConnectError, FolderName, Folders, Junk, Mode, Retry, Role, Session},
    oauth,
    secret::Secret,
    settings::{Changed, Settings, SettingsError},
    setup::{self, Outside},
    store::{StoreError, folder, settings},
    tls::TlsSettings,
    tongue,
};

/// Connects and looks, but keeps nothing.
pub(super) async fn test(agent: &Agent, form: &AccountForm) -> Reply {
    match prepared(agent, form).await {
        Ok((_, _, report)) => Reply::Account(report),
        Err(reply) => reply,
    }
}

/// Lets the agent start when the person logs in, or no longer.
pub(super) async fn autostart(agent: &Agent, is_on: bool) -> Reply {
    let home = agent.shared.home.clone();
    let switched = blocking(move || {
        Autostart::of(&home).and_then(|autostart| autostart.switch(is_on)).map_err(|err| err.to_string())
    });
    match switched.await {
        Ok(text) => {
            agent.shared.announce(Event::StatusChanged);
            Reply::Done { text, undo: None }
        }
        Err(text) => refused(text, RefusedKind::Outside),
    }
}

/// Finds out where the mail of an address is.
pub(super) async fn find_servers(agent: &Agent, address: &str) -> Reply {
    let Some(address) = Address::parse(address) else {
        return refused(format!("`{address}` is not an address; write it as me@example.org"), RefusedKind::Person);
    };
    let outside = Outside::of(&agent.shared.config(), agent.shared.tls.clone());
    Reply::Servers(setup::find(&address, &outside).await)
}

/// Tests, then keeps: the password first, so that the settings never name an account that cannot log in.
pub(super) async fn add(agent: &Agent, form: &AccountForm) -> Reply {
    let (account, secret, report) = match prepared(agent, form).await {
        Ok(prepared) => prepared,
        Err(reply) => return reply,
    };
    let (agent, form) = (agent.clone(), form.clone());
    let keep = async move { keep(&agent, form, (account, secret, report)).await };
    tongue::to_the_end(keep).await.unwrap_or_else(|| refused(Trouble::Fault.to_string(), RefusedKind::Outside))
}

pub(super) async fn keep(agent: &Agent, form: AccountForm, (account, secret, report): Prepared) -> Reply {
    if account.password == PasswordSource::Keyring
        && let Err(text) =
            blocking(move || keys::store_password(&account, &secret).map_err(|err| err.to_string())).await
    {
        return refused(text, RefusedKind::Outside);
    }
    let _alone = agent.shared.changing_settings.lock().await;
    let home = agent.shared.home.clone();
    let added = blocking(move || Settings::add_account(&home, &form).map_err(|err| err.to_string())).await;
    match added {
        Ok(settings) => match agent.adopt(&settings).await {
            Ok(()) => Reply::Account(report),
            Err(err) => refused(err.to_string(), RefusedKind::Outside),
        },
        Err(text) => refused(text, RefusedKind::Person),
    }
}

/// Connects to an account that is kept, and looks at its folders again.
pub(super) async fn look_at(agent: &Agent, name: &str) -> Reply {
    let (home, wanted) = (agent.shared.home.clone(), name.to_owned());
    let found = blocking(move || {
        let settings = Settings::load(&home).map_err(|err| err.to_string())?;
        let account = settings.account(&wanted).map_err(|err| err.to_string())?.clone();
        let secret = keys::password(&account).map_err(|err| err.to_string())?;
        Ok((account, secret))
    });
    let (account, secret) = match found.await {
        Ok(found) => found,
        Err(text) => return refused(text, RefusedKind::Person),
    };
    match test_account(&account, &secret, &agent.shared.tls).await {
        Ok(report) => Reply::Account(report),
        Err(err) => refusal_of(&account, &err),
    }
}

/// Changes what the steps of setting up ask of an account, at once.
pub(super) async fn arrange(agent: &Agent, name: String, arrangement: Arrangement) -> Reply {
    let agent = agent.clone();
    let arrange = async move {
        let _alone = agent.shared.changing_settings.lock().await;
        let (home, wanted) = (agent.shared.home.clone(), name.clone());
        let arranged = tokio::task::spawn_blocking(move || Settings::arrange(&home, &wanted, &arrangement)).await;
        let changed = match arranged {
            Ok(Ok(changed)) => changed,
            Ok(Err(err)) => {
                let kind = if err.is_the_persons() { RefusedKind::Person } else { RefusedKind::Outside };
                return refused(err.to_string(), kind);
            }
            Err(_) => return refused(Trouble::Fault.to_string(), RefusedKind::Outside),
        };
        agent.note_settings(None);
        if let Err(err) = agent.adopt(&changed.settings).await {
            return refused(err.to_string(), RefusedKind::Outside);
        }
        agent.shared.announce(Event::StatusChanged);
        let undo = match noted(&agent, &name, changed).await {
            Ok(undo) => undo,
            Err(err) => return refused(err.to_string(), RefusedKind::Outside),
        };
        Reply::Done { text: format!("the mail of {name} is handled that way from now on"), undo }
    };
    tongue::to_the_end(arrange).await.unwrap_or_else(|| refused(Trouble::Fault.to_string(), RefusedKind::Outside))
}

/// Writes down what was changed, so that it can be taken back like any other setting; `None` if nothing was.
async fn noted(agent: &Agent, name: &str, changed: Changed) -> Result<Option<BatchId>, StoreError> {
    if changed.before == changed.after {
        return Ok(None);
    }
    let (key, text) = (Settings::arrangement_key(name), format!("change of how the mail of {name} is handled"));
    let note = move |db: &mut _| {
        let change = (key.as_str(), changed.before.as_deref(), changed.after.as_deref());
        settings::note(db, &text, change, clock::now())
    };
    agent.shared.store.run(note).await.map(Some)
}

/// Stops watching an account and forgets its password. Its mail stays where it is.
pub(super) async fn remove(agent: &Agent, name: &str) -> Result<Reply, StoreError> {
    let (agent, name) = (agent.clone(), name.to_owned());
    let remove = async move {
        let _alone = agent.shared.changing_settings.lock().await;
        remove_alone(&agent, &name).await
    };
    let removed = tongue::to_the_end(remove).await;
    removed.unwrap_or_else(|| Ok(refused(Trouble::Fault.to_string(), RefusedKind::Outside)))
}

async fn remove_alone(agent: &Agent, name: &str) -> Result<Reply, StoreError> {
    let (home, wanted) = (agent.shared.home.clone(), name.to_owned());
    let removed = tokio::task::spawn_blocking(move || Settings::remove_account(&home, &wanted)).await;
    let (settings, account) = match removed {
        Ok(Ok(removed)) => removed,
        Ok(Err(err)) => {
            let kind = if err.is_the_persons() { RefusedKind::Person } else { RefusedKind::Outside };
            return Ok(refused(err.to_string(), kind));
        }
        Err(_) => return Ok(refused(Trouble::Fault.to_string(), RefusedKind::Outside)),
    };
    agent.unwatch(&account.name).await;
    let (name, host, user) = (account.name.clone(), account.host.clone(), account.user.clone());
    let now = clock::now();
    agent
        .shared
        .store
        .run(move |db| {
            let id = folder::account_id(db, &name, &host, &user)?;
            folder::leave_account(db, id, now)
        })
        .await?;
    agent.adopt(&settings).await?;
    let mut text = format!("{} is no longer watched; its mail stays as it is", account.name);
    if account.password.is_in_keyring()
        && let Err(err) = blocking(move || keys::forget_password(&account).map_err(|err| err.to_string())).await
    {
        text.push_str(". Its password is still in the keyring: ");
        text.push_str(&err);
    }
    Ok(Reply::Done { text, undo: None })
}

/// An account that works, its password, and what was found there.
pub(super) type Prepared = (Account, Secret, AccountReport);

async fn prepared(agent: &Agent, form: &AccountForm) -> Result<Prepared, Reply> {
    let account = Settings::load(&agent.shared.home)
        .and_then(|settings| settings.preview(form))
        .map_err(|err: SettingsError| refused(err.to_string(), RefusedKind::Person))?;
    let secret = if let Some(password) = &form.password {
        Secret::new(password.0.clone())
    } else {
        let account = account.clone();
        let asked = blocking(move || keys::password(&account).map_err(|err| err.to_string()));
        asked.await.map_err(|text| refused(text, RefusedKind::Person))?
    };
    let report = test_account(&account, &secret, &agent.shared.tls).await.map_err(|err| refusal_of(&account, &err))?;
    Ok((account, secret, report))
}

fn refusal_of(account: &Account, error: &ConnectError) -> Reply {
    let kind = if error.retry() == Retry::AfterPerson { RefusedKind::Person } else { RefusedKind::Outside };
    refused(refusal(account, error), kind)
}

/// Why an account does not work and what to do, for the person: with what its provider wants, if that may be it.
pub fn refusal(account: &Account, error: &ConnectError) -> String {
    if let Some(advice) = oauth::advice(account, error) {
        return advice;
    }
    let advice = error.advice();
    let more =
        if error.is_login_refused() { setup::advice_for(&account.address, &account.host) } else { String::new() };
    if more.is_empty() { advice } else { format!("{advice}. {more}") }
}

/// Connects, logs in and looks at the folders, but changes nothing.
pub async fn test_account(
    account: &Account,
    secret: &Secret,
    tls: &TlsSettings,
) -> Result<AccountReport, ConnectError> {
    let mut session = Session::connect(account, secret, tls).await?;
    let mut report = AccountReport {
        steps: session.steps().to_vec(),
        name: account.name.clone(),
        treatment: Treatment::of(&account.policy),
        ..AccountReport::default()
    };
    let looked = async {
        let inbox = session.select(&FolderName::inbox(), Mode::ReadOnly).await?;
        let folders = session.folders().await?;
        let junk = session.junk(&folders, account.junk_folder.as_deref()).await?;
        Ok::<_, CommandError>((inbox.exists, junk, folders))
    };
    let (exists, junk, folders) = looked.await.map_err(|error| ConnectError::after_login(account, error))?;
    report.inbox_messages = exists;
    name_folders(&mut report, &folders);
    report.notes.extend(junk.as_ref().and_then(Junk::note));
    report.junk_folder = junk.map(|junk| junk.name.shown().into_owned());
    for (capability, note) in [
        ("IDLE", "The server does not announce new mail by itself: Tamis looks every few minutes"),
        ("MOVE", "The server cannot move mail in one step: Tamis copies, checks the copy, then removes the original"),
        ("UIDPLUS", "The server cannot remove a single message: originals of what is filed stay marked as deleted"),
    ] {
        let is_moot = capability == "UIDPLUS" && session.can("MOVE");
        if !session.can(capability) && !is_moot {
            report.notes.push(note.to_owned());
        }
    }
    session.logout().await;
    Ok(report)
}

/// Says which folders there are, and what some of them are for.
fn name_folders(report: &mut AccountReport, folders: &Folders) {
    let called = |role| folders.find(role).map(|folder| folder.name.shown().into_owned());
    (report.sent_folder, report.trash_folder) = (called(Role::Sent), called(Role::Trash));
    let inbox = FolderName::inbox();
    let all = folders.all().iter().filter(|folder| folder.is_selectable && !folder.is_view && folder.name != inbox);
    report.folders = all.map(|folder| folder.name.shown().into_owned()).collect();
}

pub(super) fn refused(text: String, kind: RefusedKind) -> Reply {
    Reply::Refused { text, kind }
}

/// The keyring, password commands and the disk may all wait for something.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, String> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err(Trouble::Fault.to_string()))
}
