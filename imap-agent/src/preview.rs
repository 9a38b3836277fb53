//! A message as the window may show it: text only, nothing that acts, nothing that is loaded.

use std::collections::BTreeSet;

use tamis_core::{
    Arrival, Mail,
    api::{FileView, LinkView},
    mail::{Attachment, Host, Url, UrlSource},
};

/// How much text is shown, in bytes.
const MAX_TEXT: usize = 64 << 10;

/// How many links are listed.
const MAX_LINKS: usize = 50;

/// What is shown of a message.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Preview {
    /// Visible text without control characters.
    pub text: String,
    /// Where its links really lead, each host once.
    pub links: Vec<LinkView>,
    /// Its files.
    pub files: Vec<FileView>,
}

/// Reads `raw` for showing.
pub fn preview(raw: &[u8]) -> Preview {
    let mail = Mail::parse(raw, &Arrival::default());
    // One form of the text is enough, and the plain one is the safer.
    let plain: Vec<&str> = mail
        .texts
        .iter()
        .filter(|part| !part.is_html)
        .map(|part| part.text.trim())
        .filter(|text| !text.is_empty())
        .collect();
    let text = if plain.is_empty() { mail.visible_text() } else { plain.join("\n\n") };
    Preview {
        text: shown(&text, MAX_TEXT),
        links: links(&mail.urls),
        files: mail.attachments.iter().map(file).collect(),
    }
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
        let host = match &url.host {
            Some(Host::Domain(domain)) => domain.to_string(),
            Some(Host::Ip(ip)) => ip.to_string(),
            Some(Host::Odd(odd)) => shown(odd, 256),
            None => continue,
        };
        if links.len() < MAX_LINKS && hosts.insert(host.clone()) {
            let text = url.anchor.as_deref().unwrap_or_default();
            links.push(LinkView { text: shown(text, 256), host, url: shown(&url.written, 2048) });
        }
    }
    links
}

fn file(attachment: &Attachment) -> FileView {
    FileView {
        name: attachment.name.as_deref().map_or_else(|| "without a name".to_owned(), |name| shown(name, 256)),
        content_type: attachment.content_type.clone(),
        size: u64::try_from(attachment.size).unwrap_or(u64::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_and_endless_text_do_not_reach_the_window() {
        assert_eq!(shown("a\u{1b}[2J\tb\nc", 100), "a[2J\tb\nc");
        assert_eq!(shown("aéé", 3), "aé…");
    }
}
