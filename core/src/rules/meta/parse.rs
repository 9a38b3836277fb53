//! A meta expression becomes steps.

use super::{
    DEPTH, Expression, Names, Operation, Step,
    words::{Word, words},
};

/// What is left of the expression, and what it has become so far.
struct Parser<'a, 'names> {
    words: std::iter::Peekable<std::vec::IntoIter<Word<'a>>>,
    names: &'a Names<'names>,
    own: Option<u32>,
    made: Expression,
    /// Values that wait on the stack.
    waiting: usize,
    /// Parentheses and signs that we are in.
    level: usize,
}

/// Two-sided operations; those of a later line bind more tightly.
const LEVELS: &[&[(&str, Operation)]] = &[
    &[("==", Operation::Equal), ("!=", Operation::Unequal)],
    &[("<=", Operation::LessOrEqual), (">=", Operation::MoreOrEqual), ("<", Operation::Less), (">", Operation::More)],
    &[("+", Operation::Plus), ("-", Operation::Minus)],
    &[("*", Operation::Times), ("/", Operation::Over)],
];

pub(super) fn parse(text: &str, own: &str, names: &Names<'_>) -> Result<Expression, String> {
    let words = words(text)?.into_iter().peekable();
    let mut parser = Parser { words, names, own: names.number(own), made: Expression::default(), waiting: 0, level: 0 };
    parser.choice()?;
    if parser.words.next().is_some() {
        return Err("its expression goes on where an `&&`, `+` or the like is missing".to_owned());
    }
    let mut made = parser.made;
    made.rules.sort_unstable();
    made.rules.dedup();
    Ok(made)
}

impl Parser<'_, '_> {
    /// `a ? b : c`
    fn choice(&mut self) -> Result<(), String> {
        self.enter()?;
        self.any()?;
        if self.takes("?") {
            let unless = self.hole(Step::Unless(0));
            self.waiting = self.waiting.saturating_sub(1);
            self.choice()?;
            self.needs(":")?;
            let jump = self.hole(Step::Jump(0));
            self.waiting = self.waiting.saturating_sub(1);
            self.fill(unless, Step::Unless);
            self.choice()?;
            self.fill(jump, Step::Jump);
        }
        self.level -= 1;
        Ok(())
    }

    /// `a || b`
    fn any(&mut self) -> Result<(), String> {
        self.all()?;
        while self.takes("||") {
            let hole = self.hole(Step::Or(0));
            self.waiting = self.waiting.saturating_sub(1);
            self.all()?;
            self.fill(hole, Step::Or);
        }
        Ok(())
    }

    /// `a && b`
    fn all(&mut self) -> Result<(), String> {
        self.two(LEVELS)?;
        while self.takes("&&") {
            let hole = self.hole(Step::And(0));
            self.waiting = self.waiting.saturating_sub(1);
            self.two(LEVELS)?;
            self.fill(hole, Step::And);
        }
        Ok(())
    }

    /// `a + b` and the like.
    fn two(&mut self, levels: &[&[(&str, Operation)]]) -> Result<(), String> {
        let Some((level, tighter)) = levels.split_first() else { return self.one() };
        self.two(tighter)?;
        while let Some((_, operation)) = level.iter().find(|(sign, _)| self.is_next(sign)) {
            self.words.next();
            self.two(tighter)?;
            self.made.steps.push(Step::Two(*operation));
            self.waiting = self.waiting.saturating_sub(1);
        }
        Ok(())
    }

    /// A name, a number, something in parentheses, and what stands before it.
    fn one(&mut self) -> Result<(), String> {
        match self.words.next() {
            Some(Word::Number(number)) => self.push(Step::Number(number)),
            Some(Word::Name("local_tests_only")) => self.push(Step::Number(1.0)),
            Some(Word::Name(name)) => self.name(name),
            Some(Word::Glob(glob)) => self.glob(glob),
            Some(Word::Sign("!")) => self.signed(Some(Step::Not)),
            Some(Word::Sign("-")) => self.signed(Some(Step::Minus)),
            Some(Word::Sign("+")) => self.signed(None),
            Some(Word::Sign("(")) => {
                self.choice()?;
                self.needs(")")
            }
            Some(Word::Sign(sign)) => Err(format!("its expression has `{sign}` where a rule or number is missing")),
            None => Err("its expression ends where a rule or number is missing".to_owned()),
        }
    }

    fn signed(&mut self, step: Option<Step>) -> Result<(), String> {
        self.enter()?;
        self.one()?;
        self.made.steps.extend(step);
        self.level -= 1;
        Ok(())
    }

    fn name(&mut self, name: &str) -> Result<(), String> {
        let Some(rule) = self.names.number(name) else {
            self.made.unknown.push(name.to_owned());
            return self.push(Step::Number(0.0));
        };
        self.made.rules.push(rule);
        self.push(Step::Rule(rule))
    }

    /// The sum of all rules whose names match.
    fn glob(&mut self, glob: &str) -> Result<(), String> {
        let own = self.own;
        self.push(Step::Number(0.0))?;
        for rule in self.names.matching(glob).into_iter().filter(|rule| Some(*rule) != own) {
            self.made.rules.push(rule);
            self.push(Step::Rule(rule))?;
            self.made.steps.push(Step::Two(Operation::Plus));
            self.waiting = self.waiting.saturating_sub(1);
        }
        Ok(())
    }

    /// A step that leaves one value more.
    fn push(&mut self, step: Step) -> Result<(), String> {
        self.waiting += 1;
        if DEPTH < self.waiting {
            return Err(TOO_DEEP.to_owned());
        }
        self.made.steps.push(step);
        Ok(())
    }

    fn enter(&mut self) -> Result<(), String> {
        self.level += 1;
        if DEPTH < self.level { Err(TOO_DEEP.to_owned()) } else { Ok(()) }
    }

    /// A step whose target is not yet known.
    fn hole(&mut self, step: Step) -> usize {
        self.made.steps.push(step);
        self.made.steps.len() - 1
    }

    fn fill(&mut self, hole: usize, step: fn(usize) -> Step) {
        let target = self.made.steps.len();
        if let Some(place) = self.made.steps.get_mut(hole) {
            *place = step(target);
        }
    }

    fn is_next(&mut self, sign: &str) -> bool {
        matches!(self.words.peek(), Some(Word::Sign(next)) if *next == sign)
    }

    fn takes(&mut self, sign: &str) -> bool {
        self.is_next(sign) && self.words.next().is_some()
    }

    fn needs(&mut self, sign: &str) -> Result<(), String> {
        if self.takes(sign) { Ok(()) } else { Err(format!("its expression has no `{sign}` where one is missing")) }
    }
}

const TOO_DEEP: &str = "its expression is nested too deeply";
