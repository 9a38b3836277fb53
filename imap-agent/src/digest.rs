//! A digest: the message that tells the person what was filed. Pure: nothing here sends, asks or knows the time.
//!
//! Everything a stranger wrote stands in the body alone, without anything that a mail program would obey or make a link of.
//! The only links are our own, and nothing is loaded from anywhere.

mod html;
mod link;
mod message;
mod text;

use jiff::{Timestamp, Zoned, tz::TimeZone};
use tamis_core::{Score, UnixTime, api::Reason, mail::Address};

pub use link::Links;

use crate::{store::mail::StoredMail, words};

/// Longest subject that is shown, in characters. More of it does not help to recognise a message.
const MOST_SUBJECT: usize = 160;

/// The same for a name, an address, a reason and a folder.
const MOST_WORDS: usize = 120;

/// What a digest says.
#[derive(Clone, Debug)]
pub struct Report<'a> {
    /// The person's address: from and to.
    pub address: &'a Address,
    /// Its `Message-ID`, with angle brackets.
    pub message_id: &'a str,
    /// When it is made.
    pub at: UnixTime,
    /// Since when what was filed is listed; 0: it is not known.
    pub since: UnixTime,
    /// The person's time zone.
    pub zone: &'a TimeZone,
    /// How many messages were filed.
    pub total: u32,
    /// The most doubtful of them, in this order.
    pub entries: &'a [Entry],
    /// What is held back and why, in a sentence without full stop; empty if nothing is.
    pub held: &'a str,
}

/// One filed message, its words as they came.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// When it arrived.
    pub received_at: UnixTime,
    /// The sender's name.
    pub from_name: String,
    /// The sender's address.
    pub from_address: String,
    /// The subject.
    pub subject: String,
    /// The main reason.
    pub reason: String,
    /// Where it is now.
    pub place: String,
    /// The score.
    pub score: Score,
    /// The link that releases it.
    pub link: String,
}

impl Entry {
    /// What is said of a judged message. `folder` is the folder it is in, as people write it.
    pub fn of(mail: &StoredMail, folder: &str, links: &Links) -> Self {
        use crate::store::mail::Shape;
        let judged = &mail.judged;
        let main = || mail.reasons().into_iter().find(|reason| 0.0 < reason.score);
        let in_short = |main: Reason| if main.why.is_empty() { main.about } else { main.why };
        let place = match (mail.location.is_gone(), mail.shape) {
            (true, _) => "removed; the original is in the archive of Tamis".to_owned(),
            (false, Shape::Original) => format!("now in {folder}"),
            (false, Shape::Tagged) => format!("now in {folder}, marked"),
            (false, Shape::Stripped) => format!("now in {folder}, without its dangerous parts"),
        };
        Self {
            received_at: judged.received_at,
            from_name: judged.from_name.clone(),
            from_address: judged.from_address.clone(),
            subject: judged.subject.clone(),
            reason: match judged.reason.as_str() {
                "" => main().map_or_else(String::new, in_short),
                reason => reason.to_owned(),
            },
            place,
            score: judged.score,
            link: links.release(mail.id),
        }
    }

    /// Its words made harmless, and complete.
    fn shown(&self, zone: &TimeZone, now: &Zoned) -> Shown<'_> {
        let address = defanged(&self.from_address, MOST_WORDS);
        let name = defanged(&self.from_name, MOST_WORDS);
        let from = match (name.is_empty() || self.from_name == self.from_address, address.is_empty()) {
            (_, true) if name.is_empty() => "(no sender)".to_owned(),
            (_, true) => name,
            (true, false) => address,
            (false, false) => format!("{name} <{address}>"),
        };
        let subject = match defanged(&self.subject, MOST_SUBJECT) {
            subject if subject.is_empty() => "(no subject)".to_owned(),
            subject => subject,
        };
        let place = defanged(&self.place, MOST_WORDS);
        let at = moment(self.received_at, zone);
        let form = if at.year() == now.year() { "%a %-d %B, %H:%M" } else { "%a %-d %B %Y, %H:%M" };
        let facts = format!("{}, score {}, {place}", at.strftime(form), self.score);
        Shown { from, subject, facts, reason: defanged(&self.reason, MOST_WORDS), link: &self.link }
    }
}

/// An entry for the eye.
struct Shown<'a> {
    from: String,
    subject: String,
    facts: String,
    /// Empty if there is none.
    reason: String,
    link: &'a str,
}

/// The sentences around the entries.
struct Frame {
    opening: String,
    order: Option<&'static str>,
    /// What is not listed; empty if all is.
    more: String,
    held: String,
}

/// How to get a message back, in three ways.
const WAYS: [&str; 3] = [
    "In any mail program: move it into the inbox. Tamis leaves it there.",
    "In the window of Tamis: select it and press Release. That teaches Tamis as well.",
    "By its link in this message, where the mail program opens links of Tamis. That teaches Tamis, too. In a terminal, \
     `tamis-agent open LINK` does the same.",
];

const RELEASE_TITLE: &str = "How to release a message";

const CLOSING: &str = "Tamis wrote this on your own computer and put it into your inbox; it was not sent through any mail \
                       server. How often it does is set in its settings file under [digest].";

impl Report<'_> {
    /// `Tamis: 12 messages filed since Monday`.
    pub fn subject(&self) -> String {
        format!("Tamis: {} filed{}", self.messages(), self.since_words())
    }

    /// The whole message, with CRLF at line ends.
    pub fn message(&self) -> Vec<u8> {
        let now = moment(self.at, self.zone);
        let shown: Vec<Shown<'_>> = self.entries.iter().map(|entry| entry.shown(self.zone, &now)).collect();
        let frame = self.frame();
        message::write(self, &now, &text::page(&frame, &shown), &html::page(&self.subject(), &frame, &shown))
    }

    fn frame(&self) -> Frame {
        let listed = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        let more = match self.total.saturating_sub(listed) {
            0 => String::new(),
            more => format!("and {more} more, with the same or higher scores."),
        };
        let held = if self.held.is_empty() { String::new() } else { format!("{}.", defanged(self.held, 500)) };
        Frame {
            opening: format!("Tamis has filed {}{}.", self.messages(), self.since_words()),
            order: (1 < listed).then_some("The most doubtful stand first: these are worth a look."),
            more,
            held,
        }
    }

    fn messages(&self) -> String {
        words::count(usize::try_from(self.total).unwrap_or(usize::MAX), "message")
    }

    /// ` since Monday`; empty if that is not known.
    fn since_words(&self) -> String {
        if self.since.0 <= 0 || self.at.0 < self.since.0 {
            return String::new();
        }
        let (since, now) = (moment(self.since, self.zone), moment(self.at, self.zone));
        let days = since.date().until(now.date()).map_or(i32::MAX, |span| span.get_days());
        let form = match days {
            0 => " since %H:%M",
            1..=6 => " since %A",
            _ if since.year() == now.year() => " since %-d %B",
            _ => " since %-d %B %Y",
        };
        since.strftime(form).to_string()
    }
}

/// A time on the person's clock. One that no calendar has is the nearest that it has.
fn moment(at: UnixTime, zone: &TimeZone) -> Zoned {
    let nearest = if at.0 < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_second(at.0).unwrap_or(nearest).to_zoned(zone.clone())
}

/// A stranger's words on one line of at most `most` characters, so that no mail program makes a link of them: `a.b` is
/// `a[.]b`, `a:b` is `a[:]b` and `@` is `[at]`. Times and prices stay as they are.
fn defanged(text: &str, most: usize) -> String {
    let line = words::one_line(text);
    let mut out = String::with_capacity(line.len());
    let mut before = ' ';
    let mut letters = line.trim().chars().peekable();
    let mut left = most;
    while let Some(letter) = letters.next() {
        if left == 0 {
            out.push('…');
            break;
        }
        left -= 1;
        let joins = !before.is_whitespace() && letters.peek().is_some_and(|next| !next.is_whitespace());
        let is_time = before.is_ascii_digit() && letters.peek().is_some_and(char::is_ascii_digit);
        match letter {
            // Browsers take the last three for full stops (UTS #46, 2.3).
            '.' | '\u{3002}' | '\u{ff0e}' | '\u{ff61}' if joins && !is_time => out.push_str("[.]"),
            ':' | '\u{ff1a}' if joins && !is_time => out.push_str("[:]"),
            '@' | '\u{ff20}' => out.push_str("[at]"),
            _ => out.push(letter),
        }
        before = letter;
    }
    out
}

#[cfg(test)]
mod tests;
