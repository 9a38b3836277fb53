//! Whether the same has come before, in whatever dress, and what became of it.
//!
//! What the person has called spam counts fully, what was filed and let be counts less. Whoever has called the same wanted
//! is believed in any case. Nothing is held against what complains of spam and quotes it.

use crate::{
    check::Check,
    evidence::{Evidence, Query, QueryPlan},
    finding::Findings,
    fuzzy::{Alike, Fate, Kin, Print},
    mail::{Mail, UnixTime},
    proof::{Found, Proof},
    symbol::{Symbol, SymbolInfo},
};

use super::kind::{is_report, quotes_others};

const LOCAL_FUZZY_SPAM: SymbolInfo =
    SymbolInfo::new("LOCAL_FUZZY_SPAM", "You have called the same text spam, in this dress or another");
const LOCAL_FUZZY_OLD_SPAM: SymbolInfo =
    SymbolInfo::new("LOCAL_FUZZY_OLD_SPAM", "You have called the same text spam some months ago");
const LOCAL_FUZZY_FILED: SymbolInfo =
    SymbolInfo::new("LOCAL_FUZZY_FILED", "The same text was filed as spam before, and you have let it be");
const LOCAL_FUZZY_FILE: SymbolInfo =
    SymbolInfo::new("LOCAL_FUZZY_FILE", "You have called mail with the same file spam");
const LOCAL_FUZZY_LINKS: SymbolInfo =
    SymbolInfo::new("LOCAL_FUZZY_LINKS", "You have called mail with exactly the same links spam");
const LOCAL_FUZZY_LIKE: SymbolInfo = SymbolInfo::new(
    "LOCAL_FUZZY_LIKE",
    "You have called the same text spam, but from another sender than this one, who is proven, or of a list",
);
const LOCAL_BULK: SymbolInfo =
    SymbolInfo::new("LOCAL_BULK", "The same text has come to several of your addresses within a week");
const LOCAL_MANY_SENDERS: SymbolInfo =
    SymbolInfo::new("LOCAL_MANY_SENDERS", "The same text has come from several senders within a week");

/// So many of the person's addresses, or senders, are several.
const SEVERAL: usize = 3;

/// What came before.
#[derive(Debug)]
pub(super) struct Fingerprint;

impl Check for Fingerprint {
    fn name(&self) -> &'static str {
        "fingerprint"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const {
            &[
                LOCAL_FUZZY_SPAM,
                LOCAL_FUZZY_OLD_SPAM,
                LOCAL_FUZZY_FILED,
                LOCAL_FUZZY_FILE,
                LOCAL_FUZZY_LINKS,
                LOCAL_FUZZY_LIKE,
                LOCAL_BULK,
                LOCAL_MANY_SENDERS,
            ]
        }
    }

    fn queries(&self, mail: &Mail<'_>, plan: &mut QueryPlan) {
        let print = Print::of(mail);
        if !print.is_blank() {
            plan.ask(Query::Fingerprint(Box::new(print)));
        }
    }

    fn evaluate(&self, mail: &Mail<'_>, evidence: &Evidence, findings: &mut Findings) {
        let kin = evidence.kin();
        if kin.is_empty() || quotes_others(mail) {
            return;
        }
        // Whoever has called the same wanted is believed, whatever else is alike.
        if kin.iter().any(|kin| kin.fate == Fate::SaidHam && (kin.alike.is_text || kin.alike.is_file)) {
            return;
        }
        let newest = kin.iter().map(|kin| kin.at).max().unwrap_or(UnixTime(0));
        let now = mail.received_at().unwrap_or(newest);
        // Honest mail has the text of what imitates it, and posts of a list have much in common: there others' spam says less.
        let print = Print::of(mail);
        let is_honest = is_list(mail) || is_proven(mail);
        let is_held = |kin: &&Kin| !is_honest || kin.sender == print.sender && print.sender != 0 && !is_list(mail);
        let others: Vec<Kin> = kin.iter().filter(|kin| !is_held(kin)).copied().collect();
        let held: Vec<Kin> = kin.iter().filter(is_held).copied().collect();
        let texts = standing(&held, |alike| alike.is_text);
        if let Some(found) = of_text(&texts, now) {
            findings.raise(found, texts.told("this text", found.name == LOCAL_FUZZY_FILED.name));
        } else {
            let same = standing(&others, |alike| alike.is_same_text);
            if 0 < same.spam {
                findings.raise(&LOCAL_FUZZY_LIKE, same.told("the same text", false));
            }
        }
        for (info, of, what) in [
            (&LOCAL_FUZZY_FILE, standing(&held, |alike| alike.is_file), "a file in it"),
            (&LOCAL_FUZZY_LINKS, standing(&held, |alike| alike.is_links), "all its links"),
        ] {
            if of.ham == 0 && 0 < of.spam {
                findings.raise(info, of.told(what, false));
            }
        }
        if !is_honest {
            wave(mail, (&print, kin, now), findings);
        }
    }
}

/// Whether it is known to be of its author.
fn is_proven(mail: &Mail<'_>) -> bool {
    let author = mail.author().and_then(|author| author.address.as_ref());
    author.is_some_and(|author| Found::of(mail).proof(&author.domain.registrable()) == Proof::Given)
}

fn is_list(mail: &Mail<'_>) -> bool {
    mail.has_header("List-Id") || mail.has_header("List-Post")
}

/// What the person has said of what is alike in something.
#[derive(Default)]
struct Standing {
    spam: usize,
    ham: usize,
    filed: usize,
    newest_spam: Option<UnixTime>,
}

fn standing(kin: &[Kin], is_alike: impl Fn(Alike) -> bool) -> Standing {
    let mut standing = Standing::default();
    for kin in kin.iter().filter(|kin| is_alike(kin.alike)) {
        match kin.fate {
            Fate::Open => {}
            Fate::SaidHam => standing.ham += 1,
            Fate::Filed => standing.filed += 1,
            Fate::SaidSpam => {
                standing.spam += 1;
                standing.newest_spam = standing.newest_spam.max(Some(kin.at));
            }
        }
    }
    standing
}

impl Standing {
    fn told(&self, what: &str, is_filed: bool) -> String {
        let count = if is_filed { self.filed } else { self.spam };
        let messages = if count == 1 { "1 message".to_owned() } else { format!("{count} messages") };
        let became = if is_filed { "were filed and let be" } else { "you have called spam" };
        let became = if is_filed && count == 1 { "was filed and let be" } else { became };
        format!("{what} was in {messages} that {became}")
    }
}

fn of_text(texts: &Standing, now: UnixTime) -> Option<&'static SymbolInfo> {
    if 0 < texts.ham {
        return None;
    }
    match texts.newest_spam {
        Some(at) if now.0.saturating_sub(at.0) <= Kin::FRESH_SECS => Some(&LOCAL_FUZZY_SPAM),
        Some(_) => Some(&LOCAL_FUZZY_OLD_SPAM),
        None => (0 < texts.filed).then_some(&LOCAL_FUZZY_FILED),
    }
}

/// To how many of the person's addresses, and from how many senders, the same text has come at once. Mail servers report in
/// the same words, whoever runs them.
fn wave(mail: &Mail<'_>, (print, kin, now): (&Print, &[Kin], UnixTime), findings: &mut Findings) {
    let same = kin
        .iter()
        .filter(|kin| kin.alike.is_same_text && (0..=Kin::WAVE_SECS).contains(&now.0.saturating_sub(kin.at.0)));
    let count = |of: &dyn Fn(&Kin) -> u64, own: u64| {
        let mut all: Vec<u64> = same.clone().map(of).chain([own]).filter(|of| *of != 0).collect();
        all.sort_unstable();
        all.dedup();
        all.len()
    };
    let recipients = count(&|kin| kin.recipient, print.recipient);
    if SEVERAL <= recipients {
        findings.raise(&LOCAL_BULK, format!("this text has come to {recipients} of your addresses within a week"));
    }
    let senders = count(&|kin| kin.sender, print.sender);
    if SEVERAL <= senders && !is_report(mail) {
        findings.raise(&LOCAL_MANY_SENDERS, format!("this text has come from {senders} senders within a week"));
    }
}

/// Whether a symbol says no more than what became of messages before. What is filed because of that alone is not held
/// against the next one: our verdicts must not feed themselves.
pub(crate) fn is_of_prints(symbol: &Symbol) -> bool {
    Fingerprint.symbols().iter().any(|info| info.name == symbol.name())
}
