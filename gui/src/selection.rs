//! Which rows are chosen, and where the cursor is. Rows are known by their message, so that they stay chosen when the
//! list changes under them.

use std::collections::BTreeSet;

use tamis_core::api::MailId;

use crate::command::Pick;

/// What is chosen in the list.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selection {
    chosen: BTreeSet<MailId>,
    cursor: Option<MailId>,
    anchor: Option<MailId>,
    /// Where the cursor was last, for when its row goes.
    place: usize,
    /// Whether the list must scroll to the cursor.
    scroll: bool,
}

impl Selection {
    pub(crate) fn contains(&self, id: MailId) -> bool {
        self.chosen.contains(&id)
    }

    pub(crate) fn len(&self) -> usize {
        self.chosen.len()
    }

    /// The chosen messages, by number.
    pub(crate) fn ids(&self) -> Vec<MailId> {
        self.chosen.iter().copied().collect()
    }

    /// The message to read.
    pub(crate) const fn cursor(&self) -> Option<MailId> {
        self.cursor
    }

    /// The row to scroll to, once.
    pub(crate) fn take_scroll(&mut self) -> Option<usize> {
        std::mem::take(&mut self.scroll).then_some(self.place)
    }

    pub(crate) fn click(&mut self, rows: &[MailId], index: usize, pick: Pick) {
        let Some(id) = rows.get(index).copied() else { return };
        match pick {
            Pick::Only => self.only(id),
            Pick::Toggle => {
                if !self.chosen.remove(&id) {
                    self.chosen.insert(id);
                }
                self.anchor = Some(id);
            }
            Pick::Range => self.range_to(rows, index),
        }
        self.cursor = Some(id);
        self.place = index;
    }

    /// Moves the cursor; `extend` chooses everything on the way.
    pub(crate) fn step(&mut self, rows: &[MailId], by: isize, extend: bool) {
        let Some(last) = rows.len().checked_sub(1) else { return };
        let at = self.cursor.and_then(|id| position(rows, id));
        let index = match at {
            Some(at) => at.saturating_add_signed(by),
            // From outside: the first step down is onto the first row, the first step up onto the last.
            None if by < 0 => rows.len().saturating_add_signed(by),
            None => 0_usize.saturating_add_signed(by - 1),
        };
        let index = index.min(last);
        self.click(rows, index, if extend { Pick::Range } else { Pick::Only });
        self.scroll = true;
    }

    /// Does not scroll to what was just chosen.
    pub(crate) fn stay(&mut self) {
        self.scroll = false;
    }

    pub(crate) fn choose_all(&mut self, rows: &[MailId]) {
        self.chosen = rows.iter().copied().collect();
    }

    /// Chooses those and no others, and goes to the first of them that is to be seen. If there are none, nothing changes.
    pub(crate) fn choose(&mut self, rows: &[MailId], ids: &[MailId]) {
        if ids.is_empty() {
            return;
        }
        self.chosen = ids.iter().copied().collect();
        let first = rows.iter().position(|id| self.chosen.contains(id));
        (self.cursor, self.anchor) = (None, None);
        if let Some(first) = first {
            self.cursor = rows.get(first).copied();
            self.anchor = self.cursor;
            self.place = first;
            self.scroll = true;
        }
    }

    /// After `gone` are dealt with: on to the next one, so that a person can go on without looking for it.
    pub(crate) fn move_on(&mut self, rows: &[MailId], gone: &BTreeSet<MailId>) {
        let last = rows.iter().rposition(|id| gone.contains(id)).unwrap_or(self.place);
        let below = rows.iter().enumerate().skip(last).find(|(_, id)| !gone.contains(id));
        let above = || rows.iter().enumerate().take(last).rfind(|(_, id)| !gone.contains(id));
        match below.or_else(above) {
            Some((index, _)) => {
                self.click(rows, index, Pick::Only);
                self.scroll = true;
            }
            None => *self = Self::default(),
        }
    }

    /// After the list has changed: forgets messages that are not among `all` any more. A cursor that has gone takes the row in
    /// its place, unless the list answers another question, where that place means nothing.
    pub(crate) fn reconcile(&mut self, rows: &[MailId], all: &[MailId], is_other_question: bool) {
        let here: BTreeSet<MailId> = all.iter().copied().collect();
        self.chosen.retain(|id| here.contains(id));
        self.anchor = self.anchor.filter(|id| here.contains(id));
        let Some(cursor) = self.cursor else { return };
        if let Some(index) = position(rows, cursor) {
            self.place = index;
        } else if here.contains(&cursor) {
            // It is folded away.
        } else if let Some((index, id)) = self.nearest_chosen(rows) {
            // What else was chosen stays so, and nothing besides.
            (self.cursor, self.place) = (Some(id), index);
        } else if let Some(last) = rows.len().checked_sub(1).filter(|_| !is_other_question) {
            self.click(rows, self.place.min(last), Pick::Only);
        } else {
            *self = Self::default();
        }
    }

    fn nearest_chosen(&self, rows: &[MailId]) -> Option<(usize, MailId)> {
        let chosen = rows.iter().copied().enumerate().filter(|(_, id)| self.chosen.contains(id));
        chosen.min_by_key(|(index, _)| index.abs_diff(self.place))
    }

    fn only(&mut self, id: MailId) {
        self.chosen = BTreeSet::from([id]);
        self.anchor = Some(id);
    }

    fn range_to(&mut self, rows: &[MailId], index: usize) {
        let from = self.anchor.and_then(|id| position(rows, id)).unwrap_or(index);
        let (first, last) = (from.min(index), from.max(index));
        self.chosen = rows.iter().skip(first).take(last - first + 1).copied().collect();
        self.anchor = rows.get(from).copied();
    }
}

fn position(rows: &[MailId], id: MailId) -> Option<usize> {
    rows.iter().position(|row| *row == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shift_takes_the_range_and_ctrl_one_more() {
        let rows = rows(10);
        let mut selection = Selection::default();
        selection.click(&rows, 2, Pick::Only);
        selection.click(&rows, 5, Pick::Range);
        selection.click(&rows, 8, Pick::Toggle);
        selection.click(&rows, 3, Pick::Toggle);
        assert_eq!(numbers(&selection), [2, 4, 5, 8]);
    }

    #[test]
    fn the_cursor_stops_at_both_ends() {
        let rows = rows(3);
        let mut selection = Selection::default();
        selection.step(&rows, 1, false);
        selection.step(&rows, isize::MAX, false);
        assert_eq!(selection.cursor(), Some(MailId(2)));
        selection.step(&rows, isize::MIN, true);
        assert_eq!(numbers(&selection), [0, 1, 2]);
        selection.step(&[], 1, false);
    }

    #[test]
    fn after_teaching_the_next_message_is_chosen() {
        let rows = rows(4);
        let mut selection = Selection::default();
        selection.click(&rows, 1, Pick::Only);
        selection.move_on(&rows, &BTreeSet::from([MailId(1)]));
        assert_eq!(numbers(&selection), [2]);
        selection.move_on(&rows, &BTreeSet::from([MailId(2), MailId(3)]));
        assert_eq!(numbers(&selection), [1]);
        selection.move_on(&rows, &(0..4).map(MailId).collect());
        assert_eq!(selection.cursor(), None);
    }

    #[test]
    fn a_row_that_goes_hands_the_cursor_to_the_one_in_its_place() {
        let mut list = rows(4);
        let mut selection = Selection::default();
        selection.click(&list, 1, Pick::Only);
        list.remove(1);
        selection.reconcile(&list, &list, false);
        assert_eq!(selection.cursor(), Some(MailId(2)));
        selection.reconcile(&rows(9), &rows(9), true);
        assert_eq!(selection.cursor(), Some(MailId(2)));
        selection.reconcile(&rows(2), &rows(2), true);
        assert_eq!(selection.cursor(), None);
    }

    #[test]
    fn what_is_folded_away_stays_chosen() {
        let all = rows(6);
        let mut selection = Selection::default();
        selection.choose(&all, &[1, 2].map(MailId));
        let open: Vec<MailId> = all.iter().copied().skip(3).collect();
        selection.reconcile(&open, &all, false);
        assert_eq!((numbers(&selection), selection.cursor()), (vec![1, 2], Some(MailId(1))));
        selection.step(&open, 1, false);
        assert_eq!(selection.cursor(), Some(MailId(3)));
        selection.choose(&open, &[0, 1].map(MailId));
        assert_eq!((numbers(&selection), selection.cursor()), (vec![0, 1], None));
    }

    #[test]
    fn rows_of_a_kind_are_chosen_together() {
        let rows = rows(6);
        let mut selection = Selection::default();
        selection.choose(&rows, &[1, 3, 5].map(MailId));
        assert_eq!(numbers(&selection), [1, 3, 5]);
        assert_eq!((selection.cursor(), selection.take_scroll()), (Some(MailId(1)), Some(1)));
        selection.choose(&rows, &[]);
        assert_eq!(numbers(&selection), [1, 3, 5]);
    }

    fn numbers(selection: &Selection) -> Vec<i64> {
        selection.ids().iter().map(|id| id.0).collect()
    }

    fn rows(count: i64) -> Vec<MailId> {
        (0..count).map(MailId).collect()
    }
}
