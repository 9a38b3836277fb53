//! From a message and its evidence to a verdict.

use crate::{
    checks::{CHECKS, file_policy::FILE_DENIED, quotes_others},
    config::Config,
    evidence::{Evidence, QueryPlan},
    finding::{Finding, Findings},
    learn::Clue,
    mail::Mail,
    rules::{Hit, is_of_words},
    score::Score,
    symbol::{Symbol, Words},
};

/// The three classes: `Ham` < tag threshold ≤ `Unsure` < junk threshold ≤ `Spam`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Wanted mail, as far as we can see.
    Ham,
    /// Doubtful: stays where it is, marked.
    Unsure,
    /// Unwanted mail.
    Spam,
}

impl Class {
    /// The lower-case word used in JSON, the log and the command line: `ham`, `unsure` or `spam`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ham => "ham",
            Self::Unsure => "unsure",
            Self::Spam => "spam",
        }
    }
}

/// What settled the class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecidedBy {
    /// The sum of all scores against the thresholds.
    Score,
    /// The GTUBE test string, which is spam by agreement.
    TestMessage,
    /// A file that the settings of the account do not want, where the sum alone would have said less.
    FilePolicy,
}

/// A finding with what it was worth under the present settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScoredFinding {
    /// The symbol and its reason.
    pub finding: Finding,
    /// Its points.
    pub score: Score,
}

/// What the filter concluded about one message, and every reason for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The sum of what was found.
    pub score: Score,
    /// The class that follows.
    pub class: Class,
    /// The learner's calibrated probability of spam, 0 to 1, if it had an opinion.
    pub probability: Option<f64>,
    /// What the learner went by, strongest first.
    pub clues: Vec<Clue>,
    /// What settled `class`.
    pub decided_by: DecidedBy,
    /// Each finding with its score, in the order found.
    pub findings: Vec<ScoredFinding>,
    /// Rules that took too long on this message, and so said nothing.
    pub exhausted: Vec<Words>,
}

impl Verdict {
    /// The findings by weight, heaviest first, whichever way they speak; equal ones by name.
    pub fn reasons(&self) -> Vec<&ScoredFinding> {
        let mut reasons: Vec<&ScoredFinding> = self.findings.iter().collect();
        let weight = |reason: &ScoredFinding| reason.score.thousandths().unsigned_abs();
        reasons.sort_by(|a, b| weight(b).cmp(&weight(a)).then(a.finding.symbol.cmp(&b.finding.symbol)));
        reasons
    }
}

#[cfg(test)]
impl Verdict {
    /// A verdict by what was found, each with its points in thousandths, and by nothing else.
    pub(crate) fn of(class: Class, found: impl IntoIterator<Item = (Finding, i32)>) -> Self {
        let scored = |(finding, points)| ScoredFinding { finding, score: Score::from_thousandths(points) };
        let findings: Vec<ScoredFinding> = found.into_iter().map(scored).collect();
        Self {
            score: findings.iter().map(|found| found.score).sum(),
            class,
            probability: None,
            clues: Vec::new(),
            decided_by: DecidedBy::Score,
            findings,
            exhausted: Vec::new(),
        }
    }
}

/// The class of `score`, if nothing but the sum decides.
pub(crate) fn class_of(score: Score, config: &Config) -> Class {
    if config.junk_threshold() <= score {
        Class::Spam
    } else if config.tag_threshold() <= score {
        Class::Unsure
    } else {
        Class::Ham
    }
}

/// Collects what must be asked about `mail` before it can be judged.
pub fn plan(mail: &Mail<'_>, config: &Config) -> QueryPlan {
    let mut plan = QueryPlan::default();
    for check in CHECKS.iter().filter(|check| config.is_on(check.name())) {
        check.queries(mail, &mut plan);
    }
    plan
}

/// Runs every check and every rule, and adds up what they found.
pub fn judge(mail: &Mail<'_>, evidence: &Evidence, config: &Config) -> Verdict {
    let mut found = Findings::default();
    for check in CHECKS.iter().filter(|check| config.is_on(check.name())) {
        check.evaluate(mail, evidence, &mut found);
    }
    let is_test = found.iter().any(|f| f.symbol.name() == "GTUBE");
    let is_denied = found.has(&FILE_DENIED.symbol());
    let mut findings: Vec<ScoredFinding> =
        found.into_iter().map(|finding| ScoredFinding { score: config.score_of(&finding.symbol), finding }).collect();
    let hits = config.program().run_told(mail, evidence.learned().map(|opinion| opinion.probability));
    // What others have said is not held against who complains of it.
    let is_quoted = quotes_others(mail);
    let speaks = |hit: &Hit| !(is_quoted && is_of_words(&hit.name));
    for hit in hits.hits.into_iter().filter(speaks) {
        let found = of_rule(hit, config);
        // A check of the same name has said it.
        if findings.iter().all(|other| other.finding.symbol != found.finding.symbol) {
            findings.push(found);
        }
    }
    let score = findings.iter().map(|found| found.score).sum();
    let by_score = class_of(score, config);
    let least = if mail.account.files.is_doubt { Class::Unsure } else { Class::Spam };
    let (class, decided_by) = if is_test {
        (Class::Spam, DecidedBy::TestMessage)
    } else if is_denied && by_score < least {
        (least, DecidedBy::FilePolicy)
    } else {
        (by_score, DecidedBy::Score)
    };
    let exhausted = hits.exhausted.into_iter().map(Words::from).collect();
    let opinion = evidence.learned();
    let probability = opinion.map(|opinion| opinion.probability);
    let clues = opinion.map(|opinion| opinion.clues.clone()).unwrap_or_default();
    Verdict { score, class, probability, clues, decided_by, findings, exhausted }
}

fn of_rule(hit: Hit, config: &Config) -> ScoredFinding {
    let symbol = Symbol::of_rule(hit.name.into());
    let score = config.score_of_rule(&symbol, hit.points);
    let why = hit.text.map(|text| format!("it has \"{}\"", String::from_utf8_lossy(&text).trim())).unwrap_or_default();
    ScoredFinding { finding: Finding { symbol, about: hit.about.into(), why }, score }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        mail::{AccountFacts, Arrival, FilePolicy, NamePattern},
        symbol::SymbolInfo,
    };

    #[test]
    fn reasons_come_heaviest_first_whichever_way_they_speak() {
        let found = |(name, points): (&'static str, i32)| {
            let symbol = SymbolInfo::new(name, "").symbol();
            (Finding { symbol, about: Words::new(""), why: String::new() }, points)
        };
        let found = [("B", 100), ("LIGHT", 1), ("HEAVY", -3000), ("A", -100)].map(found);
        let verdict = Verdict::of(Class::Ham, found);
        let names: Vec<&str> = verdict.reasons().iter().map(|reason| reason.finding.symbol.name()).collect();
        assert_eq!(names, ["HEAVY", "A", "B", "LIGHT"]);
    }

    #[test]
    fn a_score_at_the_threshold_is_over_it() {
        let config = Config::default();
        for (thousandths, want) in
            [(2999, Class::Ham), (3000, Class::Unsure), (4999, Class::Unsure), (5000, Class::Spam), (-5000, Class::Ham)]
        {
            assert_eq!(class_of(Score::from_thousandths(thousandths), &config), want, "{thousandths}");
        }
    }

    #[test]
    fn what_a_complaint_quotes_is_not_held_against_it() {
        let text = "Subject: Spam from your network\n\n\
                    The spam from your network, source IP 198.51.100.7, says:\n\
                    You will stand as the next of kin of my late client.\n";
        for (to, want) in [("abuse@example.org", false), ("robin@example.org", true)] {
            let raw = format!("From: kim@example.net\nTo: {to}\n{text}");
            let mail = Mail::parse(raw.as_bytes(), &Arrival::default());
            let verdict = judge(&mail, &Evidence::default(), &Config::default());
            let is_said = verdict.findings.iter().any(|found| found.finding.symbol.name() == "FEE_NEXT_OF_KIN");
            assert_eq!(is_said, want, "{to}");
        }
    }

    #[test]
    fn a_file_that_is_not_wanted_settles_the_class_and_nothing_more() {
        let raw = b"Content-Type: application/octet-stream; name=a.iso\n\nx";
        for (is_doubt, want) in [(false, Class::Spam), (true, Class::Unsure)] {
            let deny = NamePattern::parse("*.iso").into_iter().collect();
            let files = FilePolicy { deny, is_doubt, ..FilePolicy::default() };
            let account = AccountFacts { files, ..AccountFacts::default() };
            let mail = Mail::parse(raw, &Arrival { account, ..Arrival::default() });
            let all_off = Config::parse("[judge]\ntag = 900\njunk = 900").unwrap();
            let verdict = judge(&mail, &Evidence::default(), &all_off);
            assert_eq!((verdict.class, verdict.decided_by), (want, DecidedBy::FilePolicy));
            assert!(verdict.findings.iter().any(|found| found.finding.why == "\"a.iso\" is not wanted here"));
            let without = Mail::parse(raw, &Arrival::default());
            assert_eq!(judge(&without, &Evidence::default(), &all_off).class, Class::Ham);
        }
    }
}
