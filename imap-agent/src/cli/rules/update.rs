//! `rules update` and `rules list`: newer rules, and which are in use.

use std::path::PathBuf;

use serde::Serialize;
use tamis_core::{
    config::RuleSource,
    rules::{LoadSettings, RuleFile, load, own_files},
};

use super::UpdateArgs;
use crate::{
    cli::{Failure, out::Out, table::table},
    paths::Home,
    rules::{Installed, Key, Updated, rule_files, update, works},
    settings::Settings,
    words::{count, grouped, one_line},
};

/// Brings newer rules. What is not said on the command line is as the settings say.
pub(super) fn bring(home: &Home, args: &UpdateArgs, out: &mut Out) -> Result<(), Failure> {
    let settings = Settings::load(home)?;
    let rules = settings.config().rules();
    let source = match &args.from {
        Some(written) => RuleSource::parse(written).map_err(|what| Failure::person(format!("--from {what}")))?,
        None => rules.update.clone().ok_or_else(|| {
            Failure::person(
                "there is nowhere to get rules from; say --from, or write `update` under [rules] in the settings",
            )
        })?,
    };
    let key = args.key.as_ref().or(rules.update_key.as_ref()).ok_or_else(|| {
        Failure::person("rules are taken only with a key to test them; say --key, or write `update_key` under [rules]")
    })?;
    home.create()?;
    let key = Key::read(key)?;
    match update(&Installed::at(home.rules()), &source, &key, &works)? {
        Updated::Same { version } => out.line(format!("Version {version} of the rules is in use already.")),
        Updated::New { pack, before } => {
            let instead = before.map(|version| format!(" instead of version {version}")).unwrap_or_default();
            let (version, files) = (pack.version, count(pack.files.len(), "file"));
            let rules = grouped(number_of(&pack.files));
            out.line(format!("Version {version} of the rules is in place{instead}: {rules} rules in {files}."))?;
            out.line("An agent that is running takes them by itself.")
        }
    }
}

/// One set of rules.
#[derive(Debug, Serialize)]
struct Set {
    name: String,
    /// Of updated rules.
    version: Option<u64>,
    files: usize,
    rules: u32,
}

/// All sets, and what is wrong with others.
#[derive(Debug, Serialize)]
struct Sets {
    sets: Vec<Set>,
    troubles: Vec<String>,
}

/// Shows which rules are in use, in the order in which they are read.
pub(super) fn list(home: &Home, is_json: bool, out: &mut Out) -> Result<(), Failure> {
    let settings = Settings::load(home)?;
    let set =
        |name: String, version, files: &[RuleFile]| Set { name, version, files: files.len(), rules: number_of(files) };
    let mut sets = vec![set("Tamis".to_owned(), None, &own_files())];
    let loaded = Installed::at(home.rules()).load(works);
    if let Some((pack, ())) = &loaded.in_use {
        sets.push(set("updated".to_owned(), Some(pack.version), &pack.files));
    }
    let mut troubles = loaded.troubles;
    let folder = settings.path().parent().map(PathBuf::from).unwrap_or_default();
    for path in &settings.config().rules().paths {
        match rule_files::read(&[folder.join(path)]) {
            Ok(files) => sets.push(set(path.display().to_string(), None, &files)),
            Err(err) => troubles.push(err.to_string()),
        }
    }
    if is_json {
        return out.json(&Sets { sets, troubles });
    }
    let row = |Set { name, version, files, rules }: &Set| {
        let version = version.map_or_else(|| "-".to_owned(), |version| version.to_string());
        vec![grouped(*rules), grouped(u32::try_from(*files).unwrap_or(u32::MAX)), version, one_line(name)]
    };
    for line in table(&["Rules", "Files", "Version", "From"], &sets.iter().map(row).collect::<Vec<_>>()) {
        out.line(line)?;
    }
    for trouble in troubles {
        out.remark(one_line(&trouble));
    }
    Ok(())
}

fn number_of(files: &[RuleFile]) -> u32 {
    u32::try_from(load(files, &LoadSettings::default()).rules.len()).unwrap_or(u32::MAX)
}
