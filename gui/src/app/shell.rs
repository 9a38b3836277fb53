//! What is of the window itself: its place, size and colours, another start of it, what lies over it.

use egui::{Context, UserAttentionType, ViewportCommand};
use tamis_core::api::MailId;

use super::{App, Dialog, Job, Page, Wish, theme};
use crate::{
    client::Link,
    command::Zoom,
    instance::Visit,
    panels::{account_dialog, accounts, drop::Dropped, key_sheet, palette, setup, sign_in, status},
    prefs::{Place, Prefs, Scale},
    text::t,
    widgets::px,
};

/// How a link of a notification begins: what follows is the number of a message, or a word if whatever waits is meant.
const SHOWS: &str = "tamis:show/";

/// A window that is moved or resized is remembered when it has been left alone for this long, in seconds.
const REST: f64 = 0.4;

/// Where the window is, until that is remembered.
#[derive(Debug, Default)]
pub(super) struct Placing {
    /// The newest place that is not yet kept, and when it was seen, in the time of the window.
    moved: Option<(Place, f64)>,
    /// Whether it was seen that the window is where it can be.
    is_checked: bool,
}

impl App {
    /// The same, told of every other start of the window.
    #[must_use]
    pub fn visited(self, visits: std::sync::mpsc::Receiver<Visit>) -> Self {
        Self { visits: Some(visits), ..self }
    }

    /// The same, which says that all data is below that folder.
    #[must_use]
    pub fn kept_in(mut self, folder: &std::path::Path) -> Self {
        self.about.folder = crate::view::shown(&folder.to_string_lossy());
        self
    }

    /// Another start of the window has handed over to this one.
    pub(super) fn receive(&mut self, ctx: &Context) {
        let visits: Vec<Visit> = self.visits.iter().flat_map(std::sync::mpsc::Receiver::try_iter).collect();
        for visit in visits {
            ctx.send_viewport_cmd(ViewportCommand::Minimized(false));
            ctx.send_viewport_cmd(ViewportCommand::Visible(true));
            ctx.send_viewport_cmd(ViewportCommand::Focus);
            // Where a program may not raise itself, its window may at least ask to be looked at.
            ctx.send_viewport_cmd(ViewportCommand::RequestUserAttention(UserAttentionType::Informational));
            self.links.extend(visit.link);
            self.miss(ctx, &visit.missing);
            if visit.files.is_empty() {
                continue;
            }
            if matches!(self.dialog, Dialog::None) {
                self.take_dropped(ctx, Dropped(visit.files));
            } else {
                // They are asked about once the dialog is closed.
                self.dropped = Some(Dropped(visit.files));
            }
        }
    }

    /// The same, with files of messages to ask about, as if they had been dropped onto the window.
    #[must_use]
    pub fn asking_about(self, files: Vec<String>) -> Self {
        Self { dropped: Some(Dropped(files)).filter(|dropped| !dropped.0.is_empty()), ..self }
    }

    /// The same, which says that these files are not there.
    #[must_use]
    pub fn missing(mut self, ctx: &Context, files: &[String]) -> Self {
        self.miss(ctx, files);
        self
    }

    fn miss(&mut self, ctx: &Context, files: &[String]) {
        if !files.is_empty() {
            let names: Vec<String> = files.iter().map(|file| crate::view::shown(file)).collect();
            self.say(ctx, &t!("message-drop-missing", files = names.join(", ")), None, true);
        }
    }

    /// Follows the links that this window was started or visited with: those of a notification show something, and what those of a
    /// digest do, the agent does.
    pub(super) fn follow_links(&mut self, ctx: &Context) {
        // What somebody is typing into a form is not thrown away for a link.
        let has_form = matches!(self.dialog, Dialog::Account(_) | Dialog::SignIn(_) | Dialog::Setup(_));
        while !has_form
            && matches!(self.snapshot.link, Link::Online { .. })
            && let Some(link) = self.links.pop_front()
        {
            match link.strip_prefix(SHOWS) {
                // Anybody can write such a link, and none of them does anything.
                Some(what) => self.show_wanted(what.parse().ok().map(MailId)),
                None => _ = self.job(ctx, Job::Follow(link)),
            }
        }
    }

    /// Tells the agent whether the person looks at this window: then the desktop need not say what comes.
    pub(super) fn tell_looking(&mut self, ctx: &Context) {
        let is_looked_at = ctx.input(|input| input.viewport().focused == Some(true));
        if is_looked_at != self.is_looked_at && self.wish(Wish::Looks(is_looked_at)) {
            self.is_looked_at = is_looked_at;
        }
    }

    /// Draws what lies over the pages.
    pub(super) fn overlay_ui(&mut self, ctx: &Context) {
        let place = palette::Where { has_list: self.has_list(), has_contrast: self.prefs.has_contrast };
        match &mut self.dialog {
            Dialog::None => {}
            Dialog::Account(dialog) => account_dialog::dialog_ui(ctx, dialog, &self.commands),
            Dialog::SignIn(dialog) => sign_in::dialog_ui(ctx, dialog, &self.commands),
            Dialog::Setup(state) => setup::setup_ui(ctx, state, &self.snapshot, &self.commands),
            Dialog::Remove(name) => accounts::remove_ui(ctx, name, &self.commands),
            Dialog::Palette(state) => palette::palette_ui(ctx, state, &self.snapshot, place, &self.commands),
            Dialog::Keys => key_sheet::keys_ui(ctx, &self.commands),
        }
        if let Some(note) = &self.note {
            status::note_ui(ctx, note, &self.commands);
        }
    }

    /// Whether messages are listed.
    pub(super) fn has_list(&self) -> bool {
        let is_new = self.snapshot.status.as_deref().is_some_and(|status| status.accounts.is_empty());
        matches!(self.page, Page::Mail(_)) && !is_new
    }

    /// Closes what is on top.
    pub(super) fn close(&mut self) {
        if matches!(self.dialog, Dialog::None) {
            self.note = None;
        } else {
            self.dialog = Dialog::None;
        }
    }

    pub(super) fn zoom(&mut self, ctx: &Context, zoom: Zoom) {
        let scale = match zoom {
            Zoom::Larger => self.prefs.scale.larger(),
            Zoom::Smaller => self.prefs.scale.smaller(),
            Zoom::Usual => Scale::default(),
        };
        self.keep(Prefs { scale, ..self.prefs });
        theme::set_scale(ctx, scale);
    }

    pub(super) fn set_contrast(&mut self, ctx: &Context, has_contrast: bool) {
        self.keep(Prefs { has_contrast, ..self.prefs });
        theme::set_contrast(ctx, has_contrast);
    }

    pub(super) fn keep(&mut self, prefs: Prefs) {
        if self.prefs != prefs {
            self.prefs = prefs;
            self.wish(Wish::Keep(prefs));
        }
    }

    /// Remembers where the window is, once it rests there or is closed.
    pub(super) fn follow_place(&mut self, ctx: &Context) {
        let Some(now) = place(ctx, self.prefs.place) else { return };
        self.check_place(ctx, now);
        if self.prefs.place == Some(now) {
            self.placing.moved = None;
            return;
        }
        let since = match self.placing.moved {
            Some((before, since)) if before == now => since,
            Some(_) | None => ctx.time(),
        };
        self.placing.moved = Some((now, since));
        let left = since + REST - ctx.time();
        if left <= 0.0 || ctx.input(|input| input.viewport().close_requested()) {
            self.placing.moved = None;
            self.keep(Prefs { place: Some(now), ..self.prefs });
        } else {
            ctx.request_repaint_after_secs(px(left));
        }
    }

    /// A corner that was remembered on another screen may be out of sight: then the window goes to the middle.
    fn check_place(&mut self, ctx: &Context, now: Place) {
        if std::mem::replace(&mut self.placing.is_checked, true) {
            return;
        }
        let Some(before) = self.prefs.place else { return };
        let Some([width, height]) = now.screen.filter(|_| before.at.is_some() && before.screen != now.screen) else {
            return;
        };
        let middle = |screen: i32, window: i32| f64::from((screen - window).max(0)) / 2.0;
        let [wide, high] = now.size;
        let zoom = ctx.zoom_factor();
        let at = egui::pos2(px(middle(width, wide)) / zoom, px(middle(height, high)) / zoom);
        ctx.send_viewport_cmd(ViewportCommand::OuterPosition(at));
    }
}

/// Where the window is now; `None` while the system does not say, or it is minimised.
fn place(ctx: &Context, before: Option<Place>) -> Option<Place> {
    let zoom = ctx.zoom_factor();
    let whole = |value: f32| rounded(value * zoom);
    ctx.input(|input| {
        let viewport = input.viewport();
        if viewport.minimized == Some(true) {
            return None;
        }
        let inner = viewport.inner_rect?;
        let is_maximized = viewport.maximized == Some(true) || viewport.fullscreen == Some(true);
        let screen = viewport.monitor_size.map(|size| [whole(size.x), whole(size.y)]);
        let now = Place {
            at: viewport.outer_rect.map(|outer| [whole(outer.min.x), whole(outer.min.y)]),
            size: [whole(inner.width()), whole(inner.height())],
            is_maximized,
            screen,
        };
        // What it goes back to is how it was before.
        Some(before.filter(|_| is_maximized).map_or(now, |before| Place { is_maximized, screen, ..before }))
    })
}

#[expect(clippy::cast_possible_truncation, reason = "a place on a screen")]
fn rounded(value: f32) -> i32 {
    value.round() as i32
}
