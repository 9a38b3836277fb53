//! Settings and figures.

use serde::{Deserialize, Serialize};

/// The settings file, for people.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SettingsView {
    /// Where the file is.
    pub path: String,
    /// Every setting that stands by itself, in the order of the file.
    pub settings: Vec<SettingView>,
}

/// One setting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SettingView {
    /// Its section and name, such as `judge.tag`.
    pub key: String,
    /// What it can be.
    pub kind: SettingKind,
    /// What the file says, or else its default. Of a secret only whether there is one: empty, or `set`.
    pub value: SettingValue,
    /// What it is unless written; as for a value.
    pub default: SettingValue,
    /// What the file that comes with Tamis says of it, in English.
    pub sentence: String,
    /// Whether a change of it counts only after the agent is started anew.
    pub needs_restart: bool,
}

/// What a setting can be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SettingKind {
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
    Choice(Vec<String>),
    /// A text.
    Text,
    /// Several texts.
    List,
    /// A text that is shown to nobody.
    Secret,
}

/// The value of a setting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum SettingValue {
    /// Of a switch.
    Switch(bool),
    /// A number, or points.
    Number(f64),
    /// A text, or a choice. Empty where it is not there.
    Text(String),
    /// Several texts.
    List(Vec<String>),
}

/// How the scores of judged mail are spread.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Histogram {
    /// From so many points on mail is doubtful.
    pub tag: f64,
    /// From so many points on mail is spam.
    pub junk: f64,
    /// Messages by tenths of points, ascending, without the empty ones. Only those that their points decided.
    pub counts: Vec<ScoreCount>,
    /// Messages of that time that something else decided: a list, somebody the person writes to, a virus.
    pub decided: u32,
}

/// Messages with about the same points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScoreCount {
    /// So many tenths of points, or less than one more.
    pub tenths: i32,
    /// Of which the person has said nothing.
    pub unsaid: u32,
    /// That the person called good.
    pub said_ham: u32,
    /// That the person called spam.
    pub said_spam: u32,
}

/// What happened over some time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Statistics {
    /// The days, from the first to today, none left out.
    pub days: Vec<DayCount>,
    /// All of them together.
    pub total: Accuracy,
    /// By account, the one with the most mail first.
    pub accounts: Vec<AccountCount>,
    /// What was found in the newest messages, what is found most first.
    pub findings: Vec<FindingCount>,
    /// How many messages were looked at for that.
    pub findings_of: u32,
    /// The networks that hand in the most wanted mail, of all accounts together.
    pub good_relays: Vec<RelayCount>,
    /// The networks that hand in the most spam, of all accounts together.
    pub bad_relays: Vec<RelayCount>,
}

/// The mail of one day, as it was judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayCount {
    /// When it began, Unix seconds, in the time zone of the agent.
    pub at: i64,
    /// Judged wanted.
    pub ham: u32,
    /// Judged doubtful.
    pub unsure: u32,
    /// Judged spam.
    pub spam: u32,
}

/// How right Tamis was, as far as the person has said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accuracy {
    /// Messages that were judged.
    pub judged: u32,
    /// Judged spam.
    pub spam: u32,
    /// Judged doubtful.
    pub unsure: u32,
    /// Filed by Tamis: moved, replaced, removed.
    pub filed: u32,
    /// Filed by Tamis, and called good by the person.
    pub put_back: u32,
    /// Judged spam, and called good by the person.
    pub wrongly_spam: u32,
    /// Not judged spam, and called spam by the person.
    pub missed: u32,
}

impl Accuracy {
    /// How much of the spam was judged spam, from 0 to 1; `None` if there was none.
    pub fn caught(&self) -> Option<f64> {
        let right = self.spam.saturating_sub(self.wrongly_spam);
        let all = right.saturating_add(self.missed);
        (all != 0).then(|| f64::from(right) / f64::from(all))
    }
}

/// The figures of one account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountCount {
    /// Its name.
    pub name: String,
    /// Its figures.
    pub of: Accuracy,
}

/// How often something was found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FindingCount {
    /// The symbol, such as `MISSING_DATE`.
    pub symbol: String,
    /// What it means, in plain words.
    pub about: String,
    /// In so many messages that are not spam, by what the person said or else by the verdict.
    pub ham: u32,
    /// In so many messages that are.
    pub spam: u32,
}

/// How the mail that a network hands in has turned out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelayCount {
    /// The network, such as `192.0.2.0/24`.
    pub network: String,
    /// Messages.
    pub messages: u32,
    /// Of these, wanted.
    pub ham: u32,
    /// Of these, spam.
    pub spam: u32,
}
