//! What stands after `if`: `(version >= 4.000000) && plugin(Mail::SpamAssassin::Plugin::DKIM)`.

use std::collections::BTreeSet;

use super::plugins::{CORE_FEATURES, PREFIX, find};

/// The version of the rule language that we read, as SpamAssassin writes it.
const VERSION: f64 = 4.000_001;

/// Rules that ask for it want possessive quantifiers and named groups, which came with 5.010.
const PERL_VERSION: f64 = 5.036;

/// Parentheses and signs go no deeper.
const DEPTH: usize = 50;

/// What conditions can ask for.
#[derive(Clone, Debug, Default)]
pub(super) struct World {
    /// Plugins that are on, with their whole names.
    pub plugins: BTreeSet<String>,
    /// What `enable_compat` switched on.
    pub compat: BTreeSet<String>,
}

/// Whether a condition holds. `Err` says why it cannot be read.
pub(super) fn holds(text: &str, world: &World) -> Result<bool, String> {
    if text.is_empty() {
        // As it is there.
        return Ok(true);
    }
    let mut parser = Parser { rest: text, world, level: 0 };
    let value = parser.any()?;
    if !parser.rest.trim_start().is_empty() {
        return Err(format!("the condition is not understood from `{}` on", parser.rest.trim_start()));
    }
    Ok(value != 0.0)
}

impl World {
    pub(super) fn has_plugin(&self, name: &str) -> bool {
        let name = name.trim();
        let plugin = find(name).filter(|_| name.starts_with(PREFIX));
        plugin.is_some_and(|plugin| self.plugins.contains(&plugin.full_name()))
    }

    /// `can(Package::function)`, or `has` if it need not be a feature.
    fn can(&self, what: &str, or_function: bool) -> bool {
        let Some((package, function)) = what.trim().rsplit_once("::") else { return false };
        if package == "Mail::SpamAssassin::Conf" {
            let compat = function.strip_prefix("compat_").is_some_and(|name| self.compat.contains(name));
            return compat || CORE_FEATURES.contains(&function);
        }
        let Some(plugin) = find(package).filter(|_| self.has_plugin(package)) else { return false };
        plugin.features.contains(&function) || or_function && plugin.functions.contains(&function)
    }
}

/// Reads and evaluates at once.
struct Parser<'a> {
    rest: &'a str,
    world: &'a World,
    level: usize,
}

const COMPARISONS: &[&str] = &["<=", ">=", "==", "!=", "<", ">"];

impl<'a> Parser<'a> {
    fn any(&mut self) -> Result<f64, String> {
        let mut value = self.all()?;
        while self.takes("||") {
            let other = self.all()?;
            value = if value == 0.0 { other } else { value };
        }
        Ok(value)
    }

    fn all(&mut self) -> Result<f64, String> {
        let mut value = self.comparison()?;
        while self.takes("&&") {
            let other = self.comparison()?;
            value = if value == 0.0 { value } else { other };
        }
        Ok(value)
    }

    #[expect(clippy::float_cmp, reason = "versions are compared as they are written")]
    fn comparison(&mut self) -> Result<f64, String> {
        let left = self.sum()?;
        let Some(sign) = COMPARISONS.iter().find(|sign| self.takes(sign)) else { return Ok(left) };
        let right = self.sum()?;
        let holds = match *sign {
            "<=" => left <= right,
            ">=" => left >= right,
            "==" => left == right,
            "!=" => left != right,
            "<" => left < right,
            _ => left > right,
        };
        Ok(if holds { 1.0 } else { 0.0 })
    }

    fn sum(&mut self) -> Result<f64, String> {
        let mut value = self.one()?;
        loop {
            if self.takes("+") {
                value += self.one()?;
            } else if self.takes("-") {
                value -= self.one()?;
            } else if self.takes("*") {
                value *= self.one()?;
            } else {
                return Ok(value);
            }
        }
    }

    fn one(&mut self) -> Result<f64, String> {
        if self.takes("!") {
            return self.deeper(Self::one).map(|value| if value == 0.0 { 1.0 } else { 0.0 });
        }
        if self.takes("(") {
            let value = self.deeper(Self::any)?;
            return if self.takes(")") { Ok(value) } else { Err("the condition has a `(` and no `)`".to_owned()) };
        }
        let word = self.word();
        match word {
            "version" => Ok(VERSION),
            "perl_version" => Ok(PERL_VERSION),
            "local_tests_only" => Ok(1.0),
            "plugin" | "can" | "has" => self.call(word),
            "" => Err("the condition ends or breaks off where something is missing".to_owned()),
            word if word.starts_with(|c: char| c.is_ascii_digit() || c == '.') => {
                word.parse().map_err(|err: std::num::ParseFloatError| format!("the condition has `{word}`: {err}"))
            }
            // To Perl it is text, and that is true.
            _ => Ok(1.0),
        }
    }

    fn call(&mut self, function: &str) -> Result<f64, String> {
        let after = self.rest.trim_start().strip_prefix('(').and_then(|rest| rest.split_once(')'));
        let Some((argument, rest)) = after else { return Err(format!("the condition's `{function}` names nothing")) };
        self.rest = rest;
        let holds = match function {
            "plugin" => self.world.has_plugin(argument),
            "can" => self.world.can(argument, false),
            _ => self.world.can(argument, true),
        };
        Ok(if holds { 1.0 } else { 0.0 })
    }

    fn deeper(&mut self, read: fn(&mut Self) -> Result<f64, String>) -> Result<f64, String> {
        self.level += 1;
        if DEPTH < self.level {
            return Err("the condition is nested too deeply".to_owned());
        }
        let value = read(self);
        self.level -= 1;
        value
    }

    fn takes(&mut self, sign: &str) -> bool {
        let rest = self.rest.trim_start();
        // `!=` is no `!`.
        let is_other = sign == "!" && rest.starts_with("!=");
        match rest.strip_prefix(sign).filter(|_| !is_other) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn word(&mut self) -> &'a str {
        let text = self.rest.trim_start();
        let end = text.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '.' | ':'));
        let (word, rest) = text.split_at_checked(end.unwrap_or(text.len())).unwrap_or((text, ""));
        self.rest = rest;
        word
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_hold_as_in_spamassassin() {
        let plugins = ["FreeMail", "DKIM", "DMARC"].map(|name| format!("Mail::SpamAssassin::Plugin::{name}"));
        let world = World { plugins: plugins.into(), compat: ["welcomelist_blocklist".to_owned()].into() };
        for (text, want) in [
            ("(version >= 3.004000)", true),
            ("version > 4.000001", false),
            ("(version >= 4.000001) && plugin(Mail::SpamAssassin::Plugin::DKIM)", true),
            ("!plugin(Mail::SpamAssassin::Plugin::DKIM) || (version < 3)", false),
            ("!(!plugin(Mail::SpamAssassin::Plugin::DKIM))", true),
            ("plugin ( Mail::SpamAssassin::Plugin::FreeMail )", true),
            ("plugin(FreeMail)", false),
            ("plugin(Mail::SpamAssassin::Plugin::Dmarc)", true),
            ("plugin(Nothing::Here) == 0", true),
            ("can(Mail::SpamAssassin::Conf::feature_bug6558_free)", true),
            ("can(Mail::SpamAssassin::Conf::feature_nonexistent)", false),
            ("can(Mail::SpamAssassin::Conf::compat_welcomelist_blocklist)", true),
            ("can(Mail::SpamAssassin::Plugin::DKIM::has_arc)", true),
            ("can(Mail::SpamAssassin::Plugin::OLEVBMacro::has_olertfobject)", false),
            ("can(Mail::SpamAssassin::Plugin::FreeMail::check_freemail_from)", false),
            ("has(Mail::SpamAssassin::Plugin::FreeMail::check_freemail_from)", true),
            ("can()", false),
            ("local_tests_only", true),
            ("perl_version >= 5.010", true),
            ("(1 + 1 == 2)", true),
            ("!!1", true),
            ("! 1", false),
            ("1 != 2", true),
            ("foobar", true),
            ("", true),
        ] {
            assert_eq!(holds(text, &world), Ok(want), "{text}");
        }
        for text in ["version >= 3.004 and version < 5", "(1", "1)", "plugin", "version >=", &"(".repeat(100_000)] {
            assert!(holds(text, &world).is_err(), "{text}");
        }
    }
}
