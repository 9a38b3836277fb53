//! Puts rules into groups, and sums into an order.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize},
    },
};

use aho_corasick::AhoCorasick;

use crate::rules::{
    book::EvalTest,
    meta::{MOST, Metas, Names},
    pattern::{Matcher, Plan},
};

use super::{
    Condition, HeaderGroup, INNER, RuleInfo, RuleSet, Template,
    group::{self, Group, Member},
    line::{DetailLine, Kind, Line, Place, next_template},
};

/// Looking at an empty text costs next to nothing.
const BUDGET_FOR_MISSING: u64 = 1 << 20;

/// Everything that can be run, sorted by what it looks at.
pub(super) fn plan(lines: Vec<Line>) -> RuleSet {
    let mut places: BTreeMap<Place, Vec<(Member, bool)>> = BTreeMap::new();
    let (mut exists, mut details, mut evals, mut templates) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let metas = metas(&lines).with_most(lines.iter().map(most).collect());
    let mut rules = Vec::with_capacity(lines.len());
    for (rule, line) in (0..).zip(lines) {
        rules.push(info(&line));
        match line.kind {
            Kind::Text { place, plan, is_negated } => {
                let most = group::most(line.is_multiple && !is_negated, line.max_hits);
                let first = u32::from(line.skips_subject && place == Place::Body);
                let mut member = Member::new(rule, plan, most, first, line.name.starts_with(INNER));
                member.is_negated = is_negated;
                places.entry(place).or_default().push((member, is_negated));
            }
            Kind::Template { place, text, flags, is_negated } => {
                let most = group::most(line.is_multiple, line.max_hits);
                let (needs, loose) = (needs(&text, &flags), loose(&text, &flags));
                let required = loose.as_ref().and_then(|loose| loose.required.clone());
                let (loose, required) = (loose.map(Matcher::new), required.unwrap_or_else(|| vec![Vec::new()]));
                templates.push(Template { rule, place, text, flags, is_negated, most, needs, loose, required });
            }
            Kind::Exists(form) => exists.push((rule, form)),
            Kind::Detail(conditions) => details.push((rule, conditions.into_iter().map(condition).collect())),
            Kind::Eval { target, function, arguments } => {
                evals.push((rule, EvalTest { target, function, arguments }));
            }
            Kind::Meta { .. } => {}
        }
    }
    let mut take = |place: Place| {
        let members = places.remove(&place).unwrap_or_default();
        Group::new(members.into_iter().map(|(member, _)| member).collect())
    };
    let (body, rawbody, uri, full) = (take(Place::Body), take(Place::RawBody), take(Place::Uri), take(Place::Full));
    let (headers, mime_headers) = headers(places);
    RuleSet {
        off: rules.iter().map(|_| AtomicBool::new(false)).collect(),
        seen: Vec::new(),
        rules,
        body,
        rawbody,
        uri,
        full,
        headers,
        mime_headers,
        exists,
        details,
        evals,
        templates,
        metas,
        homes: Vec::new(),
        told_groups: Vec::new(),
        fresh: Vec::new(),
        is_any_off: AtomicBool::new(false),
        faded: AtomicUsize::new(0),
    }
    .settle()
}

fn condition(line: DetailLine) -> Condition {
    let exact = exact(&line.plan);
    let needs = line
        .plan
        .required
        .as_ref()
        .and_then(|texts| AhoCorasick::builder().ascii_case_insensitive(true).build(texts).ok());
    Condition { key: line.key, matcher: Matcher::new(line.plan), exact, needs, is_negated: line.is_negated }
}

/// The only text, apart from a line end behind it, that a pattern such as `^a$` matches.
fn exact(plan: &Plan) -> Option<Vec<u8>> {
    let text = plan.text.strip_prefix('^')?.strip_suffix('$')?;
    let is_plain = plan.flags.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_plain.then(|| text.as_bytes().to_vec())
}

/// The most that a rule that is no sum can count.
fn most(line: &Line) -> f64 {
    match &line.kind {
        Kind::Text { is_negated, .. } => f64::from(group::most(line.is_multiple && !is_negated, line.max_hits)),
        Kind::Template { .. } | Kind::Exists(_) | Kind::Detail(_) | Kind::Eval { .. } | Kind::Meta { .. } => MOST,
    }
}

/// What stands for a value while it is not known: nothing is as rare.
const STAND_IN: &str = r"\x01\x02\x01\x02";

/// The only name in a pattern, if nothing matches that does not have its value in it.
fn needs(text: &str, flags: &str) -> Option<String> {
    let (before, name, after) = next_template(text)?;
    let plan = Plan::new(&format!("{before}{STAND_IN}{after}"), flags).ok()?;
    let has_it = |text: &Vec<u8>| text.windows(4).any(|window| window == [1, 2, 1, 2]);
    plan.required.is_some_and(|texts| texts.iter().all(has_it)).then(|| name.to_owned())
}

/// What stands for any value.
const ANY: &str = "(?s:.+)";

/// The pattern with anything in place of the only name, if that stands where it must be matched as it is.
fn loose(text: &str, flags: &str) -> Option<Plan> {
    let (before, _, after) = next_template(text)?;
    let is_outside = is_outside(before) && !after.starts_with(['*', '+', '?', '{']) && !flags.contains('x');
    if !is_outside || next_template(after).is_some() {
        return None;
    }
    Plan::new(&format!("{before}{ANY}{after}"), flags).ok()
}

/// Whether a pattern's beginning leaves no group or class open.
fn is_outside(before: &str) -> bool {
    if ["[]", "[^]", "[:", "\\Q"].iter().any(|odd| before.contains(odd)) {
        return false;
    }
    let (mut depth, mut is_class, mut is_escaped) = (0_i32, false, false);
    for byte in before.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'[' => is_class = true,
            b']' => is_class = false,
            b'(' if !is_class => depth += 1,
            b')' if !is_class => depth -= 1,
            _ => {}
        }
    }
    depth == 0 && !is_class && !is_escaped
}

fn info(line: &Line) -> RuleInfo {
    RuleInfo { name: Arc::from(line.name.as_str()), about: Arc::from(line.about.as_str()), points: line.points }
}

/// What is left are headers. A form that several texts stand for where it is missing is still one group.
fn headers(places: BTreeMap<Place, Vec<(Member, bool)>>) -> (Vec<HeaderGroup>, Vec<HeaderGroup>) {
    let mut forms: BTreeMap<(bool, String), (Vec<Member>, Vec<u32>)> = BTreeMap::new();
    for (place, members) in places {
        let (is_part, form, unset) = match place {
            Place::Header(form, unset) => (false, form, unset),
            Place::MimeHeader(form) => (true, form, String::new()),
            Place::Body | Place::RawBody | Place::Uri | Place::Full => continue,
        };
        let (group, if_missing) = forms.entry((is_part, form)).or_default();
        for (member, is_negated) in members {
            if is_part {
                if is_negated {
                    if_missing.push(member.rule);
                }
            } else if matches(&member.matcher.plan, unset.as_bytes()) != is_negated {
                if_missing.push(member.rule);
            }
            group.push(member);
        }
    }
    let (mut of_message, mut of_parts) = (Vec::new(), Vec::new());
    for ((is_part, form), (members, if_missing)) in forms {
        let group = HeaderGroup { form, group: Group::new(members), if_missing };
        if is_part { of_parts.push(group) } else { of_message.push(group) }
    }
    (of_message, of_parts)
}

fn matches(plan: &Plan, text: &[u8]) -> bool {
    if text.len() < plan.least as usize {
        return false;
    }
    let mut budget = BUDGET_FOR_MISSING;
    Matcher::new(plan.clone()).is_match(text, 0..text.len(), &mut budget).unwrap_or(false)
}

/// All sums.
fn metas(lines: &[Line]) -> Metas {
    let names = Names::listed(lines.iter().map(|line| line.name.as_str()));
    let sums = lines.iter().filter_map(|line| match &line.kind {
        Kind::Meta { text, is_off } => Some((line.name.as_str(), text.as_str(), *is_off)),
        Kind::Text { .. } | Kind::Template { .. } | Kind::Exists(_) | Kind::Detail(_) | Kind::Eval { .. } => None,
    });
    Metas::of(sums, &names)
}
