//! What the steps of setting up change of one account: its section gets a few lines, and all else stays as it is.

use tamis_core::{
    Policy,
    api::{Arrangement, Treatment},
};
use toml_edit::{Array, Item, Table, value};

use super::{Settings, SettingsError};
use crate::paths::Home;

impl Settings {
    /// Changes what becomes of an account's mail. What is so already is not written.
    pub fn arrange(home: &Home, name: &str, arrangement: &Arrangement) -> Result<Self, SettingsError> {
        let before = Self::load(home)?;
        let account = before.account(name)?;
        let index = before.config.accounts().iter().position(|other| other.name == account.name);
        let treatment = arrangement.treatment.filter(|wanted| Treatment::of(&account.policy) != Some(*wanted));
        let junk = arrangement.junk_folder.as_deref().map(str::trim);
        let junk = junk.filter(|junk| *junk != account.junk_folder.as_deref().unwrap_or_default());
        let mut document = before.document()?;
        let accounts = document.get_mut("account").and_then(Item::as_array_of_tables_mut);
        let Some(table) = accounts.zip(index).and_then(|(accounts, index)| accounts.get_mut(index)) else {
            return Err(before.unchangeable("its accounts are not written as [[account]] sections; edit it by hand"));
        };
        match junk {
            Some("") => _ = table.remove("junk_folder"),
            Some(junk) => _ = table.insert("junk_folder", value(junk)),
            None => {}
        }
        if let Some(treatment) = treatment
            && !treat(table, treatment, before.config.policy())
        {
            return Err(before.unchangeable("the policy of this account is not a section; edit it by hand"));
        }
        let settings = Self::of(before.path.clone(), document.to_string())?;
        if settings.text != before.text {
            settings.write()?;
        }
        Ok(settings)
    }
}

/// Writes a treatment into the section of an account. `false` if its policy is something strange.
fn treat(account: &mut Table, treatment: Treatment, base: &Policy) -> bool {
    let policy = account.entry("policy").or_insert_with(|| Item::Table(Table::new()));
    let Some(policy) = policy.as_table_like_mut() else { return false };
    let (unsure, spam) = treatment.actions();
    policy.insert("unsure", value(unsure.word()));
    policy.insert("spam", value(spam.word()));
    // No exception for large mail may move what is only to be marked. Those of all accounts come back with the others.
    if treatment == Treatment::Mark {
        if policy.contains_key("size") || !base.by_size.is_empty() {
            policy.insert("size", value(Array::new()));
        }
    } else if policy.get("size").and_then(Item::as_array).is_some_and(Array::is_empty) {
        policy.remove("size");
    }
    true
}
