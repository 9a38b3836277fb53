//! The file of results.

use std::{
    fs::File,
    io::{BufWriter, Write as _},
    path::Path,
};

use tamis_core::metrics::Outcome;

use crate::{cli::Failure, corpus::IndexLine, words::because};

/// Lines `LABEL CLASS SCORE PATH`.
pub(super) struct Results<'a> {
    path: &'a Path,
    file: BufWriter<File>,
}

impl<'a> Results<'a> {
    pub(super) fn create(path: &'a Path) -> Result<Self, Failure> {
        let file = File::create(path).map_err(|err| Self::failed(path, &err))?;
        Ok(Self { path, file: BufWriter::new(file) })
    }

    pub(super) fn write(&mut self, line: &IndexLine, outcome: &Outcome) -> Result<(), Failure> {
        let (label, class) = (line.label.word(), outcome.class.word());
        writeln!(self.file, "{label} {class} {:.9} {}", outcome.score, line.name)
            .map_err(|err| Self::failed(self.path, &err))
    }

    pub(super) fn finish(mut self) -> Result<(), Failure> {
        self.file.flush().map_err(|err| Self::failed(self.path, &err))
    }

    fn failed(path: &Path, err: &std::io::Error) -> Failure {
        Failure::person(format!("cannot write the results to {}: {}", path.display(), because(err)))
    }
}
