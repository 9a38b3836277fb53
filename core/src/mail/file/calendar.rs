//! Calendar entries and address cards (RFC 5545, RFC 6350): who invites whom, with which words and links.

use super::bytes::start;
use crate::mail::{Address, Url, UrlSource, decode::split_at_most, link_finder};

/// Most bytes that are read.
const MAX_BYTES: usize = 128 * 1024;

/// Most bytes of words kept.
const MAX_TEXT: usize = 4096;

/// Most links kept.
const MAX_LINKS: usize = 50;

/// A calendar entry, or an address card.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    /// `REQUEST`, `REPLY`, `CANCEL`, `PUBLISH`…, upper case; empty if there is none.
    pub method: String,
    /// Who invites.
    pub organizer: Option<Address>,
    /// How many are invited.
    pub attendees: usize,
    /// Summary, place and description, a line each, at most 4 KiB.
    pub text: String,
}

/// Reads an entry; its links go to `urls`.
pub(super) fn read(content: &[u8], urls: &mut Vec<Url>) -> Calendar {
    let mut calendar = Calendar::default();
    let mut found = 0;
    let text = String::from_utf8_lossy(start(content, MAX_BYTES));
    for line in unfolded(&text) {
        let (head, value) = split(&line);
        let name = head.split(';').next().unwrap_or_default().to_ascii_uppercase();
        match name.as_str() {
            "METHOD" => calendar.method = split_at_most(value.trim(), 32).0.to_ascii_uppercase(),
            "ORGANIZER" => calendar.organizer = calendar.organizer.or_else(|| address(value)),
            "ATTENDEE" => calendar.attendees += 1,
            "SUMMARY" | "LOCATION" | "DESCRIPTION" | "NOTE" | "COMMENT" | "X-ALT-DESC" | "URL" | "ATTACH" => {
                let value = unescaped(value);
                for url in link_finder::find(&value).into_iter().filter(|url| url.host.is_some()) {
                    if found < MAX_LINKS {
                        found += 1;
                        urls.push(Url { source: UrlSource::File, ..url });
                    }
                }
                if matches!(name.as_str(), "SUMMARY" | "LOCATION" | "DESCRIPTION" | "COMMENT") {
                    let room = MAX_TEXT.saturating_sub(calendar.text.len() + 1);
                    calendar.text.push_str(split_at_most(&value, room).0);
                    calendar.text.push('\n');
                }
            }
            _ => {}
        }
    }
    calendar
}

/// Lines, each with those that continue it (3.1).
fn unfolded(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(more), Some(last)) => last.push_str(more),
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

/// The name with its parameters, and the value behind the first colon that is not in quotes.
fn split(line: &str) -> (&str, &str) {
    let mut is_quoted = false;
    let colon = line.find(|c| {
        is_quoted ^= c == '"';
        c == ':' && !is_quoted
    });
    let Some((head, value)) = colon.and_then(|at| line.split_at_checked(at)) else { return (line, "") };
    (head, value.get(1..).unwrap_or_default())
}

fn address(value: &str) -> Option<Address> {
    let value = value.trim();
    let bare = value
        .get(..7)
        .filter(|scheme| scheme.eq_ignore_ascii_case("mailto:"))
        .map_or(value, |_| value.get(7..).unwrap_or_default());
    Address::parse(bare)
}

/// `\n` is a line end, and a backslash makes commas and semicolons text (3.3.11).
fn unescaped(value: &str) -> String {
    value.replace("\\n", "\n").replace("\\N", "\n").replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_is_read() {
        let mut urls = Vec::new();
        let text =
            b"BEGIN:VCALENDAR\r\nMETHOD:request\r\nBEGIN:VEVENT\r\nORGANIZER;CN=\"Dr: Bob\":MAILTO:bob@example.org\r\n\
            ATTENDEE:mailto:a@b.example\r\nATTENDEE:mailto:c@b.example\r\nSUMMARY:Tea\\, and\r\n  cake\r\n\
            DESCRIPTION:Join:\\nhttps://meet.example/x\\nnow\r\nEND:VEVENT\r\nEND:VCALENDAR";
        let calendar = read(text, &mut urls);
        assert_eq!((calendar.method.as_str(), calendar.attendees), ("REQUEST", 2));
        assert_eq!(calendar.organizer, Address::parse("bob@example.org"));
        assert_eq!(calendar.text, "Tea, and cake\nJoin:\nhttps://meet.example/x\nnow\n");
        assert_eq!(urls.iter().map(|url| url.written.as_str()).collect::<Vec<_>>(), ["https://meet.example/x"]);
    }
}
