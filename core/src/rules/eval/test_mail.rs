//! Asks one function about one message.

use super::{Scene, find};
use crate::{
    mail::{Arrival, Mail},
    rules::{
        Place,
        book::{Directive, EvalTest},
        lists::Lists,
        view::View,
    },
};

/// Whether the function holds once of a message in UTF-8.
pub(super) fn holds(raw: &str, function: &str, arguments: &[&str]) -> bool {
    ask_bytes(raw.as_bytes(), "", function, arguments) == 1
}

/// The same of a message that is this page.
pub(super) fn holds_of_page(page: &str, directives: &str, function: &str, arguments: &[&str]) -> bool {
    let raw = format!("Subject: abc\nContent-Type: text/html; charset=utf-8\n\n{page}");
    ask_bytes(raw.as_bytes(), directives, function, arguments) == 1
}

/// How often the function holds of a message in Latin-1, with lists from `directives`, one a line.
pub(super) fn ask(raw: &str, directives: &str, function: &str, arguments: &[&str]) -> u32 {
    let raw: Vec<u8> = raw.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    ask_bytes(&raw, directives, function, arguments)
}

fn ask_bytes(raw: &[u8], directives: &str, function: &str, arguments: &[&str]) -> u32 {
    let mail = Mail::parse(raw, &Arrival::default());
    let read = |line: &str| {
        let (name, value) = line.split_once(' ')?;
        Some(Directive { name: name.to_owned(), value: value.to_owned(), place: Place::default() })
    };
    let directives: Vec<Directive> = directives.lines().filter_map(read).collect();
    let lists = Lists::read(&directives);
    let view = View::new(&mail).with_lists(&lists);
    let test = EvalTest {
        target: "header".to_owned(),
        function: function.to_owned(),
        arguments: arguments.iter().map(|argument| (*argument).to_owned()).collect(),
    };
    (find(function).unwrap().run)(&Scene::new(&view, &lists, None), &test)
}
