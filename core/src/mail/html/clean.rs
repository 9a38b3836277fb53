//! Takes out of a page what runs, asks, leads elsewhere by itself, or loads from elsewhere, and leaves the rest to read.
//!
//! What is written again is made of elements and attributes known to be harmless, so that nothing unheard of slips
//! through. Drawings in the page (`svg`, `math`) have rules of their own for what is markup: they go, too.

use std::{collections::BTreeSet, sync::LazyLock};

use html5ever::tokenizer::{Doctype, Tag, TagKind, Token};

use super::{Tokens, css, tokenize};

/// A page without what is dangerous.
#[derive(Debug, Default)]
pub(crate) struct Cleaned {
    pub(crate) html: String,
    pub(crate) harm: Harm,
}

/// What was dangerous in a page. Counts stop growing at `u32::MAX`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Harm {
    /// Scripts, `on…` attributes and styles that run.
    pub(crate) scripts: u32,
    /// Frames, objects and drawings.
    pub(crate) embedded: u32,
    /// Forms and their fields.
    pub(crate) forms: u32,
    /// `base` and `meta` refresh.
    pub(crate) redirects: u32,
    /// Links that run something or open a program.
    pub(crate) links: u32,
    /// Images, styles and other things loaded from elsewhere.
    pub(crate) loads: u32,
}

impl Harm {
    /// Whether there is more than things loaded from elsewhere.
    pub(crate) fn is_active(self) -> bool {
        self != Self { loads: self.loads, ..Self::default() }
    }

    pub(crate) fn is_none(self) -> bool {
        self == Self::default()
    }

    /// Adds what was dangerous in another page.
    pub(crate) fn add(&mut self, other: Self) {
        let add = |a: &mut u32, b: u32| *a = a.saturating_add(b);
        add(&mut self.scripts, other.scripts);
        add(&mut self.embedded, other.embedded);
        add(&mut self.forms, other.forms);
        add(&mut self.redirects, other.redirects);
        add(&mut self.links, other.links);
        add(&mut self.loads, other.loads);
    }

    /// Each kind with its number, for people: `2 scripts`.
    pub(crate) fn words(self) -> Vec<String> {
        let kinds = [
            (self.scripts, "script", "scripts"),
            (self.embedded, "embedded object", "embedded objects"),
            (self.forms, "form or field of one", "forms and fields of them"),
            (self.redirects, "redirect", "redirects"),
            (self.links, "link that is no web address", "links that are no web addresses"),
            (self.loads, "remote image or style", "remote images and styles"),
        ];
        let found = kinds.into_iter().filter(|(count, ..)| 0 < *count);
        found.map(|(count, one, many)| format!("{count} {}", if count == 1 { one } else { many })).collect()
    }
}

/// Cleans one page.
pub(crate) fn clean(html: &str) -> Cleaned {
    let cleaner = Cleaner { page: Cleaned::default(), inside: Inside::Page, style: String::new() };
    let mut cleaner = tokenize(cleaner, html);
    cleaner.end_style();
    cleaner.page
}

/// Where something is that a page names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// In the message: another part, or in the page itself.
    Inside,
    /// Elsewhere.
    Remote,
    /// Nowhere: a relative name, which leads nowhere in a message.
    Nowhere,
}

pub(super) fn target(written: &str) -> Target {
    let start = squeezed(written);
    let is_picture = ["data:image/png", "data:image/gif", "data:image/jpeg", "data:image/jpg", "data:image/webp"];
    match scheme(&start) {
        Some("cid" | "mid") => Target::Inside,
        Some("data") if is_picture.iter().any(|kind| start.starts_with(kind)) => Target::Inside,
        Some(_) => Target::Remote,
        None if start.starts_with(['/', '\\']) && start.get(1..).is_some_and(|rest| rest.starts_with(['/', '\\'])) => {
            Target::Remote
        }
        None => Target::Nowhere,
    }
}

/// Whether following a link opens a page, a letter or a call, and nothing that runs.
fn is_harmless_link(written: &str) -> bool {
    let start = squeezed(written);
    match scheme(&start) {
        Some(scheme) => {
            matches!(
                scheme,
                "http" | "https" | "mailto" | "tel" | "sms" | "ftp" | "ftps" | "cid" | "mid" | "news" | "webcal"
            )
        }
        None => !start.starts_with('\\'),
    }
}

/// The beginning in lower case, without what browsers skip in a link.
fn squeezed(written: &str) -> String {
    let seen = written.chars().filter(|c| !c.is_control() && !c.is_whitespace());
    seen.take(64).collect::<String>().to_ascii_lowercase()
}

fn scheme(start: &str) -> Option<&str> {
    let end = start.find([':', '/', '?', '#', '\\'])?;
    let (scheme, rest) = start.split_at_checked(end)?;
    rest.starts_with(':').then_some(scheme)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Inside {
    Page,
    Style,
    /// Scripts, and what only other programs show.
    Nothing,
}

struct Cleaner {
    page: Cleaned,
    inside: Inside,
    /// The style sheet being read.
    style: String,
}

impl Tokens for Cleaner {
    fn take(&mut self, token: &Token) {
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => self.start(tag),
            Token::TagToken(tag) => self.end(&tag.name),
            Token::CharacterTokens(text) => match self.inside {
                Inside::Page => escape(text, &mut self.page.html),
                Inside::Style => self.style.push_str(text),
                Inside::Nothing => {}
            },
            Token::DoctypeToken(doctype) => self.doctype(doctype),
            Token::CommentToken(_) | Token::NullCharacterToken | Token::EOFToken | Token::ParseError(_) => {}
        }
    }
}

impl Cleaner {
    fn start(&mut self, tag: &Tag) {
        let name: &str = &tag.name;
        self.count(name, tag);
        self.inside = match name {
            "style" => Inside::Style,
            "script" | "iframe" | "noembed" | "noframes" => Inside::Nothing,
            _ => Inside::Page,
        };
        let Some(name) = written_as(name).filter(|name| *name != "meta" || is_plain_meta(tag)) else { return };
        self.page.html.push('<');
        self.page.html.push_str(name);
        for attribute in &tag.attrs {
            self.attribute(name, &attribute.name.local, &attribute.value);
        }
        self.page.html.push('>');
    }

    fn end(&mut self, name: &str) {
        self.end_style();
        self.inside = Inside::Page;
        if let Some(name) = written_as(name).filter(|name| *name != "meta" && *name != "style") {
            self.page.html.push_str("</");
            self.page.html.push_str(name);
            self.page.html.push('>');
        }
    }

    fn end_style(&mut self) {
        if self.inside == Inside::Style {
            let style = css::clean(&std::mem::take(&mut self.style));
            self.page.html.push_str(&style.text);
            self.page.html.push_str("</style>");
            self.add_style(&style);
            self.inside = Inside::Page;
        }
    }

    fn add_style(&mut self, style: &css::Style) {
        self.page.harm.add(Harm { loads: style.loads, scripts: style.scripts, ..Harm::default() });
    }

    /// Counts what makes an element dangerous, apart from the styles and links that are looked at when written.
    fn count(&mut self, name: &str, tag: &Tag) {
        let get = |wanted: &str| tag.attrs.iter().find(|found| *found.name.local == *wanted).map(|found| &*found.value);
        let mut harm = Harm::default();
        match name {
            "script" => harm.scripts = 1,
            "iframe" | "frame" | "frameset" | "object" | "embed" | "applet" | "svg" | "math" => harm.embedded = 1,
            "form" | "input" | "button" | "select" | "textarea" | "keygen" | "isindex" => harm.forms = 1,
            "base" => harm.redirects = u32::from(get("href").is_some_and(|href| !href.trim().is_empty())),
            "meta" => harm.redirects = u32::from(is_refresh(get("http-equiv"))),
            "link" => harm.loads = u32::from(get("href").is_some_and(|href| target(href) == Target::Remote)),
            _ => {}
        }
        for attribute in &tag.attrs {
            let (key, value): (&str, &str) = (&attribute.name.local, &attribute.value);
            let is_load = match key {
                "src" | "background" | "poster" | "lowsrc" | "dynsrc" | "data" | "xlink:href" => {
                    target(value) == Target::Remote
                }
                "srcset" => value.contains("//") || value.contains("\\\\"),
                _ => false,
            };
            harm.loads += u32::from(is_load);
            harm.scripts += u32::from(key.starts_with("on") && 2 < key.len());
            harm.forms += u32::from(key == "formaction");
        }
        self.page.harm.add(harm);
    }

    fn attribute(&mut self, element: &str, name: &str, value: &str) {
        let is_kept = match name {
            "style" => return self.style_attribute(value),
            "href" if matches!(element, "a" | "area") => {
                let is_harmless = is_harmless_link(value);
                self.page.harm.links = self.page.harm.links.saturating_add(u32::from(!is_harmless));
                is_harmless
            }
            "src" => element == "img" && target(value) == Target::Inside,
            // A ground was meant to be here: text in its colour is not to be taken for hidden.
            "background" if target(value) != Target::Inside => return self.write("background", ""),
            "background" => true,
            "usemap" => value.starts_with('#'),
            "content" => element == "meta",
            _ => is_harmless_attribute(name),
        };
        if is_kept {
            self.write(name, value);
        }
    }

    fn style_attribute(&mut self, value: &str) {
        let style = css::clean(value);
        self.add_style(&style);
        self.write("style", &style.text);
    }

    fn write(&mut self, name: &str, value: &str) {
        let out = &mut self.page.html;
        out.push(' ');
        out.push_str(name);
        out.push_str("=\"");
        escape(value, out);
        out.push('"');
    }

    /// Decides how browsers draw, so it stays if it names nothing odd.
    fn doctype(&mut self, doctype: &Doctype) {
        let is_plain = |id: &str| id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" -+/.:()',_".contains(&byte));
        let [public, system] =
            [&doctype.public_id, &doctype.system_id].map(|id| id.as_deref().filter(|id| is_plain(id)));
        if doctype.name.as_deref() != Some("html") {
            return;
        }
        self.page.html.push_str("<!DOCTYPE html");
        match (public, system) {
            (Some(public), Some(system)) => {
                for piece in [" PUBLIC \"", public, "\" \"", system, "\""] {
                    self.page.html.push_str(piece);
                }
            }
            (Some(public), None) => {
                for piece in [" PUBLIC \"", public, "\""] {
                    self.page.html.push_str(piece);
                }
            }
            (None, _) => {}
        }
        self.page.html.push('>');
    }
}

/// The name under which an element is written again; nothing if its tags go. What held words becomes something that only
/// holds words, and keeps its style.
fn written_as(name: &str) -> Option<&str> {
    match name {
        "script" | "iframe" | "frame" | "frameset" | "embed" | "param" | "base" | "link" | "input" | "keygen"
        | "isindex" | "source" | "track" | "bgsound" | "noembed" | "noframes" | "plaintext" => None,
        "form" | "option" | "optgroup" => Some("div"),
        // No element of HTML, so nothing else is closed by its end.
        "object" => Some("x-object"),
        "applet" => Some("x-applet"),
        "svg" => Some("x-svg"),
        "math" => Some("x-math"),
        "button" => Some("x-button"),
        "select" => Some("x-select"),
        "datalist" => Some("x-datalist"),
        "textarea" => Some("x-textarea"),
        "video" => Some("x-video"),
        "audio" => Some("x-audio"),
        "canvas" => Some("x-canvas"),
        "noscript" => Some("x-noscript"),
        "xmp" => Some("pre"),
        "image" => Some("img"),
        _ => {
            let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b":-_".contains(&byte);
            let is_name = name.starts_with(|c: char| c.is_ascii_lowercase()) && name.bytes().all(is_plain);
            Some(if is_name { name } else { "x-odd" })
        }
    }
}

/// Whether it only says how wide a page is, or the like: no refresh, no cookie, and no charset, which is another now.
fn is_plain_meta(tag: &Tag) -> bool {
    let has = |wanted: &str| tag.attrs.iter().any(|attribute| *attribute.name.local == *wanted);
    has("name") && !has("http-equiv") && !has("charset")
}

fn is_refresh(kind: Option<&str>) -> bool {
    kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("refresh"))
}

/// Attributes that say how something looks, what it is called, or what it means.
const HARMLESS: &str = "\
    abbr align alink alt axis bgcolor border bordercolor bottommargin cellpadding cellspacing char charoff class clear \
    color cols colspan compact coords datetime dir face frame headers height hidden hspace id ismap lang leftmargin link \
    marginheight marginwidth media name noshade nowrap open rel reversed rightmargin role rows rowspan rules scope shape \
    size span start summary target text title topmargin type valign value vlink vspace width";

fn is_harmless_attribute(name: &str) -> bool {
    static NAMES: LazyLock<BTreeSet<&str>> = LazyLock::new(|| HARMLESS.split(' ').collect());
    let is_aria = |rest: &str| rest.bytes().all(|byte| byte.is_ascii_lowercase());
    NAMES.contains(name) || name.strip_prefix("aria-").is_some_and(is_aria)
}

/// Text as it is written between tags and in quotes.
fn escape(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '"', '\u{a0}']) {
        let (plain, special) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(plain);
        let mut chars = special.chars();
        out.push_str(match chars.next() {
            Some('&') => "&amp;",
            Some('<') => "&lt;",
            Some('"') => "&quot;",
            Some(_) => "&nbsp;",
            None => "",
        });
        rest = chars.as_str();
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests;
