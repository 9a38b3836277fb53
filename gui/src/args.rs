//! The window's few arguments.

use std::{ffi::OsString, path::PathBuf};

/// What the person asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Args {
    /// Open the window, with that home folder if one was given.
    Open(Option<PathBuf>),
    /// Print [`HELP`].
    Help,
    /// Print the version.
    Version,
}

/// The text of `--help`.
pub const HELP: &str = "\
Tamis: review what the spam filter holds back, release it, and teach the filter

Usage: tamis [OPTIONS]

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
            Some(_) | None => {
                return Err(format!("unknown argument {}; see tamis --help", arg.display()));
            }
        }
    }
    Ok(Args::Open(home))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_understood() {
        let cases: [(&[&str], Result<Args, &str>); 8] = [
            (&[], Ok(Args::Open(None))),
            (&["--home", "/a"], Ok(Args::Open(Some("/a".into())))),
            (&["--home=/a"], Ok(Args::Open(Some("/a".into())))),
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
}
