//! A message as the checks see it: each side of it is read once, when it is first asked for, then only looked at.
//!
//! Reading never fails. Whatever the bytes are, they give a `Mail`; what is missing or broken in them is for the
//! checks to notice. `mail_parser` is named in `mail/decode.rs` alone, `html5ever` in `mail/html` alone,
//! `image` and `rqrr` in `mail/qr` alone.

mod address;
pub(crate) mod attachment;
mod auth_results;
mod authentication;
pub(crate) mod decode;
pub(crate) mod file;
mod file_policy;
pub(crate) mod header_block;
pub(crate) mod html;
mod link_finder;
pub(crate) mod mime;
mod outline;
pub(crate) mod parse;
mod qr;
mod received;
pub(crate) mod transfer;
mod unsubscribe;
mod url;

pub use address::{Address, Domain, Mailbox};
pub use attachment::Attachment;
pub(crate) use auth_results::domain_of;
pub use auth_results::{AuthResult, AuthResults};
pub use authentication::{Arc, ArcState, Authentication, Dmarc, DmarcPolicy, Seal, SealState, Spf, SpfWord};
pub use file::{Archive, Calendar, Document, Inside, Kind, Page, Pdf};
pub use file_policy::{FilePolicy, NamePattern};
pub use html::{HtmlFacts, Tricks};
pub use outline::{Block, BlockKind, Outline, Piece, outline};
pub(crate) use received::takes_mail_for;
pub use received::{Hop, Passage, Seen, Trace, learned};
pub use transfer::encode as encode_text;
pub(crate) use transfer::unpacked;
pub(crate) use unsubscribe::valid_signers;
pub use unsubscribe::{Unsubscribe, UnsubscribeMail, is_of_sender, unsubscribe};
pub use url::{Host, Url, UrlSource};

use std::sync::OnceLock;

use crate::{dns::Asks, lists::AccountLists};

use parse::{Contents, Head, Named};

/// Seconds since 1970-01-01 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnixTime(pub i64);

/// What is known of a message beside its bytes.
#[derive(Clone, Debug, Default)]
pub struct Arrival {
    /// When it reached the mailbox (IMAP INTERNALDATE). Without it the newest `Received` header counts.
    pub received_at: Option<UnixTime>,
    /// The size on the server in bytes, when only the beginning was fetched.
    pub full_size: Option<u64>,
    /// What can be believed in this account.
    pub account: AccountFacts,
}

/// What is known of the person's account. Empty for files from nowhere.
#[derive(Clone, Debug, Default)]
pub struct AccountFacts {
    /// Domains of the provider's own relays, such as `example.org` for `mx3.example.org`: what they wrote is believed.
    pub provider: Vec<Domain>,
    /// Addresses of the person.
    pub identities: Vec<Address>,
    /// Whose lessons count for its mail.
    pub lessons: Lessons,
    /// Which files are not wanted, or always welcome.
    pub files: FilePolicy,
    /// Whose mail is always accepted or blocked.
    pub lists: AccountLists,
    /// Who is asked about its mail over DNS.
    pub asks: Asks,
}

impl AccountFacts {
    /// Whether that is an address of the person, also with something after a `+` (RFC 5233).
    pub fn is_me(&self, address: &Address) -> bool {
        let bare = |address: &Address| {
            let local = address.local.split_once('+').map_or(address.local.as_str(), |(local, _)| local);
            Address { local: local.to_owned(), domain: address.domain.clone() }
        };
        let asked = bare(address);
        self.identities.iter().any(|own| own == address || bare(own) == asked)
    }
}

/// Whose lessons count for the mail of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Lessons {
    /// Everybody's. What is not of an account is judged and learned like that.
    #[default]
    Everybodys,
    /// Everybody's, but what the account of that name makes of a sender, a list or a link is known apart.
    Together(String),
    /// Those of the account of that name, and those that belong to none.
    Apart(String),
}

/// One header line of the message itself (not of its parts), as it stands and as it reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header<'raw> {
    /// The name as written, without the colon.
    pub name: &'raw str,
    /// Everything after the colon, folded as written, without the last line end. Bytes that are not UTF-8 are replaced.
    pub raw: std::borrow::Cow<'raw, str>,
    /// Unfolded, trimmed, and RFC 2047 words decoded.
    pub value: String,
}

/// What the `Date` header says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DateHeader {
    /// There is none.
    #[default]
    Missing,
    /// There is one, but it is no date.
    Unreadable,
    /// A date.
    At(UnixTime),
}

/// One text part, decoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextPart {
    /// What a person sees: plain text as it is, HTML without tags and hidden text. White space collapsed within lines.
    pub text: String,
    /// Whether it was HTML.
    pub is_html: bool,
    /// The declared charset, lower case, if any.
    pub charset: Option<String>,
    /// The transfer encoding, lower case: `7bit` if none is declared.
    pub encoding: String,
}

/// A multipart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// `multipart/alternative`, lower case.
    pub content_type: String,
    /// How many parts that are no multiparts are in it and in those within it.
    pub leaves: usize,
}

/// One message. What is asked of it is read when it is first asked for, once: whoever runs rules alone asks for its bytes.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Mail<'raw> {
    /// The bytes given (without an mbox `From ` line).
    pub raw: &'raw [u8],
    /// Size in bytes on the server.
    pub size: u64,
    /// Whether the bytes are only the beginning of the message.
    pub is_truncated: bool,
    /// The person's addresses and provider, as given.
    pub account: AccountFacts,
    /// What we found out ourselves about who sent it, where that was asked. Boxed: most mail is told of by the provider.
    pub authentication: Option<Box<Authentication>>,
    /// When it arrived, if the server has said so.
    arrived: Option<UnixTime>,
    head: OnceLock<Head<'raw>>,
    named: OnceLock<Named>,
    trace: OnceLock<Trace>,
    contents: OnceLock<Contents>,
}

impl<'raw> Mail<'raw> {
    /// Takes a message. Bytes that are no message at all read as a message without headers.
    pub fn parse(raw: &'raw [u8], arrival: &Arrival) -> Self {
        let raw = parse::without_mbox_line(raw);
        let length = u64::try_from(raw.len()).unwrap_or(u64::MAX);
        let full_size = arrival.full_size.unwrap_or_default();
        Self {
            raw,
            size: full_size.max(length),
            is_truncated: length < full_size,
            account: arrival.account.clone(),
            arrived: arrival.received_at,
            ..Self::default()
        }
    }

    fn head(&self) -> &Head<'raw> {
        self.head.get_or_init(|| Head::read(self.raw))
    }

    fn named(&self) -> &Named {
        self.named.get_or_init(|| Named::read(self.headers()))
    }

    /// All at once: texts, pages and files have one budget, and their links one list.
    fn contents(&self) -> &Contents {
        self.contents.get_or_init(|| Contents::read(self.head()))
    }

    /// When it arrived, if anything says so. The only clock a check may look at.
    pub fn received_at(&self) -> Option<UnixTime> {
        self.arrived.or_else(|| self.trace().hops.iter().find_map(|hop| hop.at))
    }

    /// Header lines, top first.
    pub fn headers(&self) -> &[Header<'raw>] {
        &self.head().headers
    }

    /// `From`.
    pub fn from(&self) -> &[Mailbox] {
        &self.named().from
    }

    /// `Sender`.
    pub fn sender(&self) -> Option<&Mailbox> {
        self.named().sender.as_ref()
    }

    /// `Reply-To`.
    pub fn reply_to(&self) -> &[Mailbox] {
        &self.named().reply_to
    }

    /// `To`.
    pub fn to(&self) -> &[Mailbox] {
        &self.named().to
    }

    /// `Cc`.
    pub fn cc(&self) -> &[Mailbox] {
        &self.named().cc
    }

    /// `Bcc`, which only a copy of the sender's own has.
    pub fn bcc(&self) -> &[Mailbox] {
        &self.named().bcc
    }

    /// The envelope sender from `Return-Path` (or `X-Envelope-From`): outer `None` if unknown, inner `None` for `<>`.
    #[expect(clippy::option_option, reason = "unknown and `<>` are different answers")]
    pub fn envelope_from(&self) -> Option<Option<&Address>> {
        self.named().envelope_from.as_ref().map(Option::as_ref)
    }

    /// `Subject`, decoded; empty if missing.
    pub fn subject(&self) -> &str {
        &self.named().subject
    }

    /// `Date`.
    pub fn date(&self) -> DateHeader {
        self.named().date
    }

    /// `Message-ID` without its brackets.
    pub fn message_id(&self) -> Option<&str> {
        self.named().message_id.as_deref()
    }

    /// `Content-Type` of the whole, `type/subtype` in lower case; `text/plain` if none is declared.
    pub fn content_type(&self) -> &str {
        &self.named().content_type
    }

    /// The way the message took.
    pub fn trace(&self) -> &Trace {
        self.trace.get_or_init(|| {
            let received: Vec<&str> = self.headers_named("Received").map(|header| header.raw.as_ref()).collect();
            Trace::read(&received, &self.account.provider)
        })
    }

    /// Text parts in order.
    pub fn texts(&self) -> &[TextPart] {
        &self.contents().texts
    }

    /// What was seen in all HTML parts together; `None` if there is no HTML.
    pub fn html(&self) -> Option<&HtmlFacts> {
        self.contents().html.as_ref()
    }

    /// Links and addresses of remote things in text and HTML, in order, at most 1,000.
    pub fn urls(&self) -> &[Url] {
        &self.contents().urls
    }

    /// Files.
    pub fn attachments(&self) -> &[Attachment] {
        &self.contents().attachments
    }

    /// Number of MIME parts, multiparts included.
    pub fn part_count(&self) -> usize {
        self.contents().part_count
    }

    /// The multiparts in the order in which they begin, at most 20.
    pub fn groups(&self) -> &[Group] {
        &self.contents().groups
    }

    /// The same as if it held nothing: what its header alone says.
    #[must_use]
    pub fn without_body(&self) -> Self {
        let Contents { part_count, groups, .. } = self.contents().clone();
        Self { contents: Contents { part_count, groups, ..Contents::default() }.into(), ..self.clone() }
    }

    /// The same as if it had no header: what it holds alone says.
    #[must_use]
    pub fn without_header(&self) -> Self {
        let Named { date, content_type, .. } = self.named().clone();
        Self {
            arrived: self.received_at(),
            head: Head::default().into(),
            named: Named { date, content_type, ..Named::default() }.into(),
            trace: Trace::default().into(),
            contents: self.contents().clone().into(),
            ..self.clone()
        }
    }

    /// One with that subject and those texts, and nothing else.
    #[cfg(test)]
    pub(crate) fn of_texts(subject: String, texts: Vec<TextPart>) -> Self {
        Self {
            named: Named { subject, ..Named::default() }.into(),
            contents: Contents { texts, ..Contents::default() }.into(),
            ..Self::default()
        }
    }

    /// The first header of that name (any case), decoded.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers_named(name).next().map(|header| header.value.as_str())
    }

    /// All headers of that name (any case), top first.
    pub fn headers_named(&self, name: &str) -> impl Iterator<Item = &Header<'raw>> {
        self.headers().iter().filter(move |header| header.name.eq_ignore_ascii_case(name))
    }

    /// Whether a header of that name (any case) is there.
    pub fn has_header(&self, name: &str) -> bool {
        self.headers_named(name).next().is_some()
    }

    /// The first `From` mailbox.
    pub fn author(&self) -> Option<&Mailbox> {
        self.from().first()
    }

    /// The `Authentication-Results` (RFC 8601) the provider wrote: its name is on them, and they stand above anything that
    /// came from outside. Some providers write a line for each thing they look at: here they are one.
    ///
    /// Microsoft leaves its name out. Such results have to stand above the line of the server that took the message, below
    /// which the sender may have written anything.
    ///
    /// A provider takes away what senders have written in its exact name (RFC 8601, 5), but perhaps not what bears that of
    /// another of its hosts. So all lines have to have the name of the topmost one, and what a line says of a method counts
    /// only if none above it does.
    pub fn provider_results(&self) -> Option<AuthResults> {
        let mut lines = self.lines_of_provider();
        let (is_sure, mut joined) = lines.next()?;
        let is_same = |(is_above, line): &(bool, AuthResults)| {
            // One who writes above does not write below, where the sender can.
            *is_above == is_sure && line.server.eq_ignore_ascii_case(&joined.server)
        };
        let more: Vec<AuthResults> = lines.filter(is_same).map(|(_, line)| line).collect();
        for line in more {
            let is_new = |result: &AuthResult| joined.results.iter().all(|known| known.method != result.method);
            let new: Vec<AuthResult> = line.results.into_iter().filter(is_new).collect();
            joined.results.extend(new);
        }
        Some(joined)
    }

    /// Whether the provider's results stand above what it wrote when it took the message, where nobody else can have put them. Below
    /// that some providers write theirs, too; and where one writes none, so can whoever sends in its name.
    pub fn has_sure_results(&self) -> bool {
        self.lines_of_provider().next().is_some_and(|(is_sure, _)| is_sure)
    }

    /// Each with whether nobody else can have written it, as it stands above what the provider wrote first.
    fn lines_of_provider(&self) -> impl Iterator<Item = (bool, AuthResults)> + '_ {
        let (boundary, provider) = (self.trace().boundary, &self.account.provider);
        let is_behind_microsoft = self.trace().is_from_microsoft_edge(provider);
        let placed = self.headers().iter().scan(0, |hops, header| {
            *hops += usize::from(header.name.eq_ignore_ascii_case("Received"));
            Some((*hops, header))
        });
        let own = placed.take_while(move |(hops, _)| boundary.is_some_and(|boundary| *hops <= boundary + 1));
        own.filter(|(_, header)| header.name.eq_ignore_ascii_case("Authentication-Results"))
            // As it stands: a word that is decoded could bring quotes and semicolons of its own.
            .map(|(hops, header)| (hops, AuthResults::read(&header.raw)))
            .filter(move |(hops, results)| {
                let is_nameless = results.server.is_empty() && boundary.is_some_and(|boundary| *hops <= boundary);
                let name = Domain::parse(&results.server);
                is_nameless && is_behind_microsoft
                    || name.is_some_and(|name| received::is_of_provider(&name, provider))
            })
            .map(move |(hops, results)| (boundary.is_some_and(|boundary| hops <= boundary), results))
    }

    /// The address that the provider delivered it to, as far as it has written that down.
    pub fn delivered_to(&self) -> Option<Address> {
        const NAMES: [&str; 4] = ["Delivered-To", "X-Original-To", "Envelope-To", "X-Delivered-To"];
        let entry = self.trace().entry()?;
        // What stands above what the provider wrote first is of the provider.
        let boundary = self.trace().boundary?;
        let received = |header: &&Header<'_>| header.name.eq_ignore_ascii_case("Received");
        let entered = self.headers().iter().filter(received).nth(boundary).map(|header| &raw const *header)?;
        let own = self.headers().iter().take_while(|header| !std::ptr::eq(entered, *header));
        let mut named = own.filter(|header| NAMES.iter().any(|name| header.name.eq_ignore_ascii_case(name)));
        named.find_map(|header| Address::parse(&header.value)).or_else(|| entry.recipient.clone())
    }

    /// The visible text of all parts, plain before HTML, parts separated by a line end.
    pub fn visible_text(&self) -> String {
        let plain = self.texts().iter().filter(|part| !part.is_html);
        let html = self.texts().iter().filter(|part| part.is_html);
        plain.chain(html).map(|part| part.text.as_str()).collect::<Vec<_>>().join("\n")
    }
}
