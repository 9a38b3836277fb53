//! Frames: a length and that many bytes of JSON.

use std::{
    io::{self, BufReader, Read, Write},
    path::Path,
    sync::{Arc, mpsc::SyncSender},
    thread,
    time::Duration,
};

use interprocess::local_socket::{GenericFilePath, Stream, ToFsName as _, prelude::*};
use serde::{Serialize, de::DeserializeOwned};
use tamis_core::api::MAX_FRAME;

use super::Input;
use crate::text::{self, t};

/// An agent that takes nothing for this long hangs.
const SEND_LIMIT: Duration = Duration::from_secs(10);

/// Writes one frame.
pub fn write_frame(to: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    let body = serde_json::to_vec(value).map_err(io::Error::other)?;
    let length = u32::try_from(body.len()).ok().filter(|_| body.len() <= MAX_FRAME);
    let length = length.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, t!("client-too-long")))?;
    let mut frame = Vec::with_capacity(4 + body.len());
    frame.extend_from_slice(&length.to_be_bytes());
    frame.extend_from_slice(&body);
    to.write_all(&frame)?;
    to.flush()
}

/// Reads one frame, waiting for it.
pub fn read_frame<T: DeserializeOwned>(from: &mut impl Read) -> io::Result<T> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let length = usize::try_from(u32::from_be_bytes(length)).map_err(io::Error::other)?;
    if MAX_FRAME < length {
        return Err(io::Error::new(io::ErrorKind::InvalidData, t!("client-frame-too-long")));
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body)?;
    serde_json::from_slice(&body)
        .map_err(|why| io::Error::new(io::ErrorKind::InvalidData, t!("client-unreadable", why = why.to_string())))
}

/// Connects, and starts the thread that reads what the agent sends.
pub(super) fn open(socket: &Path, connection: u64, queue: SyncSender<Input>) -> io::Result<Arc<Stream>> {
    let stream = Arc::new(Stream::connect(socket.to_fs_name::<GenericFilePath>()?)?);
    if !is_of_this_user(&stream) {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, t!("client-not-yours")));
    }
    // A hung agent must not hang this thread as well.
    stream.set_send_timeout(Some(SEND_LIMIT)).ok();
    let read_end = Arc::clone(&stream);
    let language = text::language();
    thread::Builder::new().name("tamis-reader".to_owned()).spawn(move || {
        text::speak(language);
        let mut reader = BufReader::with_capacity(1 << 16, &*read_end);
        loop {
            let input = match read_frame(&mut reader) {
                Ok(message) => Input::Frame(connection, Box::new(message)),
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                    Input::Closed(connection, t!("client-agent-stopped"))
                }
                Err(error) => Input::Closed(connection, error.to_string()),
            };
            let is_last = matches!(input, Input::Closed(..));
            if queue.send(input).is_err() || is_last {
                return;
            }
        }
    })?;
    Ok(stream)
}

/// Whether who answers is a program of the same person: it is told passwords.
#[cfg(unix)]
fn is_of_this_user(stream: &Stream) -> bool {
    use interprocess::local_socket::traits::StreamCommon as _;
    stream.peer_creds().is_ok_and(|peer| peer.euid() == Some(rustix::process::geteuid().as_raw()))
}

#[cfg(not(unix))]
const fn is_of_this_user(_stream: &Stream) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use tamis_core::api::{Call, Request};

    use super::*;

    #[test]
    fn a_frame_is_read_as_it_was_written() {
        let call = Call { id: 7, request: Request::CheckNow };
        let mut bytes = vec![];
        write_frame(&mut bytes, &call).unwrap();
        assert_eq!(read_frame::<Call>(&mut bytes.as_slice()).unwrap(), call);
    }

    #[test]
    fn hostile_frames_are_errors() {
        for bytes in [&b"\xff\xff\xff\xff"[..], b"\0\0\0\x02{", b"\0\0\0\x02{}", b"\0\0"] {
            assert!(read_frame::<Call>(&mut &*bytes).is_err(), "{bytes:?}");
        }
    }
}
