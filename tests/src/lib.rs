//! What the tests of the whole stand on: a private mail server, something that listens in between, the agent as its
//! person has it, a screen nobody looks at, and the files of the repository.
//!
//! Nothing here knows Tamis' own code. The programs are the real ones, found beside the tests.

use std::{
    env, io,
    path::PathBuf,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};

pub mod browser;
pub mod bus;
pub mod documents;
pub mod faults;
pub mod letter;
pub mod names;
pub mod process;
pub mod proxy;
pub mod reader;
pub mod repository;
pub mod screen;
pub mod session;
pub mod world;

/// One of Tamis' programs, from the same build as the running test.
pub fn program(name: &str) -> Result<PathBuf> {
    let me = env::current_exe().context("cannot tell where this test lies")?;
    let folder = me.ancestors().nth(2).context("this test does not lie in a target folder")?;
    let program = folder.join(name);
    ensure!(
        program.exists(),
        "{} is missing: these tests run the real programs. Build them first with `cargo build --workspace --bins`, \
         or run everything with `cargo xtask test`",
        program.display()
    );
    Ok(program)
}

/// Looks again and again until `look` finds something.
pub fn wait_until<T>(what: &str, limit: Duration, mut look: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(found) = look()? {
            return Ok(found);
        }
        if deadline < Instant::now() {
            bail!("waited {limit:?} in vain: {what}");
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// Starts a thread that nobody waits for.
fn in_background(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    thread::Builder::new().name(name.to_owned()).spawn(work).map(|_| ())
}
