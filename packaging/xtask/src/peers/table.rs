//! The tables: each run, the means over the shuffles, and Tamis against the best of its peers.

use std::fmt::Write as _;

use anyhow::Result;
use tamis_core::metrics::{self, Measures};

use super::{Engine, stream::Stream};

/// What counts of a run, in percent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Row {
    /// The engine.
    pub(super) name: &'static str,
    /// Whether it is not ours.
    pub(super) is_peer: bool,
    /// Ham called spam.
    pub(super) fpr: f64,
    /// Spam not called spam.
    pub(super) fnr: f64,
    /// The logistic average of both.
    pub(super) lam: f64,
    /// The area above the ROC curve.
    pub(super) roca: f64,
    /// Spam missed if at most one ham in a thousand may be called spam.
    pub(super) fn_at_tenth: f64,
}

impl Row {
    /// The row of a run.
    pub(super) fn of(engine: &dyn Engine, measures: &Measures) -> Self {
        let Measures { fpr, fnr, lam, roca, fn_at_tenth, .. } = *measures;
        Self { name: engine.name(), is_peer: engine.is_peer(), fpr, fnr, lam, roca, fn_at_tenth }
    }
}

/// All engines on one stream.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Standing {
    /// The order of the stream, see [`Stream::order`].
    pub(super) stream: String,
    /// The engines, in the same order for every stream.
    pub(super) rows: Vec<Row>,
}

impl Standing {
    /// The mean of each engine over some streams; of none there is none.
    pub(super) fn mean(standings: &[Self]) -> Option<Self> {
        let first = standings.first()?;
        let count = f64::from(u32::try_from(standings.len()).ok()?);
        let mean = |row: &Row, figure: &dyn Fn(&Row) -> f64| {
            let same = standings.iter().flat_map(|standing| &standing.rows).filter(|other| other.name == row.name);
            same.map(figure).sum::<f64>() / count
        };
        let rows = first.rows.iter().map(|row| Row {
            fpr: mean(row, &|row| row.fpr),
            fnr: mean(row, &|row| row.fnr),
            lam: mean(row, &|row| row.lam),
            roca: mean(row, &|row| row.roca),
            fn_at_tenth: mean(row, &|row| row.fn_at_tenth),
            ..*row
        });
        Some(Self { stream: "mean of shuffles".to_owned(), rows: rows.collect() })
    }
}

/// All runs on one stream.
pub(super) fn of_stream(stream: &Stream, measured: &[(&dyn Engine, Measures)]) -> String {
    let mut table = format!("{}\n", stream.title());
    for (place, (engine, measures)) in measured.iter().enumerate() {
        // The line with the names of columns comes once.
        let skipped = usize::from(place != 0);
        table.extend(metrics::table(engine.name(), measures).split_inclusive('\n').skip(skipped));
    }
    table
}

/// The means of all engines.
pub(super) fn of_means(mean: &Standing) -> Result<String> {
    let mut table =
        format!("{:<42} {:>6} {:>6} {:>6} {:>8} {:>9}\n", "run", "FPR%", "FNR%", "lam%", "1-ROCA%", "FN@FP0.1%");
    for Row { name, fpr, fnr, lam, roca, fn_at_tenth, .. } in &mean.rows {
        writeln!(table, "{name:<42} {fpr:>6.2} {fnr:>6.2} {lam:>6.2} {roca:>8.4} {fn_at_tenth:>9.2}")?;
    }
    Ok(table)
}

/// A measure by its name, how many decimals it has, and where it is.
type Measure = (&'static str, usize, fn(&Row) -> f64);

const COMPARED: [Measure; 3] =
    [("1-ROCA%", 4, |row| row.roca), ("lam%", 2, |row| row.lam), ("FN@FP0.1%", 2, |row| row.fn_at_tenth)];

/// For each stream and measure the best peer's figure, and each of ours with its share of that.
pub(super) fn ratios(standings: &[Standing]) -> Result<String> {
    let mut table = format!("{:<18} {:<9} {:<27} {:>8}", "stream", "measure", "best peer", "");
    let ours = |standing: &Standing| standing.rows.iter().filter(|row| !row.is_peer).copied().collect::<Vec<_>>();
    for row in standings.first().map(ours).unwrap_or_default() {
        write!(table, " {:>24} {:>5}", row.name, "ratio")?;
    }
    table.push('\n');
    for standing in standings {
        for (measure, decimals, figure) in COMPARED {
            // Where there was nothing to measure there is no best.
            let peers = standing.rows.iter().filter(|row| row.is_peer && figure(row).is_finite());
            let Some(best) = peers.min_by(|a, b| figure(a).total_cmp(&figure(b))) else { continue };
            let (stream, name, theirs) = (&standing.stream, best.name, figure(best));
            write!(table, "{stream:<18} {measure:<9} {name:<27} {theirs:>8.decimals$}")?;
            for row in ours(standing) {
                write!(table, " {:>24.decimals$} {:>5}", figure(&row), ratio(figure(&row), theirs))?;
            }
            table.push('\n');
        }
    }
    Ok(table)
}

/// Nothing is a share of nothing.
fn ratio(ours: f64, theirs: f64) -> String {
    if theirs > 0.0 { format!("{:.2}", ours / theirs) } else { "-".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &'static str, roca: f64, lam: f64) -> Row {
        Row { name, is_peer: name != "Tamis", fpr: 0.0, fnr: 50.0, lam, roca, fn_at_tenth: 0.0 }
    }

    fn standings() -> Vec<Standing> {
        let stream = |name: &str, rows| Standing { stream: name.to_owned(), rows };
        vec![
            stream("one", vec![row("crm114", 0.3, 2.0), row("bogofilter", 0.2, 3.0), row("Tamis", 0.1, 1.0)]),
            stream("two", vec![row("crm114", 0.1, 1.0), row("bogofilter", 0.4, 2.0), row("Tamis", 0.2, 1.0)]),
        ]
    }

    #[test]
    fn a_mean_is_of_the_same_engine() {
        let got = Standing::mean(&standings()).unwrap();

        let figures: Vec<String> =
            got.rows.iter().map(|row| format!("{} {:.2} {:.2} {:.2}", row.name, row.roca, row.lam, row.fnr)).collect();
        assert_eq!(figures, ["crm114 0.20 1.50 50.00", "bogofilter 0.30 2.50 50.00", "Tamis 0.15 1.00 50.00"]);
        assert_eq!(got.stream, "mean of shuffles");
        assert_eq!(Standing::mean(&[]), None);
    }

    #[test]
    fn each_measure_has_its_own_best_peer_and_nothing_has_no_ratio() {
        let table = ratios(&standings()).unwrap();

        let lines: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(
            lines,
            [
                &["stream", "measure", "best", "peer", "Tamis", "ratio"][..],
                &["one", "1-ROCA%", "bogofilter", "0.2000", "0.1000", "0.50"],
                &["one", "lam%", "crm114", "2.00", "1.00", "0.50"],
                &["one", "FN@FP0.1%", "crm114", "0.00", "0.00", "-"],
                &["two", "1-ROCA%", "crm114", "0.1000", "0.2000", "2.00"],
                &["two", "lam%", "crm114", "1.00", "1.00", "1.00"],
                &["two", "FN@FP0.1%", "crm114", "0.00", "0.00", "-"],
            ]
        );
    }

    #[test]
    fn what_could_not_be_measured_is_left_out() {
        let nothing = Standing { stream: "spam alone".to_owned(), rows: vec![row("crm114", f64::NAN, f64::NAN)] };

        let table = ratios(&[nothing]).unwrap();

        let left: Vec<&str> = table.lines().skip(1).filter_map(|line| line.split_whitespace().nth(2)).collect();
        assert_eq!(left, ["FN@FP0.1%"], "{table}");
    }
}
