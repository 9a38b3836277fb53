//! Entries read, and what they hit.

use super::*;
use crate::{
    mail::{AccountFacts, Arrival, Domain},
    {Class, Config, DecidedBy, Evidence, judge, reason},
};

#[test]
fn values_are_kept_in_one_form() {
    for (kind, written, want) in [
        (Kind::Address, " Ann.Lee@Bücher.Example ", "ann.lee@xn--bcher-kva.example"),
        (Kind::Address, "*@EXAMPLE.org", "*@example.org"),
        (Kind::Address, "news-*@*.Example.org", "news-*@*.example.org"),
        (Kind::Address, "ann@example.org via Mail.Example.NET", "ann@example.org via mail.example.net"),
        (Kind::Domain, "@Example.org", "example.org"),
        (Kind::Domain, "*.bücher.example", "xn--bcher-kva.example"),
        (Kind::Ip, "192.0.2.77/24", "192.0.2.0/24"),
        (Kind::Ip, "192.0.2.77", "192.0.2.77"),
        (Kind::Ip, "2001:DB8:0:1::/32", "2001:db8::/32"),
        (Kind::Phrase, "Lottery   WINNER", "lottery winner"),
        (Kind::Header, "X-Mailer :  *Bulk  Mail*", "X-Mailer: *bulk mail*"),
        (Kind::File, "*.ISO", "*.iso"),
        (Kind::Regex, "^Dear\\s+friend", "^Dear\\s+friend"),
        (Kind::Country, "czechia", "CZ"),
        (Kind::Language, "ČEŠTINA", "cs"),
    ] {
        let what = What::parse(kind, written).unwrap();
        assert_eq!(what.value(), want, "{written}");
        assert_eq!(What::parse(kind, &what.value()).unwrap(), what, "{written}");
    }
}

#[test]
fn a_value_that_makes_no_sense_is_refused_in_words() {
    for (kind, written, want) in [
        (Kind::Address, "", "an entry of the kind address needs a value"),
        (Kind::Address, "ann", "\"ann\" is not an address such as ann@example.org"),
        (Kind::Address, "*@*", "\"*@*\" would be everybody"),
        (Kind::Address, "ann@example.org via a b", "\"a b\" is not the name of a host"),
        (Kind::Domain, "192.0.2.1", "\"192.0.2.1\" is not a domain such as example.org"),
        (Kind::Ip, "192.0.2.0/33", "\"192.0.2.0/33\" is neither an IP address nor a network such as 192.0.2.0/24"),
        (Kind::Ip, "0.0.0.0/0", "\"0.0.0.0/0\" is too much of the internet; the smallest number after the / is 8"),
        (Kind::Phrase, "a!", "\"a!\" is too short: a phrase has at least 3 letters or digits"),
        (Kind::Regex, "x*", "the pattern \"x*\" would hit every message"),
        (Kind::Header, "X-Mailer", "\"X-Mailer\" is not a header line such as X-Mailer: *bulk*"),
        (Kind::Header, "X-Mailer: *", "\"X-Mailer: *\" would be every message that has such a line"),
        (Kind::File, "*.*", "\"*.*\" would be every file"),
        (Kind::Country, "Q1", "\"Q1\" is not a country: write its two letters, such as CZ, or its name"),
        (Kind::Language, "x", "\"x\" is not a language that can be told from text, such as cs or Czech"),
        (Kind::Phrase, "two\nlines", "a value is one line without control characters"),
    ] {
        assert_eq!(What::parse(kind, written).unwrap_err(), want, "{written}");
    }
    assert!(
        What::parse(Kind::Regex, "(unclosed").unwrap_err().starts_with("the pattern \"(unclosed\" cannot be used: ")
    );
    assert!(What::parse(Kind::Phrase, &"x".repeat(501)).is_err());
    let everybodys = What::parse(Kind::Domain, "co.uk").unwrap();
    assert!(everybodys.check(Side::Accept).unwrap_err().starts_with("under \"co.uk\" anybody can have a name"));
    assert_eq!(everybodys.check(Side::Block), Ok(()));
}

#[test]
fn each_kind_hits_what_it_is_for_and_nothing_else() {
    for (kind, value, head, want) in [
        (Kind::Address, "ann@example.org", "From: ANN@example.org", true),
        (Kind::Address, "ann@example.org", "From: joann@example.org", false),
        (Kind::Address, "ann@example.org", "From: \"ann@example.org\" <x@example.net>", false),
        (Kind::Address, "ann@example.org", "From: x@example.net\nReply-To: ann@example.org", true),
        (Kind::Address, "ann@example.org", "Return-Path: <ann@example.org>\nFrom: x@example.net", true),
        (Kind::Address, "*@example.org", "From: joe@example.org", true),
        (Kind::Address, "*@example.org", "From: joe@sub.example.org", false),
        (Kind::Address, "*.example.org", "From: joe@sub.example.org", true),
        (Kind::Address, "jo?@*.org", "From: joe@example.org", true),
        (Kind::Address, "jo?@*.org", "From: joan@example.org", false),
        (Kind::Address, "ann@example.org via example.net", "From: ann@example.org", false),
        (Kind::Address, "ann@example.org via nordhaven.example", "From: ann@example.org", true),
        (Kind::Domain, "example.org", "From: x@mail.example.org", true),
        (Kind::Domain, "example.org", "From: x@notexample.org", false),
        (Kind::Domain, "bücher.example", "From: x@xn--bcher-kva.example", true),
        (Kind::Domain, "top", "From: x@cheap.top", true),
        (Kind::Ip, "203.0.113.0/24", "From: x@example.org", true),
        (Kind::Ip, "203.0.114.0/24", "From: x@example.org", false),
        (Kind::Ip, "203.0.113.5", "From: x@example.org", true),
        (Kind::Phrase, "lottery winner", "Subject: a Lottery\n WINNER!", true),
        (Kind::Phrase, "lottery win", "Subject: lottery winner", false),
        (Kind::Phrase, "good day to you", "From: x@example.org", true),
        (Kind::Regex, "^good\\s+day", "From: x@example.org", true),
        (Kind::Regex, "day$", "From: x@example.org", false),
        (Kind::Header, "X-Mailer: *bulk*", "X-MAILER: SuperBulk 3", true),
        (Kind::Header, "X-Mailer: bulk", "X-Mailer: SuperBulk 3", false),
        (Kind::File, "*.iso", "Content-Type: application/x-y; name=\"a.ISO\"", true),
        (Kind::File, "*.iso", "Content-Type: application/x-y; name=\"iso\"", false),
    ] {
        let raw = format!("{RECEIVED}{head}\n\nGood day to you all.\n");
        let listed = look(&lists(&[(Side::Block, kind, value)]), &raw);
        assert_eq!(listed.decisive().is_some(), want, "{kind} {value} {head}");
    }
}

#[test]
fn country_and_language_hit_what_is_surely_of_them_and_give_way_to_every_other_entry() {
    let czech = "Dobrý den, posílám vám slíbené fotografie z výletu a těším se, že se zase brzy uvidíme. \
        Dejte prosím vědět, jestli se vám hodí příští víkend, nebo až ten další.";
    let mut atlas = Atlas::default();
    atlas.add_lines("3405803776,3405804031,CZ\n");
    let atlas = atlas.built().map(Arc::new);
    let others = format!("{}From: ann@example.org\n\nShort.\n", RECEIVED.replace("203.0.113.5", "198.51.100.1"));
    let raw = format!("{RECEIVED}From: ann@example.org\nContent-Type: text/plain; charset=utf-8\n\n{czech}\n");
    for (kind, value, hits) in [
        (Kind::Country, "CZ", true),
        (Kind::Country, "SK", false),
        (Kind::Language, "cs", true),
        (Kind::Language, "sk", false),
    ] {
        let entries = [(Side::Block, kind, value), (Side::Accept, Kind::Phrase, "fotografie")];
        let blocked = |raw: &str, atlas: Option<Arc<Countries>>, entries: &[(Side, Kind, &str)]| {
            let lists = lists(entries).lists;
            let lists = Arc::into_inner(lists).unwrap().with_atlas(atlas).into();
            let listed = look(&AccountLists { lists, account: 1, do_excuse_forged: false }, raw);
            listed.decisive().map(|hit| hit.side)
        };
        let block = hits.then_some(Side::Block);
        assert_eq!(blocked(&raw, atlas.clone(), &entries[..1]), block, "{kind} {value}");
        assert_eq!(blocked(&raw, None, &entries[..1]), block.filter(|_| kind == Kind::Language), "{kind} {value}");
        assert_eq!(blocked(&others, atlas.clone(), &entries[..1]), None, "{kind} {value}");
        assert_eq!(blocked(&raw, atlas.clone(), &entries), Some(Side::Accept), "{kind} {value}");
    }
}

#[test]
fn the_more_closely_meant_entry_wins_and_of_equals_the_one_that_accepts() {
    let raw = format!("{RECEIVED}From: ann@a.example.org\nSubject: lottery winner\n\nx\n");
    for (entries, want) in [
        (&[(Side::Accept, Kind::Address, "ann@a.example.org"), (Side::Block, Kind::Domain, "example.org")][..], 1),
        (&[(Side::Accept, Kind::Domain, "example.org"), (Side::Block, Kind::Address, "ann@a.example.org")], 2),
        (&[(Side::Accept, Kind::Domain, "a.example.org"), (Side::Block, Kind::Domain, "example.org")], 1),
        (&[(Side::Block, Kind::Address, "*@a.example.org"), (Side::Accept, Kind::Domain, "a.example.org")], 1),
        (&[(Side::Block, Kind::Domain, "example.org"), (Side::Accept, Kind::Domain, "example.org")], 2),
        (&[(Side::Block, Kind::Phrase, "lottery winner"), (Side::Accept, Kind::Ip, "203.0.113.0/24")], 2),
        (&[(Side::Accept, Kind::Ip, "203.0.113.0/24"), (Side::Block, Kind::Ip, "203.0.113.5")], 2),
    ] {
        let listed = look(&lists(entries), &raw);
        assert_eq!(listed.hits.len(), 2, "{entries:?}");
        assert_eq!(listed.decisive().unwrap().id, EntryId(want), "{entries:?}");
    }
}

#[test]
fn an_entry_of_one_account_is_for_its_mail_only_and_stronger_there() {
    let of = |side, account: Option<i64>| {
        let what = What::parse(Kind::Domain, "example.org").unwrap();
        Entry { id: EntryId(account.unwrap_or(0)), side, what, account }
    };
    let all = Arc::new(Lists::compile(vec![of(Side::Accept, None), of(Side::Block, Some(7))]));
    for (account, want) in [(7, Side::Block), (8, Side::Accept)] {
        let lists = AccountLists { lists: Arc::clone(&all), account, do_excuse_forged: false };
        let raw = "From: x@example.org\n\nx\n";
        assert_eq!(look(&lists, raw).decisive().unwrap().side, want, "{account}");
    }
}

#[test]
fn accepting_goes_by_the_only_author_and_by_nothing_that_is_filled_in_at_will() {
    let lists = lists(&[(Side::Accept, Kind::Address, "ann@example.org"), (Side::Accept, Kind::Domain, "example.com")]);
    for head in [
        "From: x@example.net\nReply-To: ann@example.org",
        "From: x@example.net\nSender: ann@example.org",
        "Return-Path: <y@example.com>\nFrom: x@example.net",
        "From: ann@example.org, x@example.net",
    ] {
        assert_eq!(look(&lists, &format!("{head}\n\nx\n")), Listed::default(), "{head}");
    }
}

#[test]
fn a_forged_sender_is_accepted_only_if_the_settings_say_so() {
    let lists = lists(&[(Side::Accept, Kind::Domain, "example.org"), (Side::Accept, Kind::Phrase, "good day")]);
    for (results, is_forged) in [
        ("dmarc=fail header.from=example.org", true),
        ("dkim=fail header.d=example.org; spf=none", true),
        ("spf=softfail smtp.mailfrom=x@example.org; dkim=pass header.d=nordhaven.example", true),
        ("spf=fail smtp.mailfrom=x@lists.example; dkim=pass header.d=mail.example.org", false),
        ("dkim=fail header.d=example.org; dkim=pass header.d=example.org", false),
        ("dkim=none; spf=none; dmarc=none", false),
        ("spf=pass smtp.mailfrom=x@service.example; dkim=pass header.d=service.example", false),
    ] {
        let raw =
            format!("Authentication-Results: mx.example.net; {results}\n{RECEIVED}From: ann@example.org\n\nHo ho.\n");
        let listed = look(&lists, &raw);
        assert_eq!((listed.forged.is_some(), listed.hits.is_empty()), (is_forged, is_forged), "{results}: {listed:?}");
        let trusting = AccountLists { do_excuse_forged: true, ..lists.clone() };
        assert!(look(&trusting, &raw).decisive().is_some(), "{results}");
        // What is accepted for what it says is accepted whoever sent it.
        let said = look(&lists, &raw.replace("Ho ho", "Good day"));
        assert_eq!(said.hits.len(), if is_forged { 1 } else { 2 }, "{results}");
    }
    // Anybody can write such a line before he hands the message in.
    let older = "Received: from a.example by mail.nordhaven.example; Tue, 14 Nov 2023 22:13:19 +0000\n";
    let below = "Authentication-Results: mx.example.net; dmarc=fail\nFrom: ann@example.org\n\nx\n";
    let raw = format!("{RECEIVED}{older}{below}");
    assert!(look(&lists, &raw).decisive().is_some());
    let raw = format!("Authentication-Results: mx.example.net; dmarc=fail\n{RECEIVED}From: ann@example.org\n\nx\n");
    let want = "it says it is from ann@example.org, but your provider found that example.org does not vouch for it, \
                so this does not count: you always accept mail from example.org";
    assert_eq!(look(&lists, &raw).forged.as_deref(), Some(want));
}

#[test]
fn entries_decide_whatever_the_points_are_and_everything_is_still_found() {
    let raw = "From: ann@example.org\nSubject: x\n\nYou will stand as the next of kin of my late client.\n";
    let config = Config::parse("[scores]\nFEE_NEXT_OF_KIN = 50").unwrap();
    let accept = lists(&[(Side::Accept, Kind::Address, "ann@example.org")]);
    let block = lists(&[(Side::Block, Kind::Domain, "example.org")]);
    for (lists, class, decided_by, words) in [
        (accept, Class::Ham, DecidedBy::Accepted(EntryId(1)), "You always accept mail from ann@example.org."),
        (block, Class::Spam, DecidedBy::Blocked(EntryId(1)), "You always block mail from example.org."),
    ] {
        let verdict = judge(&mail(raw.as_bytes(), lists), &Evidence::default(), &config);
        assert_eq!((verdict.class, verdict.decided_by), (class, decided_by));
        assert_eq!(reason(&verdict), words);
        assert!(verdict.findings.iter().any(|found| found.finding.symbol.name() == "FEE_NEXT_OF_KIN"));
        assert!(verdict.listed.iter().all(|hit| hit.is_followed));
        assert_eq!(verdict.listed.len(), 1);
    }
}

#[test]
fn an_entry_that_lost_is_not_followed() {
    let both = [(Side::Block, Kind::Domain, "example.org"), (Side::Accept, Kind::Address, "ann@example.org")];
    let verdict = judge(&mail(b"From: ann@example.org\n\nx\n", lists(&both)), &Evidence::default(), &Config::default());
    let hits: Vec<(i64, bool)> = verdict.listed.iter().map(|hit| (hit.entry.0, hit.is_followed)).collect();
    assert_eq!(hits, [(2, true), (1, false)]);
}

#[test]
fn a_check_that_is_off_has_no_lists() {
    let config = Config::parse("[checks]\nlisted = false").unwrap();
    let block = lists(&[(Side::Block, Kind::Domain, "example.org")]);
    let verdict = judge(&mail(b"From: ann@example.org\n\nx\n", block), &Evidence::default(), &config);
    assert_eq!(verdict.decided_by, DecidedBy::Score);
}

#[test]
fn hostile_text_costs_a_bounded_amount() {
    let mut entries = vec![(Side::Block, Kind::Phrase, "aaa a"), (Side::Block, Kind::Header, "X-A: *a*a*a*a*a*b")];
    entries.push((Side::Block, Kind::Regex, "(a+a+)+b\\1"));
    let raw =
        format!("X-A: {}\nFrom: x@{}example.org\n\n{}", "a".repeat(100_000), "a.".repeat(100), "a".repeat(300_000));
    assert_eq!(look(&lists(&entries), &raw), Listed::default());
}

/// The provider is example.net; it was handed in by mail.nordhaven.example.
const RECEIVED: &str = "Received: from mail.nordhaven.example (mail.nordhaven.example [203.0.113.5]) by mx.example.net \
                        with ESMTPS; Tue, 14 Nov 2023 22:13:20 +0000\n";

fn lists(entries: &[(Side, Kind, &str)]) -> AccountLists {
    let entry = |(id, (side, kind, value)): (i64, &(Side, Kind, &str))| Entry {
        id: EntryId(id),
        side: *side,
        what: What::parse(*kind, value).unwrap(),
        account: None,
    };
    let lists = Lists::compile((1..).zip(entries).map(entry).collect()).into();
    AccountLists { lists, account: 1, do_excuse_forged: false }
}

fn mail(raw: &[u8], lists: AccountLists) -> Mail<'_> {
    let provider = vec![Domain::parse("example.net").unwrap()];
    let account = AccountFacts { provider, lists, ..AccountFacts::default() };
    Mail::parse(raw, &Arrival { account, ..Arrival::default() })
}

fn look(lists: &AccountLists, raw: &str) -> Listed {
    lists.look(&mail(raw.as_bytes(), lists.clone()))
}
