//! A message made ready to be shown: text only, nothing that acts, nothing that is loaded.

use std::collections::BTreeSet;

use crate::{
    api::{FileView, HeaderLine, LinkView, MessagePage, MessageSource, TextBlock, TextKind, TextPiece},
    checks::files::danger,
    mail::{Attachment, Block, BlockKind, Host, Kind, Mail, Outline, Url, UrlSource, outline},
    proof,
};

/// How much text is shown, in bytes.
const MAX_TEXT: usize = 64 << 10;

/// How many links are listed.
const MAX_LINKS: usize = 50;

/// How much of the source is shown, in bytes.
const MAX_SOURCE: usize = 256 << 10;

/// How many header lines are shown, and how much of each, in bytes.
const MAX_HEADERS: usize = 500;
const MAX_HEADER: usize = 8 << 10;

/// What is shown of a message.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Preview {
    /// Visible text without control characters.
    pub text: String,
    /// Where its links really lead, each host once.
    pub links: Vec<LinkView>,
    /// Its files.
    pub files: Vec<FileView>,
    /// The text with its structure, and what proves its sender.
    pub page: MessagePage,
}

/// Makes a message ready. `asked` are the questions that others were asked about it, with their answers.
pub fn preview(mail: &Mail<'_>, asked: &[(String, String)]) -> Preview {
    // Whoever wants the text without structure has the plain form of it.
    let plain: Vec<&str> = mail
        .texts()
        .iter()
        .filter(|part| !part.is_html)
        .map(|part| part.text.trim())
        .filter(|text| !text.is_empty())
        .collect();
    let text = if plain.is_empty() { mail.visible_text() } else { plain.join("\n\n") };
    Preview {
        text: shown(&text, MAX_TEXT),
        links: links(mail.urls()),
        files: mail.attachments().iter().map(file).collect(),
        page: page(mail, outline(mail.raw), asked),
    }
}

/// The headers and the source of a message.
pub fn source(mail: &Mail<'_>) -> MessageSource {
    let line = |header: &crate::mail::Header<'_>| HeaderLine {
        name: shown(header.name, 256),
        value: shown(&header.value, MAX_HEADER),
        raw: shown(header.raw.trim_start(), MAX_HEADER),
    };
    let start = mail.raw.get(..MAX_SOURCE).unwrap_or(mail.raw);
    MessageSource {
        headers: mail.headers().iter().take(MAX_HEADERS).map(line).collect(),
        text: shown(&String::from_utf8_lossy(start), MAX_SOURCE * 3),
        size: mail.size,
        is_cut: MAX_SOURCE < mail.raw.len() || mail.is_truncated,
    }
}

fn page(mail: &Mail<'_>, outline: Outline, asked: &[(String, String)]) -> MessagePage {
    let link = |url: &Url| {
        let host = host(url).unwrap_or_else(|| shown(&url.scheme, 32));
        LinkView { text: String::new(), host, url: shown(&url.written, 2048) }
    };
    let html = mail.html();
    MessagePage {
        links: outline.links.iter().map(link).collect(),
        blocks: outline.blocks.into_iter().map(block).collect(),
        is_page: outline.is_page,
        is_cut: outline.is_cut,
        hidden_chars: html.map_or(0, |html| html.hidden_chars),
        hidden_text: html.map(|html| shown(&html.hidden_text, MAX_HEADER)).unwrap_or_default(),
        badges: proof::badges(mail, asked),
    }
}

fn block(block: Block) -> TextBlock {
    let kind = match block.kind {
        BlockKind::Paragraph => TextKind::Paragraph,
        BlockKind::Heading(level) => TextKind::Heading(level),
        BlockKind::Item { level, number } => TextKind::Item { level, number },
        BlockKind::Row => TextKind::Row,
        BlockKind::Fixed => TextKind::Fixed,
        BlockKind::Rule => TextKind::Rule,
    };
    let pieces = block.pieces.into_iter().map(|piece| TextPiece {
        text: shown(&piece.text, MAX_TEXT),
        is_strong: piece.is_strong,
        is_emphasised: piece.is_emphasised,
        is_picture: piece.is_picture,
        link: piece.link,
        begins_cell: piece.begins_cell,
    });
    TextBlock { kind, quote: block.quote, pieces: pieces.collect() }
}

/// `text` without control characters, cut to `max` bytes.
fn shown(text: &str, max: usize) -> String {
    let mut shown = String::with_capacity(text.len().min(max));
    for character in text.chars() {
        if max < shown.len() + character.len_utf8() {
            shown.push('…');
            break;
        }
        if character == '\n' || character == '\t' || !character.is_control() {
            shown.push(character);
        }
    }
    shown
}

fn links(urls: &[Url]) -> Vec<LinkView> {
    let mut hosts = BTreeSet::new();
    let mut links = Vec::new();
    for url in urls.iter().filter(|url| url.source != UrlSource::Resource) {
        let Some(host) = host(url) else { continue };
        if links.len() < MAX_LINKS && hosts.insert(host.clone()) {
            let text = url.anchor.as_deref().unwrap_or_default();
            links.push(LinkView { text: shown(text, 256), host, url: shown(&url.written, 2048) });
        }
    }
    links
}

fn host(url: &Url) -> Option<String> {
    match url.host.as_ref()? {
        Host::Domain(domain) => Some(domain.to_string()),
        Host::Ip(ip) => Some(ip.to_string()),
        Host::Odd(odd) => Some(shown(odd, 256)),
    }
}

fn file(attachment: &Attachment) -> FileView {
    FileView {
        name: attachment.name.as_deref().map_or_else(|| "without a name".to_owned(), |name| shown(name, 256)),
        content_type: attachment.content_type.clone(),
        size: u64::try_from(attachment.size).unwrap_or(u64::MAX),
        really: really(attachment).to_owned(),
        danger: danger(attachment).map(|why| shown(&why, 512)).unwrap_or_default(),
    }
}

/// What a file is, by its bytes, in the words of [`FileView::really`].
fn really(file: &Attachment) -> &'static str {
    match file.inside.kind {
        Kind::Program => "program",
        Kind::Zip
        | Kind::SevenZip
        | Kind::Rar4
        | Kind::Rar5
        | Kind::Tar
        | Kind::Gzip
        | Kind::Cabinet
        | Kind::RareArchive(_) => "archive",
        Kind::DiskImage => "disk-image",
        Kind::OpenDocument | Kind::Compound | Kind::Rtf => "document",
        Kind::Pdf => "pdf",
        Kind::Page => "page",
        Kind::Svg => "drawing",
        Kind::Shortcut | Kind::WebShortcut => "shortcut",
        Kind::OneNote => "notebook",
        Kind::Help => "help",
        Kind::Signature => "signature",
        Kind::Picture => "picture",
        Kind::Calendar => "calendar",
        Kind::Card => "card",
        Kind::Other if matches!(file.content_type.as_str(), "message/rfc822" | "message/global") => "message",
        Kind::Other if is_text(&file.start) => "text",
        Kind::Other => "",
    }
}

/// Whether a file begins like text.
fn is_text(start: &[u8]) -> bool {
    let is_odd = |byte: &u8| byte.is_ascii_control() && !byte.is_ascii_whitespace();
    // A letter of several bytes may be cut in two at the end.
    let is_utf8 = std::str::from_utf8(start).map_or_else(|error| error.error_len().is_none(), |_| true);
    !start.is_empty() && is_utf8 && !start.iter().any(is_odd)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::Arrival;

    #[test]
    fn control_characters_and_endless_text_do_not_reach_the_window() {
        assert_eq!(shown("a\u{1b}[2J\tb\nc", 100), "a[2J\tb\nc");
        assert_eq!(shown("aéé", 3), "aé…");
    }

    #[test]
    fn a_file_is_named_by_what_it_really_is() {
        for (name, body, really, is_dangerous) in [
            ("invoice.pdf", "f0VMRgIBAQAAAAAA", "program", true),
            ("letter.pdf", "JVBERi0xLjQK", "pdf", false),
            ("photo.jpg", "/9j/4AAQSkZJRg==", "picture", false),
            ("photo.jpg", "UEsDBAoAAAAAAA==", "archive", true),
            ("notes.txt", "SGVsbG8=", "text", false),
        ] {
            let raw = format!(
                "Content-Type: application/octet-stream; name=\"{name}\"\nContent-Transfer-Encoding: base64\n\
                 Content-Disposition: attachment\n\n{body}\n"
            );
            let mail = Mail::parse(raw.as_bytes(), &Arrival::default());
            let file = &preview(&mail, &[]).files[0];
            assert_eq!((file.really.as_str(), !file.danger.is_empty()), (really, is_dangerous), "{file:?}");
        }
    }

    #[test]
    fn the_source_is_the_message_and_its_headers_are_decoded() {
        let raw = b"Subject: =?utf-8?q?h=C3=A9?=\r\n\tfolded\r\nX-Bytes: \xff\r\n\r\nbody\x07\r\n";
        let source = source(&Mail::parse(raw, &Arrival::default()));
        let want = HeaderLine {
            name: "Subject".to_owned(),
            value: "hé folded".to_owned(),
            raw: "=?utf-8?q?h=C3=A9?=\n\tfolded".to_owned(),
        };
        assert_eq!(source.headers[0], want);
        assert!(source.text.ends_with("X-Bytes: \u{fffd}\n\nbody\n") && !source.is_cut);
        let long = [b"Subject: x\n\n".to_vec(), vec![b'a'; 300 << 10]].concat();
        let long = super::source(&Mail::parse(&long, &Arrival::default()));
        assert!(long.is_cut && long.text.len() == MAX_SOURCE && long.size == (300 << 10) + 12);
    }

    #[test]
    fn hidden_text_is_counted_and_told() {
        let raw = b"Content-Type: text/html\n\n<p>Hello<span style='display:none'>secret words</span></p>";
        let page = preview(&Mail::parse(raw, &Arrival::default()), &[]).page;
        assert_eq!((page.hidden_chars, page.hidden_text.as_str()), (11, "secret words"));
        assert_eq!(page.blocks.len(), 1);
        assert_eq!(page.blocks[0].pieces[0].text, "Hello");
    }
}
