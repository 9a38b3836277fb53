//! One sign-in, from the page that the person opens to the tokens.

use tamis_core::config::Account;
use tokio::net::TcpListener;

use super::{
    TokenError,
    device::{self, Device},
    endpoint::{Client, Said},
    form, loopback, of, pkce,
};
use crate::secret::Secret;

/// What an issuer has given.
#[derive(Debug)]
pub struct Granted {
    pub(super) access: Secret,
    /// What the next access token is fetched with.
    pub(super) refresh: Option<Secret>,
    /// In seconds.
    pub(super) expires_in: u64,
}

impl Granted {
    /// What the mail server wants to see.
    pub fn access(&self) -> &Secret {
        &self.access
    }
}

/// A sign-in that waits for the person.
#[derive(Debug)]
pub struct SignIn {
    client: Client,
    /// The page to open.
    pub url: String,
    /// What to type in there; empty: nothing, but the browser must be on this machine.
    pub code: String,
    way: Way,
}

#[derive(Debug)]
enum Way {
    Browser { listener: TcpListener, redirect: String, state: Secret, verifier: Secret },
    Device(Device),
}

impl SignIn {
    /// Begins one for that account. `secret` is that of the client, if it has one.
    pub async fn begin(account: &Account, secret: Option<Secret>, by_code: bool) -> Result<Self, TokenError> {
        let oauth = of(account).cloned().ok_or(TokenError::Fault)?;
        let client = Client { oauth, secret, ca_file: account.ca_file.clone() };
        if by_code {
            let device = device::begin(&client).await?;
            let (url, code) = (device.page.clone(), device.user_code.clone());
            return Ok(Self { client, url, code, way: Way::Device(device) });
        }
        let (listener, redirect) = loopback::listen(&client.oauth.redirect).await?;
        let (state, verifier) = (pkce::random()?, pkce::random()?);
        let (challenge, scopes, address) =
            (pkce::challenge(&verifier), client.oauth.scopes.join(" "), account.address.to_string());
        let mut fields = vec![
            ("response_type", "code"),
            ("client_id", client.oauth.client_id.as_str()),
            ("redirect_uri", redirect.as_str()),
            ("state", state.expose()),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
            ("login_hint", address.as_str()),
        ];
        if !scopes.is_empty() {
            fields.push(("scope", scopes.as_str()));
        }
        fields.extend(client.oauth.extra.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let url = form::with_query(&client.oauth.authorize, &fields);
        Ok(Self { client, url, code: String::new(), way: Way::Browser { listener, redirect, state, verifier } })
    }

    /// Waits for the person, and fetches what they have allowed.
    pub async fn finish(self) -> Result<Granted, TokenError> {
        let issuer = self.client.oauth.issuer.clone();
        let granted = match self.way {
            Way::Device(device) => device.finish(&self.client).await?,
            Way::Browser { listener, redirect, state, verifier } => {
                let heard = loopback::code(listener, &redirect, &state, &issuer).await?;
                let code = heard.map_err(|said| self.client.refused(said))?;
                let fields = vec![
                    ("grant_type", Secret::new("authorization_code".to_owned())),
                    ("code", code),
                    ("redirect_uri", Secret::new(redirect)),
                    ("code_verifier", verifier),
                ];
                match self.client.ask_aside(self.client.oauth.token.clone(), fields).await? {
                    Said::Yes(answer) => answer.granted(&issuer)?,
                    Said::No(said) => return Err(self.client.refused(said)),
                }
            }
        };
        if granted.refresh.is_none() { Err(TokenError::NotLasting { issuer }) } else { Ok(granted) }
    }

    /// The secret of the client, to be kept with what it was given.
    pub fn client_secret(&self) -> Option<Secret> {
        self.client.secret.clone()
    }
}
