//! What the engine promises. The expected hits are SpamAssassin 4.0.1's for the same rules and texts.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::rules::{LoadSettings, RuleFile, load};

use super::{
    scan::{PADDING, Scanner, Sighting, Wish},
    *,
};

/// A message as its renderings.
#[derive(Default)]
struct Texts {
    body: Vec<Vec<u8>>,
    rawbody: Vec<Vec<u8>>,
    full: Vec<u8>,
    uris: Vec<&'static str>,
    headers: BTreeMap<&'static str, &'static str>,
    parts: Vec<(&'static str, &'static str)>,
    /// Of the only link: keys and values.
    details: Vec<(&'static str, &'static str)>,
}

impl Renderings for Texts {
    fn body(&self) -> &[Vec<u8>] {
        &self.body
    }
    fn rawbody(&self) -> &[Vec<u8>] {
        &self.rawbody
    }
    fn full(&self) -> &[u8] {
        &self.full
    }
    fn uris(&self) -> Vec<Cow<'_, [u8]>> {
        self.uris.iter().map(|uri| Cow::from(uri.as_bytes())).collect()
    }
    fn header(&self, form: &str) -> Option<Cow<'_, [u8]>> {
        self.headers.get(form).map(|value| Cow::from(value.as_bytes()))
    }
    fn mime_headers(&self, form: &str) -> Vec<Cow<'_, [u8]>> {
        self.parts.iter().filter(|(name, _)| *name == form).map(|(_, value)| Cow::from(value.as_bytes())).collect()
    }
    fn links(&self) -> usize {
        usize::from(!self.details.is_empty())
    }
    fn has_detail(&self, _: usize, key: &str, is_such: &mut dyn FnMut(&[u8]) -> bool) -> bool {
        self.details.iter().any(|(name, value)| *name == key && is_such(value.as_bytes()))
    }
    fn eval(&self, test: &EvalTest) -> u32 {
        u32::from(test.function == "check_always") * 3
    }
}

fn message() -> Texts {
    let paragraphs = ["aaa bbb\n", "first foo foo foo bar foo\n", "second foo http://www.example.com/foo?foo=1 end\n"];
    Texts {
        body: paragraphs.map(|text| text.as_bytes().to_vec()).to_vec(),
        rawbody: vec![b"first foo foo foo\nbar foo\n\nsecond foo http://www.example.com/foo?foo=1 end\n\n".to_vec()],
        full: b"Subject: aaa bbb\n\nfirst foo\n".to_vec(),
        uris: vec!["http://www.example.com/foo?foo=1", "mailto:joe@example.com"],
        headers: [("Subject", "aaa bbb\n"), ("X-Multi", "one\ntwo one\n"), ("To:addr", "joe@example.com")].into(),
        parts: vec![("Content-Type", "text/plain\n"), ("Content-Type", "application/zip\n")],
        details: vec![("raw", "http://a.example/"), ("text", "https://bank.example"), ("type", "a")],
    }
}

fn compile(rules: &str) -> RuleSet {
    let file = RuleFile { name: "test.cf".to_owned(), text: rules.into(), is_only_included: false };
    let (set, problems) = RuleSet::compile(&load(&[file], &LoadSettings::default()), CompileSettings::default());
    assert_eq!(problems, [], "{rules}");
    set
}

/// What is kept of rules.
fn kept(rules: &str) -> Vec<u8> {
    let file = RuleFile { name: "test.cf".to_owned(), text: rules.into(), is_only_included: false };
    RuleSet::to_bytes(&load(&[file], &LoadSettings::default()), CompileSettings::default())
}

/// Names and counts of what hits, in one line.
fn hits(rules: &str) -> String {
    said(&compile(rules).run(&message(), &mut Scratch::default()))
}

fn said(hits: &Hits) -> String {
    hits.hits.iter().map(|hit| format!("{} {}", hit.name, hit.count)).collect::<Vec<_>>().join(", ")
}

#[test]
fn each_kind_of_rule_looks_at_its_text() {
    for (rules, want) in [
        ("body A /foo/", "A 1"),
        ("body A /^aaa bbb$/", "A 1"),
        (r"body A /bbb.*first/s", ""),
        ("body A /aaa/\ntflags A nosubject", ""),
        ("body A /foo/\ntflags A nosubject", "A 1"),
        (r"rawbody A /foo\nbar/", "A 1"),
        (r"body A /foo\nbar/", ""),
        ("full A /^Subject: aaa/", "A 1"),
        ("uri A /^http:.*foo=1$/", "A 1"),
        ("header A Subject =~ /AAA/i", "A 1"),
        ("header A exists:Subject", "A 1"),
        ("header A exists:X-Nope", ""),
        (r"mimeheader A Content-Type =~ /^application\/zip/", "A 1"),
        ("mimeheader A Content-Type =~ /image/", ""),
        (r"uri_detail A raw =~ /^http:/ text =~ /^https:/ type =~ /^a$/", "A 1"),
        (r"uri_detail A raw =~ /^http:/ text !~ /^https:/", ""),
        ("header A eval:check_always()", "A 3"),
    ] {
        assert_eq!(hits(rules), want, "{rules}");
    }
}

#[test]
fn a_missing_header_is_an_empty_text() {
    for (rules, want) in [
        ("header A X-Missing !~ /zzz/", "A 1"),
        ("header A X-Missing !~ /^$/", ""),
        ("header A X-Missing =~ /^$/", "A 1"),
        ("header A X-Missing =~ /^UNSET$/ [if-unset: UNSET]", "A 1"),
        ("header A X-Missing !~ /^UNSET$/ [if-unset: UNSET]", ""),
        ("header A Subject =~ /^UNSET$/ [if-unset: UNSET]", ""),
        ("header A Subject !~ /zzz/", "A 1"),
        ("header A Subject !~ /aaa/", ""),
    ] {
        assert_eq!(hits(rules), want, "{rules}");
    }
}

#[test]
fn matches_are_counted_if_the_rule_says_so() {
    for (rules, want) in [
        ("body A /foo/\ntflags A multiple", "A 7"),
        ("body A /foo/\ntflags A multiple maxhits=2", "A 2"),
        ("rawbody A /foo/\ntflags A multiple", "A 7"),
        ("uri A /foo/\ntflags A multiple", "A 2"),
        ("header A X-Multi =~ /one/", "A 1"),
        ("header A X-Multi =~ /one/\ntflags A multiple", "A 2"),
        ("header A X-Multi =~ /^two/", ""),
        ("header A X-Multi =~ /^two/m", "A 1"),
    ] {
        assert_eq!(hits(rules), want, "{rules}");
    }
}

#[test]
fn sums_are_of_counts_and_of_other_sums() {
    let rules = "body A /foo/\ntflags A multiple\nmeta B A + 2\nmeta C B > 8\nmeta D !E\nbody E /foo/\nscore E 0\nmeta F C && !A";
    assert_eq!(hits(rules), "A 7, B 9, C 1, D 1");
}

#[test]
fn a_rule_with_no_points_is_not_run_and_a_part_has_none() {
    let set = compile(
        "body A /foo/\nscore A 0\nbody __B /foo/\nbody T_C /foo/\nbody D /foo/\nscore D 2.5\nbody E /foo/\ntflags E nice",
    );
    let hits = set.run(&message(), &mut Scratch::default());
    let points: Vec<(&str, f64)> = hits.hits.iter().map(|hit| (&*hit.name, hit.points)).collect();
    assert_eq!(points, [("D", 2.5), ("E", -1.0), ("T_C", 0.01), ("__B", 0.0)]);
    assert!((hits.points() - 1.51).abs() < 1e-9);
}

#[test]
fn what_a_named_group_took_completes_another_rule() {
    for (rules, want) in [
        ("header __T To:addr =~ /(?<WHO>.*)/\nuri A /^mailto:%{WHO}$/", "A 1, __T 1"),
        ("header __T To:addr =~ /(?<WHO>.*)/\nuri A /^http:%{WHO}/", "__T 1"),
        ("body __T /first (?<WORD>foo)/\nbody A /bar %{WORD}/", "A 1, __T 1"),
        ("body A /second %{NOBODY}/", ""),
        ("header __T Subject =~ /(?<WORD>zzz)/\nbody A /%{WORD}?/", ""),
    ] {
        assert_eq!(hits(rules), want, "{rules}");
    }
}

#[test]
fn a_hit_says_what_matched() {
    let hits = compile("body A /second \\w+/").run(&message(), &mut Scratch::default());
    assert_eq!(hits.hits[0].text.as_deref(), Some(b"second foo".as_slice()));
}

#[test]
fn what_is_switched_off_is_not_run() {
    let set = compile("body A /foo/\nbody B /foo/\nmeta C A");
    assert!(set.switch_off("A") && !set.switch_off("NONE"));
    assert_eq!(said(&set.run(&message(), &mut Scratch::default())), "B 1");
}

#[test]
fn a_rule_that_takes_too_long_is_named_and_does_not_hit() {
    let set = compile("body A /(?:x+x+)+(?!y)y/\nbody B /xy/");
    let message = Texts { body: vec![[b"x".repeat(20_000), b"y".to_vec()].concat()], ..Texts::default() };
    let hits = set.run(&message, &mut Scratch::default());
    assert_eq!(said(&hits), "B 1");
    assert_eq!(hits.exhausted, [Arc::from("A")]);
    assert!(set.switch_off("A"));
    assert_eq!(set.run(&message, &mut Scratch::default()).exhausted, []);
}

#[test]
fn one_run_leaves_nothing_for_the_next() {
    let set = compile("body A /foo/\ntflags A multiple\nheader B Subject =~ /aaa/\nmeta C A > 6");
    let mut scratch = Scratch::default();
    let first = set.run(&message(), &mut scratch);
    assert_eq!(said(&set.run(&Texts::default(), &mut scratch)), "");
    assert_eq!(set.run(&message(), &mut scratch), first);
}

#[test]
fn rules_are_the_same_from_bytes() {
    let rules =
        "body A /fo+/i\nmeta B A\nheader C Subject !~ /x/\nuri_detail D raw =~ /^http:/\nbody E /(?!x)[a-c][f][o]/";
    let again = RuleSet::from_bytes(&kept(rules)).expect("it was just written");
    let run = |set: &RuleSet| set.run(&message(), &mut Scratch::default());
    assert_eq!(run(&again), run(&compile(rules)));
}

#[test]
fn damaged_bytes_are_no_rules() {
    let bytes = kept("body A /foo/\nmeta B A");
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x10;
        assert!(RuleSet::from_bytes(&damaged).is_none(), "byte {at}");
        assert!(RuleSet::from_bytes(&bytes[..at]).is_none(), "cut at {at}");
    }
    assert!(RuleSet::from_bytes(&[bytes, vec![0]].concat()).is_none());
}

#[test]
fn a_pattern_that_makes_no_sense_is_told() {
    let file =
        RuleFile { name: "test.cf".to_owned(), text: b"body A /a**/\nbody B /b/".to_vec(), is_only_included: false };
    let (set, problems) = RuleSet::compile(&load(&[file], &LoadSettings::default()), CompileSettings::default());
    assert_eq!(set.len(), 1);
    assert_eq!(problems.first().and_then(|problem| problem.rule.as_deref()), Some("A"));
}

#[test]
fn what_is_told_is_the_same_where_other_rules_are_asked_only_if_need_be() {
    let leaves = r"
        body __B /foo/
        body __BN /nowhere/
        body __BM /o/
        tflags __BM multiple
        rawbody __R /foo\nbar/
        full __F /^Subject: aaa/
        uri __U /foo=1/
        header __H Subject =~ /AAA/i
        header __HN Subject !~ /zzz/
        header __X X-Missing =~ /^$/
        header __XN X-Missing !~ /zzz/
        mimeheader __M Content-Type =~ /zip/
        header __E eval:check_always()
        body T /bbb/
        meta __SUM __B + __BM + __U
        meta __OFF __B
        score __OFF 0
        ";
    for meta in [
        "__B && !__BN",
        "__BN || __U",
        "(__B + __H + __E) > 2",
        "__BM > 2",
        "__SUM >= 4 && __M",
        "!__HN || !__XN",
        "__X && __R && __F && T",
        "__B / __BN",
        "__BN ? __B : __BM",
        "__OFF || __B",
        "__NOBODY || __XN",
    ] {
        let set = compile(&format!("{leaves}meta A {meta}\nmeta B A && __B\nmeta C !A"));
        let mut all = set.run(&message(), &mut Scratch::default());
        all.hits.retain(|hit| !hit.name.starts_with("__"));
        // More than once: what is asked first depends on what hit before.
        for _ in 0..3 {
            assert_eq!(set.run_told(&message(), &mut Scratch::default()), all, "{meta}");
        }
    }
}

/// Literals of a scanner, texts in lower case, and how many literals nobody sees are with them.
fn sights() -> impl Strategy<Value = (Vec<Vec<u8>>, Vec<u8>, usize)> {
    let text = |most: usize| {
        proptest::collection::vec(prop_oneof![4 => b'a'..=b'c', 1 => Just(b' '), 1 => any::<u8>()], 0..most)
    };
    let literals = proptest::collection::vec(text(20).prop_filter("it is too short", |text| text.len() > 1), 1..30);
    (literals, text(700), prop_oneof![2 => Just(0), 2 => Just(1_200), 1 => Just(5_000)]).prop_map(
        |(literals, text, others)| {
            (literals.iter().map(|literal| literal.to_ascii_lowercase()).collect(), text.to_ascii_lowercase(), others)
        },
    )
}

proptest! {
    #[test]
    fn a_scanner_sees_all_and_nothing_else((literals, text, others) in sights()) {
        let wish = |member: usize| Wish { member: u32::try_from(member).expect("they are few"), is_gate: member.is_multiple_of(3) };
        let mut wanted: Vec<(Vec<u8>, Wish)> = literals.iter().cloned().zip((0..).map(wish)).collect();
        wanted.extend((0..others).map(|other| (format!("nobody says {other}").into_bytes(), wish(other))));
        let mut seen = Vec::new();
        let padded = [text.as_slice(), &[0; PADDING]].concat();
        Scanner::new(wanted).scan(&padded, |Sighting { wish, begin, end }| seen.push((wish, begin, end)));
        let mut expected = Vec::new();
        for (literal, wish) in literals.iter().zip((0..).map(wish)) {
            let places = (0..text.len()).filter(|begin| text.get(*begin..).is_some_and(|rest| rest.starts_with(literal)));
            expected.extend(places.map(|begin| (wish, begin, begin + literal.len())));
        }
        seen.sort_unstable();
        expected.sort_unstable();
        prop_assert_eq!(seen, expected);
    }
}
