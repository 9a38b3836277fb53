//! Sizes and times as people write them: `2 MB`, `2 minutes`.

use std::fmt;

use serde::{Deserialize, Deserializer, de};

/// A size: a number of bytes, or a text such as `2 MB` still to be read.
#[derive(Clone, Debug)]
pub(super) enum Size {
    Bytes(i64),
    Text(String),
}

impl Size {
    /// The number of bytes. KB, MB and GB are 1024, 1024² and 1024³, as mail servers count.
    pub(super) fn bytes(&self) -> Option<u64> {
        let text = match self {
            Self::Bytes(bytes) => return u64::try_from(*bytes).ok(),
            Self::Text(text) => text,
        };
        let (count, unit) = count_and_unit(text)?;
        let factor = match unit.as_str() {
            "b" | "byte" | "bytes" => 1,
            "k" | "kb" | "kib" => 1 << 10,
            "m" | "mb" | "mib" => 1 << 20,
            "g" | "gb" | "gib" => 1 << 30,
            _ => return None,
        };
        count.checked_mul(factor)
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SizeVisitor)
    }
}

struct SizeVisitor;

impl de::Visitor<'_> for SizeVisitor {
    type Value = Size;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number of bytes or a text such as \"2 MB\"")
    }

    fn visit_i64<E: de::Error>(self, bytes: i64) -> Result<Size, E> {
        Ok(Size::Bytes(bytes))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Size, E> {
        Ok(Size::Text(text.to_owned()))
    }
}

/// Reads `90 seconds`, `2 minutes`, `1 hour`, `4 weeks` and their short forms.
pub(super) fn seconds(text: &str) -> Option<u64> {
    let (count, unit) = count_and_unit(text)?;
    let factor = match unit.as_str() {
        "s" | "sec" | "second" | "seconds" => 1,
        "m" | "min" | "minute" | "minutes" => 60,
        "h" | "hour" | "hours" => 3600,
        "d" | "day" | "days" => 86_400,
        "w" | "week" | "weeks" => 604_800,
        _ => return None,
    };
    count.checked_mul(factor)
}

fn count_and_unit(text: &str) -> Option<(u64, String)> {
    let text = text.trim();
    let (count, unit) = text.split_at_checked(text.find(|c: char| !c.is_ascii_digit())?)?;
    Some((count.parse().ok()?, unit.trim().to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_read_as_people_write_them() {
        for (text, want) in [
            ("2 MB", Some(2 << 20)),
            ("300kb", Some(300 << 10)),
            ("17 bytes", Some(17)),
            ("1 GB", Some(1 << 30)),
            ("2", None),
            ("two MB", None),
            ("-2 MB", None),
            ("99999999999999 MB", None),
        ] {
            assert_eq!(Size::Text(text.to_owned()).bytes(), want, "{text}");
        }
        for (text, want) in [
            ("2 minutes", Some(120)),
            ("1 hour", Some(3600)),
            ("4 weeks", Some(2_419_200)),
            ("90s", Some(90)),
            ("5 fortnights", None),
            ("", None),
            ("minutes", None),
        ] {
            assert_eq!(seconds(text), want, "{text}");
        }
    }
}
