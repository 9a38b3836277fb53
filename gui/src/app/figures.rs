//! What the window does by itself for the settings and the figures: its language, and files.

use std::{path::PathBuf, thread};

use egui::Context;
use tamis_core::api::Request;

use super::{App, Job, Outcome, Wish};
use crate::{
    command::Command,
    panels::settings,
    prefs::Language,
    saving::Saving,
    text::{self, t},
    view,
};

impl App {
    /// The same, with figures saved in that folder instead of the person's own.
    #[must_use]
    pub fn saving_in(self, folder: PathBuf) -> Self {
        Self { folder: Some(folder), ..self }
    }

    /// Does what the agent has no part in. Other commands are not for here.
    pub(super) fn handle_own(&mut self, ctx: &Context, command: Command) {
        if let Command::Speak(language) = command {
            self.set_language(ctx, language);
        } else if let Command::Save(saving) = command {
            self.save(ctx, *saving);
        } else if let Command::Saved(saved) = command {
            self.saved(ctx, saved);
        }
    }

    /// Speaks another language from now on.
    fn set_language(&mut self, ctx: &Context, language: Language) {
        self.before = Some(self.prefs);
        self.prefs.language = language;
        text::speak(language);
        self.wish(Wish::Keep(self.prefs));
        ctx.request_repaint();
    }

    /// Colours and language as they were before the newest change of them, of which the agent knows nothing.
    pub(super) fn undo_own(&mut self, ctx: &Context) {
        let Some(before) = self.before.take() else { return };
        if before.language == self.prefs.language {
            self.set_look(ctx, before.look);
        } else {
            self.set_language(ctx, before.language);
        }
        // The same key again goes on with what was changed before that.
        self.before = None;
        self.say(ctx, &t!("settings-window-undone"), None, false);
    }

    /// Has a file written, by a thread of its own: a disk may be slow.
    fn save(&self, ctx: &Context, saving: Saving) {
        let (commands, wake, folder) = (self.commands.clone(), ctx.clone(), self.folder.clone());
        let work = move || {
            commands.send(Command::Saved(saving.write(folder.as_deref())));
            wake.request_repaint();
        };
        if let Err(err) = thread::Builder::new().name("tamis-save".to_owned()).spawn(work) {
            self.commands.send(Command::Saved(Err((PathBuf::new(), err.to_string()))));
        }
    }

    /// A file was written, or was not.
    fn saved(&mut self, ctx: &Context, saved: Result<PathBuf, (PathBuf, String)>) {
        let shown = |path: &PathBuf| view::shown(&path.display().to_string());
        match saved {
            Ok(path) => self.say(ctx, &t!("statistics-saved", path = shown(&path)), None, false),
            Err((path, why)) => {
                let text = t!("statistics-not-saved", path = shown(&path), why = view::shown(&why));
                self.say(ctx, &text, None, true);
            }
        }
    }

    /// A setting was changed, or was not. What is said of it in the person's language; `None` if it was about something else.
    pub(super) fn setting_answered(&mut self, job: &Job, outcome: &Outcome) -> Option<String> {
        let Job::Say(request) = job else { return None };
        let Request::SetSetting { key, .. } = &**request else { return None };
        let is_done = matches!(outcome, Outcome::Done(..));
        self.settings.answered(key, is_done);
        // Where nothing can be undone, nothing was changed: the agent says why.
        matches!(outcome, Outcome::Done(_, Some(_))).then(|| t!("settings-changed", name = settings::name_of(key)))
    }
}
