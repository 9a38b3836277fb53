//! What the steps of setting up change of one account: its section gets a few lines, and all else stays as it is.

use tamis_core::{
    Action, Policy, SizeRule,
    api::{Arrangement, Treatment},
    config::Account,
};
use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, Value, value};

use super::{Changed, Settings, SettingsError};
use crate::{mailbox::is_for_other_mail, paths::Home};

/// What an arrangement of an account is called as a setting that can be taken back; its name follows.
const KEY: &str = "the handling of ";

/// What of an account's section it changes.
const PARTS: [&str; 2] = ["junk_folder", "policy"];

impl Settings {
    /// Changes what becomes of an account's mail. What is so already is not written.
    pub fn arrange(home: &Home, name: &str, arrangement: &Arrangement) -> Result<Changed, SettingsError> {
        let before = Self::load(home)?;
        let account = before.account(name)?;
        let treatment = arrangement.treatment.filter(|wanted| Treatment::of(&account.policy) != Some(*wanted));
        let junk = arrangement.junk_folder.as_deref().map(str::trim);
        let junk = junk.filter(|junk| *junk != account.junk_folder.as_deref().unwrap_or_default());
        if let Some(junk) = junk {
            can_take_junk(junk)?;
        }
        let mut document = before.document()?;
        let Some(table) = before.section_of(&mut document, account) else {
            return Err(before.unchangeable("its accounts are not written as [[account]] sections; edit it by hand"));
        };
        match junk {
            Some("") => _ = table.remove("junk_folder"),
            Some(junk) => put(table, "junk_folder", junk),
            None => {}
        }
        if let Some(treatment) = treatment
            && !treat(table, treatment, before.config.policy())
        {
            return Err(before.unchangeable("the policy of this account is not a section; edit it by hand"));
        }
        before.followed_by(&document, account)
    }

    /// What such a change of the account of that name is called.
    pub fn arrangement_key(name: &str) -> String {
        format!("{KEY}{name}")
    }

    /// The account whose arrangement is called so.
    pub(super) fn arranged(&self, key: &str) -> Option<&Account> {
        key.strip_prefix(KEY).and_then(|name| self.account(name).ok())
    }

    /// What the file says of all that an arrangement changes, as it is written there; `None`: nothing.
    pub(super) fn arrangement(&self, account: &Account) -> Result<Option<String>, SettingsError> {
        let mut document = self.document()?;
        let mut parts = DocumentMut::new();
        if let Some(table) = self.section_of(&mut document, account) {
            for (name, item) in PARTS.into_iter().filter_map(|name| Some((name, table.get(name)?))) {
                parts.insert(name, item.clone());
            }
        }
        Ok(Some(parts.to_string()).filter(|text| !text.is_empty()))
    }

    /// Lets the file say of that what it said at another time.
    pub(super) fn put_arrangement_back(
        self,
        account: &Account,
        literal: Option<&str>,
    ) -> Result<Changed, SettingsError> {
        let mut document = self.document()?;
        let parts = literal.unwrap_or_default().parse::<DocumentMut>();
        let Some((table, parts)) = self.section_of(&mut document, account).zip(parts.ok()) else {
            return Err(self.unchangeable("its accounts are not written as [[account]] sections; edit it by hand"));
        };
        for name in PARTS {
            let (then, now) = (parts.get(name), table.get_mut(name));
            if then.map(|item| alone(name, item)) == now.as_deref().map(|item| alone(name, item)) {
                continue;
            }
            // Where it stood in a text of its own is no place in this one.
            let then = then.cloned().map(|mut item| {
                unplace(&mut item);
                item
            });
            match (then, now) {
                // The comment above it stays.
                (Some(then), Some(now)) => *now = then,
                (Some(then), None) => _ = table.insert(name, then),
                (None, _) => _ = table.remove(name),
            }
        }
        self.followed_by(&document, account)
    }

    fn section_of<'a>(&self, document: &'a mut DocumentMut, account: &Account) -> Option<&'a mut Table> {
        let number = self.config.accounts().iter().position(|other| other.name == account.name)?;
        document.get_mut("account")?.as_array_of_tables_mut()?.get_mut(number)
    }

    fn followed_by(&self, document: &DocumentMut, account: &Account) -> Result<Changed, SettingsError> {
        let settings = Self::of(self.path.clone(), document.to_string())?;
        let others = |of: &Self| -> Vec<Account> {
            of.config.accounts().iter().filter(|other| other.name != account.name).cloned().collect()
        };
        if others(self) != others(&settings) {
            return Err(self.unchangeable("another account would be changed, too; edit it by hand"));
        }
        if settings.text != self.text {
            settings.write()?;
        }
        Ok(Changed { before: self.arrangement(account)?, after: settings.arrangement(account)?, settings })
    }
}

/// What is written of one part, as a text of its own.
fn alone(name: &str, item: &Item) -> String {
    let mut text = DocumentMut::new();
    text.insert(name, item.clone());
    text.to_string()
}

/// Lets tables stand where they are put, and not where they stood.
fn unplace(item: &mut Item) {
    match item {
        Item::Table(table) => unplace_table(table),
        Item::ArrayOfTables(tables) => tables.iter_mut().for_each(unplace_table),
        Item::None | Item::Value(_) => {}
    }
}

fn unplace_table(table: &mut Table) {
    table.set_position(None);
    table.iter_mut().for_each(|(_, item)| unplace(item));
}

/// Gives a key another value. What is written around it stays.
fn put(table: &mut dyn TableLike, key: &str, word: &str) {
    if let Some(old) = table.get_mut(key).and_then(Item::as_value_mut) {
        let decor = old.decor().clone();
        *old = Value::from(word);
        *old.decor_mut() = decor;
    } else {
        table.insert(key, value(word));
    }
}

/// Refuses a folder that is for other mail.
pub(super) fn can_take_junk(folder: &str) -> Result<(), SettingsError> {
    if is_for_other_mail(folder) {
        return Err(SettingsError::Value(format!(
            "{folder} cannot be the folder for junk, as other mail is in it; name another one. Nothing was changed"
        )));
    }
    Ok(())
}

/// Writes a treatment into the section of an account. `false` if its policy is something strange.
fn treat(account: &mut Table, treatment: Treatment, base: &Policy) -> bool {
    let policy = account.entry("policy").or_insert_with(|| Item::Table(Table::new()));
    let Some(policy) = policy.as_table_like_mut() else { return false };
    let (unsure, spam) = treatment.actions();
    put(policy, "unsure", unsure.word());
    put(policy, "spam", spam.word());
    // No exception for large mail may move what is only to be marked; all else that they say stays.
    if treatment == Treatment::Mark {
        match policy.get_mut("size") {
            Some(own) => let_lie(own),
            None if !base.by_size.iter().flat_map(exceptions).any(|(_, action)| action.takes_away()) => {}
            None => _ = policy.insert("size", value(lying(&base.by_size))),
        }
    // Those of all accounts come back with the others.
    } else if policy.get("size").and_then(Item::as_array).is_some_and(Array::is_empty) {
        policy.remove("size");
    }
    true
}

/// What a rule for large mail says.
fn exceptions(rule: &SizeRule) -> impl Iterator<Item = (&'static str, Action)> {
    let all = [("ham", rule.ham), ("unsure", rule.unsure), ("spam", rule.spam)];
    all.into_iter().filter_map(|(class, action)| Some((class, action?)))
}

/// Takes out of an account's own rules for large mail what would move it, and the rules that say nothing else.
fn let_lie(rules: &mut Item) {
    match rules {
        Item::Value(Value::Array(rules)) => {
            let mut number = 0;
            while let Some(rule) = rules.get_mut(number).and_then(Value::as_inline_table_mut) {
                if says_more(rule) {
                    number += 1;
                } else {
                    rules.remove(number);
                }
            }
        }
        Item::ArrayOfTables(tables) => {
            let mut number = 0;
            while let Some(rule) = tables.get_mut(number) {
                if says_more(rule) {
                    number += 1;
                } else {
                    tables.remove(number);
                }
            }
        }
        Item::None | Item::Value(_) | Item::Table(_) => {}
    }
    // Without any rule the list would be gone, and the rules of all accounts would be back.
    if rules.as_array_of_tables().is_some_and(toml_edit::ArrayOfTables::is_empty) {
        *rules = value(Array::new());
    }
}

/// Whether a rule still says something once it moves nothing.
fn says_more(rule: &mut dyn TableLike) -> bool {
    for class in ["ham", "unsure", "spam"] {
        let action = rule.get(class).and_then(Item::as_str).and_then(Action::from_word);
        if action.is_some_and(Action::takes_away) {
            rule.remove(class);
        }
    }
    ["ham", "unsure", "spam"].into_iter().any(|class| rule.contains_key(class))
}

/// The rules of all accounts as rules of this one, without what would move mail.
fn lying(rules: &[SizeRule]) -> Array {
    let kept = rules.iter().filter_map(|rule| {
        let said: Vec<_> = exceptions(rule).filter(|(_, action)| !action.takes_away()).collect();
        let mut table = InlineTable::new();
        table.insert("above", i64::try_from(rule.above).unwrap_or(i64::MAX).into());
        for (class, action) in said.iter().copied() {
            table.insert(class, action.word().into());
        }
        (!said.is_empty()).then_some(table)
    });
    kept.collect()
}
