//! Attached files.

use crate::{
    check::Check,
    evidence::Evidence,
    finding::Findings,
    mail::{
        Attachment, Kind, Mail,
        file::{PAGE_ENDINGS, is_called_document},
    },
    symbol::{Symbol, SymbolInfo},
};

use super::{
    documents, pdf,
    text::{is_invisible, short},
};

const FILE_PROGRAM: SymbolInfo = SymbolInfo::new("FILE_PROGRAM", "A program is attached");
const FILE_SCRIPT: SymbolInfo =
    SymbolInfo::new("FILE_SCRIPT", "A script or shortcut that runs when opened is attached");
const FILE_DOUBLE_ENDING: SymbolInfo =
    SymbolInfo::new("FILE_DOUBLE_ENDING", "A program or page is named as if it were a document");
const FILE_HIDDEN_ENDING: SymbolInfo =
    SymbolInfo::new("FILE_HIDDEN_ENDING", "The name of an attached file hides how it ends");
const FILE_HTML: SymbolInfo = SymbolInfo::new("FILE_HTML", "A web page is attached");
const FILE_HTML_FORM: SymbolInfo = SymbolInfo::new("FILE_HTML_FORM", "An attached web page asks for something or runs");
const FILE_OTHER_CONTENT: SymbolInfo =
    SymbolInfo::new("FILE_OTHER_CONTENT", "An attached file is not what its name or type says");
const FILE_DISK_IMAGE: SymbolInfo = SymbolInfo::new("FILE_DISK_IMAGE", "A disk image is attached");
const FILE_ENCRYPTED_ZIP: SymbolInfo =
    SymbolInfo::new("FILE_ENCRYPTED_ZIP", "An attached archive is encrypted, so that no scanner can look inside");
const FILE_ZIP_PROGRAM: SymbolInfo = SymbolInfo::new("FILE_ZIP_PROGRAM", "There is a program in an attached archive");
const FILE_MACRO: SymbolInfo = SymbolInfo::new("FILE_MACRO", "An attached document can run programs of its own");

/// What Windows runs as a program.
const PROGRAMS: [&str; 10] = ["exe", "scr", "com", "pif", "cpl", "msi", "msix", "appx", "jar", "dll"];

/// What runs when opened without being a program itself.
const SCRIPTS: [&str; 26] = [
    "js",
    "jse",
    "vbs",
    "vbe",
    "wsf",
    "wsh",
    "hta",
    "bat",
    "cmd",
    "ps1",
    "lnk",
    "url",
    "chm",
    "reg",
    "inf",
    "msc",
    "application",
    "gadget",
    "scf",
    "xll",
    "iqy",
    "slk",
    "settingcontent-ms",
    "library-ms",
    "search-ms",
    "one",
];

/// What makes a web page more than text.
const ACTIVE: [&str; 7] = ["<form", "<script", "password", "atob(", "unescape(", "http-equiv=\"refresh", "onload="];

const DISK_IMAGES: [&str; 6] = ["iso", "img", "vhd", "vhdx", "dmg", "udf"];
const MACRO_TYPES: [&str; 9] = ["docm", "dotm", "xlsm", "xltm", "xlam", "xlsb", "pptm", "potm", "ppsm"];
const DOCUMENTS: [&str; 19] = [
    "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "rtf", "txt", "jpg", "jpeg", "png", "gif", "mp3", "mp4", "wav",
    "avi", "csv", "zip",
];

/// Attachments.
#[derive(Debug)]
pub(super) struct Files;

impl Check for Files {
    fn name(&self) -> &'static str {
        "files"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const {
            &[
                FILE_PROGRAM,
                FILE_SCRIPT,
                FILE_DOUBLE_ENDING,
                FILE_HIDDEN_ENDING,
                FILE_HTML,
                FILE_HTML_FORM,
                FILE_OTHER_CONTENT,
                FILE_DISK_IMAGE,
                FILE_ENCRYPTED_ZIP,
                FILE_ZIP_PROGRAM,
                FILE_MACRO,
            ]
        }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        for file in looked_at(mail) {
            if let Some(name) = file.name.as_deref() {
                named(name, file, findings);
            }
            really(file, findings);
            archive(file, findings);
        }
    }
}

/// The files of a message but those of which the person has said that they are welcome.
pub(super) fn looked_at<'a>(mail: &'a Mail<'_>) -> impl Iterator<Item = &'a Attachment> {
    let is_welcome = |file: &&Attachment| file.name.as_deref().is_some_and(|name| mail.account.files.allows(name));
    mail.attachments().iter().filter(move |file| !is_welcome(file))
}

/// Whether a file is a document that is an archive inside, and opened as one: anything can be packed like a document.
pub(crate) fn is_made_of_parts(file: &Attachment) -> bool {
    file.inside.kind == Kind::OpenDocument && is_called_document(file.name.as_deref(), &file.content_type)
}

/// Why a file had better not be opened, if there is a reason: the first of what is found, unless it is only a web page.
pub(crate) fn danger(file: &Attachment) -> Option<String> {
    let mut findings = Findings::default();
    if let Some(name) = file.name.as_deref() {
        named(name, file, &mut findings);
    }
    really(file, &mut findings);
    archive(file, &mut findings);
    documents::look(file, &mut findings);
    pdf::danger(file, &mut findings);
    let is_page = |symbol: &Symbol| [FILE_HTML.symbol(), FILE_HTML_FORM.symbol()].contains(symbol);
    findings.into_iter().find(|finding| !is_page(&finding.symbol)).map(|finding| finding.why)
}

/// Whether a file is a web page by its name.
pub(crate) fn is_page(name: &str) -> bool {
    ends_in_page(name)
}

/// The same, of a file in an archive.
pub(super) fn ends_in_page(name: &str) -> bool {
    let lower = name.to_lowercase();
    lower.trim().rsplit_once('.').is_some_and(|(_, ending)| PAGE_ENDINGS.contains(&ending_of(ending)))
}

/// An ending without what is not seen of it.
fn ending_of(ending: &str) -> &str {
    ending.trim_matches(|c: char| is_invisible(c) || c == '"' || c == ' ')
}

fn named(name: &str, file: &Attachment, findings: &mut Findings) {
    let lower = name.to_lowercase();
    let (stem, ending) = lower.trim().rsplit_once('.').unwrap_or((&lower, ""));
    let ending = ending_of(ending);
    let shown = short(name);
    let is_active = PROGRAMS.contains(&ending) || SCRIPTS.contains(&ending);
    if PROGRAMS.contains(&ending) {
        findings.raise(&FILE_PROGRAM, format!("\"{shown}\" is a program"));
    } else if SCRIPTS.contains(&ending) && !is_web_link(file) {
        findings.raise(&FILE_SCRIPT, format!("\"{shown}\" runs when opened"));
    } else if DISK_IMAGES.contains(&ending) {
        findings.raise(&FILE_DISK_IMAGE, format!("\"{shown}\" is a disk image"));
    } else if MACRO_TYPES.contains(&ending) || file.content_type.contains("macroenabled") {
        findings.raise(&FILE_MACRO, format!("\"{shown}\" can hold macros"));
    }
    let before = stem.rsplit_once('.').map(|(_, before)| before.trim());
    if (is_active || PAGE_ENDINGS.contains(&ending)) && before.is_some_and(|before| DOCUMENTS.contains(&before)) {
        findings.raise(&FILE_DOUBLE_ENDING, format!("\"{shown}\" only looks like a document"));
    }
    let turned = name.contains(['\u{202e}', '\u{202d}', '\u{2067}']);
    if turned || name.trim().contains("          ") && is_active {
        findings.raise(&FILE_HIDDEN_ENDING, format!("\"{shown}\" ends in .{ending}"));
    }
    if PAGE_ENDINGS.contains(&ending) && !file.is_inline {
        page(&shown, file, findings);
    }
    content(&shown, ending, file, findings);
}

fn page(shown: &str, file: &Attachment, findings: &mut Findings) {
    let start = String::from_utf8_lossy(&file.start).to_lowercase();
    match ACTIVE.iter().find(|sign| start.contains(**sign)) {
        Some(sign) => findings.raise(&FILE_HTML_FORM, format!("\"{shown}\" is a web page with {sign}")),
        None => findings.raise(&FILE_HTML, format!("\"{shown}\" is a web page")),
    }
}

/// What the bytes are, against what they are called.
#[expect(clippy::wildcard_enum_match_arm, reason = "all other kinds may be called anything")]
fn content(shown: &str, ending: &str, file: &Attachment, findings: &mut Findings) {
    let is_program = PROGRAMS.contains(&ending);
    let is_media = ["audio/", "image/", "video/", "text/"].iter().any(|kind| file.content_type.starts_with(kind));
    if is_program && is_media {
        return findings.raise(&FILE_OTHER_CONTENT, format!("\"{shown}\" is a program sent as {}", file.content_type));
    }
    // A picture that is called a document, and the like: mail programs send what a file is called.
    if ending == "pdf" && is_media
        || ending != "pdf" && DOCUMENTS.contains(&ending) && file.content_type == "application/pdf"
    {
        return findings.raise(&FILE_OTHER_CONTENT, format!("\"{shown}\" is sent as {}", file.content_type));
    }
    let is_of = |endings: &[&str]| endings.contains(&ending);
    let pictures = ["jpg", "jpeg", "png", "gif"];
    let really = match file.inside.kind {
        Kind::Program if !is_program && !is_of(&["sys", "ocx", "so", "class", ""]) => "a program",
        Kind::Zip | Kind::SevenZip | Kind::Rar4 | Kind::Rar5 | Kind::Cabinet
            if is_of(&["pdf", "txt"]) || is_of(&pictures) =>
        {
            "an archive"
        }
        Kind::RareArchive(_) if DOCUMENTS.contains(&ending) => "an archive",
        Kind::DiskImage if DOCUMENTS.contains(&ending) => "a disk image",
        Kind::Shortcut if !SCRIPTS.contains(&ending) => "a shortcut",
        Kind::Page if DOCUMENTS.contains(&ending) && !is_of(&["doc", "xls", "txt", "csv"]) => "a web page",
        // Without an ending it can be meant for any program; a signature has one of its own.
        Kind::Signature if ending.is_empty() && file.content_type == "application/octet-stream" => "a signature",
        _ => return,
    };
    findings.raise(&FILE_OTHER_CONTENT, format!("\"{shown}\" is really {really}"));
}

/// What a file is, whatever it is called.
#[expect(clippy::wildcard_enum_match_arm, reason = "all other kinds do nothing by themselves")]
fn really(file: &Attachment, findings: &mut Findings) {
    let shown = short(file.name.as_deref().unwrap_or("the file"));
    match file.inside.kind {
        Kind::Shortcut => findings.raise(&FILE_SCRIPT, format!("\"{shown}\" is a shortcut")),
        Kind::Help => findings.raise(&FILE_SCRIPT, format!("\"{shown}\" is a help file, which can run programs")),
        Kind::DiskImage => findings.raise(&FILE_DISK_IMAGE, format!("\"{shown}\" is a disk image")),
        Kind::Compound | Kind::OpenDocument if file.inside.document.has_macro => {
            findings.raise(&FILE_MACRO, format!("\"{shown}\" has macros"));
        }
        _ => {}
    }
}

/// A shortcut to a page on the web is a link, and is looked at as such.
fn is_web_link(file: &Attachment) -> bool {
    file.inside.kind == Kind::WebShortcut && file.inside.document.fetches.is_none()
}

/// Whether a file runs when opened, by its name.
pub(super) fn runs(name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
    // Libraries of many kinds hold these; what a reader would double-click is a program or script.
    (PROGRAMS.contains(&ending.as_str()) && ending != "dll" && ending != "jar") || SCRIPTS.contains(&ending.as_str())
}

fn archive(file: &Attachment, findings: &mut Findings) {
    let shown = short(file.name.as_deref().unwrap_or("the archive"));
    if file.inside.archive.is_encrypted {
        findings.raise(&FILE_ENCRYPTED_ZIP, format!("\"{shown}\" is encrypted"));
    }
    // Source archives hold scripts among many files.
    if file.inside.archive.names.len() <= 5
        && let Some(name) = file.inside.archive.names.iter().find(|name| runs(name))
    {
        findings.raise(&FILE_ZIP_PROGRAM, format!("\"{}\" is in \"{shown}\"", short(name)));
    }
}
