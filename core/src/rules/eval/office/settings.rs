//! How office documents are looked for: the `olemacro_…` settings.

use std::sync::Arc;

use crate::rules::{Directive, eval::argument, pattern::Matcher};

/// Defaults of `Mail::SpamAssassin::Plugin::OLEVBMacro`.
const DOCUMENTS: &str = r"(?:doc|docx|dot|pot|ppa|pps|ppt|rtf|sldm|xl|xla|xls|xlsx|xlt|xltx|xslb)$";
const WITH_MACROS: &str = r"(?:docm|dotm|ppam|potm|ppst|ppsm|pptm|sldm|xlm|xlam|xlsb|xlsm|xltm|xps)$";
const SKIPPED: &str = r"(?:dotx|potx|ppsx|pptx|sldx)$";
const SKIPPED_TYPES: &str = r"^(?:text\/)";
const ARCHIVES: &str = r"(?:zip)$";
const DOWNLOAD: &str = r"(?:cmd(?:\.exe)? \/c ms\^h\^ta ht\^tps?:\/\^\/)";

/// An expression of a setting; one that cannot be read matches nothing.
#[derive(Clone, Debug)]
pub(super) struct Expression(Option<Arc<Matcher>>);

impl Expression {
    fn new(written: &str) -> Self {
        Self(argument::expression_of(written).map(Arc::new))
    }

    pub(super) fn is_found(&self, text: &[u8]) -> bool {
        self.0.as_ref().is_some_and(|matcher| argument::is_match(matcher, text))
    }
}

/// What is looked for, and in how much.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Most attachments that are looked at (`olemacro_num_mime`).
    pub(super) files: usize,
    /// Most files of an archive that are looked at (`olemacro_num_zip`).
    pub(super) entries: usize,
    /// How deep archives may be nested (`olemacro_zip_depth`).
    pub(super) depth: usize,
    /// Most bytes of a file that are looked at (`olemacro_max_file`).
    pub(super) bytes: usize,
    /// Whether files with other names are looked at as well (`olemacro_extended_scan`).
    pub(super) is_extended: bool,
    pub(super) documents: Expression,
    pub(super) with_macros: Expression,
    pub(super) skipped: Expression,
    pub(super) skipped_types: Expression,
    pub(super) archives: Expression,
    pub(super) download: Expression,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            files: 5,
            entries: 8,
            depth: 2,
            bytes: 1_024_000,
            is_extended: false,
            documents: Expression::new(DOCUMENTS),
            with_macros: Expression::new(WITH_MACROS),
            skipped: Expression::new(SKIPPED),
            skipped_types: Expression::new(SKIPPED_TYPES),
            archives: Expression::new(ARCHIVES),
            download: Expression::new(DOWNLOAD),
        }
    }
}

impl Settings {
    /// From the `olemacro_…` lines; the last of each holds.
    pub fn read(directives: &[Directive]) -> Self {
        let mut settings = Self::default();
        for Directive { name, value, .. } in directives {
            let Some(name) = name.strip_prefix("olemacro_") else { continue };
            settings.set(name, value);
        }
        settings
    }

    fn set(&mut self, name: &str, value: &str) {
        let number = |old: usize| value.parse().unwrap_or(old);
        match name {
            "num_mime" => self.files = number(self.files),
            "num_zip" => self.entries = number(self.entries),
            "zip_depth" => self.depth = number(self.depth),
            "max_file" => self.bytes = number(self.bytes),
            "extended_scan" => self.is_extended = value == "1",
            "exts" => self.documents = Expression::new(value),
            "macro_exts" => self.with_macros = Expression::new(value),
            "skip_exts" => self.skipped = Expression::new(value),
            "skip_ctypes" => self.skipped_types = Expression::new(value),
            "zips" => self.archives = Expression::new(value),
            "download_marker" => self.download = Expression::new(value),
            _ => {}
        }
    }
}
