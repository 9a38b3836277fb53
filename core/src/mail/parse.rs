//! From bytes to [`Mail`].

use super::{
    Address, Arrival, Attachment, DateHeader, Header, HtmlFacts, Mail, Mailbox, TextPart, Trace, attachment, decode,
    header_block, html, link_finder,
    mime::{self, Leaf},
    transfer,
    url::Urls,
};

/// Headers of one name in which addresses are looked for.
const MAX_ADDRESS_HEADERS: usize = 20;

/// Text and HTML read of one message, after decoding.
const MAX_TEXT_BYTES: usize = 1024 * 1024;

pub(super) fn parse<'raw>(raw: &'raw [u8], arrival: &Arrival) -> Mail<'raw> {
    let raw = without_mbox_line(raw);
    let block = header_block::split(raw, header_block::Ends::AtEmptyLine);
    let parts = mime::walk(&block.fields, block.body);
    let headers = header_block::decode(block.fields);
    let mut contents = Contents { budget: MAX_TEXT_BYTES, ..Contents::default() };
    for leaf in &parts.leaves {
        contents.add(leaf);
    }

    let received: Vec<&str> = raw_values(&headers, "Received").collect();
    let trace = Trace::read(&received, &arrival.account.provider);
    let full_size = arrival.full_size.unwrap_or_default();
    let mut mail = Mail {
        raw,
        size: full_size.max(u64::try_from(raw.len()).unwrap_or(u64::MAX)),
        is_truncated: u64::try_from(raw.len()).is_ok_and(|length| length < full_size),
        received_at: arrival.received_at.or_else(|| trace.hops.iter().find_map(|hop| hop.at)),
        trace,
        texts: contents.texts,
        html: contents.html,
        urls: contents.urls.into_list(),
        attachments: contents.attachments,
        part_count: parts.count,
        account: arrival.account.clone(),
        ..Mail::default()
    };
    read_headers(&mut mail, &headers);
    mail.headers = headers;
    mail
}

fn read_headers(mail: &mut Mail<'_>, headers: &[Header<'_>]) {
    mail.from = mailboxes(headers, "From");
    mail.sender = mailboxes(headers, "Sender").into_iter().next();
    mail.reply_to = mailboxes(headers, "Reply-To");
    mail.to = mailboxes(headers, "To");
    mail.cc = mailboxes(headers, "Cc");
    mail.envelope_from = envelope_from(headers);
    mail.subject = raw_values(headers, "Subject").next().map(decode::header_text).unwrap_or_default();
    mail.date = raw_values(headers, "Date").next().map_or(DateHeader::Missing, decode::date);
    mail.message_id = message_id(headers);
    mail.content_type = content_type(headers);
}

/// A leading `From ` line is the mark of a mail folder file, not part of the message.
fn without_mbox_line(raw: &[u8]) -> &[u8] {
    if !raw.starts_with(b"From ") {
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

/// What the parts hold.
#[derive(Default)]
struct Contents {
    texts: Vec<TextPart>,
    html: Option<HtmlFacts>,
    urls: Urls,
    attachments: Vec<Attachment>,
    /// Bytes of text that may still be read.
    budget: usize,
}

impl Contents {
    fn add(&mut self, leaf: &Leaf<'_>) {
        let is_html = leaf.content_type.value == "text/html";
        // A type without a subtype is none: mail programs show such a part.
        let is_text = is_html || leaf.content_type.value == "text/plain" || !leaf.content_type.value.contains('/');
        let is_shown = is_text && leaf.disposition.value != "attachment";
        if is_shown {
            self.add_text(leaf, is_html);
        }
        if !is_shown || attachment::file_name(leaf).is_some() {
            self.attachments.push(attachment::read(leaf));
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
        self.texts.push(TextPart { text, is_html, charset, encoding: leaf.encoding.clone() });
    }

    fn add_plain(&mut self, decoded: &str) -> String {
        let text = collapse(decoded);
        self.find_links(&text);
        text
    }

    fn add_html(&mut self, decoded: &str) -> String {
        let page = html::read(decoded, self.html.get_or_insert_default(), &mut self.urls);
        for stretch in page.unlinked.iter().filter_map(|range| page.text.get(range.clone())) {
            self.find_links(stretch);
        }
        page.text
    }

    fn find_links(&mut self, text: &str) {
        for url in link_finder::find(text) {
            self.urls.add(url);
        }
    }
}

/// Collapses white space within lines and drops it around them; control characters go.
fn collapse(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
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
