//! Tamis' own learner, and what is left of it if it sees only a part of each message.

use tamis_core::learn::{Features, Label, Learner as _, Logistic, TokenId};

use crate::{candidate::Candidate, mail::Message};

/// What it sees of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Everything.
    All,
    /// Text, links, files and HTML.
    Body,
    /// Everything else: the lines of the header, sender, subject, way.
    Header,
}

/// The learner as it is.
#[derive(Debug)]
pub(crate) struct Tamis {
    learner: Logistic,
    part: Part,
}

impl Tamis {
    /// One that sees that part.
    pub(crate) fn of(part: Part) -> Self {
        Self { learner: Logistic::default(), part }
    }

    fn features<'m>(&self, message: &'m Message) -> &'m Features {
        match self.part {
            Part::All => &message.tokens,
            Part::Body => &message.of_body,
            Part::Header => &message.of_header,
        }
    }
}

impl Candidate for Tamis {
    fn judge(&self, message: &Message) -> f64 {
        self.learner.leaning(self.features(message))
    }

    fn train(&mut self, message: &Message, label: Label) {
        let mut ids = self.features(message).ids();
        // That there is no subject, or no text, is said of a message without that part as well, and means nothing. What is
        // never learned has no weight.
        ids.retain(|id: &TokenId| match self.part {
            Part::All => true,
            Part::Body => id.is_of_body(),
            Part::Header => !id.is_of_body(),
        });
        self.learner.train(&ids, label);
    }
}
