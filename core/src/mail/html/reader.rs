//! Turns tags and text into visible text, facts and links.

use std::borrow::Cow;

use super::{
    HtmlFacts, Page,
    collapsed::Collapsed,
    elements::{self, Element},
    look::{Look, declarations},
    tricks::Watch,
};
use crate::mail::url::{Url, UrlSource, Urls};

/// Deepest nesting that is followed. What lies deeper looks like what is around it.
const MAX_DEPTH: usize = 256;

/// Most hidden text kept.
const MAX_HIDDEN_BYTES: usize = 8 * 1024;

/// Most characters kept of a piece of a program.
const MAX_PROGRAM_CHARS: usize = 64;
/// Relative links are joined with a page's `base` up to this: a long one stands before each.
const MAX_JOINED_BYTES: usize = 1024 * 1024;

/// Most characters kept of a link's text and of the title.
pub(super) const MAX_LABEL_CHARS: usize = 256;

type Attributes<'tag> = [(&'tag str, &'tag str)];

/// What the text that comes next belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Inside {
    Page,
    Title,
    Style,
    /// Scripts and what is only for programs without frames.
    Nothing,
}

/// An open element.
#[derive(Debug)]
struct Frame {
    name: Cow<'static, str>,
    look: Look,
}

/// A link whose end has not come.
#[derive(Debug)]
struct Anchor {
    /// Its place among the links, if it leads anywhere.
    place: Option<usize>,
    text: Collapsed,
}

#[derive(Debug)]
pub(super) struct Reader<'page> {
    facts: &'page mut HtmlFacts,
    urls: &'page mut Urls,
    page: Page,
    text: Collapsed,
    hidden: Collapsed,
    title: Collapsed,
    inside: Inside,
    open: Vec<Frame>,
    /// Elements begun beyond the depth that is followed.
    overflow: usize,
    anchor: Option<Anchor>,
    /// Where the text since the last link begins.
    unlinked_since: usize,
    base: Option<String>,
    /// What links took together with it.
    joined_bytes: usize,
    has_style_sheet: bool,
    watch: Watch,
}

impl<'page> Reader<'page> {
    pub(super) fn new(facts: &'page mut HtmlFacts, urls: &'page mut Urls) -> Self {
        Self {
            facts,
            urls,
            page: Page::default(),
            text: Collapsed::default(),
            hidden: Collapsed::default(),
            title: Collapsed::default(),
            inside: Inside::Page,
            open: Vec::new(),
            overflow: 0,
            anchor: None,
            unlinked_since: 0,
            base: None,
            joined_bytes: 0,
            has_style_sheet: false,
            watch: Watch::default(),
        }
    }

    pub(super) fn finish(mut self) -> Page {
        self.end_anchor();
        let title = self.title.label();
        if self.facts.title.is_none() && !title.is_empty() {
            self.facts.title = Some(title);
        }
        let end = self.text.out.trim_end().len();
        self.text.out.truncate(end);
        self.page.unlinked.push(self.unlinked_since.min(end)..end);
        if !self.hidden.out.is_empty() {
            let room = MAX_HIDDEN_BYTES.saturating_sub(self.facts.hidden_text.len() + 1);
            if !self.facts.hidden_text.is_empty() && 0 < room {
                self.facts.hidden_text.push('\n');
            }
            self.facts.hidden_text.push_str(crate::mail::decode::split_at_most(&self.hidden.out, room).0);
        }
        self.page.text = self.text.out;
        self.page
    }

    pub(super) fn comment(&mut self, text: &str) {
        bump(&mut self.facts.comments);
        let is_program = text.starts_with("?=") || text.get(..4).is_some_and(|mark| mark.eq_ignore_ascii_case("?php"));
        if is_program && self.facts.program.is_none() {
            let piece: String = text.chars().take(MAX_PROGRAM_CHARS).collect();
            self.facts.program = Some(format!("<{piece}"));
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        match self.inside {
            Inside::Page => self.page_text(text),
            Inside::Title => {
                self.title.push(text, MAX_LABEL_CHARS * 4);
            }
            Inside::Style => self.style_text(text),
            Inside::Nothing => {}
        }
    }

    fn page_text(&mut self, text: &str) {
        let look = self.look();
        let tricks = &mut self.facts.tricks;
        if look.is_hidden() {
            let count = self.hidden.push(text, MAX_HIDDEN_BYTES);
            self.facts.hidden_chars = self.facts.hidden_chars.saturating_add(count);
            self.watch.hidden(count, tricks);
            if look.is_too_small() {
                tricks.too_small = tricks.too_small.saturating_add(count);
            } else if look.is_camouflaged() {
                tricks.camouflaged = tricks.camouflaged.saturating_add(count);
            }
            return;
        }
        let count = self.text.push(text, usize::MAX);
        self.watch.visible(text, tricks);
        self.watch.count(count, tricks);
        self.facts.visible_chars = self.facts.visible_chars.saturating_add(count);
        if let Some(anchor) = &mut self.anchor {
            anchor.text.push(text, MAX_LABEL_CHARS * 4);
        }
    }

    fn style_text(&mut self, text: &str) {
        self.has_style_sheet |= text.contains("background");
        self.facts.tricks.see_style(text);
        self.style_urls(text);
    }

    pub(super) fn start(&mut self, name: &str, attributes: &Attributes<'_>) {
        bump(&mut self.facts.tags);
        let element = elements::find(name);
        if element.is_none() && !elements::is_of_office(name) {
            bump(&mut self.facts.unknown_tags);
        }
        self.close_implied(name);
        let is_block = element.is_some_and(|element| element.is_block);
        if is_block {
            self.break_line();
        }
        self.watch.start(name, is_block);
        let may_be_styled = self.has_style_sheet;
        let look = self.look().within(name, attributes, may_be_styled);
        self.collect(name, attributes);
        if element.is_some_and(|element| element.is_void) {
            return;
        }
        if self.open.len() < MAX_DEPTH {
            let name = element.map_or_else(|| Cow::Owned(name.to_owned()), |Element { name, .. }| Cow::Borrowed(name));
            self.open.push(Frame { name, look });
        } else {
            self.overflow += 1;
        }
        self.inside = match name {
            "title" => Inside::Title,
            "style" => Inside::Style,
            "script" | "iframe" | "noembed" | "noframes" => Inside::Nothing,
            _ => self.inside,
        };
    }

    pub(super) fn end(&mut self, name: &str) {
        self.inside = Inside::Page;
        if name == "a" {
            self.end_anchor();
        }
        let is_block = elements::is_block(name);
        if is_block {
            self.break_line();
        }
        self.watch.end(name, is_block);
        if 0 < self.overflow {
            self.overflow -= 1;
            return;
        }
        let reaches_out = elements::is_table_part(name);
        let within = self
            .open
            .iter()
            .rev()
            .take_while(|frame| frame.name != name && (reaches_out || !elements::is_wall(&frame.name)));
        let depth = within.count() + 1;
        let at = self.open.len().checked_sub(depth);
        if let Some(at) = at
            && self.open.get(at).is_some_and(|frame| frame.name == name)
        {
            self.open.truncate(at);
        }
    }

    fn look(&self) -> Look {
        self.open.last().map(|frame| frame.look).unwrap_or_default()
    }

    /// Closes what may be left open before an element of that name.
    fn close_implied(&mut self, name: &str) {
        while self.open.last().is_some_and(|frame| elements::closes(name, &frame.name)) {
            self.open.pop();
        }
    }

    fn break_line(&mut self) {
        self.text.break_line();
        self.hidden.has_gap = true;
        if let Some(anchor) = &mut self.anchor {
            anchor.text.has_gap = true;
        }
    }

    /// Counts what is to be counted and takes the links of one tag.
    fn collect(&mut self, name: &str, attributes: &Attributes<'_>) {
        for (attribute, value) in attributes {
            if attribute.starts_with("on") && 2 < attribute.len() {
                bump(&mut self.facts.scripts);
            }
            if *attribute == "style" && value.contains("url(") {
                self.style_urls(value);
            }
            if *attribute == "style" && value.contains("bidi-override") {
                bump(&mut self.facts.tricks.reversed);
            }
        }
        let get = |wanted: &str| attributes.iter().find(|(key, _)| *key == wanted).map(|(_, value)| *value);
        match name {
            "a" | "area" => self.start_anchor(name, get("href")),
            "img" | "image" => self.image(attributes),
            "form" => {
                bump(&mut self.facts.forms);
                self.add(get("action"), UrlSource::Form);
            }
            "input" | "button" => {
                if get("type").is_some_and(|kind| kind.trim().eq_ignore_ascii_case("password")) {
                    bump(&mut self.facts.password_fields);
                }
                self.add(get("formaction"), UrlSource::Form);
                self.add(get("src"), UrlSource::Resource);
            }
            "script" => bump(&mut self.facts.scripts),
            "iframe" | "object" | "embed" | "applet" => bump(&mut self.facts.embedded),
            "bdo" if get("dir").is_some_and(|way| way.eq_ignore_ascii_case("rtl")) => {
                bump(&mut self.facts.tricks.reversed);
            }
            "base" => self.base(get("href")),
            "meta" => self.meta(get("http-equiv"), get("content")),
            "link" => self.stylesheet(get("rel"), get("href")),
            _ => {}
        }
        let loads = matches!(name, "script" | "iframe" | "frame" | "embed" | "video" | "audio" | "source" | "bgsound");
        if loads {
            self.add(get("src"), UrlSource::Resource);
        }
        self.add(get("background"), UrlSource::Resource);
        self.add(get("data").filter(|_| name == "object"), UrlSource::Resource);
        self.add(get("poster").filter(|_| name == "video"), UrlSource::Resource);
    }

    fn start_anchor(&mut self, name: &str, href: Option<&str>) {
        let Some(href) = href else { return };
        bump(&mut self.facts.links);
        let place = self.add(Some(href), UrlSource::Link);
        if name != "a" {
            return;
        }
        self.end_anchor();
        if place.is_some() {
            self.page.unlinked.push(self.unlinked_since..self.text.out.len());
        }
        self.anchor = Some(Anchor { place, text: Collapsed::default() });
    }

    fn end_anchor(&mut self) {
        if let Some(Anchor { place: Some(place), text }) = self.anchor.take() {
            self.urls.set_anchor(place, &text.label());
            self.unlinked_since = self.text.out.len();
        }
    }

    fn image(&mut self, attributes: &Attributes<'_>) {
        let get = |wanted: &str| attributes.iter().find(|(key, _)| *key == wanted).map(|(_, value)| *value);
        let Some(source) = get("src").filter(|source| !source.trim().is_empty()) else { return };
        bump(&mut self.facts.images);
        if source.trim_start().get(..11).is_some_and(|start| start.eq_ignore_ascii_case("data:image/")) {
            self.urls.add_picture(source.trim_start());
        }
        let style: Vec<(Cow<'_, str>, Cow<'_, str>)> = declarations(get("style").unwrap_or_default()).collect();
        let is_tiny = |side: &str| {
            let styled = style.iter().rev().find(|(name, _)| name == side).map(|(_, value)| &**value);
            let written = styled.or_else(|| get(side))?.trim();
            written.strip_suffix("px").unwrap_or(written).trim().parse::<f32>().ok().filter(|&length| length <= 2.0)
        };
        if is_tiny("width").is_some() && is_tiny("height").is_some() {
            bump(&mut self.facts.tiny_images);
        }
        self.add(Some(source), UrlSource::Resource);
    }

    fn base(&mut self, href: Option<&str>) {
        let Some(href) = href.map(str::trim).filter(|href| !href.is_empty()) else { return };
        self.facts.redirects = true;
        let is_first = self.base.is_none();
        if is_first && Url::parse(href, UrlSource::Resource).is_some_and(|url| url.host.is_some()) {
            self.base = Some(href.to_owned());
        }
    }

    /// `<meta http-equiv="refresh" content="0; url=http://example.org/">`
    fn meta(&mut self, kind: Option<&str>, content: Option<&str>) {
        if !kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("refresh")) {
            return;
        }
        self.facts.redirects = true;
        let target = content.and_then(|content| content.split_once(['=']));
        let target = target.map(|(_, target)| target.trim().trim_matches(['"', '\'']));
        self.facts.refreshes |= target.is_some_and(|target| !target.is_empty());
        self.add(target, UrlSource::Link);
    }

    fn stylesheet(&mut self, kind: Option<&str>, href: Option<&str>) {
        if kind.is_some_and(|kind| kind.to_ascii_lowercase().contains("stylesheet")) {
            self.has_style_sheet = true;
            self.add(href, UrlSource::Resource);
        }
    }

    /// What `url(…)` and `@import "…"` name.
    fn style_urls(&mut self, style: &str) {
        for piece in style.split("url(").skip(1) {
            let target = piece.split(')').next().unwrap_or_default();
            self.add(Some(target.trim().trim_matches(['"', '\''])), UrlSource::Resource);
        }
        for piece in style.split("@import").skip(1) {
            let piece = piece.trim_start();
            let target = piece.strip_prefix(['"', '\'']).and_then(|rest| rest.split(['"', '\'']).next());
            self.add(target, UrlSource::Resource);
        }
    }

    fn add(&mut self, written: Option<&str>, source: UrlSource) -> Option<usize> {
        let written = written?;
        let url = Url::parse(written, source).or_else(|| self.under_base(written, source))?;
        self.urls.add(url)
    }

    fn under_base(&mut self, written: &str, source: UrlSource) -> Option<Url> {
        let base = self.base.as_deref().filter(|_| self.joined_bytes < MAX_JOINED_BYTES)?;
        let joined = join(base, written)?;
        self.joined_bytes += joined.len();
        Url::parse(&joined, source)
    }
}

/// A relative link under a page's `base`.
fn join(base: &str, relative: &str) -> Option<String> {
    let relative = relative.trim();
    if relative.is_empty() || relative.starts_with('#') {
        return None;
    }
    let base = base.split(['?', '#']).next().unwrap_or_default();
    let host = base.find("//").map_or(0, |at| at + 2);
    let host_end = base.get(host..)?.find('/').map_or(base.len(), |at| host + at);
    let folder_end = base.rfind('/').filter(|&at| host_end <= at).unwrap_or(host_end);
    let (end, relative) = match relative.strip_prefix('/') {
        Some(rest) => (host_end, rest),
        None => (folder_end, relative),
    };
    Some(format!("{}/{relative}", base.get(..end)?))
}

fn bump(count: &mut u32) {
    *count = count.saturating_add(1);
}
