//! Fetches one file over https.

use std::{sync::Arc, time::Duration};

use rustls::crypto::aws_lc_rs;
use ureq::{
    Agent, Error,
    tls::{RootCerts, TlsConfig},
};

use super::RulesError;
use crate::words::size;

/// A line that is slower than this for some megabytes is a line that is broken.
const PATIENCE: Duration = Duration::from_mins(2);

/// Gets what is at an `https` address, if it is at most so many bytes. The system says whom to trust, and nothing is sent
/// but the address and the name of the program.
#[expect(clippy::wildcard_enum_match_arm, reason = "the rest is for experts, in the library's words")]
pub(super) fn get(address: &str, most: u64) -> Result<Vec<u8>, RulesError> {
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(Arc::new(aws_lc_rs::default_provider()))
        .build();
    let agent: Agent = Agent::config_builder()
        .https_only(true)
        .timeout_global(Some(PATIENCE))
        .user_agent("tamis")
        .tls_config(tls)
        .build()
        .into();
    let failed = |error: Error| {
        let why = match &error {
            Error::BodyExceedsLimit(_) => {
                return RulesError::TooLarge { what: address.to_owned(), most: size(most) };
            }
            Error::StatusCode(404) => "it is not there".to_owned(),
            _ => error.to_string(),
        };
        RulesError::Fetch { address: address.to_owned(), why }
    };
    let mut response = agent.get(address).call().map_err(failed)?;
    response.body_mut().with_config().limit(most).read_to_vec().map_err(failed)
}
