//! One window for each home: a second start hands over to the first and ends.
//!
//! Who holds the lock on a file beside the socket is the first; the system frees it with the program, however that ends, so
//! that what a crash leaves behind does no harm. The socket is in the folder of the agent's, which nobody else can enter,
//! and takes nothing but "show yourself", a link and files, which are looked at as if they had come from the command line.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};
use interprocess::local_socket::{GenericFilePath, Listener, ListenerOptions, Stream, ToFsName as _, prelude::*};
use serde::{Deserialize, Serialize};
use tamis_core::api::is_link;

use crate::{
    args,
    client::{read_frame, write_frame},
    paths::Home,
};

/// A window that does not answer in this time hangs.
const PATIENCE: Duration = Duration::from_secs(5);

/// Between two tries to reach a window that is just starting.
const BREATH: Duration = Duration::from_millis(30);

/// More starts than anybody makes between two frames.
const VISITS: usize = 16;

/// Another start of the window.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// The link it was to follow.
    pub link: Option<String>,
    /// Files with messages that it was to ask about, by their whole paths.
    #[serde(default)]
    pub files: Vec<String>,
    /// Which of several files are not there, as they were given.
    #[serde(default)]
    pub missing: Vec<String>,
}

/// What a start finds.
#[derive(Debug)]
pub enum Claim {
    /// This is the first one; `None` where nobody can knock, as the folder cannot be used.
    First(Option<Doorkeeper>),
    /// There is one, which has shown itself and has the link.
    HandedOver,
}

/// The right to be the only window; gone with the program.
#[derive(Debug)]
pub struct Doorkeeper {
    lock: File,
    socket: PathBuf,
}

/// Becomes the only window of that home, or hands over to it.
pub fn claim(home: &Home, visit: &Visit) -> Result<Claim> {
    let agent = home.socket()?;
    let Some(lock) = agent.parent().and_then(|folder| lock_file(home, folder)) else { return Ok(Claim::First(None)) };
    let socket = agent.with_file_name("window.sock");
    let until = Instant::now() + PATIENCE;
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(Claim::First(Some(Doorkeeper { lock, socket }))),
            // A file system that knows no locks: two windows are better than none.
            Err(TryLockError::Error(_)) => return Ok(Claim::First(None)),
            Err(TryLockError::WouldBlock) => {}
        }
        match hand_over(&socket, visit) {
            Ok(()) => return Ok(Claim::HandedOver),
            Err(_) if Instant::now() < until => thread::sleep(BREATH),
            Err(error) => bail!("a window of Tamis is open but does not answer ({error}). Close it and try again"),
        }
    }
}

/// The file whose lock makes a window the first. `None` where there cannot be one.
fn lock_file(home: &Home, folder: &Path) -> Option<File> {
    create_private(folder).ok()?;
    // A folder the person chose is as open as they want; one below a folder that all share must be closed. If it is, and
    // somebody else's, no file can be made in it.
    if home.folder() != Some(folder) && !is_closed(folder) {
        return None;
    }
    File::options().create(true).truncate(false).write(true).open(folder.join("window.lock")).ok()
}

fn hand_over(socket: &Path, visit: &Visit) -> io::Result<()> {
    let stream = Stream::connect(socket.to_fs_name::<GenericFilePath>()?)?;
    stream.set_send_timeout(Some(PATIENCE)).ok();
    stream.set_recv_timeout(Some(PATIENCE)).ok();
    write_frame(&mut &stream, visit)?;
    read_frame::<bool>(&mut &stream).map(|_| ())
}

impl Doorkeeper {
    /// Listens for other starts from now on. `wake` is called for each.
    pub fn listen(self, wake: impl Fn() + Send + 'static) -> io::Result<Receiver<Visit>> {
        // Left behind by a window that ended badly: whoever holds the lock may remove it.
        match fs::remove_file(&self.socket) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        let listener = open(&self.socket)?;
        let (sender, visits) = sync_channel(VISITS);
        thread::Builder::new()
            .name("tamis-doorkeeper".to_owned())
            .spawn(move || self.keep(&listener, &sender, wake))?;
        Ok(visits)
    }

    fn keep(self, listener: &Listener, visits: &SyncSender<Visit>, wake: impl Fn()) {
        for stream in listener.incoming() {
            let Ok(stream) = stream else {
                // The system is short of something: not asked again at once.
                thread::sleep(BREATH);
                continue;
            };
            stream.set_recv_timeout(Some(PATIENCE)).ok();
            stream.set_send_timeout(Some(PATIENCE)).ok();
            let Ok(visit) = read_frame::<Visit>(&mut &stream) else { continue };
            // Anybody can write a link: nothing is done that would not be done from the command line.
            let link = visit.link.filter(|link| is_link(link));
            let files = visit.files.iter().filter_map(|path| args::file(path)).collect();
            if visits.try_send(Visit { link, files, missing: visit.missing }).is_ok() {
                wake();
                write_frame(&mut &stream, &true).ok();
            }
        }
        drop(self.lock);
    }
}

#[cfg(unix)]
fn open(socket: &Path) -> io::Result<Listener> {
    use interprocess::os::unix::local_socket::ListenerOptionsExt as _;
    ListenerOptions::new().name(socket.to_fs_name::<GenericFilePath>()?).mode(0o600).create_sync()
}

#[cfg(not(unix))]
fn open(socket: &Path) -> io::Result<Listener> {
    ListenerOptions::new().name(socket.to_fs_name::<GenericFilePath>()?).create_sync()
}

/// Makes a folder that nobody else can enter. One that is there stays as it is: the agent looks after it.
fn create_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(unix)]
fn is_closed(folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    fs::symlink_metadata(folder).is_ok_and(|found| found.is_dir() && found.mode().trailing_zeros() >= 6)
}

/// Elsewhere each user has a temporary folder of their own.
#[cfg(not(unix))]
const fn is_closed(_: &Path) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Longer than any machine takes.
    const LONG: Duration = Duration::from_secs(20);

    fn first(home: &Home) -> Doorkeeper {
        let Claim::First(Some(doorkeeper)) = claim(home, &Visit::default()).unwrap() else { panic!("not the first") };
        doorkeeper
    }

    #[test]
    fn a_second_start_hands_its_link_to_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::find(Some(folder.path().to_path_buf())).unwrap();
        let (woken, wakes) = sync_channel(4);
        let visits = first(&home).listen(move || woken.send(()).unwrap()).unwrap();
        for (link, want) in [
            (Some("tamis:release/17-5b0c61f2a9"), Some("tamis:release/17-5b0c61f2a9")),
            (None, None),
            // Nobody takes this from the command line either.
            (Some("https://example.org/"), None),
        ] {
            let visit = Visit { link: link.map(str::to_owned), files: Vec::new(), missing: Vec::new() };
            assert!(matches!(claim(&home, &visit).unwrap(), Claim::HandedOver));
            wakes.recv_timeout(LONG).unwrap();
            assert_eq!(visits.recv_timeout(LONG).unwrap().link.as_deref(), want);
        }
    }

    #[test]
    fn a_start_that_comes_too_early_waits_for_the_first_to_listen() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::find(Some(folder.path().to_path_buf())).unwrap();
        let doorkeeper = first(&home);
        let second = thread::Builder::new().spawn(move || claim(&home, &Visit::default()).unwrap()).unwrap();
        let visits = doorkeeper.listen(|| {}).unwrap();
        assert!(matches!(second.join().unwrap(), Claim::HandedOver));
        visits.recv_timeout(LONG).unwrap();
    }

    #[test]
    fn a_socket_that_a_crash_left_behind_does_no_harm() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::find(Some(folder.path().to_path_buf())).unwrap();
        let name = folder.path().join("window.sock");
        fs::write(&name, "").unwrap();
        let visits = first(&home).listen(|| {}).unwrap();
        assert!(matches!(claim(&home, &Visit::default()).unwrap(), Claim::HandedOver));
        visits.recv_timeout(LONG).unwrap();
    }

    #[test]
    fn where_no_file_can_be_made_the_window_opens_all_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let home = Home::find(Some(file)).unwrap();
        assert!(matches!(claim(&home, &Visit::default()).unwrap(), Claim::First(None)));
    }
}
