//! Learners beside each other on the same mail, by the same measures: try, measure, choose.
//!
//! Each message is judged by what was learned of those before it, and then learned with its label. The mail of an index is
//! shown in its own order and in five shuffles. Spam is what scores above zero, for every learner alike; nothing is tuned to
//! the mail, and every run begins with nothing learned.
//!
//! The candidates are here to be measured and nowhere else: Tamis learns by [`tamis_core::learn::Logistic`].
//!
//! ```text
//! cargo bench -p tamis-core --bench learners [-- INDEX...]
//! ```
//!
//! INDEX has lines `ham PATH` or `spam PATH`, paths relative to it. Without one it is the demo mail: it shows that
//! everything runs, and no more, as 82 messages say nothing about learners.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench prints what it measured")]

mod candidate;
mod clock;
mod counts;
mod fisher;
mod fusion;
mod mail;
mod osb;
mod regression;
mod report;
mod run;
mod tamis;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Result;

const DEMO: &str = "../assets/demo/demo.index";

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
        indexes.push(Path::new(env!("CARGO_MANIFEST_DIR")).join(DEMO));
    }
    for index in &indexes {
        let corpus = mail::read(index)?;
        println!("{}", report::of_corpus(&corpus));
        let rows = run::all(&corpus)?;
        println!("{}", report::table(&rows));
    }
    Ok(())
}
