//! From bytes to what [`Mail`](super::Mail) tells.

use super::{
    Address, Attachment, DateHeader, Group, Header, HtmlFacts, Mailbox, TextPart, attachment, decode,
    file::Room,
    header_block, html, link_finder,
    mime::{self, Leaf, Parts},
    qr::Looker,
    transfer,
    url::{Url, UrlSource, Urls},
};

/// Headers of one name in which addresses are looked for.
const MAX_ADDRESS_HEADERS: usize = 20;

/// Multiparts of which it is said what they hold.
const MAX_GROUPS: usize = 20;

/// Text and HTML read of one message, after decoding.
const MAX_TEXT_BYTES: usize = 1024 * 1024;

/// The header of a message, and what follows it.
#[derive(Clone, Debug, Default)]
pub(super) struct Head<'raw> {
    pub(super) headers: Vec<Header<'raw>>,
    body: &'raw [u8],
}

impl<'raw> Head<'raw> {
    pub(super) fn read(raw: &'raw [u8]) -> Self {
        let block = header_block::split(raw, header_block::Ends::AtEmptyLine);
        Self { headers: header_block::decode(block.fields), body: block.body }
    }
}

/// What headers of certain names say.
#[derive(Clone, Debug, Default)]
#[expect(clippy::option_option, reason = "unknown and `<>` are different answers")]
pub(super) struct Named {
    pub(super) from: Vec<Mailbox>,
    pub(super) sender: Option<Mailbox>,
    pub(super) reply_to: Vec<Mailbox>,
    pub(super) to: Vec<Mailbox>,
    pub(super) cc: Vec<Mailbox>,
    pub(super) bcc: Vec<Mailbox>,
    pub(super) envelope_from: Option<Option<Address>>,
    pub(super) subject: String,
    pub(super) date: DateHeader,
    pub(super) message_id: Option<String>,
    pub(super) content_type: String,
}

impl Named {
    pub(super) fn read(headers: &[Header<'_>]) -> Self {
        Self {
            from: mailboxes(headers, "From"),
            sender: mailboxes(headers, "Sender").into_iter().next(),
            reply_to: mailboxes(headers, "Reply-To"),
            to: mailboxes(headers, "To"),
            cc: mailboxes(headers, "Cc"),
            bcc: mailboxes(headers, "Bcc"),
            envelope_from: envelope_from(headers),
            subject: raw_values(headers, "Subject").next().map(decode::header_text).unwrap_or_default(),
            date: raw_values(headers, "Date").next().map_or(DateHeader::Missing, decode::date),
            message_id: message_id(headers),
            content_type: content_type(headers),
        }
    }
}

/// A leading `From ` line is the mark of a mail folder file, not part of the message.
pub(crate) fn without_mbox_line(raw: &[u8]) -> &[u8] {
    // `From : bob@example.org` is a header.
    let is_mark = raw.strip_prefix(b"From ").is_some_and(|rest| !rest.trim_ascii_start().starts_with(b":"));
    if !is_mark {
        return raw;
    }
    memchr::memchr(b'\n', raw).and_then(|end| raw.get(end + 1..)).unwrap_or_default()
}

fn raw_values<'headers>(headers: &'headers [Header<'_>], name: &'static str) -> impl Iterator<Item = &'headers str> {
    headers.iter().filter(move |header| header.name.eq_ignore_ascii_case(name)).map(|header| header.raw.as_ref())
}

/// A header that stands more than once counts as one: mail programs differ in which they show.
fn mailboxes(headers: &[Header<'_>], name: &'static str) -> Vec<Mailbox> {
    raw_values(headers, name).take(MAX_ADDRESS_HEADERS).flat_map(decode::mailboxes).collect()
}

#[expect(clippy::option_option, reason = "unknown and `<>` are different answers")]
fn envelope_from(headers: &[Header<'_>]) -> Option<Option<Address>> {
    let raw = raw_values(headers, "Return-Path").chain(raw_values(headers, "X-Envelope-From")).next()?.trim();
    match Address::parse(raw) {
        Some(address) => Some(Some(address)),
        None if raw == "<>" => Some(None),
        // Comments and the like around it.
        None => decode::mailboxes(raw).into_iter().find_map(|mailbox| mailbox.address).map(Some),
    }
}

fn message_id(headers: &[Header<'_>]) -> Option<String> {
    let header = headers.iter().find(|header| header.name.eq_ignore_ascii_case("Message-ID"))?;
    let value = header.value.trim();
    let bracketed = value.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(inside, _)| inside);
    let id = bracketed.unwrap_or(value).trim();
    (!id.is_empty()).then(|| id.to_owned())
}

fn content_type(headers: &[Header<'_>]) -> String {
    let declared = raw_values(headers, "Content-Type").next().map(decode::Declared::parse).unwrap_or_default();
    if declared.value.is_empty() { "text/plain".to_owned() } else { declared.value }
}

fn groups(parts: &Parts<'_>) -> Vec<Group> {
    let group = |multipart: &mime::Multipart| {
        let body = &multipart.place.body;
        let is_within = |leaf: &&Leaf<'_>| body.start <= leaf.place.body.start && leaf.place.body.end <= body.end;
        let leaves = parts.leaves.iter().filter(is_within).count();
        Group { content_type: multipart.content_type.clone(), leaves }
    };
    parts.multiparts.iter().take(MAX_GROUPS).map(group).collect()
}

/// What the parts hold.
#[derive(Clone, Debug, Default)]
pub(super) struct Contents {
    pub(super) texts: Vec<TextPart>,
    pub(super) html: Option<HtmlFacts>,
    pub(super) urls: Vec<Url>,
    pub(super) attachments: Vec<Attachment>,
    pub(super) part_count: usize,
    pub(super) groups: Vec<Group>,
}

impl Contents {
    pub(super) fn read(head: &Head<'_>) -> Self {
        let fields: Vec<_> = head.headers.iter().map(|header| (header.name, header.raw.clone())).collect();
        let parts = mime::walk(&fields, head.body);
        let mut reader = Reader { budget: MAX_TEXT_BYTES, ..Reader::default() };
        for leaf in &parts.leaves {
            reader.add(leaf);
        }
        let Reader { contents, urls, .. } = reader;
        Self { urls: urls.into_list(), part_count: parts.count, groups: groups(&parts), ..contents }
    }
}

/// Reads one part after the other.
#[derive(Default)]
struct Reader {
    contents: Contents,
    urls: Urls,
    codes: Looker,
    /// Bytes of text that may still be read.
    budget: usize,
    /// What may still be unpacked of files.
    room: Room,
}

impl Reader {
    fn add(&mut self, leaf: &Leaf<'_>) {
        let is_html = leaf.content_type.value == "text/html";
        let is_shown = leaf.is_shown();
        if is_shown {
            self.add_text(leaf, is_html);
        }
        if !is_shown || attachment::file_name(leaf).is_some() {
            let mut links = Vec::new();
            let file = attachment::read(leaf, &mut links, &mut self.room);
            for url in links {
                self.urls.add(url);
            }
            if is_picture(&file) && self.codes.wants(file.size) {
                let found = self.codes.picture(&transfer::decode(leaf.body, &leaf.encoding));
                self.add_codes(&found);
            }
            self.contents.attachments.push(file);
        }
    }

    fn add_text(&mut self, leaf: &Leaf<'_>, is_html: bool) {
        let charset = leaf.content_type.parameter("charset").map(|name| name.trim().to_ascii_lowercase());
        let charset = charset.filter(|name| !name.is_empty());
        // Four encoded bytes make at least one decoded.
        let body = leaf.body.get(..self.budget.saturating_mul(4)).unwrap_or(leaf.body);
        let bytes = transfer::decode(body, &leaf.encoding);
        let bytes = bytes.get(..self.budget).unwrap_or(&bytes);
        self.budget -= bytes.len();
        let decoded = decode::text(bytes, charset.as_deref());
        let text = if is_html { self.add_html(&decoded) } else { self.add_plain(&decoded) };
        let drawn = self.codes.page(&decoded, is_html);
        self.add_codes(&drawn);
        self.contents.texts.push(TextPart { text, is_html, charset, encoding: leaf.encoding.clone() });
    }

    fn add_plain(&mut self, decoded: &str) -> String {
        let text = collapse(decoded);
        self.find_links(&text);
        text
    }

    fn add_html(&mut self, decoded: &str) -> String {
        let page = html::read(decoded, self.contents.html.get_or_insert_default(), &mut self.urls);
        for stretch in page.unlinked.iter().filter_map(|range| page.text.get(range.clone())) {
            self.find_links(stretch);
        }
        for picture in self.urls.take_pictures() {
            let Some((_, digits)) = picture.split_once("base64,") else { continue };
            let found = self.codes.picture(&transfer::decode(digits.as_bytes(), "base64"));
            self.add_codes(&found);
        }
        page.text
    }

    fn add_codes(&mut self, found: &[String]) {
        for url in found.iter().filter_map(|content| Url::parse(content, UrlSource::Qr)) {
            self.urls.add(url);
        }
    }

    fn find_links(&mut self, text: &str) {
        for url in link_finder::find(text) {
            self.urls.add(url);
        }
    }
}

/// Whether a file is a picture, by what it says or by how it begins.
fn is_picture(file: &Attachment) -> bool {
    const STARTS: [&[u8]; 4] = [b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM"];
    file.content_type.starts_with("image/") || STARTS.iter().any(|start| file.start.starts_with(start))
}

/// Collapses white space within lines and drops it around them; control characters go.
fn collapse(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        if is_collapsed(line) {
            out.push_str(line);
            out.push('\n');
            continue;
        }
        let mut words = line.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
        if let Some(first) = words.next() {
            out.push_str(first);
        }
        for word in words {
            out.push(' ');
            out.push_str(word);
        }
        out.push('\n');
    }
    out.trim_matches('\n').to_owned()
}

/// Whether a line is nothing but words of ASCII with single blanks between, as most are.
fn is_collapsed(line: &str) -> bool {
    let mut before = b' ';
    let is_plain = line.bytes().all(|byte| {
        let is_part = byte.is_ascii_graphic() || byte == b' ' && before != b' ';
        before = byte;
        is_part
    });
    is_plain && (before != b' ' || line.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{AccountFacts, Arrival, Domain, Mail, UnixTime};

    fn parse<'raw>(raw: &'raw [u8], arrival: &Arrival) -> Mail<'raw> {
        Mail::parse(raw, arrival)
    }

    #[test]
    fn a_whole_message_is_taken_apart() {
        let mail = parse(WHOLE, &Arrival::default());
        assert_eq!((mail.from()[0].name.as_str(), mail.from()[0].written.as_str()), ("Böb", "bob@example.org"));
        assert_eq!((mail.to().len(), mail.cc().len(), mail.reply_to().len(), mail.sender().is_none()), (3, 1, 0, true));
        assert_eq!((mail.subject(), mail.header("SUBJECT")), ("héllo wörld", Some("héllo wörld")));
        assert_eq!((mail.date(), mail.received_at()), (DateHeader::At(UnixTime(1)), Some(UnixTime(2))));
        assert_eq!((mail.message_id(), mail.content_type()), (Some("1@example.org"), "multipart/mixed"));
        assert_eq!(mail.envelope_from(), Some(Address::parse("bounce@example.org").as_ref()));
        assert_eq!(mail.trace().client_ip(), "192.0.2.1".parse().ok());
        assert_eq!((mail.part_count(), mail.size), (7, u64::try_from(WHOLE.len()).unwrap()));
    }

    #[test]
    fn texts_are_what_is_shown() {
        let mail = parse(WHOLE, &Arrival::default());
        assert_eq!(mail.visible_text(), "plain café http://example.org/1\nrich text");
        assert_eq!(
            (mail.texts()[0].charset.as_deref(), mail.texts()[0].encoding.as_str()),
            (Some("iso-8859-1"), "quoted-printable")
        );
        assert_eq!(mail.html().map(|html| html.hidden_text.as_str()), Some("secret"));
        let urls: Vec<_> = mail.urls().iter().map(|url| url.written.as_str()).collect();
        assert_eq!(urls, ["http://example.org/1", "http://example.org/2"]);
    }

    #[test]
    fn files_and_attached_messages_are_attachments() {
        let mail = parse(WHOLE, &Arrival::default());
        let files: Vec<_> = mail
            .attachments()
            .iter()
            .map(|file| (file.name.as_deref(), file.content_type.as_str(), file.size))
            .collect();
        assert_eq!(files, [(Some("notes.txt"), "text/plain", 5), (Some("inner"), "message/rfc822", 23)]);
        assert!(!mail.visible_text().contains("cheap") && !mail.visible_text().contains("notes"));
    }

    #[test]
    fn an_mbox_line_is_no_part_of_the_message() {
        let mail = parse(b"From bob Thu Jan  1 00:00:00 1970\nSubject: x\n\nbody\n", &Arrival::default());
        assert_eq!((mail.subject(), mail.raw), ("x", &b"Subject: x\n\nbody\n"[..]));
    }

    #[test]
    fn what_is_no_message_is_a_text() {
        let mail = parse(b"just some words\nhttp://example.org\n", &Arrival::default());
        assert!(mail.headers().is_empty() && mail.from().is_empty() && mail.trace().hops.is_empty());
        assert_eq!((mail.visible_text().as_str(), mail.urls().len()), ("just some words\nhttp://example.org", 1));
        assert_eq!((mail.date(), mail.content_type()), (DateHeader::Missing, "text/plain"));
    }

    #[test]
    fn the_arrival_is_believed_before_the_headers() {
        let arrival = Arrival {
            received_at: Some(UnixTime(9)),
            full_size: Some(1_000_000),
            account: AccountFacts {
                provider: vec![Domain::parse("example.net").unwrap()],
                identities: Vec::new(),
                ..AccountFacts::default()
            },
        };
        let mail = parse(WHOLE, &arrival);
        assert_eq!((mail.received_at(), mail.size, mail.is_truncated), (Some(UnixTime(9)), 1_000_000, true));
        assert_eq!((mail.trace().boundary, mail.account.provider.len()), (None, 1));
    }

    #[test]
    fn an_empty_envelope_sender_is_not_an_unknown_one() {
        assert_eq!(parse(b"Return-Path: <>\n\n", &Arrival::default()).envelope_from(), Some(None));
        assert_eq!(parse(b"Subject: x\n\n", &Arrival::default()).envelope_from(), None);
        let fallback = parse(b"X-Envelope-From: <a@example.org>\n\n", &Arrival::default());
        assert_eq!(fallback.envelope_from(), Some(Address::parse("a@example.org").as_ref()));
    }

    #[test]
    fn only_so_much_text_is_read() {
        let raw = format!("Subject: x\n\n{}", "word ".repeat(500_000));
        assert!(parse(raw.as_bytes(), &Arrival::default()).visible_text().len() <= MAX_TEXT_BYTES);
    }

    const WHOLE: &[u8] = b"Return-Path: <bounce@example.org>\r\n\
        Received: from a.example (b.example [192.0.2.1])\r\n\tby mx.example.com (Postfix) with ESMTP id 1;\r\n\
        \tThu, 1 Jan 1970 00:00:02 +0000\r\n\
        From: =?utf-8?q?B=C3=B6b?= <bob@example.org>\r\nTo: a@example.com, B <b@example.com>,\r\n c@example.com\r\n\
        Cc: d@example.com\r\nSubject: =?utf-8?q?h=C3=A9llo?=\r\n =?iso-8859-1?q?_w=F6rld?=\r\n\
        Date: Thu, 1 Jan 1970 00:00:01 +0000\r\nMessage-ID: <1@example.org>\r\n\
        Content-Type: Multipart/Mixed; boundary=\"x\"\r\n\r\n\
        --x\r\nContent-Type: multipart/alternative; boundary=y\r\n\r\n\
        --y\r\nContent-Type: text/plain; charset=ISO-8859-1\r\nContent-Transfer-Encoding: Quoted-Printable\r\n\r\n\
        plain   caf=E9 =\r\nhttp://example.org/1\r\n\
        --y\r\nContent-Type: text/html\r\n\r\n\
        <i style=\"display:none\">secret</i><p>rich <a href=\"http://example.org/2\">text</a>\r\n--y--\r\n\
        --x\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=notes.txt\r\n\r\nnotes\r\n\
        --x\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\ncheap\r\n\
        --x\r\nContent-Type: multipart/mixed; boundary=z\r\n\r\n--x--\r\n";
}
