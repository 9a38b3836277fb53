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
mod link_shape;
mod link_target;
mod lists;
mod mailing_list;
mod message_id;
mod phrases;
mod recipients;
mod reply;
mod reply_to;
mod route;
mod sender_domain;
mod subject;
#[cfg(test)]
mod tests;
mod text;

#[cfg(test)]
pub(crate) use tests::fixture_findings;
pub(crate) use text::is_invisible;

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
    &files::Files,
    &phrases::Phrases,
];

/// All symbols of all checks.
pub fn symbols() -> impl Iterator<Item = &'static SymbolInfo> {
    CHECKS.iter().flat_map(|check| check.symbols())
}
