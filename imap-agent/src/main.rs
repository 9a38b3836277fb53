//! The program `tamis-agent`.

use std::process::ExitCode;

use tamis_agent::{
    cli::{self, Backend, Failure, Teacher},
    paths::Home,
    secret::Secret,
    settings::Settings,
};
use tamis_core::{api::AccountReport, config::Account, learn::Learner};

fn main() -> ExitCode {
    cli::main(&Alone)
}

/// The commands that need neither a server nor the store.
struct Alone;

impl Backend for Alone {
    fn run(&self, _: &Home, _: Settings) -> Result<(), Failure> {
        Err(Failure::outside("this program cannot watch mailboxes"))
    }

    fn learner(&self, _: &Home) -> Result<Option<Box<dyn Learner>>, Failure> {
        Ok(None)
    }

    fn teacher(&self, _: &Home) -> Result<Box<dyn Teacher>, Failure> {
        Err(Failure::outside("this program has no store"))
    }

    fn test_account(&self, _: &Account, _: &Secret) -> Result<AccountReport, Failure> {
        Err(Failure::outside("this program cannot reach a server"))
    }
}
