//! Every check, in the order a person would read a message.

mod auth;
mod brand;
mod date;
mod encoding;
pub(crate) mod files;
mod from;
mod gtube;
mod html;
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
mod lists;
mod mailing_list;
mod message_id;
mod phrases;
mod qr;
mod random;
mod recipients;
mod reply;
mod reply_to;
mod route;
mod sender_domain;
mod subject;
#[cfg(test)]
mod tests;
mod text;

use crate::{check::Check, symbol::SymbolInfo};

/// All checks, in the order they run. Order decides nothing but the order of a report.
pub const CHECKS: &[&dyn Check] = &[
    &gtube::Gtube,
    &learned::Learned,
    &auth::Auth,
    &route::Route,
    &date::Date,
    &message_id::MessageId,
    &from::From,
    &sender_domain::SenderDomain,
    &brand::Brands,
    &reply_to::ReplyTo,
    &recipients::Recipients,
    &subject::Subject,
    &reply::Reply,
    &mailing_list::MailingList,
    &encoding::Encoding,
    &html::Html,
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
    &phrases::Phrases,
];

/// All symbols of all checks.
pub fn symbols() -> impl Iterator<Item = &'static SymbolInfo> {
    CHECKS.iter().flat_map(|check| check.symbols())
}
