//! Files: names, first bytes, and what is in them.

use std::borrow::Cow;

use xxhash_rust::xxh3::xxh3_64;

use super::{
    Url, decode,
    file::{Inside, Room, Said, is_called_document, is_called_page, look},
    header_block,
    mime::{self, Leaf},
    transfer,
};

/// First bytes kept.
const START_BYTES: usize = 512;

/// Longest name kept of a file.
const MAX_NAME_BYTES: usize = 1024;

/// A part that is not shown as text, or that has a file name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attachment {
    /// The file name from Content-Disposition or Content-Type, decoded, as the sender wrote it. For an attached message
    /// without one, its subject.
    pub name: Option<String>,
    /// `type/subtype`, lower case; `application/octet-stream` if none is declared.
    pub content_type: String,
    /// Whether it is meant to be shown within the text.
    pub is_inline: bool,
    /// Bytes after decoding.
    pub size: usize,
    /// The first bytes after decoding, at most 512: what it really is.
    pub start: Vec<u8>,
    /// What is in it.
    pub inside: Inside,
    /// A number for all of it after decoding: the same for the same content.
    pub digest: u64,
}

/// The file name of a part, if it has one.
pub(crate) fn file_name(leaf: &Leaf<'_>) -> Option<String> {
    let name = leaf.disposition.readable_parameter("filename");
    let name = name.or_else(|| leaf.content_type.readable_parameter("name"))?;
    Some(decode::split_at_most(&name, MAX_NAME_BYTES).0.to_owned())
}

/// `type/subtype` of a part.
pub(crate) fn content_type<'leaf>(leaf: &'leaf Leaf<'_>) -> &'leaf str {
    let declared = leaf.content_type.value.as_str();
    if declared.contains('/') { declared } else { "application/octet-stream" }
}

/// What is known of the file that a part is. The links in it go to `urls`.
pub(crate) fn read(leaf: &Leaf<'_>, urls: &mut Vec<Url>, room: &mut Room) -> Attachment {
    let content = transfer::decode(leaf.body, &leaf.encoding);
    let content_type = content_type(leaf);
    let subject = || if content_type == "message/rfc822" { subject_of(&content) } else { None };
    let is_inline = match leaf.disposition.value.as_str() {
        "inline" => true,
        "attachment" => false,
        _ => leaf.has_content_id,
    };
    let charset = leaf.content_type.parameter("charset").map(|name| name.trim().to_ascii_lowercase());
    let name = file_name(leaf);
    let is_called_page = name.as_deref().is_some_and(is_called_page);
    let is_called_document = is_called_document(name.as_deref(), content_type);
    let charset = charset.as_deref();
    let said = Said { content_type, charset, is_called_page, is_called_document, is_shown: leaf.is_shown() };
    let inside = look(&content, said, urls, room);
    Attachment {
        name: name.or_else(subject),
        content_type: content_type.to_owned(),
        is_inline,
        size: content.len(),
        start: content.get(..START_BYTES).unwrap_or(&content).to_vec(),
        inside,
        digest: xxh3_64(&content),
    }
}

/// The bytes of the first message that is attached to a message, if one is.
pub(crate) fn first_message(raw: &[u8]) -> Option<Cow<'_, [u8]>> {
    let block = header_block::split(raw, header_block::Ends::AtEmptyLine);
    let leaf = mime::walk(&block.fields, block.body)
        .leaves
        .into_iter()
        .find(|leaf| is_message(leaf.content_type.value.as_str(), file_name(leaf).as_deref().unwrap_or_default()))?;
    Some(transfer::decode(leaf.body, &leaf.encoding))
}

/// Whether mail programs open a part as a message, by its type or its name.
pub(crate) fn is_message(content_type: &str, name: &str) -> bool {
    let ending = name.len().checked_sub(4).and_then(|at| name.get(at..)).unwrap_or_default();
    matches!(content_type, "message/rfc822" | "message/global") || ending.eq_ignore_ascii_case(".eml")
}

fn subject_of(message: &[u8]) -> Option<String> {
    let block = header_block::split(message, header_block::Ends::AtEmptyLine);
    let (_, raw) = block.fields.iter().find(|(name, _)| name.eq_ignore_ascii_case("Subject"))?;
    let subject = decode::header_text(raw);
    let subject = decode::split_at_most(&subject, MAX_NAME_BYTES).0;
    (!subject.is_empty()).then(|| subject.to_owned())
}
