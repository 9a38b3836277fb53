//! What patterns promise.
