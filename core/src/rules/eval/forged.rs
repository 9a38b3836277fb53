//! On mail that says it is from a big provider, and on traces that contradict themselves.

use super::{
    Eval, Scene,
    support::{address, domain, has, header, latin},
};
use crate::rules::{book::EvalTest, view::Relay};

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

/// What the headers say of Hotmail.
#[derive(PartialEq, Eq)]
enum Hotmail {
    /// Nothing that speaks against it.
    Fine,
    /// A host called itself Hotmail's, and none of Hotmail's is seen.
    Forged,
    /// Nothing at all.
    Unheard,
}

fn hotmail(scene: &Scene<'_>) -> Hotmail {
    let received = latin(&header(scene, "Received"));
    let is_local = received.contains("from mail pickup service by hotmail.com with Microsoft SMTPSVC;");
    if is_local || trace_was_removed(scene) {
        return Hotmail::Fine;
    }
    let has_origin = scene.view.headers().get("X-Originating-IP").is_some();
    if has_origin && received.lines().any(|line| is_of_hotmail(line) || is_of_yahoo_groups(line)) {
        return Hotmail::Fine;
    }
    let is_microsofts = latin(&header(scene, "X-OriginatorOrg")).contains("templateTenant");
    if is_microsofts && received.lines().any(|line| handed_in(line).ends_with(".outbound.protection.outlook.com")) {
        return Hotmail::Fine;
    }
    let claims = ["from ", "HELO ", "helo="].iter().any(|mark| {
        received.split(*mark).skip(1).any(|rest| {
            let word = rest.split(|c: char| c.is_whitespace() || c == ')').next().unwrap_or_default();
            word.split("hotmail.com").skip(1).any(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
        })
    });
    if claims { Hotmail::Forged } else { Hotmail::Unheard }
}

/// The name after `from`.
fn handed_in(line: &str) -> &str {
    line.strip_prefix("from ").and_then(|rest| rest.split(' ').next()).unwrap_or_default()
}

/// `from hotmail.com (f135.law8.hotmail.com [192.0.2.1])`, `from x.hotmail.com ([192.0.2.1])`, `by x.hotmail.com with HTTP`.
fn is_of_hotmail(line: &str) -> bool {
    let helo = handed_in(line);
    let name = line.split_once(" (").and_then(|(_, rest)| rest.split([' ', ')']).next()).unwrap_or_default();
    let by = line.split_once(" by ").map(|(_, by)| by).unwrap_or_default();
    let host = by.split(' ').next().unwrap_or_default();
    let is_host =
        |name: &str| [".hotmail.com", ".hotmail.msn.com", ".outlook.com"].iter().any(|end| name.ends_with(end));
    let is_named = (helo.ends_with("hotmail.com") || helo.ends_with("outlook.com")) && is_host(name);
    let is_bare = helo.ends_with(".hotmail.com") && name.starts_with('[');
    is_named || is_bare || (is_host(host) && by.contains(" with HTTP;"))
}

/// A list of Yahoo's.
fn is_of_yahoo_groups(line: &str) -> bool {
    line.starts_with("from [66.218") && line.contains(".yahoo.com ")
}

/// Groups and lists took headers out.
fn trace_was_removed(scene: &Scene<'_>) -> bool {
    super::header::trace_was_removed(scene, &EvalTest::default()) != 0
}

fn forged_hotmail(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    u32::from(hotmail(scene) == Hotmail::Forged)
}

fn no_hotmail(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let from = address(scene, "From");
    u32::from(from.ends_with("hotmail.com") && hotmail(scene) == Hotmail::Unheard)
}

fn forged_yahoo(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let from = address(scene, "From");
    if !from.ends_with("yahoo.com") || trace_was_removed(scene) {
        return 0;
    }
    let mut received = latin(&header(scene, "Received"));
    // Pine writes the trace of what it sends on as `X-Received`.
    if ["Resent-From", "Resent-To"].iter().all(|name| !header(scene, name).is_empty()) {
        received.push_str(&latin(&header(scene, "X-Received")));
    }
    let is_named =
        scene.view.relays().all().iter().any(|relay| relay.rdns.to_ascii_lowercase().ends_with(b".yahoo.com"));
    // Articles that readers send to friends.
    let is_article = from.ends_with("@reply.yahoo.com") && received.contains(".bulk.scd.yahoo.com");
    u32::from(!is_named && !is_article && !received.lines().any(is_yahoos))
}

/// Written by a server of Yahoo's as only its programs do.
fn is_yahoos(line: &str) -> bool {
    let Some((from, by)) = line.split_once(" by ").or_else(|| line.strip_prefix("by ").map(|by| ("", by))) else {
        return false;
    };
    let (host, rest) = by.split_once(' ').unwrap_or((by, ""));
    let Some(name) = host.strip_suffix(".yahoo.com") else { return false };
    let is_mail = name.starts_with("web") && rest.starts_with("via HTTP");
    let is_smtp = name.starts_with("smtp") && rest.starts_with("with SMTP");
    let is_of_groups = [".groups", ".scd", ".dcn"].iter().any(|end| name.ends_with(end));
    let is_inner = from.starts_with("from [") && is_of_groups && rest.starts_with("with NNFMP");
    let is_web = rest.starts_with("with HTTP");
    let is_versioned = rest.starts_with('(') && (rest.contains(") id ") || rest.contains(") with ESMTP id "));
    is_mail || is_smtp || is_inner || is_web || is_versioned
}

/// Juno's own program, with the address of its host and that of the writer, is all that is known to be real.
fn forged_juno(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let from = address(scene, "From");
    if !domain(&from).ends_with("juno.com") || trace_was_removed(scene) {
        return 0;
    }
    let is_hop = |line: &str| {
        let from = line.split_once(" by ").map(|(from, _)| from).unwrap_or_default();
        from.starts_with("from ") && (from.contains("juno.com") || from.contains("untd.com")) && from.contains('[')
    };
    let is_own_program = latin(&header(scene, "X-Mailer")).contains("Juno ");
    let has_origin = scene.view.headers().get("X-Originating-IP").is_some();
    let is_real = has_origin && is_own_program && latin(&header(scene, "Received")).lines().any(is_hop);
    u32::from(!is_real)
}

/// Bytes of a mark of Google's, at least.
const GOOGLE_MARK: usize = 60;

fn forged_gmail(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let from = address(scene, "From");
    let is_long = |name: &str| GOOGLE_MARK <= header(scene, name).trim_ascii().len();
    let is_marked = is_long("X-Gm-Message-State") && is_long("X-Google-Smtp-Source");
    let inner = latin(&header(scene, "X-Received"));
    let is_inner =
        ["by 10.", "by 2002:"].iter().any(|by| inner.split(*by).skip(1).any(|rest| rest.contains(" with SMTP id ")));
    u32::from(domain(&from) == "gmail.com" && !is_marked && !is_inner)
}

/// The service is no more, and nothing is known of what its mail looked like.
fn forged_eudoramail(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let from = address(scene, "From");
    u32::from(domain(&from) == "eudoramail.com" && !trace_was_removed(scene))
}

/// The form of names of AOL's relays, ` rly-xw01.`, which those who forge like, without the marks of AOL's programs.
fn fake_aol_relay(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let received = header(scene, "Received").to_ascii_lowercase();
    let named = memchr::memmem::find_iter(&received, b" rly-").filter_map(|at| received.get(at + 5..at + 10));
    let is_name = |name: &[u8]| matches!(name, [a, b, c, d, b'.'] if a.is_ascii_lowercase() && b.is_ascii_lowercase() && c.is_ascii_digit() && d.is_ascii_digit());
    let is_real = [&b"/aol-"[..], b"esmtp id relay", b"esmtp id mailrelay", b"esmtp id mailin"]
        .iter()
        .any(|mark| has(&received, mark));
    u32::from(!is_real && named.into_iter().any(is_name))
}

/// More than once, a host took the message from one, and the next header below was written by quite another.
fn forged_trail(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let is_broken = |pair: &[Relay]| {
        let [above, below] = pair else { return false };
        let (name, by) = (latin(&above.rdns).to_ascii_lowercase(), latin(&below.by).to_ascii_lowercase());
        let is_named = is_of_the_dns(&name) && is_of_the_dns(&by) && !name.starts_with("localhost");
        is_named && owner(&name) != owner(&by)
    };
    let broken = scene.view.relays().untrusted().windows(2).filter(|pair| is_broken(pair)).count();
    u32::from(1 < broken)
}

/// Whether a host's name has a domain that could be one: some hosts write labels of their own behind it.
fn is_of_the_dns(host: &str) -> bool {
    let (_, last) = host.strip_suffix('.').unwrap_or(host).rsplit_once('.').unwrap_or_default();
    !last.is_empty() && last.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// The last two labels of a host's name; three, if the last is that of a country where names are registered below others.
fn owner(host: &str) -> &str {
    let last = host.rsplit('.').next().unwrap_or_default();
    let is_short = 3 <= last.len() || matches!(last, "ie" | "fr" | "de");
    let labels = if is_short { 2 } else { 3 };
    let is_address = !host.bytes().any(|byte| byte.is_ascii_alphabetic());
    let start = host.rmatch_indices('.').nth(labels - 1).filter(|_| !is_address);
    start.and_then(|(at, _)| host.get(at + 1..)).unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::super::test_mail::ask;

    fn holds(from: &str, received: &[&str], function: &str) -> bool {
        let headers = received.iter().map(|line| format!("Received: {line}\n")).collect::<Vec<_>>().concat();
        ask(&format!("{headers}From: {from}\n\nx"), "", function, &[]) == 1
    }

    const ELSEWHERE: &str = "from mx.example (mx.example [192.0.2.1]) by b.example (8/8) with SMTP id 123; D";

    #[test]
    fn mail_of_a_provider_has_passed_its_hosts() {
        for (provider, real) in [
            ("yahoo", "from [192.0.2.1] by web1.mail.yahoo.com via HTTP; D"),
            ("yahoo", "from y.example (web1.mail.yahoo.com [192.0.2.1]) by b.example (8/8) with SMTP id 123; D"),
        ] {
            let (from, function) =
                (format!("a@{provider}.com"), format!("check_for_forged_{provider}_received_headers"));
            assert!(holds(&from, &[ELSEWHERE], &function), "{provider}");
            assert!(!holds(&from, &[ELSEWHERE, real], &function), "{provider}");
            assert!(!holds("a@example.org", &[ELSEWHERE], &function), "{provider}");
        }
    }

    #[test]
    fn what_was_sent_on_keeps_its_trace_under_another_name() {
        let inner = "X-Received: from [192.0.2.1] by web1.mail.yahoo.com via HTTP; D";
        for (headers, want) in [
            ("Resent-From: b@b.example\nResent-To: c@c.example", false),
            ("Resent-From: b@b.example", true),
            ("Resent-To: c@c.example", true),
        ] {
            let from = format!("a@yahoo.com\n{headers}\n{inner}");
            assert_eq!(holds(&from, &[ELSEWHERE], "check_for_forged_yahoo_received_headers"), want, "{headers}");
        }
    }

    #[test]
    fn gmail_leaves_its_marks() {
        let function = "check_for_forged_gmail_received_headers";
        let mark = "A".repeat(60);
        assert!(holds("a@gmail.com", &[ELSEWHERE], function) && !holds("a@x.com", &[ELSEWHERE], function));
        for marks in [
            format!("X-Gm-Message-State: {mark}\nX-Google-Smtp-Source: {mark}"),
            "X-Received: by 10.1.2.3 with SMTP id x".to_owned(),
        ] {
            assert!(!holds(&format!("a@gmail.com\n{marks}"), &[ELSEWHERE], function), "{marks}");
        }
    }

    #[test]
    fn hotmail_is_forged_or_unheard_of() {
        let claim = "from hotmail.com ([192.0.2.1]) by b.example (8/8) with SMTP id 123; D";
        let real = "from 192.0.2.1 by lw1.hotmail.msn.com with HTTP; D\nX-Originating-IP: [192.0.2.1]";
        let (forged, unheard) = ("check_for_forged_hotmail_received_headers", "check_for_no_hotmail_received_headers");
        assert!(holds("a@x.com", &[claim], forged) && !holds("a@hotmail.com", &[claim], unheard));
        assert!(!holds("a@x.com", &[claim, real], forged));
        assert!(holds("a@hotmail.com", &[ELSEWHERE], unheard) && !holds("a@x.com", &[ELSEWHERE], unheard));
    }

    #[test]
    fn names_like_aols_relays_need_aols_marks() {
        let fake = "from rly-xw01.nowhere.example ([192.0.2.1]) by b.example with QMQP; D";
        assert!(holds("a@x.com", &[fake], "check_for_fake_aol_relay_in_rcvd"));
        let real = "from rly-xw01.mx.aol.com (rly-xw01.mail.aol.com [192.0.2.1]) by b.example (8.8.8/8.8.5/AOL-5.0.0) id 123; D";
        assert!(!holds("a@x.com", &[real], "check_for_fake_aol_relay_in_rcvd"));
    }

    #[test]
    fn a_trail_may_break_once() {
        let hop = |rdns: &str, by: &str| format!("from {rdns} ({rdns} [192.0.2.1]) by {by} (8/8) with SMTP id 123; D");
        let whole = [hop("a.one.com", "b.two.com"), hop("a.three.com", "c.one.com"), hop("a.four.com", "c.three.com")];
        let once = [hop("a.one.com", "b.two.com"), hop("a.three.com", "c.one.com"), hop("a.four.com", "c.five.com")];
        let twice = [hop("a.one.com", "b.two.com"), hop("a.three.com", "c.six.com"), hop("a.four.com", "c.five.com")];
        let own =
            [hop("a.one.com", "b.two.com"), hop("a.three.com", "c.six.net-0."), hop("a.four.com", "c.five.net-0")];
        for (trail, want) in [(whole, false), (once, false), (twice, true), (own, false)] {
            let trail: Vec<&str> = trail.iter().map(String::as_str).collect();
            assert_eq!(holds("a@x.com", &trail, "check_for_forged_received_trail"), want, "{trail:?}");
        }
    }
}
