//! Two well-known houses in one message that belong to different people: what was sent in one's name was made for another's.

use crate::{check::Check, evidence::Evidence, finding::Findings, mail::Mail, symbol::SymbolInfo};

use super::{
    brand::is_agency,
    from,
    known::{Brand, called},
    link_target::followed,
    mailing_list, reply,
    text::unmarked,
};

const TWO_BRANDS: SymbolInfo = SymbolInfo::new(
    "TWO_BRANDS",
    "Sender's name, subject and title speak for different well-known houses, and it is of none of them",
);

/// Most names looked at in one place.
const MOST: usize = 8;

/// Who is named where.
#[derive(Debug)]
pub(super) struct TwoBrands;

impl Check for TwoBrands {
    fn name(&self) -> &'static str {
        "two_brands"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[TWO_BRANDS] }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        let Some(address) = from::address(mail) else { return };
        if mailing_list::list_id(mail).is_some() || reply::answers(mail) || is_agency(&address.domain) {
            return;
        }
        let title = mail.html().and_then(|html| html.title.as_deref()).unwrap_or_default();
        let places = [("name", from::name(mail)), ("subject", mail.subject()), ("title", title)];
        let foreign = |brand: &&Brand| {
            !brand.is_common
                && !brand.owns(&address.domain)
                && !followed(mail).filter_map(|url| url.domain()).any(|domain| brand.owns(domain))
        };
        let mut said: Vec<(&str, Vec<&'static Brand>)> = Vec::new();
        for (place, text) in places {
            let text = unmarked(crate::mail::decode::split_at_most(text, 512).0);
            let all: Vec<&'static Brand> = called(&text).take(MOST).collect();
            if all.iter().all(&foreign) && !all.is_empty() {
                said.push((place, all));
            }
        }
        let pairs = said.iter().zip(said.iter().skip(1)).chain(said.first().zip(said.get(2)));
        for ((here, ours), (there, theirs)) in pairs {
            let is_kin = ours.iter().any(|our| theirs.iter().any(|their| our.is_kin(their)));
            if let (false, Some(our), Some(their)) = (is_kin, ours.first(), theirs.first()) {
                let why = format!("the {here} is of {}, the {there} of {}", our.name, their.name);
                return findings.raise(&TWO_BRANDS, why);
            }
        }
    }
}
