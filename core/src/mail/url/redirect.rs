//! Where redirectors, translators and guards against bad links lead on to, read from the link itself.
//!
//! Nothing is asked: what a link does not say in plain, percent-encoded or base64 letters stays unknown.

use std::borrow::Cow;

use super::{Domain, Host, Url, percent_decode, transfer};

/// Redirectors in one another that are followed.
const MAX_DEPTH: usize = 4;

/// Most parameters of a link that are looked at.
const MAX_PARAMETERS: usize = 40;

/// How often a target may be percent-encoded.
const MAX_ENCODED: usize = 3;

/// Parameters that say where somebody comes from or what is spoken of, not where the link leads.
const NOT_TARGETS: [&str; 16] = [
    "ref", "referer", "referrer", "source", "src", "origin", "img", "image", "media", "picture", "text", "body",
    "title", "callback", "feed", "via",
];

/// Parameters in which a target may stand without a scheme.
const TARGETS: [&str; 24] = [
    "url",
    "u",
    "q",
    "to",
    "target",
    "redirect",
    "redirect_url",
    "redirecturl",
    "redirect_uri",
    "redir",
    "goto",
    "go",
    "dest",
    "destination",
    "link",
    "next",
    "continue",
    "return",
    "returnurl",
    "adurl",
    "uddg",
    "ru",
    "out",
    "r",
];

/// The innermost target of a link, if it leads on at all.
pub(super) fn innermost(url: &Url) -> Option<Url> {
    let mut found = step(url)?;
    for _ in 1..MAX_DEPTH {
        let Some(next) = step(&found) else { break };
        found = next;
    }
    Some(found)
}

fn step(url: &Url) -> Option<Url> {
    if !matches!(url.scheme.as_str(), "http" | "https") || url.path.len() < 4 && !is_proxied(url) {
        return None;
    }
    let host = url.domain().map(Domain::as_str).unwrap_or_default();
    if is_about_pages(host, &url.path) {
        return None;
    }
    let written = by_house(host, &url.path).or_else(|| in_parameters(&url.path)).or_else(|| in_path(&url.path))?;
    let target = Url::parse_outer(&written, url.source)?;
    let is_other = target.host.is_some() && target.host != url.host;
    let is_name = match &target.host {
        Some(Host::Domain(domain)) => domain.as_str().contains('.'),
        Some(Host::Ip(_)) => true,
        Some(Host::Odd(_)) | None => false,
    };
    (is_other && is_name).then(|| Url { anchor: url.anchor.clone(), ..target })
}

/// Hosts whose name alone says what stands behind them.
fn is_proxied(url: &Url) -> bool {
    url.domain().is_some_and(|domain| domain.as_str().ends_with(".translate.goog"))
}

/// Sites that are given an address to speak of it, not to go there: archives, validators, buttons for sharing.
fn is_about_pages(host: &str, path: &str) -> bool {
    const ABOUT: [&str; 12] = [
        "web.archive.org",
        "archive.org",
        "validator.w3.org",
        "jigsaw.w3.org",
        "virustotal.com",
        "urlscan.io",
        "transparencyreport.google.com",
        "safebrowsing.google.com",
        "pinterest.com",
        "reddit.com",
        "getpocket.com",
        "wa.me",
    ];
    const SHARING: [&str; 7] = ["/sharer", "/share", "/intent/", "/sharearticle", "/submit", "/dialog/", "/oauth"];
    let is_below = |site: &&str| host == *site || host.strip_suffix(*site).is_some_and(|head| head.ends_with('.'));
    let start = path.get(..path.len().min(24)).unwrap_or_default().to_ascii_lowercase();
    ABOUT.iter().any(is_below) || SHARING.iter().any(|way| start.starts_with(way))
}

/// Links of houses with a way of writing of their own.
fn by_house(host: &str, path: &str) -> Option<String> {
    let below = |site: &str| host.strip_suffix(site).is_some_and(|head| head.is_empty() || head.ends_with('.'));
    if let Some(name) = host.strip_suffix(".translate.goog") {
        // `www-example-org` with hyphens doubled where the name itself has one.
        return Some(format!("https://{}{path}", name.replace("--", "\n").replace('-', ".").replace('\n', "-")));
    }
    if below("urldefense.com") || below("urldefense.us") || below("urldefense.proofpoint.com") {
        return proofpoint(path);
    }
    if below("cdn.ampproject.org") {
        return after_amp(path.trim_start_matches("/c/").trim_start_matches("/v/").trim_start_matches("/i/"));
    }
    if is_google(host) && path.starts_with("/amp/") {
        return after_amp(path.trim_start_matches("/amp/"));
    }
    if below("secure-web.cisco.com") {
        return path.rsplit('/').find_map(plain_target);
    }
    if below("protection.sophos.com") {
        let packed = parameter(path, "u")?;
        return base64_target(&packed).or_else(|| parameter(path, "d").map(|name| format!("http://{name}/")));
    }
    if below("mimecast.com") || below("mimecastprotect.com") {
        return parameter(path, "domain").map(|name| format!("http://{name}/"));
    }
    if below("search.yahoo.com") {
        let target = path.split('/').find_map(|piece| piece.strip_prefix("RU="))?;
        return plain_target(target);
    }
    if below("bing.com") {
        return base64_target(parameter(path, "u")?.strip_prefix("a1")?);
    }
    if below("avanan.click") || below("checkpoint.com") {
        return between_underscores(path);
    }
    None
}

/// Google under any of its endings: `www.google.com`, `google.co.uk`.
fn is_google(host: &str) -> bool {
    let name = host.strip_prefix("www.").unwrap_or(host);
    name.strip_prefix("google.").is_some_and(|ending| ending.len() <= 6)
}

/// `s/` stands for https.
fn after_amp(rest: &str) -> Option<String> {
    let rest = rest.trim_start_matches("s/");
    rest.split('/').next().is_some_and(|host| host.contains('.')).then(|| format!("https://{rest}"))
}

/// Proofpoint's three ways of writing: v1 percent-encodes, v2 writes `-` for `%` and `_` for `/`, v3 puts the link between
/// `__` and replaces odd characters by `*`.
fn proofpoint(path: &str) -> Option<String> {
    if let Some(rest) = path.strip_prefix("/v3/__") {
        let target = rest.split("__;").next()?;
        return Some(with_two_slashes(target).into_owned());
    }
    let target = parameter(path, "u")?;
    let target = if path.starts_with("/v2/") { target.replace('-', "%").replace('_', "/") } else { target };
    plain_target(&target)
}

/// `http:/example.org` becomes `http://example.org`.
fn with_two_slashes(target: &str) -> Cow<'_, str> {
    match target.split_once(":/") {
        Some((scheme, rest)) if !rest.starts_with('/') => Cow::Owned(format!("{scheme}://{rest}")),
        Some(_) | None => Cow::Borrowed(target),
    }
}

/// `/v2/___https://example.org/x___.token`
fn between_underscores(path: &str) -> Option<String> {
    let (_, rest) = path.split_once("___")?;
    plain_target(rest.split("___").next()?)
}

/// Name and value of each parameter of query and fragment, as written.
fn parameters(path: &str) -> impl Iterator<Item = (&str, &str)> {
    let start = path.find(['?', '#']).unwrap_or(path.len());
    let query = path.get(start..).unwrap_or_default();
    let query = query.strip_prefix(['?', '#']).unwrap_or(query);
    query.split(['#', '&', ';']).filter_map(|pair| pair.split_once('=')).take(MAX_PARAMETERS)
}

fn parameter(path: &str, name: &str) -> Option<String> {
    let (_, value) = parameters(path).find(|(key, _)| key.eq_ignore_ascii_case(name))?;
    Some(percent_decode(value))
}

fn in_parameters(path: &str) -> Option<String> {
    parameters(path).find_map(|(name, value)| {
        let name = name.strip_prefix("amp;").unwrap_or(name).to_ascii_lowercase();
        if NOT_TARGETS.contains(&name.as_str()) || name.starts_with("utm_") {
            return None;
        }
        let bare = || TARGETS.contains(&name.as_str()).then(|| bare_target(value)).flatten();
        // What stands plainly after a parameter's name goes on to the end of the link.
        let whole = value.starts_with("http").then(|| rest_from(path, value)).flatten();
        whole.or_else(|| plain_target(value)).or_else(|| base64_target(value)).or_else(bare)
    })
}

/// A target that was not encoded, with all that follows: its own `&` cannot be told from those of the outer link.
fn rest_from(path: &str, value: &str) -> Option<String> {
    let at = path.find(value)?;
    let rest = path.get(at..)?;
    (rest.starts_with("http://") || rest.starts_with("https://")).then(|| rest.to_owned())
}

/// A target as a piece of the path: `/CL0/https:%2F%2Fexample.org`, `/go/https://example.org/x`, `/aHR0cHM6…`.
fn in_path(path: &str) -> Option<String> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    if let Some(at) = path.find("/http://").or_else(|| path.find("/https://")) {
        return path.get(at + 1..).map(str::to_owned);
    }
    path.split('/').skip(1).take(MAX_PARAMETERS).find_map(|piece| {
        let is_encoded = piece.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("http")) && piece.contains('%');
        if is_encoded { plain_target(piece) } else { base64_target(piece) }
    })
}

/// An address with a scheme, percent-encoded or not.
fn plain_target(value: &str) -> Option<String> {
    let mut text = Cow::Borrowed(value);
    for _ in 0..=MAX_ENCODED {
        let is_link = |scheme: &str| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
        if is_link("http://") || is_link("https://") {
            return Some(text.into_owned());
        }
        if !text.contains('%') {
            return None;
        }
        text = Cow::Owned(percent_decode(&text));
    }
    None
}

/// An address without a scheme, after two slashes or from its host on.
fn bare_target(value: &str) -> Option<String> {
    let text = percent_decode(value);
    let rest = text.strip_prefix("//").unwrap_or(&text);
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    // `?q=hello.world` is a question.
    (end < rest.len() || rest.len() < text.len()).then_some(())?;
    let host = rest.get(..end).unwrap_or_default();
    let is_host = Domain::parse(host).is_some_and(|name| name.as_str().contains('.') && name.has_known_suffix());
    (is_host && !host.contains('@')).then(|| format!("http://{rest}"))
}

/// An address in base64, in either alphabet, perhaps percent-encoded within.
fn base64_target(value: &str) -> Option<String> {
    const HTTP: &str = "aHR0c";
    let value = if value.contains('%') { Cow::Owned(percent_decode(value)) } else { Cow::Borrowed(value) };
    value.starts_with(HTTP).then_some(())?;
    let digits = value.replace('-', "+").replace('_', "/");
    let end = digits.find(|c: char| !c.is_ascii_alphanumeric() && c != '+' && c != '/').unwrap_or(digits.len());
    let bytes = transfer::decode(digits.get(..end)?.as_bytes(), "base64");
    plain_target(&String::from_utf8_lossy(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::UrlSource;

    #[test]
    fn what_is_wrapped_is_found() {
        for (written, want) in [
            ("https://www.google.com/url?q=https://example.net/a%3Fb&sa=D", "https://example.net/a%3Fb&sa=D"),
            ("https://www.google.co.uk/amp/s/example.net/login", "https://example.net/login"),
            ("https://www.bing.com/ck/a?!&p=1&u=a1aHR0cHM6Ly9leGFtcGxlLm5ldC8&ntb=1", "https://example.net/"),
            (
                "https://r.search.yahoo.com/_ylt=A/RV=2/RE=1/RO=10/RU=https%3a%2f%2fexample.net%2f/RK=2",
                "https://example.net/",
            ),
            ("https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.net%2F&h=A", "https://example.net/"),
            ("https://duckduckgo.com/l/?uddg=https%3A%2F%2Fexample.net%2F", "https://example.net/"),
            ("https://www.youtube.com/redirect?q=https%253A%252F%252Fexample.net", "https://example.net"),
            (
                "https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.net%2Fx&data=1",
                "https://example.net/x",
            ),
            ("https://urldefense.proofpoint.com/v1/url?u=http://example.net/x", "http://example.net/x"),
            ("https://urldefense.proofpoint.com/v2/url?u=https-3A__example.net_a-2Db_&d=1", "https://example.net/a-b/"),
            ("https://urldefense.com/v3/__https://example.net/x__;!!A!B$", "https://example.net/x"),
            ("https://urldefense.com/v3/__https:/example.net/x__;!!A!B$", "https://example.net/x"),
            ("https://clicktime.symantec.com/15tSt?h=1&u=https://example.net/x", "https://example.net/x"),
            ("https://protect-eu.mimecast.com/s/abc?domain=example.net", "http://example.net/"),
            ("https://linkprotect.cudasvc.com/url?a=https%3a%2f%2fexample.net&c=1", "https://example.net"),
            ("https://secure-web.cisco.com/1abc/https%3A%2F%2Fexample.net%2Fx", "https://example.net/x"),
            (
                "https://eu-west-1.protection.sophos.com/?d=example.net&u=aHR0cHM6Ly9leGFtcGxlLm5ldC94",
                "https://example.net/x",
            ),
            (
                "https://imsva91-ctp.trendmicro.com:443/wis/clicktime/v1/query?url=https%3a%2f%2fexample.net",
                "https://example.net",
            ),
            ("https://url.avanan.click/v2/___https://example.net/x___.YXAz", "https://example.net/x"),
            ("https://www-ex--ample-net.translate.goog/x?_x_tr_sl=auto", "https://www.ex-ample.net/x?_x_tr_sl=auto"),
            (
                "https://translate.google.com/translate?sl=auto&u=example.net/go/login.php&click=mix",
                "http://example.net/go/login.php",
            ),
            ("https://example-net.cdn.ampproject.org/c/s/example.net/x", "https://example.net/x"),
            ("https://track.example.org/CL0/https:%2F%2Fexample.net%2Fx/1/0100", "https://example.net/x"),
            (
                "https://track.example.org/r?redirectUrl=aHR0cHMlM0ElMkYlMkZleGFtcGxlLm5ldA==&sig=1",
                "https://example.net",
            ),
            ("https://player.example.org/link?h=1&u=//example.co.uk?id=89", "http://example.co.uk?id=89"),
            (
                "https://www.google.com/url?q=https%3A%2F%2Fwww.bing.com%2Fck%2Fa%3Fu%3Da1aHR0cHM6Ly9leGFtcGxlLm5ldC8",
                "https://example.net/",
            ),
        ] {
            let found = Url::parse(written, UrlSource::Link).unwrap().leads_to.map(|url| url.written);
            assert_eq!(found.as_deref(), Some(want), "{written}");
        }
    }

    #[test]
    fn a_link_that_only_speaks_of_another_leads_nowhere_else() {
        for written in [
            "https://www.facebook.com/sharer/sharer.php?u=https://example.net/",
            "https://web.archive.org/web/2020/https://example.net/",
            "https://example.org/login?next=/account",
            "https://example.org/page?ref=https://example.net/",
            "https://example.org/login?next=https://example.org/account",
            "https://example.org/?q=hello.world",
            "https://example.org/abc/aHR0-not-a-link",
            "https://example.org/?u=1&v=aHR0cHM",
            "mailto:bob@example.org?body=https://example.net",
        ] {
            assert_eq!(Url::parse(written, UrlSource::Link).unwrap().leads_to, None, "{written}");
        }
    }

    #[test]
    fn the_text_of_a_link_belongs_to_its_target_too() {
        let url = Url::parse("https://example.org/?u=https://example.net", UrlSource::Link).unwrap();
        assert_eq!((url.target().host_name().as_str(), url.target().source), ("example.net", UrlSource::Link));
    }
}
