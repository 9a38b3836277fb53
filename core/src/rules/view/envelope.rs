//! Who sent a message, as the delivering server was told, and the headers by who put them in.

use std::borrow::Cow;

use super::{Field, Headers, Relay, Relays, View};

/// Headers in which delivering programs leave the envelope sender, in the order in which they are asked.
const LEFT_BY_DELIVERY: [&str; 3] = ["X-Envelope-From", "Envelope-Sender", "Return-Path"];

/// `EnvelopeFrom`, from the one header that rule files name (`envelope_sender_header`) if they do. Where a relay wrote it down at the boundary, that counts. Otherwise a header left by the delivering
/// program, unless it stands below a `Received`: then an earlier host put it in.
pub(super) fn sender(view: &View<'_>, header: Option<&str>) -> Option<Vec<u8>> {
    let headers = view.headers();
    if let Some(name) = header {
        return headers
            .get(&format!("{name}:addr:first"))
            .map(|address| without_brackets(&address))
            .filter(|text| is_one(text));
    }
    let relays = view.relays();
    let boundary = relays.untrusted().first().or_else(|| relays.trusted().last());
    if let Some(relay) = boundary.filter(|relay| is_one(&relay.envfrom)) {
        return Some(relay.envfrom.clone());
    }
    if was_fetched_from_a_list(headers) {
        return None;
    }
    for name in LEFT_BY_DELIVERY {
        let mailboxes = headers.named(name).next().map(Field::mailboxes).unwrap_or_default();
        let mut addresses = mailboxes.iter().map(|mailbox| &mailbox.address);
        let Some(address) = addresses.find(|address| is_one(address)) else { continue };
        if !is_below_received(headers, name.as_bytes()) {
            return Some(without_brackets(address));
        }
    }
    None
}

/// Lists leave the sender they got in `X-Sender`, and fetchmail takes that for the one they used.
fn was_fetched_from_a_list(headers: Headers<'_, '_>) -> bool {
    let is_known = headers.named("X-Sender").any(|field| has_address(field.value()));
    is_known && headers.get("Received").is_some_and(|received| memchr::memmem::find(&received, b"(fetchmail").is_some())
}

/// Whether an `@` stands between two characters.
fn has_address(value: &[u8]) -> bool {
    let is_one = |window: &[u8]| matches!(window, [a, b'@', b] if a.is_ascii_graphic() && b.is_ascii_graphic());
    value.windows(3).any(is_one)
}

fn is_below_received(headers: Headers<'_, '_>, name: &[u8]) -> bool {
    let fields = headers.fields();
    let received = fields.iter().position(|field| field.is(b"Received"));
    received.is_some_and(|at| fields.iter().skip(at).any(|field| field.is(name)))
}

fn is_one(address: &[u8]) -> bool {
    address.contains(&b'@')
}

fn without_brackets(text: &[u8]) -> Vec<u8> {
    text.iter().copied().filter(|byte| !matches!(byte, b'<' | b'>') && !byte.is_ascii_whitespace()).collect()
}

/// `X-Spam-Relays-Trusted` and the like, and `ALL-TRUSTED` and the like; `None` if `form` is none of these or empty.
#[expect(clippy::option_option, reason = "no such form and no such thing are different answers")]
pub(super) fn pseudo_header<'view>(view: &'view View<'_>, form: &str) -> Option<Option<Cow<'view, [u8]>>> {
    let relays = || view.relays();
    let text = match form {
        "X-Spam-Relays-Trusted" => Some(Relays::text(relays().trusted())),
        "X-Spam-Relays-Untrusted" => Some(Relays::text(relays().untrusted())),
        "X-Spam-Relays-Internal" => Some(Relays::text(relays().internal())),
        "X-Spam-Relays-External" => Some(Relays::text(relays().external())),
        "ALL-TRUSTED" => Some(above(view, relays().untrusted())),
        "ALL-INTERNAL" => Some(above(view, relays().external())),
        "ALL-UNTRUSTED" => below(view, relays().untrusted()),
        "ALL-EXTERNAL" => below(view, relays().external()),
        "EnvelopeFrom" | "EnvelopeFrom:addr" => return Some(view.envelope_from().map(Cow::Borrowed)),
        _ => return None,
    };
    Some(text.map(Cow::Owned))
}

/// Headers down to the `Received` that told of the first of some relays, with it: own hosts put them in. All, if there is none.
fn above(view: &View<'_>, outside: &[Relay]) -> Vec<u8> {
    let fields = view.headers().fields();
    let end = received_of(fields, outside).map_or(fields.len(), |at| at + 1);
    lines(fields.get(..end).unwrap_or(fields))
}

/// Headers from the `Received` on that told of the first of some relays.
fn below(view: &View<'_>, outside: &[Relay]) -> Option<Vec<u8>> {
    let fields = view.headers().fields();
    let start = received_of(fields, outside)?;
    fields.get(start..).map(lines)
}

/// Where the `Received` stands that told of the first of some relays.
fn received_of(fields: &[Field<'_>], outside: &[Relay]) -> Option<usize> {
    let number = outside.first()?.header?;
    fields.iter().enumerate().filter(|(_, field)| field.is(b"Received")).nth(number).map(|(at, _)| at)
}

fn lines(fields: &[Field<'_>]) -> Vec<u8> {
    let mut out = Vec::new();
    for field in fields {
        field.write(&mut out);
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::{
        mail::{Arrival, Mail},
        rules::view::View,
    };

    fn get(raw: &str, form: &str) -> Option<String> {
        let mail = Mail::parse(raw.as_bytes(), &Arrival::default());
        let view = View::new(&mail);
        view.headers().get(form).map(|text| String::from_utf8(text.into_owned()).unwrap())
    }

    const HOP: &str = "Received: from a.b (a.b [192.0.2.1]) by c.d (8/8) with ESMTP id X12";

    #[test]
    fn the_envelope_sender_is_taken_from_what_can_be_believed() {
        for (headers, want) in [
            (format!("Return-Path: <rp@x.y>\n{HOP} (envelope-from <in@a.b>)"), Some("in@a.b")),
            (format!("Return-Path: <rp@x.y>\n{HOP} (envelope-from <>)"), Some("rp@x.y")),
            (format!("Return-Path: <>\nX-Envelope-From: <xe@a.b>\n{HOP}"), Some("xe@a.b")),
            (format!("Return-Path: <rp@x.y>\n{HOP}\nEnvelope-Sender: <xe@a.b>"), Some("rp@x.y")),
            (format!("Return-Path: <rp@x.y>\n{HOP}\nReturn-Path: <xe@a.b>"), None),
            (format!("Return-Path: <rp@x.y>\nX-Sender: a@b.c\n{HOP} (fetchmail-6)"), None),
            (format!("Return-Path: <rp@x.y>\nX-Sender: a@\n{HOP} (fetchmail-6)"), Some("rp@x.y")),
            (format!("Return-Path: MAILER-DAEMON\n{HOP}"), None),
            (format!("Return-Path: MAILER-DAEMON, <rp@x.y>\n{HOP}"), Some("rp@x.y")),
        ] {
            assert_eq!(get(&format!("{headers}\n\nx"), "EnvelopeFrom").as_deref(), want, "{headers}");
        }
    }

    #[test]
    fn headers_are_told_apart_by_who_put_them_in() {
        let raw = format!("A: 1\nReceived: from i (i [10.0.0.1]) by c (8/8) id 123\nB: 2\n{HOP}\nC: 3\n\nx");
        let (above, below) = (get(&raw, "ALL-TRUSTED").unwrap(), get(&raw, "ALL-EXTERNAL").unwrap());
        assert!(above.starts_with("A: 1\n") && above.ends_with("id X12\n"), "{above}");
        assert!(below.starts_with(HOP) && below.ends_with("C: 3\n"), "{below}");
        assert_eq!(get("A: 1\n\nx", "ALL-TRUSTED").as_deref(), Some("A: 1\n"));
        assert_eq!(get("A: 1\n\nx", "ALL-UNTRUSTED"), None);
    }
}
