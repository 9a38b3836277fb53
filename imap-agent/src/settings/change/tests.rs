//! Tests of changing one setting: the person's file stays the person's.

use std::fs;

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
    assert_eq!(shown.len(), SETTINGS.len());
    assert_eq!(value("judge.tag"), SettingValue::Number(3.0));
    assert_eq!(value("archive.max_size"), SettingValue::Text("134217728".to_owned()));
    assert_eq!(value("network.spamhaus_key_file"), SettingValue::Text("set".to_owned()));
    assert_eq!(value("network.spamhaus_key_command"), SettingValue::Text(String::new()));
    assert_eq!(value("hold.again"), SettingValue::List(vec!["10 minutes".to_owned(), "60 minutes".to_owned()]));
}
