//! Countries, and in which of them a host is.

use std::{fmt, net::IpAddr, sync::LazyLock};

/// The letters of each country and its name, in the order of the letters.
static NAMES: LazyLock<Vec<(Country, &'static str)>> = LazyLock::new(|| {
    let lines = include_str!("../../../assets/lists/countries.txt").lines().filter(|line| !line.starts_with('#'));
    let parted = lines.filter_map(|line| line.split_once(' '));
    parted.filter_map(|(letters, name)| Some((Country::of_letters(letters)?, name))).collect()
});

/// A country or territory, by the two letters of ISO 3166-1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Country([u8; 2]);

impl Country {
    /// Reads `cz`, `CZ` or `Czechia`. An error is one sentence without full stop.
    pub(super) fn parse(written: &str) -> Result<Self, String> {
        let is_it = |(country, name): &&(Self, &str)| {
            Self::of_letters(written) == Some(*country) || name.to_lowercase() == written.to_lowercase()
        };
        let found = NAMES.iter().find(is_it).map(|(country, _)| *country);
        found.ok_or_else(|| format!("\"{written}\" is not a country: write its two letters, such as CZ, or its name"))
    }

    /// Two letters, whatever country that is.
    fn of_letters(letters: &str) -> Option<Self> {
        let letters: [u8; 2] = letters.as_bytes().try_into().ok()?;
        letters.iter().all(u8::is_ascii_alphabetic).then(|| Self(letters.map(|letter| letter.to_ascii_uppercase())))
    }

    /// Its English name.
    pub(super) fn name(self) -> &'static str {
        let place = NAMES.binary_search_by_key(&self, |(country, _)| *country).ok();
        place.and_then(|place| NAMES.get(place)).map_or("a country without a name", |(_, name)| name)
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|letter| write!(f, "{}", char::from(*letter)))
    }
}

/// In which country each address is. About 8 MB for all of the internet.
#[derive(Debug, Default)]
pub struct Countries {
    v4: Vec<(u32, Option<Country>)>,
    /// By the first half of the address: providers have networks of that size and larger.
    v6: Vec<(u64, Option<Country>)>,
}

/// Networks of countries, gathered in any order.
#[derive(Debug, Default)]
pub struct Atlas {
    v4: Vec<(u32, u32, Country)>,
    v6: Vec<(u64, u64, Country)>,
}

impl Atlas {
    /// All addresses from `first` to `last` are in the country of these two letters. What makes no sense is left out.
    pub fn add(&mut self, first: IpAddr, last: IpAddr, letters: &str) {
        let Some(country) = Country::of_letters(letters) else { return };
        match (first, last) {
            (IpAddr::V4(first), IpAddr::V4(last)) if first <= last => {
                self.v4.push((first.into(), last.into(), country));
            }
            (IpAddr::V6(first), IpAddr::V6(last)) if first <= last => {
                self.v6.push((half(first.into()), half(last.into()), country));
            }
            _ => {}
        }
    }

    /// Adds the lines `first,last,letters` of a file as Tor has it: IPv4 addresses are numbers. `#` begins a comment.
    pub fn add_lines(&mut self, text: &str) {
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let mut fields = line.trim().split(',').map(str::trim);
            let (Some(first), Some(last), Some(letters)) = (fields.next(), fields.next(), fields.next()) else {
                continue;
            };
            if let (Some(first), Some(last)) = (address(first), address(last)) {
                self.add(first, last, letters);
            }
        }
    }

    /// Makes it ready. `None` if there is no network in it.
    pub fn built(self) -> Option<Countries> {
        if self.v4.is_empty() && self.v6.is_empty() {
            return None;
        }
        Some(Countries {
            v4: borders(self.v4, |last| last.checked_add(1)),
            v6: borders(self.v6, |last| last.checked_add(1)),
        })
    }
}

impl Countries {
    /// The country of an address, if that is known.
    pub fn of(&self, ip: IpAddr) -> Option<Country> {
        match ip.to_canonical() {
            IpAddr::V4(ip) => found(&self.v4, ip.into()),
            IpAddr::V6(ip) => found(&self.v6, half(ip.into())),
        }
    }
}

fn address(text: &str) -> Option<IpAddr> {
    let number = text.parse::<u32>().ok().map(|number| IpAddr::V4(number.into()));
    number.or_else(|| text.parse().ok())
}

fn half(address: u128) -> u64 {
    u64::try_from(address >> 64).unwrap_or(u64::MAX)
}

/// Where a country begins, or land of nobody. Of networks that overlap, the one that begins later holds.
fn borders<T: Copy + Ord>(
    mut networks: Vec<(T, T, Country)>,
    next: impl Fn(T) -> Option<T>,
) -> Vec<(T, Option<Country>)> {
    networks.sort_unstable();
    let mut borders: Vec<(T, Option<Country>)> = Vec::with_capacity(networks.len());
    let mut free = None;
    for (first, last, country) in networks {
        if let Some(free) = free.filter(|free| *free < first) {
            borders.push((free, None));
        }
        match borders.last_mut() {
            Some((begin, of)) if *begin == first => *of = Some(country),
            Some((_, of)) if *of == Some(country) => {}
            _ => borders.push((first, Some(country))),
        }
        free = next(last);
    }
    borders.extend(free.map(|free| (free, None)));
    borders.shrink_to_fit();
    borders
}

fn found<T: Copy + Ord>(borders: &[(T, Option<Country>)], address: T) -> Option<Country> {
    let after = borders.partition_point(|(begin, _)| *begin <= address);
    borders.get(after.checked_sub(1)?)?.1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn atlas(text: &str) -> Countries {
        let mut atlas = Atlas::default();
        atlas.add_lines(text);
        atlas.built().unwrap()
    }

    fn at(countries: &Countries, ip: &str) -> String {
        countries.of(ip.parse().unwrap()).map(|country| country.to_string()).unwrap_or_default()
    }

    #[test]
    fn an_address_is_in_the_country_whose_network_it_is_in_and_between_networks_in_none() {
        let text = "# comment\n3405803776,3405804031,CZ\n3405804032,3405804287,CZ\n3221225984,3221226239,de\n\
            2001:db8::,2001:db8:ffff:ffff:ffff:ffff:ffff:ffff,FR\n3232235520,3232301055,??\nbroken,line,XX\n9,1,XX\n";
        let countries = atlas(text);
        for (ip, want) in [
            ("203.0.113.0", "CZ"),
            ("203.0.114.255", "CZ"),
            ("203.0.115.0", ""),
            ("203.0.112.255", ""),
            ("192.0.2.7", "DE"),
            ("::ffff:192.0.2.7", "DE"),
            ("192.0.3.0", ""),
            ("192.168.0.1", ""),
            ("0.0.0.0", ""),
            ("255.255.255.255", ""),
            ("2001:db8::1", "FR"),
            ("2001:db8:ffff::", "FR"),
            ("2001:db9::", ""),
            ("::", ""),
        ] {
            assert_eq!(at(&countries, ip), want, "{ip}");
        }
    }

    #[test]
    fn a_network_to_the_end_of_all_addresses_has_no_border_behind_it() {
        let countries = atlas("4294967040,4294967295,US\nffff::,ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff,US\n");
        assert_eq!(at(&countries, "255.255.255.255"), "US");
        assert_eq!(at(&countries, "ffff:ffff::1"), "US");
    }

    #[test]
    fn a_file_without_a_network_is_no_atlas() {
        for text in ["", "# nothing\n", "a,b,c\n", "1,2\n"] {
            let mut atlas = Atlas::default();
            atlas.add_lines(text);
            assert!(atlas.built().is_none(), "{text}");
        }
    }

    #[test]
    fn each_country_is_read_by_letters_and_by_name() {
        assert!(NAMES.is_sorted());
        assert_eq!(NAMES.len(), 250);
        for (country, name) in NAMES.iter() {
            assert_eq!(Country::parse(&country.to_string().to_lowercase()), Ok(*country));
            assert_eq!(Country::parse(&name.to_uppercase()), Ok(*country));
            assert_eq!(country.name(), *name);
        }
        assert!(Country::parse("QQ").is_err() && Country::parse("Nowhere").is_err());
    }
}
