//! Rules that hold for every check, and every check against its fixture file.

use std::collections::BTreeSet;

use super::{CHECKS, symbols};
use crate::{
    Answer, Evidence, Finding, Findings, FuzzyHit, Mail, Query, UnixTime,
    dns::{Asks, DnsKind, DnsRecord, known_lists},
    fuzzy::{self as kin, Alike, Kin},
    learn::{Clue, Label, Opinion},
    lists::{AccountLists, Entry, EntryId, Kind, Lists, Side, What},
    mail::{
        Address, Arc, ArcState, Arrival, AuthResults, Authentication, Dmarc, DmarcPolicy, Domain, NamePattern, Seal,
        SealState, Spf, SpfWord,
    },
    reputation::{Contact, Fate, Habit, Origin, Peer, Record, Subject, Track, WEEK_SECS},
};

#[test]
fn symbols_are_unique_and_well_formed() {
    let mut seen = BTreeSet::new();
    for info in symbols() {
        let name = info.name;
        assert!(seen.insert(name), "{name} is declared twice");
        assert!(name.bytes().all(|b| matches!(b, b'A'..=b'Z' | b'0'..=b'9' | b'_')), "{name} is not UPPER_SNAKE");
        assert!(!info.about.is_empty() && !info.about.ends_with('.'), "{name}: {:?}", info.about);
    }
}

#[test]
fn every_symbol_has_exactly_one_score() {
    let scores: toml::Table = include_str!("../../scores.toml").parse().unwrap();
    let scored: BTreeSet<&str> = scores.keys().map(String::as_str).collect();
    let declared: BTreeSet<&str> = symbols().map(|info| info.name).collect();
    assert_eq!(scored, declared);
    assert!(scores.values().all(|score| score.is_float() || score.is_integer()));
}

#[test]
fn checks_have_unique_names() {
    let names: BTreeSet<&str> = CHECKS.iter().map(|check| check.name()).collect();
    assert_eq!(names.len(), CHECKS.len());
}

#[test]
fn every_fixture_raises_exactly_what_it_expects() {
    let mut wrong = Vec::new();
    for check in CHECKS {
        for case in cases(check.name()) {
            let mail = case.mail();
            let mut findings = Findings::default();
            check.evaluate(&mail, &case.evidence, &mut findings);
            let got: BTreeSet<String> = findings.iter().map(|found| found.symbol.to_string()).collect();
            let why_is_good = findings.iter().all(|found| !found.why.is_empty() && !found.why.ends_with('.'));
            if got != case.expect || !why_is_good {
                let (name, mail) = (check.name(), String::from_utf8_lossy(&case.mail));
                wrong.push(format!("{name}: wanted {:?}\ngot {findings:#?}\n{mail}", case.expect));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_symbol_is_raised_by_a_fixture() {
    for check in CHECKS {
        let raised: BTreeSet<String> = cases(check.name()).into_iter().flat_map(|case| case.expect).collect();
        let missing: Vec<_> = check.symbols().iter().filter(|info| !raised.contains(info.name)).collect();
        assert!(missing.is_empty(), "{}: nothing raises {missing:?}", check.name());
    }
}

/// A near miss is the innocent thing that looks most like what a symbol is for: a case that says `near:` of the symbol, and
/// does not raise it.
#[test]
fn every_symbol_has_a_near_miss_that_does_not_raise_it() {
    let mut wrong = Vec::new();
    for check in CHECKS {
        let cases = cases(check.name());
        let near: BTreeSet<&str> = cases.iter().flat_map(|case| case.near.iter().map(String::as_str)).collect();
        let own: BTreeSet<&str> = check.symbols().iter().map(|info| info.name).collect();
        wrong.extend(own.difference(&near).map(|name| format!("{}: nothing comes near {name}", check.name())));
        wrong.extend(near.difference(&own).map(|name| format!("{}: {name} is not of it", check.name())));
        let raised = cases.iter().flat_map(|case| case.near.intersection(&case.expect));
        wrong.extend(raised.map(|name| format!("{}: {name} is said to come near and to be raised", check.name())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What the fixtures raise, each with its check.
pub(crate) fn fixture_findings() -> Vec<(&'static str, Finding)> {
    let mut all = Vec::new();
    for check in CHECKS {
        for case in cases(check.name()) {
            let mut findings = Findings::default();
            check.evaluate(&case.mail(), &case.evidence, &mut findings);
            all.extend(findings.into_iter().map(|found| (check.name(), found)));
        }
    }
    all
}

/// Fixture files, by check. Cases are separated by `---` and headed by `expect: SYMBOLS`, by `near: SYMBOLS` where they only
/// look like these, and by what is known beside the message.
const FIXTURES: &[(&str, &str)] = &[
    ("archives", include_str!("../../fixtures/archives.txt")),
    ("auth", include_str!("../../fixtures/auth.txt")),
    ("brand", include_str!("../../fixtures/brand.txt")),
    ("calendar", include_str!("../../fixtures/calendar.txt")),
    ("date", include_str!("../../fixtures/date.txt")),
    ("documents", include_str!("../../fixtures/documents.txt")),
    ("enclosed", include_str!("../../fixtures/enclosed.txt")),
    ("encoding", include_str!("../../fixtures/encoding.txt")),
    ("file_policy", include_str!("../../fixtures/file_policy.txt")),
    ("files", include_str!("../../fixtures/files.txt")),
    ("from", include_str!("../../fixtures/from.txt")),
    ("from_form", include_str!("../../fixtures/from_form.txt")),
    ("gtube", include_str!("../../fixtures/gtube.txt")),
    ("html", include_str!("../../fixtures/html.txt")),
    ("kind", include_str!("../../fixtures/kind.txt")),
    ("learned", include_str!("../../fixtures/learned.txt")),
    ("link_call", include_str!("../../fixtures/link_call.txt")),
    ("link_host", include_str!("../../fixtures/link_host.txt")),
    ("link_name", include_str!("../../fixtures/link_name.txt")),
    ("link_path", include_str!("../../fixtures/link_path.txt")),
    ("link_spread", include_str!("../../fixtures/link_spread.txt")),
    ("link_way", include_str!("../../fixtures/link_way.txt")),
    ("link_shape", include_str!("../../fixtures/link_shape.txt")),
    ("link_target", include_str!("../../fixtures/link_target.txt")),
    ("mailing_list", include_str!("../../fixtures/mailing_list.txt")),
    ("message_id", include_str!("../../fixtures/message_id.txt")),
    ("own_house", include_str!("../../fixtures/own_house.txt")),
    ("pages", include_str!("../../fixtures/pages.txt")),
    ("pdf", include_str!("../../fixtures/pdf.txt")),
    ("phrases", include_str!("../../fixtures/phrases.txt")),
    ("qr", include_str!("../../fixtures/qr.txt")),
    ("recipients", include_str!("../../fixtures/recipients.txt")),
    ("reply", include_str!("../../fixtures/reply.txt")),
    ("reply_to", include_str!("../../fixtures/reply_to.txt")),
    ("route", include_str!("../../fixtures/route.txt")),
    ("sender_domain", include_str!("../../fixtures/sender_domain.txt")),
    ("spoken_for", include_str!("../../fixtures/spoken_for.txt")),
    ("subject", include_str!("../../fixtures/subject.txt")),
    ("vouched", include_str!("../../fixtures/vouched.txt")),
    ("blanks", include_str!("../../fixtures/blanks.txt")),
    ("greeting", include_str!("../../fixtures/greeting.txt")),
    ("html_tricks", include_str!("../../fixtures/html_tricks.txt")),
    ("text_parts", include_str!("../../fixtures/text_parts.txt")),
    ("word_salad", include_str!("../../fixtures/word_salad.txt")),
    ("provider_doubt", include_str!("../../fixtures/provider_doubt.txt")),
    ("login_look", include_str!("../../fixtures/login_look.txt")),
    ("brand_images", include_str!("../../fixtures/brand_images.txt")),
    ("two_brands", include_str!("../../fixtures/two_brands.txt")),
    ("typo_domain", include_str!("../../fixtures/typo_domain.txt")),
    ("strange_seal", include_str!("../../fixtures/strange_seal.txt")),
    ("listed", include_str!("../../fixtures/listed.txt")),
    ("peer", include_str!("../../fixtures/peer.txt")),
    ("first_contact", include_str!("../../fixtures/first_contact.txt")),
    ("reputation", include_str!("../../fixtures/reputation.txt")),
    ("virus", include_str!("../../fixtures/virus.txt")),
    ("mx_route", include_str!("../../fixtures/mx_route.txt")),
    ("dns_lists", include_str!("../../fixtures/dns_lists.txt")),
    ("host_names", include_str!("../../fixtures/host_names.txt")),
    ("return_address", include_str!("../../fixtures/return_address.txt")),
    ("verify", include_str!("../../fixtures/verify.txt")),
    ("fingerprint", include_str!("../../fixtures/fingerprint.txt")),
    ("pyzor", include_str!("../../fixtures/pyzor.txt")),
    ("rspamd_fuzzy", include_str!("../../fixtures/rspamd_fuzzy.txt")),
    ("dcc", include_str!("../../fixtures/dcc.txt")),
];

/// One message and what must be found in it.
#[derive(Default)]
struct Case {
    expect: BTreeSet<String>,
    near: BTreeSet<String>,
    arrival: Arrival,
    evidence: Evidence,
    found: Option<Authentication>,
    mail: Vec<u8>,
}

fn cases(name: &str) -> Vec<Case> {
    let fixture = FIXTURES.iter().find(|(check, _)| *check == name);
    let (_, text) = fixture.unwrap_or_else(|| panic!("{name} has no fixture"));
    text.split("\n---\n").map(Case::parse).collect()
}

impl Case {
    fn mail(&self) -> Mail<'_> {
        let mut mail = Mail::parse(&self.mail, &self.arrival);
        mail.authentication = self.found.clone().map(Box::new);
        mail
    }

    fn parse(text: &str) -> Self {
        let mut case = Self::default();
        let (mut known, mut kindred) = (Vec::new(), Vec::new());
        let (head, mail) = text.split_once("\n\n").expect("a head, a blank line, a message");
        assert!(head.starts_with("expect:"), "a case begins with expect: {head}");
        for line in head.lines() {
            let (key, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value.trim();
            match key {
                "expect" => case.expect = value.split_whitespace().map(str::to_owned).collect(),
                "near" => case.near = value.split_whitespace().map(str::to_owned).collect(),
                "received-at" => case.arrival.received_at = Some(UnixTime(value.parse().unwrap())),
                "provider" => case.arrival.account.provider.push(Domain::parse(value).unwrap()),
                "identity" => case.arrival.account.identities.push(Address::parse(value).unwrap()),
                "deny" => case.arrival.account.files.deny.push(NamePattern::parse(value).unwrap()),
                "allow" => case.arrival.account.files.allow.push(NamePattern::parse(value).unwrap()),
                "list" => list(&mut case.arrival.account.lists, value),
                "learned" => case.evidence.insert(Query::Learned, Answer::Learned(opinion(value.parse().unwrap()))),
                "peer" => case.evidence.insert(Query::Standing(String::new()), Answer::Peer(Box::new(peer(value)))),
                "answers" => case.evidence.insert(Query::Sent(vec![value.to_owned()]), Answer::OwnMessage),
                "contact" => case.evidence.insert(Query::Contact(Contact(0)), met(value)),
                "known" => known.push(value),
                "virus" => case.evidence.insert(Query::Virus, Answer::Infected(value.to_owned())),
                "asks" => case.arrival.account.asks = Asks::of(known_lists().to_vec()),
                "dns" => {
                    case.arrival.account.asks = Asks::of(known_lists().to_vec());
                    let (query, answer) = dns(value);
                    case.evidence.insert(query, answer);
                }
                "own" => own(case.found.get_or_insert_default(), value),
                "kin" => kindred.push(kin(value)),
                "pyzor" => case.evidence.insert(Query::Pyzor, reported(value)),
                "fuzzy" => case.evidence.insert(Query::RspamdFuzzy, Answer::Fuzzy(vec![fuzzy_hit(value)])),
                "dcc" => case.evidence.insert(Query::Dcc, Answer::Dcc(vec![counted(value)])),
                other => panic!("unknown key {other:?}"),
            }
        }
        // A text file cannot hold bytes that are no text: `\xff` stands for one.
        for (i, piece) in mail.split("\\xff").enumerate() {
            if 0 < i {
                case.mail.push(0xff);
            }
            case.mail.extend_from_slice(piece.as_bytes());
        }
        if !known.is_empty() {
            let track = Track::of(&case.mail());
            let known = known.into_iter().map(|written| record(written, &track, case.arrival.received_at.unwrap()));
            case.evidence.insert(Query::Reputation(track.subjects()), Answer::Reputation(known.collect()));
        }
        if !kindred.is_empty() {
            case.evidence.insert(Query::Fingerprint(Box::default()), Answer::Kin(kindred));
        }
        case
    }
}

/// Adds what we found ourselves: `spf WORD DOMAIN [HOST that may]`, `dkim STATE DOMAIN`, `dmarc POLICY` or
/// `arc STATE SEALER [RESULTS]`.
fn own(found: &mut Authentication, written: &str) {
    let mut words = written.splitn(4, ' ');
    let [method, word, domain, rest] = std::array::from_fn(|_| words.next().unwrap_or_default());
    let domain = || Domain::parse(domain).unwrap();
    match (method, word) {
        ("spf", word) => {
            let word = match word {
                "pass" => SpfWord::Pass,
                "fail" => SpfWord::Fail,
                "softfail" => SpfWord::SoftFail,
                "none" => SpfWord::None,
                "unknown" => SpfWord::Unknown("no answer in time".to_owned()),
                other => panic!("{other}"),
            };
            let host = "192.0.2.1".parse().unwrap();
            found.spf = Some(Spf { host, domain: domain(), is_of_helo: false, word, passed_before: rest.parse().ok() });
        }
        ("dkim", word) => {
            let state = match word {
                "valid" => SealState::Valid,
                "part" => SealState::ValidInPart,
                "text" => SealState::TextChanged,
                "head" => SealState::HeadChanged,
                "unknown" => SealState::Unknown("the key is gone".to_owned()),
                other => panic!("{other}"),
            };
            found.signatures.push(Seal { domain: domain(), selector: "s".to_owned(), state });
        }
        ("dmarc", "pass") => found.dmarc = Dmarc::Pass,
        ("dmarc", "none") => found.dmarc = Dmarc::Fail(DmarcPolicy::None),
        ("dmarc", "quarantine") => found.dmarc = Dmarc::Fail(DmarcPolicy::Quarantine),
        ("dmarc", "reject") => found.dmarc = Dmarc::Fail(DmarcPolicy::Reject),
        ("dmarc", "unknown") => found.dmarc = Dmarc::Unknown("no answer in time".to_owned()),
        ("arc", word) => {
            let state = if word == "valid" { ArcState::Valid } else { ArcState::Broken };
            let arc = found.arc.get_or_insert_with(|| Arc { sealers: Vec::new(), found: Vec::new(), state });
            arc.sealers.push(domain());
            arc.found.push(AuthResults::read(&format!("mx; {rest}")));
        }
        other => panic!("{other:?}"),
    }
}

/// `reports welcomes`
fn reported(written: &str) -> Answer {
    let (reports, welcomes) = written.split_once(' ').unwrap();
    Answer::Pyzor { reports: reports.parse().unwrap(), welcomes: welcomes.parse().unwrap() }
}

/// `flag value likeness`
fn fuzzy_hit(written: &str) -> FuzzyHit {
    let [flag, value, likeness] = written.split_whitespace().collect::<Vec<_>>()[..] else { panic!("{written}") };
    FuzzyHit { flag: flag.parse().unwrap(), value: value.parse().unwrap(), likeness: likeness.parse().unwrap() }
}

/// `name count`
fn counted(written: &str) -> (String, u32) {
    let (name, count) = written.split_once(' ').unwrap();
    (name.to_owned(), count.parse().unwrap())
}

/// `fate text|same|file|links at recipient sender`, the fate being `open`, `spam`, `ham` or `filed`.
fn kin(written: &str) -> Kin {
    let [fate, alike, at, recipient, sender] = written.split_whitespace().collect::<Vec<_>>()[..] else {
        panic!("{written}")
    };
    let is = |word: &str| alike.split('+').any(|said| said == word);
    let is_same_text = is("same");
    Kin {
        alike: Alike { is_text: is("text") || is_same_text, is_same_text, is_file: is("file"), is_links: is("links") },
        fate: match fate {
            "open" => kin::Fate::Open,
            "spam" => kin::Fate::SaidSpam,
            "ham" => kin::Fate::SaidHam,
            "filed" => kin::Fate::Filed,
            other => panic!("unknown fate {other:?}"),
        },
        at: UnixTime(at.parse().unwrap()),
        recipient: recipient.parse().unwrap(),
        sender: sender.parse().unwrap(),
    }
}

/// Adds an entry such as `block domain example.net`.
fn list(lists: &mut AccountLists, written: &str) {
    let [side, kind, value] = written.splitn(3, ' ').collect::<Vec<_>>()[..] else { panic!("{written}") };
    let mut entries = lists.lists.entries().to_vec();
    entries.push(Entry {
        id: EntryId(1 + i64::try_from(entries.len()).unwrap()),
        side: Side::from_word(side).unwrap(),
        what: What::parse(Kind::from_word(kind).unwrap(), value).unwrap(),
        account: None,
    });
    lists.lists = Lists::compile(entries).into();
}

/// `written replied last-written proven unproven`, and a network and a domain if something of it was answered: the host and the
/// place where the Message-ID was made.
fn peer(text: &str) -> Peer {
    let words: Vec<&str> = text.split_whitespace().collect();
    let number = |at: usize| words[at].parse().unwrap();
    let habits = match &words[5..] {
        [ip, maker] => {
            let raw = format!(
                "Received: from x ([{ip}]) by mx.example.org; Tue, 14 Nov 2023 22:13:20 +0000\nFrom: a@b.example\n\
                 Message-ID: <1@{maker}>\n\n"
            );
            Origin::of(&Mail::parse(raw.as_bytes(), &Arrival::default())).habits
        }
        _ => BTreeSet::new(),
    };
    Peer {
        written: number(0),
        replied: number(1),
        last_written: Some(UnixTime(words[2].parse().unwrap())),
        proven: number(3),
        unproven: number(4),
        habits,
        ..Peer::default()
    }
}

/// Whether the contact of a message is `new` or `known`.
fn met(text: &str) -> Answer {
    match text {
        "new" => Answer::Absent,
        "known" => Answer::KnownContact,
        other => panic!("unknown contact {other:?}"),
    }
}

/// `kind name called-ham called-spam read`, one a week until the message came. A habit is that of the message.
fn record(written: &str, track: &Track, now: UnixTime) -> (Subject, Record) {
    let [kind, name, said_ham, said_spam, read] = written.split_whitespace().collect::<Vec<_>>()[..] else {
        panic!("{written}")
    };
    let subject = match (&track.sender, kind) {
        (Some(Subject::Habit(_, habit)), "habit") => Subject::Habit(name.to_owned(), *habit),
        (_, "habit") => Subject::Habit(name.to_owned(), Habit(0)),
        _ => Subject::parse(kind, name).unwrap(),
    };
    let mut record = Record::default();
    for (count, fate) in [(said_ham, Fate::Said(Label::Ham)), (said_spam, Fate::Said(Label::Spam)), (read, Fate::Read)]
    {
        (0..count.parse().unwrap()).for_each(|n: i64| record.add(UnixTime(now.0 - n * WEEK_SECS), fate));
    }
    (subject, record)
}

/// `name KIND answer…`: addresses, `10:mx.example`, `host:name`, or `nxdomain`, `none`, `unknown`.
fn dns(written: &str) -> (Query, Answer) {
    let [name, kind, records @ ..] = &written.split(' ').collect::<Vec<_>>()[..] else { panic!("{written}") };
    let kinds = [DnsKind::A, DnsKind::Aaaa, DnsKind::Txt, DnsKind::Mx, DnsKind::Ptr, DnsKind::Ns];
    let kind = kinds.into_iter().find(|known| known.word() == *kind).unwrap();
    let record = |text: &&str| match text.split_once(':') {
        Some(("host", name)) => DnsRecord::Host(name.to_owned()),
        Some((preference, host)) if kind == DnsKind::Mx => {
            DnsRecord::Exchange { preference: preference.parse().unwrap(), host: host.to_owned() }
        }
        Some(_) | None => DnsRecord::Address(text.parse().unwrap()),
    };
    let answer = match records {
        ["nxdomain"] => Answer::NoName,
        ["none"] => Answer::Absent,
        ["unknown"] => Answer::Unknown("no answer in time".to_owned()),
        records => Answer::Records(records.iter().map(record).collect()),
    };
    (Query::dns(*name, kind), answer)
}

fn opinion(probability: f64) -> Opinion {
    Opinion { probability, clues: vec![Clue { word: "\"overdue\" in the subject".to_owned(), probability }] }
}
