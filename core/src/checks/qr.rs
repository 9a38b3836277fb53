//! Links in QR codes: read with a telephone, past every guard of the machine the mail is on.

use crate::{
    check::Check,
    evidence::Evidence,
    finding::Findings,
    mail::{Mail, Url, UrlSource},
    symbol::SymbolInfo,
};

use super::links::{Home, clicked, host, is_everybodys, risk};

const QR_LINK: SymbolInfo =
    SymbolInfo::new("QR_LINK", "A QR code in the message leads to a site that is not the sender's");
const QR_ONLY_LINK: SymbolInfo = SymbolInfo::new("QR_ONLY_LINK", "A QR code is the only way on");
const QR_RISKY_LINK: SymbolInfo = SymbolInfo::new("QR_RISKY_LINK", "A QR code leads where nobody should trust");
const QR_MONEY: SymbolInfo = SymbolInfo::new("QR_MONEY", "A QR code asks for coins to be sent");

/// QR codes.
#[derive(Debug)]
pub(super) struct Qr;

impl Check for Qr {
    fn name(&self) -> &'static str {
        "qr"
    }

    fn symbols(&self) -> &'static [SymbolInfo] {
        const { &[QR_LINK, QR_ONLY_LINK, QR_RISKY_LINK, QR_MONEY] }
    }

    fn evaluate(&self, mail: &Mail<'_>, _: &Evidence, findings: &mut Findings) {
        let codes = || mail.urls().iter().filter(|url| url.source == UrlSource::Qr);
        if codes().next().is_none() {
            return;
        }
        if let Some(coin) = codes().find(|url| is_coin(&url.scheme)) {
            findings.raise(&QR_MONEY, format!("a QR code asks to pay in {}", coin.scheme));
        }
        let home = Home::of(mail);
        let is_foreign = |url: &&Url| url.host.is_some() && !home.has_link(url.target());
        let Some(code) = codes().find(is_foreign) else { return };
        let target = code.target();
        findings.raise(&QR_LINK, format!("a QR code leads to {}", host(target)));
        if let Some(risk) = risk(target) {
            findings.raise(&QR_RISKY_LINK, format!("a QR code leads to {}, {risk}", host(target)));
        }
        let leads = |url: &&Url| url.source != UrlSource::Qr && !url.target().domain().is_some_and(is_everybodys);
        if clicked(mail).filter(leads).count() == 0 {
            let why = format!("nothing but a QR code leads on, and it leads to {}", host(target));
            findings.raise(&QR_ONLY_LINK, why);
        }
    }
}

fn is_coin(scheme: &str) -> bool {
    matches!(scheme, "bitcoin" | "ethereum" | "litecoin" | "monero" | "dogecoin" | "solana" | "tron" | "lightning")
}
