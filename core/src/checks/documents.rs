//! Attached documents of Office, OneNote and RTF: what they run or fetch when opened.

use crate::{
    check::Check,
    evidence::Evidence,
    finding::Findings,
    mail::{Attachment, Mail},
    symbol::SymbolInfo,
};

use super::{files::looked_at, text::short};

const DOC_MACRO_RUNS: SymbolInfo =
    SymbolInfo::new("DOC_MACRO_RUNS", "An attached document runs a program of its own when opened");
const DOC_MACRO_SHEET: SymbolInfo =
    SymbolInfo::new("DOC_MACRO_SHEET", "An attached table has a sheet of macros of the old kind");
const DOC_PACKAGE: SymbolInfo = SymbolInfo::new("DOC_PACKAGE", "A file of another kind is packed into a document");
const DOC_COMMAND: SymbolInfo = SymbolInfo::new("DOC_COMMAND", "An attached document starts another program");
const DOC_FETCHES: SymbolInfo =
    SymbolInfo::new("DOC_FETCHES", "An attached document fetches a part of itself from the web when opened");
const DOC_NOTES_FILE: SymbolInfo = SymbolInfo::new("DOC_NOTES_FILE", "There is a file in attached notes");

/// Documents.
#[derive(Debug)]
pub(super) struct Documents;

impl Check for Documents {
    fn name(&self) -> &'static str {
        "documents"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[DOC_MACRO_RUNS, DOC_MACRO_SHEET, DOC_PACKAGE, DOC_COMMAND, DOC_FETCHES, DOC_NOTES_FILE] }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        for file in looked_at(mail) {
            look(file, findings);
        }
    }
}

/// Raises what a document would do to the one who opens it.
pub(super) fn look(file: &Attachment, findings: &mut Findings) {
    let document = &file.inside.document;
    let shown = short(file.name.as_deref().unwrap_or("the document"));
    for (is_so, symbol, why) in [
        (document.runs_itself, &DOC_MACRO_RUNS, "has a macro that runs when it is opened"),
        (document.has_macro_sheet, &DOC_MACRO_SHEET, "has a sheet of Excel 4 macros"),
        (document.has_package, &DOC_PACKAGE, "has a file packed into it"),
        (document.has_command, &DOC_COMMAND, "starts another program through DDE"),
    ] {
        if is_so {
            findings.raise(symbol, format!("\"{shown}\" {why}"));
        }
    }
    if let Some(from) = &document.fetches {
        findings.raise(&DOC_FETCHES, format!("\"{shown}\" fetches {} when it is opened", short(from)));
    }
    if document.notes_files != 0 {
        findings.raise(&DOC_NOTES_FILE, format!("\"{shown}\" has a file in it that is no picture"));
    }
}
