//! Attached PDF files: a picture to click on, or a file that does something when opened.

use crate::{
    check::Check,
    evidence::Evidence,
    finding::Findings,
    mail::{Attachment, Host, Mail, Pdf, UrlSource},
    symbol::SymbolInfo,
};

use super::{
    files::{looked_at, runs},
    from,
    text::short,
};

const PDF_COVER_LINK: SymbolInfo = SymbolInfo::new("PDF_COVER_LINK", "Most of a page of an attached PDF is one link");
const PDF_BUTTON: SymbolInfo =
    SymbolInfo::new("PDF_BUTTON", "An attached PDF is a few words and a large button to another site");
const PDF_SCRIPT: SymbolInfo = SymbolInfo::new("PDF_SCRIPT", "An attached PDF runs a script");
const PDF_LAUNCH: SymbolInfo = SymbolInfo::new("PDF_LAUNCH", "An attached PDF starts a program");
const PDF_HOLDS_FILE: SymbolInfo = SymbolInfo::new("PDF_HOLDS_FILE", "There is a program or document in a PDF");
const PDF_LOCKED: SymbolInfo =
    SymbolInfo::new("PDF_LOCKED", "An attached PDF is encrypted, so that no scanner can read its links");

/// From so much of the page on a link is the page, in percent. What is written around a picture of a letter stays below.
const COVER: u32 = 40;

/// So much of the page is a button, not a line of text.
const BUTTON: u32 = 6;

/// A page of running text has 2,000 characters and more.
const FEW_CHARS: usize = 1500;

/// PDF files.
#[derive(Debug)]
pub(super) struct PdfFiles;

impl Check for PdfFiles {
    fn name(&self) -> &'static str {
        "pdf"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[PDF_COVER_LINK, PDF_BUTTON, PDF_SCRIPT, PDF_LAUNCH, PDF_HOLDS_FILE, PDF_LOCKED] }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        let mut elsewhere = None;
        for file in looked_at(mail) {
            let Some(pdf) = &file.inside.pdf else { continue };
            let shown = short(file.name.as_deref().unwrap_or("the PDF"));
            acts(&shown, pdf, findings);
            if pdf.links != 0
                && let Some(site) = elsewhere.get_or_insert_with(|| other_site(mail))
            {
                leads(&shown, pdf, site, findings);
            }
        }
    }
}

/// The first place a file leads to that is not the sender's.
fn other_site(mail: &Mail<'_>) -> Option<String> {
    let own = from::address(mail).map(|from| from.domain.registrable());
    mail.urls().iter().filter(|url| url.source == UrlSource::File).find_map(|url| match &url.host {
        // `https://www.example.org/url?q=https://elsewhere.example/`: who sends on is not where it goes.
        Some(Host::Domain(to)) if url.path.contains("=http") => Some(format!("somewhere through {to}")),
        Some(Host::Domain(to)) if own.as_ref().is_some_and(|own| to.is_within(own)) => None,
        Some(Host::Domain(to)) => Some(to.to_string()),
        Some(Host::Ip(ip)) => Some(ip.to_string()),
        Some(Host::Odd(host)) => Some(short(host)),
        None => None,
    })
}

fn leads(shown: &str, pdf: &Pdf, site: &str, findings: &mut Findings) {
    if COVER <= pdf.covered {
        let why = format!("a link to {site} covers {} % of a page of \"{shown}\"", pdf.covered);
        findings.raise(&PDF_COVER_LINK, why);
    } else if BUTTON <= pdf.covered && pdf.links <= 2 && pdf.pages <= 2 && pdf.text_chars <= FEW_CHARS {
        let why = format!("\"{shown}\" has {} characters of text and a large button to {site}", pdf.text_chars);
        findings.raise(&PDF_BUTTON, why);
    }
}

fn acts(shown: &str, pdf: &Pdf, findings: &mut Findings) {
    if pdf.runs_script {
        findings.raise(&PDF_SCRIPT, format!("\"{shown}\" has a script that runs by itself or sends something"));
    }
    if pdf.launches {
        findings.raise(&PDF_LAUNCH, format!("\"{shown}\" starts a program"));
    }
    // Bills for machines have their figures in a PDF as XML, and albums their pictures.
    if let Some(name) = pdf.files.iter().find(|name| is_risky(name)) {
        findings.raise(&PDF_HOLDS_FILE, format!("\"{}\" is in \"{shown}\"", short(name)));
    }
    if pdf.is_encrypted {
        findings.raise(&PDF_LOCKED, format!("\"{shown}\" is encrypted"));
    }
}

fn is_risky(name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
    runs(name) || matches!(ending.as_str(), "docm" | "doc" | "xlsm" | "xls" | "html" | "htm" | "zip" | "iso" | "rar")
}

/// Why a PDF had better not be opened, if there is a reason.
pub(super) fn danger(file: &Attachment, findings: &mut Findings) {
    if let Some(pdf) = file.inside.pdf.as_ref().filter(|pdf| pdf.launches || pdf.runs_script) {
        acts(&short(file.name.as_deref().unwrap_or("the PDF")), pdf, findings);
    }
}
