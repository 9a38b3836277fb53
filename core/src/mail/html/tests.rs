//! What is seen in HTML, and what is only there.

use super::*;
use crate::mail::url::{Url, UrlSource};

#[test]
fn text_is_seen_as_a_person_sees_it() {
    let seen = page(
        "<html><head><title>T &amp; U</title><style>p{color:red}</style></head><body><p>One  <b>tw</b>o\n three<br>four</p>\
         <script>five()</script><!-- six --><td>seven&nbsp;&eacute;</body>",
    );
    assert_eq!(seen.text, "One two three\nfour\nseven é");
    assert_eq!(seen.facts.title.as_deref(), Some("T & U"));
    assert_eq!((seen.facts.comments, seen.facts.scripts, seen.facts.tags), (1, 1, 10));
}

#[test]
fn hidden_text_is_kept_apart() {
    let seen = page(
        "<body><div style=\"display:none\">pre<p>header</div>shown<font color=white>white</font>\
         <span style='font-size:0'>a<b style='font-size:12px'>b</b>c</span>",
    );
    assert_eq!(seen.text, "shownb");
    assert_eq!(seen.facts.hidden_text, "pre header whiteac");
    assert_eq!((seen.facts.visible_chars, seen.facts.hidden_chars), (6, 16));
}

#[test]
fn an_end_tag_in_a_cell_does_not_end_what_is_around_the_table() {
    assert_eq!(page("<div style=display:none><table><tr><td></div>a</td></tr></table>b</div>c").text, "c");
}

#[test]
fn links_have_their_text_and_images_theirs() {
    let seen = page(
        "<a href=' https://example.org/?a=1&amp;b=2 '>Your <b>bank</b></a> <a href='https://example.org/2'><img src='cid:1'></a>\
         <a href='https://example.org/2'>again</a> www.example.net <img src=http://example.org/p.gif width=1 height=1>\
         <form action=http://example.org/f><input type=password></form>",
    );
    let links: Vec<_> = seen.urls.iter().map(|url| (url.source, url.written.as_str(), url.anchor.as_deref())).collect();
    assert_eq!(
        links,
        [
            (UrlSource::Link, "https://example.org/?a=1&b=2", Some("Your bank")),
            (UrlSource::Link, "https://example.org/2", Some("again")),
            (UrlSource::Resource, "cid:1", None),
            (UrlSource::Resource, "http://example.org/p.gif", None),
            (UrlSource::Form, "http://example.org/f", None),
        ]
    );
    let facts = &seen.facts;
    assert_eq!((facts.links, facts.images, facts.tiny_images, facts.forms, facts.password_fields), (3, 2, 1, 1, 1));
    assert_eq!(seen.unlinked, " www.example.net");
}

#[test]
fn a_base_joins_relative_links() {
    let seen = page("<base href='http://example.org/a/b?c'><a href=/x>1</a><a href=y>2</a><a href=#z>3</a>");
    let links: Vec<_> = seen.urls.iter().map(|url| url.written.as_str()).collect();
    assert_eq!((links, seen.facts.redirects), (vec!["http://example.org/x", "http://example.org/a/y"], true));
}

#[test]
fn styles_and_refreshes_name_links() {
    let seen = page(
        "<style>@import 'http://example.org/1.css'; a{background:url(\"http://example.org/2.png\")}</style>\
         <td background=http://example.org/3.png style=\"background:url(http://example.org/4.png)\">\
         <meta http-equiv=Refresh content='0; URL=http://example.org/5'>",
    );
    let mut links: Vec<_> = seen.urls.iter().map(|url| url.path.as_str()).collect();
    links.sort_unstable();
    assert_eq!(links, ["/1.css", "/2.png", "/3.png", "/4.png", "/5"]);
}

#[test]
fn a_long_base_is_not_put_before_links_without_end() {
    let links = (0..900).fold(String::new(), |links, number| links + &format!("<a href={number}>"));
    let under = |length: usize| page(&format!("<base href='http://example.org/{}/'>{links}", "x".repeat(length)));
    assert_eq!(under(100).urls.len(), 900);
    assert!((500..600).contains(&under(1_900).urls.len()));
}

#[test]
fn odd_tags_are_counted() {
    let facts = page("<xyz><o:p><iframe src=x></iframe><p onclick=x()></foo>").facts;
    assert_eq!((facts.unknown_tags, facts.embedded, facts.scripts, facts.tags), (1, 1, 1, 4));
}

#[test]
fn hostile_pages_are_read_in_time() {
    let attributes = (0..20_000).fold(String::from("<p "), |page, n| page + &format!("a{n} "));
    for page_text in [
        attributes.clone(),
        attributes.replace(' ', "/"),
        "<b>".repeat(3_000),
        "</b>".repeat(20_000),
        "<td>".repeat(20_000) + &"</x>".repeat(10_000),
        "<a href=http://example.org/>".repeat(3_000),
        "<!--".repeat(20_000),
        "<p style='".to_owned() + &"color:red;".repeat(10_000),
        "&".repeat(100_000),
        "<style>".to_owned() + &"url(".repeat(20_000),
        "<".repeat(100_000),
    ] {
        page(&page_text);
    }
}

#[test]
fn an_end_tag_ends_where_its_values_do() {
    let html = "<title>t</title a=\">\"><p>hello</p title=\"x>visible?\">after";
    assert_eq!(page(html).text, "hello\nafter");
}

#[test]
fn a_tag_that_grows_and_grows_is_broken_up_whatever_its_values_have_in_them() {
    let attributes = (0..40_000).fold(String::new(), |tag, number| tag + &format!(" a{number}=\">\""));
    let text = page(&format!("<a{attributes}>seen</a>")).text;
    assert!(text.len() > 100_000, "{} bytes", text.len());
    assert!(text.ends_with("seen"));
}

#[test]
fn a_long_comment_or_value_is_not_broken_up() {
    let words = "a 'b' ".repeat(20_000);
    assert_eq!(page(&format!("<!-- {words} --><p title=\"{words}\">seen")).text, "seen");
}

struct Seen {
    text: String,
    unlinked: String,
    facts: HtmlFacts,
    urls: Vec<Url>,
}

fn page(html: &str) -> Seen {
    let (mut facts, mut urls) = (HtmlFacts::default(), Urls::default());
    let page = read(html, &mut facts, &mut urls);
    let unlinked = page.unlinked.iter().map(|range| page.text.get(range.clone()).unwrap()).collect();
    Seen { text: page.text, unlinked, facts, urls: urls.into_list() }
}
