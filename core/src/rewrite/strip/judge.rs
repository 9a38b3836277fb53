//! What becomes of one part.

use crate::{
    checks::{file_policy, files},
    mail::{
        Attachment, FilePolicy, attachment, decode,
        file::Room,
        html::{Harm, clean},
        mime::Leaf,
        transfer,
    },
    rewrite::note::label,
};

/// Bytes in which an undeclared charset is looked for (HTML, 13.2.3.2).
const SNIFFED_BYTES: usize = 1024;

/// What becomes of one part.
pub(super) enum Fate {
    Keep,
    /// It is a message: what it is called.
    LookInto(String),
    /// What it is called, and why it goes.
    Remove(String, String),
    /// The HTML that stands there instead, and what was in it.
    Clean(String, Harm),
}

impl Fate {
    /// Of what is left when there are more parts than are read.
    pub(super) fn rest(leaf: &Leaf<'_>) -> Self {
        let why = "there are more parts than any honest message has".to_owned();
        Self::Remove(label(&unread(leaf)), why)
    }
}

/// Who says what becomes of the parts of one message, and of the messages in it.
pub(super) struct Judge<'mail> {
    policy: &'mail FilePolicy,
    /// What may still be unpacked for all of them together.
    room: Room,
}

impl<'mail> Judge<'mail> {
    pub(super) fn new(policy: &'mail FilePolicy) -> Self {
        Self { policy, room: Room::default() }
    }

    /// Says what becomes of a part. `may_look` is whether messages are still looked into.
    pub(super) fn fate(&mut self, leaf: &Leaf<'_>, may_look: bool) -> Fate {
        if leaf.is_too_deep() {
            return Fate::Remove(label(&unread(leaf)), "parts are nested deeper than in any honest message".to_owned());
        }
        let name = attachment::file_name(leaf);
        let is_html = leaf.content_type.value == "text/html";
        if leaf.is_shown() && name.is_none() {
            return if is_html { cleaned(leaf) } else { Fate::Keep };
        }
        let is_message = matches!(leaf.content_type.value.as_str(), "message/rfc822" | "message/global");
        // What is shown, and what holds other parts, is no file, whatever it is called.
        let is_file = !leaf.is_shown() && !is_message;
        if is_file && name.as_deref().is_some_and(|name| self.policy.allows(name)) {
            return Fate::Keep;
        }
        // The subject of an attached message is not the name of a file.
        let file = Attachment { name, ..attachment::read(leaf, &mut Vec::new(), &mut self.room) };
        if let Some(why) = self.danger(&file) {
            return Fate::Remove(label(&file), why);
        }
        match leaf.content_type.value.as_str() {
            _ if is_message && may_look => Fate::LookInto(label(&file)),
            _ if is_message => {
                Fate::Remove(label(&file), "messages are nested deeper than in any honest message".to_owned())
            }
            "text/html" => cleaned(leaf),
            _ if is_active_page(&file, leaf) => {
                Fate::Remove(label(&file), "it is a web page that runs something or asks for something".to_owned())
            }
            _ => Fate::Keep,
        }
    }

    /// Why a file goes, if it does. What could not be looked into may hold anything.
    fn danger(&self, file: &Attachment) -> Option<String> {
        let too_much = || {
            let why = "there is more packed in this message than can be looked into";
            (file.inside.is_cut || self.is_closed(file)).then(|| why.to_owned())
        };
        files::danger(file).or_else(|| file_policy::denied(file, self.policy)).or_else(too_much)
    }

    /// Whether there may be files in it that are not known. Names matter where some are not wanted.
    fn is_closed(&self, file: &Attachment) -> bool {
        let archive = &file.inside.archive;
        let has_more_names = archive.has_more_names && !self.policy.deny.is_empty();
        !files::is_made_of_parts(file) && (archive.holds_unread || archive.hides_names || has_more_names)
    }
}

/// What is said of HTML that would become too long.
pub(super) fn too_long(leaf: &Leaf<'_>) -> (String, String) {
    (label(&unread(leaf)), "it cannot be made harmless without becoming much longer".to_owned())
}

/// A part of which nothing but the type and the size is said.
fn unread(leaf: &Leaf<'_>) -> Attachment {
    let size = transfer::decode(leaf.body, &leaf.encoding).len();
    Attachment { content_type: attachment::content_type(leaf).to_owned(), size, ..Attachment::default() }
}

fn cleaned(leaf: &Leaf<'_>) -> Fate {
    let cleaned = clean(&text(leaf));
    if cleaned.harm.is_none() { Fate::Keep } else { Fate::Clean(cleaned.html, cleaned.harm) }
}

fn is_active_page(file: &Attachment, leaf: &Leaf<'_>) -> bool {
    !file.is_inline && file.name.as_deref().is_some_and(files::is_page) && clean(&text(leaf)).harm.is_active()
}

fn text(leaf: &Leaf<'_>) -> String {
    let bytes = transfer::decode(leaf.body, &leaf.encoding);
    let declared = leaf.content_type.parameter("charset").map(|name| name.trim().to_ascii_lowercase());
    let charset = declared.filter(|name| !name.is_empty()).or_else(|| sniffed(&bytes));
    decode::text(&bytes, charset.as_deref())
}

/// The charset a page names itself.
fn sniffed(bytes: &[u8]) -> Option<String> {
    let start = bytes.get(..SNIFFED_BYTES).unwrap_or(bytes).to_ascii_lowercase();
    let at = memchr::memmem::find(&start, b"charset=")? + 8;
    let rest = start.get(at..)?.trim_ascii_start();
    let rest = rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'")).unwrap_or(rest);
    let is_name = |byte: &&u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(*byte);
    let length = rest.iter().take_while(is_name).count();
    let name = String::from_utf8_lossy(rest.get(..length)?).into_owned();
    (!name.is_empty() && !name.starts_with("utf-16")).then_some(name)
}
