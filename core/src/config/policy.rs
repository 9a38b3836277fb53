//! The `[policy]` section, for all accounts or one.

use serde::Deserialize;
use toml::Spanned;

use super::{ConfigError, units::Size};
use crate::{
    judge::Class,
    policy::{Action, Policy, SizeRule},
};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct PolicySection {
    ham: Option<Spanned<String>>,
    unsure: Option<Spanned<String>>,
    spam: Option<Spanned<String>>,
    size: Option<Vec<SizeSection>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SizeSection {
    above: Spanned<Size>,
    ham: Option<Spanned<String>>,
    unsure: Option<Spanned<String>>,
    spam: Option<Spanned<String>>,
}

impl PolicySection {
    /// `base` with what this section says. A list of sizes replaces the whole list.
    pub(super) fn apply(self, text: &str, base: &Policy) -> Result<Policy, ConfigError> {
        let of = |class, word: Option<Spanned<String>>| action(text, class, word.as_ref());
        let by_size = match self.size {
            Some(sections) => {
                let rules = sections.into_iter().map(|section| section.rule(text));
                let mut rules = rules.collect::<Result<Vec<_>, _>>()?;
                rules.sort_by_key(|rule| rule.above);
                rules
            }
            None => base.by_size.clone(),
        };
        Ok(Policy {
            ham: of(Class::Ham, self.ham)?.unwrap_or(base.ham),
            unsure: of(Class::Unsure, self.unsure)?.unwrap_or(base.unsure),
            spam: of(Class::Spam, self.spam)?.unwrap_or(base.spam),
            by_size,
        })
    }
}

impl SizeSection {
    fn rule(self, text: &str) -> Result<SizeRule, ConfigError> {
        let above = self.above.get_ref().bytes().ok_or_else(|| {
            let what = "`above` must be a size such as \"10 MB\"".to_owned();
            ConfigError::at(text, &self.above.span(), what)
        })?;
        Ok(SizeRule {
            above,
            ham: action(text, Class::Ham, self.ham.as_ref())?,
            unsure: action(text, Class::Unsure, self.unsure.as_ref())?,
            spam: action(text, Class::Spam, self.spam.as_ref())?,
        })
    }
}

fn action(text: &str, class: Class, word: Option<&Spanned<String>>) -> Result<Option<Action>, ConfigError> {
    let Some(word) = word else { return Ok(None) };
    let found = Action::from_word(word.get_ref()).filter(|action| action.is_for(class));
    found.map(Some).ok_or_else(|| {
        let words: Vec<String> = Action::ALL
            .into_iter()
            .filter(|action| action.is_for(class))
            .map(|action| format!("\"{}\"", action.word()))
            .collect();
        let words = match words.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, others)) => format!("{} or {last}", others.join(", ")),
            None => String::new(),
        };
        let what = format!("`{}` can be {words}, not \"{}\"", class.word(), word.get_ref());
        ConfigError::at(text, &word.span(), what)
    })
}
