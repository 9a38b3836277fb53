//! Tamis.

pub mod store;
