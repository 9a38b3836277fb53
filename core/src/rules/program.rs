//! Rule files as one thing that runs.

use std::{
    borrow::Cow,
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use xxhash_rust::xxh3::xxh3_128;

use crate::mail::Mail;

use super::{
    Book, CompileSettings, Directive, Hits, Problem, Renderings, RuleSet, Scratch, View,
    book::{EvalTest, Place},
    eval::{self, Scene},
    lists::Lists,
    view::relays::{Relay, Relays},
};

/// Rules, ready to run on mail, with the lists their functions use.
#[derive(Debug)]
pub struct Program {
    rules: RuleSet,
    lists: Lists,
    /// Memory for messages that are judged at the same time.
    scratches: Mutex<Vec<Scratch>>,
}

/// No rules at all.
impl Default for Program {
    fn default() -> Self {
        Self::compile(&Book::default(), CompileSettings::default()).0
    }
}

impl Program {
    /// Compiles what the files say. What cannot be compiled is left out and told.
    pub fn compile(book: &Book, settings: CompileSettings) -> (Self, Vec<Problem>) {
        let (rules, problems) = RuleSet::compile(book, settings);
        (Self::new(rules, &book.directives), problems)
    }

    /// Everything that can be found out about what the files say, to be kept for the next start. Empty: it cannot be.
    pub fn to_bytes(book: &Book, settings: CompileSettings) -> Vec<u8> {
        let rules = RuleSet::to_bytes(book, settings);
        if rules.is_empty() {
            return rules;
        }
        let mut lines = String::new();
        for Directive { name, value, .. } in &book.directives {
            lines.extend([name, " ", value, "\n"]);
        }
        let sum = xxh3_128(lines.as_bytes()).to_le_bytes();
        let length = u64::try_from(lines.len()).unwrap_or(u64::MAX).to_le_bytes();
        [&length[..], &sum, lines.as_bytes(), &rules].concat()
    }

    /// Reads [`Program::to_bytes`] back; `None`: it is damaged or of another version. Whether it was made from the same
    /// files is for who keeps it to know.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (length, bytes) = bytes.split_first_chunk()?;
        let (sum, bytes) = bytes.split_first_chunk()?;
        let (lines, rules) = bytes.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
        if u128::from_le_bytes(*sum) != xxh3_128(lines) {
            return None;
        }
        let directive = |line: &str| {
            let (name, value) = line.split_once(' ')?;
            Some(Directive { name: name.to_owned(), value: value.to_owned(), place: Place::default() })
        };
        let directives =
            str::from_utf8(lines).ok()?.split_terminator('\n').map(directive).collect::<Option<Vec<_>>>()?;
        Some(Self::new(RuleSet::from_bytes(rules)?, &directives))
    }

    fn new(rules: RuleSet, directives: &[Directive]) -> Self {
        Self { rules, lists: Lists::read(directives), scratches: Mutex::default() }
    }

    /// The rules alone.
    pub fn rules(&self) -> &RuleSet {
        &self.rules
    }

    /// The lists.
    pub fn lists(&self) -> &Lists {
        &self.lists
    }

    /// What all rules say of a message.
    /// `probability` is what the learner makes of it, 0 to 1.
    pub fn run(&self, mail: &Mail<'_>, probability: Option<f64>) -> Hits {
        self.with(mail, probability, RuleSet::run)
    }

    /// The same of those rules only whose names do not begin with `__`; quicker.
    pub fn run_told(&self, mail: &Mail<'_>, probability: Option<f64>) -> Hits {
        self.with(mail, probability, RuleSet::run_told)
    }

    fn with(
        &self,
        mail: &Mail<'_>,
        probability: Option<f64>,
        run: fn(&RuleSet, &dyn Renderings, &mut Scratch) -> Hits,
    ) -> Hits {
        let view = View::new(mail).with_lists(&self.lists);
        let scene = Scene::new(&view, &self.lists, probability);
        let lock = || self.scratches.lock().unwrap_or_else(PoisonError::into_inner);
        let mut scratch = lock().pop().unwrap_or_default();
        let hits = run(&self.rules, &scene, &mut scratch);
        lock().push(scratch);
        hits
    }
}

impl Renderings for Scene<'_> {
    fn body(&self) -> &[Vec<u8>] {
        self.view.body()
    }

    fn rawbody(&self) -> &[Vec<u8>] {
        self.view.rawbody()
    }

    fn full(&self) -> &[u8] {
        self.view.full()
    }

    fn uris(&self) -> Vec<Cow<'_, [u8]>> {
        let all: BTreeSet<&[u8]> = self.view.uris().iter().flat_map(|uri| &uri.cleaned).map(Vec::as_slice).collect();
        all.into_iter().map(Cow::Borrowed).collect()
    }

    fn has_header(&self, form: &str) -> bool {
        self.has_field(form).unwrap_or_else(|| self.header(form).is_some())
    }

    fn header(&self, form: &str) -> Option<Cow<'_, [u8]>> {
        let relays = |of: &[Relay]| Some(Cow::Owned(Relays::text(of)));
        match form {
            "X-Spam-Relays-Trusted" => relays(self.view.relays().trusted()),
            "X-Spam-Relays-Untrusted" => relays(self.view.relays().untrusted()),
            "X-Spam-Relays-Internal" => relays(self.view.relays().internal()),
            "X-Spam-Relays-External" => relays(self.view.relays().external()),
            _ => self.view.headers().get(form),
        }
    }

    fn mime_headers(&self, form: &str) -> Vec<Cow<'_, [u8]>> {
        let (name, is_raw) = form.strip_suffix(":raw").map_or((form, false), |name| (name, true));
        let fields = self
            .view
            .parts()
            .iter()
            .filter_map(|part| part.fields.iter().rev().find(|field| field.is(name.as_bytes())));
        fields.map(|field| Cow::Borrowed(if is_raw { field.raw() } else { field.value() })).collect()
    }

    fn links(&self) -> usize {
        self.view.uris().len()
    }

    fn has_detail(&self, link: usize, key: &str, is_such: &mut dyn FnMut(&[u8]) -> bool) -> bool {
        let Some(uri) = self.view.uris().get(link) else { return false };
        match key {
            "raw" => is_such(&uri.raw),
            "type" => uri.types.iter().any(|kind| is_such(kind.as_bytes())),
            "cleaned" => uri.cleaned.iter().any(|form| is_such(form)),
            "text" => uri.anchors.iter().any(|anchor| is_such(anchor)),
            "domain" => uri.domains().into_iter().any(|domain| is_such(domain.as_bytes())),
            "host" => uri.hosts.keys().any(|host| is_such(host.as_bytes())),
            _ => false,
        }
    }

    fn eval(&self, test: &EvalTest) -> u32 {
        eval::find(&test.function).map_or(0, |eval| (eval.run)(self, test))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        mail::Arrival,
        rules::{LoadSettings, RuleFile, load},
    };

    const RULES: &str = "header HAS_DATE exists:Date\nbody SAYS_HELLO /hello/i\nfreemail_domains example.org\n";

    fn book() -> Book {
        let file = RuleFile { name: "a.cf".to_owned(), text: RULES.into(), is_only_included: false };
        load(&[file], &LoadSettings::default())
    }

    fn kept() -> Vec<u8> {
        Program::to_bytes(&book(), CompileSettings::default())
    }

    fn names(program: &Program) -> Vec<String> {
        let mail = Mail::parse(b"Date: x\r\nSubject: Hello\r\n\r\nthere\r\n", &Arrival::default());
        program.run(&mail, None).hits.iter().map(|hit| hit.name.to_string()).collect()
    }

    #[test]
    fn what_was_kept_runs_as_before() {
        let (program, problems) = Program::compile(&book(), CompileSettings::default());
        assert_eq!(problems, []);
        let kept = Program::from_bytes(&kept()).unwrap();
        assert_eq!(names(&program), ["HAS_DATE", "SAYS_HELLO"]);
        assert_eq!(names(&kept), names(&program));
        assert!(program.lists.freemail.has("a@example.org") && kept.lists.freemail.has("a@example.org"));
    }

    #[test]
    fn what_is_damaged_anywhere_is_not_read() {
        let bytes = kept();
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x10;
            assert!(Program::from_bytes(&damaged).is_none(), "byte {at}");
            assert!(Program::from_bytes(&bytes[..at]).is_none(), "{at} bytes");
        }
    }
}
