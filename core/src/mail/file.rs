//! What is in an attached file: what it really is, and what of it matters.
//!
//! Every reader takes any bytes, stops at limits of its own, and unpacks no more than [`Room`] has left for the message.

mod archive;
mod bytes;
mod calendar;
mod inflate;
mod kind;
pub(crate) mod office;
mod page;
mod pdf;
mod relations;
#[cfg(test)]
mod tests;
pub(crate) mod zip;

use self::inflate::Unpacked;
pub(crate) use self::page::{PAGE_ENDINGS, is_called_page};
pub use self::{archive::Archive, calendar::Calendar, kind::Kind, office::Document, page::Page, pdf::Pdf};
use super::Url;

/// Most bytes unpacked for one message, or read for it if those are more, and how often something is unpacked at all.
const MAX_UNPACKED: usize = 8 * 1024 * 1024;
const MAX_UNPACKINGS: usize = 500;

/// Most bytes of objects of PDFs that are read of one message.
const MAX_WORK: usize = 16 * 1024 * 1024;

/// Most bytes unpacked of a page that is alone in an archive.
const MAX_PACKED_PAGE: usize = 1024 * 1024;

/// Most files of one message that are looked into. Of the rest only the name and the first bytes are known.
const MAX_FILES: usize = 100;

/// What may still be unpacked for a message.
#[derive(Debug)]
pub(crate) struct Room {
    bytes: usize,
    times: usize,
    files: usize,
    /// Bytes of objects of PDFs that may still be read: what is broken can be read many times over.
    work: usize,
    /// Whether something was not looked into because there was no room for it.
    ran_out: bool,
}

impl Default for Room {
    fn default() -> Self {
        Self { bytes: MAX_UNPACKED, times: MAX_UNPACKINGS, files: MAX_FILES, work: MAX_WORK, ran_out: false }
    }
}

impl Room {
    /// Unpacks at most `most` bytes, as far as there is room. `unpack` is told how many bytes it may make, and how many it
    /// may read for them.
    fn unpack(&mut self, most: usize, unpack: impl FnOnce(usize, usize) -> Unpacked) -> Vec<u8> {
        let Some(times) = self.times.checked_sub(1) else {
            self.ran_out = true;
            return Vec::new();
        };
        self.times = times;
        let limit = most.min(self.bytes);
        let unpacked = unpack(limit, self.bytes);
        self.ran_out |= limit < most && self.bytes <= unpacked.cost();
        self.bytes = self.bytes.saturating_sub(unpacked.cost());
        unpacked.content
    }

    /// Whether something was not looked into since this was asked last, because there was no room for it.
    pub(crate) fn take_ran_out(&mut self) -> bool {
        std::mem::take(&mut self.ran_out)
    }
}

/// What is in a file. Only what it is of has something in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Inside {
    /// What it really is, by its bytes.
    pub kind: Kind,
    /// What an archive holds. Documents that are ZIP archives inside have their parts here too.
    pub archive: Archive,
    /// What in an office document can do harm.
    pub document: Document,
    /// What a PDF is like.
    pub pdf: Option<Pdf>,
    /// What an attached web page does, or one that is alone in an archive.
    pub page: Option<Page>,
    /// A calendar entry, or an address card.
    pub calendar: Option<Calendar>,
}

/// What a part says of itself.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Said<'a> {
    pub(crate) content_type: &'a str,
    pub(crate) charset: Option<&'a str>,
    /// Whether its name is that of a web page: browsers show as one whatever is called so.
    pub(crate) is_called_page: bool,
    /// Whether it is HTML that is shown with the message: it is read there.
    pub(crate) is_shown: bool,
}

/// Looks into a file; the links in it go to `urls`.
pub(crate) fn look(content: &[u8], said: Said<'_>, urls: &mut Vec<Url>, room: &mut Room) -> Inside {
    let kind = kind::kind(content);
    let is_page = matches!(kind, Kind::Page | Kind::Svg)
        || said.is_called_page
        || matches!(said.content_type, "text/html" | "image/svg+xml" | "application/xhtml+xml");
    if !is_page && !kind.has_inside() {
        return Inside { kind, ..Inside::default() };
    }
    let Some(files) = room.files.checked_sub(1) else {
        room.ran_out = true;
        return Inside { kind, ..Inside::default() };
    };
    room.files = files;
    let archive = archive::list(kind, content, room);
    let page = match archive.names.first() {
        Some(only) if kind == Kind::Zip && archive.names.len() == 1 && is_called_page(only) => {
            zip::entries(content).first().map(|entry| {
                let unpacked = room.unpack(MAX_PACKED_PAGE, |limit, most_read| entry.content(limit, most_read));
                page::read(&unpacked, None, urls)
            })
        }
        _ => (is_page && !said.is_shown && !content.is_empty()).then(|| page::read(content, said.charset, urls)),
    };
    Inside {
        kind,
        archive,
        document: office::read(kind, content, urls, room),
        pdf: (kind == Kind::Pdf).then(|| pdf::read(content, urls, room)),
        page,
        calendar: matches!(kind, Kind::Calendar | Kind::Card).then(|| calendar::read(content, urls)),
    }
}
