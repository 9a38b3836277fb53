//! What rule files say, before anything is compiled.

use std::collections::BTreeMap;

/// One rule file. Who loads it has read it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleFile {
    /// Its path or name, for messages and for `include`.
    pub name: String,
    /// Its bytes.
    pub text: Vec<u8>,
    /// Whether it is read only where another file says `include`.
    pub is_only_included: bool,
}

/// A line of a rule file.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file's name.
    pub file: std::sync::Arc<str>,
    /// From 1.
    pub line: u32,
}

/// What the files said: the rules that hold after all redefinitions, and everything else.
#[derive(Clone, Debug, Default)]
pub struct Book {
    /// By name.
    pub rules: BTreeMap<String, Rule>,
    /// Lines that are no rules, such as `freemail_domains`, in order.
    pub directives: Vec<Directive>,
    /// What was skipped, and why.
    pub problems: Vec<Problem>,
    /// What is worth knowing and no fault, such as a sum that names a rule which is not here.
    pub notes: Vec<Problem>,
}

/// A line such as `url_shortener bit.ly`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// The first word, lower case.
    pub name: String,
    /// The rest, trimmed.
    pub value: String,
    /// Where it stands.
    pub place: Place,
}

/// Something that cannot run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where it stands.
    pub place: Place,
    /// The rule it is about, if it is about one.
    pub rule: Option<String>,
    /// One sentence.
    pub why: String,
}

/// One rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Its name.
    pub name: String,
    /// Where its test stands.
    pub place: Place,
    /// What it looks at.
    pub test: Test,
    /// Points for: no network and no learner, network only, learner only, both. `None`: the files give none (then 1,
    /// -1 if nice, 0.01 if its name begins with `T_`, nothing if it begins with `__`).
    pub scores: Option<[f64; 4]>,
    /// What it means, from `describe`.
    pub about: String,
    /// Words of `tflags`.
    pub flags: Flags,
    /// Lower runs first. 0 unless said.
    pub priority: i32,
}

/// Which of a rule's four scores counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScoreSet {
    /// The network is asked.
    pub has_network: bool,
    /// There is a learner.
    pub has_learner: bool,
}

impl Rule {
    /// Its points. Rules that begin with `__` have none, whatever the files say.
    pub fn score(&self, set: ScoreSet) -> f64 {
        if self.is_part() {
            return 0.0;
        }
        let unsaid = if self.name.starts_with("T_") { 0.01 } else { 1.0 };
        self.said(set).unwrap_or(if self.flags.is_nice { -unsaid } else { unsaid })
    }

    /// Whether the files give it 0 points, which means that it must not run.
    pub fn is_off(&self, set: ScoreSet) -> bool {
        self.said(set) == Some(0.0)
    }

    /// Whether it exists only for sums: its name begins with `__`.
    pub fn is_part(&self) -> bool {
        self.name.starts_with("__")
    }

    fn said(&self, set: ScoreSet) -> Option<f64> {
        let scores = self.scores?;
        scores.get(usize::from(set.has_network) + 2 * usize::from(set.has_learner)).copied()
    }
}

/// What `tflags` says of a rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// It speaks for the message.
    pub is_nice: bool,
    /// It asks the network.
    pub needs_network: bool,
    /// It needs the learner.
    pub needs_learner: bool,
    /// Each match counts.
    pub is_multiple: bool,
    /// With `multiple`: no more matches than these count.
    pub max_hits: Option<u32>,
    /// Every other word.
    pub others: Vec<String>,
}

/// What a rule looks at.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// A header of the message.
    Header(HeaderTest),
    /// A header of one of its parts.
    MimeHeader(HeaderTest),
    /// The text as a person reads it, a paragraph at a time.
    Body(Pattern),
    /// The decoded text with its markup.
    RawBody(Pattern),
    /// Every address of the web in it.
    Uri(Pattern),
    /// The whole message as it came.
    Full(Pattern),
    /// What is known of its links: every test must hold of one link.
    UriDetail(Vec<DetailTest>),
    /// A sum or condition of other rules.
    Meta(String),
    /// A function of ours.
    Eval(EvalTest),
    /// A question to the DNS (`askdns`), as it stands.
    AskDns(String),
}

/// A regular expression as it stands in a rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pattern {
    /// Between the delimiters; bytes that are not ASCII are written `\xHH`.
    pub text: String,
    /// Its letters after the last delimiter, such as `ism`.
    pub flags: String,
    /// `!~`: it holds if this is not found.
    pub is_negated: bool,
}

/// A test of a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderTest {
    /// The header with its modifiers as written: `From:addr`, `ToCc`, `ALL`, `X-Spam-Relays-External`.
    pub header: String,
    /// What it is matched against; `None`: it only has to be there (`exists:`).
    pub pattern: Option<Pattern>,
    /// `[if-unset: TEXT]`.
    pub if_unset: Option<String>,
}

/// One condition of `uri_detail`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DetailTest {
    /// `raw`, `type`, `cleaned`, `text`, `domain` or `host`.
    pub key: String,
    /// What one of its values must match.
    pub pattern: Pattern,
}

/// A call of a function by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EvalTest {
    /// What it is said to look at: `header`, `body`, `rawbody`, `full`.
    pub target: String,
    /// The function.
    pub function: String,
    /// Its arguments without quotes.
    pub arguments: Vec<String>,
}
