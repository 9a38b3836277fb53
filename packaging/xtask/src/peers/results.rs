//! Files of results: lines `LABEL CLASS SCORE PATH`, as `tamis-agent eval --out` writes them.

use std::{
    fs::{self, File},
    io::{BufWriter, Write as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use tamis_core::{Class, learn::Label, metrics::Outcome};

/// A file that is being written.
#[derive(Debug)]
pub(super) struct Results {
    path: PathBuf,
    file: BufWriter<File>,
}

impl Results {
    pub(super) fn create(path: &Path) -> Result<Self> {
        let file = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Self { path: path.to_path_buf(), file: BufWriter::new(file) })
    }

    /// Adds a line. The score is written in full: those of bogofilter differ where many decimals are alike.
    pub(super) fn write(&mut self, outcome: &Outcome, mail: &Path) -> Result<()> {
        let Outcome { label, class, score, .. } = outcome;
        writeln!(self.file, "{} {} {score} {}", label.word(), class.word(), mail.display())
            .with_context(|| format!("cannot write {}", self.path.display()))
    }

    pub(super) fn finish(mut self) -> Result<()> {
        self.file.flush().with_context(|| format!("cannot write {}", self.path.display()))
    }
}

/// Reads a file back.
pub(super) fn read(path: &Path) -> Result<Vec<Outcome>> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let outcome = |(number, line)| {
        outcome(line).with_context(|| format!("{}, line {}: this is no result", path.display(), number + 1))
    };
    text.lines().enumerate().map(outcome).collect()
}

fn outcome(line: &str) -> Option<Outcome> {
    let mut words = line.splitn(4, ' ');
    let label = Label::from_word(words.next()?)?;
    let class = words.next()?;
    let class = [Class::Ham, Class::Unsure, Class::Spam].into_iter().find(|one| one.word() == class)?;
    let score: f64 = words.next()?.parse().ok()?;
    (score.is_finite() && words.next().is_some()).then_some(Outcome { label, class, score, probability: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_as_it_was_written() {
        let want =
            Outcome { label: Label::Spam, class: Class::Unsure, score: 0.000_000_046_567_422_9, probability: None };
        let file = std::env::temp_dir().join(format!("tamis-results-{}", std::process::id()));
        let mut results = Results::create(&file).unwrap();
        results.write(&want, Path::new("a letter.eml")).unwrap();
        results.finish().unwrap();

        let got = read(&file);

        fs::remove_file(&file).unwrap();
        assert_eq!(got.unwrap(), [want]);
    }

    #[test]
    fn what_is_no_result_is_not_taken_for_one() {
        for line in ["", "ham", "ham ham 1.0", "eggs ham 1.0 x", "ham eggs 1.0 x", "ham ham nan x", "ham ham one x"] {
            assert_eq!(outcome(line), None, "{line:?}");
        }
    }
}
