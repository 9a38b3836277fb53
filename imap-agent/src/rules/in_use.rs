//! All rules together, ready to run: those that come with Tamis, those that were updated, and the person's own.
//!
//! What was found out about them is kept in `rules/compiled`, under a hash of all they are made from.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use tamis_core::{
    Config,
    rules::{Book, CompileSettings, LoadSettings, Problem, Program, RuleFile, load, own_files},
};

use super::rule_files;
use super::{Installed, RulesError};
use crate::paths::Home;

/// What the files were made into, and what of them does not run.
#[derive(Debug)]
pub struct InUse {
    /// Ready to run.
    pub program: Arc<Program>,
    /// Why updated rules are not in use, a sentence each.
    pub troubles: Vec<String>,
}

/// Makes the settings run all rules: their own paths begin beside the settings file; `more` come last. Rules without an
/// update or paths of their own are those that come with Tamis, which every `Config` has.
pub fn in_use(home: &Home, config: &Config, more: &[PathBuf]) -> Result<InUse, RulesError> {
    let mut troubles = Vec::new();
    let files = own_files();
    let own = files.len();
    let settings = home.settings();
    let beside = settings.parent().unwrap_or(Path::new(""));
    let paths: Vec<PathBuf> = config.rules().paths.iter().map(|path| beside.join(path)).chain(more.to_vec()).collect();
    let theirs = rule_files::read(&paths)?;
    let kept = home.rules().join("compiled");
    let with = |pack: &[RuleFile]| [&files, pack, &theirs].concat();
    // What was made into a program once has been tried.
    let is_known = |pack: &[RuleFile]| kept.join(name_of(&with(pack))).exists();
    let loaded = Installed::at(home.rules())
        .load(|pack| if is_known(&pack.files) { Ok(()) } else { tried(&pack.files).map(|_| ()) });
    troubles.extend(loaded.troubles);
    let pack = loaded.in_use.map(|(pack, ())| pack.files).unwrap_or_default();
    let files = with(&pack);
    if files.len() == own {
        return Ok(InUse { program: Config::default().shared_program(), troubles });
    }
    Ok(InUse { program: Arc::new(from_cache(&kept, &files)), troubles })
}

/// What rules become if they are tried on their own: a set of which hardly anything runs is none.
pub(super) fn tried(files: &[RuleFile]) -> Result<(Book, Vec<Problem>), String> {
    let book = load(files, &LoadSettings::default());
    let (program, problems) = Program::compile(&book, SETTINGS);
    let broken = book.problems.len() + problems.len();
    match program.rules().len() {
        0 => Err("there is no rule in them that runs".to_owned()),
        rules if rules < broken => Err(format!("of their rules {rules} run and {broken} do not")),
        _ => Ok((book, problems)),
    }
}

const SETTINGS: CompileSettings = CompileSettings { has_network: false, has_learner: true };

/// The rules as they were kept, or made anew and kept.
fn from_cache(folder: &Path, files: &[RuleFile]) -> Program {
    let path = folder.join(name_of(files));
    if let Some(program) = fs::read(&path).ok().and_then(|bytes| Program::from_bytes(&bytes)) {
        return program;
    }
    let book = load(files, &LoadSettings::default());
    let bytes = Program::to_bytes(&book, SETTINGS);
    let Some(program) = Program::from_bytes(&bytes) else { return Program::compile(&book, SETTINGS).0 };
    if let Err(err) = keep(folder, &path, &bytes) {
        tracing::debug!(%err, "the compiled rules could not be kept");
    }
    program
}

/// So many programs are kept: the agent's, and those of commands that were given rules besides.
const MOST_KEPT: usize = 4;

/// Puts it there in one step. Of what was made from other files the oldest goes.
fn keep(folder: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let part = tempfile_beside(path);
    fs::write(&part, bytes)?;
    fs::rename(&part, path)?;
    let mut others = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        others.push((entry.metadata()?.modified()?, entry.path()));
    }
    others.retain(|(_, other)| other != path);
    others.sort();
    let most = others.len().saturating_sub(MOST_KEPT - 1);
    for (_, other) in others.drain(..most) {
        fs::remove_file(other)?;
    }
    Ok(())
}

fn tempfile_beside(path: &Path) -> PathBuf {
    path.with_extension(format!("{}.part", std::process::id()))
}

/// A name that belongs to these files and this version of Tamis.
fn name_of(files: &[RuleFile]) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(env!("CARGO_PKG_VERSION").as_bytes());
    for RuleFile { name, text, is_only_included } in files {
        for part in [name.as_bytes(), text.as_slice(), &[u8::from(*is_only_included)]] {
            hasher.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
            hasher.update(part);
        }
    }
    hasher.finalize().to_hex().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_from_the_same_files_is_made_once() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::below(dir.path()).unwrap();
        fs::write(dir.path().join("mine.cf"), "body MINE /mine/\n").unwrap();
        let config = Config::parse("[rules]\npaths = [\"mine.cf\"]").unwrap();
        let kept = || -> Vec<PathBuf> {
            fs::read_dir(home.rules().join("compiled")).unwrap().map(|entry| entry.unwrap().path()).collect()
        };

        let first = in_use(&home, &config, &[]).unwrap();
        let before = kept();
        let again = in_use(&home, &config, &[]).unwrap();
        assert_eq!(kept(), before);
        assert_eq!(before.len(), 1);
        assert_eq!(first.program.rules().len(), again.program.rules().len());
        assert!(again.program.rules().len() > Config::default().program().rules().len());

        fs::write(&before[0], "damaged").unwrap();
        let mended = in_use(&home, &config, &[]).unwrap();
        assert_eq!(mended.program.rules().len(), first.program.rules().len());

        fs::write(dir.path().join("mine.cf"), "body MINE /other/\n").unwrap();
        in_use(&home, &config, &[]).unwrap();
        assert_eq!(kept().len(), 2);
        for number in 0..5 {
            fs::write(dir.path().join("mine.cf"), format!("body MINE /other {number}/\n")).unwrap();
            in_use(&home, &config, &[]).unwrap();
        }
        assert_eq!(kept().len(), MOST_KEPT);
        assert!(!kept().contains(&before[0]));
    }

    #[test]
    fn without_other_rules_those_of_tamis_run_and_nothing_is_kept() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::below(dir.path()).unwrap();
        let found = in_use(&home, &Config::default(), &[]).unwrap();
        assert!(!found.program.rules().is_empty());
        assert!(!home.rules().exists());
    }

    #[test]
    fn a_path_that_is_not_there_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::below(dir.path()).unwrap();
        let config = Config::parse("[rules]\npaths = [\"gone.cf\"]").unwrap();
        let error = in_use(&home, &config, &[]).unwrap_err().to_string();
        assert!(error.starts_with("cannot read ") && error.contains("gone.cf"), "{error}");
    }
}
