//! `util_rb_2tld` and the like: below which names domains are registered.

use std::collections::BTreeSet;

use crate::rules::book::Directive;

/// Names of two, three and four labels that are no one's own, such as `co.uk`.
#[derive(Clone, Debug, Default)]
pub struct Registry(BTreeSet<String>);

impl Registry {
    /// Takes the names from the directives, in order.
    pub fn read(directives: &[Directive]) -> Self {
        let mut registry = Self::default();
        for directive in directives {
            match directive.name.as_str() {
                "util_rb_2tld" | "util_rb_3tld" | "util_rb_4tld" => {
                    registry.0.extend(directive.value.split_whitespace().map(str::to_ascii_lowercase));
                }
                "clear_util_rb" => registry.0.clear(),
                _ => {}
            }
        }
        registry
    }

    /// The part of a host name that is registered: one label more than the longest listed end, else two labels. A name
    /// without a dot is itself.
    pub fn registered<'host>(&self, host: &'host str) -> &'host str {
        let host = host.trim_matches('.');
        let starts: Vec<usize> = host.rmatch_indices('.').map(|(at, _)| at + 1).take(MOST_LABELS).collect();
        // `starts[n]` is where the last n + 1 labels begin.
        let is_listed = |labels: usize| {
            let end = starts.get(labels - 1).and_then(|start| host.get(*start..));
            end.is_some_and(|end| self.0.contains(&end.to_ascii_lowercase()))
        };
        let labels = (2..=4).rev().find(|labels| is_listed(*labels)).map_or(2, |labels| labels + 1);
        starts.get(labels - 1).and_then(|start| host.get(*start..)).unwrap_or(host)
    }
}

/// Most labels of what is registered.
const MOST_LABELS: usize = 5;
