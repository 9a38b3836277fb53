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

/// How often the function holds of a message, with lists from `directives`, one a line.
pub(super) fn ask(raw: &str, directives: &str, function: &str, arguments: &[&str]) -> u32 {
    let raw: Vec<u8> = raw.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let mail = Mail::parse(&raw, &Arrival::default());
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
    (find(function).unwrap().run)(&Scene { view: &view, lists: &lists, probability: None }, &test)
}
