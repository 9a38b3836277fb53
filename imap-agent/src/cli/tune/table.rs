//! What fitted points are worth, pack by pack.

use tamis_core::{Config, Score, learn::Label};

use crate::cli::table::table as columns;

/// A message and its points: as they were, fitted, fitted to other mail, and fitted to earlier mail if it is of the later.
pub(super) struct Judged {
    pub(super) pack: usize,
    pub(super) label: Label,
    pub(super) points: [Option<f64>; 4],
}

/// How many messages of each pack and kind have as many points as make them spam, and as make them doubtful.
pub(super) fn table(packs: &[String], judged: &[Judged], config: &Config) -> Vec<String> {
    let thresholds = [config.junk_threshold(), config.tag_threshold()];
    let mut rows = Vec::new();
    for (place, pack) in packs.iter().enumerate() {
        for label in [Label::Ham, Label::Spam] {
            let of: Vec<&Judged> = judged.iter().filter(|one| one.pack == place && one.label == label).collect();
            if of.is_empty() {
                continue;
            }
            let reach = |which: usize, threshold: Score| of.iter().filter(|one| one.reaches(which, threshold)).count();
            let [before, fitted, unseen, later] =
                [0, 1, 2, 3].map(|which| thresholds.map(|threshold| reach(which, threshold)));
            let of_later = of.iter().filter(|one| matches!(one.points, [.., Some(_)])).count();
            let counts = [[of.len()].as_slice(), &before, &fitted, &unseen, &[of_later], &later].concat();
            let mut row = vec![pack.clone(), label.word().to_owned()];
            row.extend(counts.iter().map(ToString::to_string));
            rows.push(row);
        }
    }
    let [junk, tag] = thresholds.map(|threshold| format!("{threshold:.1}"));
    let head = ["before", "fitted", "cross-validated"].map(|what| [format!("{what} {junk}"), tag.clone()]);
    let head = ["pack", "", "n"].into_iter().chain(head.iter().flatten().map(String::as_str));
    let head: Vec<&str> = head.chain(["later half", &junk, &tag]).collect();
    columns(&head, &rows)
}

impl Judged {
    fn reaches(&self, which: usize, threshold: Score) -> bool {
        let points = self.points.get(which).copied().flatten().and_then(Score::from_points);
        points.is_some_and(|points| threshold <= points)
    }
}
