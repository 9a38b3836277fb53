//! Messages for tests of the functions.

use crate::{
    mail::{Arrival, Mail},
    rules::{
        Directive, View,
        book::EvalTest,
        eval::{self, Scene},
        lists::Lists,
    },
};

/// A part in base64 with this type and name.
pub(super) fn part(content_type: &str, name: &str, content: &[u8]) -> String {
    let encoded = base64(content);
    format!("Content-Type: {content_type}; name=\"{name}\"\nContent-Transfer-Encoding: base64\n\n{encoded}\n")
}

/// A message with a short text and these parts.
pub(super) fn message(parts: &[String]) -> Vec<u8> {
    let mut message =
        "From: a@example.com\nSubject: abc\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B\n\n\
        --B\nContent-Type: text/plain\n\nhello world\n"
            .to_owned();
    for part in parts {
        message.push_str("--B\n");
        message.push_str(part);
    }
    message.push_str("--B--\n");
    message.into_bytes()
}

/// What a call such as `image_count gif 1` comes to, with these lines of rule files.
pub(super) fn run(message: &[u8], lines: &[&str], call: &str) -> u32 {
    let mut words = call.split(' ');
    let function = words.next().unwrap();
    let test = EvalTest {
        target: "body".to_owned(),
        function: function.to_owned(),
        arguments: words.map(str::to_owned).collect(),
    };
    let lists = Lists::read(&directives(lines));
    let mail = Mail::parse(message, &Arrival::default());
    let view = View::new(&mail);
    let scene = Scene::new(&view, &lists, None);
    (eval::find(function).unwrap().run)(&scene, &test)
}

/// Lines of rule files.
pub(super) fn directives(lines: &[&str]) -> Vec<Directive> {
    let read = |line: &&str| {
        let (name, value) = line.split_once(' ').unwrap_or((line, ""));
        Directive { name: name.to_owned(), value: value.to_owned(), place: Default::default() }
    };
    lines.iter().map(read).collect()
}

fn base64(content: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut encoded = String::new();
    for chunk in content.chunks(3) {
        let number = (0..3).fold(0, |number, at| number << 8 | u32::from(chunk.get(at).copied().unwrap_or_default()));
        for at in 0..4 {
            let digit = usize::try_from(number >> (18 - 6 * at) & 63).unwrap();
            encoded.push(if at <= chunk.len() { char::from(ALPHABET[digit]) } else { '=' });
        }
        if encoded.len() % 77 == 76 {
            encoded.push('\n');
        }
    }
    encoded
}
