//! One file per part of the window. A panel draws what it is given and sends [`Command`](crate::command::Command)s.

pub(crate) mod about;
pub(crate) mod account_dialog;
pub(crate) mod accounts;
pub(crate) mod backfill;
pub(crate) mod badges;
pub(crate) mod chart;
pub(crate) mod drag;
pub(crate) mod drop;
pub(crate) mod held;
pub(crate) mod history;
pub(crate) mod key_sheet;
pub(crate) mod learned;
pub(crate) mod learning;
pub(crate) mod list;
pub(crate) mod lists;
pub(crate) mod palette;
pub(crate) mod pause;
pub(crate) mod people;
pub(crate) mod reading;
pub(crate) mod route;
pub(crate) mod settings;
pub(crate) mod side;
pub(crate) mod statistics;
pub(crate) mod status;
pub(crate) mod why;
