//! What stands in the list, line by line: messages, and the heads of groups, some of which are folded.

use std::collections::BTreeSet;

use tamis_core::api::{MailGroup, MailId, Outline};

/// The lines of the list.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layout {
    pub(crate) lines: Vec<Line>,
    /// The messages that are not folded away, in order.
    pub(crate) ids: Vec<MailId>,
}

/// One line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// The head of the group of that place.
    Head(usize),
    /// The message of that place in [`Layout::ids`].
    Row(usize),
}

impl Layout {
    /// The lines of a list of which the groups with those keys are unfolded.
    pub(crate) fn of(outline: &Outline, unfolded: &BTreeSet<String>) -> Self {
        if outline.groups.is_empty() {
            return Self { lines: (0..outline.ids.len()).map(Line::Row).collect(), ids: outline.ids.clone() };
        }
        let mut layout = Self::default();
        let mut rest = outline.ids.as_slice();
        for (place, group) in outline.groups.iter().enumerate() {
            layout.lines.push(Line::Head(place));
            let (of_group, behind) = rest.split_at(count_of(group).min(rest.len()));
            rest = behind;
            if unfolded.contains(&group.key) {
                for id in of_group {
                    layout.lines.push(Line::Row(layout.ids.len()));
                    layout.ids.push(*id);
                }
            }
        }
        layout
    }

    /// The line of a message by its place in [`Layout::ids`].
    pub(crate) fn line_of(&self, row: usize) -> usize {
        if self.lines.len() == self.ids.len() {
            return row;
        }
        self.lines.iter().position(|line| *line == Line::Row(row)).unwrap_or(0)
    }
}

/// The messages of the group of that place.
pub(crate) fn group_ids(outline: &Outline, place: usize) -> &[MailId] {
    let first: usize = outline.groups.iter().take(place).map(count_of).fold(0, usize::saturating_add);
    let last = first.saturating_add(outline.groups.get(place).map_or(0, count_of)).min(outline.ids.len());
    outline.ids.get(first..last).unwrap_or(&[])
}

fn count_of(group: &MailGroup) -> usize {
    usize::try_from(group.count).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_folded_is_not_there_and_lines_are_found() {
        let group = |key: &str, count| MailGroup { key: key.to_owned(), count, ..MailGroup::default() };
        let outline = Outline {
            ids: (1..=6).map(MailId).collect(),
            groups: vec![group("a", 2), group("b", 1), group("c", 3)],
            ..Outline::default()
        };
        let layout = Layout::of(&outline, &BTreeSet::from(["a".to_owned(), "c".to_owned()]));
        assert_eq!(layout.ids, [1, 2, 4, 5, 6].map(MailId));
        let (head, row) = (Line::Head, Line::Row);
        assert_eq!(layout.lines, [head(0), row(0), row(1), head(1), head(2), row(2), row(3), row(4)]);
        assert_eq!((layout.line_of(1), layout.line_of(4), layout.line_of(99)), (2, 7, 0));
        assert_eq!(group_ids(&outline, 1), [MailId(3)]);
        assert_eq!(group_ids(&outline, 9), []);
        let flat = Layout::of(&Outline { groups: vec![], ..outline }, &BTreeSet::new());
        assert_eq!((flat.lines.len(), flat.line_of(4)), (6, 4));
    }
}
