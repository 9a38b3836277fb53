//! From bytes to [`Mail`].

use super::{Arrival, Mail};

pub(super) fn parse<'raw>(raw: &'raw [u8], arrival: &Arrival) -> Mail<'raw> {
    Mail { raw, received_at: arrival.received_at, account: arrival.account.clone(), ..Mail::default() }
}
