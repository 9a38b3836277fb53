//! Patterns that rules give to functions, compiled once.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use crate::rules::{book::Pattern, pattern::Search};

/// Most patterns kept.
const MOST: usize = 1000;

/// Patterns by their text. What is none is remembered too.
#[derive(Debug, Default)]
pub struct Patterns(Mutex<BTreeMap<String, Option<Arc<Search>>>>);

impl Patterns {
    /// The pattern of this text; `None` if it is none.
    pub(crate) fn get(&self, text: &str) -> Option<Arc<Search>> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(search) = known.get(text) {
            return search.clone();
        }
        let pattern = Pattern { text: text.to_owned(), ..Pattern::default() };
        let search = Search::new(&pattern).map(Arc::new);
        if known.len() < MOST {
            known.insert(text.to_owned(), search.clone());
        }
        search
    }
}
