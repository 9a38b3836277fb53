//! What the command line needs of the agent: to run it, to learn without it, to judge with what it has learned.

use std::time::Duration;

use tamis_core::{api::AccountReport, config::Account, learn::Learner};
use tokio::{
    runtime::{Builder, Runtime},
    signal::unix::{SignalKind, signal},
};

use crate::{
    agent::{Agent, AgentError, Place, StoreTeacher, test_account},
    cli::{Backend, Failure, Teacher},
    mailbox::Retry,
    paths::Home,
    secret::Secret,
    settings::Settings,
    store::{Store, StoreError},
    teach::made_from,
    tls::TlsSettings,
};

/// Tasks still busy when the agent ends have this long; what they do is in the journal.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// The agent itself.
#[derive(Clone, Copy, Debug)]
pub struct Here;

impl Backend for Here {
    fn run(&self, home: &Home, settings: Settings) -> Result<(), Failure> {
        let runtime = runtime()?;
        let ran = runtime.block_on(async {
            let mut term = signal(SignalKind::terminate())?;
            let mut interrupt = signal(SignalKind::interrupt())?;
            let agent = Agent::start(home.clone(), &settings).await?;
            let stop = async {
                tokio::select! {
                    _ = term.recv() => {}
                    _ = interrupt.recv() => {}
                }
            };
            agent.serve(stop).await
        });
        runtime.shutdown_timeout(LAST_WORDS);
        ran.map_err(|err| failed(&err))
    }

    fn learner(&self, home: &Home) -> Result<Option<Box<dyn Learner>>, Failure> {
        let path = home.database();
        if !path.exists() {
            return Ok(None);
        }
        let learner = made_from(&path).map_err(|err| failed(&AgentError::Store(err)))?;
        Ok(Some(Box::new(learner)))
    }

    fn teacher(&self, home: &Home) -> Result<Box<dyn Teacher>, Failure> {
        home.create()?;
        let store = Store::open(&home.database()).map_err(|err| failed(&AgentError::Store(err)))?;
        Ok(Box::new(StoreTeacher::new(Place::Alone(store))))
    }

    fn test_account(&self, account: &Account, password: &Secret) -> Result<AccountReport, Failure> {
        let tested = runtime()?.block_on(test_account(account, password, &TlsSettings::new()));
        tested.map_err(|err| match err.retry() {
            Retry::Later | Retry::AfterPause => Failure::outside(err.advice()),
            Retry::AfterPerson => Failure::person(err.advice()),
        })
    }
}

/// Two threads: one for the servers, one for the windows. More would only cost memory.
fn runtime() -> Result<Runtime, Failure> {
    let runtime = Builder::new_multi_thread().worker_threads(2).thread_name("agent").enable_all().build();
    runtime.map_err(|err| Failure::outside(format!("cannot start: {err}")))
}

fn failed(err: &AgentError) -> Failure {
    let cause = std::error::Error::source(&err).map(|cause| format!(": {cause}")).unwrap_or_default();
    match err {
        AgentError::Settings(_) | AgentError::Store(StoreError::InUse { .. }) => {
            Failure::person(format!("{err}{cause}"))
        }
        AgentError::Store(_) | AgentError::Serve(_) | AgentError::System(_) => {
            Failure::outside(format!("{err}{cause}"))
        }
    }
}
