//! How a mailing says it can be left (RFC 2369, 8058).

use super::{
    Address, AuthResult, Domain, Mail, UrlSource, header_block,
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
    /// without asking (RFC 8058). Only where the sender offers it, and the provider found a valid DKIM signature of the
    /// author's domain over both headers. Its host is a name under a known top level, without user and port.
    pub one_click: Option<String>,
    /// Whether the provider found a valid DKIM signature of the author's domain over `List-Unsubscribe`. Without one, what
    /// is named here may be anybody's.
    pub is_signed: bool,
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
    ways.is_signed = is_only_one && is_signed(mail, &["List-Unsubscribe"]);
    if ways.is_signed && offers_one_click(mail) && is_signed(mail, &["List-Unsubscribe", "List-Unsubscribe-Post"]) {
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

/// Whether the provider found a valid signature of the author's domain that covers these headers (RFC 8058 section 4).
///
/// Which of several signatures is the valid one is not always said, and anybody can write another under the same name. So
/// each that may be meant has to cover them.
fn is_signed(mail: &Mail<'_>, names: &[&str]) -> bool {
    let Some(author) = mail.author().and_then(|from| from.address.as_ref()).map(|from| from.domain.registrable())
    else {
        return false;
    };
    let signatures: Vec<Signature<'_>> =
        mail.headers_named("DKIM-Signature").map(|header| Signature { tags: &header.raw }).collect();
    let is_covered = |valid: &AuthResult| {
        let mut meant = signatures.iter().filter(|signature| signature.may_be(valid)).peekable();
        meant.peek().is_some() && meant.all(|signature| names.iter().all(|name| signature.covers(name)))
    };
    let results = mail.provider_results().unwrap_or_default().results;
    let of_author = |valid: &&AuthResult| valid.signer().is_some_and(|signer| signer.registrable() == author);
    // Beyond the end of what is read there could be another signature.
    header_block::is_whole(mail.raw)
        && results.iter().filter(|result| is_valid(result)).filter(of_author).any(is_covered)
}

/// A `DKIM-Signature` (RFC 6376, 3.5), as it stands.
struct Signature<'a> {
    tags: &'a str,
}

impl Signature<'_> {
    /// A tag's value without white space.
    fn tag(&self, name: &str) -> Option<String> {
        let tags = self.tags.split(';').filter_map(|tag| tag.split_once('='));
        let mut values = tags.filter(|(key, _)| key.trim() == name).map(|(_, value)| value);
        Some(values.next()?.chars().filter(|c| !c.is_whitespace()).collect())
    }

    /// Whether it may be the one that a result is about. What cannot be told counts as yes.
    fn may_be(&self, valid: &AuthResult) -> bool {
        let signer = self.tag("d").and_then(|domain| Domain::parse(&domain));
        let is_signer = signer.zip(valid.signer()).is_none_or(|(here, there)| there.is_within(&here));
        let selector = self.tag("s");
        let is_selector = selector.zip(valid.property("header.s")).is_none_or(|(s, t)| s.eq_ignore_ascii_case(t));
        // The beginning of it (RFC 6008), at least eight characters where there is another.
        let is_digest = self.tag("b").zip(valid.property("header.b")).is_none_or(|(b, begin)| b.starts_with(begin));
        is_signer && is_selector && is_digest
    }

    fn covers(&self, name: &str) -> bool {
        self.tag("h").unwrap_or_default().split(':').any(|signed| signed.eq_ignore_ascii_case(name))
    }
}

/// The domains of which the provider found a valid DKIM signature.
pub(crate) fn valid_signers(mail: &Mail<'_>) -> Vec<Domain> {
    let results = mail.provider_results().unwrap_or_default().results;
    results.iter().filter(|result| is_valid(result)).filter_map(AuthResult::signer).collect()
}

fn is_valid(result: &AuthResult) -> bool {
    result.method == "dkim" && result.result == "pass"
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
        let from = "From: News <news@news.example.org>\r\n";
        let one_click = |headers: &[&str]| read(&[from, &headers.concat()].concat()).one_click;
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
        let of_another = format!("From: a@example.net\r\n{pass}{signed}{offer}{unsubscribe}");
        assert_eq!(read(&of_another).one_click, None, "whoever signs has to be who wrote it");
        assert_eq!(
            (read(&of_another).is_signed, read(&[from, &pass, &partly, &unsubscribe].concat()).is_signed),
            (false, true)
        );
    }

    #[test]
    fn a_signature_that_anybody_can_add_proves_nothing() {
        let results = |result: &str| {
            format!(
                "Authentication-Results: mx.example.com; {result}\r\n\
                 Received: from a.example.org (a.example.org [192.0.2.1]) by mx.example.com; x\r\n"
            )
        };
        let signature = |tags: &str| format!("DKIM-Signature: v=1; {tags}\r\n");
        let list = "From:List-Unsubscribe:List-Unsubscribe-Post";
        let good = signature(&format!("d=example.org; s=a; h={list}; b=AAAAAAAAzz"));
        let narrow = signature("d=example.org; s=b; h=From:Subject; b=BBBBBB\r\n BBzz");
        let strange = signature("d=example.net; s=a; h=From; b=CCCCCCCCzz");
        let foreign = signature(&format!("d=example.net; s=a; h={list}; b=CCCCCCCCzz"));
        let many = good.replace("AAAAAAAA", "DDDDDDDD").repeat(40);
        let pass = "dkim=pass header.d=example.org";
        for (result, signatures, want) in [
            (pass, vec![&good], true),
            (pass, vec![&good, &strange], true),
            // Which of the two the provider means is not said.
            (pass, vec![&good, &narrow], false),
            (pass, vec![&narrow, &good], false),
            (pass, vec![&many, &narrow], false),
            ("dkim=pass header.d=example.org header.s=a", vec![&good, &narrow], true),
            ("dkim=pass header.d=example.org header.s=b", vec![&good, &narrow], false),
            ("dkim=pass header.i=@news.example.org header.b=AAAAAAAA", vec![&good, &narrow], true),
            ("dkim=pass header.i=@news.example.org header.b=BBBBBBBB", vec![&good, &narrow], false),
            ("dkim=pass header.d=example.net", vec![&good, &foreign], false),
            ("dkim=fail header.d=example.org; dkim=pass header.d=example.net", vec![&good, &foreign], false),
            ("spf=pass smtp.mailfrom=\"x; dkim=pass header.d=example.org y\"@example.net", vec![&good], false),
            ("spf=pass (x; dkim=pass header.d=example.org) smtp.mailfrom=a@example.net", vec![&good], false),
            ("spf=pass smtp.mailfrom==?utf-8?Q?a=3B_dkim=3Dpass_header=2Ed=3Dexample=2Eorg?=", vec![&good], false),
            ("dkim=pass header.d=example.net header.s=example.org", vec![&good, &foreign], false),
        ] {
            let signatures: String = signatures.into_iter().map(String::as_str).collect();
            let headers = format!(
                "{}{signatures}From: news@example.org\r\nList-Unsubscribe: <{HTTPS}>\r\n\
                 List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
                results(result)
            );
            assert_eq!(read(&headers).one_click.is_some(), want, "{headers}");
            // A header that is longer than what is read could end with another signature.
            let long = format!("{headers}X: {}", "a\r\n ".repeat(100_000));
            assert_eq!(read(&format!("{long}\r\n{narrow}")).one_click, None);
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
