//! A verdict on a file's message, from the settings and what was learned so far.

use std::{path::PathBuf, time::Duration};

use tamis_core::{
    Answer, Arrival, Config, Mail, Query, Verdict,
    learn::{Features, Learner, Opinion},
};
use tokio::runtime::{self, Runtime};

use super::{Backend, Failure, out::Out};
use crate::{
    ask::World,
    gather::{Ask, gather},
    paths::Home,
    pipeline::is_fresh,
    rules::in_use,
    settings::Settings,
};

/// Who is asked about a message besides this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Nobody.
    Nobody,
    /// Others, if it has come lately.
    OfFreshMail,
    /// Others, however old it is.
    OfAllMail,
}

/// What is needed to judge.
pub(super) struct Judge {
    pub(super) config: Config,
    learner: Option<Box<dyn Learner>>,
    /// Whom to ask what this program cannot know; nobody if the network is not to be asked.
    world: Option<World>,
    reach: Reach,
    runtime: Runtime,
}

impl Judge {
    /// The person's own settings, rules and lessons, and these rules besides.
    pub(super) fn of(
        home: &Home,
        backend: &dyn Backend,
        reach: Reach,
        rules: &[PathBuf],
        out: &mut Out,
    ) -> Result<Self, Failure> {
        let config = with_rules(home, Settings::load(home)?.config().clone(), rules, out)?;
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|err| Failure::outside(format!("cannot ask anybody: {err}")))?;
        let world = (reach != Reach::Nobody).then(|| World::of(&config));
        Ok(Self { config, learner: backend.learner(home)?, world, reach, runtime })
    }

    /// Reads a message as the agent would: of a very large one only the beginning.
    pub(super) fn read<'raw>(&self, raw: &'raw [u8]) -> Mail<'raw> {
        let mut mail = read(raw, &self.config);
        let is_asked = match self.reach {
            Reach::Nobody => false,
            Reach::OfFreshMail => is_fresh(mail.received_at()),
            Reach::OfAllMail => true,
        };
        if is_asked {
            mail.account.asks = self.config.asks().clone();
        }
        mail
    }

    /// Says what is wrong with those who were asked.
    pub(super) fn remark_troubles(&self, out: &mut Out) {
        for trouble in self.world.iter().flat_map(World::troubles) {
            out.remark(trouble);
        }
    }

    /// Judges it, and notes in it what was found out about who sent it.
    pub(super) fn verdict(&self, mail: &mut Mail<'_>) -> Verdict {
        let opinion = self.learner.as_ref().and_then(|learner| learner.opinion(&Features::of(mail)));
        let asking = Asking { opinion, world: self.world.as_ref() };
        let plan = tamis_core::plan(mail, &self.config);
        let limit = Duration::from_secs(self.config.network().deadline_secs);
        let evidence = self.runtime.block_on(gather(&asking, &plan, mail, limit));
        tamis_core::judge(mail, &evidence, &self.config)
    }
}

/// Answers what the lessons say, and asks the world for the rest.
struct Asking<'a> {
    opinion: Option<Opinion>,
    world: Option<&'a World>,
}

impl Ask for Asking<'_> {
    async fn ask(&self, query: &Query, mail: &Mail<'_>) -> Answer {
        match (query, self.world) {
            (Query::Learned, _) => self.opinion.clone().map_or(Answer::Absent, Answer::Learned),
            (_, Some(world)) => world.ask(query, mail).await,
            (_, None) => Answer::Unknown("the network was not to be asked".to_owned()),
        }
    }
}

/// The settings with all the rules they name, and these. What is wrong with updated ones is remarked, and
/// points in the settings that are for no rule.
pub(super) fn with_rules(home: &Home, config: Config, more: &[PathBuf], out: &mut Out) -> Result<Config, Failure> {
    let rules = in_use(home, &config, more)?;
    for trouble in &rules.troubles {
        out.remark(trouble);
    }
    let config = config.with_program(rules.program);
    for idle in config.idle_scores() {
        out.remark(&idle);
    }
    Ok(config)
}

/// Reads a message as the agent would: of a very large one only the beginning.
pub(super) fn read<'raw>(raw: &'raw [u8], config: &Config) -> Mail<'raw> {
    let most = usize::try_from(config.max_bytes()).unwrap_or(usize::MAX);
    match raw.get(..most) {
        Some(beginning) if beginning.len() < raw.len() => {
            Mail::parse(beginning, &Arrival { full_size: u64::try_from(raw.len()).ok(), ..Arrival::default() })
        }
        Some(_) | None => Mail::parse(raw, &Arrival::default()),
    }
}
