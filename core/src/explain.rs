//! A verdict in words.

mod change;

use std::fmt::Write as _;

use crate::{
    config::Config,
    evidence::Asked,
    finding::Finding,
    headers::{SpamFacts, spam_headers},
    judge::{Class, DecidedBy, Verdict},
    mail::{Attachment, Hop, Host, Mail, Mailbox},
    reason::reason,
    score::Score,
};

/// Longer values from a message are cut: the rest is there to tire the reader.
const MAX_CHARS: usize = 160;
const MAX_HOSTS: usize = 20;
const MAX_FILES: usize = 20;
const MAX_HOPS: usize = 20;
const MAX_ASKED: usize = 100;

/// The whole reasoning about one message, for a terminal: why in one sentence, class, score against thresholds, each finding with its points
/// and its reason (largest weight first), what the learner's words were, the route, and the headers we would write.
///
/// Whatever comes from the message is made harmless: no control characters, no invisible ones, one line each.
pub fn explain(mail: &Mail<'_>, verdict: &Verdict, config: &Config) -> String {
    let mut text = head(mail, verdict, config);
    text.push_str(&reasons(verdict));
    text.push_str(&learner(verdict));
    text.push_str(&route(mail));
    text.push_str(&links(mail));
    text.push_str(&files(mail.attachments()));
    text.push_str(&asked(&verdict.asked));
    section(&mut text, "What would change it", &change::lines(verdict, config));
    let symbols: Vec<&str> = verdict.findings.iter().map(|found| found.finding.symbol.name()).collect();
    let required = config.junk_threshold();
    let headers = spam_headers(&SpamFacts { score: verdict.score, class: verdict.class, required, symbols: &symbols });
    section(&mut text, "Headers", &headers.lines().map(|line| line.replace('\t', "        ")).collect::<Vec<_>>());
    text
}

/// Makes text of a message harmless for a terminal: one line, no control or invisible characters, not endless.
pub fn harmless(text: &str) -> String {
    let is_odd = |c: char| {
        c.is_control()
            || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
    };
    let mut chars = text.trim().chars();
    let mut clean: String = chars.by_ref().take(MAX_CHARS).map(|c| if is_odd(c) { '\u{FFFD}' } else { c }).collect();
    if chars.next().is_some() {
        clean.push('…');
    }
    clean
}

fn head(mail: &Mail<'_>, verdict: &Verdict, config: &Config) -> String {
    let class = match verdict.class {
        Class::Ham => "Wanted",
        Class::Unsure => "Doubtful",
        Class::Spam => "Spam",
    };
    let [score, tag, junk] = [verdict.score, config.tag_threshold(), config.junk_threshold()].map(points);
    let decided = match verdict.decided_by {
        DecidedBy::Score => "Decided by the sum of the points below.",
        DecidedBy::TestMessage => "Decided by the GTUBE test string, which is spam by agreement.",
        DecidedBy::Accepted(_) => "Decided by an entry of your lists that accepts it.",
        DecidedBy::Blocked(_) => "Decided by an entry of your lists that blocks it.",
        DecidedBy::FilePolicy => "Decided by a file that the settings of this account do not want.",
        DecidedBy::Peer => "Decided by who it is from: somebody you write to.",
        DecidedBy::Virus => "Decided by the virus scanner, which knows what is in it, whoever it is from.",
    };
    let author = mail.author().map_or_else(|| "nobody".to_owned(), mailbox);
    let subject = if mail.subject().trim().is_empty() { "none".to_owned() } else { harmless(mail.subject()) };
    let mut text = format!(
        "{}\n\n{class}: {score} points. Mail is doubtful from {tag} points on, and spam from {junk}.\n{decided}\n\n\
         From:    {author}\nSubject: {subject}\n",
        reason(verdict)
    );
    if mail.is_truncated {
        let line = format!("Judged by its first {} only; it has {}.", size(mail.raw.len() as u64), size(mail.size));
        text.push_str(&line);
        text.push('\n');
    }
    text
}

/// All decimals there are, at least one: what is compared with a threshold must not be rounded to it.
fn points(score: Score) -> String {
    let text = format!("{score:.3}");
    let short = text.trim_end_matches('0');
    if short.ends_with('.') { format!("{short}0") } else { short.to_owned() }
}

fn mailbox(mailbox: &Mailbox) -> String {
    let address = mailbox.address.as_ref().map_or_else(|| mailbox.written.clone(), ToString::to_string);
    if mailbox.name.is_empty() { harmless(&address) } else { harmless(&format!("{} <{address}>", mailbox.name)) }
}

fn reasons(verdict: &Verdict) -> String {
    let reasons = verdict.reasons();
    if reasons.is_empty() {
        return "\nNothing was found that speaks for or against it.\n".to_owned();
    }
    let mut text = "\nReasons, heaviest first\n".to_owned();
    for reason in reasons {
        let Finding { symbol, about, why } = &reason.finding;
        // Writing to a String cannot fail.
        let (first, second) = if why.is_empty() { (&**about, "") } else { (why.as_str(), &**about) };
        writeln!(text, "{:>+8.2}  {symbol}: {}", reason.score.points(), harmless(first)).ok();
        if !second.is_empty() {
            writeln!(text, "          {}", harmless(second)).ok();
        }
    }
    text
}

fn learner(verdict: &Verdict) -> String {
    let mut text = String::new();
    let Some(probability) = verdict.probability else {
        section(
            &mut text,
            "Learner",
            &["It says nothing: it was not asked, or has not been taught enough.".to_owned()],
        );
        return text;
    };
    let title = format!("Learner: spam with a probability of {:.1} %, by these words", probability * 100.0);
    let words = verdict.clues.iter();
    let lines: Vec<String> =
        words.map(|clue| format!("{:>4.0} %  {}", clue.probability * 100.0, harmless(&clue.word))).collect();
    let none = ["none it knows".to_owned()];
    section(&mut text, &title, if lines.is_empty() { &none } else { &lines });
    text
}

fn route(mail: &Mail<'_>) -> String {
    let mut text = String::new();
    let hops = mail.trace().hops.iter().take(MAX_HOPS).enumerate();
    let lines: Vec<String> = hops
        .map(|(n, found)| {
            let mark = if mail.trace().boundary == Some(n) { "→" } else { " " };
            format!("{mark} {}", hop(found))
        })
        .collect();
    let title = match mail.trace().boundary {
        Some(_) => "Route, newest first; → is where it came in from outside, what is below may be invented",
        None => "Route, newest first; where it came in from outside is not known",
    };
    if !lines.is_empty() {
        section(&mut text, title, &lines);
    }
    text
}

fn hop(hop: &Hop) -> String {
    let mut words = Vec::new();
    if let Some(by) = &hop.by {
        words.push(format!("by {by}"));
    }
    let name = hop.rdns.as_deref().or(hop.helo.as_deref()).unwrap_or("somebody");
    words.push(format!("from {name}"));
    if let Some(ip) = hop.ip {
        words.push(format!("[{ip}]"));
    }
    if let Some(helo) = hop.helo.as_deref().filter(|helo| *helo != name) {
        words.push(format!("calling itself {helo}"));
    }
    harmless(&words.join(" "))
}

fn links(mail: &Mail<'_>) -> String {
    let mut hosts: Vec<(String, usize)> = Vec::new();
    for url in mail.urls() {
        let host = match &url.host {
            Some(Host::Domain(domain)) => domain.to_string(),
            Some(Host::Ip(ip)) => ip.to_string(),
            Some(Host::Odd(written)) => written.clone(),
            None => continue,
        };
        match hosts.iter_mut().find(|(known, _)| *known == host) {
            Some((_, count)) => *count += 1,
            None => hosts.push((host, 1)),
        }
    }
    let mut text = String::new();
    let times = |count| if count == 1 { String::new() } else { format!(" ({count} times)") };
    let mut lines: Vec<String> =
        hosts.iter().take(MAX_HOSTS).map(|(host, count)| format!("{}{}", harmless(host), times(*count))).collect();
    if MAX_HOSTS < hosts.len() {
        lines.push(format!("and {} more", hosts.len() - MAX_HOSTS));
    }
    if !lines.is_empty() {
        section(&mut text, "Links and remote things", &lines);
    }
    text
}

fn files(files: &[Attachment]) -> String {
    let mut text = String::new();
    let lines: Vec<String> = files
        .iter()
        .take(MAX_FILES)
        .map(|file| {
            let name = file.name.as_deref().map_or_else(|| "without a name".to_owned(), harmless);
            let locked = if file.inside.archive.is_encrypted { ", encrypted" } else { "" };
            format!("{name}, {}, {}{locked}", harmless(&file.content_type), size(file.size as u64))
        })
        .collect();
    if !lines.is_empty() {
        section(&mut text, "Files", &lines);
    }
    text
}

/// What others were asked, and what they said.
fn asked(asked: &[Asked]) -> String {
    let mut text = String::new();
    let line =
        |asked: &Asked| format!("{:>5} ms  {}: {}", asked.millis, harmless(&asked.question), harmless(&asked.answer));
    let mut lines: Vec<String> = asked.iter().take(MAX_ASKED).map(line).collect();
    if MAX_ASKED < asked.len() {
        lines.push(format!("and {} more", asked.len() - MAX_ASKED));
    }
    if !lines.is_empty() {
        section(&mut text, "Asked of others", &lines);
    }
    text
}

/// A size for people: `12 KB`.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..1_048_576 => format!("{} KB", bytes / 1024),
        1_048_576.. => format!("{} MB", bytes / 1_048_576),
    }
}

fn section(text: &mut String, title: &str, lines: &[String]) {
    text.push('\n');
    text.push_str(title);
    text.push('\n');
    for line in lines {
        text.push_str("  ");
        text.push_str(line.trim_end());
        text.push('\n');
    }
}

#[cfg(test)]
mod tests;
