//! Pages and texts, and what of them is shown.

use super::*;

fn page(html: &str) -> Outline {
    outline(format!("Content-Type: text/html; charset=utf-8\n\n{html}").as_bytes())
}

/// Each block in one line, with its kind before it.
fn drawn(outline: &Outline) -> Vec<String> {
    outline.blocks.iter().map(line).collect()
}

fn line(block: &Block) -> String {
    let kind = match block.kind {
        BlockKind::Paragraph => String::new(),
        BlockKind::Heading(level) => format!("h{level} "),
        BlockKind::Item { level, number: None } => format!("{}- ", "  ".repeat(usize::from(level) - 1)),
        BlockKind::Item { level, number: Some(number) } => {
            format!("{}{number}. ", "  ".repeat(usize::from(level) - 1))
        }
        BlockKind::Row => "row ".to_owned(),
        BlockKind::Fixed => "fixed ".to_owned(),
        BlockKind::Rule => "---".to_owned(),
    };
    let piece = |piece: &Piece| {
        let bar = if piece.begins_cell { " | " } else { "" };
        let mark = if piece.is_strong { "*" } else { "" };
        let slant = if piece.is_emphasised { "/" } else { "" };
        let link = piece.link.map(|link| format!("[{link}]")).unwrap_or_default();
        let text = if piece.is_picture { format!("<{}>", piece.text) } else { piece.text.clone() };
        format!("{bar}{mark}{slant}{text}{slant}{mark}{link}")
    };
    let text: String = block.pieces.iter().map(piece).collect();
    format!("{}{kind}{text}", "> ".repeat(usize::from(block.quote)))
}

#[test]
fn a_page_keeps_its_structure() {
    for (html, want) in [
        ("<h1>Big</h1>news<p>and <b>bold</b> <i>words</i>", &["h1 Big", "news", "and *bold* /words/"][..]),
        ("<b>two words</b> and <b>more</b>", &["*two words* and *more*"]),
        ("a<br>b<br><br>c", &["a\nb", "c"]),
        ("<ul><li>one<li>two<ul><li>in</ul></ul>out", &["- one", "- two", "  - in", "out"]),
        ("<ol start=3><li>c</li><li><p>d</p></li></ol>", &["3. c", "4. d"]),
        ("<blockquote>he<blockquote>she</blockquote></blockquote>me", &["> he", "> > she", "me"]),
        ("<table><tr><td>a</td><td>1</td></tr><tr><td>b<td>2</table>end", &["row a | 1", "row b | 2", "end"]),
        ("<table><tr><td><p>a</p></td><td><div>1</div></td></tr></table>", &["row a | 1"]),
        ("<table><tr><td><table><tr><td>in</td></tr></table></td></tr></table>out", &["in", "out"]),
        ("<pre>a\n  b</pre>c", &["fixed a\n  b", "c"]),
        ("a<hr><hr>b", &["a", "---", "b"]),
        ("see <a href=http://a.example/>this <b>page</b></a>!", &["see this[0] *page*[0]!"]),
        ("<img alt='our logo' src=http://a.example/1.png>x", &["<our logo>x"]),
        ("<span style='font-weight:700'>x</span>", &["*x*"]),
        ("a&amp;b &lt;tag&gt;", &["a&b <tag>"]),
        ("", &[]),
    ] {
        let outline = page(html);
        assert_eq!(drawn(&outline), want, "{html}");
        assert!(outline.is_page && !outline.is_cut);
    }
}

#[test]
fn what_cannot_be_seen_is_not_shown_and_nothing_acts() {
    for html in [
        "<p style='display:none'>secret</p>shown",
        "<div style='color:#fff'>secret</div>shown",
        "<font style='font-size:0'>secret</font>shown",
        "<script>secret()</script><style>secret{}</style><title>secret</title>shown",
        "<!-- secret -->shown<iframe>secret</iframe>",
        "<img alt='secret' style='display:none'>shown",
    ] {
        assert_eq!(drawn(&page(html)), ["shown"], "{html}");
    }
    // A class may give a ground to it that we do not know.
    let styled = "<style>.a{background:#000}</style><p class=a style='color:#fff'>white</p>";
    assert_eq!(drawn(&page(styled)), ["white"]);
}

#[test]
fn links_lead_where_they_lead() {
    let outline = page("<a href=https://evil.example/x>www.bank.example</a> <a href=https://evil.example/x>again</a>");
    assert_eq!(drawn(&outline), ["www.bank.example again[0]"]);
    assert_eq!(outline.links[0].host_name(), "evil.example");
    let odd = page("<a href='javascript:alert(1)'>run</a> <a href=#top>up</a>");
    assert!(odd.links.iter().all(|link| link.host_name().is_empty()), "{:?}", odd.links);
}

#[test]
fn plain_text_is_paragraphs_quotes_and_links() {
    let text = b"Subject: x\n\nHello,\nsee https://a.example/b now\n\n> you said\n> so\n>> and they\n\nbye\n";
    let outline = outline(text);
    let want = ["Hello,\nsee https://a.example/b[0] now", "> you said\nso", "> > and they", "bye"];
    assert_eq!(drawn(&outline), want);
    assert!(!outline.is_page);
}

#[test]
fn of_two_forms_of_one_text_the_page_is_shown_and_of_two_texts_both() {
    let parts = |kind: &str| {
        let part = |kind: &str, text: &str| format!("--b\nContent-Type: text/{kind}\n\n{text}\n");
        format!(
            "Content-Type: multipart/{kind}; boundary=b\n\n{}{}--b--\n",
            part("plain", "plain"),
            part("html", "<p>page")
        )
    };
    assert_eq!(drawn(&outline(parts("alternative").as_bytes())), ["page"]);
    assert_eq!(drawn(&outline(parts("mixed").as_bytes())), ["plain", "page"]);
}

#[test]
fn hostile_pages_are_bounded() {
    let size = |outline: &Outline| -> usize {
        outline.blocks.iter().flat_map(|block| &block.pieces).map(|piece| piece.text.len()).sum()
    };
    let deep = "<blockquote><ul><li><table><tr><td><b>".repeat(20_000) + "x";
    let links: Vec<String> = (0..5_000).map(|n| format!("<a href=http://a{n}.example/>{n}</a> ")).collect();
    for html in [
        deep,
        "<p>word ".repeat(100_000),
        "x".repeat(3 << 20),
        "<b>a</b><i>b</i>".repeat(50_000),
        "<tr><td>x".repeat(50_000),
        "</td></tr></table>".repeat(50_000),
        "<hr>a".repeat(50_000),
        "<pre>".to_owned() + &"\n".repeat(200_000),
        "<ol start=4294967295><li>a<li>b<li>c".to_owned(),
        "<ol start=-1><li>a<li>b".to_owned(),
        format!("<p {}>x", "a='".repeat(100_000)),
        links.concat(),
    ] {
        let outline = page(&html);
        assert!(outline.blocks.len() <= MAX_BLOCKS && outline.links.len() <= MAX_LINKS);
        assert!(size(&outline) <= MAX_TEXT_BYTES);
        assert!(outline.blocks.iter().map(|block| block.pieces.len()).sum::<usize>() <= MAX_PIECES);
        assert!(outline.blocks.iter().all(|block| block.quote <= MAX_LEVEL));
    }
    assert!(page(&"<p>word ".repeat(100_000)).is_cut);
}

#[test]
fn a_long_line_of_links_is_read_once() {
    // The control character is not part of the link as it is understood, so that is not found in the text.
    let odd = "http://a\u{1}b.de ".repeat(60_000);
    let good = "see http://example.org/a ".repeat(40_000);
    let read = outline(format!("Subject: x\n\n{odd}").as_bytes());
    assert!(read.is_cut && read.links.is_empty(), "{:?}", read.links);
    let read = outline(format!("Subject: x\n\n{good}").as_bytes());
    assert!(read.is_cut && read.links.len() == 1);
}

#[test]
fn what_stands_before_an_odd_link_is_kept_and_the_next_link_leads_on() {
    let read = outline("Subject: x\n\nsee http://a\u{1}b.de and www.example.org.".as_bytes());
    let text: String = read.blocks.iter().flat_map(|block| &block.pieces).map(|piece| piece.text.as_str()).collect();
    assert_eq!(text, "see http://a\u{1}b.de and www.example.org.");
    assert_eq!(read.links.len(), 1);
}

#[test]
fn any_bytes_give_an_outline() {
    let mut state = 7_u64;
    for length in 0..400 {
        let bytes: Vec<u8> = (0..length * 3)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                b"<>/=\"' abptdrliuol&;#\n\xff\x80"[usize::try_from(state >> 33).unwrap() % 24]
            })
            .collect();
        let mut raw = b"Content-Type: text/html\n\n".to_vec();
        raw.extend(&bytes);
        outline(&raw);
        outline(&bytes);
    }
}
