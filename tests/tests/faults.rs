//! Nothing is ever lost: sessions in which something goes wrong, at every command and at many bytes.
//!
//! What runs with all other tests is small and always the same. `cargo xtask faults` plays the large session again and
//! again, and prints a table.

#![expect(clippy::print_stdout, reason = "the tables are for whoever runs it")]

use std::{env, time::Instant};

use anyhow::{Context as _, Result, ensure};
use tamis_tests::faults::{
    Dice, Extent, Fault, Harm, Place,
    scene::{Report, Script, server},
    tally::Tally,
};
use xtask::server::Server;

/// What is random in the small proof, unless another number is in [`SEED_NAME`]. Any would do.
const SEED: u64 = 1907;
const SEED_NAME: &str = "TAMIS_FAULTS_SEED";

/// What these runs are counted as: a byte of a command is worth more trouble than one of a message.
const IN_COMMANDS: &str = "other bytes in a command";

#[test]
fn cut_at_every_command_and_every_answer_of_a_session_nothing_is_lost() -> Result<()> {
    let (server, script) = (server()?, Script::small()?);
    let session = sound(&server, &script)?;
    let mut tally = Tally::default();
    // Before a command that changes nothing all is as it was behind the answer before.
    let changing: Vec<u64> = session.changing.iter().map(|(number, _)| *number).collect();
    at_every_command(&mut tally, &server, (&script, &changing, session.extent.answers))?;
    clean(&tally)
}

#[test]
fn whatever_happens_to_the_wire_nothing_is_lost() -> Result<()> {
    let (server, script) = (server()?, Script::small()?);
    let session = sound(&server, &script)?;
    let mut tally = Tally::default();
    let seed = number(SEED_NAME, SEED)?;
    tally.play(&server, &script, (None, &at_bytes(seed, session.extent, 7 * 9)))?;
    tally.play(&server, &script, (Some(IN_COMMANDS), &in_commands(seed, &session.changing, 21)))?;
    clean(&tally)
}

#[test]
fn killed_at_any_moment_nothing_is_lost() -> Result<()> {
    let (server, script) = (server()?, Script::small()?);
    let extent = sound(&server, &script)?.extent;
    let mut tally = Tally::default();
    tally.play(&server, &script, (None, &kills(SEED, extent, 12)))?;
    clean(&tally)
}

/// The whole proof: `cargo xtask faults`.
#[test]
#[ignore = "it takes half an hour"]
fn the_whole_proof() -> Result<()> {
    let (seed, runs) = (number(SEED_NAME, SEED)?, number("TAMIS_FAULTS_RUNS", 200)?);
    let (server, script) = (server()?, Script::large()?);
    let Report { extent, changing, .. } = sound(&server, &script)?;
    let start = Instant::now();
    let mut tally = Tally::default();
    tally.play(&server, &script, (None, &at_bytes(seed, extent, runs)))?;
    tally.play(&server, &script, (Some(IN_COMMANDS), &in_commands(seed, &changing, runs)))?;
    println!("{tally}");
    tally.play(&server, &script, (None, &kills(seed, extent, runs)))?;
    println!("{tally}");
    let commands: Vec<u64> = (1..=extent.commands).collect();
    at_every_command(&mut tally, &server, (&script, &commands, extent.answers))?;
    println!("seed {seed}, {} letters, {extent:?}, {:?}", script.entries.len(), start.elapsed());
    clean(&tally)
}

fn number(name: &str, usual: u64) -> Result<u64> {
    match env::var(name) {
        Ok(text) => text.parse().with_context(|| format!("{name} must be a number")),
        Err(_) => Ok(usual),
    }
}

/// A session in which nothing goes wrong, which says how long it is.
fn sound(server: &Server, script: &Script) -> Result<Report> {
    let report = script.play(server, &[])?;
    ensure!(report.findings.is_empty(), "nothing went wrong, and yet:\n{}{}", report.findings, report.log);
    Ok(report)
}

/// Cuts before each of these commands, and before every answer.
fn at_every_command(
    tally: &mut Tally,
    server: &Server,
    (script, commands, answers): (&Script, &[u64], u64),
) -> Result<()> {
    let cut = |place| vec![Fault { harm: Harm::Cut, place }];
    let runs: Vec<_> = commands.iter().map(|number| cut(Place::BeforeCommand(*number))).collect();
    tally.play(server, script, (Some("cut before a command"), &runs))?;
    let runs: Vec<_> = (1..=answers).map(|number| cut(Place::BeforeAnswer(number))).collect();
    tally.play(server, script, (Some("cut before an answer"), &runs))
}

fn at_bytes(seed: u64, extent: Extent, runs: u64) -> Vec<Vec<Fault>> {
    let mut dice = Dice::new(seed);
    (0..runs).map(|turn| vec![Fault { harm: dice.harm(turn), place: dice.byte_of(extent) }]).collect()
}

/// Other bytes in the commands that change something: every other time in their numbers, which name a message.
fn in_commands(seed: u64, changing: &[(u64, String)], runs: u64) -> Vec<Vec<Fault>> {
    let mut dice = Dice::new(seed);
    let run = |turn: u64| {
        let chosen = usize::try_from(dice.below(u64::try_from(changing.len()).unwrap_or(0))).unwrap_or(0);
        let (number, line) = changing.get(chosen).cloned().unwrap_or_default();
        let is_of_interest = |(at, byte): (usize, &u8)| {
            let is_digit = byte.is_ascii_digit() && 4 < at;
            (turn.is_multiple_of(2) || is_digit).then_some(at)
        };
        let bytes: Vec<usize> = line.as_bytes().iter().enumerate().filter_map(is_of_interest).collect();
        let chosen = usize::try_from(dice.below(u64::try_from(bytes.len()).unwrap_or(0))).unwrap_or(0);
        let place = Place::InCommand(number, bytes.get(chosen).copied().unwrap_or(0));
        vec![Fault { harm: dice.harm(2 + turn / 2 % 3), place }]
    };
    (0..runs).map(run).collect()
}

/// Kills, every third of them followed by another soon after the new start.
fn kills(seed: u64, extent: Extent, runs: u64) -> Vec<Vec<Fault>> {
    let mut dice = Dice::new(seed);
    let run = |turn: u64| {
        let first = Fault { harm: dice.kill(), place: dice.byte_of(extent) };
        let Place::Byte(side, byte) = first.place else { return vec![first] };
        let second = Fault { harm: dice.kill(), place: Place::Byte(side, byte + 1 + dice.below(4_000)) };
        if turn % 3 == 2 { vec![first, second] } else { vec![first] }
    };
    (0..runs).map(run).collect()
}

fn clean(tally: &Tally) -> Result<()> {
    println!("{tally}");
    ensure!(tally.is_clean(), "{}\n{tally}", tally.faults.join("\n"));
    ensure!(0 < tally.struck(), "nothing went wrong at all");
    Ok(())
}
