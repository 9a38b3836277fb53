//! `licences`: what is in the programs and was made by others.

use serde::Serialize;
use tamis_core::notices::{Notice, notices, plain};

use super::{Failure, out::Out, table::table};
use crate::words::{count, one_line};

pub(super) const EXAMPLES: &str = "Examples:
  tamis-agent licences
  tamis-agent licences rustls
  tamis-agent licences --all > THIRD_PARTY.txt

Without a name every part is listed with its licence; with one, those that have it in their name or
licence, and if it is a single one the whole texts.";

#[derive(Debug, clap::Args)]
pub(super) struct LicencesArgs {
    /// A part, or a licence
    name: Option<String>,

    /// Every part and every text
    #[arg(long, conflicts_with = "name")]
    all: bool,

    /// One JSON object a line instead of a table
    #[arg(long, conflicts_with = "all")]
    json: bool,
}

#[derive(Serialize)]
struct Row<'a> {
    name: &'a str,
    licence: &'a str,
    url: &'a str,
}

pub(super) fn licences(args: &LicencesArgs, out: &mut Out) -> Result<(), Failure> {
    if args.all {
        return out.line(plain().trim_end());
    }
    let sought = args.name.as_deref().unwrap_or_default();
    let found = chosen(sought);
    if args.json {
        let row = |one: &&Notice| out.json(&Row { name: &one.name, licence: &one.licence, url: &one.url });
        return found.iter().try_for_each(row);
    }
    match found.as_slice() {
        [] => Err(Failure::person(format!("nothing in Tamis has `{}` in its name or licence", one_line(sought)))),
        [only] => whole(only, out),
        several => {
            let rows: Vec<Vec<String>> =
                several.iter().map(|one| vec![one.name.clone(), one.licence.clone()]).collect();
            table(&["Part", "Licence"], &rows).iter().try_for_each(|line| out.line(line))?;
            out.line(format_args!("{}; Tamis itself: MIT OR Apache-2.0", count(several.len(), "part")))
        }
    }
}

/// What is meant: the part of exactly that name, or all that have it in them.
fn chosen(sought: &str) -> Vec<&'static Notice> {
    let found: Vec<&Notice> = notices().search(sought).collect();
    let is_it = |one: &&Notice| one.name.split(' ').next().is_some_and(|name| name.eq_ignore_ascii_case(sought.trim()));
    let named: Vec<&Notice> = found.iter().copied().filter(is_it).collect();
    if named.is_empty() { found } else { named }
}

fn whole(one: &Notice, out: &mut Out) -> Result<(), Failure> {
    for line in [&one.name, &one.licence, &one.url, &one.authors] {
        if !line.is_empty() {
            out.line(line)?;
        }
    }
    for text in notices().texts_of(one) {
        out.line(format_args!("\n{text}"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_part_means_that_part_and_a_piece_of_it_all_that_have_it() {
        let names = |sought: &str| chosen(sought).into_iter().map(|one| one.name.as_str()).collect::<Vec<_>>();
        assert_eq!(names("rustls").len(), 1);
        assert!(names("rustl").len() > 3);
        assert!(names("").len() > 300);
    }
}
