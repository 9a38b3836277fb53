//! What the engine promises.
