//! The window's few arguments.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use tamis_core::api::is_link;

/// What the person asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Args {
    /// Open the window.
    Open {
        /// The home folder, if one was given.
        home: Option<PathBuf>,
        /// A link of a digest to follow, if one was given.
        link: Option<String>,
        /// Files with messages, to be asked about, by their whole paths.
        files: Vec<String>,
        /// Which of several files are not there, as they were given.
        missing: Vec<String>,
    },
    /// Print [`HELP`].
    Help,
    /// Print the version.
    Version,
}

/// The text of `--help`.
pub const HELP: &str = "\
Tamis: review what the spam filter holds back, release it, and teach the filter

Usage: tamis [OPTIONS] [LINK | FILE...]

Arguments:
  [LINK]          A link from a digest, such as tamis:release/17-5b0c61f2a9: do what it says;
                  or tamis:show/17, which shows the message of that number,
                  or tamis:show/review, which shows what is to review
  [FILE...]       Files with messages (.eml, mbox): ask what they are, and learn from them

Options:
      --home DIR  Keep everything under DIR instead of the platform's folders [env: TAMIS_HOME]
  -h, --help      Print this help
  -V, --version   Print the version

Example: tamis --home ~/tamis-trial
";

/// Reads the arguments after the program's name. The error is a sentence for the person.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Args, String> {
    let mut args = args.into_iter();
    let mut home = None;
    let mut link = None;
    let (mut files, mut missing) = (Vec::new(), Vec::new());
    while let Some(arg) = args.next() {
        match arg.to_str() {
            Some("-h" | "--help") => return Ok(Args::Help),
            Some("-V" | "--version") => return Ok(Args::Version),
            Some("--home") => {
                let folder = args.next().filter(|folder| !folder.is_empty()).ok_or("--home needs a folder")?;
                home = Some(PathBuf::from(folder));
            }
            Some(text) if text.starts_with("--home=") => {
                let folder = text.trim_start_matches("--home=");
                home = Some(PathBuf::from(folder)).filter(|_| !folder.is_empty());
                home.as_ref().ok_or("--home needs a folder")?;
            }
            // Anybody can write a link, and any program can hand it over: so none is repeated here.
            Some(text) if is_link(text) && link.is_some() => {
                return Err("one link at a time; see tamis --help".to_owned());
            }
            Some(text) if is_link(text) => link = Some(text.to_owned()),
            Some(text) if text.starts_with('-') => {
                return Err(format!("unknown argument {}; see tamis --help", arg.display()));
            }
            given => match given.and_then(file) {
                Some(file) => files.push(file),
                None => missing.push(arg.display().to_string()),
            },
        }
    }
    // Of several, those that are there are asked about all the same. A single one may be anything that a program handed over.
    if files.is_empty() && !missing.is_empty() {
        return Err(NEITHER.to_owned());
    }
    Ok(Args::Open { home, link, files, missing })
}

/// Anybody can write a link, and any program can hand it over: so none is repeated here.
const NEITHER: &str =
    "the argument is neither a link from a digest of Tamis nor a file that is there; see tamis --help";

/// The whole path of a file that is there. Desktops hand over paths, or addresses that begin with `file://`.
pub fn file(given: &str) -> Option<String> {
    let path = match given.strip_prefix("file://") {
        // Between the slashes there may be the name of this machine.
        Some(rest) => decoded(rest.get(rest.find('/')?..)?)?,
        None => given.to_owned(),
    };
    let path = std::path::absolute(Path::new(&path)).ok().filter(|path| path.is_file())?;
    path.into_os_string().into_string().ok()
}

/// A path of an address: `%20` is a space (RFC 3986, section 2.1).
fn decoded(path: &str) -> Option<String> {
    let mut bytes = path.bytes();
    let mut plain = Vec::with_capacity(path.len());
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            plain.push(byte);
            continue;
        }
        let mut digit = || char::from(bytes.next()?).to_digit(16);
        plain.push(u8::try_from(digit()? * 16 + digit()?).ok()?);
    }
    String::from_utf8(plain).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_understood() {
        let open = |home: &str, link: &str| {
            let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
            Ok(Args::Open {
                home: given(home).map(PathBuf::from),
                link: given(link),
                files: Vec::new(),
                missing: Vec::new(),
            })
        };
        let no_link = || Err(NEITHER);
        let cases: [(&[&str], Result<Args, &str>); 13] = [
            (&[], open("", "")),
            (&["--home", "/a"], open("/a", "")),
            (&["--home=/a"], open("/a", "")),
            (&["tamis:release/17-x"], open("", "tamis:release/17-x")),
            (&["--home", "/a", "tamis:release/17-x"], open("/a", "tamis:release/17-x")),
            (&["https://example.org/"], no_link()),
            (&["tamis:a b"], no_link()),
            (&["tamis:a", "tamis:b"], Err("one link at a time; see tamis --help")),
            (&["--help"], Ok(Args::Help)),
            (&["-V"], Ok(Args::Version)),
            (&["--home"], Err("--home needs a folder")),
            (&["--home="], Err("--home needs a folder")),
            (&["--colour"], Err("unknown argument --colour; see tamis --help")),
        ];
        for (args, want) in cases {
            let got = parse(args.iter().map(OsString::from));
            assert_eq!(got, want.map_err(str::to_owned), "{args:?}");
        }
    }

    #[test]
    fn files_are_understood_as_desktops_hand_them_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("Was ist das? 100 %.eml");
        std::fs::write(&path, "Subject: x\n\nx\n").unwrap();
        let whole = path.to_str().unwrap().to_owned();
        let encoded = whole.replace('%', "%25").replace(' ', "%20").replace('?', "%3F");
        let (here, there) = (format!("file://{encoded}"), format!("file://localhost{encoded}"));
        let got = parse([&whole, &here, &there].map(OsString::from));
        let files = vec![whole.clone(), whole.clone(), whole.clone()];
        assert_eq!(got, Ok(Args::Open { home: None, link: None, files, missing: Vec::new() }));
        let got = parse(["/not/there.eml", &whole].map(OsString::from));
        let (files, missing) = (vec![whole.clone()], vec!["/not/there.eml".to_owned()]);
        assert_eq!(got, Ok(Args::Open { home: None, link: None, files, missing }), "the good one is taken");
        for odd in ["file://", "file:///%4", "file:///%zz", "file:///%ff", &format!("{whole}x"), "/"] {
            assert_eq!(parse([odd].map(OsString::from)), Err(NEITHER.to_owned()), "{odd}");
        }
    }

    #[test]
    fn the_desktop_hands_over_the_links_and_files_that_are_understood() {
        let entry = include_str!("../../packaging/linux/tamis.desktop");
        assert!(entry.lines().any(|line| line == "Exec=tamis %U"), "{entry}");
        let types = entry.lines().find_map(|line| line.strip_prefix("MimeType=")).unwrap();
        let scheme = types.split(';').find_map(|name| name.strip_prefix("x-scheme-handler/")).unwrap();
        assert!(is_link(&format!("{scheme}:release/17-x")), "{scheme}");
        assert!(types.split(';').any(|name| name == "message/rfc822"), "{types}");
    }

    #[test]
    fn the_manual_page_has_every_option() {
        let manual = include_str!("../../packaging/linux/tamis.1").replace('\\', "");
        let words = HELP.split_whitespace().map(|word| word.trim_end_matches(','));
        for option in words.filter(|word| word.len() > 1 && word.starts_with('-')) {
            let bare = option.trim_start_matches('-');
            assert!(manual.contains(option) || manual.contains(&format!("Fl {bare}")), "{option}");
        }
        let links =
            HELP.split_whitespace().map(|word| word.trim_end_matches([':', ';', ','])).filter(|word| is_link(word));
        assert!(2 < links.clone().count(), "{HELP}");
        for link in links {
            assert!(manual.contains(&format!(".It Li {link}\n")), "{link}");
        }
    }
}
