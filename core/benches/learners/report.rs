//! What is printed: a table that reads as it stands, and as Markdown.

use std::{fmt::Write as _, time::Duration};

use tamis_core::learn::Label;

use crate::{
    mail::Corpus,
    run::{Measured, count},
};

/// The line above the table.
pub(crate) fn of_corpus(corpus: &Corpus) -> String {
    let [ham, spam] = [Label::Ham, Label::Spam].map(|label| count(&corpus.messages, label));
    format!(
        "{}: {ham} ham, {spam} spam. In its own order, and the means of five shuffles; shares in percent,\n\
         CPU time in microseconds a message\n",
        corpus.name
    )
}

/// A line for each learner.
pub(crate) fn table(rows: &[Measured]) -> String {
    let mut table = format!(
        "| {:<42} | {:>7} | {:>5} | {:>9} | {:>15} | {:>12} | {:>17} | {:>11} | {:>4} |\n|{}\n",
        "learner",
        "1-ROCA",
        "lam",
        "FN@FP0.1",
        "shuffled 1-ROCA",
        "shuffled lam",
        "shuffled FN@FP0.1",
        "judge+train",
        "read",
        "---|---:|---:|---:|---:|---:|---:|---:|---:|"
    );
    for row in rows {
        let (order, mixed) = (&row.in_order, &row.shuffled);
        writeln!(
            table,
            "| {:<42} | {:7.4} | {:5.2} | {:9.2} | {:15.4} | {:12.2} | {:17.2} | {:>11} | {:>4} |",
            row.row.name,
            order.roca,
            order.lam,
            order.fn_at_tenth,
            mixed.roca,
            mixed.lam,
            mixed.fn_at_tenth,
            microseconds(row.cost),
            microseconds(row.reading),
        )
        .ok();
    }
    table
}

fn microseconds(time: Duration) -> String {
    format!("{:.0}", time.as_secs_f64() * 1e6)
}
