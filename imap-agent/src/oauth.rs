//! Signing in with whoever gives out the access tokens of an account (OAuth2, RFC 6749), and renewing what it gave.
//!
//! ```text
//! flow      one sign-in, from the page to the tokens
//! loopback  the browser comes back to this machine (RFC 8252), with a proof that the code is ours (`pkce`, RFC 7636)
//! device    or the person types a code in elsewhere (RFC 8628)
//! endpoint  what the issuer is asked, and what its answers mean
//! tokens    what was given: the lasting part in the keyring, the rest in memory
//! ```
//!
//! It is all our own because it is little: the crate `oauth2` would bring second versions of sha2, rand, base64 and
//! getrandom into the program, and leaves the listener, the keyring and the bounds of answers to us all the same.
//!
//! Nothing here writes to the log, and no error holds a token, a code or a secret: of what an issuer says only its word
//! for the kind of error is taken.

mod device;
mod endpoint;
mod flow;
mod form;
mod loopback;
mod pkce;
mod tokens;

use tamis_core::config::{Account, OAuth, PasswordSource};

pub use self::flow::{Granted, SignIn};
pub(crate) use self::tokens::{access_token, client_secret, discard, forget, remember};
use crate::mailbox::{ConnectError, Problem};

/// Why there is no token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The network, or the issuer for now.
    #[error("{issuer} cannot be reached to sign in: {why}")]
    NotReached {
        /// Who gives out the tokens.
        issuer: String,
        /// Why not.
        why: String,
    },
    /// What was given before no longer counts: the person, the issuer or time has ended it.
    #[error("{issuer} no longer lets Tamis in: sign in again")]
    Revoked {
        /// Who gives out the tokens.
        issuer: String,
    },
    /// Nobody has signed in yet, or not with these settings.
    #[error("Tamis is not signed in with {issuer} for the account `{account}`: sign in")]
    NotSignedIn {
        /// Who gives out the tokens.
        issuer: String,
        /// The account's name.
        account: String,
    },
    /// The client id or its secret.
    #[error("{issuer} does not take the client id, or its secret ({said}): check both")]
    Client {
        /// Who gives out the tokens.
        issuer: String,
        /// The issuer's word for it.
        said: String,
    },
    /// The person said no.
    #[error("you have not let Tamis in at {issuer}; begin again if that was not meant")]
    Denied {
        /// Who gives out the tokens.
        issuer: String,
    },
    /// Anything else that the issuer does not want.
    #[error("{issuer} did not sign you in ({said}): check the client id, its redirect address and what is asked for")]
    Refused {
        /// Who gives out the tokens.
        issuer: String,
        /// The issuer's word for it.
        said: String,
    },
    /// The person did not come back.
    #[error("nobody signed in with {issuer} in time: begin again")]
    TooLate {
        /// Who gives out the tokens.
        issuer: String,
    },
    /// An answer that is none.
    #[error("what {issuer} answered is no access token: check the addresses of the sign-in")]
    NotUnderstood {
        /// Who gives out the tokens.
        issuer: String,
    },
    /// A token for an hour and nothing to renew it with.
    #[error("{issuer} let Tamis in for an hour alone: its client has to be allowed to stay signed in (offline access)")]
    NotLasting {
        /// Who gives out the tokens.
        issuer: String,
    },
    /// There are no codes for other devices there.
    #[error("{issuer} has no codes to type in elsewhere: sign in with a browser on this machine")]
    NoCodes {
        /// Who gives out the tokens.
        issuer: String,
    },
    /// The browser could not come back.
    #[error("nothing on this machine can wait for the browser: {0}")]
    NoListener(String),
    /// A fault of ours.
    #[error("signing in was given up because of a fault in Tamis")]
    Fault,
}

impl TokenError {
    /// Whether it may be better after a while, without the person.
    pub fn passes_by_itself(&self) -> bool {
        matches!(self, Self::NotReached { .. })
    }
}

/// How the account gets its tokens, if it gets them by signing in.
pub fn of(account: &Account) -> Option<&OAuth> {
    if let PasswordSource::OAuth(oauth) = &account.password { Some(oauth) } else { None }
}

/// What to do about a token that the server does not take, if that is what is wrong.
pub(crate) fn advice(account: &Account, error: &ConnectError) -> Option<String> {
    let oauth = of(account)?;
    let Problem::TokenRefused(_) = &error.problem else { return None };
    let (host, issuer, user) = (&account.host, &oauth.issuer, &account.user);
    Some(format!("{host} does not take what {issuer} gave for {user}: sign in again, as the owner of that mailbox"))
}

#[cfg(test)]
mod tests;
