//! Names and the places of the entries they stand for: sorted once, then searched.

/// Several entries may have one name.
#[derive(Debug, Default)]
pub(super) struct Table(Vec<(Box<str>, u32)>);

impl Table {
    pub(super) fn add(&mut self, name: &str, place: u32) {
        self.0.push((name.into(), place));
    }

    /// To be called when everything is in it.
    pub(super) fn sort(&mut self) {
        self.0.sort_unstable();
        self.0.shrink_to_fit();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn of(&self, name: &str) -> impl Iterator<Item = u32> + use<'_> {
        let from = self.0.partition_point(|(known, _)| **known < *name);
        let rest = self.0.get(from..).unwrap_or_default();
        let count = rest.partition_point(|(known, _)| **known == *name);
        rest.iter().take(count).map(|(_, place)| *place)
    }
}
