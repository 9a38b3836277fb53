//! From a message and its evidence to a verdict.

use crate::{
    check::Check as _,
    checks::{
        CHECKS, FIRST_CONTACT, LISTED_ACCEPT, LISTED_BLOCK, file_policy::FILE_DENIED, is_of_prints, peer,
        quotes_others, virus::VIRUS_FOUND,
    },
    config::Config,
    evidence::{Asked, Evidence, Query, QueryPlan},
    finding::{Finding, Findings},
    learn::Clue,
    lists::{EntryId, Hit as Listing, Side},
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
    /// An entry of the person's lists that accepts it.
    Accepted(EntryId),
    /// An entry of the person's lists that blocks it.
    Blocked(EntryId),
    /// It is from somebody the person writes to.
    Peer,
    /// Something that the virus scanner knows.
    Virus,
}

/// An entry of the person's lists that hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListHit {
    /// Which.
    pub entry: EntryId,
    /// Whether the message was dealt with as the entry says.
    pub is_followed: bool,
}

impl DecidedBy {
    /// Whether entries of that side settled it.
    fn follows(self, side: Side) -> bool {
        match self {
            Self::Accepted(_) => side == Side::Accept,
            Self::Blocked(_) => side == Side::Block,
            Self::Score | Self::TestMessage | Self::FilePolicy | Self::Peer | Self::Virus => false,
        }
    }
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
    /// The entries of the person's lists that hit, the one that wins first.
    pub listed: Vec<ListHit>,
    /// Rules that took too long on this message, and so said nothing.
    pub exhausted: Vec<Words>,
    /// What others were asked about it.
    pub asked: Vec<Asked>,
}

impl Verdict {
    /// The findings by weight, heaviest first, whichever way they speak; equal ones by name.
    pub fn reasons(&self) -> Vec<&ScoredFinding> {
        let mut reasons: Vec<&ScoredFinding> = self.findings.iter().collect();
        let weight = |reason: &ScoredFinding| reason.score.thousandths().unsigned_abs();
        reasons.sort_by(|a, b| weight(b).cmp(&weight(a)).then(a.finding.symbol.cmp(&b.finding.symbol)));
        reasons
    }

    /// Whether it is spam by the points of what was found, also without what became of messages like it.
    pub fn is_plain_spam(&self, config: &Config) -> bool {
        let plain = self.findings.iter().filter(|found| !is_of_prints(&found.finding.symbol)).map(|found| found.score);
        self.decided_by == DecidedBy::Score && class_of(plain.sum(), config) == Class::Spam
    }

    /// Whether it is of somebody the person writes to or always accepts.
    pub fn is_of_known(&self) -> bool {
        let symbols = [peer::PEER.symbol(), LISTED_ACCEPT.symbol()];
        self.findings.iter().any(|found| symbols.contains(&found.finding.symbol))
    }

    /// Whether nothing wanted has come from its sender in this way before.
    pub fn is_first_contact(&self) -> bool {
        self.findings.iter().any(|found| found.finding.symbol == FIRST_CONTACT.symbol())
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
            listed: Vec::new(),
            exhausted: Vec::new(),
            asked: Vec::new(),
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

/// Those questions of a plan that others have to be asked, now that it is `known` what this machine knows by itself: about mail of
/// whom the person writes to or always accepts, no list is asked.
pub fn worth_asking(plan: &QueryPlan, mail: &Mail<'_>, known: &Evidence) -> QueryPlan {
    let mut found = Findings::default();
    peer::Peers.evaluate(mail, known, &mut found);
    let is_accepted = mail.account.lists.look(mail).hits.first().is_some_and(|hit| hit.side == Side::Accept);
    let is_settled = is_accepted || found.has(&peer::PEER.symbol());
    let is_report = |query: &Query| matches!(query, Query::Pyzor | Query::RspamdFuzzy | Query::Dcc);
    let is_spared = |query: &Query| {
        is_settled && (is_report(query) || matches!(query, Query::Dns { .. }))
            || !mail.account.asks.is_on && is_report(query)
    };
    plan.filter(|query| !query.is_of_this_machine() && !is_spared(query))
}

/// Runs every check and every rule, and adds up what they found.
pub fn judge(mail: &Mail<'_>, evidence: &Evidence, config: &Config) -> Verdict {
    let mut found = Findings::default();
    for check in CHECKS.iter().filter(|check| config.is_on(check.name())) {
        check.evaluate(mail, evidence, &mut found);
    }
    let marks = Marks {
        is_test: found.iter().any(|f| f.symbol.name() == "GTUBE"),
        is_infected: found.has(&VIRUS_FOUND.symbol()),
        is_denied: found.has(&FILE_DENIED.symbol()),
    };
    let is_listed = found.has(&LISTED_ACCEPT.symbol()) || found.has(&LISTED_BLOCK.symbol());
    let listed = if is_listed { mail.account.lists.look(mail).hits } else { Vec::new() };
    let is_of_peer = found.has(&peer::PEER.symbol());
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
    let by_person = match listed.first() {
        Some(Listing { id, side: Side::Accept, .. }) => (Class::Ham, DecidedBy::Accepted(*id)),
        Some(Listing { id, side: Side::Block, .. }) => (Class::Spam, DecidedBy::Blocked(*id)),
        None if is_of_peer && !marks.is_denied => (Class::Ham, DecidedBy::Peer),
        None => (class_of(score, config), DecidedBy::Score),
    };
    let (class, decided_by) = marks.settle(mail, config, by_person);
    let listed =
        listed.iter().map(|hit| ListHit { entry: hit.id, is_followed: decided_by.follows(hit.side) }).collect();
    let exhausted = hits.exhausted.into_iter().map(Words::from).collect();
    let opinion = evidence.learned();
    let probability = opinion.map(|opinion| opinion.probability);
    let clues = opinion.map(|opinion| opinion.clues.clone()).unwrap_or_default();
    let asked = evidence.asked();
    Verdict { score, class, probability, clues, decided_by, findings, listed, exhausted, asked }
}

/// What was found that is stronger than the sum, and than the person's word on a sender.
#[derive(Clone, Copy, Debug)]
struct Marks {
    is_test: bool,
    is_infected: bool,
    is_denied: bool,
}

impl Marks {
    /// The class, if without these it were `(class, decider)`.
    fn settle(self, mail: &Mail<'_>, config: &Config, (class, decider): (Class, DecidedBy)) -> (Class, DecidedBy) {
        let least = if mail.account.files.is_doubt { Class::Unsure } else { Class::Spam };
        // A friend's machine can have caught something, and then it is the friend's mail that brings it.
        let is_excused = config.clamd().excuses_known && matches!(decider, DecidedBy::Accepted(_) | DecidedBy::Peer);
        if self.is_test {
            (Class::Spam, DecidedBy::TestMessage)
        } else if self.is_infected && !is_excused {
            (Class::Spam, DecidedBy::Virus)
        } else if self.is_denied && class < least {
            (least, DecidedBy::FilePolicy)
        } else {
            (class, decider)
        }
    }
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
        evidence::Answer,
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
    fn what_is_of_a_peer_is_wanted_unless_it_is_a_test_or_holds_a_file_that_is_not() {
        // In pieces, so that no filter takes these sources for spam.
        let gtube = ["XJS*C4JDBQADN1", ".NSBN3*2IDNEN*", "GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL", "*C.34X"].concat();
        let strict = Config::parse("[scores]\nMISSING_DATE = 50").unwrap();
        let deny: Vec<NamePattern> = NamePattern::parse("*.iso").into_iter().collect();
        for (head, text, want) in [
            ("", "Hello.", (Class::Ham, DecidedBy::Peer)),
            ("", &*gtube, (Class::Spam, DecidedBy::TestMessage)),
            ("Content-Type: application/octet-stream; name=a.iso\n", "x", (Class::Spam, DecidedBy::Score)),
        ] {
            let raw = format!(
                "Authentication-Results: mx.example.org; dkim=pass header.d=kim.example\n\
                 Received: from m.kim.example (m.kim.example [192.0.2.1]) by mx.example.org; Tue, 14 Nov 2023 22:13:20 +0000\n\
                 From: kim@kim.example\n{head}\n{text}\n"
            );
            let provider = vec![crate::mail::Domain::parse("example.org").unwrap()];
            let files = FilePolicy { deny: deny.clone(), ..FilePolicy::default() };
            let account = AccountFacts { provider, files, ..AccountFacts::default() };
            let mail = Mail::parse(raw.as_bytes(), &Arrival { account, ..Arrival::default() });
            let last_written = mail.received_at();
            let peer = crate::reputation::Peer { written: 1, last_written, ..Default::default() };
            let mut evidence = Evidence::default();
            for query in plan(&mail, &strict).iter() {
                let is_about_kim = *query == Query::Standing("kim@kim.example".to_owned());
                let answer = is_about_kim.then(|| Answer::Peer(Box::new(peer.clone())));
                evidence.insert(query.clone(), answer.unwrap_or(Answer::Absent));
            }
            let verdict = judge(&mail, &evidence, &strict);
            assert_eq!((verdict.class, verdict.decided_by), want, "{text}");
            assert!(30.0 <= verdict.score.points(), "the points are added up all the same");
        }
    }

    #[test]
    fn nobody_is_asked_about_mail_of_peers_and_of_those_who_are_always_accepted() {
        use crate::lists::{AccountLists, Entry, EntryId, Kind, Lists, What};
        let raw = "Authentication-Results: mx.example.org; dkim=pass header.d=sender-one.com\n\
                   Received: from m.sender-one.com (m.sender-one.com [203.0.113.7]) by mx.example.org; \
                   Tue, 14 Nov 2023 22:13:20 +0000\nFrom: kim@sender-one.com\n\nHello.\n";
        let config = Config::default();
        let count = |side: Option<Side>, is_peer: bool| {
            let what = What::parse(Kind::from_word("domain").unwrap(), "sender-one.com").unwrap();
            let entry = side.map(|side| Entry { id: EntryId(1), side, what, account: None });
            let lists =
                AccountLists { lists: Lists::compile(entry.into_iter().collect()).into(), ..AccountLists::default() };
            let provider = vec![crate::mail::Domain::parse("example.org").unwrap()];
            let account = AccountFacts { provider, lists, asks: config.asks().clone(), ..AccountFacts::default() };
            let mail = Mail::parse(raw.as_bytes(), &Arrival { account, ..Arrival::default() });
            let plan = plan(&mail, &config);
            let mut known = Evidence::default();
            if is_peer {
                let last_written = mail.received_at();
                let peer = crate::reputation::Peer { written: 1, last_written, ..Default::default() };
                known.insert(Query::Standing("kim@sender-one.com".to_owned()), Answer::Peer(Box::new(peer)));
            }
            let asked = worth_asking(&plan, &mail, &known);
            assert!(asked.iter().all(|query| !query.is_of_this_machine()));
            asked.iter().filter(|query| matches!(query, Query::Dns { .. })).count()
        };
        assert!(0 < count(None, false));
        assert_eq!(count(Some(Side::Block), false), count(None, false));
        assert_eq!(count(Some(Side::Accept), false), 0);
        assert_eq!(count(None, true), 0);
    }

    #[test]
    fn a_virus_outranks_peers_and_accept_lists_unless_the_settings_say_otherwise() {
        use crate::lists::{AccountLists, Entry, EntryId, Kind, Lists, Side, What};
        let raw = b"Authentication-Results: mx.example.org; dkim=pass header.d=kim.example\n\
            Received: from m.kim.example (m.kim.example [192.0.2.1]) by mx.example.org; Tue, 14 Nov 2023 22:13:20 +0000\n\
            From: kim@kim.example\nContent-Type: application/octet-stream; name=a.bin\n\nx";
        let what = What::parse(Kind::Address, "kim@kim.example").unwrap();
        let entry = |side| Entry { id: EntryId(7), side, what: what.clone(), account: None };
        let spares = Config::parse("[clamd]\nexcuse_known = true").unwrap();
        let strict = Config::default();
        for (is_peer, side, config, want) in [
            (false, None, &strict, (Class::Spam, DecidedBy::Virus)),
            (true, None, &strict, (Class::Spam, DecidedBy::Virus)),
            (true, None, &spares, (Class::Ham, DecidedBy::Peer)),
            (false, Some(Side::Accept), &strict, (Class::Spam, DecidedBy::Virus)),
            (false, Some(Side::Accept), &spares, (Class::Ham, DecidedBy::Accepted(EntryId(7)))),
            (false, Some(Side::Block), &spares, (Class::Spam, DecidedBy::Virus)),
            (false, None, &spares, (Class::Spam, DecidedBy::Virus)),
        ] {
            let provider = vec![crate::mail::Domain::parse("example.org").unwrap()];
            let lists = AccountLists {
                lists: Lists::compile(side.map(entry).into_iter().collect::<Vec<_>>()).into(),
                ..AccountLists::default()
            };
            let account = AccountFacts { provider, lists, ..AccountFacts::default() };
            let mail = Mail::parse(raw, &Arrival { account, ..Arrival::default() });
            let peer = crate::reputation::Peer { written: 1, last_written: mail.received_at(), ..Default::default() };
            let mut evidence = Evidence::default();
            for query in plan(&mail, config).iter() {
                let answer = if *query == Query::Virus {
                    Answer::Infected("Own.Marker".to_owned())
                } else if is_peer && matches!(query, Query::Standing(_)) {
                    Answer::Peer(Box::new(peer.clone()))
                } else {
                    Answer::Absent
                };
                evidence.insert(query.clone(), answer);
            }
            let verdict = judge(&mail, &evidence, config);
            assert_eq!((verdict.class, verdict.decided_by), want, "{is_peer} {side:?}");
            assert!(verdict.findings.iter().any(|found| found.finding.why == "the virus scanner found Own.Marker"));
            let is_named = crate::reason(&verdict) == "A virus is in it: Own.Marker.";
            assert_eq!(is_named, want.1 == DecidedBy::Virus, "{}", crate::reason(&verdict));
            let words = crate::explain(&mail, &verdict, config);
            assert!(words.contains("Own.Marker"), "{words}");
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
