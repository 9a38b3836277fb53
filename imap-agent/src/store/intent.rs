//! One entry of the journal, as those who act on it see it.

use rusqlite::Row;
use tamis_core::{
    UnixTime,
    api::{BatchId, MailId},
    learn::{Features, Label},
};

use super::{
    AccountId, IntentId, Key, Location,
    ids::word,
    judged::{Shape, content_key},
};

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
    /// It is put aside until it is judged again.
    Hold,
    /// It comes back from there.
    Free,
    /// The person removes it.
    Delete,
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
            Self::Hold => "hold",
            Self::Free => "free",
            Self::Delete => "delete",
        }
    }

    /// Whether Tamis does it by itself. The person's hand outweighs that.
    pub const fn is_of_policy(self) -> bool {
        matches!(self, Self::File | Self::Hold | Self::Free)
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        const ALL: [Kind; 8] =
            [Kind::File, Kind::Release, Kind::Spam, Kind::Ham, Kind::Undo, Kind::Hold, Kind::Free, Kind::Delete];
        ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// What is done to a message besides moving it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Deed {
    /// Nothing else.
    #[default]
    Move,
    /// It gets the keyword `$Junk`, wanted mail `$NotJunk`.
    Keyword,
    /// It loses these keywords.
    Unkeyword,
    /// A copy with a mark takes its place.
    Tag,
    /// A copy without what is dangerous takes its place.
    Strip,
    /// The original, from the archive, takes the place of our copy, or comes back after all.
    Restore,
    /// It is sent to another address.
    Send,
    /// It is removed from the server.
    Delete,
}

impl Deed {
    const ALL: [Self; 8] =
        [Self::Move, Self::Keyword, Self::Unkeyword, Self::Tag, Self::Strip, Self::Restore, Self::Send, Self::Delete];

    /// As it is stored.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Move => "",
            Self::Keyword => "keyword",
            Self::Unkeyword => "unkeyword",
            Self::Tag => "tag",
            Self::Strip => "strip",
            Self::Restore => "restore",
            Self::Send => "send",
            Self::Delete => "delete",
        }
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|deed| deed.word() == word)
    }

    /// What makes a message of that shape out of the original.
    pub const fn shaping(shape: Shape) -> Self {
        match shape {
            Shape::Original => Self::Restore,
            Shape::Tagged => Self::Tag,
            Shape::Stripped => Self::Strip,
        }
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
    /// How often the server has refused it.
    pub refusals: u32,
    /// What the last attempt failed of.
    pub last_error: String,
    /// The message's account.
    pub account: AccountId,
    /// The content of the message as it came.
    pub key: Key,
    /// The content of what lies on the server: the original, or our copy.
    pub lies: Key,
    /// Which of them.
    pub shape: Shape,
    /// What is done besides the move.
    pub deed: Deed,
    /// The content of the message that an earlier attempt has put, or was about to put, in its place.
    pub made_key: Option<Key>,
    /// Where that was put, if that is known.
    pub made: Option<Location>,
    /// When the submission server took it; 0 if it has not.
    pub sent_at: UnixTime,
    /// The message's `Message-ID`.
    pub message_id: String,
    /// The message's size in bytes.
    pub size: u32,
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
    /// Another form of the message is there now instead.
    Replaced {
        /// Where.
        at: Location,
        /// The content of it.
        key: Key,
        /// Which form.
        shape: Shape,
    },
    /// It is no longer on the server, as was meant.
    Deleted,
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
             coalesce((SELECT version FROM training WHERE training.content_key = mail.content_key), 0), undoes, \
             deed, mail.shape, mail.shape_key, made_key, made_folder, made_uid_validity, made_uid, sent_at, refusals \
             FROM intent CROSS JOIN mail ON mail.id = intent.mail_id ",
            $rest
        )
    };
}
pub(super) use select_intent;

pub(super) fn read_intent(row: &Row<'_>) -> rusqlite::Result<Intent> {
    let lesson = word(row, 11, Lesson::from_word)?;
    // Tokens that an older engine made are none.
    let has_tokens = Features::VERSION <= row.get::<_, u32>(19)?;
    let key: Key = row.get(16)?;
    let made_key = if row.get_ref(24)?.as_blob()?.is_empty() { None } else { Some(row.get(24)?) };
    let made = Location::read(row, 25)?;
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
        refusals: row.get(29)?,
        last_error: row.get(14)?,
        account: AccountId(row.get(15)?),
        key,
        lies: content_key(row, 23, key)?,
        shape: word(row, 22, Shape::from_word)?,
        deed: word(row, 21, Deed::from_word)?,
        made_key,
        made: (!made.is_gone()).then_some(made),
        sent_at: UnixTime(row.get(28)?),
        message_id: row.get(17)?,
        size: row.get(18)?,
    })
}
