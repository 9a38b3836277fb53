//! What is asked over DNS, of real servers (unbound and rbldnsd) and of ones that are slow, lie, or are not there.

use std::{
    collections::BTreeSet,
    net::Ipv4Addr,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use tamis_agent::{
    ask::{World, dns::Dns},
    gather::{Ask, gather},
};
use tamis_core::{
    Answer, Arrival, Config, Mail, Query, Verdict,
    dns::{DnsKind, DnsRecord},
    judge,
    mail::AccountFacts,
    plan,
};
use tamis_tests::{
    letter::Letter,
    names::{Reply, Scripted},
    world::{PATIENCE, World as WholeWorld},
};
use xtask::{
    dovecot::Options,
    names::{ListZone, NameServers},
};

/// From a host of the outside, with a sender and two links.
const LETTER: &str = "Received: from mail.one.example (mail.one.example [203.0.113.7]) by mx.example.org with ESMTPS; \
                      Tue, 14 Nov 2023 22:13:20 +0000\nFrom: kim@sender-one.com\nTo: robin@example.org\nSubject: Hello\n\n\
                      See https://www.link-one.com/a and http://198.51.100.9/b\n";

/// What is always on a list of addresses.
const TEST_ENTRY: &str = "127.0.0.2 :127.0.0.2:test\n";

/// Asks the world, and knows nothing by itself.
struct Asker<'a>(&'a World);

impl Ask for Asker<'_> {
    async fn ask(&self, query: &Query, mail: &Mail<'_>) -> Answer {
        if query.is_of_this_machine() { Answer::Absent } else { self.0.ask(query, mail).await }
    }
}

/// The verdict on a message under these settings.
async fn judged(world: &World, config: &Config, raw: &str) -> Verdict {
    let account = AccountFacts { asks: config.asks().clone(), ..AccountFacts::default() };
    let mut mail = Mail::parse(raw.as_bytes(), &Arrival { account, ..Arrival::default() });
    let plan = plan(&mail, config);
    let limit = Duration::from_secs(config.network().deadline_secs);
    let evidence = gather(&Asker(world), &plan, &mut mail, limit).await;
    judge(&mail, &evidence, config)
}

/// The symbols of lists that were raised.
fn of_lists(verdict: &Verdict) -> BTreeSet<String> {
    let names = verdict.findings.iter().map(|found| found.finding.symbol.to_string());
    let starts = ["RCVD_IN_", "URIBL_", "SENDER_IN_", "DNS_LIST_"];
    names.filter(|name| starts.iter().any(|start| name.starts_with(start))).collect()
}

fn settings(port: u16, more: &str) -> Result<Config> {
    let all_off =
        "[dns_lists]\nspamhaus_zen = false\nspamcop = false\nspamhaus_dbl = false\nsurbl = false\nuribl = false\n";
    Ok(Config::parse(&format!("[network]\nservers = [\"127.0.0.1:{port}\"]\n{all_off}{more}"))?)
}

fn of(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn dns(port: u16, more: &str) -> Result<std::sync::Arc<Dns>> {
    World::of(&settings(port, more)?).dns().context("nobody is to be asked")
}

fn addresses(ips: &[[u8; 4]]) -> Reply {
    Reply::Addresses(ips.iter().map(|ip| Ipv4Addr::from(*ip)).collect())
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table")]
async fn lists_of_every_kind_are_heard_and_each_code_means_what_its_operator_says() -> Result<()> {
    let entries = |codes: &[(u8, &str)]| {
        let lines = codes.iter().map(|(last, code)| format!("203.0.113.{last} :{code}:x\n"));
        TEST_ENTRY.to_owned() + &lines.collect::<String>()
    };
    let zen = entries(&[
        (2, "127.0.0.2"),
        (3, "127.0.0.3"),
        (4, "127.0.0.4"),
        (9, "127.0.0.9"),
        (10, "127.0.0.11"),
        (99, "127.0.0.99"),
    ]);
    let white = "203.0.113.2 :127.0.5.3:x\n203.0.113.3 :127.0.9.1:x\n";
    let domains = |test: &str, rest: &str| format!("{test}\n{rest}");
    let dbl = domains("dbltest.com :127.0.1.2:x", "link-one.com :127.0.1.4:x\nsender-one.com :127.0.1.2:x\n");
    let surbl = domains("test.surbl.org :127.0.0.254:x", "link-one.com :127.0.0.24:x\n9.100.51.198 :127.0.0.64:x\n");
    let lists = [
        ListZone { zone: "zen.spamhaus.org", kind: "ip4set", entries: &zen },
        ListZone { zone: "zen.spamhaus.org", kind: "ip6trie", entries: "2001:db8::/64 :127.0.0.2:x\n" },
        ListZone { zone: "list.dnswl.org", kind: "ip4set", entries: white },
        ListZone { zone: "dbl.spamhaus.org", kind: "dnset", entries: &dbl },
        ListZone { zone: "multi.surbl.org", kind: "dnset", entries: &surbl },
        ListZone { zone: "own.test", kind: "ip4set", entries: "203.0.113.7 :127.0.0.8:x\n" },
    ];
    let servers = NameServers::start(&[], &lists, &[])?;
    let chosen = "dnswl = true\n[[dns_list]]\nzone = \"own.test\"\npoints = 1.5\ncodes = [\"8\"]\n";
    let on = settings(servers.port, chosen)?;
    let text = format!(
        "[network]\nservers = [\"127.0.0.1:{}\"]\n[dns_lists]\nspamcop = false\nuribl = false\n{chosen}",
        servers.port
    );
    let config = Config::parse(&text)?;
    let world = World::of(&config);
    let linked = of(&["SENDER_IN_DBL", "URIBL_ABUSE_SURBL", "URIBL_DBL_PHISH", "URIBL_MW_SURBL", "URIBL_PH_SURBL"]);
    for (ip, want) in [
        ("203.0.113.2", &["RCVD_IN_SBL", "RCVD_IN_DNSWL_HI"][..]),
        ("203.0.113.3", &["RCVD_IN_SBL_CSS", "RCVD_IN_DNSWL_LOW"]),
        ("203.0.113.4", &["RCVD_IN_XBL"]),
        ("203.0.113.9", &["RCVD_IN_DROP"]),
        ("203.0.113.10", &["RCVD_IN_PBL"]),
        ("203.0.113.7", &["DNS_LIST_OWN_TEST"]),
        ("203.0.113.99", &[]),
        ("203.0.113.200", &[]),
        ("IPv6:2001:db8::25", &["RCVD_IN_SBL"]),
        ("IPv6:2001:db8:1::25", &[]),
        ("127.0.0.2", &[]),
    ] {
        let verdict = judged(&world, &config, &LETTER.replace("203.0.113.7", ip)).await;
        let want: BTreeSet<String> = of(want).union(&linked).cloned().collect();
        assert_eq!(of_lists(&verdict), want, "{ip}: {:#?}", verdict.asked);
    }
    let verdict = judged(&World::of(&on), &on, LETTER).await;
    assert_eq!(of_lists(&verdict), of(&["DNS_LIST_OWN_TEST"]), "only what is chosen is asked");
    let own =
        verdict.findings.iter().find(|found| found.finding.symbol.name() == "DNS_LIST_OWN_TEST").context("own")?;
    assert_eq!(own.score.thousandths(), 1_500);
    assert!(world.troubles().is_empty(), "{:?}", world.troubles());
    let verdict = judged(&world, &config, LETTER).await;
    let why = verdict.findings.iter().find(|found| found.finding.symbol.name() == "URIBL_DBL_PHISH").context("dbl")?;
    let page = "a link leads to link-one.com, which is on Spamhaus DBL: https://check.spamhaus.org/results/?query=link-one.com";
    assert_eq!(why.finding.why, page);
    Ok(())
}

#[tokio::test]
async fn a_list_that_refuses_or_has_everything_or_nothing_is_left_alone_and_that_is_said_once() -> Result<()> {
    for (entries, want) in [
        (":127.255.255.254:open resolver\n127.0.0.2\n203.0.113.0/24\n", "refuses to answer"),
        // It knows its test entry, and refuses only what is asked about mail.
        ("127.0.0.2 :127.0.0.2:x\n203.0.113.0/24 :127.255.255.255:too many\n", "refuses to answer"),
        (":127.0.0.2:gone\n0.0.0.0/1\n128.0.0.0/1\n", "says of everything that it is on it"),
        ("203.0.113.7 :127.0.0.2:x\n", "does not know what is always on it"),
        ("127.0.0.2 :127.0.0.2:x\n203.0.113.7 :198.51.100.1:x\n", "is answered for by somebody else on the way"),
    ] {
        let servers = NameServers::start(&[], &[ListZone { zone: "psbl.surriel.com", kind: "ip4set", entries }], &[])?;
        let config = settings(servers.port, "psbl = true\n")?;
        let world = World::of(&config);
        for _ in 0..2 {
            let verdict = judged(&world, &config, LETTER).await;
            assert_eq!(of_lists(&verdict), BTreeSet::new(), "{entries}");
            let of_list = "DNS: A of 7.113.0.203.psbl.surriel.com";
            let asked = verdict.asked.iter().find(|asked| asked.question == of_list).context("it was not asked")?;
            assert!(asked.answer.starts_with(&format!("no answer: the list {want}")), "{asked:?}");
        }
        let troubles = world.troubles();
        assert_eq!(troubles.len(), 1);
        let trouble = troubles.first().context("nothing is said")?;
        assert!(trouble.starts_with(&format!("The list PSBL {want}, and is left alone for a while. ")), "{trouble}");
        assert!(trouble.ends_with("switch it off (`psbl` below [dns_lists])."), "{trouble}");
        // Other settings do not make it forget.
        let same = settings(servers.port, "psbl = true\n[judge]\ntag = 2.5\n")?;
        assert_eq!(world.with(&same).troubles(), troubles);
    }
    Ok(())
}

#[tokio::test]
async fn a_name_server_that_answers_for_names_that_do_not_exist_convicts_nobody() -> Result<()> {
    let server = Scripted::start(Duration::ZERO, |_, _| addresses(&[[198, 51, 100, 1]]))?;
    let config = Config::parse(&server.settings())?;
    let world = World::of(&config);
    let verdict = judged(&world, &config, LETTER).await;
    assert_eq!(of_lists(&verdict), BTreeSet::new());
    assert_eq!(world.troubles().len(), 5);
    assert!(world.troubles().iter().all(|trouble| trouble.contains("answers for names that do not exist")));
    Ok(())
}

#[tokio::test]
async fn one_dead_list_does_not_silence_the_others() -> Result<()> {
    let lists = [ListZone {
        zone: "psbl.surriel.com",
        kind: "ip4set",
        entries: "127.0.0.2 :127.0.0.2:x\n203.0.113.7 :127.0.0.2:x\n",
    }];
    let servers = NameServers::start(&[], &lists, &["bl.spamcop.net"])?;
    let config = settings(servers.port, "psbl = true\nmailspike = false\nblocklist_de = false\n")?;
    let text = format!(
        "[network]\nservers = [\"127.0.0.1:{}\"]\n[dns_lists]\nspamhaus_zen = false\npsbl = true\n\
                        spamhaus_dbl = false\nsurbl = false\nuribl = false\n",
        servers.port
    );
    let both = Config::parse(&text)?;
    for config in [config, both] {
        let world = World::of(&config);
        let verdict = judged(&world, &config, LETTER).await;
        assert_eq!(of_lists(&verdict), of(&["RCVD_IN_PSBL"]), "{:#?}", verdict.asked);
        let is_asked = config.asks().lists().len() == 2;
        let troubles = world.troubles();
        assert_eq!(troubles.iter().any(|trouble| trouble.starts_with("The list SpamCop does not answer")), is_asked);
    }
    Ok(())
}

#[tokio::test]
async fn no_such_name_and_no_such_record_and_no_answer_are_three_things() -> Result<()> {
    let long: Vec<String> =
        (0..8).map(|part| format!("\"{}\"", char::from(b'a' + part).to_string().repeat(250))).collect();
    let long_record = format!("long.test. 300 IN TXT {}", long.join(" "));
    let records = [
        "one.test. 300 IN A 192.0.2.1",
        "six.test. 300 IN AAAA 2001:db8::1",
        "mail.test. 300 IN MX 10 MX.one.test.",
        "none.test. 300 IN MX 0 .",
        "text.test. 300 IN TXT \"v=spf1 \" \"-all\"",
        "7.113.0.203.in-addr.arpa. 300 IN PTR mail.one.test.",
        &long_record,
    ];
    let servers = NameServers::start(&records, &[], &["dead.test"])?;
    let dns = dns(servers.port, "")?;
    let exchange =
        |preference, host: &str| Answer::Records(vec![DnsRecord::Exchange { preference, host: host.to_owned() }]);
    for (name, kind, want) in [
        ("one.test", DnsKind::A, Answer::Records(vec![DnsRecord::Address("192.0.2.1".parse()?)])),
        ("ONE.test", DnsKind::Aaaa, Answer::Absent),
        ("six.test", DnsKind::Aaaa, Answer::Records(vec![DnsRecord::Address("2001:db8::1".parse()?)])),
        ("mail.test", DnsKind::Mx, exchange(10, "mx.one.test")),
        ("none.test", DnsKind::Mx, exchange(0, "")),
        ("text.test", DnsKind::Txt, Answer::Records(vec![DnsRecord::Text("v=spf1 -all".to_owned())])),
        ("7.113.0.203.in-addr.arpa", DnsKind::Ptr, Answer::Records(vec![DnsRecord::Host("mail.one.test".to_owned())])),
        ("nobody.test", DnsKind::A, Answer::NoName),
    ] {
        assert_eq!(dns.ask(name, kind).await, want, "{name}");
    }
    // It does not fit into a datagram, and comes by TCP.
    let whole: String = (0..8).map(|part| char::from(b'a' + part).to_string().repeat(250)).collect();
    assert_eq!(dns.ask("long.test", DnsKind::Txt).await, Answer::Records(vec![DnsRecord::Text(whole)]));
    let dead = dns.ask("x.dead.test", DnsKind::A).await;
    assert!(matches!(dead, Answer::Unknown(_)), "{dead:?}");
    for odd in ["", "a..b", "a b.test", "192.0.2.1"] {
        assert!(matches!(dns.ask(odd, DnsKind::A).await, Answer::Unknown(_)), "{odd}");
    }
    Ok(())
}

#[tokio::test]
async fn name_servers_can_be_asked_by_tls_and_https_and_only_if_they_are_who_they_should_be() -> Result<()> {
    let servers = NameServers::start(&["one.test. 300 IN A 192.0.2.1"], &[], &[])?;
    let want = Answer::Records(vec![DnsRecord::Address("192.0.2.1".parse()?)]);
    for (transport, port) in [("tls", servers.tls_port), ("https", servers.https_port)] {
        for (name, is_good) in [("localhost", true), ("dns.example.org", false)] {
            let text = format!(
                "[network]\nservers = [\"127.0.0.1:{port}\"]\ntransport = \"{transport}\"\nserver_name = \"{name}\"\nca_file = \"{}\"\n",
                servers.ca_file().display()
            );
            let dns = World::of(&Config::parse(&text)?).dns().context("nobody is asked")?;
            let answer = dns.ask("one.test", DnsKind::A).await;
            assert_eq!(answer == want, is_good, "{transport} {name}: {answer:?}");
            assert!(is_good || matches!(answer, Answer::Unknown(_)), "{answer:?}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn what_is_cut_off_comes_by_tcp_and_what_was_asked_is_not_asked_again() -> Result<()> {
    let server = Scripted::start(Duration::ZERO, |name, _| match name {
        "cut.example.com" => Reply::ByTcp(vec![Ipv4Addr::new(192, 0, 2, 7)]),
        "here.example.com" => addresses(&[[192, 0, 2, 1]]),
        "empty.example.com" => Reply::Nothing,
        "broken.example.com" => Reply::Failure,
        "closed.example.com" => Reply::Refusal,
        _ => Reply::NoName,
    })?;
    let dns = dns(server.port, "")?;
    let at = |ip: &str| Ok::<_, anyhow::Error>(Answer::Records(vec![DnsRecord::Address(ip.parse()?)]));
    for _ in 0..3 {
        assert_eq!(dns.ask("cut.example.com", DnsKind::A).await, at("192.0.2.7")?);
        assert_eq!(dns.ask("here.example.com", DnsKind::A).await, at("192.0.2.1")?);
        assert_eq!(dns.ask("empty.example.com", DnsKind::A).await, Answer::Absent);
        assert_eq!(dns.ask("gone.example.com", DnsKind::A).await, Answer::NoName);
    }
    let asked = server.asked();
    for (name, times) in [("here", 1), ("empty", 1), ("gone", 1), ("cut", 2)] {
        let count = asked.iter().filter(|line| **line == format!("A {name}.example.com")).count();
        assert_eq!(count, times, "{name}: {asked:?}");
    }
    for name in ["broken", "closed"] {
        let answer = dns.ask(&format!("{name}.example.com"), DnsKind::A).await;
        assert!(matches!(answer, Answer::Unknown(_)), "a failure is no answer: {answer:?}");
    }
    Ok(())
}

#[tokio::test]
async fn silent_name_servers_are_waited_for_once_and_then_left_alone() -> Result<()> {
    let server = Scripted::start(Duration::ZERO, |_, _| Reply::Silence)?;
    // What is only made ready once must not take up the time in which they are left alone.
    judged(&World::default(), &Config::parse("[network]\nenabled = false\n")?, LETTER).await;
    let config = Config::parse(&format!("{}deadline = \"3 seconds\"\n", server.settings()))?;
    let world = World::of(&config);
    let start = Instant::now();
    let verdict = judged(&world, &config, LETTER).await;
    ensure!(start.elapsed() < Duration::from_secs(20), "a message waits no longer than its deadline");
    assert_eq!(of_lists(&verdict), BTreeSet::new());
    assert!(!verdict.asked.is_empty() && verdict.asked.iter().all(|asked| asked.answer.starts_with("no answer: ")));
    // The next message does not wait for them again.
    let before = server.asked().len();
    let verdict = judged(&world, &config, LETTER).await;
    assert_eq!(server.asked().len(), before);
    assert!(verdict.asked.iter().all(|asked| asked.answer.contains("the name servers do not answer")));
    let troubles = world.troubles();
    assert!(matches!(&troubles[..], [one] if one.starts_with("What is asked over DNS is missing")), "{troubles:?}");
    Ok(())
}

#[tokio::test]
async fn who_is_not_to_be_asked_is_not_asked() -> Result<()> {
    let server = Scripted::start(Duration::ZERO, |_, _| Reply::NoName)?;
    let on = server.settings();
    let off =
        "[dns_lists]\nspamhaus_zen = false\nspamcop = false\nspamhaus_dbl = false\nsurbl = false\nuribl = false\n";
    let no_checks = "[checks]\ndns_lists = false\nhost_names = false\nreturn_address = false\n";
    for text in [format!("{on}enabled = false\n"), format!("{on}{off}{no_checks}"), format!("{on}{no_checks}")] {
        let config = Config::parse(&text)?;
        judged(&World::of(&config), &config, LETTER).await;
        assert_eq!(server.asked(), Vec::<String>::new(), "{text}");
    }
    for (check, of_it) in [("dns_lists", "spamhaus.org"), ("host_names", "in-addr.arpa"), ("return_address", "MX ")] {
        let config = Config::parse(&format!("{on}[checks]\n{check} = false\n"))?;
        let before = server.asked().len();
        judged(&World::of(&config), &config, LETTER).await;
        let asked = server.asked().split_off(before);
        assert!(!asked.is_empty() && asked.iter().all(|line| !line.contains(of_it)), "{check}: {asked:?}");
    }
    let config = Config::parse(&on)?;
    judged(&World::of(&config), &config, LETTER).await;
    assert!(!server.asked().is_empty(), "the server would have heard it");
    assert!(server.asked().iter().all(|line| !line.contains("example.org")), "the provider is not asked about");
    Ok(())
}

#[tokio::test]
async fn a_key_goes_into_the_question_and_nowhere_else() -> Result<()> {
    const KEY: &str = "k3ysecretk3y";
    let server = Scripted::start(Duration::ZERO, |name, _| match name {
        name if name.starts_with("2.0.0.127.") || name.starts_with("dbltest.com.") => addresses(&[[127, 0, 0, 2]]),
        name if name.starts_with("7.113.0.203.k3y") => addresses(&[[127, 0, 0, 4]]),
        name if name.starts_with("sender-one.com.k3y") => Reply::Failure,
        _ => Reply::NoName,
    })?;
    let command = "spamhaus_key_command = \"echo k3y'secret'k3y\"";
    let config = Config::parse(&format!("{}{command}\n", server.settings()))?;
    let world = World::of(&config);
    let verdict = judged(&world, &config, LETTER).await;
    assert_eq!(of_lists(&verdict), of(&["RCVD_IN_XBL"]));
    let asked = server.asked();
    assert!(asked.contains(&format!("A 7.113.0.203.{KEY}.zen.dq.spamhaus.net")), "{asked:?}");
    assert!(asked.contains(&format!("A link-one.com.{KEY}.dbl.dq.spamhaus.net")), "{asked:?}");
    assert!(asked.iter().all(|line| !line.contains("zen.spamhaus.org") && !line.contains("surbl.k3y")), "{asked:?}");
    assert!(!format!("{verdict:?} {world:?} {:?}", world.troubles()).contains(KEY));
    // A key that cannot be had is no reason to ask without one, which would be refused.
    let broken = Config::parse(&format!("{}spamhaus_key_command = \"exit 1\"\n", server.settings()))?;
    let before = server.asked().len();
    let verdict = judged(&World::of(&broken), &broken, LETTER).await;
    assert_eq!(of_lists(&verdict), BTreeSet::new());
    assert!(server.asked().split_off(before).iter().all(|line| !line.contains("spamhaus")));
    let told = verdict.asked.iter().find(|asked| asked.question.contains("zen.spamhaus.org")).context("zen")?;
    assert!(told.answer.starts_with("no answer: the key for Spamhaus cannot be read: "), "{told:?}");
    Ok(())
}

#[test]
fn a_list_files_what_it_knows_and_the_person_can_see_what_was_asked() -> Result<()> {
    let server = Scripted::start(Duration::ZERO, |name, _| match name {
        "2.0.0.127.zen.spamhaus.org" => addresses(&[[127, 0, 0, 2]]),
        "7.113.0.203.zen.spamhaus.org" => addresses(&[[127, 0, 0, 3], [127, 0, 0, 4]]),
        _ => Reply::NoName,
    })?;
    let mut world = WholeWorld::new(Options::default())?;
    world.agent.ask_by(&server.settings().replace("[network]\n", ""))?;
    world.agent.start()?;
    let mut letter = Letter::ham("listed")?;
    let route = "Received: from m.one.example (m.one.example [203.0.113.7]) by mx.example.org with ESMTPS; ";
    letter.raw = [format!("{route}Tue, 14 Nov 2023 22:13:20 +0000\r\n").as_bytes(), &letter.raw].concat();
    world.deliver(&letter)?;
    let junk = world.junk.clone();
    world.wait_for_place(&letter, &junk)?;
    ensure!(server.asked().contains(&"A 7.113.0.203.zen.spamhaus.org".to_owned()), "{:?}", server.asked());
    // The same by the command line, and not a word to anybody if it is not wanted.
    let file = world.agent.home().join("letter.eml");
    std::fs::write(&file, &letter.raw)?;
    let file = file.to_string_lossy();
    let text = world.agent.say(&["explain", &file])?;
    ensure!(text.contains("DNS: A of 7.113.0.203.zen.spamhaus.org: 127.0.0.3, 127.0.0.4"), "{text}");
    ensure!(text.contains("https://check.spamhaus.org/results/?query=203.0.113.7"), "{text}");
    let before = server.asked().len();
    // Its date is years ago: of many such at once nobody is asked.
    for words in [&["explain", "--no-network", &file][..], &["scan", "--no-network", &file], &["scan", &file]] {
        world.agent.say(words)?;
    }
    ensure!(server.asked().len() == before, "{:?}", server.asked().split_off(before));
    Ok(())
}

#[test]
fn with_every_server_dead_mail_is_filed_all_the_same_and_the_status_says_what_is_missing() -> Result<()> {
    let server = Scripted::start(Duration::ZERO, |_, _| Reply::Silence)?;
    let mut world = WholeWorld::new(Options::default())?;
    let settings = server.settings().replace("[network]\n", "");
    world.agent.ask_by(&format!("{settings}deadline = \"3 seconds\""))?;
    world.agent.start()?;
    let (ham, spam) = (Letter::ham("wanted")?, Letter::spam("unwanted")?);
    for letter in [&ham, &spam] {
        world.deliver(letter)?;
    }
    let junk = world.junk.clone();
    let took = world.wait_for_place(&spam, &junk)?;
    ensure!(took < Duration::from_mins(1), "two messages wait for two deadlines at the most: {took:?}");
    world.only_copy(&ham, "INBOX")?;
    let told = |status: &serde_json::Value| {
        let problems = status.get("problems")?.as_array()?;
        problems
            .iter()
            .any(|line| line.as_str().is_some_and(|line| line.contains("asked over DNS is missing")))
            .then_some(())
    };
    world.agent.wait_for("say that nobody answers", PATIENCE, told)?;
    Ok(())
}
