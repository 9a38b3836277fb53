//! Settings and figures of nobody.

use std::collections::BTreeMap;

use jiff::{ToSpan as _, Zoned};
use tamis_core::{
    api::{
        AccountCount, Accuracy, DayCount, FindingCount, Histogram, RelayCount, Reply, ScoreCount, SettingKind,
        SettingValue, SettingView, SettingsView, Statistics,
    },
    config::{Kind, SETTINGS, Setting},
};

/// What was changed, by the key.
pub(crate) type Changed = BTreeMap<String, SettingValue>;

fn usual(setting: &Setting) -> SettingValue {
    let text = setting.default.trim_matches('"');
    match setting.kind {
        Kind::Switch => SettingValue::Switch(text == "true"),
        Kind::Points | Kind::Number(..) => SettingValue::Number(text.parse().unwrap_or_default()),
        Kind::List => {
            let texts = text.trim_matches(['[', ']']).split(", ").map(|text| text.trim_matches('"').to_owned());
            SettingValue::List(texts.filter(|text| !text.is_empty()).collect())
        }
        Kind::Size | Kind::Time | Kind::Clock | Kind::Choice(_) | Kind::Text | Kind::Secret => {
            SettingValue::Text(text.to_owned())
        }
    }
}

pub(crate) fn settings(changed: &Changed) -> Reply {
    let settings = SETTINGS.iter().map(|setting| {
        let default = usual(setting);
        SettingView {
            key: setting.key.to_owned(),
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
            value: changed.get(setting.key).unwrap_or(&default).clone(),
            default,
            sentence: setting.sentence().to_owned(),
            needs_restart: setting.needs_restart,
        }
    });
    let path = "ada/.config/tamis/tamis.toml".to_owned();
    Reply::Settings(Box::new(SettingsView { path, settings: settings.collect() }))
}

pub(crate) fn histogram(changed: &Changed) -> Reply {
    let points = |key: &str, usual: f64| match changed.get(key) {
        Some(SettingValue::Number(points)) => *points,
        _ => usual,
    };
    // Two heaps: wanted mail around zero, spam around nine.
    let heap = |at: f64, middle: f64, width: f64, height: f64| height * (-((at - middle) / width).powi(2)).exp();
    let counts = (-60..200).map(|tenths| {
        let at = f64::from(tenths) / 10.0;
        let (ham, spam) = (heap(at, -0.6, 1.6, 42.0), heap(at, 9.0, 3.4, 13.0));
        let said_ham = u32::from((40..66).contains(&tenths) && tenths % 12 == 0);
        let said_spam = u32::from((20..110).contains(&tenths) && tenths % 7 == 0);
        ScoreCount { tenths, unsaid: whole(ham + spam), said_ham, said_spam }
    });
    Reply::Histogram(Histogram {
        tag: points("judge.tag", 3.0),
        junk: points("judge.junk", 5.0),
        counts: counts.filter(|count| count.unsaid + count.said_ham + count.said_spam != 0).collect(),
        decided: 214,
    })
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small and not negative")]
fn whole(number: f64) -> u32 {
    number.round().max(0.0) as u32
}

pub(crate) fn statistics(days: u32, account: &str, least: u32) -> Reply {
    let today = Zoned::now().start_of_day().unwrap();
    let number = if days == 0 { 900 } else { days };
    let count = |back: u32| {
        let at = today.checked_sub(i64::from(back).days()).unwrap();
        let is_weekend = matches!(at.weekday().to_monday_one_offset(), 6 | 7);
        let wave = back * 7 % 11;
        let ham = if is_weekend { 9 } else { 34 } + wave;
        DayCount { at: at.timestamp().as_second(), ham, unsure: back % 4, spam: 11 + back * 5 % 9 }
    };
    let days: Vec<DayCount> = (0..number).rev().map(count).collect();
    let sum = |of: fn(&DayCount) -> u32| days.iter().map(of).sum::<u32>();
    let (ham, unsure, spam) = (sum(|day| day.ham), sum(|day| day.unsure), sum(|day| day.spam));
    let total =
        Accuracy { judged: ham + unsure + spam, spam, unsure, filed: spam, put_back: 1, wrongly_spam: 1, missed: 4 };
    let part = |name: &str, share: u32| {
        let of = |number: u32| number * share / 10;
        let counted = Accuracy {
            judged: of(total.judged),
            spam: of(total.spam),
            unsure: of(total.unsure),
            filed: of(total.filed),
            ..Accuracy::default()
        };
        AccountCount { name: name.to_owned(), of: counted }
    };
    let accounts = [part("ada", 7), part("office", 3)];
    let accounts = accounts.into_iter().filter(|one| account.is_empty() || one.name == account).collect();
    let relay = |network: &str, ham: u32, spam: u32| RelayCount {
        network: network.to_owned(),
        messages: ham + spam,
        ham,
        spam,
    };
    let is_enough = |relay: &RelayCount| least <= relay.messages;
    let good = [relay("192.0.2.0/24", 412, 0), relay("198.51.100.16/28", 96, 1), relay("2001:db8:7::/48", 4, 0)];
    let bad = [relay("203.0.113.0/24", 2, 118), relay("198.51.100.128/28", 0, 31), relay("2001:db8:bad::/48", 0, 6)];
    let found = |symbol: &str, about: &str, ham: u32, spam: u32| FindingCount {
        symbol: symbol.to_owned(),
        about: about.to_owned(),
        ham,
        spam,
    };
    Reply::Statistics(Box::new(Statistics {
        days,
        total,
        accounts,
        findings: vec![
            found("LEARNED_HAM", "words of mail you want", 912, 3),
            found("LEARNED_SPAM", "words of mail you called spam", 6, 388),
            found("DMARC_FAIL", "your provider found that it is not of the domain it names", 2, 141),
            found("LINK_ELSEWHERE", "a link says one place and leads to another", 11, 97),
            found("MISSING_DATE", "it does not say when it was written", 0, 12),
        ],
        findings_of: total.judged.min(5_000),
        good_relays: good.into_iter().filter(is_enough).collect(),
        bad_relays: bad.into_iter().filter(is_enough).collect(),
    }))
}
