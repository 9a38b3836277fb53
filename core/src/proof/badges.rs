//! What each way of proving a sender says of a message, to be shown side by side.
//!
//! What counts is decided in `proof`; here it is only told: the provider's word, or what was found when the message came.

use crate::{
    api::{AuthBadge, AuthMethod, AuthState},
    evidence::Query,
    explain::harmless,
    mail::{AuthResult, Mail, domain_of},
};

/// In the order in which they are shown.
const METHODS: [AuthMethod; 4] = [AuthMethod::Spf, AuthMethod::Dkim, AuthMethod::Dmarc, AuthMethod::Arc];

/// One badge for each way. `asked` are the questions that others were asked about the message, with their answers.
pub(crate) fn badges(mail: &Mail<'_>, asked: &[(String, String)]) -> Vec<AuthBadge> {
    let theirs = mail.provider_results().map(|found| found.results).unwrap_or_default();
    let is_sure = mail.has_sure_results();
    let question = Query::Authentication.told();
    let ours = asked.iter().find(|(asked, _)| Some(asked) == question.as_ref()).map(|(_, answer)| answer.as_str());
    let author = mail.author().and_then(|author| author.address.as_ref()).map(|address| address.domain.registrable());
    let is_author = |domain: &str| domain_of(domain).is_some_and(|it| Some(it.registrable()) == author);
    let badge = |method| {
        let said = theirs.iter().filter(|result| result.method == word(method)).map(|result| of_result(method, result));
        let found = told(ours.unwrap_or_default()).filter(|part| is_of(method, part)).map(|part| of_part(method, part));
        let (said, found) = (best(said, &is_author), best(found, &is_author));
        // What the sender may have written itself stands back behind what we have found.
        let known = if is_sure { said.or(found) } else { found.or(said) };
        let state = if ours.is_some() { AuthState::None } else { AuthState::Unknown };
        known.unwrap_or(AuthBadge {
            method,
            state,
            domain: String::new(),
            is_of_provider: false,
            detail: String::new(),
        })
    };
    METHODS.map(badge).into()
}

/// The one that says most: what holds for the author's domain, then what holds, then what does not.
fn best(all: impl Iterator<Item = AuthBadge>, is_author: &impl Fn(&str) -> bool) -> Option<AuthBadge> {
    let rank = |badge: &AuthBadge| match badge.state {
        AuthState::Pass if is_author(&badge.domain) => 0,
        AuthState::Pass => 1,
        AuthState::Fail => 2,
        AuthState::Unknown => 3,
        AuthState::None => 4,
    };
    all.min_by_key(rank)
}

const fn word(method: AuthMethod) -> &'static str {
    match method {
        AuthMethod::Spf => "spf",
        AuthMethod::Dkim => "dkim",
        AuthMethod::Dmarc => "dmarc",
        AuthMethod::Arc => "arc",
    }
}

/// What the provider says.
fn of_result(method: AuthMethod, result: &AuthResult) -> AuthBadge {
    let state = match result.result.as_str() {
        "pass" => AuthState::Pass,
        "fail" | "softfail" | "permerror" | "policy" | "hardfail" => AuthState::Fail,
        "none" | "neutral" | "bestguesspass" => AuthState::None,
        _ => AuthState::Unknown,
    };
    let domain = match method {
        AuthMethod::Spf => {
            result.property("smtp.mailfrom").or_else(|| result.property("smtp.helo")).and_then(domain_of)
        }
        AuthMethod::Dkim => result.signer(),
        AuthMethod::Dmarc => result.property("header.from").and_then(domain_of),
        AuthMethod::Arc => None,
    };
    let properties: Vec<String> = result.properties.iter().map(|(name, value)| format!(" {name}={value}")).collect();
    let detail = format!("{}={}{}", result.method, result.result, properties.concat());
    let domain = domain.map(|domain| domain.to_string()).unwrap_or_default();
    AuthBadge { method, state, domain: harmless(&domain), is_of_provider: true, detail: harmless(&detail) }
}

/// How each part of [`Authentication::told`](crate::mail::Authentication::told) begins.
const fn beginning(method: AuthMethod) -> &'static str {
    match method {
        AuthMethod::Spf => "SPF of ",
        AuthMethod::Dkim => "DKIM of ",
        AuthMethod::Dmarc => "DMARC: ",
        AuthMethod::Arc => "ARC of ",
    }
}

fn is_of(method: AuthMethod, part: &str) -> bool {
    part.starts_with(beginning(method))
}

/// The parts of what we have found, as it was told when the message came.
fn told(answer: &str) -> impl Iterator<Item = &str> {
    let begins = |rest: &str| METHODS.iter().any(|method| is_of(*method, rest));
    let mut rest = Some(answer);
    std::iter::from_fn(move || {
        let all = rest.take().filter(|all| !all.is_empty())?;
        // Reasons have commas of their own.
        let end = all.match_indices(", ").find(|(at, _)| all.get(at + 2..).is_some_and(begins));
        let Some((end, _)) = end else { return Some(all) };
        rest = all.get(end + 2..);
        all.get(..end)
    })
}

fn of_part(method: AuthMethod, part: &str) -> AuthBadge {
    let rest = part.strip_prefix(beginning(method)).unwrap_or(part);
    let (about, word) = match method {
        AuthMethod::Dmarc => ("", rest),
        AuthMethod::Spf | AuthMethod::Dkim | AuthMethod::Arc => rest.split_once(": ").unwrap_or(("", rest)),
    };
    let first = word.split([',', ' ']).next().unwrap_or_default();
    let state = match (first, method) {
        ("pass", _) => AuthState::Pass,
        ("valid", _) if word == "valid" => AuthState::Pass,
        ("none" | "neutral", AuthMethod::Spf) => AuthState::None,
        ("not", _) => AuthState::Unknown,
        _ => AuthState::Fail,
    };
    let domain = about.split(' ').next().unwrap_or_default();
    AuthBadge { method, state, domain: harmless(domain), is_of_provider: false, detail: harmless(part) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use AuthState::{Fail, Pass, Unknown};

    use crate::mail::{
        AccountFacts, Arc, ArcState, Arrival, Authentication, Dmarc, DmarcPolicy, Domain, Seal, SealState, Spf, SpfWord,
    };

    fn domain(name: &str) -> Domain {
        Domain::parse(name).unwrap()
    }

    fn states(head: &str, ours: Option<&Authentication>) -> Vec<(AuthState, bool)> {
        let raw = format!("{head}From: Kim <kim@a.example>\n\nhi\n");
        let account = AccountFacts { provider: vec![domain("example.org")], ..AccountFacts::default() };
        let mail = Mail::parse(raw.as_bytes(), &Arrival { account, ..Arrival::default() });
        let asked = ours.map(|ours| (Query::Authentication.told().unwrap(), ours.told()));
        badges(&mail, asked.as_slice()).into_iter().map(|badge| (badge.state, badge.is_of_provider)).collect()
    }

    #[test]
    fn the_provider_s_word_is_told() {
        let head = "Authentication-Results: mx.example.org; spf=softfail smtp.mailfrom=x@b.example;\n \
                    dkim=fail header.d=b.example; dkim=pass header.d=a.example; dmarc=temperror\n\
                    Received: from a.example (a.example [192.0.2.1]) by mx.example.org with ESMTP; D\n";
        assert_eq!(states(head, None), [(Fail, true), (Pass, true), (Unknown, true), (Unknown, false)]);
    }

    #[test]
    fn what_nobody_has_looked_at_is_unknown_and_what_is_not_there_is_none() {
        assert!(states("", None).iter().all(|badge| *badge == (Unknown, false)));
        let nothing = Authentication::default();
        assert!(states("", Some(&nothing)).iter().all(|badge| *badge == (AuthState::None, false)));
    }

    #[test]
    fn every_finding_of_our_own_is_told() {
        let why = || "no answer, SPF of nobody".to_owned();
        let spf = |word| {
            let (host, domain) = ("192.0.2.1".parse().unwrap(), domain("a.example"));
            Some(Spf { host, domain, is_of_helo: false, word, passed_before: Some(host) })
        };
        for (word, want) in [
            (SpfWord::Pass, Pass),
            (SpfWord::Fail, Fail),
            (SpfWord::SoftFail, Fail),
            (SpfWord::Neutral, AuthState::None),
            (SpfWord::None, AuthState::None),
            (SpfWord::Unknown("timed out".to_owned()), Unknown),
        ] {
            let found = Authentication { spf: spf(word), ..Authentication::default() };
            assert_eq!(states("", Some(&found))[0].0, want, "{}", found.told());
        }
        for (state, want) in [
            (SealState::Valid, Pass),
            (SealState::ValidInPart, Fail),
            (SealState::TextChanged, Fail),
            (SealState::HeadChanged, Fail),
            (SealState::Unknown(why()), Unknown),
        ] {
            let seal = Seal { domain: domain("a.example"), selector: "s".to_owned(), state };
            let found = Authentication { signatures: vec![seal], ..Authentication::default() };
            assert_eq!(states("", Some(&found))[1].0, want, "{}", found.told());
        }
        for (dmarc, want) in [
            (Dmarc::None, AuthState::None),
            (Dmarc::Pass, Pass),
            (Dmarc::Fail(DmarcPolicy::Reject), Fail),
            (Dmarc::Unknown("timed out".to_owned()), Unknown),
        ] {
            let found = Authentication { dmarc, ..Authentication::default() };
            assert_eq!(states("", Some(&found))[2].0, want, "{}", found.told());
        }
        for (state, want) in
            [(ArcState::Valid, Pass), (ArcState::Broken, Fail), (ArcState::Unknown("timed out".to_owned()), Unknown)]
        {
            let arc = Some(Arc { sealers: vec![domain("l.example"), domain("m.example")], found: vec![], state });
            let found = Authentication { spf: spf(SpfWord::Pass), arc, ..Authentication::default() };
            assert_eq!(states("", Some(&found))[3].0, want, "{}", found.told());
        }
    }
}
