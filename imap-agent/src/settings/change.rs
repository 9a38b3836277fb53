//! One setting of the file: read for people, and changed where it stands.
//!
//! The file is the person's: a value takes the place of the one before, a setting that was only shown as a comment is
//! written on the line of that comment, and one that goes back to its default becomes that comment again. Everything else
//! stays as it is, to the byte. What would be another file than that is not written.

use std::{collections::BTreeMap, ops::Range};

use tamis_core::{
    Config,
    api::{SettingKind, SettingValue, SettingView},
    config::Kind,
};
use toml_edit::{Array, Document, DocumentMut, Item, Table, Value};

use self::target::Target;
use super::{Settings, SettingsError, arrange::can_take_junk};
use crate::paths::Home;

mod target;

/// What a secret shows if there is one.
const IS_SET: &str = "set";

/// A setting that was changed.
#[derive(Clone, Debug)]
pub struct Changed {
    /// The settings since.
    pub settings: Settings,
    /// What the file said before, as it was written there; `None`: nothing.
    pub before: Option<String>,
    /// What it says now.
    pub after: Option<String>,
}

impl Settings {
    /// Every setting that stands by itself, as people see it.
    pub fn view(&self) -> Result<Vec<SettingView>, SettingsError> {
        let document = self.document()?;
        let all = target::all(document.as_table(), &self.config);
        Ok(all.iter().map(|setting| shown(setting, setting.find(document.as_table()))).collect())
    }

    /// Whether there is a setting of that key.
    pub fn knows(&self, key: &str) -> bool {
        self.arranged(key).is_some() || self.target(key).is_ok()
    }

    fn target(&self, key: &str) -> Result<Target, SettingsError> {
        let document = self.document()?;
        let target = Target::of(key, document.as_table(), &self.config);
        target.ok_or_else(|| SettingsError::Value(format!("there is no setting `{key}`")))
    }

    /// Gives a setting another value, or its default. A value that cannot be changes nothing.
    pub fn set(home: &Home, key: &str, value: Option<&SettingValue>) -> Result<Changed, SettingsError> {
        let setting = Self::load_or_write(home)?.target(key)?;
        if let (true, Some(SettingValue::Text(folder))) = (setting.key.ends_with(".junk_folder"), value) {
            can_take_junk(folder)?;
        }
        let literal = value.map(|value| literal(&setting, value)).transpose()?;
        let empty = ["\"\"", setting.default.as_str()];
        Self::write_setting(home, &setting, literal.as_deref().filter(|literal| !empty.contains(literal)))
    }

    /// Gives several settings other values, or their defaults, in one step. If one of them cannot be, nothing changes.
    pub fn set_together(home: &Home, changes: &[(&str, Option<&SettingValue>)]) -> Result<Self, SettingsError> {
        let mut new = Self::load_or_write(home)?;
        for (key, value) in changes {
            let setting = new.target(key)?;
            let literal = value.map(|value| literal(&setting, value)).transpose()?;
            new.text = new.with_setting(&setting, literal.as_deref().filter(|literal| *literal != "\"\""))?;
        }
        new.config = Config::parse(&new.text)
            .map_err(|err| SettingsError::Value(format!("{}. Nothing was changed", err.what())))?;
        new.write()?;
        Ok(new)
    }

    /// Lets the file say of a setting what it said at another time, as it was written there.
    pub fn put_back(home: &Home, key: &str, literal: Option<&str>) -> Result<Changed, SettingsError> {
        let settings = Self::load_or_write(home)?;
        if let Some(account) = settings.arranged(key).cloned() {
            return settings.put_arrangement_back(&account, literal);
        }
        let setting = settings.target(key)?;
        Self::write_setting(home, &setting, literal)
    }

    /// What the file says of a setting, as it is written there.
    pub fn written(&self, key: &str) -> Result<Option<String>, SettingsError> {
        if let Some(account) = self.arranged(key) {
            return self.arrangement(account);
        }
        let document = self.document()?;
        let setting = Target::of(key, document.as_table(), &self.config);
        Ok(setting.and_then(|setting| setting.find(document.as_table()).map(written)))
    }

    fn write_setting(home: &Home, setting: &Target, literal: Option<&str>) -> Result<Changed, SettingsError> {
        let old = Self::load_or_write(home)?;
        let before = old.written(&setting.key)?;
        let text = old.with_setting(setting, literal)?;
        let config =
            Config::parse(&text).map_err(|err| SettingsError::Value(format!("{}. Nothing was changed", err.what())))?;
        let new = Self { path: old.path.clone(), text, config };
        if new.text != old.text {
            new.write()?;
        }
        Ok(Changed { after: new.written(&setting.key)?, settings: new, before })
    }

    /// The text of the file with another value of a setting.
    fn with_setting(&self, setting: &Target, literal: Option<&str>) -> Result<String, SettingsError> {
        let document = self.document()?;
        let mut wanted = leaves(document.as_table());
        match literal {
            Some(literal) => wanted.insert(setting.leaf(), literal.to_owned()),
            None => wanted.remove(&setting.leaf()),
        };
        let is_wanted = |text: &String| text.parse::<DocumentMut>().is_ok_and(|new| leaves(new.as_table()) == wanted);
        let by_lines = self.by_lines(setting, literal).filter(is_wanted);
        by_lines.or_else(|| inserted(document, setting, literal?).filter(is_wanted)).ok_or_else(|| {
            self.unchangeable(&format!(
                "`{}` stands there in a way that only you can change; edit it by hand",
                setting.key
            ))
        })
    }

    fn by_lines(&self, setting: &Target, literal: Option<&str>) -> Option<String> {
        let text = self.text.as_str();
        let document = Document::parse(text).ok()?;
        let (section, name) = (setting.section(), setting.name.as_str());
        match (setting.find(document.as_table()).and_then(Value::span), literal) {
            (Some(place), Some(literal)) => Some(spliced(text, place, literal)),
            (Some(place), None) => shown_only(text, place, setting),
            (None, Some(literal)) => {
                let lines = lines_of(text, section?)?;
                let is_shown = |line: &&Range<usize>, begin: &str| {
                    text.get((*line).clone()).is_some_and(|line| line.starts_with(&format!("{begin}{name} = ")))
                };
                if let Some(line) = lines.iter().find(|line| is_shown(line, "#")) {
                    return Some(spliced(text, line.clone(), &format!("{name} = {literal}")));
                }
                let example = lines.iter().find(|line| is_shown(line, "# For example: "))?;
                Some(spliced(text, example.end..example.end, &format!("\n{name} = {literal}")))
            }
            (None, None) => Some(text.to_owned()),
        }
    }
}

/// The text with `new` in that place.
fn spliced(text: &str, place: Range<usize>, new: &str) -> String {
    let (before, after) = (text.get(..place.start).unwrap_or(text), text.get(place.end..).unwrap_or_default());
    format!("{before}{new}{after}")
}

/// The text with a setting only as the comment that shows its default; without its line if it has none.
fn shown_only(text: &str, place: Range<usize>, setting: &Target) -> Option<String> {
    let start = text.get(..place.start)?.rfind('\n').map_or(0, |at| at + 1);
    if setting.shown.is_empty() {
        let end = text.get(place.end..)?.find('\n').map_or(text.len(), |at| place.end + at + 1);
        return Some(spliced(text, start..end, ""));
    }
    let name = text.get(start..place.start)?;
    Some(spliced(text, start..place.end, &format!("#{name}{}", setting.shown)))
}

/// Where each line of a section is, without what ends it.
fn lines_of(text: &str, section: &str) -> Option<Vec<Range<usize>>> {
    let header = format!("[{section}]");
    let (mut at, mut lines) = (0, None::<Vec<Range<usize>>>);
    for line in text.split_inclusive('\n') {
        let range = at..at + line.trim_end_matches(['\n', '\r']).len();
        at += line.len();
        if let Some(lines) = &mut lines {
            if line.starts_with('[') {
                break;
            }
            lines.push(range);
        } else if line.trim() == header {
            lines = Some(Vec::new());
        }
    }
    lines
}

/// The document with a setting put at the end of its section.
fn inserted(mut document: DocumentMut, setting: &Target, literal: &str) -> Option<String> {
    let value: Value = literal.parse().ok()?;
    setting.table(&mut document)?.insert(&setting.name, Item::Value(value));
    Some(document.to_string())
}

/// A value as it is written, without what is around it.
fn written(value: &Value) -> String {
    value.clone().decorated("", "").to_string()
}

/// Every value of a document by the way to it.
fn leaves(table: &Table) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (name, item) in table {
        leaves_of(name.to_owned(), item, &mut found);
    }
    found
}

fn leaves_of(path: String, item: &Item, found: &mut BTreeMap<String, String>) {
    if let Some(table) = item.as_table_like() {
        for (name, item) in table.iter() {
            leaves_of(format!("{path}.{name}"), item, found);
        }
    } else if let Some(tables) = item.as_array_of_tables() {
        for (number, table) in tables.iter().enumerate() {
            for (name, item) in table {
                leaves_of(format!("{path}.{number}.{name}"), item, found);
            }
        }
    } else if let Some(value) = item.as_value() {
        found.insert(path, written(value));
    }
}

/// A value as it is written into the file.
fn literal(setting: &Target, value: &SettingValue) -> Result<String, SettingsError> {
    let wrong = || SettingsError::Value(format!("`{}` cannot be that. Nothing was changed", setting.key));
    Ok(match (setting.kind, value) {
        (Kind::Switch, SettingValue::Switch(is_on)) => is_on.to_string(),
        (Kind::Points, SettingValue::Number(points)) if points.is_finite() => {
            format!("{:?}", (points * 1000.0).round() / 1000.0)
        }
        (Kind::Number(least, most), SettingValue::Number(number)) => {
            if !(f64::from(least)..=f64::from(most)).contains(number) || number.fract() != 0.0 {
                let what =
                    format!("`{}` must be a whole number from {least} to {most}. Nothing was changed", setting.name);
                return Err(SettingsError::Value(what));
            }
            number.to_string()
        }
        (
            Kind::Size | Kind::Time | Kind::Clock | Kind::Choice(_) | Kind::Text | Kind::Secret,
            SettingValue::Text(text),
        ) => written(&Value::from(text.trim())),
        (Kind::List, SettingValue::List(texts)) => {
            let texts = texts.iter().map(|text| text.trim()).filter(|text| !text.is_empty());
            written(&Value::Array(texts.collect::<Array>()))
        }
        (
            Kind::Switch
            | Kind::Points
            | Kind::Number(..)
            | Kind::Size
            | Kind::Time
            | Kind::Clock
            | Kind::Choice(_)
            | Kind::Text
            | Kind::List
            | Kind::Secret,
            _,
        ) => return Err(wrong()),
    })
}

/// A setting as people see it.
fn shown(setting: &Target, value: Option<&Value>) -> SettingView {
    let usual = setting.default.parse::<Value>().ok();
    let read = |value: Option<&Value>| match setting.kind {
        Kind::Switch => SettingValue::Switch(value.and_then(Value::as_bool).unwrap_or_default()),
        Kind::Points | Kind::Number(..) => SettingValue::Number(value.and_then(number).unwrap_or_default()),
        Kind::List => {
            let texts = value.and_then(Value::as_array).into_iter().flatten();
            SettingValue::List(texts.filter_map(Value::as_str).map(str::to_owned).collect())
        }
        Kind::Secret => {
            let is_set = value.and_then(Value::as_str).is_some_and(|text| !text.is_empty());
            SettingValue::Text(if is_set { IS_SET } else { "" }.to_owned())
        }
        // A size may be written as a number of bytes.
        Kind::Size | Kind::Time | Kind::Clock | Kind::Choice(_) | Kind::Text => SettingValue::Text(
            value.map(|value| value.as_str().map_or_else(|| written(value), str::to_owned)).unwrap_or_default(),
        ),
    };
    SettingView {
        key: setting.key.clone(),
        kind: match setting.kind {
            Kind::Switch => SettingKind::Switch,
            Kind::Points => SettingKind::Points,
            Kind::Number(least, most) => SettingKind::Number(least, most),
            Kind::Size => SettingKind::Size,
            Kind::Time => SettingKind::Time,
            Kind::Clock => SettingKind::Clock,
            Kind::Choice(words) => SettingKind::Choice(words.iter().map(|word| (*word).to_owned()).collect()),
            Kind::Text => SettingKind::Text,
            Kind::List => SettingKind::List,
            Kind::Secret => SettingKind::Secret,
        },
        value: read(value.or(usual.as_ref())),
        default: read(usual.as_ref()),
        sentence: setting.sentence.clone(),
        needs_restart: setting.needs_restart,
    }
}

#[expect(clippy::cast_precision_loss, reason = "settings are far below what a double counts exactly")]
fn number(value: &Value) -> Option<f64> {
    value.as_float().or_else(|| value.as_integer().map(|whole| whole as f64))
}

#[cfg(test)]
mod tests;
