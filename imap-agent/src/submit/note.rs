//! A few words of the person's own to an address: such as the wish to be taken off a list.

use jiff::Timestamp;
use tamis_core::{
    UnixTime,
    mail::{Address, encode_text},
};

use super::letter::{Sealed, written};

/// A short message.
#[derive(Clone, Copy, Debug)]
pub struct Note<'a> {
    /// Whom it is for.
    pub to: &'a Address,
    /// One line of ASCII.
    pub subject: &'a str,
    /// What it says.
    pub text: &'a str,
    /// When it is sent.
    pub at: UnixTime,
}

impl Note<'_> {
    /// Writes it as a message (RFC 5322) of `account`.
    pub(super) fn seal(&self, account: &Address) -> Sealed {
        let (from, to) = (written(account), written(self.to));
        let date = Timestamp::from_second(self.at.0).unwrap_or_default().strftime("%a, %d %b %Y %H:%M:%S +0000");
        let mut hasher = blake3::Hasher::new_derive_key("tamis note id");
        for part in [&from, &to, self.subject, self.text, &self.at.0.to_string()] {
            hasher.update(part.as_bytes()).update(&[0]);
        }
        let id = hasher.finalize().to_hex();
        let id = id.get(..32).unwrap_or_default();
        // A line end in what a stranger chose must not begin a header.
        let subject: String = self.subject.chars().filter(|c| c.is_ascii() && !c.is_control()).collect();
        let (encoding, body) = encode_text(&self.text.replace("\r\n", "\n"), "\r\n");
        let head = format!(
            "From: {from}\r\nTo: {to}\r\nSubject: {subject}\r\nDate: {date}\r\nMessage-ID: <{id}.tamis@{}>\r\n\
             MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
             Content-Transfer-Encoding: {encoding}\r\n\r\n",
            account.domain
        );
        let content = format!("{head}{}", body.trim_end()).into_bytes();
        Sealed { from, to, content }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_a_whole_message_and_nothing_a_stranger_chose_is_a_header() {
        let (me, to) = (Address::parse("robin@example.org").unwrap(), Address::parse("leave@shop.example").unwrap());
        let note = Note {
            to: &to,
            subject: "out\r\nBcc: a@example.net",
            text: "Bitte l\u{f6}schen\nx",
            at: UnixTime(1_784_249_065),
        };
        let sealed = note.seal(&me);
        let text = String::from_utf8(sealed.content).unwrap();
        assert_eq!((sealed.from.as_str(), sealed.to.as_str()), ("robin@example.org", "leave@shop.example"));
        let start = "From: robin@example.org\r\nTo: leave@shop.example\r\nSubject: outBcc: a@example.net\r\n\
                     Date: Fri, 17 Jul 2026 00:44:25 +0000\r\nMessage-ID: <";
        assert!(text.starts_with(start), "{text}");
        assert!(text.is_ascii() && text.contains("\r\n\r\n") && !text.replace("\r\n", "").contains('\n'), "{text:?}");
    }
}
