//! Every check, in the order a person would read a message.

mod archives;
mod auth;
mod blanks;
mod brand;
mod brand_images;
mod calendar;
mod date;
mod documents;
mod enclosed;
mod encoding;
pub(crate) mod file_policy;
pub(crate) mod files;
mod from;
mod from_form;
mod greeting;
mod gtube;
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
mod lists;
mod login_look;
mod mailing_list;
mod message_id;
mod own_house;
mod pages;
mod pdf;
mod phrases;
mod provider_doubt;
mod qr;
mod random;
mod recipients;
mod reply;
mod reply_to;
mod route;
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
mod vouched;
mod word_salad;

pub(crate) use kind::quotes_others;
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
];

/// All symbols of all checks.
pub fn symbols() -> impl Iterator<Item = &'static SymbolInfo> {
    CHECKS.iter().flat_map(|check| check.symbols())
}
