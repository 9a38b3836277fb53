//! A message as the rules see it: SpamAssassin's renderings, each made once and only if a rule asks for it.

mod addresses;
mod body;
pub(crate) mod charset;
mod declared;
mod envelope;
mod fields;
mod headers;
pub mod html;
mod ip;
mod mime;
mod part;
mod rawbody;
pub mod relays;
mod rendered;
mod slice;
mod stretch;
mod transfer;
pub mod uri;
mod words;

use std::cell::OnceCell;

use super::eval::Files;
use crate::mail::Mail;

use super::lists::Lists;

pub use fields::Field;
pub use headers::Headers;
pub(in crate::rules) use headers::is_special;
pub use mime::Oddities;
pub use part::Part;
pub use relays::{Networks, Relay, Relays};
pub use rendered::Page;
pub use uri::Uri;

/// One message and its renderings.
#[derive(Debug)]
pub struct View<'mail> {
    /// The message as it came.
    raw: &'mail [u8],
    tree: OnceCell<mime::Tree<'mail>>,
    pages: OnceCell<Vec<Page>>,
    body: OnceCell<Vec<Vec<u8>>>,
    rawbody: OnceCell<Vec<Vec<u8>>>,
    uris: OnceCell<Vec<Uri>>,
    lists: Option<&'mail Lists>,
    relays: OnceCell<Relays>,
    envelope_from: OnceCell<Option<Vec<u8>>>,
    names: OnceCell<headers::Names>,
    all_fields: OnceCell<Vec<u8>>,
    files: Files,
}

impl<'mail> View<'mail> {
    /// Nothing is rendered yet.
    pub fn new(mail: &'mail Mail<'_>) -> Self {
        Self {
            raw: mail.raw,
            tree: OnceCell::new(),
            pages: OnceCell::new(),
            body: OnceCell::new(),
            rawbody: OnceCell::new(),
            uris: OnceCell::new(),
            lists: None,
            relays: OnceCell::new(),
            envelope_from: OnceCell::new(),
            names: OnceCell::new(),
            all_fields: OnceCell::new(),
            files: Files::default(),
        }
    }

    /// The same, with what rule files list.
    #[must_use]
    pub fn with_lists(mut self, lists: &'mail Lists) -> Self {
        self.lists = Some(lists);
        self
    }

    /// The way of the message.
    pub fn relays(&self) -> &Relays {
        self.relays.get_or_init(|| match self.lists {
            Some(lists) => Relays::read(&self.named_values(), &lists.networks),
            None => Relays::read(&self.named_values(), &Networks::default()),
        })
    }

    /// All addresses of the web and of mail in it, with what is known of each.
    pub fn uris(&self) -> &[Uri] {
        self.uris.get_or_init(|| match self.lists {
            Some(lists) => uri::collect(self, lists),
            None => uri::collect(self, &Lists::default()),
        })
    }

    fn named_values(&self) -> impl Iterator<Item = (&[u8], &[u8])> + Clone {
        self.headers().fields().iter().map(|field| (field.name(), field.raw()))
    }

    /// `EnvelopeFrom`.
    pub fn envelope_from(&self) -> Option<&[u8]> {
        let sender = || envelope::sender(self, self.lists.and_then(|lists| lists.networks.envelope_sender_header()));
        self.envelope_from.get_or_init(sender).as_deref()
    }

    fn tree(&self) -> &mime::Tree<'mail> {
        self.tree.get_or_init(|| mime::read(self.raw))
    }

    /// What is known of its files.
    pub(crate) fn files(&self) -> &Files {
        &self.files
    }

    /// The message as it came.
    pub fn full(&self) -> &'mail [u8] {
        self.raw
    }

    /// The message's header as it stands, without the empty line that ends it.
    pub fn raw_header(&self) -> &'mail [u8] {
        self.raw.get(..self.tree().header_end).unwrap_or_default()
    }

    /// The same; with the empty line if lines end with CRLF.
    fn whole_header(&self) -> &'mail [u8] {
        let header = self.raw_header();
        let has_returns = self.raw.get(header.len()..).is_some_and(|rest| rest.starts_with(b"\r\n"));
        if has_returns { self.raw.get(..header.len() + 2).unwrap_or(header) } else { header }
    }

    /// What follows the header, as it stands.
    pub fn raw_content(&self) -> &'mail [u8] {
        self.raw.get(self.tree().body_at..).unwrap_or_default()
    }

    /// Leaves, multiparts and attached messages, in the order in which they begin. The first is the message itself.
    pub fn parts(&self) -> &[Part<'mail>] {
        &self.tree().parts
    }

    /// The leaves among [`Self::parts`].
    pub fn leaves(&self) -> impl Iterator<Item = &Part<'mail>> {
        self.parts().iter().filter(|part| part.is_leaf)
    }

    /// What is odd about its structure.
    pub fn oddities(&self) -> Oddities {
        self.tree().oddities
    }

    /// The header as rules name what is in it.
    pub fn headers(&self) -> Headers<'_, 'mail> {
        Headers::new(self)
    }

    /// Which names the header's lines have.
    fn names(&self) -> &headers::Names {
        self.names.get_or_init(|| self.headers().names())
    }

    /// The header's lines as they read, with their names.
    fn all_fields(&self) -> &[u8] {
        self.all_fields.get_or_init(|| self.headers().all())
    }

    /// The HTML parts, rendered.
    pub fn pages(&self) -> &[Page] {
        self.pages.get_or_init(|| rendered::pages(self))
    }

    /// The subject, then the text as it reads: a paragraph each, or a piece of a long one.
    pub fn body(&self) -> &[Vec<u8>] {
        self.body.get_or_init(|| body::paragraphs(self))
    }

    /// The decoded text with its markup, in pieces of a few kB.
    pub fn rawbody(&self) -> &[Vec<u8>] {
        self.rawbody.get_or_init(|| rawbody::chunks(self))
    }
}
