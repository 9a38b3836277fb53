//! Blanks of a mass mailing that nobody has filled in.

use crate::{check::Check, evidence::Evidence, finding::Findings, mail::Mail, symbol::SymbolInfo};

use super::{from, text::short};

const BLANK_IN_HEADER: SymbolInfo =
    SymbolInfo::new("BLANK_IN_HEADER", "A blank that was to be filled in stands in subject, sender or recipient");
const BLANK_IN_TEXT: SymbolInfo =
    SymbolInfo::new("BLANK_IN_TEXT", "A blank that was to be filled in stands in the text");
const BLANK_PROGRAM: SymbolInfo =
    SymbolInfo::new("BLANK_PROGRAM", "A piece of the program that should have written the text stands in it");

/// Words that mass mailers' blanks are called by, or begin with.
const NAMES: [&str; 34] = [
    "email",
    "e-mail",
    "mail",
    "name",
    "username",
    "user",
    "firstname",
    "first_name",
    "first name",
    "fname",
    "lastname",
    "last_name",
    "domain",
    "subject",
    "random",
    "rand",
    "rnd",
    "link",
    "url",
    "subid",
    "victim",
    "company",
    "date",
    "phone",
    "recipient",
    "to_email",
    "toemail",
    "unsubscribe",
    "nome",
    "vorname",
    "prenom",
    "nombre",
    "contact",
    "trust user",
];

/// Pieces of the languages in which mailings are made.
const PROGRAMS: [&str; 8] =
    ["<?php", "<?=", "<%=", "{% if", "{% for", "generaterandom", "{{#if", "undefined undefined"];

/// How the beginnings and ends of blanks are written.
const MARKS: [(&str, &str); 10] = [
    ("{{", "}}"),
    ("[[", "]]"),
    ("[%", "%]"),
    ("%%", "%%"),
    ("##", "##"),
    ("${", "}"),
    ("*|", "|*"),
    ("[", "]"),
    ("{", "}"),
    ("%", "%"),
];

/// The longest name of a blank.
const LONGEST: usize = 32;

/// Text that is looked at.
const MOST_BYTES: usize = 64 * 1024;

/// What was left open.
#[derive(Debug)]
pub(super) struct Blanks;

impl Check for Blanks {
    fn name(&self) -> &'static str {
        "blanks"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[BLANK_IN_HEADER, BLANK_IN_TEXT, BLANK_PROGRAM] }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        let to = mail.to().first().map(|to| to.name.as_str()).unwrap_or_default();
        for text in [mail.subject(), from::name(mail), to] {
            if let Some(blank) = blank(text) {
                findings.raise(&BLANK_IN_HEADER, format!("\"{}\" was to be filled in", short(blank)));
            }
        }
        for part in mail.texts() {
            let text = crate::mail::decode::split_at_most(&part.text, MOST_BYTES).0;
            if let Some(blank) = blank(text) {
                findings.raise(&BLANK_IN_TEXT, format!("\"{}\" was to be filled in", short(blank)));
            }
            if let Some(line) = text.lines().find_map(program) {
                findings.raise(&BLANK_PROGRAM, format!("it says \"{}\"", short(line)));
            }
        }
        let Some(html) = mail.html() else { return };
        if let Some(piece) = html.program.as_deref().or_else(|| html.title.as_deref().and_then(program)) {
            findings.raise(&BLANK_PROGRAM, format!("there is \"{}\" in the page", short(piece)));
        }
    }
}

/// The first blank in `text`: `{{name}}`, `%FIRSTNAME%`, `[[email]]`, `##domain##`.
fn blank(text: &str) -> Option<&str> {
    let mut at = 0;
    while let Some(found) = text.get(at..)?.find(['{', '[', '%', '#', '$', '*']) {
        at += found;
        let rest = text.get(at..)?;
        let before = text.get(..at).and_then(|head| head.chars().next_back());
        let is_code = before.is_some_and(char::is_alphanumeric);
        let blank = MARKS.iter().filter(|(start, _)| !is_code || 1 < start.len()).find_map(|(start, end)| {
            let inside = rest.strip_prefix(start)?;
            let length = crate::mail::decode::split_at_most(inside, LONGEST).0.find(end)?;
            is_name(inside.get(..length)?, start).then(|| rest.get(..start.len() + length + end.len()))?
        });
        if blank.is_some() {
            return blank;
        }
        at += 1;
    }
    None
}

/// Single brackets and signs are used by people, and `[email]` stands where a program has taken an address out: the whole
/// name has to be known there, and be none of these.
fn is_name(inside: &str, start: &str) -> bool {
    let name = inside.trim().trim_matches(['%', '-', '_', '.', '#']).to_ascii_lowercase();
    if start.len() == 1 {
        let is_shouted = start != "%" || inside.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
        let is_common = matches!(
            name.as_str(),
            "email"
                | "e-mail"
                | "name"
                | "mail"
                | "date"
                | "link"
                | "url"
                | "phone"
                | "subject"
                | "company"
                | "user"
                | "domain"
                | "contact"
        );
        return is_shouted && !is_common && NAMES.contains(&name.as_str());
    }
    let is_word = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-. ".contains(&byte));
    is_word && NAMES.iter().any(|known| name.starts_with(known))
}

fn program(line: &str) -> Option<&str> {
    if !line.contains(['<', '{', '(']) && !line.contains("ndefined") {
        return None;
    }
    let small = line.to_ascii_lowercase();
    PROGRAMS.iter().any(|piece| small.contains(piece)).then_some(line)
}
