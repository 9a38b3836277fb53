//! On marks of programs that send in bulk.

use super::{
    Eval, Scene,
    support::{address, latin, line, registered},
};
use crate::rules::book::EvalTest;

pub(super) const EVALS: &[Eval] = &[
    Eval { name: "check_ratware_name_id", run: name_id },
    Eval { name: "check_ratware_envelope_from", run: envelope_from },
    Eval { name: "check_outlook_message_id", run: outlook_message_id },
];

/// Capital letters in front of the sender's address in the number of a message.
const NAME_CAPITALS: usize = 28;

/// `<` and 28 capital letters, then the sender's address, who has a quoted name: `<ABCD....bob@example.org>`.
fn name_id(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let id = latin(&line(scene, "MESSAGEID"));
    let from = latin(&line(scene, "From"));
    let is_made = id.split('<').skip(1).any(|id| {
        let capitals = id.bytes().take_while(u8::is_ascii_uppercase).count();
        let rest = id.get(capitals..).and_then(|rest| rest.strip_prefix('.')).and_then(|rest| rest.split_once('>'));
        capitals == NAME_CAPITALS && rest.is_some_and(|(address, _)| from.contains(&format!("\" <{address}>")))
    });
    u32::from(is_made)
}

/// The sender's address holds the recipient's, the other way round: `example.org?bob@...`.
fn envelope_from(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let (to, from) = (address(scene, "To"), address(scene, "EnvelopeFrom"));
    let Some((user, host)) = to.split_once('@') else { return 0 };
    let host = registered(scene, host);
    let holds = from.match_indices(host).any(|(at, _)| {
        let begins =
            from.get(..at).is_none_or(|before| !before.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_'));
        let rest = from.get(at + host.len()..).and_then(|rest| rest.get(1..));
        begins && rest.and_then(|rest| rest.strip_prefix(user)).is_some_and(|rest| rest.starts_with('@'))
    });
    u32::from(!host.is_empty() && !user.is_empty() && !is_rewritten(&from) && holds)
}

/// By the Sender Rewriting Scheme.
fn is_rewritten(address: &str) -> bool {
    address.strip_prefix("srs").is_some_and(|rest| rest.get(1..2) == Some("="))
}

/// Outlook's numbers hold the time in units of 100 ns since 1601, of which these are the upper digits: one that is nowhere
/// near the dates was made up.
fn outlook_message_id(scene: &Scene<'_>, _: &EvalTest) -> u32 {
    let id = latin(&line(scene, "MESSAGEID"));
    let Some(stamp) = id.lines().find_map(outlook_time) else { return 0 };
    let is_near = |time: i64| {
        #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are exact")]
        let expected = (time as f64 * UNITS_A_SECOND + START).floor();
        (stamp - expected).abs() < TOLERANCE
    };
    let is_real = super::date::header_date(scene).is_some_and(is_near)
        || super::date::received_dates(scene).first().copied().is_some_and(is_near);
    u32::from(!is_real)
}

/// `<0001` and eight hexadecimal digits that are the time, then two more numbers of eight, parted by `$`.
fn outlook_time(id: &str) -> Option<f64> {
    let left = id.trim().strip_prefix('<')?.split_once('@')?.0;
    let mut parts = left.split('$');
    let (head, middle, last) = (parts.next()?, parts.next()?, parts.next()?);
    let is_hex = |text: &str, length: usize| text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_form = is_hex(head, 12) && is_hex(middle, 8) && is_hex(last, 8) && parts.next().is_none();
    let stamp = u32::from_str_radix(head.get(4..).filter(|_| is_form)?, 16).ok()?;
    Some(f64::from(stamp))
}

/// 2^32 units of 100 ns, the other way round.
const UNITS_A_SECOND: f64 = 0.002_328_306_436_538_7;

/// The same at 1970: 116,444,736,000,000,000 / 2^32.
const START: f64 = 27_111_902.832_984_9;

/// About a day and a quarter.
const TOLERANCE: f64 = 250.0;

#[cfg(test)]
mod tests {
    use super::super::test_mail::ask;

    #[test]
    fn a_number_with_the_senders_name_is_told() {
        let id = "ABCDEFGHIJKLMNOPQRSTUVWXYZAB";
        for (from, number, want) in [
            ("\"Ann\" <ann@x.com>", format!("<{id}.ann@x.com>"), 1),
            ("Ann <ann@x.com>", format!("<{id}.ann@x.com>"), 0),
            ("\"Ann\" <ann@x.com>", format!("<{}.ann@x.com>", id.trim_start_matches('A')), 0),
            ("\"Ann\" <ann@x.com>", format!("<{id}.bob@x.com>"), 0),
        ] {
            let raw = format!("From: {from}\nMessage-ID: {number}\n\nx");
            assert_eq!(ask(&raw, "", "check_ratware_name_id", &[]), want, "{raw}");
        }
    }

    #[test]
    fn a_sender_that_holds_the_recipient_is_told() {
        for (sender, want) in [("12-x.com?bob@list.net", 1), ("bob=x.com@list.net", 0), ("srs0=x.com=bob@list.net", 0)]
        {
            let raw = format!("Return-Path: <{sender}>\nTo: bob@m.x.com\n\nx");
            assert_eq!(ask(&raw, "", "check_ratware_envelope_from", &[]), want, "{sender}");
        }
    }

    #[test]
    fn the_time_in_a_number_of_outlook_is_near_the_date() {
        // 2002-09-21 08:18:08 UTC is 01C2615 in these units.
        for (stamp, want) in [("01c26147", 0), ("01c26200", 0), ("01c29999", 1)] {
            let raw =
                format!("Date: Sat, 21 Sep 2002 08:18:08 +0000\nMessage-ID: <0001{stamp}$12345678$0100007f@x>\n\nx");
            assert_eq!(ask(&raw, "", "check_outlook_message_id", &[]), want, "{stamp}");
        }
        assert_eq!(ask("Message-ID: <1@x>\n\nx", "", "check_outlook_message_id", &[]), 0);
    }
}
