//! The virus scanner clamd, over its Unix socket or TCP.
//!
//! A message goes there in pieces (`INSTREAM`), and the answer is one line. Whatever goes wrong, mail is judged without the
//! scanner: it is left alone for a while, longer each time, and the person is told in a sentence what to do.

mod rest;
mod talk;
#[cfg(test)]
mod tests;

use std::{path::Path, time::Duration};

use tamis_core::{
    Answer, Mail,
    config::{self, ScannerPlace},
};
use tokio::{
    net::{TcpStream, UnixStream},
    time::{Instant, timeout_at},
};
use tracing::info;

use self::{
    rest::Rest,
    talk::{Fault, Said, Stream, introduce, scan},
};

/// Where Debian's package has it.
const USUAL: &str = "/run/clamav/clamd.ctl";

/// The longest a scan takes.
const LIMIT: Duration = Duration::from_secs(7);

/// The virus scanner of one setting.
#[derive(Debug)]
pub(super) struct Clamd {
    setting: config::Clamd,
    limit: Duration,
    rest: Rest,
}

impl Clamd {
    /// The scanner, unless none is to be asked. A message waits for all answers for so many seconds.
    pub(super) fn of(setting: &config::Clamd, deadline_secs: u64) -> Option<Self> {
        // Less than that, so that it is we who notice when it is slow.
        let limit = LIMIT.min(Duration::from_secs(deadline_secs).saturating_mul(7) / 8);
        let (setting, rest) = (setting.clone(), Rest::default());
        (setting.place != ScannerPlace::Off).then_some(Self { setting, limit, rest })
    }

    /// Whether it is the same by the settings.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        (&self.setting, self.limit) == (&other.setting, other.limit)
    }

    /// What is wrong with it, and what to do.
    pub(super) fn problem(&self) -> Option<String> {
        self.rest.problem()
    }

    /// Whether it knows something in what there is of the message.
    pub(super) async fn scan(&self, mail: &Mail<'_>) -> Answer {
        // Who has installed none misses nothing.
        if self.setting.place == ScannerPlace::Usual && !self.rest.has_met() && !Path::new(USUAL).exists() {
            return Answer::Unknown("there is no virus scanner on this machine".to_owned());
        }
        let now = Instant::now();
        if self.rest.is_resting(now) {
            return Answer::Unknown("the virus scanner did not answer a moment ago".to_owned());
        }
        let asked = timeout_at(now + self.limit, self.ask(mail.raw)).await;
        match asked.unwrap_or(Err(Fault::Slow)) {
            Ok(said) => {
                self.rest.end();
                answer(said, mail.is_truncated)
            }
            Err(fault) => {
                let text = self.sentence(&fault);
                if fault.is_of_message() {
                    self.rest.note(&text);
                } else {
                    self.rest.begin(Instant::now(), &text, fault.may_be_of_message());
                }
                Answer::Unknown(fault.to_string())
            }
        }
    }

    async fn ask(&self, raw: &[u8]) -> Result<Said, Fault> {
        if self.rest.is_to_be_met() {
            let version = introduce(&mut *self.connect().await?).await?;
            info!(%version, "the virus scanner answers");
            self.rest.meet();
        }
        scan(&mut *self.connect().await?, raw).await
    }

    async fn connect(&self) -> Result<Box<dyn Stream>, Fault> {
        match &self.setting.place {
            ScannerPlace::Off => Err(Fault::Gone("none is asked".to_owned())),
            ScannerPlace::Usual => unix(Path::new(USUAL)).await,
            ScannerPlace::Socket(path) => unix(path).await,
            ScannerPlace::Tcp { host, port } => {
                let found = tokio::net::lookup_host((host.as_str(), *port)).await.map_err(|err| Fault::of_io(&err))?;
                let found: Vec<_> = found.collect();
                let is_here = found.iter().all(|address| address.ip().to_canonical().is_loopback());
                if !is_here && !self.setting.may_be_remote {
                    return Err(Fault::Elsewhere);
                }
                let stream = TcpStream::connect(&found[..]).await.map_err(|err| Fault::of_io(&err))?;
                Ok(Box::new(stream))
            }
        }
    }

    /// What is wrong, and what to do, without full stop.
    fn sentence(&self, fault: &Fault) -> String {
        let place = self.place();
        match fault {
            Fault::Gone(why) => format!(
                "The virus scanner at {place} cannot be reached ({why}); mail is judged without it until it can. Start clamd \
                 (systemctl start clamav-daemon), or write socket = \"off\" below [clamd] in the settings"
            ),
            Fault::Forbidden => format!(
                "The virus scanner at {place} does not let you in; mail is judged without it. Set LocalSocketMode to 666 in \
                 /etc/clamav/clamd.conf, or have yourself added to its group (adduser YOU clamav)"
            ),
            Fault::Slow => format!(
                "The virus scanner at {place} took more than {} over a message, which was judged without it",
                match self.limit.as_secs() {
                    0 | 1 => "a second".to_owned(),
                    secs => format!("{secs} seconds"),
                }
            ),
            Fault::Stranger => format!(
                "What answers at {place} is no clamd that scans streams; mail is judged without it. See socket below [clamd] in \
                 the settings"
            ),
            Fault::Broken => format!(
                "The virus scanner at {place} broke off over a message, which was judged without it. If it was a long one, raise \
                 StreamMaxLength in /etc/clamav/clamd.conf; else clamd's own log may say why"
            ),
            Fault::TooLong => format!(
                "A message was too long for the virus scanner at {place} and was judged without it; raise StreamMaxLength in \
                 /etc/clamav/clamd.conf"
            ),
            Fault::Refused(words) => format!(
                "The virus scanner at {place} could not look into a message ({words}), which was judged without it; its own \
                 log may say why"
            ),
            Fault::Elsewhere => format!(
                "{place} is not on this machine, so nothing is sent there; write remote = true below [clamd] in the settings if \
                 your mail may go there without encryption"
            ),
        }
    }

    fn place(&self) -> String {
        match &self.setting.place {
            ScannerPlace::Off => String::new(),
            ScannerPlace::Usual => USUAL.to_owned(),
            ScannerPlace::Socket(path) => path.display().to_string(),
            ScannerPlace::Tcp { host, port } if host.contains(':') => format!("[{host}]:{port}"),
            ScannerPlace::Tcp { host, port } => format!("{host}:{port}"),
        }
    }
}

/// What was fetched of a message was scanned. What is found in it counts; that nothing is found says nothing of the rest.
fn answer(said: Said, is_truncated: bool) -> Answer {
    match said {
        Said::Found(name) => Answer::Infected(name),
        Said::Clean if is_truncated => {
            Answer::Unknown("nothing is in its beginning, and the rest was not fetched".to_owned())
        }
        Said::Clean => Answer::Absent,
    }
}

async fn unix(path: &Path) -> Result<Box<dyn Stream>, Fault> {
    let stream = UnixStream::connect(path).await.map_err(|err| Fault::of_io(&err))?;
    Ok(Box::new(stream))
}
