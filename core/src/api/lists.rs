//! Entries of the person's lists.

use serde::{Deserialize, Serialize};

/// An entry of the lists.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListEntry {
    /// Its number. Never reused.
    pub id: i64,
    /// `accept` or `block`.
    pub side: String,
    /// What it goes by: `address`, `domain`, `ip`, `phrase`, `regex`, `header`, `file`,
    /// `country` or `language`.
    pub kind: String,
    /// The address and so on.
    pub value: String,
    /// The only account it is for; empty: all.
    pub account: String,
    /// What the person wrote beside it.
    pub note: String,
    /// How it came: `person` or `import`.
    pub origin: String,
    /// Whether it counts.
    pub is_on: bool,
    /// Why Tamis has switched it off, one sentence; empty if it has not.
    pub why_off: String,
    /// Messages it hit.
    pub hits: u32,
    /// When it hit last, Unix seconds; 0: never.
    pub last_hit_at: i64,
}

/// An entry of the lists that is to be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewListEntry {
    /// `accept` or `block`.
    pub side: String,
    /// As in [`ListEntry::kind`].
    pub kind: String,
    /// The address and so on.
    pub value: String,
    /// The only account it is for; empty: all.
    pub account: String,
    /// What the person wrote beside it.
    pub note: String,
    /// Whether it is off at first.
    #[serde(default)]
    pub is_off: bool,
}
