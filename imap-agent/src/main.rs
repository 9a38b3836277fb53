//! The program `tamis-agent`.

use std::process::ExitCode;

use tamis_agent::{backend::Here, cli};

fn main() -> ExitCode {
    cli::main(&Here)
}
