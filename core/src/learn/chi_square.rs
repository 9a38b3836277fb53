//! Token counts combined by Fisher's chi-square.

use super::{Features, Label, Learner, Opinion, TokenId, Trained};

/// Counts of each token in ham and spam, combined as Gary Robinson proposed.
#[derive(Clone, Debug, Default)]
pub struct ChiSquare {
    trained: Trained,
}

impl Learner for ChiSquare {
    fn opinion(&self, _features: &Features) -> Option<Opinion> {
        None
    }

    fn train(&mut self, _tokens: &[TokenId], _label: Label) {}

    fn untrain(&mut self, _tokens: &[TokenId], _label: Label) {}

    fn trained(&self) -> Trained {
        self.trained
    }
}
