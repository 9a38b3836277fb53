//! What rule files list beside rules, made ready once for the functions that look things up.

mod addresses;
mod freemail;
mod from_name;
mod redirectors;

pub(crate) use addresses::fits;
pub use addresses::{AddressList, FromHost, WelcomeLists};
pub use freemail::FreeMail;
pub use from_name::FromNames;
pub use redirectors::Redirectors;

use super::{
    book::Directive,
    eval::{BounceRelays, Languages, OfficeSettings, network::NetworkLists},
    view::{Networks, uri::Boundaries},
};

/// All lists.
#[derive(Clone, Debug, Default)]
pub struct Lists {
    /// One's own hosts.
    pub networks: Networks,
    /// What hosts are named, and who registered them.
    pub boundaries: Boundaries,
    /// Pages that lead on.
    pub redirectors: Redirectors,
    /// Providers where anyone gets an address.
    pub freemail: FreeMail,
    /// When a name is taken for a lie.
    pub from_names: FromNames,
    /// Addresses that are welcome, blocked, or listed by name.
    pub welcome: WelcomeLists,
    /// Relays that one's own mail goes through.
    pub bounce_relays: BounceRelays,
    /// Languages that one reads.
    pub languages: Languages,
    /// How office documents are looked for.
    pub office: OfficeSettings,
    /// Lists in the network.
    pub network: NetworkLists,
}

impl Lists {
    /// Reads all lists from the directives, in order.
    pub fn read(directives: &[Directive]) -> Self {
        Self {
            networks: Networks::read(directives),
            boundaries: Boundaries::read(directives),
            redirectors: Redirectors::read(directives),
            freemail: FreeMail::read(directives),
            from_names: FromNames::read(directives),
            welcome: WelcomeLists::read(directives),
            bounce_relays: BounceRelays::read(directives),
            languages: Languages::read(directives),
            office: OfficeSettings::read(directives),
            network: NetworkLists::read(directives),
        }
    }
}
