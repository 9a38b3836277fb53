//! Every check, in the order a person would read a message.

mod archives;
mod auth;
mod blanks;
mod brand;
mod brand_images;
mod calendar;
mod date;
mod dcc;
mod dns_lists;
mod documents;
mod enclosed;
mod encoding;
pub(crate) mod file_policy;
pub(crate) mod files;
mod fingerprint;
mod first_contact;
mod from;
mod from_form;
mod greeting;
mod gtube;
mod host_names;
mod html;
mod html_tricks;
mod kind;
mod known;
mod learned;
mod link_call;
mod link_host;
mod link_name;
mod link_path;
mod link_shape;
mod link_spread;
mod link_target;
mod link_way;
mod links;
mod listed;
mod lists;
mod login_look;
mod mailing_list;
mod message_id;
mod mx_route;
mod own_house;
mod pages;
mod pdf;
pub(crate) mod peer;
mod phrases;
mod provider_doubt;
mod pyzor;
mod qr;
mod random;
mod recipients;
mod reply;
mod reply_to;
mod reputation;
mod return_address;
mod route;
mod rspamd_fuzzy;
mod sender_domain;
mod spoken_for;
mod strange_seal;
mod subject;
#[cfg(test)]
mod tests;
mod text;
mod text_parts;
mod two_brands;
mod typo_domain;
mod verify;
pub(crate) mod virus;
mod vouched;
mod word_salad;

pub(crate) use fingerprint::is_of_prints;
pub(crate) use first_contact::FIRST_CONTACT;
pub(crate) use kind::{is_report, quotes_others};
pub(crate) use listed::{LISTED_ACCEPT, LISTED_BLOCK};
pub use lists::is_freemail;
#[cfg(test)]
pub(crate) use tests::fixture_findings;
pub(crate) use text::is_invisible;

use crate::{check::Check, symbol::SymbolInfo};

/// All checks, in the order they run. Order decides nothing but the order of a report.
pub const CHECKS: &[&dyn Check] = &[
    &gtube::Gtube,
    &learned::Learned,
    &peer::Peers,
    &auth::Auth,
    &route::Route,
    &date::Date,
    &message_id::MessageId,
    &from::From,
    &from_form::FromForm,
    &sender_domain::SenderDomain,
    &vouched::Vouched,
    &brand::Brands,
    &spoken_for::SpokenFor,
    &own_house::OwnHouse,
    &reply_to::ReplyTo,
    &recipients::Recipients,
    &subject::Subject,
    &reply::Reply,
    &mailing_list::MailingList,
    &kind::Kind,
    &encoding::Encoding,
    &html::Html,
    &html_tricks::HtmlTricks,
    &text_parts::TextParts,
    &word_salad::WordSalad,
    &blanks::Blanks,
    &greeting::Greeting,
    &link_target::LinkTarget,
    &link_shape::LinkShape,
    &link_way::LinkWay,
    &link_host::LinkHost,
    &link_name::LinkName,
    &link_path::LinkPath,
    &link_call::LinkCall,
    &link_spread::LinkSpread,
    &qr::Qr,
    &files::Files,
    &file_policy::DeniedFiles,
    &archives::Archives,
    &pages::Pages,
    &documents::Documents,
    &pdf::PdfFiles,
    &calendar::Invitations,
    &enclosed::Enclosed,
    &phrases::Phrases,
    &provider_doubt::ProviderDoubt,
    &login_look::LoginLook,
    &brand_images::BrandImages,
    &two_brands::TwoBrands,
    &typo_domain::TypoDomain,
    &strange_seal::StrangeSeal,
    &listed::PersonsLists,
    &first_contact::FirstContact,
    &reputation::Reputation,
    &virus::Virus,
    &mx_route::MxRoute,
    &dns_lists::DnsLists,
    &host_names::HostNames,
    &return_address::ReturnAddress,
    &verify::Verify,
    &fingerprint::Fingerprint,
    &pyzor::Pyzor,
    &rspamd_fuzzy::RspamdFuzzy,
    &dcc::DccCounts,
];

/// All symbols of all checks.
pub fn symbols() -> impl Iterator<Item = &'static SymbolInfo> {
    CHECKS.iter().flat_map(|check| check.symbols())
}
