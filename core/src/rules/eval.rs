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

/// As many places as [`place`] gives.
const PLACES: usize = 512;

/// All of them, each at the place of its name or behind it, where nothing was. A message asks for a hundred.
static BY_NAME: LazyLock<Vec<Option<&Eval>>> = LazyLock::new(|| {
    let mut all = vec![None; PLACES + FAMILIES.iter().copied().flatten().count()];
    for eval in FAMILIES.iter().copied().flatten() {
        let free = all.iter_mut().skip(place(eval.name)).find(|held| held.is_none());
        if let Some(held) = free {
            *held = Some(eval);
        }
    }
    all
});

/// Where a name is looked for first.
fn place(name: &str) -> usize {
    let name = name.as_bytes();
    let number = |bytes: Option<&[u8; 8]>| bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes));
    let (first, last) = (number(name.first_chunk()), number(name.last_chunk()));
    let sum = (first ^ last.rotate_left(23)).wrapping_add(name.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (sum >> 55) as usize
}

/// The function of this name.
pub fn find(name: &str) -> Option<&'static Eval> {
    let (_, from) = BY_NAME.split_at_checked(place(name))?;
    from.iter().map_while(|held| *held).find(|eval| eval.name == name)
}

#[cfg(test)]
mod tests;
