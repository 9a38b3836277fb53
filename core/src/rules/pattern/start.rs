//! Where a match of a [`Machine`] can begin, and with what its steps can go on.

use memchr::memchr;

use super::{
    bytes::{Few, Set},
    machine::Machine,
    step::{Ahead, Step},
};

impl Machine {
    /// A set by its number; `None`: every byte, and also the end of the text.
    #[inline]
    pub(super) fn set(&self, number: u16) -> Option<&Set> {
        self.sets.get(usize::from(number)).filter(|_| number != 0)
    }

    /// With what a step behind a run can go on.
    pub(super) fn ahead(&self, next: usize) -> Ahead {
        if let Some(Step::Next(ahead)) = self.steps.get(next) { *ahead } else { Ahead::default() }
    }

    /// Whether what stands here is in a set.
    #[inline]
    pub(super) fn can_follow(&self, set: u16, text: &[u8], at: usize) -> bool {
        self.set(set).is_none_or(|set| text.get(at).is_some_and(|byte| set.has(*byte)))
    }

    /// Whether something can begin here.
    #[inline]
    pub(super) fn can_begin(&self, ahead: Ahead, text: &[u8], at: usize) -> bool {
        self.can_follow(ahead.first, text, at) && self.can_follow(ahead.second, text, at + 1)
    }

    /// Whether a match can begin here.
    fn is_start(&self, text: &[u8], at: usize) -> bool {
        (!self.is_at_line_start || line_from(text, at) == Some(at))
            && self.firsts.is_none_or(|firsts| text.get(at).is_some_and(|byte| firsts.has(*byte)))
            && self.may_begin(text, at)
    }

    /// The places at which a match can begin, of these.
    pub(super) fn bounds(&self, text: &[u8], from: usize, last: usize) -> Option<(usize, usize)> {
        let last = if self.is_at_start { 0 } else { last }.min(text.len().checked_sub(self.least)?);
        // Where only one place is to be tried, it would take longer to look.
        let tail = self.tail.as_ref().filter(|_| from < last);
        Some((tail.map_or(from, |tail| tail.first(text).max(from)), last))
    }

    /// The next place at which a match can begin.
    #[inline]
    pub(super) fn next_start(&self, text: &[u8], from: usize, last: usize) -> Option<usize> {
        if from >= last {
            return Some(from).filter(|at| *at == last && self.is_start(text, *at));
        }
        if self.is_at_line_start {
            return self.next_of_lines(text, from, last);
        }
        if let Some(window) = &self.window {
            let mut start = from;
            loop {
                start = window.first_in(text, start, last)?;
                if self.may_begin(text, start) {
                    return Some(start);
                }
                start += 1;
            }
        }
        match (&self.heads, self.few, &self.firsts) {
            (_, Some(few), _) => self.next_of_few(few, text, from, last),
            (Some(heads), None, _) => heads.first_in(text, from, last),
            (None, None, Some(firsts)) => {
                firsts.first_in(text.get(from..text.len().min(last + 1))?).map(|skipped| from + skipped)
            }
            (None, None, None) => Some(from),
        }
    }

    fn next_of_lines(&self, text: &[u8], from: usize, last: usize) -> Option<usize> {
        let mut start = from;
        loop {
            start = line_from(text, start).filter(|start| *start <= last)?;
            let is_first = self.firsts.is_none_or(|firsts| text.get(start).is_some_and(|byte| firsts.has(*byte)));
            if is_first && self.may_begin(text, start) {
                return Some(start);
            }
            start += 1;
        }
    }

    fn next_of_few(&self, few: Few, text: &[u8], from: usize, last: usize) -> Option<usize> {
        let mut start = from;
        loop {
            start += few.first_in(text.get(start..text.len().min(last + 1))?)?;
            if self.may_begin(text, start) {
                return Some(start);
            }
            start += 1;
        }
    }

    /// Whether a match can begin with the bytes that stand there.
    fn may_begin(&self, text: &[u8], at: usize) -> bool {
        self.heads.as_ref().is_none_or(|heads| heads.is_at(text, at))
    }
}

/// The start of a line at or behind a place.
fn line_from(text: &[u8], from: usize) -> Option<usize> {
    let Some(before) = from.checked_sub(1) else { return Some(from) };
    if text.get(before) == Some(&b'\n') {
        return Some(from);
    }
    memchr(b'\n', text.get(before..)?).map(|skipped| from + skipped)
}
