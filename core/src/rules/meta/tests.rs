//! Values are those that SpamAssassin 4.0.1 gives.

use std::collections::BTreeSet;

use super::*;

/// ONE hit three times, TWO and THREE once, NO not at all.
const RULES: &[(&str, f64)] = &[("NO", 0.0), ("ONE", 3.0), ("THREE", 1.0), ("TWO", 1.0), ("T_A", 5.0), ("__TWO", 7.0)];

#[test]
fn expressions_have_the_values_that_perl_gives() {
    let cases: &[(&str, f64)] = &[
        ("TWO || ONE", 1.0),
        ("ONE || TWO", 3.0),
        ("NO || ONE", 3.0),
        ("ONE && TWO", 1.0),
        ("TWO && ONE", 3.0),
        ("NO && TWO || ONE", 3.0),
        ("ONE&&TWO||NO", 1.0),
        ("ONE + TWO", 4.0),
        ("TWO - ONE", -2.0),
        ("TWO-ONE", -2.0),
        ("TWO / 2", 0.5),
        ("0.5 * ONE", 1.5),
        ("!ONE > 1", 0.0),
        ("!NO + 1", 2.0),
        ("!NO == TWO", 1.0),
        ("!!ONE == 1", 1.0),
        ("!NO + !NO", 2.0),
        ("ONE == 3", 1.0),
        ("ONE != 3", 0.0),
        ("(ONE>2)&&(TWO==1)", 1.0),
        ("NO <1", 1.0),
        ("ONE>=3", 1.0),
        ("ONE <= 2", 0.0),
        ("3 - -TWO", 4.0),
        ("+TWO", 1.0),
        ("-TWO + 2", 1.0),
        ("TWO * -1 + 3", 2.0),
        ("ONE ? 5 : 6", 5.0),
        ("NO ? 1 : TWO ? 7 : 8", 7.0),
        ("TWO ? 0 : 6", 0.0),
        ("(TWO ? ONE : NO) + 1", 4.0),
        ("((((TWO))))", 1.0),
        ("(1 - !NO) == 0", 1.0),
        ("~ONE", 3.0),
        ("local_tests_only", 1.0),
        ("NOSUCH", 0.0),
        ("!NOSUCH", 1.0),
        ("two || TWO", 1.0),
        ("rules_matching(T*)", 7.0),
        ("rules_matching( T?O ) + 1", 2.0),
        ("rules_matching(T*) >= 3", 1.0),
        ("rules_matching(Z*) + 1", 1.0),
        ("rules_matching || TWO", 1.0),
        ("1 / (1 - TWO) || TWO", 0.0),
    ];
    for (text, want) in cases {
        assert_eq!(value(text), Ok(*want), "{text}");
    }
}

#[test]
fn what_is_no_expression_is_refused_with_a_sentence() {
    let texts = [
        "",
        "()",
        "(ONE",
        "ONE)",
        "ONE &&",
        "ONE and TWO",
        "ONE TWO",
        "ONE & TWO",
        "ONE | TWO",
        "ONE % 2",
        "ONE ** 2",
        "ONE = 3",
        "ONE =~ 3",
        "ONE;",
        "2ONE",
        "1.5.2 + TWO",
        "0x10",
        "ONE.x",
        "(ONE, TWO)",
        "rules_matching()",
        "rules_matching(A-B)",
        "ONE ? 2",
        "TWO / NO",
        "é",
    ];
    for text in texts {
        assert!(value(text).is_err(), "{text}");
    }
}

#[test]
fn nesting_has_an_end() {
    let deep = |levels: usize| format!("{}ONE{}", "(".repeat(levels), ")".repeat(levels));
    assert_eq!(value(&deep(50)), Ok(3.0));
    assert!(value(&deep(100)).is_err());
    assert!(value(&deep(1_000_000)).is_err());
    assert!(value(&"!".repeat(1_000_000)).is_err());
    // A long sum is not a deep one.
    assert_eq!(value(&vec!["ONE"; 100_000].join("+")), Ok(300_000.0));
    assert_eq!(value(&vec!["NO"; 100_000].join("||")), Ok(0.0));
}

#[test]
fn rules_come_after_those_that_they_need() {
    let names = Names::listed(["A", "B", "C", "D", "X"].into_iter());
    let read = |text| Expression::parse(text, "OWN", &names).unwrap();
    let (a, b, c) = (read("C && X"), read("X"), read("A || B"));
    assert_eq!(order(&[(0, &a), (1, &b)]), Order { rules: vec![0, 1], stuck: vec![] });
    assert_eq!(order(&[(0, &a), (1, &b), (2, &b)]).rules, [1, 2, 0]);
    let behind = read("C || X");
    assert_eq!(
        order(&[(0, &a), (1, &b), (2, &c), (3, &behind)]),
        Order { rules: vec![1], stuck: vec![0, 2, 3] },
        "A and C need each other, and D needs C"
    );
}

#[test]
fn a_glob_matches_whole_names() {
    for (glob, name, want) in [
        ("*", "", true),
        ("__A*", "__A", true),
        ("__A*", "__AB", true),
        ("*A", "BAA", true),
        ("A?C", "ABC", true),
        ("A?C", "AC", false),
        ("A*B*C", "AxBxBxC", true),
        ("A*B*C", "AxCxB", false),
        ("A", "AB", false),
        ("", "A", false),
    ] {
        assert_eq!(is_match(glob.as_bytes(), name.as_bytes()), want, "{glob} {name}");
    }
}

#[test]
fn a_negative_sum_counts_once() {
    assert_eq!([-2.0, 0.0, 0.5, 4.0].map(|value| format!("{}", hits(value))), ["1", "0", "0.5", "4"]);
}

/// Hits and counts are those of SpamAssassin 4.0.1.
#[test]
fn a_meta_rule_without_points_that_would_hit_holds_up_those_that_need_it() {
    let rules = [
        ("AFTER", "ON || TWO", false),
        ("BELOW", "TWO - ONE", false),
        ("BELOW10", "BELOW + 10", false),
        ("FINE", "!OFF_NO", false),
        ("LOOP", "LOOP || TWO", false),
        ("NOT", "!OFF", false),
        ("NOT_LOOP", "!LOOP", false),
        ("OFF", "TWO", true),
        ("OFF_NO", "NO", true),
        ("ON", "OFF || TWO", false),
        ("WRONG", "TWO &&", false),
        ("WRONG2", "WRONG || TWO", false),
    ];
    let parts = ["NO", "ONE", "TWO"];
    let mut all: Vec<&str> = rules.iter().map(|(name, _, _)| *name).chain(parts).collect();
    all.sort_unstable();
    let names = Names::listed(all.iter().copied());
    let mut counts = vec![0.0; all.len()];
    for (name, count) in [("ONE", 3.0), ("TWO", 1.0)] {
        counts[all.binary_search(&name).unwrap()] = count;
    }
    Metas::of(rules, &names).run(&mut counts);
    let hit: Vec<String> = all
        .iter()
        .zip(counts)
        .filter(|(_, count)| *count != 0.0)
        .map(|(name, count)| format!("{name} {count}"))
        .collect();
    assert_eq!(hit, ["BELOW 1", "BELOW10 11", "FINE 1", "ONE 3", "TWO 1", "WRONG2 1"]);
}

fn value(text: &str) -> Result<f64, String> {
    let names = Names::listed(RULES.iter().map(|(name, _)| *name));
    let of = |rule: u32| RULES[usize::try_from(rule).unwrap()].1;
    Ok(Expression::parse(text, "OWN", &names)?.value(of))
}

#[test]
fn a_span_holds_every_value_that_is_possible() {
    for text in [
        "A && B",
        "A || B && C",
        "!(A || B) && C",
        "A + B + C > 2",
        "A - B >= C",
        "(A > 1) + (B == 2) + (C != 0)",
        "A * B < C",
        "-A < B - C",
        "A ? B : C",
        "(A && B) || (A / (C + 1) > 1)",
        "((A || B) && (B || C)) + 1",
    ] {
        let expression = Expression::parse(text, "OWN", &Names::listed(["A", "B", "C"].into_iter())).unwrap();
        for (known, values) in (0..8).flat_map(|known| (0..27).map(move |values| (known, values))) {
            let value = |rule: u32| f64::from(values / 3_u32.pow(rule) % 3);
            let of = |rule: u32| {
                if known & (1 << rule) == 0 { Span { least: 0.0, most: 2.0 } } else { Span::of(value(rule)) }
            };
            if let (Some(span), Some(value)) = (expression.span(of), expression.run(value)) {
                assert!(span.least <= value && value <= span.most, "{text}: {span:?} {value}");
                assert!(known < 7 || span.number() == Some(value), "{text}: {span:?} {value}");
            }
        }
    }
}

#[test]
fn what_is_found_out_step_by_step_comes_to_the_same() {
    let rules = [
        ("M_ALL", "A && !B && (C || !A)", false),
        ("M_ANY", "A || (B && C) || !(A && C)", false),
        ("M_SUM", "A + B + C > 2", false),
        ("M_SUM_MORE", "(A + B + M_ANY >= 2) && !(B + C > 1)", false),
        ("M_NOT", "!!A && !(B || C)", false),
        ("M_CHOICE", "(A ? B : C) && !M_ALL", false),
        ("M_DIFFERENCE", "(A - B) || C", false),
        ("M_RATIO", "((A * 14 / 10) < C) && (B || 1 / C)", false),
        ("M_OFF", "A && C", true),
        ("M_ON", "M_OFF || M_SUM", false),
        ("M_VALUE", "(A && B) + M_SUM_MORE", false),
        ("M_NUMBER", "2 && (0 || A)", false),
    ];
    let mut all: Vec<&str> = rules.iter().map(|(name, _, _)| *name).chain(["A", "B", "C"]).collect();
    all.sort_unstable();
    let most = all.iter().map(|name| if name.len() == 1 { 2.0 } else { MOST }).collect();
    let metas = Metas::of(rules, &Names::listed(all.iter().copied())).with_most(most);
    let number = |name: &str| u32::try_from(all.binary_search(&name).unwrap()).unwrap();
    for (known, values) in (0..8).flat_map(|known| (0..27).map(move |values| (known, values))) {
        let value = |rule: u32| f64::from(values / 3_u32.pow(rule) % 3);
        let mut wanted = vec![0.0; all.len()];
        (0..3_u32).for_each(|rule| wanted[rule as usize] = value(rule));
        let mut counts = wanted.clone();
        metas.run(&mut wanted);
        (0..3_u32).filter(|rule| known & (1 << rule) == 0).for_each(|rule| counts[rule as usize] = f64::NAN);
        metas.begin(&mut counts);
        let mut blocked = BTreeSet::new();
        for (name, _, is_off) in rules {
            let mut waiting = vec![number(name)];
            while let Some(rule) = waiting.last().copied() {
                let guess = |rule: u32| Guess { likely: 0.1, cost: f32::from(u8::try_from(rule % 3).unwrap()), rule };
                match metas.try_one(rule, &counts, &mut blocked, &guess) {
                    _ if !counts[rule as usize].is_nan() => _ = waiting.pop(),
                    Tried::Needs(other) => waiting.push(other),
                    Tried::Count(count) => counts[rule as usize] = count,
                    Tried::Other => counts[rule as usize] = value(rule),
                }
            }
            let (got, want) = (counts[number(name) as usize], wanted[number(name) as usize]);
            assert!(is_off || Some(got) == Some(want), "{name} of {values} with {known}: {got} for {want}");
        }
    }
}
