//! A judged message, as it is kept and given out.

use rusqlite::{Row, types::Type};
use serde::{Deserialize, Serialize};
use tamis_core::{
    Action, Class, ListHit, Score, UnixTime,
    api::{AskedView, MailId, MailRow, Reason},
    fuzzy::Print,
    learn::Label,
    reputation::{Contact, Origin, Proof, Track},
};

use super::{
    AccountId, Fingerprint, Key, Location,
    ids::{optional_label, word},
    peers::habits_of,
};

/// Every column of a mail, in the order [`read_mail`] wants them, and what follows `FROM`.
macro_rules! select {
    ($($rest:expr),+) => {
        concat!(
            "SELECT mail.id, mail.account_id, \
             (SELECT name FROM account WHERE account.id = mail.account_id), content_key, fingerprint, message_id, from_name, \
             from_address, to_text, subject, received_at, judged_at, size, score, class, action, probability, \
             decided_by, reasons, clues, folder, uid_validity, uid, home, taught, reviewed_at, shape, shape_key, held_at, \
             EXISTS (SELECT 1 FROM original WHERE original.account_id = mail.account_id \
                 AND original.content_key = mail.content_key), reason, keywords, proof, habits, \
             coalesce((SELECT due_at FROM waiting WHERE waiting.mail_id = mail.id), 0), asked \
             FROM mail ",
            $($rest),+
        )
    };
}
pub(super) use select;

/// What is kept of a message and its verdict.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_field_names, reason = "`judged_at` is the word of the design")]
pub struct Judged {
    /// Whose mail it is.
    pub account: AccountId,
    /// Names its content.
    pub key: Key,
    /// Names it on the server.
    pub fingerprint: Fingerprint,
    /// `Message-ID`, empty if there is none.
    pub message_id: String,
    /// The sender's name, or the address.
    pub from_name: String,
    /// The sender's address, empty if there is none.
    pub from_address: String,
    /// `To`, as text.
    pub to: String,
    /// The subject, decoded.
    pub subject: String,
    /// When it arrived.
    pub received_at: UnixTime,
    /// When it was judged.
    pub judged_at: UnixTime,
    /// Bytes.
    pub size: u32,
    /// The sum.
    pub score: Score,
    /// The class.
    pub class: Class,
    /// What the policy said.
    pub action: Action,
    /// The learner's probability of spam, 0 to 1.
    pub probability: Option<f64>,
    /// From where it is, as far as that can be believed.
    pub origin: Origin,
    /// What settled the class.
    pub decided_by: String,
    /// Why, in one sentence; empty if it was judged before there was one.
    pub reason: String,
    /// Every finding.
    pub reasons: Vec<JudgedReason>,
    /// The learner's words and how much each says spam, 0 to 1.
    pub clues: Vec<(String, f64)>,
    /// What others were asked about it, what they answered, and how many milliseconds that took.
    pub asked: Vec<(String, String, u64)>,
    /// What its keywords said when it was met first, or were last looked at.
    pub keywords: Keywords,
    /// The entries of the lists that hit it. They are not read back.
    pub listed: Vec<ListHit>,
    /// By what way it came from whom to whom. It is not read back.
    pub contact: Option<Contact>,
    /// Whether nothing wanted had come so before. It is not read back.
    pub is_first_contact: bool,
    /// Whose reputation it counts for. It is not read back.
    pub track: Track,
    /// What it is known again by. It is not read back.
    pub print: Print,
    /// Whether it is spam for other reasons than that messages like it were. It is not read back.
    pub is_plain_spam: bool,
}

/// One finding as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JudgedReason {
    /// The symbol.
    pub symbol: String,
    /// What the symbol means.
    pub about: String,
    /// What in this message raised it.
    pub why: String,
    /// Points.
    #[serde(with = "as_thousandths", rename = "thousandths")]
    pub score: Score,
}

/// A judged message and what has become of it.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredMail {
    /// Its number.
    pub id: MailId,
    /// The account's name.
    pub account_name: String,
    /// What was kept.
    pub judged: Judged,
    /// Where it is now.
    pub location: Location,
    /// The folder it was in when it was judged.
    pub home: String,
    /// What the person has said it is.
    pub taught: Option<Label>,
    /// When it is judged again; 0 if it does not wait for that.
    pub waits_until: UnixTime,
    /// When the person dealt with it; 0 if never.
    pub reviewed_at: UnixTime,
    /// What lies on the server.
    pub shape: Shape,
    /// Names the content of what lies on the server.
    pub shape_key: Key,
    /// Since when its filing waits for the person; 0 if it does not.
    pub held_at: UnixTime,
    /// Whether the archive holds the original.
    pub is_archived: bool,
}

/// What other programs say in the keywords of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keywords {
    /// Nothing about junk.
    #[default]
    None,
    /// That it is junk.
    Junk,
    /// That it is not junk.
    NotJunk,
    /// Both, which by itself means neither.
    Both,
    /// Nobody knows: it was dealt with before they were written down.
    Unknown,
}

impl Keywords {
    /// From whether they say that it is junk, and that it is not.
    pub const fn of(says: (bool, bool)) -> Self {
        match says {
            (false, false) => Self::None,
            (true, false) => Self::Junk,
            (false, true) => Self::NotJunk,
            (true, true) => Self::Both,
        }
    }

    /// What somebody has said who has made `self` of what the keywords were before: with both at once, the newer one.
    pub fn said_since(self, before: Self) -> Option<Label> {
        match (before, self) {
            (Self::None | Self::NotJunk | Self::Both, Self::Junk) | (Self::NotJunk, Self::Both) => Some(Label::Spam),
            (Self::None | Self::Junk | Self::Both, Self::NotJunk) | (Self::Junk, Self::Both) => Some(Label::Ham),
            (_, Self::None | Self::Unknown)
            | (Self::Unknown, _)
            | (Self::Junk, Self::Junk)
            | (Self::NotJunk, Self::NotJunk)
            | (Self::None | Self::Both, Self::Both) => None,
        }
    }

    /// As it is stored.
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Junk => "junk",
            Self::NotJunk => "notjunk",
            Self::Both => "both",
            Self::Unknown => "unknown",
        }
    }

    /// Reads [`Keywords::word`] back.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::None, Self::Junk, Self::NotJunk, Self::Both, Self::Unknown]
            .into_iter()
            .find(|keywords| keywords.word() == word)
    }
}

/// What lies on the server of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// The message as it came.
    #[default]
    Original,
    /// A copy of ours, with a mark.
    Tagged,
    /// A copy of ours, without what was dangerous.
    Stripped,
}

impl Shape {
    /// As it is stored: empty, `tag` or `strip`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Original => "",
            Self::Tagged => "tag",
            Self::Stripped => "strip",
        }
    }

    /// Reads [`Shape::word`] back.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Original, Self::Tagged, Self::Stripped].into_iter().find(|shape| shape.word() == word)
    }
}

impl StoredMail {
    /// The row for a list, in the language of whoever asks. Its folder is named as the server spells it.
    pub fn row(&self) -> MailRow {
        let mail = &self.judged;
        let main = self.sorted().filter(|reason| reason.score != Score::ZERO).take(3);
        MailRow {
            id: self.id,
            account: self.account_name.clone(),
            from_name: mail.from_name.clone(),
            from_address: mail.from_address.clone(),
            subject: mail.subject.clone(),
            received_at: mail.received_at.0,
            class: mail.class.word().to_owned(),
            score: mail.score.points(),
            probability: mail.probability,
            folder: self.location.folder.clone(),
            uid: self.location.uid,
            action: mail.action.word().to_owned(),
            is_archived: self.is_archived,
            is_held: self.held_at != UnixTime(0),
            taught: self.taught.map(|label| label.word().to_owned()),
            reason: mail.said_reason(),
            reasons: main.map(JudgedReason::in_short).collect(),
            waits_until: self.waits_until.0,
        }
    }

    /// Every finding, heaviest first.
    pub fn reasons(&self) -> Vec<Reason> {
        self.sorted().map(JudgedReason::in_words).collect()
    }

    /// What others were asked about it.
    pub fn asked(&self) -> Vec<AskedView> {
        let view = |(question, answer, millis): &(String, String, u64)| AskedView {
            question: question.clone(),
            answer: answer.clone(),
            millis: *millis,
        };
        self.judged.asked.iter().map(view).collect()
    }

    fn sorted(&self) -> impl Iterator<Item = &JudgedReason> {
        let mut reasons: Vec<_> = self.judged.reasons.iter().collect();
        reasons.sort_by_key(|reason| std::cmp::Reverse(reason.score.thousandths().unsigned_abs()));
        reasons.into_iter()
    }
}

pub(super) fn read_mail(row: &Row<'_>) -> rusqlite::Result<StoredMail> {
    let judged = Judged {
        account: AccountId(row.get(1)?),
        key: row.get(3)?,
        fingerprint: row.get(4)?,
        message_id: row.get(5)?,
        from_name: row.get(6)?,
        from_address: row.get(7)?,
        to: row.get(8)?,
        subject: row.get(9)?,
        received_at: UnixTime(row.get(10)?),
        judged_at: UnixTime(row.get(11)?),
        size: row.get(12)?,
        score: Score::from_thousandths(row.get(13)?),
        class: word(row, 14, class_from_word)?,
        action: word(row, 15, Action::from_word)?,
        probability: row.get(16)?,
        origin: Origin {
            proof: word(row, 32, Proof::from_word)?,
            habits: habits_of(row.get_ref(33)?.as_blob()?).collect(),
        },
        decided_by: row.get(17)?,
        reason: row.get(30)?,
        reasons: from_json(row, 18)?,
        clues: from_json(row, 19)?,
        asked: from_json(row, 35)?,
        keywords: word(row, 31, Keywords::from_word)?,
        listed: Vec::new(),
        contact: None,
        is_first_contact: false,
        track: Track::default(),
        print: Print::default(),
        is_plain_spam: false,
    };
    Ok(StoredMail {
        id: MailId(row.get(0)?),
        account_name: row.get(2)?,
        shape: word(row, 26, Shape::from_word)?,
        shape_key: content_key(row, 27, judged.key)?,
        held_at: UnixTime(row.get(28)?),
        is_archived: row.get(29)?,
        judged,
        location: Location::read(row, 20)?,
        home: row.get(23)?,
        taught: word(row, 24, optional_label)?,
        reviewed_at: UnixTime(row.get(25)?),
        waits_until: UnixTime(row.get(34)?),
    })
}

/// The key in that column; where there is none, the `original`'s.
pub(super) fn content_key(row: &Row<'_>, column: usize, original: Key) -> rusqlite::Result<Key> {
    if row.get_ref(column)?.as_blob()?.is_empty() { Ok(original) } else { row.get(column) }
}

fn class_from_word(word: &str) -> Option<Class> {
    [Class::Ham, Class::Unsure, Class::Spam].into_iter().find(|class| class.word() == word)
}

fn from_json<T: for<'de> Deserialize<'de>>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let text = row.get_ref(column)?.as_str()?;
    serde_json::from_str(text).map_err(|err| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, err.into()))
}

mod as_thousandths {
    use serde::{Deserialize as _, Deserializer, Serializer};
    use tamis_core::Score;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
    pub(super) fn serialize<S: Serializer>(score: &Score, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_i32(score.thousandths())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Score, D::Error> {
        i32::deserialize(from).map(Score::from_thousandths)
    }
}
