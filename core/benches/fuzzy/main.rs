//! How well texts are known again in other dresses, how often texts are alike by chance, and what that costs.
//!
//! ```text
//! cargo bench -p tamis-core --bench fuzzy -- INDEX...
//! ```
//!
//! INDEX has lines `ham PATH` or `spam PATH`, paths relative to it. Of all spam 200 messages are drawn and dressed anew;
//! all ham is compared with all ham and with all spam. Two texts that are alike and have no six words in a row in common
//! are alike by chance.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench prints what it measured")]
#![expect(clippy::disallowed_methods, reason = "the bench does the reading for core, which does none")]

mod dress;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use anyhow::{Context as _, Result, ensure};
use tamis_core::{
    Arrival, Mail,
    fuzzy::{Print, Sketch},
};

use dress::{Chance, Dress, dressed};

/// So many messages are drawn.
const DRAWN: usize = 200;

/// So many words in a row are a passage.
const PASSAGE: usize = 6;

/// So many prints are looked through, which is about what the agent keeps.
const KEPT: usize = 7000;

struct Message {
    is_spam: bool,
    text: String,
    print: Print,
}

fn main() -> ExitCode {
    match bench() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn bench() -> Result<()> {
    // Cargo tells every bench that it is one.
    let mut indexes: Vec<PathBuf> =
        std::env::args_os().skip(1).filter(|word| word != "--bench").map(PathBuf::from).collect();
    if indexes.is_empty() {
        indexes.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/demo/demo.index"));
    }
    let mut messages = Vec::new();
    for index in &indexes {
        read(index, &mut messages)?;
    }
    let (spam, ham): (Vec<Message>, Vec<Message>) = messages.into_iter().partition(|message| message.is_spam);
    ensure!(!spam.is_empty(), "there is no spam in it");
    println!("{} spam, {} ham", spam.len(), ham.len());
    known_again(&spam);
    by_chance(&ham, &spam);
    costs(&ham, &spam);
    Ok(())
}

fn read(index: &Path, messages: &mut Vec<Message>) -> Result<()> {
    let folder = index.parent().unwrap_or(Path::new(""));
    let lines = fs::read_to_string(index).with_context(|| format!("cannot read {}", index.display()))?;
    for line in lines.lines().filter(|line| !line.trim().is_empty()) {
        let (label, path) = line.split_once(' ').with_context(|| format!("no label: {line}"))?;
        let raw = fs::read(folder.join(path)).with_context(|| format!("cannot read {path}"))?;
        let mail = Mail::parse(&raw, &Arrival::default());
        let text = tamis_core::fuzzy::shown(&mail).unwrap_or_default();
        messages.push(Message { is_spam: label == "spam", print: Print::of(&mail), text });
    }
    Ok(())
}

fn known_again(spam: &[Message]) {
    let mut chance = Chance::new(1);
    let others: Vec<String> = spam.iter().flat_map(|message| words(&message.text).take(50)).collect();
    let mut order: Vec<usize> = (0..spam.len()).collect();
    for at in (1..order.len()).rev() {
        order.swap(at, chance.below(at + 1));
    }
    let drawn: Vec<&Message> = order.iter().take(DRAWN).filter_map(|at| spam.get(*at)).collect();
    let with_text = drawn.iter().filter(|message| message.print.text.is_some()).count();
    println!("{} messages drawn, {with_text} of them with enough text", drawn.len());
    for dress in Dress::EACH {
        let known = drawn.iter().filter(|message| {
            let other = Sketch::of(&dressed(&message.text, dress, &others, &mut chance));
            matches!((&message.print.text, &other), (Some(ours), Some(theirs)) if ours.likeness(theirs).is_alike())
        });
        let known = known.count();
        println!("{dress:?}: {known} known again ({:.1} %)", share(known, drawn.len()));
    }
}

fn by_chance(ham: &[Message], spam: &[Message]) {
    let (mut pairs, mut alike, mut chance) = (0_usize, 0, 0);
    for (at, one) in ham.iter().enumerate() {
        for other in ham.iter().skip(at + 1) {
            pairs += 1;
            if one.print.alike(&other.print).is_text {
                alike += 1;
                chance += usize::from(!share_a_passage(&one.text, &other.text));
            }
        }
    }
    println!("{pairs} pairs of ham: {alike} alike, {chance} of them by chance");
    let (mut struck, mut chance) = (0, 0);
    for one in ham {
        let kin: Vec<&Message> = spam.iter().filter(|other| one.print.alike(&other.print).is_text).collect();
        struck += usize::from(!kin.is_empty());
        chance += usize::from(kin.iter().any(|other| !share_a_passage(&one.text, &other.text)));
    }
    println!("{struck} of {} ham alike to any spam, {chance} by chance", ham.len());
    let files = ham.iter().filter(|one| spam.iter().any(|other| one.print.alike(&other.print).is_file)).count();
    let links = ham.iter().filter(|one| spam.iter().any(|other| one.print.alike(&other.print).is_links)).count();
    println!("{files} ham share a file with any spam, {links} all links");
}

fn costs(ham: &[Message], spam: &[Message]) {
    let all: Vec<&Message> = ham.iter().chain(spam).collect();
    let begun = Instant::now();
    let made = all.iter().filter(|message| Sketch::of(&message.text).is_some()).count();
    println!("a sketch takes {:.3} ms ({made} made)", millis(begun, all.len()));
    let kept: Vec<&Print> = all.iter().cycle().take(KEPT).map(|message| &message.print).collect();
    let asked: Vec<&&Message> = all.iter().take(500).collect();
    let begun = Instant::now();
    let found: usize =
        asked.iter().map(|message| kept.iter().filter(|print| message.print.alike(print).is_any()).count()).sum();
    println!("to look through {KEPT} prints takes {:.3} ms ({found} found)", millis(begun, asked.len()));
}

#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64 * 100.0
}

#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn millis(begun: Instant, count: usize) -> f64 {
    begun.elapsed().as_secs_f64() * 1000.0 / count as f64
}

/// Words that tell something, in lower case.
fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphabetic()).filter(|word| 4 <= word.chars().count()).map(str::to_lowercase)
}

fn share_a_passage(one: &str, other: &str) -> bool {
    let all = |text: &str| -> Vec<String> {
        text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
    };
    let (one, other) = (all(one), all(other));
    let passages: BTreeSet<&[String]> = one.windows(PASSAGE).collect();
    other.windows(PASSAGE).any(|passage| passages.contains(passage))
}
