//! What rules want to know, read from their arguments.

use super::*;
use crate::rules::eval::{argument::test, trial::directives};

fn need_of(function: &str, arguments: &[&str]) -> NetworkNeed {
    need(&test(function, arguments)).unwrap()
}

#[test]
fn lists_of_hosts_say_which_hosts() {
    let NetworkNeed::Dnsbl(list) = need_of("check_rbl", &["zen-lastexternal", "Zen.Example.org.", "127.0.0.2"]) else {
        panic!("it is a list of hosts")
    };
    assert_eq!((list.set.as_str(), list.zone.as_deref()), ("zen-lastexternal", Some("zen.example.org")));
    assert_eq!((list.relays, list.record), (RelayChoice::LastExternal, Record::A));
    assert!(list.subtest.as_ref().unwrap().is_met("127.0.0.2") && !list.subtest.unwrap().is_met("127.0.0.3"));
    for (set, relays) in [
        ("x", RelayChoice::All),
        ("x-notfirsthop", RelayChoice::NotFirstHop),
        ("x-firsttrusted", RelayChoice::FirstTrusted),
        ("x-untrusted", RelayChoice::Untrusted),
    ] {
        let NetworkNeed::Dnsbl(list) = need_of("check_rbl_sub", &[set, r"^127\.0\.\d+\.1$"]) else { panic!("{set}") };
        assert_eq!((list.relays, list.zone), (relays, None));
        assert!(list.subtest.unwrap().is_met("127.0.9.1"));
    }
    let NetworkNeed::Dnsbl(list) = need_of("check_rbl_txt", &["a", "b.example", "(?i:spamcop)"]) else {
        panic!("text")
    };
    assert!(list.record == Record::Txt && list.subtest.unwrap().is_met("listed by SpamCop"));
}

#[test]
fn lists_of_domains_say_where_domains_come_from() {
    let of = |function: &str, more: &[&str]| {
        let arguments = [&["set", "list.example."], more].concat();
        let NetworkNeed::Rhsbl(list) = need_of(function, &arguments) else { panic!("{function}") };
        list.of
    };
    assert_eq!(of("check_rbl_from_domain", &[]), RhsblOf::FromDomain);
    assert_eq!(of("check_rbl_envfrom", &[]), RhsblOf::EnvelopeFrom);
    assert_eq!(of("check_rbl_headers", &["127.0.0.4"]), RhsblOf::Headers(vec![]));
    let headers = RhsblOf::Headers(vec!["Reply-To".into(), "Resent-from".into()]);
    assert_eq!(of("check_rbl_headers", &["127.0.0.4", "Reply-To,Resent-from"]), headers);
}

#[test]
fn digests_have_their_defaults() {
    let NetworkNeed::HashBl(list) = need_of("check_hashbl_emails", &["ebl.example"]) else { panic!("digests") };
    assert_eq!((list.digest, list.most, list.zone.as_str(), list.record), (Digest::Sha1, 10, "ebl.example", Record::A));
    assert_eq!(list.options, ["notag", "noquote", "shuffle"]);
    assert!(list.subtest.is_met("127.0.0.9") && !list.subtest.is_met("10.0.0.1"));
    let arguments = ["wild.example/TXT", "md5/max=3/nodot", "Reply-To/body", "^x", "freemail"];
    let NetworkNeed::HashBl(list) = need_of("check_hashbl_emails", &arguments) else { panic!("digests") };
    assert_eq!((list.digest, list.most, list.record), (Digest::Md5, 3, Record::Txt));
    let headers = vec!["Reply-To".to_owned(), "body".to_owned()];
    assert_eq!(list.of, HashOf::Emails { headers, providers: Some("freemail".into()) });
    let text = HashOf::Text { expression: r"\b(x)".into(), is_raw: false };
    let NetworkNeed::HashBl(list) = need_of("check_hashbl_bodyre", &["a.example", "raw", r"\b(x)"]) else {
        panic!("text")
    };
    assert_eq!((list.of, list.digest), (text, Digest::Plain));
}

#[test]
fn who_vouches_is_told_apart() {
    assert_eq!(need_of("check_for_spf_helo_softfail", &[]), NetworkNeed::Spf(Spf::Helo(SpfResult::SoftFail)));
    assert_eq!(need_of("check_for_spf_pass", &[]), NetworkNeed::Spf(Spf::Sender(SpfResult::Pass)));
    let domains = vec!["linkedin.example".to_owned()];
    assert_eq!(
        need_of("check_dkim_valid", &["LinkedIn.example"]),
        NetworkNeed::Dkim { what: DkimWhat::Valid, domains: domains.clone() }
    );
    let practice = Adsp::Any;
    assert_eq!(need_of("check_dkim_adsp", &["*", "linkedin.example"]), NetworkNeed::Adsp { practice, domains });
    assert_eq!(need_of("check_dmarc_quarantine", &[]), NetworkNeed::Dmarc(DmarcPolicy::Quarantine));
    assert_eq!(need_of("check_arc_valid", &[]), NetworkNeed::Arc { is_valid: true });
    assert_eq!(need_of("check_for_def_dkim_whitelist_from", &[]), NetworkNeed::DkimWelcome { is_default: true });
}

#[test]
fn what_makes_no_sense_asks_nothing() {
    for (function, arguments) in [
        ("check_rbl", &["set"][..]),
        ("check_rbl", &["set", "."]),
        ("check_dkim_adsp", &["Q"]),
        ("check_hashbl_uris", &["a.example/MX"]),
        ("check_razor2_range", &["4", "x", "100"]),
        ("check_uridnsbl", &[]),
        ("html_test", &["x"]),
    ] {
        assert_eq!(need(&test(function, arguments)), None, "{function}");
    }
}

#[test]
fn lists_of_links_are_read_from_directives() {
    let lists = NetworkLists::read(&directives(&[
        "uridnsbl URIBL_SBL zen.example. TXT",
        "urirhssub URIBL_DBL dbl.example A 127.0.1.2",
        "urifullnsrhssub URIBL_NS ns.example A 0x10/0x10",
        "urirhsbl BROKEN",
        "uridnsbl_skip_domain b.example A.example",
        "clear_uridnsbl_skip_domain b.example",
        "rbl_headers EnvelopeFrom, Reply-To",
    ]));
    assert_eq!(lists.uris.len(), 3);
    assert_eq!(
        (lists.skipped, lists.headers),
        (vec!["a.example".into()], vec!["EnvelopeFrom".into(), "Reply-To".into()])
    );
    let of = |rule: &str| lists.uris.iter().find(|list| list.rule == rule).unwrap();
    assert_eq!((of("URIBL_SBL").kind, of("URIBL_SBL").record), (UriListKind::Addresses, Record::Txt));
    assert_eq!(of("URIBL_DBL").subtest, Some(Subtest::Is([127, 0, 1, 2].into())));
    assert_eq!(of("URIBL_NS").kind, UriListKind::NameServers);
}

#[test]
fn answers_are_tested_as_documented() {
    // The examples of Mail::SpamAssassin::Plugin::URIDNSBL.
    for (subtest, met, unmet) in [
        ("127.0.1.2", "127.0.1.2", "127.0.1.3"),
        ("127.0.1.20-127.0.1.39", "127.0.1.39", "127.0.1.40"),
        ("127.2.3.0/255.255.255.0", "127.2.3.9", "127.2.4.9"),
        ("0.0.0.16/0.0.0.16", "10.0.0.17", "10.0.0.32"),
        ("0x10/0x10", "10.0.0.16", "10.0.0.1"),
        ("16", "127.0.0.24", "10.0.0.16"),
        ("0x10", "127.0.0.16", "127.0.0.8"),
    ] {
        let subtest = Subtest::of_uri(subtest).unwrap();
        assert!(subtest.is_met(met) && !subtest.is_met(unmet), "{subtest:?}");
        assert!(!subtest.is_met("no address"));
    }
    assert_eq!(Subtest::of_uri("x"), None);
}

#[test]
fn free_questions_are_read() {
    let ask = AskDns::read(r"_AUTHORDOMAIN_.fresh.example. A /^127\.2\.0\.2$/").unwrap();
    assert_eq!((ask.template.as_str(), ask.tags()), ("_AUTHORDOMAIN_.fresh.example.", vec!["AUTHORDOMAIN"]));
    assert!(ask.subtest.unwrap().is_met("127.2.0.2"));
    let ask = AskDns::read("_dmarc._AUTHORDOMAIN_ TXT,spf 'v=DMARC1'").unwrap();
    assert_eq!((ask.tags(), ask.records.clone()), (vec!["AUTHORDOMAIN"], vec!["TXT".to_owned(), "SPF".to_owned()]));
    assert_eq!(ask.subtest, Some(Subtest::Exact("v=DMARC1".into())));
    let ask = AskDns::read("_HEADER(Reply-To:addr:domain)_.a.example").unwrap();
    assert_eq!((ask.tags(), ask.records.clone()), (vec!["HEADER(Reply-To:addr:domain)"], vec!["A".to_owned()]));
    assert_eq!(AskDns::read(""), None);
}
