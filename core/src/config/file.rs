//! The settings file as it is written, and how it becomes a [`Config`].

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::{
    Config, ConfigError,
    account::AccountSection,
    clamd::ClamdSection,
    dns_lists::OwnList,
    fingerprints::FingerprintsSection,
    hold::HoldSection,
    keeping::{ArchiveSection, BrakeSection, DigestSection},
    nearest::did_you_mean,
    network::NetworkSection,
    notify::NotifySection,
    policy::PolicySection,
    rules::RulesSection,
    secrets::SecretsSection,
    units::{Size, seconds},
};
use crate::{checks::CHECKS, score::Score, symbol::Symbol};

/// The version of the file's layout.
const VERSION: i64 = 1;

/// Below this a message's headers alone may not fit; above, one message could fill the memory.
const MAX_SIZE: std::ops::RangeInclusive<u64> = (16 << 10)..=(64 << 20);

/// A second is for tests and private servers; a day is as good as never.
const POLL: std::ops::RangeInclusive<u64> = 1..=86_400;

/// A hundred thousand messages a minute is more than any server hands out.
const BACKFILL_RATE: std::ops::RangeInclusive<u32> = 0..=100_000;

/// With less than this of each kind nothing is learned worth the name; the store grows by some 7 KB with each message.
const LEARN_MOST: std::ops::RangeInclusive<u32> = 10..=200_000;

const LOG_DAYS: std::ops::RangeInclusive<u32> = 1..=365;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct File {
    version: Option<Spanned<i64>>,
    judge: JudgeSection,
    policy: PolicySection,
    watch: WatchSection,
    learn: LearnSection,
    lists: ListsSection,
    archive: ArchiveSection,
    brake: BrakeSection,
    digest: DigestSection,
    notify: NotifySection,
    hold: HoldSection,
    clamd: ClamdSection,
    log: LogSection,
    rules: RulesSection,
    network: NetworkSection,
    dns_lists: BTreeMap<Spanned<String>, bool>,
    dns_list: Vec<OwnList>,
    scores: BTreeMap<Spanned<String>, Score>,
    checks: BTreeMap<Spanned<String>, bool>,
    fingerprints: FingerprintsSection,
    secrets: SecretsSection,
    account: Vec<Spanned<AccountSection>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct JudgeSection {
    tag: Option<Spanned<Score>>,
    junk: Option<Spanned<Score>>,
    max_size: Option<Spanned<Size>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct WatchSection {
    poll: Option<Spanned<String>>,
    judge_old: Option<bool>,
    metered: Option<Spanned<String>>,
    backfill_rate: Option<Spanned<u32>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct LearnSection {
    accounts: Option<Spanned<String>>,
    trust_server_junk: Option<bool>,
    sent: Option<bool>,
    most: Option<Spanned<u32>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ListsSection {
    accept_forged: Option<bool>,
    countries: Option<String>,
}

impl LearnSection {
    fn apply(self, text: &str, config: &mut Config) -> Result<(), ConfigError> {
        config.trusts_server_junk = self.trust_server_junk.unwrap_or(config.trusts_server_junk);
        config.reads_sent = self.sent.unwrap_or(config.reads_sent);
        if let Some(most) = self.most {
            if !LEARN_MOST.contains(most.get_ref()) {
                let what = format!("`most` must be from {} to {} messages", LEARN_MOST.start(), LEARN_MOST.end());
                return Err(ConfigError::at(text, &most.span(), what));
            }
            config.learn_most = most.into_inner();
        }
        if let Some(word) = self.accounts {
            config.do_accounts_learn_apart = match word.get_ref().as_str() {
                "together" => false,
                "apart" => true,
                other => {
                    let what = format!("`accounts` can be \"together\" or \"apart\", not \"{other}\"");
                    return Err(ConfigError::at(text, &word.span(), what));
                }
            };
        }
        Ok(())
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct LogSection {
    days: Option<Spanned<u32>>,
}

impl File {
    /// `base` with what this file says; `text` is the file itself, for the line numbers.
    pub(super) fn apply(self, text: &str, base: Config) -> Result<Config, ConfigError> {
        let mut config = base;
        if let Some(version) = self.version.filter(|version| *version.get_ref() != VERSION) {
            let what = format!("this Tamis reads settings of version {VERSION}, not {}", version.get_ref());
            return Err(ConfigError::at(text, &version.span(), what));
        }
        self.judge.apply(text, &mut config)?;
        config.policy = self.policy.apply(text, &config.policy)?;
        config.archive = self.archive.apply(text, config.archive)?;
        self.brake.apply(text, &mut config.brake)?;
        self.digest.apply(text, &mut config.digest)?;
        self.notify.apply(text, &mut config.tell)?;
        config.hold = self.hold.apply(text, &config.hold)?;
        config.clamd = self.clamd.apply(text, &config.clamd)?;
        self.watch.apply(text, &mut config)?;
        self.learn.apply(text, &mut config)?;
        config.do_lists_excuse_forged = self.lists.accept_forged.unwrap_or(config.do_lists_excuse_forged);
        config.countries = self.lists.countries.filter(|path| !path.is_empty()).map(Into::into).or(config.countries);
        if let Some(days) = self.log.days {
            if !LOG_DAYS.contains(days.get_ref()) {
                let what = format!("`days` must be from {} to {}", LOG_DAYS.start(), LOG_DAYS.end());
                return Err(ConfigError::at(text, &days.span(), what));
            }
            config.log_days = days.into_inner();
        }
        self.rules.apply(text, &mut config.rules)?;
        config.network = self.network.apply(text, config.network)?;
        super::dns_lists::apply(text, &self.dns_lists, self.dns_list, &mut config)?;
        apply_scores(text, self.scores, &mut config)?;
        apply_checks(text, self.checks, &mut config)?;
        config.fingerprints = self.fingerprints.apply(text, &config.fingerprints)?;
        config.secrets = self.secrets.apply(text, &config.secrets)?;
        config.accounts = super::account::accounts(text, self.account, &config)?;
        Ok(config)
    }
}

impl JudgeSection {
    fn apply(self, text: &str, config: &mut Config) -> Result<(), ConfigError> {
        let place = self.junk.as_ref().or(self.tag.as_ref()).map(Spanned::span).unwrap_or_default();
        if let Some(tag) = self.tag {
            if *tag.get_ref() <= Score::ZERO {
                let what = "`tag` must be above zero, or all mail is doubtful".to_owned();
                return Err(ConfigError::at(text, &tag.span(), what));
            }
            config.tag_threshold = tag.into_inner();
        }
        if let Some(junk) = self.junk {
            config.junk_threshold = junk.into_inner();
        }
        if config.junk_threshold < config.tag_threshold {
            let what = format!(
                "`junk` ({}) must not be below `tag` ({}), or spam would count for less than doubt",
                config.junk_threshold, config.tag_threshold
            );
            return Err(ConfigError::at(text, &place, what));
        }
        if let Some(size) = self.max_size {
            config.max_bytes = size.get_ref().bytes().filter(|bytes| MAX_SIZE.contains(bytes)).ok_or_else(|| {
                let what = "`max_size` must be a size from \"16 KB\" to \"64 MB\", such as \"2 MB\"";
                ConfigError::at(text, &size.span(), what.to_owned())
            })?;
        }
        Ok(())
    }
}

impl WatchSection {
    fn apply(self, text: &str, config: &mut Config) -> Result<(), ConfigError> {
        if let Some(poll) = self.poll {
            config.poll_secs = seconds(poll.get_ref()).filter(|secs| POLL.contains(secs)).ok_or_else(|| {
                let what = "`poll` must be a time from \"1 second\" to \"24 hours\", such as \"2 minutes\"";
                ConfigError::at(text, &poll.span(), what.to_owned())
            })?;
        }
        config.judges_old = self.judge_old.unwrap_or(config.judges_old);
        if let Some(rate) = self.backfill_rate {
            if !BACKFILL_RATE.contains(rate.get_ref()) {
                let what = format!("`backfill_rate` must be from 0 to {} messages a minute", BACKFILL_RATE.end());
                return Err(ConfigError::at(text, &rate.span(), what));
            }
            config.backfill_rate = rate.into_inner();
        }
        if let Some(word) = self.metered {
            config.is_careful_when_metered = match word.get_ref().as_str() {
                "careful" => true,
                "as usual" => false,
                other => {
                    let what = format!("`metered` can be \"careful\" or \"as usual\", not \"{other}\"");
                    return Err(ConfigError::at(text, &word.span(), what));
                }
            };
        }
        Ok(())
    }
}

/// The longest name of a rule that may have points here; none is nearly as long.
const LONGEST_NAME: usize = 200;

/// Rules come with files that are not read here, so whether there is one of a name is found out later:
/// [`Config::idle_scores`].
fn apply_scores(text: &str, scores: BTreeMap<Spanned<String>, Score>, config: &mut Config) -> Result<(), ConfigError> {
    for (name, score) in scores {
        let written = name.get_ref();
        let is_name = written.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !is_name || !(1..=LONGEST_NAME).contains(&written.len()) || written.starts_with("__") {
            let what = if written.starts_with("__") {
                "a rule whose name begins with `__` never has points"
            } else {
                "the name of a symbol or rule has letters, digits and `_`, such as `MISSING_DATE`"
            };
            return Err(ConfigError::at(text, &name.span(), what.to_owned()));
        }
        let line = ConfigError::at(text, &name.span(), String::new()).line();
        config.score_lines.insert(written.clone(), line);
        config.scores.insert(Symbol::of_rule(written.as_str().into()), score);
    }
    Ok(())
}

fn apply_checks(text: &str, checks: BTreeMap<Spanned<String>, bool>, config: &mut Config) -> Result<(), ConfigError> {
    for (name, is_on) in checks {
        let written = name.get_ref();
        let Some(check) = CHECKS.iter().find(|check| check.name() == written) else {
            let names: Vec<&str> = CHECKS.iter().map(|check| check.name()).collect();
            let hint = did_you_mean(written, &names);
            return Err(ConfigError::at(text, &name.span(), format!("there is no check `{written}`{hint}")));
        };
        if !is_on {
            config.checks_off.insert(check.name());
        }
    }
    Ok(())
}
