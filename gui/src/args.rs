//! The window's few arguments.

use std::{ffi::OsString, path::PathBuf};

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
    },
    /// Print [`HELP`].
    Help,
    /// Print the version.
    Version,
}

/// The text of `--help`.
pub const HELP: &str = "\
Tamis: review what the spam filter holds back, release it, and teach the filter

Usage: tamis [OPTIONS] [LINK]

Arguments:
  [LINK]          A link from a digest, such as tamis:release/17-5b0c61f2a9: do what it says;
                  or tamis:show/17, which shows the message of that number

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
            Some(text) if !text.starts_with('-') && !is_link(text) => {
                return Err("the argument is no link from a digest of Tamis; see tamis --help".to_owned());
            }
            Some(text) if is_link(text) && link.is_some() => {
                return Err("one link at a time; see tamis --help".to_owned());
            }
            Some(text) if is_link(text) => link = Some(text.to_owned()),
            Some(_) | None => {
                return Err(format!("unknown argument {}; see tamis --help", arg.display()));
            }
        }
    }
    Ok(Args::Open { home, link })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_understood() {
        let open = |home: &str, link: &str| {
            let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
            Ok(Args::Open { home: given(home).map(PathBuf::from), link: given(link) })
        };
        let no_link = || Err("the argument is no link from a digest of Tamis; see tamis --help");
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
    fn the_desktop_hands_over_the_links_that_are_understood() {
        let entry = include_str!("../../packaging/tamis.desktop");
        assert!(entry.lines().any(|line| line == "Exec=tamis %u"), "{entry}");
        let mut types = entry.lines().filter_map(|line| line.strip_prefix("MimeType=x-scheme-handler/"));
        let scheme = types.next().unwrap().trim_end_matches(';');
        assert!(is_link(&format!("{scheme}:release/17-x")), "{scheme}");
    }
}
