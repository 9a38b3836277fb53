//! Fetches one file over https.

use super::RulesError;
use crate::{
    https::{self, HttpsError},
    words::size,
};

/// Gets what is at an `https` address, if it is at most so many bytes.
pub(super) fn get(address: &str, most: u64) -> Result<Vec<u8>, RulesError> {
    https::get(address, most).map_err(|error| match error {
        HttpsError::TooLarge => RulesError::TooLarge { what: address.to_owned(), most: size(most) },
        HttpsError::Missing | HttpsError::Private | HttpsError::Other(_) => {
            RulesError::Fetch { address: address.to_owned(), why: error.to_string() }
        }
    })
}
