//! What the learner makes of a message, for rules that ask SpamAssassin's.

use crate::rules::{
    book::EvalTest,
    eval::{Eval, Scene, argument},
};

pub(super) const EVALS: &[Eval] = &[Eval { name: "check_bayes", run: is_probability }];

/// Whether the probability is above one argument, or that is 0, and at most another.
fn is_probability(scene: &Scene<'_>, test: &EvalTest) -> u32 {
    if scene.probability.is_none() {
        return 0;
    }
    let (Some(above), Some(most)) = (argument::number(test, 0), argument::number(test, 1)) else { return 0 };
    scene.probability.is_some_and(|probability| (above <= 0.0 || above < probability) && probability <= most).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        mail::{Arrival, Mail},
        rules::{View, lists::Lists},
    };

    #[test]
    fn every_probability_is_in_one_range() {
        let mail = Mail::parse(b"", &Arrival::default());
        let (view, lists) = (View::new(&mail), Lists::default());
        let holds = |probability, above: &str, most: &str| {
            let scene = Scene::new(&view, &lists, probability);
            is_probability(&scene, &argument::test("check_bayes", &[above, most]))
        };
        assert_eq!((holds(Some(0.0), "0.00", "0.01"), holds(Some(0.01), "0.00", "0.01")), (1, 1));
        assert_eq!((holds(Some(0.01), "0.01", "0.05"), holds(Some(1.0), "0.99", "1.00")), (0, 1));
        assert_eq!(holds(None, "0.00", "1.00"), 0, "who does not know says nothing");
    }
}
