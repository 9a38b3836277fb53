//! A verdict on a file's message, from the settings and what was learned so far.

use tamis_core::{
    Answer, Arrival, Config, Evidence, Mail, Query, Verdict,
    learn::{Features, Learner},
};

use std::path::PathBuf;

use super::{Backend, Failure, out::Out};
use crate::{paths::Home, rules::in_use, settings::Settings};

/// What is needed to judge.
pub(super) struct Judge {
    pub(super) config: Config,
    learner: Option<Box<dyn Learner>>,
    /// Why questions about the outside world go without an answer.
    not_asked: &'static str,
}

impl Judge {
    /// The person's own settings, rules and lessons, and these rules besides.
    pub(super) fn of(
        home: &Home,
        backend: &dyn Backend,
        has_network: bool,
        rules: &[PathBuf],
        out: &mut Out,
    ) -> Result<Self, Failure> {
        let config = with_rules(home, Settings::load(home)?.config().clone(), rules, out)?;
        let not_asked = if has_network { "only the agent asks this" } else { "the network was not to be asked" };
        Ok(Self { config, learner: backend.learner(home)?, not_asked })
    }

    /// Reads a message as the agent would: of a very large one only the beginning.
    pub(super) fn read<'raw>(&self, raw: &'raw [u8]) -> Mail<'raw> {
        read(raw, &self.config)
    }

    pub(super) fn verdict(&self, mail: &Mail<'_>) -> Verdict {
        let mut evidence = Evidence::default();
        for query in tamis_core::plan(mail, &self.config).iter() {
            evidence.insert(query.clone(), self.answer(query, mail));
        }
        tamis_core::judge(mail, &evidence, &self.config)
    }

    fn answer(&self, query: &Query, mail: &Mail<'_>) -> Answer {
        match query {
            Query::Learned => {
                let opinion = self.learner.as_ref().and_then(|learner| learner.opinion(&Features::of(mail)));
                opinion.map_or(Answer::Absent, Answer::Learned)
            }
            _ => Answer::Unknown(self.not_asked.to_owned()),
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
