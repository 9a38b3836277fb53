//! Signing in with whoever gives out the access tokens of an account.

use serde::{Deserialize, Serialize};

use super::{AccountForm, AccountReport, Password};

/// What the account dialog says of whom to sign in with; as `[account.oauth]` in the settings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OAuthForm {
    /// `google`, or a name of the person's own.
    pub issuer: String,
    /// The client id.
    pub client_id: String,
    /// The client secret, if there is one. Goes to the keyring, nowhere else.
    pub client_secret: Option<Password>,
    /// Where one signs in; empty, as the following: as is known of the issuer.
    #[serde(default)]
    pub authorize: String,
    /// Where tokens are fetched.
    #[serde(default)]
    pub token: String,
    /// Where a code for another device is fetched.
    #[serde(default)]
    pub device: String,
    /// Where a token is given back.
    #[serde(default)]
    pub revoke: String,
    /// What is asked for.
    #[serde(default)]
    pub scopes: Vec<String>,
}

/// For whom the person signs in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum SignInFor {
    /// For an account that is to be. It is tested and kept afterwards, as by
    /// [`Request::AddAccount`](super::Request::AddAccount).
    Form(Box<AccountForm>),
    /// For the account of that name, once more.
    Account(String),
    /// The same, as the client has got another secret, or Tamis never had it.
    AccountWithSecret {
        /// The account's name.
        account: String,
        /// The client secret. Goes to the keyring, nowhere else, and only once the sign-in has succeeded.
        client_secret: Password,
    },
}

/// What can be wanted of a sign-in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum SignInRequest {
    /// Begin one. The window opens the page, not the agent.
    Begin {
        /// For whom.
        wanted: SignInFor,
        /// With a code to be typed in on any device, instead of a browser on this machine.
        by_code: bool,
    },
    /// How far one is. Answered once that is news, or after some seconds.
    Follow {
        /// [`SignInView::id`].
        id: u64,
        /// What is known of it: the answer waits until it is something else.
        known: SignInStage,
    },
    /// Give that one up.
    Cancel(u64),
}

/// A sign-in that was begun.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SignInView {
    /// What follows it and gives it up.
    pub id: u64,
    /// Who gives out the tokens, as people call it.
    pub issuer: String,
    /// The page to open in a browser.
    pub url: String,
    /// What to type in there, on whatever device; empty: nothing, but the browser must be on this machine.
    pub code: String,
    /// How far it is.
    pub stage: SignInStage,
}

/// How far a sign-in is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum SignInStage {
    /// The person has not come back from the page.
    #[default]
    Waiting,
    /// They have; the account is being tested.
    Testing,
    /// All is well.
    Done(AccountReport),
    /// It came to nothing, and why: one sentence.
    Failed(String),
}
