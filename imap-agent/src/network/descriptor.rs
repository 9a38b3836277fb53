//! File descriptors that tokio has no type of its own for, waited for with everything else.

use std::{io, os::fd::OwnedFd};

use tokio::io::unix::AsyncFd;

/// Lets tokio say when there is something to read. To be called inside a tokio runtime.
pub(super) fn awaited(descriptor: OwnedFd) -> io::Result<AsyncFd<OwnedFd>> {
    #[expect(
        deprecated,
        reason = "tokio cannot know that a type keeps its descriptor open (tokio-rs/tokio#8587); an `OwnedFd` does"
    )]
    AsyncFd::new(descriptor)
}
