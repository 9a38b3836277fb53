//! `cargo xtask demo` and `cargo xtask test`, the two commands of the README, and what measures and proves.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a chore talks to the person at the terminal")]

mod date;
mod demo;
mod fuzz;
mod learn;
mod letters;
mod load;
mod made_of;
mod report;

use std::{
    io,
    path::PathBuf,
    process::{Command, ExitCode},
    str::FromStr,
};

use anyhow::{Context as _, Result, bail, ensure};
use xtask::{
    package, packages, parity,
    peers::{self, Corpus},
    stop,
};

use crate::{demo::Demo, learn::Learn, load::Load};

const USAGE: &str = "\
The chores of Tamis

cargo xtask demo [--headless] [--corpus INDEX] [--train INDEX]
    Runs Tamis for real: a private mail server on this machine, the demo mail, the agent, the window.
    --headless       No window: wait until all mail is judged, print a table, and leave with 0 if every
                     message is where its verdict says.
    --corpus INDEX   Deliver this mail instead. INDEX has lines `ham|spam PATH`, paths relative to it.
    --train INDEX    Teach the agent this mail first.
    Example: cargo xtask demo --headless

cargo xtask load [--accounts N] [--messages M] [--deliveries D] [--corpus INDEX] [--usual-rate]
    Measures the agent with N accounts (10) of M messages (20000) each on a private mail server: the first
    contact, a look at all that mail, and how long D pieces of spam (200) take to be in Junk, meanwhile and
    at rest. It takes about 5 KB on the disk for each of the M messages.
    --corpus INDEX   Every second message is one of these.
    --usual-rate     Look at older mail as slowly as people have it, not as fast as it goes.
    Example: cargo xtask load --accounts 1 --messages 20000

cargo xtask learn [--messages M] [--corpus INDEX]
    Measures learning from the mail that is there: one account of M messages (20000) on a private mail server, of
    which every fourth lies in Junk.
    --corpus INDEX   Every second message is one of these, in the folder that its label says.
    Example: cargo xtask learn --messages 20000

cargo xtask test
    Installs what the tests need and runs every test.

cargo xtask peers --corpus INDEX [--corpus INDEX]... [--shuffles N] [--keep DIR]
    Measures Tamis beside bogofilter and crm114 on labelled mail, by the rules of the TREC spam track: each
    message is judged, and then learned with its label. Prints a line for every run, each measure of Tamis
    against the best peer's, and speed and memory beside bogofilter's. The peers are downloaded from Debian
    and not installed. On two processors a thousand messages take about two minutes.
    --corpus INDEX   The mail, in the order in which it arrived. Several are measured one after the other.
    --shuffles N     How many shuffles of it besides: 5 unless written. They are the same on every machine.
    --keep DIR       Leave there what every run said of each message: lines `LABEL CLASS SCORE PATH`.
    Example: cargo xtask peers --corpus mail/index --keep results

cargo xtask parity --corpus INDEX [--corpus INDEX]... [--rules PATH] [--rows N] [--show RULE] [--json] [--out FILE]
    Holds our reading of SpamAssassin's rules against SpamAssassin itself, which must be installed: which rule
    hits which message, sub-rules too, and with which score. What SpamAssassin says is kept below the target
    folder; the first time takes a tenth of a second for a message. Leaves with 0 if of all hits of either 99.5 %
    are hits of both, and the scores of 99 % of the messages are the same.
    --rules PATH     A folder of rule files, or one: those of Debian's SpamAssassin unless written.
    --rows N         How many rules that differ are listed: 40 unless written.
    --show RULE      List the messages that this rule hits for one alone.
    --json           One object instead of tables.
    --out FILE       Leave the same in a file.
    Example: cargo xtask parity --corpus mail/index --show SUBJ_ALL_CAPS

cargo xtask fuzz parse|messages|rules [--minutes N] [--seed N] [--corpus INDEX]...
    Looks for input that makes the engine panic, takes over a second of CPU or over a gigabyte: changes mail (parse:
    judged; messages: under all rules) or rule files, guided by what each change reaches. Names the inputs that
    did, and leaves with 1. Needs cargo-fuzz.
    --minutes N      How long: 10 unless written.
    --seed N         Which random numbers: 1 unless written.
    --corpus INDEX   Begin with this mail, too, not only with the demo's.
    Example: cargo xtask fuzz rules --minutes 30

cargo xtask package deb [--profile NAME] [--out DIR]
    Builds the package for Debian, prints where it is, and what lintian says of it; leaves with 0 if there are no errors.
    --profile NAME   How the programs are built: `dist` unless written, which takes long and leaves no path of this
                     machine in them. `release` and `dev` take what is built already.
    --out DIR        Where the package goes: `packages` in the target folder unless written.
    Example: cargo xtask package deb --profile release

cargo xtask package test [--profile NAME]
    Builds it, then does with it what a person does, on a clean Debian 12 that it unpacks and boots in a corner of this
    machine: installs it, logs in as a new user, adds an account by its address and password, logs in again, gets junk
    filed, opens the window, installs a newer version, removes it and installs it again. Prints each step. It needs root,
    about 1 GB on the disk, and Debian's packages the first time.
    Example: cargo xtask package test --profile dev

cargo xtask package check
    Has the recipes for other systems, and what desktops read, checked by the tools that Debian has for them.

cargo xtask faults [--seed N] [--runs N]
    Proves that nothing is ever lost: plays a session of fifty messages again and again, and each time
    something else goes wrong: the connection is cut, stalls, or carries other bytes than were sent, and
    the agent is killed. Prints how often anything was lost, there twice, or in the wrong folder.
    --seed N         Which moments and bytes; the same for the same number.
    --runs N         How many runs with a fault at a random byte, how many with other bytes in a command, and
                     how many with a kill: 200 unless written. The cuts before every command that changes
                     something and every answer come on top, over a thousand.
    Example: cargo xtask faults --seed 7

cargo xtask licences [--out FILE]
    Writes the licences of all that is in the programs, with their texts, where the window and the agent find them.
    --out FILE       Write them as plain text there instead, as packages have them (THIRD_PARTY.txt).

cargo xtask sbom [--out FILE]
    Says what is in the programs, as a bill of materials in CycloneDX.
    --out FILE       Leave it there instead.

cargo xtask deny [--advisories DIR]
    Holds all crates against deny.toml with cargo-deny: licences, versions, sources. The first time builds cargo-deny.
    --advisories DIR Known faults of crates, too; DIR is a clone of the RustSec advisory database.

cargo xtask guide
    Makes the guide a book in target/guide. The first time builds mdBook.

cargo xtask reproduce [--profile NAME]
    Builds the agent twice in different folders and compares the programs. Takes as long as two builds from nothing.
    --profile NAME   release unless written.
";

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(1)
        }
    }
}

fn run() -> Result<ExitCode> {
    ctrlc::set_handler(stop::ask).context("cannot listen for Ctrl-C")?;
    let mut words = std::env::args().skip(1);
    match words.next().as_deref() {
        Some("demo") => demo::run(&demo_options(words)?),
        Some("load") => {
            let (load, corpus) = load_options(words)?;
            let mail = corpus.as_deref().map(demo::read_index).transpose()?.unwrap_or_default();
            load::run(&load, &mail.into_iter().map(|mail| mail.raw).collect::<Vec<_>>())
        }
        Some("learn") => learn::run(&learn_options(words)?),
        Some("peers") => {
            let options = peers_options(words)?;
            let agent = demo::build(true)?.join("tamis-agent");
            peers::run(&options, &agent, &mut io::stdout().lock())?;
            Ok(ExitCode::SUCCESS)
        }
        Some("parity") => {
            let is_alike = parity::run(&parity_options(words)?, &mut io::stdout().lock())?;
            Ok(ExitCode::from(u8::from(!is_alike)))
        }
        Some("package") => {
            package::run(&package::options(words)?, &mut io::stdout().lock())?;
            Ok(ExitCode::SUCCESS)
        }
        Some("fuzz") => fuzz::run(&fuzz::options(words)?),
        Some("test") => test(),
        Some("faults") => faults(words),
        Some(chore @ ("licences" | "sbom" | "deny" | "guide" | "reproduce")) => made_of::run(chore, words),
        Some("--help" | "-h" | "help") => {
            print!("{USAGE}");
            Ok(ExitCode::SUCCESS)
        }
        Some(other) => Ok(usage(&format!("there is no chore `{other}`"))),
        None => Ok(usage("which chore?")),
    }
}

fn usage(what: &str) -> ExitCode {
    eprintln!("error: {what}\n\n{USAGE}");
    ExitCode::from(2)
}

fn demo_options(mut words: impl Iterator<Item = String>) -> Result<Demo> {
    let mut demo = Demo::default();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--headless" => demo.is_headless = true,
            "--corpus" => demo.corpus = Some(path(&mut words, "--corpus")?),
            "--train" => demo.train = Some(path(&mut words, "--train")?),
            other => bail!("`{other}` is no option of demo; see cargo xtask --help"),
        }
    }
    Ok(demo)
}

fn load_options(mut words: impl Iterator<Item = String>) -> Result<(Load, Option<PathBuf>)> {
    let (mut load, mut corpus) = (Load::default(), None);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--accounts" => load.accounts = number(&mut words, "--accounts")?,
            "--messages" => load.messages = number(&mut words, "--messages")?,
            "--deliveries" => load.deliveries = number(&mut words, "--deliveries")?,
            "--usual-rate" => load.is_unlimited = false,
            "--corpus" => corpus = Some(path(&mut words, "--corpus")?),
            other => bail!("`{other}` is no option of load; see cargo xtask --help"),
        }
    }
    ensure!(load.accounts != 0, "--accounts must be at least 1");
    Ok((load, corpus))
}

fn learn_options(mut words: impl Iterator<Item = String>) -> Result<Learn> {
    let mut learn = Learn::default();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--messages" => learn.messages = number(&mut words, "--messages")?,
            "--corpus" => learn.corpus = demo::read_index(&path(&mut words, "--corpus")?)?,
            other => bail!("`{other}` is no option of learn; see cargo xtask --help"),
        }
    }
    Ok(learn)
}

fn peers_options(mut words: impl Iterator<Item = String>) -> Result<peers::Options> {
    let mut options = peers::Options::default();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--corpus" => options.corpora.push(Corpus::read(&path(&mut words, "--corpus")?)?),
            "--shuffles" => options.shuffles = number(&mut words, "--shuffles")?,
            "--keep" => options.keep = Some(words.next().map(PathBuf::from).context("--keep needs a folder")?),
            other => bail!("`{other}` is no option of peers; see cargo xtask --help"),
        }
    }
    ensure!(!options.corpora.is_empty(), "peers needs mail to judge: --corpus INDEX");
    Ok(options)
}

fn parity_options(mut words: impl Iterator<Item = String>) -> Result<parity::Options> {
    let mut options = parity::Options::default();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--corpus" => options.corpora.push(path(&mut words, "--corpus")?),
            "--rules" => options.rules = path(&mut words, "--rules")?,
            "--rows" => options.rows = number(&mut words, "--rows")?,
            "--show" => options.show = Some(words.next().context("--show needs the name of a rule")?),
            "--json" => options.is_json = true,
            "--out" => options.out = Some(path(&mut words, "--out")?),
            other => bail!("`{other}` is no option of parity; see cargo xtask --help"),
        }
    }
    ensure!(!options.corpora.is_empty(), "parity needs mail: --corpus INDEX");
    Ok(options)
}

fn number<N: FromStr>(words: &mut impl Iterator<Item = String>, option: &str) -> Result<N> {
    words.next().and_then(|word| word.parse().ok()).with_context(|| format!("{option} needs a number"))
}

fn path(words: &mut impl Iterator<Item = String>, option: &str) -> Result<PathBuf> {
    words.next().map(PathBuf::from).with_context(|| format!("{option} needs a file"))
}

fn test() -> Result<ExitCode> {
    let wanted = [
        packages::MAIL_SERVER,
        packages::SMTP_SERVER,
        packages::BUS,
        packages::WINDOW,
        packages::SCREEN,
        packages::READER,
        packages::KEYRING,
        packages::NAME_SERVERS,
        packages::SIGNING,
        packages::LOGIN,
        packages::VIRUS_SCANNER,
        packages::FINGERPRINTS,
    ]
    .concat();
    packages::ensure(&wanted)?;
    // A Node from elsewhere brings its npm with it, and Debian's would not go beside it.
    if !packages::is_command("npm") {
        packages::ensure(packages::TOKEN_SERVER)?;
    }
    packages::unpacked("cyrus", packages::CYRUS)?;
    packages::unpacked("peers", packages::PEERS)?;
    // The tests of the whole start the real programs, so these must be there and current.
    cargo(&["build", "--workspace", "--bins", "--locked"])?;
    cargo(&["test", "--workspace", "--locked"])?;
    Ok(ExitCode::SUCCESS)
}

fn faults(mut words: impl Iterator<Item = String>) -> Result<ExitCode> {
    let mut cargo = Command::new("cargo");
    while let Some(word) = words.next() {
        let variable = match word.as_str() {
            "--seed" => "TAMIS_FAULTS_SEED",
            "--runs" => "TAMIS_FAULTS_RUNS",
            other => bail!("`{other}` is no option of faults; see cargo xtask --help"),
        };
        let number = words.next().and_then(|word| word.parse::<u64>().ok());
        cargo.env(variable, number.with_context(|| format!("{word} needs a number"))?.to_string());
    }
    packages::ensure(packages::MAIL_SERVER)?;
    let build = Command::new("cargo").args(["build", "--package", "tamis-agent", "--locked"]).status();
    let proof = ["test", "--package", "tamis-tests", "--test", "faults", "--locked", "--"];
    cargo.args(proof).args(["the_whole_proof", "--ignored", "--nocapture"]);
    if !build.context("cannot run cargo")?.success() || !cargo.status().context("cannot run cargo")?.success() {
        return Ok(ExitCode::from(1));
    }
    Ok(ExitCode::SUCCESS)
}

fn cargo(words: &[&str]) -> Result<()> {
    let status = Command::new("cargo").args(words).status().context("cannot run cargo")?;
    if !status.success() {
        bail!("`cargo {}` failed", words.join(" "));
    }
    Ok(())
}
