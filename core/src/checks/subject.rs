//! The subject line.

use crate::{check::Check, evidence::Evidence, finding::Findings, mail::Mail, symbol::SymbolInfo};

use super::{
    mailing_list, reply,
    text::{fold, has_word, is_invisible, is_styled, mixed_word, short, split_letters},
};

const MISSING_SUBJECT: SymbolInfo = SymbolInfo::new("MISSING_SUBJECT", "There is no Subject header");
const EMPTY_SUBJECT: SymbolInfo = SymbolInfo::new("EMPTY_SUBJECT", "The subject is empty");
const SUBJ_ALL_CAPS: SymbolInfo = SymbolInfo::new("SUBJ_ALL_CAPS", "The subject is all capitals");
const GAPPY_SUBJECT: SymbolInfo = SymbolInfo::new("GAPPY_SUBJECT", "The subject is s p a c e d out");
const SUBJ_INVISIBLE: SymbolInfo =
    SymbolInfo::new("SUBJ_INVISIBLE", "Invisible characters are hidden between letters of the subject");
const SUBJ_MIXED_SCRIPT: SymbolInfo =
    SymbolInfo::new("SUBJ_MIXED_SCRIPT", "A word of the subject mixes two alphabets that look alike");
const SUBJ_STYLED_LETTERS: SymbolInfo =
    SymbolInfo::new("SUBJ_STYLED_LETTERS", "The subject is written in mathematical or circled letters");
const SUBJ_EXCLAIM: SymbolInfo = SymbolInfo::new("SUBJ_EXCLAIM", "The subject ends with an exclamation mark");
const PLING_PLING: SymbolInfo =
    SymbolInfo::new("PLING_PLING", "The subject has a row of exclamation or question marks");
const SUBJ_CURRENCY: SymbolInfo = SymbolInfo::new("SUBJ_CURRENCY", "The subject names a sum of money");
const FAKE_REPLY: SymbolInfo = SymbolInfo::new("FAKE_REPLY", "The subject claims a reply but answers no message");
const LOCALPART_IN_SUBJECT: SymbolInfo =
    SymbolInfo::new("LOCALPART_IN_SUBJECT", "The recipient's address or its first part is in the subject");
const SUBJ_HAS_UNIQ_ID: SymbolInfo =
    SymbolInfo::new("SUBJ_HAS_UNIQ_ID", "The subject ends in a random tag set off by spaces");
const SUBJ_ADVERT: SymbolInfo = SymbolInfo::new("SUBJ_ADVERT", "The subject is marked as advertising");
const SUBJ_PICTURES: SymbolInfo = SymbolInfo::new("SUBJ_PICTURES", "The subject has several pictograms");

/// The `Subject` header.
#[derive(Debug)]
pub(super) struct Subject;

impl Check for Subject {
    fn name(&self) -> &'static str {
        "subject"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const {
            &[
                MISSING_SUBJECT,
                EMPTY_SUBJECT,
                SUBJ_ALL_CAPS,
                GAPPY_SUBJECT,
                SUBJ_INVISIBLE,
                SUBJ_MIXED_SCRIPT,
                SUBJ_STYLED_LETTERS,
                SUBJ_EXCLAIM,
                PLING_PLING,
                SUBJ_CURRENCY,
                FAKE_REPLY,
                LOCALPART_IN_SUBJECT,
                SUBJ_HAS_UNIQ_ID,
                SUBJ_ADVERT,
                SUBJ_PICTURES,
            ]
        }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        let subject = mail.subject().trim();
        if subject.is_empty() {
            return if mail.has_header("Subject") {
                findings.raise(&EMPTY_SUBJECT, "the subject is empty");
            } else {
                findings.raise(&MISSING_SUBJECT, "there is no Subject header");
            };
        }
        let folded = fold(subject);
        let prefix = reply::claimed(&folded);
        // What is answered was worded by somebody else.
        if prefix.is_none() || !reply::answers(mail) {
            letters(subject, findings);
            marks(subject, &folded, findings);
        }
        if let Some(word) = recipient_in(mail, &folded) {
            findings.raise(&LOCALPART_IN_SUBJECT, format!("it holds \"{}\", the recipient's", short(&word)));
        }
        if let Some(prefix) = prefix
            && !reply::answers(mail)
            && !reply::quotes(mail)
        {
            findings.raise(&FAKE_REPLY, format!("begins with \"{prefix}\" but answers no message"));
        }
    }
}

/// How the subject is written.
fn letters(subject: &str, findings: &mut Findings) {
    let upper = subject.chars().filter(|c| c.is_uppercase()).count();
    if 10 <= upper && !subject.chars().any(char::is_lowercase) && 2 <= subject.split_whitespace().count() {
        findings.raise(&SUBJ_ALL_CAPS, format!("\"{}\" is all capitals", short(subject)));
    }
    let single = |word: &str| word.chars().count() == 1 && word.chars().all(char::is_alphabetic);
    let longest = subject.split([' ', '.', '_', '-', '*']).collect::<Vec<_>>();
    let longest = longest.split(|word| !single(word)).map(<[_]>::len).max().unwrap_or_default();
    if 4 <= longest {
        findings.raise(&GAPPY_SUBJECT, format!("{longest} single letters in a row in \"{}\"", short(subject)));
    }
    if 0 < split_letters(subject, is_invisible) {
        findings.raise(&SUBJ_INVISIBLE, format!("invisible characters (·) in \"{}\"", short(subject)));
    }
    if let Some(word) = mixed_word(subject) {
        findings.raise(&SUBJ_MIXED_SCRIPT, format!("\"{}\" mixes two alphabets", short(word)));
    }
    if 3 <= subject.chars().filter(|c| is_styled(*c)).count() {
        findings.raise(&SUBJ_STYLED_LETTERS, format!("\"{}\" is not in plain letters", short(subject)));
    }
}

/// What stands beside the words.
fn marks(subject: &str, folded: &str, findings: &mut Findings) {
    if ["!!", "??", "?!", "!?"].iter().any(|row| subject.contains(row)) {
        findings.raise(&PLING_PLING, format!("a row of marks in \"{}\"", short(subject)));
    } else if subject.ends_with(['!', '\u{ff01}']) {
        findings.raise(&SUBJ_EXCLAIM, format!("\"{}\" ends with !", short(subject)));
    }
    if let Some(sum) = subject.split_whitespace().find(|word| is_sum(word)) {
        findings.raise(&SUBJ_CURRENCY, format!("it names {}", short(sum)));
    }
    let pictures = subject.chars().filter(|c| matches!(c, '\u{1f300}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}')).count();
    if 2 <= pictures {
        findings.raise(&SUBJ_PICTURES, format!("{pictures} pictograms in \"{}\"", short(subject)));
    }
    let mark = folded.trim_start_matches(['[', '(', '*', ' ']);
    if mark.starts_with("adv:")
        || mark.starts_with("adv :")
        || mark.starts_with("advertisement")
        || mark.starts_with("werbung:")
    {
        findings.raise(&SUBJ_ADVERT, format!("\"{}\" says so itself", short(subject)));
    }
    if let Some((head, tag)) = subject.rsplit_once("   ")
        && !head.is_empty()
        && !tag.contains(' ')
        && (3..=16).contains(&tag.len())
    {
        findings.raise(&SUBJ_HAS_UNIQ_ID, format!("\"{}\" stands apart at its end", short(tag)));
    }
}

/// `$500`, `1,000.00$`, `€20`.
fn is_sum(word: &str) -> bool {
    word.contains(['$', '€', '£', '₿', '¥']) && 2 <= word.bytes().filter(u8::is_ascii_digit).count()
}

/// The recipient's address, or its local part where that is no name or word, if the subject holds it. People and lists
/// are called by their names in honest mail too.
fn recipient_in(mail: &Mail<'_>, folded: &str) -> Option<String> {
    let recipients = mail.to().iter().take(3).filter_map(|to| to.address.as_ref()).chain(&mail.account.identities);
    let is_list = mailing_list::list_id(mail).is_some();
    recipients.filter(|_| !is_list).map(|to| (to.to_string().to_lowercase(), to.local.to_lowercase())).find_map(
        |(address, local)| {
            if has_word(folded, &address) {
                return Some(address);
            }
            let telling = 5 <= local.len() && !local.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-');
            (telling && has_word(folded, &local)).then_some(local)
        },
    )
}
