//! Addresses as SpamAssassin 4.0.1 finds and cleans them.

use super::*;
use crate::rules::{Directive, Place, view::html};

fn boundaries() -> Boundaries {
    let directive =
        |name: &str, value: &str| Directive { name: name.to_owned(), value: value.to_owned(), place: Place::default() };
    Boundaries::read(&[
        directive("util_rb_tld", "com org uk us de it"),
        directive("util_rb_2tld", "co.uk ca.us blogspot.com"),
        directive("util_rb_3tld", "demon.co.uk"),
    ])
}

fn collected(add: impl FnOnce(&mut Collection<'_>)) -> Vec<Uri> {
    let boundaries = boundaries();
    let mut collection = Collection::new(Reading { boundaries: &boundaries, redirect: &|_| None });
    add(&mut collection);
    collection.finish()
}

fn string(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The addresses in a text with the first letters of their types.
fn found(text: &str) -> String {
    let letters = |uri: &Uri| uri.types.iter().filter_map(|word| word.chars().next()).collect::<String>();
    let uris = collected(|collection| collection.add_text(text.as_bytes()));
    uris.iter().map(|uri| format!("{} {}", letters(uri), string(&uri.raw))).collect::<Vec<_>>().join(", ")
}

#[test]
fn addresses_are_found_in_text() {
    for (text, want) in [
        ("see http://foo.com/a?b=c#d y", "p http://foo.com/a?b=c#d"),
        ("(http://foo.com), <http://foo.com/x>.", "p http://foo.com, p http://foo.com/x"),
        ("http://foo.com/(a) http://foo.com/b)c", "p http://foo.com/(a, p http://foo.com/b"),
        ("http://foo.com/a'b\"c", "p http://foo.com/a'b"),
        ("http://foo..com http://a_b.com http://foo.notatld", ""),
        ("x=http://foo.com xhttp://foo.com/y", "p http://foo.com, psu http://foo.com/y"),
        (
            "www.foo.com/x, www2.foo.com. ftp.foo.com",
            "ps ftp://ftp.foo.com, ps http://www.foo.com/x, ps http://www2.foo.com",
        ),
        ("foo.com foo.com/x foo.com:80", "psu http://foo.com, psu http://foo.com/x, psu http://foo.com:80"),
        ("foo.com, foo.com/ foo.com:80: (foo.com) foo.txt", ""),
        ("[foo.com] @bar.com. -foo.org", "psu http://bar.com, psu http://foo.com"),
        ("a.b@foo.com, 'c@foo.com' <d@foo.com>", "ps mailto:a.b@foo.com, ps mailto:c@foo.com, ps mailto:d@foo.com"),
        ("a@foo a@b@foo.com a@1.2.3.4 a@foo.com/b", ""),
        ("E-mail:a@foo.com as:b@foo.com", "ps mailto:a@foo.com, ps mailto:as:b@foo.com"),
        ("mailto:a@foo.com?subject=a%20b%", "p mailto:a@foo.com?subject=a%20b%25"),
        ("foo.com/x/y@z", "ps http://foo.com/x/y@z"),
    ] {
        assert_eq!(found(text), want, "{text}");
    }
}

#[test]
fn an_address_has_forms() {
    for (address, want) in [
        ("http://a.com/x", vec![]),
        ("a.com/x", vec!["http://a.com/x"]),
        ("//a.com/x", vec!["http:////a.com/x"]),
        ("http:\\\\a.com\\x", vec!["http://a.com/x"]),
        ("http://a.com/%78%20<", vec!["http://a.com/x%20%3c"]),
        ("http://a.com/&#65;", vec!["http://a.com/A"]),
        ("http://a.com?x", vec!["http://a.com/?x"]),
        ("http://a.com:80/", vec!["http://a.com/"]),
        ("https://u@a.com:443/", vec!["https://a.com/"]),
        ("http://u:p@1.2.3.4/x", vec!["http://1.2.3.4/x"]),
        ("http://u@%34.3.2.1/x", vec!["http://4.3.2.1/x", "http://u@4.3.2.1/x"]),
        ("http://u@0x01020304/x", vec!["http://1.2.3.4/x"]),
        ("http://u@a.com./x", vec!["http://a.com/x"]),
        ("http://u@a.com/x", vec![]),
        ("http://a.com!/", vec!["http://a.com/"]),
        ("http://x/y", vec!["http://www.x.com/y"]),
        ("https://x/y", vec![]),
        ("http://010.1.2.0/", vec!["http://8.1.2./"]),
        ("http://0x7f000001/", vec!["http://127.0.0.1/"]),
        ("http://2130706433/", vec!["http://127.0.0.1/"]),
        ("http://a.com/?u=https://b.com/&c", vec!["https://b.com/"]),
        ("http://a.com/?u=http%3A%2F%2Fb.com", vec!["http://a.com/?u=http://b.com", "http://b.com"]),
        ("mailto:a@b.com?subject=x", vec!["mailto:a@b.com"]),
        ("mailto:<a@b.com>", vec!["mailto:a@b.com"]),
        ("#x", vec![]),
        ("/x", vec![]),
        ("cid:a@b.com", vec![]),
        ("http://bücher.de/", vec!["http://xn--bcher-kva.de/"]),
    ] {
        let forms = forms(address.as_bytes(), &|_| None);
        let got: BTreeSet<String> = forms.iter().map(|form| string(form)).filter(|form| form != address).collect();
        assert_eq!(got, want.into_iter().map(str::to_owned).collect(), "{address}");
    }
    let redirect = |address: &[u8]| address.ends_with(b"/go").then(|| b"b.com".to_vec());
    let forms = forms(b"http://a.com/go", &redirect);
    assert!(forms.contains(&b"http://b.com"[..]), "{forms:?}");
}

#[test]
fn a_host_has_a_registered_domain() {
    let boundaries = boundaries();
    for (address, want) in [
        ("http://www.A.com/", Some(("www.a.com", "a.com"))),
        ("http://u:p@a.b.co.uk:80?x", Some(("a.b.co.uk", "b.co.uk"))),
        ("http://x.y.demon.co.uk", Some(("x.y.demon.co.uk", "y.demon.co.uk"))),
        ("http://a_b.blogspot.com", Some(("a_b.blogspot.com", "a_b.blogspot.com"))),
        ("http://www.x.ci.fresno.ca.us", Some(("www.x.ci.fresno.ca.us", "x.ci.fresno.ca.us"))),
        ("http://1.2.3.4/", Some(("1.2.3.4", "1.2.3.4"))),
        ("mailto:a@b.com?x", Some(("b.com", "b.com"))),
        ("mailto:a@1.2.3.4", None),
        ("http://a_b.com/", None),
        ("http://-a.com/", None),
        ("http://.a.com/", None),
        ("http://a.notatld/", None),
        ("cid:x@a.com", None),
    ] {
        let got = boundaries.host(address.as_bytes());
        let got = got.as_ref().map(|(host, domain)| (host.as_str(), domain.as_str()));
        assert_eq!(got, want, "{address}");
    }
}

#[test]
fn without_a_list_the_public_suffix_list_is_used() {
    let boundaries = Boundaries::default();
    assert_eq!(boundaries.domain("www.example.co.uk"), Some("example.co.uk"));
    assert_eq!(boundaries.domain("www.example.notatld"), None);
}

#[test]
fn pages_give_types_and_texts() {
    let page = "<a href='http://a.com/'>one</a><a href='http://a.com/'>one</a><a href='http://a.com/'>two</a>\
        <img src='http://a.com/'><base href='http://b.com/'><a href='x'>rel</a>";
    let facts = html::render(page.as_bytes()).facts;
    let uris = collected(|collection| {
        collection.add_page(&facts);
        collection.add_text(b"http://a.com/");
        collection.add_signer("Mail.A.com");
    });
    let one = uris.iter().find(|uri| uri.raw == b"http://a.com/").unwrap();
    assert_eq!(one.types.iter().copied().collect::<Vec<_>>(), ["a", "img", "parsed"]);
    assert_eq!(one.anchors.iter().map(|text| string(text)).collect::<Vec<_>>(), ["one", "two"]);
    assert_eq!(one.domains().into_iter().collect::<Vec<_>>(), ["a.com"]);
    let raw = |raw: &[u8]| uris.iter().any(|uri| uri.raw == raw);
    assert!(raw(b"http://b.com/x") && raw(b"x"), "{uris:?}");
    let signer = uris.iter().find(|uri| uri.raw == b"domainkeys:Mail.A.com").unwrap();
    assert!(signer.cleaned.is_empty() && signer.hosts.keys().any(|host| host == "mail.a.com"), "{signer:?}");
}

#[test]
fn a_text_made_of_beginnings_is_read_in_one_pass() {
    let text = "a.".repeat(200_000) + "'@" + &" http://a.com/http://".repeat(20_000);
    let uris = collected(|collection| collection.add_text(text.as_bytes()));
    assert_eq!(uris.iter().map(|uri| string(&uri.raw)).collect::<Vec<_>>(), ["http://a.com/http://"]);
}
