//! The socket on which the window and the commands reach the agent.
//!
//! Only this user's programs get in: the socket is in a folder that nobody else can enter, is itself closed to others,
//! and whoever connects is asked for its user all the same. Frames and their order are described in [`tamis_core::api`].
//!
//! Calls of one client are answered as they are done, several at once. A client that does not read is let go: it may not
//! hold back the agent.

mod connection;

use std::{
    fs, io,
    os::unix::fs::{FileTypeExt as _, MetadataExt as _},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use interprocess::{
    local_socket::{
        GenericFilePath, ListenerOptions, ToFsName as _,
        tokio::{Listener, Stream},
        traits::{Stream as _, StreamCommon as _, tokio::Listener as _},
    },
    os::unix::local_socket::ListenerOptionsExt as _,
};
use rustix::process::geteuid;
use tamis_core::api::{Event, Reply, Request};
use tokio::{
    sync::broadcast,
    task::JoinSet,
    time::{MissedTickBehavior, interval},
};
use tracing::{debug, info, warn};

use crate::{
    paths::{Home, HomeError},
    words::because,
};

/// A window, a few commands, and room for a script that forgets to hang up.
const MAX_CLIENTS: usize = 32;

/// How long to wait when the system has no more room for connections.
const BREATH: Duration = Duration::from_millis(200);

/// So often it is looked whether the file of the socket is still there.
const LOOK: Duration = Duration::from_secs(5);

/// What answers the calls.
pub trait Handler: Send + Sync + 'static {
    /// Answers one request, in the language of the client ([`crate::tongue`]). Never asked [`Request::Hello`]. The future is dropped when its client goes away, so work that
    /// must be finished belongs to somebody else, who is only sent to here.
    fn handle(&self, request: Request) -> impl Future<Output = Reply> + Send;

    /// Everything that happens from now on.
    fn events(&self) -> broadcast::Receiver<Event>;
}

/// The open socket. Its file goes when this does.
#[derive(Debug)]
pub struct Server {
    listener: Listener,
    home: Home,
    /// The device and number of its file, by which another one of the same name is told from it, and of the database.
    file: Option<(u64, u64)>,
    database: Option<(u64, u64)>,
    /// It was said that it cannot be reached.
    is_lost: bool,
}

/// Why nobody can be served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The folder of the socket cannot be used.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// Somebody answers on the socket.
    #[error("an agent is running already and answers on {}", path.display())]
    AlreadyRunning {
        /// The socket.
        path: PathBuf,
    },
    /// The socket cannot be opened.
    #[error("cannot listen on {}: {}", path.display(), because(source))]
    Listen {
        /// The socket.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Server {
    /// Opens the socket. The caller holds the store's lock, which is what makes it safe to remove the file of an agent
    /// that died: no other can be starting now. To be called inside a tokio runtime.
    pub fn bind(home: &Home) -> Result<Self, ServeError> {
        home.create()?;
        Self::open(home)
    }

    fn open(home: &Home) -> Result<Self, ServeError> {
        let path = home.socket();
        let failed = |source| ServeError::Listen { path: path.to_path_buf(), source };
        if let Ok(found) = fs::symlink_metadata(path) {
            // The system refuses connections to other files just as to a dead socket.
            if !found.file_type().is_socket() {
                return Err(failed(io::Error::new(io::ErrorKind::AlreadyExists, "a file of that name is there")));
            }
            let name = path.to_fs_name::<GenericFilePath>().map_err(failed)?;
            match interprocess::local_socket::Stream::connect(name) {
                Ok(_) => return Err(ServeError::AlreadyRunning { path: path.to_path_buf() }),
                Err(err) if err.kind() == io::ErrorKind::ConnectionRefused => fs::remove_file(path).map_err(failed)?,
                Err(err) => return Err(failed(err)),
            }
        }
        let name = path.to_fs_name::<GenericFilePath>().map_err(failed)?;
        let listener =
            ListenerOptions::new().name(name).mode(0o600).reclaim_name(false).create_tokio().map_err(failed)?;
        info!("listening for the window and commands");
        let (file, database) = (file(path), file(&home.database()));
        Ok(Self { listener, home: home.clone(), file, database, is_lost: false })
    }

    /// Opens the socket anew where its file has gone: with the folder of a session that has ended, or in a folder that
    /// somebody tidies.
    fn stay_reachable(&mut self) {
        let now = file(self.home.socket());
        if now.is_some() && now == self.file {
            return;
        }
        let opened = if now.is_some() || file(&self.home.database()) != self.database {
            // Another agent is there, or the home is another one, whose agent this is not.
            Err("something else is in its place".to_owned())
        } else {
            let opened =
                self.home.create_socket_folder().map_err(ServeError::from).and_then(|()| Self::open(&self.home));
            opened.map_err(|err| err.to_string())
        };
        match opened {
            Ok(anew) => *self = anew,
            // After a logout there is no place for it until the next login.
            Err(why) if !self.is_lost => {
                self.is_lost = true;
                warn!(%why, "the file of the socket has gone: no window or command reaches this agent until it can be made again");
            }
            Err(_) => {}
        }
    }

    /// Serves everyone who connects, until `stop` is done. Then all connections are closed.
    pub async fn run<H: Handler>(mut self, handler: Arc<H>, stop: impl Future<Output = ()> + Send) {
        let mut clients = JoinSet::new();
        let mut look = interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        tokio::pin!(stop);
        loop {
            tokio::select! {
                biased;
                () = &mut stop => return,
                _ = look.tick() => self.stay_reachable(),
                Some(ended) = clients.join_next() => if let Err(err) = ended {
                    warn!(is_panic = err.is_panic(), "a connection ended badly");
                },
                accepted = self.listener.accept() => match accepted {
                    Ok(stream) if clients.len() < MAX_CLIENTS && is_this_user(&stream) => {
                        clients.spawn(connection::serve(stream, Arc::clone(&handler)));
                    }
                    Ok(_) => warn!("a connection was refused"),
                    Err(err) => {
                        warn!(%err, "cannot accept a connection");
                        tokio::time::sleep(BREATH).await;
                    }
                },
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Another one of the same name is not ours.
        if self.file.is_some() && file(self.home.socket()) == self.file {
            fs::remove_file(self.home.socket()).ok();
        }
    }
}

fn file(path: &Path) -> Option<(u64, u64)> {
    fs::symlink_metadata(path).ok().map(|found| (found.dev(), found.ino()))
}

fn is_this_user(stream: &Stream) -> bool {
    match stream.peer_creds() {
        Ok(peer) => peer.euid() == Some(geteuid().as_raw()),
        Err(err) => {
            debug!(%err, "cannot see who connects");
            false
        }
    }
}

#[cfg(test)]
mod tests;
