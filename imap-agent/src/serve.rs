//! The socket on which the window and the commands reach the agent.
//!
//! Only this user's programs get in: the socket is in a folder that nobody else can enter, is itself closed to others,
//! and whoever connects is asked for its user all the same. Frames and their order are described in [`tamis_core::api`].
//!
//! Calls of one client are answered as they are done, several at once. A client that does not read is let go: it may not
//! hold back the agent.

mod connection;

use std::{fs, io, os::unix::fs::FileTypeExt as _, path::PathBuf, sync::Arc, time::Duration};

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
use tokio::{sync::broadcast, task::JoinSet};
use tracing::{debug, info, warn};

use crate::{
    paths::{Home, HomeError},
    words::because,
};

/// A window, a few commands, and room for a script that forgets to hang up.
const MAX_CLIENTS: usize = 32;

/// How long to wait when the system has no more room for connections.
const BREATH: Duration = Duration::from_millis(200);

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
        let listener = ListenerOptions::new().name(name).mode(0o600).create_tokio().map_err(failed)?;
        info!("listening for the window and commands");
        Ok(Self { listener })
    }

    /// Serves everyone who connects, until `stop` is done. Then all connections are closed.
    pub async fn run<H: Handler>(self, handler: Arc<H>, stop: impl Future<Output = ()> + Send) {
        let mut clients = JoinSet::new();
        tokio::pin!(stop);
        loop {
            tokio::select! {
                biased;
                () = &mut stop => return,
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
