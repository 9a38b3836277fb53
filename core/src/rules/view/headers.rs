//! What a rule means by the name of a header.

use std::borrow::Cow;

use super::{Field, View, addresses, envelope, ip, transfer};

/// The header of a message.
#[derive(Clone, Copy, Debug)]
pub struct Headers<'view, 'mail> {
    view: &'view View<'mail>,
}

/// What stands behind the colons of a header's name.
#[derive(Clone, Copy, Debug, Default)]
struct Form {
    is_raw: bool,
    only: Only,
    is_address: bool,
    is_name: bool,
    is_host: bool,
    is_domain: bool,
    is_ip: bool,
    is_reversed: bool,
}

/// Which of several headers count.
#[derive(Clone, Copy, Debug, Default)]
enum Only {
    #[default]
    All,
    First,
    Last,
}

impl Form {
    fn read(words: &str) -> Self {
        let mut form = Self::default();
        if words.is_empty() {
            return form;
        }
        for word in words.split(':') {
            match word {
                "raw" => form.is_raw = true,
                "first" => form.only = Only::First,
                "last" => form.only = Only::Last,
                "addr" => form.is_address = true,
                "name" => form.is_name = true,
                "host" => form.is_host = true,
                "domain" => form.is_domain = true,
                "ip" => form.is_ip = true,
                "revip" => form.is_reversed = true,
                _ => {}
            }
        }
        form
    }

    /// Whether it is about something in the value, and not the value.
    fn is_about_content(self) -> bool {
        self.is_address || self.is_name || self.is_host || self.is_domain || self.is_ip || self.is_reversed
    }
}

impl<'view, 'mail> Headers<'view, 'mail> {
    pub(super) fn new(view: &'view View<'mail>) -> Self {
        Self { view }
    }

    /// The header lines, top first.
    pub fn fields(self) -> &'view [Field<'mail>] {
        self.view.parts().first().map(|part| part.fields.as_slice()).unwrap_or_default()
    }

    /// The lines of that name (any case), top first.
    pub fn named(self, name: &str) -> impl Iterator<Item = &'view Field<'mail>> {
        let key = Key::of(name.as_bytes());
        let places = self.view.names().places(key).iter().zip(self.fields());
        let fields = places.filter(move |(known, _)| **known == Some(key)).map(|(_, field)| field);
        fields.filter(move |field| field.is(name.as_bytes()))
    }

    /// Whether there is a line of that name.
    pub(in crate::rules) fn has(self, name: &str) -> bool {
        let key = Key::of(name.as_bytes());
        self.view.names().places(key).contains(&Some(key)) && self.named(name).next().is_some()
    }

    /// What a rule that names `form` is matched against; `None` if the message has no such thing. Values of several
    /// headers end with a line end each; of several addresses or the like, one stands between them.
    pub fn get(self, form: &str) -> Option<Cow<'view, [u8]>> {
        let (name, words) = split(form);
        if !self.may_have(name) {
            return None;
        }
        if words.is_empty() && !is_special(name) {
            return self.lines(name);
        }
        let form = Form::read(words);
        if form.is_about_content() {
            let found = self.content(name, form);
            return (!found.is_empty()).then(|| Cow::Owned(found.join(&b'\n')));
        }
        let mut values = self.values(name, form);
        if 1 < values.len() {
            return Some(Cow::Owned(values.concat()));
        }
        values.pop()
    }

    /// The lines of that name, as one.
    fn lines(self, name: &str) -> Option<Cow<'view, [u8]>> {
        let mut fields = self.named(name).map(Field::line);
        let first = fields.next()?;
        let Some(second) = fields.next() else { return Some(Cow::Borrowed(first)) };
        let mut all = [first, second].concat();
        fields.for_each(|line| all.extend_from_slice(line));
        Some(Cow::Owned(all))
    }

    /// Whether there may be something of that name. Where not, there is nothing: so it is with most that rules ask for.
    fn may_have(self, name: &str) -> bool {
        is_special(name) || !self.view.names().places(Key::of(name.as_bytes())).is_empty()
    }

    /// Every address in the headers of that name.
    pub fn addresses(self, name: &str) -> Vec<Vec<u8>> {
        let mailboxes = self.named(name).flat_map(Field::mailboxes);
        mailboxes.map(|mailbox| &mailbox.address).filter(|address| !address.is_empty()).cloned().collect()
    }

    /// All that a name stands for.
    fn values(self, name: &str, form: Form) -> Vec<Cow<'view, [u8]>> {
        if let Some(text) = envelope::pseudo_header(self.view, name) {
            return text.into_iter().collect();
        }
        match name {
            "ALL" if form.is_raw => return vec![Cow::Borrowed(self.view.whole_header())],
            "ALL" => return vec![Cow::Borrowed(self.view.all_fields())],
            _ => {}
        }
        let fields = self.chosen(name, form.only).into_iter();
        fields.map(|field| if form.is_raw { raw_value(field) } else { Cow::Borrowed(field.line()) }).collect()
    }

    /// The header lines that a name stands for, in the order in which they are looked at.
    fn chosen(self, name: &str, only: Only) -> Vec<&'view Field<'mail>> {
        let names: &[&str] = match name {
            "MESSAGEID" => &["X-Message-Id", "Resent-Message-Id", "X-Original-Message-ID", "Message-Id"],
            _ if name.eq_ignore_ascii_case("ToCc") => &["To", "Cc"],
            _ => &[name],
        };
        let fields = names.iter().flat_map(|name| self.named(name));
        match only {
            Only::All => fields.collect(),
            Only::First => fields.take(1).collect(),
            Only::Last => fields.last().into_iter().collect(),
        }
    }

    /// What a form asks for in the values.
    fn content(self, name: &str, form: Form) -> Vec<Cow<'view, [u8]>> {
        let is_header = !matches!(name, "ALL" | "EnvelopeFrom");
        let is_raw_name = form.is_raw && form.is_name && !form.is_address;
        let texts: Vec<Cow<'view, [u8]>> = if is_header && is_raw_name {
            let names = self.chosen(name, form.only).into_iter().flat_map(addresses::raw_names);
            names.filter(|text| !text.is_empty()).map(Cow::Owned).collect()
        } else if is_header && (form.is_address || form.is_name) {
            let mailboxes = self.chosen(name, form.only).into_iter().flat_map(Field::mailboxes);
            let wanted = |mailbox: &'view addresses::Mailbox| {
                if form.is_address { mailbox.address.as_slice() } else { mailbox.name.as_slice() }
            };
            mailboxes.map(wanted).filter(|text| !text.is_empty()).map(Cow::Borrowed).collect()
        } else {
            self.values(name, form)
        };
        if form.is_host || form.is_domain {
            return texts.iter().filter_map(|text| ip::host(text, form.is_domain)).map(Cow::Owned).collect();
        }
        if form.is_ip || form.is_reversed {
            return texts.iter().filter_map(|text| ip::first(text, form.is_reversed)).map(Cow::Owned).collect();
        }
        texts
    }

    /// The names of the lines that are looked at.
    pub(super) fn names(self) -> Names {
        let mut names = Names::default();
        for field in self.fields() {
            names.add(is_seen(field).then(|| Key::of(field.name())));
        }
        names
    }

    /// All lines, with their names.
    pub(super) fn all(self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.view.raw_header().len());
        self.fields().iter().filter(|field| is_seen(field)).for_each(|field| field.write(&mut out));
        out
    }
}

/// Whether a name stands for something else than the header of that name.
pub(in crate::rules) fn is_special(name: &str) -> bool {
    match name.as_bytes() {
        [b'A', ..] => name.starts_with("ALL"),
        [b'X', ..] => name.starts_with("X-Spam-"),
        [b'E', ..] => name == "EnvelopeFrom",
        [b'M', ..] => name == "MESSAGEID",
        [b'T' | b't', ..] => name.eq_ignore_ascii_case("ToCc"),
        _ => false,
    }
}

/// Which names the lines of a header have: most of what rules ask for is not there, and that is known at once.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// One for each line that is looked at.
    keys: Vec<Option<Key>>,
    /// A bit for each key that is there. Others may have the same.
    bits: [u64; 4],
}

impl Names {
    fn add(&mut self, key: Option<Key>) {
        self.keys.push(key);
        if let Some((word, bit)) = key.and_then(|key| Some((self.bits.get_mut(key.word())?, key.bit()))) {
            *word |= bit;
        }
    }

    /// The keys of all lines, if one of them may be this.
    fn places(&self, key: Key) -> &[Option<Key>] {
        let may_be_there = self.bits.get(key.word()).is_some_and(|word| word & key.bit() != 0);
        if may_be_there { &self.keys } else { &[] }
    }
}

/// Stands for a name in any case; few names have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Key(u32);

impl Key {
    fn of(name: &[u8]) -> Self {
        let number = |bytes: Option<&[u8; 4]>| {
            let short = || name.iter().take(4).fold(0, |sum, byte| sum << 8 | u32::from(*byte));
            // In this way both cases of a letter are one.
            bytes.map_or_else(short, |bytes| u32::from_le_bytes(*bytes)) | 0x2020_2020
        };
        let (first, last) = (number(name.first_chunk()), number(name.last_chunk()));
        let length = u32::try_from(name.len()).unwrap_or(u32::MAX);
        Self((first ^ last.rotate_left(11) ^ length).wrapping_mul(0x9e37_79b9))
    }

    fn word(self) -> usize {
        (self.0 >> 30) as usize
    }

    fn bit(self) -> u64 {
        1 << (self.0 >> 24 & 63)
    }
}

/// What filters before us wrote is not looked at.
fn is_seen(field: &Field<'_>) -> bool {
    !field.name().get(..7).is_some_and(|start| start.eq_ignore_ascii_case(b"X-Spam-"))
}

/// The name in a form, and the words behind it.
fn split(form: &str) -> (&str, &str) {
    let colon = form.bytes().position(|byte| byte == b':').unwrap_or(form.len());
    (form.get(..colon).unwrap_or_default(), form.get(colon + 1..).unwrap_or_default())
}

fn raw_value<'view>(field: &'view Field<'_>) -> Cow<'view, [u8]> {
    with_line_feeds(field.raw())
}

fn with_line_feeds(text: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'\r', text).is_none() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(transfer::with_line_feeds(text.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{Arrival, Mail};

    const RAW: &str = "Received: from x ([10.1.2.3])\n\tby y  \nReceived: two [10.1.2.4]\nX-Spam-Level: **\nX-Empty:\n\
        From: x <a@www.Example.com>\nTo: A A <a@x.com>, B B <b@x.com>\nTo: c@x.com\nCc: d@x.com\nMessage-Id: <a@b>\n\
        X-Message-Id: <c@d>\nX-IP6: [2001:db8::1]\nSubject: =?utf-8?q?caf=C3=A9?=\n\nbody\n";

    fn get(form: &str) -> Option<String> {
        let mail = Mail::parse(RAW.as_bytes(), &Arrival::default());
        let view = View::new(&mail);
        view.headers().get(form).map(|value| String::from_utf8(value.into_owned()).unwrap())
    }

    #[test]
    fn values_of_one_name_stand_below_each_other() {
        assert_eq!(get("received").as_deref(), Some("from x ([10.1.2.3]) by y\ntwo [10.1.2.4]\n"));
        assert_eq!(get("Received:last").as_deref(), Some("two [10.1.2.4]\n"));
        assert_eq!(get("Received:first:raw").as_deref(), Some(" from x ([10.1.2.3])\n\tby y  \n"));
        assert_eq!((get("X-Empty").as_deref(), get("X-None")), (Some("\n"), None));
        assert_eq!(get("Subject").as_deref(), Some("caf\u{e9}\n"));
        assert_eq!(get("X-Spam-Level"), None);
    }

    #[test]
    fn names_for_several_headers_are_known() {
        assert_eq!(get("TOCC").as_deref(), Some("A A <a@x.com>, B B <b@x.com>\nc@x.com\nd@x.com\n"));
        assert_eq!(get("MESSAGEID").as_deref(), Some("<c@d>\n<a@b>\n"));
        assert_eq!(get("messageid"), None);
        assert!(
            get("ALL")
                .unwrap()
                .starts_with("Received: from x ([10.1.2.3]) by y\nReceived: two [10.1.2.4]\nX-Empty: \nFrom:")
        );
        assert_eq!(get("ALL:raw").as_deref(), RAW.strip_suffix("\nbody\n"));
    }

    #[test]
    fn addresses_and_names_are_taken_out() {
        assert_eq!(get("To:addr").as_deref(), Some("a@x.com\nb@x.com\nc@x.com"));
        assert_eq!(get("To:name").as_deref(), Some("A A\nB B"));
        assert_eq!(get("ToCc:addr:last").as_deref(), Some("d@x.com"));
        assert_eq!(get("X-Empty:addr"), None);
    }

    #[test]
    fn raw_names_are_as_they_stand() {
        for (value, want) in [
            (" =?utf-8?q?caf=C3=A9?= <a@b.c>", "=?utf-8?q?caf=C3=A9?= "),
            ("\tFoo\n  Bar\n <a@b.c>", "Foo\n  Bar\n "),
            (" \" Foo \\\" Bar \" <a@b.c>", " Foo \" Bar  "),
            (" 'Foo'  <a@b.c>", "'Foo'  "),
            (" a@b.c ( Foo\n\tBar )", " Foo\n\tBar "),
            (" A A <a@b.c>,   B B <d@e.f>", "A A \nB B "),
            (" \"\" <a@b.c>", " "),
            ("  Foo Bar  ", "Foo Bar"),
        ] {
            let raw = format!("From:{value}\n\nbody\n");
            let mail = Mail::parse(raw.as_bytes(), &Arrival::default());
            let view = View::new(&mail);
            for form in ["From:name:raw", "From:raw:name"] {
                let got = view.headers().get(form).unwrap_or_default().into_owned();
                assert_eq!(String::from_utf8_lossy(&got), want, "{value}");
            }
        }
        assert_eq!(get("From:addr:raw").as_deref(), Some("a@www.Example.com"));
        assert_eq!(get("X-Empty:name:raw"), None);
    }

    #[test]
    fn machines_are_taken_out() {
        assert_eq!(get("Received:ip").as_deref(), Some("10.1.2.3\n10.1.2.4"));
        assert_eq!(get("Received:first:revip").as_deref(), Some("3.2.1.10"));
        assert_eq!(get("X-IP6:ip").as_deref(), Some("2001:db8::1"));
        assert_eq!(get("From:addr:host").as_deref(), Some("www.Example.com"));
        assert_eq!(get("From:addr:domain").as_deref(), Some("example.com"));
    }
}
