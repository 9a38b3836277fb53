//! Where a setting stands in the file: in a section of its own name, or in that of an account.

use tamis_core::{
    CHECKS, Check, Config, Finding, SymbolInfo, Words,
    config::{Kind, OF_ACCOUNT, SETTINGS, Setting},
    in_words_in, symbols,
};
use toml_edit::{DocumentMut, Item, Table, TableLike, Value};

use crate::tongue;

/// What one check finds, at most so many things, says what it is.
const SAID_OF_CHECK: usize = 3;

/// One setting, as the file has it.
#[derive(Clone, Debug)]
pub(super) struct Target {
    /// Such as `judge.tag`, `checks.date`, `scores.MISSING_DATE` or `account.Work.policy.spam`.
    pub(super) key: String,
    pub(super) kind: Kind,
    /// What it is unless written, as it would stand in the file.
    pub(super) default: String,
    /// What the comment says that stands in its place while it is not written; empty: nothing stands there.
    pub(super) shown: String,
    pub(super) sentence: String,
    pub(super) needs_restart: bool,
    /// Its name in its section.
    pub(super) name: String,
    place: Place,
}

#[derive(Clone, Debug)]
enum Place {
    Section(String),
    /// Of the account of that number, in that section of its own if there is one.
    Account(usize, Option<&'static str>),
}

/// Every setting: those of the table, each check, the points that the file gives, and those of each account.
pub(super) fn all(table: &Table, config: &Config) -> Vec<Target> {
    let mut all: Vec<Target> = SETTINGS.iter().map(Target::plain).collect();
    for (number, account) in config.accounts().iter().enumerate() {
        let own = OF_ACCOUNT.iter().map(|setting| Target::of_account(setting, (number, &account.name), table));
        all.extend(own);
    }
    all.extend(CHECKS.iter().map(|check| Target::check(*check)));
    let scores = table.get("scores").and_then(Item::as_table_like);
    let scores = scores.into_iter().flat_map(TableLike::iter).filter(|(_, item)| item.is_value());
    all.extend(scores.map(|(name, _)| Target::score(name)));
    all
}

/// What a symbol means, in the language of whoever asks.
fn words_of(info: &SymbolInfo) -> String {
    let finding = Finding { symbol: info.symbol(), about: Words::new(info.about), why: String::new() };
    in_words_in(tongue::asked(), &finding).text
}

impl Target {
    /// The setting of that key.
    pub(super) fn of(key: &str, table: &Table, config: &Config) -> Option<Self> {
        if let Some(setting) = Setting::of(key) {
            return Some(Self::plain(setting));
        }
        if let Some(name) = key.strip_prefix("checks.") {
            return CHECKS.iter().find(|check| check.name() == name).map(|check| Self::check(*check));
        }
        if let Some(name) = key.strip_prefix("scores.") {
            return Some(Self::score(name));
        }
        let (name, setting) = Setting::of_account(key)?;
        let number = config.accounts().iter().position(|account| account.name == name)?;
        Some(Self::of_account(setting, (number, name), table))
    }

    fn plain(setting: &Setting) -> Self {
        let (section, name) = setting.place();
        Self {
            key: setting.key.to_owned(),
            kind: setting.kind,
            default: setting.default.to_owned(),
            shown: setting.default.to_owned(),
            sentence: setting.sentence().to_owned(),
            needs_restart: setting.needs_restart,
            name: name.to_owned(),
            place: Place::Section(section.to_owned()),
        }
    }

    fn check(check: &dyn Check) -> Self {
        let said: Vec<String> = check.symbols().iter().take(SAID_OF_CHECK).map(words_of).collect();
        let more = if SAID_OF_CHECK < check.symbols().len() { " …" } else { "" };
        Self {
            key: format!("checks.{}", check.name()),
            kind: Kind::Switch,
            default: "true".to_owned(),
            shown: String::new(),
            sentence: said.join(" · ") + more,
            needs_restart: false,
            name: check.name().to_owned(),
            place: Place::Section("checks".to_owned()),
        }
    }

    fn score(name: &str) -> Self {
        let found = symbols().find(|info| info.name == name);
        let points = found.map(|info| Config::default().score_of(&info.symbol()).points());
        Self {
            key: format!("scores.{name}"),
            kind: Kind::Points,
            default: points.map(|points| format!("{points:?}")).unwrap_or_default(),
            shown: String::new(),
            sentence: found.map(words_of).unwrap_or_default(),
            needs_restart: false,
            name: name.to_owned(),
            place: Place::Section("scores".to_owned()),
        }
    }

    fn of_account(setting: &'static Setting, (number, account): (usize, &str), table: &Table) -> Self {
        let (_, path) = setting.place();
        let (own, name) = path.split_once('.').map_or((None, path), |(own, name)| (Some(own), name));
        // Where the account says nothing, what is said for all of them holds.
        let of_all = Setting::of(path).map(Self::plain);
        let of_all = of_all.map(|all| all.find(table).map_or_else(|| all.default.clone(), super::written));
        Self {
            key: setting.key.replacen("account", &format!("account.{account}"), 1),
            kind: setting.kind,
            default: of_all.unwrap_or_else(|| setting.default.to_owned()),
            shown: String::new(),
            sentence: setting.sentence().to_owned(),
            needs_restart: false,
            name: name.to_owned(),
            place: Place::Account(number, own),
        }
    }

    /// The section that can be found by its head.
    pub(super) fn section(&self) -> Option<&str> {
        match &self.place {
            Place::Section(section) => Some(section),
            Place::Account(..) => None,
        }
    }

    /// The way to it, as [`leaves`](super::leaves) writes it.
    pub(super) fn leaf(&self) -> String {
        let name = &self.name;
        match &self.place {
            Place::Section(section) => format!("{section}.{name}"),
            Place::Account(number, None) => format!("account.{number}.{name}"),
            Place::Account(number, Some(own)) => format!("account.{number}.{own}.{name}"),
        }
    }

    /// What the file says of it.
    pub(super) fn find<'a>(&self, table: &'a Table) -> Option<&'a Value> {
        match &self.place {
            Place::Section(section) => table.get(section)?.as_table_like()?.get(&self.name)?.as_value(),
            Place::Account(number, own) => {
                let account = table.get("account")?.as_array_of_tables()?.get(*number)?;
                match own {
                    Some(own) => account.get(own)?.as_table_like()?.get(&self.name)?.as_value(),
                    None => account.get(&self.name)?.as_value(),
                }
            }
        }
    }

    /// The table in which it is to stand.
    pub(super) fn table<'a>(&self, document: &'a mut DocumentMut) -> Option<&'a mut dyn TableLike> {
        let new = || Item::Table(Table::new());
        match &self.place {
            Place::Section(section) => document.entry(section).or_insert_with(new).as_table_like_mut(),
            Place::Account(number, own) => {
                let account = document.get_mut("account")?.as_array_of_tables_mut()?.get_mut(*number)?;
                match own {
                    Some(own) => account.entry(own).or_insert_with(new).as_table_like_mut(),
                    None => Some(account),
                }
            }
        }
    }
}
