//! `setting`: what the settings are, and another value for one, at once.

use tamis_core::api::{Reply, Request, SettingKind, SettingValue, SettingView, SettingsView};

use super::{
    Failure,
    out::Out,
    review::{self, unexpected},
    table::table,
};
use crate::{client::Client, paths::Home};

pub(super) const EXAMPLES: &str = "Examples:
  tamis-agent setting
  tamis-agent setting judge.junk
  tamis-agent setting judge.junk 6.5
  tamis-agent setting rules.paths local.cf more.cf
  tamis-agent setting judge.junk --default
  tamis-agent setting account.Work.policy.spam quarantine
  tamis-agent setting checks.date false
  tamis-agent setting scores.MISSING_DATE 0.5

A change is written into the settings file, where comments and order stay, counts at once, and
can be taken back with `undo`. A value that cannot be changes nothing.";

#[derive(Debug, clap::Args)]
pub(super) struct SettingArgs {
    /// Its section and name, such as judge.tag; without it all are listed
    key: Option<String>,

    /// What it is from now on; several for a list
    #[arg(requires = "key", conflicts_with = "default", allow_hyphen_values = true)]
    value: Vec<String>,

    /// Give it its default again
    #[arg(long, requires = "key")]
    default: bool,

    /// One JSON object a line instead of a table
    #[arg(long, conflicts_with_all = ["value", "default"])]
    json: bool,
}

pub(super) fn setting(home: &Home, args: &SettingArgs, out: &mut Out) -> Result<(), Failure> {
    let reply = Client::connect(home)?.call(Request::Settings)?;
    let Reply::Settings(settings) = reply else { return Err(unexpected(reply)) };
    let Some(key) = &args.key else { return list(&settings, args.json, out) };
    let found = settings.settings.iter().find(|setting| setting.key == *key).cloned();
    let found = found.or_else(|| unsaid_points(key)).ok_or_else(|| {
        Failure::person(format!("there is no setting `{key}`; `tamis-agent setting` lists those there are"))
    })?;
    if args.value.is_empty() && !args.default {
        return show(&found, args.json, out);
    }
    let value = (!args.default).then(|| value(&found, &args.value)).transpose()?;
    review::change(home, Request::SetSetting { key: key.clone(), value }, out)
}

/// The points of a symbol or rule of which the file says nothing. Whether there is one of that name, the agent knows.
fn unsaid_points(key: &str) -> Option<SettingView> {
    key.strip_prefix("scores.")?;
    let nothing = SettingValue::Text(String::new());
    Some(SettingView {
        key: key.to_owned(),
        kind: SettingKind::Points,
        value: nothing.clone(),
        default: nothing,
        sentence: "Points of this symbol or rule, instead of those that it comes with.".to_owned(),
        needs_restart: false,
    })
}

fn list(settings: &SettingsView, json: bool, out: &mut Out) -> Result<(), Failure> {
    if json {
        return settings.settings.iter().try_for_each(|setting| out.json(setting));
    }
    let row = |setting: &SettingView| {
        let is_usual = setting.value == setting.default;
        let default = if is_usual { String::new() } else { words(&setting.default) };
        vec![setting.key.clone(), words(&setting.value), default]
    };
    let rows: Vec<Vec<String>> = settings.settings.iter().map(row).collect();
    table(&["Setting", "Value", "Default, if another"], &rows).into_iter().try_for_each(|line| out.line(line))
}

fn show(setting: &SettingView, json: bool, out: &mut Out) -> Result<(), Failure> {
    if json {
        return out.json(setting);
    }
    out.line(format!("{} is {}; its default is {}", setting.key, words(&setting.value), words(&setting.default)))?;
    out.line(&setting.sentence)?;
    if setting.needs_restart {
        out.line("A change of it counts once the agent is started anew.")?;
    }
    Ok(())
}

fn words(value: &SettingValue) -> String {
    match value {
        SettingValue::Switch(is_on) => is_on.to_string(),
        SettingValue::Number(number) => number.to_string(),
        SettingValue::Text(text) if text.is_empty() => "nothing".to_owned(),
        SettingValue::Text(text) => text.clone(),
        SettingValue::List(texts) if texts.is_empty() => "nothing".to_owned(),
        SettingValue::List(texts) => texts.join(", "),
    }
}

/// What was written for a setting of that kind.
fn value(setting: &SettingView, written: &[String]) -> Result<SettingValue, Failure> {
    let wrong = |what: &str| Failure::person(format!("`{}` must be {what}", setting.key));
    if setting.kind == SettingKind::List {
        return Ok(SettingValue::List(written.to_vec()));
    }
    let [one] = written else { return Err(wrong("a single value; put it in quotes")) };
    Ok(match setting.kind {
        SettingKind::Switch => SettingValue::Switch(one.parse().map_err(|_no_switch| wrong("true or false"))?),
        SettingKind::Points | SettingKind::Number(..) => {
            SettingValue::Number(one.parse().map_err(|_no_number| wrong("a number"))?)
        }
        SettingKind::Size
        | SettingKind::Time
        | SettingKind::Clock
        | SettingKind::Choice(_)
        | SettingKind::Text
        | SettingKind::Secret
        | SettingKind::List => SettingValue::Text(one.clone()),
    })
}
