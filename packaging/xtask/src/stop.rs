//! Whether somebody asked us to stop. Every wait looks at it, so that values end as they should and take with them what
//! they started.

use std::sync::atomic::{AtomicBool, Ordering};

static STOP: AtomicBool = AtomicBool::new(false);

/// Asks every wait to end.
pub fn ask() {
    STOP.store(true, Ordering::Relaxed);
}

/// Whether that was asked.
pub fn asked() -> bool {
    STOP.load(Ordering::Relaxed)
}
