//! Files as they are, and what SpamAssassin 4.0.1 makes of them.

use super::*;
use crate::rules::book::{Pattern, ScoreSet, Test};

#[test]
fn the_last_word_on_a_rule_holds() {
    let book = book(
        "body A /one/\nscore LATER 3\ndescribe A first\nbody A /two/\ndescribe A   second\nbody LATER /x/\n\
         body KIND /x/\nmeta KIND A\ntflags A net nice\ntflags A multiple maxhits=2\nscore A 2\nscore A (1.5)\nscore A 1 2\n\
         priority A -5\n",
    );
    let a = &book.rules["A"];
    assert_eq!((body(&book, "A"), &*a.about, a.priority), ("two", "second", -5));
    assert_eq!(a.scores, Some([3.5; 4]));
    assert!(a.flags.is_multiple && !a.flags.is_nice && !a.flags.needs_network);
    assert_eq!(book.rules["LATER"].scores, Some([3.0; 4]));
    assert_eq!(book.rules["KIND"].test, Test::Meta("A".to_owned()));
    assert_eq!((book.rules["A"].place.line, book.notes.len()), (4, 1), "{:?}", book.notes);
}

#[test]
fn what_cannot_be_read_is_a_problem_of_its_line_and_no_more() {
    let book = book(
        "body GOOD /one/\nbody BAD one\nbody 9X /one/\nfrobnicate on\nbody GOOD /broken\nmeta M (GOOD\nmeta DIV GOOD / 0\n\
         header H To /x/\nif version >\nbody NOT /x/\nendif\nbody LAST /x/\n",
    );
    assert_eq!(book.rules.keys().collect::<Vec<_>>(), ["GOOD", "LAST"]);
    assert_eq!(body(&book, "GOOD"), "one");
    let faults: Vec<(u32, Option<&str>)> =
        book.problems.iter().map(|problem| (problem.place.line, problem.rule.as_deref())).collect();
    let want = [
        (2, Some("BAD")),
        (3, None),
        (4, None),
        (5, Some("GOOD")),
        (8, Some("H")),
        (9, None),
        (7, Some("DIV")),
        (6, Some("M")),
    ];
    assert_eq!(faults, want);
    assert_eq!(&*book.problems[0].place.file, "a.cf");
    assert_eq!(book.problems[2].why, "nobody knows this setting: frobnicate");
}

#[test]
fn conditions_leave_out_what_they_do_not_allow() {
    let book = book(
        "if 1\nif 0\nbody N1 /x/\nelse\nbody Y1 /x/\nendif\nif 0\nif 1\nbody N2 /x/\nelse\nbody N3 /x/\nendif\nelse\n\
         body Y2 /x/\nendif\nbody Y3 /x/\nendif\nendif\nelse\nbody Y4 /x/\nif 0\nbody N4 /x/\nelse\nbody Y5 /x/\nelse\n\
         body N5 /x/\nendif\nIF 1\nBODY Y6 /x/\nEndIf\nifplugin Mail::SpamAssassin::Plugin::DKIM # {\nbody Y7 /x/\nendif\n\
         if foo bar\nbody N6 /x/\nelse\nbody N7 /x/\nendif\n",
    );
    assert!(book.rules.keys().eq(["Y1", "Y2", "Y3", "Y4", "Y5", "Y6", "Y7"].iter()), "{:?}", book.rules.keys());
    let remarks: Vec<u32> = book.notes.iter().map(|note| note.place.line).collect();
    assert_eq!(remarks, [18, 19]);
}

#[test]
fn what_debian_switches_on_is_on() {
    let text = "if can(Mail::SpamAssassin::Conf::compat_welcomelist_blocklist)\nbody A /x/\nendif\n";
    assert_eq!(book(text).rules.len(), 1);
    let settings = LoadSettings { compat: BTreeSet::new(), ..LoadSettings::default() };
    assert!(load(&[file("a.cf", text)], &settings).rules.is_empty());
    let said = format!("enable_compat welcomelist_blocklist\n{text}");
    assert_eq!(load(&[file("a.cf", &said)], &settings).rules.len(), 1);
}

#[test]
fn plugins_are_on_when_a_file_says_so_if_anybody_has_them() {
    let text = "ifplugin Mail::SpamAssassin::Plugin::OLEVBMacro\nbody OLE /x/\nendif\n";
    assert!(book(text).rules.is_empty());
    let loading = format!("loadplugin Mail::SpamAssassin::Plugin::OLEVBMacro /some/where.pm\n{text}");
    assert_eq!(book(&loading).rules.len(), 1);
    assert_eq!(load(&[file("a.cf", text)], &LoadSettings::default().with(&["OLEVBMacro"])).rules.len(), 1);
    let unknown = book(
        "loadplugin Strange\ntryplugin Stranger\nifplugin Strange\nbody A /x/\nmeta B A\nif 1\nbody C /x/\nendif\nendif\n",
    );
    assert!(unknown.rules.is_empty() && unknown.problems.is_empty());
    assert_eq!(unknown.notes[0].why, "nobody here has this plugin: Strange");
    assert_eq!(unknown.notes[1].why, "3 rules need a plugin that nobody here has: Strange");
}

#[test]
fn included_files_are_found_beside_the_one_that_includes_them() {
    let files = [
        file("rules/a.cf", "include sub/b.cf\nbody A /x/\ninclude nowhere.cf\ninclude a.cf\n"),
        RuleFile { is_only_included: true, ..file("rules/sub/b.cf", "include c.cf\nbody B /x/\nif 0\n") },
        RuleFile { is_only_included: true, ..file("rules/sub/c.cf", "body C /x/\ninclude b.cf\n") },
        RuleFile { is_only_included: true, ..file("rules/other.cf", "body OTHER /x/\n") },
    ];
    let book = load(&files, &LoadSettings::default());
    assert!(book.rules.keys().eq(["A", "B", "C"].iter()));
    let why: Vec<&str> = book.problems.iter().map(|problem| problem.why.as_str()).collect();
    let want = [
        "the file includes itself: b.cf",
        "the file to be included is not here: nowhere.cf",
        "the file includes itself: a.cf",
    ];
    assert_eq!(why, want);
    assert_eq!(
        includes(b"Include one.cf # c\n# include two.cf\n include three four\ninclude\n"),
        ["one.cf", "three four"]
    );
}

#[test]
fn an_included_path_is_as_short_as_can_be() {
    for (file, path, want) in [
        ("a.cf", "b.cf", "b.cf"),
        ("/r/a.cf", "sub/b.cf", "/r/sub/b.cf"),
        ("/r//sub/a.cf", "./../b.cf", "/r/b.cf"),
        ("../r/a.cf", "../../b.cf", "../../b.cf"),
        ("/r/a.cf", "/s/b.cf", "/s/b.cf"),
    ] {
        assert_eq!(beside(file, path), want, "{file} {path}");
    }
}

#[test]
fn files_that_include_each_other_over_and_over_come_to_an_end() {
    let all = (0..12).map(|n| format!("include {n}.cf")).collect::<Vec<_>>().join("\n");
    let files: Vec<RuleFile> = (0..12).map(|n| file(&format!("{n}.cf"), &all)).collect();
    let book = load(&files, &LoadSettings::default());
    assert!(book.problems.iter().any(|problem| problem.why == "too many files are included"));
}

#[test]
fn lines_of_other_languages_are_for_those_who_read_them() {
    let text =
        "body A /x/\ndescribe A words\nlang de describe A Worte\nlang pt_BR describe A palavras\nlang xx body B /x/\n";
    let about = |language: &str| {
        let settings = LoadSettings { languages: vec![language.to_owned()], ..LoadSettings::default() };
        load(&[file("a.cf", text)], &settings).rules["A"].about.clone()
    };
    assert_eq!(["en", "de", "de_AT", "pt_BR", "pt"].map(about), ["words", "Worte", "Worte", "palavras", "palavras"]);
    assert_eq!(book(text).rules.len(), 1);
}

#[test]
fn settings_are_kept_in_order_and_what_is_for_reports_is_not() {
    let book = book(
        "freemail_domains a.example b.example\nreport Hello\nWelcomelist-From *@a.example\nlang en report x\nunsafe_report y\n\
         clear-report-template\nbayes_stopword_de (?:und)\nrequire_version 9.000000\nenlist_addrlist (X) a@b.example\n",
    );
    let got: Vec<String> =
        book.directives.iter().map(|directive| format!("{} {}", directive.name, directive.value)).collect();
    let want = [
        "freemail_domains a.example b.example",
        "welcomelist_from *@a.example",
        "bayes_stopword_de (?:und)",
        "enlist_addrlist (X) a@b.example",
    ];
    assert_eq!(got, want);
    assert_eq!(book.problems, []);
}

#[test]
fn what_can_never_hold_is_left_out() {
    let book = book("body A /x/\nmeta B C || A\nmeta C B\nmeta D !B\nmeta SELF SELF || A\nmeta FINE A && !NOSUCH\n");
    assert!(book.rules.keys().eq(["A", "FINE"].iter()));
    let names: Vec<_> = book.problems.iter().filter_map(|problem| problem.rule.as_deref()).collect();
    assert_eq!(names, ["B", "C", "D", "SELF"]);
    assert_eq!(book.notes.len(), 1);
    assert_eq!(book.notes[0].why, "it names a rule that is not here: NOSUCH");
}

#[test]
fn tags_are_replaced_in_the_rules_that_want_it_wherever_they_stand() {
    let book = book("replace_rules A\nbody A /<X>y/i\nbody B /<X>y/\nreplace_tag X [x\\xd7]\n");
    assert_eq!((body(&book, "A"), body(&book, "B")), ("[x\\xd7]y", "<X>y"));
}

#[test]
fn points_are_those_of_the_situation() {
    let book = book(
        "body A /x/\nscore A 0 1 2 3\nbody B /x/\nbody NICE /x/\ntflags NICE nice\nbody T_A /x/\nbody T_NICE /x/\n\
         tflags T_NICE nice\nbody __A /x/\nscore __A 3\nbody __OFF /x/\nscore __OFF 0\n",
    );
    let set = |has_network| move |has_learner| ScoreSet { has_network, has_learner };
    let (alone, online) = (set(false), set(true));
    let all: Vec<String> = [alone(false), online(false), alone(true), online(true)]
        .map(|set| format!("{}", book.rules["A"].score(set)))
        .to_vec();
    assert_eq!(all, ["0", "1", "2", "3"]);
    let score = |name: &str| format!("{}", book.rules[name].score(alone(false)));
    assert_eq!(["B", "NICE", "T_A", "T_NICE", "__A"].map(score), ["1", "-1", "0.01", "-0.01", "0"]);
    assert!(book.rules["A"].is_off(alone(false)) && !book.rules["A"].is_off(online(false)));
    assert!(book.rules["__OFF"].is_off(online(true)) && !book.rules["__A"].is_off(online(true)));
}

#[test]
fn a_rule_that_sets_a_tag_runs_before_those_that_use_it() {
    let book =
        book("header A To =~ /(?<WHO>.*)/\nbody B /%{WHO}/\nbody C /(?<X>a)/\npriority C 3\nbody D /(?<=a)(?<!b)c/\n");
    assert_eq!(["A", "B", "C", "D"].map(|name| book.rules[name].priority), [-10_000, 0, 3, 0]);
    assert_eq!(body(&book, "B"), "%{WHO}");
}

#[test]
fn any_bytes_are_a_file() {
    let mut noise = vec![0_u8];
    for _ in 0..200_000 {
        let last = noise.last().copied().unwrap_or_default();
        noise.push(last.wrapping_mul(57).wrapping_add(91) ^ u8::try_from(noise.len() % 251).unwrap_or_default());
    }
    let kinds = ["header X ", "body ", "meta A (", "if (", "replace_tag ", "score A ", "uri_detail A ", "include "];
    for kind in kinds {
        let mut text = Vec::new();
        for piece in noise.chunks(37) {
            text.extend_from_slice(kind.as_bytes());
            text.extend_from_slice(piece);
            text.push(b'\n');
        }
        load(&[RuleFile { name: "noise".to_owned(), text, is_only_included: false }], &LoadSettings::default());
    }
}

fn file(name: &str, text: &str) -> RuleFile {
    RuleFile { name: name.to_owned(), text: text.as_bytes().to_vec(), is_only_included: false }
}

fn book(text: &str) -> Book {
    load(&[file("a.cf", text)], &LoadSettings::default())
}

fn body<'a>(book: &'a Book, name: &str) -> &'a str {
    let Test::Body(Pattern { text, .. }) = &book.rules[name].test else { panic!("{name} is no body rule") };
    text
}
