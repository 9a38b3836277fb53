//! What was given at a sign-in: what lasts is in the keyring, and an access token in memory until shortly before its end.
//!
//! An issuer may give a new refresh token with each access token, and take the use of an old one for theft. So the new
//! one is kept before anything else is done, and two who need a token of one account at once wait for each other.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tamis_core::config::{Account, OAuth};

use super::{
    TokenError,
    endpoint::{Client, Said},
    flow::Granted,
};
use crate::{
    clock,
    keys::{self, Grant, KeyError},
    secret::Secret,
};

/// How long before its end a token is no longer used. In seconds.
const BEFORE_END: u64 = 60;

/// What is in memory of one account.
#[derive(Debug, Default)]
struct Slot {
    access: Option<Access>,
    /// A refresh token that the keyring did not take.
    unkept: Option<Grant>,
    /// A refresh token that no longer counts: the issuer is not asked about it again.
    ended: Option<Secret>,
}

#[derive(Debug)]
struct Access {
    token: Secret,
    /// From whom, and as whom: the settings may have changed since.
    oauth: OAuth,
    /// Unix seconds: until then it is used.
    until: i64,
}

/// By the account's name and host, as in the keyring.
type Slots = BTreeMap<(String, String), Arc<Mutex<Slot>>>;

static SLOTS: Mutex<Slots> = Mutex::new(BTreeMap::new());

fn slot(account: &Account) -> Arc<Mutex<Slot>> {
    let key = (account.name.clone(), account.host.clone());
    Arc::clone(lock(&SLOTS).entry(key).or_default())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An access token of that account: the one in memory, or a new one. Asks the keyring and the issuer, and waits for them.
pub(crate) fn access_token(account: &Account, oauth: &OAuth) -> Result<Secret, KeyError> {
    let slot = slot(account);
    let mut slot = lock(&slot);
    if let Some(access) = &slot.access
        && access.oauth == *oauth
        && clock::now().0 < access.until
    {
        return Ok(access.token.clone());
    }
    slot.access = None;
    // What the keyring did not take goes there first of all.
    if let Some(grant) = slot.unkept.clone() {
        keys::store_grant(account, &grant)?;
        slot.unkept = None;
    }
    let grant = kept(account, oauth)?;
    let revoked = || TokenError::Revoked { issuer: oauth.issuer.clone() };
    let is_ended =
        |slot: &Slot, grant: &Grant| slot.ended.as_ref().is_some_and(|ended| ended.expose() == grant.refresh.expose());
    if is_ended(&slot, &grant) {
        return Err(revoked().into());
    }
    let (granted, grant) = match renewed(account, oauth, &grant) {
        Err(TokenError::Revoked { .. }) => {
            slot.ended = Some(grant.refresh);
            // Another process of ours, such as a command, may have renewed it between our two looks.
            let other = kept(account, oauth)?;
            if is_ended(&slot, &other) {
                return Err(revoked().into());
            }
            (renewed(account, oauth, &other)?, other)
        }
        renewed => (renewed?, grant),
    };
    if let Some(refresh) = &granted.refresh
        && refresh.expose() != grant.refresh.expose()
    {
        let grant = Grant { refresh: refresh.clone(), ..grant };
        if let Err(error) = keys::store_grant(account, &grant) {
            slot.unkept = Some(grant);
            return Err(error);
        }
    }
    Ok(slot.put(&granted, oauth))
}

impl Slot {
    fn put(&mut self, granted: &Granted, oauth: &OAuth) -> Secret {
        // One that lives for two minutes or less is used for half of that.
        let life = granted.expires_in.saturating_sub(BEFORE_END).max(granted.expires_in / 2);
        let until = clock::now().0.saturating_add(i64::try_from(life).unwrap_or(i64::MAX));
        self.access = Some(Access { token: granted.access.clone(), oauth: oauth.clone(), until });
        granted.access.clone()
    }
}

/// What is in the keyring, if it was given by this issuer to this client: no other is to see it.
fn kept(account: &Account, oauth: &OAuth) -> Result<Grant, KeyError> {
    let not_signed_in = || TokenError::NotSignedIn { issuer: oauth.issuer.clone(), account: account.name.clone() };
    match keys::grant(account) {
        Ok(grant) if grant.token == oauth.token && grant.client_id == oauth.client_id => Ok(grant),
        Ok(_) | Err(KeyError::Missing { .. }) => Err(not_signed_in().into()),
        Err(error) => Err(error),
    }
}

fn renewed(account: &Account, oauth: &OAuth, grant: &Grant) -> Result<Granted, TokenError> {
    let client = Client { oauth: oauth.clone(), secret: grant.secret.clone(), ca_file: account.ca_file.clone() };
    let fields = [("grant_type", "refresh_token"), ("refresh_token", grant.refresh.expose())];
    match client.ask(&oauth.token, &fields)? {
        Said::Yes(answer) => answer.granted(&oauth.issuer),
        Said::No(said) => Err(client.not_renewed(said)),
    }
}

/// The server does not take this token: the next one is a new one.
pub(crate) fn discard(account: &Account, token: &Secret) {
    let slot = slot(account);
    let mut slot = lock(&slot);
    slot.access.take_if(|access| access.token.expose() == token.expose());
}

/// Keeps what was given at a sign-in: in the keyring what lasts.
pub(crate) fn remember(
    account: &Account,
    oauth: &OAuth,
    granted: &Granted,
    secret: Option<Secret>,
) -> Result<(), KeyError> {
    let Some(refresh) = granted.refresh.clone() else {
        return Err(TokenError::NotLasting { issuer: oauth.issuer.clone() }.into());
    };
    let grant = Grant { refresh, secret, token: oauth.token.clone(), client_id: oauth.client_id.clone() };
    let slot = slot(account);
    let mut slot = lock(&slot);
    keys::store_grant(account, &grant)?;
    (slot.unkept, slot.ended) = (None, None);
    slot.put(granted, oauth);
    Ok(())
}

/// The secret of the client, as it was given at the last sign-in; `None` if there was none, or no sign-in. May wait for a person.
pub(crate) fn client_secret(account: &Account, oauth: &OAuth) -> Result<Option<Secret>, KeyError> {
    match keys::grant(account) {
        Ok(grant) if grant.token == oauth.token && grant.client_id == oauth.client_id => Ok(grant.secret),
        Ok(_) | Err(KeyError::Missing { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Takes all that was given out of memory and keyring, and tells the issuer that it is no longer needed, if that can be
/// told.
pub(crate) fn forget(account: &Account, oauth: &OAuth) -> Result<(), KeyError> {
    let slot = slot(account);
    let mut slot = lock(&slot);
    *slot = Slot::default();
    if let (Some(address), Ok(grant)) = (&oauth.revoke, kept(account, oauth)) {
        let client = Client { oauth: oauth.clone(), secret: grant.secret.clone(), ca_file: account.ca_file.clone() };
        // Whatever it answers, we have forgotten it.
        client.ask(address, &[("token", grant.refresh.expose()), ("token_type_hint", "refresh_token")]).ok();
    }
    keys::forget_grant(account)
}
