//! Signing in with whoever gives out an account's access tokens: begun by a request, followed by others, and then the
//! account is tested and kept as any other.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tamis_core::{
    api::{
        AccountForm, AccountReport, Event, Password, RefusedKind, Reply, SignInFor, SignInRequest, SignInStage,
        SignInView,
    },
    config::Account,
};
use tokio::{sync::watch, task::AbortHandle};

use super::{
    Agent,
    account::Order,
    accounts::{self, blocking, refused},
};
use crate::{
    oauth::{self, Granted, SignIn},
    secret::Secret,
    settings::{Settings, SettingsError},
    tongue,
};

/// More pages than that nobody has open.
const MOST: usize = 8;

/// How long a question how far a sign-in is waits for news.
const PATIENCE: Duration = Duration::from_secs(20);

/// All that were begun and are not yet forgotten.
#[derive(Debug, Default)]
pub(super) struct SignIns {
    all: Mutex<BTreeMap<u64, Running>>,
    last: AtomicU64,
}

#[derive(Debug)]
struct Running {
    account: String,
    view: watch::Receiver<SignInView>,
    task: AbortHandle,
}

impl SignIns {
    fn all(&self) -> MutexGuard<'_, BTreeMap<u64, Running>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes room: another sign-in for the same account takes the place of the first, and of too many the oldest goes.
    fn add(&self, id: u64, running: Running) {
        let mut all = self.all();
        all.retain(|_, other| {
            let stays = other.account != running.account;
            if !stays {
                other.task.abort();
            }
            stays
        });
        while MOST <= all.len() {
            let Some((_, oldest)) = all.pop_first() else { break };
            oldest.task.abort();
        }
        all.insert(id, running);
    }
}

/// Answers one request.
pub(super) async fn answer(agent: &Agent, request: SignInRequest) -> Reply {
    match request {
        SignInRequest::Begin { wanted, by_code } => begin(agent, wanted, by_code).await,
        SignInRequest::Follow { id, known } => follow(agent, id, &known).await,
        SignInRequest::Cancel(id) => cancel(agent, id),
    }
}

/// Begins one, and says which page to open.
async fn begin(agent: &Agent, wanted: SignInFor, by_code: bool) -> Reply {
    let (account, form, given) = match wanted_account(agent, wanted) {
        Ok(wanted) => wanted,
        Err(error) => return refused(error.to_string(), RefusedKind::Person),
    };
    let Some(oauth) = oauth::of(&account).cloned() else {
        let text = format!("the account `{}` has a password, so there is nobody to sign in with", account.name);
        return refused(text, RefusedKind::Person);
    };
    let secret = if let Some(secret) = given {
        Some(Secret::new(secret.0))
    } else {
        let (account, oauth) = (account.clone(), oauth.clone());
        match blocking(move || oauth::client_secret(&account, &oauth).map_err(|err| err.to_string())).await {
            Ok(secret) => secret,
            Err(text) => return refused(text, RefusedKind::Outside),
        }
    };
    let begun = match SignIn::begin(&account, secret, by_code).await {
        Ok(begun) => begun,
        Err(error) => {
            let kind = if error.passes_by_itself() { RefusedKind::Outside } else { RefusedKind::Person };
            return refused(error.to_string(), kind);
        }
    };
    let id = agent.shared.sign_ins.last.fetch_add(1, Ordering::Relaxed) + 1;
    let (url, code) = (begun.url.clone(), begun.code.clone());
    let view = SignInView { id, issuer: oauth.issuer, url, code, stage: SignInStage::Waiting };
    let (teller, seen) = watch::channel(view.clone());
    let (name, following) = (account.name.clone(), agent.clone());
    let work = async move {
        let stage = match through(&following, &account, form, begun, &teller).await {
            Ok(report) => SignInStage::Done(report),
            Err(text) => SignInStage::Failed(text),
        };
        teller.send_modify(|view| view.stage = stage);
        following.shared.announce(Event::StatusChanged);
    };
    let task = tokio::spawn(tongue::within(tongue::asked(), work)).abort_handle();
    agent.shared.sign_ins.add(id, Running { account: name, view: seen, task });
    Reply::SignIn(Box::new(view))
}

/// How far it is, once that is not what is known.
async fn follow(agent: &Agent, id: u64, known: &SignInStage) -> Reply {
    let seen = agent.shared.sign_ins.all().get(&id).map(|running| running.view.clone());
    let Some(mut seen) = seen else {
        return refused("that sign-in was given up; begin again".to_owned(), RefusedKind::Person);
    };
    // Whether it was in time or the task has ended: what is seen last is what is so.
    tokio::time::timeout(PATIENCE, seen.wait_for(|view| view.stage != *known)).await.ok();
    let view = seen.borrow().clone();
    let has_ended = matches!(view.stage, SignInStage::Done(_) | SignInStage::Failed(_));
    if !has_ended && seen.has_changed().is_err() {
        return refused("that sign-in was given up; begin again".to_owned(), RefusedKind::Person);
    }
    Reply::SignIn(Box::new(view))
}

/// Gives it up.
fn cancel(agent: &Agent, id: u64) -> Reply {
    if let Some(running) = agent.shared.sign_ins.all().remove(&id) {
        running.task.abort();
    }
    Reply::Done { text: "signing in was given up".to_owned(), undo: None }
}

/// The account, the form if it is to be, and the client secret if one was given.
type Wanted = (Account, Option<AccountForm>, Option<Password>);

fn wanted_account(agent: &Agent, wanted: SignInFor) -> Result<Wanted, SettingsError> {
    let settings = Settings::load(&agent.shared.home)?;
    match wanted {
        SignInFor::Form(form) => {
            let secret = form.oauth.as_ref().and_then(|oauth| oauth.client_secret.clone());
            settings.preview(&form).map(|account| (account, Some(*form), secret))
        }
        SignInFor::Account(name) => settings.account(&name).map(|account| (account.clone(), None, None)),
        SignInFor::AccountWithSecret { account, client_secret } => {
            settings.account(&account).map(|account| (account.clone(), None, Some(client_secret)))
        }
    }
}

/// The rest of the way: the person comes back, the account is tested, and what was given is kept.
async fn through(
    agent: &Agent,
    account: &Account,
    form: Option<AccountForm>,
    begun: SignIn,
    teller: &watch::Sender<SignInView>,
) -> Result<AccountReport, String> {
    let secret = begun.client_secret();
    let granted = begun.finish().await.map_err(|error| error.to_string())?;
    teller.send_modify(|view| view.stage = SignInStage::Testing);
    let tested = accounts::test_account(account, granted.access(), &agent.shared.tls).await;
    let report = tested.map_err(|error| accounts::refusal(account, &error))?;
    let (agent, account) = (agent.clone(), account.clone());
    // From here on nothing is left half done, even if it is given up.
    let keep = async move { keep(&agent, account, form, (granted, secret), report).await };
    let fault = || Err(oauth::TokenError::Fault.to_string());
    tongue::to_the_end(keep).await.unwrap_or_else(fault)
}

async fn keep(
    agent: &Agent,
    account: Account,
    form: Option<AccountForm>,
    (granted, secret): (Granted, Option<Secret>),
    report: AccountReport,
) -> Result<AccountReport, String> {
    let (kept, access) = (account.clone(), granted.access().clone());
    let keeping = move || match oauth::of(&kept) {
        Some(oauth) => oauth::remember(&kept, oauth, &granted, secret).map_err(|err| err.to_string()),
        None => Err(oauth::TokenError::Fault.to_string()),
    };
    blocking(keeping).await?;
    let Some(form) = form else {
        // As good as the person's word that all is well now.
        if let Some(orders) = agent.shared.orders_to(&account.name) {
            orders.try_send(Order::Look).ok();
        }
        return Ok(report);
    };
    let reply = accounts::keep(agent, form, (account, access, report)).await;
    if let Reply::Account(report) = reply {
        return Ok(report);
    }
    if let Reply::Refused { text, .. } = reply { Err(text) } else { Err(oauth::TokenError::Fault.to_string()) }
}
