//! Pyzor: how often the same lines of text were reported (protocol 2.1, UDP, text).
//!
//! What is told of a message is the digest of some lines of its text, which `core/src/fuzzy/pyzor.rs` chooses as pyzor's own
//! client does. The person's name is not told: everybody is `anonymous` here.

use aws_lc_rs::{
    digest::{SHA1_FOR_LEGACY_USE_ONLY, digest},
    rand,
};
use tamis_core::{Answer, config::Server, fuzzy::pyzor::digested};

use super::{
    datagram::{ask, connected},
    hex,
    rest::Rest,
};
use crate::clock;

/// Who everybody is.
const USER: &str = "anonymous";

/// A server of pyzor.
#[derive(Debug)]
pub(super) struct Pyzor {
    server: Server,
    rest: Rest,
}

/// What a server has answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Told {
    code: u32,
    diagnosis: String,
    reports: u64,
    welcomes: u64,
}

impl Pyzor {
    pub(super) fn new(server: Server) -> Self {
        Self { server, rest: Rest::default() }
    }

    /// Whether it is that server.
    pub(super) fn is_of(&self, server: &Server) -> bool {
        self.server == *server
    }

    /// What is wrong, for the person.
    pub(super) fn problem(&self) -> Option<String> {
        let why = self.rest.why()?;
        Some(format!("the pyzor server {} does not answer ({why}); it is left alone for a while", self.server))
    }

    /// How often the message was reported.
    pub(super) async fn check(&self, raw: &[u8]) -> Answer {
        let Some(digest) = digest_of(raw) else { return Answer::Absent };
        if self.rest.is_on() {
            return Answer::Unknown("the server has not answered lately".to_owned());
        }
        match self.ask("check", &digest).await {
            Ok(Told { code: 200, reports, welcomes, .. }) => Answer::Pyzor { reports, welcomes },
            Ok(told) => Answer::Unknown(format!("the server refuses: {}", told.diagnosis)),
            Err(why) => Answer::Unknown(why),
        }
    }

    /// Reports a message as spam. To be called only at the person's word.
    pub(super) async fn report(&self, raw: &[u8]) -> Result<(), String> {
        let digest = digest_of(raw).ok_or("pyzor's own client cannot read this message either")?;
        match self.ask("report", &digest).await? {
            Told { code: 200, .. } => Ok(()),
            told => Err(format!("the server refuses: {}", told.diagnosis)),
        }
    }

    /// What a report of the message would tell, in words.
    pub(super) fn shown(&self, raw: &[u8]) -> Option<String> {
        let digest = digest_of(raw)?;
        Some(format!("to the pyzor server {}: the digest {digest} of some lines of the text", self.server))
    }

    async fn ask(&self, operation: &str, digest: &str) -> Result<Told, String> {
        let told = async {
            let socket = connected(&self.server).await.map_err(|error| error.to_string())?;
            let mut random = [0; 2];
            rand::fill(&mut random).map_err(|_unspecified| "the system has no random numbers".to_owned())?;
            // The lowest numbers are kept for errors.
            let thread = u16::from_be_bytes(random).saturating_add(1024);
            let packet = request(operation, digest, (thread, clock::now().0));
            ask(&socket, packet.as_bytes(), |answer| read(answer, thread)).await
        };
        let told = told.await;
        match &told {
            Ok(_) => self.rest.answered(),
            Err(why) if self.rest.failed(why) => {
                tracing::warn!(server = %self.server, why, "pyzor does not answer");
            }
            Err(_) => {}
        }
        told
    }
}

/// Pyzor's digest of a message: 40 hexadecimal digits. `None` where pyzor's own client breaks off.
pub fn digest_of(raw: &[u8]) -> Option<String> {
    Some(hex(&sha1(&digested(raw)?)))
}

/// A request as it goes over the network (`pyzor/message.py`, `pyzor/account.py`).
fn request(operation: &str, digest: &str, (thread, now): (u16, i64)) -> String {
    let spec = if operation == "report" { "Op-Spec: 20,3,60,3\n" } else { "" };
    let message =
        format!("Op: {operation}\nOp-Digest: {digest}\n{spec}Thread: {thread}\nPV: 2.1\nUser: {USER}\nTime: {now}");
    // The key of the anonymous user is empty.
    let key = hex(&sha1(format!("{USER}:").as_bytes()));
    let mut signed = sha1(message.as_bytes());
    signed.extend_from_slice(format!(":{now}:{key}").as_bytes());
    format!("{message}\nSig: {}\n\n", hex(&sha1(&signed)))
}

/// The answer to that thread; number 0 is an error of the server.
fn read(answer: &[u8], thread: u16) -> Option<Told> {
    let text = str::from_utf8(answer).ok()?;
    let mut told = Told::default();
    let mut number = None;
    for (name, value) in text.lines().filter_map(|line| line.split_once(':')) {
        let value = value.trim();
        match name {
            "Code" => told.code = value.parse().ok()?,
            "Diag" => value.clone_into(&mut told.diagnosis),
            "Count" => told.reports = value.parse().ok()?,
            "WL-Count" => told.welcomes = value.parse().ok()?,
            "Thread" => number = value.parse::<u16>().ok(),
            _ => {}
        }
    }
    (told.code != 0 && number.is_some_and(|number| number == thread || number == 0)).then_some(told)
}

fn sha1(bytes: &[u8]) -> Vec<u8> {
    digest(&SHA1_FOR_LEGACY_USE_ONLY, bytes).as_ref().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_to_another_question_is_none_of_ours() {
        let answer = |thread: u16| format!("Code: 200\nDiag: OK\nPV: 2.1\nThread: {thread}\nCount: 7\nWL-Count: 1\n\n");
        let told = Told { code: 200, diagnosis: "OK".to_owned(), reports: 7, welcomes: 1 };
        assert_eq!(read(answer(2000).as_bytes(), 2000), Some(told));
        assert_eq!(read(answer(2001).as_bytes(), 2000), None);
        assert_eq!(read(b"\xff", 2000), None);
        assert_eq!(read(b"Code: 200\n\n", 2000), None);
        assert_eq!(read(b"Code: 403\nDiag: Forbidden\nThread: 0\n\n", 2000).map(|told| told.code), Some(403));
    }
}
