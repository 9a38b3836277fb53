//! Functions that rules call by name.

mod antivirus;
mod argument;
mod bounce;
mod date;
mod files;
mod forged;
mod freemail;
mod from_name;
mod header;
mod html;
mod image;
mod language;
mod learned;
mod md5;
mod mime;
pub mod network;
mod office;
mod pdf;
mod ratware;
mod recipient;
mod relay;
mod shared;
mod signature;
mod support;
#[cfg(test)]
mod test_mail;
mod text;
#[cfg(test)]
mod trial;
mod unrun;
mod uri;
mod welcome;

pub use bounce::BounceRelays;
pub(crate) use files::Files;
pub use from_name::FromNames;
pub use language::Languages;
pub use office::Settings as OfficeSettings;
pub use unrun::why_unrun;

use std::sync::LazyLock;

use xxhash_rust::xxh3::xxh3_64;

use super::{book::EvalTest, lists::Lists, view::View};

/// One function.
#[derive(Clone, Copy, Debug)]
pub struct Eval {
    /// Its name in rules.
    pub name: &'static str,
    /// How often it holds: 0 is no. An argument that makes no sense is no.
    pub run: fn(&Scene<'_>, &EvalTest) -> u32,
}

/// What a function may look at.
#[derive(Clone, Debug)]
pub struct Scene<'run> {
    /// The message.
    pub view: &'run View<'run>,
    /// What the rule files list.
    pub lists: &'run Lists,
    /// What the learner makes of it, 0 to 1, if it was asked and has an opinion.
    pub probability: Option<f64>,
    shared: shared::Shared,
}

impl<'run> Scene<'run> {
    /// A message before the functions.
    pub fn new(view: &'run View<'run>, lists: &'run Lists, probability: Option<f64>) -> Self {
        Self { view, lists, probability, shared: shared::Shared::default() }
    }
}

/// Every family of functions.
const FAMILIES: &[&[Eval]] = &[
    antivirus::EVALS,
    bounce::EVALS,
    date::EVALS,
    forged::EVALS,
    freemail::EVALS,
    from_name::EVALS,
    header::EVALS,
    html::EVALS,
    image::EVALS,
    language::EVALS,
    learned::EVALS,
    mime::EVALS,
    office::EVALS,
    pdf::EVALS,
    ratware::EVALS,
    recipient::EVALS,
    relay::EVALS,
    signature::EVALS,
    text::EVALS,
    uri::EVALS,
    welcome::EVALS,
];

/// Where all of them are looked up; much larger than they are many.
const PLACES: usize = 1 << 10;

/// All of them, each at the place that a hash of its name says, or at the next one that is free.
static BY_NAME: LazyLock<Vec<Option<&'static Eval>>> = LazyLock::new(|| {
    let mut all: Vec<Option<&'static Eval>> = vec![None; PLACES];
    for eval in FAMILIES.iter().copied().flatten() {
        let place = places(eval.name).find(|place| all.get(*place).is_some_and(Option::is_none));
        place.and_then(|place| all.get_mut(place)).into_iter().for_each(|held| *held = Some(eval));
    }
    all
});

/// The places where it may be.
fn places(name: &str) -> impl Iterator<Item = usize> {
    // Only the lower bits count.
    let [low, next, ..] = xxh3_64(name.as_bytes()).to_le_bytes();
    let from = usize::from(u16::from_le_bytes([low, next])) % PLACES;
    (from..PLACES).chain(0..from)
}

/// The function of this name.
pub fn find(name: &str) -> Option<&'static Eval> {
    let near = places(name).map_while(|place| BY_NAME.get(place).copied().flatten());
    near.into_iter().find(|eval| eval.name == name)
}

#[cfg(test)]
mod tests;
