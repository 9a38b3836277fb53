//! Tamis beside other filters of spam, on the same labelled mail, by the rules of the TREC spam track.
//!
//! Each message is judged by what was learned of those before it, and then shown with its label, for the filter to learn or
//! not as its way of teaching wants. Nothing is tuned and no filter is warmed up: every run begins with an empty database.
//! An index is played in its own order, in which the mail arrived, and in shuffles, which anybody can repeat (see
//! [`Stream`]). Every filter gets the same bytes and keeps its own cut-offs, and what it calls doubtful counts as delivered.
//!
//! The peers are the learners that came out best of those in Debian: bogofilter, and crm114 with orthogonal sparse bigrams.
//! Each is run as its manual says, a process for a message. Their speed is another matter and measured by itself, with all
//! messages in one process, see [`speed`].

mod bogofilter;
pub mod cost;
mod crm114;
mod filter;
mod programs;
mod results;
pub mod speed;
mod stream;
mod table;
mod tamis;

use std::{
    collections::{BTreeSet, VecDeque},
    fmt, fs,
    io::Write,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    thread,
    time::Instant,
};

use anyhow::{Context as _, Result, bail, ensure};
use tamis_core::metrics::Measures;

use self::table::{Row, Standing};
pub use self::{
    bogofilter::Bogofilter,
    crm114::Crm114,
    filter::{Filter, Judged, Online, Teaching},
    programs::Programs,
    stream::{Corpus, Stream},
    tamis::Tamis,
};
use crate::{ground::Work, stop};

/// So many filters run at once. They are hardly ever waiting, so more would only wait for each other.
const AT_ONCE: usize = 2;

/// What the person asked for.
#[derive(Clone, Debug)]
pub struct Options {
    /// The mail, each index measured by itself.
    pub corpora: Vec<Corpus>,
    /// How many shuffles of each, with the seeds 1, 2 and so on.
    pub shuffles: u64,
    /// Where the result files of all runs are left; nowhere otherwise.
    pub keep: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self { corpora: Vec::new(), shuffles: 5, keep: None }
    }
}

/// Something that can be put through a stream.
pub trait Engine: fmt::Debug + Sync {
    /// As it is called in tables.
    fn name(&self) -> &'static str;
    /// As it is called in the names of files.
    fn stem(&self) -> &'static str;
    /// Whether it is somebody else's.
    fn is_peer(&self) -> bool;
    /// Judges and learns each message of a stream and writes what it said into `result`, in the format of
    /// `tamis-agent eval --out`. What it keeps meanwhile it keeps in `folder`, which is empty.
    fn run(&self, stream: &Stream, folder: &Path, result: &Path) -> Result<()>;
}

/// Measures everything, and writes the tables to `out`.
pub fn run(options: &Options, agent: &Path, out: &mut dyn Write) -> Result<()> {
    let corpora = &options.corpora;
    let names: BTreeSet<&str> = corpora.iter().map(|corpus| &*corpus.name).collect();
    ensure!(names.len() == corpora.len(), "two indexes have the same name, and so would their results");
    corpora.iter().try_for_each(Corpus::warm)?;
    let programs = Programs::unpacked()?;
    let engines = engines(&programs, agent);
    let work = Work::new("peers")?;
    let results = options.keep.clone().unwrap_or_else(|| work.path().join("results"));
    fs::create_dir_all(&results).with_context(|| format!("cannot make {}", results.display()))?;
    let mut progress = Progress::of(corpora.len(), options.shuffles, engines.len())?;
    for corpus in corpora {
        let mut standings = Vec::new();
        for stream in corpus.streams(options.shuffles) {
            let measured = judge(&stream, &engines, &results, &mut progress)?;
            writeln!(out, "{}", table::of_stream(&stream, &measured))?;
            let rows = measured.iter().map(|(engine, measures)| Row::of(*engine, measures)).collect();
            standings.push(Standing { stream: stream.order(), rows });
            out.flush()?;
        }
        if let Some(mean) = Standing::mean(standings.get(1..).unwrap_or_default()) {
            writeln!(out, "{}: {}\n{}", corpus.name, mean.stream, table::of_means(&mean)?)?;
            standings.push(mean);
        }
        writeln!(out, "{}: the best peer of each measure, and Tamis\n{}", corpus.name, table::ratios(&standings)?)?;
        eprintln!("{}: speed", corpus.name);
        let speeds = speed::measure(&corpus.mail, &programs, agent)?;
        writeln!(out, "{}: speed and memory, {} messages\n{speeds}", corpus.name, corpus.mail.len())?;
        out.flush()?;
    }
    Ok(())
}

/// All engines, those first that take longest.
fn engines(programs: &Programs, agent: &Path) -> Vec<Box<dyn Engine>> {
    let bogofilter = Bogofilter::new(programs.clone());
    let crm114 = Crm114::new(programs.clone());
    vec![
        Box::new(Online { filter: bogofilter.clone(), teaching: Teaching::Everything }),
        Box::new(Online { filter: bogofilter, teaching: Teaching::Mistakes }),
        Box::new(Online { filter: crm114.clone(), teaching: Teaching::Everything }),
        Box::new(Online { filter: crm114, teaching: Teaching::Mistakes }),
        Box::new(Tamis { agent: agent.to_path_buf(), is_learner_alone: false }),
        Box::new(Tamis { agent: agent.to_path_buf(), is_learner_alone: true }),
    ]
}

/// Puts all engines through a stream, some at a time. The result files go into `results`; the measures come back in the
/// order of the engines.
pub fn judge<'a>(
    stream: &Stream,
    engines: &'a [Box<dyn Engine>],
    results: &Path,
    progress: &mut Progress,
) -> Result<Vec<(&'a dyn Engine, Measures)>> {
    let queue: Mutex<VecDeque<(usize, &dyn Engine)>> =
        Mutex::new(engines.iter().map(|engine| &**engine).enumerate().collect());
    let progress = Mutex::new(progress);
    let worker = || -> Result<Vec<(usize, &'a dyn Engine, Measures)>> {
        let mut done = Vec::new();
        loop {
            let next = queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            let Some((place, engine)) = next else { return Ok(done) };
            let begun = Instant::now();
            let measures = measured(stream, engine, results).inspect_err(|_| {
                // The others need not begin what nobody will see.
                queue.lock().unwrap_or_else(PoisonError::into_inner).clear();
            })?;
            progress.lock().unwrap_or_else(PoisonError::into_inner).tell(stream, engine, begun);
            done.push((place, engine, measures));
        }
    };
    let mut all = thread::scope(|scope| -> Result<Vec<_>> {
        let mut workers = Vec::new();
        for _ in 0..AT_ONCE {
            workers.push(thread::Builder::new().name("peer".to_owned()).spawn_scoped(scope, worker)?);
        }
        let mut all = Vec::new();
        for worker in workers {
            let Ok(done) = worker.join() else { bail!("a run broke off") };
            all.extend(done?);
        }
        Ok(all)
    })?;
    all.sort_by_key(|(place, ..)| *place);
    Ok(all.into_iter().map(|(_, engine, measures)| (engine, measures)).collect())
}

/// One run of one engine, from an empty folder to its measures.
fn measured(stream: &Stream, engine: &dyn Engine, results: &Path) -> Result<Measures> {
    ensure!(!stop::asked(), "stopped");
    let work = Work::new("peers")?;
    let result = results.join(format!("{}.{}.res", stream.stem(), engine.stem()));
    let ended = engine.run(stream, work.path(), &result);
    // Whoever presses Ctrl-C stops the filter as well, which is no failure of its.
    ensure!(!stop::asked(), "stopped");
    ended.with_context(|| format!("{}: {}", stream.title(), engine.name()))?;
    // What is written is what is measured.
    let outcomes = results::read(&result)?;
    let (judged, all) = (outcomes.len(), stream.mail.len());
    ensure!(judged == all, "{}: {} judged {judged} of {all} messages", stream.title(), engine.name());
    Ok(Measures::of(&outcomes))
}

/// How many of all runs are done, for the person who waits.
#[derive(Debug)]
pub struct Progress {
    done: usize,
    all: usize,
}

impl Progress {
    /// Nothing is done yet of so many shuffles and the own order of each corpus.
    pub fn of(corpora: usize, shuffles: u64, engines: usize) -> Result<Self> {
        Ok(Self { done: 0, all: corpora * (1 + usize::try_from(shuffles)?) * engines })
    }

    fn tell(&mut self, stream: &Stream, engine: &dyn Engine, begun: Instant) {
        self.done += 1;
        let seconds = begun.elapsed().as_secs_f64();
        eprintln!("{:3} of {}: {}: {} ({seconds:.1} s)", self.done, self.all, stream.title(), engine.name());
    }
}
