//! What becomes of a rule of a group on one message.

use std::ops::Range;

use crate::rules::pattern::Exhausted;

use super::group::{Member, Outcome};

/// What one rule may spend on one message: about 30 ms in the worst case.
const BUDGET: u32 = 1 << 24;

/// Looking from each place where a match may begin may take so many times as long as looking at all of the text, and so
/// many bytes more.
const MOST_LOOKS: usize = 4;
const LEAST_WITHIN: usize = 4_096;

/// What became of a member on this message. There are thousands, so it is small.
#[derive(Clone, Copy, Debug)]
pub(crate) struct State {
    pub(crate) count: u32,
    pub(crate) budget: u32,
    /// Where it was found: the place of the text, and the part of it.
    pub(crate) found: Option<(u32, u32)>,
    /// The last text in which a strand of it stands.
    pub(crate) sieved: Option<u32>,
    /// The part of the current text that is to be looked at.
    pub(crate) pending: Option<(u32, u32)>,
    pub(crate) is_exhausted: bool,
    /// It is looked for later, if that is wanted.
    pub(crate) is_open: bool,
    /// It has been met before, see [`meet`].
    pub(crate) is_met: bool,
}

impl State {
    pub(crate) const FRESH: Self = Self {
        count: 0,
        budget: BUDGET,
        is_exhausted: false,
        found: None,
        sieved: None,
        pending: None,
        is_open: false,
        is_met: false,
    };

    pub(crate) fn outcome<'group>(&self, member: &'group Member, is_exhausted: bool) -> Outcome<'group> {
        Outcome {
            member,
            count: self.count,
            is_exhausted,
            found: self.found.map(|(text, at)| (text, at as usize)),
            is_open: self.is_open,
            spent: BUDGET.saturating_sub(self.budget),
        }
    }

    pub(crate) fn wants_more(&self, member: &Member) -> bool {
        self.wants(member.most)
    }

    pub(crate) fn wants(&self, most: u32) -> bool {
        self.count < most && !self.is_exhausted
    }

    /// A strand stands in the text, if one must.
    pub(crate) fn is_let_in(&self, member: &Member, number: u32) -> bool {
        !member.has_strands || self.sieved == Some(number)
    }

    pub(crate) fn look(&mut self, member: &Member, number: u32, text: &[u8], part: Range<usize>) {
        if !self.wants_more(member) || number < member.first || text.len() < member.matcher.plan.least as usize {
            return;
        }
        let (begin, mut budget) = (part.start, u64::from(self.budget));
        let counted = if member.most == 1 {
            member.matcher.is_match(text, part, &mut budget).map(u32::from)
        } else {
            member.matcher.count(text, member.most - self.count, &mut budget)
        };
        self.spend(budget);
        self.add(counted.map(|count| (count, begin)), number);
    }

    /// What is left now.
    fn spend(&mut self, left: u64) {
        self.budget = u32::try_from(left).unwrap_or(BUDGET).min(self.budget);
    }

    /// Looks only at places where a match may begin; where they are so many that this could take longer than one look
    /// at all of the text, at that.
    pub(crate) fn look_at(&mut self, member: &Member, number: u32, text: &[u8], starts: &[(u32, u32)]) {
        let reach = member.matcher.plan.reach.map_or(usize::MAX, |reach| reach as usize);
        let within: usize = starts.iter().map(|(_, start)| reach.min(text.len().saturating_sub(*start as usize))).sum();
        let first = starts.first().map_or(0, |(_, start)| *start as usize);
        if within > MOST_LOOKS * text.len() + LEAST_WITHIN {
            return self.look(member, number, text, first..text.len());
        }
        let mut budget = u64::from(self.budget);
        let counted = if member.most == 1 {
            let found = member.matcher.is_match_at(text, starts, &mut budget);
            found.map(|found| (u32::from(found.is_some()), found.unwrap_or(first)))
        } else {
            let most = member.most - self.count;
            member.matcher.count_at(text, starts, most, &mut budget).map(|count| (count, first))
        };
        self.spend(budget);
        self.add(counted, number);
    }

    fn add(&mut self, counted: Result<(u32, usize), Exhausted>, number: u32) {
        match counted {
            Ok((0, _)) => {}
            Ok((count, begin)) => {
                self.count += count;
                self.found.get_or_insert((number, as_u32(begin)));
            }
            Err(Exhausted) => {
                self.count = 0;
                self.is_exhausted = true;
            }
        }
    }
}

/// The state of a member, which is noted if this is the first time that something is met of it.
pub(crate) fn meet<'states>(
    states: &'states mut [State],
    met: &mut Vec<u32>,
    member: u32,
) -> Option<&'states mut State> {
    let state = states.get_mut(member as usize)?;
    if !state.is_met {
        state.is_met = true;
        met.push(member);
    }
    Some(state)
}

pub(crate) fn range((begin, end): (u32, u32)) -> Range<usize> {
    begin as usize..end as usize
}

pub(crate) fn as_u32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
