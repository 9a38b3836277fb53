//! What an issuer is asked for tokens and codes, and what its answers mean (RFC 6749 §5).

use std::path::Path;

use serde::Deserialize;
use serde_json::Value;
use tamis_core::config::OAuth;

use super::{TokenError, flow::Granted, form};
use crate::{
    https::{self, Form},
    secret::Secret,
};

/// Longer than any word for an error. In characters.
const ERROR_CHARS: usize = 60;

/// How long a token is taken to be good whose issuer does not say. In seconds.
const USUAL_LIFE: u64 = 600;

/// What the issuer is asked with, besides what is asked.
#[derive(Clone, Debug)]
pub(super) struct Client {
    pub(super) oauth: OAuth,
    pub(super) secret: Option<Secret>,
    pub(super) ca_file: Option<std::path::PathBuf>,
}

/// An answer.
pub(super) enum Said {
    /// What was asked for.
    Yes(Box<Answer>),
    /// The issuer's word for why not: `invalid_grant`.
    No(String),
}

/// Every field that any of our questions is answered with.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Answer {
    access_token: Option<String>,
    refresh_token: Option<String>,
    expires_in: Option<Value>,
    error: Option<Value>,
    pub(super) device_code: Option<String>,
    pub(super) user_code: Option<String>,
    pub(super) verification_uri: Option<String>,
    /// The same, as Google calls it.
    pub(super) verification_url: Option<String>,
    interval: Option<Value>,
}

impl Answer {
    /// In seconds. Some write it as a text.
    pub(super) fn expires_in(&self) -> Option<u64> {
        self.expires_in.as_ref().and_then(number)
    }

    /// In seconds.
    pub(super) fn interval(&self) -> Option<u64> {
        self.interval.as_ref().and_then(number)
    }

    /// The tokens in it.
    pub(super) fn granted(self, issuer: &str) -> Result<Granted, TokenError> {
        let expires_in = self.expires_in().unwrap_or(USUAL_LIFE);
        let is_token = |text: &String| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        let access = self.access_token.filter(is_token);
        let Some(access) = access else { return Err(TokenError::NotUnderstood { issuer: issuer.to_owned() }) };
        let refresh = self.refresh_token.filter(|text| !text.is_empty()).map(Secret::new);
        Ok(Granted { access: Secret::new(access), refresh, expires_in })
    }
}

fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str().and_then(|text| text.parse().ok()))
}

impl Client {
    /// Asks at that address, and waits.
    pub(super) fn ask(&self, address: &str, fields: &[(&str, &str)]) -> Result<Said, TokenError> {
        let mut all = vec![("client_id", self.oauth.client_id.as_str())];
        all.extend(self.secret.as_ref().map(|secret| ("client_secret", secret.expose())));
        all.extend(fields);
        let form = Secret::new(form::encoded(&all));
        let issuer = &self.oauth.issuer;
        let not_reached = |why: String| TokenError::NotReached { issuer: issuer.clone(), why };
        let answer = https::ask(&Form { address, fields: &form }, self.ca_file())
            .map_err(|error| not_reached(form_free(&error.to_string(), &form)))?;
        let parsed = serde_json::from_slice::<Answer>(&answer.body);
        match (answer.status, parsed) {
            (200..300, Ok(parsed)) if parsed.error.is_none() => Ok(Said::Yes(Box::new(parsed))),
            (429 | 500.., _) => Err(not_reached(format!("it answers with status {}", answer.status))),
            (_, Ok(Answer { error: Some(Value::String(error)), .. })) => {
                let error: String = error.chars().filter(char::is_ascii_graphic).take(ERROR_CHARS).collect();
                if error == "temporarily_unavailable" || error == "server_error" {
                    return Err(not_reached(format!("it says {error}")));
                }
                Ok(Said::No(error))
            }
            (_, _) => Err(TokenError::NotUnderstood { issuer: issuer.clone() }),
        }
    }

    /// As [`Client::ask`], beside the other tasks.
    pub(super) async fn ask_aside(
        &self,
        address: String,
        fields: Vec<(&'static str, Secret)>,
    ) -> Result<Said, TokenError> {
        let client = self.clone();
        let asked = tokio::task::spawn_blocking(move || {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.expose())).collect();
            client.ask(&address, &fields)
        });
        // What a panic says is nobody's business: it may hold a token.
        asked.await.unwrap_or(Err(TokenError::Fault))
    }

    /// What a refusal means to somebody who signs in.
    pub(super) fn refused(&self, said: String) -> TokenError {
        let issuer = self.oauth.issuer.clone();
        match said.as_str() {
            "access_denied" | "authorization_declined" => TokenError::Denied { issuer },
            "expired_token" => TokenError::TooLate { issuer },
            "invalid_client" | "unauthorized_client" => TokenError::Client { issuer, said },
            _ => TokenError::Refused { issuer, said },
        }
    }

    /// What a refusal means to somebody who has signed in before.
    pub(super) fn not_renewed(&self, said: String) -> TokenError {
        let issuer = self.oauth.issuer.clone();
        match said.as_str() {
            "invalid_grant" | "interaction_required" | "consent_required" | "login_required" => {
                TokenError::Revoked { issuer }
            }
            _ => self.refused(said),
        }
    }

    fn ca_file(&self) -> Option<&Path> {
        self.ca_file.as_deref()
    }
}

/// No library should say what was sent, and none is trusted not to.
fn form_free(text: &str, form: &Secret) -> String {
    form.redact(text)
}
