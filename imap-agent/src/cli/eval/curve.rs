//! The learning curve: how good the filter is after so many lessons.
//!
//! The lessons are the first of each label in the stream, half of either, learned in the order of the stream. Everything
//! else is judged, also what came before the last lesson, and nothing more is learned meanwhile.

use tamis_core::{
    Config,
    learn::Label,
    metrics::{Means, Measures, means_table, shuffle, table},
};

use super::filter::Filter;
use crate::{
    cli::{
        Failure,
        out::{Out, Skips},
    },
    corpus::{IndexLine, Skipped, read_one},
};

/// After how many lessons: about thrice as many each time, as each word weighs less the more there are.
const SIZES: [usize; 5] = [10, 30, 100, 300, 1000];

#[derive(Debug, clap::Args)]
pub(super) struct CurveArgs {
    /// Learn 10, 30, 100, 300 and 1000 messages, half of them spam, and judge all others after each
    #[arg(long, conflicts_with_all = ["online", "train", "rules_only", "calibration", "out"])]
    curve: bool,

    /// Measure the curve in the orders of the seeds 1 to K, and print the means
    #[arg(long, value_name = "K", requires = "curve", conflicts_with = "shuffle",
        value_parser = clap::value_parser!(u64).range(1..=1000))]
    shuffles: Option<u64>,
}

impl CurveArgs {
    pub(super) fn is_asked(&self) -> bool {
        self.curve
    }
}

/// What of the stream can be read: each message is read several times, and missed once.
pub(super) fn readable(stream: Vec<IndexLine>, skips: &mut Skips, out: &mut Out) -> Vec<IndexLine> {
    let mut found = Vec::with_capacity(stream.len());
    for line in stream {
        match read_one(&line.path) {
            Ok(_) => found.push(line),
            Err(what) => skips.add(what, out),
        }
    }
    found
}

pub(super) fn curve(stream: &[IndexLine], args: &CurveArgs, config: &Config, out: &mut Out) -> Result<(), Failure> {
    let (ham, spam) = counts(stream);
    let (sizes, too_large): (Vec<usize>, Vec<usize>) = SIZES.iter().partition(|size| **size / 2 <= ham.min(spam));
    let Some(most) = sizes.last() else {
        return Err(Failure::person(format!(
            "a learning curve needs 5 ham and 5 spam that can be read, and there are {ham} and {spam}"
        )));
    };
    let orders = usize::try_from(args.shuffles.unwrap_or(1)).unwrap_or(usize::MAX);
    out.start_count(orders.saturating_mul(sizes.len()).saturating_mul(stream.len()));
    let mut lines: Vec<String> = Vec::new();
    for size in &sizes {
        let name = format!("after {size}");
        let rows = match args.shuffles {
            None => table(&name, &after(*size, stream, config, out)?),
            Some(orders) => {
                let runs = (1..=orders).map(|seed| {
                    let mut stream = stream.to_vec();
                    shuffle(&mut stream, seed);
                    after(*size, &stream, config, out)
                });
                means_table(&name, &Means::of(&runs.collect::<Result<Vec<Measures>, Failure>>()?))
            }
        };
        lines.extend(rows.lines().skip(usize::from(!lines.is_empty())).map(str::to_owned));
    }
    out.end_progress();
    for line in lines {
        out.line(line)?;
    }
    if let Some(orders) = args.shuffles {
        out.line(format_args!("\nmeans over {orders} orders of {} messages", stream.len()))?;
    }
    if !too_large.is_empty() {
        out.line(format_args!("\nnot measured after more than {most}: there are {ham} ham and {spam} spam"))?;
    }
    Ok(())
}

fn counts(stream: &[IndexLine]) -> (usize, usize) {
    let ham = stream.iter().filter(|line| line.label == Label::Ham).count();
    (ham, stream.len() - ham)
}

/// Learns `size` messages and judges the others.
fn after(size: usize, stream: &[IndexLine], config: &Config, out: &mut Out) -> Result<Measures, Failure> {
    let read =
        |line: &IndexLine| read_one(&line.path).map_err(|what: Skipped| Failure::person(format!("cannot read {what}")));
    let (lessons, others) = split(stream, size / 2);
    let mut filter = Filter::new(config.clone());
    for line in lessons {
        filter.learn(&read(line)?, line.label);
        out.advance(1, 0);
    }
    let mut outcomes = Vec::with_capacity(others.len());
    for line in others {
        outcomes.push(filter.judge(&read(line)?).outcome(line.label));
        out.advance(1, 0);
    }
    Ok(Measures::of(&outcomes))
}

/// The first `each` ham and the first `each` spam, and everything else, both in the order of the stream.
fn split(stream: &[IndexLine], each: usize) -> (Vec<&IndexLine>, Vec<&IndexLine>) {
    let (mut ham, mut spam) = (0, 0);
    stream.iter().partition(|line| {
        let seen = match line.label {
            Label::Ham => &mut ham,
            Label::Spam => &mut spam,
        };
        *seen += 1;
        *seen <= each
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(lines: &[&IndexLine]) -> String {
        lines.iter().map(|line| line.name.as_str()).collect()
    }

    #[test]
    fn the_first_of_each_label_are_learned_and_all_others_judged_in_the_order_of_the_stream() {
        let line = |c: char| IndexLine {
            label: if c.is_lowercase() { Label::Ham } else { Label::Spam },
            name: c.to_string(),
            path: c.to_string().into(),
        };
        let stream: Vec<IndexLine> = "abScTUdVe".chars().map(line).collect();
        for (each, want) in [(1, ("aS", "bcTUdVe")), (2, ("abST", "cUdVe")), (3, ("abScTU", "dVe"))] {
            let (lessons, others) = split(&stream, each);
            assert_eq!((names(&lessons).as_str(), names(&others).as_str()), want, "{each}");
        }
        assert_eq!(counts(&stream), (5, 4));
    }
}
