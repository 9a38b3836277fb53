//! Sums and conditions over other rules, as `meta` writes them, ready to be worked out.

use std::collections::BTreeMap;

/// Deeper ones are refused.
const MOST_DEEP: usize = 200;

/// An expression in the order in which it is worked out.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Expression(Vec<Step>);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    Number(f64),
    /// What a rule's count is.
    Rule(u32),
    Not,
    Minus,
    Two(Operator),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Or,
    And,
    Equal,
    Unequal,
    Less,
    Most,
    More,
    Least,
    Add,
    Subtract,
    Times,
    Over,
    Modulo,
}

/// How they are written, and how tightly they bind. Those that begin like others come first.
const OPERATORS: [(&str, u8, Operator); 13] = [
    ("||", 1, Operator::Or),
    ("&&", 2, Operator::And),
    ("==", 3, Operator::Equal),
    ("!=", 3, Operator::Unequal),
    ("<=", 4, Operator::Most),
    (">=", 4, Operator::Least),
    ("<", 4, Operator::Less),
    (">", 4, Operator::More),
    ("+", 5, Operator::Add),
    ("-", 5, Operator::Subtract),
    ("*", 6, Operator::Times),
    ("/", 6, Operator::Over),
    ("%", 6, Operator::Modulo),
];

impl Expression {
    /// Reads it. Names of rules that are not there count 0. `None`: it makes no sense.
    pub(super) fn read(text: &str, numbers: &BTreeMap<&str, u32>) -> Option<Self> {
        let mut reader = Reader { rest: text.trim_start(), numbers, steps: Vec::new(), depth: 0 };
        reader.operand_and_more(0)?;
        reader.rest.is_empty().then_some(Self(reader.steps))
    }

    /// The rules it needs.
    pub(super) fn rules(&self) -> impl Iterator<Item = u32> + '_ {
        self.0.iter().filter_map(|step| match step {
            Step::Rule(rule) => Some(*rule),
            _ => None,
        })
    }

    /// What it comes to. Division by zero comes to nothing.
    pub(super) fn value(&self, counts: &[f64], stack: &mut Vec<f64>) -> f64 {
        stack.clear();
        for step in &self.0 {
            let value = match step {
                Step::Number(number) => *number,
                Step::Rule(rule) => counts.get(*rule as usize).copied().unwrap_or(0.0),
                Step::Not => truth(stack.pop().is_none_or(is_zero)),
                Step::Minus => -stack.pop().unwrap_or(0.0),
                Step::Two(operator) => {
                    let (right, left) = (stack.pop().unwrap_or(0.0), stack.pop().unwrap_or(0.0));
                    operator.apply(left, right)
                }
            };
            stack.push(value);
        }
        stack.pop().filter(|value| value.is_finite()).unwrap_or(0.0)
    }
}

fn truth(is_true: bool) -> f64 {
    f64::from(u8::from(is_true))
}

fn is_zero(value: f64) -> bool {
    value == 0.0
}

impl Operator {
    fn apply(self, left: f64, right: f64) -> f64 {
        match self {
            Self::Or if is_zero(left) => right,
            Self::Or => left,
            Self::And if is_zero(left) => left,
            Self::And => right,
            Self::Equal => truth(is_zero(left - right)),
            Self::Unequal => truth(!is_zero(left - right)),
            Self::Less => truth(left < right),
            Self::Most => truth(left <= right),
            Self::More => truth(left > right),
            Self::Least => truth(left >= right),
            Self::Add => left + right,
            Self::Subtract => left - right,
            Self::Times => left * right,
            Self::Over => left / right,
            Self::Modulo => left % right,
        }
    }
}

struct Reader<'text> {
    rest: &'text str,
    numbers: &'text BTreeMap<&'text str, u32>,
    steps: Vec<Step>,
    depth: usize,
}

impl<'text> Reader<'text> {
    fn skip(&mut self, length: usize) {
        self.rest = self.rest.get(length..).unwrap_or_default().trim_start();
    }

    fn takes(&mut self, word: &str) -> bool {
        let comes = self.rest.starts_with(word);
        if comes {
            self.skip(word.len());
        }
        comes
    }

    fn operand_and_more(&mut self, tighter_than: u8) -> Option<()> {
        self.depth += 1;
        if self.depth > MOST_DEEP {
            return None;
        }
        self.operand()?;
        while let Some((word, strength, operator)) = OPERATORS
            .iter()
            .find(|(word, ..)| self.rest.starts_with(word))
            .filter(|(_, strength, _)| *strength > tighter_than)
        {
            self.skip(word.len());
            self.operand_and_more(*strength)?;
            self.steps.push(Step::Two(*operator));
        }
        self.depth -= 1;
        Some(())
    }

    fn operand(&mut self) -> Option<()> {
        let mut before = Vec::new();
        loop {
            if !self.rest.starts_with("!=") && self.takes("!") {
                before.push(Step::Not);
            } else if self.takes("-") {
                before.push(Step::Minus);
            } else if !self.takes("+") {
                break;
            }
        }
        if self.takes("(") {
            self.operand_and_more(0)?;
            if !self.takes(")") {
                return None;
            }
        } else if self.takes("rules_matching(") {
            let (pattern, _) = self.rest.split_once(')')?;
            self.matching(pattern.trim());
            self.skip(pattern.len() + 1);
        } else {
            let word = self.word()?;
            let is_number = word.starts_with(|first: char| first.is_ascii_digit() || first == '.');
            self.steps.push(if is_number {
                Step::Number(word.parse().ok()?)
            } else {
                self.numbers.get(word).map_or(Step::Number(0.0), |rule| Step::Rule(*rule))
            });
        }
        self.steps.extend(before.into_iter().rev());
        Some(())
    }

    fn word(&mut self) -> Option<&'text str> {
        let length =
            self.rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.')).count();
        let word = self.rest.get(..length).filter(|word| !word.is_empty())?;
        self.skip(length);
        Some(word)
    }

    /// The sum of all rules whose names look like this.
    fn matching(&mut self, pattern: &str) {
        self.steps.push(Step::Number(0.0));
        for (_, rule) in self.numbers.iter().filter(|(name, _)| is_like(name.as_bytes(), pattern.as_bytes())) {
            self.steps.extend([Step::Rule(*rule), Step::Two(Operator::Add)]);
        }
    }
}

/// `*` stands for anything, `?` for one letter.
fn is_like(name: &[u8], pattern: &[u8]) -> bool {
    let (mut at, mut in_pattern, mut star) = (0, 0, None);
    while let Some(byte) = name.get(at) {
        match pattern.get(in_pattern) {
            Some(b'*') => {
                star = Some((at, in_pattern));
                in_pattern += 1;
            }
            Some(wanted) if *wanted == b'?' || wanted == byte => {
                at += 1;
                in_pattern += 1;
            }
            _ => {
                let Some((taken, back)) = star else { return false };
                star = Some((taken + 1, back));
                (at, in_pattern) = (taken + 1, back + 1);
            }
        }
    }
    pattern.get(in_pattern..).is_some_and(|rest| rest.iter().all(|byte| *byte == b'*'))
}
