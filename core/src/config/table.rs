//! Every setting of the file that stands by itself, in one table: what it is called, what it can be, and what it is unless
//! written. What each means is said by the comments of the file that a new installation gets.
//!
//! [`OF_ACCOUNT`] has those of a single account. Not here are `[[dns_list]]` and `[[policy.size]]`, and `[checks]` and `[scores]`,
//! whose names are those of checks and symbols.

use std::{collections::BTreeMap, sync::LazyLock};

use super::DEFAULT_CONFIG;

/// One setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its section and name, such as `judge.tag`.
    pub key: &'static str,
    /// What it can be.
    pub kind: Kind,
    /// What it is unless written, as it stands in the file: `"2 MB"` with its quotes. Empty: it is not there.
    pub default: &'static str,
    /// Whether the agent must be started anew before a change of it counts.
    pub needs_restart: bool,
}

/// What a setting can be. Whether a value can really be is only known to [`Config::parse`](super::Config::parse).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// On or off.
    Switch,
    /// Points, on the scale of scores.
    Points,
    /// A whole number from the first to the second.
    Number(u32, u32),
    /// A text such as `2 MB`.
    Size,
    /// A text such as `2 minutes`.
    Time,
    /// A time of day such as `08:00`.
    Clock,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A text.
    Text,
    /// Several texts.
    List,
    /// A text that is shown to nobody.
    Secret,
}

const fn setting(key: &'static str, kind: Kind, default: &'static str) -> Setting {
    Setting { key, kind, default, needs_restart: false }
}

/// Every setting, in the order of the file.
pub const SETTINGS: &[Setting] = &[
    setting("judge.tag", Kind::Points, "3.0"),
    setting("judge.junk", Kind::Points, "5.0"),
    setting("judge.max_size", Kind::Size, "\"2 MB\""),
    setting("policy.spam", Kind::Choice(OF_SPAM), "\"junk\""),
    setting("policy.unsure", Kind::Choice(OF_UNSURE), "\"leave\""),
    setting("policy.ham", Kind::Choice(&["leave", "keyword"]), "\"leave\""),
    setting("watch.poll", Kind::Time, "\"2 minutes\""),
    setting("watch.judge_old", Kind::Switch, "false"),
    setting("watch.metered", Kind::Choice(&["careful", "as usual"]), "\"careful\""),
    setting("watch.backfill_rate", Kind::Number(0, 100_000), "600"),
    setting("learn.accounts", Kind::Choice(&["together", "apart"]), "\"together\""),
    setting("learn.trust_server_junk", Kind::Switch, "false"),
    setting("learn.sent", Kind::Switch, "true"),
    setting("learn.most", Kind::Number(10, 200_000), "20000"),
    setting("lists.accept_forged", Kind::Switch, "false"),
    setting("lists.countries", Kind::Text, "\"\""),
    setting("archive.keep", Kind::Time, "\"4 weeks\""),
    setting("archive.max_size", Kind::Size, "\"1 GB\""),
    setting("brake.messages", Kind::Number(1, 100_000), "100"),
    setting("brake.percent", Kind::Number(1, 100), "95"),
    setting("digest.every", Kind::Choice(&["never", "day", "week"]), "\"never\""),
    setting("digest.at", Kind::Clock, "\"08:00\""),
    setting("digest.notify", Kind::Switch, "false"),
    setting("notify.doubtful", Kind::Choice(&["never", "number", "subject"]), "\"subject\""),
    setting("hold.again", Kind::List, "[\"10 minutes\", \"60 minutes\"]"),
    setting("hold.folder", Kind::Text, ""),
    setting("clamd.socket", Kind::Text, "\"auto\""),
    setting("clamd.remote", Kind::Switch, "false"),
    setting("clamd.excuse_known", Kind::Switch, "false"),
    setting("fingerprints.local", Kind::Switch, "true"),
    setting("fingerprints.pyzor", Kind::Text, "\"\""),
    setting("fingerprints.rspamd", Kind::Text, "\"\""),
    setting("fingerprints.rspamd_key", Kind::Secret, "\"\""),
    setting("fingerprints.rspamd_flag", Kind::Number(0, 255), "11"),
    setting("fingerprints.dcc", Kind::Text, "\"\""),
    setting("secrets.store", Kind::Choice(&["auto", "keyring", "file"]), "\"auto\""),
    setting("secrets.key_file", Kind::Text, ""),
    setting("secrets.key_command", Kind::Secret, ""),
    Setting { needs_restart: true, ..setting("log.days", Kind::Number(1, 365), "7") },
    setting("rules.paths", Kind::List, "[]"),
    setting("rules.update", Kind::Text, ""),
    setting("rules.update_key", Kind::Text, ""),
    setting("network.enabled", Kind::Switch, "true"),
    setting("network.deadline", Kind::Time, "\"8 seconds\""),
    setting("network.servers", Kind::List, "[]"),
    setting("network.transport", Kind::Choice(&["udp", "tls", "https"]), "\"udp\""),
    setting("network.server_name", Kind::Text, ""),
    setting("network.ca_file", Kind::Text, ""),
    setting("network.spamhaus_key_file", Kind::Secret, ""),
    setting("network.spamhaus_key_command", Kind::Secret, ""),
    setting("dns_lists.spamhaus_zen", Kind::Switch, "true"),
    setting("dns_lists.spamcop", Kind::Switch, "true"),
    setting("dns_lists.psbl", Kind::Switch, "false"),
    setting("dns_lists.mailspike", Kind::Switch, "false"),
    setting("dns_lists.barracuda", Kind::Switch, "false"),
    setting("dns_lists.uceprotect", Kind::Switch, "false"),
    setting("dns_lists.blocklist_de", Kind::Switch, "false"),
    setting("dns_lists.spamrats", Kind::Switch, "false"),
    setting("dns_lists.sem_black", Kind::Switch, "false"),
    setting("dns_lists.spamhaus_dbl", Kind::Switch, "true"),
    setting("dns_lists.surbl", Kind::Switch, "true"),
    setting("dns_lists.uribl", Kind::Switch, "true"),
    setting("dns_lists.sem_fresh", Kind::Switch, "false"),
    setting("dns_lists.dnswl", Kind::Switch, "false"),
];

/// What can be set for each account, after `account.`. In the key of one account its name stands between: `account.Work.aliases`.
/// Without a default here: what holds for all accounts, or nothing.
pub const OF_ACCOUNT: &[Setting] = &[
    setting("account.aliases", Kind::List, "[]"),
    setting("account.relays", Kind::List, "[]"),
    setting("account.junk_folder", Kind::Text, ""),
    setting("account.quarantine_folder", Kind::Text, ""),
    setting("account.archive_folder", Kind::Text, ""),
    setting("account.train_folders", Kind::Switch, "true"),
    setting("account.policy.spam", Kind::Choice(OF_SPAM), ""),
    setting("account.policy.unsure", Kind::Choice(OF_UNSURE), ""),
    setting("account.policy.ham", Kind::Choice(&["leave", "keyword"]), ""),
    setting("account.archive.keep", Kind::Time, ""),
    setting("account.hold.again", Kind::List, ""),
    setting("account.hold.folder", Kind::Text, ""),
];

const OF_SPAM: &[&str] =
    &["leave", "keyword", "tag", "strip", "junk", "quarantine", "forward", "forward-and-deliver", "delete"];

const OF_UNSURE: &[&str] = &["leave", "keyword", "tag", "strip", "junk", "quarantine", "forward-and-deliver"];

impl Setting {
    /// The setting of that key.
    pub fn of(key: &str) -> Option<&'static Self> {
        SETTINGS.iter().find(|setting| setting.key == key)
    }

    /// Whose setting `account.Work.policy.spam` is, and which of [`OF_ACCOUNT`].
    pub fn of_account(key: &str) -> Option<(&str, &'static Self)> {
        let rest = key.strip_prefix("account.")?;
        OF_ACCOUNT.iter().find_map(|setting| {
            let name = rest.strip_suffix(setting.key.strip_prefix("account")?)?;
            Some((name, setting)).filter(|_| !name.is_empty())
        })
    }

    /// Its section and its name there.
    pub fn place(&self) -> (&'static str, &'static str) {
        self.key.split_once('.').unwrap_or(("", self.key))
    }

    /// What the comments of the file say of it, without line breaks. Some settings share what is said.
    pub fn sentence(&self) -> &'static str {
        let said = match self.key.strip_prefix("account.") {
            // What an account says in a section of its own is said where it is said for all.
            Some(name) => SENTENCES.get(&format!("[account].{name}")).or_else(|| SENTENCES.get(name)),
            None => SENTENCES.get(self.key),
        };
        said.map_or("", String::as_str)
    }
}

static SENTENCES: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| sentences(DEFAULT_CONFIG));

const EXAMPLE: &str = "For example: ";

/// The comments of each setting. A comment holds for all settings from it to the next one.
fn sentences(text: &str) -> BTreeMap<String, String> {
    let mut said = BTreeMap::new();
    let (mut section, mut comment, mut is_over) = (String::new(), String::new(), false);
    for line in text.lines() {
        if let Some(name) = header(line) {
            (section, comment) = (name.to_owned(), String::new());
        } else if let Some(name) = assigned(line) {
            said.insert(format!("{section}.{name}"), comment.trim().to_owned());
            is_over = true;
        } else if let Some(words) = line.strip_prefix("# ").filter(|words| !words.starts_with(EXAMPLE)) {
            if std::mem::take(&mut is_over) {
                comment.clear();
            }
            comment.push(' ');
            comment.push_str(words);
        }
    }
    said
}

/// The section that a line begins. What begins with `[[`, or is only an example, has no settings of this table.
fn header(line: &str) -> Option<&str> {
    let written = line.trim_start_matches('#').trim_start();
    let written = written.strip_prefix(EXAMPLE).unwrap_or(written);
    let name = written.strip_prefix('[')?.strip_suffix(']')?;
    Some(name).filter(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '[' | ']')))
}

/// The setting that a line shows: `#tag = 3.0`, or `# For example: folder = "Tamis/Held"`.
fn assigned(line: &str) -> Option<&str> {
    let written = line.strip_prefix('#')?;
    let written = written.strip_prefix(' ').map_or(Some(written), |rest| rest.strip_prefix(EXAMPLE))?;
    let (name, _) = written.split_once(" = ")?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    is_name.then_some(name)
}

#[cfg(test)]
mod tests;
