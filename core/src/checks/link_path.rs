//! What comes after a link's host: insides of other people's sites, files, packed addresses.

use crate::{
    check::Check,
    evidence::Evidence,
    finding::Findings,
    mail::{Address, Mail, Url, UrlSource, unpacked},
    symbol::SymbolInfo,
};

use super::{
    link_target::MOST_LINKS,
    links::{Home, clicked, host, said_by_sender},
    text::short,
};

const URL_TAKEN_SITE: SymbolInfo = SymbolInfo::new(
    "URL_TAKEN_SITE",
    "A link leads into the inside of somebody's site, where only a burglar puts pages",
);
const URL_FILE_PROGRAM: SymbolInfo = SymbolInfo::new("URL_FILE_PROGRAM", "A link leads to a program or a script");
const URL_FILE_ARCHIVE: SymbolInfo = SymbolInfo::new("URL_FILE_ARCHIVE", "A link leads to a packed file");
const URL_ADDRESS_PACKED: SymbolInfo =
    SymbolInfo::new("URL_ADDRESS_PACKED", "A link carries an address packed, so that it cannot be read");
const URL_ADDRESS_FRAGMENT: SymbolInfo =
    SymbolInfo::new("URL_ADDRESS_FRAGMENT", "A link carries an address where only the page itself can see it");

/// Pieces of a path that are looked into for packed addresses.
const MOST_PIECES: usize = 12;

/// Links that are looked into for packed addresses: what a mass mailer does to one it does to all.
const MOST_UNPACKED: usize = 20;

/// Paths.
#[derive(Debug)]
pub(super) struct LinkPath;

impl Check for LinkPath {
    fn name(&self) -> &'static str {
        "link_path"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[URL_TAKEN_SITE, URL_FILE_PROGRAM, URL_FILE_ARCHIVE, URL_ADDRESS_PACKED, URL_ADDRESS_FRAGMENT] }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        let home = Home::of(mail);
        for (at, outer) in clicked(mail).enumerate() {
            let url = outer.target();
            if !home.has_link(url) {
                files(url, findings);
            }
            let links = std::iter::once(outer).chain(outer.leads_to.as_deref());
            for link in links.take_while(|_| at < MOST_UNPACKED) {
                addresses(link, findings);
            }
        }
        let texts = said_by_sender(mail).filter(|url| url.source == UrlSource::Text).take(MOST_LINKS);
        for url in texts.filter(|url| !home.has_link(url)) {
            program(url, findings);
        }
    }
}

fn files(url: &Url, findings: &mut Findings) {
    const INSIDE: [&str; 7] =
        ["/wp-content/", "/wp-includes/", "/wp-admin/", "/.well-known/", "/cgi-sys/", "/node_modules/", "/.tmb/"];
    const SHOWN: [&str; 14] =
        ["png", "jpg", "jpeg", "gif", "svg", "webp", "pdf", "css", "js", "mp4", "mp3", "txt", "ics", "docx"];
    let path = url.path.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    let file = path.rsplit('/').next().unwrap_or_default();
    let ending = file.rsplit_once('.').map_or("", |(_, ending)| ending);
    if let Some(inside) = INSIDE.iter().find(|inside| path.contains(**inside))
        && !SHOWN.contains(&ending)
        && !path.contains("/.well-known/acme")
    {
        findings.raise(&URL_TAKEN_SITE, format!("it leads to {}, into {inside}", host(url)));
    }
    program(url, findings);
    if matches!(ending, "zip" | "rar" | "7z" | "ace" | "cab" | "arj") {
        findings.raise(&URL_FILE_ARCHIVE, format!("\"{}\" at {}", short(file), host(url)));
    }
}

fn program(url: &Url, findings: &mut Findings) {
    const PROGRAMS: [&str; 20] = [
        "exe", "scr", "jse", "vbs", "vbe", "bat", "cmd", "msi", "hta", "iso", "img", "vhd", "lnk", "apk", "jar", "ps1",
        "wsf", "pif", "xll", "one",
    ];
    let path = url.path.split(['?', '#']).next().unwrap_or_default();
    let file = path.rsplit('/').next().unwrap_or_default();
    let is_program = |(_, ending): (&str, &str)| PROGRAMS.iter().any(|program| program.eq_ignore_ascii_case(ending));
    if url.scheme.starts_with("http") && file.rsplit_once('.').is_some_and(is_program) {
        findings.raise(&URL_FILE_PROGRAM, format!("\"{}\" at {}", short(file), host(url)));
    }
}

fn addresses(url: &Url, findings: &mut Findings) {
    let (before, fragment) = url.path.split_once('#').unwrap_or((&url.path, ""));
    if !fragment.is_empty()
        && let Some(address) = plain_address(fragment).or_else(|| packed_address(fragment))
    {
        findings.raise(&URL_ADDRESS_FRAGMENT, format!("{address} stands behind the # of a link to {}", host(url)));
    }
    if let Some(address) = packed_address(before) {
        findings.raise(&URL_ADDRESS_PACKED, format!("a link to {} has {address} packed in it", host(url)));
    }
}

/// An address that stands there as it is, or with `%40`.
fn plain_address(text: &str) -> Option<Address> {
    let text = text.replace("%40", "@");
    let word = text.split(['=', '/', '&', '?', '#', '!', ';', ',']).find(|word| word.contains('@'))?;
    address(word)
}

/// An address in base64 or in hexadecimal.
fn packed_address(text: &str) -> Option<Address> {
    const SHORTEST: usize = 12;
    let pieces = text.split(['/', '?', '&', '=', '#', '.', ':', ';', '!', '*', '%', '~']);
    let pieces = pieces.filter(|piece| SHORTEST <= piece.len()).take(MOST_PIECES);
    pieces.filter_map(unpacked).find_map(|text| {
        let words = text.split(|c: char| c.is_whitespace() || ",;|&=/\"'<>?".contains(c));
        words.filter(|word| word.contains('@')).find_map(address)
    })
}

fn address(word: &str) -> Option<Address> {
    let found = Address::parse(word)?;
    let is_local = |c: char| c.is_ascii_alphanumeric() || "._+-".contains(c);
    // Longer ones are numbers of messages.
    let is_person = found.local.len() <= 30 && found.local.chars().all(is_local);
    (is_person && found.domain.has_known_suffix() && found.domain.as_str().contains('.')).then_some(found)
}
