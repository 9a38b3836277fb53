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
    if is_local || trace_was_removed(scene) || received.lines().any(is_hotmails) {
        return Hotmail::Fine;
    }
    let has_origin = scene.view.headers().get("X-Originating-IP").is_some();
    // A list of Yahoo's.
    if has_origin && received.lines().any(|line| line.starts_with("from [66.218") && line.contains(".yahoo.com ")) {
        return Hotmail::Fine;
    }
    let is_microsofts = latin(&header(scene, "X-OriginatorOrg"));
    if matches!(is_microsofts.trim(), "outlook.com" | "hotmail.com" | "microsoft.com") {
        return Hotmail::Fine;
    }
    if has_origin && received.lines().any(is_from_hotmail) {
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

/// Written by a web server of Hotmail's.
fn is_hotmails(line: &str) -> bool {
    let by = line.split_once(" by ").map(|(_, by)| by).unwrap_or_default();
    let host = by.split(' ').next().unwrap_or_default();
    (host.ends_with(".hotmail.com") || host.ends_with(".hotmail.msn.com")) && by.contains(" with HTTP;")
}

/// `from hotmail.com (f135.law8.hotmail.com [...])`.
fn is_from_hotmail(line: &str) -> bool {
    let Some((helo, rest)) = line.strip_prefix("from ").and_then(|rest| rest.split_once(" (")) else { return false };
    let name = rest.split([' ', ')']).next().unwrap_or_default();
    let is_host = |name: &str| {
        name.ends_with(".hotmail.com") || name.ends_with(".hotmail.msn.com") || name.ends_with(".outlook.com")
    };
    (helo.ends_with("hotmail.com") || helo.ends_with("outlook.com")) && is_host(name)
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
    let received = latin(&header(scene, "Received"));
    let has = |name: &str| scene.view.headers().get(name).is_some();
    let is_resent = has("Resent-From") && has("Resent-To");
    // Articles that readers send to friends.
    let is_article = from.ends_with("@reply.yahoo.com") && received.contains(".bulk.scd.yahoo.com");
    u32::from(!is_resent && !is_article && !received.lines().any(is_yahoos))
}

/// Written by a server of Yahoo's as only its programs do.
fn is_yahoos(line: &str) -> bool {
    let Some((from, by)) = line.split_once(" by ").or_else(|| line.strip_prefix("by ").map(|by| ("", by))) else {
        return false;
    };
    let (host, rest) = by.split_once(' ').unwrap_or((by, ""));
    if !host.ends_with(".yahoo.com") {
        return false;
    }
    let is_mail = host.starts_with("web") && rest.starts_with("via HTTP");
    let is_smtp = host.starts_with("smtp") && rest.starts_with("with SMTP");
    let is_inner = from.starts_with("from [") && rest.starts_with("with NNFMP");
    let is_web = rest.starts_with("with HTTP");
    let is_versioned = rest.starts_with('(') && rest.contains(") id ") || rest.contains(") with ESMTP id ");
    is_mail || is_smtp || is_inner || is_web || is_versioned
}

fn forged_juno(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let from = address(scene, "From");
    if !domain(&from).ends_with("juno.com") || trace_was_removed(scene) {
        return 0;
    }
    let received = latin(&header(scene, "Received")).to_ascii_lowercase();
    let mailer = latin(&header(scene, "X-Mailer"));
    let is_real = received.contains("juno.com") || received.contains("untd.com") || received.contains("from mail.com");
    let is_own_program = mailer.contains("Juno ");
    let is_web = scene.view.headers().get("X-Originating-IP").is_some();
    u32::from(!is_own_program || (!is_web && !is_real))
}

fn forged_gmail(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let from = address(scene, "From");
    let received = latin(&header(scene, "Received"));
    let is_real = received.contains("google.com") || received.contains(" by smtp.gmail.com ");
    let is_marked = ["X-Received", "X-Google-Smtp-Source"].iter().any(|name| scene.view.headers().get(name).is_some());
    u32::from(domain(&from) == "gmail.com" && !is_real && !is_marked)
}

fn forged_eudoramail(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let from = address(scene, "From");
    let received = latin(&header(scene, "Received"));
    let is_of = domain(&from) == "eudoramail.com" && !trace_was_removed(scene);
    u32::from(is_of && !received.contains("whowhere.com"))
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
        let is_named = name.contains('.') && by.contains('.') && !name.starts_with("localhost");
        is_named && owner(&name) != owner(&by)
    };
    let broken = scene.view.relays().untrusted().windows(2).filter(|pair| is_broken(pair)).count();
    u32::from(1 < broken)
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
