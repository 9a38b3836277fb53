//! Runs all rules over one message.

use std::{borrow::Cow, sync::atomic::Ordering};

use crate::rules::pattern::{Explanation, Once};

use super::{
    Condition, HeaderGroup, Hit, Hits, Renderings, RuleSet,
    group::{self, Group, Outcome},
    line::{Place, next_template},
};

/// What a rule's conditions on links may cost on one message.
const BUDGET_FOR_LINKS: u64 = 1 << 24;
/// What a rule that another completes may cost on one message.
const BUDGET_FOR_TEMPLATES: u64 = 1 << 24;
/// Bytes of what matched that are kept to explain it.
const MOST_TEXT: usize = 60;
/// Bytes of what a named group took that other rules may look for.
const MOST_TAG: usize = 1_000;

/// Memory that is kept from message to message.
#[derive(Debug, Default)]
pub struct Scratch {
    group: group::Scratch,
    counts: Vec<f64>,
}

/// What is found out about one message.
struct Run<'run> {
    set: &'run RuleSet,
    source: &'run dyn Renderings,
    counts: &'run mut [f64],
    texts: Vec<(u32, Vec<u8>)>,
    exhausted: Vec<u32>,
    /// What named groups took.
    tags: Vec<(String, Vec<u8>)>,
}

impl RuleSet {
    /// What the rules say of a message.
    pub fn run(&self, source: &dyn Renderings, scratch: &mut Scratch) -> Hits {
        let Scratch { group, counts } = scratch;
        counts.clear();
        counts.resize(self.rules.len(), 0.0);
        let (texts, exhausted, tags) = (Vec::new(), Vec::new(), Vec::new());
        let mut run = Run { set: self, source, counts, texts, exhausted, tags };
        run.texts(group);
        run.headers(group);
        run.links();
        run.evals();
        run.templates();
        self.metas.run(run.counts);
        run.hits()
    }
}

impl Run<'_> {
    fn note(&mut self, rule: u32, count: f64) {
        let is_off = self.set.is_off(rule);
        if let Some(held) = self.counts.get_mut(rule as usize)
            && !is_off
        {
            *held = count;
        }
    }

    fn has_points(&self, rule: u32) -> bool {
        self.set.rules.get(rule as usize).is_some_and(|rule| rule.points != 0.0)
    }

    fn texts(&mut self, scratch: &mut group::Scratch) {
        let (set, source) = (self.set, self.source);
        let uris = source.uris();
        let body: Vec<&[u8]> = source.body().iter().map(Vec::as_slice).collect();
        let rawbody: Vec<&[u8]> = source.rawbody().iter().map(Vec::as_slice).collect();
        let uris: Vec<&[u8]> = uris.iter().map(|uri| &**uri).collect();
        for (group, texts) in [(&set.body, &body), (&set.rawbody, &rawbody), (&set.uri, &uris)] {
            self.group(group, texts, scratch);
        }
        if !set.full.members().is_empty() {
            self.group(&set.full, &[source.full()], scratch);
        }
    }

    fn group(&mut self, group: &Group, texts: &[&[u8]], scratch: &mut group::Scratch) {
        let set = self.set;
        let negated = |rule: u32| set.rules.get(rule as usize).is_some_and(|rule| rule.is_negated);
        for member in group.members().iter().filter(|member| negated(member.rule)) {
            self.note(member.rule, 1.0);
        }
        group.run(
            texts,
            scratch,
            |rule| set.is_off(rule),
            |outcome| {
                let rule = outcome.member.rule;
                if outcome.is_exhausted {
                    self.exhausted.push(rule);
                    self.note(rule, 0.0);
                } else if negated(rule) {
                    self.note(rule, 0.0);
                } else {
                    self.note(rule, f64::from(outcome.count));
                    self.explain(outcome, texts);
                }
            },
        );
    }

    /// Keeps what matched, and what named groups took.
    fn explain(&mut self, outcome: Outcome<'_>, texts: &[&[u8]]) {
        let Outcome { member, found, .. } = outcome;
        let matcher = &member.matcher;
        if !self.has_points(member.rule) && matcher.plan.names.is_empty() {
            return;
        }
        let Some((text, from)) = found.and_then(|(number, from)| Some((*texts.get(number as usize)?, from))) else {
            return;
        };
        let Some(Explanation { whole, named }) = matcher.explain(text, from) else { return };
        let whole = whole.start..whole.end.min(whole.start + MOST_TEXT);
        self.texts.push((member.rule, text.get(whole).unwrap_or_default().to_vec()));
        for (name, range) in named {
            let range = range.start..range.end.min(range.start + MOST_TAG);
            let value = text.get(range).unwrap_or_default();
            if !value.is_empty() {
                self.tags.push((name.to_owned(), value.to_vec()));
            }
        }
    }

    fn headers(&mut self, scratch: &mut group::Scratch) {
        let (set, source) = (self.set, self.source);
        for HeaderGroup { form, group, if_missing } in &set.headers {
            match source.header(form) {
                Some(value) => self.group(group, &[&value], scratch),
                None => if_missing.iter().for_each(|rule| self.note(*rule, 1.0)),
            }
        }
        for HeaderGroup { form, group, .. } in &set.mime_headers {
            let values = source.mime_headers(form);
            let values: Vec<&[u8]> = values.iter().map(|value| &**value).collect();
            self.group(group, &values, scratch);
        }
        for (rule, form) in &set.exists {
            self.note(*rule, f64::from(u8::from(source.header(form).is_some())));
        }
    }

    fn links(&mut self) {
        if self.set.details.is_empty() {
            return;
        }
        let links = self.source.links();
        for (rule, conditions) in &self.set.details {
            let mut budget = BUDGET_FOR_LINKS;
            let holds = (0..links).any(|link| conditions.iter().all(|of| self.holds(link, of, &mut budget)));
            self.note(*rule, f64::from(u8::from(holds)));
        }
    }

    fn holds(&self, link: usize, of: &Condition, budget: &mut u64) -> bool {
        let values = self.source.detail(link, &of.key);
        let is_found = values.iter().any(|value| of.matcher.is_match(value, 0..value.len(), budget).unwrap_or(false));
        is_found != of.is_negated
    }

    fn evals(&mut self) {
        for (rule, test) in &self.set.evals {
            if !self.set.is_off(*rule) {
                self.note(*rule, f64::from(self.source.eval(test)));
            }
        }
    }

    /// Rules that look for what another rule's groups took. Where nothing was taken, they are not run.
    fn templates(&mut self) {
        for template in &self.set.templates {
            let mut texts = self.texts_at(&template.place);
            if let Some(value) = template.needs.as_ref().and_then(|name| self.tag(name)) {
                texts.retain(|text| text.windows(value.len()).any(|window| window.eq_ignore_ascii_case(value)));
            }
            if texts.is_empty() && !template.is_negated {
                continue;
            }
            let Some(pattern) = self.complete(&template.text).and_then(|text| Once::new(&text, &template.flags)) else {
                continue;
            };
            let (mut budget, mut count) = (BUDGET_FOR_TEMPLATES, 0);
            for text in texts {
                if count < template.most {
                    count += pattern.count(&text, template.most - count, &mut budget);
                }
            }
            let is_hit = (count > 0) != template.is_negated;
            self.note(template.rule, if is_hit { f64::from(count.max(1)) } else { 0.0 });
        }
    }

    /// What a named group took.
    fn tag(&self, name: &str) -> Option<&[u8]> {
        self.tags.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_slice())
    }

    /// The pattern with what groups took in place of their names.
    fn complete(&self, text: &str) -> Option<String> {
        let (mut rest, mut whole) = (text, String::new());
        while let Some((before, name, after)) = next_template(rest) {
            let value = self.tag(name)?;
            whole.push_str(before);
            whole.extend(value.iter().map(|byte| format!("\\x{byte:02x}")));
            rest = after;
        }
        whole.push_str(rest);
        Some(whole)
    }

    fn texts_at<'at>(&'at self, place: &'at Place) -> Vec<Cow<'at, [u8]>> {
        match place {
            Place::Body => self.source.body().iter().map(Cow::from).collect(),
            Place::RawBody => self.source.rawbody().iter().map(Cow::from).collect(),
            Place::Uri => self.source.uris(),
            Place::Full => vec![Cow::from(self.source.full())],
            Place::Header(form, unset) => {
                vec![self.source.header(form).unwrap_or_else(|| Cow::from(unset.as_bytes()))]
            }
            Place::MimeHeader(form) => self.source.mime_headers(form),
        }
    }

    fn hits(self) -> Hits {
        let Self { set, counts, mut texts, exhausted, .. } = self;
        texts.sort_by_key(|(rule, _)| *rule);
        let name = |rule: u32| set.rules.get(rule as usize).map(|info| info.name.clone());
        let mut hits = Vec::new();
        for (rule, (count, info)) in (0..).zip(counts.iter().zip(&set.rules)) {
            if *count > 0.0 && !info.is_off.load(Ordering::Relaxed) {
                let text = texts.binary_search_by_key(&rule, |(rule, _)| *rule).ok().and_then(|at| texts.get(at));
                hits.push(Hit {
                    name: info.name.clone(),
                    count: whole(*count),
                    points: info.points,
                    about: info.about.clone(),
                    text: text.map(|(_, text)| text.clone()),
                });
            }
        }
        Hits { hits, exhausted: exhausted.into_iter().filter_map(name).collect() }
    }
}

/// A count as a whole number, at least 1.
fn whole(count: f64) -> u32 {
    // Counts are cut to a range before.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it lies between 1 and 2^31")]
    let whole = count.clamp(1.0, f64::from(i32::MAX)) as u32;
    whole
}
