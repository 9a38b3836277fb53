//! The ways to log in, and the conversation each of them is.

use std::future::ready;

use tamis_core::config::{Account, Auth};

use super::{
    super::{
        connect_error::Problem,
        driver::{Connection, Turn},
        encoding::{base64, unbase64},
        response::{CommandError, Completed, Untagged},
    },
    Capabilities, LOGIN_LIMIT, redacted,
    scram::{Scram, ScramFault, Verdict, prepared},
    token,
};
use crate::secret::Secret;

/// Longer than any server's words in a login. In bytes of base64.
const MAX_WORDS: usize = 8 << 10;

/// A way to log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    ScramSha256,
    Plain,
    /// `AUTH=LOGIN`, a mechanism.
    Login,
    /// The command of that name.
    LoginCommand,
    XOAuth2,
    OAuthBearer,
    External,
}

impl Way {
    /// What the server calls it.
    pub(super) const fn mechanism(self) -> &'static str {
        match self {
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::Plain => "PLAIN",
            Self::Login | Self::LoginCommand => "LOGIN",
            Self::XOAuth2 => "XOAUTH2",
            Self::OAuthBearer => "OAUTHBEARER",
            Self::External => "EXTERNAL",
        }
    }

    /// Whether the server says that it knows this way.
    fn is_offered(self, offered: &Capabilities) -> bool {
        match self {
            Self::LoginCommand => !offered.contains("LOGINDISABLED"),
            Self::ScramSha256 | Self::Plain | Self::Login | Self::XOAuth2 | Self::OAuthBearer | Self::External => {
                offered.contains(&format!("AUTH={}", self.mechanism()))
            }
        }
    }

    /// How often the server has to ask before it can know who we are.
    const fn due(self) -> u32 {
        match self {
            Self::Plain | Self::XOAuth2 | Self::OAuthBearer | Self::External => 1,
            Self::Login => 2,
            // With SCRAM the server proves that it has heard all.
            Self::ScramSha256 | Self::LoginCommand => 0,
        }
    }

    /// What it is called in the settings.
    const fn auth(self) -> Auth {
        match self {
            Self::ScramSha256 => Auth::ScramSha256,
            Self::Plain => Auth::Plain,
            Self::Login | Self::LoginCommand => Auth::Login,
            Self::XOAuth2 => Auth::XOAuth2,
            Self::OAuthBearer => Auth::OAuthBearer,
            Self::External => Auth::External,
        }
    }
}

/// The ways to try, best first and at least one.
pub(super) fn ways(account: &Account, secret: &Secret, offered: &Capabilities) -> Result<Vec<Way>, Problem> {
    let wanted: &[Way] = match account.auth {
        Auth::Auto => &[Way::ScramSha256, Way::Plain, Way::Login, Way::LoginCommand],
        Auth::Plain => &[Way::Plain],
        Auth::Login => &[Way::Login, Way::LoginCommand],
        Auth::ScramSha256 => &[Way::ScramSha256],
        Auth::XOAuth2 => &[Way::XOAuth2],
        Auth::OAuthBearer => &[Way::OAuthBearer],
        Auth::External => &[Way::External],
    };
    let mut ways: Vec<Way> = wanted.iter().copied().filter(|way| way.is_offered(offered)).collect();
    // Servers differ in what they do to a password that is not written as SCRAM wants it; as it is, all understand it.
    if account.auth == Auth::Auto && 1 < ways.len() && !is_as_scram_wants_it(account, secret) {
        ways.retain(|way| *way != Way::ScramSha256);
    }
    // Only SCRAM may find that the server has nothing to compare with; any other refusal is one of the password.
    ways.truncate(if ways.first() == Some(&Way::ScramSha256) { 2 } else { 1 });
    if ways.is_empty() { Err(not_offered(account.auth, offered)) } else { Ok(ways) }
}

fn is_as_scram_wants_it(account: &Account, secret: &Secret) -> bool {
    let is_same = |text: &Secret| prepared(text).is_some_and(|prepared| prepared.expose() == text.expose());
    is_same(secret) && is_same(&Secret::new(account.user.clone()))
}

fn not_offered(wanted: Auth, offered: &Capabilities) -> Problem {
    let all =
        [Way::ScramSha256, Way::Plain, Way::Login, Way::LoginCommand, Way::XOAuth2, Way::OAuthBearer, Way::External];
    let mut offers: Vec<Auth> = all.into_iter().filter(|way| way.is_offered(offered)).map(Way::auth).collect();
    offers.dedup();
    if wanted == Auth::Auto && offers.is_empty() {
        return Problem::LoginDisabled;
    }
    Problem::NotOffered { wanted, offers }
}

/// What came of one way, if nothing is wrong.
pub(super) enum Tried {
    /// We are in.
    In(Completed),
    /// The server refused, in these words, before it knew whether we know the password: it has nothing to compare it with
    /// in this way.
    Unknown(String),
}

/// Logs in that way.
pub(super) async fn authenticate(
    connection: &mut Connection,
    way: Way,
    account: &Account,
    secret: &Secret,
    mut on: impl FnMut(Untagged),
) -> Result<Tried, Problem> {
    let mut talk = Conversation::new(way, account, secret)?;
    let mut fault = None;
    let line = format!("AUTHENTICATE {}", way.mechanism());
    let mut on = |untagged| {
        on(untagged);
        ready(())
    };
    let outcome = async {
        let mut exchange = connection.begin(&line, way.due(), LOGIN_LIMIT).await?;
        loop {
            let words = match exchange.next(&mut on).await? {
                Turn::Done(completed) => return Ok(completed),
                Turn::GoOn(words) => words,
            };
            let reply = if fault.is_some() { Ok(give_up()) } else { talk.answer(words).await };
            let reply = reply.unwrap_or_else(|problem| {
                fault = Some(problem);
                give_up()
            });
            exchange.answer(reply.expose().as_bytes()).await?;
        }
    };
    let outcome: Result<Completed, CommandError> = outcome.await;
    if let (Some(fault), Ok(_) | Err(CommandError::No { .. } | CommandError::Bad { .. })) = (fault, &outcome) {
        return Err(fault);
    }
    let outcome = outcome.map_err(|error| redacted(error, &talk.secrets));
    talk.conclude(outcome)
}

/// A star ends the login; the server then says so.
fn give_up() -> Secret {
    Secret::new("*".to_owned())
}

/// Our side of a login: what to say next, and what the end means.
struct Conversation<'a> {
    way: Way,
    account: &'a Account,
    /// What nobody may see: the password, and all that was made of it.
    secrets: Vec<Secret>,
    scram: Option<Scram>,
    n_answers: u32,
    /// What the server holds against the token.
    status: Option<String>,
}

impl<'a> Conversation<'a> {
    fn new(way: Way, account: &'a Account, secret: &Secret) -> Result<Self, Problem> {
        let scram = if way == Way::ScramSha256 {
            let (user, password) = prepared(&Secret::new(account.user.clone()))
                .zip(prepared(secret))
                .filter(|(_, password)| !password.expose().is_empty())
                .ok_or(Problem::NotForScram)?;
            Some(Scram::new(user.expose(), password).map_err(Problem::Scram)?)
        } else {
            None
        };
        if matches!(way, Way::XOAuth2 | Way::OAuthBearer) && !token::is_token(secret.expose()) {
            return Err(Problem::UnusablePassword);
        }
        Ok(Self { way, account, secrets: vec![secret.clone()], scram, n_answers: 0, status: None })
    }

    /// The line to send when the server has said these words.
    async fn answer(&mut self, words: String) -> Result<Secret, Problem> {
        let reply = self.reply(words).await?;
        self.n_answers = self.n_answers.saturating_add(1);
        let line = Secret::new(base64(reply.expose().as_bytes()));
        if !line.expose().is_empty() {
            self.secrets.push(line.clone());
        }
        Ok(line)
    }

    async fn reply(&mut self, words: String) -> Result<Secret, Problem> {
        let user = &self.account.user;
        let secret = self.secrets.first().cloned().unwrap_or_else(|| Secret::new(String::new()));
        match (self.way, self.n_answers) {
            (Way::Plain, 0) => Ok(Secret::new(format!("\0{user}\0{}", secret.expose()))),
            (Way::Login, 1) => Ok(secret),
            (Way::XOAuth2, 0) => Ok(token::xoauth2(user, &secret)),
            (Way::OAuthBearer, 0) => Ok(token::oauthbearer(user, &self.account.host, self.account.port, &secret)),
            // It says what is wrong, and waits for a word before it refuses (RFC 7628 §3.2.3).
            (Way::XOAuth2 | Way::OAuthBearer, 1) => {
                let said = decoded(&words).and_then(|json| token::status(&json));
                self.status = Some(said.map(|status| secret.redact(&status)).unwrap_or_default());
                Ok(Secret::new(if self.way == Way::XOAuth2 { String::new() } else { "\x01".to_owned() }))
            }
            // The certificate says who we are. A user that is written besides is who we want to act as.
            (Way::External, 0) if *user == self.account.address.to_string() => Ok(Secret::new(String::new())),
            // LOGIN asks first for the user, then for the password, in whatever words.
            (Way::Login | Way::External, 0) => Ok(Secret::new(user.clone())),
            (Way::ScramSha256, step) => self.scram_reply(step, &words).await,
            _ => Err(Problem::Unavailable("the server asks for more than belongs to a login".to_owned())),
        }
    }

    async fn scram_reply(&mut self, step: u32, words: &str) -> Result<Secret, Problem> {
        let fault = Problem::Scram(ScramFault::NotUnderstood);
        let Some(mut scram) = self.scram.take() else { return Err(fault) };
        if step == 0 {
            let hello = scram.hello();
            self.scram = Some(scram);
            return Ok(Secret::new(hello));
        }
        let Some(words) = decoded(words).and_then(|bytes| String::from_utf8(bytes).ok()) else { return Err(fault) };
        if step == 1 {
            // The rounds keep a core busy for a while.
            let proving = tokio::task::spawn_blocking(move || {
                let proof = scram.prove(&words);
                (scram, proof)
            });
            let Ok((scram, proof)) = proving.await else { return Err(fault) };
            self.scram = Some(scram);
            return proof.map_err(Problem::Scram);
        }
        let verdict = scram.judge(&words).map_err(Problem::Scram)?;
        self.scram = Some(scram);
        match verdict {
            Verdict::Proved if step == 2 => Ok(Secret::new(String::new())),
            Verdict::Proved => Err(fault),
            Verdict::Refused(why) => {
                let why = self.secrets.iter().fold(why, |why, secret| secret.redact(&why));
                Err(Problem::LoginRefused(why))
            }
        }
    }

    fn conclude(self, outcome: Result<Completed, CommandError>) -> Result<Tried, Problem> {
        let problem = match outcome {
            Ok(_) if self.scram.as_ref().is_some_and(|scram| !scram.is_proved()) => {
                return Err(Problem::Scram(ScramFault::NoProof));
            }
            Ok(completed) => return Ok(Tried::In(completed)),
            Err(error) => Problem::from_command(error),
        };
        let Problem::LoginRefused(text) = problem else { return Err(problem) };
        match self.way {
            Way::ScramSha256 if self.scram.is_some_and(|scram| !scram.has_proved()) => Ok(Tried::Unknown(text)),
            Way::XOAuth2 | Way::OAuthBearer => {
                Err(Problem::TokenRefused(self.status.filter(|status| !status.is_empty()).unwrap_or(text)))
            }
            Way::External => Err(Problem::CertificateRefused(text)),
            Way::ScramSha256 | Way::Plain | Way::Login | Way::LoginCommand => Err(Problem::LoginRefused(text)),
        }
    }
}

/// What the server says within a login, out of base64.
fn decoded(words: &str) -> Option<Vec<u8>> {
    if words.len() <= MAX_WORDS { unbase64(words.trim()) } else { None }
}

#[cfg(test)]
mod tests;
