//! Rules as they are kept: everything that was found out about them, in a form that can be stored.

use serde::{Deserialize, Serialize};

use crate::rules::{
    book::{Book, Flags, HeaderTest, Pattern, Problem, Rule, Test},
    pattern::Plan,
};

use super::{CompileSettings, group};

/// One rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Line {
    pub(super) name: String,
    pub(super) about: String,
    pub(super) points: f64,
    /// Each match counts; up to this, if given.
    pub(super) is_multiple: bool,
    pub(super) max_hits: Option<u32>,
    /// `tflags nosubject`: a body rule that does not look at the subject.
    pub(super) skips_subject: bool,
    pub(super) kind: Kind,
}

/// What it looks at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Kind {
    /// A text, for a pattern.
    Text { place: Place, plan: Plan, is_negated: bool },
    /// A text, for a pattern that another rule completes.
    Template { place: Place, text: String, flags: String, is_negated: bool },
    /// Whether a header is there.
    Exists(String),
    /// All conditions hold of one link.
    Detail(Vec<DetailLine>),
    /// A function.
    Eval { target: String, function: String, arguments: Vec<String> },
    /// A sum of other rules. With a score of 0 it is worked out all the same: it holds back those that need it.
    Meta { text: String, is_off: bool },
}

/// Which text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Place {
    Body,
    RawBody,
    Uri,
    Full,
    /// A header form, and what stands for it where it is missing.
    Header(String, String),
    MimeHeader(String),
}

/// One condition on a link.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct DetailLine {
    pub(super) key: String,
    pub(super) plan: Plan,
    pub(super) is_negated: bool,
}

/// What the book says, by name; rules that a score of 0 switches off are left out.
pub(super) fn lines(book: &Book, settings: CompileSettings, problems: &mut Vec<Problem>) -> Vec<Line> {
    let mut lines = Vec::new();
    for rule in book.rules.values() {
        let is_off = rule.is_off(settings);
        if is_off && !matches!(rule.test, Test::Meta(_)) {
            continue;
        }
        match kind(rule, is_off) {
            Ok(Some(kind)) => lines.push(Line {
                name: rule.name.clone(),
                about: rule.about.clone(),
                points: rule.score(settings),
                is_multiple: rule.flags.is_multiple,
                max_hits: rule.flags.max_hits,
                skips_subject: rule.flags.others.iter().any(|flag| flag == "nosubject"),
                kind,
            }),
            Ok(None) => {}
            Err(why) => problems.push(Problem { place: rule.place.clone(), rule: Some(rule.name.clone()), why }),
        }
    }
    lines
}

/// `Ok(None)`: nothing is run for it.
fn kind(rule: &Rule, is_off: bool) -> Result<Option<Kind>, String> {
    let flags = &rule.flags;
    Ok(Some(match &rule.test {
        Test::Header(test) => return header(test, flags, Place::Header).map(Some),
        Test::MimeHeader(test) => return header(test, flags, |form, _| Place::MimeHeader(form)).map(Some),
        Test::Body(pattern) => text(Place::Body, pattern, flags)?,
        Test::RawBody(pattern) => text(Place::RawBody, pattern, flags)?,
        Test::Uri(pattern) => text(Place::Uri, pattern, flags)?,
        Test::Full(pattern) => text(Place::Full, pattern, flags)?,
        Test::UriDetail(tests) => {
            let line = |test: &crate::rules::book::DetailTest| {
                let plan = Plan::new(&test.pattern.text, &test.pattern.flags)?;
                Ok(DetailLine { key: test.key.clone(), plan, is_negated: test.pattern.is_negated })
            };
            Kind::Detail(tests.iter().map(line).collect::<Result<_, String>>()?)
        }
        Test::Meta(text) => Kind::Meta { text: text.clone(), is_off },
        Test::Eval(test) => Kind::Eval {
            target: test.target.clone(),
            function: test.function.clone(),
            arguments: test.arguments.clone(),
        },
        Test::AskDns(_) => return Ok(None),
    }))
}

fn header(test: &HeaderTest, of: &Flags, place: impl FnOnce(String, String) -> Place) -> Result<Kind, String> {
    let form = test.header.clone();
    match &test.pattern {
        None => Ok(Kind::Exists(form)),
        Some(pattern) => text(place(form, test.if_unset.clone().unwrap_or_default()), pattern, of),
    }
}

fn text(place: Place, pattern: &Pattern, of: &Flags) -> Result<Kind, String> {
    let Pattern { text, flags, is_negated } = pattern;
    if has_template(text) {
        return Ok(Kind::Template { place, text: text.clone(), flags: flags.clone(), is_negated: *is_negated });
    }
    let is_counted = group::most(of.is_multiple && !is_negated, of.max_hits) > 1;
    let plan = if is_counted { Plan::new(text, flags) } else { Plan::uncounted(text, flags) };
    Ok(Kind::Text { place, plan: plan?, is_negated: *is_negated })
}

/// Whether `%{NAME}` stands in it.
fn has_template(text: &str) -> bool {
    next_template(text).is_some()
}

/// What stands before the first `%{NAME}`, the name, and what stands behind.
pub(super) fn next_template(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let at = from + text.get(from..)?.find("%{")?;
        let (before, rest) = (text.get(..at)?, text.get(at + 2..)?);
        let (name, after) = rest.split_once('}')?;
        let is_name = !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_' || byte.is_ascii_digit());
        if is_name && !before.ends_with('\\') {
            return Some((before, name, after));
        }
        from = at + 2;
    }
}
