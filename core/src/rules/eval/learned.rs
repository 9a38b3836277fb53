//! What the learner makes of a message, for rules that ask SpamAssassin's.

use crate::rules::{
    book::EvalTest,
    eval::{Eval, Scene, argument},
};

pub(super) const EVALS: &[Eval] = &[Eval { name: "check_bayes", run: is_probability }];

/// Whether the probability is above one argument, or that is 0, and at most another.
fn is_probability(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    let (Some(above), Some(most)) = (argument::number(test, 0), argument::number(test, 1)) else { return 0 };
    scene.probability.is_some_and(|probability| (above <= 0.0 || above < probability) && probability <= most).into()
}
