//! One question and its answer over UDP.

use std::{io, time::Duration};

use tamis_core::config::Server;
use tokio::{
    net::{UdpSocket, lookup_host},
    time::timeout,
};

/// The longest answer that is taken, in bytes.
const LONGEST: usize = 8192;

/// How long an answer may take; then the question is sent once more.
const PATIENCE: Duration = Duration::from_millis(2500);

/// How often a question is sent.
const TRIES: usize = 2;

/// A socket that hears from nobody but `server`.
pub(super) async fn connected(server: &Server) -> io::Result<UdpSocket> {
    let addresses: Vec<_> = lookup_host((server.host.as_str(), server.port)).await?.collect();
    let mut last = io::Error::new(io::ErrorKind::NotFound, "it has no address");
    for address in addresses {
        let own = if address.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
        let socket = UdpSocket::bind(own).await?;
        match socket.connect(address).await {
            Ok(()) => return Ok(socket),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// Sends `packet` and waits for an answer that `read` understands; others are not for us. It is sent once more if none
/// comes.
pub(super) async fn ask<T>(
    socket: &UdpSocket,
    packet: &[u8],
    mut read: impl FnMut(&[u8]) -> Option<T>,
) -> Result<T, String> {
    let mut buffer = vec![0; LONGEST];
    for _ in 0..TRIES {
        socket.send(packet).await.map_err(|error| error.to_string())?;
        let answer = timeout(PATIENCE, async {
            loop {
                let length = socket.recv(&mut buffer).await?;
                if let Some(answer) = buffer.get(..length).and_then(&mut read) {
                    return Ok::<T, io::Error>(answer);
                }
            }
        });
        match answer.await {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(error)) => return Err(error.to_string()),
            Err(_elapsed) => {}
        }
    }
    Err("no answer in time".to_owned())
}
