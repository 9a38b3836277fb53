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

/// All of them, by a hash of the name.
static BY_NAME: LazyLock<Vec<(u64, &Eval)>> = LazyLock::new(|| {
    let mut all: Vec<_> =
        FAMILIES.iter().copied().flatten().map(|eval| (xxh3_64(eval.name.as_bytes()), eval)).collect();
    all.sort_by_key(|(hash, _)| *hash);
    all
});

/// The function of this name.
pub fn find(name: &str) -> Option<&'static Eval> {
    let hash = xxh3_64(name.as_bytes());
    let from = BY_NAME.partition_point(|(known, _)| *known < hash);
    let alike = BY_NAME.iter().skip(from).take_while(|(known, _)| *known == hash);
    alike.map(|(_, eval)| *eval).find(|eval| eval.name == name)
}

#[cfg(test)]
mod tests;
