//! Tokens of what is below the header: words, links, HTML, files.

use super::{collector::Collector, language};
use crate::mail::{Attachment, Host, HtmlFacts, Mail, Url, UrlSource};

/// The beginning decides; a book attached as text must not cost a second.
const MAX_TEXT: usize = 64 << 10;
const MAX_HIDDEN: usize = 4 << 10;
const MAX_URLS: usize = 200;
const MAX_FILES: usize = 50;
/// Words of one link's path: a long one is a session's number.
const MAX_PATH: usize = 200;

pub(super) fn collect(mail: &Mail<'_>, collector: &mut Collector) {
    if let Some(html) = mail.html() {
        structure(html, collector);
    }
    files(mail.attachments(), collector);
    links(mail.urls(), collector);
    text(mail, collector);
}

fn text(mail: &Mail<'_>, collector: &mut Collector) {
    let mut room = MAX_TEXT;
    let mut chars = 0_u64;
    for part in mail.texts() {
        if let Some(charset) = &part.charset {
            collector.add(&["charset:", charset]);
        }
        collector.add(&["encoding:", &part.encoding]);
        chars += part.text.len() as u64;
    }
    collector.add_count("characters of text", chars);
    let plain = mail.texts().iter().filter(|part| !part.is_html);
    let html = mail.texts().iter().filter(|part| part.is_html);
    if plain.clone().next().is_none() && html.clone().next().is_some() {
        collector.add(&["fact:HTML alone"]);
    }
    for part in plain.chain(html) {
        let start = beginning(&part.text, room);
        room -= start.len();
        language::of_letters(start, collector);
        collector.add_text(start);
    }
    language::of_words(collector);
}

fn beginning(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes)).unwrap_or_default()
}

fn structure(html: &HtmlFacts, collector: &mut Collector) {
    for (name, count) in [
        ("images", html.images),
        ("tiny images", html.tiny_images),
        ("HTML links", html.links),
        ("forms", html.forms),
        ("password fields", html.password_fields),
        ("scripts", html.scripts),
        ("embedded objects", html.embedded),
        ("comments", html.comments),
        ("unknown tags", html.unknown_tags),
        ("tags", html.tags),
        ("hidden characters", html.hidden_chars),
        ("visible characters", html.visible_chars),
    ] {
        if count != 0 {
            collector.add_count(name, u64::from(count));
        }
    }
    if html.redirects {
        collector.add(&["fact:HTML that redirects"]);
    }
    if let Some(title) = &html.title {
        collector.add_words("title:", beginning(title, MAX_PATH));
    }
    collector.add_words("hidden:", beginning(&html.hidden_text, MAX_HIDDEN));
}

fn files(files: &[Attachment], collector: &mut Collector) {
    collector.add_count("files", files.len() as u64);
    for file in files.iter().take(MAX_FILES) {
        collector.add(&["file-type:", &file.content_type]);
        collector.add_count("bytes in a file", file.size as u64);
        if let Some(name) = &file.name {
            let name = beginning(name, MAX_PATH);
            collector.add_words("file:", name.rsplit_once('.').map_or(name, |(stem, _)| stem));
            extension("extension:", name, collector);
        }
        for name in &file.inside.archive.names {
            extension("archived:", name, collector);
        }
        if file.inside.archive.is_encrypted {
            collector.add(&["fact:encrypted archive"]);
        }
    }
}

fn extension(prefix: &str, name: &str, collector: &mut Collector) {
    if let Some((_, extension)) = name.rsplit_once('.').filter(|(_, extension)| extension.len() <= 8) {
        collector.add(&[prefix, &extension.trim().to_lowercase()]);
    }
}

fn links(urls: &[Url], collector: &mut Collector) {
    collector.add_count("links", urls.len() as u64);
    let mut last_host = None;
    for url in urls.iter().take(MAX_URLS) {
        // A newsletter names its own host in each of a hundred links.
        if last_host != Some(&url.host) {
            last_host = Some(&url.host);
            host(url, collector);
        }
        path(&url.path, collector);
        if url.has_userinfo {
            collector.add(&["fact:link with a user name"]);
        }
        if url.port.is_some() {
            collector.add(&["fact:link with a port"]);
        }
        match url.source {
            UrlSource::Link | UrlSource::Text => collector.add(&["scheme:", &url.scheme]),
            UrlSource::Form => collector.add(&["fact:form to ", &url.scheme]),
            UrlSource::Resource => collector.add(&["fact:loads from ", &url.scheme]),
            UrlSource::File => collector.add(&["fact:file with a link to ", &url.scheme]),
            UrlSource::Qr => collector.add(&["fact:picture leads to ", &url.scheme]),
        }
    }
}

fn host(url: &Url, collector: &mut Collector) {
    match &url.host {
        Some(Host::Domain(domain)) => {
            let registrable = domain.registrable();
            collector.add(&["link:", domain.as_str()]);
            collector.add(&["link:", registrable.as_str()]);
            if let Some((_, tld)) = registrable.as_str().rsplit_once('.') {
                collector.add(&["link:.", tld]);
            }
        }
        Some(Host::Ip(_)) => collector.add(&["fact:link to a bare IP address"]),
        Some(Host::Odd(_)) => collector.add(&["fact:link to something that is no host"]),
        None => {}
    }
}

fn path(path: &str, collector: &mut Collector) {
    for word in beginning(path, MAX_PATH).split(|c: char| !c.is_alphanumeric()) {
        let is_word = (2..=20).contains(&word.len());
        let has_digits = word.bytes().any(|byte| byte.is_ascii_digit());
        if is_word && !(has_digits && 4 < word.len()) {
            collector.add(&["path:", &word.to_lowercase()]);
        }
    }
}
