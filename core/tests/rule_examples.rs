//! Each line of `rule_examples.txt` beside the rules of `assets/rules`.

use tamis_core::{Arrival, Mail, rules::own_program};

/// The message that a text of an example stands for.
fn message(text: &str) -> String {
    let text = text.replace("\\n", "\n").replace("\\t", "\t");
    if text.contains("\n\n") {
        return text;
    }
    format!(
        "From: a@example.org\nTo: b@example.org\nSubject: x\nMIME-Version: 1.0\n\
         Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}\n"
    )
}

#[test]
fn rules_find_what_they_must_and_not_what_they_must_not() {
    let program = own_program();
    let mut wrong = Vec::new();
    let mut count = 0;
    for (number, line) in include_str!("rule_examples.txt").lines().enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        count += 1;
        let (name, text) = line.split_once('\t').unwrap_or_else(|| panic!("line {}: no tab", number + 1));
        let (name, must_hit) = name.strip_prefix('!').map_or((name, true), |name| (name, false));
        let is_meant = |rule: &str| name.strip_suffix('*').map_or(rule == name, |family| rule.starts_with(family));
        assert!(program.rules().names().any(is_meant), "line {}: there is no rule {name}", number + 1);
        let raw = message(text);
        let hits = program.run(&Mail::parse(raw.as_bytes(), &Arrival::default()), None).hits;
        let found: Vec<&str> = hits.iter().map(|hit| &*hit.name).filter(|hit| is_meant(hit)).collect();
        if found.is_empty() == must_hit {
            wrong.push(format!("line {}: {found:?} of {line}", number + 1));
        }
    }
    assert!(wrong.is_empty(), "{} of {count} are wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(100 < count, "{count}");
}
