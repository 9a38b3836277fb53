//! What every learner that is measured here can do, and which there are.

use tamis_core::learn::Label;

use crate::{
    fisher::Fisher,
    fusion::Fusion,
    mail::{Message, View},
    osb::Osb,
    regression::{Grams, Tokens},
    tamis::{Part, Tamis},
};

/// A learner.
pub(crate) trait Candidate {
    /// How much a message looks like spam to it. Above zero it calls it spam.
    fn judge(&self, message: &Message) -> f64;
    /// Learns a message.
    fn train(&mut self, message: &Message, label: Label);
}

/// A line of the table.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    /// What it sees of a message, which has to be read first.
    pub(crate) view: View,
    /// A new one, which knows nothing.
    pub(crate) make: fn() -> Box<dyn Candidate>,
}

/// All lines, in the order of the table.
pub(crate) const ROWS: &[Row] = &[
    Row { name: "chi-square of tokens", view: View::Tokens, make: || Box::new(Fisher::default()) },
    Row { name: "OSB and EDDC, learns everything", view: View::Pairs, make: || Box::new(Osb::everything()) },
    Row { name: "OSB and EDDC, learns what is unsure", view: View::Pairs, make: || Box::new(Osb::near_errors()) },
    Row { name: "regression on 4-grams, as published", view: View::Grams, make: || Box::new(Grams::published()) },
    Row { name: "regression on 4-grams, of length one", view: View::Grams, make: || Box::new(Grams::of_length_one()) },
    Row { name: "regression on tokens, one model", view: View::Tokens, make: || Box::new(Tokens::default()) },
    Row { name: "fusion of chi-square and both regressions", view: View::All, make: || Box::new(Fusion::of_three()) },
    Row { name: "Tamis", view: View::Tokens, make: || Box::new(Tamis::of(Part::All)) },
    Row { name: "Tamis without the header", view: View::Tokens, make: || Box::new(Tamis::of(Part::Body)) },
    Row { name: "Tamis without the body", view: View::Tokens, make: || Box::new(Tamis::of(Part::Header)) },
];
