//! The words between clauses, by language.

use crate::Tongue;

/// What joins clauses, and the clauses that are of no finding. In German what follows is a main clause, whatever joins it.
pub(super) struct Joints {
    /// Of a sentence for wanted mail, before what is odd.
    pub(super) although: &'static str,
    /// Where nothing speaks for it, before what is odd.
    pub(super) only_that: &'static str,
    pub(super) little: &'static str,
    pub(super) nothing: &'static str,
    pub(super) many_signs: &'static str,
    pub(super) test_message: &'static str,
    pub(super) but: &'static str,
    pub(super) and: &'static str,
    /// Before the name of a rule.
    pub(super) rule: &'static str,
}

impl Joints {
    pub(super) const fn of(tongue: Tongue) -> &'static Self {
        match tongue {
            Tongue::English => &ENGLISH,
            Tongue::German => &GERMAN,
        }
    }
}

const ENGLISH: Joints = Joints {
    although: ", although ",
    only_that: "little in it is suspicious, only that ",
    little: "little in it is suspicious",
    nothing: "nothing in it is suspicious",
    many_signs: "many small signs of unwanted mail come together",
    test_message: "it holds the text that is agreed on for trying spam filters",
    but: ", but ",
    and: ", and ",
    rule: "it matches the rule ",
};

const GERMAN: Joints = Joints {
    although: "; auffällig ist nur: ",
    only_that: "kaum etwas an ihr ist verdächtig, nur dies: ",
    little: "kaum etwas an ihr ist verdächtig",
    nothing: "nichts an ihr ist verdächtig",
    many_signs: "viele kleine Zeichen unerwünschter Post kommen zusammen",
    test_message: "sie enthält den Text, der zum Ausprobieren von Spamfiltern vereinbart ist",
    but: ", aber ",
    and: ", und ",
    rule: "auf sie passt die Regel ",
};
