//! `tamis`: the window.

use std::{
    env,
    io::{self, Write as _},
    process::ExitCode,
};

use tamis::{
    args::{self, Args},
    instance::Visit,
    paths::Home,
    window,
};

fn main() -> ExitCode {
    let (home, visit) = match args::parse(env::args_os().skip(1)) {
        Ok(Args::Open { home, link, files, missing }) => (home, Visit { link, files, missing }),
        Ok(Args::Help) => return print(args::HELP),
        Ok(Args::Version) => return print(concat!("tamis ", env!("CARGO_PKG_VERSION"), "\n")),
        Err(text) => return fail(&text, 2),
    };
    match Home::find(home).and_then(|home| window::run(&home, visit)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&format!("{error:#}"), 3),
    }
}

/// A reader that has gone away (`tamis --help | head -1`) is no failure.
fn print(text: &str) -> ExitCode {
    io::stdout().write_all(text.as_bytes()).ok();
    ExitCode::SUCCESS
}

fn fail(text: &str, code: u8) -> ExitCode {
    writeln!(io::stderr(), "tamis: {text}").ok();
    ExitCode::from(code)
}
