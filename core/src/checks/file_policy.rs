//! Files that the person does not want at all (`files` of the account).

use crate::{
    check::Check,
    evidence::Evidence,
    finding::Findings,
    mail::{Attachment, FilePolicy, Mail},
    symbol::SymbolInfo,
};

use super::{files, text::short};

/// What settles the class by itself: see [`crate::judge()`].
pub(crate) const FILE_DENIED: SymbolInfo =
    SymbolInfo::new("FILE_DENIED", "There is a file of a kind that the settings of this account do not want");

/// Files that are not wanted.
#[derive(Debug)]
pub(super) struct DeniedFiles;

impl Check for DeniedFiles {
    fn name(&self) -> &'static str {
        "file_policy"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[FILE_DENIED] }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        let policy = &mail.account.files;
        if policy.deny.is_empty() {
            return;
        }
        if let Some(why) = files::looked_at(mail).find_map(|file| denied(file, policy)) {
            findings.raise(&FILE_DENIED, why);
        }
    }
}

/// Why a file is not wanted, if it is not.
pub(crate) fn denied(file: &Attachment, policy: &FilePolicy) -> Option<String> {
    let outer = file.name.as_deref().unwrap_or_default();
    if !is_subject(file, outer) && policy.denies(outer) {
        return Some(format!("\"{}\" is not wanted here", short(outer)));
    }
    // What documents are made of nobody sees as files.
    if files::is_made_of_parts(file) {
        return None;
    }
    let inner = file.inside.archive.names.iter().find(|name| policy.denies(name))?;
    Some(format!("\"{}\" in \"{}\" is not wanted here", short(inner), short(outer)))
}

/// An attached message is named by its subject where it has no name of its own.
fn is_subject(file: &Attachment, name: &str) -> bool {
    let is_file =
        name.len().checked_sub(4).and_then(|at| name.get(at..)).is_some_and(|end| end.eq_ignore_ascii_case(".eml"));
    file.content_type.starts_with("message/") && !is_file
}
