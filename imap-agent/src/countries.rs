//! Where countries are in the internet: a file of this machine, read when an entry of the lists asks for it.
//!
//! Debian's package `tor-geoipdb` has one (IPFire's data, CC BY-SA 4.0), which is found by itself. The person may name
//! another of that form, or one of MaxMind's.

use std::{
    fs, io,
    net::IpAddr,
    path::{Path, PathBuf},
};

use maxminddb::{PathElement, Reader, WithinOptions};
use tamis_core::lists::{Atlas, Countries};

use crate::words::because;

/// Where Debian has it: IPv4 and IPv6 apart.
const OF_THE_SYSTEM: [&str; 2] = ["/usr/share/tor/geoip", "/usr/share/tor/geoip6"];

/// No such file is larger, in bytes: the largest known has 25 MB.
const MOST_BYTES: u64 = 500 << 20;

/// Reads the file that the settings name, and one beside it whose name ends with a 6, or else what the system has. An error
/// is one sentence without full stop.
pub(crate) fn read(named: Option<&Path>) -> Result<Countries, String> {
    let files: Vec<PathBuf> = match named {
        Some(file) => vec![file.to_owned(), with_six(file)],
        None => OF_THE_SYSTEM.iter().map(PathBuf::from).collect(),
    };
    let mut atlas = Atlas::default();
    for (number, file) in files.iter().enumerate() {
        match bytes(file) {
            Ok(bytes) => add(&mut atlas, &bytes).map_err(|why| format!("cannot read {}: {why}", file.display()))?,
            // The other may be enough.
            Err(err) if err.kind() == io::ErrorKind::NotFound && (named.is_none() || number != 0) => {}
            Err(err) => return Err(format!("cannot read {}: {}", file.display(), because(&err))),
        }
    }
    atlas.built().ok_or_else(|| match named {
        Some(file) => format!("there is no country in {}", file.display()),
        None => "nothing on this machine says in which country a host is: install the package tor-geoipdb, or name a \
            file with `countries` under [lists] in the settings"
            .to_owned(),
    })
}

fn with_six(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push("6");
    name.into()
}

fn bytes(file: &Path) -> io::Result<Vec<u8>> {
    if MOST_BYTES < fs::metadata(file)?.len() {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is too large"));
    }
    fs::read(file)
}

fn add(atlas: &mut Atlas, bytes: &[u8]) -> Result<(), String> {
    let Ok(reader) = Reader::from_source(bytes) else {
        // A file that is neither has no line that makes sense.
        atlas.add_lines(&String::from_utf8_lossy(bytes));
        return Ok(());
    };
    let country = [PathElement::Key("country"), PathElement::Key("iso_code")];
    for network in reader.networks(WithinOptions::default()).map_err(|err| err.to_string())? {
        let network = network.map_err(|err| err.to_string())?;
        let letters: Option<&str> = network.decode_path(&country).map_err(|err| err.to_string())?;
        let (Some(letters), Ok(range)) = (letters, network.network()) else { continue };
        let first: IpAddr = range.network();
        atlas.add(first, range.broadcast(), letters);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(countries: &Countries, ip: &str) -> String {
        countries.of(ip.parse().unwrap()).map(|country| country.to_string()).unwrap_or_default()
    }

    #[test]
    fn both_files_of_tors_form_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("geoip");
        fs::write(&file, "# A database\n3405803776,3405804031,CZ\n").unwrap();
        assert_eq!(at(&read(Some(&file)).unwrap(), "2001:db8::1"), "");
        fs::write(folder.path().join("geoip6"), "2001:db8::,2001:db8:ffff:ffff:ffff:ffff:ffff:ffff,FR\n").unwrap();
        let countries = read(Some(&file)).unwrap();
        assert_eq!((at(&countries, "203.0.113.7"), at(&countries, "2001:db8::1")), ("CZ".to_owned(), "FR".to_owned()));
    }

    #[test]
    fn a_file_of_maxminds_form_is_read() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/countries.mmdb");
        let countries = read(Some(&file)).unwrap();
        for (ip, want) in [("203.0.113.7", "CZ"), ("192.0.2.1", "DE"), ("2001:db8::1", "FR"), ("198.51.100.1", "")] {
            assert_eq!(at(&countries, ip), want, "{ip}");
        }
    }

    #[test]
    fn a_file_without_countries_and_a_missing_one_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("notes.txt");
        let missing = read(Some(&file)).unwrap_err();
        assert!(missing.starts_with(&format!("cannot read {}: ", file.display())), "{missing}");
        fs::write(&file, [0xff; 200]).unwrap();
        assert_eq!(read(Some(&file)).unwrap_err(), format!("there is no country in {}", file.display()));
    }

    #[test]
    fn a_damaged_file_of_maxminds_form_is_refused_without_harm() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/countries.mmdb");
        let whole = fs::read(file).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let damaged = folder.path().join("damaged.mmdb");
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x55;
            fs::write(&damaged, &bytes).unwrap();
            // Whatever comes of it, it comes as an answer.
            drop(read(Some(&damaged)));
        }
    }
}
