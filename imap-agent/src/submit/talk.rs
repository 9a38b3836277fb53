//! The conversation with a submission server: one question, one answer, each answer looked at.

use std::{io, time::Duration};

use mail_send::{
    Credentials, Error, SmtpClient,
    smtp::{AssertReply as _, message::Parameters},
};
use smtp_proto::{
    AUTH_LOGIN, AUTH_PLAIN, AUTH_XOAUTH2, EXT_8BIT_MIME, EXT_SIZE, EXT_SMTP_UTF8, EXT_START_TLS, EhloResponse, Response,
};
use tamis_core::config::Auth;

use super::{
    letter::Sealed,
    submit_error::{Reply, Stage, SubmitError},
    wire::Wire,
};
use crate::{
    mailbox::{Loss, Problem, Stream},
    secret::Secret,
};

/// What we call ourselves: an address says nothing about this machine, and this one least of all (RFC 5321, 4.1.3).
const OWN_NAME: &str = "[127.0.0.1]";

/// The mechanisms that the library can go through with. It would begin others that a server offers, and not end them.
const MECHANISMS: u64 = AUTH_PLAIN | AUTH_LOGIN;

/// The library measures each command; [`Wire`] measures the silence, and those who call measure the whole.
const NO_LIMIT: Duration = Duration::from_hours(24);

/// An open connection. After an error nothing more is said.
pub(super) struct Talk {
    client: SmtpClient<Wire<Box<dyn Stream>>>,
    offers: EhloResponse<String>,
}

impl Talk {
    /// Begins over `stream`, and waits for the server no longer than `patience` in all.
    pub(super) fn over(stream: Box<dyn Stream>, patience: Duration) -> Self {
        let client = SmtpClient { stream: Wire::new(stream, patience), timeout: NO_LIMIT };
        Self { client, offers: EhloResponse::default() }
    }

    /// Hears the greeting.
    pub(super) async fn greeting(&mut self) -> Result<(), Problem> {
        let greeting = self.client.read().await;
        greeting.and_then(Response::assert_positive_completion).map_err(|error| self.problem(&error))
    }

    /// Asks what the server can do.
    pub(super) async fn hello(&mut self) -> Result<(), Problem> {
        self.offers = self.client.ehlo(OWN_NAME).await.map_err(|error| self.problem(&error))?;
        Ok(())
    }

    /// Returns the bare stream, on which TLS must begin, and what is left of the patience.
    pub(super) async fn start_tls(mut self) -> Result<(Box<dyn Stream>, Duration), Problem> {
        if !self.offers.has_capability(EXT_START_TLS) {
            return Err(Problem::NoStartTls("it is not offered".to_owned()));
        }
        let answer = self.client.cmd("STARTTLS\r\n").await.and_then(Response::assert_positive_completion);
        if let Err(error) = answer {
            let Error::UnexpectedReply(response) = error else { return Err(self.problem(&error)) };
            return Err(Problem::NoStartTls(reply(&response).to_string()));
        }
        self.client.stream.into_inner().ok_or(Problem::Injected)
    }

    /// Whether there is a login with a password.
    pub(super) fn offers_login(&self) -> bool {
        self.offers.auth() & MECHANISMS != 0
    }

    /// Logs in.
    pub(super) async fn log_in(&mut self, user: &str, secret: &Secret) -> Result<(), Problem> {
        self.log_in_by(MECHANISMS, Credentials::Plain { username: user, secret: secret.expose() }, secret).await
    }

    /// Logs in with an access token.
    pub(super) async fn log_in_with_token(&mut self, user: &str, token: &Secret) -> Result<(), Problem> {
        if self.offers.auth() & AUTH_XOAUTH2 == 0 {
            return Err(Problem::NotOffered { wanted: Auth::XOAuth2, offers: Vec::new() });
        }
        self.log_in_by(AUTH_XOAUTH2, Credentials::XOauth2 { username: user, secret: token.expose() }, token).await
    }

    async fn log_in_by(
        &mut self,
        mechanisms: u64,
        credentials: Credentials<&str>,
        secret: &Secret,
    ) -> Result<(), Problem> {
        self.offers.auth_mechanisms &= mechanisms;
        let outcome = self.client.authenticate(&credentials, &self.offers).await.map(drop);
        outcome.map_err(|error| {
            let Error::AuthenticationFailed(response) = error else { return self.problem(&error) };
            let said = secret.redact(&reply(&response).to_string());
            if response.code() < 500 { Problem::Unavailable(said) } else { Problem::LoginRefused(said) }
        })
    }

    /// Hands the message over. `Ok` if the server has taken it upon itself.
    pub(super) async fn hand_over(&mut self, sealed: &Sealed) -> Result<(), SubmitError> {
        let parameters = self.parameters(sealed)?;
        let sender = self.client.mail_from(&sealed.from, &parameters).await;
        sender.map_err(|error| self.unsent(Stage::Sender, &error))?;
        let recipient = self.client.rcpt_to(&sealed.to, &Parameters::new()).await;
        recipient.map_err(|error| self.unsent(Stage::Recipient, &error))?;
        let taken = self.client.data(&sealed.content).await;
        taken.map(drop).map_err(|error| self.unsent(Stage::Message, &error))
    }

    /// What the conversation comes to when it cannot go on.
    pub(super) fn broken(&self, why: io::ErrorKind) -> SubmitError {
        if self.client.stream.has_ended_message() { SubmitError::MaybeSent(why) } else { SubmitError::Lost(why) }
    }

    /// Takes leave.
    pub(super) async fn quit(self) {
        // The message is with the server, whatever it says now.
        self.client.quit().await.ok();
    }

    fn parameters(&self, sealed: &Sealed) -> Result<Parameters<'static>, SubmitError> {
        let mut parameters = Parameters::new();
        if self.offers.has_capability(EXT_SIZE) {
            let limit = self.offers.size;
            if 0 < limit && limit < sealed.size() {
                return Err(SubmitError::TooLarge { bytes: sealed.size(), limit });
            }
            parameters.add(format!("SIZE={}", sealed.size()));
        }
        if !sealed.content.is_ascii() {
            if !self.offers.has_capability(EXT_8BIT_MIME) {
                return Err(SubmitError::NeedsEightBit);
            }
            parameters.add("BODY=8BITMIME");
        }
        // Only for addresses: mail with bare 8-bit headers has come this far without, and where the next server cannot do
        // it the message would be sent back.
        if let Some(address) = [&sealed.from, &sealed.to].into_iter().find(|address| !address.is_ascii()) {
            if !self.offers.has_capability(EXT_SMTP_UTF8) {
                return Err(SubmitError::NeedsUtf8(address.clone()));
            }
            parameters.add("SMTPUTF8");
        }
        Ok(parameters)
    }

    fn unsent(&self, stage: Stage, error: &Error) -> SubmitError {
        if let Error::UnexpectedReply(response) = error {
            let reply = reply(response);
            match response.code() {
                400..500 => return SubmitError::NotNow { stage, reply },
                500..600 => return SubmitError::Refused { stage, reply },
                _ => {}
            }
        }
        self.broken(self.because(error))
    }

    fn problem(&self, error: &Error) -> Problem {
        if let Error::UnexpectedReply(response) = error {
            return Problem::TurnedAway(reply(response).to_string());
        }
        let kind = self.because(error);
        if kind == io::ErrorKind::TimedOut {
            return Problem::Silent;
        }
        Problem::Lost(if kind == io::ErrorKind::UnexpectedEof {
            Loss::Closed
        } else if kind == io::ErrorKind::InvalidData {
            Loss::Unreadable("the server sent something that is not SMTP".to_owned())
        } else {
            Loss::Network(kind)
        })
    }

    /// The library calls the end of the connection an answer that cannot be read.
    fn because(&self, error: &Error) -> io::ErrorKind {
        if let Error::Io(error) = error {
            return error.kind();
        }
        if self.client.stream.has_closed() {
            return io::ErrorKind::UnexpectedEof;
        }
        let is_late = matches!(error, Error::Timeout);
        if is_late { io::ErrorKind::TimedOut } else { io::ErrorKind::InvalidData }
    }
}

/// With the class of RFC 3463 where there is one: it often says more than the words.
fn reply(response: &Response<String>) -> Reply {
    let [class, subject, detail] = response.esc;
    let words = response.message();
    if class == 0 {
        return Reply::new(response.code(), words);
    }
    Reply::new(response.code(), &format!("{class}.{subject}.{detail} {words}"))
}
