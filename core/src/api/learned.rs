//! What was learned, lesson by lesson and word by word.

use serde::{Deserialize, Serialize};

use super::MailId;

/// Some of the lessons in force, and how many there are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LessonsPage {
    /// The lessons, newest first.
    pub rows: Vec<LessonRow>,
    /// How many there are that came in the way that was asked for.
    pub total: u32,
    /// How many of each kind, by how they came.
    pub sources: Vec<LessonSource>,
    /// Lessons that an older version made, which do not count.
    pub outdated: u32,
}

/// A lesson.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LessonRow {
    /// Names its message by what it says: 32 hexadecimal digits.
    pub key: String,
    /// `ham` or `spam`.
    pub label: String,
    /// How it came: `file`, `review`, `move`, `keyword`, `server`, `bootstrap` or `undo`.
    pub source: String,
    /// When, Unix seconds.
    pub at: i64,
    /// The sender of the message; empty if that is not known.
    pub from: String,
    /// Its subject; empty if that is not known: of messages that were not judged, nothing is kept.
    pub subject: String,
    /// The message, if it was judged.
    pub mail: Option<MailId>,
}

/// Lessons that came in one way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LessonSource {
    /// As in [`LessonRow::source`].
    pub source: String,
    /// Wanted messages.
    pub ham: u32,
    /// Unwanted ones.
    pub spam: u32,
}

/// What is known of a word.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WordReport {
    /// Lessons that were looked through.
    pub lessons: u32,
    /// Where the word is, the place that says most first.
    pub places: Vec<WordPlace>,
}

/// A place of messages in which a word was.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WordPlace {
    /// Which: `"invoice" in the subject`.
    pub said: String,
    /// Wanted messages that have it there.
    pub ham: u32,
    /// Unwanted ones.
    pub spam: u32,
    /// How much it says spam by itself, 0 to 1; 0.5 says nothing.
    pub probability: f64,
}
