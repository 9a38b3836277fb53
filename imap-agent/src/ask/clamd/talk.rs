//! What is said between us and clamd: clamd(8), the commands that begin with `z` and end with a zero byte.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// A way to clamd.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// Bytes that go there at once.
const PIECE: usize = 64 << 10;

/// The longest answer that is read. A real one has the name of a signature in it, or those of its commands.
const LONGEST: usize = 4 << 10;

/// What it says of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// It knows nothing in it.
    Clean,
    /// It found this.
    Found(String),
}

/// Why there is no answer about a message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    #[error("the virus scanner cannot be reached ({0})")]
    Gone(String),
    #[error("the virus scanner does not let us in")]
    Forbidden,
    #[error("the virus scanner was too slow")]
    Slow,
    #[error("what answers is no virus scanner")]
    Stranger,
    #[error("the virus scanner broke off")]
    Broken,
    #[error("it is longer than the virus scanner takes")]
    TooLong,
    #[error("the virus scanner could not look into it ({0})")]
    Refused(String),
    #[error("the virus scanner is on another machine")]
    Elsewhere,
}

impl Fault {
    /// Why nobody could be reached.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the rest is in the system's words")]
    pub(super) fn of_io(err: &io::Error) -> Self {
        match err.kind() {
            io::ErrorKind::PermissionDenied => Self::Forbidden,
            io::ErrorKind::NotFound => Self::Gone("there is no such socket".to_owned()),
            io::ErrorKind::ConnectionRefused => Self::Gone("nobody listens there".to_owned()),
            _ => Self::Gone(err.to_string()),
        }
    }

    /// Whether it says something of the message and nothing of the scanner, which can be asked about the next one.
    pub(super) fn is_of_message(&self) -> bool {
        matches!(self, Self::TooLong | Self::Refused(_))
    }

    /// Whether the next message may well be answered.
    pub(super) fn may_be_of_message(&self) -> bool {
        matches!(self, Self::Slow | Self::Broken)
    }
}

/// Asks who it is and what it can do. Returns its version, such as `ClamAV 1.4.6/27123/Mon Nov 20 08:00:00 2023`.
pub(super) async fn introduce(stream: &mut dyn Stream) -> Result<String, Fault> {
    stream.write_all(b"zVERSIONCOMMANDS\0").await.map_err(|_gone| Fault::Broken)?;
    let said = line(stream).await?;
    let (version, commands) = said.split_once("| COMMANDS:").ok_or(Fault::Stranger)?;
    let can_stream = commands.split_whitespace().any(|command| command == "INSTREAM");
    (version.starts_with("ClamAV") && can_stream).then(|| version.trim().to_owned()).ok_or(Fault::Stranger)
}

/// Has a message scanned.
pub(super) async fn scan(stream: &mut dyn Stream, raw: &[u8]) -> Result<Said, Fault> {
    let sent = send(stream, raw).await;
    // Where it takes no more, it has said why before it hung up.
    match line(stream).await {
        Ok(said) => read(&said),
        Err(_) if sent.is_err() => Err(Fault::Broken),
        Err(fault) => Err(fault),
    }
}

async fn send(stream: &mut dyn Stream, raw: &[u8]) -> io::Result<()> {
    stream.write_all(b"zINSTREAM\0").await?;
    for piece in raw.chunks(PIECE) {
        let length = u32::try_from(piece.len()).unwrap_or(u32::MAX);
        stream.write_all(&length.to_be_bytes()).await?;
        stream.write_all(piece).await?;
    }
    stream.write_all(&0_u32.to_be_bytes()).await?;
    stream.flush().await
}

/// One answer, up to its zero byte. One that breaks off before is none.
async fn line(stream: &mut dyn Stream) -> Result<String, Fault> {
    let mut bytes = Vec::new();
    let mut piece = [0_u8; 512];
    while bytes.len() < LONGEST {
        let count = stream.read(&mut piece).await.map_err(|_gone| Fault::Broken)?;
        bytes.extend_from_slice(piece.get(..count).unwrap_or_default());
        if let Some(end) = bytes.iter().position(|byte| *byte == 0) {
            bytes.truncate(end);
            return Ok(String::from_utf8_lossy(&bytes).into_owned());
        }
        if count == 0 {
            return Err(Fault::Broken);
        }
    }
    Err(Fault::Stranger)
}

/// `stream: OK`, `stream: Win.Test.EICAR_HDB-1 FOUND`, `INSTREAM size limit exceeded. ERROR`.
fn read(said: &str) -> Result<Said, Fault> {
    if said == "stream: OK" {
        return Ok(Said::Clean);
    }
    if let Some(name) = said.strip_prefix("stream: ").and_then(|rest| rest.strip_suffix(" FOUND")) {
        return Ok(Said::Found(name.to_owned()));
    }
    match said.strip_suffix(" ERROR") {
        Some(words) if words.starts_with("INSTREAM size limit exceeded") => Err(Fault::TooLong),
        Some(words) => Err(Fault::Refused(tamis_core::harmless(words.trim_start_matches("stream: ")))),
        None => Err(Fault::Stranger),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_as_it_is_and_never_guessed() {
        for (said, want) in [
            ("stream: OK", Ok(Said::Clean)),
            ("stream: Own.Marker.UNOFFICIAL FOUND", Ok(Said::Found("Own.Marker.UNOFFICIAL".to_owned()))),
            ("INSTREAM size limit exceeded. ERROR", Err(Fault::TooLong)),
            ("stream: Can't allocate memory ERROR", Err(Fault::Refused("Can't allocate memory".to_owned()))),
            ("UNKNOWN COMMAND", Err(Fault::Stranger)),
            ("stream: OK and more", Err(Fault::Stranger)),
            ("", Err(Fault::Stranger)),
        ] {
            assert_eq!(read(said), want, "{said}");
        }
    }
}
