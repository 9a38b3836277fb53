//! Where the parts of an office document come from (ECMA-376, part 2, 9.3): `<Relationship Type=… Target=… TargetMode="External"/>`.

use super::bytes::{has, start};
use crate::mail::{Url, UrlSource};

/// Longest element that is read, in bytes.
const MAX_ELEMENT: usize = 4096;

/// Most links kept of one list.
const MAX_LINKS: usize = 50;

/// Relations of which the target is fetched when the document is opened. Pictures are too; they show no more than in HTML.
const FETCHED: [&[u8]; 4] = [b"/attachedTemplate\"", b"/oleObject\"", b"/frame\"", b"/subDocument\""];

/// Adds the links to `urls`, and says what is fetched from the web without being asked.
pub(super) fn relations(list: &[u8], urls: &mut Vec<Url>) -> Option<String> {
    let mut fetched = None;
    let mut links = 0;
    for at in memchr::memmem::find_iter(list, b"<Relationship ") {
        let rest = start(list.get(at..).unwrap_or_default(), MAX_ELEMENT);
        let element = rest.split(|byte| *byte == b'>').next().unwrap_or_default();
        if !has(element, b"TargetMode=\"External\"") {
            continue;
        }
        let Some(target) = attribute(element, b" Target=\"") else { continue };
        let target = target.replace("&amp;", "&");
        let target = target.strip_prefix("mhtml:").unwrap_or(&target);
        let is_web = ["http:", "https:", "ftp:", "\\\\"].iter().any(|scheme| target.starts_with(scheme));
        if is_web && FETCHED.iter().any(|kind| has(element, kind)) {
            fetched.get_or_insert_with(|| target.to_owned());
        }
        if is_web
            && links < MAX_LINKS
            && let Some(url) = Url::parse(target, UrlSource::File)
        {
            urls.push(url);
            links += 1;
        }
    }
    fetched
}

fn attribute(element: &[u8], name: &[u8]) -> Option<String> {
    let at = memchr::memmem::find(element, name)? + name.len();
    let value = element.get(at..)?.split(|byte| *byte == b'"').next()?;
    Some(String::from_utf8_lossy(value).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_fetched_and_what_is_only_a_link() {
        let list = br#"<Relationships><Relationship Id="1" Type="http://x/hyperlink" Target="https://a.example/?a&amp;b" TargetMode="External"/>
            <Relationship Id="2" Type="http://x/attachedTemplate" Target="https://b.example/t.dotm" TargetMode="External"/>
            <Relationship Id="3" Type="http://x/styles" Target="styles.xml"/>
            <Relationship Id="4" Type="http://x/attachedTemplate" Target="file:///C:/Normal.dotm" TargetMode="External"/></Relationships>"#;
        let mut urls = Vec::new();
        assert_eq!(relations(list, &mut urls).as_deref(), Some("https://b.example/t.dotm"));
        let written: Vec<&str> = urls.iter().map(|url| url.written.as_str()).collect();
        assert_eq!(written, ["https://a.example/?a&b", "https://b.example/t.dotm"]);
    }
}
