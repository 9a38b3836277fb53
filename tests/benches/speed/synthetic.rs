//! Mail that nobody wrote: the words and the header lines of two messages of one label, mixed.
//!
//! There is as much of it as is wanted, no two are alike, and their pairs of words were never seen together. It is for
//! measuring memory; how well anything judges it says nothing.

use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use tamis_core::{Arrival, Mail, learn::Label, metrics::shuffle};
use xtask::index::Line;

use crate::task::read;

/// Lines that say how the body is written, which is written anew.
const OF_BODY: &[&str] = &["content-", "mime-version"];

/// How far the second message is from the one before: a prime, so that all are taken in turn.
const STRIDE: usize = 7919;

/// The mail that is mixed.
#[derive(Debug)]
pub(crate) struct Synthetic<'m> {
    mail: &'m [Line],
}

impl<'m> Synthetic<'m> {
    pub(crate) const fn of(mail: &'m [Line]) -> Self {
        Self { mail }
    }

    /// The message of that number: always the same one.
    pub(crate) fn message(&self, number: usize) -> Result<(Vec<u8>, Label)> {
        let one = self.mail.get(number % self.mail.len().max(1)).context("there is no mail")?;
        let alike: Vec<&Line> = self.mail.iter().filter(|line| line.label == one.label).collect();
        let other = alike.get(number.wrapping_mul(STRIDE) % alike.len()).context("there is no mail")?;
        let (one_raw, other_raw) = (read(&one.path)?, read(&other.path)?);
        let arrival = Arrival::default();
        let both = [Mail::parse(&one_raw, &arrival), Mail::parse(&other_raw, &arrival)];
        Ok((mixed(&both, number as u64).into_bytes(), one.label))
    }
}

fn mixed([one, other]: &[Mail<'_>; 2], seed: u64) -> String {
    let mut raw = String::new();
    let mut of_other: Vec<bool> = (0..one.headers().len()).map(|index| index % 2 == 0).collect();
    shuffle(&mut of_other, seed);
    for (header, is_of_other) in one.headers().iter().zip(of_other) {
        let name = header.name.to_ascii_lowercase();
        if OF_BODY.iter().any(|beginning| name.starts_with(beginning)) {
            continue;
        }
        let theirs = other.headers_named(&name).next().filter(|_| is_of_other);
        write!(raw, "{}:{}\r\n", header.name, theirs.unwrap_or(header).raw).ok();
    }
    raw.push_str("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n");
    raw.push_str("Content-Transfer-Encoding: 8bit\r\n\r\n");
    let texts = [one.visible_text(), other.visible_text()];
    let mut words: Vec<&str> = texts.iter().flat_map(|text| text.split_whitespace()).collect();
    shuffle(&mut words, seed);
    words.truncate(words.len().div_ceil(2));
    for line in words.chunks(10) {
        write!(raw, "{}\r\n", line.join(" ")).ok();
    }
    raw
}
