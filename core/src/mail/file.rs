//! What is in an attached file: what it really is, and what of it matters.
//!
//! Every reader takes any bytes, stops at limits of its own, and unpacks no more than [`Room`] has left for the message.

mod archive;
mod bytes;
mod calendar;
pub(crate) mod inflate;
mod kind;
pub(crate) mod office;
mod page;
mod pdf;
mod relations;
#[cfg(test)]
mod tests;
pub(crate) mod zip;

use self::inflate::Unpacked;
pub use self::{archive::Archive, calendar::Calendar, kind::Kind, office::Document, page::Page, pdf::Pdf};
pub(crate) use self::{
    archive::is_of_system,
    kind::is_called_document,
    page::{PAGE_ENDINGS, is_called_page},
};
use super::Url;

/// Most files of one message that are looked into. Of the rest only the name and the first bytes are known.
const MAX_FILES: usize = 100;

/// How much is unpacked and read.
#[derive(Clone, Copy, Debug)]
struct Amount {
    /// Bytes unpacked, or read for it if those are more.
    bytes: usize,
    /// How often something is unpacked at all.
    times: usize,
    /// Bytes of objects of PDFs that are read: what is broken can be read many times over.
    work: usize,
}

/// What is done for one message, as long as there is only one file that asks for much.
const WHOLE: Amount = Amount { bytes: 16 * 1024 * 1024, times: 500, work: 32 * 1024 * 1024 };

/// What is done for each file, whatever those before it took.
const LEAST: Amount = Amount { bytes: 64 * 1024, times: 10, work: 256 * 1024 };

/// Bytes with which a file was looked into for all that matters, though there was not room for all of it.
const ENOUGH: usize = 256 * 1024;

/// What may still be unpacked for a message.
///
/// A file takes at most half of what is left, so that a few that grow without end leave something for those behind them.
#[derive(Debug)]
pub(crate) struct Room {
    left: Amount,
    /// What the file that is looked into may still take of it.
    share: Amount,
    files: usize,
    /// Whether the files before took so much that it matters.
    is_crowded: bool,
    /// Whether something in this file was not looked into because there was no room for it.
    ran_out: bool,
    /// Whether that was the fault of the files before, and next to nothing was seen of it.
    is_crowded_out: bool,
}

impl Default for Room {
    fn default() -> Self {
        Self { left: WHOLE, share: WHOLE, files: MAX_FILES, is_crowded: false, ran_out: false, is_crowded_out: false }
    }
}

impl Room {
    /// Makes room for the next file; `false` if there were too many.
    fn begin(&mut self) -> bool {
        self.share = Amount {
            bytes: (self.left.bytes / 2).max(LEAST.bytes),
            times: self.left.times.max(LEAST.times),
            work: (self.left.work / 2).max(LEAST.work),
        };
        let is_little = |share: usize, whole: usize| share < whole / 4;
        self.is_crowded = is_little(self.share.bytes, WHOLE.bytes)
            || is_little(self.share.times, WHOLE.times)
            || is_little(self.share.work, WHOLE.work);
        let files = self.files.checked_sub(1);
        self.files = files.unwrap_or_default();
        self.ran_out = files.is_none();
        self.is_crowded_out = files.is_none();
        files.is_some()
    }

    /// Unpacks at most `most` bytes, as far as there is room. `unpack` is told how many bytes it may make, and how many it
    /// may read for them.
    fn unpack(&mut self, most: usize, unpack: impl FnOnce(usize, usize) -> Unpacked) -> Vec<u8> {
        let Some(times) = self.share.times.checked_sub(1) else {
            self.run_out(0);
            return Vec::new();
        };
        self.share.times = times;
        self.left.times = self.left.times.saturating_sub(1);
        let limit = most.min(self.share.bytes);
        let unpacked = unpack(limit, self.share.bytes);
        if limit < most && self.share.bytes <= unpacked.cost() {
            self.run_out(limit);
        }
        self.share.bytes = self.share.bytes.saturating_sub(unpacked.cost());
        self.left.bytes = self.left.bytes.saturating_sub(unpacked.cost());
        unpacked.content
    }

    /// Notes that something was not looked into, but for so many bytes of it.
    fn run_out(&mut self, seen: usize) {
        self.ran_out = true;
        self.is_crowded_out |= self.is_crowded && seen < ENOUGH;
    }

    /// Takes so much for objects of a PDF that were read.
    fn take_work(&mut self, bytes: usize) {
        self.share.work = self.share.work.saturating_sub(bytes);
        self.left.work = self.left.work.saturating_sub(bytes);
    }
}

/// What is in a file. Only what it is of has something in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Inside {
    /// What it really is, by its bytes.
    pub kind: Kind,
    /// Whether something in it was not looked into, because there was no room for it.
    pub is_cut: bool,
    /// Whether next to nothing in it was, because the files before it unpack to too much.
    pub is_crowded_out: bool,
    /// What an archive holds. Documents that are ZIP archives inside have their parts here too.
    pub archive: Archive,
    /// What in an office document can do harm.
    pub document: Document,
    /// What a PDF is like.
    pub pdf: Option<Pdf>,
    /// What an attached web page does, or the uppermost of those in an archive.
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
    /// Whether it is opened as a document, whatever is in it.
    pub(crate) is_called_document: bool,
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
    if !room.begin() {
        return Inside { kind, is_cut: true, is_crowded_out: true, ..Inside::default() };
    }
    let archive = archive::list(kind, content, room);
    let is_archive = kind == Kind::Zip || kind == Kind::OpenDocument && !said.is_called_document;
    let packed = if is_archive { archive::pages(content, urls, room) } else { None };
    let is_read = is_page && !said.is_shown && !content.is_empty();
    let page = packed.or_else(|| is_read.then(|| page::read(content, said.charset, urls)));
    let document = office::read(kind, content, urls, room);
    let pdf = (kind == Kind::Pdf).then(|| pdf::read(content, urls, room));
    Inside {
        kind,
        is_cut: room.ran_out,
        is_crowded_out: room.is_crowded_out,
        archive,
        document,
        pdf,
        page,
        calendar: matches!(kind, Kind::Calendar | Kind::Card).then(|| calendar::read(content, urls)),
    }
}
