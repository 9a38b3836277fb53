//! Removes what is dangerous from a message: files that run, and what runs or loads in its HTML.
//!
//! Messages within messages are looked through one after the other, in coordinates of the whole, so that all that is
//! found becomes a list of places and what stands there instead.

mod judge;

use std::{borrow::Cow, ops::Range};

use self::judge::{Fate, Judge};
use super::{
    keep, line_end,
    note::{StripWords, attached},
};
use crate::mail::{
    Mail,
    header_block::{Ends, pieces, split},
    html::Harm,
    mime::{Leaf, Multipart, Parts, walk},
    parse::without_mbox_line,
    transfer,
};

/// Messages within messages that are looked into. Deeper ones are removed.
const MAX_DEPTH: usize = 8;

/// Bytes by which all notes and header lines may make a message longer.
const SPARE_BYTES: usize = 48 * 1024;

/// A message without what was dangerous.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stripped {
    /// The message as it is now.
    pub raw: Vec<u8>,
    /// What was removed, in order, one line each: files as `"a.exe" (application/octet-stream, 12 KB)`, then what was in
    /// the HTML: `2 scripts`.
    pub removed: Vec<String>,
}

/// The message without what is dangerous in it; `None` if nothing is, or if `mail`, which is `raw` parsed, is only the
/// beginning of a message.
///
/// Files of the kinds that the check of attachments knows, and those that the account does not want, are replaced by a note;
/// those that the account welcomes stay. HTML is written again in UTF-8 without
/// what runs, asks, leads elsewhere by itself, or loads from elsewhere. A signed part in which something was removed
/// becomes an ordinary one with a note. The result is longer than `raw` by at most 64 KiB and 4/3 of its HTML parts with
/// their header lines.
pub fn stripped(raw: &[u8], mail: &Mail<'_>, words: &StripWords) -> Option<Stripped> {
    if mail.is_truncated {
        return None;
    }
    let message = without_mbox_line(raw);
    let mut stripper = Stripper {
        raw,
        judge: Judge::new(&mail.account.files),
        words,
        line_end: line_end(raw),
        edits: Vec::new(),
        signed: Vec::new(),
        wrapped: Vec::new(),
        removed: Vec::new(),
        harm: Harm::default(),
        spare: SPARE_BYTES,
    };
    let first = Job { bytes: Cow::Borrowed(message), at: raw.len() - message.len(), wrapped: None, depth: 0 };
    let mut jobs = vec![first];
    while let Some(job) = jobs.pop() {
        stripper.message(&job, &mut jobs);
    }
    stripper.finish()
}

/// A message to look through.
struct Job<'raw> {
    bytes: Cow<'raw, [u8]>,
    /// Where it begins in the whole, unless it is within an encoded part.
    at: usize,
    /// The place, among those, of the outermost encoded part it is in.
    wrapped: Option<usize>,
    depth: usize,
}

/// Where a part is in the whole, and the lines before its body.
#[derive(Clone, Debug)]
struct Spot {
    whole: Range<usize>,
    head: Range<usize>,
    /// Whether the lines are those of a message, which stay unless they describe the part.
    is_message: bool,
}

/// A part that is to be removed, and what is said of it.
#[derive(Clone, Debug)]
struct Removal {
    spot: Spot,
    what: String,
    why: String,
}

/// A signed or encrypted multipart.
struct Signed {
    head: Range<usize>,
    body: Range<usize>,
    boundary: String,
}

struct Edit {
    place: Range<usize>,
    new: Vec<u8>,
}

struct Stripper<'raw, 'words> {
    raw: &'raw [u8],
    judge: Judge<'words>,
    words: &'words StripWords,
    line_end: &'static str,
    edits: Vec<Edit>,
    signed: Vec<Signed>,
    /// Encoded parts that hold messages, to be removed whole if anything in them is dangerous.
    wrapped: Vec<Option<Removal>>,
    removed: Vec<(usize, String)>,
    harm: Harm,
    /// Bytes that may still be added.
    spare: usize,
}

impl<'raw> Stripper<'raw, '_> {
    fn message(&mut self, job: &Job<'raw>, jobs: &mut Vec<Job<'raw>>) {
        let block = split(&job.bytes, Ends::AtEmptyLine);
        let head = job.at..job.at + (job.bytes.len() - block.body.len());
        let parts = walk(&block.fields, block.body);
        for (index, leaf) in parts.leaves.iter().enumerate() {
            let is_rest = parts.is_cut && index + 1 == parts.leaves.len();
            let fate = if is_rest { Fate::rest(leaf) } else { self.judge.fate(leaf, job.depth < MAX_DEPTH) };
            if matches!(fate, Fate::Keep) {
                continue;
            }
            let spot = spot(leaf, &head);
            match fate {
                Fate::Keep => {}
                Fate::LookInto(what) => self.look_into(job, leaf, Removal { spot, what, why: inside() }, jobs),
                _ if job.wrapped.is_some() => return self.remove_wrapped(job.wrapped),
                Fate::Remove(what, why) => self.remove(&Removal { spot, what, why }),
                Fate::Clean(html, harm) => self.clean(leaf, spot, &html, harm),
            }
        }
        if job.wrapped.is_none() {
            self.note_signed(&parts, &head);
        }
    }

    fn look_into(&mut self, job: &Job<'raw>, leaf: &Leaf<'_>, removal: Removal, jobs: &mut Vec<Job<'raw>>) {
        let depth = job.depth + 1;
        let is_encoded = matches!(leaf.encoding.as_str(), "base64" | "quoted-printable");
        let at = removal.spot.head.end;
        if job.wrapped.is_none() && !is_encoded {
            let bytes = self.raw.get(at..removal.spot.whole.end).unwrap_or_default();
            return jobs.push(Job { bytes: Cow::Borrowed(bytes), at, wrapped: None, depth });
        }
        let wrapped = job.wrapped.or_else(|| {
            self.wrapped.push(Some(removal));
            self.wrapped.len().checked_sub(1)
        });
        let bytes = Cow::Owned(transfer::decode(leaf.body, &leaf.encoding).into_owned());
        jobs.push(Job { bytes, at: 0, wrapped, depth });
    }

    fn remove_wrapped(&mut self, wrapped: Option<usize>) {
        if let Some(removal) = wrapped.and_then(|at| self.wrapped.get_mut(at)).and_then(Option::take) {
            self.remove(&removal);
        }
    }

    fn note_signed(&mut self, parts: &Parts<'_>, message_head: &Range<usize>) {
        let is_signed = |multipart: &&Multipart| {
            matches!(multipart.content_type.as_str(), "multipart/signed" | "multipart/encrypted")
        };
        for multipart in parts.multiparts.iter().filter(is_signed) {
            let shift = |range: &Range<usize>| range.start + message_head.end..range.end + message_head.end;
            self.signed.push(Signed {
                head: multipart.place.head.as_ref().map_or_else(|| message_head.clone(), shift),
                body: shift(&multipart.place.body),
                boundary: multipart.boundary.clone(),
            });
        }
    }

    fn remove(&mut self, removal: &Removal) {
        self.removed.push((removal.spot.whole.start, removal.what.clone()));
        let note = self.words.note(&removal.what, &removal.why);
        let new = self.part(&removal.spot, &["Content-Type: text/plain; charset=utf-8"], &note, is_of_part);
        let place = removal.spot.whole.clone();
        let new = if self.affords(place.len(), new.len()) { new } else { self.empty(&removal.spot) };
        self.edits.push(Edit { place, new });
    }

    fn clean(&mut self, leaf: &Leaf<'_>, spot: Spot, html: &str, harm: Harm) {
        let name = crate::mail::attachment::file_name(leaf).filter(|_| !leaf.is_shown());
        let name = name.map(|name| attached(&name));
        let mut lines = vec!["Content-Type: text/html; charset=utf-8"];
        lines.extend(name.as_deref());
        let new = self.part(&spot, &lines, html, is_rewritten);
        let place = spot.whole.clone();
        if self.affords(place.len() + place.len() / 3 * 4, new.len()) {
            self.harm.add(harm);
            return self.edits.push(Edit { place, new });
        }
        let (what, why) = judge::too_long(leaf);
        self.remove(&Removal { spot, what, why });
    }

    /// A part with new lines and a new body.
    fn part(&self, spot: &Spot, lines: &[&str], text: &str, is_dropped: fn(&str) -> bool) -> Vec<u8> {
        let (encoding, body) = transfer::encode(text, self.line_end);
        let mut new = self.head(spot, is_dropped);
        for line in lines {
            self.line(line, &mut new);
        }
        self.line(&format!("Content-Transfer-Encoding: {encoding}"), &mut new);
        self.line("", &mut new);
        new.extend_from_slice(body.as_bytes());
        self.end(spot, &mut new);
        new
    }

    /// The shortest part there is.
    fn empty(&self, spot: &Spot) -> Vec<u8> {
        let mut new = self.head(spot, is_of_part);
        self.line("", &mut new);
        self.end(spot, &mut new);
        new
    }

    /// The header lines of a part that stay.
    fn head(&self, spot: &Spot, is_dropped: fn(&str) -> bool) -> Vec<u8> {
        let (pieces, _) = pieces(self.raw.get(spot.head.clone()).unwrap_or_default());
        let mut head = Vec::new();
        keep(&pieces, is_dropped, &mut head);
        if !head.is_empty() && !head.ends_with(b"\n") {
            head.extend_from_slice(self.line_end.as_bytes());
        }
        let has_version =
            pieces.iter().any(|piece| piece.name.is_some_and(|name| name.eq_ignore_ascii_case("MIME-Version")));
        if spot.is_message && !has_version {
            self.line("MIME-Version: 1.0", &mut head);
        }
        head
    }

    fn line(&self, line: &str, out: &mut Vec<u8>) {
        out.extend_from_slice(line.as_bytes());
        out.extend_from_slice(self.line_end.as_bytes());
    }

    /// A part without a body may be followed by its boundary at once.
    fn end(&self, spot: &Spot, out: &mut Vec<u8>) {
        let after = self.raw.get(spot.whole.end..).unwrap_or_default();
        if !after.is_empty() && !after.starts_with(b"\n") && !after.starts_with(b"\r\n") {
            out.extend_from_slice(self.line_end.as_bytes());
        }
    }

    fn affords(&mut self, old: usize, new: usize) -> bool {
        let left = self.spare.checked_sub(new.saturating_sub(old));
        self.spare = left.unwrap_or(self.spare);
        left.is_some()
    }

    fn finish(mut self) -> Option<Stripped> {
        if self.edits.is_empty() {
            return None;
        }
        self.edits.sort_by_key(|edit| edit.place.start);
        let unsigned: Vec<Edit> =
            std::mem::take(&mut self.signed).iter().flat_map(|signed| self.unsign(signed)).collect();
        self.edits.extend(unsigned);
        self.edits.sort_by_key(|edit| (edit.place.start, edit.place.end));
        let mut raw = Vec::with_capacity(self.raw.len());
        let mut at = 0;
        for edit in &self.edits {
            if edit.place.start < at {
                continue;
            }
            raw.extend_from_slice(self.raw.get(at..edit.place.start).unwrap_or_default());
            raw.extend_from_slice(&edit.new);
            at = edit.place.end;
        }
        raw.extend_from_slice(self.raw.get(at..).unwrap_or_default());
        self.removed.sort_by_key(|(at, _)| *at);
        let removed = self.removed.into_iter().map(|(_, what)| what).chain(self.harm.words()).collect();
        Some(Stripped { raw, removed })
    }

    /// Makes a signed multipart an ordinary one if something in it was changed.
    fn unsign(&mut self, signed: &Signed) -> Vec<Edit> {
        let first = self.edits.partition_point(|edit| edit.place.start < signed.body.start);
        if self.edits.get(first).is_none_or(|edit| signed.body.end <= edit.place.start) {
            return Vec::new();
        }
        let (pieces, _) = pieces(self.raw.get(signed.head.clone()).unwrap_or_default());
        let mut head = Vec::new();
        keep(&pieces, |name| name.eq_ignore_ascii_case("Content-Type"), &mut head);
        let quoted = signed.boundary.replace('\\', "\\\\").replace('"', "\\\"");
        self.line(&format!("Content-Type: multipart/mixed; boundary=\"{quoted}\""), &mut head);
        self.line("", &mut head);
        let head = Edit { place: signed.head.clone(), new: head };

        let (encoding, text) = transfer::encode(&format!("{}\n", self.words.signature), self.line_end);
        let mut note = Vec::new();
        for line in [
            &format!("--{}", signed.boundary),
            "Content-Type: text/plain; charset=utf-8",
            &format!("Content-Transfer-Encoding: {encoding}"),
            "",
        ] {
            self.line(line, &mut note);
        }
        note.extend_from_slice(text.as_bytes());
        if self.affords(0, note.len()) {
            vec![head, Edit { place: signed.body.start..signed.body.start, new: note }]
        } else {
            vec![head]
        }
    }
}

fn inside() -> String {
    "there is something dangerous in it".to_owned()
}

fn spot(leaf: &Leaf<'_>, message_head: &Range<usize>) -> Spot {
    let base = message_head.end;
    let end = base + leaf.place.body.end;
    match &leaf.place.head {
        Some(head) => {
            Spot { whole: base + head.start..end, head: base + head.start..base + head.end, is_message: false }
        }
        None => Spot { whole: message_head.start..end, head: message_head.clone(), is_message: true },
    }
}

/// Whether a header describes a part and no message.
fn is_of_part(name: &str) -> bool {
    name.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("Content-"))
}

/// Whether a header describes a body that is written again.
fn is_rewritten(name: &str) -> bool {
    ["Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Content-MD5", "Content-Length"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(name))
}
