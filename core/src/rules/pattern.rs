//! Perl's regular expressions over bytes.
//!
//! ```text
//! text ─read→ tree ─┬→ literals   what a text must have in it, looked for before anything else
//!                   ├→ automaton  linear time; takes what the pattern takes, or more
//!                   └→ machine    tries way after way, as Perl does; only where the automaton takes more
//! ```

mod ahead;
mod automaton;
mod bytes;
mod common;
mod exists;
mod heads;
mod literals;
mod machine;
mod once;
mod read;
mod sieve;
mod start;
mod step;
mod strand;
mod tail;
#[cfg(test)]
mod tests;
mod tree;
mod walk;
mod window;

use std::{
    ops::Range,
    sync::{
        Mutex, OnceLock, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use serde::{Deserialize, Serialize};

use self::{
    automaton::Automaton,
    bytes::Set,
    machine::{Machine, one_byte},
    read::Reading,
    tree::Node,
};

pub(crate) use self::{
    automaton::{Exhausted, are_small_enough, are_too_large},
    once::{Once, Redirect, Search},
    sieve::{Sieve, Taken},
};

/// What a step of the machine costs, where a byte for the automaton costs 1: about the ratio of their times.
const STEP_COST: u64 = 16;
/// What the machine may spend on the places of one text before the automaton is asked at each.
const MOST_STEPS_AT_ONCE: u64 = 4_000;
/// The machine may take a step for so many bytes before the automaton is asked, and so many besides. Where a match is
/// tried at few places, and fails at once there, the machine is quicker, and needs no memory.
const BYTES_A_STEP: u64 = 1;
const LEAST_STEPS: u64 = 128;
/// Where matches are counted, so many times as many.
const COUNTED_AT_ONCE: u64 = 2;
/// What such a step costs.
const STEP_COST_OF_TRIAL: u64 = 2;
/// What a text is worth on which the machine took too many, where one on which it did not takes one off, and what they
/// may be worth together before the automaton is asked at once.
const SLOW: u32 = 32;
const TOO_SLOW: u32 = 64;
/// Before there is an automaton, the machine may take so many steps too many in all, and so many more for each of its
/// own: making one costs about as much.
const PATIENCE: u32 = 10_000;
const PATIENCE_A_STEP: usize = 16;
/// Where an automaton finds new states, the machine may take so many more for each byte of those: finding them costs
/// about as much. Whichever of both is worse for a pattern, it never takes much longer than the other would.
const PATIENCE_A_BYTE: usize = 4;
const MOST_PATIENCE: u32 = 200_000;
/// What may be spent on saying where a match stands.
const MOST_STEPS_TO_EXPLAIN: u64 = 100_000;
/// Patterns that become more pieces than this are refused.
const MOST_PIECES: usize = 120_000;

/// What is known of a pattern before it is compiled. It is all that has to be kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Plan {
    /// As it was written.
    pub(crate) text: String,
    /// The letters behind it.
    pub(crate) flags: String,
    /// One of these, in any case of letters, is in every text that matches; `None`: nothing is known.
    pub(crate) required: Option<Vec<Vec<u8>>>,
    /// Every match begins with one of them.
    pub(crate) is_first: bool,
    /// The share of all places of texts at which one of them is expected; 1 if nothing is known.
    pub(crate) share: f64,
    /// A match takes at least so many bytes.
    pub(crate) least: u32,
    /// Everything a match looks at lies within so many bytes; `None`: there is no limit.
    pub(crate) reach: Option<u32>,
    /// Names of its groups.
    pub(crate) names: Vec<(String, u32)>,
    /// All of that is said of what [`exists`] leaves of it: nobody asks where its matches stand but to explain them.
    pub(crate) is_short: bool,
    /// A match begins no more bytes than these before what is left of it; `None`: there is no limit.
    pub(crate) lead: Option<u32>,
}

impl Plan {
    /// Reads a pattern. An error is one sentence.
    pub(crate) fn new(text: &str, flags: &str) -> Result<Self, String> {
        Self::of(text, flags, Asked::Where)
    }

    /// The same for one whose matches nobody counts.
    pub(crate) fn uncounted(text: &str, flags: &str) -> Result<Self, String> {
        Self::of(text, flags, Asked::Whether)
    }

    fn of(text: &str, flags: &str, asked: Asked) -> Result<Self, String> {
        let mut reading = read::read(text, flags).map_err(|fault| fault.to_string())?;
        if reading.node.cost() > MOST_PIECES {
            return Err("its repetitions make it too large".to_owned());
        }
        let short = if asked == Asked::Whether { exists::shorter(&reading.node, false) } else { None };
        let (is_short, mut lead) = (short.is_some(), Some(0));
        if let Some(short) = short {
            if exists::shorter(&reading.node, true).is_none_or(|same_start| same_start != short) {
                lead = reading.node.width().most;
            }
            reading.node = short;
        }
        let width = reading.node.width();
        let reach = width.most.filter(|_| !exists::looks_far(&reading.node));
        let choice = literals::required(&reading.node);
        Ok(Self {
            is_short,
            lead: lead.and_then(|lead| u32::try_from(lead).ok()),
            text: text.to_owned(),
            flags: flags.to_owned(),
            is_first: choice.as_ref().is_some_and(|choice| choice.is_first),
            share: choice.as_ref().map_or(1.0, |choice| choice.share),
            required: choice.map(|choice| choice.texts),
            least: u32::try_from(width.least).unwrap_or(u32::MAX),
            reach: reach.and_then(|reach| u32::try_from(reach).ok()),
            names: reading.names,
        })
    }
}

/// Where a match stands.
#[derive(Debug)]
pub(crate) struct Explanation<'matcher> {
    /// All of it.
    pub(crate) whole: Range<usize>,
    /// What each named group took.
    pub(crate) named: Vec<(&'matcher str, Range<usize>)>,
}

/// A pattern that compiles itself when it is first asked for.
#[derive(Debug)]
pub(crate) struct Matcher {
    /// What is known of it.
    pub(crate) plan: Plan,
    program: OnceLock<Option<Box<Program>>>,
    /// The same for whoever only asks whether it matches, if that is another; see [`exists`].
    short: OnceLock<Option<Box<Program>>>,
    automaton: Mutex<Shelf>,
    /// How often the machine was too slow of late, see [`Matcher::is_quick`].
    slow: AtomicU32,
    /// Steps that the machine may still take too many before the automaton is asked.
    patience: AtomicU32,
}

/// What may be spent on a text.
struct Purse<'run> {
    /// Steps before the automaton is asked.
    few: u64,
    /// All of it.
    budget: &'run mut u64,
}

/// Where an automaton is, if it has been needed of late.
#[derive(Debug)]
enum Shelf {
    Empty,
    /// It would be too large.
    Refused,
    Held(Asked, Box<Automaton>),
}

/// What somebody wants to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    /// Whether it matches.
    Whether,
    /// Where a match ends.
    Where,
}

#[derive(Debug)]
struct Program {
    machine: Machine,
    /// The automaton takes exactly what the machine takes.
    is_exact: bool,
    /// It also ends where the machine does.
    ends_alike: bool,
    /// All it takes is one byte of these.
    only: Option<Set>,
}

impl Program {
    /// Whether the automaton says just what the machine would.
    fn is_exact(&self, asked: Asked) -> bool {
        match asked {
            Asked::Whether => self.is_exact,
            Asked::Where => self.ends_alike,
        }
    }
}

impl Matcher {
    /// Nothing is compiled yet.
    pub(crate) const fn new(plan: Plan) -> Self {
        let automaton = Mutex::new(Shelf::Empty);
        let (slow, patience) = (AtomicU32::new(0), AtomicU32::new(PATIENCE));
        Self { plan, program: OnceLock::new(), short: OnceLock::new(), automaton, slow, patience }
    }

    fn program(&self, asked: Asked) -> Result<&Program, Exhausted> {
        if asked == Asked::Whether
            && let Some(short) = self.short()
        {
            return Ok(short);
        }
        let compile = || {
            let reading = read::read(&self.plan.text, &self.plan.flags).ok()?;
            self.compile(&reading, &reading.node, self.keeps_start())
        };
        self.program.get_or_init(compile).as_deref().ok_or(Exhausted)
    }

    /// What is tried where nobody wants to know where a match stands; `None`: what is tried otherwise.
    fn short(&self) -> Option<&Program> {
        let compile = || {
            let reading = read::read(&self.plan.text, &self.plan.flags).ok()?;
            let node = exists::shorter(&reading.node, self.keeps_start());
            if node.is_none() {
                self.program.get_or_init(|| self.compile(&reading, &reading.node, self.plan.is_first));
            }
            self.compile(&reading, &node?, self.plan.is_first)
        };
        self.short.get_or_init(compile).as_deref()
    }

    /// Somebody knows where matches begin.
    fn keeps_start(&self) -> bool {
        self.plan.is_first && !self.plan.is_short
    }

    /// `is_first`: it is known where matches begin.
    fn compile(&self, reading: &Reading, node: &Node, is_first: bool) -> Option<Box<Program>> {
        // What groups take is asked only by name.
        let machine = if reading.names.is_empty() { Machine::without_groups } else { Machine::new };
        let machine = machine(node, reading.groups)?;
        // Where every match begins is known already if that is where a literal stands.
        let machine = if is_first { machine } else { machine.with_heads(node) };
        self.trust(PATIENCE_A_STEP * machine.len());
        let (is_exact, only) = (automaton::is_exact(node), one_byte(node).map(Set::from));
        Some(Box::new(Program { machine, is_exact, ends_alike: is_exact && automaton::ends_alike(node), only }))
    }

    fn with_automaton<T>(
        &self,
        asked: Asked,
        ask: impl FnOnce(&mut Automaton) -> Result<T, Exhausted>,
    ) -> Result<T, Exhausted> {
        // If they are the same, there is but one.
        let asked = if asked == Asked::Whether && self.short().is_none() { Asked::Where } else { asked };
        let mut place = self.automaton.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(&*place, Shelf::Empty) || matches!(&*place, Shelf::Held(of, _) if *of != asked) {
            let node = read::read(&self.plan.text, &self.plan.flags).ok().and_then(|reading| match asked {
                Asked::Where => Some(reading.node),
                Asked::Whether => exists::shorter(&reading.node, self.keeps_start()),
            });
            let automaton = node.and_then(|node| Automaton::new(&node));
            *place = automaton.map_or(Shelf::Refused, |automaton| Shelf::Held(asked, Box::new(automaton)));
        }
        match &mut *place {
            Shelf::Held(_, automaton) => {
                let before = automaton.counted();
                let told = ask(automaton);
                self.trust(PATIENCE_A_BYTE * automaton.counted().saturating_sub(before));
                told
            }
            Shelf::Empty | Shelf::Refused => Err(Exhausted),
        }
    }

    /// Lets its automaton go if it was not used of late. It comes back when it is needed.
    pub(crate) fn fade(&self) {
        let mut place = self.automaton.lock().unwrap_or_else(PoisonError::into_inner);
        if let Shelf::Held(_, automaton) = &mut *place
            && !automaton.fade()
        {
            *place = Shelf::Empty;
        }
    }

    /// Whether the machine is likely to be quicker than the automaton: it was of late, or it is time to see.
    fn is_quick(&self) -> bool {
        let slow = self.slow.load(Ordering::Relaxed);
        if slow >= TOO_SLOW {
            self.slow.store(slow - 1, Ordering::Relaxed);
        }
        slow < TOO_SLOW
    }

    fn note(&self, is_quick: bool) {
        let slow = self.slow.load(Ordering::Relaxed);
        let slow = if is_quick { slow.saturating_sub(1) } else { (slow + SLOW).min(TOO_SLOW + SLOW) };
        self.slow.store(slow, Ordering::Relaxed);
    }

    /// Lets the machine take so many steps more.
    fn trust(&self, steps: usize) {
        let patience = u32::try_from(steps).unwrap_or(u32::MAX).saturating_add(self.patience.load(Ordering::Relaxed));
        self.patience.store(patience.min(MOST_PATIENCE), Ordering::Relaxed);
    }

    /// What the machine says within a few steps, if that is likely to be quicker than the automaton, and within as many
    /// more as it would cost to make one, if there is none yet. `None`: it cannot say.
    fn tried<T>(&self, few: u64, budget: &mut u64, ask: impl FnOnce(&mut u64) -> Result<T, Exhausted>) -> Option<T> {
        let is_quick = self.is_quick();
        let patience = u64::from(self.patience.load(Ordering::Relaxed));
        if !is_quick && patience == 0 {
            return None;
        }
        let few = if is_quick { few } else { 0 };
        let most = (few + patience).min(*budget / STEP_COST_OF_TRIAL);
        let mut left = most;
        let tried = ask(&mut left);
        let spent = most - left;
        *budget -= spent * STEP_COST_OF_TRIAL;
        let too_many = spent.saturating_sub(few);
        if too_many > 0 {
            let left = patience.saturating_sub(too_many);
            self.patience.store(u32::try_from(left).unwrap_or(u32::MAX), Ordering::Relaxed);
        }
        if is_quick {
            self.note(tried.is_ok() && too_many == 0);
        }
        tried.ok()
    }

    /// Whether it matches with a beginning within `span`, which holds all that it takes.
    pub(crate) fn is_match(&self, text: &[u8], span: Range<usize>, budget: &mut u64) -> Result<bool, Exhausted> {
        self.end(text, span, Asked::Whether, budget).map(|end| end.is_some())
    }

    /// Where the first match begins that begins at one of these places, which are in order.
    pub(crate) fn is_match_at(
        &self,
        text: &[u8],
        starts: &[(u32, u32)],
        budget: &mut u64,
    ) -> Result<Option<usize>, Exhausted> {
        let mut purse = Purse { few: MOST_STEPS_AT_ONCE, budget };
        for (_, start) in starts {
            if self.end_at(text, *start as usize, Asked::Whether, &mut purse)?.is_some() {
                return Ok(Some(*start as usize));
            }
        }
        Ok(None)
    }

    /// How many matches that begin at these places stand in the text one behind another, at most `most`.
    pub(crate) fn count_at(
        &self,
        text: &[u8],
        starts: &[(u32, u32)],
        most: u32,
        budget: &mut u64,
    ) -> Result<u32, Exhausted> {
        let mut purse = Purse { few: MOST_STEPS_AT_ONCE, budget };
        let (mut count, mut from) = (0, 0);
        for (_, start) in starts {
            let start = *start as usize;
            if count >= most || start < from {
                continue;
            }
            if let Some(end) = self.end_at(text, start, Asked::Where, &mut purse)? {
                count += 1;
                from = end.max(start + 1);
            }
        }
        Ok(count)
    }

    /// Where the match ends that begins here.
    fn end_at(
        &self,
        text: &[u8],
        start: usize,
        asked: Asked,
        purse: &mut Purse<'_>,
    ) -> Result<Option<usize>, Exhausted> {
        let program = self.program(asked)?;
        let (machine, is_exact) = (&program.machine, program.is_exact(asked));
        let reach = self.plan.reach.map_or(usize::MAX, |reach| reach as usize + 1);
        let span = start..start.saturating_add(reach).min(text.len());
        // Most ways fail soon. Only where they do not, it pays to ask first whether there can be a match.
        let mut few = purse.few.min(*purse.budget / STEP_COST);
        let before = few;
        let tried = machine.find(text, start, start, &mut few);
        *purse.budget -= (before - few) * STEP_COST;
        purse.few = few;
        if let Ok(found) = tried {
            return Ok(found.map(|found| found.whole().end));
        }
        let is_any_end = asked == Asked::Whether;
        let found = self
            .with_automaton(asked, |automaton| automaton.find_at(text, span, is_any_end || !is_exact, purse.budget))?;
        if is_exact || found.is_none() {
            return Ok(found);
        }
        let mut steps = *purse.budget / STEP_COST;
        let found = machine.find(text, start, start, &mut steps);
        *purse.budget = steps * STEP_COST;
        Ok(found?.map(|found| found.whole().end))
    }

    /// Where the first match ends; if it is only asked whether there is one, any place.
    fn end(&self, text: &[u8], span: Range<usize>, asked: Asked, budget: &mut u64) -> Result<Option<usize>, Exhausted> {
        let program = self.program(asked)?;
        let (machine, is_exact) = (&program.machine, program.is_exact(asked));
        let (from, to) = (span.start, span.end);
        let few = LEAST_STEPS + span.len() as u64 / BYTES_A_STEP;
        if let Some(found) = self.tried(few, budget, |steps| machine.find(text, from, to, steps)) {
            return Ok(found.map(|found| found.whole().end));
        }
        let is_any_end = asked == Asked::Whether;
        let end =
            self.with_automaton(asked, |automaton| automaton.find(text, span, is_any_end || !is_exact, budget))?;
        if is_exact || end.is_none() {
            return Ok(end);
        }
        let mut steps = *budget / STEP_COST;
        let found = machine.find(text, from, to, &mut steps);
        *budget = steps * STEP_COST;
        Ok(found?.map(|found| found.whole().end))
    }

    /// How many matches stand in the text one behind another, at most `most`.
    pub(crate) fn count(&self, text: &[u8], most: u32, budget: &mut u64) -> Result<u32, Exhausted> {
        if let Some(set) = &self.program(Asked::Where)?.only {
            *budget = budget.checked_sub(text.len() as u64).ok_or(Exhausted)?;
            let count = text.iter().filter(|byte| set.has(**byte)).take(most as usize).count();
            return Ok(u32::try_from(count).unwrap_or(most));
        }
        let machine = &self.program(Asked::Where)?.machine;
        let few = COUNTED_AT_ONCE * (LEAST_STEPS + text.len() as u64);
        if let Some(count) = self.tried(few, budget, |steps| machine.count(text, most, steps)) {
            return Ok(count);
        }
        if self.plan.least == 0 {
            // Where a match takes nothing, one must know where it begins, and the automaton says only where it ends.
            let mut steps = *budget / STEP_COST;
            let counted = self.program(Asked::Where)?.machine.count(text, most, &mut steps);
            *budget = steps * STEP_COST;
            return counted;
        }
        let (mut count, mut from) = (0, 0);
        while count < most && from <= text.len() {
            let Some(end) = self.end(text, from..text.len(), Asked::Where, budget)? else { break };
            count += 1;
            from = end;
        }
        Ok(count)
    }

    /// Where the first match stands, and what its named groups took.
    pub(crate) fn explain(&self, text: &[u8], from: usize) -> Option<Explanation<'_>> {
        let mut budget = MOST_STEPS_TO_EXPLAIN;
        let from = self.plan.lead.map_or(0, |lead| from.saturating_sub(lead as usize));
        let Program { machine, .. } = self.program(Asked::Where).ok()?;
        let found = machine.find(text, from, text.len(), &mut budget).ok()??;
        let named = self.plan.names.iter().filter_map(|(name, group)| Some((name.as_str(), found.group(*group)?)));
        Some(Explanation { whole: found.whole(), named: named.collect() })
    }

    /// What it takes in memory beyond its plan, in bytes.
    pub(crate) fn memory(&self) -> usize {
        let programs = [&self.program, &self.short].into_iter().filter_map(|held| held.get()?.as_ref());
        let machine: usize = programs.map(|program| size_of::<Program>() + program.machine.memory()).sum();
        let place = self.automaton.lock().unwrap_or_else(PoisonError::into_inner);
        machine + if let Shelf::Held(_, automaton) = &*place { automaton.memory() } else { 0 }
    }
}
