//! One entry of the journal, as those who act on it see it.

use rusqlite::Row;
use tamis_core::{
    UnixTime,
    api::{BatchId, MailId},
    learn::Label,
};

use super::{AccountId, IntentId, Key, Location, ids::word};

/// Why something happens to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The policy files it.
    File,
    /// The person puts it back.
    Release,
    /// The person says it is spam.
    Spam,
    /// The person says it is wanted.
    Ham,
    /// The person takes a change back.
    Undo,
}

impl Kind {
    /// As it is stored.
    pub const fn word(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Release => "release",
            Self::Spam => "spam",
            Self::Ham => "ham",
            Self::Undo => "undo",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [Self::File, Self::Release, Self::Spam, Self::Ham, Self::Undo].into_iter().find(|kind| kind.word() == word)
    }
}

/// What the learner is to make of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lesson {
    /// It is this.
    Learn(Label),
    /// It was never said what it is.
    Forget,
}

impl Lesson {
    pub(super) const fn word(lesson: Option<Self>) -> &'static str {
        match lesson {
            None => "",
            Some(Self::Learn(label)) => label.word(),
            Some(Self::Forget) => "forget",
        }
    }

    #[expect(clippy::option_option, reason = "the outer one says whether the word is known at all")]
    fn from_word(word: &str) -> Option<Option<Self>> {
        match word {
            "" => Some(None),
            "forget" => Some(Some(Self::Forget)),
            label => Label::from_word(label).map(|label| Some(Self::Learn(label))),
        }
    }
}

/// Something that is to happen to a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    /// Its number.
    pub id: IntentId,
    /// The message.
    pub mail: MailId,
    /// The change it belongs to; `None` if the policy wants it.
    pub batch: Option<BatchId>,
    /// The intent it takes back, for [`Kind::Undo`].
    pub undoes: Option<IntentId>,
    /// Why.
    pub kind: Kind,
    /// Where the message was before.
    pub source: Location,
    /// Where it is now, as far as we know.
    pub place: Location,
    /// The folder it is to be in; empty if that does not matter. An undo has none before it is started.
    pub target: String,
    /// What to learn once it is there.
    pub lesson: Option<Lesson>,
    /// Whether the lesson needs tokens that only the message itself can give.
    pub needs_tokens: bool,
    /// Since when.
    pub created_at: UnixTime,
    /// How often it was started. After more than one the message may already be in `target`.
    pub attempts: u32,
    /// What the last attempt failed of.
    pub last_error: String,
    /// The message's account.
    pub account: AccountId,
    /// The message's content.
    pub key: Key,
    /// The message's `Message-ID`.
    pub message_id: String,
    /// The message's size in bytes.
    pub size: u32,
}

impl Intent {
    /// From where the message has to be moved to `target`; `None` if it need not be moved.
    pub fn move_from(&self) -> Option<&Location> {
        let is_needed = !self.target.is_empty() && self.target != self.place.folder && !self.place.is_gone();
        is_needed.then_some(&self.place)
    }
}

/// How an intent ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The message is there now.
    Moved(Location),
    /// The message is there now, and the server could not remove the original.
    Copied(Location),
    /// Nothing had to be moved.
    InPlace,
    /// The message is neither where it was nor in the target: somebody else took it.
    Gone,
}

/// Every column of an intent, in the order [`read_intent`] wants them, and what follows `FROM`. `CROSS JOIN` makes SQLite
/// start from the few intents, not from all the mail of an account.
macro_rules! select_intent {
    ($rest:literal) => {
        concat!(
            "SELECT intent.id, mail_id, batch_id, kind, source_folder, source_uid_validity, source_uid, \
             mail.folder, mail.uid_validity, mail.uid, target, lesson, intent.created_at, attempts, last_error, \
             mail.account_id, mail.content_key, mail.message_id, mail.size, \
             EXISTS (SELECT 1 FROM training WHERE training.content_key = mail.content_key), undoes \
             FROM intent CROSS JOIN mail ON mail.id = intent.mail_id ",
            $rest
        )
    };
}
pub(super) use select_intent;

pub(super) fn read_intent(row: &Row<'_>) -> rusqlite::Result<Intent> {
    let lesson = word(row, 11, Lesson::from_word)?;
    let has_tokens: bool = row.get(19)?;
    Ok(Intent {
        id: IntentId(row.get(0)?),
        mail: MailId(row.get(1)?),
        batch: row.get::<_, Option<i64>>(2)?.map(BatchId),
        undoes: row.get::<_, Option<i64>>(20)?.map(IntentId),
        kind: word(row, 3, Kind::from_word)?,
        source: Location::read(row, 4)?,
        place: Location::read(row, 7)?,
        target: row.get(10)?,
        lesson,
        needs_tokens: matches!(lesson, Some(Lesson::Learn(_))) && !has_tokens,
        created_at: UnixTime(row.get(12)?),
        attempts: row.get(13)?,
        last_error: row.get(14)?,
        account: AccountId(row.get(15)?),
        key: row.get(16)?,
        message_id: row.get(17)?,
        size: row.get(18)?,
    })
}
