//! Meta rules as formulas: whether they hold can mostly be told from a few counts.

use super::{
    Expression, MOST, Operation, Span, Step,
    part::{Part, Tree},
};

/// The formulas of all meta rules, close together.
#[derive(Debug, Default)]
pub(super) struct Formulas {
    nodes: Vec<Node>,
    /// Rules that are summed up.
    terms: Vec<u32>,
}

/// A formula or a piece of one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    kind: Kind,
    is_negated: bool,
}

/// Ranges are places in [`Formulas::nodes`], if nothing else is said.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Known(bool),
    Rule(u32),
    All(u32, u32),
    Any(u32, u32),
    /// The sum of some of [`Formulas::terms`], compared with a number.
    Sum(u32, u32, Operation, f64),
    /// Some steps of the expression.
    Steps(u32, u32),
}

/// The counts of rules, NaN where nothing is known yet, and the most that each can come to.
#[derive(Clone, Copy)]
pub(super) struct Counts<'run> {
    pub(super) counts: &'run [f64],
    /// `None`: nothing.
    pub(super) most: Option<&'run [f64]>,
}

/// What is known where not all counts are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Look {
    Known(bool),
    Open(Guess),
}

/// What is to be expected of something that is not known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Guess {
    /// How likely it is to hold, 0 to 1.
    pub likely: f32,
    /// What finding it out costs.
    pub cost: f32,
    /// The rule that is best found out first.
    pub rule: u32,
}

/// What is likely of a comparison that would hold if nothing else did, and of one that would not.
const LIKELY: f32 = 0.95;
const UNLIKELY: f32 = 0.05;
/// The share of the rules of a comparison that have to be found out.
const SHARE: f32 = 0.6;
/// Nothing is taken for more certain than this.
const DOUBT: f32 = 1e-4;

impl Node {
    /// The rule, if it is nothing but that.
    fn plain(self) -> Option<u32> {
        match self.kind {
            Kind::Rule(rule) if !self.is_negated => Some(rule),
            Kind::Rule(_) | Kind::Known(_) | Kind::All(..) | Kind::Any(..) | Kind::Sum(..) | Kind::Steps(..) => None,
        }
    }
}

impl Counts<'_> {
    pub(super) fn of(self, rule: u32) -> f64 {
        self.counts.get(rule as usize).copied().unwrap_or(0.0)
    }

    pub(super) fn span(self, rule: u32) -> Span {
        let count = self.of(rule);
        if count.is_nan() {
            let most = |most: &[f64]| most.get(rule as usize).copied().unwrap_or(MOST);
            return Span { least: 0.0, most: self.most.map_or(0.0, most) };
        }
        Span::of(count)
    }

    fn truth(self, rule: u32) -> Option<bool> {
        let count = self.of(rule);
        (!count.is_nan()).then_some(count != 0.0)
    }
}

/// Several things that are not known, of which one that holds, or one that does not, settles all.
struct Open {
    is_any: bool,
    best: Option<(f32, Guess)>,
    /// How likely it is that none settles it.
    none: f32,
    cost: f32,
}

impl Open {
    const fn new(is_any: bool) -> Self {
        Self { is_any, best: None, none: 1.0, cost: 0.0 }
    }

    fn add(&mut self, guess: Guess) {
        let settles = if self.is_any { guess.likely } else { 1.0 - guess.likely };
        let price = guess.cost / settles.max(DOUBT);
        self.none *= 1.0 - settles;
        self.cost += guess.cost;
        if self.best.is_none_or(|(least, _)| price < least) {
            self.best = Some((price, guess));
        }
    }

    fn look(&self) -> Look {
        let Some((_, best)) = self.best else { return Look::Known(!self.is_any) };
        let (likely, goes_on) =
            if self.is_any { (1.0 - self.none, 1.0 - best.likely) } else { (self.none, best.likely) };
        Look::Open(Guess { likely, cost: best.cost + goes_on * (self.cost - best.cost), rule: best.rule })
    }
}

impl Formulas {
    /// Takes an expression and says where its formula is.
    pub(super) fn take(&mut self, expression: &Expression) -> u32 {
        let at = self.nodes.len();
        self.nodes.push(Node { kind: Kind::Known(false), is_negated: false });
        self.put(at, &Part::of(&expression.steps), &expression.steps);
        as_u32(at)
    }

    fn put(&mut self, at: usize, part: &Part, steps: &[Step]) {
        let kind = match &part.tree {
            Tree::Known(holds) => Kind::Known(*holds),
            Tree::Rule(rule) => Kind::Rule(*rule),
            Tree::All(parts) => {
                let (from, to) = self.put_all(parts, steps);
                Kind::All(from, to)
            }
            Tree::Any(parts) => {
                let (from, to) = self.put_all(parts, steps);
                Kind::Any(from, to)
            }
            Tree::Steps(to) => {
                let sum = steps.get(part.from..*to).and_then(|steps| self.sum(steps));
                sum.unwrap_or(Kind::Steps(as_u32(part.from), as_u32(*to)))
            }
        };
        if let Some(node) = self.nodes.get_mut(at) {
            *node = Node { kind, is_negated: part.is_negated };
        }
    }

    /// Puts parts side by side, first those that are quickly looked at.
    fn put_all(&mut self, parts: &[Part], steps: &[Step]) -> (u32, u32) {
        let mut parts: Vec<&Part> = parts.iter().collect();
        parts.sort_by_key(|part| (!matches!(part.tree, Tree::Rule(_) | Tree::Known(_)), part.is_negated));
        let from = self.nodes.len();
        let to = from + parts.len();
        self.nodes.resize(to, Node { kind: Kind::Known(false), is_negated: false });
        for (at, part) in (from..).zip(parts) {
            self.put(at, part, steps);
        }
        (as_u32(from), as_u32(to))
    }

    /// A comparison of a sum with a number, or a sum alone, which holds if it is more than nothing.
    fn sum(&mut self, steps: &[Step]) -> Option<Kind> {
        let (terms, operation, number) = match steps {
            [terms @ .., Step::Number(number), Step::Two(operation)] if operation.is_comparison() => {
                (terms, *operation, *number)
            }
            [.., Step::Two(Operation::Plus)] => (steps, Operation::More, 0.0),
            _ => return None,
        };
        let is_plain = |step: &Step| match step {
            Step::Rule(_) | Step::Two(Operation::Plus) => true,
            Step::Number(number) => *number == 0.0,
            Step::Not | Step::Minus | Step::Two(_) | Step::And(_) | Step::Or(_) | Step::Unless(_) | Step::Jump(_) => {
                false
            }
        };
        if !terms.iter().all(is_plain) {
            return None;
        }
        let from = self.terms.len();
        self.terms.extend(terms.iter().filter_map(|step| if let Step::Rule(rule) = step { Some(*rule) } else { None }));
        Some(Kind::Sum(as_u32(from), as_u32(self.terms.len()), operation, number))
    }

    fn node(&self, at: u32) -> Option<Node> {
        self.nodes.get(at as usize).copied()
    }

    fn range(&self, from: u32, to: u32) -> &[Node] {
        self.nodes.get(from as usize..to as usize).unwrap_or_default()
    }

    fn terms(&self, from: u32, to: u32) -> &[u32] {
        self.terms.get(from as usize..to as usize).unwrap_or_default()
    }

    /// Whether it holds, as far as that is known.
    pub(super) fn begin(&self, at: u32, expression: &Expression, counts: Counts<'_>) -> Option<bool> {
        self.node(at).map_or(Some(false), |node| self.truth(node, expression, counts))
    }

    /// Whether it does not hold without this rule.
    pub(super) fn needs(&self, at: u32, rule: u32) -> bool {
        match self.node(at) {
            Some(Node { kind: Kind::All(from, to), is_negated: false }) => {
                // Those that are nothing but a rule stand first.
                let mut plain = self.range(from, to).iter().map_while(|node| node.plain());
                plain.any(|of| of == rule)
            }
            Some(node) => node.plain() == Some(rule),
            None => false,
        }
    }

    /// Rules of which one must count for it to hold: those that do so on the fewest messages. `None`: it may hold
    /// without.
    pub(super) fn vital(&self, at: u32, expression: &Expression, often: &impl Fn(u32) -> u32) -> Option<Vec<u32>> {
        self.vital_of(self.node(at)?, expression, often).map(|(_, rules)| rules)
    }

    /// The same, with the messages added up.
    fn vital_of(&self, node: Node, expression: &Expression, often: &impl Fn(u32) -> u32) -> Option<(u64, Vec<u32>)> {
        let nothing = Counts { counts: &[], most: None };
        let added = |rules: Vec<u32>| (rules.iter().map(|rule| u64::from(often(*rule)) + 1).sum(), rules);
        match node.kind {
            Kind::Known(holds) => (holds == node.is_negated).then(|| added(Vec::new())),
            Kind::Rule(_) | Kind::All(..) | Kind::Any(..) if node.is_negated => None,
            Kind::Rule(rule) => Some(added(vec![rule])),
            Kind::All(from, to) => {
                let each = self.range(from, to).iter().filter_map(|node| self.vital_of(*node, expression, often));
                each.min_by_key(|(messages, _)| *messages)
            }
            Kind::Any(from, to) => {
                let each = self.range(from, to).iter().map(|node| self.vital_of(*node, expression, often));
                let all: Vec<_> = each.collect::<Option<_>>()?;
                Some(added(all.into_iter().flat_map(|(_, rules)| rules).collect()))
            }
            Kind::Sum(..) | Kind::Steps(..) => {
                let is_false = self.truth(node, expression, nothing) == Some(false);
                is_false.then(|| added(self.terms_of(node, expression)))
            }
        }
    }

    /// The rules that a comparison or some steps ask for.
    fn terms_of(&self, node: Node, expression: &Expression) -> Vec<u32> {
        match node.kind {
            Kind::Sum(from, to, ..) => self.terms(from, to).to_vec(),
            Kind::Steps(from, to) => {
                let steps = expression.steps.get(from as usize..to as usize).unwrap_or_default();
                let rule = |step: &Step| if let Step::Rule(rule) = step { Some(*rule) } else { None };
                steps.iter().filter_map(rule).collect()
            }
            Kind::Known(_) | Kind::Rule(_) | Kind::All(..) | Kind::Any(..) => Vec::new(),
        }
    }

    /// The same as [`Formulas::truth`], without a call for what is most often asked.
    #[inline]
    fn quick_truth(&self, node: Node, expression: &Expression, counts: Counts<'_>) -> Option<bool> {
        match node.kind {
            Kind::Rule(rule) => counts.truth(rule).map(|holds| holds != node.is_negated),
            Kind::Known(_) | Kind::All(..) | Kind::Any(..) | Kind::Sum(..) | Kind::Steps(..) => {
                self.truth(node, expression, counts)
            }
        }
    }

    /// Whether it holds, if that is known. Formulas are no deeper than expressions.
    fn truth(&self, node: Node, expression: &Expression, counts: Counts<'_>) -> Option<bool> {
        let holds = match node.kind {
            Kind::Known(holds) => Some(holds),
            Kind::Rule(rule) => counts.truth(rule),
            Kind::All(from, to) => self.settled(self.range(from, to), false, expression, counts),
            Kind::Any(from, to) => self.settled(self.range(from, to), true, expression, counts),
            Kind::Sum(from, to, operation, number) => compared(self.terms(from, to), (operation, number), counts),
            Kind::Steps(from, to) => of_steps(expression, (from, to), counts),
        };
        holds.map(|holds| holds != node.is_negated)
    }

    /// Whether all hold, or any, where one that does not, or does, settles it.
    fn settled(&self, nodes: &[Node], by: bool, expression: &Expression, counts: Counts<'_>) -> Option<bool> {
        let mut all = Some(!by);
        for node in nodes {
            match self.quick_truth(*node, expression, counts) {
                Some(holds) if holds == by => return Some(by),
                Some(_) => {}
                None => all = None,
            }
        }
        all
    }

    /// The same, or what to find out first.
    pub(super) fn look(
        &self,
        at: u32,
        expression: &Expression,
        counts: Counts<'_>,
        guess: &impl Fn(u32) -> Guess,
    ) -> Look {
        self.node(at).map_or(Look::Known(false), |node| self.look_at(node, expression, counts, guess))
    }

    #[inline]
    fn quick_look(
        &self,
        node: Node,
        expression: &Expression,
        counts: Counts<'_>,
        guess: &impl Fn(u32) -> Guess,
    ) -> Look {
        match node.plain().and_then(|rule| counts.truth(rule)) {
            Some(holds) => Look::Known(holds),
            None => self.look_at(node, expression, counts, guess),
        }
    }

    fn look_at(&self, node: Node, expression: &Expression, counts: Counts<'_>, guess: &impl Fn(u32) -> Guess) -> Look {
        let open = |is_any: bool, nodes: &[Node]| {
            let mut open = Open::new(is_any);
            for node in nodes {
                match self.quick_look(*node, expression, counts, guess) {
                    Look::Known(holds) if holds == is_any => return Look::Known(is_any),
                    Look::Known(_) => {}
                    Look::Open(guess) => open.add(guess),
                }
            }
            open.look()
        };
        let look = match node.kind {
            Kind::Known(holds) => Look::Known(holds),
            Kind::Rule(rule) => counts.truth(rule).map_or_else(|| Look::Open(guess(rule)), Look::Known),
            Kind::All(from, to) => open(false, self.range(from, to)),
            Kind::Any(from, to) => open(true, self.range(from, to)),
            Kind::Sum(..) | Kind::Steps(..) => {
                let truth = self.truth(Node { is_negated: false, ..node }, expression, counts);
                truth.map_or_else(|| self.of_many(node, expression, counts, guess), Look::Known)
            }
        };
        match look {
            Look::Known(holds) => Look::Known(holds != node.is_negated),
            Look::Open(guess) if node.is_negated => Look::Open(Guess { likely: 1.0 - guess.likely, ..guess }),
            Look::Open(_) => look,
        }
    }

    /// What to expect of a comparison: that what is not known counts nothing.
    fn of_many(&self, node: Node, expression: &Expression, counts: Counts<'_>, guess: &impl Fn(u32) -> Guess) -> Look {
        let mut open = Open::new(false);
        let add = |rule: u32| {
            if counts.of(rule).is_nan() {
                open.add(guess(rule));
            }
        };
        match node.kind {
            Kind::Sum(from, to, ..) => self.terms(from, to).iter().copied().for_each(add),
            Kind::Steps(from, to) => {
                let steps = expression.steps.get(from as usize..to as usize).unwrap_or_default();
                let rule = |step: &Step| if let Step::Rule(rule) = step { Some(*rule) } else { None };
                steps.iter().filter_map(rule).for_each(add);
            }
            Kind::Known(_) | Kind::Rule(_) | Kind::All(..) | Kind::Any(..) => {}
        }
        let Some((_, best)) = open.best else { return Look::Known(false) };
        let nothing = Counts { most: None, ..counts };
        let holds = self.truth(Node { is_negated: false, ..node }, expression, nothing).unwrap_or(false);
        Look::Open(Guess { likely: if holds { LIKELY } else { UNLIKELY }, cost: SHARE * open.cost, rule: best.rule })
    }
}

fn compared(terms: &[u32], (operation, number): (Operation, f64), counts: Counts<'_>) -> Option<bool> {
    let mut sum = Span::of(0.0);
    // Of many, nearly all count nothing.
    for term in terms.iter().filter(|term| counts.of(**term) != 0.0) {
        let Span { least, most } = counts.span(*term);
        sum = Span { least: sum.least + least, most: sum.most + most };
    }
    operation.span(sum, Span::of(number))?.is_true()
}

fn of_steps(expression: &Expression, (from, to): (u32, u32), counts: Counts<'_>) -> Option<bool> {
    expression.span_within(from as usize..to as usize, |rule| counts.span(rule))?.is_true()
}

fn as_u32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
