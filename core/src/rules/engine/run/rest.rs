//! Rules that are not of a group: on headers that are there, on links, and those that another rule completes.

use std::borrow::Cow;

use memchr::memchr2_iter;

use super::{
    super::{
        Condition,
        line::{Place, next_template},
    },
    Run,
};
use crate::rules::pattern::Once;

/// What a rule's conditions on links may cost on one message.
const BUDGET_FOR_LINKS: u64 = 1 << 24;
/// What a rule that another completes may cost on one message.
const BUDGET_FOR_TEMPLATES: u64 = 1 << 24;
/// The place of the group of addresses among all groups.
const URIS: usize = 2;

/// The texts of a place in which the value of a name stands.
struct Kept<'run> {
    place: &'run Place,
    name: &'run str,
    texts: Vec<Cow<'run, [u8]>>,
}

impl Kept<'_> {
    fn is_of(&self, place: &Place, name: &str) -> bool {
        self.place == place && self.name == name
    }
}

impl Run<'_> {
    pub(super) fn exists(&mut self) {
        let (set, source) = (self.set, self.source);
        for (rule, form) in &set.exists {
            self.note(*rule, f64::from(u8::from(source.has_header(form))));
        }
    }

    pub(super) fn links(&mut self) {
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
        let is_found = self.source.has_detail(link, &of.key, &mut |value| match &of.exact {
            Some(exact) => value.strip_suffix(b"\n").unwrap_or(value) == exact,
            None if of.needs.as_ref().is_some_and(|needs| !needs.is_match(value)) => false,
            None => of.matcher.is_match(value, 0..value.len(), budget).unwrap_or(false),
        });
        is_found != of.is_negated
    }

    /// Rules that look for what another rule's groups took. Where nothing was taken, they are not run.
    pub(super) fn templates(&mut self) {
        // Many look for the same at the same place.
        let mut noted = Vec::new();
        let mut last: Option<Kept<'_>> = None;
        for template in &self.set.templates {
            let mut texts = match (&last, &template.needs) {
                (Some(kept), Some(needs)) if kept.is_of(&template.place, needs) => kept.texts.clone(),
                (_, Some(needs)) => {
                    let Some(value) = self.tag(needs) else { continue };
                    let mut texts = self.texts_at(&template.place);
                    texts.retain(|text| has(text, value));
                    last = Some(Kept { place: &template.place, name: needs, texts: texts.clone() });
                    texts
                }
                (_, None) => self.texts_at(&template.place),
            };
            if let Some(loose) = &template.loose {
                let mut budget = BUDGET_FOR_TEMPLATES;
                let is_in = |text: &[u8]| template.required.iter().any(|required| has(text, required));
                // What takes too long may match.
                let mut may_match = |text: &[u8]| loose.is_match(text, 0..text.len(), &mut budget).unwrap_or(true);
                texts.retain(|text| is_in(text) && may_match(text));
            }
            if texts.is_empty() && !template.is_negated {
                continue;
            }
            let Some(text) = self.complete(&template.text) else { continue };
            let Some(pattern) = Once::new(&text, &template.flags) else { continue };
            let (mut budget, mut count) = (BUDGET_FOR_TEMPLATES, 0);
            for text in texts {
                if count < template.most {
                    count += pattern.count(&text, template.most - count, &mut budget);
                }
            }
            let is_hit = (count > 0) != template.is_negated;
            noted.push((template.rule, if is_hit { f64::from(count.max(1)) } else { 0.0 }));
        }
        for (rule, count) in noted {
            self.note(rule, count);
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
        let looked_at = |group: usize| self.looked.get(group).and_then(Option::as_ref);
        match place {
            Place::Body => self.source.body().iter().map(Cow::from).collect(),
            Place::RawBody => self.source.rawbody().iter().map(Cow::from).collect(),
            Place::Uri => match looked_at(URIS) {
                Some(looked) => looked.texts.iter().map(|text| Cow::Borrowed(&**text)).collect(),
                None => self.source.uris(),
            },
            Place::Full => vec![Cow::from(self.source.full())],
            Place::Header(form, unset) => {
                vec![self.source.header(form).unwrap_or_else(|| Cow::from(unset.as_bytes()))]
            }
            Place::MimeHeader(form) => self.source.mime_headers(form),
        }
    }
}

/// Whether a text has another in it, in any case of letters.
fn has(text: &[u8], value: &[u8]) -> bool {
    let Some(first) = value.first().map(u8::to_ascii_lowercase) else { return true };
    let mut places = memchr2_iter(first, first.to_ascii_uppercase(), text);
    places.any(|at| text.get(at..at + value.len()).is_some_and(|window| window.eq_ignore_ascii_case(value)))
}
