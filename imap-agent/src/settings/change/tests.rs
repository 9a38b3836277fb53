//! Tests of changing one setting: the person's file stays the person's.

use std::fs;

use tamis_core::config::SETTINGS;

use super::*;

fn home(text: &str) -> (tempfile::TempDir, Home) {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::find(Some(folder.path())).unwrap();
    fs::write(home.settings(), text).unwrap();
    (folder, home)
}

fn text(home: &Home) -> String {
    fs::read_to_string(home.settings()).unwrap()
}

fn set(home: &Home, key: &str, value: &SettingValue) -> Result<Changed, SettingsError> {
    Settings::set(home, key, Some(value))
}

#[test]
fn a_setting_is_written_where_the_file_shows_it_and_becomes_a_comment_again() {
    let (_folder, home) = home(tamis_core::config::DEFAULT_CONFIG);
    let changed = set(&home, "judge.junk", &SettingValue::Number(6.5)).unwrap();
    assert_eq!((changed.before, changed.after.as_deref()), (None, Some("6.5")));
    assert_eq!(text(&home), tamis_core::config::DEFAULT_CONFIG.replace("\n#junk = 5.0\n", "\njunk = 6.5\n"));
    set(&home, "hold.folder", &SettingValue::Text("Held \"here\"".to_owned())).unwrap();
    set(&home, "rules.paths", &SettingValue::List(vec!["a.cf".to_owned(), " ".to_owned()])).unwrap();
    assert!(text(&home).contains("\nfolder = 'Held \"here\"'\n") && text(&home).contains("\npaths = [\"a.cf\"]\n"));
    for key in ["judge.junk", "hold.folder", "rules.paths"] {
        Settings::set(&home, key, None).unwrap();
    }
    assert_eq!(text(&home), tamis_core::config::DEFAULT_CONFIG);
}

#[test]
fn every_setting_can_be_written_and_taken_back_to_the_byte() {
    let (_folder, home) = home(tamis_core::config::DEFAULT_CONFIG);
    for setting in SETTINGS {
        let value = match setting.kind {
            Kind::Switch => SettingValue::Switch(setting.default != "true"),
            Kind::Points => SettingValue::Number(4.0),
            Kind::Number(_, most) => SettingValue::Number(f64::from(most)),
            Kind::Size => SettingValue::Text("256 MB".to_owned()),
            Kind::Time => SettingValue::Text("59 seconds".to_owned()),
            Kind::Clock => SettingValue::Text("09:30".to_owned()),
            Kind::Choice(words) => SettingValue::Text(words.first().unwrap().to_string()),
            Kind::Text | Kind::Secret => SettingValue::Text("a text".to_owned()),
            Kind::List => SettingValue::List(vec!["a text".to_owned()]),
        };
        // What no text at all fits is refused, and changes nothing either.
        let Ok(changed) = set(&home, setting.key, &value) else { continue };
        let undone = Settings::put_back(&home, setting.key, changed.before.as_deref()).unwrap();
        assert_eq!(undone.after, changed.before);
        assert_eq!(text(&home), tamis_core::config::DEFAULT_CONFIG, "{}", setting.key);
    }
}

#[test]
fn what_the_person_wrote_around_a_value_stays() {
    let mine = "# mine\njudge.tag = 2.5 # so\n\n[archive] # long\nkeep = \"8 weeks\"\n[rules]\npaths = [\n  \"a\", # first\n]\n";
    let (_folder, home) = home(mine);
    let changed = set(&home, "judge.tag", &SettingValue::Number(3.5)).unwrap();
    assert_eq!(text(&home), mine.replace("2.5", "3.5"));
    Settings::put_back(&home, "judge.tag", changed.before.as_deref()).unwrap();
    assert_eq!(text(&home), mine);
    set(&home, "archive.max_size", &SettingValue::Text("2 GB".to_owned())).unwrap();
    assert!(text(&home).contains("keep = \"8 weeks\"\nmax_size = \"2 GB\"\n"), "{}", text(&home));
    set(&home, "learn.sent", &SettingValue::Switch(false)).unwrap();
    assert!(text(&home).ends_with("[learn]\nsent = false\n"), "{}", text(&home));
    Settings::set(&home, "rules.paths", None).unwrap();
    assert!(text(&home).contains("[rules]\n#paths = []\n"), "{}", text(&home));
    assert!(text(&home).starts_with("# mine\njudge.tag = 2.5 # so\n\n[archive] # long\n"));
}

#[test]
fn a_value_that_cannot_be_changes_nothing_and_the_reason_is_said() {
    let mine = "[judge]\ntag = 4.0\n";
    let (_folder, home) = home(mine);
    for (key, value, want) in [
        ("judge.junk", SettingValue::Number(2.0), "must not be below `tag`"),
        ("judge.junk", SettingValue::Number(f64::NAN), "cannot be that"),
        ("judge.junk", SettingValue::Text("lots".to_owned()), "cannot be that"),
        ("log.days", SettingValue::Number(1.5), "must be a whole number from 1 to 365"),
        ("archive.keep", SettingValue::Text("soon".to_owned()), "must be a time from"),
        ("policy.spam", SettingValue::Text("burn".to_owned()), "not \"burn\""),
        ("judge.zzz", SettingValue::Number(2.0), "there is no setting `judge.zzz`"),
    ] {
        let error = set(&home, key, &value).unwrap_err();
        assert!(error.is_the_persons() && error.to_string().contains(want), "{error}");
        assert_eq!(text(&home), mine);
    }
}

#[test]
fn settings_are_shown_with_their_values_and_secrets_only_as_being_there() {
    let (_folder, home) = home("[network]\nspamhaus_key_file = \"/etc/key\"\n[archive]\nmax_size = 134217728\n");
    let shown = Settings::load(&home).unwrap().view().unwrap();
    let value = |key: &str| shown.iter().find(|setting| setting.key == key).unwrap().value.clone();
    assert_eq!(shown.len(), SETTINGS.len() + tamis_core::CHECKS.len());
    assert_eq!(value("judge.tag"), SettingValue::Number(3.0));
    assert_eq!(value("archive.max_size"), SettingValue::Text("134217728".to_owned()));
    assert_eq!(value("network.spamhaus_key_file"), SettingValue::Text("set".to_owned()));
    assert_eq!(value("network.spamhaus_key_command"), SettingValue::Text(String::new()));
    assert_eq!(value("hold.again"), SettingValue::List(vec!["10 minutes".to_owned(), "60 minutes".to_owned()]));
}

/// A file with two accounts, the second with a section of its own.
const TWO: &str = "# mine\n[[account]] # first\naddress = \"a@example.org\"\nhost = \"localhost\"\n\n[[account]]\nname = \"Work\"\n\
                   address = \"b@example.org\"\nhost = \"imap.example.org\"\n# strict\n[account.policy]\nspam = \"quarantine\"\n";

#[test]
fn what_is_of_one_account_is_changed_there_and_taken_back_to_the_byte() {
    let (_folder, home) = home(TWO);
    let text_of = |words: &str| SettingValue::Text(words.to_owned());
    let aliases = SettingValue::List(vec!["c@example.org".to_owned()]);
    for (key, value) in [
        ("account.Work.aliases", aliases.clone()),
        ("account.a@example.org.aliases", aliases),
        ("account.a@example.org.junk_folder", text_of("Bulk")),
        ("account.Work.train_folders", SettingValue::Switch(false)),
        ("account.Work.policy.spam", text_of("leave")),
        ("account.Work.policy.unsure", text_of("tag")),
        ("account.Work.hold.again", SettingValue::List(vec![])),
        ("checks.date", SettingValue::Switch(false)),
        ("scores.MISSING_DATE", SettingValue::Number(0.5)),
    ] {
        let changed = set(&home, key, &value).unwrap();
        let shown = changed.settings.view().unwrap();
        assert_eq!(shown.iter().find(|one| one.key == key).unwrap().value, value, "{key}");
        Settings::put_back(&home, key, changed.before.as_deref()).unwrap();
        let now = text(&home);
        let before = leaves(TWO.parse::<DocumentMut>().unwrap().as_table());
        assert_eq!(leaves(now.parse::<DocumentMut>().unwrap().as_table()), before, "{key}");
        assert!(now.starts_with("# mine\n[[account]] # first\n") && now.contains("# strict\n"), "{now}");
    }
    set(&home, "account.a@example.org.policy.spam", &text_of("leave")).unwrap();
    let accounts = Settings::load(&home).unwrap();
    let spam: Vec<_> = accounts.config().accounts().iter().map(|account| account.policy.spam).collect();
    assert_eq!(spam, [tamis_core::Action::Leave, tamis_core::Action::Quarantine]);
}

#[test]
fn where_an_account_says_nothing_what_holds_for_all_is_shown_and_is_no_change() {
    let (_folder, home) = home(&format!("[policy]\nunsure = \"tag\"\n{TWO}"));
    let shown = Settings::load(&home).unwrap().view().unwrap();
    let of = |key: &str| shown.iter().find(|one| one.key == key).unwrap().clone();
    assert_eq!(of("account.Work.policy.unsure").value, SettingValue::Text("tag".to_owned()));
    assert_eq!(of("account.Work.policy.spam").default, SettingValue::Text("junk".to_owned()));
    assert!(!of("checks.date").sentence.is_empty());
    let before = text(&home);
    set(&home, "account.Work.policy.unsure", &SettingValue::Text("tag".to_owned())).unwrap();
    assert_eq!(text(&home), before);
    for key in ["account.nobody.aliases", "checks.zzz", "account.Work.host"] {
        let error = set(&home, key, &SettingValue::Switch(false)).unwrap_err();
        assert!(error.to_string().contains("there is no setting"), "{error}");
    }
}
