//! On lists of addresses (`Mail::SpamAssassin::Plugin::WLBLEval`, `WelcomeListSubject`).

use super::{
    Eval, Scene,
    support::{argument, latin, line},
};
use crate::rules::{book::EvalTest, lists::FromHost, view::Relay};

pub(super) const EVALS: &[Eval] = &[
    Eval { name: "check_from_in_list", run: |scene, test| from_in(scene, argument(test, 0)) },
    Eval { name: "check_to_in_list", run: |scene, test| to_in(scene, argument(test, 0)) },
    Eval { name: "check_replyto_in_list", run: reply_to_in },
    Eval { name: "check_from_in_blocklist", run: |scene, _| from_in(scene, "blocklist_from") },
    Eval { name: "check_from_in_blacklist", run: |scene, _| from_in(scene, "blocklist_from") },
    Eval { name: "check_to_in_welcomelist", run: |scene, _| to_in(scene, "welcomelist_to") },
    Eval { name: "check_to_in_whitelist", run: |scene, _| to_in(scene, "welcomelist_to") },
    Eval { name: "check_to_in_blocklist", run: |scene, _| to_in(scene, "blocklist_to") },
    Eval { name: "check_to_in_blacklist", run: |scene, _| to_in(scene, "blocklist_to") },
    Eval { name: "check_to_in_more_spam", run: |scene, _| to_in(scene, "more_spam_to") },
    Eval { name: "check_to_in_all_spam", run: |scene, _| to_in(scene, "all_spam_to") },
    Eval { name: "check_from_in_welcomelist", run: from_in_welcomelist },
    Eval { name: "check_from_in_whitelist", run: from_in_welcomelist },
    Eval { name: "check_from_in_default_welcomelist", run: from_in_default },
    Eval { name: "check_from_in_default_whitelist", run: from_in_default },
    Eval { name: "check_forged_in_welcomelist", run: forged_in_welcomelist },
    Eval { name: "check_forged_in_whitelist", run: forged_in_welcomelist },
    Eval { name: "check_forged_in_default_welcomelist", run: forged_in_default },
    Eval { name: "check_forged_in_default_whitelist", run: forged_in_default },
    Eval { name: "check_subject_in_welcomelist", run: |scene, _| subject_in(scene, &scene.lists.welcome.subjects) },
    Eval { name: "check_subject_in_whitelist", run: |scene, _| subject_in(scene, &scene.lists.welcome.subjects) },
    Eval {
        name: "check_subject_in_blocklist",
        run: |scene, _| subject_in(scene, &scene.lists.welcome.blocked_subjects),
    },
    Eval {
        name: "check_subject_in_blacklist",
        run: |scene, _| subject_in(scene, &scene.lists.welcome.blocked_subjects),
    },
];

fn from_in(scene: &Scene<'_>, name: &str) -> u32 {
    is_any_in(scene, name, |scene| scene.senders())
}

fn to_in(scene: &Scene<'_>, name: &str) -> u32 {
    is_any_in(scene, name, |scene| scene.recipients())
}

fn reply_to_in(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    is_any_in(scene, argument(test, 0), |scene| scene.mailboxes("Reply-To").unwrap_or_default())
}

fn is_any_in(scene: &Scene<'_>, name: &str, people: for<'a> fn(&'a Scene<'_>) -> &'a [String]) -> u32 {
    let Some(list) = scene.lists.welcome.named(name) else { return 0 };
    u32::from(people(scene).iter().any(|address| list.has(address)))
}

/// What the hosts say of an address that is welcome from some.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Unlisted,
    Real,
    Forged,
}

fn standing(scene: &Scene<'_>, entries: &[FromHost]) -> Standing {
    let relays = scene.view.relays();
    let mut standing = Standing::Unlisted;
    if entries.is_empty() {
        return standing;
    }
    let senders = scene.senders();
    for entry in entries.iter().filter(|entry| senders.iter().any(|address| entry.is_of(address))) {
        let is_from = |relay: &Relay| entry.is_from(&latin(&relay.rdns).to_ascii_lowercase(), relay.address);
        let handed_in = relays.untrusted().first().or_else(|| relays.trusted().last());
        if handed_in.is_some_and(is_from) {
            return Standing::Real;
        }
        standing = Standing::Forged;
    }
    let allowed = scene.lists.welcome.named("welcomelist_allow_relays");
    let is_allowed = allowed.is_some_and(|list| senders.iter().any(|address| list.has(address)));
    if is_allowed { Standing::Unlisted } else { standing }
}

fn from_in_welcomelist(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let is_named = from_in(scene, "welcomelist_from") != 0;
    u32::from(is_named || standing(scene, &scene.lists.welcome.from_rcvd) == Standing::Real)
}

fn from_in_default(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    u32::from(standing(scene, &scene.lists.welcome.default_from_rcvd) == Standing::Real)
}

fn forged_in_welcomelist(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let is_welcome = from_in_welcomelist(scene, &EvalTest::default()) != 0;
    u32::from(!is_welcome && standing(scene, &scene.lists.welcome.from_rcvd) == Standing::Forged)
}

fn forged_in_default(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    u32::from(standing(scene, &scene.lists.welcome.default_from_rcvd) == Standing::Forged)
}

/// A listed text, in which `*` is anything and `?` one character, stands somewhere in the subject.
fn subject_in(scene: &Scene<'_>, texts: &[String]) -> u32 {
    if texts.is_empty() {
        return 0;
    }
    let subject = latin(&line(scene, "Subject")).to_ascii_lowercase();
    u32::from(texts.iter().any(|text| crate::rules::lists::fits(&format!("*{text}*"), &subject)))
}

#[cfg(test)]
mod tests {
    use super::super::test_mail::ask;

    const LISTS: &str = "whitelist_from ann@x.com *@y.com\nunwelcomelist_from ann@x.com\nblocklist_from b?b@z.com\n\
        enlist_addrlist (GOV) *@*.gov\nwelcomelist_from_rcvd *@r.com relay.com\ndef_welcomelist_from_rcvd *@d.com [192.0.2]\n\
        more_spam_to me@x.com\nwelcomelist_subject [Bug *]\nblocklist_subject make money";

    fn holds(headers: &str, function: &str, arguments: &[&str]) -> bool {
        ask(&format!("{headers}\n\nx"), LISTS, function, arguments) == 1
    }

    #[test]
    fn addresses_are_found_on_their_lists() {
        for (headers, function, arguments, want) in [
            ("From: Any@Y.com", "check_from_in_welcomelist", &[][..], true),
            ("From: ann@x.com", "check_from_in_whitelist", &[], false),
            ("From: bob@z.com", "check_from_in_blocklist", &[], true),
            ("From: boob@z.com", "check_from_in_blacklist", &[], false),
            ("From: a@irs.gov", "check_from_in_list", &["GOV"], true),
            ("From: a@irs.gov", "check_from_in_list", &["NONE"], false),
            ("Reply-To: a@irs.gov", "check_replyto_in_list", &["GOV"], true),
            ("Resent-From: a@x.org\nFrom: bob@z.com", "check_from_in_blocklist", &[], false),
            ("Cc: me@x.com", "check_to_in_more_spam", &[], true),
            ("Cc: me@x.com", "check_to_in_all_spam", &[], false),
            ("Subject: Re: [BUG 12]", "check_subject_in_welcomelist", &[], true),
            ("Subject: you can Make Money", "check_subject_in_blocklist", &[], true),
        ] {
            assert_eq!(holds(headers, function, arguments), want, "{headers} {function}");
        }
    }

    #[test]
    fn some_are_welcome_only_from_their_hosts() {
        for (from, host, ip, welcome, forged) in [
            ("a@r.com", "mx.relay.com", "198.51.100.1", true, false),
            ("a@r.com", "mx.other.com", "198.51.100.1", false, true),
            ("a@q.com", "mx.relay.com", "198.51.100.1", false, false),
        ] {
            let headers = format!("Received: from a ({host} [{ip}]) by b.com (8/8) id 123; D\nFrom: {from}");
            assert_eq!(holds(&headers, "check_from_in_welcomelist", &[]), welcome, "{headers}");
            assert_eq!(holds(&headers, "check_forged_in_welcomelist", &[]), forged, "{headers}");
        }
        let headers = "Received: from a ([192.0.2.7]) by b.com (8/8) id 123; D\nFrom: a@d.com";
        assert!(holds(headers, "check_from_in_default_welcomelist", &[]));
    }
}
