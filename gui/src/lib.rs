//! Tamis.
