//! What the command line needs of the agent: to run it, to learn without it, to judge with what it has learned.

use std::{collections::BTreeMap, os::unix::process::CommandExt as _, path::Path, process::Command, time::Duration};

use tamis_core::{
    api::{AccountReport, FoundServers},
    config::Account,
    learn::Learner,
    mail::Address,
};
use tokio::{
    runtime::{Builder, Runtime},
    signal::unix::{SignalKind, signal},
};
use tracing::info;

use crate::{
    again,
    agent::{
        Agent, AgentError, Place, StoreTeacher, added, facts, forgotten, import_file, refusal, renew_all, test_account,
    },
    archive::Archive,
    cli::{Backend, Failure, Life, Teacher, with_cause},
    clock,
    mailbox::Retry,
    oauth::{self, SignIn, TokenError},
    paths::Home,
    secret::Secret,
    session::Session,
    settings::Settings,
    setup::{self, Outside},
    store::{
        Store,
        bootstrap::{self, Wish},
        folder,
        glimpse::Glimpse,
        lessons::Imported,
        peers::{self, Listed},
    },
    teach::made_from,
    tls::TlsSettings,
    words::because,
};

/// Tasks still busy when the agent ends have this long; what they do is in the journal.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// The agent itself.
#[derive(Clone, Copy, Debug)]
pub struct Here;

impl Backend for Here {
    fn run(&self, home: &Home, settings: Settings, life: Life) -> Result<(), Failure> {
        let runtime = runtime()?;
        let mut is_anew = false;
        let ran = runtime.block_on(async {
            let mut term = signal(SignalKind::terminate())?;
            let mut interrupt = signal(SignalKind::interrupt())?;
            // Before all that takes its time: it may end meanwhile.
            let session = Session::current();
            let agent = Agent::start(home.clone(), &settings).await?;
            let watched = agent.clone();
            let stop = async {
                tokio::select! {
                    _ = term.recv() => {}
                    _ = interrupt.recv() => {}
                    () = watched.wants_anew() => is_anew = true,
                    () = session.over(), if life == Life::Session => info!("the session is over"),
                }
            };
            agent.serve(stop).await
        });
        runtime.shutdown_timeout(LAST_WORDS);
        ran.map_err(failed)?;
        if is_anew { Err(start_anew()) } else { Ok(()) }
    }

    fn run_again(&self, home: &Home, life: Life) -> Result<(), Failure> {
        let ran = runtime()?.block_on(again::run(home.given(), life));
        match ran {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(Failure::outside(format!(
                "the agent has crashed too often ({status}); its log says why: {}",
                home.log().display()
            ))),
            Err(err) => Err(Failure::outside(format!("cannot start the agent: {}", because(&err)))),
        }
    }

    fn learner(&self, home: &Home) -> Result<Option<Box<dyn Learner>>, Failure> {
        let path = home.database();
        if !path.exists() {
            return Ok(None);
        }
        let learner = made_from(&path)?;
        Ok(Some(Box::new(learner)))
    }

    fn lessons(&self, home: &Home) -> Result<Option<Glimpse>, Failure> {
        let path = home.database();
        if path.exists() { Ok(Some(Glimpse::open(&path)?)) } else { Ok(None) }
    }

    fn import(&self, home: &Home, file: &Path) -> Result<String, Failure> {
        import_file(&Place::Alone(store(home)?), file).map(Imported::sentence)
    }

    fn renew(&self, home: &Home) -> Result<String, Failure> {
        let settings = Settings::load(home)?;
        let store = store(home)?;
        let renewed = runtime()?.block_on(async {
            let mut known = BTreeMap::new();
            for account in settings.config().accounts() {
                let (name, host, user) = (account.name.clone(), account.host.clone(), account.user.clone());
                let id = store.run(move |db| folder::account_id(db, &name, &host, &user)).await?;
                known.insert(id, facts(account, settings.config()));
            }
            let (renewed, ended) = renew_all(&store, &Archive::new(home), &known).await;
            ended.map(|()| renewed.sentence())
        });
        renewed.map_err(|err| Failure::outside(err.to_string()))
    }

    fn peers(&self, home: &Home) -> Result<Vec<Listed>, Failure> {
        let path = home.database();
        if path.exists() { Ok(Glimpse::open(&path)?.peers()?) } else { Ok(Vec::new()) }
    }

    fn add_peers(&self, home: &Home, addresses: &[Address]) -> Result<String, Failure> {
        let (all, addresses) = (addresses.len(), addresses.to_vec());
        let new = store(home)?.run_blocking(move |db| peers::list(db, &addresses, clock::now()))?;
        Ok(added(new, all))
    }

    fn forget_peer(&self, home: &Home, address: &Address) -> Result<String, Failure> {
        let asked = address.clone();
        let was_peer = store(home)?.run_blocking(move |db| peers::forget(db, &asked, clock::now()))?.is_some();
        forgotten(address, was_peer).map_err(Failure::person)
    }

    fn teacher(&self, home: &Home) -> Result<Box<dyn Teacher>, Failure> {
        Ok(Box::new(StoreTeacher::new(Place::Alone(store(home)?))))
    }

    fn find_servers(&self, address: &Address, settings: &Settings) -> Result<FoundServers, Failure> {
        let outside = Outside::of(settings.config(), TlsSettings::new());
        Ok(runtime()?.block_on(setup::find(address, &outside)))
    }

    fn test_account(&self, account: &Account, password: &Secret) -> Result<AccountReport, Failure> {
        let tested = runtime()?.block_on(test_account(account, password, &TlsSettings::new()));
        tested.map_err(|err| match err.retry() {
            Retry::Later | Retry::AfterPause => Failure::outside(refusal(account, &err)),
            Retry::AfterPerson => Failure::person(refusal(account, &err)),
        })
    }

    fn sign_in(
        &self,
        account: &Account,
        secret: Option<Secret>,
        by_code: bool,
        show: &mut dyn FnMut(&str, &str) -> Result<(), Failure>,
    ) -> Result<AccountReport, Failure> {
        let runtime = runtime()?;
        let begun = runtime.block_on(SignIn::begin(account, secret, by_code)).map_err(|error| not_signed_in(&error))?;
        show(&begun.url, &begun.code)?;
        let secret = begun.client_secret();
        let granted = runtime.block_on(begun.finish()).map_err(|error| not_signed_in(&error))?;
        let report = self.test_account(account, granted.access())?;
        if let Some(oauth) = oauth::of(account) {
            oauth::remember(account, oauth, &granted, secret)?;
        }
        Ok(report)
    }

    fn learn_later(&self, home: &Home, account: &Account) -> Result<(), Failure> {
        let most = Settings::load(home)?.config().learn_most();
        let wish = Wish { has_junk: true, is_rehearsal: false, most };
        let (name, host, user) = (account.name.clone(), account.host.clone(), account.user.clone());
        store(home)?.run_blocking(move |db| {
            let id = folder::account_id(db, &name, &host, &user)?;
            bootstrap::start(db, id, wish, clock::now()).map(drop)
        })?;
        Ok(())
    }
}

fn not_signed_in(error: &TokenError) -> Failure {
    if error.passes_by_itself() { Failure::outside(error.to_string()) } else { Failure::person(error.to_string()) }
}

/// Becomes the program that it is once more, in the same process: whoever watches over it sees nothing of that. Returns only
/// if that cannot be.
fn start_anew() -> Failure {
    // If the program was replaced, that is the name of what still runs.
    let program = std::env::current_exe().ok().filter(|path| path.is_file()).unwrap_or_else(|| "/proc/self/exe".into());
    let err = Command::new(program).args(std::env::args_os().skip(1)).exec();
    Failure::outside(format!(
        "the backup is ready, but the agent cannot start anew: {}; start it by hand",
        because(&err)
    ))
}

/// The store of a home that no agent is using.
fn store(home: &Home) -> Result<Store, Failure> {
    home.create()?;
    Ok(Store::open(&home.database())?)
}

/// Two threads: one for the servers, one for the windows. More would only cost memory.
fn runtime() -> Result<Runtime, Failure> {
    let runtime = Builder::new_multi_thread().worker_threads(2).thread_name("agent").enable_all().build();
    runtime.map_err(|err| Failure::outside(format!("cannot start: {err}")))
}

fn failed(err: AgentError) -> Failure {
    match err {
        AgentError::Store(err) => err.into(),
        AgentError::Settings(_) => Failure::person(with_cause(&err)),
        AgentError::Serve(_) | AgentError::System(_) => Failure::outside(with_cause(&err)),
    }
}
