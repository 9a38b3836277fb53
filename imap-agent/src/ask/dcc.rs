//! DCC: how many copies of a message others have had, asked through DCC's own client on this machine.
//!
//! Either over the socket of `dccifd` (dccifd(8)): options, the client, its HELO, the sender and the recipients, a line
//! each, an empty line, the message, and then nothing more. It answers with a line for the whole, one for the recipients,
//! and with
//! `header` the line of metrics. Or by a run of `dccproc` (dccproc(8)), which writes that line. Both only ask: the message
//! is not counted as one that the person has had, so nothing is reported.

use std::{path::Path, process::Stdio, time::Duration};

use tamis_core::{Answer, Mail, config::Dcc};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::UnixStream,
    process::Command,
    time::timeout,
};

use super::rest::Rest;

/// How long DCC may take.
const PATIENCE: Duration = Duration::from_secs(6);

/// The longest answer that is read, in bytes.
const LONGEST: u64 = 64 << 10;

/// What stands for `many`.
const MANY: u32 = 999_999;

/// The DCC client of this machine.
#[derive(Debug)]
pub(super) struct DccClient {
    dcc: Dcc,
    rest: Rest,
}

impl DccClient {
    pub(super) fn new(dcc: Dcc) -> Self {
        Self { dcc, rest: Rest::default() }
    }

    /// Whether it is that one.
    pub(super) fn is_of(&self, dcc: &Dcc) -> bool {
        self.dcc == *dcc
    }

    /// What is wrong, for the person.
    pub(super) fn problem(&self) -> Option<String> {
        let why = self.rest.why()?;
        let (Dcc::Socket(path) | Dcc::Program(path)) = &self.dcc;
        Some(format!("DCC at {} does not answer ({why}); it is left alone for a while", path.display()))
    }

    /// How often others have had the message.
    pub(super) async fn check(&self, mail: &Mail<'_>) -> Answer {
        if self.rest.is_on() {
            return Answer::Unknown("DCC has not answered lately".to_owned());
        }
        let asked = async {
            match &self.dcc {
                Dcc::Socket(path) => over_socket(path, mail).await,
                Dcc::Program(path) => by_program(path, mail.raw).await,
            }
        };
        let told = timeout(PATIENCE, asked).await.unwrap_or_else(|_elapsed| Err("no answer in time".to_owned()));
        let counts = told.and_then(|told| metrics(&told).ok_or_else(|| "its answer cannot be understood".to_owned()));
        match counts {
            Ok(counts) => {
                self.rest.answered();
                Answer::Dcc(counts)
            }
            Err(why) => {
                if self.rest.failed(&why) {
                    tracing::warn!(why, "DCC does not answer");
                }
                Answer::Unknown(why)
            }
        }
    }
}

async fn over_socket(path: &Path, mail: &Mail<'_>) -> Result<String, String> {
    let fault = |error: std::io::Error| error.to_string();
    let mut socket = UnixStream::connect(path).await.map_err(fault)?;
    let line = |text: Option<String>| text.unwrap_or_default().replace(['\r', '\n'], " ");
    let client = mail.trace().entry().and_then(|hop| hop.ip).map(|ip| ip.to_string());
    let sender = mail.envelope_from().flatten().map(ToString::to_string);
    let recipient = mail.delivered_to().map(|address| address.to_string());
    // An empty HELO is one that nobody knows.
    let head = format!("header query\n{}\n\n{}\n{}\n\n", line(client), line(sender), line(recipient));
    socket.write_all(head.as_bytes()).await.map_err(fault)?;
    socket.write_all(mail.raw).await.map_err(fault)?;
    socket.shutdown().await.map_err(fault)?;
    let mut told = Vec::new();
    socket.take(LONGEST).read_to_end(&mut told).await.map_err(fault)?;
    let told = String::from_utf8_lossy(&told).into_owned();
    // `T` is a failure of its own: its servers do not answer.
    if told.starts_with('T') { Err("it cannot reach its servers".to_owned()) } else { Ok(told) }
}

async fn by_program(path: &Path, raw: &[u8]) -> Result<String, String> {
    let fault = |error: std::io::Error| error.to_string();
    let mut command = Command::new(path);
    command.args(["-Q", "-H", "-x", "0"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut program = command.kill_on_drop(true).spawn().map_err(fault)?;
    let (input, output) = (program.stdin.take(), program.stdout.take());
    let (Some(mut input), Some(output)) = (input, output) else { return Err("it has no input".to_owned()) };
    let give = async {
        // It may have seen enough before the end.
        input.write_all(raw).await.ok();
        drop(input);
    };
    let mut told = Vec::new();
    let mut output = output.take(LONGEST);
    let (read, ()) = tokio::join!(output.read_to_end(&mut told), give);
    read.map_err(fault)?;
    let status = program.wait().await.map_err(fault)?;
    if status.success() { Ok(String::from_utf8_lossy(&told).into_owned()) } else { Err(format!("it failed: {status}")) }
}

/// The counts in `X-DCC-name-Metrics: host 1234; bulk Body=3 Fuz1=many Fuz2=0`.
fn metrics(told: &str) -> Option<Vec<(String, u32)>> {
    let unfolded = told.replace("\r\n", "\n").replace("\n ", " ").replace("\n\t", " ");
    let is_metrics = |line: &&str| line.starts_with("X-DCC-") && line.contains("-Metrics:");
    let line = unfolded.lines().find(is_metrics)?;
    let (_, counts) = line.split_once(';')?;
    let count = |word: &str| {
        let (name, count) = word.split_once('=')?;
        let count = if count == "many" { MANY } else { count.parse().ok()? };
        matches!(name, "Body" | "Fuz1" | "Fuz2").then(|| (name.to_lowercase(), count))
    };
    Some(counts.split_whitespace().filter_map(count).collect())
}

#[cfg(test)]
mod tests {
    use tamis_core::Arrival;

    use super::*;

    #[test]
    fn counts_are_read_and_whatever_else_is_not() {
        let told = "A\nA\nX-DCC-EATSERVER-Metrics: host.example 1166; bulk Body=3 IP=7\n Fuz1=many Fuz2=0\n\n";
        let want = [("body", 3), ("fuz1", MANY), ("fuz2", 0)].map(|(name, count)| (name.to_owned(), count));
        assert_eq!(metrics(told), Some(want.to_vec()));
        assert_eq!(metrics("A\nA\n"), None);
    }

    #[tokio::test]
    async fn who_is_not_there_is_not_known_and_rests_after_three_tries() {
        let home = tempfile::tempdir().unwrap();
        for dcc in [Dcc::Socket(home.path().join("dccifd")), Dcc::Program(home.path().join("dccproc"))] {
            let client = DccClient::new(dcc);
            let mail = Mail::parse(b"Subject: x\n\nHello.\n", &Arrival::default());
            for _ in 0..3 {
                assert!(client.problem().is_none());
                assert!(matches!(client.check(&mail).await, Answer::Unknown(_)));
            }
            let problem = client.problem().unwrap();
            assert!(problem.starts_with("DCC at ") && problem.ends_with("it is left alone for a while"), "{problem}");
        }
    }
}
