//! Looks through the attachments of a message for office documents.

use super::settings::Settings;
use crate::{
    mail::file::{office::runs_itself, zip},
    rules::view::{Part, View},
};

/// Most bytes that are unpacked for one message.
const MAX_UNPACKED: usize = 16 * 1024 * 1024;

/// Most bytes of an XML element that are read.
const MAX_ELEMENT: usize = 4096;

/// How an OLE 2 document begins ([MS-CFB], 2.2).
const OLE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// How a macro's source begins when it is packed ([MS-OVBA], 2.4.1): `Attribut` and `e` with marks between.
const MACRO: &[u8] = b"\0Attribut\0";

/// The stream of an embedded object, in UTF-16.
const OBJECT: &[u8] = b"\x01\0O\0l\0e\x001\x000\0N\0a\0t\0i\0v\0";

/// What is in a message's office documents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Office {
    /// A macro, or a file named as one that has macros, or an object.
    pub(super) has_macro: bool,
    /// An object from another program.
    pub(super) has_object: bool,
    /// An object in a document in RTF.
    pub(super) has_rtf_object: bool,
    /// A macro that runs when the document is opened.
    pub(super) runs_itself: bool,
    /// A document that is only read with a password.
    pub(super) is_encrypted: bool,
    /// A macro in a file that is not named as a document.
    pub(super) is_renamed: bool,
    /// An archive with a file that is only read with a password.
    pub(super) is_locked: bool,
    /// A table that starts a program.
    pub(super) has_command: bool,
    /// A script that fetches something.
    pub(super) downloads: bool,
    /// A document that is completed from the web.
    pub(super) has_link: bool,
    /// The same, through `mhtml:`.
    pub(super) has_mhtml_link: bool,
}

/// Looks at the files of a message.
pub(crate) fn read(view: &View<'_>, settings: &Settings) -> Office {
    let mut scan = Scan { settings, left: MAX_UNPACKED, found: Office::default() };
    let files = view.leaves().filter(|part| !part.content_type.starts_with("message/"));
    let files = files.filter(|part| !settings.skipped_types.is_found(part.content_type.as_bytes()));
    let named = files.filter_map(|part: &Part<'_>| Some((part.file_name.as_deref()?.as_bytes(), part)));
    for (name, part) in named.filter(|(name, _)| scan_wants(settings, name)).take(settings.files) {
        let content = part.decoded();
        scan.look(name, content.get(..settings.bytes).unwrap_or(content), 0);
    }
    scan.found
}

/// Whether a file of this name is looked at.
fn scan_wants(settings: &Settings, name: &[u8]) -> bool {
    let is_named = || {
        settings.documents.is_found(name)
            || settings.with_macros.is_found(name)
            || settings.archives.is_found(name)
            || is_table(name)
    };
    !settings.skipped.is_found(name) && (settings.is_extended || is_named())
}

fn is_table(name: &[u8]) -> bool {
    name.len().checked_sub(4).and_then(|at| name.get(at..)).is_some_and(|end| end.eq_ignore_ascii_case(b".csv"))
}

struct Scan<'run> {
    settings: &'run Settings,
    /// How many bytes may still be unpacked.
    left: usize,
    found: Office,
}

impl Scan<'_> {
    fn look(&mut self, name: &[u8], content: &[u8], depth: usize) {
        if is_table(name) {
            self.found.has_command |= starts_program(content);
        }
        let is_document = self.settings.documents.is_found(name);
        let has_macros = self.settings.with_macros.is_found(name);
        self.found.has_macro |= has_macros;
        let is_archive = !is_document && !has_macros && self.settings.archives.is_found(name);
        if content.starts_with(b"PK\x03\x04") {
            if is_archive {
                self.look_in_archive(content, depth);
            } else if is_document || has_macros {
                self.look_in_document(content);
            }
            return;
        }
        if is_archive {
            return;
        }
        self.found.downloads |= self.settings.download.is_found(content);
        if content.starts_with(OLE) {
            self.look_at_ole(content, is_document || has_macros);
        } else if is_document || has_macros {
            let has_object = has(content, b"\\objdata") || has(content, b"\\objemb");
            self.found.has_rtf_object |= has_object;
            self.found.has_macro |= has_object;
        }
    }

    fn look_at_ole(&mut self, content: &[u8], is_named: bool) {
        if has(content, MACRO) {
            self.found.has_macro = true;
            self.found.is_renamed |= !is_named;
            self.found.runs_itself |= runs_itself(content);
        }
        let has_object = has(content, OBJECT);
        self.found.has_object |= has_object;
        self.found.has_macro |= has_object;
        self.found.is_encrypted |= is_encrypted(content);
    }

    /// A document that is itself an archive ([MS-DOCX] and its like).
    fn look_in_document(&mut self, content: &[u8]) {
        for entry in zip::entries(content) {
            if entry.name.ends_with(b".rels") {
                let (is_link, is_mhtml) = links(&self.unpack(&entry));
                self.found.has_link |= is_link;
                self.found.has_mhtml_link |= is_mhtml;
            } else if matches!(entry.name, b"word/vbaProject.bin" | b"xl/vbaProject.bin" | b"ppt/vbaProject.bin") {
                self.found.has_macro = true;
                let content = self.unpack(&entry);
                self.found.runs_itself |= runs_itself(&content);
            }
        }
    }

    fn look_in_archive(&mut self, content: &[u8], depth: usize) {
        if self.settings.depth <= depth {
            return;
        }
        let mut count = 0;
        for entry in zip::entries(content) {
            self.found.is_locked |= entry.is_locked && !self.settings.skipped.is_found(entry.name);
            if !scan_wants(self.settings, entry.name) {
                continue;
            }
            count += 1;
            if self.settings.entries < count {
                break;
            }
            let unpacked = self.unpack(&entry);
            self.look(entry.name, &unpacked, depth + 1);
        }
    }

    fn unpack(&mut self, entry: &zip::Entry<'_>) -> Vec<u8> {
        let unpacked = entry.content(self.settings.bytes.min(self.left), self.left);
        self.left = self.left.saturating_sub(unpacked.cost());
        unpacked.content
    }
}

fn has(content: &[u8], needle: &[u8]) -> bool {
    memchr::memmem::find(content, needle).is_some()
}

/// `MSEXCEL|` and, one to twenty bytes later, the command interpreter.
fn starts_program(content: &[u8]) -> bool {
    memchr::memmem::find_iter(content, b"MSEXCEL|").any(|at| {
        let rest = content.get(at + 9..).unwrap_or_default();
        let near = rest.get(..19 + COMMAND.len()).unwrap_or(rest);
        let line = near.split(|byte| *byte == b'\n').next().unwrap_or_default();
        content.get(at + 8) != Some(&b'\n') && has(line, COMMAND)
    })
}

const COMMAND: &[u8] = b"Windows\\System32\\cmd.exe";

/// Whether what stands behind the header says that the document is encrypted: as in Word ([MS-DOC], 2.5.2), in Excel
/// ([MS-XLS], 2.4.117), or with the marks of later ones.
fn is_encrypted(content: &[u8]) -> bool {
    content.get(0x20b) == Some(&0x13) || content.get(0x214) == Some(&0x2f) || content.get(0x208) == Some(&0xfe)
}

/// Whether relations of a document lead to the web ([ECMA-376], part 2, 9.3), and whether through `mhtml:`.
fn links(relations: &[u8]) -> (bool, bool) {
    let lower = relations.to_ascii_lowercase();
    let targets = memchr::memmem::find_iter(&lower, b"target=\"").filter_map(|at| {
        let rest = lower.get(at + b"target=\"".len()..)?;
        let element = rest.get(..MAX_ELEMENT).unwrap_or(rest).split(|byte| *byte == b'>').next()?;
        has(element, b"targetmode=\"external\"").then_some(element)
    });
    let is_web = |target: &[u8]| target.starts_with(b"http://") || target.starts_with(b"https://");
    let mut found = (false, false);
    for target in targets {
        let through = target.strip_prefix(b"mhtml:");
        found.0 |= is_web(through.unwrap_or(target));
        found.1 |= through.is_some_and(is_web);
    }
    found
}
