//! The whole of it against servers that do what servers should not. Which trap is met by what is told in `TRAPS.md`.

mod cuts;
mod hostile;
mod mutations;
mod scene;
mod servers;
