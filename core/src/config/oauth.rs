//! The `[account.oauth]` section: who gives out the access tokens of an account, and how one signs in there.

use serde::Deserialize;
use toml::Spanned;

use super::{Auth, ConfigError, PasswordSource, account::Reader, auth::SecretLines};
use crate::{
    mail::Domain,
    setup::{self, Issuer, USUAL_REDIRECT},
};

/// How an account gets its access tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OAuth {
    /// Who gives them out, as people call it.
    pub issuer: String,
    /// Whom the issuer takes us for. No secret.
    pub client_id: String,
    /// The page on which a person signs in: `https`, or on this machine `http`; so are all these places.
    pub authorize: String,
    /// Where tokens are fetched and renewed.
    pub token: String,
    /// Where a code for another device is fetched (RFC 8628).
    pub device: Option<String>,
    /// Where a token is given back (RFC 7009).
    pub revoke: Option<String>,
    /// What is asked for; none: what the issuer gives unless asked.
    pub scopes: Vec<String>,
    /// Where the browser comes back to, without a port.
    pub redirect: String,
    /// What the page is told besides, as names and values.
    pub extra: Vec<(String, String)>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct OAuthSection {
    issuer: Option<Spanned<String>>,
    client_id: Option<Spanned<String>>,
    authorize: Option<Spanned<String>>,
    token: Option<Spanned<String>>,
    device: Option<Spanned<String>>,
    revoke: Option<Spanned<String>>,
    scopes: Option<Vec<Spanned<String>>>,
}

impl Reader<'_> {
    /// Where the password or the token comes from, and how it is sent.
    pub(super) fn sign_in(
        &self,
        section: Option<Spanned<OAuthSection>>,
        lines: SecretLines<'_>,
        auth: Auth,
    ) -> Result<(PasswordSource, Auth), ConfigError> {
        let SecretLines { auth: written, file, command } = lines;
        let Some(section) = section else { return Ok((self.secret(auth, file, command)?, auth)) };
        if let Some(other) = file.or(command) {
            let what = "with `[account.oauth]` the token comes from signing in: take this line out";
            return Err(self.wrong(&other.span(), what.to_owned()));
        }
        let auth = match (auth, written) {
            // All of the larger providers take it.
            (Auth::Auto, _) => Auth::XOAuth2,
            (Auth::XOAuth2 | Auth::OAuthBearer, _) | (_, None) => auth,
            (Auth::Plain | Auth::Login | Auth::ScramSha256 | Auth::External, Some(written)) => {
                let what = "with `[account.oauth]`, `auth` can be \"xoauth2\" or \"oauthbearer\"";
                return Err(self.wrong(&written.span(), what.to_owned()));
            }
        };
        Ok((PasswordSource::OAuth(Box::new(self.oauth(section)?)), auth))
    }

    fn oauth(&self, section: Spanned<OAuthSection>) -> Result<OAuth, ConfigError> {
        let place = section.span();
        let section = section.into_inner();
        let missing = |key: &str| self.wrong(&place, format!("the section `account.oauth` has no `{key}`"));
        let word = section.issuer.as_ref().ok_or_else(|| missing("issuer"))?;
        let issuer = self.line("issuer", word)?;
        let client_id = self.line("client_id", section.client_id.as_ref().ok_or_else(|| missing("client_id"))?)?;
        let known = setup::issuer(&issuer);
        if known.is_none() && (section.authorize.is_none() || section.token.is_none()) {
            let words: Vec<&str> = setup::issuers().iter().map(|issuer| issuer.word.as_str()).collect();
            let what = format!(
                "`issuer` can be {}, or a name of your own with `authorize` and `token`",
                words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ")
            );
            return Err(self.wrong(&word.span(), what));
        }
        let of = |get: fn(&Issuer) -> &String| known.map(get).filter(|known| !known.is_empty()).cloned();
        let place_of = |key: &str, written: &Option<Spanned<String>>, known: Option<String>| match written {
            Some(written) => self.endpoint(key, written).map(Some),
            None => Ok(known),
        };
        let scopes = match &section.scopes {
            Some(scopes) => scopes.iter().map(|scope| self.scope(scope)).collect::<Result<_, _>>()?,
            None => known.map(|known| known.scopes.clone()).unwrap_or_default(),
        };
        let pair = |pair: &String| pair.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
        Ok(OAuth {
            issuer: known.map_or(issuer, |known| known.name.clone()),
            client_id,
            authorize: place_of("authorize", &section.authorize, of(|known| &known.authorize))?.unwrap_or_default(),
            token: place_of("token", &section.token, of(|known| &known.token))?.unwrap_or_default(),
            device: place_of("device", &section.device, of(|known| &known.device))?,
            revoke: place_of("revoke", &section.revoke, of(|known| &known.revoke))?,
            scopes,
            redirect: known.map_or_else(|| USUAL_REDIRECT.to_owned(), |known| known.redirect.clone()),
            extra: known.map(|known| known.extra.iter().filter_map(pair).collect()).unwrap_or_default(),
        })
    }

    /// A token and what it is fetched with go nowhere without protection.
    fn endpoint(&self, key: &str, written: &Spanned<String>) -> Result<String, ConfigError> {
        let text = self.line(key, written)?;
        let is_https = host_of(&text, "https://").is_some();
        let is_here = host_of(&text, "http://").is_some_and(super::account::is_this_machine);
        if (is_https || is_here) && !text.contains([' ', '#', '"', '<', '>', '\\']) {
            return Ok(text);
        }
        let what = format!("`{key}` must be an address that begins with https://, or one of this machine with http://");
        Err(self.wrong(&written.span(), what))
    }

    /// What may stand in a scope: RFC 6749 §3.3.
    fn scope(&self, written: &Spanned<String>) -> Result<String, ConfigError> {
        let text = self.line("scopes", written)?;
        if text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\') {
            return Ok(text);
        }
        Err(self.wrong(&written.span(), "`scopes` is a list of words, each without a space".to_owned()))
    }
}

/// The host of an address that begins so; `None` if it begins otherwise, has no host, or a name of a user before it.
fn host_of<'a>(address: &'a str, scheme: &str) -> Option<&'a str> {
    let rest = address.strip_prefix(scheme)?;
    let authority = rest.split(['/', '?']).next()?;
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let is_port = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port != 0));
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let is_host = bare.parse::<std::net::IpAddr>().is_ok() || Domain::parse(bare).is_some();
    (is_port && is_host).then_some(bare)
}

#[cfg(test)]
mod tests;
