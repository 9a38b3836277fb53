//! Why there is no session, and what the person can do about it.

mod off;

use tamis_core::config::{Account, Auth};

use self::off::{is_imap_off, is_off};
use super::{
    login::ScramFault,
    response::{Code, CommandError, Loss, is_not_connected, is_throttling},
};
use crate::tls::TlsError;

/// Why there is no session with a server.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot open a session with {host}:{port}: {problem}")]
pub struct ConnectError {
    /// The server's name as the person wrote it.
    pub host: String,
    /// The port.
    pub port: u16,
    /// What went wrong.
    pub problem: Problem,
}

/// When it makes sense to try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// By itself, after a while.
    Later,
    /// By itself, after a longer pause: the server has had too much of us.
    AfterPause,
    /// Not before the person has changed something.
    AfterPerson,
}

/// What went wrong on the way to a session.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The name has no address.
    #[error("unknown host")]
    UnknownHost,
    /// Nothing listens there.
    #[error("connection refused")]
    Refused,
    /// The network cannot reach it.
    #[error("unreachable: {0}")]
    Unreachable(std::io::ErrorKind),
    /// Nothing answered the attempt to connect.
    #[error("no answer")]
    NoAnswer,
    /// Connected, then silence.
    #[error("connected, but no answer in time")]
    Silent,
    /// TLS failed.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// It talks, but not IMAP.
    #[error("not an IMAP server")]
    NotImap,
    /// It refuses to serve us now.
    #[error("turned away: {0}")]
    TurnedAway(String),
    /// It cannot or will not start TLS.
    #[error("no STARTTLS: {0}")]
    NoStartTls(String),
    /// It says that we are logged in before we have begun: somebody may sit in between.
    #[error("logged in before TLS")]
    PreAuth,
    /// It sent something between the go-ahead for TLS and TLS: somebody sits in between.
    #[error("data before TLS")]
    Injected,
    /// Without TLS, to another machine: not done.
    #[error("no protection on the way to another machine")]
    Unprotected,
    /// No way to log in with a password.
    #[error("login with a password is not offered")]
    LoginDisabled,
    /// The user name or password holds characters that cannot be sent.
    #[error("unusable user name or password")]
    UnusablePassword,
    /// The wanted way to log in is none of those the server offers.
    #[error("no way to log in by {}", wanted.word())]
    NotOffered {
        /// The way in the settings.
        wanted: Auth,
        /// Those it does offer.
        offers: Vec<Auth>,
    },
    /// SCRAM has no rule for a character of the user name or password.
    #[error("user name or password not fit for SCRAM-SHA-256")]
    NotForScram,
    /// The server did not keep to SCRAM, or has not proved itself.
    #[error("SCRAM-SHA-256 given up: {0}")]
    Scram(ScramFault),
    /// The account may not be read by IMAP before the person has allowed that.
    #[error("IMAP is switched off: {0}")]
    ImapOff(String),
    /// The account itself is closed or locked.
    #[error("the account is closed: {0}")]
    AccountOff(String),
    /// Wrong user name or password.
    #[error("login refused: {0}")]
    LoginRefused(String),
    /// The access token is wrong or has expired.
    #[error("access token refused: {0}")]
    TokenRefused(String),
    /// The client certificate is not one of an account.
    #[error("login by client certificate refused: {0}")]
    CertificateRefused(String),
    /// Logged in, but not allowed to read mail before the person has allowed programs in.
    #[error("login not trusted: {0}")]
    UnsafeLogin(String),
    /// It said that it compresses, and then did not.
    #[error("compression failed")]
    Compression,
    /// Too many connections or logins.
    #[error("too many connections: {0}")]
    TooMany(String),
    /// Asked for too much in a short time.
    #[error("throttled: {0}")]
    Throttled(String),
    /// The service is out of order for now.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// The login was good, but the server has no mailbox for us.
    #[error("logged in, but without a mailbox: {0}")]
    NotConnected(String),
    /// The connection was lost on the way.
    #[error("connection lost: {0}")]
    Lost(Loss),
}

impl ConnectError {
    /// What an error of the first commands after the login means. The password was right, whatever the server says then.
    pub fn after_login(account: &Account, error: CommandError) -> Self {
        let mut problem = Problem::from_command(error);
        if let Problem::LoginRefused(text) = problem {
            problem = Problem::TurnedAway(text);
        }
        Self { host: account.host.clone(), port: account.port, problem }
    }

    /// When to try again.
    pub fn retry(&self) -> Retry {
        match &self.problem {
            Problem::UnknownHost
            | Problem::Refused
            | Problem::Unreachable(_)
            | Problem::NoAnswer
            | Problem::Silent
            | Problem::Tls(TlsError::Network(_) | TlsError::Failed(_))
            | Problem::TurnedAway(_)
            | Problem::Unavailable(_)
            | Problem::NotConnected(_)
            | Problem::Compression
            | Problem::Lost(_) => Retry::Later,
            Problem::TooMany(_) | Problem::Throttled(_) => Retry::AfterPause,
            Problem::Tls(_)
            | Problem::NotImap
            | Problem::NoStartTls(_)
            | Problem::PreAuth
            | Problem::Injected
            | Problem::Unprotected
            | Problem::LoginDisabled
            | Problem::UnusablePassword
            | Problem::NotOffered { .. }
            | Problem::NotForScram
            | Problem::Scram(_)
            | Problem::ImapOff(_)
            | Problem::AccountOff(_)
            | Problem::LoginRefused(_)
            | Problem::TokenRefused(_)
            | Problem::CertificateRefused(_)
            | Problem::UnsafeLogin(_) => Retry::AfterPerson,
        }
    }

    /// Whether something answered, so that the attempt counts as a login: [`Budget`](super::budget::Budget).
    pub fn was_heard(&self) -> bool {
        !matches!(self.problem, Problem::UnknownHost | Problem::Refused | Problem::Unreachable(_) | Problem::NoAnswer)
    }

    /// Whether the server refused the user name and what goes with it. Once may be its mistake, or that of a token that had
    /// just expired; twice is ours.
    pub fn is_login_refused(&self) -> bool {
        matches!(
            self.problem,
            Problem::LoginRefused(_)
                | Problem::ImapOff(_)
                | Problem::AccountOff(_)
                | Problem::TokenRefused(_)
                | Problem::CertificateRefused(_)
        )
    }

    /// For the person: what is wrong and what to do, in one sentence without full stop.
    pub fn advice(&self) -> String {
        let Self { host, port, problem } = self;
        match problem {
            Problem::UnknownHost => {
                format!("Cannot find {host}: check the name of the server and your network connection")
            }
            Problem::Refused => format!("{host} refused the connection on port {port}: check server and port"),
            Problem::Unreachable(kind) => format!("Cannot reach {host}: {kind}; check your network connection"),
            Problem::NoAnswer => {
                format!("{host} does not answer on port {port}: check server, port and your network connection")
            }
            Problem::Silent => format!(
                "{host} accepted the connection on port {port} but did not answer in time: check whether this port \
                 wants TLS (usually 993) or STARTTLS (usually 143)"
            ),
            Problem::Tls(problem) => tls_advice(host, *port, problem),
            Problem::NotImap => {
                format!("What answers at {host} on port {port} is no IMAP server: check server and port")
            }
            Problem::TurnedAway(text) => format!("{host} does not serve you at the moment{}", said(text)),
            Problem::NoStartTls(text) => format!(
                "{host} does not start TLS on port {port}{}; choose TLS from the start (usually port 993)",
                said(text)
            ),
            Problem::PreAuth | Problem::Injected => format!(
                "Something between you and {host} meddles with the start of TLS, so no password was sent; choose TLS \
                 from the start (usually port 993) or another network"
            ),
            Problem::Unprotected => format!(
                "A connection without TLS is only allowed to this machine itself, and {host} is another one: choose \
                 TLS or STARTTLS"
            ),
            Problem::LoginDisabled => {
                format!("{host} does not accept a password on this connection: choose TLS, or ask your provider")
            }
            Problem::UnusablePassword => format!(
                "The user name or password for {host} contains a line break or another character that cannot be sent"
            ),
            Problem::NotOffered { .. }
            | Problem::NotForScram
            | Problem::Scram(_)
            | Problem::TokenRefused(_)
            | Problem::CertificateRefused(_)
            | Problem::ImapOff(_)
            | Problem::AccountOff(_)
            | Problem::UnsafeLogin(_) => login_advice(host, problem),
            Problem::Compression => {
                format!("{host} offers compression but fails at it: set `compress = false` for this account")
            }
            Problem::LoginRefused(text) => {
                format!("{host} refused user name or password{}; many providers want an app password here", said(text))
            }
            Problem::TooMany(_) | Problem::Throttled(_) | Problem::Unavailable(_) => load_advice(host, problem),
            Problem::NotConnected(text) => format!(
                "{host} let you in but does not give access to the mailbox{}; the password is right: see whether IMAP is \
                 allowed for this account, and other mail programs are not connected too often",
                said(text)
            ),
            Problem::Lost(loss) => format!("The connection to {host} broke: {loss}"),
        }
    }
}

impl Problem {
    /// What an error during the first commands means.
    pub(super) fn from_command(error: CommandError) -> Self {
        match error {
            CommandError::No { text, .. } | CommandError::Bad { text, .. } if is_not_connected(&text) => {
                Self::NotConnected(text)
            }
            CommandError::No { code, text } => Self::from_refusal(code.as_ref(), text),
            CommandError::Bad { text, .. } => Self::Unavailable(text),
            CommandError::Bye { code, text } => Self::from_farewell(code.as_ref(), text),
            CommandError::Lost(Loss::Tls(error)) => Self::Tls(error),
            CommandError::Lost(loss) => Self::Lost(loss),
            CommandError::Timeout => Self::Silent,
            CommandError::NotSent(_) => Self::UnusablePassword,
        }
    }

    /// What a BYE instead of a greeting or an answer means.
    pub(super) fn from_farewell(code: Option<&Code>, text: String) -> Self {
        if code == Some(&Code::Limit) { Self::TooMany(text) } else { Self::TurnedAway(text) }
    }

    fn from_refusal(code: Option<&Code>, text: String) -> Self {
        let lower = text.to_ascii_lowercase();
        let says = |words: &str| lower.contains(words);
        match code {
            Some(Code::Limit) => Self::TooMany(text),
            Some(Code::Unavailable | Code::ServerBug) => Self::Unavailable(text),
            Some(Code::Other(word)) if word.eq_ignore_ascii_case("INUSE") => Self::Unavailable(text),
            // No mailbox is too full to be read: it is the limits of Gmail and Yahoo.
            Some(Code::OverQuota) => Self::Throttled(text),
            Some(Code::Other(word)) if word.eq_ignore_ascii_case("THROTTLED") => Self::Throttled(text),
            // The words of 163.com and 126.com.
            _ if says("unsafe login") => Self::UnsafeLogin(text),
            _ if is_imap_off(&lower) => Self::ImapOff(text),
            Some(Code::Other(word)) if word.eq_ignore_ascii_case("CONTACTADMIN") => Self::AccountOff(text),
            _ if says("account") && is_off(&lower) => Self::AccountOff(text),
            // Whatever the words: a code for this says so.
            Some(code) if is_of_login(code) => Self::LoginRefused(text),
            // The others say it in words alone, or with ALERT before them.
            _ if says("too many") && (says("connection") || says("session")) => Self::TooMany(text),
            _ if says("too many") || is_throttling(&text) => Self::Throttled(text),
            // Whoever is locked out for a while is left alone for as long.
            _ if says("try again later") || says("temporar") => {
                if says("lock") {
                    Self::Throttled(text)
                } else {
                    Self::Unavailable(text)
                }
            }
            _ => Self::LoginRefused(text),
        }
    }
}

/// Whether the code (RFC 5530 §3) says that it is the login, or who logs in, that is refused.
fn is_of_login(code: &Code) -> bool {
    let known = ["AUTHORIZATIONFAILED", "EXPIRED", "PRIVACYREQUIRED"];
    *code == Code::AuthenticationFailed
        || matches!(code, Code::Other(word) if known.iter().any(|known| word.eq_ignore_ascii_case(known)))
}

#[expect(clippy::wildcard_enum_match_arm, reason = "only what passes by itself comes here")]
fn load_advice(host: &str, problem: &Problem) -> String {
    match problem {
        Problem::TooMany(text) => {
            format!("{host} has too many connections open for you{}; close other mail programs", said(text))
        }
        Problem::Throttled(text) => format!(
            "{host} has been asked for too much in a short time{}: it is left alone for a while; other mail programs ask \
             it too",
            said(text)
        ),
        Problem::Unavailable(text) => format!("{host} is out of order at the moment{}", said(text)),
        other => format!("{host} cannot be used at the moment: {other}"),
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "only what can go wrong at the login comes here")]
fn login_advice(host: &str, problem: &Problem) -> String {
    match problem {
        Problem::NotOffered { wanted: Auth::Auto, offers } => {
            format!("{host} does not let you in with a password: choose `auth = {}`", words(offers, "or"))
        }
        Problem::NotOffered { wanted, offers } if offers.is_empty() => format!(
            "{host} does not offer to log in by {}, nor in any other way on this connection: choose TLS, or ask your \
             provider",
            wanted.word()
        ),
        Problem::NotOffered { wanted, offers } => format!(
            "{host} does not offer to log in by {}, only by {}: change `auth`",
            wanted.word(),
            words(offers, "and")
        ),
        Problem::NotForScram => format!(
            "The user name or password for {host} has a character that scram-sha-256 cannot take: choose another \
             password, or `auth = \"plain\"`"
        ),
        Problem::Scram(fault @ (ScramFault::Nonce | ScramFault::WrongSignature | ScramFault::NoProof)) => {
            format!("What answers as {host} may not be your server, for {fault}; your password was not sent")
        }
        Problem::Scram(fault) => format!(
            "Logging in to {host} by scram-sha-256 failed, for {fault}; choose `auth = \"plain\"` if you trust the server"
        ),
        Problem::TokenRefused(text) => format!(
            "{host} refused the access token{}: it may have expired; let `password_command` print a fresh one each time",
            said(text)
        ),
        Problem::CertificateRefused(text) => format!(
            "{host} does not let you in with your client certificate{}: ask whoever runs the server whether it belongs \
             to your account",
            said(text)
        ),
        Problem::UnsafeLogin(text) => format!(
            "{host} logged you in but does not show your mail to programs{}: switch IMAP on in its web mail, and use \
             the authorization code it gives you there as password",
            said(text)
        ),
        Problem::ImapOff(text) => format!(
            "{host} does not let mail programs read this account yet{}: switch IMAP on in the settings of your web mail, \
             then try again",
            said(text)
        ),
        Problem::AccountOff(text) => format!(
            "{host} says that this account is closed or locked{}: log in to your web mail to see why, or ask whoever runs \
             the server",
            said(text)
        ),
        other => format!("Cannot log in to {host}: {other}"),
    }
}

fn tls_advice(host: &str, port: u16, problem: &TlsError) -> String {
    match problem {
        TlsError::CaFile { path, why } => {
            format!("The certificate file {} for {host} {why}", path.display())
        }
        TlsError::ClientFile { path, why } => {
            format!("The file {} of your client certificate for {host} {why}", path.display())
        }
        TlsError::ClientRefused(why) => {
            format!("{host} refused your client certificate ({why}): ask whoever runs the server for a new one")
        }
        TlsError::ClientWanted => format!(
            "{host} lets in only those who show a client certificate: name yours with `client_cert` and `client_key`"
        ),
        TlsError::NoRoots(_) => format!(
            "This system trusts no certificate authorities, so {host} cannot be trusted: install the package \
             ca-certificates"
        ),
        TlsError::BadName => format!("“{host}” is not the name of a server: check its spelling"),
        TlsError::Untrusted => format!(
            "The certificate of {host} is not signed by anyone this system trusts; if this is your own server, give \
             its CA file, else somebody may be listening in"
        ),
        TlsError::WrongName => format!(
            "The certificate shown by {host} belongs to another name: check the name of the server, and beware that \
             somebody may be listening in"
        ),
        TlsError::Expired => {
            format!(
                "The certificate of {host} has expired: ask your provider to renew it, and check this machine's clock"
            )
        }
        TlsError::NotYetValid => format!("The certificate of {host} is not valid yet: check this machine's clock"),
        TlsError::Refused(why) => format!("The certificate of {host} is refused{}", said(why)),
        TlsError::NotTls => {
            format!("{host} does not speak TLS on port {port}: choose STARTTLS, or the port for TLS (usually 993)")
        }
        TlsError::Network(kind) => format!("The connection to {host} broke while TLS was starting: {kind}"),
        TlsError::Failed(why) => format!("No TLS connection with {host} is possible{}", said(why)),
    }
}

fn said(text: &str) -> String {
    let text = text.trim().trim_end_matches('.');
    if text.is_empty() { String::new() } else { format!(" (“{text}”)") }
}

/// `"plain", "login" or "xoauth2"`.
fn words(ways: &[Auth], last: &str) -> String {
    let words: Vec<String> = ways.iter().map(|way| format!("\"{}\"", way.word())).collect();
    match words.split_last() {
        Some((end, [])) => end.clone(),
        Some((end, front)) => format!("{} {last} {end}", front.join(", ")),
        None => String::new(),
    }
}
