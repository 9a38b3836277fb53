//! The sections about what is kept, when Tamis stops by itself, and what it reports: `[archive]`, `[brake]`, `[digest]`.

use serde::Deserialize;
use toml::Spanned;

use super::{
    ConfigError,
    units::{Size, seconds},
};

const HOUR: u64 = 3600;
const WEEK: u64 = 7 * 24 * HOUR;

/// A day is the least that gives a person time to notice; a season is the most that anybody looks back.
const KEEP: std::ops::RangeInclusive<u64> = (24 * HOUR)..=(12 * WEEK);

/// Below this a single message may not fit; above, it is no longer a private folder's business.
const ARCHIVE_SIZE: std::ops::RangeInclusive<u64> = (64 << 20)..=(1 << 40);

const BRAKE_MESSAGES: std::ops::RangeInclusive<u32> = 1..=100_000;
const BRAKE_PERCENT: std::ops::RangeInclusive<u8> = 1..=100;

/// How long originals are kept on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Archive {
    /// Seconds, from a day to twelve weeks.
    pub keep_secs: u64,
    /// Bytes on the disk; the oldest go first.
    pub max_bytes: u64,
}

/// When Tamis stops filing and asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Brake {
    /// More than so many messages of one account filed within an hour.
    pub messages: u32,
    /// More than so much of what arrived within an hour, once that is a number worth a percentage. 100: never.
    pub percent: u8,
}

/// How often the person is told what was filed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest {
    /// How often.
    pub every: Every,
    /// Minutes after midnight, in the person's own time.
    pub minute: u16,
    /// Whether the desktop shows a notification as well.
    pub notifies: bool,
}

/// How often something happens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Every {
    /// Not at all.
    #[default]
    Never,
    /// Each day.
    Day,
    /// Each Monday.
    Week,
}

impl Default for Archive {
    fn default() -> Self {
        Self { keep_secs: 4 * WEEK, max_bytes: 1 << 30 }
    }
}

impl Default for Brake {
    fn default() -> Self {
        Self { messages: 100, percent: 95 }
    }
}

impl Default for Digest {
    fn default() -> Self {
        Self { every: Every::Never, minute: 8 * 60, notifies: false }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ArchiveSection {
    keep: Option<Spanned<String>>,
    max_size: Option<Spanned<Size>>,
}

impl ArchiveSection {
    pub(super) fn apply(self, text: &str, base: Archive) -> Result<Archive, ConfigError> {
        let mut archive = base;
        if let Some(keep) = self.keep {
            archive.keep_secs = seconds(keep.get_ref()).filter(|secs| KEEP.contains(secs)).ok_or_else(|| {
                let what = "`keep` must be a time from \"24 hours\" to \"12 weeks\", such as \"4 weeks\"".to_owned();
                ConfigError::at(text, &keep.span(), what)
            })?;
        }
        if let Some(size) = self.max_size {
            let bytes = size.get_ref().bytes().filter(|bytes| ARCHIVE_SIZE.contains(bytes));
            archive.max_bytes = bytes.ok_or_else(|| {
                let what = "`max_size` must be a size from \"64 MB\" to \"1024 GB\", such as \"1 GB\"".to_owned();
                ConfigError::at(text, &size.span(), what)
            })?;
        }
        Ok(archive)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct BrakeSection {
    messages: Option<Spanned<u32>>,
    percent: Option<Spanned<u8>>,
}

impl BrakeSection {
    pub(super) fn apply(self, text: &str, brake: &mut Brake) -> Result<(), ConfigError> {
        if let Some(messages) = self.messages {
            if !BRAKE_MESSAGES.contains(messages.get_ref()) {
                let what = format!("`messages` must be from {} to {}", BRAKE_MESSAGES.start(), BRAKE_MESSAGES.end());
                return Err(ConfigError::at(text, &messages.span(), what));
            }
            brake.messages = messages.into_inner();
        }
        if let Some(percent) = self.percent {
            if !BRAKE_PERCENT.contains(percent.get_ref()) {
                let what = format!("`percent` must be from {} to {}", BRAKE_PERCENT.start(), BRAKE_PERCENT.end());
                return Err(ConfigError::at(text, &percent.span(), what));
            }
            brake.percent = percent.into_inner();
        }
        Ok(())
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct DigestSection {
    every: Option<Spanned<String>>,
    at: Option<Spanned<String>>,
    notify: Option<bool>,
}

impl DigestSection {
    pub(super) fn apply(self, text: &str, digest: &mut Digest) -> Result<(), ConfigError> {
        if let Some(every) = self.every {
            digest.every = match every.get_ref().as_str() {
                "never" => Every::Never,
                "day" => Every::Day,
                "week" => Every::Week,
                other => {
                    let what = format!("`every` can be \"never\", \"day\" or \"week\", not \"{other}\"");
                    return Err(ConfigError::at(text, &every.span(), what));
                }
            };
        }
        if let Some(at) = self.at {
            digest.minute = minute_of_day(at.get_ref()).ok_or_else(|| {
                let what = "`at` must be a time of day such as \"08:00\"".to_owned();
                ConfigError::at(text, &at.span(), what)
            })?;
        }
        digest.notifies = self.notify.unwrap_or(digest.notifies);
        Ok(())
    }
}

/// Minutes after midnight of `08:00`.
fn minute_of_day(text: &str) -> Option<u16> {
    let (hour, minute) = text.trim().split_once(':')?;
    let number = |text: &str, below: u16| text.parse::<u16>().ok().filter(|number| text.len() <= 2 && *number < below);
    Some(number(hour, 24)? * 60 + number(minute, 60)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_day_reads_as_people_write_it() {
        for (text, want) in
            [("08:00", Some(480)), ("8:05", Some(485)), ("23:59", Some(1439)), ("24:00", None), ("8", None), ("", None)]
        {
            assert_eq!(minute_of_day(text), want, "{text}");
        }
    }
}
