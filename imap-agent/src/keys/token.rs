//! What a sign-in has given, in the keyring beside the passwords.

use keyring_core::Error;
use serde::{Deserialize, Serialize};
use tamis_core::config::Account;

use super::{Entry, KeyError, SERVICE, entry::place_name, keyring_error};
use crate::secret::Secret;

/// What lasts of a sign-in.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    /// What access tokens are fetched with.
    pub(crate) refresh: Secret,
    /// The client's secret, if it has one.
    pub(crate) secret: Option<Secret>,
    /// Where they are fetched: nobody else may see it.
    pub(crate) token: String,
    /// As whom.
    pub(crate) client_id: String,
}

/// The same as the keyring holds it.
#[derive(Serialize, Deserialize)]
struct Written {
    refresh: String,
    secret: Option<String>,
    token: String,
    client_id: String,
}

/// What was given for that account. May wait for a person.
pub(crate) fn grant(account: &Account) -> Result<Grant, KeyError> {
    let text = entry(account)?.get_password().map(Secret::new).map_err(|err| keyring_error(account, &err))?;
    // What the parser says of it could be a part of it.
    let read: Result<Written, _> = serde_json::from_str(text.expose());
    let Ok(Written { refresh, secret, token, client_id }) = read else {
        return Err(KeyError::Missing { account: account.name.clone(), place: place_name() });
    };
    Ok(Grant { refresh: Secret::new(refresh), secret: secret.map(Secret::new), token, client_id })
}

/// Puts it into the keyring, over what was there. May wait for a person.
pub(crate) fn store_grant(account: &Account, grant: &Grant) -> Result<(), KeyError> {
    let written = Written {
        refresh: grant.refresh.expose().to_owned(),
        secret: grant.secret.as_ref().map(|secret| secret.expose().to_owned()),
        token: grant.token.clone(),
        client_id: grant.client_id.clone(),
    };
    let text = serde_json::to_string(&written).map(Secret::new);
    let text = text.map_err(|_never| KeyError::Keyring { reason: "it takes no text".to_owned() })?;
    entry(account)?.set_password(text.expose()).map_err(|err| keyring_error(account, &err))
}

/// Takes it out, if it is there.
pub(crate) fn forget_grant(account: &Account) -> Result<(), KeyError> {
    match entry(account)?.delete_credential() {
        Ok(()) | Err(Error::NoEntry) => Ok(()),
        Err(err) => Err(keyring_error(account, &err)),
    }
}

fn entry(account: &Account) -> Result<Entry, KeyError> {
    if Entry::store_status().is_err() {
        return Err(KeyError::NoKeyring);
    }
    let user = format!("{}/{}/oauth", account.name, account.host);
    Entry::new(SERVICE, &user).map_err(|err| keyring_error(account, &err))
}
