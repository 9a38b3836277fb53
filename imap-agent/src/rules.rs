//! Rules that are files: the person's own, and those that are updated.
//!
//! ```text
//! tamis.toml, [rules] paths      files and folders of the person's own, read as they are
//! rules/current, rules/previous  what `tamis-agent rules update` has brought, signed
//! ```
//!
//! Nothing is fetched but on the person's word, from where the person says, and nothing that is fetched is looked at before
//! its signature holds. **Invariants:** what is in use is replaced at once or not at all; what does not load replaces
//! nothing; what loaded once and does so no longer gives way to what was there before; an older version never replaces a
//! newer one by the same key.

mod download;
mod error;
mod in_use;
mod installed;
mod pack;
pub mod rule_files;
mod signature;
mod trial;
mod update;

pub use self::{
    error::RulesError,
    in_use::{InUse, in_use},
    installed::{Installed, Loaded},
    pack::Pack,
    signature::{Key, Signed},
    trial::works,
    update::{Updated, update},
};
