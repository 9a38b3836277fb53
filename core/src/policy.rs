//! From a verdict to what is done with the message.

use crate::judge::Class;

/// What happens to one message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Action {
    /// It stays where it is.
    #[default]
    Leave,
    /// It stays, with the keyword `$Junk` (for wanted mail `$NotJunk`) where the folder keeps keywords.
    Keyword,
    /// A copy with a mark in the subject and `X-Spam-*` lines takes its place.
    Tag,
    /// A copy without dangerous files and active HTML takes its place.
    Strip,
    /// It moves to the account's Junk folder.
    MoveToJunk,
    /// It moves to the account's quarantine folder.
    Quarantine,
    /// It is sent to another address, and moves to the Junk folder.
    Forward,
    /// It is sent to another address, and stays.
    ForwardAndDeliver,
    /// It is removed from the server, once the archive on this machine holds it.
    Delete,
}

impl Action {
    /// All of them, the mildest first.
    pub const ALL: [Self; 9] = [
        Self::Leave,
        Self::Keyword,
        Self::Tag,
        Self::Strip,
        Self::MoveToJunk,
        Self::Quarantine,
        Self::Forward,
        Self::ForwardAndDeliver,
        Self::Delete,
    ];

    /// The word used in settings, the store and the log, such as `junk`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Leave => "leave",
            Self::Keyword => "keyword",
            Self::Tag => "tag",
            Self::Strip => "strip",
            Self::MoveToJunk => "junk",
            Self::Quarantine => "quarantine",
            Self::Forward => "forward",
            Self::ForwardAndDeliver => "forward-and-deliver",
            Self::Delete => "delete",
        }
    }

    /// Reads [`Action::word`] back.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.word() == word)
    }

    /// Whether the message leaves the inbox by it.
    pub const fn takes_away(self) -> bool {
        matches!(self, Self::MoveToJunk | Self::Quarantine | Self::Forward | Self::Delete)
    }

    /// The same for a message in which the virus scanner knows something: it is sent to nobody, and a copy without what we
    /// take for dangerous may well have what the scanner has found, so it is put into the Junk folder instead. So is what is of
    /// somebody the person knows, rather than removed: scanners err.
    #[must_use]
    pub const fn for_infected(self, is_known: bool) -> Self {
        match self {
            Self::Delete if is_known => Self::MoveToJunk,
            Self::Strip | Self::Forward | Self::ForwardAndDeliver => Self::MoveToJunk,
            Self::Leave | Self::Keyword | Self::Tag | Self::MoveToJunk | Self::Quarantine | Self::Delete => self,
        }
    }

    /// Whether it sends the message to somebody.
    pub const fn sends(self) -> bool {
        matches!(self, Self::Forward | Self::ForwardAndDeliver)
    }

    /// Whether it may be done to mail of that class. Wanted mail is never changed nor moved, and doubt stays on the server.
    pub const fn is_for(self, class: Class) -> bool {
        match class {
            Class::Ham => matches!(self, Self::Leave | Self::Keyword),
            Class::Unsure => !matches!(self, Self::Forward | Self::Delete),
            Class::Spam => true,
        }
    }
}

/// What the person wants done with each class of an account's mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// For [`Class::Ham`]: to leave it, or a keyword.
    pub ham: Action,
    /// For [`Class::Unsure`].
    pub unsure: Action,
    /// For [`Class::Spam`].
    pub spam: Action,
    /// Exceptions for large mail, the smallest size first.
    pub by_size: Vec<SizeRule>,
}

/// What is done with messages above a size. Of several rules that apply, the one for the largest mail says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SizeRule {
    /// Messages of more bytes than this.
    pub above: u64,
    /// For [`Class::Ham`], if it is another than for smaller ones.
    pub ham: Option<Action>,
    /// For [`Class::Unsure`], likewise.
    pub unsure: Option<Action>,
    /// For [`Class::Spam`], likewise.
    pub spam: Option<Action>,
}

impl Default for Policy {
    fn default() -> Self {
        Self { ham: Action::Leave, unsure: Action::Leave, spam: Action::MoveToJunk, by_size: Vec::new() }
    }
}

impl Policy {
    /// Every action it can come to.
    pub fn actions(&self) -> impl Iterator<Item = Action> {
        let exceptions = self.by_size.iter().flat_map(|rule| [rule.ham, rule.unsure, rule.spam].into_iter().flatten());
        [self.ham, self.unsure, self.spam].into_iter().chain(exceptions)
    }
}

impl SizeRule {
    const fn of(&self, class: Class) -> Option<Action> {
        match class {
            Class::Ham => self.ham,
            Class::Unsure => self.unsure,
            Class::Spam => self.spam,
        }
    }
}

/// What `policy` says about a message of that class with `size` bytes. What a class may not have done to it is left.
pub fn decide(class: Class, size: u64, policy: &Policy) -> Action {
    let exceptions = policy.by_size.iter().filter(|rule| rule.above < size);
    let exception = exceptions.filter_map(|rule| rule.of(class).map(|action| (rule.above, action))).max();
    let action = match (exception, class) {
        (Some((_, action)), _) => action,
        (None, Class::Ham) => policy.ham,
        (None, Class::Unsure) => policy.unsure,
        (None, Class::Spam) => policy.spam,
    };
    if action.is_for(class) { action } else { Action::Leave }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_action() -> impl Strategy<Value = Action> {
        prop::sample::select(Action::ALL.to_vec())
    }

    prop_compose! {
        fn any_policy()(
            ham in any_action(), unsure in any_action(), spam in any_action(),
            rules in prop::collection::vec(
                (0..100_u64, prop::option::of(any_action()), prop::option::of(any_action()), prop::option::of(any_action())),
                0..4,
            ),
        ) -> Policy {
            let rule = |(above, ham, unsure, spam)| SizeRule { above, ham, unsure, spam };
            Policy { ham, unsure, spam, by_size: rules.into_iter().map(rule).collect() }
        }
    }

    #[test]
    fn every_action_has_a_word_of_its_own() {
        for action in Action::ALL {
            assert_eq!(Action::from_word(action.word()), Some(action));
        }
        assert_eq!(Action::from_word("burn"), None);
    }

    #[test]
    fn what_is_infected_is_sent_to_nobody_and_never_stripped() {
        for action in Action::ALL {
            let safe = action.for_infected(false);
            assert!(!safe.sends() && safe != Action::Strip, "{action:?}");
            assert!(safe == action || safe == Action::MoveToJunk, "{action:?}");
        }
    }

    #[test]
    fn the_rule_for_the_largest_mail_says_what_is_done() {
        let rule = |above, spam| SizeRule { above, ham: None, unsure: None, spam };
        let by_size = vec![rule(10, Some(Action::Leave)), rule(20, Some(Action::Tag)), rule(30, None)];
        let policy = Policy { by_size, ..Policy::default() };
        for (size, want) in [(0, Action::MoveToJunk), (10, Action::MoveToJunk), (11, Action::Leave), (99, Action::Tag)]
        {
            assert_eq!(decide(Class::Spam, size, &policy), want, "{size} bytes");
        }
        assert_eq!(decide(Class::Unsure, 99, &policy), Action::Leave);
    }

    proptest! {
        #[test]
        fn wanted_mail_stays_where_it_is_under_any_policy(policy in any_policy(), size in 0..200_u64) {
            let action = decide(Class::Ham, size, &policy);
            prop_assert!(!action.takes_away() && !action.sends() && !matches!(action, Action::Tag | Action::Strip));
        }

        #[test]
        fn doubtful_mail_is_never_removed_nor_sent_away(policy in any_policy(), size in 0..200_u64) {
            let action = decide(Class::Unsure, size, &policy);
            prop_assert!(action != Action::Delete && action != Action::Forward);
        }

        #[test]
        fn an_action_is_always_one_that_the_policy_names(policy in any_policy(), size in 0..200_u64) {
            for class in [Class::Ham, Class::Unsure, Class::Spam] {
                let action = decide(class, size, &policy);
                prop_assert!(action == Action::Leave || policy.actions().any(|named| named == action));
            }
        }

        #[test]
        fn the_order_of_the_size_rules_does_not_matter(policy in any_policy(), size in 0..200_u64) {
            let distinct: std::collections::BTreeSet<u64> = policy.by_size.iter().map(|rule| rule.above).collect();
            prop_assume!(distinct.len() == policy.by_size.len());
            let mut reversed = policy.clone();
            reversed.by_size.reverse();
            prop_assert_eq!(decide(Class::Spam, size, &policy), decide(Class::Spam, size, &reversed));
        }
    }
}
