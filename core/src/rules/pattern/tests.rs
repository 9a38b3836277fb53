//! What patterns promise: they take what Perl 5.36 takes.

use proptest::prelude::*;

use super::*;

/// Far more than any test needs.
const PLENTY: u64 = 1 << 30;

/// For patterns made at random, some of which would go on for ever.
const SOME: u64 = 1 << 20;

fn matches(pattern: &str, flags: &str, text: &[u8]) -> bool {
    let matcher = Matcher::new(Plan::new(pattern, flags).unwrap_or_else(|why| panic!("{pattern}: {why}")));
    let mut budget = PLENTY;
    matcher.is_match(text, 0..text.len(), &mut budget).expect("the budget is large")
}

/// What a pattern takes by itself: bytes and ranges of bytes, as hexadecimal numbers.
fn taken(pattern: &str) -> String {
    let whole = format!(r"\A(?:{pattern})\z");
    let set: bytes::ByteSet = (0..=u8::MAX).filter(|byte| matches(&whole, "", &[*byte])).collect();
    let range = |(first, last): (u8, u8)| {
        if first == last { format!("{first:02x}") } else { format!("{first:02x}-{last:02x}") }
    };
    set.ranges().into_iter().map(range).collect::<Vec<_>>().join(",")
}

#[test]
fn single_bytes_are_taken_as_perl_takes_them() {
    for (pattern, want) in [
        ("a{,3}", "61"),
        ("a{ 1, 3 }", "61"),
        ("a{,}", ""),
        ("{", "7b"),
        ("}", "7d"),
        ("]", "5d"),
        (r"\x4", "04"),
        (r"\x", "00"),
        (r"\x{41}", "41"),
        (r"\x{ 41 }", "41"),
        (r"\x{100}", ""),
        (r"\07", "07"),
        (r"\12", "0a"),
        (r"\042", "22"),
        (r"\351", "e9"),
        (r"\777", ""),
        (r"\o{101}", "41"),
        (r"\e", "1b"),
        (r"\cA", "01"),
        (r"\c[", "1b"),
        (r"\ca", "01"),
        (r"\c?", "7f"),
        (r"\<", "3c"),
        (r"\y", "79"),
        (r"\Q", "51"),
        (r"\N", "00-09,0b-ff"),
        (r"\N{U+41}", "41"),
        (".", "00-09,0b-ff"),
        ("(?s).", "00-ff"),
    ] {
        assert_eq!(taken(pattern), want, "{pattern}");
    }
}

#[test]
fn classes_and_letters_are_taken_as_perl_takes_them() {
    for (pattern, want) in [
        ("[]a]", "5d,61"),
        ("[^]a]", "00-5c,5e-60,62-ff"),
        (r"[a-\d]", "2d,30-39,61"),
        (r"[\w-z]", "2d,30-39,41-5a,5f,61-7a"),
        ("[a-c-e]", "2d,61-63,65"),
        ("[--a]", "2d-61"),
        (r"[\b]", "08"),
        (r"[\1]", "01"),
        (r"[\h]", "09,20,a0"),
        (r"[\x{80}-\x{2000}]", "80-ff"),
        ("[[:alpha]", "3a,5b,61,68,6c,70"),
        ("[[:^digit:]]", "00-2f,3a-ff"),
        ("[[:punct:]]", "21-2f,3a-40,5b-60,7b-7e"),
        ("[[:print:]]", "20-7e"),
        ("[[:cntrl:]]", "00-1f,7f"),
        ("(?i)[[:upper:]]", "41-5a,61-7a"),
        ("(?i)[^a]", "00-40,42-60,62-ff"),
        (r"(?i)\xe9", "e9"),
        ("(?i)a", "41,61"),
        ("(?^i:a)", "41,61"),
        ("(?i:a)", "41,61"),
        ("(?i)(?-i)a", "61"),
        (r"\s", "09-0d,20"),
        (r"\w", "30-39,41-5a,5f,61-7a"),
        (r"\v", "0a-0d,85"),
        (r"\R", "0a-0d,85"),
        (r"\pL", "41-5a,61-7a,aa,b5,ba,c0-d6,d8-f6,f8-ff"),
        (r"\p{Lu}", "41-5a,c0-d6,d8-de"),
        ("(?x) [ab] # c\n", "61-62"),
        (r"(?x)\ ", "20"),
        ("(?xx)[ a ]", "61"),
        ("a(?#x)*", "61"),
        ("(a*)*", "61"),
        ("a||b", "61-62"),
        ("x*+", "78"),
        ("a{3,1}", ""),
        ("(?>a|b)", "61-62"),
        ("(?'n'a)", "61"),
        ("(*pla:a)a", "61"),
        ("(*FAIL)|b", "62"),
    ] {
        assert_eq!(taken(pattern), want, "{pattern}");
    }
}

#[test]
fn what_perl_refuses_is_refused() {
    for pattern in [
        r"\x{41",
        r"\1",
        "[z-a]",
        "a**",
        "a+++",
        "a{2}{3}",
        "[[:foo:]]",
        "[a",
        "a)",
        "(a",
        r"a\",
        "(?<=a+)b",
        "a{99999}",
        "*a",
        "a|*",
        "(?<a",
        "(?<1>a)",
        "(?b)a",
        r"\g{1}",
        r"(?P<n>a)(?P=m)",
        r"[\N]",
    ] {
        assert!(Plan::new(pattern, "").is_err(), "{pattern}");
    }
}

#[test]
fn texts_match_as_in_perl() {
    for (pattern, flags, text, want) in [
        ("foo$", "", "foo\n", true),
        ("foo$", "", "foo\n\n", false),
        (r"foo\z", "", "foo\n", false),
        (r"foo\Z", "", "foo\n", true),
        ("foo$", "", "foo\nbar", false),
        ("foo$", "m", "foo\nbar", true),
        ("^bar", "", "foo\nbar", false),
        ("^bar", "m", "foo\nbar", true),
        (r"\n^", "m", "a\n", false),
        ("(?:foo$|bar)x?", "", "foo\n", true),
        ("a$\\n", "", "a\n", true),
        (r"\bfoo\b", "", "a foo.", true),
        (r"\bfoo\b", "", "afoo.", false),
        (r"(\w)(\w+) \1\2", "", "john john", true),
        (r"(\w)(\w+) \1\2", "", "john joan", false),
        (r"(\w+) \1", "i", "John jOHN", true),
        (r"(?<n>a+)-\k<n>$", "", "aa-aa", true),
        (r"(a)|b\1", "", "b", false),
        ("foo(?!bar)", "", "foobar foobaz", true),
        ("foo(?!bar)", "", "foobar", false),
        ("(?<!un)subscribe", "i", "Unsubscribe", false),
        ("(?<!un)subscribe", "i", "subscribe", true),
        ("(?<=a|bc)d", "", "bcd", true),
        (r"(?<!\d{2,3})x", "", "12x", false),
        (r"(?<!\d{2,3})x", "", "1x", true),
        ("(?>a+)ab", "", "aaab", false),
        ("a++b", "", "aaab", true),
        ("(?:a|ab)++c", "", "abc", false),
        ("a{,3}b", "", "b", true),
        ("(?(1)b|c)|(a)", "", "c", true),
        ("(a)?(?(1)b|c)$", "", "ab", true),
        ("(?|x(a)|y(b))\\1", "", "yb", false),
        ("(?|x(a)|y(b))\\1", "", "ybb", true),
        ("x.{0,50}y", "", "x0123456789012345678901234567890123456789012345678y", true),
        ("x.{0,50}y", "", "x01234567890123456789012345678901234567890123456789ay", false),
        (r"x\Ky", "", "xy", true),
        (r"(?:a?){9}b", "", "ab", true),
        (r"[^a]b", "i", "Ab", false),
    ] {
        assert_eq!(matches(pattern, flags, text.as_bytes()), want, "/{pattern}/{flags} on {text:?}");
    }
}

#[test]
fn matches_are_counted_one_behind_another() {
    for (pattern, text, want) in
        [("foo", "foo foofoo", 3), ("aa", "aaaaa", 2), ("a+", "aa b aaa", 2), ("^a", "aaa", 1), ("x*", "ab", 3)]
    {
        let matcher = Matcher::new(Plan::new(pattern, "").expect("it is a pattern"));
        let mut budget = PLENTY;
        assert_eq!(matcher.count(text.as_bytes(), 100, &mut budget), Ok(want), "{pattern}");
    }
}

#[test]
fn matches_that_take_nothing_are_counted_once_each() {
    // As Perl itself counts them.
    let (short, long) = ("X: 1\n\nab\n", format!("X: 1\n\n{}\n", "a".repeat(20_000)));
    for (pattern, in_short, in_long) in [("$", 2, 2), (r"\Z", 2, 2), (r"\w?$", 3, 3), (r"\b", 6, 6), (r"\w*$", 3, 3)] {
        let matcher = Matcher::new(Plan::new(pattern, "").expect("it is a pattern"));
        for (text, want) in [(short, in_short), (&*long, in_long)] {
            let mut budget = PLENTY;
            assert_eq!(matcher.count(text.as_bytes(), 100, &mut budget), Ok(want), "{pattern}");
        }
    }
}

#[test]
fn matches_are_counted_alike_whoever_finds_them() {
    for (pattern, flags, text, want) in [
        (r"(?:.|\n)\Z", "", "hi\n", 2),
        ("[^a-z]$", "", "word P\n", 2),
        (r"[\s\S]\Z", "i", "a\n", 2),
        ("[^a-z]$", "m", "P\nP\n", 3),
        (r"b\s*$", "", "b b\n\n", 1),
    ] {
        let matcher = Matcher::new(Plan::new(pattern, flags).expect("it makes sense"));
        let count = |slow: u32| {
            matcher.slow.store(slow, Ordering::Relaxed);
            matcher.patience.store(0, Ordering::Relaxed);
            matcher.count(text.as_bytes(), 20, &mut (1 << 20))
        };
        // The machine, and then the automaton.
        assert_eq!((count(0), count(TOO_SLOW + 1)), (Ok(want), Ok(want)), "{pattern} in {text:?}");
    }
}

#[test]
fn hostile_patterns_are_refused_before_they_cost_anything() {
    let deep = format!("{}a{}", "(".repeat(10_000), ")".repeat(10_000));
    for pattern in ["((a{1000}){1000}){1000}", "(?:(?:ab){60000}){60000}", &deep, &"a".repeat(2 << 20)] {
        assert!(Plan::new(pattern, "").is_err(), "{} bytes", pattern.len());
    }
}

#[test]
fn hostile_texts_exhaust_a_budget_not_the_patience() {
    let matcher = Matcher::new(Plan::new("(?:x+x+)+(?!y)y", "").expect("it is a pattern"));
    let text = [b"x".repeat(4_000), b"y".to_vec()].concat();
    let mut budget = 1 << 20;
    assert_eq!(matcher.is_match(&text, 0..text.len(), &mut budget), Err(Exhausted));
}

#[test]
fn what_is_required_is_found_where_there_is_something_to_find() {
    for (pattern, flags, want) in [
        ("foobar", "i", Some(vec!["foobar"])),
        (r"\b(?:viagra|cialis)\b", "i", Some(vec!["cialis", "viagra"])),
        ("colou?r", "", Some(vec!["color", "colour"])),
        (r"\d+ dollars", "", Some(vec![" dollars"])),
        (r"x{3}", "", Some(vec!["xxx"])),
        (r"\w+\s\w+", "", None),
        ("a|b", "", None),
        ("(?:foo)?bar", "", Some(vec!["bar", "foobar"])),
    ] {
        let want = want.map(|texts| texts.into_iter().map(|text| text.as_bytes().to_vec()).collect::<Vec<_>>());
        assert_eq!(Plan::new(pattern, flags).expect("it is a pattern").required, want, "{pattern}");
    }
}

/// Patterns made of pieces that occur in rules.
fn patterns() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "a",
        "b",
        "ab",
        "c",
        ".",
        r"\s",
        r"\w",
        r"\b",
        "[ab]",
        "[^a]",
        "^",
        "$",
        "x?",
        "a*",
        "b+",
        "c{2}",
        "(a)",
        " ",
        r"\d",
        "a+?",
        "(?!a)",
        "(?=b)",
        "(?<!a)",
        "(?<=b)",
        "[abc]{1,3}",
        ".{0,12}",
        r"\xc3\xa9",
        r"\1?",
    ])
    .prop_map(ToOwned::to_owned);
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            3 => prop::collection::vec(inner.clone(), 1..5).prop_map(|parts| parts.concat()),
            1 => prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| format!("(?:{})", parts.join("|"))),
            1 => inner.clone().prop_map(|part| format!("(?:{part}){{1,2}}")),
            1 => inner.prop_map(|part| format!("(?:{part})*")),
        ]
    })
    // A group for those that refer to it.
    .prop_map(|pattern| format!("(a?){pattern}"))
}

fn texts() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop::sample::select(b"aabbcx AB1\n\xc3\xa9".to_vec()), 0..40)
}

proptest! {
    #[test]
    fn the_automaton_loses_nothing_that_the_machine_finds(pattern in patterns(), flags in "i?m?s?", text in texts()) {
        let reading = read::read(&pattern, &flags).expect("it is a pattern");
        let machine = Machine::new(&reading.node, reading.groups).expect("it is small");
        let mut automaton = Automaton::new(&reading.node).expect("it is small");
        let (mut steps, mut budget) = (SOME, PLENTY);
        let Ok(found) = machine.find(&text, 0, text.len(), &mut steps) else { return Ok(()) };
        let found = found.is_some();
        let may = automaton.find(&text, 0..text.len(), true, &mut budget).expect("the budget is large").is_some();
        prop_assert!(may || !found);
        if automaton::is_exact(&reading.node) {
            prop_assert_eq!(may, found);
        }
    }

    #[test]
    fn no_match_begins_where_it_cannot(pattern in patterns(), flags in "i?m?s?", text in texts()) {
        let reading = read::read(&pattern, &flags).expect("it is a pattern");
        let plain = Machine::new(&reading.node, reading.groups).expect("it is small");
        let quick = Machine::new(&reading.node, reading.groups).expect("it is small").with_heads(&reading.node);
        for from in [0, text.len() / 2] {
            let (mut steps, mut other) = (SOME, SOME);
            let Ok(found) = plain.find(&text, from, text.len(), &mut steps) else { return Ok(()) };
            prop_assert_eq!(quick.find(&text, from, text.len(), &mut other), Ok(found));
        }
    }

    #[test]
    fn what_may_be_missing_is_not_missed(pattern in patterns(), flags in "i?m?s?", text in texts()) {
        let reading = read::read(&pattern, &flags).expect("it is a pattern");
        let plain = Machine::new(&reading.node, reading.groups).expect("it is small");
        for keeps_start in [false, true] {
            let Some(node) = exists::shorter(&reading.node, keeps_start) else { continue };
            let short = Machine::without_groups(&node, 0).expect("it is smaller").with_heads(&node);
            let to = if keeps_start { 0 } else { text.len() };
            for from in 0..=text.len() - to {
                let (mut steps, mut other) = (SOME, SOME);
                let Ok(found) = plain.find(&text, from, from + to, &mut steps) else { return Ok(()) };
                let of_short = short.find(&text, from, from + to, &mut other).map(|found| found.is_some());
                prop_assert_eq!(of_short, Ok(found.is_some()));
            }
        }
    }

    #[test]
    fn what_is_left_of_a_pattern_stands_where_it_stands(pattern in patterns(), flags in "i?m?s?", text in texts()) {
        let reading = read::read(&pattern, &flags).expect("it is a pattern");
        let plain = Machine::new(&reading.node, reading.groups).expect("it is small");
        let matcher = Matcher::new(Plan::uncounted(&pattern, &flags).expect("it is a pattern"));
        let (mut steps, mut budget) = (SOME, SOME);
        let Ok(found) = plain.find(&text, 0, text.len(), &mut steps) else { return Ok(()) };
        let found = found.map(|found| found.whole());
        let lower = text.to_ascii_lowercase();
        let start = match &matcher.plan.required {
            Some(texts) if matcher.plan.is_first => {
                let is_start = |at: &u32| texts.iter().any(|text| lower[*at as usize..].starts_with(text));
                let starts: Vec<_> = (0..u32::try_from(text.len()).expect("it is short")).filter(is_start).collect();
                let starts: Vec<_> = starts.into_iter().map(|at| (0, at)).collect();
                matcher.is_match_at(&text, &starts, &mut budget)
            }
            _ => matcher.is_match(&text, 0..text.len(), &mut budget).map(|is_match| is_match.then_some(0)),
        };
        let Ok(start) = start else { return Ok(()) };
        prop_assert_eq!(start.is_some(), found.is_some());
        // Saying where may take too long.
        if let Some(explained) = start.and_then(|start| matcher.explain(&text, start)) {
            prop_assert_eq!(Some(explained.whole), found);
        }
    }

    #[test]
    fn literals_and_strands_lose_nothing(pattern in patterns(), flags in "i?m?s?", text in texts()) {
        let plan = Plan::new(&pattern, &flags).expect("it is a pattern");
        let mut budget = SOME;
        let Ok(found) = Matcher::new(plan.clone()).is_match(&text, 0..text.len(), &mut budget) else { return Ok(()) };
        let lower = text.to_ascii_lowercase();
        let has = |needed: &Vec<u8>| needed.is_empty() || lower.windows(needed.len()).any(|window| window == needed);
        prop_assert!(!found || plan.required.as_ref().is_none_or(|texts| texts.iter().any(has)));
        prop_assert!(!found || text.len() >= plan.least as usize);
        let mut sieve = Sieve::default();
        let taken = sieve.take(7, &plan);
        sieve.close();
        let mut seen = false;
        sieve.scan(&text, |member| seen |= member == 7);
        prop_assert!(!found || taken.is_none_or(|taken| seen || taken.literals.iter().any(has)));
    }

    #[test]
    fn any_text_is_a_pattern_or_a_fault(pattern in ".{0,60}", flags in "[a-z]{0,4}", text in texts()) {
        if let Ok(plan) = Plan::new(&pattern, &flags) {
            let mut budget = 1 << 22;
            let _any = Matcher::new(plan).is_match(&text, 0..text.len(), &mut budget);
        }
    }
}

#[test]
fn an_automaton_that_is_not_used_goes_and_comes_back() {
    let matcher = Matcher::new(Plan::new("[ab](?:[ab]*c){3}d", "").expect("it makes sense"));
    let text = [b"ab".repeat(4_000), b"cc".to_vec()].concat();
    let is_match = || matcher.is_match(&text, 0..text.len(), &mut (1 << 24));
    let without = matcher.memory();
    assert_eq!(is_match(), Ok(false));
    let with = matcher.memory();
    for _ in 0..9 {
        matcher.fade();
    }
    assert!(without < matcher.memory() && matcher.memory() < with, "its program stays, its automaton goes");
    assert_eq!(is_match(), Ok(false));
    assert_eq!(matcher.memory(), with);
}

#[test]
fn letters_in_any_case_are_taken_with_what_stands_between() {
    for (pattern, text, want) in [
        ("free-money 4u", "xFrEE-mONey 4Uy", true),
        ("free-money 4u", "free_money 4u", false),
        ("k[aA]b", "KAB", true),
        ("(?-i:Ab)c", "AbC", true),
        ("(?-i:Ab)c", "abC", false),
        ("@[a]", "`a", false),
        ("[kK]", "k", true),
    ] {
        let matcher = Matcher::new(Plan::new(pattern, "i").expect("it makes sense"));
        assert_eq!(matcher.is_match(text.as_bytes(), 0..text.len(), &mut (1 << 20)), Ok(want), "{pattern} in {text}");
    }
}

#[test]
fn places_where_no_match_begins_are_passed_over() {
    let starts = |pattern: &str, text: &[u8]| {
        let reading = read::read(pattern, "").expect("it makes sense");
        let heads = heads::Heads::of(&reading.node)?;
        let next = |from: usize| heads.first_in(text, from, text.len());
        Some(std::iter::successors(next(0), |start| next(start + 1)).collect::<Vec<_>>())
    };
    for (pattern, text, want) in [
        ("abc", "abc xabc ab", Some(vec![0, 5])),
        ("ab?", "a b ab", Some(vec![0, 4])),
        (r"\babc", "abc xabc abc", Some(vec![0, 9])),
        (r"\Babc", "abc xabc abc", Some(vec![0, 5])),
        (r"\b(?:your?|wins{0,2}|\s*a+b)(?!x)c", "yo wi win ab you", Some(vec![6, 9, 13])),
        ("(?<=[xy])ab", "xab zab", Some(vec![1])),
        (r"(a)\1b", "ab", Some(vec![0])),
        ("(?:a*|b)c", "c ac aac bc d", Some(vec![0, 2, 3, 5, 6, 7, 9, 10])),
        ("..", "ab", None),
    ] {
        assert_eq!(starts(pattern, text.as_bytes()), want, "{pattern}");
    }
    assert!(matches("ab?|cd", "", b"xa") && matches("(?<=x)cd", "", b"xcd") && !matches("yo", "", b"y"));
}
