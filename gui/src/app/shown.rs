//! From the page of people to a message, and to the lists.

use std::sync::Arc;

use egui::Context;
use tamis_core::api::{ListQuery, MailId, Show};

use super::{App, Command, Dialog, Page};
use crate::client::Listing;

impl App {
    /// Leads from one page to what is meant on another.
    pub(super) fn show_elsewhere(&mut self, command: Command) {
        if let Command::ShowMessage(id, search) = command {
            self.show(Show::All);
            self.people.wanted = Some(id);
            self.refine(ListQuery { show: Show::All, search, ..ListQuery::default() });
        } else if let Command::ShowListsOf(value) = command {
            self.turn_to(Page::Lists);
            self.lists.look_for(&value);
        }
    }

    /// Shows what waits for the person, and of that a message: in the list of all mail if it does not wait.
    pub(super) fn show_wanted(&mut self, id: Option<MailId>) {
        self.dialog = Dialog::None;
        self.show(Show::Review);
        self.people.wanted = id;
        self.refine(ListQuery::default());
    }

    /// Chooses the message that is to be shown, once its list is there.
    pub(super) fn choose_wanted(&mut self, ctx: &Context) {
        let Some(id) = self.people.wanted else { return };
        let show = self.list.query.show;
        if self.page != Page::Mail(show) || show == Show::Junk {
            self.people.wanted = None;
            return;
        }
        let search = self.list.query.search.trim().to_owned();
        let wanted = ListQuery { show, search, ..ListQuery::default() };
        let is_it = |listing: &Arc<Listing>| ListQuery { also: Vec::new(), ..listing.want.clone() } == wanted;
        let Some(listing) = self.listing().filter(is_it) else { return };
        self.people.wanted = None;
        if !listing.outline.ids.contains(&id) {
            if show == Show::Review {
                self.show_elsewhere(Command::ShowMessage(id, String::new()));
            }
            return;
        }
        let before = self.list.selection.cursor();
        self.list.selection.choose(&self.list.layout.ids, &[id]);
        self.open_cursor(before);
        ctx.request_repaint();
    }
}
