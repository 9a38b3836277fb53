//! On names that are addresses of somebody else (`Mail::SpamAssassin::Plugin::FromNameSpoof`).

use super::{
    Eval, Scene,
    support::{address, domain, header, latin, registered},
};
use crate::rules::book::EvalTest;

pub(super) const EVALS: &[Eval] = &[
    Eval { name: "check_fromname_contains_email", run: contains_address },
    Eval { name: "check_fromname_different", run: |scene, _| is(scene, Pair::differs) },
    Eval { name: "check_fromname_domain_differ", run: |scene, _| is(scene, Pair::differs_in_domain) },
    Eval { name: "check_fromname_owners_differ", run: |scene, _| is(scene, Pair::differs_in_owner) },
    Eval { name: "check_fromname_spoof", run: |scene, _| is(scene, Pair::is_spoof) },
    Eval { name: "check_fromname_equals_to", run: equals_to },
    Eval { name: "check_fromname_equals_replyto", run: equals_reply_to },
];

fn contains_address(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    u32::from(named(scene).is_some() && !address(scene, "From").is_empty())
}

/// The address in the sender's name and the sender's, both lower case.
struct Pair<'run> {
    scene: Scene<'run>,
    named: String,
    real: String,
}

fn is<'run>(scene: &Scene<'run>, holds: fn(&Pair<'run>) -> bool) -> u32 {
    u32::from(Pair::read(scene).is_some_and(|pair| holds(&pair)))
}

impl<'run> Pair<'run> {
    /// `None` if the name is no address, or much more than one.
    fn read(scene: &Scene<'run>) -> Option<Self> {
        let (named, extra) = named(scene)?;
        let real = address(scene, "From");
        let is_close = extra <= scene.lists.from_names.most_extra;
        (is_close && !real.is_empty()).then_some(Self { scene: *scene, named, real })
    }

    fn differs(&self) -> bool {
        self.named != self.real
    }

    fn differs_in_domain(&self) -> bool {
        registered(&self.scene, domain(&self.named)) != registered(&self.scene, domain(&self.real))
    }

    fn differs_in_owner(&self) -> bool {
        self.owner(&self.named) != self.owner(&self.real)
    }

    fn is_spoof(&self) -> bool {
        match self.scene.lists.from_names.check {
            0 => self.differs(),
            2 => self.differs_in_domain(),
            _ => self.differs_in_owner(),
        }
    }

    /// Whose an address is: the first label of what is registered, unless the files know better.
    fn owner<'pair>(&'pair self, address: &'pair str) -> &'pair str {
        let first = || registered(&self.scene, domain(address)).split('.').next().unwrap_or_default();
        self.scene.lists.from_names.owner(address).unwrap_or_else(first)
    }
}

/// The first address in the sender's name, and how many characters beside it there are.
fn named(scene: &Scene<'_>) -> Option<(String, usize)> {
    let name = latin(&header(scene, "From:name"));
    let name = name.lines().next()?.trim().to_ascii_lowercase();
    name.match_indices('@').find_map(|(at, _)| {
        let (before, after) = (name.get(..at)?, name.get(at + 1..)?);
        let start = before.rfind(|c: char| !is_user(c)).map_or(0, |end| end + 1);
        let end = after.find(|c: char| !is_host(c)).unwrap_or(after.len());
        let host = after.get(..end)?.trim_end_matches(['.', '-']);
        scene.lists.boundaries.domain(host)?;
        let address = name.get(start..at + 1 + host.len()).filter(|_| start < at)?;
        let beside = [name.get(..start)?, name.get(at + 1 + host.len()..)?];
        let extra = beside.iter().flat_map(|text| text.chars());
        let cost = extra.map(|c| if c.is_ascii_alphanumeric() || c == '_' { 1 } else { 2 }).sum();
        Some((address.to_owned(), cost))
    })
}

fn is_user(c: char) -> bool {
    c.is_ascii_alphanumeric() || "._-+=&".contains(c)
}

fn is_host(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '.' || c == '-'
}

fn equals_to(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let Some(pair) = Pair::read(scene).filter(Pair::differs) else { return 0 };
    let headers = scene.view.headers();
    // Letters of either case are told apart here, in SpamAssassin as well.
    let is_to = |name: &&str| headers.addresses(name).iter().any(|address| address == pair.named.as_bytes());
    u32::from(["To", "Cc"].iter().any(is_to))
}

fn equals_reply_to(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    u32::from(Pair::read(scene).is_some_and(|pair| pair.differs() && address(scene, "Reply-To") == pair.named))
}

#[cfg(test)]
mod tests {
    use super::super::test_mail::ask;

    fn holds(from: &str, function: &str) -> bool {
        ask(
            &format!("From: {from}\nTo: a@one.com\nReply-To: A@one.com\n\nx"),
            "fns_add_addrlist (three) *@drei.com",
            function,
            &[],
        ) == 1
    }

    #[test]
    fn a_name_is_held_against_the_address() {
        for (from, differs, domain, owner) in [
            ("\"a@one.com\" <a@one.com>", false, false, false),
            ("\"Ann (a@one.com)\" <b@one.com>", true, false, false),
            ("\"a@one.com\" <a@one.net>", true, true, false),
            ("\"a@one.com\" <a@mail.one.com>", true, false, false),
            ("\"a@one.com\" <a@two.com>", true, true, true),
            ("\"a@drei.com\" <a@three.com>", true, true, false),
            ("\"a@one.nowhere-xyz\" <a@two.com>", false, false, false),
            ("Ann <a@two.com>", false, false, false),
        ] {
            let got = ["different", "domain_differ", "owners_differ"]
                .map(|what| holds(from, &format!("check_fromname_{what}")));
            assert_eq!(got, [differs, domain, owner], "{from}");
            assert_eq!(holds(from, "check_fromname_spoof"), owner, "{from}");
        }
    }

    #[test]
    fn a_name_that_is_the_recipients_or_the_reply_address_is_told() {
        let from = "\"a@one.com\" <b@two.com>";
        assert!(holds(from, "check_fromname_equals_to") && holds(from, "check_fromname_equals_replyto"));
        assert!(!holds("\"c@one.com\" <b@two.com>", "check_fromname_equals_to"));
    }

    #[test]
    fn a_long_name_with_an_address_in_it_is_no_lie() {
        for (count, want) in [(48, true), (49, false)] {
            let from = format!("\"{} a@one.com\" <b@two.com>", "x".repeat(count));
            assert_eq!(holds(&from, "check_fromname_spoof"), want, "{count}");
            assert!(holds(&from, "check_fromname_contains_email"));
        }
    }
}
