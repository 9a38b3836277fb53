//! On the hosts a message went through.

use std::net::{IpAddr, Ipv4Addr};

use super::{
    Eval, Scene,
    support::{address, domain, latin, registered},
};
use crate::rules::{
    book::EvalTest,
    view::{Relay, relays::is_private},
};

pub(super) const EVALS: &[Eval] = &[
    Eval { name: "check_all_trusted", run: all_trusted },
    Eval { name: "check_no_relays", run: no_relays },
    Eval { name: "check_relays_unparseable", run: unparseable },
    Eval { name: "check_mailfrom_matches_rcvd", run: mailfrom_matches },
    Eval { name: "check_for_no_rdns_dotcom_helo", run: no_rdns_dotcom_helo },
    Eval { name: "helo_ip_mismatch", run: helo_ip_mismatch },
    Eval { name: "check_for_numeric_helo", run: numeric_helo },
];

fn all_trusted(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let relays = scene.view.relays();
    let is = !relays.trusted().is_empty() && relays.untrusted().is_empty() && relays.unparseable == 0;
    u32::from(is)
}

fn no_relays(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let relays = scene.view.relays();
    u32::from(relays.all().is_empty() && relays.unparseable == 0)
}

fn unparseable(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    u32::from(0 < scene.view.relays().unparseable)
}

/// The sender's domain is that of the host that handed the message in.
fn mailfrom_matches(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let sender = address(scene, "EnvelopeFrom");
    let sender = domain(&sender);
    let relays = scene.view.relays();
    let own = registered(scene, sender);
    let matches = |relay: &Relay| {
        let name = latin(&relay.rdns).to_ascii_lowercase();
        !name.is_empty() && registered(scene, &name) == own
    };
    let boundary = relays.untrusted().first().or_else(|| relays.trusted().last());
    u32::from(!own.is_empty() && boundary.is_some_and(matches))
}

/// Providers whose hosts have names; one that calls itself one of them and has none lies.
const NAMED: [&str; 11] = [
    "lycos.com",
    "lycos.co.uk",
    "hotmail.com",
    "localhost.com",
    "excite.com",
    "caramail.com",
    "cs.com",
    "aol.com",
    "msn.com",
    "yahoo.com",
    "drizzle.com",
];

/// The first host that is known, as far as programs tell that look names up.
fn no_rdns_dotcom_helo(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let lies = |relay: &Relay| {
        let helo = latin(&relay.helo).to_ascii_lowercase();
        let is_below = |name: &str| helo.strip_suffix(name).is_some_and(|head| head.is_empty() || head.ends_with('.'));
        relay.has_no_name && NAMED.iter().any(|name| is_below(name))
    };
    u32::from(scene.view.relays().untrusted().last().is_some_and(lies))
}

/// A host that calls itself an address, but not one near its own.
fn helo_ip_mismatch(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let lies = |relay: &Relay| {
        let (Ok(claimed), Some(IpAddr::V4(real))) = (latin(&relay.helo).parse::<Ipv4Addr>(), relay.address) else {
            return false;
        };
        let is_near = real.octets().get(..3) == claimed.octets().get(..3);
        !is_near && !relay.is_private() && !is_private(claimed.into())
    };
    u32::from(scene.view.relays().untrusted().iter().any(lies))
}

/// A host that calls itself an address without brackets.
fn numeric_helo(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let is_bare = |relay: &Relay| {
        let helo = latin(&relay.helo);
        helo.parse::<Ipv4Addr>().is_ok_and(|address| !is_private(address.into()))
    };
    u32::from(scene.view.relays().untrusted().iter().any(is_bare))
}

#[cfg(test)]
mod tests {
    use super::super::test_mail::ask;

    fn holds(received: &[&str], function: &str) -> bool {
        let headers = received.iter().map(|line| format!("Received: {line}\n")).collect::<Vec<_>>().concat();
        ask(&format!("{headers}From: a@b.com\n\nx"), "", function, &[]) == 1
    }

    #[test]
    fn trust_asks_for_hosts_that_could_all_be_read() {
        let inside = "from a.com (a.com [10.0.0.1]) by b.com (8/8) id 123; D";
        assert!(holds(&[inside], "check_all_trusted"));
        assert!(!holds(&[inside, "from nowhere"], "check_all_trusted"));
        assert!(!holds(&[], "check_all_trusted") && holds(&[], "check_no_relays"));
        assert!(holds(&["from nowhere"], "check_relays_unparseable") && !holds(&["from nowhere"], "check_no_relays"));
    }

    #[test]
    fn who_calls_itself_a_provider_needs_a_name() {
        for (helo, want) in
            [("yahoo.com", true), ("mx.lycos.co.uk", true), ("xyahoo.com", false), ("example.com", false)]
        {
            let line = format!("from {helo} ([192.0.2.1]) by b.com (8.9/8.9) with SMTP id 123; D");
            assert_eq!(holds(&[&line], "check_for_no_rdns_dotcom_helo"), want, "{helo}");
            let line = format!("from {helo} ([192.0.2.1]) by b.com with Microsoft SMTPSVC(5.0); D");
            assert!(!holds(&[&line], "check_for_no_rdns_dotcom_helo"), "{helo}: no name was looked for");
        }
    }

    #[test]
    fn who_calls_itself_an_address_means_its_own() {
        for (helo, ip, want) in [
            ("192.0.2.1", "192.0.2.9", false),
            ("192.0.2.1", "192.0.3.1", true),
            ("10.0.0.1", "192.0.3.1", false),
            ("[192.0.2.1]", "192.0.3.1", false),
        ] {
            let line = format!("from {helo} (a.com [{ip}]) by b.com (8/8) with SMTP id 123; D");
            assert_eq!(holds(&[&line], "helo_ip_mismatch"), want, "{line}");
        }
    }

    #[test]
    fn a_sender_of_the_hosts_own_domain_is_told() {
        for (name, want) in [("mx.b.com", true), ("mx.c.com", false), ("unknown", false)] {
            let line = format!("from x ({name} [192.0.2.1]) by y.com (8/8) id 123 (envelope-from <a@b.com>); D");
            assert_eq!(holds(&[&line], "check_mailfrom_matches_rcvd"), want, "{name}");
        }
    }
}
