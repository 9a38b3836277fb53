//! One file per part of the window. A panel draws what it is given and sends [`Command`](crate::command::Command)s.

pub(crate) mod account_dialog;
pub(crate) mod accounts;
pub(crate) mod backfill;
pub(crate) mod drag;
pub(crate) mod held;
pub(crate) mod history;
pub(crate) mod list;
pub(crate) mod reading;
pub(crate) mod side;
pub(crate) mod status;
pub(crate) mod why;
