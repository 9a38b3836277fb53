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

use std::{cell::OnceCell, collections::BTreeMap, sync::LazyLock};

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
    /// See [`Scene::shift`].
    shift: OnceCell<i64>,
}

impl<'run> Scene<'run> {
    /// A message before the functions.
    pub fn new(view: &'run View<'run>, lists: &'run Lists, probability: Option<f64>) -> Self {
        Self { view, lists, probability, shift: OnceCell::new() }
    }

    /// Seconds the date of the message is ahead of the nearest `Received`; 0 if either is missing.
    fn shift(&self) -> i64 {
        *self.shift.get_or_init(|| date::shift(self))
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

/// All of them, by name.
static BY_NAME: LazyLock<BTreeMap<&str, &Eval>> =
    LazyLock::new(|| FAMILIES.iter().copied().flatten().map(|eval| (eval.name, eval)).collect());

/// The function of this name.
pub fn find(name: &str) -> Option<&'static Eval> {
    BY_NAME.get(name).copied()
}

#[cfg(test)]
mod tests;
