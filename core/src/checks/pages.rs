//! Attached web pages: what they are for, if a message could have shown their text itself.

use crate::{
    check::Check,
    evidence::Evidence,
    finding::Findings,
    mail::{Address, Attachment, Domain, Host, Kind, Mail, Page},
    symbol::SymbolInfo,
};

use super::{
    files::looked_at,
    from,
    known::{Brand, said as said_in},
    text::{fold, short, unmarked},
};

/// A page that shows more has something to say itself.
const FEW_CHARS: u32 = 1000;

/// Recipients of whom a page may know.
const MOST_RECIPIENTS: usize = 20;

const PAGE_MAKES_FILE: SymbolInfo =
    SymbolInfo::new("PAGE_MAKES_FILE", "An attached page builds a file from what is packed in it");
const PAGE_WRITES_ITSELF: SymbolInfo =
    SymbolInfo::new("PAGE_WRITES_ITSELF", "An attached page unpacks itself, so that no scanner sees what it shows");
const PAGE_PASSWORD: SymbolInfo = SymbolInfo::new("PAGE_PASSWORD", "An attached page asks for a password");
const PAGE_POSTS: SymbolInfo = SymbolInfo::new("PAGE_POSTS", "An attached page sends what is typed to somebody else");
const PAGE_LEAVES: SymbolInfo = SymbolInfo::new("PAGE_LEAVES", "An attached page leads to another one by itself");
const PAGE_LURE_NAME: SymbolInfo =
    SymbolInfo::new("PAGE_LURE_NAME", "An attached page is called like a paper or a voice message");
const PAGE_SENDS: SymbolInfo =
    SymbolInfo::new("PAGE_SENDS", "A script in an attached page sends the password that is typed, or writes to a chat");
const PAGE_KNOWS_YOU: SymbolInfo = SymbolInfo::new(
    "PAGE_KNOWS_YOU",
    "An attached page that wants a password or runs by itself was made for one recipient",
);
const PAGE_BRAND: SymbolInfo =
    SymbolInfo::new("PAGE_BRAND", "An attached page asks for a password in the name of a well-known house");
const SVG_PAGE: SymbolInfo = SymbolInfo::new("SVG_PAGE", "An attached picture is a page with a form or a frame");
const SVG_SCRIPT: SymbolInfo = SymbolInfo::new("SVG_SCRIPT", "An attached picture runs a script");

/// What papers and recordings are called that come as such, not as a page.
const LURES: [&str; 30] = [
    "invoice",
    "voice",
    "vm_",
    "audio",
    "scan",
    "payment",
    "remittance",
    "receipt",
    "fax",
    "document",
    "purchase",
    "statement",
    "swift",
    "transfer",
    "contract",
    "payroll",
    "salary",
    "benefit",
    "rechnung",
    "zahlung",
    "facture",
    "factura",
    "fatura",
    "nota fiscal",
    "boleto",
    "comprobante",
    "comprovante",
    "fattura",
    "signed",
    "secure",
];

/// Attached pages.
#[derive(Debug)]
pub(super) struct Pages;

impl Check for Pages {
    fn name(&self) -> &'static str {
        "pages"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const {
            &[
                PAGE_MAKES_FILE,
                PAGE_WRITES_ITSELF,
                PAGE_PASSWORD,
                PAGE_POSTS,
                PAGE_SENDS,
                PAGE_LEAVES,
                PAGE_LURE_NAME,
                PAGE_KNOWS_YOU,
                PAGE_BRAND,
                SVG_PAGE,
                SVG_SCRIPT,
            ]
        }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        let own = from::address(mail).map(|from| from.domain.registrable());
        // A page without a name is the other form of the text, or a report that somebody saw.
        for file in looked_at(mail).filter(|file| file.name.is_some()) {
            if let Some(page) = &file.inside.page {
                let shown = short(file.name.as_deref().unwrap_or_default());
                look(&shown, file, page, own.as_ref(), findings);
                pretends(&shown, page, mail, findings);
            }
        }
    }
}

/// Whom a page is for, and in whose name it asks.
fn pretends(shown: &str, page: &Page, mail: &Mail<'_>, findings: &mut Findings) {
    let only_leaves = page.leaves && page.text_chars < FEW_CHARS;
    let unpacks = only_leaves || page.makes_file || page.writes_itself;
    let acts = 0 < page.passwords || page.sends || unpacks && !page.is_of_site;
    let to = mail.to().iter().chain(mail.cc()).take(MOST_RECIPIENTS).filter_map(|to| to.address.as_ref());
    let is_known = |address: &&Address| page.addresses.contains(address);
    if acts && let Some(address) = to.chain(&mail.account.identities).find(is_known) {
        findings.raise(&PAGE_KNOWS_YOU, format!("\"{shown}\" was made for {address}"));
    }
    if page.passwords == 0 {
        return;
    }
    let said = unmarked(&format!("{}\n{}", page.title.as_deref().unwrap_or_default(), page.text));
    let owns = |brand: &Brand| from::address(mail).is_some_and(|from| brand.owns(&from.domain));
    if let Some(found) = said_in(&said).find(|found| !found.brand.is_common && !owns(found.brand)) {
        findings.raise(&PAGE_BRAND, format!("\"{shown}\" asks for the password of {}", found.brand.name));
    }
}

fn look(shown: &str, file: &Attachment, page: &Page, own: Option<&Domain>, findings: &mut Findings) {
    if file.inside.kind == Kind::Svg {
        if page.has_script {
            findings.raise(&SVG_SCRIPT, format!("\"{shown}\" is a picture with a script in it"));
        }
        if 0 < page.embedded || 0 < page.passwords || !page.posts_to.is_empty() {
            findings.raise(&SVG_PAGE, format!("\"{shown}\" is a picture with a form or another page in it"));
        }
    }
    if page.makes_file {
        findings.raise(&PAGE_MAKES_FILE, format!("\"{shown}\" makes a file of what is packed in it"));
    } else if (page.writes_itself || page.has_payload) && !page.is_of_site {
        findings.raise(&PAGE_WRITES_ITSELF, format!("\"{shown}\" writes itself anew from what is packed in it"));
    }
    if 0 < page.passwords {
        findings.raise(&PAGE_PASSWORD, format!("\"{shown}\" has a field for a password"));
    }
    let is_own = |host: &&Host| matches!(host, Host::Domain(to) if own.is_some_and(|own| to.is_within(own)));
    if page.sends {
        findings.raise(&PAGE_SENDS, format!("a script in \"{shown}\" sends what is typed"));
    }
    // Handbooks have a field for a search, and a script that leads to the page one looked for.
    if page.is_of_site {
        return;
    }
    if let Some(host) = page.posts_to.iter().find(|host| !is_own(host)) {
        findings.raise(&PAGE_POSTS, format!("\"{shown}\" sends what is typed to {}", named(host)));
    }
    if page.leaves {
        findings.raise(&PAGE_LEAVES, format!("\"{shown}\" leads away when opened"));
    }
    let name = fold(file.name.as_deref().unwrap_or_default());
    if let Some(lure) = LURES.iter().find(|lure| name.contains(**lure))
        && (page.has_script || page.leaves || !page.posts_to.is_empty())
    {
        findings.raise(&PAGE_LURE_NAME, format!("\"{shown}\" says {lure} and is a page that acts"));
    }
}

fn named(host: &Host) -> String {
    match host {
        Host::Domain(domain) => domain.to_string(),
        Host::Ip(ip) => ip.to_string(),
        Host::Odd(host) => short(host),
    }
}
