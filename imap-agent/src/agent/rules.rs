//! The rules of a running agent: loaded with the settings, and anew when their files change.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::PoisonError,
    time::SystemTime,
};

use tamis_core::{Config, Verdict};
use tracing::warn;

use super::Shared;
use crate::rules::{InUse, in_use};

/// A rule that took too long on so many messages is run no more. One alone may be made for that.
const MOST_SLOW: u32 = 3;

/// When the files were changed that the rules are made from.
pub(super) type Times = Vec<(PathBuf, Option<SystemTime>)>;

impl Shared {
    /// `config` with all the rules it names. If they cannot be loaded, those from before hold, and the board says so.
    pub(super) async fn with_rules(&self, config: Config) -> Config {
        let (home, wanted) = (self.home.clone(), config.clone());
        let loaded = tokio::task::spawn_blocking(move || in_use(&home, &wanted, &[])).await;
        let (config, problem) = match loaded {
            Ok(Ok(InUse { program, mut troubles })) => {
                let config = config.with_program(program);
                troubles.extend(idle_scores(&config));
                (config, (!troubles.is_empty()).then(|| troubles.join(". ")))
            }
            Ok(Err(err)) => {
                warn!("the rules could not be loaded; those from before go on");
                (
                    config.with_program(self.config().shared_program()),
                    Some(format!("{err}. The rules from before go on")),
                )
            }
            Err(err) => {
                warn!(%err, "the rules could not be loaded; those from before go on");
                (config.with_program(self.config().shared_program()), Some("a rule file makes Tamis fail".to_owned()))
            }
        };
        // Rules that stay as they are stay switched off.
        if !std::ptr::eq(self.config().program(), config.program()) {
            self.slow_rules.lock().unwrap_or_else(PoisonError::into_inner).clear();
        }
        *self.rules_problem.lock().unwrap_or_else(PoisonError::into_inner) = problem;
        config
    }

    /// When the rule files of the settings in force were changed last.
    pub(super) fn rule_times(&self) -> Times {
        let settings = self.home.settings();
        let beside = settings.parent().unwrap_or(Path::new(""));
        let config = self.config();
        let own = config.rules().paths.iter().map(|path| beside.join(path));
        let mut paths: Vec<PathBuf> = own.chain([self.home.rules().join("current")]).collect();
        let folders: Vec<PathBuf> = paths.iter().filter(|path| path.is_dir()).cloned().collect();
        for folder in folders {
            let entries = fs::read_dir(folder).into_iter().flatten().flatten();
            paths.extend(entries.map(|entry| entry.path()));
        }
        paths.sort();
        let time = |path: &PathBuf| fs::metadata(path).and_then(|found| found.modified()).ok();
        paths.iter().map(|path| (path.clone(), time(path))).collect()
    }

    /// Runs no more, until other rules are loaded, what took too long on several messages, and says which rules these are.
    pub(super) fn switch_off_slow(&self, verdict: &Verdict, config: &Config) {
        let mut slow = self.slow_rules.lock().unwrap_or_else(PoisonError::into_inner);
        for name in &verdict.exhausted {
            let times = slow.entry(name.to_string()).or_default();
            *times += 1;
            if *times == MOST_SLOW && config.program().rules().switch_off(name) {
                warn!(rule = &**name, "a rule took too long on several messages and is switched off");
            }
        }
    }

    /// What there is to say about the rules, a sentence each.
    pub(super) fn rule_problems(&self) -> Vec<String> {
        let loading = self.rules_problem.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let slow = self.slow_rules.lock().unwrap_or_else(PoisonError::into_inner);
        let off = slow.iter().filter(|(_, times)| MOST_SLOW <= **times);
        let slow = off.map(|(name, _)| format!("the rule {name} takes too long and is switched off"));
        loading.into_iter().chain(slow).collect()
    }
}

/// Points in the settings that are for nothing. They harm nothing, so the settings hold; the log and the board say it.
fn idle_scores(config: &Config) -> Vec<String> {
    let idle = config.idle_scores();
    for slip in &idle {
        warn!(slip, "points in the settings are for nothing");
    }
    idle
}
