//! How the links of a message are spread over sites.

use crate::{
    check::Check,
    evidence::Evidence,
    finding::Findings,
    mail::{Mail, Url, UrlSource},
    symbol::SymbolInfo,
};

use super::{
    from,
    links::{Home, clicked, host, is_everybodys},
    lists::is_freemail,
    mailing_list,
    text::{count, fold},
};

const URL_ALL_ONE: SymbolInfo =
    SymbolInfo::new("URL_ALL_ONE", "One link to a site that is not the sender's stands behind everything");
const URL_LEAVE_IS_MAIN: SymbolInfo =
    SymbolInfo::new("URL_LEAVE_IS_MAIN", "The link for leaving a list leads to what is advertised");
const URL_SENDER_NOWHERE: SymbolInfo =
    SymbolInfo::new("URL_SENDER_NOWHERE", "No link, picture or address leads to the sender's own site");

/// How one leaves a list, folded.
const LEAVING: [&str; 26] = [
    "unsubscribe",
    "opt out",
    "opt-out",
    "optout",
    "remove me",
    "abmelden",
    "abbestellen",
    "austragen",
    "désabonner",
    "désinscrire",
    "désinscription",
    "desinscribir",
    "darse de baja",
    "dar de baja",
    "cancelar suscripción",
    "descadastrar",
    "descadastre",
    "cancelar inscrição",
    "cancelar assinatura",
    "disiscriviti",
    "annulla iscrizione",
    "afmelden",
    "uitschrijven",
    "odhlásit",
    "wypisz",
    "отписаться",
];

/// Where all the links go together.
#[derive(Debug)]
pub(super) struct LinkSpread;

impl Check for LinkSpread {
    fn name(&self) -> &'static str {
        "link_spread"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[URL_ALL_ONE, URL_LEAVE_IS_MAIN, URL_SENDER_NOWHERE] }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        let links: Vec<&Url> = clicked(mail).collect();
        if links.is_empty() {
            return;
        }
        let home = Home::of(mail);
        all_one(mail, &links, &home, findings);
        leave_is_main(&links, findings);
        sender_nowhere(mail, &links, &home, findings);
    }
}

fn all_one(mail: &Mail<'_>, links: &[&Url], home: &Home, findings: &mut Findings) {
    let anchors = mail.html().map_or(0, |html| html.links);
    let [only] = links else { return };
    if 1 < mail.urls().iter().filter(|url| url.source == UrlSource::Link).count() {
        return;
    }
    let target = only.target();
    if 2 <= anchors && !home.has_link(target) && !target.domain().is_some_and(is_everybodys) {
        findings.raise(&URL_ALL_ONE, format!("{} all lead to one page at {}", count(anchors, "link"), host(target)));
    }
}

/// The same page, apart from what a browser keeps to itself behind `#`.
fn leave_is_main(links: &[&Url], findings: &mut Findings) {
    let page = |url: &&Url| url.written.split('#').next().map(str::to_owned);
    let is_leaving = |url: &&&Url| url.anchor.as_deref().is_some_and(leaves);
    for leave in links.iter().filter(is_leaving) {
        let others = links.iter().filter(|url| url.written != leave.written && !is_leaving(url));
        let mut same = others.filter(|url| url.path.contains('#') && page(url) == page(leave));
        if same.next().is_some() {
            let why = format!("one leaves at {} by the page that is advertised", host(leave));
            return findings.raise(&URL_LEAVE_IS_MAIN, why);
        }
    }
}

fn leaves(text: &str) -> bool {
    let text = fold(text);
    text.len() < 200 && LEAVING.iter().any(|word| text.contains(word))
}

fn sender_nowhere(mail: &Mail<'_>, links: &[&Url], home: &Home, findings: &mut Findings) {
    let Some(own) = from::address(mail) else { return };
    if is_freemail(&own.domain) || mailing_list::list_id(mail).is_some() {
        return;
    }
    let is_home = |url: &Url| match url.scheme.as_str() {
        "mailto" => url.written.contains(own.domain.registrable().as_str()),
        _ => home.has_link(url) || home.has_link(url.target()),
    };
    let foreign = |url: &&&Url| !url.target().domain().is_some_and(is_everybodys);
    let Some(first) = links.iter().find(foreign) else { return };
    let is_mentioned = mail.urls().iter().take(super::link_target::MOST_LINKS).any(is_home);
    if !is_mentioned && first.source != UrlSource::Form {
        let why = format!("it writes from {}, and leads to {}", own.domain, host(first.target()));
        findings.raise(&URL_SENDER_NOWHERE, why);
    }
}
