//! Tamis.

pub mod mailbox;
pub mod secret;
pub mod tls;
