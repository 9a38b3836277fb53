//! How long messages wait for what is asked over DNS: 200 messages with 15 questions each, of which no two are the same, one
//! message after the other as the agent judges them.
//!
//! The name server is one of our own on loopback that takes 20 ms over each answer. Measured are parsing, planning and
//! asking; judging is the same with or without a network, and is left out.
//!
//! ```text
//! cargo bench -p tamis-tests --bench dns
//! ```

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench prints what it measured")]

use std::{
    net::Ipv4Addr,
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use tamis_agent::{
    ask::World,
    gather::{Ask, gather},
};
use tamis_core::{Answer, Arrival, Config, Evidence, Mail, Query, mail::AccountFacts, plan};
use tamis_tests::names::{Reply, Scripted};

const MESSAGES: u32 = 200;
const QUESTIONS: usize = 15;
const DELAY: Duration = Duration::from_millis(20);

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let server = Scripted::start(DELAY, |name, _| match name {
        name if name.starts_with("2.0.0.127.") || name.starts_with("dbltest.com.") || name.starts_with("test.") => {
            Reply::Addresses(vec![Ipv4Addr::new(127, 0, 0, 2)])
        }
        _ => Reply::NoName,
    })?;
    let config = Config::parse(&server.settings())?;
    let world = World::of(&config);
    for what in ["cold", "warm"] {
        let start = Instant::now();
        runtime.block_on(async {
            for number in 0..MESSAGES {
                let asked = asked(&world, &config, number).await.asked();
                ensure!(asked.len() == QUESTIONS, "{} questions: {asked:?}", asked.len());
                ensure!(asked.iter().all(|asked| !asked.answer.starts_with("no answer")), "{asked:?}");
            }
            Ok(())
        })?;
        let took = start.elapsed();
        let rate = f64::from(MESSAGES) / took.as_secs_f64();
        println!(
            "{what}: {MESSAGES} messages with {QUESTIONS} questions each in {took:.2?}, {rate:.0} messages a second"
        );
    }
    println!("the server was asked {} times", server.asked().len());
    let silent = Scripted::start(Duration::ZERO, |_, _| Reply::Silence)?;
    let config = Config::parse(&silent.settings())?;
    let world = World::of(&config);
    for what in ["the first message", "the next one"] {
        let start = Instant::now();
        runtime.block_on(asked(&world, &config, 0));
        println!("with every server silent, {what} waits {:.2?}", start.elapsed());
    }
    Ok(())
}

async fn asked(world: &World, config: &Config, number: u32) -> Evidence {
    let raw = format!(
        "Received: from mail.sender-{number}.com ([203.0.{}.{}]) by mx.example.org with ESMTPS; Tue, 14 Nov 2023 22:13:20 +0000\n\
         From: kim@sender-{number}.com\nTo: robin@example.org\nSubject: Hello\n\n\
         See https://link-{number}.com/a and https://other-{number}.net/b\n",
        113 + number / 200,
        1 + number % 200
    )
    .replace(&format!("mail.sender-{number}.com"), "mail");
    let account = AccountFacts { asks: config.asks().clone(), ..AccountFacts::default() };
    let mut mail = Mail::parse(raw.as_bytes(), &Arrival { account, ..Arrival::default() });
    let plan = plan(&mail, config).filter(|query| !query.is_of_this_machine());
    gather(&Asker(world), &plan, &mut mail, Duration::from_secs(config.network().deadline_secs)).await
}

struct Asker<'a>(&'a World);

impl Ask for Asker<'_> {
    async fn ask(&self, query: &Query, mail: &Mail<'_>) -> Answer {
        self.0.ask(query, mail).await
    }
}
