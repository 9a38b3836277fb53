//! What we make of signatures and of hosts is what another implementation makes of them, by a real name server.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail, ensure};
use tamis_agent::ask::World;
use tamis_core::{
    Answer, Arrival, Config, Mail, Query, UnixTime,
    mail::{AccountFacts, ArcState, Authentication, Dmarc, DmarcPolicy, Domain, SealState, SpfWord},
};
use xtask::{signer::Signer, zone::Zone};

/// Where a text is nothing but blanks, the library sees a line of it that is not there.
const KNOWN: [&str; 1] = ["blank-with-spaces"];

/// Asks who sent a message that has just come.
struct Asker {
    world: World,
    runtime: tokio::runtime::Runtime,
}

impl Asker {
    fn of(settings: &str) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let config = Config::parse(settings)?;
        Ok(Self { world: World::of(&config), runtime })
    }

    fn ask_as(&self, raw: &[u8], arrival: &Arrival) -> Result<Authentication> {
        let mail = Mail::parse(raw, arrival);
        let answer = self.runtime.block_on(self.world.ask(&Query::Authentication, &mail));
        let Answer::Authenticated(found) = answer else { bail!("{answer:?}") };
        Ok(*found)
    }

    fn ask(&self, raw: &[u8]) -> Result<Authentication> {
        self.ask_as(raw, &just_now()?)
    }
}

fn arrived(secs_ago: i64) -> Result<Arrival> {
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?;
    let provider = vec![Domain::parse("example.org").context("a domain")?];
    let account = AccountFacts { provider, ..AccountFacts::default() };
    Ok(Arrival { received_at: Some(UnixTime(now - secs_ago)), account, ..Arrival::default() })
}

fn just_now() -> Result<Arrival> {
    arrived(1)
}

fn zone_of(signer: &Signer, more: &[(&str, &str)]) -> Result<Zone> {
    let records = signer.records()?;
    let keys = records.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    Zone::start(keys.chain(more.iter().copied()))
}

#[test]
fn two_hundred_signed_and_altered_messages_are_to_us_what_they_are_to_another_implementation() -> Result<()> {
    let signer = Signer::new()?;
    let variants = signer.variants()?;
    ensure!(100 < variants.len(), "only {} variants", variants.len());
    let zone = zone_of(&signer, &[])?;
    let asker = Asker::of(&zone.settings())?;
    let mut wrong = Vec::new();
    let start = Instant::now();
    for variant in &variants {
        let found = asker.ask(&variant.raw)?;
        let is_valid = |state: &SealState| match state {
            SealState::Valid => true,
            // The other implementation does not say that the end of the text is not covered.
            SealState::ValidInPart => variant.name.starts_with("length"),
            SealState::TextChanged | SealState::HeadChanged | SealState::Unknown(_) => false,
        };
        let valid = found.signatures.iter().filter(|seal| is_valid(&seal.state));
        let mut valid: Vec<String> = valid.map(|seal| format!("{}/{}", seal.domain, seal.selector)).collect();
        valid.sort();
        let chain = match found.arc.as_ref().map(|arc| &arc.state) {
            None => "none",
            Some(ArcState::Valid) => "pass",
            Some(ArcState::Broken | ArcState::Unknown(_)) => "fail",
        };
        let is_alike = valid == variant.valid && chain == variant.chain;
        if is_alike == KNOWN.contains(&variant.name.as_str()) {
            wrong.push(format!(
                "{}: {:?} {}, not {valid:?} {chain}: {found:?}",
                variant.name, variant.valid, variant.chain
            ));
        }
    }
    println!("{} messages in {:?}", variants.len(), start.elapsed());
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

#[test]
fn what_cannot_be_told_of_a_signature_is_unknown_and_what_does_not_fit_is_wrong() -> Result<()> {
    let signer = Signer::new()?;
    let variants = signer.variants()?;
    let zone = zone_of(&signer, &[])?;
    let asker = Asker::of(&zone.settings())?;
    let state = |name: &str, arrival: &Arrival| {
        let variant = variants.iter().find(|variant| variant.name == name).with_context(|| name.to_owned())?;
        let found = asker.ask_as(&variant.raw, arrival)?;
        Ok::<_, anyhow::Error>(found.signatures.first().context("no signature")?.state.clone())
    };
    for name in ["run-out", "key-missing", "key-revoked"] {
        let state = state(name, &just_now()?)?;
        ensure!(matches!(state, SealState::Unknown(_)), "{name}: {state:?}");
    }
    assert_eq!(state("length", &just_now()?)?, SealState::Valid);
    assert_eq!(state("length-and-footer", &just_now()?)?, SealState::ValidInPart);
    assert_eq!(state("rsa-relaxed-relaxed-footer", &just_now()?)?, SealState::TextChanged);
    assert_eq!(state("rsa-relaxed-relaxed-subject", &just_now()?)?, SealState::HeadChanged);
    assert_eq!(state("rsa-relaxed-relaxed-second-author", &just_now()?)?, SealState::ValidInPart);
    // A year later the key may be another; what fits still fits.
    let last_year = arrived(365 * 86_400)?;
    let old = state("rsa-relaxed-relaxed-subject", &last_year)?;
    ensure!(matches!(old, SealState::Unknown(_)), "{old:?}");
    assert_eq!(state("rsa-relaxed-relaxed-whole", &last_year)?, SealState::Valid);
    // Of the beginning of a message nothing can be said.
    let beginning = Arrival { full_size: Some(5_000_000), ..just_now()? };
    let cut = state("rsa-relaxed-relaxed-whole", &beginning)?;
    ensure!(matches!(cut, SealState::Unknown(_)), "{cut:?}");
    Ok(())
}

/// A message as the provider at example.org took it from that host.
fn handed_in(host: &str, envelope: &str, older: &str, text: &str) -> String {
    format!(
        "Return-Path: <{envelope}>\r\nReceived: from m ({host}) by mx.example.org with ESMTPS; Tue, 14 Nov 2023 22:13:20 +0000\r\n\
         {older}{text}"
    )
}

const TEXT: &str = "From: Kim <kim@kim.example>\r\nTo: robin@example.org\r\nSubject: Notes\r\nDate: Tue, 14 Nov 2023 22:13:20 +0000\r\n\
                    Message-ID: <1@kim.example>\r\n\r\nHello Robin.\r\n";

#[test]
fn hosts_and_policies_are_read_from_the_hop_at_the_boundary() -> Result<()> {
    let signer = Signer::new()?;
    let zone = zone_of(
        &signer,
        &[
            ("kim.example", "v=spf1 ip4:192.0.2.0/24 include:lee.example -all"),
            ("lee.example", "v=spf1 ip4:198.51.100.0/25 ~all"),
            ("broken.example", "v=spf1 foo:bar"),
            ("_dmarc.kim.example", "v=DMARC1; p=reject; rua=mailto:x@kim.example"),
            ("_dmarc.lee.example", "v=DMARC1; p=quarantine"),
        ],
    )?;
    let asker = Asker::of(&zone.settings())?;
    let kim = "kim@kim.example";
    let older = "Received: from a (a.kim.example [192.0.2.9]) by m with ESMTPS; Tue, 14 Nov 2023 22:13:10 +0000\r\n";
    let refused = || Dmarc::Fail(DmarcPolicy::Reject);
    for (host, envelope, older, word, dmarc) in [
        ("m.kim.example [192.0.2.7]", kim, "", SpfWord::Pass, Dmarc::Pass),
        ("m.kim.example [192.0.2.7]", "bounce@mail.kim.example", "", SpfWord::None, refused()),
        ("m.lee.example [198.51.100.7]", kim, "", SpfWord::Pass, Dmarc::Pass),
        ("m.bot.example [203.0.113.7]", kim, "", SpfWord::Fail, refused()),
        ("m.bot.example [203.0.113.7]", kim, older, SpfWord::Fail, refused()),
        ("m.bot.example [203.0.113.7]", "x@lee.example", "", SpfWord::SoftFail, refused()),
        ("m.lee.example [198.51.100.7]", "x@lee.example", "", SpfWord::Pass, refused()),
        ("m.bot.example [203.0.113.7]", "x@broken.example", "", SpfWord::Neutral, refused()),
        ("m.bot.example [203.0.113.7]", "x@nothing.example", "", SpfWord::None, refused()),
    ] {
        let found = asker.ask(handed_in(host, envelope, older, TEXT).as_bytes())?;
        let spf = found.spf.context("a host was to be asked about")?;
        assert_eq!((&spf.word, &found.dmarc), (&word, &dmarc), "{host} {envelope}");
        // Whoever has the message from a host that may send has only handed it on.
        assert_eq!(spf.passed_before.is_some(), !older.is_empty(), "{host} {envelope}");
    }
    let signed = signer.sign(TEXT.as_bytes(), "kim.example")?;
    let relayed = handed_in("m.bot.example [203.0.113.7]", kim, "", &String::from_utf8(signed)?);
    assert_eq!(asker.ask(relayed.as_bytes())?.dmarc, Dmarc::Pass, "a signature outlives a forwarder");
    let no_envelope = handed_in("m.kim.example [192.0.2.7]", kim, "", TEXT).replace("Return-Path", "X-Path");
    assert_eq!(asker.ask(no_envelope.as_bytes())?.spf, None, "what the sender may have written is no envelope");
    let old =
        asker.ask_as(handed_in("m.bot.example [203.0.113.7]", kim, "", TEXT).as_bytes(), &arrived(30 * 86_400)?)?;
    ensure!(matches!(old.spf.map(|spf| spf.word), Some(SpfWord::Unknown(_))), "where it sent from then nobody knows");
    Ok(())
}

#[test]
fn a_name_server_that_is_gone_or_refuses_is_no_evidence() -> Result<()> {
    let signer = Signer::new()?;
    let signed = String::from_utf8(signer.sign(TEXT.as_bytes(), "kim.example")?)?;
    let raw = handed_in("m.bot.example [203.0.113.7]", "kim@kim.example", "", &signed);
    let zone = zone_of(&signer, &[])?;
    let settings = zone.settings();
    drop(zone);
    let asker = Asker::of(&settings)?;
    let found = asker.ask(raw.as_bytes())?;
    ensure!(matches!(found.spf.as_ref().map(|spf| &spf.word), Some(SpfWord::Unknown(_))), "{found:?}");
    ensure!(matches!(found.signatures.first().map(|seal| &seal.state), Some(SealState::Unknown(_))), "{found:?}");
    ensure!(matches!(found.dmarc, Dmarc::Unknown(_)), "{found:?}");
    Ok(())
}

#[test]
fn more_signatures_than_anybody_needs_are_not_looked_at() -> Result<()> {
    let signer = Signer::new()?;
    let zone = zone_of(&signer, &[])?;
    let asker = Asker::of(&zone.settings())?;
    let signed = signer.sign(TEXT.as_bytes(), "kim.example")?;
    for (more, want) in [(9, 10), (10, 0), (50_000, 0)] {
        let one = b"DKIM-Signature: v=1; a=rsa-sha256; d=eve.example; s=x; l=1; h=from; bh=AAAA; b=AAAA\r\n";
        let raw = [one.repeat(more), signed.clone()].concat();
        // What is not looked at is not known, and so no evidence of anything.
        let found = asker.ask(&raw).map_or(0, |found| found.signatures.len());
        assert_eq!(found, want, "{more} more");
    }
    Ok(())
}
