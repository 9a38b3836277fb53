//! How a mailing says it can be left (RFC 2369, 8058).

use super::{
    Address, Domain, Mail, UrlSource,
    url::{Url, percent_decode},
};

/// Most places to leave that are read of one message.
const MAX_TARGETS: usize = 10;

/// Longest subject or text of a message that asks to be let go, in bytes.
const MAX_WORDS_BYTES: usize = 1024;

/// The ways out of a mailing, as its `List-Unsubscribe` names them. Never empty.
///
/// Nothing in it says that the sender is honest: to leave the mailing of a spammer is to tell him that somebody reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unsubscribe {
    /// An `https` address to which a program may send `POST` with the body `List-Unsubscribe=One-Click`, without cookies and
    /// without asking (RFC 8058). Only where the sender offers it, and the provider found a valid DKIM signature over
    /// both headers. Its host is a name under a known top level, without user and port.
    pub one_click: Option<String>,
    /// Pages (`http` or `https`) to open in a browser, in the order the sender prefers; `one_click` is among them.
    pub pages: Vec<String>,
    /// A message that asks to be let go.
    pub mailto: Option<UnsubscribeMail>,
}

/// A message that asks to be let go (RFC 6068, of which only the subject and the text are taken).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnsubscribeMail {
    /// Whom to write to.
    pub to: Address,
    /// The subject to give it, one line; empty if none is named.
    pub subject: String,
    /// The text to give it; empty if none is named.
    pub body: String,
}

impl Unsubscribe {
    /// The hosts of the pages, and that of the address to write to.
    pub(crate) fn domains(&self) -> impl Iterator<Item = Domain> {
        let pages = self.pages.iter().filter_map(|page| Url::parse(page, UrlSource::Link)?.domain().cloned());
        pages.chain(self.mailto.as_ref().map(|mailto| mailto.to.domain.clone()))
    }
}

/// How `mail` says it can be left, if it does.
pub fn unsubscribe(mail: &Mail<'_>) -> Option<Unsubscribe> {
    let mut headers = mail.headers_named("List-Unsubscribe");
    let value = &headers.next()?.value;
    // Of two headers nobody can tell which was signed.
    let is_only_one = headers.next().is_none();
    let mut ways = Unsubscribe::default();
    for written in bracketed(value).take(MAX_TARGETS) {
        // White space within brackets is to be ignored (RFC 2369); a folded address has it.
        let target: String = written.chars().filter(|c| !c.is_whitespace()).collect();
        if let Some(rest) = strip_scheme(&target, "mailto:") {
            // A subject may have been written with its blanks.
            let rest = strip_scheme(written.trim(), "mailto:").filter(|rest| rest.contains('?')).unwrap_or(rest);
            ways.mailto = ways.mailto.or_else(|| mail_to(rest));
        } else if let Some(url) = page(&target) {
            ways.pages.push(url.written);
        }
    }
    if is_only_one && offers_one_click(mail) && is_signed(mail) {
        ways.one_click = ways.pages.iter().find(|page| is_for_programs(page)).cloned();
    }
    (!ways.pages.is_empty() || ways.mailto.is_some()).then_some(ways)
}

/// Whether the address is of the author's domain or of a valid signer's, and not of the person's own: else anybody could
/// have the person write to whom they like.
pub fn is_of_sender(mail: &Mail<'_>, to: &Address) -> bool {
    let home = to.domain.registrable();
    let is_author =
        mail.author().and_then(|from| from.address.as_ref()).is_some_and(|from| from.domain.registrable() == home);
    let is_person = mail.account.identities.iter().any(|own| own.domain.registrable() == home);
    !is_person && (is_author || valid_signers(mail).iter().any(|signer| signer.registrable() == home))
}

/// What stands between `<` and `>`.
fn bracketed(value: &str) -> impl Iterator<Item = &str> {
    value.split('<').skip(1).filter_map(|rest| rest.split_once('>').map(|(inside, _)| inside))
}

fn strip_scheme<'a>(target: &'a str, scheme: &str) -> Option<&'a str> {
    let (head, rest) = target.split_at_checked(scheme.len())?;
    head.eq_ignore_ascii_case(scheme).then_some(rest)
}

/// A page on a host of the public net, named as such.
fn page(target: &str) -> Option<Url> {
    let url = Url::parse(target, UrlSource::Link)?;
    let is_web = strip_scheme(target, "https://").or_else(|| strip_scheme(target, "http://")).is_some();
    let is_public = url.domain().is_some_and(|domain| domain.has_known_suffix() && domain.as_str().contains('.'));
    // A longer one was cut.
    (is_web && is_public && !url.has_userinfo && url.written == target).then_some(url)
}

/// Whether a program may ask there: only encrypted, and only on the usual port.
fn is_for_programs(page: &str) -> bool {
    let url = Url::parse(page, UrlSource::Link);
    url.is_some_and(|url| url.scheme == "https" && matches!(url.port, None | Some(443)) && !page.contains('\\'))
}

/// `address?subject=…&body=…`. Other headers, above all further recipients, are left out.
fn mail_to(rest: &str) -> Option<UnsubscribeMail> {
    let (to, fields) = rest.split_once('?').unwrap_or((rest, ""));
    let to = Address::parse(&percent_decode(to))?;
    let field = |name: &str| {
        let value = fields.split('&').filter_map(|field| field.split_once('=')).find_map(|(key, value)| {
            key.trim().eq_ignore_ascii_case(name).then(|| percent_decode(value).trim().to_owned())
        });
        value.unwrap_or_default()
    };
    let (subject, body) = (field("subject"), field("body"));
    let is_line = !subject.contains(char::is_control);
    let is_text = !body.contains(|c: char| c.is_control() && !matches!(c, '\r' | '\n' | '\t'));
    let is_short = subject.len() <= MAX_WORDS_BYTES && body.len() <= MAX_WORDS_BYTES;
    (is_line && is_text && is_short).then_some(UnsubscribeMail { to, subject, body })
}

fn offers_one_click(mail: &Mail<'_>) -> bool {
    let mut posts = mail.headers_named("List-Unsubscribe-Post");
    let first = posts.next().is_some_and(|post| post.value.trim().eq_ignore_ascii_case("List-Unsubscribe=One-Click"));
    first && posts.next().is_none()
}

/// Whether the provider found a valid signature that covers both headers (RFC 8058 section 4).
fn is_signed(mail: &Mail<'_>) -> bool {
    let valid = valid_signers(mail);
    mail.headers_named("DKIM-Signature").take(MAX_TARGETS).any(|header| {
        let tag = |name: &str| {
            let tags = header.value.split(';').filter_map(|tag| tag.split_once('='));
            tags.map(|(key, value)| (key.trim(), value.trim())).find(|(key, _)| *key == name).map(|(_, value)| value)
        };
        let signer = tag("d").and_then(Domain::parse);
        let covers = |name: &str| {
            let mut signed = tag("h").unwrap_or_default().split(':');
            signed.any(|signed| signed.trim().eq_ignore_ascii_case(name))
        };
        signer.is_some_and(|signer| valid.contains(&signer))
            && covers("List-Unsubscribe")
            && covers("List-Unsubscribe-Post")
    })
}

/// The domains of which the provider found a valid DKIM signature.
pub(crate) fn valid_signers(mail: &Mail<'_>) -> Vec<Domain> {
    let results = mail.provider_results().unwrap_or_default();
    results.split(';').skip(1).take(MAX_TARGETS).filter_map(valid_signer).collect()
}

/// The domain of `dkim=pass … header.d=example.org` (RFC 8601).
fn valid_signer(result: &str) -> Option<Domain> {
    let mut words = result.split_whitespace();
    (words.next() == Some("dkim=pass")).then_some(())?;
    words.find_map(|word| {
        let name = word.strip_prefix("header.d=").or_else(|| word.strip_prefix("header.i="))?;
        Domain::parse(name.rsplit('@').next()?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{AccountFacts, Arrival};

    const HTTPS: &str = "https://lists.example.org/leave?u=1";

    #[test]
    fn all_ways_are_read_in_the_senders_order() {
        let ways = read(
            "List-Unsubscribe: <http://a.example.org/x>,\r\n <mailto:leave@example.org?subject=leave%20me&body=please>\
             (or so), <https://b.example.org/\r\n y>\r\n",
        );
        assert_eq!(ways.pages, ["http://a.example.org/x", "https://b.example.org/y"]);
        let mailto = ways.mailto.unwrap();
        assert_eq!((mailto.to.to_string().as_str(), mailto.subject.as_str()), ("leave@example.org", "leave me"));
        assert_eq!((mailto.body.as_str(), ways.one_click), ("please", None));
    }

    #[test]
    fn a_message_goes_only_to_where_the_sender_is() {
        let identities = vec![Address::parse("me@example.com").unwrap()];
        let account = AccountFacts { identities, ..AccountFacts::default() };
        let mail = Mail::parse(b"From: news@shop.example.net\r\n\r\n", &Arrival { account, ..Arrival::default() });
        for (to, want) in [("leave@lists.example.net", true), ("boss@example.org", false), ("boss@example.com", false)]
        {
            assert_eq!(is_of_sender(&mail, &Address::parse(to).unwrap()), want, "{to}");
        }
    }

    #[test]
    fn one_click_needs_https_the_offer_and_a_signature_over_both() {
        let signed =
            "DKIM-Signature: v=1; d=example.org; s=a;\r\n h=From:List-Unsubscribe:\r\n List-Unsubscribe-Post; b=x\r\n";
        let offer = "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n";
        let results = |result: &str| {
            format!(
                "Authentication-Results: mx.example.com; dkim={result} header.d=example.org\r\n\
                 Received: from a.example.org (a.example.org [192.0.2.1]) by mx.example.com; x\r\n"
            )
        };
        let unsubscribe = format!("List-Unsubscribe: <{HTTPS}>\r\n");
        let one_click = |headers: &[&str]| read(&headers.concat()).one_click;
        let pass = results("pass");
        assert_eq!(one_click(&[&pass, signed, offer, &unsubscribe]).as_deref(), Some(HTTPS));
        let partly = signed.replace(":\r\n List-Unsubscribe-Post", "");
        let other = signed.replace("example.org", "example.net");
        let plain = unsubscribe.replace("https", "http");
        for headers in [
            [pass.as_str(), signed, "", &unsubscribe],
            [&pass, &partly, offer, &unsubscribe],
            [&pass, &other, offer, &unsubscribe],
            [&pass, "", offer, &unsubscribe],
            [&results("fail"), signed, offer, &unsubscribe],
            ["", signed, offer, &unsubscribe],
            [&pass, signed, offer, &plain],
            [&pass, signed, offer, &unsubscribe.repeat(2)],
            [&pass, signed, &offer.repeat(2), &unsubscribe],
            [&pass, signed, offer, "List-Unsubscribe: <https://lists.example.org:8443/x>\r\n"],
        ] {
            assert_eq!(one_click(&headers), None, "{headers:?}");
        }
    }

    #[test]
    fn places_inside_a_house_are_no_pages() {
        for target in [
            "https://192.0.2.1/x",
            "https://localhost/x",
            "https://router/x",
            "https://u:p@lists.example.org/x",
            "javascript:alert(1)",
            "ftp://lists.example.org/x",
            "lists.example.org/x",
            "https:lists.example.org/x",
            "mailto:",
            "mailto:a@example.org?subject=a%0ABcc:b@example.org",
            "mailto:a@example.org,b@example.org",
            "",
        ] {
            assert_eq!(parse(&format!("List-Unsubscribe: <{target}>\r\n")), None, "{target}");
        }
        let long = format!("List-Unsubscribe: <{HTTPS}{}>\r\n", "a".repeat(5000));
        assert_eq!(parse(&long), None);
    }

    #[test]
    fn only_subject_and_text_of_a_message_are_taken() {
        let ways = read("List-Unsubscribe: <mailto:a@example.org?bcc=b@example.org&Subject=no more&x>\r\n");
        let mailto = ways.mailto.unwrap();
        assert_eq!((mailto.to.to_string().as_str(), mailto.subject.as_str()), ("a@example.org", "no more"));
        assert_eq!(mailto.body, "");
    }

    #[test]
    fn without_a_way_out_there_is_none() {
        for headers in ["Subject: x\r\n", "List-Unsubscribe: none\r\n", "List-Unsubscribe: https://example.org/x\r\n"] {
            assert_eq!(parse(headers), None, "{headers}");
        }
    }

    fn read(headers: &str) -> Unsubscribe {
        parse(headers).unwrap()
    }

    fn parse(headers: &str) -> Option<Unsubscribe> {
        let provider = Domain::parse("example.com").into_iter().collect();
        let account = AccountFacts { provider, ..AccountFacts::default() };
        let raw = format!("{headers}\r\nHello.\r\n");
        unsubscribe(&Mail::parse(raw.as_bytes(), &Arrival { account, ..Arrival::default() }))
    }
}
