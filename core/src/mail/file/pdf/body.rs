//! All objects of a PDF, found without its tables: those are missing or wrong in many a file that readers show.

use std::{borrow::Cow, collections::BTreeMap};

use super::object::{Value, is_space, read};
use crate::mail::file::{Room, bytes::start, inflate};

/// Most objects that are read.
const MAX_OBJECTS: usize = 5000;

/// Most bytes of one object that are read, without its stream.
const MAX_OBJECT: usize = 64 * 1024;

/// Most bytes unpacked of one stream.
const MAX_STREAM: usize = 1024 * 1024;

/// An object and the stream behind it.
#[derive(Debug)]
pub(super) struct Object<'pdf> {
    pub(super) value: Value,
    stream: Option<&'pdf [u8]>,
}

impl<'pdf> Object<'pdf> {
    /// Its stream, unpacked, if it is packed in the usual way or not at all.
    pub(super) fn content(&self, room: &mut Room) -> Option<Cow<'pdf, [u8]>> {
        let stream = self.stream?;
        let filter = match self.value.get("Filter") {
            Some(Value::Array(filters)) => match &filters[..] {
                [only] => Some(only),
                [] => None,
                _ => return None,
            },
            other => other,
        };
        match filter {
            None => Some(Cow::Borrowed(start(stream, MAX_STREAM))),
            Some(filter) if filter.is_name("FlateDecode") || filter.is_name("Fl") => {
                let unpacked =
                    room.unpack(MAX_STREAM, |limit, most_read| inflate::zlib(start(stream, most_read), limit));
                Some(Cow::Owned(unpacked))
            }
            Some(_) => None,
        }
    }

    pub(super) fn has_stream(&self) -> bool {
        self.stream.is_some()
    }
}

/// The objects of a file by number. Of several with one number the last counts.
pub(super) fn objects<'pdf>(bytes: &'pdf [u8], room: &mut Room) -> BTreeMap<u32, Object<'pdf>> {
    let mut objects = BTreeMap::new();
    let mut packs = Vec::new();
    let mut at = 0;
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr::memmem::find(rest, b"obj")) {
        let mark = at + found;
        at = mark + 3;
        let Some(number) = number_before(bytes, mark) else { continue };
        let rest = bytes.get(at..).unwrap_or_default();
        let (value, length) = read_one(rest, room);
        let Some(value) = value else {
            if room.share.work == 0 {
                break;
            }
            continue;
        };
        let stream = stream_at(rest.get(length..).unwrap_or_default());
        at += length + stream.map_or(0, <[u8]>::len);
        let object = Object { value, stream };
        if object.value.has("Type", "ObjStm") {
            packs.push(object);
        } else {
            objects.insert(number, object);
        }
        if room.share.work == 0 || MAX_OBJECTS < objects.len() + packs.len() {
            break;
        }
    }
    for pack in packs {
        unpack(&pack, &mut objects, room);
    }
    if room.share.work == 0 {
        room.run_out(0);
    }
    objects
}

/// Reads one object, and says how long it is.
fn read_one(rest: &[u8], room: &mut Room) -> (Option<Value>, usize) {
    let window = start(rest, MAX_OBJECT.min(room.share.work));
    let (value, length) = match read(window) {
        Some((value, after)) => (Some(value), window.len() - after.len()),
        None => (None, window.len()),
    };
    room.take_work(length);
    (value, length)
}

/// The number before `0 obj`, whatever blanks are between them.
fn number_before(bytes: &[u8], mark: usize) -> Option<u32> {
    let before = bytes.get(mark.saturating_sub(40)..mark)?;
    let before = before.trim_ascii_end();
    let digits = |text: &[u8]| text.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let before = before.get(..before.len() - Some(digits(before)).filter(|count| *count != 0)?)?;
    let length = before.len();
    let before = before.trim_ascii_end();
    (before.len() < length).then_some(())?;
    str::from_utf8(before.get(before.len() - digits(before)..)?).ok()?.parse().ok()
}

/// The bytes of a stream, if one begins here.
fn stream_at(rest: &[u8]) -> Option<&[u8]> {
    let blanks = rest.iter().take_while(|byte| is_space(**byte)).count();
    let stream = rest.get(blanks..)?.strip_prefix(b"stream")?;
    let stream = stream.strip_prefix(b"\r").unwrap_or(stream);
    let stream = stream.strip_prefix(b"\n").unwrap_or(stream);
    Some(start(stream, memchr::memmem::find(stream, b"endstream").unwrap_or(stream.len())))
}

/// Objects packed into a stream: first their numbers and places, then they themselves (7.5.7).
fn unpack(pack: &Object<'_>, objects: &mut BTreeMap<u32, Object<'_>>, room: &mut Room) {
    let Some(content) = pack.content(room) else { return };
    let Some(first) = pack.value.get("First").and_then(Value::number) else { return };
    let places = content.split(|byte| is_space(*byte)).filter(|word| !word.is_empty());
    let places: Vec<usize> =
        places.map_while(|word| str::from_utf8(word).ok()?.parse().ok()).take(2 * MAX_OBJECTS).collect();
    let (pairs, _) = places.as_chunks::<2>();
    for [number, place] in pairs {
        if MAX_OBJECTS < objects.len() || room.share.work == 0 {
            break;
        }
        let Ok(number) = u32::try_from(*number) else { continue };
        let Some(rest) = place.checked_add(whole(first)).and_then(|at| content.get(at..)) else { continue };
        if let (Some(value), _) = read_one(rest, room) {
            objects.entry(number).or_insert(Object { value, stream: None });
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` stops at the ends of the range")]
const fn whole(number: f64) -> usize {
    number as usize
}
