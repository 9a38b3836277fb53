//! Renderings and facts as SpamAssassin 4.0.1 has them.

use super::*;

fn text(page: &str) -> String {
    String::from_utf8(render(page.as_bytes()).text).unwrap()
}

/// The text of a page between `x` and `y` that none sees.
fn hidden(page: &str) -> String {
    String::from_utf8(render(format!("x{page}y").as_bytes()).only(false)).unwrap()
}

fn facts(page: &str) -> HtmlFacts {
    render(page.as_bytes()).facts
}

#[test]
fn elements_put_spaces_and_line_ends_around_their_text() {
    for (page, want) in [
        ("A<b>B</b>D", "ABD"),
        ("A<br>B", "A\nB"),
        ("A <br> B", "A\nB"),
        ("A<br/>B<br />C", "A\nB\nC"),
        ("A<br/ >B", "AB"),
        ("A<div>B</div>D", "A\nB\nD"),
        ("A<td>B</td>D", "A B D"),
        ("A<h1>B</h1><li>D", "A B  D"),
        ("A<p>B</p>D", "A\n\nB\n\nD"),
        ("A<embed>B<xmp>C", "A B\n\nC"),
        ("<title>A</title>B", "\n\nA\n\nB"),
        ("a\n\n\nb\tc", "a b c"),
        ("a <b> </b> b", "a   b"),
        ("a<p> <b> x", "a\n\n x"),
        ("a <b></b><br>b", "a\nb"),
        ("x<script>y</script> <br>z<style>p{}</style>", "x\nz"),
    ] {
        assert_eq!(text(page), want, "{page}");
    }
}

#[test]
fn what_is_no_tag_is_text_and_what_does_not_end_is_a_comment() {
    for (page, want) in [
        ("x< b>y", "x< b>y"),
        ("x<1>y", "x<1>y"),
        ("x <3", "x <3"),
        ("x<<b>y", "x<y"),
        ("x<b a=\"<i>\">y", "xy"),
        ("x<b a='x>'>y", "xy"),
        ("x<b<i>y", "xy"),
        ("x</ b>y</>z", "xyz"),
        ("x<b", "x"),
        ("x<b a=\"y>foo <i>bar</i>", "x"),
        ("x<!-- a -- b -->y", "xy"),
        ("x<!-->y-->z", "xz"),
        ("<!--y>foo", "foo"),
        ("x<![if !a]>y<![endif]>z", "xyz"),
        ("x<?php echo 1 ?>y", "xy"),
        ("<!DOCTYPE html \"a>b\">c", "c"),
        ("<title>a<b>c</title>d", "\n\na<b>c\n\nd"),
        ("<title>abc<b>d", "\n\nabc\n\nd"),
        ("<title>\nabc\n", "\n\nabc\n\n"),
        ("<textarea>a<b>c&amp;</textarea>d", "a<b>c&d"),
        ("<xmp>a<b>c&amp;</xmp>d", "\n\na<b>c&amp;\n\nd"),
        ("<script>abc</b>d", ""),
    ] {
        assert_eq!(text(page), want, "{page}");
    }
}

#[test]
fn entities_are_characters() {
    for (page, want) in [
        ("a&amp;b &lt; &eacute; &#233; &#xe9;", "a&b < é é é"),
        ("&nbsp;&nbsp;a &nbsp; b", " a b"),
        ("x&#160;y", "x\u{a0}y"),
        ("&amp c &eacute d &copyx;", "& c é d ©x;"),
        ("&euro; &euro b &foo; &NBSP;", "€ &euro b &foo; &NBSP;"),
        ("&#55357;&#56832; &#xD800;", "\u{1f600} \u{fffd}"),
        ("&#x; &#0; &; &", "&#x; &#0; &; &"),
        ("“a”", "\"a\""),
    ] {
        assert_eq!(text(page), want, "{page}");
    }
    let link = facts("<a href='http://a.example/?a=1&amp;b=2&copy=3&sectionid=4'>").links;
    assert_eq!(link[0].written, "http://a.example/?a=1&b=2©=3&sectionid=4".as_bytes());
}

#[test]
fn a_page_is_wide_by_its_characters() {
    for (page, is_wide) in [("a", false), ("&eacute;", false), ("&euro;", true), ("é", true), ("<b title='é'>a", true)]
    {
        assert_eq!(render(page.as_bytes()).is_wide, is_wide, "{page}");
    }
    assert_eq!(&*latin1("é\u{a0}x".as_bytes()), b"\xe9\xa0x");
    assert_eq!(&*latin1(b"\xc2x\xc3"), b"\xc2x\xc3");
}

#[test]
fn text_is_hidden_by_colour_size_and_style() {
    for style in [
        "color:#fff",
        "COLOR: white",
        "color: rgb(250,250,250)",
        "color:#f0f0f0",
        "color:#fefefe01",
        "color:transparent",
        "color:foo",
        "color:#fff !important",
        "background-color:black",
        "background: url(x) #000",
        "background: rgb(0, 0, 0) none",
        "display:none",
        "display : None",
        "visibility:hidden",
    ] {
        assert_eq!(hidden(&format!("<span style=\"{style}\">T</span>")), "T", "{style}");
    }
    for style in [
        "color:#eeeeee",
        "color:inherit",
        "color:#fff;background-color:#000",
        "color:rgb(255 255 255)",
        "background:linear-gradient(#000, #000)",
        "background:black,url(x)",
        "DISPLAY:none",
        "display:none !important",
        "display:none;display:block",
        "visibility:collapse",
        "font-size:0",
        "opacity:0",
    ] {
        assert_eq!(hidden(&format!("<span style=\"{style}\">T</span>")), "", "{style}");
    }
    for (page, want) in [
        ("<font size=1>T</font>", "T"),
        ("<font size=-1>T</font>", ""),
        ("<font size=-2>T</font>", "T"),
        ("<small><small>T</small></small>", "T"),
        ("<font color=white>T</font>", "T"),
        ("<font color=ffffff>T</font>", "T"),
        ("<body text=white>T", "Ty"),
        ("<td bgcolor=black>T</td>", ""),
        ("<b style='color:#fff'>T</b>", ""),
        ("<span style='display:none'> &nbsp;</span>", ""),
    ] {
        assert_eq!(hidden(page), want, "{page}");
    }
}

#[test]
fn the_end_of_an_element_ends_what_is_open_within() {
    for (page, want) in [
        ("<div style='display:none'>a<span>b</div>c</span>", "ab"),
        ("<p style='display:none'>a<p>b", "aby"),
        ("<td style='display:none'>a<td>b", "a"),
        ("<td style='display:none'>a</tr>b", "aby"),
        ("<table><td style='display:none'>a</table>b", "a"),
        ("<tr><td style='display:none'>a<tr>b", "a"),
        ("<td><div style='display:none'><td>a", "ay"),
        ("<font color=white>a</span>b</font>c", "ab"),
        ("<body text=white>a</body>", "ay"),
    ] {
        assert_eq!(hidden(page), want, "{page}");
    }
}

#[test]
fn facts_are_numbers_by_name() {
    for (page, key, want) in [
        ("<b>x</b>", "length", Some(8.0)),
        ("é", "length", Some(1.0)),
        ("<!doctype html><b><xyz>", "bad_tag_ratio", Some(1.0 / 3.0)),
        ("<!doctype html><b><xyz>", "non_element_ratio", Some(0.5)),
        ("<xyz>a", "bad_tag_ratio", None),
        ("<o:p></o:p><xyz></o:p>", "closed_extra_ratio", Some(0.25)),
        ("ab<b><i>cd", "obfuscation_ratio", Some(0.5)),
        ("ab <b>cd", "obfuscation_ratio", None),
        ("ab<b>cde</b> ab<b>cd</b>", "backhair_count", Some(2.0)),
        ("<img width=10 height=20><img width=50% height=x>", "image_area", Some(200.0 + 400.0 * 200.0)),
        ("a b&#160;c&euro;", "non_space_len", Some(4.0)),
        ("<font size=+2>a<font size=1>", "max_size", Some(5.0)),
        ("<font size=+2>a<font size=1>", "min_size", Some(1.0)),
        ("<object>", "embeds", Some(1.0)),
        ("<form action=' MAILTO:x'>", "form_action_mailto", Some(1.0)),
        ("<font face='arial,'>", "font_face_bad", Some(1.0)),
        ("<font face='Arial Black, Times1'>", "font_face_bad", None),
        ("<font color=white>a", "font_low_contrast", Some(1.0)),
        ("<font color=white> ", "font_low_contrast", None),
        ("a", "other", None),
    ] {
        assert_eq!(facts(page).number(key), want, "{page} {key}");
    }
    let page = facts("<body></body></b><B>");
    assert_eq!((page.open("body"), page.open("B"), page.open("p")), (Some(0), Some(1), None));
}

#[test]
fn texts_of_links_titles_and_comments_are_kept_as_they_stand() {
    let page = facts("<title>a &amp;\n</title><a href=x> b<br>c<img></a><a>d</a><!-- e --><!f><script>g</script>");
    let texts =
        |key: &str| page.texts(key).iter().map(|text| String::from_utf8(text.clone()).unwrap()).collect::<Vec<_>>();
    assert_eq!(texts("title"), ["a &\n"]);
    assert_eq!(texts("anchor"), [" bc<img>\n", "d"]);
    assert_eq!(texts("comment"), ["<!-- e -->", "<!f>"]);
    assert_eq!(texts("script"), ["g"]);
}

#[test]
fn links_are_addresses_in_attributes() {
    for (page, want) in [
        ("<a HREF = 'http://a.example/' href=b>", vec![("a", "http://a.example/", None)]),
        ("<img src=x title=y><td background=z>", vec![("img", "x", None), ("td", "z", None)]),
        ("<meta http-equiv=refresh content='0; URL=http://a.example/'>", vec![("meta", "http://a.example/", None)]),
        ("<a name=x>", vec![("a", "", None)]),
        ("<img src='//www.a.example/'>", vec![("img", "//www.a.example/", Some("http://www.a.example/"))]),
        (
            "<base href='http://b.example/d/e.html'><a href='../z?q'>",
            vec![("base", "http://b.example/d/e.html", None), ("a", "../z?q", Some("http://b.example/z?q"))],
        ),
    ] {
        let links = facts(page).links;
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let got: Vec<_> = links
            .iter()
            .map(|link| (link.tag.to_owned(), text(&link.written), link.based.as_deref().map(text)))
            .collect();
        let want: Vec<_> = want
            .into_iter()
            .map(|(tag, written, based)| (tag.to_owned(), written.to_owned(), based.map(str::to_owned)))
            .collect();
        assert_eq!(got, want, "{page}");
    }
    let long = facts(&format!("<a href='http://a.example/{}'>", "x".repeat(9000)));
    assert_eq!((long.has_cut_link, long.links[0].written.len()), (true, 8192));
}

#[test]
fn a_long_base_does_not_make_a_page_a_hundred_times_as_large() {
    let page = format!("<base href='http://a.example/{}/'>{}", "x".repeat(8_000), "<a href=y>".repeat(20_000));
    let links = facts(&page).links;
    let kept: usize = links.iter().filter_map(|link| link.based.as_ref()).map(Vec::len).sum();
    assert!((1 << 20..2 << 20).contains(&kept), "{kept} bytes");
    assert_eq!(links.len(), 20_001);
}

#[test]
fn any_bytes_are_rendered() {
    for page in
        [&b"\xff<b \x80='\xfe'>\xc3</b>&#x110000;"[..], b"<", b"&", b"</", b"<!", b"<!--", b"<![", b"<a b", b"&#"]
    {
        let rendering = render(page);
        assert!(rendering.pieces.last().is_none_or(|piece| piece.end == rendering.text.len()), "{page:?}");
    }
}
