//! On mail that says it is from a big provider, and on traces that contradict themselves.

use super::{
    Eval, Scene,
    support::{address, domain, has, header, latin},
};
use crate::rules::{
    book::EvalTest,
    view::{Relay, relays::is_private},
};

pub(super) const EVALS: &[Eval] = &[
    Eval { name: "check_for_forged_hotmail_received_headers", run: forged_hotmail },
    Eval { name: "check_for_no_hotmail_received_headers", run: no_hotmail },
    Eval { name: "check_for_forged_yahoo_received_headers", run: forged_yahoo },
    Eval { name: "check_for_forged_juno_received_headers", run: forged_juno },
    Eval { name: "check_for_forged_gmail_received_headers", run: forged_gmail },
    Eval { name: "check_for_forged_eudoramail_received_headers", run: forged_eudoramail },
    Eval { name: "check_for_fake_aol_relay_in_rcvd", run: fake_aol_relay },
    Eval { name: "check_for_forged_received_trail", run: forged_trail },
];

/// What is known of a message that may be of Hotmail.
#[derive(PartialEq, Eq)]
enum Hotmail {
    /// It is, or nothing speaks against it.
    Fine,
    /// Its headers pretend.
    Forged,
    /// None of its headers speak of Hotmail.
    Unheard,
}

fn hotmail(scene: &Scene<'_>) -> Hotmail {
    let from = address(scene, "From");
    let is_of = ["hotmail.com", "msn.com", "live.com"].iter().any(|name| {
        let host = domain(&from);
        host == *name || host.strip_suffix(name).is_some_and(|head| head.ends_with('.'))
    });
    let received = header(scene, "Received");
    if !is_of || has(&received, b"from mail pickup service by hotmail.com with Microsoft SMTPSVC;") || was_gated(scene)
    {
        return Hotmail::Fine;
    }
    let origin = latin(&header(scene, "X-Originating-IP"));
    if !origin.trim().is_empty() && has(&received, b"hotmail.com") {
        return Hotmail::Fine;
    }
    if has(&received, b"hotmail.com") { Hotmail::Forged } else { Hotmail::Unheard }
}

/// Groups and lists that take headers out.
pub(super) fn was_gated(scene: &Scene<'_>) -> bool {
    super::header::trace_was_removed(scene, &EvalTest::default()) != 0
}

fn forged_hotmail(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    u32::from(hotmail(scene) == Hotmail::Forged)
}

fn no_hotmail(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    u32::from(hotmail(scene) == Hotmail::Unheard)
}

fn forged_yahoo(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let from = address(scene, "From");
    if !domain(&from).split('.').any(|label| label == "yahoo") || was_gated(scene) {
        return 0;
    }
    let received = latin(&header(scene, "Received")).to_ascii_lowercase();
    if !header(scene, "Resent-From").is_empty() && !header(scene, "Resent-To").is_empty() {
        return 0;
    }
    let is_real = ["by web", "by smtp.", ".yahoo.", " yahoo.", "yahoodns.net", "scd.yahoo.com"]
        .iter()
        .any(|mark| received.contains(mark));
    u32::from(!is_real)
}

fn forged_juno(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let from = address(scene, "From");
    if !domain(&from).ends_with("juno.com") || was_gated(scene) {
        return 0;
    }
    let received = latin(&header(scene, "Received")).to_ascii_lowercase();
    let mailer = latin(&header(scene, "X-Mailer"));
    let origin = header(scene, "X-Originating-IP");
    if !origin.is_empty() {
        return u32::from(!mailer.contains("Juno "));
    }
    let is_real = received.contains("from mail.com") || received.contains("juno.com") || received.contains("untd.com");
    u32::from(!is_real || !mailer.contains("Juno "))
}

fn forged_gmail(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let from = address(scene, "From");
    if domain(&from) != "gmail.com" {
        return 0;
    }
    let received = latin(&header(scene, "Received"));
    let is_real =
        received.contains("google.com") || received.contains("gmail.com") || !header(scene, "X-Received").is_empty();
    u32::from(!is_real)
}

fn forged_eudoramail(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let from = address(scene, "From");
    let received = latin(&header(scene, "Received"));
    let is_of = domain(&from) == "eudoramail.com" && !was_gated(scene);
    u32::from(is_of && !received.contains("whowhere.com"))
}

fn fake_aol_relay(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let relays = scene.view.relays();
    let is_fake = |relay: &Relay| {
        let (rdns, by) = (latin(&relay.rdns).to_ascii_lowercase(), latin(&relay.by).to_ascii_lowercase());
        let _ = by;
        rdns.contains("aol.com")
    };
    u32::from(relays.untrusted().iter().any(is_fake))
}

/// A host took the message from one, and the next header below was not written by that one.
fn forged_trail(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let relays = scene.view.relays().untrusted();
    let registered = |name: &[u8]| {
        let name = latin(name).to_ascii_lowercase();
        scene.lists.registry.registered(&name).to_owned()
    };
    let is_broken = |pair: &[Relay]| {
        let [above, below] = pair else { return false };
        let is_named = !above.rdns.is_empty() && below.by.contains(&b'.') && !above.address.is_none_or(is_private);
        is_named && registered(&above.rdns) != registered(&below.by) && registered(&above.helo) != registered(&below.by)
    };
    u32::from(relays.windows(2).any(is_broken))
}
