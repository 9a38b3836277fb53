//! `[dns_lists]` and `[[dns_list]]`: which lists are asked over DNS, and lists of the person's own.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::{Config, ConfigError, nearest::did_you_mean};
use crate::{
    dns::{Asks, Code, Codes, DnsList, Meaning, known_lists},
    mail::Domain,
    score::Score,
    symbol::{Symbol, Words},
};

/// More lists of one's own would only make each message wait for the slowest.
const MOST: usize = 20;

/// What a list of the person's own is worth where it is not written.
const USUAL_POINTS: i32 = 1_000;

/// One list of the person's own.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OwnList {
    zone: Spanned<String>,
    of: Option<Spanned<String>>,
    points: Option<Score>,
    codes: Option<Vec<Spanned<String>>>,
    page: Option<Spanned<String>>,
}

/// Takes both into `config`; to be called before the points of single symbols are.
pub(super) fn apply(
    text: &str,
    chosen: &BTreeMap<Spanned<String>, bool>,
    own: Vec<OwnList>,
    config: &mut Config,
) -> Result<(), ConfigError> {
    let mut is_chosen = BTreeMap::new();
    for (name, is_on) in chosen {
        let written = name.get_ref().as_str();
        if !known_lists().iter().any(|list| &*list.id == written) {
            let names: Vec<&str> = known_lists().iter().map(|list| &*list.id).collect();
            let hint = did_you_mean(written, &names);
            let what =
                format!("there is no list `{written}`{hint}; a list of your own goes into a section [[dns_list]]");
            return Err(ConfigError::at(text, &name.span(), what));
        }
        is_chosen.insert(written, *is_on);
    }
    let is_asked = |list: &&DnsList| is_chosen.get(&*list.id).copied().unwrap_or(list.is_usual);
    let mut lists: Vec<DnsList> = known_lists().iter().filter(is_asked).cloned().collect();
    for (place, own) in own.into_iter().enumerate() {
        let wrong = |what: String| ConfigError::at(text, &own.zone.span(), what);
        if MOST <= place {
            return Err(wrong(format!("there can be at most {MOST} sections [[dns_list]]")));
        }
        let points = own.points.unwrap_or(Score::from_thousandths(USUAL_POINTS));
        let list = own_list(text, &own)?;
        if known_lists().iter().chain(&lists).any(|other| other.zone == list.zone) {
            return Err(wrong(format!("the list `{}` is there already", &*list.zone)));
        }
        for meaning in &list.meanings {
            config.scores.insert(meaning.symbol.clone(), points);
        }
        lists.push(list);
    }
    config.asks = if config.network.is_on { Asks::of(lists) } else { Asks::default() };
    Ok(())
}

fn own_list(text: &str, own: &OwnList) -> Result<DnsList, ConfigError> {
    let zone = Domain::parse(own.zone.get_ref()).filter(|zone| zone.as_str().contains('.')).ok_or_else(|| {
        let what = "`zone` must be the name under which the list is asked, such as \"bl.example.org\"";
        ConfigError::at(text, &own.zone.span(), what.to_owned())
    })?;
    let (has_addresses, has_domains) = match own.of.as_ref().map(|of| (of.get_ref().as_str(), of.span())) {
        None | Some(("addresses", _)) => (true, false),
        Some(("domains", _)) => (false, true),
        Some((other, span)) => {
            let what = format!("`of` can be \"addresses\" or \"domains\", not \"{other}\"");
            return Err(ConfigError::at(text, &span, what));
        }
    };
    if let Some(page) = own.page.as_ref().filter(|page| !page.get_ref().starts_with("https://")) {
        return Err(ConfigError::at(text, &page.span(), "`page` must begin with https://".to_owned()));
    }
    let any = [Code::Numbers(Codes::any())];
    let codes = match &own.codes {
        None => any.into(),
        Some(codes) => codes.iter().map(|code| read_code(text, code)).collect::<Result<Vec<_>, _>>()?,
    };
    let name = zone.as_str().to_ascii_uppercase().replace(['.', '-'], "_");
    let symbol = Symbol::of_rule(Words::from(format!("DNS_LIST_{name}").as_str()));
    let what = if has_addresses { "It was handed in by a host" } else { "Its sender or a link is of a domain" };
    let about = Words::from(format!("{what} that is on the list {zone}").as_str());
    let meaning = |code| Meaning { code, symbol: symbol.clone(), about: about.clone(), is_mild: false };
    Ok(DnsList {
        id: Words::from(zone.as_str()),
        zone: Words::from(zone.as_str()),
        name: Words::from(zone.as_str()),
        page: Words::from(own.page.as_ref().map_or("", |page| page.get_ref().as_str())),
        never: Some(Words::new(if has_addresses { "1.0.0.127" } else { "invalid" })),
        has_addresses,
        has_domains,
        refused: Codes::parse("127.255.255.*").into_iter().collect(),
        meanings: codes.into_iter().map(meaning).collect(),
        ..DnsList::default()
    })
}

/// `127.0.0.2`, or a bit such as `64`.
fn read_code(text: &str, code: &Spanned<String>) -> Result<Code, ConfigError> {
    let written = code.get_ref();
    let bit = written.parse::<u8>().ok().filter(|bit| bit.is_power_of_two()).map(Code::Bits);
    bit.or_else(|| Codes::parse(written).map(Code::Numbers)).ok_or_else(|| {
        let what = "`codes` must be answers such as \"127.0.0.2\" or \"127.0.0.4-7\", or bits such as \"64\"";
        ConfigError::at(text, &code.span(), what.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use crate::{config::Config, symbol::Symbol};

    fn zones(text: &str) -> Vec<String> {
        let config = Config::parse(text).unwrap();
        config.asks().lists().iter().map(|list| list.zone.to_string()).collect()
    }

    #[test]
    fn five_lists_are_asked_and_each_can_be_chosen() {
        let usual = ["zen.spamhaus.org", "bl.spamcop.net", "dbl.spamhaus.org", "multi.surbl.org", "multi.uribl.com"];
        assert_eq!(zones(""), usual);
        let chosen = "[dns_lists]\nspamcop = false\npsbl = true";
        let want = ["zen.spamhaus.org", "dbl.spamhaus.org", "multi.surbl.org", "multi.uribl.com", "psbl.surriel.com"];
        assert_eq!(zones(chosen), want);
        assert!(zones("[network]\nenabled = false").is_empty());
    }

    #[test]
    fn a_list_of_ones_own_has_its_points_like_any_other() {
        let own = "[[dns_list]]\nzone = \"bl.example.org\"\npoints = 2.5\ncodes = [\"127.0.0.2\", \"64\"]";
        let symbol = Symbol::of_rule("DNS_LIST_BL_EXAMPLE_ORG".into());
        for (text, want) in [(own.to_owned(), 2_500), (format!("{own}\n[scores]\n{symbol} = 0.5"), 500)] {
            let config = Config::parse(&text).unwrap();
            assert_eq!(config.score_of(&symbol).thousandths(), want);
            assert_eq!(config.idle_scores(), Vec::<String>::new());
            assert_eq!(config.asks().lists().len(), 6);
        }
    }

    #[test]
    fn says_what_is_wrong_with_a_list() {
        for (text, want) in [
            ("[dns_lists]\nspamcup = true", "line 2: there is no list `spamcup`; did you mean `spamcop`?"),
            ("[[dns_list]]\nzone = \"bl\"", "line 2: `zone` must be the name under which"),
            ("[[dns_list]]\nzone = \"bl.spamcop.net\"", "line 2: the list `bl.spamcop.net` is there already"),
            ("[[dns_list]]\nzone = \"a.example\"\nof = \"links\"", "line 3: `of` can be \"addresses\" or \"domains\""),
            ("[[dns_list]]\nzone = \"a.example\"\ncodes = [\"3\"]", "line 3: `codes` must be answers such as"),
            ("[[dns_list]]\nzone = \"a.example\"\npage = \"http://a\"", "line 3: `page` must begin with https://"),
        ] {
            let said = Config::parse(text).unwrap_err().to_string();
            assert!(said.starts_with(want), "{said}");
        }
    }
}
