//! crm114: pairs of words up to five apart, by its classifier "orthogonal sparse bigrams".

use std::{path::Path, process::Stdio};

use anyhow::{Context as _, Result, ensure};
use tamis_core::{Class, learn::Label};

use super::{
    bogofilter::open,
    filter::{Filter, Judged, Teaching, complaint, output},
    programs::Programs,
};

/// The classifier and the pattern of words that `mailfilter.cf` of the package has by default.
const CLASSIFIER: &str = "<osb unique microgroom>";
const WORDS: &str = "/[[:graph:]]+/";

/// How far from zero pR has to be to be taken for sure: the threshold that `mailtrainer.crm` of the package calls good.
const SURE: f64 = 10.0;

/// crm114 with programs of one line, as its manual has them.
#[derive(Clone, Debug)]
pub struct Crm114 {
    programs: Programs,
}

impl Crm114 {
    /// The one of these programs.
    pub const fn new(programs: Programs) -> Self {
        Self { programs }
    }

    fn learn(&self, folder: &Path, label: Label, mail: Stdio) -> Result<()> {
        let program = format!("-{{ learn {CLASSIFIER} ({}.css) {WORDS} }}", label.word());
        let output = output(self.programs.command("crm").arg(program).current_dir(folder).stdin(mail))?;
        ensure!(output.status.success() && output.stderr.is_empty(), "crm114 does not learn, {}", complaint(&output));
        Ok(())
    }
}

impl Filter for Crm114 {
    fn names(&self, teaching: Teaching) -> (&'static str, &'static str) {
        match teaching {
            Teaching::Everything => ("crm114, everything", "crm114-everything"),
            Teaching::Mistakes => ("crm114, error or abs(pR)<10", "crm114-mistakes"),
        }
    }

    fn is_unsure(&self, judged: &Judged) -> bool {
        judged.score.abs() < SURE
    }

    /// Both files have to be there. Learning an empty text makes them.
    fn prepare(&self, folder: &Path) -> Result<()> {
        [Label::Ham, Label::Spam].into_iter().try_for_each(|label| self.learn(folder, label, Stdio::null()))
    }

    fn judge(&self, folder: &Path, mail: &Path) -> Result<Judged> {
        let program = format!(
            "-{{ isolate (:stats:) {{ classify {CLASSIFIER} (ham.css | spam.css) (:stats:) {WORDS} }} output /:*:stats:/ }}"
        );
        let output = output(self.programs.command("crm").arg(program).current_dir(folder).stdin(open(mail)?))?;
        // It goes on without a file that it does not find, and only warns.
        let is_well = output.status.success() && output.stderr.is_empty();
        let ratio = ratio(&String::from_utf8_lossy(&output.stdout)).filter(|_| is_well);
        let ratio = ratio.with_context(|| format!("crm114 failed on {}, {}", mail.display(), complaint(&output)))?;
        let class = if ratio < 0.0 { Class::Spam } else { Class::Ham };
        Ok(Judged { class, score: -ratio })
    }

    fn train(&self, folder: &Path, mail: &Path, label: Label) -> Result<()> {
        self.learn(folder, label, open(mail)?.into()).with_context(|| mail.display().to_string())
    }
}

/// pR of the first file against the second: the logarithm of the ratio of their probabilities, to the base of ten.
fn ratio(statistics: &str) -> Option<f64> {
    let (_, behind) = statistics.lines().next()?.split_once("pR:")?;
    behind.trim().parse().ok().filter(|ratio: &f64| ratio.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ratio_is_that_of_both_files_and_not_of_the_best() {
        let statistics = "CLASSIFY fails; success probability: 0.0000  pR: -83.3062\n\
                          Best match to file #1 (spam.css) prob: 1.0000  pR: 83.3062  \n\
                          Total features in input file: 936\n";

        assert_eq!(ratio(statistics), Some(-83.3062));
        assert_eq!(ratio("CLASSIFY succeeds; success probability: 1.0000  pR: 9.9553\n"), Some(9.9553));
        for nothing in ["", "\nCLASSIFY fails; pR: 1.0\n", "pR: nan\n", "pR: \n"] {
            assert_eq!(ratio(nothing), None, "{nothing:?}");
        }
    }
}
