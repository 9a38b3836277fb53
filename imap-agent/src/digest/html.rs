//! The digest as HTML: the few elements that every mail program shows, no style, nothing to load.

use super::{CLOSING, Frame, RELEASE_TITLE, Shown, WAYS};

/// The page, each line with a line feed.
pub(super) fn page(title: &str, frame: &Frame, entries: &[Shown<'_>]) -> String {
    let mut lines = vec![
        "<!DOCTYPE html>".to_owned(),
        "<html lang=\"en\">".to_owned(),
        format!("<head><meta charset=\"utf-8\"><title>{}</title></head>", escaped(title)),
        "<body>".to_owned(),
    ];
    let order = frame.order.map(|order| format!(" {order}")).unwrap_or_default();
    lines.push(format!("<p>{}{}</p>", escaped(&frame.opening), escaped(&order)));
    if !entries.is_empty() {
        lines.push("<ol>".to_owned());
        lines.extend(entries.iter().map(item));
        lines.push("</ol>".to_owned());
    }
    for sentence in [&frame.more, &frame.held] {
        if !sentence.is_empty() {
            lines.push(format!("<p>{}</p>", escaped(sentence)));
        }
    }
    lines.push(format!("<h3>{}</h3>", escaped(RELEASE_TITLE)));
    lines.push("<ul>".to_owned());
    lines.extend(WAYS.iter().map(|way| format!("<li>{}</li>", escaped(way))));
    lines.push("</ul>".to_owned());
    lines.push(format!("<p><small>{}</small></p>", escaped(CLOSING)));
    lines.extend(["</body>".to_owned(), "</html>".to_owned()]);
    lines.join("\n") + "\n"
}

fn item(entry: &Shown<'_>) -> String {
    let reason = if entry.reason.is_empty() { String::new() } else { format!("<br>\nWhy: {}", escaped(&entry.reason)) };
    format!(
        "<li><p><b>{}</b><br>\nFrom: {}<br>\n{}{reason}<br>\n<a href=\"{}\">Release</a></p></li>",
        escaped(&entry.subject),
        escaped(&entry.from),
        escaped(&entry.facts),
        escaped(entry.link),
    )
}

/// Text that is nothing but text, also inside quotes.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(letter),
        }
    }
    out
}
