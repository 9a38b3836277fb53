//! Small sets and maps: an address has few forms and fewer hosts.

use std::borrow::Borrow;

/// Different things in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sorted<T>(Vec<T>);

impl<T> Default for Sorted<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Ord> Sorted<T> {
    /// Adds one, if it is new.
    pub fn insert(&mut self, one: T) {
        if let Err(at) = self.0.binary_search(&one) {
            self.0.insert(at, one);
        }
    }

    /// Adds some.
    pub fn extend(&mut self, some: impl IntoIterator<Item = T>) {
        some.into_iter().for_each(|one| self.insert(one));
    }

    /// Whether one is among them.
    pub fn contains<Q: Ord + ?Sized>(&self, one: &Q) -> bool
    where
        T: Borrow<Q>,
    {
        self.0.binary_search_by(|known| known.borrow().cmp(one)).is_ok()
    }

    /// All of them.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.0.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'set, T: Ord> IntoIterator for &'set Sorted<T> {
    type Item = &'set T;
    type IntoIter = std::slice::Iter<'set, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Hosts with their registered domains, in the order of their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hosts(Vec<(String, String)>);

impl Hosts {
    pub(super) fn insert(&mut self, host: String, domain: String) {
        match self.0.binary_search_by(|(known, _)| known.cmp(&host)) {
            Ok(_) => {}
            Err(at) => self.0.insert(at, (host, domain)),
        }
    }

    /// The hosts.
    pub fn keys(&self) -> impl Iterator<Item = &String> {
        self.0.iter().map(|(host, _)| host)
    }

    /// Their domains.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(_, domain)| domain.as_str())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
