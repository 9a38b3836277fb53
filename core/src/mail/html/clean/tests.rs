//! What is left of pages, and what is not.

use proptest::{collection::vec, prelude::*, sample::select};

use super::*;
use crate::mail::{
    HtmlFacts,
    html::read,
    url::{UrlSource, Urls},
};

#[test]
fn a_harmless_page_loses_nothing_that_is_seen() {
    let page = "<!DOCTYPE html PUBLIC \"-//W3C//DTD HTML 4.01//EN\" \"http://www.w3.org/TR/html4/strict.dtd\"><html><head>\
        <title>T &amp; U</title><style>p{color:red}</style></head><body bgcolor=\"#fff\"><p class=\"a\" style=\"margin:0\">\
        One&nbsp;&lt;two&gt; <a href=\"https://example.org/?a=1&amp;b=2\">three</a><br><img src=\"cid:1@x\" alt=\"four\"></p>";
    let cleaned = clean(page);
    assert!(cleaned.harm.is_none());
    assert_eq!(cleaned.html.replace('>', "&gt;"), page.replace("&gt;", ">").replace('>', "&gt;"));
}

const NONE: Harm = Harm { scripts: 0, embedded: 0, forms: 0, redirects: 0, links: 0, loads: 0 };

fn assert_cleaned(page: &str, left: &str, harm: Harm) {
    let cleaned = clean(page);
    assert_eq!((cleaned.html.as_str(), cleaned.harm), (left, harm), "{page}");
}

#[test]
fn what_runs_asks_or_leads_goes_and_its_words_stay() {
    for (page, left, harm) in [
        ("a<script>b</script>c", "ac", Harm { scripts: 1, ..NONE }),
        ("<SCRIPT/SRC=//x>b</script >c", "c", Harm { scripts: 1, loads: 1, ..NONE }),
        ("<p onclick=x() ONLOAD='y'>a", "<p>a", Harm { scripts: 2, ..NONE }),
        ("<iframe src=https://x/><p>b</p></iframe>c", "c", Harm { embedded: 1, loads: 1, ..NONE }),
        ("<object data=x.swf><embed src=x>a</object>", "<x-object>a</x-object>", Harm { embedded: 2, ..NONE }),
        (
            "<form action=http://x/><label>Name</label><input name=n><button>Go</button></form>",
            "<div><label>Name</label><x-button>Go</x-button></div>",
            Harm { forms: 3, ..NONE },
        ),
        ("<meta http-equiv=' Refresh' content='0;url=http://x'>a", "a", Harm { redirects: 1, ..NONE }),
        ("<base href=http://x/><base target=_blank>a", "a", Harm { redirects: 1, ..NONE }),
        ("<a href=' java\nscript:x()'>a</a>", "<a>a</a>", Harm { links: 1, ..NONE }),
        ("<a href='&#106;avascript&colon;x()'>a</a>", "<a>a</a>", Harm { links: 1, ..NONE }),
        ("<a href='data:text/html,x'>a</a><a href=vbscript:x>b", "<a>a</a><a>b", Harm { links: 2, ..NONE }),
        ("<a href='ms-msdt:/id'>a</a><a href='\\\\host\\share'>b", "<a>a</a><a>b", Harm { links: 2, ..NONE }),
    ] {
        assert_cleaned(page, left, harm);
    }
}

#[test]
fn what_loads_or_has_rules_of_its_own_goes() {
    for (page, left, harm) in [
        ("<img src=http://x/1.gif alt=Logo width=9>", "<img alt=\"Logo\" width=\"9\">", Harm { loads: 1, ..NONE }),
        ("<img src='/\\x/1.gif'><img srcset='//x/1.png 2x'>", "<img><img>", Harm { loads: 2, ..NONE }),
        ("<td background=http://x/1.gif>a", "<td background=\"\">a", Harm { loads: 1, ..NONE }),
        ("<link rel=stylesheet href=http://x/1.css>a", "a", Harm { loads: 1, ..NONE }),
        ("<style>@import 'http://x/1.css';p{}</style>a", "<style>;p{}</style>a", Harm { loads: 1, ..NONE }),
        ("<style>p{background:url(http://x/)}", "<style>p{background:none}</style>", Harm { loads: 1, ..NONE }),
        ("<p style='width:expression(x)'>a", "<p style=\"\">a", Harm { scripts: 1, ..NONE }),
        (
            "<svg><style><img src=x onerror=y></style></svg>",
            "<x-svg><style><img src=x onerror=y></style></x-svg>",
            Harm { embedded: 1, ..NONE },
        ),
        (
            "<math><mtext><script>x</script></math>",
            "<x-math><mtext></x-math>",
            Harm { embedded: 1, scripts: 1, ..NONE },
        ),
        ("<xmp><script>a</script></xmp>", "<pre>&lt;script>a&lt;/script></pre>", NONE),
        ("<textarea><script>a</textarea>", "<x-textarea>&lt;script>a</x-textarea>", Harm { forms: 1, ..NONE }),
        ("<!--[if mso]><script>a</script><![endif]-->b", "b", NONE),
        ("<meta charset=koi8-r><meta name=viewport content=w>", "<meta name=\"viewport\" content=\"w\">", NONE),
    ] {
        assert_cleaned(page, left, harm);
    }
}

#[test]
fn harm_is_told_in_words() {
    let harm = Harm { scripts: 1, loads: 3, ..Harm::default() };
    assert_eq!(harm.words(), ["1 script", "3 remote images and styles"]);
    assert!(harm.is_active() && !Harm { loads: 9, ..Harm::default() }.is_active());
}

const PIECES: [&str; 60] = [
    "<",
    ">",
    "/",
    "=",
    "\"",
    "'",
    " ",
    "\n",
    "&",
    "&lt;",
    "&#60;",
    "&quot;",
    "-->",
    "<!--",
    "]]>",
    "<![CDATA[",
    "a",
    "b ",
    "<p ",
    "<a href=",
    "javascript:x",
    "http://example.org/",
    "//example.org/x",
    "cid:1",
    "<img src=",
    "<script>",
    "</script>",
    "<style>",
    "</style>",
    "<svg>",
    "</svg>",
    "<math>",
    "<iframe src=",
    "</iframe>",
    "<noscript>",
    "</noscript>",
    "<title>",
    "</title>",
    "<textarea>",
    "</textarea>",
    "<xmp>",
    "</xmp>",
    "<form action=",
    "<input type=password>",
    "<base href=",
    "<meta http-equiv=refresh content=",
    " onclick=",
    " style=",
    "url(",
    ")",
    "@import",
    ";",
    "{",
    "}",
    "expression(",
    "<template>",
    "<o:p>",
    "<div style=\"display:none\">",
    "\\75",
    "/*",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(600) })]

    #[test]
    fn nothing_dangerous_is_left_and_cleaning_again_changes_nothing(pieces in vec(select(&PIECES[..]), 0..60)) {
        let page = pieces.concat();
        let cleaned = clean(&page);
        let again = clean(&cleaned.html);
        prop_assert!(again.harm.is_none(), "{page}\n{}\n{:?}", cleaned.html, again.harm);
        prop_assert_eq!(&again.html, &cleaned.html, "{}", page);
        let (mut facts, mut urls) = (HtmlFacts::default(), Urls::default());
        let after = read(&cleaned.html, &mut facts, &mut urls);
        prop_assert_eq!((facts.scripts, facts.forms, facts.embedded, facts.password_fields, facts.redirects), (0, 0, 0, 0, false));
        let remote: Vec<_> = urls.into_list().into_iter().filter(|url| url.source == UrlSource::Resource && url.host.is_some()).collect();
        prop_assert!(remote.is_empty(), "{page}\n{}\n{remote:?}", cleaned.html);
        let before = read(&page, &mut HtmlFacts::default(), &mut Urls::default());
        // A form becomes a `div`, whose end may close another one, and `xmp` a `pre`, which closes a paragraph.
        let is_comparable = !page.contains("<form") && !page.contains("<xmp");
        prop_assert!(!is_comparable || words(&before.text) == words(&after.text), "{page}\n{}", cleaned.html);
    }
}

/// Letters and digits: line ends may move where an element that began a line became another.
fn words(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}
