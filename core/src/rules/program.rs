//! Rule files as one thing that runs.

use std::{
    borrow::Cow,
    sync::{Mutex, PoisonError},
};

use crate::mail::Mail;

use super::{
    Book, CompileSettings, Directive, Hits, Problem, Renderings, RuleSet, Scratch, View,
    book::EvalTest,
    eval::{self, Scene},
    lists::Lists,
    view::relays::{Relay, Relays},
};

/// Rules, ready to run on mail, with the lists their functions use.
#[derive(Debug)]
pub struct Program {
    rules: RuleSet,
    lists: Lists,
    /// What the lists were made from.
    directives: Vec<Directive>,
    /// Memory for messages that are judged at the same time.
    scratches: Mutex<Vec<Scratch>>,
}

impl Program {
    /// Compiles what the files say. What cannot be compiled is left out and told.
    pub fn compile(book: &Book, settings: &CompileSettings) -> (Self, Vec<Problem>) {
        let (rules, problems) = RuleSet::compile(book, settings);
        (
            Self {
                rules,
                lists: Lists::read(&book.directives),
                directives: book.directives.clone(),
                scratches: Mutex::default(),
            },
            problems,
        )
    }

    /// The rules alone.
    pub fn rules(&self) -> &RuleSet {
        &self.rules
    }

    /// The lists.
    pub fn lists(&self) -> &Lists {
        &self.lists
    }

    /// What the rules say of a message.
    /// `probability` is what the learner makes of it, 0 to 1.
    pub fn run(&self, mail: &Mail<'_>, probability: Option<f64>) -> Hits {
        let view = View::new(mail).with_networks(&self.lists.networks);
        let scene = Scene { view: &view, lists: &self.lists, probability };
        let lock = || self.scratches.lock().unwrap_or_else(PoisonError::into_inner);
        let mut scratch = lock().pop().unwrap_or_default();
        let hits = self.rules.run(&scene, &mut scratch);
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
        Vec::new()
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
        0
    }

    fn detail(&self, _: usize, _: &str) -> Vec<Cow<'_, [u8]>> {
        Vec::new()
    }

    fn eval(&self, test: &EvalTest) -> u32 {
        eval::find(&test.function).map_or(0, |eval| (eval.run)(self, test))
    }
}
