//! What is printed at the end of a run.

use std::time::Duration;

use tamis_core::metrics::{Bin, Calibration, Measures, Outcome, table};

use super::{
    feedback::Teacher,
    filter::{Filter, Times},
};
use crate::{
    cli::{Failure, out::Out, table::table as columns},
    words::grouped,
};

/// What a run came to.
pub(super) struct Report<'a> {
    /// Of the index.
    pub(super) name: String,
    pub(super) outcomes: &'a [Outcome],
    pub(super) filter: &'a Filter,
    pub(super) teacher: Option<&'a Teacher>,
    /// Whether each bin of the calibration is shown.
    pub(super) has_bins: bool,
}

pub(super) fn report(run: &Report<'_>, out: &mut Out) -> Result<(), Failure> {
    let later = run.outcomes.get(run.outcomes.len() / 2..).unwrap_or_default();
    let all = table(&run.name, &Measures::of(run.outcomes));
    let half = table("second half", &Measures::of(later));
    for line in all.lines().chain(half.lines().skip(1)) {
        out.line(line)?;
    }
    out.line("")?;
    if let Some(summary) = run.teacher.and_then(Teacher::summary) {
        out.line(summary)?;
        out.line("")?;
    }
    if run.filter.has_learner() {
        let calibration = Calibration::of(run.outcomes);
        out.line(calibration_line("calibration error", &calibration))?;
        out.line(calibration_line("second half", &Calibration::of(later)))?;
        out.line("")?;
        if run.has_bins {
            bins("equal bins", &calibration.equal_bins, out)?;
            bins("equal counts", &calibration.equal_counts, out)?;
        }
    }
    speeds(run.outcomes.len(), run.filter.times(), out)
}

fn calibration_line(name: &str, calibration: &Calibration) -> String {
    let opinions = calibration.opinions();
    if opinions == 0 {
        return format!("{name} not measured: the learner had no opinion");
    }
    let (bins, counts) = (calibration.error_of_bins(), calibration.error_of_counts());
    let opinions = grouped(u32::try_from(opinions).unwrap_or(u32::MAX));
    format!("{name} {bins:.1} % (equal bins), {counts:.1} % (equal counts), of {opinions} opinions")
}

fn bins(name: &str, bins: &[Bin], out: &mut Out) -> Result<(), Failure> {
    let row = |bin: &Bin| {
        vec![
            format!("{:5.1} to {:5.1} %", 100.0 * bin.from, 100.0 * bin.to),
            format!("{:5.1} %", bin.mean()),
            format!("{:5.1} %", bin.share()),
            format!("{:6}", bin.count),
        ]
    };
    for line in columns(&[name, "mean", "spam", " count"], &bins.iter().map(row).collect::<Vec<Vec<String>>>()) {
        out.line(line)?;
    }
    out.line("")
}

fn speeds(messages: usize, times: &Times, out: &mut Out) -> Result<(), Failure> {
    let Times { parse, learner, checks, train, lessons } = times;
    let whole = *parse + *learner + *checks + *train;
    out.line("messages per second")?;
    for (stage, count, time) in [
        ("parse", messages, *parse),
        ("features and learner", messages, *learner),
        ("checks", messages, *checks),
        ("train", *lessons, *train),
        ("all", messages, whole),
    ] {
        out.line(format_args!("  {stage:<20} {:>9}", per_second(count, time)))?;
    }
    Ok(())
}

/// A stage that did nothing has no speed.
fn per_second(messages: usize, time: Duration) -> String {
    let messages = u32::try_from(messages).map_or(f64::MAX, f64::from);
    let nothing = Duration::from_nanos(200).as_secs_f64() * messages;
    if time.as_secs_f64() <= nothing || messages == 0.0 {
        "-".to_owned()
    } else {
        format!("{:.0}", messages / time.as_secs_f64())
    }
}
