//! The window's words, in the person's language: Fluent files in `assets/text`, one for each part of the window.
//!
//! `t!("review-empty")` is a line of them, `t!("review-chosen", count = 3)` one with values put in. A line that a language
//! lacks is that of English. Numbers get their separators here; a text from outside is put in as it is, so it must have gone
//! through [`view::shown`](crate::view::shown).

use std::{borrow::Cow, cell::Cell, sync::LazyLock};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use serde::{Deserialize, Serialize};
use unic_langid::LanguageIdentifier;

/// The languages, and that of the system.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// As the system, if it is one of these; else English.
    #[default]
    System,
    /// English.
    English,
    /// German.
    German,
}

struct Words {
    code: &'static str,
    files: &'static [&'static str],
}

macro_rules! words {
    ($code:literal: $($part:literal)*) => {
        Words {
            code: $code,
            files: &[$(include_str!(concat!("../../assets/text/", $code, "/", $part, ".ftl"))),*],
        }
    };
}

/// The languages there are, English first. Each has the same files.
const LANGUAGES: [Words; 2] = [
    words!("en": "about" "account" "accounts" "client" "history" "learning" "lists" "message" "people" "review" "route" "settings"
        "setup" "shell" "side" "signin" "statistics" "view"),
    words!("de": "about" "account" "accounts" "client" "history" "learning" "lists" "message" "people" "review" "route" "settings"
        "setup" "shell" "side" "signin" "statistics" "view"),
];

type Bundle = FluentBundle<FluentResource>;

static BUNDLES: LazyLock<Vec<Bundle>> = LazyLock::new(|| LANGUAGES.iter().map(bundle).collect());

thread_local! {
    /// The place in [`LANGUAGES`] of the one that this thread speaks: one draws the window, and each test has its own.
    static SPOKEN: Cell<usize> = const { Cell::new(0) };
}

/// Speaks that language on this thread from now on. Before the first call that is English.
pub fn speak(language: Language) {
    let code = match language {
        Language::System => sys_locale::get_locale().unwrap_or_default(),
        Language::English => "en".to_owned(),
        Language::German => "de".to_owned(),
    };
    let of_system = code.split(['-', '_', '.']).next().unwrap_or_default().to_lowercase();
    let index = LANGUAGES.iter().position(|words| words.code == of_system).unwrap_or(0);
    SPOKEN.set(index);
}

/// The language that this thread speaks.
pub(crate) fn language() -> Language {
    if spoken() == "de" { Language::German } else { Language::English }
}

/// The code of the language that is spoken: `en`, `de`.
pub(crate) fn spoken() -> &'static str {
    LANGUAGES.get(SPOKEN.get()).map_or("en", |words| words.code)
}

/// The line of that name. `t!` is how it is called.
pub(crate) fn line(id: &'static str, values: &[(&'static str, Value<'_>)]) -> String {
    let args: FluentArgs<'_> = values.iter().map(|(name, value)| (*name, value.0.clone())).collect();
    for bundle in BUNDLES.get(SPOKEN.get()).into_iter().chain(BUNDLES.first()) {
        if let Some(pattern) = bundle.get_message(id).and_then(|message| message.value()) {
            let text = bundle.format_pattern(pattern, Some(&args), &mut Vec::new());
            return text.into_owned();
        }
    }
    id.to_owned()
}

/// The line for something that the agent names, such as `setting-judge-tag` for the prefix `setting` and the key `judge.tag`;
/// or what the line says about it. `None` if no language has it: a newer agent may know more.
pub(crate) fn by_key(prefix: &str, key: &str, part: Part) -> Option<String> {
    let id = format!("{prefix}-{}", key.replace(['.', ' '], "-"));
    BUNDLES.get(SPOKEN.get()).into_iter().chain(BUNDLES.first()).find_map(|bundle| {
        let message = bundle.get_message(&id)?;
        let pattern = match part {
            Part::Name => message.value(),
            Part::About => message.get_attribute("about").map(|about| about.value()),
        };
        Some(bundle.format_pattern(pattern?, None, &mut Vec::new()).into_owned())
    })
}

/// What of a line is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// The line itself.
    Name,
    /// Its attribute `about`: what it is, in a sentence.
    About,
}

/// What is put into a line.
pub(crate) struct Value<'a>(FluentValue<'a>);

macro_rules! value_of_number {
    ($($kind:ty)*) => {
        $(impl From<$kind> for Value<'_> {
            fn from(value: $kind) -> Self {
                Self(FluentValue::from(value))
            }
        })*
    };
}

value_of_number!(u8 u32 i32 u64 i64 usize f64);

impl<'a> From<&'a str> for Value<'a> {
    fn from(value: &'a str) -> Self {
        Self(FluentValue::String(Cow::Borrowed(value)))
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(value: &'a String) -> Self {
        Self(FluentValue::String(Cow::Borrowed(value)))
    }
}

impl From<String> for Value<'_> {
    fn from(value: String) -> Self {
        Self(FluentValue::String(Cow::Owned(value)))
    }
}

impl<'a> From<Cow<'a, str>> for Value<'a> {
    fn from(value: Cow<'a, str>) -> Self {
        Self(FluentValue::String(value))
    }
}

/// The line of that name in the person's language, with these values: `t!("review-chosen", count = 3)`.
macro_rules! t {
    ($id:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::text::line($id, &[$((stringify!($name), $crate::text::Value::from($value))),*])
    };
}

pub(crate) use t;

fn bundle(words: &Words) -> Bundle {
    let language: LanguageIdentifier = words.code.parse().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![language]);
    // The marks that would keep directions apart have no shape in our fonts; what is shown has gone through `bidi`.
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(if words.code == "de" { german_number } else { english_number }));
    for file in words.files {
        // What can be read of a broken file is taken; a test reads them all.
        let resource = FluentResource::try_new((*file).to_owned()).unwrap_or_else(|(resource, _)| resource);
        bundle.add_resource(resource).ok();
    }
    bundle
}

/// A number with the separators of the language.
pub(crate) fn grouped(value: u32) -> String {
    let (group, point) = if spoken() == "de" { ('.', ',') } else { (',', '.') };
    number(&FluentValue::from(value), group, point).unwrap_or_default()
}

fn english_number<M>(value: &FluentValue<'_>, _: &M) -> Option<String> {
    number(value, ',', '.')
}

fn german_number<M>(value: &FluentValue<'_>, _: &M) -> Option<String> {
    number(value, '.', ',')
}

/// A number with `group` before each three digits, and `point` before its fraction.
fn number(value: &FluentValue<'_>, group: char, point: char) -> Option<String> {
    let FluentValue::Number(number) = value else { return None };
    Some(separated(&number.as_string(), group, point))
}

/// A number that is written as programs do, with the separators of the language: `1234.5` is `1,234.5` or `1.234,5`.
pub(crate) fn figure(text: &str) -> String {
    if spoken() == "de" { separated(text, '.', ',') } else { separated(text, ',', '.') }
}

fn separated(text: &str, group: char, point: char) -> String {
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, rest)| (whole, Some(rest)));
    let digits = whole.trim_start_matches('-');
    let mut out = String::with_capacity(text.len() + 4);
    out.push_str(if whole.starts_with('-') { "-" } else { "" });
    for (place, digit) in digits.chars().enumerate() {
        if 0 < place && (digits.len() - place).is_multiple_of(3) {
            out.push(group);
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push(point);
        out.push_str(fraction);
    }
    out
}

#[cfg(test)]
mod tests;
