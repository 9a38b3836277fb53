//! Attached archives: what is locked, hidden or packed so that no scanner sees it.

use std::{collections::BTreeSet, sync::LazyLock};

use crate::{
    check::Check,
    evidence::Evidence,
    finding::Findings,
    mail::{Attachment, Kind, Mail, file::is_of_system},
    symbol::SymbolInfo,
};

use super::{
    files::{ends_in_page, is_made_of_parts, looked_at},
    lists::entries,
    text::{fold, has_word, short},
};

const FILE_KEY_IN_TEXT: SymbolInfo =
    SymbolInfo::new("FILE_KEY_IN_TEXT", "A file only opens with a password, which stands in the message");
const FILE_HIDES_NAMES: SymbolInfo =
    SymbolInfo::new("FILE_HIDES_NAMES", "An archive is encrypted together with the names of what is in it");
const FILE_ARCHIVED_PAGE: SymbolInfo =
    SymbolInfo::new("FILE_ARCHIVED_PAGE", "There is nothing but a web page or a disk image in an attached archive");
const FILE_NESTED_ARCHIVE: SymbolInfo =
    SymbolInfo::new("FILE_NESTED_ARCHIVE", "There is nothing but another archive in an attached archive");
const FILE_RARE_ARCHIVE: SymbolInfo =
    SymbolInfo::new("FILE_RARE_ARCHIVE", "An attached archive is of a kind that hardly anybody sends");
const FILE_BOMB: SymbolInfo = SymbolInfo::new("FILE_BOMB", "An attached archive unpacks to hundreds of times its size");
const FILE_NO_ROOM: SymbolInfo =
    SymbolInfo::new("FILE_NO_ROOM", "The attached files unpack to more than can be looked at");

/// Words for a password.
static PASSWORD_WORDS: LazyLock<BTreeSet<String>> =
    LazyLock::new(|| entries(include_str!("../../../assets/lists/password_words.txt")).map(fold).collect());

/// Words that may stand between the word and the password.
const FILLERS: [&str; 14] =
    ["is", "ist", "est", "es", "e", "lautet", "for", "the", "archive", "file", "to", "open", "zip", "document"];

/// How far behind the word a password is looked for, in words.
const NEAR: usize = 8;

/// Passwords that those who deal with harmful files have agreed on, so that nobody opens one by accident.
const WARNINGS: [&str; 6] = ["infected", "novirus", "virus", "malware", "malicious", "abuse"];

/// Bytes of text in which a password is looked for.
const MAX_TEXT: usize = 64 * 1024;

/// Archives.
#[derive(Debug)]
pub(super) struct Archives;

impl Check for Archives {
    fn name(&self) -> &'static str {
        "archives"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const {
            &[
                FILE_KEY_IN_TEXT,
                FILE_HIDES_NAMES,
                FILE_ARCHIVED_PAGE,
                FILE_NESTED_ARCHIVE,
                FILE_RARE_ARCHIVE,
                FILE_BOMB,
                FILE_NO_ROOM,
            ]
        }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        for file in looked_at(mail) {
            let shown = short(file.name.as_deref().unwrap_or("the archive"));
            packed(&shown, file, findings);
            let is_locked = file.inside.archive.is_encrypted || file.inside.document.is_locked;
            if is_locked && let Some(word) = password(mail) {
                findings.raise(&FILE_KEY_IN_TEXT, format!("\"{shown}\" is locked, and \"{word}\" stands in the text"));
            }
        }
    }
}

fn packed(shown: &str, file: &Attachment, findings: &mut Findings) {
    let archive = &file.inside.archive;
    if archive.is_encrypted && archive.hides_names {
        findings.raise(&FILE_HIDES_NAMES, format!("\"{shown}\" does not even show the names of what is in it"));
    }
    if let Kind::RareArchive(kind) = file.inside.kind {
        findings.raise(&FILE_RARE_ARCHIVE, format!("\"{shown}\" is packed as {kind}"));
    }
    if let Some(bytes) = archive.bomb {
        let megabytes = bytes / 1_000_000;
        findings.raise(&FILE_BOMB, format!("\"{shown}\" of {} bytes unpacks to {megabytes} MB", file.size));
    }
    if file.inside.is_crowded_out {
        let why = format!("\"{shown}\" was hardly looked into, as the files before it unpack to too much");
        findings.raise(&FILE_NO_ROOM, why);
    }
    if is_made_of_parts(file) {
        return;
    }
    let seen: Vec<&str> = archive.names.iter().map(String::as_str).filter(|name| !is_of_system(name)).collect();
    match &seen[..] {
        [only] if ends_in_page(only) || ends_in_image(only) => {
            findings.raise(&FILE_ARCHIVED_PAGE, format!("\"{}\" is all there is in \"{shown}\"", short(only)));
        }
        [outer, inner @ ..] if inner.iter().all(|name| is_within(name, outer)) && is_archive(outer) => {
            findings.raise(&FILE_NESTED_ARCHIVE, format!("\"{}\" is all there is in \"{shown}\"", short(outer)));
        }
        _ => {}
    }
}

fn is_within(name: &str, outer: &str) -> bool {
    name.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'))
}

fn ending(name: &str) -> String {
    name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default()
}

fn ends_in_image(name: &str) -> bool {
    matches!(ending(name).as_str(), "iso" | "img" | "vhd" | "vhdx")
}

/// A tar within gzip is one archive to those who send it.
fn is_archive(name: &str) -> bool {
    matches!(ending(name).as_str(), "zip" | "rar" | "7z" | "cab")
}

/// Where the text says a password: the word, a colon or a few words, and something that is no word.
fn password(mail: &Mail<'_>) -> Option<String> {
    let text = mail.visible_text();
    let folded = fold(text.get(..text.floor_char_boundary(MAX_TEXT)).unwrap_or_default());
    let found = PASSWORD_WORDS.iter().filter(|word| folded.contains(word.as_str()));
    found.into_iter().find_map(|word| {
        let places = folded.match_indices(word.as_str());
        let rests = places.filter_map(|(at, _)| folded.get(at + word.len()..));
        let is_whole = |rest: &&str| !word.is_ascii() || !rest.starts_with(char::is_alphanumeric);
        (!word.is_ascii() || has_word(&folded, word)).then_some(())?;
        rests.filter(is_whole).take(20).find_map(|rest| Some(format!("{word}{}", said_behind(rest)?)))
    })
}

/// What stands behind the word, up to the password.
fn said_behind(rest: &str) -> Option<String> {
    let is_mark = |c: char| matches!(c, ':' | '=' | '：' | '-' | '"' | '\'' | '(' | ')' | '.' | ',' | '*');
    let mut is_named = false;
    let mut said = String::new();
    for word in rest.split(' ').take(NEAR).filter(|word| !word.is_empty()) {
        let bare = word.trim_matches(is_mark);
        is_named |= word.starts_with([':', '=', '：']);
        said.push(if word.starts_with([':', '：']) { '\u{200a}' } else { ' ' });
        said.push_str(word);
        if is_password(bare, is_named) {
            return Some(said.replace('\u{200a}', ""));
        }
        is_named |= word.ends_with([':', '=', '：']);
        if !bare.is_empty() && !FILLERS.contains(&bare) && !is_named {
            return None;
        }
        if !bare.is_empty() && is_named && !word.ends_with([':', '=', '：']) {
            return None;
        }
    }
    None
}

/// Three to 24 signs: behind a colon any that are no link, else with a digit and nothing of a sentence.
fn is_password(word: &str, is_named: bool) -> bool {
    let length = word.chars().count();
    let has_digit = word.bytes().any(|byte| byte.is_ascii_digit());
    (3..=24).contains(&length) && !word.contains(['/', '@']) && !WARNINGS.contains(&word) && (is_named || has_digit)
}
